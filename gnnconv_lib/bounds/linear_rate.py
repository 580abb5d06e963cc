"""The bounds of the linear rate that holds on every graph, in closed form.

All of them are for one unit with a unit teacher and a step x = eta A. A graph enters through

    A,   M = sum m_ij = (sum sqrt(d_i+1))^2,   S = sum d_ij = sum (d_i+1)^2,

of which M and S need the degrees only. c is the cosine of the angle theta between w and w*, and
phi = pi - theta the distance from the direction opposite to the teacher.

Book pages: book/beyond/global-linear-rate, book/beyond/exact-local-rate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.special import betainc, betaincinv, betaln

from gnnconv_lib.validation import require_integer, require_real

__all__ = [
    "best_constant",
    "condition_number_bounds",
    "divergence_length",
    "escape_steps",
    "escape_steps_on_cliques",
    "expected_escape_steps",
    "linear_rate_iterations",
    "longest_without_overshoot",
    "near_antipode_probability",
    "rate_constant",
    "rate_constant_from_degrees",
    "sparse_slope_ratio",
    "starting_angle",
]

# On [0, pi/2]: arctan(u) >= 0.639 u and sin(phi) >= 2 phi / pi, and 0.639 * 2 / pi > 2/5.
_TURN = 0.4


def rate_constant(slope: Any, slope_at_one: Any, cos: Any) -> Any:
    """The constant of the gradient inequality, mu(c) = (1 + c) C(c)^2 / (2 C(1)).

    |grad L|^2 >= 2 mu(c) L at every length. It increases with c, and mu(1) = C(1) <= A.

    Args:
        slope: C(c), any shape.
        slope_at_one: C(1).
        cos: c.

    >>> float(rate_constant(8.0, 8.0, 1.0))
    8.0
    """
    return (1 + np.asarray(cos)) * np.asarray(slope) ** 2 / (2 * np.asarray(slope_at_one))


def best_constant(full: Any, gap: Any, slope: Any, angle: Any) -> Any:
    """The largest constant that the gradient inequality allows at an angle, whatever the length.

        mu_best = A C^2 sin(theta)^2 / ((A - B)(A + B)),   attained at the length B / A;

    its limit C(1) at the teacher. At theta = pi it is 0.

    Args:
        full: A.
        gap: D = A - B(c).
        slope: C(c).
        angle: theta in [0, pi].

    >>> float(best_constant(1.0, 0.0, 1.0, 0.0))
    1.0
    """
    full, gap, slope = np.asarray(full), np.asarray(gap), np.asarray(slope)
    below = gap * (2 * full - gap)
    ratio = full * (slope * np.sin(angle)) ** 2 / np.where(below == 0, 1.0, below)
    return np.where(below == 0, slope, ratio)


def rate_constant_from_degrees(messages: Any, cos: Any) -> Any:
    """A lower bound of `rate_constant` that needs S and c only.

        mu(c) >= (1 + c) S s'(min(c, 0))^2 / 2,   s'(x) = 1 - arccos(x) / pi;

    it is (1 + c) S / 8 for c >= 0.

    Args:
        messages: S.
        cos: c in [-1, 1].

    >>> float(rate_constant_from_degrees(8.0, 0.0))
    1.0
    """
    cos = np.asarray(cos)
    step = 1 - np.arccos(np.minimum(cos, 0.0)) / np.pi
    return (1 + cos) * np.asarray(messages) * step**2 / 2


def linear_rate_iterations(
    full: float, messages: float, initial_loss: float, target_loss: float, step: float = 1.0
) -> float:
    """The number of steps from a start with c >= 0, T = 8 A / (x (2 - x) S) log(L_0 / target).

    Args:
        full, messages: A and S.
        initial_loss: L_0.
        target_loss: the loss to reach.
        step: x = eta A in (0, 1].

    Returns:
        T, zero if L_0 is already below.

    >>> linear_rate_iterations(1.0, 8.0, math.e, 1.0)
    1.0
    """
    step = require_real("step", step, 1e-300, 1.0)
    if initial_loss <= target_loss:
        return 0.0
    return 8 * full / (step * (2 - step) * messages) * math.log(initial_loss / target_loss)


def escape_steps(
    pairs: float,
    messages: float,
    antipodal_angle: Any,
    full: float | None = None,
    step: float = 1.0,
    length: float = 1.0,
) -> Any:
    """The number of steps after which the angle to the teacher is at most 90 degrees.

        T_0 <= 1 + (1/phi_0 - 2/pi) (5 / (2 k) + pi / 2),
        k = (S / M) x g / ((1 - x) max(l_0, 1) + x g),   g = M / (pi A);

    k = S / M at x = 1. Zero for phi_0 >= pi/2.

    Args:
        pairs, messages: M and S.
        antipodal_angle: phi_0 in (0, pi], any shape.
        full: A; needed for x < 1.
        step: x = eta A in (0, 1].
        length: l_0.

    >>> float(escape_steps(5.0, 5.0, math.pi / 2)), float(escape_steps(5.0, 5.0, 0.0))
    (0.0, inf)
    """
    step = require_real("step", step, 1e-300, 1.0)
    share = messages / pairs
    if step < 1:
        size = pairs / (math.pi * require_real("full", full, 0.0))
        share *= step * size / ((1 - step) * max(length, 1.0) + step * size)
    phi = np.asarray(antipodal_angle, dtype=float)
    with np.errstate(divide="ignore"):
        bound = 1 + (1 / phi - 2 / np.pi) * (1 / (_TURN * share) + np.pi / 2)
    return np.where(phi >= np.pi / 2, 0.0, bound)


def escape_steps_on_cliques(disjoint: float, messages: float, antipodal_angle: Any) -> Any:
    """A lower bound of the escape time at x = 1 on disjoint cliques: (1/phi_0 - 2/pi) M_0 / S.

    Args:
        disjoint: M_0 = M - S, the sum of m_ij over pairs in different cliques.
        messages: S.
        antipodal_angle: phi_0 in (0, pi/2].

    >>> float(escape_steps_on_cliques(8.0, 8.0, math.pi / 2))
    0.0
    """
    phi = np.asarray(antipodal_angle, dtype=float)
    return (1 / phi - 2 / np.pi) * disjoint / messages


def near_antipode_probability(antipodal_angle: Any, inner_dimension: int) -> Any:
    """P(phi_0 <= phi) for a Gaussian start in R^r: I_q((r-1)/2, (r-1)/2) with q = sin(phi/2)^2.

    A regularised incomplete beta function; one half for r = 1, whatever phi < pi.

    Args:
        antipodal_angle: phi in [0, pi], any shape.
        inner_dimension: r >= 1.

    >>> [round(float(near_antipode_probability(math.pi / 2, r)), 12) for r in (1, 4)]
    [0.5, 0.5]
    """
    inner = require_integer("inner_dimension", inner_dimension, 1)
    phi = np.asarray(antipodal_angle, dtype=float)
    if inner == 1:
        return np.where(phi >= np.pi, 1.0, 0.5)
    half = (inner - 1) / 2
    return betainc(half, half, np.clip(np.sin(phi / 2) ** 2, 0, 1))


def starting_angle(failure: float, units: int, inner_dimension: int) -> float:
    """The phi that all of h Gaussian units exceed with probability 1 - failure: 1 - (1 - P)^h = failure.

    Args:
        failure: in (0, 1).
        units: h.
        inner_dimension: r.

    Returns:
        phi; 0 for r = 1 and failure below 1 - 2^-h, where an exactly opposite start is as likely.

    >>> round(starting_angle(0.5, 1, 7) / math.pi, 9)
    0.5
    """
    failure = require_real("failure", failure, 1e-300, 1 - 1e-16)
    units = require_integer("units", units, 1)
    inner = require_integer("inner_dimension", inner_dimension, 1)
    single = -math.expm1(math.log1p(-failure) / units)
    if inner == 1:
        return math.pi if single >= 0.5 else 0.0
    half = (inner - 1) / 2
    return 2 * math.asin(math.sqrt(float(betaincinv(half, half, single))))


def expected_escape_steps(pairs: float, messages: float, inner_dimension: int) -> float:
    """A bound on the mean escape time of one Gaussian start at x = 1, finite for r >= 3.

        E T_0 <= 1/2 + (5 M / (2 S) + pi / 2) E (1/phi_0 - 2/pi)_+ .

    Args:
        pairs, messages: M and S.
        inner_dimension: r; the bound is infinite for r <= 2.

    >>> expected_escape_steps(1.0, 1.0, 2)
    inf
    """
    inner = require_integer("inner_dimension", inner_dimension, 1)
    if inner <= 2:
        return math.inf
    weight = math.exp(-betaln(0.5, (inner - 1) / 2))

    def density(phi: float) -> float:
        # sin^(r-2) / phi is bounded, but not written as such at 0.
        return (math.sin(phi) / phi - 2 / math.pi * math.sin(phi)) * math.sin(phi) ** (inner - 3)

    mean = weight * quad(density, 1e-300, math.pi / 2)[0]
    return 0.5 + (pairs / (_TURN * messages) + math.pi / 2) * mean


def longest_without_overshoot(full: Any, mixed: Any, slope: Any, cos: Any, step: Any) -> Any:
    """For 1 < x < 2: up to this length the angle does not grow, l = x (B - c C) / ((x - 1) A).

    Args:
        full, mixed, slope, cos: A, B(c), C(c), c.
        step: x = eta A > 1.

    >>> float(longest_without_overshoot(1.0, 1.0, 0.0, 0.0, 1.5))
    3.0
    """
    step = np.asarray(step)
    return step * (np.asarray(mixed) - np.asarray(cos) * slope) / ((step - 1) * full)


def divergence_length(step: Any) -> Any:
    """For x > 2: from a length above x / (x - 2) gradient descent diverges, on every graph.

    Args:
        step: x = eta A > 2.

    >>> float(divergence_length(3.0))
    3.0
    """
    step = np.asarray(step)
    return step / (step - 2)


def condition_number_bounds(pairs: Any, messages: Any) -> tuple[Any, Any]:
    """Bounds on the condition number A / C(1) at the teacher, for every graph.

        M / (pi S) + 1/2 <= A / C(1) <= 2 M / (pi S) + 2 - 2/pi.

    On a d-regular graph M / S = n / (d+1); in general M / S <= n / (mean degree + 1).

    Args:
        pairs, messages: M and S.

    >>> [round(float(bound), 3) for bound in condition_number_bounds(math.pi, 1.0)]
    [1.5, 3.363]
    """
    ratio = np.asarray(pairs) / np.asarray(messages)
    return ratio / np.pi + 0.5, 2 * ratio / np.pi + 2 - 2 / np.pi


def sparse_slope_ratio(degree: Any) -> Any:
    """The limit of C(1) / S on d-regular graphs without short cycles, n large: a function of d only.

        g(d) = [(d+1) + 2 d s'(2/(d+1)) + d (d-1) s'(1/(d+1))] / (d+1)^2,   1 >= g(d) > 1/2.

    The three terms are the pairs at distance 0, 1 and 2. A / C(1) is then close to
    n / ((d+1) pi g(d)).

    Args:
        degree: d, any shape.

    >>> round(float(sparse_slope_ratio(0)), 12), bool(0.5 < sparse_slope_ratio(1000) < 0.51)
    (1.0, True)
    """
    degree = np.asarray(degree, dtype=float)
    size = degree + 1
    near, far = (1 - np.arccos(np.minimum(k / size, 1.0)) / np.pi for k in (2, 1))
    return (size + 2 * degree * near + degree * (degree - 1) * far) / size**2
