"""Eqs. (46)-(48): the printed loss for unequal degrees, the true one, and their gradients.

Reference: awasthi2021, appendix C.2. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit import _exact_linear as exact
from gnnconv_lib.audit._main_spectra import collection, columns, degrees, spectra
from gnnconv_lib.claims import (
    Found,
    Sides,
    claim,
    correction,
    domain,
    drawn,
    equal,
    fixed,
    graph,
    integer,
    rationals,
    readings,
    sampled,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import components_regular
from gnnconv_lib.witnesses import linear_network

Array = np.ndarray
Weights = list[Array]
_SCALE = 0.6


def _positive(size: int, seed: int) -> Weights:
    """Four symmetric positive definite matrices that do not commute; for seed 0, multiples of I."""
    if seed == 0:
        return [value * np.eye(size) for value in (1.0, 1.0, 0.5, 0.5)]
    generator = np.random.default_rng(seed)
    roots = generator.normal(size=(4, size, size)) * _SCALE
    return [root @ root.T + 0.05 * np.eye(size) for root in roots]


def _square(size: int, seed: int) -> Weights:
    return list(_SCALE * np.random.default_rng(seed).normal(size=(4, size, size)))


def _cases(make: Callable[[int, int], Weights]) -> Callable[[str], dict[str, Any]]:
    def cases(budget: str) -> dict[str, Any]:
        rows = [
            (chosen, L, r, make(r, seed))
            for chosen in collection(budget)
            for L in (1, 2, 3, 4)
            for r, seed in ((1, 0), (2, 1), (4, 2))
            if (r < 4 and (chosen.nodes <= 4 or L <= 2)) or (chosen.nodes <= 3 and L < 4)
        ]
        return columns(rows, "graph", "L", "r", "weights")

    return cases


def _say(graph: Graph, L: int, r: int, weights: Weights) -> str:
    words = ", ".join(
        f"{name} = {float(W[0, 0]):.4g}"
        for name, W in zip(("W1", "W2", "W1*", "W2*"), weights, strict=True)
    )
    return f"{graph.name}, L = {L}, r = {r}, {words}" + (" (first entries)" if r > 1 else "")


_ROUNDS = integer("L", "[1, inf)", "L")
_SIZE = integer("r", "[1, inf)", "r")
POSITIVE = domain(
    graph("graph", "every graph"),
    _ROUNDS,
    _SIZE,
    drawn("weights", "W1, W2, W1*, W2* symmetric and positive definite"),
    cases=_cases(_positive),
    words=_say,
)
SQUARE = domain(
    graph("graph", "every graph"),
    _ROUNDS,
    _SIZE,
    drawn("weights", "any real square matrices W1, W2, W1*, W2*"),
    cases=_cases(_square),
    words=_say,
)
DEEP = domain(
    graph("graph", "every graph"),
    integer("L", "[2, inf)", "L"),
    fixed("equality for all weights, looked at for generic ones (r = 2)"),
    cases=lambda budget: columns(
        [(g, L) for g in collection(budget) for L in (2, 3, 4, 5)], "graph", "L"
    ),
)


def _measured_loss(nodes: Array, masses: Array, weights: Weights, L: int) -> float:
    """1/2 sum_k masses_k |(W1 + nodes_k W2)^L - (W1* + nodes_k W2*)^L|_F^2."""
    W1, W2, S1, S2 = weights
    power = np.linalg.matrix_power
    return 0.5 * sum(
        float(mass) * float(np.sum((power(W1 + x * W2, L) - power(S1 + x * S2, L)) ** 2))
        for x, mass in zip(nodes, masses, strict=True)
    )


def by_degrees(chosen: Graph, weights: Weights, L: int) -> float:
    """Eq. (46) as printed."""
    nodes, masses = degrees([chosen])
    return _measured_loss(nodes[0], masses[0], weights, L)


def by_main_eigenvalues(chosen: Graph, weights: Weights, L: int) -> float:
    """The corrected loss."""
    nodes, masses = spectra([chosen])
    return _measured_loss(nodes[0], masses[0], weights, L)


def _true(chosen: Graph, weights: Weights, L: int) -> float:
    return float(linear_network.loss(weights, chosen.adjacency.toarray(), L))


@claim(
    "awasthi2021:eq-46/loss",
    POSITIVE,
    each=True,
    repair="replacement",
    corrected_by="awasthi2021:eq-46/main-eigenvalues",
)
def loss_by_degrees(graph: Graph, L: int, r: int, weights: Weights) -> Any:
    """The population loss is half the sum over the nodes of |M_i^L - (M_i*)^L|_F^2."""
    found, true = by_degrees(graph, weights, L), _true(graph, weights, L)
    return equal(found, true, ("Eq. (46)", "loss"), exactly=_exact_loss)


def _scalars(weights: Weights) -> tuple[Any, Any]:
    """The pairs of a network with r = 1."""
    values = [rationals(W[0, 0]) for W in weights if W.shape == (1, 1)]
    return values[:2], values[2:]


def _exact_loss(graph: Graph, L: int, weights: Weights) -> tuple[Any, Any]:
    pairs = _scalars(weights)
    return exact.loss_by_degrees(graph, L, *pairs), exact.loss(graph, L, *pairs)


def _exact_gradient(which: int, of_equation_46: bool) -> Any:
    """One half of the sum over the nodes, as printed, and the derivative; both for r = 1."""

    def sides(graph: Graph, L: int, weights: Weights) -> tuple[Any, Any]:
        pairs = _scalars(weights)
        by_nodes = L * exact.gradient_by_degrees(graph, L, *pairs)[which]
        true = by_nodes if of_equation_46 else exact.gradient(graph, L, *pairs)[which]
        return by_nodes / 2, true

    return sides


@correction("awasthi2021:eq-46/main-eigenvalues", SQUARE, each=True)
def loss_by_main_eigenvalues(graph: Graph, L: int, r: int, weights: Weights) -> Any:
    """The population loss is half the sum over the main eigenvalues mu, with weights c_mu, of
    |(W1 + mu W2)^L - (W1* + mu W2*)^L|_F^2."""
    found = by_main_eigenvalues(graph, weights, L)
    return equal(found, _true(graph, weights, L), ("sum over main eigenvalues", "loss"))


@correction("awasthi2021:eq-46/regular-components", DEEP, each=True)
def only_for_regular_components(graph: Graph, L: int) -> Any:
    """For a given L >= 2 Eq. (46) is true for all weights exactly on the graphs whose connected
    components are all regular."""
    weights = _square(2, 7)
    true = _true(graph, weights, L)
    same = abs(by_degrees(graph, weights, L) - true) <= 1e-10 * true
    names = ("Eq. (46) is true (1: yes)", "all components are regular (1: yes)")
    return equal(float(same), float(components_regular(graph)), names)


def _samples(budget: str) -> dict[str, Any]:
    count = 20_000 if budget == "quick" else 200_000
    chosen = [graphs.path(4), graphs.star(4), graphs.path(6), graphs.erdos_renyi(12, 0.3, 2)]
    return columns([(g, L, count) for g in chosen for L in (2, 3, 4)], "graph", "L", "samples")


SAMPLES = domain(
    drawn("graph", "graphs with a component that is not regular"),
    integer("L", "[2, inf)", "L"),
    fixed("r = 1, W1 = .8, W2 = .6, W1* = 1, W2* = .2"),
    cases=_samples,
    derived=("samples",),
)


@claim("awasthi2021:eq-46/loss/sampled", SAMPLES, each=True, repair="replacement")
def loss_by_sampling(graph: Graph, L: int, samples: int) -> Any:
    """The mean of |y^ - y|^2 / 2 over standard Gaussian features is that of Eq. (46)."""
    weights = [np.array([[value]]) for value in (0.8, 0.6, 1.0, 0.2)]
    features = np.random.default_rng(graph.nodes + 100 * L).normal(size=(samples, graph.nodes, 1))
    adjacency = graph.adjacency.toarray()
    student, teacher = (
        linear_network.embeddings(features, pair[0], pair[1], adjacency, L).sum(axis=(1, 2))
        for pair in (weights[:2], weights[2:])
    )
    values = 0.5 * (student - teacher) ** 2
    mean, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(samples)
    return (
        sampled(mean, error, by_degrees(graph, weights, L), ("sample mean", "Eq. (46)")),
        sampled(mean, error, by_main_eigenvalues(graph, weights, L)),
    )


def _printed(nodes: Array, masses: Array, weights: Weights, L: int) -> tuple[Array, Array]:
    """sum_i (1, d_i) sum_k M^k E M^{L-1-k} without the one half."""
    return _slopes(nodes, masses, weights, L, lambda M: M)


def _slopes(
    nodes: Array, masses: Array, weights: Weights, L: int, side: Callable[[Array], Array]
) -> tuple[Array, Array]:
    W1, W2, S1, S2 = weights
    power = np.linalg.matrix_power
    first, second = np.zeros_like(W1), np.zeros_like(W1)
    for x, mass in zip(nodes, masses, strict=True):
        M = W1 + x * W2
        E, X = power(M, L) - power(S1 + x * S2, L), side(M)
        slope = sum(power(X, k) @ E @ power(X, L - 1 - k) for k in range(L))
        first, second = first + mass * slope, second + mass * x * slope
    return first, second


def gradient_by_degrees(chosen: Graph, weights: Weights, L: int) -> tuple[Array, Array]:
    """Eqs. (47) and (48) as printed."""
    nodes, masses = degrees([chosen])
    return _printed(nodes[0], 0.5 * masses[0], weights, L)


def gradient_by_main_eigenvalues(chosen: Graph, weights: Weights, L: int) -> tuple[Array, Array]:
    """The corrected gradients."""
    nodes, masses = spectra([chosen])
    return _slopes(nodes[0], masses[0], weights, L, np.transpose)


def _gradient_of_46(chosen: Graph, weights: Weights, L: int, which: int) -> Array:
    """The derivative of Eq. (46) with respect to W1 or W2, entry by entry, by a complex step."""
    slope = np.empty_like(weights[0])
    for place in np.ndindex(slope.shape):
        moved = [W.astype(complex) for W in weights]
        moved[which][place] += 1e-30j
        total = 0.0
        for d in chosen.degrees.tolist():
            M, goal = moved[0] + d * moved[1], moved[2] + d * moved[3]
            student = teacher = np.eye(len(slope))
            for _ in range(L):
                student, teacher = student @ M, teacher @ goal
            total += 0.5 * float(np.sum((student - teacher) ** 2).imag)
        slope[place] = total / 1e-30
    return slope


def _printed_gradient(chosen: Graph, L: int, weights: Weights, which: int) -> Any:
    true = linear_network.gradient(weights, chosen.adjacency.toarray(), L)[which]
    printed = gradient_by_degrees(chosen, weights, L)[which]
    return readings(
        of_the_population_loss=_matrices(printed, true, _exact_gradient(which, False)),
        of_equation_46=_matrices(
            printed, _gradient_of_46(chosen, weights, L, which), _exact_gradient(which, True)
        ),
    )


def _corrected_gradient(chosen: Graph, L: int, weights: Weights, which: int) -> Sides:
    true = linear_network.gradient(weights, chosen.adjacency.toarray(), L)[which]
    return _matrices(gradient_by_main_eigenvalues(chosen, weights, L)[which], true)


def _matrices(found: Array, true: Array, exactly: Any = None) -> Sides:
    scale = float(np.max(np.abs(found)) + np.max(np.abs(true)))
    names = ("entry of the formula", "entry of the gradient")
    return equal(found.ravel(), true.ravel(), names, np.full(true.size, scale), exactly)


@claim(
    "awasthi2021:eq-47/gradient",
    POSITIVE,
    each=True,
    repair="replacement",
    corrected_by="awasthi2021:eq-47/main-eigenvalues",
)
def first_gradient(graph: Graph, L: int, r: int, weights: Weights) -> Any:
    """dL/dW1 is half the sum over the nodes of sum_k M_i^k E_i M_i^{L-k-1}."""
    return Found(_printed_gradient(graph, L, weights, 0))


@correction("awasthi2021:eq-47/main-eigenvalues", SQUARE, each=True, tolerance=1e-11)
def first_gradient_corrected(graph: Graph, L: int, r: int, weights: Weights) -> Any:
    """dL/dW1 is the sum over the main eigenvalues, with weights c_mu, of
    sum_k (M_mu')^k E_mu (M_mu')^{L-k-1}."""
    return _corrected_gradient(graph, L, weights, 0)


@claim(
    "awasthi2021:eq-48/gradient",
    POSITIVE,
    each=True,
    repair="replacement",
    corrected_by="awasthi2021:eq-48/main-eigenvalues",
)
def second_gradient(graph: Graph, L: int, r: int, weights: Weights) -> Any:
    """dL/dW2 is half the sum over the nodes of d_i sum_k M_i^k E_i M_i^{L-k-1}."""
    return Found(_printed_gradient(graph, L, weights, 1))


@correction("awasthi2021:eq-48/main-eigenvalues", SQUARE, each=True, tolerance=1e-11)
def second_gradient_corrected(graph: Graph, L: int, r: int, weights: Weights) -> Any:
    """dL/dW2 is the sum over the main eigenvalues, with weights c_mu, of
    mu sum_k (M_mu')^k E_mu (M_mu')^{L-k-1}."""
    return _corrected_gradient(graph, L, weights, 1)
