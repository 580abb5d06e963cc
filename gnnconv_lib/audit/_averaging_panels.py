"""Runs of Figures 1 and 2 of li2021 for its claims, as stated, with what is not stated filled in.

Filled in: the start (Gaussian, with the signs of Eq. (39)), the read-out (the average), the seeds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.stats import binomtest

from gnnconv_lib import averaging_gnn as ag

__all__ = [
    "FORMS",
    "NOISES",
    "OPEN",
    "PANELS",
    "SEEDS",
    "falls",
    "graph_runs",
    "long_runs",
    "node_runs",
    "share",
    "stays",
]

Share = tuple[float, float, float]

#: The activations of the panels (a) to (f).
PANELS: dict[str, str] = dict(zip("abcdef", ag.panels.ACTIVATIONS, strict=True))
#: Xi_N as printed in Eq. (11), or divided by n as in Eq. (12).
FORMS: dict[str, str] = {"sum": "Xi as printed", "mean": "Xi over n"}
#: Deviations of the noise: 0.04 is the variance, or the deviation.
NOISES: tuple[float, float] = (0.2, 0.04)
#: What the text does not state.
OPEN = "the number of epochs, the start, the draws of v* and W*, whether 0.04 is a variance"

#: Seeds per budget at node level, at graph level, and for runs of many epochs.
SEEDS: dict[str, tuple[int, int, int]] = {"quick": (30, 10, 8), "full": (100, 100, 100)}
NODE_EPOCHS, GRAPH_EPOCHS, LONG = 1000, 3000, 20_000


@lru_cache(maxsize=16)
def node_runs(activation: str, seeds: int) -> dict[tuple[str, float], ag.Panel]:
    """A panel of Figure 1 by (form of Xi, noise); for the sigmoid without noise as well."""
    readings = [(form, noise) for form in FORMS for noise in NOISES]
    if activation == "sigmoid":
        readings.append(("mean", 0.0))
    records = (1, 10, 30, 100, 200, 500, NODE_EPOCHS)
    found = ag.figure_1(
        [activation],
        readings=readings,
        records=records,
        steps=NODE_EPOCHS,
        seeds=range(seeds),
        fits=False,
    )
    return dict(zip(readings, found, strict=True))


@lru_cache(maxsize=16)
def long_runs(activation: str, seeds: int) -> dict[str, ag.Panel]:
    """A panel of Figure 1 with noise of deviation 0.04, after 20000 epochs, by the form of Xi."""
    found = ag.figure_1(
        [activation],
        readings=[(form, NOISES[1]) for form in FORMS],
        steps=LONG,
        records=2,
        seeds=range(seeds),
        fits=False,
    )
    return dict(zip(FORMS, found, strict=True))


@lru_cache(maxsize=16)
def graph_runs(activation: str, seeds: int) -> dict[float, ag.Panel]:
    """A panel of Figure 2 by the noise."""
    found = ag.figure_2(
        [activation],
        readings=[("mean", noise) for noise in NOISES],
        steps=GRAPH_EPOCHS,
        records=(50, 100, 200, 500, 1000, 2000, GRAPH_EPOCHS),
        seeds=range(seeds),
        fits=False,
    )
    return dict(zip(NOISES, found, strict=True))


def falls(panel: ag.Panel) -> np.ndarray:
    """At each record, the larger of both medians over the seeds, in units of the first median."""
    curves = [np.median(curve, axis=0) for curve in (panel.W, panel.v)]
    return np.maximum(*(curve / curve[0] for curve in curves))


def stays(panel: ag.Panel) -> float:
    """The share of seeds for which no record leaves the set of Eq. (50) and the run is finite.

    |W| = |W*| = 1, so Tr(W*' W) = 1 - |W - W*|^2 / 2; it must not fall below half its first value.
    """
    trace = 1 - panel.W**2 / 2
    inside = np.all(trace >= trace[:, :1] / 2 - 1e-12, axis=1)
    return float(np.mean(inside & (panel.status != "diverged")))


def share(hits: np.ndarray) -> Share:
    """The share of true entries with its exact (Clopper-Pearson) 95% interval."""
    hits = np.asarray(hits, dtype=bool)
    interval = binomtest(int(hits.sum()), hits.size).proportion_ci()
    return float(hits.mean()), float(interval.low), float(interval.high)
