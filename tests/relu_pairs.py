"""The ReLU GNN's sums and loss from all n^2 pairs, as printed: what the library is tested against."""

import mpmath as mp
import numpy as np


def pairs(graph):
    """rho_ij and m_ij of all n^2 ordered pairs, straight from (Adj + I)^2."""
    closed = graph.adjacency.toarray() + np.eye(graph.nodes)
    size = np.sqrt(np.outer(graph.degrees + 1.0, graph.degrees + 1.0))
    return (closed @ closed / size).ravel(), size.ravel()


def textbook(rho):
    rho = np.clip(rho, -1, 1)
    return (np.sqrt(1 - rho**2) + rho * (np.pi - np.arccos(rho))) / np.pi


def textbook_sums(graph, cos):
    rho, mass = pairs(graph)
    slope = 1 - np.arccos(np.clip(rho * cos, -1, 1)) / np.pi
    return (
        mass @ textbook(rho),
        mass @ textbook(rho * cos),
        mass @ (rho * slope),
    )


def textbook_loss(graph, W, W_star):
    total = 0.0
    for w, v in zip(np.atleast_2d(W), np.atleast_2d(W_star), strict=True):
        length, teacher = np.linalg.norm(w), np.linalg.norm(v)
        A, B, _ = textbook_sums(graph, w @ v / length / teacher)
        total += A * (length**2 + teacher**2) / 2 - length * teacher * B
    return total


def exact_dual(x):
    return (mp.sqrt((1 - x) * (1 + x)) + x * (mp.pi - mp.acos(x))) / mp.pi
