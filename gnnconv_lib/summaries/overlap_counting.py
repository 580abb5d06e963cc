"""Counting shared messages: the entries of (Adjacency + I)^2, block by block.

awasthi2021, Section 3: d_ij = |N_i intersect N_j| with closed neighbourhoods. Book page
`book/setting.ipynb`. The n x n matrix never exists. There are two routes, chosen by their cost:

1. sparse: blocks of rows of (Adjacency + I), times the whole, in compressed rows. Blocks are cut
   so that a block of the product fits in the working set.
2. dense: square tiles, each the product of two strips of rows in float32 by BLAS. The entries
   are integers below 2^24, so float32 is exact. Only tiles on and above the diagonal are made.

Both keep the pairs i < j; the pairs i = j are known (d_ii = d_i + 1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.sparse

from gnnconv_lib.graphs import Graph
from gnnconv_lib.graphs.memory import require_memory, size_in_words
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["WORKING_SET", "OverlapGroups", "TooManyGroups", "overlapping_pairs", "pair_blocks"]

#: Bytes that the blocks may take beside the graph itself, unless the caller says otherwise.
WORKING_SET = 512 << 20

_BYTES_PER_ENTRY = 96  # of a block of the sparse product, with its temporaries
_DENSE_ADVANTAGE = 100  # multiply-adds of BLAS in the time of one step of the sparse product
_TABLE_LIMIT = 1 << 22  # keys up to which groups are counted in a table


class PairBlock(NamedTuple):
    """Some of the pairs of nodes i < j with their d_ij; integers of shape (E,) each."""

    first: np.ndarray
    second: np.ndarray
    shared: np.ndarray


@dataclass(frozen=True, eq=False)
class OverlapGroups:
    """Overlapping ordered pairs, i = j included, grouped; int64 arrays of shape (G,).

    Fields:
        first: d_i + 1, the smaller of the two.
        second: d_j + 1, the larger of the two.
        shared: d_ij >= 1.
        count: ordered pairs (i, j) with these values, in either order of the degrees.
    """

    first: np.ndarray
    second: np.ndarray
    shared: np.ndarray
    count: np.ndarray


class TooManyGroups(Exception):
    """Counting stopped because there are more groups than asked for."""


def overlapping_pairs(
    graph: Graph, working_set: int = WORKING_SET, most: int | None = None
) -> OverlapGroups:
    """The ordered pairs with d_ij >= 1, grouped by (d_i + 1, d_j + 1, d_ij), counted exactly.

    Args:
        graph: any graph.
        working_set: bytes that blocks of the product may take.
        most: number of groups with i != j at which to give up.

    Raises:
        TooManyGroups: if there are more than `most` of them.
        InvalidInput: if the groups themselves outgrow the memory of the machine.

    >>> from gnnconv_lib.graphs import star
    >>> groups = overlapping_pairs(star(2))
    >>> np.stack([groups.first, groups.second, groups.shared, groups.count]).T.tolist()
    [[2, 2, 1, 2], [2, 2, 2, 2], [2, 3, 2, 4], [3, 3, 3, 1]]
    """
    closed = graph.degrees + 1
    degrees, class_of = np.unique(closed, return_inverse=True)
    classes, largest = degrees.size, int(degrees[-1])
    keys = classes * classes * (largest + 1)
    counter: _Table | _SortedKeys = _Table(keys) if keys <= _TABLE_LIMIT else _SortedKeys()
    for block in pair_blocks(graph, working_set):
        if classes == 1:
            counter.add(block.shared)
        else:
            one, other = class_of[block.first], class_of[block.second]
            pair = np.minimum(one, other) * classes + np.maximum(one, other)
            counter.add(pair * (largest + 1) + block.shared)
        if most is not None and counter.size > most:
            raise TooManyGroups
        if not isinstance(counter, _Table):
            require_memory(
                f"The exact overlap measure of {graph.name}",
                128 * counter.size,
                "method='compressed' would fit",
            )
    key, count = counter.result()
    loops = np.bincount(class_of, minlength=classes)
    own = np.arange(classes) * (classes + 1) * (largest + 1) + degrees
    key = np.concatenate([key, own])
    count = np.concatenate([2 * count, loops])
    key, count = _added_up(key, count)
    pair, shared = key // (largest + 1), key % (largest + 1)
    return OverlapGroups(degrees[pair // classes], degrees[pair % classes], shared, count)


def pair_blocks(
    graph: Graph, working_set: int = WORKING_SET, with_disjoint: bool = False
) -> Iterator[PairBlock]:
    """All pairs i < j with d_ij >= 1, in blocks of bounded size.

    Args:
        graph: any graph.
        working_set: bytes that a block and its temporaries may take.
        with_disjoint: whether pairs with d_ij = 0 are included; this takes the dense route.

    Raises:
        InvalidInput: if the working set is too small for one row; says what would do.
    """
    require_integer("working_set", working_set, minimum=1)
    if with_disjoint or prefers_dense(graph):
        yield from _dense_blocks(graph, working_set, with_disjoint)
    else:
        yield from _sparse_blocks(graph, working_set)


def prefers_dense(graph: Graph) -> bool:
    """Whether n^3 / 2 multiply-adds of BLAS are quicker than the steps of the sparse product.

    >>> from gnnconv_lib.graphs import complete, cycle
    >>> prefers_dense(complete(50)), prefers_dense(cycle(50))
    (True, False)
    """
    steps = float(np.sum((graph.degrees + 1.0) ** 2))
    return graph.nodes < 2**24 and float(graph.nodes) ** 3 / 2 < _DENSE_ADVANTAGE * steps


def _sparse_blocks(graph: Graph, working_set: int) -> Iterator[PairBlock]:
    n = graph.nodes
    closed = graph.degrees + 1.0
    ones = np.ones(graph.indices.size, np.int32)
    adjacency = scipy.sparse.csr_array((ones, graph.indices, graph.indptr), shape=(n, n))
    matrix = (adjacency + scipy.sparse.eye_array(n, dtype=np.int32, format="csr")).tocsr()
    # A row of the product has at most sum of (d_j + 1) over its closed neighbourhood, and n.
    bound = np.minimum(matrix @ closed, n)
    room = working_set // _BYTES_PER_ENTRY
    if bound.max() > room:
        raise InvalidInput(
            f"working_set must hold one row of the product, got {size_in_words(working_set)}; "
            f"{size_in_words(int(bound.max()) * _BYTES_PER_ENTRY)} would do."
        )
    filled = np.concatenate([[0.0], np.cumsum(bound)])
    start = 0
    while start < n:
        stop = int(np.searchsorted(filled, filled[start] + room, side="right")) - 1
        stop = min(max(stop, start + 1), n)
        product = (matrix[start:stop] @ matrix).tocsr()
        row = np.repeat(np.arange(start, stop, dtype=graph.indptr.dtype), np.diff(product.indptr))
        upper = product.indices > row
        yield PairBlock(row[upper], product.indices[upper], product.data[upper])
        start = stop


def _dense_blocks(graph: Graph, working_set: int, with_disjoint: bool) -> Iterator[PairBlock]:
    n = graph.nodes
    # Two strips of float32 rows, and a tile with its temporaries.
    side = min(512, n)
    while side > 1 and 8 * side * n + 128 * side * side > working_set:
        side //= 2
    needed = 8 * side * n + 128 * side * side
    if needed > working_set:
        raise InvalidInput(
            f"working_set must hold two rows of the matrix, got {size_in_words(working_set)}; "
            f"{size_in_words(needed)} would do."
        )
    left, right = np.zeros((side, n), np.float32), np.zeros((side, n), np.float32)
    for start in range(0, n, side):
        rows = _fill_strip(left, graph, start)
        for other in range(start, n, side):
            columns = rows if other == start else _fill_strip(right, graph, other)
            shared = (rows @ columns.T).astype(np.int32)
            keep = shared > 0 if not with_disjoint else np.ones(shared.shape, bool)
            if other == start:
                keep &= np.triu(np.ones(shared.shape, bool), 1)
            i, j = np.nonzero(keep)
            yield PairBlock(start + i, other + j, shared[keep])


def _fill_strip(strip: np.ndarray, graph: Graph, start: int) -> np.ndarray:
    """Rows start, start + 1, ... of (Adjacency + I), written into `strip`."""
    stop = min(start + strip.shape[0], graph.nodes)
    strip.fill(0.0)
    entries = graph.indices[graph.indptr[start] : graph.indptr[stop]]
    lengths = np.diff(graph.indptr[start : stop + 1])
    strip[np.repeat(np.arange(stop - start), lengths), entries] = 1.0
    strip[np.arange(stop - start), np.arange(start, stop)] = 1.0
    return strip[: stop - start]


class _Table:
    """Counts of small keys, one place for each."""

    def __init__(self, keys: int) -> None:
        self._counts = np.zeros(keys, np.int64)

    def add(self, keys: np.ndarray) -> None:
        self._counts += np.bincount(keys, minlength=self._counts.size)

    @property
    def size(self) -> int:
        return int(np.count_nonzero(self._counts))

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        key = np.flatnonzero(self._counts)
        return key, self._counts[key]


class _SortedKeys:
    """Counts of large keys, kept as a sorted array of those that occur."""

    def __init__(self) -> None:
        self._key = np.empty(0, np.int64)
        self._count = np.empty(0, np.int64)

    def add(self, keys: np.ndarray) -> None:
        new, count = np.unique(keys, return_counts=True)
        self._key, self._count = _added_up(
            np.concatenate([self._key, new]), np.concatenate([self._count, count])
        )

    @property
    def size(self) -> int:
        return self._key.size

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        return self._key, self._count


def _added_up(key: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(key, kind="stable")
    key, count = key[order], count[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    if not key.size:
        return key, count
    return key[starts], np.add.reduceat(count, starts)
