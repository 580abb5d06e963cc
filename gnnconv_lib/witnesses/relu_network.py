"""The one-round ReLU network on given features, node by node.

Reference: awasthi2021, Eq. (4). Book page: book/setting.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.activations import Activation, get
from gnnconv_lib.graphs import Graph
from gnnconv_lib.validation import require_choice

__all__ = ["members", "neighborhood_sums", "outputs"]


def members(graph: Graph, neighborhood: str = "closed") -> list[set[int]]:
    """The neighbourhood of each node, "closed" (with the node itself) or "open".

    >>> from gnnconv_lib import graphs
    >>> members(graphs.path(3)), members(graphs.path(3), "open")
    ([{0, 1}, {0, 1, 2}, {1, 2}], [{1}, {0, 2}, {1}])
    """
    require_choice("neighborhood", neighborhood, ("closed", "open"))
    own = neighborhood == "closed"
    return [{*map(int, graph.neighbors(i)), *([i] if own else [])} for i in range(graph.nodes)]


def neighborhood_sums(features: Any, graph: Graph, neighborhood: str = "closed") -> np.ndarray:
    """x_bar_i, the sum of the features over the neighbourhood of node i.

    Args:
        features: shape (samples, n, r).
        graph: a graph with n nodes.
        neighborhood: "closed" or "open".

    Returns:
        shape (samples, n, r).
    """
    values = np.asarray(features, np.float64)
    received = np.zeros_like(values)
    for node, neighborhood_of_node in enumerate(members(graph, neighborhood)):
        for sender in neighborhood_of_node:
            received[:, node] += values[:, sender]
    return received


def outputs(
    features: Any,
    W: Any,
    graph: Graph,
    neighborhood: str = "closed",
    activation: str | Activation = "scaled_relu",
) -> np.ndarray:
    """sum_i sigma(W x_bar_i) for sigma(t) = sqrt(2) max(t, 0), or another activation.

    Args:
        features: shape (samples, n, r).
        W: shape (h, r).
        graph: a graph with n nodes.
        neighborhood: "closed", as the paper's text and formulas mean, or "open".
        activation: sigma.

    Returns:
        shape (samples, h).

    Reference: awasthi2021, Eq. (4).

    >>> from gnnconv_lib import graphs
    >>> outputs([[[1.0], [2.0]]], [[1.0]], graphs.complete(2), activation="relu").tolist()
    [[6.0]]
    """
    received = neighborhood_sums(features, graph, neighborhood)
    weights = np.asarray(W, np.float64)
    sigma = get(activation)
    total = np.zeros((len(received), len(weights)))
    for node in range(graph.nodes):
        total += np.asarray(sigma(received[:, node] @ weights.T))
    return total
