"""Theorems 2 and 3: the step size and the number of steps, as printed and corrected.

Runs are gradient descent from the identity, for each singular value of M_t = W1 + d W2 on its own
(`deep_linear.recurrence` compares that with gradient descent on the matrices). None of them is
judged by a horizon of ours: the number of steps is always the one that is stated.

Reference: awasthi2021, Theorems 2 and 3, Eqs. (24)-(25). Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
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
    after,
    columns,
    excess_loss,
    power_sum,
    runs,
    steps_printed,
)
from gnnconv_lib.audit.awasthi2021.deep_linear import lemmas
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
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
from gnnconv_lib.validation import InvalidInput

_ACCURATE = where(
    "d ≥ 1 and ε at most a tenth of every (1 - σ*)²",
    lambda d, spectrum, accuracy: d >= 1 and accuracy <= np.min((1 - spectrum) ** 2) / 10,
)

_EDGES = where("d ≥ 1 and no σ* is 1", lambda d, spectrum: d >= 1 and not np.any(spectrum == 1))


def _steps_stated(spectrum: Any, n: int, d: int, L: int, accuracy: float, share: float) -> float:
    """T of the corrected theorem as its statement reads, with a share of its largest step."""
    r, needed = len(spectrum), 0.0
    rate = share / (n * L**2 * (d**2 + 1) * max(1 + d, float(max(spectrum))) ** (2 * L - 2))
    for value in spectrum:
        low, high = min(1 + d, value), max(1 + d, value)
        kappa = rate * n * L**2 * (d**2 + 1) * low ** (2 * L - 2)
        inside = n * r * L**2 * high ** (2 * L - 2) * (1 + d - value) ** 2 / (2 * accuracy**2)
        if inside > 1:
            needed = max(needed, math.log(inside) / (2 * kappa))
    return needed


def _steps_with_corrected_rate(
    spectrum: Any, n: int, d: int, L: int, accuracy: float, share: float
) -> float:
    """Eq. (24) with a share of the corrected step size."""
    rate = share * bounds.theorem_2_step_corrected(spectrum, n, d, L)
    return bounds.theorem_2_iterations_printed(spectrum, n, d, L, accuracy, rate)


def _steps_of_the_proof(
    spectrum: Any, n: int, d: int, L: int, accuracy: float, share: float
) -> float:
    """The number at the end of the proof, n times larger inside of the logarithm."""
    return steps_printed(spectrum, n, d, L, accuracy / n, share)


def _whole(steps: float) -> int:
    # Minus infinity, where σ* = 1, asks for no step.
    return math.ceil(steps) if steps > 0 else 0


PRINTED = runs(lambda *case: [steps_printed(*case)], _ACCURATE)
PROOF = runs(lambda *case: [_steps_of_the_proof(*case)], _EDGES)
CORRECTED = runs(lambda *case: [_steps_stated(*case)])
BOTH = runs(lambda *case: [_steps_stated(*case), _steps_with_corrected_rate(*case)], _EDGES)

Column = Any


def _each(function: Any, *cols: Any) -> np.ndarray:
    return np.array([function(*case) for case in zip(*cols, strict=True)], float)


def _rates(step: Any, spectrum: Column, n: Column, d: Column, L: Column, share: Column) -> Any:
    return share * np.array(
        [step(s, a, b, c) for s, a, b, c in zip(spectrum, n, d, L, strict=True)]
    )


def _run(spectrum: Any, n: Any, d: Any, L: Any, rate: Any, steps: Any, factor: float = 1.0) -> Any:
    """The loss and the largest |σ^L - σ*^L| after so many steps."""
    return excess_loss(*after(spectrum, n, d, L, rate, steps, factor), n, L)


_LOSS = ("loss after T steps", "ε²")


@claim("awasthi2021:theorem-2", PRINTED, corrected_by="awasthi2021:theorem-2/corrected")
def theorem(n: Any, d: Any, L: Any, spectrum: Any, accuracy: Any, share: Any) -> Any:
    """With a step size up to Eq. (25) the loss is at most ε^2 after the T of Eq. (24)."""
    rate = _rates(bounds.theorem_2_step_printed, spectrum, n, d, L, share)
    steps = _each(lambda *case: _whole(steps_printed(*case)), spectrum, n, d, L, accuracy, share)
    found = _run(spectrum, n, d, L, rate, steps)[0]
    return at_most(found, accuracy**2, _LOSS, exactly=_exact_theorem)


def _exact_ends(
    n: Any, d: Any, L: Any, spectrum: Any, rate: Any, steps: int, ball: Any
) -> list[tuple[Any, Any]]:
    """σ^L and σ*^L after so many steps, for each singular value, in balls."""
    nodes, degree, depth = int(n), int(d), int(L)
    found = []
    for goal in (ball(float(value)) for value in spectrum):
        sigma = ball(1 + degree)
        for _ in range(steps):
            pull = ball(rate) * nodes * depth * (degree**2 + 1)
            sigma -= pull * sigma ** (depth - 1) * (sigma**depth - goal**depth)
        found.append((sigma**depth, goal**depth))
    return found


def _exact_run(case: Any, step: Any, accuracy: Any, steps: int) -> list[tuple[Any, Any]]:
    """The ends after `steps` steps, which must for certain be T of Eq. (24), rounded up."""
    spectrum, ball = case["spectrum"], case["ball"]
    n, d, L = (int(case[name]) for name in ("n", "d", "L"))
    rate = rationals(case["share"]) * step(spectrum, n, d, L)
    stated = exact.iterations(spectrum, (d, L), accuracy, rate, ball)
    if not (stated <= steps and (steps == 0 or stated > steps - 1)):
        raise InvalidInput(f"T of Eq. (24) is {float(stated):g} and not {steps}, rounded up.")
    return _exact_ends(n, d, L, spectrum, rate, steps, ball)


def _exact_loss(n: Any, ends: list[tuple[Any, Any]]) -> Any:
    return int(n) * sum((x - y) ** 2 for x, y in ends) / 2


def _corrected(spectrum: Any, n: int, d: int, L: int) -> Fraction:
    return exact.corrected_step(1 + d, spectrum, n, d, L)


def _exact_theorem(
    n: Any, d: Any, L: Any, spectrum: Any, accuracy: Any, share: Any, ball: Any
) -> tuple[Any, Any]:
    steps = _whole(steps_printed(spectrum, n, d, L, accuracy, share))
    ends = _exact_run(locals(), exact.theorem_2_step, ball(accuracy), steps)
    return _exact_loss(n, ends), ball(accuracy) ** 2


def _exact_24(
    n: Any, d: Any, L: Any, spectrum: Any, accuracy: Any, share: Any, ball: Any
) -> tuple[Any, Any]:
    steps = _whole(_steps_with_corrected_rate(spectrum, n, d, L, accuracy, share))
    ends = _exact_run(locals(), _corrected, ball(accuracy), steps)
    return _exact_loss(n, ends), ball(accuracy) ** 2


def _exact_powers(
    n: Any, d: Any, L: Any, r: Any, spectrum: Any, accuracy: Any, share: Any, ball: Any
) -> tuple[Any, Any]:
    steps = _whole(_steps_of_the_proof(spectrum, n, d, L, accuracy, share))
    ends = _exact_run(locals(), exact.theorem_2_step, ball(accuracy) / int(n), steps)
    largest = reduce(lambda x, y: x.max(y), (abs(x - y) for x, y in ends))
    return largest, ball(accuracy) / ball(int(n) * int(r)).sqrt()


@correction(
    "awasthi2021:theorem-2/corrected",
    CORRECTED,
    tolerance=1e-9,
    theorem="DeepLinear.corrected_theorem_2",
)
def corrected_theorem(n: Any, d: Any, L: Any, spectrum: Any, accuracy: Any, share: Any) -> Any:
    """With a step size up to the corrected one the loss is at most ε^2 after the corrected T, the
    least whole number that the statement allows."""
    rate = _rates(bounds.theorem_2_step_corrected, spectrum, n, d, L, share)
    steps = _each(bounds.theorem_2_iterations_corrected, spectrum, n, d, L, accuracy, rate)
    stated = _each(_steps_stated, spectrum, n, d, L, accuracy, share)
    return both(
        at_most(_run(spectrum, n, d, L, rate, steps)[0], accuracy**2, _LOSS),
        at_most(steps, stated + 1, ("T", "least T of the statement, plus 1")),
    )


@claim("awasthi2021:eq-24", BOTH, tolerance=1e-9)
def iterations(n: Any, d: Any, L: Any, spectrum: Any, accuracy: Any, share: Any) -> Any:
    """With the corrected step size the loss is at most ε^2 after the T of Eq. (24)."""
    rate = _rates(bounds.theorem_2_step_corrected, spectrum, n, d, L, share)
    case = (spectrum, n, d, L, accuracy, share)
    steps = _each(lambda *row: _whole(_steps_with_corrected_rate(*row)), *case)
    enough = _each(bounds.theorem_2_iterations_corrected, spectrum, n, d, L, accuracy, rate)
    printed, corrected = (_run(spectrum, n, d, L, rate, count)[0] for count in (steps, enough))
    return (
        at_most(printed, accuracy**2, _LOSS, exactly=_exact_24),
        proved(
            proofs.theorem("DeepLinear.corrected_theorem_2"),
            sides=at_most(corrected, accuracy**2, _LOSS),
        ),
    )


@claim(
    "awasthi2021:remark-theorem-3-iterations",
    PROOF,
    corrected_by="awasthi2021:remark-theorem-3-iterations/corrected",
)
def iterations_of_the_proof(
    n: Any, d: Any, L: Any, r: Any, spectrum: Any, accuracy: Any, share: Any
) -> Any:
    """After the T of the proof all |σ^L - σ*^L| are at most ε over sqrt(n r)."""
    rate = _rates(bounds.theorem_2_step_printed, spectrum, n, d, L, share)
    case = (spectrum, n, d, L, accuracy, share)
    steps = _each(lambda *row: _whole(_steps_of_the_proof(*row)), *case)
    # The sentence is looked at for gradient descent; with n/2 it is slower still.
    reached = _run(spectrum, n, d, L, rate, steps)[1]
    names = ("|σ^L - σ*^L|", "ε / sqrt(n r)")
    return at_most(reached, accuracy / np.sqrt(n * r), names, exactly=_exact_powers)


def _steps_for_each(spectrum: Any, n: int, d: int, L: int, accuracy: float, share: float) -> float:
    rate = share * bounds.theorem_2_step_corrected(spectrum, n, d, L)
    needed = 0.0
    for value in spectrum:
        kappa = rate * n * L**2 * (d**2 + 1) * min(1 + d, value) ** (2 * L - 2)
        size = L * max(1 + d, value) ** (L - 1) * abs(1 + d - value)
        inside = math.sqrt(n * len(spectrum)) * size / accuracy
        needed = max(needed, math.log(inside) / kappa if inside > 1 else 0.0)
    return needed


@correction(
    "awasthi2021:remark-theorem-3-iterations/corrected",
    runs(lambda *case: [_steps_for_each(*case)]),
    tolerance=1e-9,
    theorem="DeepLinear.iterations_for_a_power",
)
def iterations_for_each(
    n: Any, d: Any, L: Any, r: Any, spectrum: Any, accuracy: Any, share: Any
) -> Any:
    """With a step size up to the corrected one all |σ^L - σ*^L| are at most ε over sqrt(n r) after
    max_i log(sqrt(n r) L M_i^{L-1} |1 + d - σ_i*| / ε) / κ_i steps."""
    rate = _rates(bounds.theorem_2_step_corrected, spectrum, n, d, L, share)
    case = (spectrum, n, d, L, accuracy, share)
    steps = _each(lambda *row: _whole(_steps_for_each(*row)), *case)
    reached = _run(spectrum, n, d, L, rate, steps)[1]
    return at_most(reached, accuracy / np.sqrt(n * r), ("|σ^L - σ*^L|", "ε / sqrt(n r)"))


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
