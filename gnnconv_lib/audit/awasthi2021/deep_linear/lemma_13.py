"""Lemma 13 and Eqs. (43)-(45): the size of the scalar gradient and its progress.

Reference: awasthi2021, Lemma 13. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np

from gnnconv_lib.audit._linear_cases import decide, regular_settings, report, targets
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "lower_bound",
    "lower_bound_first_step",
    "power_difference",
    "upper_bound",
    "upper_bound_corrected",
    "upper_bound_first_step",
]


def _slope(sigma: np.ndarray, target: np.ndarray, degree: int, rounds: int) -> np.ndarray:
    """g / (sigma - sigma*), without cancellation: L (d^2+1) sigma^{L-1} sum_j sigma^j
    sigma*^{L-1-j}.
    """
    total = sum(sigma**j * target ** (rounds - 1 - j) for j in range(rounds))
    return rounds * (degree**2 + 1) * sigma ** (rounds - 1) * total


def upper_bound(budget: str = "quick") -> Evidence:
    """The first inequality of Lemma 13 at the start sigma = 1 + d, at step 0: the smallest failure."""
    first: tuple[str, float, float] | None = None
    searched, ratio = 0, 0.0
    for nodes, degree, rounds in regular_settings(budget):
        sigma_star, start = targets(budget), 1.0 + degree
        searched += len(sigma_star)
        printed = bounds.lemma_13_upper_printed(start, sigma_star, degree, rounds)
        actual = _slope(np.full_like(sigma_star, start), sigma_star, degree, rounds) ** 2
        failing = (actual > printed * (1 + 1e-9)) & (sigma_star != start)
        ratio = max(ratio, float(np.max(np.where(failing, actual / printed, 0.0))))
        if failing.any() and first is None:
            i = int(np.argmax(failing))
            words = f"n = {nodes}, d = {degree}, L = {rounds}, sigma* = {sigma_star[i]:g}, t = 0"
            first = (words, float(printed[i]), float(actual[i]))
    words, allowed, actual_first = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        f"The exponent 2L-3 is not the right power of u; first failure: {words}.",
        {
            "printed factor": allowed,
            "actual g^2/(sigma-sigma*)^2": actual_first,
            "largest ratio found": ratio,
            "cases searched": float(searched),
        },
        witness=Witness(words, allowed, actual_first),
        correction="g^2 <= L^4 (d^2+1)^2 u^{4L-4} (sigma - sigma*)^2.",
    )


def upper_bound_corrected(budget: str = "quick") -> Evidence:
    """g^2 <= L^4 (d^2+1)^2 u^{4L-4} (sigma - sigma*)^2 on all of [l, u]."""
    worst = 0.0
    for _, degree, rounds in regular_settings(budget):
        sigma_star, start = targets(budget), 1.0 + degree
        allowed = bounds.lemma_13_upper_corrected(start, sigma_star, degree, rounds)
        interval = bounds.lemma_12_interval_printed(start, sigma_star)
        for share in np.linspace(0, 1, 11):
            sigma = interval.lower + share * (interval.upper - interval.lower)
            actual = _slope(sigma, sigma_star, degree, rounds) ** 2
            worst = max(worst, float(np.max(actual / allowed)))
    return report(
        "search",
        decide(worst <= 1 + 1e-12),
        f"With the power 4L-4 the bound holds; the largest ratio found is {worst:.3g}.",
        {"largest ratio": worst},
        tolerance=1e-12,
    )


def upper_bound_first_step(budget: str = "quick") -> Evidence:
    """The proof's first step for g^2: replacing sigma^{2L-2} by u^{2L-2} on [l, u]."""
    worst = 0.0
    for _, degree, rounds in regular_settings(budget):
        interval = bounds.lemma_12_interval_printed(1.0 + degree, targets(budget))
        for share in np.linspace(0, 1, 11):
            sigma = interval.lower + share * (interval.upper - interval.lower)
            worst = max(worst, float(np.max((sigma / interval.upper) ** (2 * rounds - 2))))
    return report(
        "search",
        decide(worst <= 1 + 1e-12),
        "The step holds, since sigma <= u.",
        {"largest ratio": worst},
        tolerance=1e-12,
    )


def lower_bound_first_step(budget: str = "quick") -> Evidence:
    """Eqs. (43)-(44): replacing sigma^{L-1} by l^{L-1} in g (sigma - sigma*), on [l, u]."""
    worst = np.inf
    for _, degree, rounds in regular_settings(budget):
        interval = bounds.lemma_12_interval_printed(1.0 + degree, targets(budget))
        for share in np.linspace(0, 1, 11):
            sigma = interval.lower + share * (interval.upper - interval.lower)
            worst = min(worst, float(np.min((sigma / interval.lower) ** (rounds - 1))))
    return report(
        "search",
        decide(worst >= 1 - 1e-12),
        "The step holds, since sigma >= l.",
        {"smallest ratio": worst},
        tolerance=1e-12,
    )


def lower_bound(budget: str = "quick") -> Evidence:
    """Eq. (45), the second inequality of Lemma 13: g (sigma - sigma*) >= L^2 (d^2+1) l^{2L-2}
    (...)^2.
    """
    worst = np.inf
    for _, degree, rounds in regular_settings(budget):
        sigma_star, start = targets(budget), 1.0 + degree
        claimed = bounds.lemma_13_lower(start, sigma_star, degree, rounds)
        interval = bounds.lemma_12_interval_printed(start, sigma_star)
        for share in np.linspace(0, 1, 11):
            sigma = interval.lower + share * (interval.upper - interval.lower)
            worst = min(worst, float(np.min(_slope(sigma, sigma_star, degree, rounds) / claimed)))
    return report(
        "search",
        decide(worst >= 1 - 1e-12),
        f"Holds on [l, u] with room: the smallest ratio found is {worst:.3g}.",
        {"smallest ratio": worst},
        tolerance=1e-12,
    )


def power_difference(budget: str = "quick") -> Evidence:
    """(a^L - b^L)(a - b) >= L min(a, b)^{L-1} (a - b)^2, proved for each L by exact coefficients.

    With m = min and s = |a - b|: ((m+s)^L - m^L) s - L m^{L-1} s^2 = sum_{j>=2} C(L, j) m^{L-j}
    s^{j+1}, whose coefficients are all positive.
    """
    depths = range(1, 9 if budget == "quick" else 65)
    smallest = min(
        (min((comb(L, j) for j in range(2, L + 1)), default=0) for L in depths), default=0
    )
    worst = Fraction(0)
    for L in depths:
        for m in (Fraction(1, 3), Fraction(2)):
            for s in (Fraction(1, 7), Fraction(5)):
                left = ((m + s) ** L - m**L) * s - L * m ** (L - 1) * s**2
                right = sum(comb(L, j) * m ** (L - j) * s ** (j + 1) for j in range(2, L + 1))
                worst = max(worst, abs(left - right))
    return report(
        "symbolic",
        decide(smallest >= 0 and worst == 0),
        f"The difference of the two sides is a polynomial with positive coefficients, L <= "
        f"{depths[-1]}; the same formula proves it for every L.",
        {"smallest coefficient": float(smallest), "largest residue": float(worst)},
    )
