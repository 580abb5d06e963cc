"""The data of a figure as one file of CSV, for who compares it and for who downloads it.

Where the variable `GNNCONV_FIGURE_DATA` names a folder, `report.drawn` writes there a file per
figure. Its first lines begin with `#` and hold the tolerance and, in JSON, each panel's labels,
scales and texts; then comes a table with one row per point. Numbers have eight significant digits.

Book page: `book/two-papers`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gnnconv_lib import files
from gnnconv_lib.page.series import COLUMNS, Panel, panels
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["VARIABLE", "FigureData", "as_csv", "keep", "read"]

VARIABLE = "GNNCONV_FIGURE_DATA"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PANEL = re.compile(r"# panel \d+: (.*)")
_TOLERANCE = "# tolerance: "


@dataclass(frozen=True)
class FigureData:
    """The panels of a figure, and how far two runs of it may be apart (see `chapters.figure_differences`)."""

    tolerance: float
    panels: list[Panel]


def keep(figure: Any, name: str, digits: int = 6) -> None:
    """Write the data of `figure` to `<name>.csv` in the folder that the variable names, if any.

    Args:
        figure: a Matplotlib figure.
        name: the name of the figure, as in the metadata of its cell.
        digits: the tolerance is 10^-digits.

    Raises:
        InvalidInput: for another name, digits outside of 1 to 6, a figure that is there already, and
            as `series.panels`.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"name must be that of a figure, such as 'fig-loss', got {name!r}.")
    require_integer("digits", digits, 1, 6)
    text = as_csv(FigureData(10.0**-digits, panels(figure)))
    folder = os.environ.get(VARIABLE)
    if not folder:
        return
    path = Path(folder) / f"{name}.csv"
    if path.exists():
        raise InvalidInput(f"name must be that of one figure, got {name!r} twice.")
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, text)


def as_csv(data: FigureData) -> str:
    """The text of the file."""
    used = {name for panel in data.panels for series in panel.series.values() for name in series}
    columns = [name for name in COLUMNS if name in used]
    stream = io.StringIO()
    stream.write(f"{_TOLERANCE}{data.tolerance:g}\n")
    for number, panel in enumerate(data.panels, start=1):
        described = {name: value for name, value in asdict(panel).items() if name != "series"}
        stream.write(f"# panel {number}: {json.dumps(described, ensure_ascii=False)}\n")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["panel", "series", *columns])
    for number, panel in enumerate(data.panels, start=1):
        for name, series in panel.series.items():
            texts = [
                [f"{value + 0.0:.8g}" for value in series[column]] if column in series else None
                for column in columns
            ]
            for row in range(max(map(len, series.values()))):
                cells = ("" if column is None else column[row] for column in texts)
                writer.writerow([number, name, *cells])
    return stream.getvalue()


def read(path: str | os.PathLike[str]) -> FigureData:
    """The data in a file that `keep` wrote.

    Raises:
        InvalidInput: for any other file.
    """
    try:
        stream = io.StringIO(Path(path).read_bytes().decode(), newline="")
        data = FigureData(float(stream.readline().removeprefix(_TOLERANCE)), [])
        while found := _PANEL.match(line := stream.readline()):
            data.panels.append(Panel(**json.loads(found[1])))
        _, _, *columns = line.rstrip().split(",")
        points: dict[tuple[int, str], list[list[str]]] = {}
        for panel, name, *cells in csv.reader(stream):
            points.setdefault((int(panel), name), []).append(cells)
        for (number, name), table in points.items():
            data.panels[number - 1].series[name] = {
                column: np.array(texts, dtype=float)
                for column, texts in zip(columns, zip(*table, strict=True), strict=True)
                if all(texts)
            }
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise InvalidInput(f"path must hold the data of a figure, got {path} ({error}).") from None
    return data
