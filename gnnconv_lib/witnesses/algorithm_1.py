"""Algorithm 1 of li2021 line by line in NumPy, with loops over nodes and graphs.

The auxiliary matrix is handed in, so that both readings of Eq. (11) can be run: the sum as printed,
or the sum divided by n. Line 3 reads c' as c-bar, line 7 takes the Frobenius norm.

Reference: li2021, Algorithm 1. Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gnnconv_lib.activations import Activation
from gnnconv_lib.graphs import Graph
from gnnconv_lib.witnesses.averaging_network import averages, graph_output, node_output

__all__ = ["Pass", "graph_pass", "node_pass", "passes_until"]


class Pass(NamedTuple):
    """What lines 3 to 8 compute in one pass.

    Fields:
        predictions: y-bar, one per label. G: (d, q). g: (q,). U, W: (d, q). v: (q,).
    """

    predictions: np.ndarray
    G: np.ndarray
    g: np.ndarray
    U: np.ndarray
    W: np.ndarray
    v: np.ndarray


def node_pass(
    graph: Graph,
    features: Any,
    labels: Any,
    activation: Activation,
    W: Any,
    v: Any,
    xi: Any,
    learning_rate: float,
) -> Pass:
    """Lines 2 to 8 with one label per node.

    Args:
        graph, features, labels: n nodes, H of shape (n, d), y of shape (n,).
        activation: sigma.
        W, v: shapes (d, q) and (q,).
        xi: the matrix Xi_N, shape (d, d).
        learning_rate: alpha.

    Reference: li2021, Algorithm 1, the cases marked NGNN.

    One node with feature 2, label 5, W = 1, v = 1: the residual is 3.

    >>> from gnnconv_lib import activations, graphs
    >>> relu = activations.get("relu")
    >>> one = node_pass(graphs.empty(1), [[2.0]], [5.0], relu, [[1.0]], [1.0], [[0.5]], 0.1)
    >>> one.G.tolist(), one.g.tolist(), one.v.tolist()
    ([[-12.0]], [-6.0], [1.6])
    """
    W, v = np.asarray(W, float), np.asarray(v, float)
    predictions = node_output(graph, features, activation, W, v)
    G, g = np.zeros_like(W), np.zeros_like(v)
    for row, label, prediction in zip(averages(graph, features), labels, predictions, strict=True):
        G += np.outer(row, v) * (label - prediction)
        g += np.asarray(activation.function(row @ W)) * (label - prediction)
    n = len(predictions)
    return _stepped(predictions, -np.linalg.inv(xi) @ G / n, -g / n, W, v, learning_rate)


def graph_pass(
    members: Sequence[Graph],
    features: Sequence[Any],
    labels: Any,
    weights: Sequence[Any],
    activation: Activation,
    W: Any,
    v: Any,
    xi: Any,
    learning_rate: float,
) -> Pass:
    """Lines 2 to 8 with one label per graph.

    Args:
        members, features, labels: n graphs, their H_j of shape (n_j, d), y of shape (n,).
        weights: the read-outs a_j, each of length n_j.
        activation, W, v, learning_rate: as for `node_pass`.
        xi: the matrix Xi_G, shape (d, d).

    Reference: li2021, Algorithm 1, the cases marked GGNN.

    Two nodes without an edge, read out by their mean 2; W = 1, v = 1 and label 5 leave 3.

    >>> from gnnconv_lib import activations, graphs
    >>> relu, pair = activations.get("relu"), [graphs.empty(2)]
    >>> half = [[0.5, 0.5]]
    >>> one = graph_pass(pair, [[[1.0], [3.0]]], [5.0], half, relu, [[1.0]], [1.0], [[0.5]], 0.1)
    >>> one.G.tolist(), one.g.tolist()
    ([[-12.0]], [-6.0])
    """
    W, v = np.asarray(W, float), np.asarray(v, float)
    G, g, predictions = np.zeros_like(W), np.zeros_like(v), []
    for graph, H, label, a in zip(members, features, labels, weights, strict=True):
        prediction = graph_output(graph, H, activation, W, v, a)
        predictions.append(prediction)
        for row, share in zip(averages(graph, H), a, strict=True):
            G += share * np.outer(row, v) * (label - prediction)
            g += share * np.asarray(activation.function(row @ W)) * (label - prediction)
    n = len(predictions)
    given = np.array(predictions)
    return _stepped(given, -np.linalg.inv(xi) @ G / n, -g / n, W, v, learning_rate)


def passes_until(T: int, start: int, increment: int, limit: int = 1000) -> float:
    """How often the loop `while t < T` runs, from t = `start`, when each pass adds `increment` to t.

    Infinite where it is still running after `limit` passes with an unchanged t.

    Reference: li2021, Algorithm 1, input and line 1; no line changes t.

    >>> passes_until(5, start=1, increment=0), passes_until(5, start=0, increment=1)
    (inf, 5.0)
    """
    t, count = start, 0
    while t < T:
        if increment == 0 and count >= limit:
            return float("inf")
        t, count = t + increment, count + 1
    return float(count)


def _stepped(
    predictions: np.ndarray, G: np.ndarray, g: np.ndarray, W: np.ndarray, v: np.ndarray, rate: float
) -> Pass:
    U = W - rate * G
    return Pass(predictions, G, g, U, U / np.sqrt(np.sum(U**2)), v - rate * g)
