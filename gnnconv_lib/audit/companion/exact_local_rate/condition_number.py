"""The condition number A/C(1) in degrees, and the law of graphs with few short cycles.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import graphs, relu_gnn
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._measures import every_measure, measures
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.claims import at_most, both, claim, domain, graph, integer, less, real
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap

EVERY_MEASURE = domain(
    every_measure(),
    cases=lambda budget: {"measure": np.arange(len(measures(budget).names))},
    words=lambda measure: f"measure {measure}",
)


@claim("companion:theorem-condition-number", EVERY_MEASURE)
def condition_number(measure: Any) -> Any:
    """M/(πS) + 1/2 ≤ A/C(1) ≤ 2M/(πS) + 2 - 2/π."""
    at = Point(measure, np.ones(measure.shape), np.zeros(measure.shape))
    low, high = bounds.condition_number_bounds(at.pairs, at.messages)
    kappa = at.full / at.slope_at_one
    return both(
        at_most(low, kappa, ("lower bound", "A/C(1)")),
        at_most(kappa, high, ("A/C(1)", "upper bound")),
    )


def on_short_cycles(g: Graph) -> float:
    """The share of the nodes that lie on a triangle or a cycle of length four."""
    paths = (g.adjacency @ g.adjacency).tolil()
    paths.setdiag(0)
    shared = paths.tocsr()
    # A pair with a common neighbour: on a triangle if joined, on a four-cycle if there are two.
    triangles = np.asarray(shared.multiply(g.adjacency).sum(axis=1)).ravel()
    squares = np.asarray((shared > 1).sum(axis=1)).ravel()
    return float(np.mean(triangles + squares > 0))


def _regular(budget: str) -> list[dict[str, Any]]:
    chosen = [
        graphs.complete(1),
        graphs.complete(2),
        graphs.complete(3),
        graphs.cycle(4),
        graphs.disjoint_cliques(3, 2),
        graphs.cycle(5),
        graphs.complete(5),
        graphs.petersen(),
        graphs.empty(10),
        graphs.cycle(12),
        graphs.random_regular(60, 3, 1),
        graphs.random_regular(200, 3, 1),
        graphs.random_regular(300, 6, 1),
        graphs.random_regular(1000, 3, 1),
    ]
    if budget == "full":
        chosen += [graphs.random_regular(n, d, 2) for n in (500, 5000, 40_000) for d in (3, 4, 9)]
    return [{"graph": g, "share": on_short_cycles(g)} for g in chosen]


REGULAR = domain(
    graph("graph", "every regular graph"),
    real("share", "[0, 1]", "share φ of the nodes on a triangle or a four-cycle"),
    cases=_regular,
    words=lambda graph, share: f"{graph.name}, phi = {share:.3g}",
)


@claim("companion:theorem-sparse-law/slope", REGULAR, each=True)
def slope_of_sparse_graphs(graph: Graph, share: float) -> Any:
    """|C(1)/S - g(d)| ≤ φ/2."""
    d = int(graph.degrees[0])
    slope = float(relu_gnn.sums(overlap(graph), 1.0)[2]) / (graph.nodes * (d + 1) ** 2)
    away = abs(slope - float(bounds.sparse_slope_ratio(d)))
    return at_most(away, share / 2, ("|C(1)/S - g|", "phi/2"), 1.0)


@claim("companion:theorem-sparse-law/condition-number", REGULAR, each=True)
def condition_number_of_regular_graphs(graph: Graph, share: float) -> Any:
    """With γ = C(1)/S, n/((d+1)πγ) + 1/(2γ) ≤ A/C(1) ≤ n/((d+1)πγ) + (1 - 1/π)/γ."""
    size = float(graph.degrees[0]) + 1
    full, _, slope = (float(value) for value in relu_gnn.sums(overlap(graph), 1.0))
    ratio = slope / (graph.nodes * size**2)
    first = graph.nodes / (size * math.pi * ratio)
    return both(
        at_most(first + 0.5 / ratio, full / slope, ("lower bound", "A/C(1)")),
        at_most(full / slope, first + (1 - 1 / math.pi) / ratio, ("A/C(1)", "upper bound")),
    )


DEGREES_OF_G = domain(
    integer("d", "[0, inf)"),
    cases=lambda budget: {"d": np.unique(np.geomspace(1, 1e6, 400).astype(int)) - 1},
)


@claim("companion:theorem-sparse-law/decreasing", DEGREES_OF_G)
def sparse_ratio_decreases(d: Any) -> Any:
    """1 ≥ g(d) > 1/2, and g(d + 1) ≤ g(d)."""
    here, after = bounds.sparse_slope_ratio(d), bounds.sparse_slope_ratio(d + 1)
    return both(
        at_most(here, 1.0, ("g(d)", "1")),
        less(0.5, here, ("1/2", "g(d)")),
        at_most(after, here, ("g(d+1)", "g(d)")),
    )
