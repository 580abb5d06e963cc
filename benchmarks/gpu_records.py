"""What a run on a GPU leaves behind: one line of JSON per thing found, on disk as soon as it is.

A run may end at any moment: its lease is over, a kernel takes the driver down. Every record is
written and flushed to the disk by itself, so that what was measured stays measured.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

__all__ = ["append", "assembled", "error", "read"]


def append(path: Path, kind: str, **fields: Any) -> None:
    """Add one record to the file and force it to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"record": kind, **fields}, allow_nan=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def error(path: Path, where: str, problem: BaseException) -> None:
    """Add an exception, and print it in one line."""
    said = f"{type(problem).__name__}: {str(problem).strip()[:400]}"
    append(path, "error", where=where, error=said)
    print(f"{where}: {said.partition(chr(10))[0]}", flush=True)


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a file in their order; a last line that was cut off is left out.

    >>> read(Path("no such file"))
    []
    """
    if not path.is_file():
        return []
    records = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            records.append(json.loads(line))
        except ValueError:
            continue
    return records


def assembled(records: list[dict[str, Any]], schema: int) -> dict[str, Any]:
    """The content of a results file from the records; cases in the order of their first record."""
    content: dict[str, Any] = {"schema": schema, "cases": [], "left_out": [], "errors": []}
    cases: dict[str, dict[str, Any]] = {}
    for record in records:
        kind = record.pop("record")
        if kind in ("machine", "rates", "tests"):
            content[kind] = record
        elif kind == "left out":
            content["left_out"].append(record["what"])
        elif kind == "error":
            content["errors"].append(record)
        elif kind == "size":
            name = record["name"]
            case = cases.setdefault(
                name,
                {
                    "name": name,
                    "variable": record["variable"],
                    "agrees": True,
                    "agreement": [],
                    "points": [],
                },
            )
            case["agreement"].append(record["agreement"])
            case["agrees"] = case["agrees"] and record["agreement"]["holds"]
            if record["point"] is not None:
                case["points"].append(record["point"])
    for case in cases.values():
        faster = [p["size"] for p in case["points"] if p["ratios"].get("CPU", {}).get("low", 0) > 1]
        case["crossover"] = min(faster) if faster else None
        content["cases"].append(case)
    return content
