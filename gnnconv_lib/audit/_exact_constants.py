"""Eqs. (13)-(49) of li2021 without rounding, for the refutations that use them.

A second transcription of `gnnconv_lib.bounds.li2021`, in balls of Arb: a refutation that quotes other
numbers than the library is refused by the engine.

Book page: book/li2021/convergence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

from gnnconv_lib.bounds.li2021 import Setting

__all__ = ["ExactConstants"]


class ExactConstants:
    """The constants of one setting, whose numbers are taken as the fractions that they are.

    Args:
        setting: the setting.
        ball: what turns a number into a ball.
    """

    def __init__(self, setting: Setting, ball: Callable[[Any], Any]) -> None:
        x = {field.name: getattr(setting, field.name) for field in fields(setting)}
        self.graph = x.pop("level") == "graph"
        self.x = SimpleNamespace(**{name: ball(value) for name, value in x.items()})
        d, m = self.x.features, self.x.largest_graph
        self.width = 2 * d * m * m if self.graph else d + 4 * d * self.x.mean_size
        self._squares()

    def resized(self, mean_size: Any) -> ExactConstants:
        """With another mean of |N_i|, at node level."""
        self.x.mean_size = mean_size
        self.width = self.x.features * (1 + 4 * mean_size)
        self._squares()
        return self

    def _squares(self) -> None:
        """(13)-(15), squared."""
        a, q, s = self.x.learning_rate, self.x.outputs, self.x.slope**2
        self.first = a * s * q / 2 - 3 * (a * self.width * s) ** 2
        d, m = self.x.features, self.x.largest_graph
        fraction = 8 * a * d**2 * m**4 / q if self.graph else 2 * a * self.width**2 / q
        self.fraction = fraction
        inner = d * d * m * m * s * s * 4 if self.graph else self.width**2 * s
        self.second = fraction + 6 * a * a * inner
        self.third = (2 * a + 3 * a * a * s * q) / (self.first * s * q)

    def D(self) -> Any:
        """Eq. (16) as printed."""
        ratio = (self.second / self.first).sqrt()
        level = (2 * ratio * self.x.target**2 + self.third.sqrt()).sqrt()
        return level.max(self.x.distance)

    def D_0(self) -> Any:
        """D + |v*|."""
        return self.D() + self.x.target

    def largest_step(self) -> Any:
        """Eq. (40)."""
        squares = 2 * (self.x.distance**2 + self.x.target**2)
        return (1 / squares).min(self.x.outputs / (6 * self.width**2 * self.x.slope**2))

    def rho(self) -> Any:
        """Eq. (17)."""
        s = self.x.slope**2
        share = s * self.x.outputs * self.x.target**2 / (self.width * s + 1)
        return share.min(self.x.product)

    def bracket(self, root_over_d: bool = False) -> Any:
        """The bracket of (28) and (46), at graph level that of (46) with its factor."""
        inner = (1 + self.x.at_zero) * self.D_0()
        if self.graph:
            m = self.x.largest_graph
            return m * inner + m.sqrt() * self.x.noise
        d, size = self.x.features, self.x.smallest_size
        spread = d.sqrt() / size if root_over_d else (d / size).sqrt()
        return inner * d / size + spread * self.x.noise

    def graph_bracket(self) -> Any:
        """√m (2 √m (1 + |σ(0)|) D_0 + ν) of (36) and (38)."""
        m = self.x.largest_graph
        return 2 * m * (1 + self.x.at_zero) * self.D_0() + m.sqrt() * self.x.noise

    def rate(self) -> Any:
        """√(log n/n)/c."""
        n = self.x.labels
        return (n.log() / n).sqrt() / self.x.constant

    def room(self) -> Any:
        """The minimum in the numerators of (41) and (42)."""
        rho = self.rho()
        grown = 1 + self.x.learning_rate * rho
        of_W = rho * self.x.trace / (16 * grown * self.x.inverse_xi * self.D_0())
        return of_W.min(rho / (self.x.target * (1 + self.x.at_zero)))

    def room_41(self) -> Any:
        """The right side of (41) as printed."""
        d, size = self.x.features, self.x.smallest_size
        inner = self.D_0() * d / size**2 * (1 + self.x.at_zero)
        return self.room() / (inner + d / size * self.x.noise)

    def floor(self) -> Any:
        """Eq. (44)."""
        eta = 4 * self.rate() * self.x.inverse_xi * self.D_0() * self.bracket()
        return eta * (6 * self.x.learning_rate + 8 / self.rho())

    def error_of_v(self, t: Any) -> Any:
        """The right side of (47) after t steps."""
        slow = (1 - self.first).log() / 2
        slower = slow.max(-(1 + self.x.learning_rate * self.rho()).log() / 2)
        start = (2 - 2 * self.x.trace).sqrt()
        pulled = self.second.sqrt() * start * self.x.target * t.sqrt() * (slower * (t - 1)).exp()
        eta = 2 * self.rate() * (1 + self.x.at_zero) * self.bracket()
        settled = (self.second / self.first).sqrt() * self.x.target * self.floor()
        return (slow * t).exp() * self.x.distance + pulled + self.third.sqrt() * eta + settled

    def error_of_W(self, t: Any) -> Any:
        """Eq. (43) after t steps."""
        rate = (1 + self.x.learning_rate * self.rho()).log()
        return (2 - 2 * self.x.trace).sqrt() * (-t / 2 * rate).exp()
