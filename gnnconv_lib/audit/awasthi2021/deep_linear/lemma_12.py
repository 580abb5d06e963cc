"""Lemma 12: the interval that the singular values are said to stay in, and its proof.

The lemma speaks of gradient descent; the paper's scalar recurrence (42) has n/2 where gradient
descent has n. Claims that this could decide are looked at with both factors. The lemma allows every
positive start; the paper uses it at the identity, σ_0 = 1 + d, which is its regime.

Reference: awasthi2021, Lemma 12. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import proofs
from gnnconv_lib.audit import _exact_steps as exact
from gnnconv_lib.audit._linear_cases import sigma_step
from gnnconv_lib.audit._linear_regular import (
    DEGREE,
    FACTOR,
    NODES,
    REGULAR,
    ROUNDS,
    TARGET,
    columns,
)
from gnnconv_lib.audit.awasthi2021.deep_linear import lemmas
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    domain,
    equal,
    fixed,
    integer,
    proved,
    rationals,
    readings,
    real,
    where,
)
from gnnconv_lib.claims.domain import Domain

_SHAPES = [(1, 0), (2, 0), (2, 1), (3, 2), (4, 3), (6, 2), (5, 0)]
_TARGETS = {
    "quick": [0.5, 1.0, 1.5, 3.0, 5.0, 12.0, 2.0, 0.3, 0.05, 1e-3],
    "full": [0.5, *np.arange(2, 40) / 20, *np.arange(2.0, 40.0), 0.05, 1e-3],
}
_START = real("start", "(0, inf)", "σ₀")
_IDENTITY = where("the start is the identity, σ₀ = 1 + d ≥ 2", lambda start, d: start == 1 + d > 1)
_SHARES = (0.0, 0.1, 0.5, 0.9, 0.999)


def _starts(target: float, d: int) -> list[float]:
    return [1.0 + d, 0.01, 0.05 * target, 0.5 * target, target, 4.0 * target, 20.0]


def _paths(budget: str) -> dict[str, Any]:
    return columns(
        [
            (n, d, L, factor, target, start)
            for (n, d), L in product(_SHAPES, (1, 2, 3, 4))
            for target in _TARGETS[budget]
            for start in _starts(target, d)
            for factor in (1.0, 0.5)
        ],
        *("n", "d", "L", "factor", "target", "start"),
    )


def _inside(start: Any, target: Any, value: Any) -> Any:
    interval = bounds.lemma_12_interval_printed(start, target)
    return (interval.lower <= value) & (value <= interval.upper)


def _states(above: bool) -> Domain:
    """Values σ_t in [l, u] on one side of the target."""

    def cases(budget: str) -> dict[str, Any]:
        paths = _paths(budget)
        interval = bounds.lemma_12_interval_printed(paths["start"], paths["target"])
        rows = []
        for share in _SHARES:
            end = interval.upper if above else interval.lower
            value = end + share * (paths["target"] - end)
            rows.append(np.stack([*paths.values(), value], axis=1))
        table = np.stack(rows, axis=1).reshape(-1, 7)
        side = table[:, 6] > table[:, 4] if above else table[:, 6] < table[:, 4]
        table = table[side]
        # Every third (eleventh) row: all depths, shapes, targets and starts stay in.
        table = table[:: 3 if budget == "quick" else 11]
        names = ("n", "d", "L", "factor", "target", "start", "value")
        return dict(zip(names, table.T, strict=True))

    return domain(
        *(REGULAR, NODES, DEGREE, ROUNDS, TARGET, _START),
        real("value", "(target, inf)" if above else "(0, target)", "σ_t"),
        where("l ≤ σ_t ≤ u of the start σ₀", _inside),
        FACTOR,
        regime=_IDENTITY,
        cases=cases,
    )


PATHS = domain(
    *(REGULAR, NODES, DEGREE, ROUNDS, TARGET, _START, FACTOR), regime=_IDENTITY, cases=_paths
)
ABOVE, BELOW = _states(above=True), _states(above=False)
IDENTITY_STARTS = domain(
    integer("d", "[0, inf)"),
    fixed("start at the identity, σ₀ = 1 + d"),
    TARGET,
    cases=lambda budget: columns(
        product((0, 1, 3, 10), (0.05, 0.7, 1.1, 12.3, 100.0)), "d", "target"
    ),
)


def _path(start: Any, target: Any, setting: Any, rate: Any, factor: Any, steps: int) -> np.ndarray:
    """The recurrence from `start`, shape (cases, steps + 1)."""
    path = [np.asarray(start, float)]
    for _ in range(steps):
        after = sigma_step(path[-1], target, setting, rate, factor)
        # What has overflowed stays infinite.
        path.append(np.where(np.isnan(after), path[-1], after))
    return np.stack(path, axis=-1)


@claim("awasthi2021:lemma-12/interval", PATHS, corrected_by="awasthi2021:lemma-12/monotone")
def stays_in_the_interval(n: Any, d: Any, L: Any, factor: Any, target: Any, start: Any) -> Any:
    """With the step size of the lemma every singular value stays in [l, u]."""
    rate = bounds.lemma_12_step_printed(start, target, n, d, L)
    interval = bounds.lemma_12_interval_printed(start, target)
    path = _path(start, target, (n, d, L), rate, factor, 40)
    names = ("l", "singular value")
    return both(
        at_most(interval.lower[:, None], path, names, exactly=_exact_lowest),
        at_most(path, interval.upper[:, None], ("singular value", "u")),
    )


def _exact_step(value: Any, target: Any, setting: Any, rate: Any, factor: Any) -> Any:
    """Eq. (42), with n/2 or n."""
    n, d, L = (int(number) for number in setting)
    pull = rationals(factor) * rate * n * L * (d * d + 1)
    return value - pull * value ** (L - 1) * (value**L - target**L)


def _exact_lowest(n: Any, d: Any, L: Any, factor: Any, target: Any, start: Any) -> tuple[Any, Any]:
    """l and the first value of the path that is below it."""
    rate = exact.lemma_12_step(start, target, int(n), int(d), int(L))
    value, goal = rationals(start), rationals(target)
    lower = min(goal / 2, value)
    for _ in range(40):
        value = _exact_step(value, goal, (n, d, L), rate, factor)
        if value < lower:
            break
    return lower, value


@correction(
    "awasthi2021:lemma-12/monotone",
    PATHS,
    tolerance=1e-13,
    theorem="DeepLinear.eigenvalue_moves_monotonically",
)
def moves_to_its_target(n: Any, d: Any, L: Any, factor: Any, target: Any, start: Any) -> Any:
    """With the corrected step size a singular value moves monotonically towards its target and
    never passes it."""
    rate = bounds.lemma_12_step_corrected(start, target, n, d, L)
    path = _path(start, target, (n, d, L), rate, factor, 60)
    # From its target it must not move at all.
    away = np.where((start > target)[:, None], path - target[:, None], target[:, None] - path)
    away = np.where((start == target)[:, None], -np.abs(away), away)
    size = np.maximum(start, target)[:, None]
    return both(
        at_most(0.0, away, ("0", "distance kept from the target"), size),
        at_most(away[:, 1:], away[:, :-1], ("distance after a step", "distance before"), size),
    )


@claim("awasthi2021:definition-singular-value-range", IDENTITY_STARTS, repair="slip")
def range_without_the_start(d: Any, target: Any) -> Any:
    """The numbers u, l and delta depend on the target alone."""
    found, delta = _range(1.0 + d, target)
    isolated, other = _range(1.0, target)
    whole = np.stack([found.lower, found.upper, delta], axis=1)
    alone = np.stack([isolated.lower, isolated.upper, other], axis=1)
    ratio = (1.0 + d) / target
    lower = target * (1 - np.maximum(0.5, 1 - ratio))
    upper = target * (1 + np.maximum(1.0, ratio - 1))
    ends = np.stack([lower, upper, np.maximum(upper / target, target / lower)], axis=1)
    return (
        readings(
            for_one_degree=equal(whole, ends, ("l, u, delta", "a function of the target")),
            for_all_degrees=equal(
                whole, alone, ("l, u, delta", "those of an isolated node"), exactly=_exact_range
            ),
        ),
        proved(
            lemmas.ends_of_the_range(),
            sides=equal(whole, ends, ("l, u, delta", "their definitions with the start 1 + d")),
        ),
    )


def _exact_range(d: Any, target: Any) -> tuple[Any, Any]:
    """The first of l, u and delta in which the two differ most."""
    t, found = rationals(target), []
    for start in (1 + int(d), 1):
        lower, upper = min(t / 2, Fraction(start)), max(2 * t, Fraction(start))
        found.append((lower, upper, max(upper / t, t / lower)))
    pairs = list(zip(*found, strict=True))
    return max(pairs, key=lambda pair: abs(pair[0] - pair[1]) / (pair[0] + pair[1]))


def _range(start: Any, target: Any) -> tuple[bounds.Interval, np.ndarray]:
    return bounds.lemma_12_interval_printed(start, target), bounds.lemma_13_delta(start, target)


def _pull(n: Any, d: Any, L: Any, target: Any, rate: Any) -> Any:
    """eta n/2 L (d^2 + 1) σ*^{2L-2}, the factor in the proof's displays."""
    with np.errstate(all="ignore"):
        return rate * n / 2 * L * (d**2 + 1) * target ** (2 * L - 2)


