"""Chunks of the one-round GNN as one Pallas kernel for Triton.

A fixed number of programs each work through every so-many-th chunk. A program draws the features
of a chunk into a piece of memory of its own, reads neighbourhoods from there, and writes back three
numbers per value: no message and no output of a node goes to memory, and where the graph is small
enough that all pieces stay in the cache of the GPU, no feature either.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.experimental import pallas

from gnnconv_lib.kernels import generator
from gnnconv_lib.kernels.implementation import barrier, compiler_parameters
from gnnconv_lib.kernels.mc_population.chunk import Memory, Plan, partial_sums, words

__all__ = ["kernel", "programs"]

MOST_PROGRAMS = 512
LEAST_PROGRAMS = 256  # about two for each of the 108 to 132 processors of current data-centre GPUs
CACHE_BYTES = 2**25  # 32 MiB, inside the second-level cache of those
MEMORY_BYTES = 2**33


def programs(plan: Plan) -> int:
    """How many programs run at once, a power of two.

    As many as have their pieces of memory in the cache, but where their pieces fit into 8 GiB no
    fewer than about two for each processor: at 10,000 nodes the cache holds those of two programs.

    >>> from dataclasses import replace
    >>> hundred = Plan("loss", None, nodes=100, axes=2, units=1, chunk=128, dtype="float32")
    >>> programs(hundred), programs(replace(hundred, nodes=10_000, dtype="float64"))
    (256, 256)
    """
    piece = scratch_rows(plan) * plan.chunk * jnp.dtype(plan.dtype).itemsize
    in_memory = min(LEAST_PROGRAMS, MEMORY_BYTES // piece)
    fitting = max(CACHE_BYTES // piece, in_memory, 1)
    return min(MOST_PROGRAMS, 2 ** int(np.log2(fitting)))


def scratch_rows(plan: Plan) -> int:
    """Rows of features and zeros, and for "sums" two rows of steps per node."""
    drawn = max(4 * plan.groups, (plan.nodes + 1) * plan.axes)
    return drawn + (2 * (plan.nodes + 1) if plan.quantity == "sums" else 0)


@lru_cache(maxsize=64)
def kernel(
    plan: Plan, interpret: bool, largest_grid: int | None = None
) -> Callable[..., jax.Array]:
    """The function (items, segments, weights, key) -> partial sums, shape (items, values, 3).

    Args and result as for `xla.kernel`; `largest_grid` bounds the number of programs.
    """

    def run(items: Any, segments: Any, weights: Any, key: Any) -> jax.Array:
        grid = min(programs(plan), largest_grid or MOST_PROGRAMS, items.shape[0])
        padding = -items.shape[0] % grid
        whole = plan.unit_blocks * plan.units_at_once
        if whole > plan.units:  # units of weight 0, which add nothing, fill up the last block
            halves = weights.reshape(2, plan.units, plan.axes)
            halves = jnp.pad(halves, ((0, 0), (0, whole - plan.units), (0, 0)))
            weights = halves.reshape(2 * whole, plan.axes)
        padded = jnp.concatenate([items, jnp.zeros((padding, 3), jnp.uint32)])
        sums, _ = pallas.pallas_call(
            lambda *refs: _program(plan, segments.rows.shape, grid, interpret, *refs),
            out_shape=(
                jax.ShapeDtypeStruct((padded.shape[0], plan.values, 3), plan.dtype),
                jax.ShapeDtypeStruct((grid, scratch_rows(plan), plan.chunk), plan.dtype),
            ),
            grid=(grid,),
            interpret=interpret,
            compiler_params=compiler_parameters(warps=4),
            name="mc_population",
        )(padded, segments.rows, segments.node, segments.last, weights, key)
        return sums[: items.shape[0]]

    return run


def _program(
    plan: Plan,
    table: tuple[int, int],
    grid: int,
    interpret: bool,
    items: Any,
    rows: Any,
    node: Any,
    last: Any,
    weights: Any,
    key: Any,
    sums: Any,
    scratch: Any,
) -> None:
    me = pallas.program_id(0)
    zeros = jnp.zeros((plan.chunk,), plan.dtype)
    below = max(4 * plan.groups, (plan.nodes + 1) * plan.axes)  # where the steps begin
    numbers = plan.nodes * plan.axes

    def wait() -> None:
        barrier(interpret)

    def note(buffer: None, row: Any, axis: int, value: jax.Array) -> None:
        scratch[me, below + row * 2 + axis, :] = value

    memory = Memory(
        segments=table[0],
        width=table[1],
        entry=lambda index, place: rows[index, place],
        last=lambda index: last[index],
        owner=lambda index: node[index],
        feature=lambda row, axis: scratch[me, row * plan.axes + axis, :],
        note=note,
        noted=lambda buffer, row, axis: scratch[me, below + row * 2 + axis, :],
        blank=None,
        wait=wait,
        by_blocks=True,
    )

    def draw(group: Any, chunk: Any) -> Any:
        low, high = items[chunk, 0], items[chunk, 1]
        bits = words(plan, low, high, group.astype(jnp.uint32), (key[0], key[1]))
        for lane, value in enumerate(generator.normals(bits, plan.dtype)):
            scratch[me, lane * plan.groups + group, :] = value
        return chunk

    def work(turn: Any, carry: Any) -> Any:
        chunk = turn * np.int32(grid) + me
        lax.fori_loop(np.int32(0), np.int32(plan.groups), draw, chunk)
        wait()
        for axis in range(plan.axes):  # over surplus features, where there are any
            scratch[me, numbers + axis, :] = zeros
        if plan.quantity == "sums":
            for axis in range(2):
                scratch[me, below + 2 * plan.nodes + axis, :] = zeros
        wait()
        valid = items[chunk, 2].astype(jnp.int32)
        stated = partial_sums(plan, memory, lambda u, j: weights[u, j], jnp.maximum(valid, 1))
        for index, numbers_of_value in enumerate(stated):
            for place, number in enumerate(numbers_of_value):
                sums[chunk, index, place] = jnp.where(valid > 0, number, jnp.zeros_like(number))
        wait()
        return carry

    turns = np.int32(sums.shape[0] // grid)
    lax.fori_loop(np.int32(0), turns, work, np.int32(0))
