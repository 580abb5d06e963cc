"""The condition number A/C(1) in degrees, and the law of graphs with few short cycles.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy

from gnnconv_lib import graphs, relu_gnn
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._measures import every_measure, measures
from gnnconv_lib.audit._relu_facts import sizes
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    domain,
    equal,
    graph,
    integer,
    lemma,
    less,
    proved,
    real,
    symbolic_zero,
)
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
        proved(two_bounds(), sides=at_most(low, kappa, ("lower bound", "A/C(1)"))),
        proved(two_bounds(), sides=at_most(kappa, high, ("A/C(1)", "upper bound"))),
    )


@lemma
def two_bounds(A: Any, K: Any, M: Any, S: Any, w: Any) -> Any:
    """K(wM + S/2) <= AS <= 2K(wM + (1-w)S), for K = C(1) and w = 1/pi."""
    given = {**sizes(A, K, M, S, w), "companion:lemma-sums/slope-from-degrees": 2 * K >= S}
    return given, (K * (w * M + S / 2) <= A * S, 2 * K * (w * M + (1 - w) * S) >= A * S)


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


INVERSE_SIZES = domain(
    real("x", "(0, 0.5)", "x = 1/(d+1)"),
    cases=lambda budget: {"x": np.concatenate([[1e-3], np.linspace(0.01, 0.495, 60)])},
)


@claim("companion:theorem-sparse-law/derivative", INVERSE_SIZES, tolerance=1e-6)
def derivative_of_the_ratio(x: Any) -> Any:
    """π(g - 1/2) as a function of x = 1/(d+1) has the derivative π/2 - (3 - 4x) arcsin x + 2(1-2x)
    arcsin 2x + 4(x - x²)/sqrt(1 - 4x²) + (1-x)(1-2x)/sqrt(1 - x²)."""
    h = 1e-6
    ends = [bounds.sparse_slope_ratio(1 / (x + k * h) - 1) for k in (1, -1)]
    t, (ratio, slope) = sympy.Symbol("x", positive=True), _ratio_and_slope(sympy)
    formula = np.array([float(slope.subs(t, value)) for value in x])
    differences = np.pi * (ends[0] - ends[1]) / (2 * h)
    return proved(
        symbolic_zero(sympy.diff(ratio, t) - slope),
        sides=equal(differences, formula, ("differences", "formula"), 1 + np.abs(formula)),
    )


def _ratio_and_slope(sympy: Any) -> tuple[Any, Any]:
    """π(g - 1/2) from the three kinds of pairs, and its derivative as it is stated."""
    t = sympy.Symbol("x", positive=True)
    degree = 1 / t - 1
    counts = (degree + 1, 2 * degree, degree * (degree - 1))
    steps = (1, *(sympy.Rational(1, 2) + sympy.asin(k * t) / sympy.pi for k in (2, 1)))
    ratio = t**2 * sum(count * step for count, step in zip(counts, steps, strict=True))
    slope = sympy.pi / 2 - (3 - 4 * t) * sympy.asin(t) + 2 * (1 - 2 * t) * sympy.asin(2 * t)
    slope += 4 * (t - t**2) / sympy.sqrt(1 - 4 * t**2)
    slope += (1 - t) * (1 - 2 * t) / sympy.sqrt(1 - t**2)
    return sympy.pi * (ratio - sympy.Rational(1, 2)), slope
