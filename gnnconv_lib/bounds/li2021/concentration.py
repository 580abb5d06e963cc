"""Lemmas 3-6 of li2021: slopes and deviations of the two directions, Eqs. (23)-(38), printed and corrected.

The corrected deviations follow from Chebyshev's inequality and, for dependent rows, Gebelein's: the
covariance of f(X_i) and g(X_k) is at most rho_ik times the product of the standard deviations, with
rho_ik = |N_i & N_k| / sqrt(|N_i| |N_k|). So n labels count as n^2 / sum_ik rho_ik independent ones.
Book page `book/li2021/concentration`.
"""

from __future__ import annotations

import math

from gnnconv_lib.bounds.li2021.constants import Setting, radius, width
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "deviation_W_corrected",
    "deviation_gradient_corrected",
    "equation_23",
    "equation_24_corrected",
    "equation_24_printed",
    "equation_25",
    "equation_26",
    "equation_28",
    "equation_30",
    "equation_33_noise",
    "equation_36_corrected",
    "equation_36_printed",
    "equation_38",
    "lemma_3_nodes",
    "lemma_5_nodes",
]


def equation_23(setting: Setting) -> float:
    """Slope of G^W in W: D_0^2 |Xi^-1| B.

    Reference: li2021, Eqs. (23) and (31).

    >>> near = Setting(distance=99.0, learning_rate=1e-4, features=1)
    >>> equation_23(near)
    50000.0
    """
    return radius(setting) ** 2 * setting.inverse_xi * width(setting)


def equation_24_printed(setting: Setting) -> float:
    """Slope of G^W in v: 4 D_0 |Xi^-1| B L.

    Reference: li2021, Eqs. (24) and (32), with the norm of Xi^-1 in the latter.

    >>> equation_24_printed(Setting(distance=99.0, learning_rate=1e-4, features=1))
    2000.0
    """
    return 4 * radius(setting) * setting.inverse_xi * width(setting) * setting.slope


def equation_24_corrected(setting: Setting) -> float:
    """Slope of G^W in v with its noise term: |Xi^-1| (4 D_0 B L + nu sqrt(2 B)).

    Reference: li2021, Eqs. (24) and (32), corrected.

    >>> equation_24_corrected(Setting(distance=99.0, learning_rate=1e-4, features=1))
    2000.0
    """
    noise = setting.inverse_xi * setting.noise * math.sqrt(2 * width(setting))
    return equation_24_printed(setting) + noise


def equation_25(setting: Setting) -> float:
    """Slope of g^v in W: 5 B D_0 L plus B/2 + nu^2 (node) or d n_max^1.5 + sqrt(n_max) nu^2 (graph).

    Reference: li2021, Eqs. (25) and (33).

    >>> equation_25(Setting(distance=99.0, learning_rate=1e-4, features=1))
    2502.5
    """
    B = width(setting)
    return 5 * B * radius(setting) * setting.slope + equation_33_noise(setting)


def equation_33_noise(setting: Setting) -> float:
    """The part of (25) or (33) without D_0, meant for the noise.

    >>> equation_33_noise(Setting(features=1, noise=2.0))
    6.5
    """
    if setting.level == "node":
        return width(setting) / 2 + setting.noise**2
    root = math.sqrt(setting.largest_graph)
    return setting.features * root**3 + root * setting.noise**2


def equation_26(setting: Setting) -> float:
    """Slope of g^v in v: L^2 B.

    Reference: li2021, Eqs. (26) and (34).

    >>> equation_26(Setting(features=1, slope=2.0))
    20.0
    """
    return setting.slope**2 * width(setting)


def equation_28(setting: Setting) -> float:
    """Deviation of G^W, node level.

    (4/c) sqrt(log n/n) |Xi^-1| D_0 (D_0 d/d_min (1+|sigma(0)|) + sqrt(d/d_min) nu).

    Reference: li2021, Eq. (28).

    >>> equation_28(Setting(labels=1, learning_rate=1e-4))
    0.0
    """
    return _rate(setting) * 4 * setting.inverse_xi * radius(setting) * _bracket(setting)


def equation_30(setting: Setting) -> float:
    """Deviation of g^v, node level: half the prefactor of (28) without |Xi^-1| D_0, times 1+|sigma(0)|.

    Reference: li2021, Eq. (30).

    >>> equation_30(Setting(labels=1, learning_rate=1e-4))
    0.0
    """
    return _rate(setting) * 2 * (1 + setting.at_zero) * _bracket(setting)


