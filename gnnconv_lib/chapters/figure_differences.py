"""Where the data of an executed chapter's figures are not the stored ones, point by point.

Labels, scales, texts, series and numbers of points are equal. Two values agree within the tolerance
that the chapter states with its figure, times the extent of the series; where an axis is logarithmic
and the stored value positive, times that value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnnconv_lib.chapters.differences import MAY_DIFFER, Difference
from gnnconv_lib.page.figure_data import FigureData, read
from gnnconv_lib.page.series import Panel, Series

__all__ = ["apart", "figure_differences", "first_difference"]

# Eight digits are stored: two roundings of nearly the same value are one unit of the last apart.
_ROUNDING = 2e-7
_AXES = {"x": "x", "y": "y", "left": "x", "right": "x", "bottom": "y", "top": "y"}
_NOTHING = "(nothing)"


def figure_differences(
    notebook: Any, stored: Mapping[str, Path], executed: Mapping[str, Path]
) -> list[Difference]:
    """One entry for each figure whose data differ, unless its cell declares that they may.

    Args:
        notebook: the stored chapter.
        stored: the files of its figures by name.
        executed: those of the run.
    """
    cells = {}
    for number, cell in enumerate(notebook.cells, start=1):
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if figure.get("name"):
            cells[figure["name"]] = number, MAY_DIFFER in cell.metadata.get("tags", [])
    found = []
    for name in sorted(stored.keys() | executed.keys(), key=lambda name: cells.get(name, (0,))):
        number, may_differ = cells.get(name, (1, False))
        if name not in executed:
            found.append(Difference(number, stored[name].name, _NOTHING, name))
        elif name not in stored:
            found.append(Difference(number, _NOTHING, executed[name].name, name))
        elif not may_differ:
            first = first_difference(read(stored[name]), read(executed[name]))
            if first is not None:
                place, before, after = first
                found.append(Difference(number, before, after, f"{name}, {place}"))
    return found


def first_difference(stored: FigureData, executed: FigureData) -> tuple[str, str, str] | None:
    """The first place where the data of a figure differ, what is stored there and what is now."""
    pairs: list[tuple[str, Any, Any]] = [
        ("tolerance", stored.tolerance, executed.tolerance),
        ("panels", len(stored.panels), len(executed.panels)),
    ]
    for place, before, after in pairs:
        if before != after:
            return place, str(before), str(after)
    both = zip(stored.panels, executed.panels, strict=True)
    for number, (old, new) in enumerate(both, start=1):
        for place, one, other in _panel(old, new, stored.tolerance):
            return f"panel {number}, {place}", one, other
    return None


def apart(
    stored: NDArray[np.float64],
    executed: NDArray[np.float64],
    tolerance: float,
    logarithmic: bool = False,
) -> NDArray[np.bool_]:
    """Which values of two series of one length do not agree; NaN agrees with NaN alone.

    The bound is tolerance * (max - min) of the stored series, and at least what eight digits tell of
    its largest value; for a positive value on a logarithmic axis it is tolerance * value.
    """
    known = stored[np.isfinite(stored)]
    extent = float(np.ptp(known)) if known.size else 0.0
    linear = max(tolerance * extent, _ROUNDING * float(np.abs(known).max(initial=0.0)))
    bound = np.where(logarithmic & (stored > 0), tolerance * stored, linear)
    return ~((np.abs(executed - stored) <= bound) | (np.isnan(stored) & np.isnan(executed)))


def _panel(old: Panel, new: Panel, tolerance: float) -> Iterator[tuple[str, str, str]]:
    before, after = asdict(old), asdict(new)
    for key in ("x", "y", "logarithmic", "words"):
        if before[key] != after[key]:
            yield (
                {"x": "label of x", "y": "label of y"}.get(key, key),
                str(before[key]),
                str(after[key]),
            )
    for name in [*old.series, *(name for name in new.series if name not in old.series)]:
        if name not in old.series or name not in new.series:
            sizes = [_size(panel.series.get(name)) for panel in (old, new)]
            yield name, sizes[0], sizes[1]
            continue
        for place, one, other in _series(
            old.series[name], new.series[name], tolerance, old.logarithmic
        ):
            yield f"{name}, {place}", one, other


def _series(
    old: Series, new: Series, tolerance: float, logarithmic: list[str]
) -> Iterator[tuple[str, str, str]]:
    if list(old) != list(new) or _size(old) != _size(new):
        yield "points", f"{_size(old)} of {', '.join(old)}", f"{_size(new)} of {', '.join(new)}"
        return
    wrong = {
        column: apart(old[column], new[column], tolerance, _AXES.get(column) in logarithmic)
        for column in old
    }
    rows = np.flatnonzero(np.any(list(wrong.values()), axis=0))
    if rows.size:
        column = next(name for name, entries in wrong.items() if entries[rows[0]])
        many = f" (the first of {rows.size})" if rows.size > 1 else ""
        values = [f"{column} = {series[column][rows[0]]:.8g}" for series in (old, new)]
        yield f"point {rows[0] + 1}{many}", values[0], values[1]


def _size(series: Series | None) -> str:
    return _NOTHING if series is None else f"{max(map(len, series.values()), default=0)} points"
