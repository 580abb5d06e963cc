"""Main eigenvalues of a graph: those whose eigenspace is not orthogonal to the all-ones vector.

Appendix C of awasthi2021, book pages `book/awasthi2021/linear-unequal-degrees` and
`book/beyond/main-eigenvalues`.

They take the place of the degrees in the loss of a linear GNN. This file finds all of them with
their weights c_mu = |P_mu 1|^2 by a dense symmetric eigendecomposition: the slow, independent
route beside `summaries.walks`, and the one that shows how many a graph has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["components_regular", "main_eigenvalues", "number_of_main_eigenvalues"]

_PRIMES = (2147483647, 2147483629)
_DENSE_LIMIT = 1500


def main_eigenvalues(
    graph: Graph,
) -> tuple[Float[np.ndarray, " eigenvalues"], Float[np.ndarray, " eigenvalues"]]:
    """All main eigenvalues mu of the adjacency matrix with weights c_mu = |P_mu 1|^2.

    Eigenvalues of a dense eigendecomposition closer than 1e-8 of the spectral radius are one;
    of the resulting values the `number_of_main_eigenvalues` heaviest are kept.

    Args:
        graph: any `Graph` of at most 1500 nodes.

    Returns:
        (mu, weight), ascending in mu; the weights add up to the number of nodes.

    Raises:
        InvalidInput: for a graph with more than 1500 nodes; `summaries.walks` has no such limit.

    A path of three nodes: the eigenvalue 0 is not main, since (1, 0, -1) is orthogonal to 1.

    >>> from gnnconv_lib import graphs
    >>> mu, weight = main_eigenvalues(graphs.path(3))
    >>> [round(float(value) ** 2, 12) for value in mu]
    [2.0, 2.0]
    >>> round(float(weight.sum()), 12)
    3.0
    """
    graph = _dense(graph)
    values, vectors = np.linalg.eigh(graph.adjacency.toarray().astype(np.float64))
    projections = vectors.sum(axis=0) ** 2
    gap = 1e-8 * max(1.0, float(np.max(np.abs(values))))
    group = np.concatenate([[0], np.cumsum(np.diff(values) > gap)])
    weight = np.bincount(group, weights=projections)
    mu = np.bincount(group, weights=values) / np.bincount(group)
    kept = np.sort(np.argsort(weight)[::-1][: number_of_main_eigenvalues(graph)])
    return mu[kept], weight[kept]


def number_of_main_eigenvalues(graph: Graph) -> int:
    """Number of main eigenvalues: the rank of the walk matrix [1, A 1, A^2 1, ...].

    The rank is computed modulo two primes near 2^31 in integer arithmetic and the larger one is
    returned. A rank modulo a prime never exceeds the true one; it is smaller only if the prime
    divides every minor of that size.

    Raises:
        InvalidInput: for a graph with more than 1500 nodes.

    >>> from gnnconv_lib import graphs
    >>> number_of_main_eigenvalues(graphs.petersen()), number_of_main_eigenvalues(graphs.star(3))
    (1, 2)
    """
    graph = _dense(graph)
    return max(_krylov_dimension(graph, prime) for prime in _PRIMES)


def components_regular(graph: Graph) -> bool:
    """Whether every connected component is a regular graph: adjacent nodes have equal degrees.

    Equivalent to sum_i d_i^3 = 1' A^3 1, because the difference of the two sides is half the sum
    of (d_i - d_j)^2 over ordered adjacent pairs.

    >>> from gnnconv_lib import graphs
    >>> components_regular(graphs.cycle(5)), components_regular(graphs.path(3))
    (True, False)
    """
    graph = as_graph(graph)
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    return bool(np.all(graph.degrees[rows] == graph.degrees[graph.indices]))


def _krylov_dimension(graph: Graph, prime: int) -> int:
    """Dimension of span {1, A 1, A^2 1, ...} over the field with `prime` elements."""
    vector = np.ones(graph.nodes, dtype=np.int64)
    pivots: list[int] = []
    reduced: list[np.ndarray] = []
    for _ in range(graph.nodes):
        remainder = vector.copy()
        for pivot, row in zip(pivots, reduced, strict=True):
            remainder = (remainder - remainder[pivot] * row) % prime
        nonzero = np.flatnonzero(remainder)
        if not nonzero.size:
            break
        pivot = int(nonzero[0])
        inverse = pow(int(remainder[pivot]), -1, prime)
        pivots.append(pivot)
        reduced.append(remainder * inverse % prime)
        vector = (graph.adjacency @ vector) % prime
    return len(pivots)


def _dense(graph: Graph) -> Graph:
    graph = as_graph(graph)
    if graph.nodes > _DENSE_LIMIT:
        raise InvalidInput(
            f"graph must have at most {_DENSE_LIMIT} nodes for a dense eigendecomposition, "
            f"got {graph.nodes}."
        )
    return graph
