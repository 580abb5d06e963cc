"""Dual activations: the definition, the derivative identity, the inequalities behind Lemma 5.

Statements about every activation are proved on the page and looked at here for all activations of
the library; inequalities for the ReLU dual are proved by ball arithmetic.

Reference: awasthi2021, Definition 1, the text below Eq. (14), the proofs of Lemmas 5 and 7. Book
page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import activations, dual, monte_carlo
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    domain,
    equal,
    fixed,
    proved,
    real,
    sampled,
    symbolic_zero,
    where,
)
from gnnconv_lib.dual.inequalities import certificate
from gnnconv_lib.witnesses.dual_activation import dual_activation
from gnnconv_lib.witnesses.relu_dual import step_dual

NAMES = activations.names()
CONTINUOUS = tuple(name for name in NAMES if math.isfinite(activations.get(name).lipschitz))
_CORRELATIONS = {
    "quick": [0.0, 0.5, -0.3, -0.95, 0.999, 1.0, -1.0],
    "full": [0.0, 1.0, -1.0, *np.cos(np.linspace(0.01, np.pi - 0.01, 60))],
}
_SCALED_RELU = fixed("σ(t) = √2 max(t, 0), with dual s and s' = dual of √2·1(t ≥ 0)")


def _correlations(names: tuple[str, ...]) -> Callable[[str], dict[str, Any]]:
    def cases(budget: str) -> dict[str, Any]:
        rows = list(product(_CORRELATIONS[budget], names))
        return {"activation": [row[1] for row in rows], "rho": [row[0] for row in rows]}

    return cases


def _steps(budget: str) -> dict[str, Any]:
    rows = [
        (rho, step, name)
        for step in (2.0, 1.0, 0.1, 1e-4, 1e-8, 1e-12)
        for rho in {-1.0, -step / 2, 0.0, 1.0 - step, *_CORRELATIONS[budget]}
        for name in NAMES
        if rho >= -1.0 and rho + step <= 1.0
    ]
    return {
        "activation": [r[2] for r in rows],
        "rho": [r[0] for r in rows],
        "step": [r[1] for r in rows],
    }


def _chords(budget: str) -> list[tuple[float, float]]:
    points = np.linspace(0.0, 1.0, {"quick": 13, "full": 61}[budget])
    ends = [(x, y) for x in points for y in points if x < y]
    return [*ends, (0.0, 1e-3), (1 - 1e-3, 1.0)]


def _chords_of_all(budget: str) -> dict[str, Any]:
    rows = list(product(_chords(budget), NAMES))
    return {
        "activation": [name for _, name in rows],
        "left": [ends[0] for ends, _ in rows],
        "right": [ends[1] for ends, _ in rows],
    }


def _grid(low: float, high: float) -> Callable[[str], dict[str, Any]]:
    """Both ends, their neighbours, 0 and a grid of angles in between, nearest to 0 first."""

    def cases(budget: str) -> dict[str, Any]:
        turns = np.linspace(0.0, np.pi, {"quick": 201, "full": 20_001}[budget])
        middle = (low + high) / 2 + (high - low) / 2 * np.cos(turns)
        near = [low, high, low + 1e-9 * (high - low), high - 1e-9 * (high - low)]
        chosen = np.unique([*middle, *near, *([0.0] if low <= 0 <= high else [])])
        chosen = np.clip(chosen, low, high)
        return {"x": chosen[np.argsort(np.abs(chosen), kind="stable")]}

    return cases


_ACTIVATION = choice("activation", *NAMES)
_RHO = real("rho", "[-1, 1]", "ρ")
DUALS = domain(_ACTIVATION, _RHO, cases=_correlations(NAMES))
DUALS_OF_CONTINUOUS = domain(
    choice("activation", *CONTINUOUS, words="absolutely continuous activation"),
    _RHO,
    cases=_correlations(CONTINUOUS),
)
STEPS = domain(
    _ACTIVATION,
    real("rho", "[-1, 1)", "ρ"),
    real("step", "(0, 2]", "δ"),
    where("ρ + δ ≤ 1", lambda rho, step: rho + step <= 1.0),
    cases=_steps,
)
CHORDS = domain(
    _ACTIVATION,
    real("left", "[0, 1)"),
    real("right", "(0, 1]"),
    where("left < right", lambda left, right: left < right),
    cases=_chords_of_all,
)
RELU_CHORDS = domain(
    _SCALED_RELU,
    real("left", "[0, 1)"),
    real("right", "(0, 1]"),
    where("left < right", lambda left, right: left < right),
    cases=lambda budget: dict(zip(("left", "right"), np.array(_chords(budget)).T, strict=True)),
)
EVERYWHERE = domain(_SCALED_RELU, real("x", "[-1, 1]"), cases=_grid(-1.0, 1.0))
INSIDE = domain(
    fixed("derivative of the inverse cosine"),
    real("x", "(-1, 1)"),
    cases=lambda budget: {"x": [0.0, 0.5, -0.96, 0.96]},
)
POSITIVE = domain(_SCALED_RELU, real("x", "[0, 1]"), cases=_grid(0.0, 1.0))
NEAR_ZERO = domain(
    _SCALED_RELU,
    real("x", "[-0.02, 0.02]"),
    cases=lambda budget: {"x": _grid(-0.02, 0.02)(budget)["x"][::-1]},
)
NUMBERS = domain(
    fixed("σ(t) = √2 max(t, 0)"),
    real("t", "(-inf, inf)"),
    where("t ≠ 0", lambda t: t != 0.0),
    cases=lambda budget: {"t": [0.3, -0.3, 1.0, -1.0, 1e-8, -1e-8, 77.0, -1e3]},
)


def _per_activation(function: Callable[..., Any], activation: Any, *arrays: Any) -> np.ndarray:
    """function(name, arrays at the cases with that name), put together again."""
    names = np.asarray(activation).astype(str)
    found = np.empty(names.shape)
    for name in np.unique(names):
        chosen = names == name
        found[chosen] = np.asarray(function(str(name), *(array[chosen] for array in arrays)))
    return found


@claim("awasthi2021:definition-1/quadrature", DUALS, tolerance=1e-13)
def dual_is_the_expectation(activation: Any, rho: Any) -> Any:
    """The dual is E[σ(X)σ(Y)] for standard Gaussians of covariance ρ."""
    return equal(
        _per_activation(dual.dual, activation, rho),
        _per_activation(dual_activation, activation, rho),
        ("dual of the library", "quadrature of the definition"),
        1.0,
    )


@claim("awasthi2021:definition-1/samples", DUALS)
def dual_is_the_mean_of_samples(activation: Any, rho: Any) -> Any:
    """The dual is E[σ(X)σ(Y)] for standard Gaussians of covariance ρ, as samples show it."""
    estimates = [
        monte_carlo.dual(name, at, 20_000, seed)
        for seed, (name, at) in enumerate(zip(activation, rho, strict=True))
    ]
    return sampled(
        np.array([float(np.asarray(entry.mean)) for entry in estimates]),
        np.array([float(np.asarray(entry.standard_error)) for entry in estimates]),
        _per_activation(dual.dual, activation, rho),
    )


@claim("awasthi2021:remark-dual-continuous", STEPS, tolerance=1e-14)
def dual_is_continuous(activation: Any, rho: Any, step: Any) -> Any:
    """From ρ to ρ + δ the dual of a K-Lipschitz activation moves by at most K²δ, and that of an
    activation with one jump of height a by at most a²√(δ/8): it is continuous on [-1, 1]."""
    moved = _per_activation(dual.dual, activation, rho + step)
    moved = np.abs(moved - _per_activation(dual.dual, activation, rho))
    return at_most(moved, _per_activation(_modulus, activation, step), ("move", "modulus"), 1.0)


def _modulus(name: str, step: Any) -> Any:
    sigma = activations.get(name)
    if math.isfinite(sigma.lipschitz):
        return sigma.lipschitz**2 * step
    jump = float(sigma(1.0)) - float(sigma(-1.0))
    return jump**2 * np.sqrt(step / 8)


@claim("awasthi2021:remark-dual-convex/every-activation", CHORDS, tolerance=1e-14)
def dual_is_convex(activation: Any, left: Any, right: Any) -> Any:
    """On [0, 1] the dual lies below its chords at their middle."""
    middle, low, high = (
        _per_activation(dual.dual, activation, at) for at in ((left + right) / 2, left, right)
    )
    return at_most(middle, (low + high) / 2, ("dual in the middle", "mean of the ends"), 1.0)


@claim("awasthi2021:remark-dual-convex/relu", RELU_CHORDS, tolerance=1e-15)
def relu_dual_is_convex(left: Any, right: Any) -> Any:
    """s is convex on [0, 1]."""
    middle, low, high = (
        np.asarray(dual.scaled_relu(at)) for at in ((left + right) / 2, left, right)
    )
    sides = at_most(middle, (low + high) / 2, ("s in the middle", "mean of the ends"), 1.0)
    return proved(certificate("convex"), sides=sides)


@claim("awasthi2021:remark-derivative-of-dual/relu", EVERYWHERE, tolerance=1e-14)
def derivative_of_the_relu_dual(x: Any) -> Any:
    """The derivative of s is the dual of √2·1(t ≥ 0)."""
    import sympy

    rho = sympy.Symbol("rho", real=True)
    textbook = (sympy.sqrt(1 - rho**2) + rho * (sympy.pi - sympy.acos(rho))) / sympy.pi
    zero = symbolic_zero(sympy.diff(textbook, rho) - (1 - sympy.acos(rho) / sympy.pi))
    sides = equal(
        np.asarray(dual.derivative("scaled_relu", x)),
        dual_activation("step", x),
        ("derivative of s", "dual of the step by quadrature"),
        1.0,
    )
    return proved(zero, sides=sides)


@claim("awasthi2021:remark-derivative-of-dual/step", NUMBERS, tolerance=1e-7)
def derivative_of_the_relu(t: Any) -> Any:
    """The derivative of √2 max(t, 0) is √2·1(t ≥ 0)."""
    relu, step = activations.get("scaled_relu"), activations.get("step")
    width = np.abs(t) / 2
    quotient = (np.asarray(relu(t + width)) - np.asarray(relu(t - width))) / (2 * width)
    return equal(quotient, np.asarray(step(t)), ("difference quotient", "step"), 1.0)


@claim(
    "awasthi2021:remark-derivative-of-dual/continuous-activations",
    DUALS_OF_CONTINUOUS,
    tolerance=1e-12,
)
def derivative_of_a_dual(activation: Any, rho: Any) -> Any:
    """The derivative of the dual is the dual of the derivative."""
    of_derivative = _per_activation(
        lambda name, at: dual_activation(name, at, derivative=True), activation, rho
    )
    return equal(
        _per_activation(dual.derivative, activation, rho),
        of_derivative,
        ("derivative of the dual", "dual of the derivative by quadrature"),
        1.0,
    )


@cache
def _step_in_polar_coordinates() -> Any:
    """2 P(X, Y >= 0): the angles of the pair for which both are nonnegative, out of 2 pi."""
    import sympy

    theta, phi = sympy.symbols("theta phi", real=True)
    share = sympy.integrate(
        1 / (2 * sympy.pi), (phi, theta - sympy.pi / 2, sympy.pi / 2), conds="none"
    )
    return symbolic_zero(2 * share - (1 - theta / sympy.pi))


@claim("awasthi2021:remark-step-dual-closed-form/value", EVERYWHERE, tolerance=1e-14)
def step_dual_in_closed_form(x: Any) -> Any:
    """The dual of √2·1(t ≥ 0) is 1 - arccos(ρ)/π."""
    sides = equal(step_dual(x), dual_activation("step", x), ("closed form", "quadrature"), 1.0)
    return proved(_step_in_polar_coordinates(), sides=sides)


@claim("awasthi2021:remark-step-dual-closed-form/arccos", INSIDE)
def derivative_of_the_arc_cosine(x: Any) -> Any:
    """arccos'(ρ) = -1/√(1 - ρ²)."""
    import sympy

    rho = sympy.Symbol("rho", real=True)
    slope = sympy.Derivative(sympy.acos(rho), rho)
    return proved(symbolic_zero(slope + 1 / sympy.sqrt(1 - rho**2), lambda e: e.doit()))


