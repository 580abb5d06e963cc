"""Checks of this book's theorems on deep linear networks with unequal degrees.

One pair z = (alpha, beta) of commuting weights at a time: m_mu = alpha + mu beta, x = z - z*.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import decide, main_spectrum, report, small_graphs
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.linear_gnn import one_round
from gnnconv_lib.summaries.main_eigenvalues import number_of_main_eigenvalues

__all__ = [
    "basin_of_the_teacher",
    "critical_points",
    "distance_and_rate",
    "number_of_values",
    "origin_is_never_reached",
    "star_trap",
]


def _step(
    spectrum: tuple[np.ndarray, np.ndarray],
    largest: float,
    point: np.ndarray,
    goal: np.ndarray,
    rounds: int,
) -> tuple[np.ndarray, np.ndarray]:
    """One step of gradient descent for many pairs, and its size 1 / (L^2 B^{2L-2} lambda_max(H)).

    B = max over mu of |m| and |m*| at the current point; point and goal have shape (k, 2).
    """
    mu, weight = spectrum
    m, aim = point[:, :1] + mu * point[:, 1:], goal[:, :1] + mu * goal[:, 1:]
    reach = np.maximum(np.abs(m).max(axis=1), np.abs(aim).max(axis=1))
    rate = 1 / (rounds**2 * reach ** (2 * rounds - 2) * largest)
    g = rounds * weight * m ** (rounds - 1) * (m**rounds - aim**rounds)
    slope = np.stack([g.sum(axis=1), (mu * g).sum(axis=1)], axis=1)
    return point - rate[:, None] * slope, rate


def _refined(graph: graphs.Graph) -> int:
    """Number of classes of nodes after colour refinement: the coarsest equitable partition."""
    color = [0] * graph.nodes
    while True:
        seen = [
            (color[i], *sorted(color[j] for j in graph.neighbors(i))) for i in range(len(color))
        ]
        ranks = {key: rank for rank, key in enumerate(sorted(set(seen)))}
        if len(ranks) == len(set(color)):
            return len(ranks)
        color = [ranks[key] for key in seen]


def number_of_values(budget: str = "quick") -> Evidence:
    """K is the rank of [1, A 1, A^2 1, ...]; K = 1 iff regular; K is at most the number of classes
    of colour refinement.
    """
    wrong, total = 0, 0
    for graph in small_graphs(5 if budget == "quick" else 7):
        total += 1
        dense = np.linalg.eigh(graph.adjacency.toarray().astype(float))
        parts = dense[1].sum(axis=0) ** 2
        values = {round(float(v), 8) for v, c in zip(dense[0], parts, strict=True) if c > 1e-16}
        groups = [sum(parts[np.abs(dense[0] - v) < 1e-7]) for v in values]
        count = sum(group > 1e-12 for group in groups)
        ranked = number_of_main_eigenvalues(graph)
        regular = len(set(graph.degrees.tolist())) == 1
        wrong += int(count != ranked or (ranked == 1) != regular or ranked > _refined(graph))
    return report(
        "search",
        decide(wrong == 0),
        f"Projections, the rank and colour refinement agree with the statement on all {total} graphs.",
        {"graphs": float(total), "exceptions": float(wrong)},
    )


def distance_and_rate(budget: str = "quick") -> Evidence:
    """Odd L: |x| never grows, from any start; and contracts by 1 - eta L^2 m_min^{2L-2} lambda_min
    while all m, m* >= m_min > 0, for every L.
    """
    generator = np.random.default_rng(0)
    growth, excess, inside_steps = -np.inf, -np.inf, 0
    for graph in small_graphs(4 if budget == "quick" else 6):
        spectrum, form = main_spectrum(graph), one_round.quadratic(graph)
        for rounds in (1, 2, 3, 4, 5):
            point, goal = generator.normal(size=(2, 40, 2))
            goal[20:, 0] += 4.0
            point[20:] = goal[20:] + 0.3 * point[20:]
            aim = goal[:, :1] + spectrum[0] * goal[:, 1:]
            for _ in range(20):
                m = point[:, :1] + spectrum[0] * point[:, 1:]
                after, rate = _step(spectrum, form.largest, point, goal, rounds)
                old = np.linalg.norm(point - goal, axis=1)
                new = np.linalg.norm(after - goal, axis=1)
                if rounds % 2:
                    growth = max(growth, float(np.max(new - old)))
                least = np.minimum(m.min(axis=1), aim.min(axis=1))
                kept = least > 0
                power = np.maximum(least, 0) ** (2 * rounds - 2)
                bound = 1 - rate * rounds**2 * power * form.smallest
                excess = max(excess, float(np.max((new - bound * old)[kept], initial=-np.inf)))
                inside_steps += int(kept.sum())
                point = after
    return report(
        "search",
        decide(growth <= 1e-13 and excess <= 1e-13 and inside_steps > 100),
        f"No distance grew for odd depth; the rate held in all {inside_steps} steps with positive m.",
        {"largest growth": growth, "largest excess over the rate": excess},
        tolerance=1e-13,
    )


def critical_points(budget: str = "quick") -> Evidence:
    """Odd L >= 3: zeros of the gradient have m = 0 or m = m* at every mu; with three main
    eigenvalues or more only the teacher and the origin are left.
    """
    generator = np.random.default_rng(1)
    others, mixed, found = 0, 0, 0
    for graph in small_graphs(4 if budget == "quick" else 6):
        mu, weight = main_spectrum(graph)
        if len(mu) < 2:
            continue
        for rounds in (3,) if budget == "quick" else (3, 5):
            goal = generator.normal(size=2)
            aim = goal[0] + mu * goal[1]

            def slope(z: np.ndarray, *, L: int = rounds, aim: np.ndarray = aim) -> np.ndarray:
                m = z[0] + mu * z[1]  # noqa: B023
                g = weight * m ** (L - 1) * (m**L - aim**L)  # noqa: B023
                return np.array([g.sum(), (mu * g).sum()])  # noqa: B023

            for start in 2 * generator.normal(size=(6 if budget == "quick" else 12, 2)):
                end = least_squares(slope, start, xtol=1e-15, ftol=1e-15, gtol=1e-15)
                if np.linalg.norm(end.fun) > 1e-14:
                    continue
                found += 1
                m = end.x[0] + mu * end.x[1]
                # At m = 0 the gradient vanishes to order L - 1, so m is found to few digits only.
                blur = (1e-14 / (weight * np.abs(aim) ** rounds)) ** (1 / (rounds - 1))
                near = np.clip(10 * blur, 1e-3, np.maximum(0.1 * np.abs(aim), 1e-3))
                zero, right = np.abs(m) < near, np.abs(m - aim) < 1e-3
                others += int(not np.all(zero | right))
                mixed += int(len(mu) > 2 and not (np.all(zero) or np.all(right)))
    return report(
        "search",
        decide(others == 0 and mixed == 0 and found > 20),
        f"All critical points found, more than {(found - 1) // 20 * 20}, have the stated form.",
        {"critical points": float(found), "of another form": float(others), "mixed": float(mixed)},
        tolerance=1e-3,
    )


def _radius(mu: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Distance from the teacher to the nearest other critical point of the theorem; goal (k, 2)."""
    radius = np.linalg.norm(goal, axis=1)
    if len(mu) == 2:
        aim = np.abs(goal[:, :1] + mu * goal[:, 1:])
        away = aim * np.sqrt(1 + mu[::-1] ** 2) / abs(mu[1] - mu[0])
        radius = np.minimum(radius, away.min(axis=1))
    return radius


