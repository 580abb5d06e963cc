"""Lemmas 3 and 8, one step at a time: the updates of the length and of alpha.

How many steps the phase takes is in `escape_time`. Readings made quantitative here: "l_t >= 1 -
o(1)" is l_t >= 1 - 2 S/A with S/A = O((d+1)/n), the o(1) of the proof, or l_t >= 1/2 where a constant
is enough; the step is the upper end of the range, eta A = 1/(6 pi).

Reference: awasthi2021, Lemmas 3 and 8. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import norm

from gnnconv_lib import dual, relu_gnn
from gnnconv_lib.audit._relu_cases import Array, Cases, attack, cases
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.summaries import OverlapMeasure

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
    "initial_alpha",
    "length_drift",
    "length_update",
]

STEP = 1 / (6 * math.pi)


def length_update(budget: str = "quick") -> Evidence:
    """l_{t+1}^2 = (l (1-x) + x B/A)^2 + (x C sin/A)^2: the step in Cartesian coordinates agrees."""
    at = cases(budget)
    along, across = next_point(at)
    printed = ((1 - STEP) * at.length + STEP * at.mixed / at.full) ** 2
    printed = printed + (STEP * at.sine * at.slope / at.full) ** 2
    error = np.abs(printed - along**2 - across**2)
    return attack("the update of l^2", at, error, 1e-12 * (1 + at.length**2), kind="numerical")


def alpha_update(budget: str = "quick") -> Evidence:
    """alpha_{t+1} = alpha (1-x) + x c B/A + x sin^2 C/A: against w - eta grad L of `relu_gnn`."""
    at = cases(budget)
    error = np.zeros_like(at.length)
    rows = (0, len(at.names) // 3, 2 * len(at.names) // 3, len(at.names) - 1)
    for row in rows:
        slope = relu_gnn.reduced_gradient(at.along[row] - 1, at.across[row], _measure(at, row))
        next_alpha = at.along[row] - STEP / at.full[row] * np.asarray(slope.u)
        error[row] = np.abs(next_alpha - next_point(at)[0][row]) / (1 + at.length[row])
    # u = alpha - 1 has no digits left for the direction of a very short w.
    where = (at.length >= 0.01) & np.isin(np.arange(len(at.names)), rows)[:, None]
    return attack("the update of alpha", at, error, 1e-12, where, kind="numerical")


def early_length_step(budget: str = "quick") -> Evidence:
    """If alpha < 0 and l >= 2 then l_{t+1} >= (1 - eta A) l. (True at every weight.)"""
    at = cases(budget)
    along, across = next_point(at)
    return attack("l_{t+1} >= (1 - eta A) l", at, (1 - STEP) * at.length, np.hypot(along, across))


def early_alpha_step(budget: str = "quick") -> Evidence:
    """If alpha < 0 and l >= 2 then alpha_{t+1} >= alpha (1 - eta A/2)."""
    at = cases(budget)
    where = (at.along < 0) & (at.length >= 2)
    return attack(
        "alpha_{t+1} >= alpha (1 - eta A/2) for alpha < 0, l >= 2",
        at,
        at.along * (1 - STEP / 2),
        next_point(at)[0],
        where,
    )


def length_drift(budget: str = "quick") -> Evidence:
    """l_{t+1} >= l - x (l - 1) + x Delta_t/A with Delta_t = B - A."""
    at = cases(budget)
    along, across = next_point(at)
    bound = at.length - STEP * (at.length - 1) - STEP * at.gap / at.full
    return attack("l_{t+1} >= l - x (l-1) + x (B-A)/A", at, bound, np.hypot(along, across))


def dual_difference(budget: str = "quick") -> Evidence:
    """|s(rho c) - s(rho)| <= 2 rho for every rho in [0, 1] and every c: one pair at a time."""
    at = cases(budget)
    rho = np.linspace(0.0, 1.0, len(at.names))[:, None]
    gap = np.abs(np.asarray(dual.scaled_relu_difference(rho, 1 - at.cos)))
    return attack("|s(rho c) - s(rho)| <= 2 rho, at every c", at, gap, 2 * rho)


def c_above_quarter(budget: str = "quick") -> Evidence:
    """C(c) >= S/4 >= 0 for alpha in [-1/100, 0), where l is near 1 (here: l >= 1/2).

    C(c) >= S s'(c) for c < 0, so l >= sqrt(2)/100 is enough; for shorter w it fails.
    """
    at = slightly_negative(budget, 0.5)
    return attack("C(c) >= S/4 for alpha in [-1/100, 0), l >= 1/2", at, at.messages / 4, at.slope)


def beta_share(budget: str = "quick") -> Evidence:
    """|beta|/l >= 1/2 for alpha in [-1/100, 0) and l >= 1/2."""
    at = slightly_negative(budget, 0.5)
    return attack("|beta|/l >= 1/2 for alpha in [-1/100, 0), l >= 1/2", at, 0.5, at.sine)


def alpha_stays_nonnegative(budget: str = "quick") -> Evidence:
    """If alpha_t >= 0 then alpha_{t+1} >= 0: all three terms are non-negative."""
    at = cases(budget)
    return attack("alpha >= 0 stays so", at, 0.0, next_point(at)[0], at.along >= 0)


def alpha_step_slightly_negative(budget: str = "quick") -> Evidence:
    """The printed lower bound of alpha_{t+1} for alpha in [-1/100, 0), at l >= 1/2."""
    at = slightly_negative(budget, 0.5)
    bound = at.along - STEP * at.along * (1 - 1 / at.length)
    bound = bound - STEP * at.cos * at.gap / at.full + STEP * at.sine**2 * at.messages / 4 / at.full
    return attack("the printed bound of alpha_{t+1}", at, bound, next_point(at)[0])


def alpha_nondecreasing(budget: str = "quick") -> Evidence:
    """alpha_{t+1} >= alpha_t + eta S/16 for alpha in [-1/100, 0), where |l - 1| <= 2 S/A.

    A fixed l >= 0.99 would not do: for n much larger than d + 1, C/A is smaller than 1 - l, and a
    negative alpha falls as long as l is below B/A.
    """
    at = slightly_negative(budget, 1.0)
    share = at.messages / at.full
    length = 1 + 2 * share * np.tanh(np.log(cases(budget).length + 1e-12) + 0.5)
    inside = (length >= 0.5) & (length <= 1 + 2 * share)
    near = at.at(np.maximum(length, 0.5), np.maximum(at.along / np.maximum(length, 0.5), -1.0))
    return attack(
        "alpha_{t+1} >= alpha_t + eta S/16 for alpha in [-1/100, 0), |l - 1| <= 2 S/A, l >= 1/2",
        near,
        near.along + STEP * share / 16,
        next_point(near)[0],
        inside,
    )


def initial_alpha(budget: str = "quick") -> Evidence:
    """P(alpha_0 >= -c' sigma sqrt(log h) for all h units) >= 1 - 1/h^2, with c' = sqrt 6.

    Exact normal tails. At h = 1 the promised probability is 0; from h = 2 on it holds.
    """
    units = np.arange(2, 1000 if budget == "quick" else 10**6)
    miss = units * norm.sf(math.sqrt(6) * np.sqrt(np.log(units)))
    tail = miss * units**2
    numbers = {"h^2 P(miss), largest for h >= 2": float(tail.max())}
    summary = f"h^2 P(some alpha_0 < -sqrt(6 log h) sigma) <= {tail.max():.2f}, exact normal tails."
    if tail.max() <= 1:
        return Evidence("numerical", "holds", summary, numbers)
    at = int(np.argmax(tail))
    witness = Witness(f"h = {units[at]}", 1 / float(units[at]) ** 2, float(miss[at]))
    return Evidence("numerical", "false as printed", summary, numbers, None, witness)


def slightly_negative(budget: str, shortest: float) -> Cases:
    """The cases moved to alpha in [-1/100, 0) and l in [shortest, shortest + 3]."""
    at = cases(budget)
    length = shortest + 3 * np.abs(np.tanh(np.log(at.length + 1e-12) / 4))
    along = -0.01 * (1 - np.clip((1 + at.cos) / 2, 0, 1 - 1e-6))
    return at.at(length, along / length)


def next_point(at: Cases) -> tuple[Array, Array]:
    """alpha and beta after one step with eta = STEP/A, by Eqs. (14) and (15)."""
    ratio, slope = at.mixed / at.full, at.slope / at.full
    cos, sine, length = at.cos, at.sine, at.length
    along = length * cos * (1 - STEP) + STEP * cos * ratio + STEP * sine**2 * slope
    across = length * sine * (1 - STEP) + STEP * sine * ratio - STEP * cos * sine * slope
    return along, across


def _measure(at: Cases, row: int) -> OverlapMeasure:
    count = np.zeros_like(at.rho[row])
    return OverlapMeasure(at.rho[row], at.mass[row], count, int(at.nodes[row, 0]))
