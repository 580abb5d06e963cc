"""Figures in one style: readable in print, in grey and with impaired colour vision.

Colours are those of Okabe and Ito (2008), four of them darkened until each contrasts with the
background by 3 to 1. Each series also has its own dash pattern and marker, so
that nothing depends on colour alone. Figures carry no title: the caption is in the cell's metadata.
The background is a light card, so that a figure reads on a dark page too. Importing this module
sets the style and makes inline figures deterministic (fixed size and resolution, no version text).

Book page: `book/setting`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from gnnconv_lib.graphs import as_graph
from gnnconv_lib.plotting.layouts import layout
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = [
    "CARD",
    "SERIES",
    "Series",
    "draw_graph",
    "figure",
    "label",
    "loss_curves",
    "series",
    "use_style",
]

CARD = "#fcfcf9"
_INK = "#222222"
_DPI = 144


@dataclass(frozen=True)
class Series:
    """How one series looks: colour, dash pattern and marker."""

    color: str
    linestyle: Any
    marker: str


SERIES: tuple[Series, ...] = (
    Series("#0072B2", "-", "o"),
    Series("#D55E00", (0, (6, 2)), "s"),
    Series("#008F68", (0, (1, 1.2)), "^"),
    Series("#C0649A", (0, (6, 2, 1, 2)), "D"),
    Series("#B87A00", (0, (3, 1.5)), "v"),
    Series("#2F8FC4", (0, (8, 2, 1, 2, 1, 2)), "P"),
    Series("#000000", (0, (2, 1, 1, 1)), "X"),
)


def use_style() -> None:
    """Set the style for all figures of this process; importing the module has done it."""
    matplotlib.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": "#555555",
            "axes.facecolor": CARD,
            "axes.grid": True,
            "axes.labelcolor": _INK,
            "axes.labelsize": 11,
            "axes.prop_cycle": cycler(color=[s.color for s in SERIES])
            + cycler(linestyle=[s.linestyle for s in SERIES]),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.dpi": _DPI,
            "figure.facecolor": CARD,
            "font.family": "DejaVu Sans",
            "font.size": 10,
            "grid.color": "#dddddd",
            "grid.linewidth": 0.6,
            "legend.fontsize": 9.5,
            "legend.frameon": False,
            "lines.linewidth": 1.9,
            "lines.markersize": 5,
            "mathtext.fontset": "dejavusans",
            "savefig.dpi": _DPI,
            "savefig.facecolor": CARD,
            "text.color": _INK,
            "xtick.color": _INK,
            "ytick.color": _INK,
        }
    )
    _set_inline_format()


def series(index: int) -> dict[str, Any]:
    """The look of series number `index` as keywords of `Axes.plot`, without the marker.

    >>> series(0) == series(7)
    True
    """
    style = SERIES[require_integer("index", index, 0) % len(SERIES)]
    return {"color": style.color, "linestyle": style.linestyle}


def figure(
    columns: int = 1, rows: int = 1, width: float = 6.4, height: float | None = None, **axes: Any
) -> tuple[Figure, Any]:
    """A figure with a grid of panels in the book's style.

    Args:
        columns, rows: the grid.
        width, height: in inches; by default every panel is 0.66 as high as it is wide.
        axes: handed on to `matplotlib.pyplot.subplots` (`sharex`, `sharey`, ...).

    Returns:
        The figure, and its axes: one `Axes`, or an array of them as from `subplots`.
    """
    require_integer("columns", columns, 1)
    require_integer("rows", rows, 1)
    size = (width, height if height is not None else 0.66 * width / columns * rows)
    return plt.subplots(rows, columns, figsize=size, layout="constrained", **axes)


def label(axes: Axes, x: str, y: str, legend: bool = False) -> None:
    """Label both axes and, on request, add the legend; as the last line of a cell it shows nothing.

    Args:
        axes: the panel.
        x, y: what is drawn along each axis, with its unit if it has one.
        legend: whether to add a legend of the labelled series.
    """
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    if legend:
        axes.legend()


def loss_curves(
    axes: Axes,
    steps: Any,
    losses: Mapping[str, Any],
    band: tuple[float, float] = (0.1, 0.9),
    xlabel: str = "step of gradient descent",
    ylabel: str = "population loss",
) -> None:
    """Curves of loss against step on logarithmic axes: median and band over seeds.

    Args:
        axes: where to draw.
        steps: shape (k,), or a mapping from label to such an array. Step 0 is drawn at 1/2.
        losses: by label, shape (k,) or (seeds, k). Entries that are not finite and positive are not
            drawn: a band or median ends where too few seeds are left.
        band: the lower and upper quantile of the band.

    Raises:
        InvalidInput: for shapes that do not match, and for a curve without any positive value.
    """
    for index, (name, values) in enumerate(losses.items()):
        at = np.asarray(steps[name] if isinstance(steps, Mapping) else steps, dtype=float)
        table = np.atleast_2d(np.asarray(values, dtype=float))
        if at.ndim != 1 or table.ndim != 2 or table.shape[1] != at.size:
            raise InvalidInput(
                f"losses[{name!r}] must have shape (k,) or (seeds, k) with k = {at.size} steps, "
                f"got {np.shape(values)}."
            )
        drawable = (np.isfinite(table) & (table > 0)).all(axis=0)
        if not drawable.any():
            raise InvalidInput(f"losses[{name!r}] must hold positive finite values, got none.")
        x = np.where(at > 0, at, 0.5)[drawable]
        low, median, high = np.quantile(table[:, drawable], [band[0], 0.5, band[1]], axis=0)
        axes.plot(x, median, label=name, **series(index))
        if len(table) > 1:
            color = SERIES[index % len(SERIES)].color
            axes.fill_between(x, low, high, color=color, alpha=0.18, linewidth=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    label(axes, xlabel, ylabel, legend=True)


def draw_graph(
    axes: Axes,
    graph: Any,
    positions: Any = None,
    labels: Sequence[str] | None = None,
    colors: Sequence[int] | None = None,
    caption: str | None = None,
) -> None:
    """A small graph: nodes as discs, edges as lines, no axes.

    Args:
        axes: where to draw.
        graph: a `Graph` of at most 200 nodes.
        positions: shape (n, 2), or the name of a layout; by default the layout that suits the
            graph's name (see `plotting.layouts`). All layouts are closed forms, so that a rerun
            draws the same picture.
        labels: one short text per node, e.g. its degree.
        colors: one index into `SERIES` per node; by default all 0.
        caption: a line of text below the graph.

    Raises:
        InvalidInput: for a graph that is too large to draw.
    """
    graph = as_graph(graph)
    require_integer("graph.nodes", graph.nodes, 1, 200)
    places = layout(graph, positions)
    adjacency = graph.adjacency.tocoo()
    size = 210.0 if graph.nodes <= 16 else 60.0
    ends = [(i, j) for i, j in zip(adjacency.row, adjacency.col, strict=True) if i < j]
    segments = places[np.array(ends, dtype=int).reshape(-1, 2)]
    edges = LineCollection(list(segments), colors="#888888", linewidths=1.3, zorder=1)
    edges.set_label("edges")
    axes.add_collection(edges)
    fill = [SERIES[k % len(SERIES)].color for k in (colors or [0] * graph.nodes)]
    axes.scatter(
        places[:, 0], places[:, 1], s=size, c=fill, edgecolors=_INK, linewidths=0.8, zorder=2
    )
    for (x, y), text in zip(places, labels or [], strict=False):
        axes.text(
            x, y, text, color="white", ha="center", va="center", fontsize=8, fontweight="bold"
        )
    axes.set_axis_off()
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.2)
    if caption:
        axes.text(0.5, -0.02, caption, transform=axes.transAxes, ha="center", va="top")


def _set_inline_format() -> None:
    """Inline pictures as PNG of fixed size without the name of the program in them."""
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:  # pragma: no cover - only without the book's packages
        return
    if get_ipython() is not None:
        set_matplotlib_formats("png", bbox_inches=None, metadata={"Software": None})


use_style()
