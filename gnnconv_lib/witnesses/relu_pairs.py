"""The one-round ReLU network's expectations as sums over all n^2 pairs of nodes.

The messages of nodes i and j give Gaussian numbers w . x_i and v . x_j with variances
|w|^2 |N_i|, |v|^2 |N_j| and covariance |N_i & N_j| w . v; the neighbourhoods N_i are counted as sets.
Moments are those of `relu_expectation`; the gradient is Stein's identity.

Reference: awasthi2021, Eqs. (7), (9)-(12), (14), (15). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.graphs import Graph
from gnnconv_lib.witnesses.relu_dual import step_dual
from gnnconv_lib.witnesses.relu_expectation import expected_product
from gnnconv_lib.witnesses.relu_network import members

__all__ = ["cross_moment", "gradient", "loss", "pair_sums", "shared_messages"]


def shared_messages(graph: Graph, neighborhood: str = "closed") -> np.ndarray:
    """All d_ij, the numbers of messages that x_bar_i and x_bar_j have in common, shape (n, n).

    >>> from gnnconv_lib import graphs
    >>> shared_messages(graphs.path(3)).tolist()
    [[2, 2, 1], [2, 3, 2], [1, 2, 2]]
    """
    neighborhoods = members(graph, neighborhood)
    return np.array([[len(a & b) for b in neighborhoods] for a in neighborhoods])


def cross_moment(graph: Graph, w: Any, v: Any, neighborhood: str = "closed") -> float:
    """E sum_ij sigma(w . x_bar_i) sigma(v . x_bar_j) for sigma(t) = sqrt(2) max(t, 0).

    >>> from gnnconv_lib import graphs
    >>> round(cross_moment(graphs.empty(1), [3.0], [3.0]), 12)
    9.0
    """
    w, v = np.asarray(w, np.float64), np.asarray(v, np.float64)
    shared = shared_messages(graph, neighborhood).astype(float)
    heard = np.diag(shared) > 0
    shared = shared[np.ix_(heard, heard)]
    own = np.diag(shared)
    products = expected_product((w @ w) * own[:, None], (v @ v) * own, (w @ v) * shared)
    return float(products.sum())


def pair_sums(graph: Graph, cos: float) -> tuple[float, float, float]:
    """A, B(c) and C(c) = sum d_ij s'(rho_ij c), each over all pairs.

    >>> from gnnconv_lib import graphs
    >>> [round(value, 12) for value in pair_sums(graphs.complete(2), 1.0)]
    [8.0, 8.0, 8.0]
    """
    axis, turned = np.array([1.0, 0.0]), np.array([cos, np.sqrt((1 - cos) * (1 + cos))])
    _, correlation = _pairs(graph, axis, turned)
    slope = float((shared_messages(graph) * step_dual(correlation)).sum())
    return cross_moment(graph, axis, axis), cross_moment(graph, axis, turned), slope


def loss(graph: Graph, W: Any, W_star: Any, neighborhood: str = "closed") -> float:
    """The population loss, from three moments for each unit.

    Args:
        graph: the graph.
        W, W_star: shape (h, r).
        neighborhood: "closed" or "open".

    >>> from gnnconv_lib import graphs
    >>> round(loss(graphs.empty(1), [[2.0]], [[1.0]]), 12)  # (2 - 1)^2 / 2
    0.5
    """
    total = 0.0
    for w, v in zip(np.atleast_2d(W), np.atleast_2d(W_star), strict=True):
        own = cross_moment(graph, w, w, neighborhood)
        teacher = cross_moment(graph, v, v, neighborhood)
        total += own / 2 + teacher / 2 - cross_moment(graph, w, v, neighborhood)
    return total


def gradient(graph: Graph, W: Any, W_star: Any) -> np.ndarray:
    """The gradient of the population loss at W without a zero row, shape (h, r).

    Row by row, sum_ij E[(sigma(w . x_i) - sigma(w* . x_i)) sigma'(w . x_j) x_j], where x_i is short
    for x_bar_i. By Stein's identity, with rho the correlation of v . x_i and w . x_j,

        E[sigma(v . x_i) sigma'(w . x_j) x_j] = d_ij s'(rho) v + m_ij |v| sqrt(1 - rho^2) w / (pi |w|).

    >>> from gnnconv_lib import graphs
    >>> gradient(graphs.empty(1), [[2.0]], [[1.0]]).round(12).tolist()
    [[1.0]]
    """
    shared = shared_messages(graph)
    rows = []
    for w, v in zip(np.atleast_2d(W), np.atleast_2d(W_star), strict=True):
        row = np.zeros(len(w))
        for sign, sender in ((1.0, np.asarray(w, float)), (-1.0, np.asarray(v, float))):
            deviation, correlation = _pairs(graph, sender, w)
            bent = float((shared * step_dual(correlation)).sum())
            edge = float((deviation * np.sqrt((1 - correlation) * (1 + correlation))).sum())
            row += sign * (bent * sender + edge * np.asarray(w) / (np.pi * (w @ w)))
        rows.append(row)
    return np.array(rows)


def _pairs(graph: Graph, w: Any, v: Any) -> tuple[np.ndarray, np.ndarray]:
    """Products of standard deviations, and correlations, of all w . x_i and v . x_j."""
    shared = shared_messages(graph)
    size = np.sqrt(np.outer(np.diag(shared), np.diag(shared)))
    deviation = size * np.linalg.norm(w) * np.linalg.norm(v)
    return deviation, np.clip(shared * (np.asarray(w) @ np.asarray(v)) / deviation, -1.0, 1.0)
