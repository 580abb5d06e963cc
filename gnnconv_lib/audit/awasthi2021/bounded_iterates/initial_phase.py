"""Lemmas 3 and 8: what happens before the angle is acute, and how long it takes.

The printed time c log(sigma log h) has no graph in it. The true time is of the order of
A/S <= n/(pi (d+1)) + 1: while the cosine is negative the length settles near B/A, where only C,
which is small on sparse graphs, moves alpha.

Reference: awasthi2021, Lemmas 3 and 8. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import norm

from gnnconv_lib import graphs, relu_gnn
from gnnconv_lib.audit._relu_cases import Cases, attack, cases
from gnnconv_lib.audit._relu_paths import crossing, paths
from gnnconv_lib.evidence import Evidence, Verdict, Witness
from gnnconv_lib.summaries import OverlapMeasure, overlap

__all__ = [
    "alpha_nondecreasing",
    "alpha_stays_nonnegative",
    "alpha_step_slightly_negative",
    "alpha_update",
    "beta_share",
    "c_above_quarter",
    "dual_difference",
    "early_alpha_step",
    "early_length_step",
    "early_phase_length",
    "initial_alpha",
    "initial_phase_time",
    "length_drift",
    "length_near_one",
    "length_update",
]

STEP = 1 / (6 * math.pi)


def length_update(budget: str = "quick") -> Evidence:
    """l_{t+1}^2 = (l (1-x) + x B/A)^2 + (x C sin/A)^2: the step in Cartesian coordinates agrees."""
    at = cases(budget)
    along, across = _next_point(at)
    printed = ((1 - STEP) * at.length + STEP * at.mixed / at.full) ** 2
    printed = printed + (STEP * at.sine * at.slope / at.full) ** 2
    error = np.abs(printed - along**2 - across**2)
    return attack("the update of l^2", at, error, 1e-12 * (1 + at.length**2), kind="numerical")


def alpha_update(budget: str = "quick") -> Evidence:
    """alpha_{t+1} = alpha (1-x) + x c B/A + x sin^2 C/A: against w - eta grad L of `relu_gnn`."""
    at = cases(budget)
    worst = 0.0
    for row in (0, len(at.names) // 2, -1):
        graph_measure = _measure(at, row)
        slope = relu_gnn.reduced_gradient(at.along[row] - 1, at.across[row], graph_measure)
        next_alpha = at.along[row] - STEP / at.full[row] * np.asarray(slope.u)
        printed = _next_point(at)[0][row]
        # u = alpha - 1 has no digits left for the direction of a very short w.
        error = np.where(at.length[row] < 0.01, 0, np.abs(next_alpha - printed))
        worst = max(worst, float(np.max(error / (1 + at.length[row]))))
    error = np.full_like(at.length, worst)
    return attack("the update of alpha", at, error, 1e-12, kind="numerical")


def early_length_step(budget: str = "quick") -> Evidence:
    """If alpha < 0 and l >= 2 then l_{t+1} >= (1 - eta A) l. (True at every weight.)"""
    at = cases(budget)
    along, across = _next_point(at)
    return attack("l_{t+1} >= (1 - eta A) l", at, (1 - STEP) * at.length, np.hypot(along, across))


def early_alpha_step(budget: str = "quick") -> Evidence:
    """If alpha < 0 and l >= 2 then alpha_{t+1} >= alpha (1 - eta A/2)."""
    at = cases(budget)
    where = (at.along < 0) & (at.length >= 2)
    return attack(
        "alpha_{t+1} >= alpha (1 - eta A/2) for alpha < 0, l >= 2",
        at,
        at.along * (1 - STEP / 2),
        _next_point(at)[0],
        where,
    )


def early_phase_length(budget: str = "quick") -> Evidence:
    """l_t >= 2 when alpha_t >= -1/100 is first reached: no, the length is close to B/A by then."""
    measure = overlap(graphs.cycle(40))
    rho, mass = np.asarray(measure.rho), np.asarray(measure.mass)
    steps, length = crossing(rho, mass, math.sqrt(10), -0.3, STEP, -0.01, 10**7)
    numbers = {"steps": float(steps), "length at the first alpha >= -1/100": length}
    if length >= 2:
        return Evidence("search", "holds", f"l = {length:.3f} at step {steps}.", numbers)
    return Evidence(
        "search",
        "holds with correction",
        f"l = {length:.3f} < 2 when alpha first exceeds -1/100, on the cycle of 40 nodes.",
        numbers,
        None,
        Witness("cycle(40), c_0 = -0.3, l_0 = sqrt(10), eta = 1/(6 pi A)", 2.0, length),
        "The length never exceeds max(l_0, 1) and has settled near B(c_t)/A <= 1 by then.",
    )


def length_near_one(budget: str = "quick") -> Evidence:
    """l_t >= 1 - 2 S/A once alpha_t >= -1/100, along trajectories from step 120 on, eta A = 1/(6 pi)."""
    run = paths(budget, STEP)
    at = run.next_
    late = np.broadcast_to(
        np.arange(run.length.shape[2] - 1) >= 120,
        at.length.shape[:1] + run.length.shape[1:2] + (run.length.shape[2] - 1,),
    )
    where = late.reshape(at.length.shape) & (at.along >= -0.01)
    bound = 1 - 2 * at.messages / at.full
    return attack("l_t >= 1 - 2 S/A for alpha_t >= -1/100, t >= 120", at, bound, at.length, where)


def length_drift(budget: str = "quick") -> Evidence:
    """l_{t+1} >= l - x (l - 1) + x Delta_t/A with Delta_t = B - A."""
    at = cases(budget)
    along, across = _next_point(at)
    bound = at.length - STEP * (at.length - 1) - STEP * at.gap / at.full
    return attack("l_{t+1} >= l - x (l-1) + x (B-A)/A", at, bound, np.hypot(along, across))


def dual_difference(budget: str = "quick") -> Evidence:
    """|s(rho c) - s(rho)| <= 2 rho, for every c: summed over pairs, A - B <= 2 S."""
    at = cases(budget)
    return attack("A - B(c) <= 2 S", at, at.gap, 2 * at.messages)


def c_above_quarter(budget: str = "quick") -> Evidence:
    """C(c) >= S/4 for alpha in [-1/100, 0): true at l >= 0.99 with 0.49, false at small l."""
    at = cases(budget)
    where = (at.along >= -0.01) & (at.along < 0)
    return attack(
        "C(c) >= S/4 for alpha in [-1/100, 0)",
        at,
        at.messages / 4,
        at.slope,
        where,
        corrected=(
            "C(c) >= S s'(c) for c < 0: at least S/4 as soon as c >= -sqrt(1/2), whatever alpha.",
            np.minimum(1 - np.arccos(at.cos) / np.pi, 0.5) * at.messages,
            at.slope,
        ),
    )


def beta_share(budget: str = "quick") -> Evidence:
    """|beta/l| >= 1/2 for alpha in [-1/100, 0) and l >= 0.99."""
    at = cases(budget)
    where = (at.along >= -0.01) & (at.along < 0) & (at.length >= 0.99)
    return attack("|beta|/l >= 1/2 for alpha in [-1/100, 0), l >= 0.99", at, 0.5, at.sine, where)


def alpha_stays_nonnegative(budget: str = "quick") -> Evidence:
    """If alpha_t >= 0 then alpha_{t+1} >= 0: all three terms are non-negative."""
    at = cases(budget)
    return attack("alpha >= 0 stays so", at, 0.0, _next_point(at)[0], at.along >= 0)


def alpha_step_slightly_negative(budget: str = "quick") -> Evidence:
    """The printed lower bound of alpha_{t+1} for alpha in [-1/100, 0), at l >= 0.99."""
    at = cases(budget)
    where = (at.along >= -0.01) & (at.along < 0) & (at.length >= 0.99)
    bound = at.along - STEP * at.along * (1 - 1 / at.length)
    bound = bound - STEP * at.cos * at.gap / at.full + STEP * at.sine**2 * at.messages / 4 / at.full
    return attack("the printed bound of alpha_{t+1}", at, bound, _next_point(at)[0], where)


def alpha_nondecreasing(budget: str = "quick") -> Evidence:
    """alpha_{t+1} >= alpha_t for alpha in [-1/100, 0), along trajectories.

    While the length is below B/A the factor 1 - eta A + eta B/l exceeds 1 and alpha decreases.
    """
    at = cases(budget)
    where = (at.along >= -0.01) & (at.along < 0) & (at.length >= 0.99)
    return attack(
        "alpha_{t+1} >= alpha_t for alpha in [-1/100, 0), l >= 0.99",
        at,
        at.along,
        _next_point(at)[0],
        where,
    )


def initial_alpha(budget: str = "quick") -> Evidence:
    """P(alpha_0 >= -c' sigma sqrt(log h) for all h units) >= 1 - 1/h^2, with c' = sqrt 6.

    Exact normal tails. At h = 1 the bound is 0, and the probability one half: the smallest
    witness; from h = 2 on it holds.
    """
    units = np.arange(1, 1000)
    miss = units * norm.sf(math.sqrt(6) * np.sqrt(np.log(units)))
    allowed = np.where(units == 1, 0.0, 1 / units**2)
    later = bool(np.all(miss[1:] <= allowed[1:]))
    numbers = {"h * tail * h^2, worst for h >= 2": float(np.max(miss[1:] * units[1:] ** 2))}
    witness = Witness("h = 1: c' sqrt(log h) = 0", 1.0, 0.5)
    summary = "P(alpha_0 < -sqrt(6 log h) sigma for some unit) <= 1/h^2 for 2 <= h < 1000, exact."
    if later:
        return Evidence("numerical", "holds", summary, numbers)
    return Evidence(
        "numerical", "false as printed", "The tail is too heavy.", numbers, None, witness
    )


def initial_phase_time(budget: str = "quick") -> Evidence:
    """The time until alpha >= -1/100 from c_0 = -0.3, l_0 = sqrt 10 on cycles of growing n.

    Lemma 3 allows a time that does not depend on n. It grows like n.
    """
    sizes = (10, 40, 160, 640) if budget == "quick" else (10, 40, 160, 640, 2560, 10240)
    times, allowed = [], []
    for nodes in sizes:
        measure = overlap(graphs.cycle(nodes))
        rho, mass = np.asarray(measure.rho), np.asarray(measure.mass)
        times.append(crossing(rho, mass, math.sqrt(10), -0.3, STEP, -0.01, 10**7)[0])
        ratio = float(measure.mass.sum()) / (9 * nodes)
        allowed.append(ratio)
    growth = math.log(times[-1] / times[-2]) / math.log(sizes[-1] / sizes[-2])
    numbers = {f"steps at n = {n}": float(t) for n, t in zip(sizes, times, strict=True)}
    numbers["growth exponent in n"] = growth
    bound = [_escape_bound(ratio) for ratio in allowed]
    numbers["largest ratio of steps to the bound"] = max(
        t / b for t, b in zip(times, bound, strict=True)
    )
    witness = Witness(
        f"cycles, c_0 = -0.3, l_0 = sqrt(10), eta = 1/(6 pi A): n = {sizes[-1]} against {sizes[0]}",
        float(times[0]),
        float(times[-1]),
    )
    summary = f"Steps to alpha >= -1/100 grow like n^{growth:.2f}; the lemma allows none with n."
    if growth < 0.1:
        return Evidence("search", "holds", summary, numbers)
    correction = (
        "alpha_t >= -1/100 after at most a constant times (M/S)/(eta A) steps for a start with "
        "c_0 bounded away from -1; M/S = n/(d+1) on regular graphs."
    )
    fits = numbers["largest ratio of steps to the bound"] <= 1
    verdict: Verdict = "holds with correction" if fits else "false as printed"
    return Evidence("search", verdict, summary, numbers, None, witness, correction)


def _escape_bound(ratio: float) -> float:
    """Steps to c >= 0 from c_0 = -0.3 for eta = STEP/A: length phase plus M/S phase (page, step 8)."""
    opening = math.pi - math.acos(-0.3)
    length_phase = math.log(math.sqrt(10)) / STEP
    return length_phase + (ratio / STEP) * math.pi * (1 / opening) * 2.0


def _measure(at: Cases, row: int) -> OverlapMeasure:
    count = np.zeros_like(at.rho[row])
    return OverlapMeasure(at.rho[row], at.mass[row], count, int(at.nodes[row, 0]))


def _next_point(at: Cases) -> tuple[np.ndarray, np.ndarray]:
    ratio, slope = at.mixed / at.full, at.slope / at.full
    cos, sine, length = at.cos, at.sine, at.length
    along = length * cos * (1 - STEP) + STEP * cos * ratio + STEP * sine**2 * slope
    across = length * sine * (1 - STEP) + STEP * sine * ratio - STEP * cos * sine * slope
    return along, across
