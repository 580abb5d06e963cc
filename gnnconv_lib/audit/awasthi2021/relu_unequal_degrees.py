"""Unequal degrees in the ReLU model: what the closing remark of Appendix B claims.

A, B, C of `relu_gnn.sums` are the A', B', C' of that remark. The corrected lemmas need no
regularity at all; the printed ones are tested with (d_i+1)(d_j+1) under the root for (d+1)^2.

Reference: awasthi2021, Appendix B, "Handling unequal degrees".
Book page: book/awasthi2021/relu-unequal-degrees.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.audit._relu_cases import attack, cases
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence

__all__ = [
    "gradient_inequality_on_irregular_graphs",
    "printed_bounds_on_irregular_graphs",
    "sums_on_irregular_graphs",
]


def sums_on_irregular_graphs(budget: str = "quick") -> Evidence:
    """M/pi <= A, B >= M/pi + c S/2, 0 <= C <= S on irregular graphs."""
    at = cases(budget)
    low_a, high_a, low_b, high_c = bounds.lemma_5(at.pairs, at.messages, at.cos)
    excess = np.maximum(low_b - at.mixed, at.slope - high_c)
    excess = np.maximum(excess, np.maximum(low_a - at.full, at.full - high_a))
    excess = np.maximum(excess, np.maximum(-at.slope, at.mixed - at.full)) / at.full
    return attack("the bounds of A, B, C on irregular graphs", at, excess, 1e-13, ~at.regular)


def gradient_inequality_on_irregular_graphs(budget: str = "quick") -> Evidence:
    """|grad L|^2 >= 2 mu(c) L on irregular graphs."""
    at = cases(budget)
    constant = bounds.polyak_lojasiewicz(at.full, at.slope, at.slope_at_one, at.cos)
    left = 2 * constant * at.loss
    return attack(
        "|grad L|^2 >= 2 mu(c) L on irregular graphs", at, left, at.gradient_squared, ~at.regular
    )


def printed_bounds_on_irregular_graphs(budget: str = "quick") -> Evidence:
    """The printed C >= A/(2n) with A', C' on irregular graphs, for alpha >= -1/100, l >= 0.99."""
    at = cases(budget)
    near = (at.along >= -0.01) & (at.length >= 0.99) & ~at.regular
    return attack("C' >= A'/(2n) on irregular graphs", at, at.full / (2 * at.nodes), at.slope, near)
