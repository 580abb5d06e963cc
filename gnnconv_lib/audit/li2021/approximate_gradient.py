"""What the paper says about samples, structure and cost: the graph's part in approximate gradient descent.

Reference: li2021, introduction, below Eq. (12), Remarks 1 and 3. Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache, reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy
from scipy import special

from gnnconv_lib import activations, averaging_gnn as ag, graphs
from gnnconv_lib.audit._averaging_cases import small_graphs, values
from gnnconv_lib.audit._overlaps import average_matrix, correlations, effective_size
from gnnconv_lib.claims import (
    SymbolicZero,
    at_most,
    both,
    choice,
    claim,
    correction,
    domain,
    equal,
    fixed,
    graph,
    integer,
    less,
    proved,
    readings,
    real,
    sampled,
    symbolic_zero,
)

# Independence.

GRAPHS = domain(
    graph(),
    fixed("independent standard Gaussian features"),
    cases=lambda budget: [{"graph": one} for one in small_graphs(budget)],
    words=lambda graph: graph.name,
)


@claim(
    "li2021:remark-contribution-samples",
    GRAPHS,
    each=True,
    corrected_by="li2021:remark-contribution-samples/graphs",
    exempt="the features of different nodes are independent on every graph",
)
def nodes_are_independent(graph: Any) -> Any:
    """What different nodes of one graph bring is uncorrelated."""
    names = ("largest correlation", "0")

    def uncorrelated(found: np.ndarray, exactly: Any = None) -> Any:
        overlap = found - np.eye(graph.nodes)
        return at_most(float(np.max(overlap)), 1e-12, names, 1.0, exactly=exactly)

    return readings(
        the_features_H=uncorrelated(np.eye(graph.nodes)),
        the_averaged_features_behind_the_labels=uncorrelated(correlations(graph), _exact_overlap),
    )


def _exact_overlap(graph: Any, ball: Any) -> tuple[Any, Any]:
    """The largest |N_i ∩ N_k|/√(|N_i||N_k|) of two nodes."""
    closed = [{i, *map(int, graph.neighbors(i))} for i in range(graph.nodes)]
    found = [
        ball(len(a & b)) / ball(len(a) * len(b)).sqrt()
        for i, a in enumerate(closed)
        for b in closed[:i]
    ]
    return reduce(lambda x, y: x.max(y), found), Fraction(1, 10**12)


@correction(
    "li2021:remark-contribution-samples/graphs",
    GRAPHS,
    each=True,
    exempt="across graphs all correlations are zero",
)
def graphs_are_independent(graph: Any) -> Any:
    """Averaged features correlate by |N_i ∩ N_k|/√(|N_i||N_k|) in one graph, by 0 across graphs."""
    n = graph.nodes
    P = average_matrix(graphs.disjoint_union(graph, graphs.path(2)))
    covariance = P @ P.T
    sizes = np.diag(covariance) ** -0.5
    found = covariance * np.outer(sizes, sizes)
    closed = [{i, *map(int, graph.neighbors(i))} for i in range(n)]
    common = [
        len(closed[i] & closed[k]) / math.sqrt(len(closed[i]) * len(closed[k]))
        for i in range(n)
        for k in range(n)
    ]
    names, zero = ("correlation across graphs", "0"), float(np.max(np.abs(found[:n, n:])))
    inside = equal(found[:n, :n].ravel(), np.array(common), ("correlation", "overlap"), 1.0)
    return both(
        proved(_overlap(), sides=at_most(zero, 0.0, names, 1.0)),
        proved(_overlap(), sides=inside),
    )


@cache
def _overlap() -> SymbolicZero:
    """Of k shared features of variance 1, averages of a and b: cov = k/(ab), variances 1/a and 1/b.

    The correlation is k/sqrt(ab), which is 0 for k = 0, as across graphs.
    """
    k = sympy.Symbol("k", nonnegative=True)
    a, b, first, second = sympy.symbols("a b first second", positive=True)
    # A sum over all features of products of the two weights, of which k, a or b are not 0.
    variances = {first: a * (1 / a) ** 2, second: b * (1 / b) ** 2}
    correlation = k * (1 / a) * (1 / b) / sympy.sqrt(first * second)
    return symbolic_zero(correlation - k / sympy.sqrt(a * b), lambda e: e.subs(variances))


# Remark 1: what all labels together tell about W.

ERRORS = domain(
    real("level", "(0, inf)", "level"),
    fixed("complete graphs with 1 to 500 nodes, Gaussian noise of deviation 0.2, v* = 1"),
    cases=lambda budget: {"level": np.array([100.0, 1.0, 0.05, 1e-3])},
)


def _floor(one: graphs.Graph, deviation: float = 0.2) -> float:
    """Half of the distance of two teachers between which the labels decide badly, v* = 1."""
    return deviation / math.sqrt(float(np.sum(1 / (one.degrees + 1.0)))) / 2


@claim("li2021:remark-1", ERRORS, corrected_by="li2021:remark-1/two-teachers", repair="replacement")
def error_vanishes(level: Any) -> Any:
    """For large n the error of W is, with probability above 3/4, below every level for some estimator."""
    lowest = min(_floor(graphs.complete(n)) for n in (1, 2, 5, 20, 100, 500))
    names = ("smallest error that no estimator beats", "level")
    # That no estimator beats it rests on `two_teachers`, so that exact numbers would prove no more.
    return at_most(lowest, level, names)


TEACHERS = domain(
    graph(),
    real("noise", "(0, 2]", "s"),
    fixed("identity, d = 2, v* = 1; two teachers at distance s/√S, S = Σ 1/|N_i|, S ≥ s²/4"),
    cases=lambda budget: [
        {"graph": one, "noise": noise, "draws": 20_000 if budget == "quick" else 200_000}
        for one in small_graphs("quick")
        for noise in (0.01, 2.0)
    ],
    derived=("draws",),
    words=lambda graph, noise: f"{graph.name}, s = {noise:g}",
)


@correction("li2021:remark-1/two-teachers", TEACHERS, each=True)
def two_teachers(graph: Any, noise: float, draws: int) -> Any:
    """The mean divergence of the labels is 1/2, and their mean total variation at most 1/2.

    So any estimator errs by half of the distance with probability at least 1/4 for one of the two.
    """
    P = average_matrix(graph)
    apart = noise / math.sqrt(float(np.sum(1 / (graph.degrees + 1.0))))
    divergence = apart**2 * float(np.sum(P**2)) / (2 * noise**2)
    X = P @ np.random.default_rng(0).standard_normal((draws, graph.nodes, 1))
    shift = apart * np.sqrt(np.sum(X[..., 0] ** 2, axis=1)) / noise
    variation = special.erf(shift / (2 * math.sqrt(2)))
    error = variation.std() / math.sqrt(draws)
    return both(
        equal(divergence, 0.5, ("divergence", "1/2")),
        sampled(variation.mean(), error, 0.5, ("total variation", "1/2"), "<="),
    )


# Structure.

REGULAR = domain(
    integer("cliques", "[2, inf)", "number of cliques"),
    integer("d", "[3, inf)", "degree of both graphs"),
    fixed("disjoint cliques, and a random regular graph of the same size and degree"),
    cases=lambda budget: [{"cliques": k, "d": d} for k, d in ((2, 4), (6, 3), (5, 5), (10, 4))],
)


@claim("li2021:remark-open-question-structure", REGULAR, each=True, conjecture=True)
def structure_beyond_degrees(cliques: int, d: int) -> Any:
    """Graphs of equal degrees act differently: n_eff is larger on a random regular graph than on cliques."""
    one = graphs.disjoint_cliques(cliques, d + 1)
    other = graphs.random_regular(cliques * (d + 1), d, seed=0)
    names = ("n_eff of cliques", "n_eff of a random regular graph")
    return less(effective_size(one), effective_size(other), names)


# Cost.

_COSTED = ("relu", "sigmoid", "swish")
STEPS = domain(
    choice("activation", *_COSTED),
    fixed("500 isolated nodes, d = 2, q = 1; operations as the compiler counts them"),
    cases=lambda budget: [{"activation": name} for name in _COSTED],
    words=lambda activation: activation,
)


@cache
def _operations(activation: str) -> tuple[float, float]:
    """Operations of one approximate and of one exact step."""
    H = np.random.default_rng(0).standard_normal((500, 2))
    data = ag.node_sample(graphs.empty(500), H, np.zeros(500), activation)
    W, v = jnp.array([[1.0], [0.0]]), jnp.array([1.0])
    counts = []
    for function in (
        lambda W, v: ag.approximate_direction(W, v, data, 0.5),
        lambda W, v: ag.exact_gradient(W, v, data),
    ):
        cost: Any = jax.jit(function).lower(W, v).compile().cost_analysis()
        found = cost[0] if isinstance(cost, list) else cost
        counts.append(float(found["flops"]) + float(found.get("transcendentals", 0.0)))
    return counts[0], counts[1]


@claim("li2021:remark-contribution-cost/cost", STEPS, each=True)
def approximate_step_is_cheaper(activation: str) -> Any:
    """One approximate step takes fewer operations than one exact step."""
    return less(*_operations(activation), ("approximate step", "exact step"))


@claim("li2021:remark-derivative-cost", STEPS, each=True)
def derivative_costs(activation: str) -> Any:
    """A step without σ' takes fewer operations."""
    return less(*_operations(activation), ("step without it", "step with it"))


VALUES = domain(
    choice("activation", "relu", "leaky_relu(0.2)", "sigmoid", "tanh", "softplus", "swish"),
    fixed("1000 points of [-8, 8], none of them 0"),
    cases=lambda budget: [
        {"activation": name}
        for name in ("relu", "leaky_relu(0.2)", "sigmoid", "tanh", "softplus", "swish")
    ],
    words=lambda activation: activation,
)


@correction("li2021:remark-derivative-cost/from-values", VALUES, each=True)
def derivative_from_values(activation: str) -> Any:
    """σ' is a step for ReLU and leaky ReLU, else a polynomial of degree ≤ 2 in σ and 1/(1 + e^{-x})."""
    t = np.linspace(-8, 8, 1000)
    sigma = activations.get(activation)
    y, s = values(sigma, t), 1 / (1 + np.exp(-t))
    formula = {
        "relu": (y > 0).astype(float),
        "leaky_relu(0.2)": np.where(y > 0, 1.0, 0.2),
        "sigmoid": y * (1 - y),
        "tanh": 1 - y**2,
        "softplus": s,
        "swish": s + y * (1 - s),
    }[activation]
    return equal(formula, np.asarray(sigma.derivative(t)), ("formula", "derivative"), 1.0)
