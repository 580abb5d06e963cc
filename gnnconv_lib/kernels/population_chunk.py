"""One chunk of samples of the one-round GNN, written once for plain XLA and for Pallas.

A chunk draws node features, sums them over closed neighbourhoods, applies the activation and keeps
per quantity two numbers: the sum and the sum of squared deviations from the mean of the chunk.
The two implementations differ in where the features lie (`Memory`), in nothing else.

Feature (node i, axis j) of a sample is normal number e = i axes + j: word e // groups of Philox at
the counter (sample, e mod groups, 0), with groups = ceil(nodes axes / 4). So all implementations,
blocks and devices use the same random words.

Reference: awasthi2021, Eqs. (3)-(6), (9)-(11). Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gnnconv_lib.kernels import generator

__all__ = ["Memory", "Plan", "partial_sums"]

UNROLLED_PRODUCTS = 64

Vectors = tuple[jax.Array, ...]


@dataclass(frozen=True)
class Plan:
    """What a compiled kernel depends on.

    Fields:
        quantity: "loss" (one value per sample) or "sums" (A, B, C: three values).
        activation: the `Activation` of "loss".
        nodes, axes, units: sizes n, dimension of the space of the features, h.
        chunk: samples per chunk, a power of two.
        dtype: "float32" or "float64".
    """

    quantity: str
    activation: Any
    nodes: int
    axes: int
    units: int
    chunk: int
    dtype: str

    @property
    def groups(self) -> int:
        """Calls of Philox per sample."""
        return -(-self.nodes * self.axes // 4)

    @property
    def values(self) -> int:
        """Numbers estimated."""
        return 1 if self.quantity == "loss" else 3


class Memory(NamedTuple):
    """How a chunk reads its tables and features.

    Fields:
        segments, width: sizes of the table of neighbourhoods.
        entry: (segment, place) -> row of a node; nodes for none.
        last: segment -> 1 at the last segment of its node.
        owner: segment -> node.
        feature: (row, axis) -> (chunk,) features; zeros in row `nodes`.
        note: (buffer, row, axis, vector) -> buffer with a (chunk,) vector written into it.
        noted: (buffer, row, axis) -> (chunk,) vector.
        blank: the buffer, zeros in row `nodes`.
        wait: lets all threads see what the buffer holds.
    """

    segments: int
    width: int
    entry: Callable[[Any, int], Any]
    last: Callable[[Any], Any]
    owner: Callable[[Any], Any]
    feature: Callable[[Any, int], jax.Array]
    note: Callable[[Any, Any, int, jax.Array], Any]
    noted: Callable[[Any, Any, int], jax.Array]
    blank: Any
    wait: Callable[[], None]


def words(plan: Plan, low: Any, high: Any, group: Any, key: Any) -> generator.Words:
    """The four Philox words of each sample of the chunk that starts at sample (low, high).

    The start is a multiple of the chunk, so that adding the lane never carries.
    """
    sample = low + lax.broadcasted_iota(jnp.uint32, (plan.chunk,), 0)
    group = jnp.zeros_like(sample) + group
    return generator.philox((sample, jnp.zeros_like(sample) + high, group, group * 0), key)


def partial_sums(plan: Plan, memory: Memory, weights: Any, valid: Any) -> list[Vectors]:
    """For each value the sum and the sum of squared deviations over the first `valid` samples.

    Args:
        weights: (unit, axis) -> entry of the stacked weights: W above W_star, shape (2 h, axes).
        valid: int32 number of samples that count, at least 1.
    """
    values = (
        _loss(plan, memory, weights) if plan.quantity == "loss" else _sums(plan, memory, weights)
    )
    dtype = jnp.dtype(plan.dtype).type
    counts = lax.broadcasted_iota(jnp.int32, (plan.chunk,), 0) < valid
    results: list[Vectors] = []
    for value in values:
        total = jnp.sum(jnp.where(counts, value, dtype(0)))
        deviation = jnp.where(counts, value - total / valid.astype(plan.dtype), dtype(0))
        results.append((total, jnp.sum(deviation * deviation)))
    return results


def _loss(plan: Plan, memory: Memory, weights: Any) -> Vectors:
    """(1/2) sum over units of (sum over nodes of sigma(w x) - sigma(w* x))^2."""
    zero = jnp.zeros((plan.chunk,), plan.dtype)

    def node(gaps: Vectors, received: Vectors, owner: Any, last: Any) -> Vectors:
        inner = _inner(plan, weights, received)
        outputs = [plan.activation.function(value) for value in inner]
        return tuple(
            gap + jnp.where(last, outputs[u] - outputs[u + plan.units], zero)
            for u, gap in enumerate(gaps)
        )

    gaps = _visit(plan, memory, memory.feature, plan.axes, node, (zero,) * plan.units)
    total = gaps[0] * gaps[0]
    for gap in gaps[1:]:
        total = total + gap * gap
    return (total * jnp.dtype(plan.dtype).type(0.5),)


def _sums(plan: Plan, memory: Memory, weights: Any) -> Vectors:
    """S(e)^2, S(e) S(f) and sum over nodes of T(e) T(f); sigma = sqrt(2) relu."""
    zero = jnp.zeros((plan.chunk,), plan.dtype)

    def node(state: Any, received: Vectors, owner: Any, last: Any) -> Any:
        totals, buffer = state
        inner = _inner(plan, weights, received)
        totals = tuple(
            total + jnp.where(last & (value > 0), value, zero)
            for total, value in zip(totals, inner, strict=True)
        )
        for u, value in enumerate(inner):
            buffer = memory.note(buffer, owner, u, (value >= 0).astype(plan.dtype))
        return totals, buffer

    (first, second), buffer = _visit(
        plan, memory, memory.feature, plan.axes, node, ((zero, zero), memory.blank)
    )

    memory.wait()

    def pairs(total: jax.Array, received: Vectors, owner: Any, last: Any) -> jax.Array:
        return total + jnp.where(last, received[0] * received[1], zero)

    steps = _visit(plan, memory, lambda row, u: memory.noted(buffer, row, u), 2, pairs, zero)
    return 2 * first * first, 2 * first * second, 2 * steps


def _visit(plan: Plan, memory: Memory, read: Any, axes: int, node: Any, state: Any) -> Any:
    """Fold `node(state, received, owner, last)` over segments; `received` is whole at the last."""
    zero = jnp.zeros((plan.chunk,), plan.dtype)

    def segment(index: Any, carry: Any) -> Any:
        received, state = list(carry[0]), carry[1]
        for place in range(memory.width):
            row = memory.entry(index, place)
            received = [value + read(row, axis) for axis, value in enumerate(received)]
        last = memory.last(index) > 0
        state = node(state, tuple(received), memory.owner(index), last)
        return tuple(jnp.where(last, zero, value) for value in received), state

    start, stop = np.int32(0), np.int32(memory.segments)
    return lax.fori_loop(start, stop, segment, ((zero,) * axes, state))[1]


def _inner(plan: Plan, weights: Any, received: Vectors) -> list[jax.Array]:
    """The products of the stacked weights with the received features, row by row."""
    rows = 2 * plan.units
    if rows * plan.axes > UNROLLED_PRODUCTS:  # plain XLA only
        matrix = jnp.stack(
            [jnp.stack([weights(u, j) for j in range(plan.axes)]) for u in range(rows)]
        )
        products = jnp.dot(matrix, jnp.stack(received), precision=lax.Precision.HIGHEST)
        return [products[u] for u in range(rows)]
    inner = []
    for u in range(rows):
        value = weights(u, 0) * received[0]
        for j in range(1, plan.axes):
            value = value + weights(u, j) * received[j]
        inner.append(value)
    return inner
