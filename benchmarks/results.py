"""The results files: written in one move; `gnnconv_lib.chapters.benchmark_results` reads them."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from gnnconv_lib.chapters.benchmark_results import SCHEMA

__all__ = ["FOLDER", "SCHEMA", "merge", "write"]

FOLDER = Path(__file__).resolve().parent / "results"


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
