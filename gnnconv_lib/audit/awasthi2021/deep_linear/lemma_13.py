"""Lemma 13 and Eqs. (43)-(45): the size of the scalar gradient and its progress.

The scalar gradient g is the derivative of (d^2 + 1)(σ^L - σ*^L)^2 / 2, taken by a complex step.

Reference: awasthi2021, Lemma 13. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import proofs
from gnnconv_lib.audit._exact_steps import lemma_12_interval
from gnnconv_lib.audit._linear_regular import SHAPES, TARGET, columns, power_sum
from gnnconv_lib.audit.awasthi2021.deep_linear import lemmas
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    claim,
    domain,
    equal,
    integer,
    proved,
    rationals,
    real,
    where,
)


def _cases(budget: str) -> dict[str, Any]:
    degrees = dict.fromkeys(d for _, d in SHAPES)
    targets = (0.01, 0.5, 1.0, 2.0, 3.0, 40.0)
    shares = (0.0, 0.3, 1.0)
    if budget == "full":
        targets = tuple(np.geomspace(0.01, 100, 25))
        shares = tuple(np.linspace(0, 1, 11))
    rows = []
    for d, L, target in product(degrees, (1, 2, 3, 4, 6), targets):
        for start in (1.0 + d, 0.05, 0.3 * target, 7.0 * target):
            interval = bounds.lemma_12_interval_printed(start, target)
            ends = float(interval.lower), float(interval.upper)
            values = [ends[0] + share * (ends[1] - ends[0]) for share in shares]
            rows += [(d, L, target, start, min(max(v, ends[0]), ends[1])) for v in values]
    return columns(rows, "d", "L", "target", "start", "value")


def _inside(start: Any, target: Any, value: Any) -> Any:
    interval = bounds.lemma_12_interval_printed(start, target)
    return (interval.lower <= value) & (value <= interval.upper)


VALUES = domain(
    integer("d", "[0, inf)"),
    integer("L", "[1, inf)"),
    TARGET,
    real("start", "(0, inf)", "σ₀"),
    real("value", "(0, inf)", "σ_t"),
    where("l ≤ σ_t ≤ u of the start σ₀", _inside),
    regime=where("the start is the identity, σ₀ = 1 + d ≥ 2", lambda start, d: start == 1 + d > 1),
    cases=_cases,
)
PAIRS = domain(
    integer("L", "[1, inf)"),
    real("a", "(0, inf)"),
    real("b", "(0, inf)"),
    cases=lambda budget: columns(
        product(
            (1, 2, 3, 7, 20) if budget == "quick" else range(1, 65),
            np.geomspace(0.05, 20, 13),
            np.geomspace(0.05, 20, 14),
        ),
        *("L", "a", "b"),
    ),
)


def _gradient(value: Any, target: Any, d: Any, L: Any) -> Any:
    """g by a complex step of (d^2 + 1)(σ^L - σ*^L)^2 / 2."""
    moved = value + 1e-30j
    return ((d**2 + 1) * (moved**L - target**L) ** 2 / 2).imag / 1e-30


def _interval(start: Any, target: Any) -> tuple[Any, Any]:
    interval = bounds.lemma_12_interval_printed(start, target)
    return interval.lower, interval.upper


_G2 = "g²"
_PROGRESS = "g (σ - σ*)"


@claim("awasthi2021:lemma-13/upper", VALUES)
def upper_bound(d: Any, L: Any, target: Any, start: Any, value: Any) -> Any:
    """g^2 is at most L^2 (d^2+1)^2 u^{2L-3} (L delta)^2 (σ - σ*)^2."""
    g, square = _gradient(value, target, d, L), (value - target) ** 2
    printed = bounds.lemma_13_upper_printed(start, target, d, L) * square
    corrected = bounds.lemma_13_upper_corrected(start, target, d, L) * square
    good = at_most(g**2, corrected, (_G2, "corrected bound"))
    return (
        at_most(g**2, printed, (_G2, "printed bound"), exactly=_exact_upper),
        proved(lemmas.square_of_the_gradient() if _apart() else None, sides=good),
    )


def _apart() -> bool:
    """Whether the bounds on differences of powers, which the lemmas assume, are machine-checked."""
    return proofs.theorem("DeepLinear.powers_apart") is not None


def _exact_upper(d: Any, L: Any, target: Any, start: Any, value: Any) -> tuple[Any, Any]:
    t, s, x, N, q = *(rationals(y) for y in (target, start, value)), int(L), int(d) ** 2 + 1
    _, upper, delta = lemma_12_interval(s, t)
    g = N * q * x ** (N - 1) * (x**N - t**N)
    return g**2, N**2 * q**2 * upper ** (2 * N - 3) * (N * delta) ** 2 * (x - t) ** 2


def _exact_second(L: Any, target: Any, start: Any, value: Any) -> tuple[Any, Any]:
    t, s, x, N = *(rationals(y) for y in (target, start, value)), int(L)
    _, upper, delta = lemma_12_interval(s, t)
    left = upper ** (2 * N - 2) * (x**N - t**N) ** 2
    return left, upper ** (2 * N - 3) * (N * delta) ** 2 * (x - t) ** 2


@claim("awasthi2021:lemma-13/lower", VALUES, tolerance=1e-9)
def lower_bound(d: Any, L: Any, target: Any, start: Any, value: Any) -> Any:
    """g (σ - σ*) is at least L^2 (d^2+1) l^{2L-2} (σ - σ*)^2."""
    progress = _gradient(value, target, d, L) * (value - target)
    floor = bounds.lemma_13_lower(start, target, d, L) * (value - target) ** 2
    sides = at_most(floor, progress, ("printed bound", _PROGRESS))
    first, second = lemmas.progress_first(), lemmas.progress_second()
    return proved(second if first.proved and _apart() else None, sides=sides)


@claim("awasthi2021:remark-gradient-upper-first", VALUES)
def upper_first(d: Any, L: Any, target: Any, start: Any, value: Any) -> Any:
    """g^2 is at most L^2 (d^2+1)^2 u^{2L-2} (σ^L - σ*^L)^2."""
    _, upper = _interval(start, target)
    bound = L**2 * (d**2 + 1) ** 2 * upper ** (2 * L - 2) * (value**L - target**L) ** 2
    sides = at_most(_gradient(value, target, d, L) ** 2, bound, (_G2, "bound"))
    return proved(lemmas.gradient_upper(), sides=sides)


@claim("awasthi2021:remark-gradient-upper-second", VALUES, tolerance=1e-9)
def upper_second(d: Any, L: Any, target: Any, start: Any, value: Any) -> Any:
    """u^{2L-2} (σ^L - σ*^L)^2 is at most u^{2L-3} (L delta)^2 (σ - σ*)^2."""
    _, upper = _interval(start, target)
    delta, gap = bounds.lemma_13_delta(start, target), (value - target) ** 2
    left = upper ** (2 * L - 2) * gap * power_sum(value, target, L) ** 2
    printed = upper ** (2 * L - 3) * (L * delta) ** 2 * gap
    good = at_most(left, L**2 * upper ** (4 * L - 4) * gap, ("left side", "corrected"))
    return (
        at_most(left, printed, ("left side", "printed"), exactly=_exact_second),
        proved(lemmas.power_upper() if _apart() else None, sides=good),
    )


@claim("awasthi2021:eq-43", VALUES, tolerance=1e-9)
def progress(d: Any, L: Any, target: Any, value: Any) -> Any:
    """g (σ - σ*) is L (d^2+1) σ^{L-1} (σ^L - σ*^L) (σ - σ*)."""
    gap = value - target
    left = _gradient(value, target, d, L) * gap
    right = L * (d**2 + 1) * value ** (L - 1) * power_sum(value, target, L) * gap**2
    scale = L * (d**2 + 1) * value ** (L - 1) * np.maximum(value, target) ** (L + 1)
    sides = equal(left, right, (_PROGRESS, "formula"), scale)
    return proved(lemmas.scalar_gradient(), sides=sides)


@claim("awasthi2021:eq-44", VALUES, tolerance=1e-9)
def progress_first(d: Any, L: Any, target: Any, start: Any, value: Any) -> Any:
    """g (σ - σ*) is at least L (d^2+1) l^{L-1} (σ^L - σ*^L) (σ - σ*)."""
    lower, _ = _interval(start, target)
    left = _gradient(value, target, d, L) * (value - target)
    right = L * (d**2 + 1) * lower ** (L - 1) * (value**L - target**L) * (value - target)
    sides = at_most(right, left, ("bound", _PROGRESS))
    return proved(lemmas.progress_first(), sides=sides)


@claim("awasthi2021:eq-45", VALUES, tolerance=1e-9)
def progress_second(d: Any, L: Any, target: Any, start: Any, value: Any) -> Any:
    """L (d^2+1) l^{L-1} (σ^L - σ*^L) (σ - σ*) is at least L^2 (d^2+1) l^{2L-2} (σ - σ*)^2."""
    lower, _ = _interval(start, target)
    left = L * (d**2 + 1) * lower ** (L - 1) * (value**L - target**L) * (value - target)
    right = L**2 * (d**2 + 1) * lower ** (2 * L - 2) * (value - target) ** 2
    sides = at_most(right, left, ("bound of Eq. (45)", "bound of Eq. (44)"))
    return proved(lemmas.progress_second() if _apart() else None, sides=sides)


@claim(
    "awasthi2021:remark-power-difference",
    PAIRS,
    tolerance=1e-9,
    theorem="DeepLinear.powers_apart",
)
def power_difference(L: Any, a: Any, b: Any) -> Any:
    """(a^L - b^L)(a - b) is at least L min(a, b)^{L-1} (a - b)^2."""
    left = (a**L - b**L) * (a - b)
    return at_most(L * np.minimum(a, b) ** (L - 1) * (a - b) ** 2, left, ("bound", "left side"))