def equation_36_printed(setting: Setting) -> float:
    """Deviation of G^W, graph level: (4/c) sqrt(log n/n) |Xi^-1| sqrt(m) (2 sqrt(m) (1+|sigma(0)|) D_0 + nu).

    Reference: li2021, Eq. (36), m = n_max.

    >>> equation_36_printed(Setting(level="graph", labels=1, learning_rate=1e-4))
    0.0
    """
    return _rate(setting) * 4 * setting.inverse_xi * _graph_bracket(setting)


def equation_36_corrected(setting: Setting) -> float:
    """Eq. (36) with the factor D_0 of Eqs. (28) and (45), without which the powers of v do not match.

    Reference: li2021, Eqs. (36) and (45).

    >>> equation_36_corrected(Setting(level="graph", labels=1, learning_rate=1e-4))
    0.0
    """
    return equation_36_printed(setting) * radius(setting)


def equation_38(setting: Setting) -> float:
    """Deviation of g^v, graph level.

    Reference: li2021, Eq. (38).

    >>> equation_38(Setting(level="graph", labels=1, learning_rate=1e-4))
    0.0
    """
    return _rate(setting) * 4 * (1 + setting.at_zero) * _graph_bracket(setting)


def lemma_3_nodes(setting: Setting, delta: float) -> float:
    """The number of nodes that Lemma 3 asks for, 8 ln(2/delta) / (d d_min).

    Reference: li2021, Lemma 3.

    >>> round(lemma_3_nodes(Setting(features=2), 2 / math.e), 12)
    4.0
    """
    return 8 * math.log(2 / _delta(delta)) / (setting.features * setting.smallest_size)


def lemma_5_nodes(setting: Setting, delta: float) -> float:
    """The total number of nodes that Lemma 5 asks for, 8 ln(1/delta) / d.

    Reference: li2021, Lemma 5.

    >>> round(lemma_5_nodes(Setting(features=2), 1 / math.e), 12)
    4.0
    """
    return 8 * math.log(1 / _delta(delta)) / setting.features


def deviation_W_corrected(setting: Setting, effective: float, delta: float, reach: float) -> float:
    """|Xi^-1| R sqrt(V / (N delta)): with probability 1 - delta, the deviation of G^W is at most this.

    V = 2 (4 L^2 R^2 E|u|^4 + nu^2 E|u|^2) with E|u|^2 = d/d_min, E|u|^4 = d (d+2)/d_min^2 (node level) or
    E|u|^2 = d n_max, E|u|^4 = d n_max (d n_max + 2) (graph level).

    Args:
        effective: N, n^2 / sum_ik rho_ik at node level, n at graph level. reach: R, a bound on |v| and |v*|.

    >>> deviation_W_corrected(Setting(features=1), effective=24.0, delta=1.0, reach=1.0)
    1.0
    """
    return setting.inverse_xi * reach * _chebyshev(setting, effective, delta, reach)


def deviation_gradient_corrected(
    setting: Setting, effective: float, delta: float, reach: float
) -> float:
    """L sqrt(V / (N delta)), as `deviation_W_corrected`, for g^v.

    >>> deviation_gradient_corrected(Setting(features=1), effective=24.0, delta=1.0, reach=1.0)
    1.0
    """
    return setting.slope * _chebyshev(setting, effective, delta, reach)


def _chebyshev(setting: Setting, effective: float, delta: float, reach: float) -> float:
    if setting.level == "node":
        d, unit = setting.features, setting.smallest_size
    else:
        d, unit = setting.features * setting.largest_graph, 1.0
    fourth, second = d * (d + 2) / unit**2, d / unit
    power = 2 * (4 * (setting.slope * reach) ** 2 * fourth + setting.noise**2 * second)
    return math.sqrt(power / (effective * _delta(delta)))


def _rate(setting: Setting) -> float:
    return math.sqrt(math.log(setting.labels) / setting.labels) / setting.constant


def _bracket(setting: Setting) -> float:
    share = setting.features / setting.smallest_size
    inner = radius(setting) * share * (1 + setting.at_zero)
    return inner + math.sqrt(share) * setting.noise


def _graph_bracket(setting: Setting) -> float:
    root = math.sqrt(setting.largest_graph)
    return root * (2 * root * (1 + setting.at_zero) * radius(setting) + setting.noise)


def _delta(delta: float) -> float:
    if not 0 < delta <= 1:
        raise InvalidInput(f"delta must be in (0, 1], got {delta:g}.")
    return delta
