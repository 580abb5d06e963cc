"""Eqs. (49)-(56): the updates of the two spectra.

Reference: awasthi2021, appendix C.2. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from math import comb

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import (
    decide,
    gap,
    gradient_by_definition,
    main_spectrum,
    report,
)
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "binomial_sum",
    "deviation_updates",
    "relative_deviation",
    "two_spectra",
    "updates",
]

_PAIRS = [(1.0, 1.0, 2.0, 0.5), (0.7, 1.2, 0.3, 0.9), (1.5, 0.2, 1.0, 1.0)]


def updates(budget: str = "quick") -> Evidence:
    """Eqs. (49)-(51): the gradient of one pair, printed, and with L and main eigenvalues."""
    graph = graphs.path(3) if budget == "quick" else graphs.barabasi_albert(12, 2, 1)
    printed_error, repaired_error = 0.0, 0.0
    for alpha, beta, alpha_star, beta_star in _PAIRS:
        for rounds in (1, 2, 3):
            true = _true_gradient(graph, alpha, beta, alpha_star, beta_star, rounds)
            mu, weight = main_spectrum(graph)
            printed = _pair(graph.degrees, 1.0, alpha, beta, alpha_star, beta_star, rounds)
            repaired = _pair(mu, rounds * weight, alpha, beta, alpha_star, beta_star, rounds)
            printed_error = max(printed_error, gap(printed, true))
            repaired_error = max(repaired_error, gap(repaired, true))
    smallest = _pair(graphs.complete(2).degrees, 1.0, 1.0, 1.0, 0.5, 0.5, 2)[0]
    actual = _true_gradient(graphs.complete(2), 1.0, 1.0, 0.5, 0.5, 2)[0]
    return report(
        "numerical",
        decide(printed_error < 1e-12),
        "The factor L is missing (also on regular graphs), and degrees stand for main eigenvalues.",
        {"printed": printed_error, "corrected": repaired_error},
        tolerance=1e-12,
        witness=Witness("K_2, L = 2, W = 1, W* = 1/2: sum of g", float(smallest), float(actual)),
        correction="alpha+ = alpha - eta L sum_mu c_mu g_mu, beta+ = beta - eta L sum_mu c_mu mu g_mu.",
    )


def _pair(
    nodes: np.ndarray,
    masses: np.ndarray | float,
    alpha: float,
    beta: float,
    a: float,
    b: float,
    rounds: int,
) -> np.ndarray:
    """sum_k masses_k g_k (1, nodes_k) with g of Eq. (51)."""
    m, goal = alpha + nodes * beta, a + nodes * b
    g = masses * m ** (rounds - 1) * (m**rounds - goal**rounds)
    return np.array([np.sum(g), np.sum(nodes * g)])


def _true_gradient(
    graph: graphs.Graph, alpha: float, beta: float, a: float, b: float, rounds: int
) -> np.ndarray:
    weights = [np.array([[value]]) for value in (alpha, beta, a, b)]
    slopes = gradient_by_definition(weights, graph.adjacency.toarray(), rounds)
    return np.array([slope[0, 0] for slope in slopes])


def deviation_updates(budget: str = "quick") -> Evidence:
    """Eqs. (52)-(54) with the right gamma: g = r ((alpha - alpha*) + d (beta - beta*))."""
    worst = 0.0
    depths = (1, 2, 3, 4) if budget == "quick" else range(1, 12)
    nodes = np.array([0.0, 1.0, 2.0, 5.0])
    for alpha, beta, alpha_star, beta_star in _PAIRS:
        for rounds in depths:
            m, goal = alpha + nodes * beta, alpha_star + nodes * beta_star
            s = m / goal - 1
            gamma = sum(comb(rounds, j + 1) * s**j for j in range(rounds))
            r = m ** (rounds - 1) * goal ** (rounds - 1) * gamma
            g = m ** (rounds - 1) * (m**rounds - goal**rounds)
            a, b, eta = alpha - alpha_star, beta - beta_star, 0.01
            left = np.array([a - eta * np.sum(g), b - eta * np.sum(nodes * g)])
            right = np.array(
                [
                    a * (1 - eta * np.sum(r)) - eta * b * np.sum(nodes * r),
                    b * (1 - eta * np.sum(nodes**2 * r)) - eta * a * np.sum(nodes * r),
                ]
            )
            worst = max(worst, gap(right, left))
    return report(
        "numerical",
        decide(worst < 1e-12),
        "The two updates follow from (49)-(51) once gamma has the right binomial coefficients.",
        {"largest relative difference": worst},
        tolerance=1e-12,
    )


def binomial_sum(budget: str = "quick") -> Evidence:
    """Eq. (55): the lower index of the binomial, printed as t; j fails, j + 1 is right."""
    depths = range(1, 6 if budget == "quick" else 20)
    errors = {"index j": 0.0, "index j + 1": 0.0}
    for rounds in depths:
        for s in (-0.5, 0.0, 1.0):
            true = rounds if s == 0 else ((1 + s) ** rounds - 1) / s
            for shift, name in ((0, "index j"), (1, "index j + 1")):
                found = sum(comb(rounds, j + shift) * s**j for j in range(rounds))
                errors[name] = max(errors[name], abs(found - true) / abs(true))
    first = next(L for L in depths if sum(comb(L, j) * 0.0**j for j in range(L)) != L)
    return report(
        "numerical",
        decide(errors["index j"] < 1e-12, errors["index j + 1"] < 1e-12),
        "gamma = ((1+s)^L - 1)/s needs the coefficients C(L, j+1).",
        errors,
        tolerance=1e-12,
        witness=Witness(f"L = {first}, s = 0: gamma", float(comb(first, 0)), float(first)),
        correction="gamma = sum_{j<L} C(L, j+1) s^j.",
    )


def relative_deviation(budget: str = "quick") -> Evidence:
    """Eq. (56): s = m / m* - 1, the argument for which m^L - m*^L = m*^L ((1+s)^L - 1)."""
    worst = 0.0
    for rounds in (2, 3) if budget == "quick" else range(1, 12):
        for alpha, beta, alpha_star, beta_star in _PAIRS:
            m, goal = alpha + 2 * beta, alpha_star + 2 * beta_star
            s = m / goal - 1
            worst = max(
                worst, gap(goal**rounds * ((1 + s) ** rounds - 1), m**rounds - goal**rounds)
            )
    return report(
        "numerical",
        decide(worst < 1e-12),
        "The definition is consistent with Eqs. (51) and (54); it needs alpha* + d beta* != 0.",
        {"largest relative difference": worst},
        tolerance=1e-12,
    )


def two_spectra(budget: str = "quick") -> Evidence:
    """Whether the spectra of W1 and W2 tell all: only if W1* and W2* commute."""
    steps, rate = 5 if budget == "quick" else 200, 0.01
    adjacency = graphs.path(3).adjacency.toarray()
    turned = np.array([[2.0, 1.0], [1.0, 2.0]])
    commutators = {}
    for name, S2 in (("commuting", np.diag([1.0, 0.5])), ("not commuting", turned)):
        S1 = np.diag([2.0, 1.0])
        W1 = W2 = np.eye(2)
        for _ in range(steps):
            dW1, dW2 = gradient_by_definition([W1, W2, S1, S2], adjacency, 1)
            W1, W2 = W1 - rate * dW1, W2 - rate * dW2
        commutators[name] = float(np.max(np.abs(W1 @ W2 - W2 @ W1)))
    return report(
        "numerical",
        decide(commutators["not commuting"] < 1e-12, commutators["commuting"] < 1e-12),
        "If W1* and W2* do not commute, W1 and W2 stop commuting and their eigenvectors turn.",
        {f"|W1 W2 - W2 W1|, teachers {name}": value for name, value in commutators.items()},
        tolerance=1e-12,
        witness=Witness(
            "path of 3 nodes, L = 1, r = 2: largest entry of W1 W2 - W2 W1",
            0.0,
            commutators["not commuting"],
        ),
        correction="It is enough if W1* and W2* commute.",
    )
