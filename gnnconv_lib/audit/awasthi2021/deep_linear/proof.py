"""The displays in the proof of Theorem 3: expansion, contraction, and the loss at the end.

The printed proof uses the recurrence (42) with n/2; gradient descent has n. What this could decide
is looked at with both factors.

Reference: awasthi2021, proof of Theorem 3. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import sympy

from gnnconv_lib import linear_gnn
from gnnconv_lib.audit import _exact_steps as exact
from gnnconv_lib.audit._linear_regular import (
    DEGREE,
    FACTOR,
    NODES,
    REGULAR,
    ROUNDS,
    SHAPES,
    TARGET,
    columns,
    power_sum,
)
from gnnconv_lib.audit.awasthi2021.deep_linear import lemmas
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    domain,
    drawn,
    fixed,
    integer,
    proved,
    rationals,
    real,
    symbolic_zero,
    where,
)
from gnnconv_lib.claims.domain import Domain

_REGIME = where("gradient descent itself (factor 1) and d ≥ 1", lambda factor, d: d >= factor == 1)


def _values(printed: bool) -> Domain:
    """Values σ_t in the interval of Lemma 12 from the identity, printed or corrected."""
    interval = bounds.lemma_12_interval_printed if printed else bounds.lemma_12_interval_corrected

    def cases(budget: str) -> dict[str, Any]:
        shapes = (5 / 3, 0.9, 0.5, 1.2, 4.0, 20.0, 0.05)
        places = (1.0, 0.5, 0.0)
        if budget == "full":
            shapes = (*shapes, *np.geomspace(0.03, 30, 25))
            places = tuple(np.linspace(1, 0, 9))
        rows = []
        for (n, d), L, shape in product(SHAPES, (1, 2, 3, 4), shapes):
            target = round((1 + d) * float(shape), 6)
            ends = interval(1.0 + d, target)
            low, high = float(ends.lower), float(ends.upper)
            for place, share in product(
                (1.0 + d, *(low + p * (high - low) for p in places)), (1, 0.02)
            ):
                value = min(max(place, low), high)
                rows += [
                    (n, d, L, f, target, value, share) for f in ((1.0, 0.5) if printed else (1.0,))
                ]
        names = ("n", "d", "L", "factor", "target", "value", "share")
        return columns(rows, *names)

    def inside(d: Any, target: Any, value: Any) -> Any:
        ends = interval(1.0 + d, target)
        return (ends.lower <= value) & (value <= ends.upper)

    words = "l ≤ σ_t ≤ u of the start σ_0 = 1 + d" if printed else "σ_t between 1 + d and σ*"
    return domain(
        *(REGULAR, NODES, DEGREE, ROUNDS, TARGET),
        real("value", "(0, inf)", "σ_t"),
        where(words, inside),
        real("share", "(0, 1]", "step size over the largest one"),
        FACTOR if printed else fixed("gradient descent (factor n)"),
        derived=() if printed else ("factor",),
        regime=_REGIME if printed else None,
        cases=cases,
    )


PRINTED, CORRECTED = _values(printed=True), _values(printed=False)
_NAMES = ("((σ_{t+1} - σ*) / (σ_t - σ*))²", "stated factor")


def _steps(step: Any, n: Any, d: Any, L: Any, target: Any, share: Any) -> np.ndarray:
    rates = [step([t], a, b, c) for t, a, b, c in zip(target, n, d, L, strict=True)]
    return np.asarray(share * np.array(rates))


def _shrink(n: Any, d: Any, L: Any, target: Any, value: Any, rate: Any, factor: Any) -> Any:
    """(σ_{t+1} - σ*) / (σ_t - σ*)."""
    with np.errstate(all="ignore"):
        pull = factor * rate * n * L * (d**2 + 1)
        return 1 - pull * value ** (L - 1) * power_sum(value, target, L)


_GAP, _STEP, _G = sympy.symbols("e x g", real=True)
EXPANSION = domain(
    drawn("numbers", "any σ_t, σ*, eta, n, g, also those of Eq. (42)"),
    cases=lambda budget: {"numbers": [np.random.default_rng(k).normal(size=5) for k in range(20)]},
)


@claim("awasthi2021:remark-theorem-3-expansion", EXPANSION, each=True)
def expansion(numbers: Any) -> Any:
    """(σ - eta n/2 g - σ*)^2 is (σ - σ*)^2 + eta^2 n^2/4 g^2 - eta n g (σ - σ*)."""
    left = (_GAP - _STEP / 2 * _G) ** 2
    right = _GAP**2 + _STEP**2 / 4 * _G**2 - _STEP * _G * _GAP
    return proved(symbolic_zero(left - right))


@claim(
    "awasthi2021:remark-theorem-3-bound",
    PRINTED,
    tolerance=1e-9,
    corrected_by="awasthi2021:remark-theorem-3-contraction/corrected",
)
def with_lemma_13(n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any, share: Any) -> Any:
    """A step of Eq. (25) multiplies the squared distance by at most
    1 + eta^2 n^2/4 delta^2 L^4 (d^2+1)^2 u^{2L-3} - eta n L^2 (d^2+1) l^{2L-2}."""
    rate = _steps(bounds.theorem_2_step_printed, n, d, L, target, share)
    upper = bounds.lemma_13_upper_printed(1.0 + d, target, d, L)
    lower = bounds.lemma_13_lower(1.0 + d, target, d, L)
    stated = 1 + (rate * n) ** 2 / 4 * upper - rate * n * lower
    ratio = _shrink(n, d, L, target, value, rate, factor) ** 2
    return at_most(ratio, stated, _NAMES, exactly=_exact_bound)


def _exact_ratio(
    n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any, share: Any
) -> tuple[Any, ...]:
    """The squared ratio of the distances, eta n L^2 (d^2+1), l, u and delta, in fractions."""
    t, x, nodes, N = rationals(target), rationals(value), int(n), int(L)
    rate = rationals(share) * exact.theorem_2_step([t], nodes, int(d), N)
    pull = rate * nodes * N * (int(d) ** 2 + 1)
    series = sum(x**j * t ** (N - 1 - j) for j in range(N))
    ratio = (1 - rationals(factor) * pull * x ** (N - 1) * series) ** 2
    return ratio, pull * N, *exact.lemma_12_interval(1 + int(d), t)


def _exact_bound(
    n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any, share: Any
) -> tuple[Any, Any]:
    ratio, pull, lower, upper, delta = _exact_ratio(**locals())
    power = int(L)
    square = pull**2 / 4 * delta**2 * upper ** (2 * power - 3)
    return ratio, 1 + square - pull * lower ** (2 * power - 2)


def _exact_contraction(
    n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any, share: Any
) -> tuple[Any, Any]:
    ratio, pull, lower, *_ = _exact_ratio(**locals())
    return ratio, 1 - pull * lower ** (2 * int(L) - 2)


@claim(
    "awasthi2021:remark-theorem-3-contraction",
    PRINTED,
    tolerance=1e-9,
    corrected_by="awasthi2021:remark-theorem-3-contraction/corrected",
)
def contraction(n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any, share: Any) -> Any:
    """A step of Eq. (25) multiplies the squared distance by at most
    1 - eta n L^2 (d^2+1) l^{2L-2}."""
    rate = _steps(bounds.theorem_2_step_printed, n, d, L, target, share)
    stated = 1 - rate * n * bounds.lemma_13_lower(1.0 + d, target, d, L)
    ratio = _shrink(n, d, L, target, value, rate, factor) ** 2
    return at_most(ratio, stated, _NAMES, exactly=_exact_contraction)


@correction(
    "awasthi2021:remark-theorem-3-contraction/corrected",
    CORRECTED,
    tolerance=1e-13,
    theorem="DeepLinear.one_step_contracts",
)
def corrected_contraction(
    n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any, share: Any
) -> Any:
    """A corrected step multiplies the distance by a number between 0 and
    1 - eta n L^2 (d^2+1) k^{2L-2}, k the smaller of 1 + d and σ*."""
    rate = _steps(bounds.theorem_2_step_corrected, n, d, L, target, share)
    kappa = rate * n * L**2 * (d**2 + 1) * np.minimum(1 + d, target) ** (2 * L - 2)
    ratio = _shrink(n, d, L, target, value, rate, factor)
    names = ("(σ_{t+1} - σ*) / (σ_t - σ*)", "1 - κ")
    return both(at_most(ratio, 1 - kappa, names, 1.0), at_most(0.0, ratio, ("0", names[0]), 1.0))


def _ends(budget: str) -> list[dict[str, Any]]:
    rows = []
    for n, r, L in product((1, 2, 30), (1, 2, 5), (1, 3, 4)):
        for seed in range(3 if budget == "quick" else 30):
            random = np.random.default_rng([n, r, L, seed])
            basis = np.linalg.qr(random.normal(size=(r, r)))[0]
            goal = np.exp(random.uniform(-1, 1, size=r))
            epsilon = float((1e-3, 0.05, 12.0)[seed % 3])
            # All r values at the edge of what the hypothesis allows, or inside of it.
            size = epsilon / np.sqrt(n * r) * (1.0 if seed % 2 == 0 else random.uniform(0, 1, r))
            values = (goal**L + size) ** (1 / L)
            rows.append(
                {
                    "n": n,
                    "r": r,
                    "L": L,
                    "accuracy": epsilon,
                    "M": basis @ np.diag(values) @ basis.T,
                    "goal": basis @ np.diag(goal) @ basis.T,
                }
            )
    return rows


ENDS = domain(
    integer("n", "[1, inf)"),
    integer("r", "[1, inf)"),
    integer("L", "[1, inf)"),
    real("accuracy", "(0, inf)", "ε"),
    drawn("M", "positive definite M_T and M* with the same eigenvectors"),
    fixed("all |σ^L - σ*^L| at most ε / sqrt(n r)"),
    derived=("goal",),
    cases=_ends,
)


@claim("awasthi2021:remark-theorem-3-loss", ENDS, each=True, tolerance=1e-9)
def loss_from_singular_values(n: int, r: int, L: int, accuracy: float, M: Any, goal: Any) -> Any:
    """n/2 |M^L - M*^L|_F^2 is at most n r max_i (σ_i^L - σ_i*^L)^2, which is at most ε^2; σ_i and σ_i*
    belong to one eigenvector."""
    loss = float(linear_gnn.regular.loss(M, goal, n, L))
    basis = np.linalg.eigh(goal)[1]
    values, targets = (np.diag(basis.T @ np.linalg.matrix_power(A, L) @ basis) for A in (M, goal))
    largest = n * r * float(np.max((values - targets) ** 2))
    proof = lemmas.loss_from_the_largest() if lemmas.loss_of_eigenvalues().proved else None
    first = at_most(loss, largest, ("loss", "n r max (σ^L - σ*^L)²"))
    second = at_most(largest, accuracy**2, ("n r max (σ^L - σ*^L)²", "ε²"), scale=accuracy)
    return both(proved(proof, sides=first), proved(proof, sides=second))
