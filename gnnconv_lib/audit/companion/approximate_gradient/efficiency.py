"""The variance of Algorithm 1's weights against that of least squares.

Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag, graphs
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_cases import small_graphs
from gnnconv_lib.audit._overlaps import average_matrix
from gnnconv_lib.claims import at_most, choice, claim, domain, drawn, equal, fixed, graph, sampled

EFFICIENCIES = domain(
    choice("activation", "relu", "leaky_relu(0.2)", "tanh", "identity"),
    drawn("graph", "400 isolated nodes, or 75 cliques of 4 beside 200 isolated nodes"),
    fixed("first order in the noise, q = 1, d = 2; sums of many labels at their means"),
    cases=lambda budget: [
        {"activation": name, "graph": one, "draws": 500 if budget == "quick" else 8000}
        for name in ("relu", "leaky_relu(0.2)", "tanh", "identity")
        for one in (
            graphs.empty(400),
            graphs.disjoint_union(graphs.disjoint_cliques(75, 4), graphs.empty(200)),
        )
    ],
    derived=("draws",),
    words=lambda activation, graph: f"{activation}, {graph.name}",
)


def _efficiency(activation: str, graph: Any) -> float:
    tau = (graph.degrees + 1.0) ** -0.5
    e, f = (
        np.asarray(function(activation, tau))
        for function in (ag.mean_derivative, ag.mean_squared_derivative)
    )
    return float(np.sum(tau**2 * e) ** 2 / (np.sum(tau**2) * np.sum(tau**2 * f)))


@claim("companion:theorem-efficiency/variance", EFFICIENCIES, each=True)
def efficiency(activation: str, graph: Any, draws: int) -> Any:
    """Least squares' variance of W over Algorithm 1's is (Σ τ²e)²/(Σ τ² · Σ τ²f)."""
    rng = np.random.default_rng(0)
    P = average_matrix(graph)
    along, across = (rng.standard_normal((draws, graph.nodes)) @ P.T for _ in range(2))
    slope = np.asarray(get(activation).derivative(along))
    # Given the features the variances are B / A^2 and 1 / C in units of the noise; with many labels
    # the sums are their means.
    A, B, C = (np.sum(factor * across**2, axis=1) for factor in (slope, 1.0, slope**2))
    ratio = A.mean() ** 2 / (B.mean() * C.mean())
    spread = np.std(2 * A / A.mean() - B / B.mean() - C / C.mean()) / math.sqrt(draws)
    names = ("ratio of the variances", "formula")
    return sampled(ratio, max(ratio * spread, 1e-12), _efficiency(activation, graph), names)


EVERY_GRAPH = domain(
    graph(),
    choice("activation", "relu", "leaky_relu(0.2)", "tanh", "swish"),
    cases=lambda budget: [
        {"graph": one, "activation": name}
        for one in small_graphs(budget)
        for name in ("relu", "leaky_relu(0.2)", "tanh", "swish")
    ],
    words=lambda graph, activation: f"{activation}, {graph.name}",
)


@claim("companion:theorem-efficiency/at-most-1", EVERY_GRAPH, each=True)
def efficiency_is_at_most_one(activation: str, graph: Any) -> Any:
    """The ratio is at most 1."""
    return at_most(_efficiency(activation, graph), 1.0, ("ratio", "1"))


RELU = domain(
    graph(),
    fixed("ReLU"),
    cases=lambda budget: [{"graph": one} for one in small_graphs(budget)],
)


@claim(
    "companion:theorem-efficiency/relu",
    RELU,
    each=True,
    exempt="the same number on every graph is what is claimed",
)
def efficiency_of_relu(graph: Any) -> Any:
    """For ReLU it is 1/2 on every graph."""
    return equal(_efficiency("relu", graph), 0.5, ("ratio", "1/2"))
