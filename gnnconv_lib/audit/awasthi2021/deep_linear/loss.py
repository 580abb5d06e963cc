"""Eqs. (18)-(21) and Lemma 10: the model and its population loss on regular graphs.

Reference: awasthi2021, Section 4 and appendix C.1. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib import graphs, linear_gnn
from gnnconv_lib.audit._linear_cases import (
    decide,
    describe,
    gap,
    loss_by_definition,
    report,
    small_graphs,
)
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "definition_by_sampling",
    "expectation_of_lemma_10",
    "lemma_10",
    "lemma_10_needs_equal_degrees",
    "sum_of_embeddings",
]


def definition_by_sampling(budget: str = "quick") -> Evidence:
    """Eqs. (18)-(21): the loss sampled from the definition, on irregular graphs too."""
    samples = 20_000 if budget == "quick" else 400_000
    rounds, size, worst, detectable = 2, 2, 0.0, 0.0
    cases = [graphs.petersen(), graphs.star(4), graphs.path(5), graphs.erdos_renyi(12, 0.3, 3)]
    for seed, graph in enumerate(cases):
        generator = np.random.default_rng(seed)
        W1, W2, S1, S2 = generator.normal(size=(4, size, size))
        adjacency = graph.adjacency.toarray().astype(float)
        student = teacher = generator.normal(size=(samples, graph.nodes, size))
        for _ in range(rounds):
            student = student @ W1.T + adjacency @ student @ W2.T
            teacher = teacher @ S1.T + adjacency @ teacher @ S2.T
        values = 0.5 * np.sum((student - teacher).sum(axis=1) ** 2, axis=1)
        error = float(values.std(ddof=1)) / math.sqrt(samples)
        exact = float(linear_gnn.loss(W1, W2, S1, S2, graph, rounds))
        worst = max(worst, abs(float(values.mean()) - exact) / error)
        detectable = max(detectable, 4 * error / exact)
    return report(
        "monte carlo",
        decide(worst < 4),
        f"Sampled loss on 4 graphs, 3 of them irregular: largest |z| = {worst:.2f}; a relative "
        f"error of {detectable:.1%} would have been seen.",
        {"largest z": worst, "detectable relative error": detectable},
        tolerance=4.0,
    )


def lemma_10(budget: str = "quick") -> Evidence:
    """Lemma 10, Eq. (37): n/2 |M^L - M*^L|^2 for any W1, W2, against the node-by-node recursion."""
    rounds = (1, 3) if budget == "quick" else (1, 2, 3, 4, 5)
    cases = [(graphs.empty(2), 0), (graphs.complete(2), 1), (graphs.petersen(), 3)]
    if budget != "quick":
        cases += [(graphs.random_regular(40, d, d), d) for d in (2, 5, 11)]
    worst = 0.0
    for graph, degree in cases:
        for depth in rounds:
            W1, W2, S1, S2 = np.random.default_rng(depth).normal(size=(4, 3, 3))
            printed = _printed(W1 + degree * W2, S1 + degree * S2, graph.nodes, depth)
            actual = loss_by_definition([W1, W2, S1, S2], graph.adjacency.toarray(), depth)
            worst = max(worst, gap(printed, actual))
    return report(
        "numerical",
        decide(worst < 1e-12),
        "The loss formula holds for matrices that neither commute nor are symmetric.",
        {"largest relative difference": worst},
        tolerance=1e-12,
    )


def _printed(M: np.ndarray, M_star: np.ndarray, nodes: int, rounds: int) -> float:
    """Eq. (37)."""
    power = np.linalg.matrix_power
    return float(nodes / 2 * np.sum((power(M, rounds) - power(M_star, rounds)) ** 2))


def lemma_10_needs_equal_degrees(budget: str = "quick") -> Evidence:
    """Lemma 10 with d read as the largest degree, as in Section 3: the first graph to break it."""
    weights = [np.array([[value]]) for value in (1.0, 1.0, 0.5, 0.5)]
    for graph in small_graphs(4):
        degree = int(graph.degrees.max())
        M = weights[0] + degree * weights[1]
        printed = _printed(M, M / 2, graph.nodes, 1)
        actual = float(loss_by_definition(weights, graph.adjacency.toarray(), 1))
        if abs(printed - actual) > 1e-9 * actual:
            break
    everywhere = abs(printed - actual) <= 1e-9 * actual
    return report(
        "search",
        decide(everywhere, slip_repaired=lemma_10(budget).verdict == "holds"),
        f"With largest degree d the formula fails on a {describe(graph)}: {printed:g} against "
        f"{actual:g}.",
        {"printed": printed, "actual": actual},
        witness=Witness(f"{describe(graph)}, L = 1, W = 1, W* = 1/2", printed, actual),
        correction="Every degree must be equal to d.",
    )


def sum_of_embeddings(budget: str = "quick") -> Evidence:
    """The induction in Lemma 10: every node's features reach the output through M^k."""
    worst = 0.0
    depth = 3 if budget == "quick" else 5
    for graph, degree in [(graphs.complete(2), 1), (graphs.petersen(), 3)]:
        W1, W2 = np.random.default_rng(degree).normal(size=(2, 3, 3))
        blocks = linear_gnn.node_blocks(W1, W2, graph, depth)
        power = np.linalg.matrix_power(W1 + degree * W2, depth)
        worst = max(worst, gap(blocks, np.broadcast_to(power, blocks.shape)))
    return report(
        "numerical",
        decide(worst < 1e-12),
        "On regular graphs the embeddings after k rounds sum to M^k times the sum of the features.",
        {"largest relative difference": worst},
        tolerance=1e-12,
    )


def expectation_of_lemma_10(budget: str = "quick") -> Evidence:
    """The expectation that ends Lemma 10's proof, with and without the square it lacks.

    For r = 1 and E = M^L - M*^L: E|E mu| = |E| sqrt(2n/pi), while E|E mu|^2 = n E^2.
    """
    nodes, difference = 1, 1.0
    without = 0.5 * abs(difference) * math.sqrt(2 * nodes / math.pi)
    claimed = 0.5 * nodes * difference**2
    points, weights = np.polynomial.hermite_e.hermegauss(20)
    second = float(np.sum(weights * (difference * points) ** 2)) / math.sqrt(2 * math.pi)
    return report(
        "numerical",
        decide(math.isclose(without, claimed), math.isclose(0.5 * second * nodes, claimed)),
        f"Without the square the expectation is {without:.4f}, not {claimed:g}; with it, equal.",
        {"without the square": without, "claimed": claimed, "with the square": 0.5 * second},
        tolerance=1e-9,
        witness=Witness("one node, r = 1, M^L - M*^L = 1", claimed, without),
        correction="The norm inside the first expectation is squared.",
    )
