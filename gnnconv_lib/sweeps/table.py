"""The table of a sweep: one row per run, in the order of the grid; the same bytes on every rerun."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Run", "table_text"]


@dataclass(frozen=True)
class Run:
    """One run of a sweep.

    Fields:
        parameters: the swept ones first, then the others.
        status: "finished", "failed" or "not run" (the sweep was interrupted before).
        values: what it gave, by name.
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


def table_text(runs: Sequence[Run], folder: Path) -> str:
    """The runs as CSV.

    The columns: the parameters, `status`, the values in the order in which they first appear,
    `error`, and `notebook` relative to `folder`. A value whose name is taken is called
    `<name> (result)`. Floats have all their digits.
    """
    parameters = _union(run.parameters for run in runs)
    values = _union(run.values for run in runs)
    has_notebooks = any(run.notebook is not None for run in runs)
    taken = {*parameters, "status", "error", "notebook"}
    headings = [f"{name} (result)" if name in taken else name for name in values]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    last = ["error", "notebook"] if has_notebooks else ["error"]
    writer.writerow([*parameters, "status", *headings, *last])
    for run in runs:
        row = [_text(run.parameters.get(name, "")) for name in parameters]
        row += [run.status, *(_text(run.values.get(name, "")) for name in values), run.error]
        if has_notebooks:
            row.append("" if run.notebook is None else run.notebook.relative_to(folder).as_posix())
        writer.writerow(row)
    return stream.getvalue()


def _union(mappings: Any) -> list[str]:
    """All keys, in the order in which they first appear."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)
