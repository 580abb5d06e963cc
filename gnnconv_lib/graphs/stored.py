"""Graphs on disk: two arrays in a folder, mapped into memory where they are read.

Book page `book/scale/towards-the-web-graph`. A folder holds `indptr.bin` and `indices.bin`, the
compressed rows of `Graph` as plain little-endian integers, and `graph.json`, which says how many
and of which type. The operating system loads what is touched and drops it again, so a graph may
be larger than the memory.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gnnconv_lib.graphs.coercion import as_graph
from gnnconv_lib.graphs.graph import Graph, index_type
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["StoredGraph", "open_stored", "store", "store_rows"]

_FORMAT = "gnnconv graph 1"
_PIECE = 1 << 20  # entries written or checked at once


@dataclass(frozen=True, eq=False, repr=False)
class StoredGraph(Graph):
    """A `Graph` whose arrays are mapped from the files of a folder; everything else is the same.

    Fields:
        folder: where the files are.

    Its arrays were checked when they were written, and are not checked again.
    """

    folder: str = ""

    def __post_init__(self) -> None:
        """The arrays are neither copied nor read."""
        object.__setattr__(self, "labels", range(self.nodes))

    def __repr__(self) -> str:
        return f"StoredGraph(nodes={self.nodes}, edges={self.edges}, name={self.name!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return open_stored, (self.folder,)


def store(graph: Graph, folder: str | Path) -> StoredGraph:
    """A graph written to a folder, and opened from there.

    Args:
        graph: any graph.
        folder: where to write; must not exist yet.

    Raises:
        InvalidInput: if the folder exists.

    >>> import tempfile
    >>> from gnnconv_lib.graphs import star
    >>> with tempfile.TemporaryDirectory() as place:
    ...     stored = store(star(2), f"{place}/star")
    ...     stored, stored.neighbors(0)
    (StoredGraph(nodes=3, edges=2, name='star(2)'), array([1, 2]))
    """
    graph = as_graph(graph)
    return store_rows(graph.nodes, _row_blocks(graph), folder, graph.name)


def store_rows(
    nodes: int,
    blocks: Iterable[tuple[np.ndarray, np.ndarray]],
    folder: str | Path,
    name: str = "stored",
) -> StoredGraph:
    """A graph written row block by row block, never in memory as a whole.

    Everything goes to a temporary folder beside `folder`, which takes that name at the very end:
    a folder of that name is complete. A self loop, a repeated or unsorted neighbour, and an edge
    that is there in one direction only are found while writing; the last one by a sum of hash
    values, which misses it with probability 2^-64.

    Args:
        nodes: their number n.
        blocks: pairs (degrees of the next rows, their neighbours one row after the other, each
            row increasing); the rows of all blocks are 0, ..., n - 1 in order.
        folder: where to write; must not exist yet.
        name: stored with the graph.

    Raises:
        InvalidInput: if the folder exists or the rows are not those of such a graph; then nothing
            is left behind.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     rows = [(np.array([1]), np.array([1])), (np.array([1]), np.array([0]))]
    ...     store_rows(2, rows, f"{place}/edge")
    StoredGraph(nodes=2, edges=1, name='stored')
    """
    nodes = require_integer("nodes", nodes, minimum=1)
    target = Path(folder)
    if target.exists():
        raise InvalidInput(f"folder must not exist yet, but {target} does.")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        rows = entries = balance = 0
        neighbors = index_type(nodes, 0)
        with (
            (temporary / "indptr.bin").open("wb") as ends,
            (temporary / "indices.bin").open("wb") as file,
        ):
            np.zeros(1, "<i8").tofile(ends)
            for degrees, indices in blocks:
                lengths = np.asarray(degrees, np.int64)
                indices = np.asarray(indices, np.int64)
                balance += _check_rows(nodes, rows, lengths, indices)
                (entries + np.cumsum(lengths)).astype("<i8").tofile(ends)
                indices.astype(np.dtype(neighbors).newbyteorder("<")).tofile(file)
                rows, entries = rows + lengths.size, entries + indices.size
        if rows != nodes:
            raise InvalidInput(f"blocks must hold {nodes} rows, got {rows}.")
        if balance % 2**64:
            raise InvalidInput("blocks must hold both directions of every edge.")
        if index_type(nodes, entries) is not neighbors:
            _rewrite(temporary / "indices.bin", neighbors, np.int64)
        elif neighbors is np.int32:
            _rewrite(temporary / "indptr.bin", np.int64, np.int32)
        integers = np.dtype(index_type(nodes, entries)).name
        about = {"format": _FORMAT, "nodes": nodes, "entries": entries, "integers": integers}
        (temporary / "graph.json").write_text(json.dumps({**about, "name": name}))
        os.chmod(temporary, 0o755)
        os.replace(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return open_stored(target)


def open_stored(folder: str | Path) -> StoredGraph:
    """The graph in a folder that `store` or `store_rows` wrote, its arrays mapped into memory.

    Raises:
        InvalidInput: if the folder holds no such graph or its files have the wrong length.
    """
    place = Path(folder)
    try:
        about = json.loads((place / "graph.json").read_text())
        if about["format"] != _FORMAT:
            raise ValueError("another format")
        nodes, entries, integers = int(about["nodes"]), int(about["entries"]), about["integers"]
        dtype = np.dtype({"int32": np.int32, "int64": np.int64}[integers]).newbyteorder("<")
        indptr = _mapped(place / "indptr.bin", dtype, nodes + 1)
        indices = _mapped(place / "indices.bin", dtype, entries)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            f"folder must hold a stored graph, but {place} does not: {error}."
        ) from None
    return StoredGraph(nodes, indptr, indices, about["name"], folder=str(place.resolve()))


def _row_blocks(graph: Graph) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    start = 0
    while start < graph.nodes:
        room = int(graph.indptr[start]) + _PIECE
        stop = int(np.searchsorted(graph.indptr, room, side="right")) - 1
        stop = min(max(stop, start + 1), start + _PIECE, graph.nodes)
        bounds = graph.indptr[start : stop + 1]
        yield np.diff(bounds), graph.indices[bounds[0] : bounds[-1]]
        start = stop


def _check_rows(nodes: int, first: int, lengths: np.ndarray, indices: np.ndarray) -> int:
    """Sum over (i, j) of hash(i, j) - hash(j, i) modulo 2^64; raises if a row is no row."""
    if np.any(lengths < 0) or int(lengths.sum()) != indices.size:
        raise InvalidInput("blocks must pair degrees with that many neighbours.")
    if not indices.size:
        return 0
    rows = np.repeat(np.arange(first, first + lengths.size), lengths)
    if indices.min() < 0 or indices.max() >= nodes or np.any(rows == indices):
        raise InvalidInput(
            f"blocks must hold neighbours in 0, ..., {nodes - 1} other than the node."
        )
    if np.any((indices[1:] <= indices[:-1]) & (rows[1:] == rows[:-1])):
        raise InvalidInput("blocks must hold neighbours that increase within each row.")
    there, back = _hash(rows, indices), _hash(indices, rows)
    return int(np.sum(there - back, dtype=np.uint64))


def _hash(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A 64-bit mix of two integers that does not commute (the finaliser of splitmix64, twice)."""
    value = one.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for extra in (other.astype(np.uint64), np.uint64(0)):
        value = value ^ (extra * np.uint64(0xD1B54A32D192ED03))
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        value = value ^ (value >> np.uint64(31))
    return value


def _rewrite(path: Path, old: type, new: type) -> None:
    """The integers of a file as another type, piece by piece."""
    partner = path.with_suffix(".new")
    with path.open("rb") as source, partner.open("wb") as target:
        while True:
            piece = np.fromfile(source, np.dtype(old).newbyteorder("<"), _PIECE)
            if not piece.size:
                break
            piece.astype(np.dtype(new).newbyteorder("<")).tofile(target)
    os.replace(partner, path)


def _mapped(path: Path, dtype: np.dtype, length: int) -> np.ndarray:
    size = path.stat().st_size
    if size != length * dtype.itemsize:
        raise ValueError(f"{path.name} has {size} bytes instead of {length * dtype.itemsize}")
    if not length:
        return np.empty(0, dtype)
    return np.asarray(np.memmap(path, dtype, "r", shape=(length,)))
