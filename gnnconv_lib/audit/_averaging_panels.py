"""Runs of Figures 1 and 2 for the checks, and the statistics that both levels share.

A panel "decreases towards a small level" when the median over the seeds of both errors ends at no
more than half of its first value. Shares of seeds carry exact (Clopper-Pearson) 95% intervals.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.stats import binomtest

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.validation import require_choice

__all__ = [
    "Share",
    "clean_run",
    "graph_runs",
    "halved",
    "node_runs",
    "panel_verdict",
    "reading",
    "share",
]

Share = tuple[float, float, float]

READINGS: tuple[tuple[str, str | float], ...] = (
    ("mean", "variance"),
    ("sum", "variance"),
    ("mean", "deviation"),
    ("sum", "deviation"),
)
LONG = 30_000  # epochs of the long node-level run, about ten time constants of v
SHARE_OF_START = 0.5


@lru_cache(maxsize=64)
def _node(activation: str, seeds: int) -> tuple[ag.Panel, ...]:
    # One call for all readings and the one without noise: one compilation per activation.
    readings = (*READINGS, ("mean", 0.0))
    return tuple(
        ag.figure_1([activation], readings=readings, records=60, seeds=range(seeds), fits=False)
    )


def node_runs(activation: str, seeds: int = 20) -> tuple[ag.Panel, ...]:
    """All four readings of one panel of Figure 1, 1000 epochs."""
    return _node(activation, seeds)[: len(READINGS)]


def clean_run(activation: str, seeds: int = 20) -> ag.Panel:
    """The same panel without noise, Xi a mean."""
    return _node(activation, seeds)[-1]


@lru_cache(maxsize=16)
def long_run(activation: str, seeds: int) -> ag.Panel:
    """The panel in the reading that serves best: mean, deviation 0.04, 30000 epochs."""
    readings = (("mean", "deviation"),)
    return ag.figure_1(
        [activation], readings=readings, steps=LONG, records=2, seeds=range(seeds), fits=False
    )[0]


@lru_cache(maxsize=16)
def graph_runs(activation: str, seeds: int = 10) -> tuple[ag.Panel, ...]:
    """One panel of Figure 2 with noise 0.2, and 0.04 for more than 10 seeds; 3000 epochs."""
    readings = (("mean", "variance"), ("mean", "deviation"))[: 1 + (seeds > 10)]
    records = (0, 100, 500, 1000, 1500, 2000, 2500, 3000)
    return tuple(
        ag.figure_2(
            [activation], readings=readings, records=records, seeds=range(seeds), fits=False
        )
    )


def halved(panel: ag.Panel) -> tuple[float, float]:
    """Median last error over median first error, of W and of v."""
    first, last = (np.median([c[:, k] for c in (panel.W, panel.v)], axis=1) for k in (0, -1))
    return float(last[0] / first[0]), float(last[1] / first[1])


def share(hits: np.ndarray) -> Share:
    """The share of true entries with its exact 95% interval."""
    hits = np.asarray(hits, dtype=bool)
    interval = binomtest(int(hits.sum()), hits.size).proportion_ci()
    return float(hits.mean()), float(interval.low), float(interval.high)


def reading(panel: ag.Panel) -> str:
    """The reading in words."""
    xi = {"mean": "Xi a mean", "sum": "Xi a sum"}[panel.normalization]
    noise = {"variance": "noise 0.2", "deviation": "noise 0.04"}.get(
        str(panel.noise), f"noise {panel.noise}"
    )
    return f"{xi}, {noise}"


def panel_verdict(activation: str, level: str, budget: str) -> Evidence:
    """Whether both errors decrease towards a small level, over all readings of the set-up."""
    require_choice("budget", budget, BUDGETS)
    if level == "node":
        runs = node_runs(activation)
    else:
        runs = graph_runs(activation, {"quick": 10, "full": 20}[budget])
    ratios = {reading(panel): halved(panel) for panel in runs}
    good = [name for name, pair in ratios.items() if max(pair) <= SHARE_OF_START]
    best = min(ratios, key=lambda name: max(ratios[name]))
    numbers = {f"W, {name}": pair[0] for name, pair in ratios.items()}
    numbers |= {f"v, {name}": pair[1] for name, pair in ratios.items()}
    numbers |= {"floor of W, noise 0.2": float(np.median(runs[0].floor.W))}
    epochs = int(runs[0].steps[-1])
    if len(good) == len(ratios):
        summary = (
            f"After {epochs} epochs the medians are at {ratios[best][0]:.2g} (W) and "
            f"{ratios[best][1]:.2g} (v) of their first values ({best}); at most half in all readings run."
        )
        return Evidence("monte carlo", "holds", summary, numbers, SHARE_OF_START)
    bad = max(ratios, key=lambda name: max(ratios[name]))
    witness = Witness(
        f"{activation}, {bad}, {epochs} epochs, seeds 0-{runs[0].W.shape[0] - 1}: larger of both "
        "median ratios, last error over first",
        SHARE_OF_START,
        max(ratios[bad]),
    )
    pair = ratios[bad]
    found = f"Ratios of medians after {epochs} epochs ({bad}): W {pair[0]:.2g}, v {pair[1]:.2g}."
    if good:
        correction = (
            f"Both medians halve in {epochs} epochs only in the reading: {'; '.join(good)}."
        )
    elif level == "node":
        panel = long_run(activation, {"quick": 8, "full": 20}[budget])
        pair = halved(panel)
        numbers |= {"W, long run": pair[0], "v, long run": pair[1]}
        if max(pair) > SHARE_OF_START:
            return Evidence("monte carlo", "false as printed", found, numbers, 0.5, witness)
        correction = (
            f"Both medians halve only with noise of deviation 0.04, and after many more epochs: after "
            f"{LONG} they are at {pair[0]:.2g} (W) and {pair[1]:.2g} (v)."
        )
        found += f" {correction}"
    else:
        return Evidence("monte carlo", "false as printed", found, numbers, 0.5, witness)
    return Evidence(
        "monte carlo", "holds with correction", found, numbers, 0.5, witness, correction
    )
