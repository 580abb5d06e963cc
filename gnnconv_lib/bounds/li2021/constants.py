"""The constants of li2021's convergence analysis, Eqs. (13)-(17), and the setting they belong to.

Both levels share one formula each, once B = d + 4 d d-bar (node level) or B = 2 d n_max^2 (graph level) is
named; B is called `width` here. Book page `book/li2021/convergence`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from gnnconv_lib.validation import InvalidInput, require_choice, require_integer, require_real

__all__ = [
    "Setting",
    "equation_13",
    "equation_14_corrected",
    "equation_14_printed",
    "equation_15",
    "equation_16_corrected",
    "equation_16_printed",
    "equation_17",
    "radius",
    "width",
]


@dataclass(frozen=True)
class Setting:
    """Everything that Eqs. (13)-(49) refer to; sizes of neighbourhoods count the node itself.

    Fields:
        learning_rate: alpha. features: d. outputs: q. slope: L_sigma of Assumption 2.
        distance: |v_0 - v*|. target: |v*|. product: v_0' v*. trace: Tr(W*' W_0).
        mean_size, smallest_size: mean and minimum of |N_i| (node level).
        largest_graph: n_max (graph level). labels: n. inverse_xi: |Xi^-1|, for which see `xi_node`.
        noise: nu. at_zero: |sigma(0)|. constant: the absolute constant c of Lemmas 4 and 6.
        level: "node" or "graph".

    Raises:
        InvalidInput: for values out of range.
    """

    learning_rate: float = 0.1
    features: int = 2
    outputs: int = 1
    slope: float = 1.0
    distance: float = 0.0
    target: float = 1.0
    product: float = 1.0
    trace: float = 1.0
    mean_size: float = 1.0
    smallest_size: float = 1.0
    largest_graph: int = 1
    labels: int = 1000
    inverse_xi: float = 1.0
    noise: float = 0.0
    at_zero: float = 0.0
    constant: float = 1.0
    level: str = "node"

    def __post_init__(self) -> None:
        require_choice("level", self.level, ("node", "graph"))
        for name in ("features", "outputs", "largest_graph", "labels"):
            require_integer(name, getattr(self, name), minimum=1)
        for name in ("distance", "target", "noise", "at_zero"):
            require_real(name, getattr(self, name), minimum=0.0)
        for name in ("learning_rate", "slope", "inverse_xi", "constant"):
            if not require_real(name, getattr(self, name)) > 0:
                raise InvalidInput(f"{name} must be above 0, got {getattr(self, name):g}.")
        require_real("mean_size", self.mean_size, minimum=1.0)
        require_real("smallest_size", self.smallest_size, minimum=1.0)
        require_real("product", self.product)
        require_real("trace", self.trace)

    def but(self, **changes: Any) -> Setting:
        """The same setting with some fields changed.

        >>> Setting().but(features=5).features
        5
        """
        return replace(self, **changes)


def width(setting: Setting) -> float:
    """B = d + 4 d d-bar at node level, 2 d n_max^2 at graph level.

    Reference: li2021, Eqs. (26) and (34).

    >>> width(Setting(features=2, mean_size=3.0)), width(Setting(level="graph", largest_graph=5))
    (26.0, 100.0)
    """
    d = setting.features
    if setting.level == "node":
        return d + 4 * d * setting.mean_size
    return 2.0 * d * setting.largest_graph**2


def equation_13(setting: Setting) -> float:
    """gamma_1 = sqrt(alpha L^2 q / 2 - 3 alpha^2 B^2 L^4); NaN where the root is not real.

    Reference: li2021, Eq. (13).

    >>> round(equation_13(Setting(learning_rate=1 / 1200, features=1)) ** 2 * 1200, 12)
    0.4375
    """
    a, s = setting.learning_rate, setting.slope
    square = a * s**2 * setting.outputs / 2 - 3 * (a * width(setting) * s**2) ** 2
    return math.sqrt(square) if square >= 0 else math.nan


def equation_14_printed(setting: Setting) -> float:
    """gamma_2 as printed: at graph level the second term is 24 alpha^2 d^2 L^4 n_max^2.

    Reference: li2021, Eq. (14).

    >>> graph = Setting(level="graph", features=1, largest_graph=2, learning_rate=1.0)
    >>> round(equation_14_printed(graph) ** 2, 9), round(equation_14_corrected(graph) ** 2, 9)
    (224.0, 512.0)
    """
    if setting.level == "node":
        return equation_14_corrected(setting)
    a, d, m = setting.learning_rate, setting.features, setting.largest_graph
    second = 24 * a**2 * d**2 * setting.slope**4 * m**2
    return math.sqrt(8 * a * d**2 * m**4 / setting.outputs + second)


def equation_14_corrected(setting: Setting) -> float:
    """gamma_2 = sqrt(2 alpha B^2 / q + 6 alpha^2 B^2 L^2), what Lemma 2 gives at both levels.

    Reference: li2021, Eq. (14); at graph level with L^2 n_max^4 instead of L^4 n_max^2.

    >>> round(equation_14_corrected(Setting(features=1, learning_rate=1.0)) ** 2, 9)
    200.0
    """
    a, B = setting.learning_rate, width(setting)
    return B * math.sqrt(2 * a / setting.outputs + 6 * (a * setting.slope) ** 2)


def equation_15(setting: Setting) -> float:
    """gamma_3 = sqrt((2 alpha + 3 alpha^2 L^2 q) / (gamma_1^2 L^2 q)); infinite where gamma_1 = 0.

    Reference: li2021, Eq. (15).

    >>> round(equation_15(Setting(learning_rate=1 / 1200, features=1)) ** 2, 9)
    4.577142857
    """
    a, power = setting.learning_rate, setting.slope**2 * setting.outputs
    return _over(math.sqrt(2 * a + 3 * a**2 * power), equation_13(setting) * math.sqrt(power))


def equation_16_printed(setting: Setting) -> float:
    """D = max(|v_0 - v*|, sqrt(2 gamma_2 |v*|^2 / gamma_1 + gamma_3)).

    Reference: li2021, Eq. (16).

    >>> round(equation_16_printed(Setting(learning_rate=1 / 1200, features=1)), 6)
    4.852529
    """
    ratio = _over(2 * equation_14_printed(setting) * setting.target**2, equation_13(setting))
    return _largest(setting.distance, math.sqrt(ratio + equation_15(setting)))


def equation_16_corrected(setting: Setting, deviation: float = 1.0) -> float:
    """D with the squares of Lemma 2: max(|v_0 - v*|, sqrt(2 (gamma_2/gamma_1)^2 |v*|^2 + gamma_3^2 eta_v^2)).

    Where the error of W is at most sqrt 2 and gamma_1 at most 1, the recursion of Lemma 2 never leaves this
    ball.

    Args:
        deviation: eta_v.

    Reference: li2021, Eq. (16) from Eqs. (19)-(20).

    >>> round(equation_16_corrected(Setting(learning_rate=1 / 1200, features=1)), 6)
    15.287904
    """
    ratio = _over(equation_14_corrected(setting), equation_13(setting))
    level = 2 * (ratio * setting.target) ** 2 + (equation_15(setting) * deviation) ** 2
    return _largest(setting.distance, math.sqrt(level))


def equation_17(setting: Setting) -> float:
    """rho = min(v_0' v*, L^2 q |v*|^2 / (B L^2 + 1)).

    Reference: li2021, Eq. (17).

    >>> equation_17(Setting(features=1)), equation_17(Setting(features=1, product=0.05))
    (0.16666666666666666, 0.05)
    """
    power = setting.slope**2
    share = power * setting.outputs * setting.target**2 / (width(setting) * power + 1)
    return min(setting.product, share)


def radius(setting: Setting) -> float:
    """D_0 = D + |v*|, with D of Eq. (16) as printed.

    Reference: li2021, below Eq. (17).

    >>> radius(Setting(distance=100.0, learning_rate=1e-4))
    101.0
    """
    return equation_16_printed(setting) + setting.target


def _over(numerator: float, denominator: float) -> float:
    """A quotient of nonnegative numbers, infinite over 0, NaN over NaN."""
    if denominator == 0:
        return math.inf
    return numerator / denominator


def _largest(first: float, second: float) -> float:
    return math.nan if math.isnan(second) else max(first, second)
