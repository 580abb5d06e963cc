"""Eqs. (11)-(12): Xi = xi I in closed form, its inverse, and what a pass over the data gives.

Reference: li2021, Algorithm Design. Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gnnconv_lib import activations, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._averaging_cases import (
    ACTIVATIONS,
    Failure,
    averages,
    outcome,
    small_graphs,
    values,
)
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import require_choice

__all__ = ["invertible", "one_pass", "xi_graph_level", "xi_node_level"]

_Z = 5.0
_GRAPH = graphs.disjoint_union(graphs.star(3), graphs.complete(2), graphs.empty(1))
_MANY = (graphs.star(3), graphs.empty(1), graphs.path(3))


def xi_node_level(budget: str = "quick") -> Evidence:
    """Eq. (11): E[X' sigma(X)] from samples of H, all d^2 entries, against xi I, for every
    activation."""

    def terms(H: np.ndarray, name: str) -> np.ndarray:
        X = averages(_GRAPH, np.moveaxis(H, 0, -1))  # (n, d, samples)
        return np.einsum("nas,nbs->sab", X, values(activations.get(name), X))

    return _sampled(budget, _GRAPH.nodes, terms, lambda name: ag.xi_node(_GRAPH, name, "sum"))


def xi_graph_level(budget: str = "quick") -> Evidence:
    """Eq. (12) for all three read-outs on graphs of sizes 4, 1 and 3, as `xi_node_level`."""
    cuts = np.cumsum([graph.nodes for graph in _MANY])[:-1]
    found: list[Evidence] = []
    for readout in ("one node", "average", "attention"):
        weights = ag.weights(ag.collect(_MANY), readout if readout != "attention" else _ATTENTION)
        lists = np.split(weights, cuts)

        def terms(H: np.ndarray, name: str, lists: list[np.ndarray] = lists) -> np.ndarray:
            sigma = activations.get(name)
            total = np.zeros((H.shape[0], H.shape[2], H.shape[2]))
            for graph, a, part in zip(_MANY, lists, np.split(H, cuts, axis=1), strict=True):
                X = averages(graph, np.moveaxis(part, 0, -1))
                total += np.einsum("k,kas,l,lbs->sab", a, X, a, values(sigma, X))
            return total / len(_MANY)

        def exact(name: str, weights: np.ndarray = weights) -> float:
            return ag.xi_graph(_MANY, weights, name)

        found.append(_sampled(budget, sum(g.nodes for g in _MANY), terms, exact))
    return max(found, key=lambda e: (e.verdict != "holds", e.numbers["largest z"]))


def invertible(budget: str = "quick") -> Evidence:
    """xi > 0 for every activation of Assumption 1, graph and read-out: E sigma'(tau Z) > 0 is a
    positive correlation of Z with sigma(tau Z), and the entries of P P' are not negative."""
    failures: list[Failure] = []
    smallest = np.inf
    names = [name for name in ACTIVATIONS if name != "swish"]
    for graph in small_graphs(budget):
        many = [graph, graphs.star(2)]
        attention = ag.random_attention(ag.collect(many), 3)
        for name in names:
            values_ = [
                ag.xi_node(graph, name, "mean"),
                *(
                    ag.xi_graph(many, readout, name)
                    for readout in ("one node", "average", attention)
                ),
            ]
            smallest = min(smallest, *values_)
            if min(values_) <= 0:
                failures.append((f"{graph.nodes} node(s), {name}", 0.0, min(values_)))
    summary = f"xi is positive in all cases, at least {smallest:.2g}; the page proves it."
    return outcome("search", failures, summary, {"smallest xi": float(smallest)}, 0.0)


def one_pass(budget: str = "quick") -> Evidence:
    """The eigenvalues of the one-pass estimate of Xi over the true one, on the 1000-node graphs of
    the first experiment: a pass over the data gives another matrix."""
    seeds = {"quick": 3, "full": 40}[require_choice("budget", budget, BUDGETS)]
    low, high, witness = np.inf, -np.inf, 0
    for seed in range(seeds):
        sets = ag.node_experiment("relu", seeds=[seed])
        matrix = np.asarray(ag.xi_empirical(sets.data))[0] / sets.xi_mean[0]
        real = np.linalg.eigvals(matrix).real
        if real.min() < low:
            low, witness = float(real.min()), seed
        high = max(high, float(real.max()))
    failures: list[Failure] = []
    if low < 0.5 or high > 2:
        words = (
            f"1000 nodes, edges with probability 0.5, ReLU, seed {witness}: eigenvalue of the "
            "estimate over that of Xi"
        )
        failures.append((words, 1.0, low))
    numbers = {"smallest ratio": low, "largest ratio": high}
    return outcome("search", failures, "One pass gives Xi to a factor of 2.", numbers, 2.0)


_ATTENTION = [np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0]), np.array([0.5, 0.25, 0.25])]


def _sampled(
    budget: str,
    nodes: int,
    terms: Callable[[np.ndarray, str], np.ndarray],
    exact: Callable[[str], float],
) -> Evidence:
    samples = {"quick": 4000, "full": 200_000}[require_choice("budget", budget, BUDGETS)]
    H: Any = np.random.default_rng(11).standard_normal((samples, nodes, 2))
    failures: list[Failure] = []
    worst = 0.0
    for name in ACTIVATIONS:
        draws = terms(H, name)
        wanted = exact(name) * np.eye(2)
        error = draws.std(axis=0, ddof=1) / np.sqrt(samples)
        z = np.abs(draws.mean(axis=0) - wanted) / error
        worst = max(worst, float(z.max()))
        if z.max() > _Z:
            a, b = np.unravel_index(z.argmax(), z.shape)
            failures.append(
                (f"{name}, entry ({a}, {b})", float(wanted[a, b]), float(draws.mean(axis=0)[a, b]))
            )
    summary = f"A multiple of the identity for all activations; largest |z| {worst:.1f}."
    return outcome("monte carlo", failures, summary, {"largest z": worst}, _Z)
