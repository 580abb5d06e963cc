"""Graphs from NetworkX graphs and from adjacency matrices.

What the papers' setting does not have - direction, weights, self loops - is refused, never
dropped. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np
import scipy.sparse

from gnnconv_lib.graphs.graph import Graph, from_edges
from gnnconv_lib.validation import InvalidInput

__all__ = ["from_networkx", "from_scipy"]


def from_networkx(G: Any, merge: bool = False, name: str | None = None) -> Graph:
    """The graph with the nodes of a NetworkX graph, in the order of `G.nodes`.

    Args:
        G: an undirected `networkx.Graph` or `networkx.MultiGraph`. An edge attribute `weight`
            must be 1; all other attributes are ignored.
        merge: whether parallel edges of a multigraph become one edge.
        name: stored in the result; `G.name` if not given.

    Raises:
        InvalidInput: for a directed, weighted or empty graph, self loops and, unless `merge`,
            parallel edges.

    >>> import networkx
    >>> from_networkx(networkx.path_graph(["a", "b", "c"])).degrees
    array([1, 2, 1])
    """
    if not isinstance(G, networkx.Graph):
        raise InvalidInput(f"G must be a NetworkX graph, got {type(G).__name__}.")
    if G.is_directed():
        raise InvalidInput("G must be undirected, got a directed graph (see G.to_undirected()).")
    if len(G) == 0:
        raise InvalidInput("G must have at least one node, got an empty graph.")
    number = {label: index for index, label in enumerate(G.nodes)}
    flat = np.empty(2 * G.number_of_edges(), np.int64)
    for position, (first, second, weight) in enumerate(G.edges(data="weight", default=1)):
        if not _is_one(weight):
            raise InvalidInput(
                f"G must be unweighted, but the edge ({first!r}, {second!r}) has weight {weight!r}."
            )
        if first == second:
            raise InvalidInput(f"G must have no self loops, got one at node {first!r}.")
        flat[2 * position] = number[first]
        flat[2 * position + 1] = number[second]
    title = name if name is not None else (G.name or "networkx")
    return from_edges(len(G), flat.reshape(-1, 2), merge=merge, name=title)


def from_scipy(A: Any, name: str = "adjacency") -> Graph:
    """The graph of an adjacency matrix, sparse or dense; row i is node i.

    Args:
        A: shape (n, n), symmetric, entries 0 or 1 (or booleans), zero diagonal. Repeated entries
            of a COO matrix are added up, as SciPy does.
        name: stored in the result.

    Raises:
        InvalidInput: for a matrix that is not square, empty (0 x 0), directed (not symmetric),
            weighted (entries other than 0 and 1, NaN included) or has self loops.

    >>> from_scipy(np.array([[0, 1], [1, 0]])).edges
    1
    >>> from_scipy(np.array([[0, 1], [0, 0]]))
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: A must be symmetric, but the entries (0, 1) and (1, 0) \
differ: the graph is directed.
    """
    if not scipy.sparse.issparse(A):
        A = np.asarray(A)
        if A.dtype.kind not in "biuf":
            raise InvalidInput(f"A must be a matrix of real numbers, got the type {A.dtype}.")
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise InvalidInput(f"A must be a square matrix, got the shape {A.shape}.")
    if A.shape[0] == 0:
        raise InvalidInput("A must have at least one row, got a 0 x 0 matrix.")
    matrix = scipy.sparse.csr_array(A)
    if matrix is A:
        matrix = matrix.copy()
    if matrix.dtype.kind not in "biuf":
        raise InvalidInput(f"A must be a matrix of real numbers, got the type {matrix.dtype}.")
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    odd = matrix.data != 1
    if np.any(odd):
        value = matrix.data[np.argmax(odd)]
        raise InvalidInput(f"A must hold only zeros and ones (no weights), got the entry {value}.")
    loops = np.flatnonzero(matrix.diagonal())
    if loops.size:
        raise InvalidInput(f"A must have a zero diagonal (no self loops), got one at {loops[0]}.")
    transposed = matrix.T.tocsr()
    transposed.sort_indices()
    difference = matrix.astype(np.int8) - transposed.astype(np.int8)
    difference.eliminate_zeros()
    if difference.nnz:
        column = int(difference.indices[0])
        row = int(np.searchsorted(difference.indptr, 0, side="right")) - 1
        raise InvalidInput(
            f"A must be symmetric, but the entries ({row}, {column}) and ({column}, {row}) "
            "differ: the graph is directed."
        )
    return Graph(matrix.shape[0], matrix.indptr, matrix.indices, name)


def _is_one(weight: Any) -> bool:
    try:
        return bool(weight == 1)
    except (TypeError, ValueError):
        return False