def flow_end(
    spectrum: tuple[np.ndarray, np.ndarray], start: np.ndarray, goal: np.ndarray, rounds: int
) -> np.ndarray:
    """The deviation x at the end of a long gradient flow, by an implicit integrator."""
    mu, weight = spectrum
    aim = goal[0] + mu * goal[1]

    def velocity(_: float, x: np.ndarray) -> np.ndarray:
        gap = x[0] + mu * x[1]
        m = aim + gap
        series = sum(m**j * aim ** (rounds - 1 - j) for j in range(rounds))
        g = rounds * weight * m ** (rounds - 1) * gap * series
        return -np.array([g.sum(), (mu * g).sum()])

    # Long enough for the slowest direction at the teacher, and for plateaus on the way to it.
    rate = rounds**2 * float(np.min(weight * aim ** (2 * rounds - 2)))
    horizon = max(1e7, min(1e5 / max(rate, 1e-300), 1e15))
    end = solve_ivp(velocity, (0, horizon), start - goal, method="LSODA", rtol=1e-8, atol=1e-12)
    return end.y[:, -1]


def basin_of_the_teacher(budget: str = "quick") -> Evidence:
    """Odd L, two main eigenvalues or more: every start nearer to the teacher than the nearest other
    critical point reaches it; with three or more, so does the identity if alpha* + beta* >= 1.
    """
    generator = np.random.default_rng(2)
    worst, runs = 0.0, 0
    count = 3 if budget == "quick" else 20
    for graph in small_graphs(4 if budget == "quick" else 6):
        spectrum = main_spectrum(graph)
        if len(spectrum[0]) < 2:
            continue
        goal = np.exp(generator.uniform(-1, 1, size=(count, 2)))
        turn = generator.uniform(0, 2 * np.pi, size=count)
        radius = 0.98 * _radius(spectrum[0], goal)
        start = goal + radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        if len(spectrum[0]) > 2:
            goal = np.concatenate([goal, goal / goal.sum(axis=1, keepdims=True)])
            start = np.concatenate([start, np.ones((count, 2))])
        for first, target in zip(start, goal, strict=True):
            end = flow_end(spectrum, first, target, 3)
            runs += 1
            worst = max(worst, float(np.linalg.norm(end) / np.linalg.norm(first - target)))
    return report(
        "search",
        decide(worst < 1e-4),
        f"All {runs} flows inside of the basin, or from the identity, reach the teacher.",
        {"largest share of the first distance": worst, "runs": float(runs)},
        tolerance=1e-4,
    )


