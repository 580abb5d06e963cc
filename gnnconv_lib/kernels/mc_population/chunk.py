"""One chunk of samples of the one-round GNN, written once for plain XLA and for Pallas.

A chunk draws node features, sums them over closed neighbourhoods, applies the activation and keeps
per quantity three numbers: the sum and the sum of squared deviations from the mean of the chunk,
and the unit of both. The two implementations differ in where the features lie (`Memory`) and in
how many units of the network they take at once.

The loss of a sample is a square. So that weights of 1e30 or 1e-30 neither overflow nor vanish in
float32, the gaps are divided by a power of two s near the largest of them before they are squared:
the sums are in units of s^2, and exact in the same digits as without it.

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

__all__ = ["LARGEST_AXES", "NOT_IN_TRITON", "PALLAS_CHUNK", "Memory", "Plan", "partial_sums"]

UNROLLED_PRODUCTS = 64
PRODUCTS_AT_ONCE = 32  # of a block of units: in float64, 64 of them leave no register free
PALLAS_CHUNK = 128  # one sample per thread of four warps
LARGEST_AXES = 8  # of the space of the features, for Pallas
NOT_IN_TRITON = ("erf", "gelu")  # JAX has no rule that lowers the error function to Triton

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
    def units_at_once(self) -> int:
        """Units whose products with the features are written out, at least one."""
        return min(self.units, max(1, PRODUCTS_AT_ONCE // (2 * self.axes)))

    @property
    def unit_blocks(self) -> int:
        """How many times so many units there are."""
        return -(-self.units // self.units_at_once)

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
        by_blocks: whether a wide network is taken a few units at a time, each time from the
            features; else all units at once, by a matrix product.
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
    by_blocks: bool = False


def words(
    plan: Plan, low: Any, high: Any, group: Any, key: Any, draw: Any = generator.philox
) -> Any:
    """What `draw` makes of each sample of the chunk that starts at sample (low, high): Philox words.

    The start is a multiple of the chunk, so that adding the lane never carries.
    """
    sample = low + lax.broadcasted_iota(jnp.uint32, (plan.chunk,), 0)
    group = jnp.zeros_like(sample) + group
    return draw((sample, jnp.zeros_like(sample) + high, group, group * 0), key)


def partial_sums(plan: Plan, memory: Memory, weights: Any, valid: Any) -> list[Vectors]:
    """For each value over the first `valid` samples: sum, sum of squared deviations, their unit.

    Args:
        weights: (unit, axis) -> entry of the stacked weights: W above W_star, shape (2 h, axes);
            with `by_blocks`, h is filled up with units of weight 0 to whole blocks.
        valid: int32 number of samples that count, at least 1.

    Returns:
        Triples (total, deviation, unit): the sum is total * unit, the other one
        deviation * unit^2. The unit is a power of four that may leave the range of the type when
        squared; so it is given as its root.
    """
    dtype = jnp.dtype(plan.dtype).type
    root = jnp.asarray(1, plan.dtype)
    if plan.quantity == "loss":
        total, root = _loss(plan, memory, weights)
        values: Vectors = (total,)
    else:
        values = _sums(plan, memory, weights)
    counts = lax.broadcasted_iota(jnp.int32, (plan.chunk,), 0) < valid
    results: list[Vectors] = []
    for value in values:
        total = jnp.sum(jnp.where(counts, value, dtype(0)))
        deviation = jnp.where(counts, value - total / valid.astype(plan.dtype), dtype(0))
        results.append((total, jnp.sum(deviation * deviation), root))
    return results


def _loss(plan: Plan, memory: Memory, weights: Any) -> tuple[jax.Array, jax.Array]:
    """(1/2) sum over units of (sum over nodes of sigma(w x) - sigma(w* x))^2 / s^2, and s."""
    if memory.by_blocks and plan.unit_blocks > 1:
        return _loss_by_blocks(plan, memory, weights)
    gaps = _gaps(plan, memory, weights, plan.units, plan.units)
    size = jnp.max(jnp.abs(gaps[0]))
    for gap in gaps[1:]:
        size = jnp.maximum(size, jnp.max(jnp.abs(gap)))
    root, inverse = _power_of_two(size)
    gaps = tuple(gap * inverse for gap in gaps)
    total = gaps[0] * gaps[0]
    for gap in gaps[1:]:
        total = total + gap * gap
    return total * jnp.dtype(plan.dtype).type(0.5), root


def _loss_by_blocks(plan: Plan, memory: Memory, weights: Any) -> tuple[jax.Array, jax.Array]:
    """The same, a few units at a time: the first pass finds s, the second one adds up."""
    at_once = plan.units_at_once
    stars = plan.unit_blocks * at_once  # where the teacher's rows begin

    def block(number: Any) -> Vectors:
        first = number * np.int32(at_once)
        return _gaps(plan, memory, lambda u, j: weights(first + u, j), at_once, stars)

    def largest(number: Any, size: jax.Array) -> jax.Array:
        for gap in block(number):
            size = jnp.maximum(size, jnp.max(jnp.abs(gap)))
        return size

    def add(number: Any, total: jax.Array) -> jax.Array:
        for gap in block(number):
            total = total + (gap * inverse) * (gap * inverse)
        return total

    blocks = np.int32(plan.unit_blocks)
    size = lax.fori_loop(np.int32(0), blocks, largest, jnp.asarray(0, plan.dtype))
    root, inverse = _power_of_two(size)
    total = lax.fori_loop(np.int32(0), blocks, add, jnp.zeros((plan.chunk,), plan.dtype))
    return total * jnp.dtype(plan.dtype).type(0.5), root


def _gaps(plan: Plan, memory: Memory, weights: Any, units: int, stars: int) -> Vectors:
    """The sums over nodes of sigma(w x) - sigma(w* x), unit by unit; w* is row `stars` + unit."""
    zero = jnp.zeros((plan.chunk,), plan.dtype)

    def row(k: int, axis: int) -> Any:
        return weights(k if k < units else stars + (k - units), axis)

    def node(gaps: Vectors, received: Vectors, owner: Any, last: Any) -> Vectors:
        inner = _inner(plan, row, received, 2 * units)
        outputs = [plan.activation.function(value) for value in inner]
        return tuple(
            gap + jnp.where(last, outputs[u] - outputs[u + units], zero)
            for u, gap in enumerate(gaps)
        )

    return _visit(plan, memory, memory.feature, plan.axes, node, (zero,) * units)


def _power_of_two(size: jax.Array) -> tuple[jax.Array, jax.Array]:
    """A power of two near a number of at least 0, and its inverse; 1 for 0, infinity and NaN.

    The exponent is read off the bits, so that both are exact and normal numbers.
    """
    wide = size.dtype == jnp.float64
    whole, digits, bias = (jnp.int64, 52, 1023) if wide else (jnp.int32, 23, 127)
    integer = jnp.dtype(whole).type
    exponent = lax.shift_right_logical(lax.bitcast_convert_type(size, whole), integer(digits))
    exponent = jnp.clip(exponent, integer(1), integer(2 * bias - 1))
    usual = (size > 0) & (size < jnp.inf)
    exponent = jnp.where(usual, exponent, integer(bias))

    def power(exponent: jax.Array) -> jax.Array:
        return lax.bitcast_convert_type(lax.shift_left(exponent, integer(digits)), size.dtype)

    return power(exponent), power(integer(2 * bias) - exponent)


def _sums(plan: Plan, memory: Memory, weights: Any) -> Vectors:
    """S(e)^2, S(e) S(f) and sum over nodes of T(e) T(f); sigma = sqrt(2) relu."""
    zero = jnp.zeros((plan.chunk,), plan.dtype)

    def node(state: Any, received: Vectors, owner: Any, last: Any) -> Any:
        totals, buffer = state
        inner = _inner(plan, weights, received, 2)
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
    """Fold `node(state, received, owner, last)` over segments; `received` is whole at the last.

    Where every node has one segment, nothing is carried from one to the next: XLA would add up the
    messages once for that and once more for the state.
    """
    zero = jnp.zeros((plan.chunk,), plan.dtype)
    start, stop = np.int32(0), np.int32(memory.segments)

    def whole(index: Any, state: Any) -> Any:
        received = [zero] * axes
        for place in range(memory.width):
            row = memory.entry(index, place)
            received = [value + read(row, axis) for axis, value in enumerate(received)]
        return node(state, tuple(received), memory.owner(index), True)

    if memory.segments == plan.nodes:
        return lax.fori_loop(start, stop, whole, state)

    def segment(index: Any, carry: Any) -> Any:
        received, state = list(carry[0]), carry[1]
        for place in range(memory.width):
            row = memory.entry(index, place)
            received = [value + read(row, axis) for axis, value in enumerate(received)]
        last = memory.last(index) > 0
        state = node(state, tuple(received), memory.owner(index), last)
        return tuple(jnp.where(last, zero, value) for value in received), state

    return lax.fori_loop(start, stop, segment, ((zero,) * axes, state))[1]


def _inner(plan: Plan, weights: Any, received: Vectors, rows: int) -> list[jax.Array]:
    """The products of the stacked weights with the received features, row by row."""
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
