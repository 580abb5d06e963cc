"""What a Matplotlib figure shows, as numbers: panel by panel, series by series, point by point.

Series are lines, point clouds, other collections, images and bars. Not among them are the vertices
of contours, whose number may differ between two CPU types (their levels are), and colour ramps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnnconv_lib.validation import InvalidInput

__all__ = ["COLUMNS", "Panel", "panels"]

#: All columns that a series can have, in the order in which they are written.
COLUMNS = (
    *("piece", "x", "y", "row", "column", "value"),
    *("red", "green", "blue", "left", "bottom", "right", "top"),
)

#: The columns of one series by name; all have one length.
Series = dict[str, NDArray[np.float64]]


@dataclass
class Panel:
    """One pair of axes.

    Fields:
        x, y: the labels of the axes.
        logarithmic: which of "x" and "y" have a logarithmic scale.
        words: the texts written into the panel.
        series: what is drawn, by name: the label in the legend, otherwise kind and number.
    """

    x: str = ""
    y: str = ""
    logarithmic: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    series: dict[str, Series] = field(default_factory=dict)


def panels(figure: Any) -> list[Panel]:
    """The panels of a Matplotlib figure, in the order in which they were made.

    Raises:
        InvalidInput: for what is no figure, a figure without any series, and a value that is NaN or
            infinite, since it is not drawn (a masked pixel is NaN here).
    """
    if not hasattr(figure, "axes"):
        raise InvalidInput(f"figure must be a Matplotlib figure, got {type(figure).__name__}.")
    ramps = [
        mappable.colorbar.ax
        for axes in figure.axes
        for mappable in (*axes.collections, *axes.images)
        if mappable.colorbar is not None
    ]
    found = [_panel(axes, axes in ramps) for axes in figure.axes]
    if not any(panel.series for panel in found):
        raise InvalidInput("figure must show data, got a figure without any series.")
    return found


def _panel(axes: Any, ramp: bool) -> Panel:
    scales = {"x": axes.get_xscale(), "y": axes.get_yscale()}
    panel = Panel(
        axes.get_xlabel(),
        axes.get_ylabel(),
        [name for name, scale in scales.items() if scale == "log"],
        [text.get_text() for text in axes.texts if text.get_text()],
    )
    for name, series in () if ramp else _series(axes):
        same = sum(known.partition(" (")[0] == name for known in panel.series)
        panel.series[f"{name} ({same + 1})" if name in panel.series else name] = series
    return panel


def _series(axes: Any) -> Iterator[tuple[str, Series]]:
    for number, line in enumerate(axes.lines, start=1):
        yield _named(line, "line", number, _points(line.get_xydata()))
    for number, collection in enumerate(axes.collections, start=1):
        yield _named(collection, "collection", number, _collection(collection))
    for number, image in enumerate(axes.images, start=1):
        name, pixels = _named(image, "image", number, _image(image), masked=True)
        left, right, *edges = map(float, image.get_extent())
        first, last = edges if image.origin == "lower" else reversed(edges)
        yield name, pixels
        yield f"{name}, corners", {"x": np.array([left, right]), "y": np.array([first, last])}
    if axes.patches:
        corners = np.array([_corners(patch, axes) for patch in axes.patches])
        sides = ("left", "bottom", "right", "top")
        yield "bars", dict(zip(sides, corners.T, strict=True))


def _named(
    artist: Any, kind: str, number: int, series: Series, masked: bool = False
) -> tuple[str, Series]:
    label = str(artist.get_label())
    name = f"{kind} {number}" if not label or label.startswith("_") else label
    for column, values in series.items():
        if not (np.isfinite(values) | (masked and np.isnan(values))).all():
            raise InvalidInput(
                f"values of a figure must be finite, got NaN or infinity in {column} of {name}; "
                "cut the series and say why."
            )
    return name, series


def _points(points: Any) -> Series:
    array = _filled(points)
    return {"x": array[:, 0], "y": array[:, 1]}


def _collection(artist: Any) -> Series:
    if hasattr(artist, "levels"):
        return {"value": np.asarray(artist.levels, dtype=float)}
    values = artist.get_array()
    flat = None if values is None else _filled(values).ravel()
    if hasattr(artist, "get_coordinates"):
        corners = np.asarray(artist.get_coordinates(), dtype=float)
        centres = (corners[1:, 1:] + corners[:-1, 1:] + corners[1:, :-1] + corners[:-1, :-1]) / 4
        series = _points(centres.reshape(-1, 2))
    elif type(artist).__name__ == "PathCollection":
        series = _points(artist.get_offsets())
    else:
        paths = [path.vertices for path in artist.get_paths()]
        series = _points(np.concatenate([*paths, np.empty((0, 2))]))
        sizes = [len(path) for path in paths]
        if len(paths) > 1:
            series = {"piece": np.repeat(np.arange(1.0, len(paths) + 1), sizes), **series}
        flat = None if flat is None or len(flat) != len(paths) else np.repeat(flat, sizes)
    return series if flat is None else {**series, "value": flat}


def _image(image: Any) -> Series:
    """One row per pixel, counted from 0; the outer corners of the first and the last are given too."""
    array = _filled(image.get_array())
    rows, columns = (np.arange(float(size)) for size in array.shape[:2])
    place = {"row": np.repeat(rows, len(columns)), "column": np.tile(columns, len(rows))}
    if array.ndim == 2:
        return {**place, "value": array.ravel()}
    shades = array[..., :3].reshape(-1, 3).T
    return {**place, **dict(zip(("red", "green", "blue"), shades, strict=True))}


def _filled(values: Any) -> NDArray[np.float64]:
    return np.asarray(np.ma.filled(np.ma.asarray(values).astype(float), np.nan))


def _corners(patch: Any, axes: Any) -> list[float]:
    """Left, bottom, right and top; exact for the bars of a diagram."""
    upright = hasattr(patch, "get_angle") and not patch.get_angle() and hasattr(patch, "get_width")
    if upright and patch.get_data_transform() == axes.transData:
        x, y = patch.get_xy()
        return [x, y, x + patch.get_width(), y + patch.get_height()]
    box = patch.get_extents().transformed(axes.transData.inverted())
    return [box.x0, box.y0, box.x1, box.y1]
