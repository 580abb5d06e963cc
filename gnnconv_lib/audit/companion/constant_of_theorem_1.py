"""Theorem 1 with a constant: 600 is enough, once the number of steps knows r.

Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit._relu_domains import weights
from gnnconv_lib.audit._relu_starts import loss
from gnnconv_lib.audit.awasthi2021.pl_condition import constant
from gnnconv_lib.audit.awasthi2021.pl_condition.number_of_steps import ENOUGH, least, needed
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import at_most, both, claim, less, proved, real, where

_STEPS = (1 / (16 * np.pi), 0.04, 1 / (6 * np.pi))


def _more(made: dict[str, Any]) -> dict[str, Any]:
    """Steps of the range of Lemma 1, and the smallest r that a length of at most 2 sqrt(r) allows."""
    turn = np.arange(len(made["length"]))
    smallest = np.maximum(1.0, (made["length"] / 2) ** 2)
    features = np.where(turn % 3 == 2, 2.0, 1.0) * np.ceil(smallest)
    return {"x": np.array(_STEPS)[turn % 3], "r": features}


STARTS = weights(
    "every graph",
    real("x", "[1/(16*pi), 1/(6*pi)]", "ηA"),
    real("r", "[1, inf)"),
    where("ℓ ≤ 2√r", lambda length, r: length <= 2 * np.sqrt(r)),
    cos="[-1/2, 1]",
    place=lambda length, cos: (length, np.maximum(cos, -0.5)),
    more=_more,
)


@claim("companion:theorem-constant-of-theorem-1/rate", STARTS)
def rate(C: Any, C1: Any, cos: Any, x: Any, A: Any, graph: Any) -> Any:
    """x(2-x) µ(c)/A ≥ S/(914 A) for c ≥ -1/2."""
    messages = np.array([float(np.sum((entry.degrees + 1.0) ** 2)) for entry in graph])
    found = x * (2 - x) * (1 + cos) * C**2 / (2 * C1 * A)
    sides = at_most(messages / (914 * A), found, ("S/(914 A)", "x(2-x) µ/A"))
    return proved(constant.rate(), sides=sides)


@claim("companion:theorem-constant-of-theorem-1/first-loss", STARTS)
def first_loss(A: Any, gap: Any, length: Any, n: Any, d: Any, r: Any) -> Any:
    """L(w) ≤ 9/2 n²(d + 1) r, d the largest degree."""
    sides = at_most(loss(A, gap, length), 4.5 * n**2 * (d + 1) * r, ("L", "9/2 n²(d + 1) r"))
    return proved(constant.first_loss(), sides=sides)


@claim("companion:theorem-constant-of-theorem-1/number", ENOUGH)
def number(n: Any, d: Any, A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any) -> Any:
    """600 n⁴h²(d+1)/ε² log(nhr/ε) steps are enough, and with log(nh/ε) where log r ≤ n."""
    steps = needed(A, C, C1, log_r, h, eps, x)
    stated = bounds.theorem_1_iterations_corrected(n, d, h, log_r, eps)
    without = bounds.theorem_1_iterations_corrected(n, d, h, 0.0, eps)
    names = ("steps", "stated number")
    return both(
        proved(constant.number(), sides=at_most(steps, stated, names)),
        proved(
            constant.number_of_moderate(),
            sides=at_most(np.where(log_r <= n, steps, 0.0), without, names),
        ),
    )


@claim("companion:theorem-constant-of-theorem-1/no-constant", ENOUGH)
def no_constant(n: Any, d: Any, A: Any, h: Any, eps: Any, x: Any) -> Any:
    """c n⁴h²(d+1)/ε² log(nh/ε) steps, rounded up, are too few for log r = 2 + 4 of that
    number, whatever c > 0."""
    stated = np.geomspace(1e-3, 1e12, 31)[:, None] * n**4 * h**2 * (d + 1) / eps**2
    stated = stated * np.log(n * h / eps)
    steps = least(2 + 4 * stated, np.log(2 * eps**2 / (h * A)) / 2, x)
    # What is below `stated` + 1 includes the number rounded up.
    sides = less(stated.T + 1, steps.T, ("stated number + 1", "steps from ℓ₀ = √r, c₀ = 1"))
    return proved(constant.no_constant(), sides=sides)
