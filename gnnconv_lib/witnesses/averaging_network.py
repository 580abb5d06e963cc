"""The networks of li2021 node by node, in the words of the paper, with loops over sets.

Reference: li2021, The Graph Neural Network, Eqs. (1)-(10). Book page:
`book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.activations import Activation
from gnnconv_lib.graphs import Graph

__all__ = ["averages", "graph_output", "hidden", "node_output"]


def averages(graph: Graph, features: Any) -> np.ndarray:
    """The mean of the features of each node and its neighbours, 1/|N_i| sum_{j in N_i} H_j.

    N_i contains node i.

    Args:
        graph: the graph, n nodes.
        features: H, shape (n, d), or with further axes.

    Returns:
        Shape (n, d).

    Reference: li2021, inside Eq. (1).

    >>> from gnnconv_lib import graphs
    >>> averages(graphs.path(3), np.array([[0.0], [6.0], [3.0]])).ravel().tolist()
    [3.0, 3.0, 4.5]
    """
    features = np.asarray(features, dtype=float)
    rows = []
    for node in range(graph.nodes):
        closed = [node, *map(int, graph.neighbors(node))]
        total = np.zeros(features.shape[1:])
        for j in closed:
            total = total + features[j]
        rows.append(total / len(closed))
    return np.array(rows)


def hidden(graph: Graph, features: Any, activation: Activation, W: Any) -> np.ndarray:
    """The updated feature of each node, sigma(average W).

    Args:
        graph, features: as for `averages`.
        activation: sigma.
        W: shape (d, q).

    Returns:
        Shape (n, q).

    Reference: li2021, Eq. (1).

    >>> from gnnconv_lib import activations, graphs
    >>> relu = activations.get("relu")
    >>> hidden(graphs.complete(2), [[1.0], [3.0]], relu, [[1.0, -1.0]]).tolist()
    [[2.0, 0.0], [2.0, 0.0]]
    """
    rows = [
        np.asarray(activation.function(row @ np.asarray(W, dtype=float)))
        for row in averages(graph, features)
    ]
    return np.array(rows)


def node_output(graph: Graph, features: Any, activation: Activation, W: Any, v: Any) -> np.ndarray:
    """The output of each node, shape (n,): its hidden feature times v.

    Reference: li2021, Eq. (3).

    >>> from gnnconv_lib import activations, graphs
    >>> relu = activations.get("relu")
    >>> node_output(graphs.complete(2), [[1.0], [3.0]], relu, [[1.0, -1.0]], [5.0, 7.0]).tolist()
    [10.0, 10.0]
    """
    return np.array([float(row @ np.asarray(v)) for row in hidden(graph, features, activation, W)])


def graph_output(
    graph: Graph, features: Any, activation: Activation, W: Any, v: Any, weights: Any
) -> float:
    """The output of one graph: its nodes' outputs, weighted by a.

    Args:
        graph, features, activation, W: as for `hidden`.
        v: shape (q,).
        weights: a, shape (n,).

    Reference: li2021, Eqs. (6)-(9).

    >>> from gnnconv_lib import activations, graphs
    >>> relu = activations.get("relu")
    >>> graph_output(graphs.empty(2), [[1.0], [3.0]], relu, [[1.0]], [2.0], [0.5, 0.5])
    4.0
    """
    outputs = node_output(graph, features, activation, W, v)
    return float(sum(a * y for a, y in zip(weights, outputs, strict=True)))
