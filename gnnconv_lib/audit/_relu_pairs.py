"""The ReLU GNN's expectations over all n^2 pairs of nodes, each by quadrature.

Nothing of the library's closed forms is used: the messages of nodes i and j give Gaussian numbers
w . x_i and v . x_j with variances |w|^2 (d_i + 1), |v|^2 (d_j + 1) and covariance d_ij w . v, and
E sigma(w . x_i) sigma(v . x_j) is an integral over one angle, done by Gauss's rule.

Reference: awasthi2021, Eqs. (9)-(12). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.graphs import Graph

__all__ = ["cross_moment", "loss_by_pairs", "overlaps", "printed_sums"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def overlaps(graph: Graph) -> tuple[np.ndarray, np.ndarray]:
    """All d_ij, by counting members of closed neighbourhoods, and all m_ij, shape (n, n)."""
    closed = [{i, *map(int, graph.neighbors(i))} for i in range(graph.nodes)]
    shared = np.array([[len(a & b) for b in closed] for a in closed], dtype=float)
    size = np.sqrt(np.outer(graph.degrees + 1.0, graph.degrees + 1.0))
    return shared, size


def cross_moment(graph: Graph, w: np.ndarray, v: np.ndarray) -> float:
    """E sum_ij sigma(w . x_i) sigma(v . x_j) for sigma(t) = sqrt(2) max(t, 0).

    With g two standard normal numbers in polar coordinates (E R^2 = 2) and theta the angle of the
    pair, the expectation is (1 / 2 pi) int 4 cos(phi) cos(phi - theta) d phi over the half turn
    theta - pi/2 < phi < pi/2 where both are positive, times the standard deviations.
    """
    shared, size = overlaps(graph)
    lengths = np.linalg.norm(w) * np.linalg.norm(v)
    correlation = np.clip(shared * (w @ v) / (size * lengths), -1.0, 1.0)
    theta = np.arccos(correlation)[..., None]
    half = (np.pi - theta) / 2
    phi = theta / 2 + half * _NODES
    integral = (half * _WEIGHTS * np.cos(phi) * np.cos(phi - theta)).sum(axis=-1)
    return float((lengths * size * 4 * integral).sum() / (2 * np.pi))


def loss_by_pairs(graph: Graph, w: np.ndarray, v: np.ndarray) -> float:
    """The loss of one unit from three moments over all pairs."""
    own, teacher = cross_moment(graph, w, w), cross_moment(graph, v, v)
    return own / 2 + teacher / 2 - cross_moment(graph, w, v)


def printed_sums(graph: Graph, cos: float) -> tuple[float, float, float]:
    """A, B_t and C_t as section 3.2 prints them, with d the maximum degree, by textbook duals."""
    shared, _ = overlaps(graph)
    rho = shared / (graph.degrees.max() + 1)
    return (
        float(_dual(rho).sum()),
        float(_dual(rho * cos).sum()),
        float((rho * (1 - np.arccos(np.clip(rho * cos, -1, 1)) / np.pi)).sum()),
    )


def _dual(rho: np.ndarray) -> np.ndarray:
    rho = np.clip(rho, -1, 1)
    return (np.sqrt(1 - rho**2) + rho * (np.pi - np.arccos(rho))) / np.pi
