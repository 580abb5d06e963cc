"""Eqs. (30)-(36): the case l < 1 - delta of Lemma 9, attacked where its assumption holds.

The proof assumes |B - l A| <= eps A/(8 h n): lengths next to B(c)/A. The cases here are exactly
these. e = epsilon/h is 1 or 1/100 here: half of the weights have one, half the other.

Reference: awasthi2021, Lemma 9. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from gnnconv_lib import dual
from gnnconv_lib.audit._relu_cases import Cases, attack, cases
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "beta_from_gap",
    "convexity_summed",
    "convexity_termwise",
    "convexity_with_assumption",
    "counting_overlaps",
    "degree_condition",
    "gap_from_convexity",
    "relative_gap",
    "short_case",
]

Array = np.ndarray


def convexity_termwise(budget: str = "quick") -> Evidence:
    """Eq. (30): s(rho c) - s(rho) >= rho (c - 1) s'(rho) for every rho in [0, 1] and c in [-1, 1]."""
    at = cases(budget)
    rho = np.linspace(0.0, 1.0, len(at.names))[:, None]
    gap = np.asarray(dual.scaled_relu_difference(rho, 1 - at.cos))
    bound = rho * (1 - at.cos) * np.asarray(dual.step(rho))
    return attack("s(rho) - s(rho c) <= rho (1 - c) s'(rho)", at, gap, bound)


def convexity_summed(budget: str = "quick") -> Evidence:
    """Eq. (31): B(c) - A >= (c - 1) C(1), the tangent at c = 1; at every weight."""
    at = cases(budget)
    return attack("A - B(c) <= (1 - c) C(1)", at, at.gap, (1 - at.cos) * at.slope_at_one)


def convexity_with_assumption(budget: str = "quick") -> Evidence:
    """Eq. (32): (l - 1) A + A/(8 n) >= (c - 1) C(1) where |B - l A| <= A/(8 n)."""
    at = _ridge(budget)
    right = (at.length - 1) * at.full + at.full * _delta(at) / 2
    return attack("Eq. (32) where |B - l A| <= e A/(8n)", at, (at.cos - 1) * at.slope_at_one, right)


def gap_from_convexity(budget: str = "quick") -> Evidence:
    """Eq. (33): A/(8 n) <= (1 - c) C(1) for l < 1 - delta."""
    at = _ridge(budget)
    short = at.length < 1 - _delta(at)
    return attack(
        "e A/(8n) <= (1 - c) C(1) for l < 1 - delta",
        at,
        at.full * _delta(at) / 2,
        (1 - at.cos) * at.slope_at_one,
        short,
    )


def counting_overlaps(budget: str = "quick") -> Evidence:
    """Eq. (34): C(1) <= (d+1) n d^2 on regular graphs; false for d <= 1, S = n (d+1)^2 is right."""
    at = cases(budget)
    return attack(
        "C(1) <= (d+1) n d^2 on regular graphs",
        at,
        at.slope_at_one,
        (at.degree + 1) * at.nodes * at.degree**2,
        at.regular,
        corrected=(
            "C(1) <= S = sum of (d_i+1)^2 on every graph: n (d+1)^2 on regular ones, smaller than "
            "n d^2 (d+1) by a factor of about d.",
            at.slope_at_one,
            at.messages,
        ),
    )


def relative_gap(budget: str = "quick") -> Evidence:
    """Eq. (35): 1 - c >= e/(8 pi d^2) for l < 1 - delta; with S it is e/(8 pi (d+1)).

    The first follows from the second for d >= 2. On disjoint edges, d = 1, it fails.
    """
    at = _ridge(budget)
    short = at.regular & (at.length < 1 - _delta(at))
    proved = _delta(at) * at.nodes / (2 * np.pi * (at.degree + 1))
    corrected = attack("1 - c >= e/(8 pi (d+1)) for l < 1 - delta", at, proved, 1 - at.cos, short)
    printed = _delta(at) * at.nodes / (2 * np.pi * np.maximum(at.degree, 1) ** 2)
    words = "1 - c >= e/(8 pi d^2) for l < 1 - delta and d >= 2"
    above = attack(words, at, printed, 1 - at.cos, short & (at.degree >= 2))
    found = [_disjoint_edges(edges) for edges in range(1, 20)]
    failing = [witness for witness in found if witness.actual < witness.printed]
    numbers = dict(corrected.numbers) | {
        "disjoint edges that violate (35), of 1 to 19": float(len(failing))
    }
    if corrected.verdict != "holds" or above.verdict != "holds":
        return corrected if corrected.verdict != "holds" else above
    if not failing:
        return corrected
    return Evidence(
        "search",
        "holds with correction",
        f"{corrected.summary} The printed bound fails for d = 1: {failing[0].input}.",
        numbers,
        corrected.tolerance,
        failing[0],
        "(l - alpha)/l >= eps/(8 pi h (d+1)), which is stronger for d >= 2 and true for d <= 1.",
    )


