"""Walk counts of a graph larger than the memory, row block by row block, here or on a cluster.

Section 4 and appendix C of awasthi2021; book page `book/scale/towards-the-web-graph`. The walk
counts 1' A^k 1 are the moments of the walk measure (`summaries.walks`). A product with A reads the
rows once, in order; only two vectors of n integers stay in memory.

The counts are exact integers of any size. Where n (largest degree)^k does not fit in 63 bits, the
vectors are kept modulo coprime numbers just below 2^31, one run for each, and the counts put
together by the Chinese remainder theorem: integers of bounded size, and no rounding. So the result
is that of `walk_counts` to the last digit, whatever the blocks and wherever they ran.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from gnnconv_lib.graphs import Graph, StoredGraph, as_graph, open_stored
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["walk_counts_by_blocks"]

_BLOCK = 1 << 24  # bytes of a row block and its temporaries
_BYTES_PER_ENTRY = 16
_MODULUS_BITS = 31

Product = Callable[[np.ndarray, int], np.ndarray]


def walk_counts_by_blocks(
    graph: Graph, length: int, block_bytes: int = _BLOCK, scheduler: Any = None
) -> tuple[int, ...]:
    """Numbers of walks 1' A^k 1 for k = 0..length, as exact integers, from row blocks.

    Args:
        graph: any graph; the arrays of a `StoredGraph` are read block by block.
        length: largest number of steps, at least 0.
        block_bytes: memory that one block of rows may take, a single row at least.
        scheduler: where the blocks are multiplied. None: here. A Dask client, or the address of a
            Dask scheduler: there, one task per block. Workers open a `StoredGraph` by its path, so
            its folder must be on a disk that they share; of another graph they are sent the rows.

    Raises:
        InvalidInput: for a bad length or block size, or if Dask is needed and not installed.

    Reference: awasthi2021, Eq. (46), corrected.

    A path of three nodes has 3 walks of length 0, 4 of length 1, 6 of length 2.

    >>> from gnnconv_lib.graphs import path
    >>> walk_counts_by_blocks(path(3), 4, block_bytes=1)
    (3, 4, 6, 8, 12)
    """
    graph = as_graph(graph)
    length = require_integer("length", length, minimum=0)
    entries = require_integer("block_bytes", block_bytes, minimum=1) // _BYTES_PER_ENTRY
    moduli = _moduli(graph, length)
    with _products(graph, list(_row_blocks(graph, entries)), scheduler) as product:
        runs = [_counts(graph.nodes, length, product, modulus) for modulus in moduli]
    return tuple(_joined(column, moduli) for column in zip(*runs, strict=True))


def _counts(nodes: int, length: int, product: Product, modulus: int) -> list[int]:
    """The counts modulo `modulus`, or as they are for the modulus 0 (nothing overflows)."""
    vector = np.ones(nodes, np.int64)
    counts = [nodes]
    for step in range(1, length + 1):
        if step % 2:
            following = product(vector, modulus)
            counts.append(_inner(vector, following, modulus))
            vector = following
            del following  # two vectors at a time, not three
        else:
            counts.append(_inner(vector, vector, modulus))
    return counts


def _inner(first: np.ndarray, second: np.ndarray, modulus: int) -> int:
    if not modulus:
        return int(first @ second)
    total = 0
    for start in range(0, first.size, 1 << 20):
        part = slice(start, start + (1 << 20))
        total += int(np.sum(first[part] * second[part] % modulus))
    return total % modulus


def _moduli(graph: Graph, length: int) -> list[int]:
    """[0] if every count and every entry fits in 63 bits, else coprime numbers below 2^31.

    Their product exceeds n (largest degree)^length, a bound on every count.
    """
    steps = range(0, graph.nodes, 1 << 20)
    largest = max(int(np.diff(graph.indptr[k : k + (1 << 20) + 1]).max()) for k in steps)
    bound = graph.nodes * max(1, largest) ** length
    if bound < 2**63:
        return [0]
    moduli: list[int] = []
    candidate = 2**_MODULUS_BITS - 1
    while math.prod(moduli) <= bound:
        if all(math.gcd(candidate, modulus) == 1 for modulus in moduli):
            moduli.append(candidate)
        candidate -= 2
    return moduli


def _joined(residues: tuple[int, ...], moduli: list[int]) -> int:
    """The smallest nonnegative integer with these residues."""
    if moduli == [0]:
        return residues[0]
    value, product = 0, 1
    for residue, modulus in zip(residues, moduli, strict=True):
        residue %= modulus
        value += product * ((residue - value) * pow(product, -1, modulus) % modulus)
        product *= modulus
    return value


def _row_blocks(graph: Graph, entries: int) -> Iterator[tuple[int, int]]:
    """(first, last) of ranges of rows with at most that many entries and rows, or of one row."""
    start = 0
    while start < graph.nodes:
        ends = graph.indptr[start : start + max(entries, 1) + 1]
        stop = int(np.searchsorted(ends, int(ends[0]) + entries, side="right")) - 1
        stop = start + min(max(stop, 1), ends.size - 1)
        yield start, stop
        start = stop


def _block_product(
    graph: Graph | str, first: int, last: int, vector: np.ndarray, modulus: int
) -> np.ndarray:
    """Rows first..last - 1 of A v. On a worker `graph` is the folder of a stored graph."""
    if isinstance(graph, str):
        graph = open_stored(graph)
    indptr, indices = np.asarray(graph.indptr[first : last + 1]), graph.indices
    return _rows_product(indptr - indptr[0], indices[indptr[0] : indptr[-1]], vector, modulus)


def _rows_product(
    ends: np.ndarray, indices: np.ndarray, vector: np.ndarray, modulus: int
) -> np.ndarray:
    sums = np.zeros(ends.size - 1, np.int64)
    occupied = np.flatnonzero(np.diff(ends))
    if occupied.size:
        # Entries are below 2^31, so a row may add up 2^32 of them.
        sums[occupied] = np.add.reduceat(vector[indices], ends[occupied])
    return sums % modulus if modulus else sums


@contextmanager
def _products(graph: Graph, blocks: list[tuple[int, int]], scheduler: Any) -> Iterator[Product]:
    """The function (v, modulus) -> A v, computed here or by the workers of a cluster."""
    if scheduler is None:

        def here(vector: np.ndarray, modulus: int) -> np.ndarray:
            result = np.empty(graph.nodes, np.int64)
            for first, last in blocks:
                result[first:last] = _block_product(graph, first, last, vector, modulus)
            return result

        yield here
        return
    client, owned = _client(scheduler)
    try:
        source: Any = graph.folder if isinstance(graph, StoredGraph) else None

        def there(vector: np.ndarray, modulus: int) -> np.ndarray:
            sent = client.scatter(vector, broadcast=True, hash=False)
            tasks = []
            for first, last in blocks:
                if source is not None:
                    arguments: tuple = (_block_product, source, first, last)
                else:
                    ends = graph.indptr[first : last + 1]
                    rows = np.array(graph.indices[ends[0] : ends[-1]])
                    arguments = (_rows_product, ends - ends[0], rows)
                tasks.append(client.submit(*arguments, sent, modulus, pure=False))
            # In the order of the blocks, so that the order in which they finish does not matter.
            return np.concatenate(client.gather(tasks))

        yield there
    finally:
        if owned:
            client.close()


def _client(scheduler: Any) -> tuple[Any, bool]:
    """A Dask client and whether it has to be closed here."""
    if hasattr(scheduler, "submit") and hasattr(scheduler, "scatter"):
        return scheduler, False
    if not isinstance(scheduler, str):
        raise InvalidInput(
            "scheduler must be None, a Dask client or the address of a Dask scheduler, "
            f"got {type(scheduler).__name__}."
        )
    try:
        from distributed import Client
    except ImportError:
        raise InvalidInput(
            "scheduler needs Dask, which is not installed; the extra `cluster` has it."
        ) from None
    try:
        return Client(scheduler, timeout="10s"), True
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"scheduler must be reachable, but {scheduler!r} is not: {error}."
        ) from None
