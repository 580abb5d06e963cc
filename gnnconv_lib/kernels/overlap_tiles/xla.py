"""One strip of tiles of (Adjacency + I)^2 in plain JAX, reduced as soon as it is there.

A strip is a block of rows i against all columns j > i; for the histogram, against half of all blocks
of columns. Rows of (Adjacency + I) are packed into words of 32 bits; a tile of the square is the
number of common bits of two blocks of rows. On a CPU that is a loop over words with
`population_count` on whole tiles; elsewhere an integer matrix product of the unpacked bits.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

__all__ = ["HALVINGS", "ORDERS", "Packed", "StripSums", "histogram_strip", "moment_strip"]

ORDERS = 22  # Chebyshev orders per panel
HALVINGS = 64  # panels [2^-k-2, 2^-k-1], k < HALVINGS, in rho and in 1 - rho


class Packed(NamedTuple):
    """A graph in bits.

    Fields:
        words: uint32, shape (W, N): bit b of words[w, i] is entry (i, 32 w + b) of A + I. N is a
            multiple of the tile; nodes from n on have no bits.
        closed: d_i + 1 in float64, shape (N,); 0 from n on.
    """

    words: jax.Array
    closed: jax.Array


class StripSums(NamedTuple):
    """Sums over the pairs i < j of a strip, float64.

    Fields:
        moments: sum of m T_k(x) and of T_k(x) on each panel, shape (HALVINGS, 2, 2, ORDERS); the
            second axis is 0 for panels in rho and 1 for panels in 1 - rho, the third 0 for mass.
        zero: mass and number of the pairs with d_ij = 0, shape (2,).
        one: of the pairs with rho = 1, shape (2,).
    """

    moments: jax.Array
    zero: jax.Array
    one: jax.Array


def shared_messages(rows: jax.Array, columns: jax.Array) -> jax.Array:
    """The numbers of common bits d_ij, int32, from words of shape (W, I) and (W, J).

    >>> shared_messages(jnp.array([[3, 7]], jnp.uint32), jnp.array([[6]], jnp.uint32)).tolist()
    [[1], [2]]
    """
    return lax.platform_dependent(rows, columns, cpu=_by_bits, default=_by_product)


def _by_bits(rows: jax.Array, columns: jax.Array) -> jax.Array:
    def add(word: Any, total: jax.Array) -> jax.Array:
        common = rows[word][:, None] & columns[word][None, :]
        return total + lax.population_count(common).astype(jnp.int32)

    start = jnp.zeros((rows.shape[1], columns.shape[1]), jnp.int32)
    return lax.fori_loop(0, rows.shape[0], add, start)


def _by_product(rows: jax.Array, columns: jax.Array) -> jax.Array:
    return lax.dot_general(
        _bits(rows), _bits(columns), (((0,), (0,)), ((), ())), preferred_element_type=jnp.int32
    )


def _bits(words: jax.Array) -> jax.Array:
    shifts = jnp.arange(32, dtype=jnp.uint32)[None, :, None]
    bits = (words[:, None, :] >> shifts) & jnp.uint32(1)
    return bits.astype(jnp.int8).reshape(-1, words.shape[1])


def _tile(packed: Packed, strip: jax.Array, column: jax.Array, side: int) -> Any:
    """d_ij, m_ij^2 and which entries are pairs i < j of nodes, for one tile."""

    def part(leaf: jax.Array, start: jax.Array) -> jax.Array:
        return lax.dynamic_slice_in_dim(leaf, start * side, side, axis=-1)

    shared = shared_messages(part(packed.words, strip), part(packed.words, column))
    one, other = part(packed.closed, strip)[:, None], part(packed.closed, column)[None, :]
    place = jnp.arange(side)
    ordered = (strip * side + place)[:, None] < (column * side + place)[None, :]
    return shared, one * other, ordered & (one * other > 0)


def histogram_strip(strip: jax.Array, packed: Packed, side: int, bins: int) -> jax.Array:
    """How many pairs of a strip's share of tiles share 0, 1, ..., bins - 1 messages; int32, (bins,).

    The share of strip s of S are the tiles (s, s + t modulo S), t = 0, ..., S // 2: all strips
    together meet each pair of blocks once, where of the two tiles with t = S / 2 one is left out.
    All shares are equally long, and a GPU runs a loop of known length without asking the host
    before each tile.
    """
    strips = np.int32(packed.closed.shape[0] // side)

    def add(step: jax.Array, counts: jax.Array) -> jax.Array:
        column = lax.rem(strip + step, strips)
        shared, product, ordered = _tile(packed, strip, column, side)
        twice = (2 * step == strips) & (column < strip)
        wanted = jnp.where(step == 0, ordered, (product > 0) & ~twice)
        return counts.at[jnp.where(wanted, shared, bins)].add(1)

    start, stop = np.int32(0), np.int32(strips // 2 + 1)
    return lax.fori_loop(start, stop, add, jnp.zeros(bins + 1, jnp.int32))[:bins]


def moment_strip(strip: jax.Array, packed: Packed, side: int) -> StripSums:
    """The `StripSums` of one strip."""

    def add(column: jax.Array, sums: StripSums) -> StripSums:
        shared, product, wanted = _tile(packed, strip, column, side)
        return jax.tree.map(jnp.add, sums, tile_moments(shared, product, wanted, sums.moments))

    zeros = jnp.zeros((HALVINGS, 2, 2, ORDERS))
    start = StripSums(zeros, jnp.zeros(2), jnp.zeros(2))
    return lax.fori_loop(strip, packed.closed.shape[0] // side, add, start)


@partial(jax.jit, inline=True)
def tile_moments(
    shared: jax.Array, product: jax.Array, wanted: jax.Array, like: jax.Array
) -> StripSums:
    """The sums over one tile, from d_ij, m_ij^2 and which entries count."""
    d = shared.astype(product.dtype)
    mass = jnp.sqrt(product)

    def both(chosen: jax.Array) -> jax.Array:
        return jnp.stack([jnp.sum(jnp.where(chosen, mass, 0.0)), jnp.sum(chosen, dtype=d.dtype)])

    zero, one = wanted & (d == 0), wanted & (d * d == product)
    rest = wanted & ~(zero | one)
    safe = jnp.where(rest, product, 4.0)
    root, d = jnp.sqrt(safe), jnp.where(rest, d, 1.0)
    rho = d / root
    gap = (safe - d * d) / (root * (root + d))
    place = jnp.where(rest, jnp.minimum(rho, gap), 1.0)
    in_gap = gap < rho
    smallest = jnp.min(place)

    def panel(carry: Any) -> Any:
        k, size, moments = carry
        inside = (place > size) & (place <= 2 * size)
        x = jnp.where(inside, 2 * place / size - 3, 0.0)
        far, near = inside & ~in_gap, inside & in_gap

        def order(chebyshev: Any, _: None) -> Any:
            previous, current = chebyshev
            weighted = previous * root
            found = jnp.stack(
                [
                    jnp.sum(jnp.where(far, weighted, 0.0)),
                    jnp.sum(jnp.where(far, previous, 0.0)),
                    jnp.sum(jnp.where(near, weighted, 0.0)),
                    jnp.sum(jnp.where(near, previous, 0.0)),
                ]
            )
            return (current, 2 * x * current - previous), found

        def sums() -> jax.Array:
            _, found = lax.scan(order, (jnp.ones_like(x), x), None, length=ORDERS)
            return found.T.reshape(2, 2, ORDERS)

        found = lax.cond(jnp.any(inside), sums, lambda: jnp.zeros_like(like[0]))
        return k + 1, size / 2, moments.at[k].set(found)

    def more(carry: Any) -> jax.Array:
        return (smallest <= 2 * carry[1]) & (carry[0] < HALVINGS)

    start = (jnp.asarray(0), jnp.asarray(0.25, d.dtype), jnp.zeros_like(like))
    return StripSums(lax.while_loop(more, panel, start)[2], both(zero), both(one))
