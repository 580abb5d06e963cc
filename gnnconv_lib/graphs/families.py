"""Graph families without randomness: the small extreme graphs on which claims are tested.

Built as arrays, so that large members cost no more than their edges; `petersen` comes from
NetworkX. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import networkx
import numpy as np

from gnnconv_lib.graphs.coercion import as_graph
from gnnconv_lib.graphs.convert import from_networkx
from gnnconv_lib.graphs.graph import Graph, from_edges, index_type
from gnnconv_lib.graphs.memory import require_graph_memory
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = [
    "complement",
    "complete",
    "cycle",
    "disjoint_cliques",
    "disjoint_union",
    "empty",
    "grid",
    "path",
    "petersen",
    "star",
]


def empty(n: int) -> Graph:
    """The graph of n isolated nodes.

    >>> empty(3).degrees
    array([0, 0, 0])
    """
    n = require_integer("n", n, minimum=1)
    return from_edges(n, np.empty((0, 2), np.int64), name=f"empty({n})")


def path(n: int) -> Graph:
    """The path through n nodes in their order, from 0 to n - 1; `path(1)` is one isolated node.

    >>> path(3).edge_pairs.tolist()
    [[0, 1], [1, 2]]
    """
    n = require_integer("n", n, minimum=1)
    require_graph_memory(f"path({n})", n, n - 1)
    first = np.arange(n - 1)
    return from_edges(n, np.stack([first, first + 1], axis=1), name=f"path({n})")


def cycle(n: int) -> Graph:
    """The cycle on n >= 3 nodes.

    >>> cycle(4).edge_pairs.tolist()
    [[0, 1], [0, 3], [1, 2], [2, 3]]
    """
    n = require_integer("n", n, minimum=3)
    require_graph_memory(f"cycle({n})", n, n)
    first = np.arange(n)
    return from_edges(n, np.stack([first, (first + 1) % n], axis=1), name=f"cycle({n})")


def star(k: int) -> Graph:
    """The star with k >= 1 leaves: node 0 in the centre, k + 1 nodes.

    >>> star(3).degrees
    array([3, 1, 1, 1])
    """
    k = require_integer("k", k, minimum=1)
    require_graph_memory(f"star({k})", k + 1, k)
    leaves = np.arange(1, k + 1)
    return from_edges(k + 1, np.stack([np.zeros_like(leaves), leaves], axis=1), name=f"star({k})")


def complete(n: int) -> Graph:
    """The complete graph K_n; `complete(1)` is one isolated node.

    >>> complete(4).degrees
    array([3, 3, 3, 3])
    """
    n = require_integer("n", n, minimum=1)
    require_graph_memory(f"complete({n})", n, n * (n - 1) // 2)
    return complement(empty(n), name=f"complete({n})")


def disjoint_cliques(cliques: int, size: int) -> Graph:
    """Disjoint copies of the complete graph on `size` nodes.

    >>> disjoint_cliques(2, 2).edge_pairs.tolist()
    [[0, 1], [2, 3]]
    """
    cliques = require_integer("cliques", cliques, minimum=1)
    size = require_integer("size", size, minimum=1)
    name = f"disjoint_cliques({cliques}, {size})"
    require_graph_memory(name, cliques * size, cliques * size * (size - 1) // 2)
    pairs = complete(size).edge_pairs
    offsets = size * np.arange(cliques)
    return from_edges(cliques * size, (pairs + offsets[:, None, None]).reshape(-1, 2), name=name)


def grid(rows: int, columns: int) -> Graph:
    """The rectangular grid without wrap-around; node (r, c) has the number r * columns + c.

    >>> grid(2, 2).edge_pairs.tolist()
    [[0, 1], [0, 2], [1, 3], [2, 3]]
    """
    rows = require_integer("rows", rows, minimum=1)
    columns = require_integer("columns", columns, minimum=1)
    name = f"grid({rows}, {columns})"
    require_graph_memory(name, rows * columns, 2 * rows * columns)
    number = np.arange(rows * columns).reshape(rows, columns)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    return from_edges(rows * columns, np.concatenate([across, down]), name=name)


def petersen() -> Graph:
    """The Petersen graph: 10 nodes, 3-regular, any two nodes with a common neighbour have one.

    >>> petersen()
    Graph(nodes=10, edges=15, name='petersen')
    """
    return from_networkx(networkx.petersen_graph(), name="petersen")


def disjoint_union(*graphs: Graph) -> Graph:
    """The given graphs side by side, numbered in that order, without edges between them.

    Raises:
        InvalidInput: if no graph is given.

    >>> disjoint_union(path(2), empty(1)).degrees
    array([1, 1, 0])
    """
    if not graphs:
        raise InvalidInput("graphs must hold at least one graph, got none.")
    graphs = tuple(as_graph(graph) for graph in graphs)
    nodes = sum(graph.nodes for graph in graphs)
    entries = sum(graph.indices.size for graph in graphs)
    require_graph_memory(f"A union of {nodes} nodes", nodes, entries // 2)
    dtype = index_type(nodes, entries)
    indptr, indices = [np.zeros(1, dtype)], []
    node, entry = 0, 0
    for graph in graphs:
        indptr.append(graph.indptr[1:].astype(dtype) + dtype(entry))
        indices.append(graph.indices.astype(dtype) + dtype(node))
        node, entry = node + graph.nodes, entry + graph.indices.size
    name = " + ".join(graph.name for graph in graphs) if len(graphs) <= 4 else "disjoint union"
    return Graph(nodes, np.concatenate(indptr), np.concatenate(indices), name)


def complement(graph: Graph, name: str | None = None) -> Graph:
    """The graph that joins exactly the pairs of different nodes that `graph` does not.

    >>> complement(path(3)).edge_pairs.tolist()
    [[0, 2]]
    """
    graph = as_graph(graph)
    n = graph.nodes
    title = name if name is not None else f"complement of {graph.name}"
    edges = n * (n - 1) // 2 - graph.edges
    require_graph_memory(title, n, edges)
    dtype = index_type(n, 2 * edges)
    degrees = n - 1 - graph.degrees
    indptr = np.concatenate([[0], np.cumsum(degrees)]).astype(dtype)
    indices = np.empty(2 * edges, dtype)
    missing = np.ones(n, bool)
    for node in range(n):
        neighbors = graph.indices[graph.indptr[node] : graph.indptr[node + 1]]
        missing[neighbors] = False
        missing[node] = False
        indices[indptr[node] : indptr[node + 1]] = np.flatnonzero(missing)
        missing[neighbors] = True
        missing[node] = True
    return Graph(n, indptr, indices, title)
