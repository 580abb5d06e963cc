"""The numbers that an executed chapter printed, by name.

Taken are: what `report.glue` kept, the lines `name = number` of `report.show` and `report.agree`,
and the cells of tables with one row, by heading. They are texts, rounded as the chapter shows them.
A name that comes again is numbered: `T to 1e-08 (2)`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

__all__ = ["chapter_values"]

_GLUED = "application/papermill.record/text/plain"
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_SHOWN = re.compile(
    rf"(?P<name>.+) = (?P<value>{_NUMBER}|yes|no)(?: \(two routes agree to [^()]*\))?"
)
_RULE = re.compile(r"\|(?: :?-+:? \|)+")
_LONGEST = 60


def chapter_values(notebook: Any) -> dict[str, str]:
    """The glued, shown and tabulated values of an executed notebook, in the order of its cells."""
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for name, value in _values(output):
                # Headings of longer tables count too: a number means the same place in every run.
                times[name] += 1
                if value is not None:
                    found[name if times[name] == 1 else f"{name} ({times[name]})"] = value
    return found


def _values(output: Any) -> Iterator[tuple[str, str | None]]:
    if output.output_type == "stream":
        if output.name == "stdout":
            yield from _shown(output.text)
        return
    data = output.get("data", {})
    name = output.get("metadata", {}).get("scrapbook", {}).get("name")
    if name and _GLUED in data:
        yield str(name), str(data[_GLUED])
    elif "text/markdown" in data:
        yield from _tabulated(str(data["text/markdown"]))


def _shown(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = _SHOWN.fullmatch(line)
        if match:
            yield match["name"], match["value"]


def _tabulated(text: str) -> Iterator[tuple[str, str | None]]:
    lines = text.splitlines()
    if len(lines) < 3 or not _RULE.fullmatch(lines[1]):
        return
    headings, cells = _cells(lines[0]), _cells(lines[2])
    for heading, cell in zip(headings, cells, strict=False):
        if heading:
            yield heading, cell if len(lines) == 3 and len(cell) <= _LONGEST else None


def _cells(line: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", line.strip())
    return [part.strip().replace("\\|", "|") for part in parts[1:-1]]
