"""Lemmas 1 and 2 and Theorem 2 of li2021: Eqs. (18)-(20) and (40)-(49), and the corrected theorem for q = 1.

Corrected theorem, one hidden unit: let M(c) be the mean product of two outputs at angle arccos c
(`averaging_gnn.population_map`), K = Lip^2 times the mean variance of a read-out of X, which bounds M';
both deviations at most eta_W, eta_v along the path; 0 <= c_1 <= c_0 = W*'W_0 and
rho = min(v_0 v*, (v*^2 M(c_1) - eta_v |v*|)/M(1)) > 0; alpha M(1) <= 1 and
alpha max(|v_0|, |v*| + eta_v/M(1))^2 <= 1/2; k = 4 eta_W (1 + alpha rho + sqrt(1 + alpha rho))/rho with
k^2 <= 2 (1 - c_1). Then v_t v* >= rho, and with b = 1 - alpha M(1)

    |W_t - W*| <= k + (1 + alpha rho)^(-t/2) (|W_0 - W*| - k) =: w_t,
    |v_t - v*| <= b^t |v_0 - v*| + alpha sum_{s<t} b^(t-1-s) (|v*| K/2 w_s^2 + eta_v).

In the population (eta = 0, k = 0) 1/2 may be 1. Book page `book/li2021/convergence` proves it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.bounds.li2021.constants import (
    Setting,
    equation_13,
    equation_14_printed,
    equation_15,
    equation_17,
    radius,
    width,
)
from gnnconv_lib.shapes import Numbers

__all__ = [
    "corrected_floor",
    "corrected_path",
    "corrected_rho",
    "equation_18_constant",
    "equation_20",
    "equation_40",
    "equation_41_corrected",
    "equation_41_printed",
    "equation_43",
    "equation_44",
    "equation_45",
    "equation_46",
    "equation_47",
    "equation_48",
    "equation_49",
]


def equation_18_constant(learning_rate: float, rho: float, deviation: float) -> float:
    """k = 4 eta_W (1 + alpha rho + sqrt(1 + alpha rho)) / rho, the constant of Eq. (18).

    It solves k = k / sqrt(1 + alpha rho) + 4 alpha eta_W.

    Reference: li2021, Eq. (18).

    >>> equation_18_constant(3.0, 1.0, 0.5)
    12.0
    """
    grown = 1 + learning_rate * rho
    return _over(4 * deviation * (grown + math.sqrt(grown)), rho)


def equation_20(
    error_v: Any,
    error_W: Any,
    setting: Setting,
    lowest: float,
    largest: float,
    steepest: float,
    deviation: Any = 0.0,
) -> Any:
    """Right side of (19)-(20).

    (1 - a m/2 + 3 M^2 a^2) e^2 + (a L^2/m + 3 L^2 a^2) |W-W*|^2 |v*|^2 + (2a/m + 3 a^2) eta_v^2.

    Args:
        lowest, largest, steepest: sigma_m, sigma_M and L of Lemma 2.
        deviation: eta_v.

    Reference: li2021, Eqs. (19)-(20).

    >>> round(float(equation_20(2.0, 0.0, Setting(learning_rate=0.1), 1.0, 1.0, 1.0)), 12)
    3.92
    >>> round(float(equation_20(0.0, 0.0, Setting(learning_rate=0.1), 1.0, 1.0, 1.0, 2.0)), 12)
    0.92
    """
    a = setting.learning_rate
    keep = 1 - a * lowest / 2 + 3 * (largest * a) ** 2
    pull = steepest**2 * (a / lowest + 3 * a**2)
    left = (2 * a / lowest + 3 * a**2) * np.square(deviation)
    return keep * np.square(error_v) + pull * np.square(error_W) * setting.target**2 + left


def equation_40(setting: Setting) -> float:
    """The largest admissible step size, min(1 / (2 (|v_0-v*|^2 + |v*|^2)), q / (6 B^2 L^2)).

    Reference: li2021, Eq. (40).

    >>> round(1 / equation_40(Setting(features=1)), 9)
    150.0
    """
    first = _over(1.0, 2 * (setting.distance**2 + setting.target**2))
    return min(first, setting.outputs / (6 * (width(setting) * setting.slope) ** 2))


def equation_41_printed(setting: Setting) -> float:
    """Right side of (41) or (42): what (2/c) sqrt(log n / n) may be at most.

    Reference: li2021, Eqs. (41) and (42).

    >>> round(equation_41_printed(Setting(learning_rate=1e-4, features=1, smallest_size=4.0)), 5)
    0.00511
    """
    d, size = setting.features, setting.smallest_size
    if setting.level == "graph":
        return equation_41_corrected(setting)
    printed = radius(setting) * d / size**2 * (1 + setting.at_zero) + d / size * setting.noise
    return _room(setting) / printed


def equation_41_corrected(setting: Setting) -> float:
    """Right side of (41) with the denominator of (28) and (46); Eq. (42) unchanged.

    Reference: li2021, Eq. (41) in agreement with Eq. (46).

    >>> round(equation_41_corrected(Setting(learning_rate=1e-4, features=1, smallest_size=4.0)), 5)
    0.00128
    """
    return _room(setting) / _spread(setting)


def equation_43(
    setting: Setting, steps: Numbers[ArrayLike, "*points"]
) -> Numbers[np.ndarray, "*points"]:
    """(1 + alpha rho)^(-t/2) |W_0 - W*| for |W_0| = |W*| = 1 in the Frobenius norm.

    Reference: li2021, Eq. (43).

    >>> float(equation_43(Setting(trace=-1.0), [0])[0])
    2.0
    """
    start = math.sqrt(max(0.0, 2 - 2 * setting.trace))
    rate = np.log1p(setting.learning_rate * equation_17(setting))
    return start * np.exp(-np.asarray(steps, float) / 2 * rate)


def equation_44(setting: Setting) -> float:
    """The floor eta_W (6 alpha + 8 / rho); infinite where rho = 0.

    Reference: li2021, Eq. (44).

    >>> equation_44(Setting(product=0.0, learning_rate=1e-4))
    inf
    """
    rho = equation_17(setting)
    return equation_46(setting) * (6 * setting.learning_rate + _over(8.0, rho))


def equation_45(setting: Setting) -> float:
    """(4/c) sqrt(log n / n) |Xi^-1| D_0.

    Reference: li2021, Eq. (45).

    >>> equation_45(Setting(labels=1, learning_rate=1e-4))
    0.0
    """
    return 2 * equation_48(setting) * setting.inverse_xi * radius(setting)


def equation_46(setting: Setting) -> float:
    """eta_W: Eq. (45) times D_0 d/d_min (1+|sigma(0)|) + sqrt(d/d_min) nu, or its graph-level form.

    Reference: li2021, Eq. (46).

    >>> equation_46(Setting(labels=1, learning_rate=1e-4))
    0.0
    """
    return equation_45(setting) * _spread(setting)


def equation_47(
    setting: Setting, steps: Numbers[ArrayLike, "*points"]
) -> Numbers[np.ndarray, "*points"]:
    """Right side of (47), all four terms.

    Reference: li2021, Eq. (47).

    >>> start = Setting(learning_rate=1e-4, features=1, labels=1, distance=0.5, trace=1.0)
    >>> float(equation_47(start, [0])[0])
    0.5
    """
    t = np.asarray(steps, float)
    first, second, third = equation_13(setting), equation_14_printed(setting), equation_15(setting)
    rho = equation_17(setting)
    slow = 0.5 * math.log1p(-(first**2))
    slower = max(slow, -0.5 * math.log1p(setting.learning_rate * rho))
    start = math.sqrt(max(0.0, 2 - 2 * setting.trace))
    own = np.exp(slow * t) * setting.distance
    pulled = second * start * setting.target * np.sqrt(t) * np.exp(slower * (t - 1))
    floor = third * equation_49(setting)
    return own + pulled + floor + _over(second, first) * setting.target * equation_44(setting)


def equation_48(setting: Setting) -> float:
    """(2/c) sqrt(log n / n), the left side of (41) and (42).

    Reference: li2021, Eq. (48).

    >>> round(equation_48(Setting(labels=1000)), 4)
    0.1662
    """
    n = setting.labels
    return 2 / setting.constant * math.sqrt(math.log(n) / n)


def equation_49(setting: Setting) -> float:
    """eta_v: Eq. (48) times (1+|sigma(0)|) and the bracket of `equation_46`.

    Reference: li2021, Eq. (49).

    >>> equation_49(Setting(labels=1, learning_rate=1e-4))
    0.0
    """
    return equation_48(setting) * (1 + setting.at_zero) * _spread(setting)


def corrected_rho(product: Any, target: Any, ratio: Any, shift: Any = 0.0) -> Any:
    """rho = min(v_0 v*, v*^2 M(c_1) / M(1) - eta_v |v*| / M(1)), which v_t v* never falls below.

    Args:
        product: v_0 v*. ratio: M(c_1) / M(1).
        shift: eta_v / M(1), 0 in the population.

    >>> float(corrected_rho(0.5, 1.0, 0.25)), float(corrected_rho(0.5, 2.0, 0.25, 0.375))
    (0.25, 0.25)
    """
    return np.minimum(product, np.square(target) * ratio - shift * np.abs(target))


def corrected_floor(
    learning_rate: float,
    rho: float,
    second_moment: float,
    slope: float,
    target: float,
    deviation_W: float,
    deviation_v: float,
) -> tuple[float, float]:
    """The floors of the corrected theorem: k for W, (eta_v + |v*| K k^2 / 2) / M(1) for v.

    Args:
        second_moment: M(1). slope: K. deviation_W, deviation_v: bounds on both deviations along the path.

    >>> corrected_floor(3.0, 1.0, 0.5, 1.0, 1.0, 0.0, 0.25)
    (0.0, 0.5)
    """
    k = equation_18_constant(learning_rate, rho, deviation_W)
    return k, (deviation_v + target * slope * k**2 / 2) / second_moment


def corrected_path(
    learning_rate: float,
    rho: float,
    second_moment: float,
    slope: float,
    target: float,
    error_W: float,
    error_v: float,
    steps: int,
    gain: float = 1.0,
    deviation_W: float = 0.0,
    deviation_v: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Both bounds of the corrected theorem for t = 0, ..., steps.

    Args:
        second_moment: M(1). slope: K. gain: 1, or 1/n in the literal reading of Eq. (11).
        deviation_W, deviation_v: eta_W and eta_v, 0 in the population.

    >>> W, v = corrected_path(0.5, 2.0, 1.0, 1.0, 1.0, 0.0, 1.0, 2)
    >>> W.tolist(), v.tolist()
    ([0.0, 0.0, 0.0], [1.0, 0.5, 0.25])
    """
    t = np.arange(steps + 1)
    k = equation_18_constant(learning_rate * gain, rho, deviation_W)
    of_W = k + (error_W - k) * (1 + learning_rate * gain * rho) ** (-t / 2)
    of_v = np.empty(steps + 1)
    of_v[0] = error_v
    for s in range(steps):
        pull = learning_rate * (target * slope / 2 * of_W[s] ** 2 + deviation_v)
        of_v[s + 1] = (1 - learning_rate * second_moment) * of_v[s] + pull
    return of_W, of_v


def _spread(setting: Setting) -> float:
    """The bracket of (28) and (46), or its graph-level form with the factor sqrt(n_max)."""
    inner = (1 + setting.at_zero) * radius(setting)
    if setting.level == "graph":
        root = math.sqrt(setting.largest_graph)
        return root * (root * inner + setting.noise)
    share = setting.features / setting.smallest_size
    return inner * share + math.sqrt(share) * setting.noise


def _room(setting: Setting) -> float:
    """The minimum in the numerators of (41) and (42)."""
    rho = equation_17(setting)
    for_W = 16 * (1 + setting.learning_rate * rho) * setting.inverse_xi * radius(setting)
    for_v = setting.target * (1 + setting.at_zero)
    return min(rho * setting.trace / for_W, _over(rho, for_v))


def _over(numerator: float, denominator: float) -> float:
    return math.inf if denominator == 0 else numerator / denominator
