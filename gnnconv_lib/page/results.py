"""The results that a chapter reports, unrounded, for a program that asks: a sweep.

Where the variable `GNNCONV_RESULTS` names a file, each call of `report` appends a line to it, a JSON
list of name and value. Without it nothing is kept, so a stored output never holds last bits, which
differ between CPU types.

Book page: `book/two-papers`.
"""

from __future__ import annotations

import json
import numbers
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gnnconv_lib.page.rounding import AtMost

__all__ = ["CALLS", "VARIABLE", "keep", "keep_table", "read"]

VARIABLE = "GNNCONV_RESULTS"
#: The functions of `report` that keep a result.
CALLS = ("result", "show", "agree", "glue", "table")


def keep(name: str, value: Any) -> None:
    """Keep a number, a bool or a text under `name`, with all its digits."""
    _append(name, _unrounded(value))


def keep_table(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Keep a table; `columns` are its headings."""
    cells = [[_unrounded(value) for value in row] for row in rows]
    _append(name, {"columns": list(columns), "rows": cells})


def read(path: str | Path) -> dict[str, Any]:
    """The kept results by name, in the order in which they were reported.

    A table is a mapping with "columns" and "rows". A name that comes again is numbered, such as
    `table (2)`.
    """
    found: dict[str, Any] = {}
    times: Counter[str] = Counter()
    file = Path(path)
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        name, value = json.loads(line)
        times[name] += 1
        found[name if times[name] == 1 else f"{name} ({times[name]})"] = value
    return found


def _append(name: str, value: Any) -> None:
    place = os.environ.get(VARIABLE)
    if place:
        with Path(place).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps([name, value]) + "\n")


def _unrounded(value: Any) -> int | float | bool | str:
    """What `rounding.as_text` accepts, as a plain value; a missing one is a dash, as on the page."""
    value = value.value if isinstance(value, AtMost) else value
    value = value.item() if hasattr(value, "item") else value
    if value is None or isinstance(value, bool | str):
        return "-" if value is None else value
    return int(value) if isinstance(value, numbers.Integral) else float(value)
