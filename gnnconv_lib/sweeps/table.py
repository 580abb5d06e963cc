"""The tables of a sweep, in the order of the grid; the same bytes on every rerun.

`wide_text` has one row per run, `long_text` one row per number. Floats have all their digits.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Run", "long_text", "wide_text"]


@dataclass(frozen=True)
class Run:
    """One run of a sweep.

    Fields:
        parameters: the swept ones first, then the others.
        status: "finished", "failed" or "not run" (the sweep was interrupted before).
        values: what it gave, by name; a table is a mapping with "columns" and "rows".
        error: one line, for a failure.
        notebook: the executed notebook; None for a function.
        reused: whether it had finished in an earlier sweep.
    """

    parameters: Mapping[str, Any]
    status: str
    values: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    notebook: Path | None = None
    reused: bool = False


def wide_text(runs: Sequence[Run], folder: Path) -> str:
    """The runs as CSV, one row each.

    The columns: the parameters, `status`, the values in the order in which they first appear,
    `error`, and `notebook` relative to `folder`. Of tables those with one row are there, their
    headings behind the name of the table. A value whose name is taken is called `<name> (result)`.
    """
    parameters = _union(run.parameters for run in runs)
    flat = [dict(_single(run.values)) for run in runs]
    values = _union(flat)
    last = ["error", "notebook"] if any(run.notebook for run in runs) else ["error"]
    headings = _apart(values, {*parameters, "status", "error", "notebook"})
    rows: list[list[Any]] = [[*parameters, "status", *headings, *last]]
    for run, found in zip(runs, flat, strict=True):
        place = "" if run.notebook is None else run.notebook.relative_to(folder).as_posix()
        given = [run.parameters.get(name, "") for name in parameters]
        row = [*given, run.status, *(found.get(name, "") for name in values)]
        rows.append([*row, *[run.error, place][: len(last)]])
    return _csv(rows)


def long_text(runs: Sequence[Run]) -> str:
    """The values of all runs as CSV, one row each.

    The columns: the parameters, `result` (the name of the value or of the table), `row` (from 1),
    `label` (the first cell of the row), `column` (the heading) and `value`. A single value has no
    row, label and column.
    """
    parameters = _union(run.parameters for run in runs)
    ours = ["result", "row", "label", "column", "value"]
    rows: list[list[Any]] = [[*parameters, *_apart(ours, parameters)]]
    for run in runs:
        given = [run.parameters.get(name, "") for name in parameters]
        for name, value in run.values.items():
            if isinstance(value, Mapping):
                rows += [[*given, name, *place, cell] for place, cell in _cells(value)]
            else:
                rows.append([*given, name, "", "", "", value])
    return _csv(rows)


def _cells(table: Mapping[str, Any]) -> Iterator[tuple[tuple[int, Any, str], Any]]:
    for number, row in enumerate(table["rows"], 1):
        label = row[0] if len(row) > 1 else ""
        for column, cell in zip(table["columns"], row, strict=True):
            yield (number, label, column), cell


def _single(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if not isinstance(value, Mapping):
            yield name, value
        elif len(value["rows"]) == 1:
            for column, cell in zip(value["columns"], value["rows"][0], strict=True):
                yield f"{name}: {column}" if column else name, cell


def _apart(names: Sequence[str], taken: Iterable[str]) -> list[str]:
    others = set(taken)
    return [f"{name} (result)" if name in others else name for name in names]


def _union(mappings: Iterable[Mapping[str, Any]]) -> list[str]:
    """All keys, in the order in which they first appear."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    stream = io.StringIO()
    # Writes floats with `repr`.
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()