def _disjoint_edges(edges: int) -> Witness:
    """Eq. (35) on disjoint edges, e = 1, at a length just below 1 - delta that Eq. (32) allows.

    All pairs have rho = 0 or 1, so that A - B(c) = 4 n (1 - s(c)); c solves A - B = 0.503 delta A.
    """
    n = 2 * edges
    delta = 1 / (4 * n)
    full = 4 * n + 2 * (n * n - 2 * n) / math.pi

    def excess(gap: float) -> float:
        return float(4 * n * dual.scaled_relu_difference(1.0, gap)) - 0.503 * delta * full

    gap = brentq(excess, 1e-12, 1.0, xtol=1e-15)
    length = 1 - 1.002 * delta
    return Witness(
        f"{edges} disjoint edges, l = {length:.4g}, c = {1 - gap:.4g}", 1 / (8 * math.pi), gap
    )


def beta_from_gap(budget: str = "quick") -> Evidence:
    """Eq. (36), first step: beta >= l - alpha. For alpha >= 0 it is l <= alpha + beta.

    For alpha < 0, which Lemma 3 allows, it fails; then beta >= l sqrt(1 - c^2) is large anyway.
    """
    at = cases(budget)
    where = (at.along >= -0.01) & (at.length >= 0.99)
    return attack(
        "beta >= l - alpha for alpha >= -1/100",
        at,
        at.length - at.along,
        at.across,
        where,
        corrected=(
            "beta >= l - alpha for alpha >= 0.",
            np.where(at.along >= 0, at.length - at.along, 0.0),
            at.across,
        ),
    )


def degree_condition(budget: str = "quick") -> Evidence:
    """Eq. (36), last step: 1/(8 * 36 pi^3 d^2) >= 1/(4 n) exactly for n >= 72 pi^3 d^2 = 2232 d^2.

    Every family with d = o(sqrt n) gets there; the paper's own n = 100, d = 5 is far from it.
    """
    factor = 72 * math.pi**3
    smallest = {degree: math.ceil(factor * degree**2) for degree in (1, 2, 5)}

    def holds(n: int, d: int) -> bool:
        return 1 / (8 * 36 * math.pi**3 * d**2) >= 1 / (4 * n)

    numbers = {f"smallest n for d = {d}": float(n) for d, n in smallest.items()}
    summary = f"Holds for n >= {factor:.0f} d^2 and not below: n >= {smallest[5]} for d = 5."
    if all(holds(n, d) and not holds(n - 1, d) for d, n in smallest.items()):
        return Evidence("numerical", "holds", summary, numbers)
    paper = 1 / (4 * factor * 25)
    witness = Witness("n = 100, d = 5, the paper's Figure 1", 1 / 400, paper)
    return Evidence("numerical", "false as printed", summary, numbers, None, witness)


def short_case(budget: str = "quick") -> Evidence:
    """The conclusion for l < 1 - delta: |beta| >= delta where |B - l A| <= A/(8 n).

    With Lemma 3's alpha >= -1/100 and l >= 1 - o(1), read as l >= 1/2. True on all regular graphs
    tested, far beyond the printed condition on the degree.
    """
    at = _ridge(budget)
    delta = _delta(at)
    where = at.regular & (at.length < 1 - delta) & (at.length >= 0.5) & (at.along >= -0.01)
    return attack("|beta| >= delta for 1/2 <= l < 1 - delta", at, delta, at.across, where)


def _delta(at: Cases) -> Array:
    """delta = e/(4 n)."""
    ratio = np.where(np.arange(at.length.shape[1]) % 2, 1.0, 0.01)
    return ratio / (4 * at.nodes)


def _ridge(budget: str) -> Cases:
    """The cases with lengths moved to |A l - B| <= A/(8 n)."""
    at = cases(budget)
    spread = np.tanh(at.length - 1) * _delta(at) / 2
    return at.at(np.maximum(at.mixed / at.full + spread, 1e-12), at.cos)
