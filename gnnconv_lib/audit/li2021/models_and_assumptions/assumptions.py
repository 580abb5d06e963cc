"""Which activations satisfy Assumptions 1 and 2; the norms, the noise and the scale of W*.

Reference: li2021, Notations, Assumptions. Book page: `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy

from gnnconv_lib import activations
from gnnconv_lib.audit._averaging_cases import ACTIVATIONS, rectified, values
from gnnconv_lib.claims import (
    SymbolicZero,
    at_most,
    both,
    choice,
    claim,
    correction,
    domain,
    drawn,
    equal,
    fixed,
    integer,
    lemma,
    less,
    proved,
    readings,
    real,
    symbolic_zero,
)

LISTED = ("relu", "leaky_relu(0.2)", "leaky_relu(0.05)", "sigmoid", "softplus")
_POINTS = {"quick": 2001, "full": 200_001}


def _activations(*names: str) -> Any:
    return domain(
        choice("activation", *names),
        fixed("all pairs of neighbouring points of a grid on [-20, 20], and x = 0"),
        cases=lambda budget: [{"activation": n, "points": _POINTS[budget]} for n in names],
        derived=("points",),
        words=lambda activation: activation,
    )


def _slopes(name: str, points: int) -> np.ndarray:
    """Quotients of differences between neighbouring points."""
    t = np.linspace(-20.0, 20.0, points)
    return np.diff(values(activations.get(name), t)) / np.diff(t)


def _at_zero(name: str) -> float:
    return abs(float(values(activations.get(name), np.zeros(1))[0]))


def _assumption_1(name: str, points: int) -> tuple[Any, Any]:
    slopes = _slopes(name, points)
    return (
        at_most(0.0, slopes, ("0", "slope between two points"), 1.0, exactly=_flattest),
        at_most(slopes, 1.0, ("slope between two points", "1"), 1.0, exactly=_steepest),
    )


def _steepest(activation: str, points: int, ball: Any) -> tuple[Any, Any] | None:
    """The largest slope of Swish between two points of the grid."""
    return (_swish_slope(points, np.argmax, ball), 1) if activation == "swish" else None


def _flattest(activation: str, points: int, ball: Any) -> tuple[Any, Any] | None:
    """The least one, as far below 0 as the largest is above 1."""
    return (0, _swish_slope(points, np.argmin, ball)) if activation == "swish" else None


def _swish_slope(points: int, which: Any, ball: Any) -> Any:
    t = np.linspace(-20.0, 20.0, points)
    k = int(which(_slopes("swish", points)))
    x, y = ball(float(t[k])), ball(float(t[k + 1]))
    return (y / (1 + (-y).exp()) - x / (1 + (-x).exp())) / (y - x)


def _sigmoid_at_zero(activation: str) -> tuple[Any, Any]:
    assert activation == "sigmoid"
    return Fraction(1, 2), 0


def _assumption_2(name: str) -> Any:
    # At x = 0 the right side is 0 whatever L_sigma is.
    names = ("|sigma(0)|", "L_sigma |0|")
    return at_most(_at_zero(name), 0.0, names, 1.0, exactly=_sigmoid_at_zero)


@lemma
def rectified_slopes(a: Any, x: Any, y: Any, s: Any, t: Any) -> Any:
    """s, t are max(x, a x), max(y, a y) with a slope a in [0, 1]: 0 <= t - s <= y - x, |s| <= |x|."""
    return {
        "0 ≤ a ≤ 1, x < y": (a >= 0, a <= 1, y > x),
        "s = max(x, ax)": (s >= x, s >= a * x, (s - x) * (s - a * x) == 0),
        "t = max(y, ay)": (t >= y, t >= a * y, (t - y) * (t - a * y) == 0),
    }, (t >= s, t - s <= y - x, s * s <= x * x)


@claim("li2021:remark-assumptions-list/increasing-and-lipschitz", _activations(*LISTED), each=True)
def listed_are_increasing(activation: str, points: int) -> Any:
    """The listed activations are increasing and 1-Lipschitz."""
    return both(*_assumption_1(activation, points))


@claim(
    "li2021:remark-assumptions-list/bounded",
    _activations(*LISTED),
    each=True,
    repair="replacement",
    corrected_by="li2021:remark-assumptions-list/relu-family",
)
def listed_are_bounded(activation: str) -> Any:
    """The listed activations satisfy |σ(x)| ≤ L_σ |x| for every x."""
    return _assumption_2(activation)


@correction(
    "li2021:remark-assumptions-list/relu-family",
    _activations("relu", "leaky_relu(0.2)", "leaky_relu(0.05)"),
    each=True,
)
def relu_family_satisfies_both(activation: str, points: int) -> Any:
    """ReLU and leaky ReLU satisfy both assumptions, with L_σ = 1."""
    t = np.linspace(-20.0, 20.0, points)
    size = np.abs(values(activations.get(activation), t))
    bounded = at_most(size, np.abs(t), ("|sigma(x)|", "|x|"), 1.0)
    parts = (*_assumption_1(activation, points), bounded)
    return both(*(proved(rectified_slopes(), sides=sides) for sides in parts))


@claim(
    "li2021:remark-assumptions-swish/lipschitz",
    _activations("swish", "softplus"),
    each=True,
    repair="replacement",
    corrected_by="li2021:remark-assumptions-swish/true-constants",
)
def swish_is_covered(activation: str, points: int) -> Any:
    """Swish is monotone and 1-Lipschitz, as softplus is."""
    return both(*_assumption_1(activation, points))


LARGEST_SLOPE, STEEPEST, MINIMUM = 1.0998394, 2.3993572805, -1.2784645
TURNING = domain(
    real("x", "[-20, 20]"),
    fixed("Swish"),
    # A grid, and the points between which the digits of the statement decide.
    cases=lambda budget: {
        "x": np.concatenate(
            [np.linspace(-20, 20, 39_998), [STEEPEST, MINIMUM - 1e-7, MINIMUM + 1e-7]]
        )
    },
)


@correction("li2021:remark-assumptions-swish/true-constants", TURNING, tolerance=1e-9)
def swish_constants(x: Any) -> Any:
    """Swish falls up to -1.2784645 and rises beyond, both up to 1e-7, its slope is at most 1.0998394 and
    1e-7 less at one point, and |σ(x)| ≤ |x|."""
    swish = activations.get("swish")
    slope = np.asarray(swish.derivative(x))
    rising = np.where(x > MINIMUM, slope, -slope)
    return both(
        less(0.0, rising, ("0", "slope away from the minimum")),
        at_most(slope, LARGEST_SLOPE, ("slope", "1.0998394"), 1.0),
        at_most(
            np.where(x == STEEPEST, LARGEST_SLOPE - 1e-7, -1.0),
            slope,
            ("1.0998393 at x = 2.3993573", "slope"),
            1.0,
        ),
        at_most(np.abs(values(swish, x)), np.abs(x), ("|sigma(x)|", "|x|"), 1.0),
    )


@claim(
    "li2021:remark-contribution-hypotheses",
    _activations(*LISTED, "swish"),
    each=True,
    repair="replacement",
    corrected_by="li2021:remark-assumptions-list/relu-family",
)
def stated_hypotheses(activation: str, points: int) -> Any:
    """Each activation of the list satisfies all that Theorem 2 assumes: Assumptions 1 and 2."""
    return both(*_assumption_1(activation, points), _assumption_2(activation))


# The scale of W*.


def _scales(names: tuple[str, ...]) -> Any:
    return domain(
        choice("activation", *names),
        real("scale", "(0, inf)", "norm of W*"),
        fixed("isolated nodes with one feature, taking the values 1, 2, -1"),
        cases=lambda budget: [
            {"activation": name, "scale": scale}
            for name in names
            for scale in (2.0, 0.05, 0.5, 10.0)
        ],
    )


def _misfit(activation: str, scale: float) -> float:
    """min over v, and over the sign of W, of |target - v output| / |target|."""
    sigma, inputs = activations.get(activation), np.array([1.0, 2.0, -1.0])
    target = values(sigma, scale * inputs)
    gaps = []
    for sign in (1.0, -1.0):
        basis = values(sigma, sign * inputs)
        v = target @ basis / (basis @ basis)
        gaps.append(float(np.linalg.norm(target - v * basis) / np.linalg.norm(target)))
    return min(gaps)


@claim(
    "li2021:remark-unit-norm",
    _scales(ACTIVATIONS),
    each=True,
    corrected_by="li2021:remark-unit-norm/relu-family",
)
def unit_norm(activation: str, scale: float) -> Any:
    """Each teacher equals one with |W*| = 1 and another v*."""
    names = ("misfit of the best v", "0")
    return at_most(_misfit(activation, scale), 0.0, names, 1.0, exactly=_misfit_of_the_sigmoid)


def _misfit_of_the_sigmoid(activation: str, scale: float, ball: Any) -> Any:
    """`_misfit` and 0 in ball arithmetic, for the sigmoid."""
    if activation != "sigmoid":
        return None

    def outputs(factor: Any) -> list[Any]:
        return [1 / (1 + (-ball(factor) * x).exp()) for x in (1, 2, -1)]

    def product(left: list[Any], right: list[Any]) -> Any:
        return sum((x * y for x, y in zip(left, right, strict=True)), ball(0))

    target, gaps = outputs(scale), []
    for sign in (1, -1):
        basis = outputs(sign)
        share = product(target, basis) ** 2 / product(basis, basis)
        gaps.append((1 - share / product(target, target)).sqrt())
    return min(gaps), 0


@correction(
    "li2021:remark-unit-norm/relu-family",
    _scales(tuple(name for name in ACTIVATIONS if rectified(name))),
    each=True,
    exempt="the misfit is zero in every case",
)
def unit_norm_of_the_relu_family(activation: str, scale: float) -> Any:
    """For ReLU and leaky ReLU, v* takes the factor."""
    sides = at_most(_misfit(activation, scale), 0.0, ("misfit of the best v", "0"), 1.0)
    return proved(positively_homogeneous(), sides=sides)


@lemma
def positively_homogeneous(a: Any, k: Any, x: Any, s: Any, t: Any) -> Any:
    """s, t are max(x, a x), max(k x, a k x) with a slope a in [0, 1] and k > 0: t = k s."""
    return {
        "0 ≤ a ≤ 1, k > 0": (a >= 0, a <= 1, k > 0),
        "s = max(x, ax)": (s >= x, s >= a * x, (s - x) * (s - a * x) == 0),
        "t = max(kx, akx)": (t >= k * x, t >= a * k * x, (t - k * x) * (t - a * k * x) == 0),
    }, t == k * s


# Norms.


def _unit_pairs(budget: str) -> dict[str, Any]:
    count = {"quick": 50, "full": 2000}[budget]
    draws = [np.random.default_rng(k).standard_normal((2, 3, 2)) for k in range(count)]
    exact = np.stack([np.eye(3, 2) * [1.0, 0.0], np.eye(3, 2)])
    return {"pair": np.stack([exact, *draws])}


PAIRS = domain(
    drawn("pair", "two matrices W, W* of norm 1, d = 3 and d_out = 2"),
    cases=_unit_pairs,
    words=lambda pair: "W = diag(1, 0), W* = I" if pair[0, 1, 1] == 0 else "random W, W*",
)


def _polarised(pair: np.ndarray, order: Any) -> Any:
    """|W - W*|² and 2 - 2 Tr(W*' W) for matrices scaled to norm 1."""
    W, V = (
        x / np.linalg.norm(x, order, axis=(1, 2))[:, None, None] for x in (pair[:, 0], pair[:, 1])
    )
    left = np.linalg.norm(W - V, order, axis=(1, 2)) ** 2
    right = 2 - 2 * np.sum(W * V, axis=(1, 2))
    names = ("|W - W*|^2", "2 - 2 Tr(W*' W)")
    return equal(left, right, names, 1.0, exactly=_spectral if order == 2 else None)


def _spectral(pair: np.ndarray) -> tuple[Any, Any]:
    """For W = diag(1, 0) and W* = I, both of spectral norm 1: 1 against 2 - 2."""
    assert pair[0].tolist() == [[1, 0], [0, 0], [0, 0]]
    assert pair[1].tolist() == [[1, 0], [0, 1], [0, 0]]
    return 1, 0


@cache
def _frobenius() -> SymbolicZero:
    """tr (W - V)'(W - V) = 2 - 2 tr V'W for tr W'W = tr V'V = 1, as tr W'V = tr V'W.

    w and v stand for W' and V'; the trace is linear.
    """
    W, V, w, v = sympy.symbols("W V w v", commutative=False)
    product = sympy.Symbol("p", real=True)
    traces = {w * W: 1, v * V: 1, v * W: product, w * V: product}
    return symbolic_zero(
        (w - v) * (W - V) - (2 - 2 * product), sympy.expand, lambda e: e.subs(traces)
    )


@claim("li2021:definition-norms", PAIRS, tolerance=1e-12)
def matrix_norm(pair: Any) -> Any:
    """For matrices of norm 1, |W - W*|² = 2 - 2 Tr(W*'W), on which the recursion for W rests."""
    frobenius = proved(_frobenius(), sides=_polarised(pair, "fro"))
    return readings(Frobenius=frobenius, spectral=_polarised(pair, 2)), frobenius


# Noise.

SCALES = domain(
    real("deviation", "(0, inf)", "standard deviation"),
    integer("kind", "[0, 1]", "Gaussian (0) or random sign (1)"),
    cases=lambda budget: {
        "deviation": np.array([0.05, 0.2, 1.0, 10.0] * 2),
        "kind": np.repeat([0, 1], 4),
    },
)


@claim("li2021:remark-sub-gaussian/norms", SCALES, tolerance=1e-11)
def sub_gaussian_noise(deviation: Any, kind: Any) -> Any:
    """The ψ₂ norm inf{t : E exp(X²/t²) ≤ 2} is s√(8/3) for a Gaussian, s/√(log 2) for a sign."""
    z, weight = np.polynomial.legendre.leggauss(400)
    z, weight = 40 * z, 40 * weight
    norm = np.where(kind == 0, deviation * np.sqrt(8 / 3), deviation / np.sqrt(np.log(2)))
    ratio = (deviation / norm)[:, None]
    gaussian = np.exp((z * ratio) ** 2 - z**2 / 2) @ weight / np.sqrt(2 * np.pi)
    found = np.where(kind == 0, gaussian, np.exp(ratio[:, 0] ** 2))
    return proved(_exponential_moments(), sides=equal(found, 2.0, ("E exp(X^2/t^2)", "2")))


@cache
def _exponential_moments() -> SymbolicZero:
    """E exp(X^2/t^2) = 2 for a Gaussian with t^2 = 8 s^2/3 and for a sign with t^2 = s^2/log 2."""
    s, z = sympy.symbols("s z", positive=True)
    density = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)
    moment = sympy.exp((s * z) ** 2 / (s**2 * sympy.Rational(8, 3))) * density
    gaussian = sympy.Integral(sympy.simplify(moment), (z, -sympy.oo, sympy.oo))
    sign = sympy.exp(s**2 / (s**2 / sympy.log(2)))
    return symbolic_zero((gaussian - 2) ** 2 + (sign - 2) ** 2, lambda e: e.doit())


DEVIATIONS = domain(
    real("deviation", "(0, inf)", "standard deviation"),
    cases=lambda budget: {"deviation": np.array([0.05, 0.2, 1.0, 10.0])},
)


@claim("li2021:remark-sub-gaussian/larger", DEVIATIONS)
def a_larger_class(deviation: Any) -> Any:
    """A random sign is not Gaussian: its fourth moment is below a Gaussian's of its deviation."""
    z, weight = np.polynomial.legendre.leggauss(400)
    z, weight = 40 * z, 40 * weight * np.exp(-((40 * z) ** 2) / 2) / np.sqrt(2 * np.pi)
    sign = np.mean((deviation[:, None] * np.array([-1.0, 1.0])) ** 4, axis=1)
    gaussian = (deviation[:, None] * z) ** 4 @ weight
    sides = less(sign, gaussian, ("fourth moment of a sign", "of a Gaussian"))
    return proved(fourth_moments(), sides=sides)


@lemma
def fourth_moments(s: Any) -> Any:
    """s^4 < 3 s^4."""
    return {"a deviation": s > 0}, s * s * s * s < 3 * s * s * s * s
