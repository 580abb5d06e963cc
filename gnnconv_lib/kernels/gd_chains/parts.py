"""What both implementations of `gd_chains` are made of: states, and one step of single units.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp

from gnnconv_lib.kernels.gd_chains.pair_terms import (
    PairTable,
    direction,
    length_of,
    surplus_of,
)
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.trajectory import BUDGET, CONVERGED, DIVERGED

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = ["ChainProblem", "ChainRecords", "ChainState", "judged", "units_loss", "units_step"]


class ChainProblem(NamedTuple):
    """What stays the same while the chains move; arrays with the chains last.

    Fields:
        table: fields of shape (K,), or (chains, K).
        weight: |w*|^2, shape (h, chains).
        rates: shape (chains,).
        gaps: steps before each record, shape (records,).
        target, limit: losses at which a chain stops, scalars.
    """

    table: PairTable
    weight: jax.Array
    rates: jax.Array
    gaps: jax.Array
    target: jax.Array
    limit: jax.Array


class ChainState(NamedTuple):
    """Where the chains are; fields of shape (h, chains) and (chains,).

    Fields:
        u, beta: the coordinates, shape (h, chains).
        step: the number of steps taken, an integer array of shape (chains,).
        code: index into `descent.STATUSES`, shape (chains,).
    """

    u: Float[jax.Array, "units batch"]
    beta: Float[jax.Array, "units batch"]
    step: Int[jax.Array, " batch"]
    code: Int[jax.Array, " batch"]


class ChainRecords(NamedTuple):
    """What the chains showed at each record; NumPy arrays where devices shared the work.

    Fields:
        step: steps taken, shape (records, chains).
        loss: shape (records, chains).
        u, beta: shape (records, chains, h); from `run_chains` (records, h, chains), as in `ChainState`.
        code: index into `descent.STATUSES`, shape (records, chains).
    """

    step: Numbers[Any, "records batch"]
    loss: Numbers[Any, "records batch"]
    u: Numbers[Any, "records batch units"] | Numbers[Any, "records units batch"]
    beta: Numbers[Any, "records batch units"] | Numbers[Any, "records units batch"]
    code: Numbers[Any, "records batch"]


def judged(loss: jax.Array, target: jax.Array, limit: jax.Array) -> jax.Array:
    """The code of a chain with this loss."""
    reached = jnp.where(loss <= target, CONVERGED, BUDGET)
    return jnp.where((loss <= limit) & (jnp.abs(loss) < jnp.inf), reached, DIVERGED)


def units_loss(u: jax.Array, beta: jax.Array, gap: jax.Array, full: jax.Array) -> jax.Array:
    """The loss A (l - 1)^2 / 2 + l D of single units with unit teachers."""
    length = length_of(1 + u, beta)
    surplus = surplus_of(u, beta, length)
    return full * surplus * surplus / 2 + length * gap


def units_step(
    u: jax.Array,
    beta: jax.Array,
    gap: jax.Array,
    slope: jax.Array,
    full: jax.Array,
    messages: jax.Array,
    rates: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    """One step of single units, from the sums D (`gap`) and C (`slope`) at their direction."""
    length = length_of(1 + u, beta)
    safe = jnp.where(length == 0, 1.0, length)
    surplus = surplus_of(u, beta, length)
    at = direction(1 + u, beta, safe)
    along = at.cosine * gap + (at.shortfall * full - at.sine_squared * slope)
    along = jnp.where(length == 0, -messages, full * u + along)
    across = (full * surplus + gap + at.cosine * slope) / safe
    return u - rates * along, beta * (1 - rates * across)
