"""Figures 1 and 2 of li2021 from one command each: the data with their seeds, and the picture.

Book page: `book/li2021/figures-1-and-2`, whose last cells compare its own runs with the stored data.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

from gnnconv_lib import averaging_gnn, files
from gnnconv_lib.averaging_gnn import Panel
from gnnconv_lib.validation import InvalidInput, require_choice, require_integer

__all__ = ["FIGURES", "RECORDS", "largest_difference", "make", "runs"]

#: Recorded epochs, as in the chapter.
RECORDS = 60

_NOISES = (0.2, 0.04)  # "variance 0.04" as it says, and 0.04 as a standard deviation


def _figure_1(seeds: int) -> list[Panel]:
    readings = [(xi, noise) for noise in _NOISES for xi in ("mean", "sum")]
    return averaging_gnn.figure_1(
        readings=readings, records=RECORDS, seeds=range(seeds), fits=False
    )


def _figure_2(seeds: int) -> list[Panel]:
    readings = [("mean", noise) for noise in _NOISES]
    return averaging_gnn.figure_2(
        readings=readings, steps=2000, records=RECORDS, seeds=range(seeds), fits=False
    )


#: How each figure is made from a number of seeds.
FIGURES: dict[str, Callable[[int], list[Panel]]] = {
    "li2021:figure-1": _figure_1,
    "li2021:figure-2": _figure_2,
}


def runs(figure: str, seeds: int = 20) -> list[Panel]:
    """All panels of a figure in every reading of its set-up.

    Raises:
        InvalidInput: for another figure, or no seed.
    """
    require_choice("figure", figure, FIGURES)
    return FIGURES[figure](require_integer("seeds", seeds, 1))


def make(
    figure: str, folder: str | os.PathLike[str], seeds: int = 20, force: bool = False
) -> list[Path]:
    """Run a figure; write its data (CSV) and one picture (PNG) per noise into a folder.

    Args:
        figure: one of `FIGURES`.
        folder: made if it is missing.
        seeds: how many runs each curve has.
        force: whether files of an earlier run may be replaced.

    Returns:
        The files.

    Raises:
        InvalidInput: for another figure, no seed, an output that is not a folder, and files of the
            figure that are there already (without `force`); before anything runs.
    """
    require_choice("figure", figure, FIGURES)
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise InvalidInput(f"output must be a folder, got the file {target}.")
    stem = figure.replace(":", "-")
    there = sorted(target.glob(f"{stem}.csv")) + sorted(target.glob(f"{stem}-noise-*.png"))
    if there and not force:
        raise InvalidInput(f"output must not hold {there[0].name} yet; --force replaces it.")
    panels = runs(figure, seeds)
    target.mkdir(parents=True, exist_ok=True)
    made = [target / f"{stem}.csv"]
    averaging_gnn.write_panels(panels, made[0])

    import matplotlib

    matplotlib.use("Agg")
    from gnnconv_lib.plotting.panels import error_panels

    words = {"mean": "Xi a mean", "sum": "Xi as printed"}
    for noise in dict.fromkeys(panel.noise for panel in panels):
        chosen = [panel for panel in panels if panel.noise == noise]
        made.append(target / f"{stem}-noise-{noise}.png")
        drawn = error_panels(chosen, lambda panel: words[panel.normalization])
        picture = io.BytesIO()
        drawn.savefig(picture, format="png")
        files.write(made[-1], picture.getvalue())
    return made


def largest_difference(panels: list[Panel], path: str | os.PathLike[str]) -> float:
    """The largest relative difference between runs and a stored table of the same runs.

    Raises:
        InvalidInput: if the rows are not those of the same readings, seeds and epochs.
    """
    ours = {row[:5]: row[5:] for row in averaging_gnn.panel_rows(panels)}
    stored = {row[:5]: row[5:] for row in averaging_gnn.read_panels(path)}
    if ours.keys() != stored.keys():
        raise InvalidInput(f"path must hold the same runs, {path} has others.")
    return max(
        abs(a - b) / max(abs(b), 1e-300)
        for key, pair in ours.items()
        for a, b in zip(pair, stored[key], strict=True)
    )
