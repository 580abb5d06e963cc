"""The results files: written in one move, read by the book, compared with the targets."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "SCHEMA", "load", "merge", "reached", "value_of", "write"]

FOLDER = Path(__file__).resolve().parent / "results"
SCHEMA = 1


def write(path: Path, content: dict[str, Any]) -> None:
    """Write `content` as JSON under a temporary name in the same folder, then move it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, allow_nan=False)
            file.write("\n")
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(path: Path) -> dict[str, Any]:
    """The content of a results file of this schema.

    Raises:
        ValueError: for another schema.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("schema") != SCHEMA:
        raise ValueError(f"schema of {path.name} must be {SCHEMA}, got {content.get('schema')!r}.")
    return content


def merge(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, Any]:
    """A rerun of some cases put into a full set of results; the newer ones win.

    >>> old = {"cases": [{"name": "a", "x": 1}, {"name": "b", "x": 1}], "curves": []}
    >>> merge(old, {"cases": [{"name": "b", "x": 2}], "curves": []})["cases"]
    [{'name': 'a', 'x': 1}, {'name': 'b', 'x': 2}]
    """
    if before is None:
        return after
    joined = dict(after)
    for kind in ("cases", "curves"):
        fresh = {entry["name"]: entry for entry in after[kind]}
        kept = [fresh.pop(entry["name"], entry) for entry in before[kind]]
        joined[kind] = kept + list(fresh.values())
    return joined


def value_of(result: dict[str, Any], quantity: str) -> float | None:
    """The number behind a target's quantity, None where it was not measured."""
    kind, _, name = quantity.partition(":")
    if kind == "ratio":
        found = result.get("ratios", {}).get(name)
        return None if found is None else found["median"]
    return result.get("facts", {}).get(quantity)


def reached(result: dict[str, Any], target: dict[str, Any]) -> str:
    """Whether a target is "met" or "not met"; "not measured" where there is no number.

    >>> reached({"facts": {"error": 1e-14}}, {"quantity": "error", "relation": "<=", "bound": 1e-13})
    'met'
    """
    value = value_of(result, target["quantity"])
    if value is None:
        return "not measured"
    met = value >= target["bound"] if target["relation"] == ">=" else value <= target["bound"]
    return "met" if met else "not met"
