"""Gradient descent in (length, angle): the form in which the angle is seen to decrease.

With l = |w| and theta the angle to w*, both for a unit teacher, and x = eta A, one step is

    w+ = ((1 - x) l + x B(c) / A) e_r + (x C(c) sin(theta) / A) e_t,

e_t the unit vector orthogonal to w in the direction of w*. So, with a = (1 - x) l + x B / A and
b = x C sin(theta) / A,

    l+ = sqrt(a^2 + b^2),   theta+ = theta - atan2(b, a).

The same holds for another positively homogeneous activation with its own A, B and C (`sums`).

Reference: awasthi2021, Lemma 6 and its proof. Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn.geometry import length_of, read_measure
from gnnconv_lib.relu_gnn.pair_terms import Direction, PairTable, pair_sums
from gnnconv_lib.relu_gnn.reduced import Reduced
from gnnconv_lib.relu_gnn.two_slopes import TwoSlopes, two_slopes
from gnnconv_lib.shapes import Numbers

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["Polar", "from_polar", "polar_step", "to_polar"]


class Polar(NamedTuple):
    """Length and angle of w relative to a unit teacher.

    Fields:
        length: l = |w| / |w*|, any shape.
        angle: theta in [0, pi], same shape.
    """

    length: Float[jax.Array, "*units"]
    angle: Float[jax.Array, "*units"]


def to_polar(at: Reduced) -> Polar:
    """Length and angle: l = sqrt(alpha^2 + beta^2), theta = atan2(|beta|, alpha).

    >>> [float(value) for value in to_polar(Reduced(jnp.asarray(2.0), jnp.asarray(4.0)))][0]
    5.0
    """
    u, beta = as_float_array(at.u, at.beta)
    return Polar(length_of(1 + u, beta), jnp.arctan2(jnp.abs(beta), 1 + u))


def from_polar(at: Polar) -> Reduced:
    """Reduced coordinates: u = (l - 1) - 2 l sin(theta/2)^2, beta = l sin(theta).

    >>> [float(value) for value in from_polar(Polar(jnp.asarray(3.0), jnp.asarray(0.0)))]
    [2.0, 0.0]
    """
    length, angle = as_float_array(at.length, at.angle)
    shift = (length - 1) - 2 * length * jnp.sin(angle / 2) ** 2
    return Reduced(shift, length * jnp.sin(angle))


def polar_step(
    at: Polar,
    overlap: Any,
    learning_rate: Numbers[ArrayLike, "*#units"],
    activation: Any = "scaled_relu",
) -> Polar:
    """One step of gradient descent in (length, angle), as in the module docstring.

    Args:
        at: `Polar`, fields of any shape; lengths above zero.
        overlap: a `Graph` or its `OverlapMeasure`.
        learning_rate: eta, broadcast against the fields.
        activation: a positively homogeneous one in the place of the scaled ReLU, by name, as an
            `Activation` or as a callable; `leaky_relu(0.2)`, say.

    Returns:
        `Polar` after the step; the angle folded back to [0, pi].

    Raises:
        InvalidInput: for something that is no graph or measure, and an activation that is not
            positively homogeneous.

    Reference: awasthi2021, proof of Lemma 6.

    >>> from gnnconv_lib import graphs
    >>> polar_step(Polar(2.0, 0.0), graphs.complete(2), 1 / 8)  # eta = 1 / A reaches w* at once
    Polar(length=Array(1., dtype=float64), angle=Array(0., dtype=float64))
    """
    shares = two_slopes(activation)
    length, angle, rate = as_float_array(at.length, at.angle, learning_rate)
    return _step(length, angle, rate, read_measure(overlap, length.dtype), shares)


@partial(jax.jit, static_argnames="shares")
def _step(
    length: jax.Array, angle: jax.Array, rate: jax.Array, table: PairTable, shares: TwoSlopes
) -> Polar:
    towards = _direction(angle)
    sums = pair_sums(table, towards)
    pull = shares.mix(
        table.full * (1 - length) - sums.loss_gap,
        lambda: table.messages * (1 - length - towards.shortfall),
    )
    radial = length + rate * pull
    turning = rate * shares.mix(sums.slope, lambda: table.messages) * jnp.sin(angle)
    moved = angle - jnp.arctan2(turning, radial)
    return Polar(length_of(radial, turning), jnp.abs(moved))


def _direction(angle: jax.Array) -> Direction:
    half = jnp.sin(angle / 2)
    return Direction(jnp.cos(angle), jnp.sin(angle) ** 2, 2 * half * half)
