"""States of the recurrence of Eqs. (49)-(51) in each case of the proof of Lemma 14.

Sums run over the degrees: it is the paper's own recurrence that is looked at. With a = alpha - alpha*,
b = beta - beta* the two sums are first = sum g_i, second = sum d_i g_i, and G bounds the size of both.

Reference: awasthi2021, proof of Lemma 14. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gnnconv_lib.audit._main_spectra import columns, degrees, gradient, unequal
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import (
    ALL_FOUR,
    ROUNDS,
    UNEQUAL,
)
from gnnconv_lib.claims import Domain, domain, fixed, real, where

__all__ = ["ITEM", "RECURRENCE", "SIGNS", "of_case", "states"]

Array = np.ndarray
ITEM = "awasthi2021:remark-lemma-14"
RECURRENCE = fixed("the recurrence of Eqs. (49)-(51), r_i ≥ 0")
# Of a, of b, and of both sums.
SIGNS = {1: (1, 1, 1), 2: (-1, -1, -1), 3: (1, -1, 1), 4: (-1, 1, 1), 5: (-1, 1, -1)}


def states(graph: Any, L: Any, state: Array, share: Any = 1.0) -> dict[str, Any]:
    """What follows from states (alpha, beta, alpha*, beta*), an array of shape (4, cases).

    Rows of two, one for alpha and one for beta: `point`, `star`, `sums`, `most`, the bounds n G and
    n d G, `move`, the step size times those, and `after`, the point after the step.
    """
    point, star = (state[0], state[1]), (state[2], state[3])
    first, second = gradient(degrees(graph), L, point, star, np.ones(len(L)))
    bound = np.maximum(np.abs(first), np.abs(second))
    # Relative to the state, so that a step may be short or far too long.
    eta = np.minimum(share * (state[0] + state[1]) / np.maximum(bound, 1e-300), 1e9)
    n = np.array([entry.nodes for entry in graph], float)
    d = np.array([entry.degrees.max() for entry in graph], float)
    sums, most = np.stack([first, second], axis=1), np.stack([n * bound, n * d * bound], axis=1)
    return {
        "a": state[0] - state[2],
        "b": state[1] - state[3],
        "first": first,
        "second": second,
        "eta": eta,
        "d": d,
        "point": state[:2].T,
        "star": state[2:].T,
        "sums": sums,
        "most": most,
        "move": eta[:, None] * most,
        "after": state[:2].T - eta[:, None] * sums,
    }


def _draws(budget: str, keep: Callable[[Any], Array]) -> dict[str, Any]:
    """Random states of a case with a step size, and what follows from them."""
    generator = np.random.default_rng(14)
    count, kept = (300, 6) if budget == "quick" else (1000, 12)
    rows = []
    for graph in unequal(budget):
        for L in (1, 2, 3, 4):
            state = np.exp(generator.uniform(np.log(0.01), np.log(20), size=(4, count)))
            state[0, ::5], state[1, 1::5] = state[2, ::5], state[3, 1::5]
            inside = keep(states([graph] * count, np.full(count, L), state))
            chosen = np.flatnonzero(inside)[:kept]
            rows += [(graph, L, *state[:, k].tolist()) for k in chosen]
    names = ("graph", "L", "alpha", "beta", "alpha_star", "beta_star")
    made = columns(rows, *names)
    state = np.array([made[name] for name in names[2:]])
    share = np.exp(np.random.default_rng(5).uniform(-5, 6, size=len(rows)))
    return made | states(made["graph"], made["L"], state, share)


def of_case(number: int) -> Domain:
    """The states of one of the five cases."""
    alpha, beta, sums = SIGNS[number]
    sign = {1: "≥", -1: "≤"}

    def keep(c: Any) -> Array:
        same = (c["a"] * alpha >= 0) & (c["b"] * beta >= 0)
        return np.asarray(same & (c["first"] * sums >= 0) & (c["second"] * sums >= 0))

    return domain(
        UNEQUAL,
        RECURRENCE,
        ROUNDS,
        *ALL_FOUR,
        real("eta", "(0, inf)", "η"),
        where(f"α {sign[alpha]} α*, β {sign[beta]} β*", lambda a, b: a * alpha >= 0 <= b * beta),
        where(
            f"Σg and Σdg {sign[sums]} 0",
            lambda first, second: first * sums >= 0 <= second * sums,
        ),
        fixed("G the larger of |Σg| and |Σdg|"),
        cases=lambda budget: _draws(budget, keep),
        derived=(
            "a",
            "b",
            "first",
            "second",
            "d",
            "point",
            "star",
            "sums",
            "most",
            "move",
            "after",
        ),
    )