@claim("awasthi2021:remark-above-falls", ABOVE)
def above_falls(n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any) -> Any:
    """A value in (σ*, u] does not rise, for every positive step size."""
    rates = np.array([1e-6, 1e-2, 1.0, 1e3])
    after = sigma_step(value[:, None], target[:, None], _wide(n, d, L), rates, factor[:, None])
    sides = at_most(after, value[:, None], ("value after a step", "value before"))
    return proved(lemmas.moves_towards_the_target() if _apart() else None, sides=sides)


def _apart() -> bool:
    """Whether σ^L - σ*^L is machine-checked to have the sign of σ - σ*."""
    return proofs.theorem("DeepLinear.powers_apart") is not None


@claim("awasthi2021:remark-below-rises", BELOW)
def below_rises(n: Any, d: Any, L: Any, factor: Any, target: Any, value: Any) -> Any:
    """A value in [l, σ*) does not fall, for every positive step size."""
    rates = np.array([1e-6, 1e-2, 1.0, 1e3])
    after = sigma_step(value[:, None], target[:, None], _wide(n, d, L), rates, factor[:, None])
    sides = at_most(value[:, None], after, ("value before a step", "value after"))
    return proved(lemmas.moves_towards_the_target() if _apart() else None, sides=sides)


def _wide(*numbers: Any) -> Any:
    return tuple(np.asarray(column)[:, None] for column in numbers)


