"""Eqs. (46)-(48): the printed loss for unequal degrees, the true one, and their gradients.

Reference: awasthi2021, appendix C.2. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import (
    decide,
    describe,
    gap,
    gradient_by_definition,
    loss_by_definition,
    main_spectrum,
    report,
    small_graphs,
)
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.summaries.main_eigenvalues import components_regular

__all__ = [
    "equation_46",
    "equation_46_by_sampling",
    "equation_46_only_for_regular_components",
    "equations_47_48",
    "main_eigenvalue_loss",
]

_CORRECTION = (
    "L = 1/2 sum_mu c_mu |(W1 + mu W2)^L - (W1* + mu W2*)^L|_F^2 over the main eigenvalues mu of the "
    "adjacency matrix, c_mu = |P_mu 1|^2."
)


def _degree_loss(weights: list[np.ndarray], degrees: np.ndarray, rounds: int) -> float:
    """Eq. (46) as printed."""
    return _spectral_loss(weights, np.asarray(degrees, float), np.ones(len(degrees)), rounds)


def _spectral_loss(
    weights: list[np.ndarray], nodes: np.ndarray, masses: np.ndarray, rounds: int
) -> float:
    """1/2 sum_k masses_k |(W1 + nodes_k W2)^L - (W1* + nodes_k W2*)^L|^2."""
    W1, W2, S1, S2 = weights
    power, total = np.linalg.matrix_power, 0.0
    for node, mass in zip(nodes, masses, strict=True):
        difference = power(W1 + node * W2, rounds) - power(S1 + node * S2, rounds)
        total += 0.5 * float(mass) * float(np.sum(difference**2))
    return total


def _scalars(*values: float) -> list[np.ndarray]:
    return [np.array([[value]]) for value in values]


def equation_46(budget: str = "quick") -> Evidence:
    """Eq. (46) on all small graphs, smallest first: the first graph and L on which it is false."""
    weights, first, searched = _scalars(1.0, 1.0, 0.5, 0.5), None, 0
    for graph in small_graphs(4 if budget == "quick" else 6):
        adjacency = graph.adjacency.toarray()
        for rounds in (1, 2, 3):
            searched += 1
            printed = _degree_loss(weights, graph.degrees, rounds)
            actual = float(loss_by_definition(weights, adjacency, rounds))
            if first is None and gap(printed, actual) > 1e-9:
                first = (f"{describe(graph)}, L = {rounds}, W = 1, W* = 1/2", printed, actual)
    words, printed, actual = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        f"False from L = 2 on; smallest graph: {words}.",
        {"printed": printed, "actual": actual, "cases searched": float(searched)},
        tolerance=1e-9,
        witness=Witness(words, printed, actual),
        correction=_CORRECTION,
    )


def equation_46_only_for_regular_components(budget: str = "quick") -> Evidence:
    """For L >= 2, Eq. (46) is true on a graph if and only if all its components are regular."""
    disagree, total = 0, 0
    weights = list(np.random.default_rng(0).normal(size=(4, 2, 2)))
    for graph in small_graphs(5 if budget == "quick" else 7):
        adjacency = graph.adjacency.toarray()
        for rounds in (2, 3):
            total += 1
            printed = _degree_loss(weights, graph.degrees, rounds)
            equal = gap(printed, loss_by_definition(weights, adjacency, rounds)) < 1e-9
            disagree += int(equal != components_regular(graph))
    return report(
        "search",
        decide(disagree == 0),
        f"On all {total} cases Eq. (46) holds exactly when every component is regular.",
        {"disagreements": float(disagree), "cases": float(total)},
        tolerance=1e-9,
    )


def main_eigenvalue_loss(budget: str = "quick") -> Evidence:
    """The corrected loss against the recursion over nodes, for matrices that do not commute."""
    worst = 0.0
    cases = [graphs.star(5), graphs.path(7), graphs.erdos_renyi(14, 0.3, 1), graphs.empty(2)]
    cases.append(graphs.disjoint_union(graphs.star(3), graphs.cycle(4)))
    if budget != "quick":
        cases += [graphs.barabasi_albert(30, 2, seed) for seed in range(5)]
    for graph in cases:
        weights = list(np.random.default_rng(graph.nodes).normal(size=(4, 3, 3)))
        for rounds in (1, 2, 3, 4):
            found = _spectral_loss(weights, *main_spectrum(graph), rounds)
            actual = loss_by_definition(weights, graph.adjacency.toarray(), rounds)
            worst = max(worst, gap(found, actual))
    return report(
        "numerical",
        decide(worst < 1e-12),
        "The formula over main eigenvalues is exact on stars, paths, random, bipartite and "
        "disconnected graphs.",
        {"largest relative difference": worst},
        tolerance=1e-12,
    )


def equation_46_by_sampling(budget: str = "quick") -> Evidence:
    """Eq. (46) and the corrected loss against Monte Carlo from the definition, as z-scores."""
    samples, rounds = (20_000 if budget == "quick" else 200_000), 3
    cases = [graphs.star(4), graphs.path(6), graphs.erdos_renyi(12, 0.3, 2)]
    weights = _scalars(0.8, 0.6, 1.0, 0.2)
    scores: dict[str, list[float]] = {"printed": [], "corrected": []}
    for seed, graph in enumerate(cases):
        adjacency = graph.adjacency.toarray().astype(float)
        features = np.random.default_rng(seed).normal(size=(samples, graph.nodes))
        student = teacher = features
        for _ in range(rounds):
            student = 0.8 * student + 0.6 * student @ adjacency
            teacher = 1.0 * teacher + 0.2 * teacher @ adjacency
        values = 0.5 * (student.sum(axis=1) - teacher.sum(axis=1)) ** 2
        error = float(values.std(ddof=1)) / math.sqrt(samples)
        printed = _degree_loss(weights, graph.degrees, rounds)
        corrected = _spectral_loss(weights, *main_spectrum(graph), rounds)
        for name, value in (("printed", printed), ("corrected", corrected)):
            scores[name].append((float(values.mean()) - value) / error)
    worst = {name: float(np.max(np.abs(found))) for name, found in scores.items()}
    return report(
        "monte carlo",
        decide(worst["printed"] < 4),
        f"Sampling rejects the printed loss (|z| up to {worst['printed']:.0f}) and agrees with "
        f"the corrected one (|z| at most {worst['corrected']:.1f}).",
        {f"largest z, {name}": value for name, value in worst.items()},
        tolerance=4.0,
        witness=Witness("stars, paths, random graphs, L = 3: largest |z|", 4.0, worst["printed"]),
        correction=_CORRECTION,
    )


def equations_47_48(budget: str = "quick") -> Evidence:
    """Eqs. (47)-(48) against the gradient of Eq. (46) and against that of the true loss."""
    graph, rounds = graphs.path(3), 2 if budget == "quick" else 3
    weights = list(np.random.default_rng(1).normal(size=(4, 2, 2)))
    printed = _spectral_gradient(weights, graph.degrees, np.full(graph.nodes, 0.5), rounds, False)
    repaired = _spectral_gradient(weights, *main_spectrum(graph), rounds, True)
    true = gradient_by_definition(weights, graph.adjacency.toarray(), rounds)
    one = _scalars(1.0, 1.0, 0.5, 0.5)
    small = _spectral_gradient(one, graph.degrees, np.full(3, 0.5), 2, False)[0][0, 0]
    actual = gradient_by_definition(one, graph.adjacency.toarray(), 2)[0][0, 0]
    errors = {
        "printed against true": max(gap(printed[i], true[i]) for i in (0, 1)),
        "main eigenvalues against true": max(gap(repaired[i], true[i]) for i in (0, 1)),
    }
    return report(
        "numerical",
        decide(errors["printed against true"] < 1e-12),
        "The printed gradients are wrong by a factor 2, two transposes, and Eq. (46) itself.",
        errors,
        tolerance=1e-12,
        witness=Witness(
            f"{describe(graph)}, L = 2, W = 1, W* = 1/2: dL/dW1", float(small), float(actual)
        ),
        correction="dL/dW1 = sum_mu c_mu sum_k (M_mu')^k E_mu (M_mu')^{L-1-k}; dL/dW2 has a factor mu.",
    )


def _spectral_gradient(
    weights: list[np.ndarray],
    nodes: np.ndarray,
    masses: np.ndarray,
    rounds: int,
    transposed: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """sum_k masses_k (1, nodes_k) sum_j X^j E X^{L-1-j} with X = M or its transpose."""
    W1, W2, S1, S2 = weights
    power = np.linalg.matrix_power
    first, second = np.zeros_like(W1), np.zeros_like(W1)
    for node, mass in zip(nodes, masses, strict=True):
        M = W1 + node * W2
        E = power(M, rounds) - power(S1 + node * S2, rounds)
        X = M.T if transposed else M
        slope = sum(power(X, j) @ E @ power(X, rounds - 1 - j) for j in range(rounds))
        first, second = first + mass * slope, second + mass * node * slope
    return first, second
