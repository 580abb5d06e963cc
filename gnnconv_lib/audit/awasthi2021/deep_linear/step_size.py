"""The step size of Theorem 2, Eq. (25): where it is short enough, and where it is too long.

It is too long for one round, and for two rounds from d = 256 on; for three rounds or more it is shorter
than the corrected one, and the contraction of the proof of Theorem 3 holds with it.

Reference: awasthi2021, Theorems 2 and 3, Eq. (25). Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import proofs
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
    choice,
    claim,
    correction,
    domain,
    equal,
    integer,
    less,
    proved,
    rationals,
    real,
    where,
)


def _targets(budget: str) -> dict[str, Any]:
    targets = np.array([5 / 3, 0.5, 1.0, 1.2, 3.0, 20.0, 0.05])
    if budget == "full":
        targets = np.concatenate([targets, np.geomspace(0.02, 50, 60)])
    rows = [
        (n, d, L, factor, round((1 + d) * float(target), 6))
        for (n, d), L, target in product(SHAPES, (1, 2, 3, 4), targets)
        for factor in (1.0, 0.5)
    ]
    return columns(rows, "n", "d", "L", "factor", "target")


STEPS = domain(
    *(REGULAR, NODES, DEGREE, ROUNDS, FACTOR, TARGET),
    regime=where(
        "gradient descent itself (factor 1) and d ≥ 1", lambda factor, d: d >= factor == 1
    ),
    cases=_targets,
)


def _step(step: Any, n: Any, d: Any, L: Any, target: Any) -> np.ndarray:
    return np.array([step([t], a, b, c) for t, a, b, c in zip(target, n, d, L, strict=True)])


@claim("awasthi2021:eq-25", STEPS)
def step_size(n: Any, d: Any, L: Any, factor: Any, target: Any) -> Any:
    """With the largest step size of Eq. (25) the target attracts: the step times the curvature
    n L^2 (d^2 + 1) σ*^{2L-2} there is below 2, beyond which a step next to it leads away."""
    curvature = factor * n * L**2 * (d**2 + 1) * target ** (2 * L - 2)
    names = ("step times curvature at the target", "2")
    printed, corrected = (
        _step(step, n, d, L, target) * curvature
        for step in (bounds.theorem_2_step_printed, bounds.theorem_2_step_corrected)
    )
    # At most 1 is what `one_step_contracts` needs of the step, for σ* = start as for any other.
    step = proofs.theorem("DeepLinear.one_step_contracts")
    return (
        less(printed, 2.0, names, exactly=_exact_curvature),
        proved(lemmas.step_below_two() if step else None, sides=less(corrected, 2.0, names)),
    )


def _many_rounds(budget: str) -> dict[str, Any]:
    made = _targets(budget)
    deeper = [
        (n, d, L, round((1 + d) * float(target), 6))
        for (n, d), L, target in product(
            [*SHAPES, (2000, 1000)], (3, 4, 6, 9), (1 / 1000, 0.02, 0.5, 0.99, 1.01, 2.0, 3.0, 40.0)
        )
    ]
    rows = zip(made["n"], made["d"], made["L"], made["target"], strict=True)
    kept = [(n, d, L, target) for n, d, L, target in rows if L >= 3]
    return columns([*kept, *deeper], "n", "d", "L", "target")


MANY_ROUNDS = domain(
    *(REGULAR, NODES, DEGREE),
    integer("L", "[3, inf)", "L"),
    TARGET,
    cases=_many_rounds,
)
FEW_ROUNDS = domain(
    *(REGULAR, NODES, DEGREE),
    choice("L", 1, 2),
    cases=lambda budget: columns(
        [(d + 1, d, L) for d in (*range(6), 100, 254, 255, 256, 257, 1000) for L in (1, 2)],
        *("n", "d", "L"),
    ),
)


@correction("awasthi2021:eq-25/three-rounds", MANY_ROUNDS)
def shorter_for_three_rounds(n: Any, d: Any, L: Any, target: Any) -> Any:
    """For L ≥ 3 the printed step is shorter than the corrected one."""
    printed, corrected = (
        _step(step, n, d, L, target)
        for step in (bounds.theorem_2_step_printed, bounds.theorem_2_step_corrected)
    )
    # With a = max(1 + d, σ*), δ ≥ a/σ* and δ ≤ u/l their ratio is at most l³/(2u(1+u)²).
    return less(printed, corrected, ("printed step", "corrected step"))


def _within(budget: str) -> dict[str, Any]:
    made = _many_rounds(budget)
    rows = []
    for n, d, L, target in zip(*(made[name] for name in ("n", "d", "L", "target")), strict=True):
        interval = bounds.lemma_12_interval_printed(1.0 + d, target)
        low, high = float(interval.lower), float(interval.upper)
        rows += [
            (n, d, L, factor, target, value)
            for factor in (1.0, 0.5)
            for value in (low, (low + high) / 2, high)
        ]
    return columns(rows, "n", "d", "L", "factor", "target", "value")


def _in_the_interval(d: Any, target: Any, value: Any) -> Any:
    interval = bounds.lemma_12_interval_printed(1.0 + d, target)
    return (interval.lower <= value) & (value <= interval.upper)


WITHIN = domain(
    *(REGULAR, NODES, DEGREE, MANY_ROUNDS.parts[3], FACTOR, TARGET),
    real("value", "(0, inf)", "σ_t"),
    where("l ≤ σ_t ≤ u", _in_the_interval),
    cases=_within,
)


@correction("awasthi2021:remark-theorem-3-contraction/three-rounds", WITHIN)
def contraction_for_three_rounds(
    n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any
) -> Any:
    """For L ≥ 3 and steps up to Eq. (25), (1 - q)² ≤ 1 - η n L² (d²+1) l^{2L-2} for the factor 1 - q by
    which a step multiplies σ - σ*, as printed: 2q - q² is at least that rate."""
    eta = _step(bounds.theorem_2_step_printed, n, d, L, target)
    unit = eta * n * L * (d**2 + 1)
    low = bounds.lemma_12_interval_printed(1.0 + d, target).lower
    q = factor * unit * value ** (L - 1) * power_sum(value, target, L)
    # q <= 1 as for `shorter_for_three_rounds`, with u for a; and σ* >= 2l.
    return at_most(unit * L * low ** (2 * L - 2), q * (2 - q), ("printed rate", "2q - q²"))


@correction("awasthi2021:eq-25/few-rounds", FEW_ROUNDS, each=True)
def too_long_for_few_rounds(n: int, d: int, L: int) -> Any:
    """For L = 1 from d = 1 on, and for L = 2 from d = 256 on, the largest printed step times the
    curvature at some target is 2 or more; for smaller degrees it is below 2 at every target."""
    start, rounds, nodes = Fraction(1 + int(d)), int(L), int(n)

    def product_at(target: Fraction) -> Fraction:
        step = exact.theorem_2_step([target], nodes, int(d), rounds)
        curvature = nodes * rounds**2 * (int(d) ** 2 + 1) * target ** (2 * rounds - 2)
        return Fraction(step * curvature)

    # Largest at σ* = 2(1 + d): (1 + d)²/2 for L = 1, (1 + d)²/(32(5 + 4d)) for L = 2.
    shares = [Fraction(k, 64) for k in (1, 8, 24, 32, 40, 64, 100, 127, 128, 129, 160, 256, 6400)]
    largest = max(product_at(start * share) for share in shares)
    expected = int(d) >= {1: 1, 2: 256}[rounds]
    names = ("2 or more at some target (1: yes)", "predicted (1: yes)")
    return equal(float(largest >= 2), float(expected), names)


def _exact_curvature(n: Any, d: Any, L: Any, factor: Any, target: Any) -> tuple[Any, Any]:
    N, t = int(L), rationals(target)
    step = exact.theorem_2_step([t], int(n), int(d), N)
    return step * rationals(factor) * int(n) * N**2 * (int(d) ** 2 + 1) * t ** (2 * N - 2), 2


def _exact_first_step(n: Any, d: Any, L: Any, factor: Any, target: Any) -> tuple[Any, Any]:
    N, t, start = int(L), rationals(target), Fraction(1 + int(d))
    step = exact.theorem_2_step([t], int(n), int(d), N)
    pull = int(n) * N * (int(d) ** 2 + 1) * start ** (N - 1) * (start**N - t**N)
    return (start - rationals(factor) * step * pull - t) ** 2, (start - t) ** 2


@claim("awasthi2021:remark-no-degree-bound", STEPS)
def every_degree(n: Any, d: Any, L: Any, factor: Any, target: Any) -> Any:
    """Whatever the degree, up to n - 1, one step of the theorem's size brings a singular value at
    1 + d no farther from its target."""
    away = (1.0 + d - target) ** 2
    printed, corrected = (
        (1.0 + d - factor * _step(step, n, d, L, target) * _pull(n, d, L, target) - target) ** 2
        for step in (bounds.theorem_2_step_printed, bounds.theorem_2_step_corrected)
    )
    names, scale = ("(σ_1 - σ*)²", "(σ_0 - σ*)²"), (1.0 + d + target) ** 2
    return (
        at_most(printed, away, names, scale, exactly=_exact_first_step),
        proved(
            proofs.theorem("DeepLinear.one_step_contracts"),
            sides=at_most(corrected, away, names, scale),
        ),
    )


def _pull(n: Any, d: Any, L: Any, target: Any) -> Any:
    """n g at the identity."""
    start = 1.0 + d
    return n * L * (d**2 + 1) * start ** (L - 1) * (start**L - target**L)
