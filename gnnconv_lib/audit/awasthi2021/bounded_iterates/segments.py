"""Lemma 7's steps between two iterates, and its bounds on the entries of the Hessian.

A point of the segment from w_t to w_{t+1} is a step of size lambda eta.

Reference: awasthi2021, Lemma 7. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib.audit._relu_cases import attack, cases
from gnnconv_lib.audit._relu_paths import next_length, paths
from gnnconv_lib.audit.awasthi2021.bounded_iterates.smoothness import interior
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence

__all__ = [
    "hessian_diagonal_bound",
    "hessian_mixed_bound",
    "segment_lower",
    "segment_lower_step",
    "segment_upper",
]

STEP = 1 / (6 * math.pi)
FRACTION = 0.25  # lambda


def segment_upper(budget: str = "quick") -> Evidence:
    """alpha^2 + beta^2 <= 2 sigma sqrt(r) + 4 pi + 1 at t = 1 from l_0 = sqrt r, sigma = 1, r = 100.

    l_0 = sqrt r is the typical length, so this is no rare event.

    The bound of Lemma 1 is on the length, not on its square.
    """
    at = cases(budget)
    start = at.at(np.full_like(at.length, 10.0), at.cos)
    squared = next_length(start, STEP) ** 2
    _, length_bound = bounds.lemma_1_printed(1.0, 100)
    return attack(
        "l^2 <= 2 sigma sqrt(r) + 4 pi + 1 at t = 1, r = 100",
        start,
        squared,
        length_bound,
        corrected=(
            "l <= max(l_0, 1) on every segment, since the length is convex.",
            np.sqrt(squared),
            np.maximum(start.length, 1.0),
        ),
    )


def segment_lower_step(budget: str = "quick") -> Evidence:
    """The printed lower bound of l^2 inside a segment, here at lambda = 1/4: lambda^2 is missing."""
    at = cases(budget)
    x, ratio = FRACTION * STEP, at.mixed / at.full
    common = (at.length * (1 - x)) ** 2 + 2 * x * ratio * at.length * (1 - x)
    squared = next_length(at, x) ** 2
    last = (at.length * (1 - STEP)) ** 2
    return attack(
        "the printed lower bound of l^2 at lambda = 1/4",
        at,
        np.maximum(common + (STEP * ratio) ** 2, last),
        squared,
        corrected=(
            "With lambda^2 eta^2 B^2 for eta^2 B^2 the chain holds, down to l >= l_t (1 - 1/(6 pi)).",
            np.maximum(common + (x * ratio) ** 2, last),
            squared,
        ),
    )


def segment_lower(budget: str = "quick") -> Evidence:
    """l >= (1 - 1/(6 pi))/(36 pi^2) inside segments from t = 1 on, for d + 1 <= 0.45 n."""
    run = paths(budget, STEP)
    at = run.next_
    bound = bounds.lemma_1_printed(1.0, 1)[0] * (1 - STEP)
    inside = np.minimum(next_length(at, FRACTION * STEP), next_length(at, STEP))
    sparse = at.regular & (at.degree + 1 <= 0.45 * at.nodes)
    return attack("l >= (1 - 1/(6 pi))/(36 pi^2) on segments", at, bound, inside, sparse)


def hessian_diagonal_bound(budget: str = "quick") -> Evidence:
    """|L_aa|, |L_bb| <= A (1 + sqrt l) for l >= 1/(36 pi^2): false for short w, where they are very
    negative. From above they never exceed A.
    """
    point = interior(budget)
    top, _, low = point.exact
    where = point.l >= bounds.lemma_1_printed(1.0, 1)[0]
    return attack(
        "|L_aa|, |L_bb| <= A (1 + sqrt l)",
        point.at,
        np.maximum(np.abs(top), np.abs(low)),
        point.at.full * (1 + np.sqrt(point.l)),
        where,
        tolerance=1e-9,
        corrected=(
            "L_aa, L_bb <= A everywhere; from below they are at least A - (B - c C + sin^2 C')/l, "
            "which is unbounded next to w = 0.",
            np.maximum(top, low),
            point.at.full,
        ),
    )


def hessian_mixed_bound(budget: str = "quick") -> Evidence:
    """|L_ab| <= sqrt(l) A for l >= 1/(36 pi^2): false for short w."""
    point = interior(budget)
    top, mixed, low = point.exact
    turn = 2 * point.at.full - top - low
    return attack(
        "|L_ab| <= sqrt(l) A",
        point.at,
        np.abs(mixed),
        np.sqrt(point.l) * point.at.full,
        point.l >= bounds.lemma_1_printed(1.0, 1)[0],
        tolerance=1e-9,
        corrected=(
            "|L_ab| <= (B - c C + sin^2 C')/(2 l).",
            np.abs(mixed),
            turn / 2 + 1e-9 * point.at.full,
        ),
    )