@claim("awasthi2021:remark-dual-above-1-over-pi", POSITIVE)
def dual_above_one_over_pi(x: Any) -> Any:
    """s(x) ≥ 1/π on [0, 1]."""
    sides = at_most(1 / math.pi, np.asarray(dual.scaled_relu(x)), ("1/π", "s(x)"))
    return proved(certificate("at least 1/pi"), sides=sides)


@claim("awasthi2021:remark-dual-of-absolute-value", EVERYWHERE)
def dual_of_the_absolute_value(x: Any) -> Any:
    """|s(x)| ≤ s(|x|) on [-1, 1]."""
    here, there = np.asarray(dual.scaled_relu(x)), np.asarray(dual.scaled_relu(np.abs(x)))
    return both(
        proved(certificate("nonnegative"), sides=at_most(0.0, here, ("0", "s(x)"))),
        proved(
            certificate("largest on the positive side"),
            sides=at_most(here, there, ("s(x)", "s(|x|)")),
        ),
    )


@claim("awasthi2021:remark-dual-nondecreasing", RELU_CHORDS)
def dual_does_not_decrease(left: Any, right: Any) -> Any:
    """s does not decrease on [0, 1]."""
    low, high = (np.asarray(dual.scaled_relu(at)) for at in (left, right))
    sides = at_most(low, high, ("s(left)", "s(right)"))
    return proved(certificate("nondecreasing"), sides=sides)


@claim("awasthi2021:remark-step-dual-above-half", NEAR_ZERO, repair="slip")
def step_dual_near_zero(x: Any) -> Any:
    """s'(x) ≥ 1/2 whenever |x| ≤ 1/50."""
    here = np.asarray(dual.step(x))
    names = ("stated bound", "s'(x)")
    return (
        proved(
            certificate("step at least 1/2 near 0"),
            sides=at_most(0.5, here, names, exactly=_exact_slope),
        ),
        proved(certificate("step near 0"), sides=at_most(0.4936, here, names)),
    )


def _exact_slope(x: float, ball: Any, pi: Any) -> tuple[Any, Any]:
    """1/2 and 1 - arccos(x)/π."""
    return ball(0.5), 1 - ball(x).acos() / pi
