"""The results files: written in one move; `gnnconv_lib.page.benchmark_results` reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gnnconv_lib import files
from gnnconv_lib.page.benchmark_results import SCHEMA

__all__ = ["FOLDER", "SCHEMA", "merge", "write"]

FOLDER = Path(__file__).resolve().parent / "results"


def write(path: Path, content: dict[str, Any]) -> None:
    """Write `content` as JSON, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


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
