"""The states that the five cases of the proof of Lemma 14 leave out.

Reference: awasthi2021, proof of Lemma 14. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from gnnconv_lib.audit._main_spectra import columns, unequal
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees._lemma_14_states import (
    ITEM,
    RECURRENCE,
    SIGNS,
    states,
)
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import (
    ALL_FOUR,
    ROUNDS,
    STATES,
    UNEQUAL,
)
from gnnconv_lib.claims import both, claim, correction, domain, equal, less
from gnnconv_lib.graphs import Graph


@claim(
    f"{ITEM}-other-cases/covered",
    STATES,
    repair="replacement",
    corrected_by=f"{ITEM}-other-cases/opposite",
)
def covered(graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any) -> Any:
    """Every state belongs to one of the five cases."""
    state = np.array([alpha, beta, alpha_star, beta_star])
    made = states(graph, L, state)
    inside = np.zeros(len(L))
    for signs in SIGNS.values():
        parts = zip((*signs, signs[2]), ("a", "b", "first", "second"), strict=True)
        inside = np.maximum(inside, np.all([made[name] * s >= 0 for s, name in parts], axis=0))
    return equal(inside, 1.0, ("belongs to one of the cases (1: yes)", "1"))


def _near(budget: str) -> dict[str, Any]:
    grid = [(1.0, 1.0), (0.0625, 12.0), (12.0, 0.0625), (0.5, 2.0)]
    rows = [(graph, L, *star) for graph in unequal(budget) for L in (1, 2, 5) for star in grid]
    return columns(rows, "graph", "L", "alpha_star", "beta_star")


NEAR_THE_TEACHER = domain(UNEQUAL, RECURRENCE, ROUNDS, *ALL_FOUR[2:], cases=_near)


@correction(f"{ITEM}-other-cases/opposite", NEAR_THE_TEACHER, each=True)
def opposite(graph: Graph, L: int, alpha_star: float, beta_star: float) -> Any:
    """On every graph with two different degrees, for every L and every positive teacher there are
    states next to it with sum g_i < 0 < sum d_i g_i, and states with alpha > alpha*, beta < beta* and
    both sums below 0."""
    L, star = int(L), (Fraction(alpha_star), Fraction(beta_star))
    d = [int(degree) for degree in graph.degrees]
    # Exact: next to the teacher r_i is m*_i^{2L-2} up to a factor, and may span many decades.
    r = [(star[0] + x * star[1]) ** (2 * L - 2) for x in d]
    s0, s1, s2 = (sum(w * x**k for w, x in zip(r, d, strict=True)) for k in range(3))
    small = Fraction(1, 1000) * (s0 * s2 - s1 * s1) / (s2 * s2 + s1 * s1) * min(star) / (1 + s2)
    small = Fraction(1, 2 ** ((1 + s2 / s1) ** 2 / small).__ceil__().bit_length())
    sums = []
    for slope, b in ((-(s1 / s0 + s2 / s1) / 2, small), (-s1 / s0 / 2, -small)):
        a = slope * b
        m = [star[0] + a + x * (star[1] + b) for x in d]
        g = [
            v ** (L - 1) * (v**L - (star[0] + x * star[1]) ** L) for v, x in zip(m, d, strict=True)
        ]
        scale = sum(abs(value) for value in g)
        sums.append(
            [float(sum(g) / scale), float(sum(x * y for x, y in zip(d, g, strict=True)) / scale)]
        )
    return both(
        less(sums[0][0], 0.0, ("Σg / Σ|g|", "0")),
        less(0.0, sums[0][1], ("0", "Σdg / Σ|g|")),
        less(sums[1][0], 0.0, ("Σg / Σ|g|", "0")),
        less(sums[1][1], 0.0, ("Σdg / Σ|g|", "0")),
    )
