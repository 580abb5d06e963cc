"""One step of gradient descent on the ReLU GNN in coordinates that never underflow.

For w at length l and angle theta to w* (in units of |w*|), sigma = l - 1:

    q = log tan(theta / 2),   z = sigma (1 + exp(-q)).

With x = eta A, R = 1 + (1 - x) sigma - eta D, T = eta C sin(theta), H = sqrt(R^2 + T^2), t = 1 - c,

    q     <- q + log(1 - 2 eta C / (R + H + eta C t)),
    sigma <- sigma - x sigma - eta D + T^2 / (R + H).

Next to the teacher the first line is q + log(1 - eta C(1)), however small theta is, and z is
sigma in units of theta / 2. Increments are to relative accuracy.

Reference: awasthi2021, Eqs. (8), (14), (15) in polar form. Book page: book/scale/how-far-it-scales.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from gnnconv_lib.relu_gnn.pair_terms import Direction, PairTable, pair_sums

__all__ = ["HalfAngle", "increments", "log_loss", "run_steps", "with_slopes"]

_DEEP = -300.0  # q below which the sums over pairs are those at the teacher to all digits


class HalfAngle(NamedTuple):
    """The coordinates of the module docstring, any shape.

    Fields:
        q: log tan(theta / 2).
        z: (l - 1) (1 + exp(-q)).
    """

    q: jax.Array
    z: jax.Array


def increments(at: HalfAngle, table: PairTable, rate: jax.Array) -> HalfAngle:
    """What one step adds to (q, z); q's is NaN where the angle would change sign.

    >>> from gnnconv_lib import graphs, relu_gnn
    >>> table = relu_gnn.geometry.read_measure(graphs.complete(2), float)  # A = C(1) = 8
    >>> far = HalfAngle(jnp.asarray(-1e6), jnp.asarray(1.0))
    >>> step = increments(far, table, jnp.asarray(1 / 16))
    >>> round(float(step.q), 12), abs(float(step.z)) < 1e-100  # both shrink by 1/2: z stays
    (-0.69314718056, True)
    """
    share = jax.nn.sigmoid(at.q)  # 1 / (1 + exp(-q))
    sigma = at.z * share
    x = rate * table.full
    near = jnp.maximum(at.q, _DEEP)
    shortfall = 2 * jax.nn.sigmoid(2 * near)
    sums = pair_sums(
        table, Direction(-jnp.tanh(near), 2 * shortfall * jax.nn.sigmoid(-2 * near), shortfall)
    )
    turn = rate * sums.slope
    sine = 1 / jnp.cosh(near)
    radial = 1 + (1 - x) * sigma - rate * sums.loss_gap
    both = radial + jnp.sqrt(radial**2 + (turn * sine) ** 2)
    dq = jnp.log1p(-2 * turn / (both + turn * shortfall))
    kick = ((turn * sine) ** 2 / both - rate * sums.loss_gap) * jnp.exp(-near)
    growth = jnp.expm1(-dq) * jax.nn.sigmoid(-at.q)
    dz = (growth - x * (1 + growth)) * at.z + kick * (jnp.exp(at.q) + jnp.exp(-dq))
    return HalfAngle(dq, dz)


@jax.jit
def with_slopes(
    at: HalfAngle, table: PairTable, rate: jax.Array
) -> tuple[HalfAngle, HalfAngle, HalfAngle]:
    """The increments, and their derivatives in q and in z."""

    def of(at: HalfAngle) -> HalfAngle:
        return increments(at, table, rate)

    one, zero = jnp.ones_like(at.q), jnp.zeros_like(at.q)
    value, in_q = jax.jvp(of, (at,), (HalfAngle(one, zero),))
    _, in_z = jax.jvp(of, (at,), (HalfAngle(zero, one),))
    return value, in_q, in_z


@partial(jax.jit, static_argnames="steps")
def run_steps(at: HalfAngle, table: PairTable, rate: jax.Array, steps: int) -> HalfAngle:
    """The next `steps` iterates one by one, shape (steps, ...); q is summed with compensation."""

    def step(carry: Any, _: None) -> tuple[Any, HalfAngle]:
        at, lost = carry
        change = increments(at, table, rate)
        term = change.q + lost
        total = at.q + term
        lost = term - (total - at.q)
        moved = HalfAngle(total, at.z + change.z)
        return (moved, lost), moved

    return lax.scan(step, (at, jnp.zeros_like(at.q)), None, length=steps)[1]


@jax.jit
def log_loss(at: HalfAngle, table: PairTable) -> jax.Array:
    """The logarithm of A sigma^2 / 2 + l D for a unit teacher, at any q.

    >>> from gnnconv_lib import graphs, relu_gnn
    >>> table = relu_gnn.geometry.read_measure(graphs.complete(2), float)
    >>> far = HalfAngle(jnp.asarray(-1e6), jnp.asarray(0.0))
    >>> float(log_loss(far, table)) == -2e6 + float(jnp.log(16.0))  # C(1) theta^2 / 2, theta = 2 e^q
    True
    """
    near = jnp.maximum(at.q, _DEEP)
    shortfall = 2 * jax.nn.sigmoid(2 * near)
    where = Direction(-jnp.tanh(near), 2 * shortfall * jax.nn.sigmoid(-2 * near), shortfall)
    gap = pair_sums(table, where).loss_gap
    length = 1 + at.z * jax.nn.sigmoid(at.q)
    # Both terms in units of exp(2 q) for q < 0; sigma is then z / (1 + exp(q)).
    surplus = at.z * jax.nn.sigmoid(jnp.abs(at.q))
    inner = length * gap * jnp.exp(-2 * jnp.minimum(near, 0.0))
    return 2 * jnp.minimum(at.q, 0.0) + jnp.log(table.full * surplus**2 / 2 + inner)
