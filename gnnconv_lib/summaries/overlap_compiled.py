"""Counting equal pairs by a sparse accumulator, compiled by Numba (the optional extra `fast`).

awasthi2021, Section 3: d_ij = |N_i intersect N_j|. Book page `book/scale/towards-the-web-graph`.

One row of (Adjacency + I)^2 at a time: the closed neighbourhoods of all closed neighbours of i are
added into a work array of n integers, the entries j > i that were touched are counted by
(label_i, label_j, d_ij) in a hash table, and the work array is wiped. No pair is ever stored. On
regular graphs d_ij alone is counted, while the entries grow; nothing is listed or wiped there.
Memory: the graph, 8 n bytes per thread, and the table.

Three decisions.
1. Neighbours increase within a row, so a row is read from its end until j <= i: half the steps.
2. Rows are dealt to threads in chunks of equal work. Counts are integers, so the result does not
   depend on the number of threads.
3. Numba is imported, and its machine code loaded, on first use. That takes a second (several where
   nothing can be cached on disk), so `overlap_counting` comes here from `COMPILED_FROM` steps on
   (`pays`): for a large graph, after many small ones, and for every graph once the code is there.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

__all__ = [
    "COMPILED_FROM",
    "Weighted",
    "bytes_per_thread",
    "compiled_counts",
    "is_available",
    "pays",
]

#: Steps of the sparse product from which on starting Numba pays.
COMPILED_FROM = 1 << 23

_MANY = 4  # times as many steps, of graphs that were each too small, and it pays as well

_CHUNK = 1 << 21  # steps of a chunk of rows, unless that makes more than
_MOST_CHUNKS = 64
_loaded: set[tuple[str, str]] = set()  # types whose machine code is there
_small_graphs = [0.0]  # their steps so far

_BYTES_PER_NODE = 8  # work array and list of touched nodes of one thread


class Weighted(NamedTuple):
    """A graph whose nodes stand for several: rows of neighbours with multiplicities.

    Entry (i, j), i != j, of its product is
    sum_{k adjacent to both} size_k + (own_i + own_j if i and j are adjacent);
    with all ones this is d_ij.

    Fields:
        indptr, indices: compressed rows as in `Graph`, increasing within a row.
        size: (n,) int32, how many equal nodes each stands for.
        own: (n,) int32, how many of these its own closed neighbourhood holds.
    """

    indptr: np.ndarray
    indices: np.ndarray
    size: np.ndarray
    own: np.ndarray

    @property
    def nodes(self) -> int:
        """The number of rows."""
        return self.indptr.size - 1

    @property
    def steps(self) -> float:
        """The multiply-adds of the product, sum_k (row length of k + 1)^2."""
        return float(np.sum((np.diff(self.indptr) + 1.0) ** 2))


def is_available() -> bool:
    """Whether Numba is installed; it is not imported to find out.

    >>> is_available() in (True, False)
    True
    """
    return importlib.util.find_spec("numba") is not None


def pays(graph: Weighted, labels: int, largest: int) -> bool:
    """Whether counting by Numba is quicker, the time to load it included.

    Where it is not, the steps are added up: many small graphs are worth as much as a large one. So
    the answer depends on what this process has counted before; the counts do not.

    Args:
        graph, labels, largest: as for `compiled_counts`.
    """
    steps = graph.steps
    if steps >= COMPILED_FROM or _types(graph, labels, largest) in _loaded:
        return True
    _small_graphs[0] += steps
    return _small_graphs[0] >= _MANY * COMPILED_FROM


def bytes_per_thread(nodes: int) -> int:
    """Bytes that the work array and the list of touched nodes of one thread take.

    >>> bytes_per_thread(1000)
    8000
    """
    return _BYTES_PER_NODE * nodes


def compiled_counts(
    graph: Weighted, label: np.ndarray, labels: int, largest: int, working_set: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Counts of the pairs i < j with d_ij >= 1 by key, chunk of rows by chunk of rows.

    The key is (min(label_i, label_j) labels + max(label_i, label_j)) (largest + 1) + d_ij.

    Args:
        graph: rows with multiplicities.
        label: (n,) integers in 0..labels - 1, what is told apart of a node.
        labels: their number.
        largest: the largest d_ij that can occur.
        working_set: bytes for the work arrays; at least one thread gets its own.

    Yields:
        (key, count), int64 arrays of one length; a key may come back in later chunks.
    """
    integers, work = _types(graph, labels, largest)
    count_rows = _kernel(integers, work)
    label = np.ascontiguousarray(label, np.int32)
    cuts = _cuts(graph)
    room = working_set // bytes_per_thread(graph.nodes)
    threads = max(1, min(_processors(), room, len(cuts) - 1))

    def run(number: int) -> tuple[np.ndarray, np.ndarray]:
        first, last = cuts[number], cuts[number + 1]
        zeros = np.zeros(graph.nodes, work)
        return count_rows(*graph, label, labels, largest, first, last, zeros)

    if threads == 1:
        yield from map(run, range(len(cuts) - 1))
        return
    with ThreadPoolExecutor(threads) as pool:
        # At most two chunks per thread are under way, so giving up early leaves little to finish.
        waiting = [pool.submit(run, k) for k in range(min(2 * threads, len(cuts) - 1))]
        following = len(waiting)
        try:
            while waiting:
                yield waiting.pop(0).result()
                if following < len(cuts) - 1:
                    waiting.append(pool.submit(run, following))
                    following += 1
        finally:
            for future in waiting:
                future.cancel()


def _types(graph: Weighted, labels: int, largest: int) -> tuple[str, str]:
    """The types of the rows and of the work array, which choose the machine code."""
    # Entries of the product fit in a byte on most sparse graphs, and four times as many in a cache.
    # With one label (a regular graph) they are counted while they grow, which takes 32 bits.
    return graph.indices.dtype.name, "uint8" if largest < 256 and labels > 1 else "int32"


def _cuts(graph: Weighted) -> list[int]:
    """Rows at which chunks of about equal work begin, with 0 and n.

    sum_k (row length of k + 1)^2 over a range of rows k stands for the work of these rows.
    """
    done = np.concatenate([[0.0], np.cumsum((np.diff(graph.indptr) + 1.0) ** 2)])
    pieces = min(max(1, int(done[-1] // _CHUNK)), _MOST_CHUNKS)
    inner = np.searchsorted(done, done[-1] * np.arange(1, pieces) / pieces)
    return [int(row) for row in np.unique(np.concatenate([[0], inner, [graph.nodes]]))]


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def _kernel(integers: str, work: str) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    from gnnconv_lib.summaries._overlap_kernel import compiled

    count_rows = compiled(integers, work)
    _loaded.add((integers, work))
    return count_rows
