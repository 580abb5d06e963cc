"""Weights of the one-round ReLU GNN on overlap measures: their sums, loss, gradient and next step.

Angles are kept as angles: near 0 and pi everything stays accurate.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit._measures import Measures, measures
from gnnconv_lib.relu_gnn.pair_terms import Direction, PairTable, pair_sums

__all__ = ["Point", "escape_times"]

Array = np.ndarray


@dataclass(frozen=True)
class Point:
    """Weights, one per case: length l, angle theta, step x = eta A, and what follows from them.

    `leak` is the slope a of a leaky ReLU; its normalised dual is the mixture
    (2 a x + (1 - a)^2 s(x)) / (1 + a^2) of those of the identity and of the ReLU.
    """

    measure: Array
    length: Array
    angle: Array
    step: Any = 1.0
    leak: Any = 0.0

    @cached_property
    def given(self) -> Measures:
        """The measures that the column numbers."""
        large = np.max(self.measure) >= len(measures("quick").names)
        return measures("full" if large else "quick")

    @cached_property
    def rows(self) -> PairTable:
        """The measure of each case."""
        return jax.tree.map(lambda array: np.asarray(array)[self.measure], self.given.table)

    def _mix(self, linear: Array, relu: Array) -> Array:
        return (2 * self.leak * linear + (1 - self.leak) ** 2 * relu) / (1 + self.leak**2)

    def _sums(self, angle: Array) -> tuple[Array, Array, Array]:
        return tuple(np.asarray(part) for part in _sums(self.rows, angle))  # type: ignore[return-value]

    @cached_property
    def _here(self) -> tuple[Array, Array, Array]:
        return self._sums(self.angle)

    @cached_property
    def pairs(self) -> Array:
        """M."""
        return self.given.pairs[self.measure]

    @cached_property
    def messages(self) -> Array:
        """S."""
        return self.given.messages[self.measure]

    @cached_property
    def cos(self) -> Array:
        return np.cos(self.angle)

    @cached_property
    def sine(self) -> Array:
        """sin(theta), 0 at the number that stands for pi."""
        return np.where(self.angle == np.pi, 0.0, np.sin(self.angle))

    @cached_property
    def full(self) -> Array:
        """A."""
        return self._mix(self.messages, np.asarray(self.rows.full))

    @cached_property
    def slope_at_one(self) -> Array:
        """C(1)."""
        return self._mix(self.messages, self._sums(0 * self.angle)[1])

    @cached_property
    def opposite_slope(self) -> Array:
        """C(-1)."""
        return self._mix(self.messages, self._sums(np.pi + 0 * self.angle)[1])

    @cached_property
    def mixed(self) -> Array:
        """B(c)."""
        return self._mix(self.messages * self.cos, self._here[0])

    @cached_property
    def slope(self) -> Array:
        """C(c)."""
        return self._mix(self.messages, self._here[1])

    @cached_property
    def gap(self) -> Array:
        """A - B(c), without cancellation."""
        return self._mix(2 * self.messages * np.sin(self.angle / 2) ** 2, self._here[2])

    @cached_property
    def loss(self) -> Array:
        return self.full * (self.length - 1) ** 2 / 2 + self.length * self.gap

    @cached_property
    def gradient_squared(self) -> Array:
        radial = self.full * (self.length - 1) + self.gap
        return radial**2 + (self.slope * self.sine) ** 2

    @cached_property
    def radial(self) -> Array:
        """a = (1 - x) l + x B / A, written so that it is exact at the teacher."""
        near = self.length - self.step * ((self.length - 1) + self.gap / self.full)
        far = (1 - self.step) * self.length + self.step * self.mixed / self.full
        return np.where(self.cos > 0, near, far)

    @cached_property
    def turning(self) -> Array:
        """b = x C sin(theta) / A."""
        return self.step * self.slope * self.sine / self.full

    @cached_property
    def rotation(self) -> Array:
        """delta = atan2(b, a), towards the teacher."""
        return np.arctan2(self.turning, self.radial)

    @cached_property
    def after(self) -> Point:
        """The point after one step; an overshoot is folded back to [0, pi]."""
        turned = np.abs(self.angle - self.rotation)
        length = np.hypot(self.radial, self.turning)
        return Point(self.measure, length, turned, self.step, self.leak)

    @cached_property
    def constant(self) -> Array:
        """mu(c) = (1 + c) C^2 / (2 C(1)), with 1 + c = 2 cos(theta/2)^2."""
        return np.cos(self.angle / 2) ** 2 * self.slope**2 / self.slope_at_one


@jax.jit
def _sums(rows: PairTable, angle: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    def one(row: PairTable, theta: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        theta = theta[None]
        at = Direction(jnp.cos(theta), jnp.sin(theta) ** 2, 2 * jnp.sin(theta / 2) ** 2)
        sums = pair_sums(row, at)
        # 1 + rho c, in which nothing cancels next to c = -1.
        above = (1 - row.rho) + 2 * row.rho * jnp.cos(theta[:, None] / 2) ** 2
        direct = jnp.sum(-row.mass * dual.scaled_relu_difference(-1.0, above), axis=-1)
        mixed = jnp.where(at.cosine > 0, row.full - sums.loss_gap, direct)
        return mixed[0], sums.slope[0], sums.loss_gap[0]

    return jax.vmap(one)(rows, angle)


def escape_times(start: Point, limit: int) -> Array:
    """The number of steps until theta <= pi/2, or limit + 1; the angle is followed from pi.

    Args:
        start: the weights and steps.
        limit: the last step looked at.
    """
    phi, size = np.pi - start.angle, np.array(start.length, float)
    taken = np.zeros(phi.shape)
    for _ in range(limit + 1):
        going = phi < np.pi / 2 - 1e-12
        if not going.any():
            break
        at = Point(start.measure, size, np.pi - phi, start.step)
        turning = at.step * at.slope * np.sin(phi) / at.full
        radial = (1 - at.step) * size + at.step * at.mixed / at.full
        taken += going
        phi = np.where(going, phi + np.arctan2(turning, radial), phi)
        size = np.hypot(radial, turning)
    return np.where(phi < np.pi / 2 - 1e-12, limit + 1, taken)
