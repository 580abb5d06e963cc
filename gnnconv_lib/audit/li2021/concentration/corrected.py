"""Deviations are centred; the corrected concentration; how many independent labels n nodes are worth.

Reference: li2021, Lemmas 4 and 6. Book page: book/li2021/concentration.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import activations, averaging_gnn as ag, graphs
from gnnconv_lib.audit._averaging_cases import small_graphs, values
from gnnconv_lib.audit._overlaps import average_matrix, effective_labels, effective_size
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    correction,
    domain,
    fixed,
    graph,
    integer,
    real,
    sampled,
)

_W, _STAR = np.array([[0.6], [0.8]]), np.array([[1.0], [0.0]])
_v, _v_STAR = 0.7, 1.3
_DRAWS = {"quick": 4000, "full": 100_000}


def _samples(level: str) -> Any:
    return domain(
        graph(),
        choice("activation", "relu", "identity"),
        fixed(f"{level} level; d = 2, q = 1, W = (0.6, 0.8), W* = (1, 0), v = 0.7, v* = 1.3"),
        cases=lambda budget: [
            {"graph": one, "activation": name, "draws": _DRAWS[budget]}
            for one in small_graphs("quick")
            for name in ("relu", "identity")
        ],
        derived=("draws",),
        words=lambda graph, activation: f"{graph.name}, {activation}",
    )


def _deviations(one: graphs.Graph, name: str, draws: int, level: str) -> tuple[Any, Any]:
    """Samples of G^W and g^v minus the library's means, from the definition of Algorithm 1.

    At graph level one graph with an averaging read-out is drawn per data set.
    """
    rng = np.random.default_rng(0)
    sigma = activations.get(name)
    X = average_matrix(one) @ rng.standard_normal((draws, one.nodes, 2))
    g, h = (values(sigma, X @ M)[..., 0] for M in (_W, _STAR))
    pairs = ag.node_pairs(one)
    if level == "graph":
        g, h, X = (array.mean(axis=1, keepdims=True) for array in (g, h, X))
        pairs = ag.graph_pairs([one])
    model = ag.population_model(pairs, ag.Weights(_STAR, np.array([_v_STAR])), name)
    mean = model.directions(ag.Weights(_W, np.array([_v])))
    residual = h * _v_STAR + rng.standard_normal(h.shape) - g * _v
    G = -np.einsum("sn,snd->sd", residual, X) * _v / (g.shape[1] * float(model.xi))
    slope = -np.mean(residual * g, axis=1)
    return G - np.asarray(mean.W)[:, 0], slope - float(np.asarray(mean.v)[0])


def _centred(samples: np.ndarray) -> Any:
    error = samples.std(axis=0) / math.sqrt(len(samples))
    return sampled(samples.mean(axis=0), error, 0.0, ("mean of the deviation", "0"))


@claim("li2021:eq-27", _samples("node"), each=True)
def direction_of_nodes(graph: Any, activation: str, draws: int) -> Any:
    """G^W minus its mean over features and noise averages to 0 over data sets."""
    return _centred(_deviations(graph, activation, draws, "node")[0])


@claim("li2021:eq-29", _samples("node"), each=True)
def gradient_of_nodes(graph: Any, activation: str, draws: int) -> Any:
    """g^v minus its mean over features and noise averages to 0 over data sets."""
    return _centred(_deviations(graph, activation, draws, "node")[1])


@claim("li2021:eq-35", _samples("graph"), each=True)
def direction_of_graphs(graph: Any, activation: str, draws: int) -> Any:
    """G^W minus its mean over features and noise averages to 0 over data sets."""
    return _centred(_deviations(graph, activation, draws, "graph")[0])


@claim("li2021:eq-37", _samples("graph"), each=True)
def gradient_of_graphs(graph: Any, activation: str, draws: int) -> Any:
    """g^v minus its mean over features and noise averages to 0 over data sets."""
    return _centred(_deviations(graph, activation, draws, "graph")[1])


# The corrected bounds. With the identity the mean squares of both deviations are known exactly.


def _mean_squares(
    weights: np.ndarray, n: int, d: int, reach: float, deviation: float, xi: float
) -> tuple[float, float]:
    """E|G^W - mean|^2 and E|g^v - mean|^2 for the identity, v = R, v* = -R, W = W*.

    X'X = sum_k weights_k h_k h_k' with independent Gaussian vectors h_k, and E|(h h' - I) b|^2 =
    (d + 1) |b|^2, E(h_1^2 - 1)^2 = 2.
    """
    b, fourth, second = (2 * reach) ** 2, float(np.sum(weights**2)), float(np.sum(weights))
    of_G = (reach / (n * xi)) ** 2 * ((d + 1) * b * fourth + d * deviation**2 * second)
    return of_G, (2 * b * fourth + deviation**2 * second) / n**2


def _node_rows(budget: str) -> list[dict[str, Any]]:
    many = [*small_graphs(budget), graphs.complete(40), graphs.star(40), graphs.cycle(30)]
    return [
        {"graph": one, "d": d, "reach": reach, "deviation": deviation}
        for one in many
        for d in (1, 2, 20)
        for reach, deviation in ((1.0, 0.0), (0.05, 1.0), (20.0, 30.0))
    ]


NODES = domain(
    graph(),
    integer("d", "[1, inf)", "d"),
    real("reach", "(0, inf)", "R with |v|, |v*| ≤ R"),
    real("deviation", "[0, inf)", "standard deviation of Gaussian noise"),
    fixed("identity, q = 1, W = W*, v = R, v* = -R"),
    cases=_node_rows,
    words=lambda graph, d, reach, deviation: (
        f"{graph.name}, d = {d}, R = {reach:g}, noise {deviation:g}"
    ),
)
_NAMES = ("mean square", "delta times the square of the bound")


@correction("li2021:lemma-4/corrected", NODES, each=True)
def chebyshev_for_nodes(graph: Any, d: int, reach: float, deviation: float) -> Any:
    """Mean squares are at most δ times the squared bounds, so each bound holds at 1 - δ."""
    weights = np.linalg.svd(average_matrix(graph), compute_uv=False) ** 2
    size, xi = graph.degrees + 1.0, ag.xi_node(graph, "identity", "mean")
    setting = bounds.Setting(
        features=d,
        mean_size=float(size.mean()),
        smallest_size=float(size.min()),
        inverse_xi=1 / xi,
        noise=deviation * math.sqrt(8 / 3),
    )
    found = _mean_squares(weights, graph.nodes, d, reach, deviation, xi)
    return _below(found, setting, effective_labels(graph), reach)


def _below(found: tuple[float, float], setting: bounds.Setting, labels: float, reach: float) -> Any:
    delta = 0.1
    for_W = delta * bounds.deviation_W_corrected(setting, labels, delta, reach) ** 2
    for_v = delta * bounds.deviation_gradient_corrected(setting, labels, delta, reach) ** 2
    return both(at_most(found[0], for_W, _NAMES), at_most(found[1], for_v, _NAMES))


def _graph_rows(budget: str) -> list[dict[str, Any]]:
    counts = (1, 5, 100) if budget == "quick" else (1, 2, 5, 20, 100, 1000)
    return [
        {"n": n, "size": size, "d": d, "reach": reach, "deviation": deviation}
        for n in counts
        for size in (1, 3, 8)
        for d in (1, 2, 20)
        for reach, deviation in ((1.0, 0.0), (0.05, 1.0), (20.0, 30.0))
    ]


GRAPHS = domain(
    integer("n", "[1, inf)", "number of graphs"),
    integer("size", "[1, inf)", "nodes of each graph, n_max"),
    integer("d", "[1, inf)", "d"),
    real("reach", "(0, inf)", "R with |v|, |v*| ≤ R"),
    real("deviation", "[0, inf)", "standard deviation of Gaussian noise"),
    fixed("read-out of a node without neighbours; identity, q = 1, W = W*, v = R, v* = -R"),
    cases=_graph_rows,
)


@correction("li2021:lemma-6/corrected", GRAPHS, each=True)
def chebyshev_for_graphs(n: int, size: int, d: int, reach: float, deviation: float) -> Any:
    """Mean squares are at most δ times the squared bounds, so each bound holds at 1 - δ."""
    setting = bounds.Setting(
        level="graph",
        features=d,
        largest_graph=size,
        inverse_xi=1.0,
        noise=deviation * math.sqrt(8 / 3),
    )
    found = _mean_squares(np.ones(n), n, d, reach, deviation, 1.0)
    return _below(found, setting, float(n), reach)


# The number of independent labels that n nodes are worth, for products of two entries.


PRODUCTS = domain(
    graph(),
    integer("d", "[1, inf)", "d"),
    cases=lambda budget: [
        {"graph": one, "d": d, "draws": _DRAWS[budget]}
        for one in small_graphs("quick")
        for d in (1, 4)
    ],
    derived=("draws",),
    words=lambda graph, d: f"{graph.name}, d = {d}",
)


@correction("li2021:lemma-4/effective-size", PRODUCTS, each=True)
def effective_number(graph: Any, d: int, draws: int) -> Any:
    """E|X'X/(nξ) - I|_F² = d(d + 1)/n_eff with n_eff = (Σs²)²/Σs⁴."""
    P = average_matrix(graph)
    X = P @ np.random.default_rng(1).standard_normal((draws, graph.nodes, d))
    gram = np.einsum("snd,sne->sde", X, X) / np.sum(P**2)
    gaps = np.sum((gram - np.eye(d)) ** 2, axis=(1, 2))
    error = gaps.std() / math.sqrt(draws)
    return sampled(gaps.mean(), error, d * (d + 1) / effective_size(graph))
