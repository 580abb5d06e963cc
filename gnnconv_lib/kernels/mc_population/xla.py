"""Chunks of the one-round GNN in plain JAX: the reference semantics, and the CPU's fast path.

`lax.map` runs the chunks one after the other, so that memory holds one chunk. Book page:
book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gnnconv_lib.kernels import generator
from gnnconv_lib.kernels.implementation import platform_name
from gnnconv_lib.kernels.mc_population.chunk import Memory, Plan, partial_sums, words

__all__ = ["chunk_size", "features", "kernel"]

LARGEST_CHUNK = 1024
LARGEST_CHUNK_OF_A_CPU = 256  # the features of 100 nodes stay in a cache of half a MiB
SMALLEST_CHUNK = 16
NUMBERS_PER_CHUNK = 2**20


def chunk_size(numbers: int) -> int:
    """Samples per chunk, a power of two, for so many numbers per sample.

    >>> chunk_size(10**4), chunk_size(10**6)
    (64, 16)
    """
    fits = 2 ** int(np.log2(max(NUMBERS_PER_CHUNK // numbers, 1)))
    largest = LARGEST_CHUNK_OF_A_CPU if platform_name() == "cpu" else LARGEST_CHUNK
    return min(max(fits, SMALLEST_CHUNK), largest)


@lru_cache(maxsize=64)
def kernel(plan: Plan) -> Callable[..., jax.Array]:
    """The function (items, segments, weights, key) -> partial sums, shape (items, values, 3).

    An item is three uint32: the first sample, low and high word, and how many samples count.
    """

    def run(items: Any, segments: Any, weights: Any, key: Any) -> jax.Array:
        return lax.map(lambda item: _chunk(plan, item, segments, weights, key), items)

    return run


def _chunk(plan: Plan, item: Any, segments: Any, weights: Any, key: Any) -> jax.Array:
    valid = item[2].astype(jnp.int32)

    def present() -> jax.Array:
        table = features(plan, item[0], item[1], (key[0], key[1]), jnp.minimum(valid, 1))
        memory = Memory(
            segments=segments.rows.shape[0],
            width=segments.rows.shape[1],
            entry=lambda index, place: segments.rows[index, place],
            last=lambda index: segments.last[index],
            owner=lambda index: segments.node[index],
            feature=lambda row, axis: _row(table, row * plan.axes + axis),
            note=lambda buffer, row, axis, value: lax.dynamic_update_index_in_dim(
                buffer, value, row * 2 + axis, 0
            ),
            noted=lambda buffer, row, axis: _row(buffer, row * 2 + axis),
            blank=jnp.zeros((2 * (plan.nodes + 1), plan.chunk), plan.dtype),
            wait=lambda: None,
        )
        sums = partial_sums(plan, memory, lambda u, j: weights[u, j], valid)
        return jnp.stack([jnp.stack(triple) for triple in sums])

    return lax.cond(valid > 0, present, lambda: jnp.zeros((plan.values, 3), plan.dtype))


def features(plan: Plan, low: Any, high: Any, key: Any, once: Any) -> jax.Array:
    """The features of a chunk, shape ((nodes + 1) axes, chunk), zeros for the row `nodes`.

    The words and the radii are stored, since the compiler would otherwise compute them again for
    each of the arrays made from them. On a CPU a loop of `once` rounds does it (`once` is 1, but
    unknown to the compiler), with the words two by two; on a GPU, where such a loop waits for the
    host, a barrier.
    """
    shape = (plan.groups, plan.chunk)

    group = lax.broadcasted_iota(jnp.uint32, shape, 0)

    def drawn_by(draw: Any) -> Any:
        return words(plan, low, high, group, key, draw)

    def by_loop(make: Callable[[], Any], once: Any) -> Any:
        blank = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), jax.eval_shape(make))
        return lax.fori_loop(np.int32(0), once, lambda _, carry: make(), blank)

    def words_by_loop(once: Any) -> generator.Words:
        if not jax.config.read("jax_enable_x64"):
            return by_loop(lambda: drawn_by(generator.philox), once)
        pairs = by_loop(lambda: drawn_by(generator.philox_in_pairs), once)
        return generator.words_of_pairs(pairs)

    def words_by_barrier(once: Any) -> generator.Words:
        return lax.optimization_barrier(drawn_by(generator.philox))

    def on_platform(loop: Any, barrier: Any) -> Any:
        return lax.platform_dependent(once, cuda=barrier, rocm=barrier, default=loop)

    first, second, third, fourth = on_platform(words_by_loop, words_by_barrier)

    def radii() -> Any:
        return generator.radius(first, plan.dtype), generator.radius(third, plan.dtype)

    near, far = on_platform(
        lambda once: by_loop(radii, once), lambda once: lax.optimization_barrier(radii())
    )
    drawn = [*generator.rotate(near, second), *generator.rotate(far, fourth)]
    numbers = plan.nodes * plan.axes
    used = [part[: max(numbers - k * plan.groups, 0)] for k, part in enumerate(drawn)]
    return jnp.concatenate([*used, jnp.zeros((plan.axes, plan.chunk), plan.dtype)])


def _row(table: jax.Array, index: Any) -> jax.Array:
    return lax.dynamic_index_in_dim(table, index, 0, keepdims=False)