def _proof_step(n: Any, d: Any, L: Any, target: Any, start: Any) -> tuple[Any, Any]:
    """The step size of the proof's display for values above, and (1 + u)^{L-1} L u^L."""
    upper = bounds.lemma_12_interval_printed(start, target).upper
    bracket = (1 + upper) ** (L - 1) * L * upper**L
    return 1 / (2 * n * L * (d**2 + 1) * target ** (2 * L - 2) * bracket), bracket


@claim("awasthi2021:remark-above-stays/bound", ABOVE, tolerance=1e-9)
def above_bound(n: Any, d: Any, L: Any, factor: Any, target: Any, start: Any, value: Any) -> Any:
    """After a step σ is at least σ*(1 - eta n/2 L (d^2+1) σ*^{2L-2} (1+u)^{L-1} L u^L)."""
    rate, bracket = _proof_step(n, d, L, target, start)
    after = sigma_step(value, target, (n, d, L), rate, factor)
    floor = target * (1 - _pull(n, d, L, target, rate) * bracket)
    careful = bounds.lemma_12_step_corrected(np.maximum(value, start), target, n, d, L)
    kept = sigma_step(value, target, (n, d, L), careful, factor)
    names = ("lower bound of the display", "value after a step")
    good = at_most(target, kept, ("σ*", "value after a corrected step"))
    return (
        at_most(floor, after, names, exactly=_exact_above),
        # The step from `value` towards σ* does not pass it; half the factor is half the step.
        proved(proofs.theorem("DeepLinear.one_step_contracts"), sides=good),
    )


def _exact_above(
    n: Any, d: Any, L: Any, factor: Any, target: Any, start: Any, value: Any
) -> tuple[Any, Any]:
    """η n/2 L (d²+1) σ*^{2L-2} times the bracket is 1/4, see `lemmas.half`."""
    rate = exact.proof_step(start, target, int(n), int(d), int(L))
    goal = rationals(target)
    return goal * Fraction(3, 4), _exact_step(rationals(value), goal, (n, d, L), rate, factor)


