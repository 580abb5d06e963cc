"""How many main eigenvalues a graph has.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._main_spectra import collection
from gnnconv_lib.claims import at_most, claim, domain, equal, graph
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import number_of_main_eigenvalues

_COUNT = "companion:lemma-number-of-main-eigenvalues"


GRAPHS = domain(
    graph("graph", "every graph"), cases=lambda budget: {"graph": list(collection(budget))}
)


def _refined(graph: graphs.Graph) -> int:
    """Number of classes of nodes after colour refinement: the coarsest equitable partition."""
    color = [0] * graph.nodes
    while True:
        seen = [
            (color[i], *sorted(color[j] for j in graph.neighbors(i))) for i in range(len(color))
        ]
        ranks = {key: rank for rank, key in enumerate(sorted(set(seen)))}
        if len(ranks) == len(set(color)):
            return len(ranks)
        color = [ranks[key] for key in seen]


def _projected(g: Graph) -> int:
    """The number of eigenvalues whose eigenspace is not orthogonal to the all-ones vector."""
    values, vectors = np.linalg.eigh(g.adjacency.toarray().astype(float))
    parts = vectors.sum(axis=0) ** 2
    group = np.concatenate([[0], np.cumsum(np.diff(values) > 1e-7)])
    return int(np.sum(np.bincount(group, weights=parts) > 1e-10))


@claim(f"{_COUNT}/rank", GRAPHS, each=True)
def number_is_the_rank(graph: Graph) -> Any:
    """The number K of main eigenvalues is the rank of the vectors 1, A 1, A^2 1, ..."""
    names = ("rank of the walk matrix", "eigenspaces not orthogonal to 1")
    return equal(number_of_main_eigenvalues(graph), _projected(graph), names)


@claim(f"{_COUNT}/regular", GRAPHS, each=True)
def one_if_regular(graph: Graph) -> Any:
    """K = 1 if and only if the graph is regular."""
    regular = float(np.ptp(graph.degrees) == 0)
    return equal(float(_projected(graph) == 1), regular, ("K = 1 (1: yes)", "regular (1: yes)"))


@claim(f"{_COUNT}/partitions", GRAPHS, each=True)
def at_most_the_classes(graph: Graph) -> Any:
    """K is at most the number of classes of any equitable partition (the coarsest is the one that
    colour refinement finds)."""
    return at_most(_projected(graph), _refined(graph), ("K", "classes"))
