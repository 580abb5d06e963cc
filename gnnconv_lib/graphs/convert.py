"""Graphs from NetworkX graphs and from adjacency matrices.

What the papers' setting does not have - direction, weights, self loops - is refused unless an option
says what to do with it. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np
import scipy.sparse

from gnnconv_lib.graphs.arrays import sparse_listing
from gnnconv_lib.graphs.graph import Graph
from gnnconv_lib.graphs.listing import Listing, settle
from gnnconv_lib.graphs.matrix_table import dense_listing
from gnnconv_lib.graphs.policies import policies
from gnnconv_lib.validation import InvalidInput

__all__ = ["from_networkx", "from_scipy", "networkx_listing", "scipy_listing"]

_ABSENT = object()


def from_networkx(
    G: Any,
    merge: bool = False,
    name: str | None = None,
    *,
    directed: str = "refuse",
    weights: str = "refuse",
    loops: str = "refuse",
    repeated: str = "refuse",
) -> Graph:
    """The graph with the nodes of a NetworkX graph, in the order of `G.nodes`, which are its labels.

    Args:
        G: a `networkx.Graph` or `networkx.MultiGraph`. An edge attribute `weight` must be 1; all
            other attributes are ignored.
        merge: the same as `repeated="merge"`.
        name: stored in the result; `G.name` if not given.
        directed, weights, loops, repeated: as in `read`.

    Raises:
        InvalidInput: for an empty graph, and for a directed or weighted graph, self loops and
            parallel edges unless an option lets them pass.

    >>> import networkx
    >>> from_networkx(networkx.path_graph(["a", "b", "c"])).degrees
    array([1, 2, 1])
    >>> from_networkx(networkx.karate_club_graph(), weights="ignore").edges
    78
    """
    policy = policies(directed, weights, loops, repeated, merge)
    listing = networkx_listing(G, "G")
    title = name if name is not None else (str(G.name) or "networkx")
    return settle(listing, policy, title).graph


def from_scipy(
    A: Any,
    name: str = "adjacency",
    *,
    directed: str = "refuse",
    weights: str = "refuse",
    loops: str = "refuse",
) -> Graph:
    """The graph of an adjacency matrix, sparse or dense; row i is node i.

    Args:
        A: shape (n, n), symmetric, entries 0 or 1 (or booleans), zero diagonal. Repeated entries
            of a COO matrix are added up, as SciPy does (in 64 bits).
        name: stored in the result.
        directed, weights, loops: as in `read`; with `weights="ignore"` every entry other than 0 is
            an edge.

    Raises:
        InvalidInput: for a matrix that is not square or empty (0 x 0), and unless an option lets
            them pass for one that is not symmetric, has entries other than 0 and 1 (NaN included)
            or a diagonal.

    >>> from_scipy(np.array([[0, 1], [1, 0]])).edges
    1
    >>> from_scipy(np.array([[0, 1], [0, 0]]))
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: A must be symmetric, but the entries (0, 1) and (1, 0) \
differ: the graph is directed; directed='symmetrise' would make an edge of every arc.
    """
    return settle(scipy_listing(A, "A"), policies(directed, weights, loops), name).graph


def networkx_listing(G: Any, source: str) -> Listing:
    """What a NetworkX graph lists.

    Raises:
        InvalidInput: if it is none, or empty.
    """
    if not isinstance(G, networkx.Graph):
        raise InvalidInput(f"{source} must be a NetworkX graph, got {type(G).__name__}.")
    if len(G) == 0:
        raise InvalidInput(f"{source} must have at least one node, got an empty graph.")
    number = {label: index for index, label in enumerate(G.nodes)}
    flat = np.empty(2 * G.number_of_edges(), np.int64)
    weights = np.ones(G.number_of_edges())
    for position, (first, second, weight) in enumerate(G.edges(data="weight", default=_ABSENT)):
        flat[2 * position] = number[first]
        flat[2 * position + 1] = number[second]
        if weight is not _ABSENT:
            weights[position] = _real(weight)
    listing = Listing(source, len(G), flat.reshape(-1, 2), weights, directed=G.is_directed())
    listing.labels = range(len(G)) if list(G.nodes) == list(range(len(G))) else tuple(G.nodes)
    return listing


def scipy_listing(A: Any, source: str) -> Listing:
    """What an adjacency matrix lists, sparse or dense.

    Raises:
        InvalidInput: if it is not square or not of numbers.
    """
    matrix = A if scipy.sparse.issparse(A) else np.asarray(A)
    if matrix.dtype.kind not in "biuf":
        raise InvalidInput(
            f"{source} must be a matrix of real numbers, got the type {matrix.dtype}."
        )
    read = sparse_listing if scipy.sparse.issparse(A) else dense_listing
    return read(source, matrix)


def _real(weight: Any) -> float:
    try:
        return float(weight)
    except (TypeError, ValueError, OverflowError):
        return float("nan")