def star_trap(budget: str = "quick") -> Evidence:
    """Stars, odd L >= 3, alpha* > sqrt(k) beta*, alpha* + sqrt(k) beta* >= 1 + sqrt(k): the loss
    stays above c_- (alpha* - sqrt(k) beta*)^{2L} / 2.
    """
    generator = np.random.default_rng(4)
    lowest, runs = np.inf, 0
    for leaves in (2, 3, 5) if budget == "quick" else (2, 3, 4, 5, 9, 16, 30):
        graph, root = graphs.star(leaves), np.sqrt(leaves)
        spectrum = main_spectrum(graph)
        mu, weight = spectrum
        high = 1 + root + generator.exponential(size=30)
        low = generator.uniform(0.05, 1, size=30) * high
        goal = np.stack([(high + low) / 2, (high - low) / (2 * root)], axis=1)
        for rounds in (3, 5):
            point = np.ones_like(goal)
            # A quarter of the step of the distance theorem: below the bound of the trap theorem.
            largest = 4 * (1 + leaves) * float(weight.max())
            for _ in range(1500 if budget == "quick" else 20_000):
                point, _ = _step(spectrum, largest, point, goal, rounds)
                m, aim = point[:, :1] + mu * point[:, 1:], goal[:, :1] + mu * goal[:, 1:]
                loss = 0.5 * np.sum(weight * (m**rounds - aim**rounds) ** 2, axis=1)
                floor = 0.5 * weight[0] * aim[:, 0] ** (2 * rounds)
                lowest = min(lowest, float(np.min(loss / floor)))
            runs += len(goal)
    return report(
        "search",
        decide(lowest >= 1 - 1e-12),
        f"None of {runs} runs passes below the floor; the lowest reaches {lowest:.6f} of it.",
        {"smallest loss / floor": lowest, "runs": float(runs)},
        tolerance=1e-12,
    )


def first_entry(
    spectrum: tuple[np.ndarray, np.ndarray], goal: np.ndarray, rounds: int
) -> tuple[bool, float]:
    """Whether the flow from (1, 1) is seen to come nearer to the teacher than the origin is, and the
    smallest |z| / |z*| until then. False means undecided: a plateau may outlast the time, 1e25.
    """
    mu, weight = spectrum
    aim, size = goal[0] + mu * goal[1], float(np.linalg.norm(goal))

    def velocity(_: float, z: np.ndarray) -> np.ndarray:
        m = z[0] + mu * z[1]
        g = rounds * weight * m ** (rounds - 1) * (m**rounds - aim**rounds)
        return -np.array([g.sum(), (mu * g).sum()])

    def excess(_: float, z: np.ndarray) -> float:
        return float(z @ z - 2 * z @ goal) / size**2

    excess.terminal, excess.direction = True, -1  # type: ignore[attr-defined]
    if excess(0.0, np.ones(2)) < 0:
        return True, float(np.sqrt(2)) / size
    path = solve_ivp(
        velocity,
        (0, 1e25),
        np.ones(2),
        method="LSODA",
        rtol=1e-8,
        atol=1e-13 * size,
        events=excess,
    )
    return path.status == 1, float(np.linalg.norm(path.y, axis=0).min()) / size


def origin_is_never_reached(budget: str = "quick") -> Evidence:
    """Evidence for a conjecture: L = 3, 5, three main eigenvalues or more, alpha* + beta* < 1: from
    the identity the distance to the teacher falls below the distance of the origin.

    Searched: connected graphs with 4 nodes (full: 4 and 5), targets on a grid in [0.02, 0.9].
    An undecided flow does not count as evidence. A flow that had come close to the origin could
    leave it by rounding, so the smallest |z| / |z*| must stay far above the integrator's error.
    """
    quick = budget == "quick"
    cases, undecided, nearest = 0, 0, np.inf
    side = np.geomspace(0.02, 0.9, 4 if quick else 8).tolist()
    for graph in small_graphs(4 if quick else 5):
        spectrum = main_spectrum(graph)
        if len(spectrum[0]) < 3 or not nx.is_connected(nx.from_scipy_sparse_array(graph.adjacency)):
            continue
        for goal in (np.array([a, b]) for a in side for b in side if a + b < 1):
            for rounds in (3, 5):
                entered, closest = first_entry(spectrum, goal, rounds)
                cases += 1
                undecided += int(not entered)
                nearest = min(nearest, closest)
    return report(
        "search",
        decide(undecided == 0 and nearest > 1e-3 and cases > 0),
        f"{cases - undecided} of {cases} flows enter the basin and {undecided} are undecided: connected "
        f"graphs with {'4' if quick else '4 and 5'} nodes, L = 3 and 5, targets in [0.02, 0.9]. "
        "Larger graphs, greater depth and smaller targets were not searched.",
        {"flows": float(cases), "undecided": float(undecided), "smallest |z| / |z*|": nearest},
        tolerance=1e-3,
    )
