"""Twins merged into one: nodes with equal neighbourhoods need to be counted only once.

awasthi2021, Section 3: d_ij = |N_i intersect N_j|. Book page `book/scale/towards-the-web-graph`.
Two nodes are twins if their open neighbourhoods are equal (the leaves of a star), or their closed
ones (the nodes of a clique). A node cannot have twins of both kinds: if u, v share the open and
u, w the closed one, then w is adjacent to u, hence to v, hence v to u. So the classes are a
partition, and d_ij is the same for all members of two classes.

A star with 10^6 leaves takes 10^12 steps to count, merged it has two nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.overlap_compiled import Weighted

__all__ = ["Merged", "as_weighted", "merge_twins"]

_SEED = 20210121  # of the hash; the result does not depend on it
_BLOCK = 1 << 17  # entries compared at once
_WORTH = 16  # nothing is merged if less than this share of the nodes would go


class Merged(NamedTuple):
    """A graph with one node per class of twins.

    Fields:
        rows: the graph on the classes, with their sizes.
        closed: (classes,) d + 1 of the members, counted in the original graph.
        within: (classes,) d_ij of two members of the class.
    """

    rows: Weighted
    closed: np.ndarray
    within: np.ndarray


def as_weighted(graph: Graph) -> Merged:
    """The graph itself, every node a class of its own."""
    ones = np.ones(graph.nodes, np.int32)
    rows = Weighted(np.asarray(graph.indptr), np.asarray(graph.indices), ones, ones)
    closed = graph.degrees + 1
    return Merged(rows, closed, closed)


def merge_twins(graph: Graph) -> Merged:
    """The graph with twins merged. Exact: candidates found by a hash are compared entry by entry.

    >>> from gnnconv_lib.graphs import star
    >>> merged = merge_twins(star(5))
    >>> merged.rows.size, merged.closed, merged.within
    (array([1, 5], dtype=int32), array([6, 2]), array([6, 1]))
    """
    draw = np.random.default_rng(_SEED)
    marks = draw.integers(0, 2**64, graph.nodes, dtype=np.uint64)
    sums = _row_sums(graph, marks)
    leader = np.arange(graph.nodes)
    is_closed = np.zeros(graph.nodes, bool)
    for hashes, closed in ((sums, False), (sums + marks, True)):
        candidates, first = _candidates(graph, hashes)
        for part in _blocks(graph.degrees[candidates]):
            same = _same_rows(graph, candidates[part], first[part], closed)
            leader[candidates[part][same]] = first[part][same]
            is_closed[candidates[part][same]] = closed
            is_closed[first[part][same]] = closed
    if np.count_nonzero(leader != np.arange(graph.nodes)) < graph.nodes / _WORTH:
        return as_weighted(graph)
    return _quotient(graph, leader, is_closed)


def _blocks(lengths: np.ndarray) -> Iterator[slice]:
    """Ranges of rows with about `_BLOCK` entries each, at least one row."""
    filled = np.concatenate([[0], np.cumsum(lengths)])
    start = 0
    while start < lengths.size:
        stop = int(np.searchsorted(filled, filled[start] + _BLOCK, side="right")) - 1
        stop = min(max(stop, start + 1), lengths.size)
        yield slice(start, stop)
        start = stop


def _row_sums(graph: Graph, marks: np.ndarray) -> np.ndarray:
    """The sum of the neighbours' marks modulo 2^64, row block by row block."""
    sums = np.zeros(graph.nodes, np.uint64)
    for block in _blocks(graph.degrees):
        bounds = graph.indptr[block.start : block.stop + 1]
        occupied = np.flatnonzero(np.diff(bounds))
        if occupied.size:
            entries = marks[graph.indices[bounds[0] : bounds[-1]]]
            sums[block.start + occupied] = np.add.reduceat(entries, (bounds - bounds[0])[occupied])
    return sums


def _candidates(graph: Graph, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes whose hash occurred at a smaller node, with the smallest such node; equal degrees."""
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    earliest = first[inverse.reshape(-1)]
    degrees = graph.degrees
    nodes = np.flatnonzero((earliest != np.arange(hashes.size)) & (degrees[earliest] == degrees))
    return nodes, earliest[nodes]


def _same_rows(graph: Graph, one: np.ndarray, other: np.ndarray, closed: bool) -> np.ndarray:
    """Whether the neighbourhoods of one[k] and other[k] are equal, open or closed."""
    lengths = np.diff(graph.indptr)[one]
    total = int(lengths.sum())
    offset = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    left = graph.indices[np.repeat(graph.indptr[one], lengths) + offset]
    right = graph.indices[np.repeat(graph.indptr[other], lengths) + offset]
    pair = np.repeat(np.arange(one.size), lengths)
    if closed:
        # Both rows without the two nodes themselves; equal degrees, so each must lose one entry.
        keep_left, keep_right = left != other[pair], right != one[pair]
        adjacent = np.bincount(pair[~keep_left], minlength=one.size) == 1
        kept = adjacent[pair]
        unequal = left[keep_left & kept] != right[keep_right & kept]
        different = ~adjacent
        different[pair[keep_left & kept][unequal]] = True
    else:
        different = np.zeros(one.size, bool)
        different[pair[left != right]] = True
    return ~different


def _quotient(graph: Graph, leader: np.ndarray, is_closed: np.ndarray) -> Merged:
    leaders, number, size = np.unique(leader, return_inverse=True, return_counts=True)
    number = number.reshape(-1)
    degrees = graph.degrees
    kept = np.zeros(graph.nodes, bool)
    kept[leaders] = True
    inside = np.repeat(kept, degrees)
    columns = graph.indices[inside]
    rows = np.repeat(number[leaders], degrees[leaders])
    among = kept[columns]
    lengths = np.bincount(rows[among], minlength=leaders.size)
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(graph.indices.dtype)
    # Leaders are numbered in increasing order, so the rows stay increasing.
    indices = number[columns[among]].astype(graph.indices.dtype)
    own = np.where(is_closed[leaders], size, 1)
    closed = degrees[leaders] + 1
    within = np.where(is_closed[leaders] | (size == 1), closed, closed - 1)
    weighted = Weighted(indptr, indices, size.astype(np.int32), own.astype(np.int32))
    return Merged(weighted, closed, within)
