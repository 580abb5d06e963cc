"""The graph of both papers: undirected, unweighted, without self loops.

Section 3 of awasthi2021 and Section 2 of li2021 both let a node aggregate over its closed
neighbourhood N_i = {i} and its neighbours. `Graph` stores the open neighbourhoods; the "+ I" is
added where a formula asks for it. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from gnnconv_lib.graphs.graph_checks import as_labels, index_type, require_neighbors
from gnnconv_lib.graphs.memory import require_graph_memory
from gnnconv_lib.validation import InvalidInput, require_integer

if TYPE_CHECKING:
    import networkx

__all__ = ["Graph", "from_edges", "index_type"]


@dataclass(frozen=True, eq=False, repr=False)
class Graph:
    """An undirected, unweighted graph without self loops or repeated edges.

    The neighbours of node i are `indices[indptr[i] : indptr[i + 1]]`, in increasing order; both
    directions of an edge are stored. Isolated nodes are allowed, a graph without nodes is not.

    Fields:
        nodes: their number n.
        indptr: integers of shape (n + 1,).
        indices: integers of shape (2 * edges,).
        name: how the graph was made, for titles and messages.
        labels: what the source calls the nodes, n of them; 0, ..., n - 1 if nothing else.

    Two graphs are equal if they have the same nodes and the same edges between them, by position;
    names and labels do not matter. The length of a graph is n.

    Raises:
        InvalidInput: if the arrays do not describe such a graph.

    >>> triangle = Graph(3, np.array([0, 2, 4, 6]), np.array([1, 2, 0, 2, 0, 1]), "triangle")
    >>> triangle
    Graph(nodes=3, edges=3, name='triangle')
    >>> triangle.degrees
    array([2, 2, 2])
    >>> len(triangle), triangle == from_edges(3, [(2, 1), (1, 0), (0, 2)])
    (3, True)
    """

    nodes: int
    indptr: np.ndarray
    indices: np.ndarray
    name: str = "graph"
    labels: Sequence[Any] | np.ndarray | None = None

    def __post_init__(self) -> None:
        nodes = require_integer("nodes", self.nodes, minimum=1)
        indptr, indices = np.asarray(self.indptr), np.asarray(self.indices)
        if indptr.dtype.kind not in "iu" or (indices.size and indices.dtype.kind not in "iu"):
            raise InvalidInput("indptr and indices must be arrays of integers.")
        if indptr.shape != (nodes + 1,) or indices.ndim != 1:
            raise InvalidInput(
                f"indptr must have shape ({nodes + 1},) and indices one axis, got shapes "
                f"{indptr.shape} and {indices.shape}."
            )
        if indptr[0] != 0 or indptr[-1] != indices.size or np.any(np.diff(indptr) < 0):
            raise InvalidInput("indptr must increase from 0 to the length of indices.")
        dtype = index_type(nodes, indices.size)
        indptr = np.array(indptr, dtype=dtype)
        indices = np.array(indices, dtype=dtype)
        require_neighbors(nodes, indptr, indices)
        for array in (indptr, indices):
            array.flags.writeable = False
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "indptr", indptr)
        object.__setattr__(self, "indices", indices)
        object.__setattr__(self, "labels", as_labels(self.labels, nodes))

    def __repr__(self) -> str:
        return f"Graph(nodes={self.nodes}, edges={self.edges}, name={self.name!r})"

    def __len__(self) -> int:
        return self.nodes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        return self is other or (
            self.nodes == other.nodes
            and np.array_equal(self.indptr, other.indptr)
            and np.array_equal(self.indices, other.indices)
        )

    def __hash__(self) -> int:
        start = self.indices[:32]
        return hash((self.nodes, self.indices.size, tuple(start.tolist())))

    @property
    def edges(self) -> int:
        """The number of edges, each counted once."""
        return self.indices.size // 2

    @property
    def degrees(self) -> np.ndarray:
        """The degrees d_i, int64 of shape (n,); the node itself is not counted."""
        return np.diff(self.indptr).astype(np.int64)

    @property
    def adjacency(self) -> scipy.sparse.csr_array:
        """The adjacency matrix (n, n) as a CSR array of int64 ones with an empty diagonal."""
        ones = np.ones(self.indices.size, np.int64)
        shape = (self.nodes, self.nodes)
        return scipy.sparse.csr_array((ones, self.indices, self.indptr), shape=shape)

    @property
    def edge_pairs(self) -> np.ndarray:
        """The edges as an int64 array (edges, 2) of pairs i < j, in lexicographic order.

        >>> from_edges(3, [(2, 0), (0, 1)]).edge_pairs.tolist()
        [[0, 1], [0, 2]]
        """
        rows = np.repeat(np.arange(self.nodes), np.diff(self.indptr))
        upper = rows < self.indices
        return np.stack([rows[upper], self.indices[upper]], axis=1).astype(np.int64)

    def to_scipy(self) -> scipy.sparse.csr_array:
        """The adjacency matrix, as `adjacency` gives it; `from_scipy` reads it back.

        >>> from_edges(2, [(0, 1)]).to_scipy().toarray().tolist()
        [[0, 1], [1, 0]]
        """
        return self.adjacency

    def to_networkx(self) -> networkx.Graph:
        """The same graph for NetworkX; its nodes are the labels.

        >>> from_edges(3, [(2, 0), (0, 1)]).to_networkx().edges
        EdgeView([(0, 1), (0, 2)])
        """
        import networkx

        named = networkx.Graph(name=self.name)
        labels = self.labels.tolist() if isinstance(self.labels, np.ndarray) else self.labels
        assert labels is not None
        named.add_nodes_from(labels)
        named.add_edges_from((labels[i], labels[j]) for i, j in self.edge_pairs.tolist())
        return named

    def neighbors(self, node: int) -> np.ndarray:
        """The neighbours of one node in increasing order, without the node itself.

        >>> from_edges(3, [(2, 0), (0, 1)]).neighbors(0)
        array([1, 2])

        Raises:
            InvalidInput: if `node` is not in 0, ..., n - 1.
        """
        node = require_integer("node", node, minimum=0, maximum=self.nodes - 1)
        return self.indices[self.indptr[node] : self.indptr[node + 1]].astype(np.int64)


def from_edges(
    n: int, edges: Iterable[Any] | np.ndarray, merge: bool = False, name: str = "edges"
) -> Graph:
    """The graph on the nodes 0, ..., n - 1 with the given edges.

    Args:
        n: number of nodes; those that no edge mentions are isolated.
        edges: pairs of integers, shape (E, 2); their order and direction do not matter.
        merge: whether a pair that occurs more than once (in either direction) becomes one edge.
        name: stored in the graph.

    Raises:
        InvalidInput: for a self loop, a node outside of 0, ..., n - 1, something that is not a
            pair of integers, or, unless `merge`, a repeated edge.

    >>> from_edges(4, [(0, 1), (1, 2)]).degrees
    array([1, 2, 1, 0])
    >>> from_edges(2, [(0, 1), (1, 0)])
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: edges must not repeat, but (0, 1) occurs 2 times; \
merge=True would merge them.
    """
    n = require_integer("n", n, minimum=1)
    require_graph_memory(f"A graph of {n} nodes", n, 0)
    pairs = _as_pairs(edges)
    if pairs.size and (pairs.min() < 0 or pairs.max() >= n):
        row = int(np.argmax(np.any((pairs < 0) | (pairs >= n), axis=1)))
        raise InvalidInput(
            f"edges must join nodes in 0, ..., {n - 1}, got the edge {_pair_words(pairs[row])}."
        )
    loops = pairs[:, 0] == pairs[:, 1]
    if np.any(loops):
        node = int(pairs[np.argmax(loops), 0])
        raise InvalidInput(f"edges must not be self loops, got the edge ({node}, {node}).")
    require_graph_memory(f"A graph of {n} nodes and {len(pairs)} edges", n, len(pairs))
    dtype = index_type(n, 2 * len(pairs))
    ends = pairs.astype(dtype)
    rows = np.concatenate([ends[:, 0], ends[:, 1]])
    columns = np.concatenate([ends[:, 1], ends[:, 0]])
    ones = np.ones(rows.size, np.int32)
    matrix = scipy.sparse.coo_array((ones, (rows, columns)), shape=(n, n)).tocsr()
    if not merge and matrix.nnz != rows.size:
        first = int(np.argmax(matrix.data > 1))
        row = int(np.searchsorted(matrix.indptr, first, side="right")) - 1
        pair = _pair_words(np.array([row, matrix.indices[first]]))
        raise InvalidInput(
            f"edges must not repeat, but {pair} occurs {matrix.data[first]} times; "
            "merge=True would merge them."
        )
    return Graph(n, matrix.indptr, matrix.indices, name)


def _as_pairs(edges: Iterable[Any] | np.ndarray) -> np.ndarray:
    values = edges if isinstance(edges, np.ndarray) else list(edges)
    try:
        pairs = np.asarray(values)
    except (ValueError, OverflowError):
        pairs = np.empty(0, object)
    if pairs.size == 0 and len(values) == 0:
        return np.empty((0, 2), np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise InvalidInput("edges must be pairs of integers, one pair of nodes per edge.")
    if pairs.dtype == np.uint64 and pairs.max() > np.iinfo(np.int64).max:
        raise InvalidInput(f"edges must hold integers below 2^63, got {pairs.max()}.")
    return pairs.astype(np.int64)


def _pair_words(pair: np.ndarray) -> str:
    low, high = sorted(int(v) for v in pair)
    return f"({low}, {high})"
