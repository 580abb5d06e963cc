"""Random wedges i - k - j of a graph, and how many messages their ends share.

Book page `book/scale/towards-the-web-graph`. A wedge is a node k with two different nodes i, j of
its closed neighbourhood. There are W = sum_k (d_k + 1) d_k ordered ones, and the ordered pair
(i, j) is the end of d_ij of them. So the ends of a uniformly random wedge are a random pair with
probability d_ij / W, among the pairs that share a message.

The arrays of the graph may be mapped from disk. They are read twice in order (the row ends only)
and at random places: a few per wedge, and one per neighbour of that end which has fewer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnconv_lib.graphs import Graph
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Int

__all__ = ["DegreeTotals", "degree_totals", "sample_wedges", "shared_messages"]

_ROWS = 1 << 18  # row ends read at once
_PIECE = 1 << 17  # neighbours compared at once


@dataclass(frozen=True)
class DegreeTotals:
    """Sums over all nodes that need the degrees only.

    Fields:
        nodes: n.
        messages: sum of d_i + 1, the mass of the pairs i = j.
        wedges: W = sum of (d_i + 1) d_i = sum of d_ij over ordered pairs i != j.
        pair_mass: (sum of sqrt(d_i + 1))^2, the mass of all ordered pairs.
    """

    nodes: int
    messages: int
    wedges: int
    pair_mass: float


def degree_totals(graph: Graph) -> DegreeTotals:
    """The sums over all nodes, in one pass over the row ends and in bounded memory.

    Raises:
        InvalidInput: if the graph has more than 2^62 wedges.

    >>> from gnnconv_lib.graphs import star
    >>> totals = degree_totals(star(3))  # degrees 3, 1, 1, 1
    >>> totals.messages, totals.wedges, round(totals.pair_mass, 9)  # (2 + 3 sqrt 2)^2
    (10, 18, 38.970562748)
    """
    messages, wedges, roots = 0, 0, []
    for _, degrees in _degree_blocks(graph):
        if float(np.sum((degrees + 1.0) ** 2)) + wedges > 2.0**62:
            raise InvalidInput(f"graph must have at most 2^62 wedges, {graph.name} has more.")
        messages += int(np.sum(degrees + 1))
        wedges += int(np.sum((degrees + 1) * degrees))
        roots.append(float(np.sum(np.sqrt(degrees + 1.0))))
    return DegreeTotals(graph.nodes, messages, wedges, math.fsum(roots) ** 2)


def sample_wedges(
    graph: Graph, samples: int, draw: np.random.Generator, wedges: int | None = None
) -> tuple[Int[np.ndarray, " samples"], Int[np.ndarray, " samples"]]:
    """The ends (i, j) of independent, uniformly distributed wedges; int64 of shape (samples,).

    Args:
        graph: a graph with at least one edge.
        samples: how many.
        draw: the random generator.
        wedges: W, if it is known already; spares a pass over the row ends.
    """
    targets = draw.integers(0, wedges or degree_totals(graph).wedges, samples)
    order = np.argsort(targets, kind="stable")
    middle = np.empty(samples, np.int64)
    before, done = 0, 0
    for start, degrees in _degree_blocks(graph):
        ends = before + np.cumsum((degrees + 1) * degrees)
        reached = done + int(np.searchsorted(targets[order[done:]], ends[-1]))
        mine = order[done:reached]
        middle[mine] = start + np.searchsorted(ends, targets[mine], side="right")
        before, done = int(ends[-1]), reached
        if done == samples:
            break
    begin = graph.indptr[middle].astype(np.int64)
    degree = graph.indptr[middle + 1] - begin
    one = draw.integers(0, degree + 1)
    other = draw.integers(0, degree)
    other += other >= one
    return _neighbor(graph, middle, begin, degree, one), _neighbor(
        graph, middle, begin, degree, other
    )


def shared_messages(
    graph: Graph, first: Int[np.ndarray, " samples"], second: Int[np.ndarray, " samples"]
) -> Int[np.ndarray, " samples"]:
    """d_ij = |N_i intersect N_j| with closed neighbourhoods, for pairs of different nodes; int64.

    Each neighbour of the end with fewer is looked up among those of the other end by bisection.

    >>> from gnnconv_lib.graphs import star
    >>> shared_messages(star(3), np.array([0, 1]), np.array([1, 2])).tolist()
    [2, 1]
    """
    first, second = np.asarray(first, np.int64), np.asarray(second, np.int64)
    begin, end = (graph.indptr[np.stack([first, second]) + k].astype(np.int64) for k in (0, 1))
    degree = end - begin
    fewer = (degree[1] < degree[0]).astype(np.int64)
    pair = np.arange(first.size)
    start, length = begin[fewer, pair], degree[fewer, pair]
    low, high = begin[1 - fewer, pair], end[1 - fewer, pair]
    # Adjacent ends are in both closed neighbourhoods.
    shared = 2 * _contains(graph, low, high, np.where(fewer == 1, second, first)).astype(np.int64)
    filled = np.concatenate([[0], np.cumsum(length)])
    for piece in range(0, int(filled[-1]), _PIECE):
        place = np.arange(piece, min(piece + _PIECE, int(filled[-1])))
        owner = np.searchsorted(filled, place, side="right") - 1
        value = graph.indices[start[owner] + place - filled[owner]]
        found = _contains(graph, low[owner], high[owner], value)
        shared += np.bincount(owner[found], minlength=first.size)
    return shared


def _degree_blocks(graph: Graph) -> Iterator[tuple[int, np.ndarray]]:
    """First row and degrees (int64) of blocks of rows."""
    for start in range(0, graph.nodes, _ROWS):
        ends = graph.indptr[start : start + _ROWS + 1]
        yield start, np.diff(ends).astype(np.int64)


def _neighbor(
    graph: Graph, middle: np.ndarray, begin: np.ndarray, degree: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """The neighbour at a place of the row of `middle`, or `middle` itself at the place after it."""
    itself = place == degree
    nodes = graph.indices[np.where(itself, begin, begin + place)]
    return np.where(itself, middle, nodes).astype(np.int64)


def _contains(graph: Graph, low: np.ndarray, high: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Whether value[k] is among indices[low[k] : high[k]], which increase."""
    low, end, stop = low.copy(), high, high.copy()
    active = np.flatnonzero(low < stop)
    while active.size:
        middle = (low[active] + stop[active]) // 2
        smaller = graph.indices[middle] < value[active]
        low[active] = np.where(smaller, middle + 1, low[active])
        stop[active] = np.where(smaller, stop[active], middle)
        active = active[low[active] < stop[active]]
    inside = low < end
    result = np.zeros(low.size, bool)
    result[inside] = graph.indices[low[inside]] == value[inside]
    return result
