"""The panels of li2021's figures: errors of W and v against epochs, one panel per activation.

Book page: `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure

from gnnconv_lib import plotting
from gnnconv_lib.averaging_gnn import Panel

__all__ = ["error_panels"]


def error_panels(panels: Sequence[Panel], label: Callable[[Panel], str]) -> Figure:
    """Median and middle half over the seeds, on logarithmic axes; epoch 0 is drawn at 1/2.

    Args:
        panels: at most two readings of each activation.
        label: what to call the reading of a panel in the legend.
    """
    names = list(dict.fromkeys(panel.activation for panel in panels))
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure, axes = plotting.figure(
        columns=columns,
        rows=rows,
        width=8.8,
        height=2.7 * rows,
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for place, name in zip(axes.ravel(), names, strict=False):
        mine = [(what, panel) for panel in panels if panel.activation == name for what in "Wv"]
        for index, (what, panel) in enumerate(mine):
            quantiles = np.quantile(getattr(panel, what), [0.25, 0.5, 0.75], axis=0)
            low, middle, high = np.maximum(quantiles, 1e-6)
            at = np.maximum(panel.steps, 0.5)
            style = plotting.series(index)
            place.plot(at, middle, label=f"{what}, {label(panel)}", **style)
            place.fill_between(at, low, high, color=style["color"], alpha=0.13, linewidth=0)
        place.set_xscale("log")
        place.set_yscale("log")
        place.annotate(name, (0.04, 0.06), xycoords="axes fraction")
    for place in axes[-1]:
        place.set_xlabel("epoch")
    for place in axes[:, 0]:
        place.set_ylabel("error")
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=4, fontsize=9)
    return figure
