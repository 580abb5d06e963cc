"""What the papers' theorems ask of a graph, and whether it is so. Book: `book/setting.ipynb`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse.csgraph import connected_components

from gnnconv_lib.graphs.coercion import as_graph

__all__ = ["Facts", "Hypothesis", "facts"]


@dataclass(frozen=True)
class Hypothesis:
    """A hypothesis of the papers: what it asks, whether it is met, and what is there."""

    name: str
    met: bool
    found: str
    where: str


@dataclass(frozen=True)
class Facts:
    """Sizes of a graph and the hypotheses that it meets.

    Fields:
        nodes, edges: their numbers.
        smallest_degree, largest_degree, mean_degree: without the node itself.
        isolated: nodes without a neighbour.
        components: connected components.
        largest_component: its number of nodes.
        hypotheses: those of both papers.
    """

    nodes: int
    edges: int
    smallest_degree: int
    largest_degree: int
    mean_degree: float
    isolated: int
    components: int
    largest_component: int
    hypotheses: tuple[Hypothesis, ...]


def facts(graph: Any) -> Facts:
    """What can be said of a graph in one pass over its edges.

    Args:
        graph: a `Graph`, or what `as_graph` takes.

    >>> from gnnconv_lib.graphs import cycle
    >>> found = facts(cycle(5))
    >>> found.components, [entry.name for entry in found.hypotheses if entry.met][:2]
    (1, ['regular', 'every component regular'])
    """
    graph = as_graph(graph)
    degrees = graph.degrees
    smallest, largest = int(degrees.min()), int(degrees.max())
    isolated = int(np.count_nonzero(degrees == 0))
    components, member = connected_components(graph.adjacency, directed=False)
    rows = np.repeat(np.arange(graph.nodes), degrees)
    alike = bool(np.all(degrees[rows] == degrees[graph.indices]))
    regular = smallest == largest
    spread = f"all degrees are {largest}" if regular else f"degrees from {smallest} to {largest}"
    root = float(np.sqrt(graph.nodes))
    hypotheses = (
        Hypothesis("regular", regular, spread, "awasthi2021, what is printed for d-regular graphs"),
        Hypothesis(
            "every component regular",
            alike,
            "neighbours have equal degrees" if alike else "some neighbours have unequal degrees",
            "awasthi2021, printed gradients of linear networks with several rounds",
        ),
        Hypothesis(
            "degrees small against sqrt(n)",
            largest < root,
            f"largest degree {largest}, sqrt(n) = {root:.4g}",
            "awasthi2021, d = o(sqrt(n)), a limit: one graph can only suggest it",
        ),
        Hypothesis(
            "connected",
            components == 1,
            f"{components} component{'s' * (components > 1)}",
            "asked for by neither paper; some corrections are about connected graphs",
        ),
        Hypothesis(
            "every node has a neighbour",
            isolated == 0,
            f"{isolated} isolated" if isolated else f"smallest degree {smallest}",
            "li2021, (28), (30) and (41), if a degree does not count the node itself",
        ),
    )
    return Facts(
        graph.nodes,
        graph.edges,
        smallest,
        largest,
        float(degrees.mean()),
        isolated,
        int(components),
        int(np.bincount(member).max()),
        hypotheses,
    )
