"""How strongly the averaged features of different nodes depend on each other.

Book pages: book/li2021/concentration, book/beyond/approximate-gradient.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.averaging_gnn import average
from gnnconv_lib.graphs import Graph

__all__ = ["average_matrix", "correlations", "effective_labels", "effective_size"]


def average_matrix(graph: Graph) -> np.ndarray:
    """P = D^-1 A as a dense matrix (n, n)."""
    return np.asarray(average(graph, np.eye(graph.nodes)))


def correlations(graph: Graph) -> np.ndarray:
    """rho_ik = |N_i & N_k| / sqrt(|N_i| |N_k|), the correlation of two nodes' averages, (n, n)."""
    P = average_matrix(graph)
    scale = np.sqrt(graph.degrees + 1.0)
    return np.asarray(scale[:, None] * (P @ P.T) * scale)


def effective_labels(graph: Graph) -> float:
    """n^2 / sum_ik rho_ik: as many independent labels bound the variance of any average of functions of
    the rows.
    """
    return graph.nodes**2 / float(np.sum(correlations(graph)))


def effective_size(graph: Graph) -> float:
    """n_eff = (sum s^2)^2 / sum s^4, s the singular values of D^-1 A.

    >>> from gnnconv_lib import graphs
    >>> round(effective_size(graphs.complete(5)), 9), round(effective_size(graphs.empty(5)), 9)
    (1.0, 5.0)
    """
    gram = average_matrix(graph)
    gram = gram @ gram.T
    return float(np.trace(gram) ** 2 / np.sum(gram**2))
