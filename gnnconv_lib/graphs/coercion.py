"""One place where anything that is a graph becomes a `Graph`, or is refused in one sentence.

Every function of the library that takes a graph takes these. igraph, PyTorch Geometric and tensors
are known by what they can do; none of these packages is imported.
"""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np
import scipy.sparse

from gnnconv_lib.graphs.arrays import array_listing, with_weights
from gnnconv_lib.graphs.convert import networkx_listing, scipy_listing
from gnnconv_lib.graphs.graph import Graph
from gnnconv_lib.graphs.listing import Listing, settle
from gnnconv_lib.graphs.memory import require_graph_memory
from gnnconv_lib.graphs.policies import policies
from gnnconv_lib.validation import InvalidInput

__all__ = ["as_graph"]


def as_graph(
    value: Any,
    name: str = "graph",
    otherwise: str = "",
    *,
    directed: str = "refuse",
    weights: str = "refuse",
    loops: str = "refuse",
    repeated: str = "refuse",
) -> Graph:
    """The `Graph` that a graph of another library is, or `value` itself if it is a `Graph`.

    Args:
        value: a `Graph`, a NetworkX or igraph graph, a PyTorch Geometric `Data` (with `edge_index`
            and `num_nodes`), a SciPy matrix, or a square array, which is an adjacency matrix.
        name: what messages call it.
        otherwise: what else the caller takes, for messages.
        directed, weights, loops, repeated: as in `read`.

    Raises:
        InvalidInput: for anything else, and for a graph that the options do not let pass.

    >>> import networkx
    >>> as_graph(networkx.cycle_graph(5)).edges
    5
    >>> as_graph(np.ones((2, 2)) - np.eye(2)).edges
    1
    >>> as_graph("karate")
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: graph must be a Graph, got str; graphs.read gives the graph \
in a file.
    """
    if isinstance(value, Graph):
        return value
    policy = policies(directed, weights, loops, repeated)
    title = name
    if isinstance(value, networkx.Graph):
        listing = networkx_listing(value, name)
        title = str(value.name) or "networkx"
    elif scipy.sparse.issparse(value):
        listing, title = scipy_listing(value, name), "adjacency"
    elif hasattr(value, "vcount") and hasattr(value, "get_edgelist"):
        listing, title = _from_igraph(value, name), "igraph"
    elif hasattr(value, "edge_index") and hasattr(value, "num_nodes"):
        listing, title = _from_edge_index(value, name), "edge_index"
    elif hasattr(value, "__array__") and getattr(value, "ndim", None) == 2:
        listing, title = _from_array(value, name), "adjacency"
    else:
        hint = "a NetworkX, igraph or PyTorch Geometric graph and a square matrix are taken as well"
        if isinstance(value, str) or hasattr(value, "__fspath__"):
            hint = "graphs.read gives the graph in a file"
        elif isinstance(value, list | tuple | np.ndarray):
            hint = "graphs.from_edges(n, edges) makes one of pairs"
        others = f" or {otherwise}" if otherwise else ""
        raise InvalidInput(f"{name} must be a Graph{others}, got {type(value).__name__}; {hint}.")
    try:
        return settle(listing, policy, title).graph
    except InvalidInput as error:  # the caller's function has no such options
        words = str(error).replace("; ", f"; graphs.as_graph({name}, ...) with ", 1)
        raise InvalidInput(words) from None


def _from_igraph(value: Any, name: str) -> Listing:
    nodes = int(value.vcount())
    if nodes < 1:
        raise InvalidInput(f"{name} must have at least one node, got an empty graph.")
    ends = np.array(value.get_edgelist(), np.int64).reshape(-1, 2)
    weighted = "weight" in value.es.attributes() if hasattr(value, "es") else False
    weights = _floats(value.es["weight"]) if weighted else None
    listing = Listing(name, nodes, ends, weights, directed=bool(value.is_directed()))
    if hasattr(value, "vs") and "name" in value.vs.attributes():
        names = tuple(value.vs["name"])
        listing.labels = names if len(set(names)) == nodes else None
    return listing


def _from_edge_index(value: Any, name: str) -> Listing:
    index = _plain(value.edge_index)
    nodes = value.num_nodes() if callable(value.num_nodes) else value.num_nodes
    if index is None or nodes is None:
        raise InvalidInput(
            f"{name} must have an edge_index and num_nodes, got a {type(value).__name__} without."
        )
    require_graph_memory(f"{name}, which has {nodes} nodes,", int(nodes), index.size // 2)
    listing = array_listing(name, index, "edgeindex", int(nodes)) if index.size else None
    if listing is None:
        listing = Listing(name, int(nodes), np.empty((0, 2), np.int64), arcs=True)
    weight = getattr(value, "edge_weight", None)
    return listing if weight is None else with_weights(listing, _plain(weight), "edge_weight")


def _from_array(value: Any, name: str) -> Listing:
    array = _plain(value)
    if array.shape[0] != array.shape[1]:
        raise InvalidInput(
            f"{name} must be a Graph or a square adjacency matrix, got an array of shape "
            f"{array.shape}; graphs.from_edges(n, edges) makes one of pairs (E, 2)."
        )
    return scipy_listing(array, name)


def _plain(value: Any) -> Any:
    """A tensor as an array, off its device and its tape."""
    for method in ("detach", "cpu"):
        if hasattr(value, method):
            value = getattr(value, method)()
    return None if value is None else np.asarray(value)


def _floats(values: Any) -> np.ndarray:
    try:
        return np.array([1.0 if value is None else value for value in values], float)
    except (TypeError, ValueError):
        return np.full(len(values), np.nan)
