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
from typing import NamedTuple

import numpy as np
import scipy.sparse

from gnnconv_lib.graphs import Graph
from gnnconv_lib.graphs.memory import size_in_words
from gnnconv_lib.summaries.overlap_compiled import Weighted
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = [
    "WORKING_SET",
    "PairBlock",
    "dense_steps",
    "key_blocks",
    "pair_blocks",
    "prefers_dense",
]

#: Bytes that the blocks may take beside the graph itself, unless the caller says otherwise.
WORKING_SET = 512 << 20

_BYTES_PER_ENTRY = 96  # of a block of the sparse product, with its temporaries
_PIECE = 1 << 13  # entries at once: arrays that stay in a cache and are no mapping of their own
_DENSE_ADVANTAGE = 100  # multiply-adds of BLAS in the time of one step of the sparse product


class PairBlock(NamedTuple):
    """Some of the pairs of nodes i < j with their d_ij; integers of shape (E,) each."""

    first: np.ndarray
    second: np.ndarray
    shared: np.ndarray


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
        return
    for start, product in _products(*_factors(graph), working_set):
        rows = np.arange(start, start + product.shape[0], dtype=product.indices.dtype)
        row = np.repeat(rows, np.diff(product.indptr))
        upper = product.indices > row
        yield PairBlock(row[upper], product.indices[upper], product.data[upper])


def key_blocks(
    rows: Graph | Weighted, label: np.ndarray, labels: int, values: int, working_set: int
) -> Iterator[np.ndarray]:
    """Keys of the pairs i != j with d_ij >= 1 from the sparse route, in blocks of bounded size.

    Each pair once, in the order of the labels: the key is (label_i labels + label_j) values + d_ij
    with label_i <= label_j.

    Args:
        rows: a graph, with multiplicities or without.
        label: (n,) integers in 0..labels - 1, what is told apart of a node.
        labels: their number.
        values: more than the largest d_ij.
        working_set: bytes that a block and its temporaries may take.

    Raises:
        InvalidInput: if the working set is too small for one row; says what would do.

    >>> from gnnconv_lib.graphs import star
    >>> blocks = key_blocks(star(2), np.array([1, 0, 0]), 2, 10, WORKING_SET)  # the centre is 1
    >>> sorted(np.concatenate(list(blocks)).tolist())  # two leaves; a leaf and the centre, twice
    [1, 12, 12]
    """
    # Nodes in the order of their labels: a pair counts where the column comes after the row.
    order = np.argsort(label, kind="stable")
    rank = np.empty(label.size, np.int32 if label.size < 2**31 else np.int64)
    rank[order] = np.arange(label.size, dtype=rank.dtype)
    whole = np.int64 if labels * labels * values > np.iinfo(np.int32).max else np.int32
    column_key = (label[order] * values).astype(whole)
    row_key = column_key * labels
    factors = _factors(rows) if isinstance(rows, Graph) else _weighted_factors(rows)
    for start, product in _products(*factors, working_set):
        row = np.repeat(rank[start : start + product.shape[0]], np.diff(product.indptr))
        parts = []
        for first in range(0, max(row.size, 1), _PIECE):
            piece = slice(first, first + _PIECE)
            column = rank.take(product.indices[piece])  # twice as fast as an index in brackets
            kept = np.flatnonzero(column > row[piece])
            keys = product.data[piece].take(kept)
            if labels > 1:
                keys = keys + column_key.take(column.take(kept))
                keys += row_key.take(row[piece].take(kept))
            parts.append(keys)
        yield np.concatenate(parts)


def dense_steps(graph: Graph) -> float:
    """The cost of the dense route, n^3 / 2 multiply-adds of BLAS, in steps of the sparse one."""
    return float(graph.nodes) ** 3 / 2 / _DENSE_ADVANTAGE


def prefers_dense(graph: Graph) -> bool:
    """Whether n^3 / 2 multiply-adds of BLAS are quicker than the steps of the sparse product.

    >>> from gnnconv_lib.graphs import complete, cycle
    >>> prefers_dense(complete(50)), prefers_dense(cycle(50))
    (True, False)
    """
    steps = float(np.sum((graph.degrees + 1.0) ** 2))
    return graph.nodes < 2**24 and dense_steps(graph) < steps


def _factors(graph: Graph) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
    """(Adjacency + I), twice. A row begins with its own node: the product needs no order."""
    n = graph.nodes
    own = np.arange(n + 1, dtype=graph.indptr.dtype)
    indptr = graph.indptr + own
    indices = np.empty(graph.indices.size + n, graph.indices.dtype)
    is_own = np.zeros(indices.size, bool)
    is_own[indptr[:-1]] = True
    indices[is_own], indices[~is_own] = own[:-1], graph.indices
    ones = np.ones(indices.size, np.int32)
    matrix = scipy.sparse.csr_array((ones, indices, indptr), shape=(n, n))
    return matrix, matrix


def _weighted_factors(rows: Weighted) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
    """(A, I) and the stack of S A and O A + A O, for diagonal matrices S, O of `size`, `own`."""
    n = rows.nodes
    ones = np.ones(rows.indices.size, np.int32)
    adjacency = scipy.sparse.csr_array((ones, rows.indices, rows.indptr), shape=(n, n))
    row = np.repeat(np.arange(n), np.diff(rows.indptr))
    through = (rows.size[row], rows.indices, rows.indptr)
    direct = (rows.own[row] + rows.own[rows.indices], rows.indices, rows.indptr)
    parts = [scipy.sparse.csr_array(part, shape=(n, n)) for part in (through, direct)]
    identity = scipy.sparse.eye_array(n, dtype=np.int32, format="csr")
    left = scipy.sparse.hstack([adjacency, identity], format="csr")
    return left, scipy.sparse.vstack(parts, format="csr")


def _products(
    left: scipy.sparse.csr_array, right: scipy.sparse.csr_array, working_set: int
) -> Iterator[tuple[int, scipy.sparse.csr_array]]:
    """The product in blocks of rows, each with the number of its first row; `left` has no empty row."""
    n = left.shape[0]
    # A row of the product has at most as many entries as the rows of `right` it adds up, and n.
    lengths = np.diff(right.indptr)[left.indices]
    bound = np.minimum(np.add.reduceat(lengths, left.indptr[:-1], dtype=np.int64), n)
    room = working_set // _BYTES_PER_ENTRY
    if bound.max() > room:
        raise InvalidInput(
            f"working_set must hold one row of the product, got {size_in_words(working_set)}; "
            f"{size_in_words(int(bound.max()) * _BYTES_PER_ENTRY)} would do."
        )
    filled = np.concatenate([[0], np.cumsum(bound)])
    start = 0
    while start < n:
        stop = int(np.searchsorted(filled, filled[start] + room, side="right")) - 1
        stop = min(max(stop, start + 1), n)
        rows = left if stop - start == n else left[start:stop]
        yield start, (rows @ right).tocsr()
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
