"""Lemmas 3 and 8: how long the initial phase takes, and how long the length takes to come near 1.

The printed time c log(sigma log h) has no graph in it. With R = max(l_0, 1), b = min(l_0, B(c_0)/A),
x = eta A and S/A of the order of (d+1)/n, the first t with c_t >= 0 satisfies

    (2 b / x) (A/S) (theta_0 - pi/2) <= t <= 7 (R / x) (A/S) (1/phi_0 - 2/pi) + 1,   phi = pi - theta,

so that it grows like n/(d+1). "With probability at least 1 - 1/h^2" is tested for h = 2 units and
Gaussian starts with r = 10: the 75 % quantile of the slower of the two.

Reference: awasthi2021, Lemmas 3 and 8. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._relu_cases import attack
from gnnconv_lib.audit._relu_paths import escapes, gaussian_starts, growing_paths, paths
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.summaries import overlap

__all__ = [
    "alpha_stays_up",
    "early_phase_length",
    "escape_between_bounds",
    "initial_phase_time",
    "length_near_one",
    "length_reaches_one",
]

STEP = 1 / (6 * math.pi)
UNITS = 2
PAIRS = 100


def initial_phase_time(budget: str = "quick") -> Evidence:
    """Steps to alpha >= -1/100 for h = 2 units with probability 3/4, on cycles of growing n.

    Lemma 3 allows a number of steps that does not depend on n.
    """
    sizes = (16, 64, 256) if budget == "quick" else (16, 64, 256, 1024)
    times = [_quantile(nodes) for nodes in sizes]
    growth = math.log(times[-1] / times[-2]) / math.log(sizes[-1] / sizes[-2])
    numbers = {f"steps at n = {n}": t for n, t in zip(sizes, times, strict=True)}
    numbers["growth exponent in n"] = growth
    witness = Witness(
        f"cycles with n = {sizes[0]} and n = {sizes[-1]}, h = 2, r = 10, sigma = 1, "
        "eta = 1/(6 pi A), probability 3/4",
        times[0],
        times[-1],
    )
    summary = (
        f"On cycles {times[0]:.0f} steps at n = {sizes[0]} and {times[-1]:.0f} at n = {sizes[-1]} "
        f"(growth n^{growth:.2f}); the lemma allows no growth with n."
    )
    if growth < 0.1:
        return Evidence("search", "holds", summary, numbers)
    return Evidence("search", "false as printed", summary, numbers, None, witness)


def escape_between_bounds(budget: str = "quick") -> Evidence:
    """The first t with c_t >= 0 lies between the two bounds of the module docstring."""
    run = paths(budget, STEP)
    start = run.cases
    obtuse = (start.cos < 0) & (start.cos > -1)
    reached = run.cos >= 0
    happened = reached.any(axis=2)
    first = np.argmax(reached, axis=2).astype(float)
    ratio = start.full / start.messages
    low, high = bounds.lemma_3(start.length, start.cos, start.mixed / start.full, ratio, STEP)
    last = run.cos.shape[2] - 1
    excess = np.where(happened, np.maximum(low - first, first - high), last - high)
    return attack(
        f"the escape time lies between its bounds: {run.words()}",
        start,
        np.maximum(excess, 0.0),
        1e-9,
        obtuse,
    )


def alpha_stays_up(budget: str = "quick") -> Evidence:
    """Once c_t >= 0, alpha_t >= 0 for good: along trajectories."""
    run = paths(budget, STEP)
    at = run.next_
    before = np.maximum.accumulate(run.cos, axis=2)[:, :, :-1] >= 0
    return attack(
        f"alpha_t >= 0 once c_t >= 0: {run.words()}",
        at,
        0.0,
        at.along,
        before.reshape(at.length.shape),
    )


def early_phase_length(budget: str = "quick") -> Evidence:
    """l_t >= 2 when alpha_t >= -1/100 is first reached from below: the length is near B/A by then."""
    measure = overlap(graphs.cycle(64))
    length, cos = gaussian_starts(UNITS * PAIRS, inner_dimension=10, seed=0)
    times, sizes = escapes(measure, length, cos, STEP, limit=20000)
    late = times > 0
    share = float(np.mean(sizes[late] >= 2))
    numbers = {
        "starts below -1/100": float(late.sum()),
        "of these, share with l >= 2 on arrival": share,
        "median l on arrival": float(np.median(sizes[late])),
    }
    summary = (
        f"On the cycle of 64 nodes, {share:.0%} of the starts with alpha_0 < -1/100 have l >= 2 "
        f"when alpha reaches -1/100; the median length is {np.median(sizes[late]):.2f}."
    )
    if share >= 1 - 1 / UNITS**2:
        return Evidence("search", "holds", summary, numbers)
    witness = Witness(
        "cycle(64), median of Gaussian starts, r = 10", 2.0, float(np.median(sizes[late]))
    )
    return Evidence("search", "false as printed", summary, numbers, None, witness)


def length_near_one(budget: str = "quick") -> Evidence:
    """l_t >= 1 - 2 S/A once alpha_t >= -1/100, from t = 40 on, on families with n growing.

    40 is about 2/(eta A): any number that does not depend on n fails in the same way.
    """
    run = growing_paths(budget, STEP)
    at = run.next_
    share = at.messages / at.full
    start = run.at_start(run.cos[:, :, 0])
    return attack(
        "l_t >= 1 - 2 S/A for alpha_t >= -1/100, t >= 40",
        at,
        1 - 2 * share,
        at.length,
        (run.time >= 40) & (at.along >= -0.01),
        corrected=(
            "l_t >= (1 - (1-eta A)^t) (1 - (1-c_0) S/A) for every t on every graph: at least "
            "1 - 3 S/A after log(A/S)/(eta A) steps.",
            (1 - (1 - STEP) ** run.time) * (1 - (1 - start) * share),
            at.length,
        ),
    )


def length_reaches_one(budget: str = "quick") -> Evidence:
    """l_t >= (1 - (1-x)^t) B(c_0)/A and B(c_0)/A >= s(min(c_0, 0)), along trajectories."""
    run = paths(budget, STEP)
    at = run.next_
    ratio = run.cases.mixed / run.cases.full
    lowest = bounds.lemma_1_lower(run.cases.cos)
    # The sharper of the two; where the second were above the first, it would fail here too.
    bound = (1 - (1 - STEP) ** run.time) * run.at_start(np.maximum(ratio, lowest))
    return attack(
        f"l_t >= (1 - (1-x)^t) B(c_0)/A >= (1 - (1-x)^t) s(min(c_0, 0)): {run.words()}",
        at,
        bound,
        at.length,
    )


def _quantile(nodes: int) -> float:
    """The 1 - 1/h^2 quantile of the number of steps after which both units have alpha >= -1/100."""
    length, cos = gaussian_starts(UNITS * PAIRS, inner_dimension=10, seed=0)
    times, _ = escapes(overlap(graphs.cycle(nodes)), length, cos, STEP, limit=20 * nodes + 1000)
    slower = times.reshape(PAIRS, UNITS).max(axis=1)
    return float(np.quantile(slower, 1 - 1 / UNITS**2))
