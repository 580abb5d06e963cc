"""Strips of tiles of (Adjacency + I)^2 as Pallas kernels for Triton.

A program owns a strip: a block of rows against all blocks of columns to the right. It unpacks
words to bytes, one bit position at a time (the order of a sum over bits is free, so that nothing
is reshaped), feeds them to the integer matrix unit, and reduces each tile before the next. The
histogram compares the tile with each value between its smallest and its largest: vector atomics
with repeated indices are not to be had in every mode, and the range is a small multiple of
sqrt(n).

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.experimental import pallas

from gnnconv_lib.kernels.implementation import barrier, compiler_parameters
from gnnconv_lib.kernels.overlap_tiles.xla import HALVINGS, ORDERS, Packed, StripSums

__all__ = ["WORDS_AT_ONCE", "histograms", "moments"]

WORDS_AT_ONCE = 32  # the integer matrix unit wants at least 32 terms per product


def histograms(
    strips: jax.Array, packed: Packed, side: int, bins: int, interpret: bool
) -> jax.Array:
    """`xla.histogram_strip` of each strip, int32, shape (strips, bins)."""
    return _call(
        partial(_histogram, side, bins, interpret),
        jax.ShapeDtypeStruct((strips.shape[0], bins), jnp.int32),
        strips,
        packed,
        interpret,
        "overlap_histogram",
    )


def moments(strips: jax.Array, packed: Packed, side: int, interpret: bool) -> StripSums:
    """`xla.moment_strip` of each strip, with a first axis of strips."""
    count = strips.shape[0]
    found, ends = _call(
        partial(_moments, side, interpret),
        (
            jax.ShapeDtypeStruct((count, HALVINGS, 4, ORDERS), jnp.float64),
            jax.ShapeDtypeStruct((count, 4), jnp.float64),
        ),
        strips,
        packed,
        interpret,
        "overlap_moments",
    )
    # Triton adds up in the order (far mass, far count, near mass, near count).
    return StripSums(found.reshape(count, HALVINGS, 2, 2, ORDERS), ends[:, :2], ends[:, 2:])


def _call(
    program: Any, shape: Any, strips: jax.Array, packed: Packed, interpret: bool, name: str
) -> Any:
    words = packed.words.shape[0]
    padded = jnp.pad(packed.words, ((0, -words % WORDS_AT_ONCE), (0, 0)))
    # Every output is added to: it starts as zeros, handed over as an aliased input.
    zeros = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shape)
    flat = jax.tree.leaves(zeros)
    return pallas.pallas_call(
        program,
        grid=(strips.shape[0],),
        out_shape=shape,
        input_output_aliases={3 + i: i for i in range(len(flat))},
        interpret=interpret,
        compiler_params=compiler_parameters(warps=8),
        name=name,
    )(strips, padded, packed.closed, *flat)


def _shared(words: Any, row: Any, column: Any, side: int) -> jax.Array:
    """The tile of d_ij whose first row and column are given, int32, shape (side, side)."""

    def chunk(number: Any, total: jax.Array) -> jax.Array:
        part = pallas.ds(number * WORDS_AT_ONCE, WORDS_AT_ONCE)
        left, right = words[part, pallas.ds(row, side)].T, words[part, pallas.ds(column, side)]

        def bit(place: Any, total: jax.Array) -> jax.Array:
            shift = place.astype(jnp.uint32)
            one = np.uint32(1)
            a = ((left >> shift) & one).astype(jnp.int8)
            b = ((right >> shift) & one).astype(jnp.int8)
            return total + jnp.dot(a, b, preferred_element_type=jnp.int32)

        return lax.fori_loop(np.int32(0), np.int32(32), bit, total)

    chunks = np.int32(words.shape[0] // WORDS_AT_ONCE)
    return lax.fori_loop(np.int32(0), chunks, chunk, jnp.zeros((side, side), jnp.int32))


def _tile(words: Any, closed: Any, strip: Any, column: Any, side: int) -> Any:
    """d_ij, m_ij^2 and which entries are pairs i < j of nodes."""
    row, other = strip * np.int32(side), column * np.int32(side)
    shared = _shared(words, row, other, side)
    product = closed[pallas.ds(row, side)][:, None] * closed[pallas.ds(other, side)][None, :]
    place = lax.broadcasted_iota(jnp.int32, (side, side), 0) + row
    across = lax.broadcasted_iota(jnp.int32, (side, side), 1) + other
    return shared, product, (place < across) & (product > 0)


def _histogram(side: int, bins: int, interpret: bool, *refs: Any) -> None:
    strips, words, closed, _, counts = refs
    me = pallas.program_id(0)
    strip = strips[me]

    def tile(column: Any, carry: Any) -> Any:
        shared, _, wanted = _tile(words, closed, strip, column, side)
        low = jnp.min(jnp.where(wanted, shared, bins))
        high = jnp.max(jnp.where(wanted, shared, -1))

        def count(value: Any, carry: Any) -> Any:
            equal = wanted & (shared == value)
            counts[me, value] = counts[me, value] + jnp.sum(equal.astype(jnp.int32))
            barrier(interpret)
            return carry

        return lax.fori_loop(low, high + 1, count, carry)

    lax.fori_loop(strip, np.int32(closed.shape[0] // side), tile, np.int32(0))


def _moments(side: int, interpret: bool, *refs: Any) -> None:
    strips, words, closed, _, _, sums, ends = refs
    me = pallas.program_id(0)
    strip = strips[me]

    def tile(column: Any, carry: Any) -> Any:
        shared, product, wanted = _tile(words, closed, strip, column, side)
        d = shared.astype(product.dtype)
        mass = jnp.sqrt(product)
        zero = wanted & (d == 0)
        one = wanted & (d * d == product)
        rest = wanted & ~(zero | one)
        for end, chosen in ((0, zero), (2, one)):
            ends[me, end] = ends[me, end] + jnp.sum(jnp.where(chosen, mass, 0.0))
            ends[me, end + 1] = ends[me, end + 1] + jnp.sum(chosen.astype(d.dtype))
        safe = jnp.where(rest, product, 4.0)
        root = jnp.sqrt(safe)
        d = jnp.where(rest, d, 1.0)
        rho = d / root
        gap = (safe - d * d) / (root * (root + d))
        place = jnp.where(rest, jnp.minimum(rho, gap), 1.0)
        in_gap = gap < rho
        smallest = jnp.min(place)

        def panel(carry: Any) -> Any:
            k, size = carry
            inside = (place > size) & (place <= 2 * size)
            x = jnp.where(inside, 2 * place / size - 3, 0.0)
            parts = (inside & ~in_gap, inside & in_gap)

            def order(number: Any, chebyshev: Any) -> Any:
                previous, current = chebyshev
                for slot, chosen in enumerate(parts):
                    counted = jnp.where(chosen, previous, 0.0)
                    for kind, term in enumerate((counted * root, counted)):
                        at = (me, k, np.int32(2 * slot + kind), number)
                        sums[at] = sums[at] + jnp.sum(term)
                return current, 2 * x * current - previous

            ones = jnp.ones_like(x)
            lax.fori_loop(np.int32(0), np.int32(ORDERS), order, (ones, x))
            barrier(interpret)
            return k + 1, size / 2

        def more(carry: Any) -> jax.Array:
            return (smallest <= 2 * carry[1]) & (carry[0] < HALVINGS)

        lax.while_loop(more, panel, (jnp.int32(0), jnp.asarray(0.25, d.dtype)))
        barrier(interpret)
        return carry

    lax.fori_loop(strip, np.int32(closed.shape[0] // side), tile, np.int32(0))
