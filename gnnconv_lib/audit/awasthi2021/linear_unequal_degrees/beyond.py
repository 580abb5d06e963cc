"""What can be said of the true loss with unequal degrees.

Reference: awasthi2021, Theorem 4, in its place. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import (
    decide,
    gap,
    loss_by_definition,
    main_spectrum,
    pair_path,
    report,
    small_graphs,
)
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.linear_gnn import one_round

__all__ = [
    "distance_never_grows_for_odd_depth",
    "even_depth_sign",
    "linear_rate_near_the_teacher",
    "one_round_solved",
    "traps_need_two_main_eigenvalues",
]


def one_round_solved(budget: str = "quick") -> Evidence:
    """L = 1: the loss is the quadratic of [[n, sum d], [sum d, sum d^2]]; unique iff degrees
    differ.
    """
    worst, disagree = 0.0, 0
    generator = np.random.default_rng(0)
    for graph in small_graphs(4 if budget == "quick" else 6):
        form = one_round.quadratic(graph)
        weights = list(generator.normal(size=(4, 2, 2)))
        D1, D2 = weights[0] - weights[2], weights[1] - weights[3]
        gram = np.array([[np.sum(D1 * D1), np.sum(D1 * D2)], [np.sum(D1 * D2), np.sum(D2 * D2)]])
        actual = loss_by_definition(weights, graph.adjacency.toarray(), 1)
        worst = max(worst, gap(0.5 * np.sum(form.hessian * gram), actual))
        disagree += int(form.unique != (len(main_spectrum(graph)[0]) >= 2))
    return report(
        "numerical",
        decide(worst < 1e-12 and disagree == 0),
        "One round is a quadratic; its minimiser is unique exactly on graphs with two main "
        "eigenvalues or more.",
        {"largest relative difference": worst, "disagreements": float(disagree)},
        tolerance=1e-12,
    )


def distance_never_grows_for_odd_depth(budget: str = "quick") -> Evidence:
    """Odd L, commuting weights: |alpha - alpha*|^2 + |beta - beta*|^2 never grows for small steps."""
    worst = -np.inf
    generator = np.random.default_rng(3)
    for graph in small_graphs(4 if budget == "quick" else 6):
        spectrum = main_spectrum(graph)
        for rounds in (1, 3):
            target = tuple(np.exp(generator.uniform(-2, 1, size=2)).tolist())
            rate = _safe_rate(graph, spectrum, target, rounds)
            path = pair_path(spectrum, target, rounds, rate, 150)
            distance = np.hypot(path[:, 0] - target[0], path[:, 1] - target[1])
            worst = max(worst, float(np.max(np.diff(distance) / distance[0])))
    return report(
        "search",
        decide(worst <= 1e-13),
        "The distance to the teacher never grew, on any of the graphs.",
        {"largest relative growth": worst},
        tolerance=1e-13,
    )


def _safe_rate(
    graph: graphs.Graph,
    spectrum: tuple[np.ndarray, np.ndarray],
    target: tuple[float, float],
    rounds: int,
) -> float:
    """1 / (L^2 B^{2L-2} lambda_max(H)), where B bounds |m| and |m*| in the starting ball."""
    radius = np.hypot(1 - target[0], 1 - target[1])
    reach = np.abs(target[0] + spectrum[0] * target[1]) + np.sqrt(1 + spectrum[0] ** 2) * radius
    largest = one_round.quadratic(graph).largest
    return float(1 / (rounds**2 * np.max(reach) ** (2 * rounds - 2) * largest))


def linear_rate_near_the_teacher(budget: str = "quick") -> Evidence:
    """Contraction by 1 - eta L^2 m_min^{2L-2} lambda_min(H) per step while all m, m* >= m_min > 0."""
    worst, steps = -np.inf, 0
    for graph in small_graphs(4 if budget == "quick" else 6):
        form, spectrum = one_round.quadratic(graph), main_spectrum(graph)
        if not form.unique:
            continue
        target = (3.0 + abs(float(spectrum[0].min())), 1.0)
        for rounds in (2, 3):
            rate = _safe_rate(graph, spectrum, target, rounds)
            path = pair_path(spectrum, target, rounds, rate, 200)
            m = path[:, :1] + spectrum[0] * path[:, 1:]
            goal = target[0] + spectrum[0] * target[1]
            distance = np.hypot(path[:, 0] - target[0], path[:, 1] - target[1])
            smallest = np.minimum(m.min(axis=1), goal.min())[:-1]
            inside = smallest > 0
            bound = (
                1 - rate * rounds**2 * np.maximum(smallest, 0) ** (2 * rounds - 2) * form.smallest
            )
            excess = (distance[1:] - bound * distance[:-1]) / distance[:-1]
            steps += int(inside.sum())
            worst = max(worst, float(np.max(excess[inside], initial=-np.inf)))
    return report(
        "search",
        decide(worst <= 1e-13 and steps > 100),
        f"The contraction bound held in all {steps} steps with positive m.",
        {"largest excess": worst, "steps": float(steps)},
        tolerance=1e-13,
    )


def traps_need_two_main_eigenvalues(budget: str = "quick") -> Evidence:
    """Odd L: gradient flow from the identity fails only on graphs with exactly two main
    eigenvalues.
    """
    elsewhere, trapped, tried = 0, 0, 0
    targets = (
        [(2.0, 0.3), (0.02, 2.0)] if budget == "quick" else [(2.0, 0.3), (0.02, 2.0), (5.0, 0.1)]
    )
    for graph in small_graphs(4 if budget == "quick" else 5):
        mu, weight = main_spectrum(graph)
        if len(mu) < 2:
            continue
        for target in targets:
            tried += 1
            loss, start = _flow(mu, weight, target, 3)
            if loss > 1e-6 * start:
                trapped += 1
                elsewhere += int(len(mu) != 2)
    return report(
        "search",
        decide(elsewhere == 0 and trapped > 0),
        f"{trapped} of {tried} flows with L = 3 are trapped, all on graphs with two main eigenvalues.",
        {"trapped": float(trapped), "trapped elsewhere": float(elsewhere), "flows": float(tried)},
    )


def _flow(
    mu: np.ndarray, weight: np.ndarray, target: tuple[float, float], rounds: int
) -> tuple[float, float]:
    """Loss at the end and at the start of gradient flow from (1, 1)."""
    goal = (target[0] + mu * target[1]) ** rounds

    def slope(_: float, point: np.ndarray) -> np.ndarray:
        m = point[0] + mu * point[1]
        g = rounds * weight * m ** (rounds - 1) * (m**rounds - goal)
        return -np.array([g.sum(), (mu * g).sum()])

    def loss(point: np.ndarray) -> float:
        return float(0.5 * np.sum(weight * ((point[0] + mu * point[1]) ** rounds - goal) ** 2))

    end = solve_ivp(slope, (0, 1e4), [1.0, 1.0], method="LSODA", rtol=1e-8, atol=1e-11).y[:, -1]
    return loss(end), loss(np.ones(2))


def even_depth_sign(budget: str = "quick") -> Evidence:
    """L = 2, path of 3 nodes: the loss vanishes at the wrong sign of W1 - sqrt(2) W2."""
    graph, target = graphs.path(3), (3.0, 1.0)
    mu, weight = main_spectrum(graph)
    path = pair_path((mu, weight), target, 2, 1e-3, 6000 if budget == "quick" else 60_000)
    values, goal = path[-1][0] + mu * path[-1][1], target[0] + mu * target[1]
    loss = float(0.5 * np.sum(weight * (values**2 - goal**2) ** 2))
    flipped = gap(values, np.array([-goal[0], goal[1]]))
    return report(
        "numerical",
        decide(loss < 1e-12 and flipped < 1e-6),
        f"The loss reaches {loss:.1g}, but W1 ends at {path[-1][0]:.3f} and not at {target[0]:g}.",
        {"loss": loss, "distance from the flipped solution": flipped, "W1": float(path[-1][0])},
        tolerance=1e-6,
    )