@claim("awasthi2021:remark-above-stays/half", ABOVE)
def above_half(n: Any, d: Any, L: Any, target: Any, start: Any) -> Any:
    """For the step size of the display that bound is at least half of σ*."""
    rate, bracket = _proof_step(n, d, L, target, start)
    floor = target * (1 - _pull(n, d, L, target, rate) * bracket)
    sides = at_most(target / 2, floor, ("half of σ*", "lower bound of the display"))
    return proved(lemmas.half(), sides=sides)


@claim("awasthi2021:remark-below-stays/step", BELOW, tolerance=1e-9, repair="slip")
def below_step(n: Any, d: Any, L: Any, target: Any, start: Any, value: Any) -> Any:
    """With σ = σ*(1 - δ) the recurrence gives the factor (1+δ)^{L-1} (1 - (1-δ)^L)."""
    rate = bounds.lemma_12_step_corrected(start, target, n, d, L)
    gap, pull = 1 - value / target, _pull(n, d, L, target, rate)
    after = sigma_step(value, target, (n, d, L), rate, 0.5)
    first, second = (
        target * (1 - gap + pull * base ** (L - 1) * (1 - (1 - gap) ** L))
        for base in (1 + gap, 1 - gap)
    )
    names = ("printed factor", "recurrence (42)")
    good = equal(second, after, ("with 1 - δ", "recurrence (42)"))
    return (
        equal(first, after, names, exactly=_exact_below),
        proved(lemmas.below(), sides=good),
    )


def _exact_below(n: Any, d: Any, L: Any, target: Any, start: Any, value: Any) -> tuple[Any, Any]:
    rate = exact.corrected_step(start, [target], int(n), int(d), int(L))
    t, x, nodes, N = rationals(target), rationals(value), int(n), int(L)
    gap, pull = 1 - x / t, rate * nodes / 2 * N * (int(d) ** 2 + 1) * t ** (2 * N - 2)
    stated = t * (1 - gap + pull * (1 + gap) ** (N - 1) * (1 - (1 - gap) ** N))
    return stated, _exact_step(x, t, (n, d, L), rate, 0.5)


@claim("awasthi2021:remark-below-stays/bound", BELOW, tolerance=1e-9)
def below_bound(n: Any, d: Any, L: Any, factor: Any, target: Any, start: Any, value: Any) -> Any:
    """After a step of the lemma's size σ is at most σ*(1 + eta n/2 L (d^2+1) σ*^{2L-2} (1+u)^{L-1}
    L u^L)."""
    rate = bounds.lemma_12_step_printed(start, target, n, d, L)
    _, bracket = _proof_step(n, d, L, target, start)
    ceiling = target * (1 + _pull(n, d, L, target, rate) * bracket)
    after = sigma_step(value, target, (n, d, L), rate, factor)
    careful = bounds.lemma_12_step_corrected(start, target, n, d, L)
    kept = sigma_step(value, target, (n, d, L), careful, factor)
    names = ("value after a step", "upper bound of the display")
    good = at_most(kept, target, ("value after a corrected step", "σ*"))
    return (
        at_most(after, ceiling, names, exactly=_exact_ceiling),
        proved(proofs.theorem("DeepLinear.one_step_contracts"), sides=good),
    )


def _exact_ceiling(
    n: Any, d: Any, L: Any, factor: Any, target: Any, start: Any, value: Any
) -> tuple[Any, Any]:
    """The bound is σ*(1 + m/4), see `lemmas.quarter`."""
    rate = exact.lemma_12_step(start, target, int(n), int(d), int(L))
    t = rationals(target)
    after = _exact_step(rationals(value), t, (n, d, L), rate, factor)
    return after, t * (1 + max(Fraction(1), rationals(start) / t - 1) / 4)


@claim("awasthi2021:remark-below-stays/upper", BELOW)
def below_upper(n: Any, d: Any, L: Any, target: Any, start: Any) -> Any:
    """For the step size of the lemma that bound is at most u."""
    rate = bounds.lemma_12_step_printed(start, target, n, d, L)
    _, bracket = _proof_step(n, d, L, target, start)
    ceiling = target * (1 + _pull(n, d, L, target, rate) * bracket)
    upper = bounds.lemma_12_interval_printed(start, target).upper
    sides = at_most(ceiling, upper, ("upper bound of the display", "u"))
    return proved(lemmas.below_the_upper_end() if lemmas.quarter().proved else None, sides=sides)
