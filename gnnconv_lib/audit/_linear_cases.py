"""What the claims on deep linear GNNs share: small graphs and the scalar recurrence.

Book pages: book/awasthi2021/deep-linear, book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from functools import cache

import networkx as nx
import numpy as np

from gnnconv_lib import graphs

__all__ = ["describe", "sigma_step", "small_graphs"]


@cache
def small_graphs(nodes: int) -> tuple[graphs.Graph, ...]:
    """All graphs with at most `nodes` <= 7 nodes up to isomorphism, by nodes, then by edges."""
    made = [
        graphs.from_networkx(graph)
        for graph in nx.graph_atlas_g()
        if 1 <= graph.number_of_nodes() <= nodes
    ]
    return tuple(sorted(made, key=lambda graph: (graph.nodes, int(graph.degrees.sum()))))


def describe(graph: graphs.Graph) -> str:
    """A graph in words: its number of nodes and its edges.

    >>> describe(graphs.path(3))
    'graph on 3 nodes with edges 0-1, 1-2'
    """
    pairs = [f"{i}-{j}" for i in range(graph.nodes) for j in graph.neighbors(i).tolist() if i < j]
    return f"graph on {graph.nodes} nodes with edges {', '.join(pairs)}" if pairs else "no edges"


def sigma_step(
    sigma: np.ndarray,
    target: np.ndarray,
    setting: tuple[int, int, int],
    rate: np.ndarray | float,
    factor: float,
) -> np.ndarray:
    """Eq. (42) with n/2 (factor 0.5) or n (factor 1, gradient descent); from infinity, infinity."""
    nodes, degree, rounds = setting
    with np.errstate(all="ignore"):
        slope = rounds * sigma ** (rounds - 1) * (sigma**rounds - target**rounds)
        after = sigma - factor * rate * nodes * (degree**2 + 1) * slope
    return np.where(np.isnan(after), np.inf, after)
