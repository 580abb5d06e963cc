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
from typing import Any

import numpy as np

from gnnconv_lib import proofs
from gnnconv_lib.audit import _exact_steps as exact
from gnnconv_lib.audit._linear_regular import (
    after,
    excess_loss,
    runs,
    steps_printed,
)
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    proved,
    rationals,
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
