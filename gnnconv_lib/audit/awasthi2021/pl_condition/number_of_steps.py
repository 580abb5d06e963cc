"""The number of steps of Theorem 1: for which readings one constant is enough, with c = 600.

Reference: awasthi2021, Theorem 1. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib.audit._relu_domains import collection, columns
from gnnconv_lib.audit._relu_starts import EPSILON, STEP, UNITS
from gnnconv_lib.audit.awasthi2021.pl_condition import constant
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import at_most, claim, domain, fixed, graph, proved, readings, real, refuted

_LOW = 1 / (16 * math.pi)


def _times(budget: str) -> list[dict[str, Any]]:
    rows = []
    chosen = [g for g in collection("every graph", budget) if g.nodes >= 2]
    for entry in chosen:
        made = columns([entry], np.array([[1.0]]), np.array([[-0.5]]))
        logs = (0.0, 2.4, float(entry.nodes), 1e12)
        for x, log_r, h, eps in product((STEP, _LOW), logs, (1, 4), (0.5, 1 - 1e-9, 1e-6)):
            rows.append(
                {
                    "graph": entry,
                    "log_r": log_r,
                    "h": h,
                    "eps": eps,
                    "x": x,
                    **{name: made[name][0] for name in ("n", "d", "A", "C", "C1")},
                }
            )
    return rows


ENOUGH = domain(
    graph(
        "graph",
        "every graph with two nodes or more",
        {
            "a graph without edges": lambda g: g.edges == 0,
            "a complete graph": lambda g: 2 * g.edges == g.nodes * (g.nodes - 1),
            "unequal degrees": lambda g: bool(np.ptp(g.degrees) > 0),
        },
        lambda g: g.nodes >= 2,
    ),
    real("log_r", "[0, inf)", "log r", reach=1e3),
    UNITS,
    EPSILON,
    real("x", "[1/(16*pi), 1/(6*pi)]", "ηA"),
    fixed("start with c₀ ≥ -1/2 and 0 < ℓ₀ ≤ 2√r"),
    cases=_times,
    derived=("n", "d", "A", "C", "C1"),
    words=lambda graph, log_r, h, eps, x: (
        f"{graph.name}, log r = {log_r:g}, h = {h}, ε = {eps:g}, ηA = {x:.4g}"
    ),
)


def needed(A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any) -> np.ndarray:
    """Steps after which L ≤ ε²/h, from the worst loss A(2√r + 1)²/2 and the worst c₀ = -1/2."""
    contraction = x * (2 - x) * bounds.polyak_lojasiewicz(A, C, C1, -0.5) / A
    log_ratio = np.log(A / 2) + 2 * (math.log(2) + np.log1p(np.exp(-log_r / 2) / 2)) + log_r
    return np.maximum(log_ratio - np.log(eps**2 / h), 0.0) / -np.log1p(-contraction)


def least(log_r: Any, log_target: Any, x: Any) -> np.ndarray:
    """Steps until ℓ - 1 is at the target, from a start of length √r in the direction of w*."""
    log_excess = log_r / 2 + np.log(np.maximum(-np.expm1(-log_r / 2), 1e-300))
    # Along w* the loss is A (ℓ - 1)²/2, and ℓ - 1 shrinks by 1 - x.
    return np.maximum(log_excess - log_target, 0.0) / -np.log1p(-x)


def _whatever_the_constant(number: Any, log_target: Any, x: Any) -> np.ndarray:
    """The smallest, over constants c, of the steps needed over c times `number` + 1, r for that c."""
    constants = np.geomspace(1e-3, 1e12, 31)[:, None]
    stated = constants * number
    return np.min(least(2 + 4 * stated, log_target, x) / (stated + 1), axis=0)


def _size(n: Any, d: Any, h: Any, eps: Any) -> Any:
    return n**4 * h**2 * (d + 1) / eps**2


def _enough(
    n: Any, d: Any, A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any, log_target: Any
) -> Any:
    size = _size(n, d, h, eps)
    number, steps = size * np.log(n * h / eps), needed(A, C, C1, log_r, h, eps, x)
    names = ("steps", "stated number")
    moderate = at_most(np.where(log_r <= n, steps, 0.0), bounds.THEOREM_1_CONSTANT * number, names)
    corrected = bounds.theorem_1_iterations_corrected(n, d, h, log_r, eps)
    return (
        readings(
            r_fixed_while_n_grows=proved(constant.number_of_moderate(), sides=moderate),
            one_constant_for_every_r=refuted(
                constant.no_constant(),
                at_most(
                    _whatever_the_constant(number, log_target, x),
                    1.0,
                    ("steps over the stated number + 1, best c and an r for it", "1"),
                ),
            ),
        ),
        proved(constant.number(), sides=at_most(steps, corrected, names)),
    )


@claim("awasthi2021:theorem-1", ENOUGH)
def theorem_1(n: Any, d: Any, A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any) -> Any:
    """There is a constant c such that L(W_T) ≤ ε² for T ≥ c n⁴h²(d+1)/ε² log(nh/ε)."""
    near = np.log(2 * eps**2 / (h * A)) / 2
    return _enough(n, d, A, C, C1, log_r, h, eps, x, near)


@claim("awasthi2021:remark-theorem-1-alternative", ENOUGH)
def alternative(
    n: Any, d: Any, A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any
) -> Any:
    """After the printed number of steps L ≤ ε²/h or both distances are at most ε/(4hn)."""
    # On the ray of w* the second alternative is ℓ - 1 ≤ δ.
    near = np.maximum(np.log(2 * eps**2 / (h * A)) / 2, np.log(eps / (4 * h * n)))
    return _enough(n, d, A, C, C1, log_r, h, eps, x, near)


def _in_the_error(A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any) -> Any:
    """T(ε)/T(½) against ε⁻² log(1/ε) over its value at ½."""
    ratio = needed(A, C, C1, log_r, h, eps, x) / needed(A, C, C1, log_r, h, 0.5, x)
    rate = np.log(1 / eps) / eps**2 / (4 * math.log(2))
    names = ("T(ε)/T(½)", "growth of ε⁻² log(1/ε)")
    return proved(
        constant.growth_in_the_error(), sides=at_most(np.where(eps <= 0.5, ratio, 0.0), rate, names)
    )


@claim("awasthi2021:remark-abstract-relu-rate", ENOUGH)
def rate_in_the_error(A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any) -> Any:
    """For ε ≤ 1/2 the steps that are enough grow no faster than ε⁻² log(1/ε)."""
    return _in_the_error(A, C, C1, log_r, h, eps, x)


@claim("awasthi2021:remark-theorem-1-rate/error", ENOUGH)
def rate_of_the_theorem(A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any) -> Any:
    """For ε ≤ 1/2 the steps that are enough grow no faster than ε⁻² log(1/ε)."""
    return _in_the_error(A, C, C1, log_r, h, eps, x)


@claim("awasthi2021:remark-theorem-1-rate/polynomial", ENOUGH)
def polynomial_in_the_rest(
    n: Any, d: Any, A: Any, C: Any, C1: Any, log_r: Any, h: Any, eps: Any, x: Any
) -> Any:
    """600 n⁴h²(d+1)r/ε² log(2/ε) steps are enough: polynomial in n, the largest degree, h and r."""
    allowed = np.log(bounds.THEOREM_1_CONSTANT * _size(n, d, h, eps) * np.log(2 / eps)) + log_r
    steps = np.log(needed(A, C, C1, log_r, h, eps, x))
    sides = at_most(steps, allowed, ("log of the steps", "log of the polynomial"))
    return proved(constant.polynomial(), sides=sides)
