"""The digest of a figure: rounded summaries of every series that it shows.

A hash would flip when the last bit of one number crosses a rounding boundary. Summaries rounded to
the resolution of the axis do not, and they say in words what changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gnnconv_lib.page.rounding import as_text
from gnnconv_lib.validation import InvalidInput

__all__ = ["digest_lines", "series_summary"]


def series_summary(values: Any, digits: int = 6, logarithmic: bool = False) -> str:
    """Shape and rounded summaries of one array.

    On a linear axis every number is rounded to `digits` digits of the largest absolute value; on a
    logarithmic axis to `digits` significant digits of its own, and the means are those of log10.
    The mean weighted by position, sum_k k x_k / sum_k k with k = 1..N, notices a reordering.

    Raises:
        InvalidInput: for an array with NaN or infinite entries, since those are not drawn.

    >>> series_summary([1.0, 10.0, 100.0], logarithmic=True)
    '3 values, first 1, last 100, min 1, max 100, mean of log10 1, weighted 1.33333'
    """
    array = np.asarray(values, dtype=float)
    if array.size == 0:
        return "empty"
    if not np.isfinite(array).all():
        raise InvalidInput(
            "values of a figure must be finite, got NaN or infinity; cut the series and say why."
        )
    flat = array.ravel()
    logarithmic = logarithmic and bool((flat > 0).all())
    zero = 0.0 if logarithmic else 0.5 * 10.0**-digits * float(np.abs(flat).max())
    shape = " x ".join(str(size) for size in array.shape)
    averaged = np.log10(flat) if logarithmic else flat
    position = np.arange(1, flat.size + 1)
    weighted = float(averaged @ position / position.sum())
    # A mean over a few signs can cancel: round it to the resolution of the axis as well.
    mean_zero = 0.5 * 10.0**-digits * float(np.abs(averaged).max())
    named = {"first": flat[0], "last": flat[-1], "min": flat.min(), "max": flat.max()}
    parts = [f"{name} {_rounded(value, digits, zero)}" for name, value in named.items()]
    mean_name = "mean of log10" if logarithmic else "mean"
    parts.append(f"{mean_name} {_rounded(averaged.mean(), digits, mean_zero)}")
    parts.append(f"weighted {_rounded(weighted, digits, mean_zero)}")
    return f"{shape} values, " + ", ".join(parts)


def digest_lines(figure_or_arrays: Any, digits: int = 6) -> list[str]:
    """One line per series of a Matplotlib figure, or per array of a mapping.

    Raises:
        InvalidInput: for a figure that shows no data, and for anything but a figure or a mapping.
    """
    if isinstance(figure_or_arrays, Mapping):
        return [
            f"{name}: {series_summary(values, digits)}" for name, values in figure_or_arrays.items()
        ]
    if not hasattr(figure_or_arrays, "axes"):
        raise InvalidInput(
            "figure_or_arrays must be a Matplotlib figure or a mapping of names to arrays, got "
            f"{type(figure_or_arrays).__name__}."
        )
    lines = []
    for number, axes in enumerate(figure_or_arrays.axes, start=1):
        prefix = f"panel {number}"
        labels = [axes.get_xlabel(), axes.get_ylabel()]
        lines.append(f"{prefix}: axes {' and '.join(repr(label) for label in labels)}")
        lines += [f"{prefix}, {text}" for text in _axes_series(axes, digits)]
    if not any(", " in line and "values" in line for line in lines):
        raise InvalidInput("figure must show data, got a figure without any series.")
    return lines


def _axes_series(axes: Any, digits: int) -> Iterator[str]:
    previous_x = ""
    log_x, log_y = axes.get_xscale() == "log", axes.get_yscale() == "log"
    for kind, artists in (("line", axes.lines), ("collection", axes.collections)):
        for number, artist in enumerate(artists, start=1):
            name = _name(artist, kind, number)
            for part, values, logarithmic in _artist_arrays(artist, log_x, log_y):
                summary = series_summary(values, digits, logarithmic)
                if part == "x" and summary == previous_x:
                    continue  # The curves of a panel often share their abscissae: say them once.
                previous_x = summary if part == "x" else previous_x
                yield f"{name} {part}: {summary}"
    for number, image in enumerate(axes.images, start=1):
        yield f"{_name(image, 'image', number)}: {series_summary(image.get_array(), digits)}"
    boxes = [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
    if boxes:
        corners = np.array([[box.x0, box.y0, box.x1, box.y1] for box in boxes])
        yield f"bars: {series_summary(corners, digits)}"
    words = [text.get_text() for text in axes.texts if text.get_text()]
    if words:
        yield f"text: {', '.join(repr(word) for word in words)}"


def _artist_arrays(artist: Any, log_x: bool, log_y: bool) -> Iterator[tuple[str, Any, bool]]:
    if hasattr(artist, "get_xydata"):
        points = np.asarray(artist.get_xydata(), dtype=float)
        yield "x", points[:, 0], log_x
        yield "y", points[:, 1], log_y
        return
    if hasattr(artist, "levels"):
        # The vertices of a contour may differ in number between two CPU types; its levels do not.
        yield "levels", artist.levels, False
        return
    array = artist.get_array()
    if array is not None:
        yield "values", np.ma.filled(array, 0.0), False
    offsets = np.ma.filled(artist.get_offsets(), np.nan)
    paths = [path.vertices for path in artist.get_paths()]
    points = offsets if _is_scatter(artist, offsets) else np.concatenate([*paths, np.empty((0, 2))])
    if len(points) and array is None:
        yield "x", points[:, 0], log_x
        yield "y", points[:, 1], log_y


def _is_scatter(artist: Any, offsets: Any) -> bool:
    return type(artist).__name__ == "PathCollection" and len(offsets) > 0


def _name(artist: Any, kind: str, number: int) -> str:
    label = str(artist.get_label())
    return f"{kind} {number}" if not label or label.startswith("_") else f"{kind} {label!r}"


def _rounded(value: Any, digits: int, zero: float) -> str:
    number = float(value)
    if abs(number) <= zero:
        return "0"
    if zero:
        # The resolution of the axis is 2 * zero; noise is removed before rounding to it.
        number = round(float(f"{number / (2 * zero):.11e}")) * (2 * zero)
    return as_text(number, digits)
