"""What the population dynamics needs of graphs and read-out: weighted pairs of correlated averages.

For a unit vector w* at the angle arccos(c) from a unit vector w, the mean product of two outputs is

    M(c) = sum_b weight_b E[sigma(x_b X) sigma(y_b Y)],   corr(X, Y) = c rho_b,

X, Y standard Gaussian. Node level: one entry per size |N_i|, with x = y = |N_i|^(-1/2) and rho = 1.
Graph level: the pairs of nodes of one graph, weighted by a_k a_l / n, with rho_kl = shared_kl x_k x_l, where
shared_kl counts the nodes common to N_k and N_l. Book page `book/beyond/population-dynamics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from gnnconv_lib.averaging_gnn import readouts
from gnnconv_lib.averaging_gnn.gaussian_means import mean_derivative
from gnnconv_lib.averaging_gnn.graph_collection import GraphCollection, collect
from gnnconv_lib.averaging_gnn.xi import as_degrees
from gnnconv_lib.graphs import Graph
from gnnconv_lib.graphs.memory import require_memory
from gnnconv_lib.summaries.degrees import DegreeMeasure

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["PairMeasure", "as_pairs", "graph_pairs", "node_pairs"]


@dataclass(frozen=True, eq=False)
class PairMeasure:
    """Weighted pairs of averages (see the module docstring).

    Fields:
        scale_x, scale_y: standard deviations of the two averages, shape (K,).
        rho: their correlation, shape (K,).
        weight: their weight, shape (K,).
        labels: the number of labels n.
    """

    scale_x: Float[np.ndarray, " values"]
    scale_y: Float[np.ndarray, " values"]
    rho: Float[np.ndarray, " values"]
    weight: Float[np.ndarray, " values"]
    labels: int

    def xi(self, activation: Any) -> float:
        """The mean form of xi, sum_b weight_b rho_b x_b y_b E sigma'(y_b Z).

        Reference: li2021, Eq. (11) divided by n, and Eq. (12).

        >>> from gnnconv_lib import graphs
        >>> round(node_pairs(graphs.complete(2)).xi("relu"), 12)
        0.25
        """
        means = mean_derivative(activation, self.scale_y)
        return float(np.sum(self.weight * self.rho * self.scale_x * self.scale_y * means))


def node_pairs(graph: Graph | DegreeMeasure) -> PairMeasure:
    """The pairs of the node-level network: each node with itself.

    >>> from gnnconv_lib import graphs
    >>> pairs = node_pairs(graphs.star(3))
    >>> (pairs.scale_x**2).round(12).tolist(), pairs.weight.tolist()
    ([0.5, 0.25], [0.75, 0.25])
    """
    measure = as_degrees(graph)
    scale = np.asarray(measure.size) ** -0.5
    weight = np.asarray(measure.count) / measure.nodes
    return PairMeasure(scale, scale, np.ones(len(scale)), weight, measure.nodes)


def graph_pairs(graphs: Sequence[Graph] | GraphCollection, readout: Any = "average") -> PairMeasure:
    """The pairs of the graph-level network: all pairs of nodes of one graph that are read out.

    Pairs of equal sizes |N_k|, |N_l| and equal overlap are merged.

    Args:
        graphs: n graphs, also of different sizes. readout: as in `readouts.weights`.

    Raises:
        InvalidInput: for an unknown read-out, or if the pairs would not fit in memory.

    >>> from gnnconv_lib import graphs
    >>> pairs = graph_pairs([graphs.empty(2)])  # two isolated nodes, each read with weight 1/2
    >>> pairs.rho.tolist(), pairs.weight.tolist()
    ([0.0, 1.0], [0.5, 0.5])
    """
    collection = collect(graphs)
    weight = readouts.weights(collection, readout)
    kept = np.flatnonzero(weight)
    owner = collection.owner[kept]
    counts = np.bincount(owner, minlength=collection.number).astype(np.int64)
    require_memory(
        f"All pairs of nodes within {collection.number} graphs",
        int(np.sum(counts**2)) * 96,
        "reading out one node of each graph would fit",
    )
    member = scipy.sparse.csr_array(
        (np.ones(kept.size), (np.arange(kept.size), owner)), shape=(kept.size, collection.number)
    )
    closed = collection.union.adjacency + scipy.sparse.eye_array(collection.union.nodes, dtype=int)
    rows = closed.tocsr()[kept]
    # The half keeps pairs without a common node, which a sparse sum would drop.
    table = (rows @ rows.T + 0.5 * (member @ member.T)).tocoo()
    shared = np.rint(table.data - 0.5).astype(np.int64)
    sizes = collection.union.degrees[kept] + 1
    key = np.stack([sizes[table.row], sizes[table.col], shared])
    distinct, place = np.unique(key, axis=1, return_inverse=True)
    product = weight[kept[table.row]] * weight[kept[table.col]]
    total = np.bincount(place.ravel(), product, minlength=distinct.shape[1])
    x, y = distinct[0] ** -0.5, distinct[1] ** -0.5
    same = (distinct[0] == distinct[1]) & (distinct[2] == distinct[0])
    rho = np.where(same, 1.0, distinct[2] * x * y)
    return PairMeasure(x, y, rho, total / collection.number, collection.number)


def as_pairs(source: PairMeasure | Graph | DegreeMeasure) -> PairMeasure:
    """A `PairMeasure` as it is, and the node-level pairs of a graph or of its degrees."""
    return source if isinstance(source, PairMeasure) else node_pairs(source)
