"""The sums of the one-round ReLU model over all pairs of nodes, and what they need of a graph.

The arithmetic of one pair is that of `gnnconv_lib.kernels.gd_chains.pair_terms`, whose names are
those of this module too: loss, gradient and the kernels evaluate the same expressions.

Reference: awasthi2021, Eqs. (12)-(15) and Appendix B (unequal degrees).
Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib import dual
from gnnconv_lib.kernels.gd_chains.pair_terms import (
    Direction,
    PairSums,
    PairTable,
    direction,
    pair_terms,
)
from gnnconv_lib.shapes import Numbers

__all__ = [
    "Direction",
    "PairSums",
    "PairTable",
    "direction",
    "pair_sums",
    "pair_table",
    "pair_terms",
]


def pair_table(
    rho: Numbers[ArrayLike, "*graphs values"], mass: Numbers[ArrayLike, "*graphs values"]
) -> PairTable:
    """The `PairTable` of overlaps `rho` and weights `mass`, both of shape (..., K).

    >>> float(pair_table(jnp.array([1.0]), jnp.array([8.0])).full)
    8.0
    """
    return _pair_table(jnp.asarray(rho), jnp.asarray(mass))


@jax.jit
def _pair_table(rho: jax.Array, mass: jax.Array) -> PairTable:
    sine = jnp.sqrt((1 - rho) * (1 + rho))
    rest = jnp.arctan2(sine, -rho)
    full = jnp.sum(mass * dual.scaled_relu(rho), axis=-1)
    return PairTable(rho, mass, sine, rest, full, jnp.sum(mass * rho, axis=-1))


def pair_sums(table: PairTable, at: Direction) -> PairSums:
    """The sums D, C, E, F of `pair_terms` over all pairs, for every entry of `at`.

    Args:
        table: from `pair_table`, K pairs.
        at: fields of shape (...).

    Returns:
        `PairSums`, fields of shape (...). Every pair costs one square root and one polynomial.

    >>> table = pair_table(jnp.array([1.0]), jnp.array([8.0]))
    >>> across = direction(jnp.asarray(0.0), jnp.asarray(1.0), jnp.asarray(1.0))
    >>> [round(float(value), 9) for value in pair_sums(table, across)[:2]]  # 8 - 8 / pi, 8 / 2
    [5.453520911, 4.0]
    """
    at = Direction(*(field[..., None] for field in at))
    loss_gap, slope, along, bend = pair_terms(table.rho, table.sine, table.rest, at)
    weight = table.mass / jnp.pi
    return PairSums(
        jnp.sum(weight * loss_gap, axis=-1),
        jnp.sum(weight * slope, axis=-1),
        jnp.sum(weight * along, axis=-1),
        jnp.sum(weight * bend, axis=-1),
    )
