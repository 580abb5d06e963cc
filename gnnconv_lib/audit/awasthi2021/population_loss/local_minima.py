"""A second local minimum with one input, and none with more.

Reference: awasthi2021, section 3. Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import graphs, relu_gnn
from gnnconv_lib.audit.awasthi2021.population_loss._cases import each_with
from gnnconv_lib.audit.awasthi2021.setting import small_graphs
from gnnconv_lib.claims import both, claim, correction, domain, fixed, graph, integer, less, real
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_pairs


def _complete(entry: Graph) -> bool:
    return 2 * entry.edges == entry.nodes * (entry.nodes - 1)


def _without_complete(budget: str) -> list[Graph]:
    return [entry for entry in [graphs.empty(2), *small_graphs(budget)] if not _complete(entry)]


ONE_INPUT = domain(
    fixed("one unit (h = 1)"),
    fixed("one input (r = 1), w* = 1"),
    graph(
        among="every graph that is not complete",
        corners={
            "two isolated nodes": lambda g: g.nodes == 2 and g.edges == 0,
            "a connected graph": lambda g: g.edges >= g.nodes - 1,
            "a regular graph": lambda g: bool(np.ptp(g.degrees) == 0),
        },
        member=lambda g: not _complete(g),
    ),
    real("radius", "(0, 1]", "distance to w as a share of |w|"),
    cases=each_with(_without_complete, "radius", (1.0, 0.1, 1e-3)),
)


SEVERAL_INPUTS = domain(
    fixed("one unit (h = 1), |w*| = 1"),
    integer("r", "[2, inf)"),
    graph(),
    real("radius", "(0, 0.1]", "ϱ"),
    cases=lambda budget: [
        {"graph": entry, "r": r, "radius": radius}
        for entry in small_graphs(budget)
        for r in (2, 5)
        for radius in (0.1, 1e-2, 1e-3)
    ],
)


def _second_place(g: Graph) -> float:
    """-B(-1)/A, where the derivative along the teacher vanishes on its negative side."""
    full, opposite, _ = relu_pairs.pair_sums(g, -1.0)
    return -opposite / full


@claim("awasthi2021:remark-multiple-local-minima/one-input", ONE_INPUT, each=True)
def two_local_minima(graph: Graph, radius: float) -> Any:
    """With one input, w = -B(-1)/A w* is a second local minimum: the loss is larger on both sides."""
    place = _second_place(graph)
    here = relu_pairs.loss(graph, [[place]], [[1.0]])
    around = [
        float(relu_gnn.loss([[at]], [[1.0]], overlap(graph)))
        for at in (place * (1 - radius * 0.999), place * (1 + radius))
    ]
    return less(here, around, ("loss at w", "loss next to w"))


@correction("awasthi2021:remark-multiple-local-minima/several-inputs", SEVERAL_INPUTS, each=True)
def one_local_minimum(graph: Graph, r: int, radius: float) -> Any:
    """With two inputs or more, a loss lower than at w = 0 and at w = -B(-1)/A w* lies within ϱ of each,
    and elsewhere the gradient vanishes at w* only: w* is the only local minimum."""
    measure, teacher = overlap(graph), np.eye(r)[:1]
    place = _second_place(graph)
    lower, here = [], []
    for at in (0.0, place):
        w = np.zeros((1, r))
        w[0, 0] = at
        # From w = 0 along the teacher, from the other point across it.
        w[0, 0 if at == 0.0 else 1] += radius
        lower.append(float(relu_gnn.loss(w, teacher, measure)))
        w = np.zeros((1, r))
        w[0, 0] = at
        here.append(float(relu_gnn.loss(w, teacher, measure)))
    cosines = np.cos(np.linspace(0.0, np.pi - 1e-2, 60))
    slopes = np.asarray(relu_gnn.sums(measure, cosines)[2])
    return both(
        less(lower, here, ("loss next to the point", "loss at the point")),
        less(0.0, slopes, ("0", "C(c), c > -1")),
    )
