"""Unequal degrees in the ReLU model: what the closing remark of Appendix B claims.

A, B, C of `relu_gnn.sums` are the A', B', C' of that remark, and d is the largest degree. Each lemma
that holds on regular graphs is looked at with these sums on graphs with two different degrees, among
them hubs with isolated nodes, for which the largest degree says least.

Reference: awasthi2021, Appendix B, "Handling unequal degrees".
Book page: book/awasthi2021/relu-unequal-degrees.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit import _pair_lemmas, _size_lemmas
from gnnconv_lib.audit._relu_domains import weights
from gnnconv_lib.audit._relu_hessian import interior, largest_eigenvalue
from gnnconv_lib.audit._relu_runs import runs
from gnnconv_lib.audit._relu_steps import PRINTED_STEP, STEP_ENDS
from gnnconv_lib.audit.awasthi2021.pl_condition import lemmas
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import at_most, both, claim, fixed, proved, where

_UNEQUAL = "every graph with two different degrees"
_ITEM = "awasthi2021:remark-unequal-degrees"
_OBTUSE = where("α ≥ -1/100", lambda along: along >= -0.01)


def _long(length: np.ndarray, cos: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.maximum(length, 0.5), np.where(cos < -0.5, -0.02, cos)


UNEQUAL = weights(_UNEQUAL)
SPARSE = weights(
    _UNEQUAL,
    where("d = o(√n), made quantitative as n ≥ 9 d²", lambda n, d: n >= 9 * d**2),
    keep=lambda n, d: n >= 9 * d**2,
)
NEAR = weights(
    _UNEQUAL,
    _OBTUSE,
    length="[0.5, inf)",
    cos="[-0.02, 1]",
    place=_long,
    keep=lambda along: along >= -0.01,
)
INTERIOR = interior(_UNEQUAL, fixed("σ → 0, for which the bound is smallest"))
RUNS = runs(
    PRINTED_STEP, among=_UNEQUAL, chosen=STEP_ENDS, cos="[-0.4, 1]", keep=lambda cos: cos >= -0.4
)


@claim(f"{_ITEM}/lemma-1", RUNS)
def lemma_1(length: Any, lengths: Any) -> Any:
    """ℓ_t ≤ ℓ₀ + 4π + 1 for all t ≥ 0 and ℓ_t ≥ 1/(36π²) for all t ≥ 1, where c₀ ≥ -0.4."""
    low, high = bounds.lemma_1_printed(0.0, 1)
    return both(
        at_most(lengths, (length + high)[:, None], ("ℓ_t", "ℓ₀ + 4π + 1")),
        at_most(low, lengths[:, 1:], ("1/(36π²)", "ℓ_t")),
    )


@claim(f"{_ITEM}/lemma-2", INTERIOR, tolerance=1e-9)
def lemma_2(A: Any, aa: Any, ab: Any, bb: Any) -> Any:
    """λ_max(∇²L) ≤ 4A'(1 + √(4π + 1))."""
    bound = bounds.lemma_2_printed(A, 0.0, 1)
    return at_most(largest_eigenvalue(aa, ab, bb), bound, ("λ_max", "4A'(1 + √(4π + 1))"))


@claim(f"{_ITEM}/lemma-4", NEAR)
def lemma_4(n: Any, d: Any, length: Any, A: Any, C: Any, gap: Any, sine: Any) -> Any:
    """|∇L|² ≥ L/(380π(d+1)n²), the bound of Lemma 4 at ε = h = 1, where α ≥ -1/100 and ℓ ≥ 1/2."""
    loss = A * (length - 1) ** 2 / 2 + length * gap
    square = (A * (length - 1) + gap) ** 2 + (C * sine) ** 2
    bound = bounds.lemma_4_printed(1.0, n, d, 1) * loss
    # Next to the teacher both sides are rounding.
    sides = at_most(bound, square, ("μ* L", "|∇L|²"), scale=bound + square + 1e-20 * A)
    return proved(lemmas.lemma_4(), sides=sides)


@claim(f"{_ITEM}/lemma-5-a", UNEQUAL)
def lemma_5_a(n: Any, A: Any, B: Any) -> Any:
    """A' ≥ n²/π and B' ≤ A'."""
    return both(
        proved(
            _size_lemmas.full_sum_of_any_graph(), sides=at_most(n**2 / np.pi, A, ("n²/π", "A'"))
        ),
        proved(_pair_lemmas.terms(), sides=at_most(B, A, ("B'", "A'"))),
    )


@claim(f"{_ITEM}/lemma-5-b", SPARSE)
def lemma_5_b(n: Any, B: Any) -> Any:
    """B' ≥ n²/(4π)."""
    sides = at_most(n**2 / (4 * np.pi), B, ("n²/(4π)", "B'"))
    return proved(_size_lemmas.mixed_sum_of_any_graph(), sides=sides)


@claim(f"{_ITEM}/lemma-5-c", UNEQUAL)
def lemma_5_c(n: Any, d: Any, A: Any, C: Any) -> Any:
    """|C'|/A' ≤ π(d+1)^{3/2}/n, so that |C'| = o(A') for d = o(√n)."""
    sides = at_most(np.abs(C) / A, np.pi * (d + 1) ** 1.5 / n, ("|C'|/A'", "π(d+1)^{3/2}/n"))
    return proved(_size_lemmas.slope_of_any_graph(), sides=sides)


@claim(f"{_ITEM}/lemma-5-d", NEAR)
def lemma_5_d(n: Any, A: Any, C: Any) -> Any:
    """C' ≥ A'/(2n) where α ≥ -1/100 and ℓ ≥ 1/2."""
    sides = at_most(A / (2 * n), C, ("A'/(2n)", "C'"))
    return proved(_size_lemmas.slope_is_large_on_any_graph(), sides=sides)
