"""Many graphs as one: the disjoint union together with the sizes of its parts.

Graph-level networks of li2021 (Eqs. 5-10) act on n graphs of possibly different sizes. Every
operation of the model is one sparse operation on the union. Book page `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from gnnconv_lib.graphs import Graph, as_graph, disjoint_union, from_edges
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput, require_integer, require_real, require_seed

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = [
    "GraphCollection",
    "average",
    "average_transposed",
    "collect",
    "erdos_renyi_collection",
]


@dataclass(frozen=True, eq=False)
class GraphCollection:
    """n graphs side by side: nodes are numbered through, graph by graph.

    Fields:
        union: the disjoint union, a `Graph` with N nodes in all.
        sizes: the sizes n_j, int64 of shape (n,), with sum N.

    Raises:
        InvalidInput: if a size is not positive, the sizes do not add up to the number of nodes, or
            an edge joins two of the graphs.
    """

    union: Graph
    sizes: Int[np.ndarray, " graphs"]

    def __post_init__(self) -> None:
        sizes = np.array(self.sizes, dtype=np.int64)
        if sizes.ndim != 1 or sizes.size == 0 or sizes.min() < 1:
            raise InvalidInput("sizes must be a list of positive integers with at least one entry.")
        if sizes.sum() != self.union.nodes:
            raise InvalidInput(
                f"sizes must add up to the {self.union.nodes} nodes of the union, "
                f"got {sizes.sum()}."
            )
        sizes.flags.writeable = False
        object.__setattr__(self, "sizes", sizes)
        owner = self.owner
        if not np.array_equal(np.repeat(owner, self.union.degrees), owner[self.union.indices]):
            raise InvalidInput("edges must not join two graphs of a collection.")

    @property
    def number(self) -> int:
        """The number of graphs n."""
        return int(self.sizes.size)

    @property
    def owner(self) -> Int[np.ndarray, " nodes"]:
        """The graph that each node belongs to, int64 of shape (N,)."""
        return np.repeat(np.arange(self.number), self.sizes)

    @property
    def starts(self) -> Int[np.ndarray, " graphs"]:
        """The first node of each graph, int64 of shape (n,)."""
        return np.cumsum(self.sizes) - self.sizes


def collect(graphs: Sequence[Graph] | GraphCollection) -> GraphCollection:
    """The given graphs as a collection; a collection is returned as it is.

    >>> from gnnconv_lib import graphs
    >>> collect([graphs.complete(3), graphs.empty(1)]).sizes.tolist()
    [3, 1]

    Raises:
        InvalidInput: for an empty list or an entry that is not a `Graph`.
    """
    if isinstance(graphs, GraphCollection):
        return graphs
    several = isinstance(graphs, list | tuple) or hasattr(graphs, "__next__")
    members = [as_graph(member, "each graph") for member in (graphs if several else [graphs])]
    union = disjoint_union(*members)
    return GraphCollection(union, np.array([member.nodes for member in members]))


def erdos_renyi_collection(number: int, nodes: int, p: float, seed: int) -> GraphCollection:
    """Independent random graphs: each pair within a graph is joined with probability p.

    Args:
        number: how many graphs. nodes: the size of each. p: edge probability. seed: integer.

    >>> erdos_renyi_collection(3, 4, 1.0, seed=0).union.degrees.tolist()
    [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]

    Raises:
        InvalidInput: for p outside of [0, 1] or a size or number below 1.
    """
    number = require_integer("number", number, minimum=1)
    nodes = require_integer("nodes", nodes, minimum=1)
    p = require_real("p", p, 0.0, 1.0)
    generator = np.random.default_rng(require_seed("seed", seed))
    row, column = np.triu_indices(nodes, 1)
    which, pair = np.nonzero(generator.random((number, row.size)) < p)
    edges = np.stack([which * nodes + row[pair], which * nodes + column[pair]], axis=1)
    union = from_edges(number * nodes, edges, name=f"{number} x erdos_renyi({nodes}, {p:g})")
    return GraphCollection(union, np.full(number, nodes))


def average(
    graph: Graph, values: Numbers[np.ndarray, " nodes *features"]
) -> Float[np.ndarray, " nodes *features"]:
    """The averages D^-1 A H over closed neighbourhoods, A = adjacency + I, D = diag(|N_i|).

    An isolated node keeps its own value.

    Args:
        graph: n nodes. values: H of shape (n,) or (n, d).

    Returns:
        Array of the shape of `values`.

    Reference: li2021, Eq. (2).

    >>> from gnnconv_lib import graphs
    >>> average(graphs.path(3), np.array([0.0, 6.0, 3.0])).tolist()
    [3.0, 3.0, 4.5]
    """
    graph = as_graph(graph)
    return _closed_sizes(graph, values) * (_closed_sum(graph, values))


def average_transposed(
    graph: Graph, values: Numbers[np.ndarray, " nodes *features"]
) -> Float[np.ndarray, " nodes *features"]:
    """(D^-1 A)' applied to a vector or matrix, with A and D as in `average`."""
    graph = as_graph(graph)
    return _closed_sum(graph, _closed_sizes(graph, values) * values)


def _closed_sum(graph: Graph, values: np.ndarray) -> np.ndarray:
    ones = np.broadcast_to(np.float64(1.0), graph.indices.shape)
    matrix = scipy.sparse.csr_array(
        (ones, graph.indices, graph.indptr), shape=(graph.nodes, graph.nodes)
    )
    return matrix @ values + values


def _closed_sizes(graph: Graph, values: np.ndarray) -> np.ndarray:
    inverse = 1.0 / (graph.degrees + 1)
    return inverse if values.ndim == 1 else inverse[:, None]
