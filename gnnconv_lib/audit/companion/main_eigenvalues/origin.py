"""Odd depth: whether the flow from the identity can end at the origin.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from scipy.integrate import solve_ivp

from gnnconv_lib.audit._linear_cases import small_graphs
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import PAIR
from gnnconv_lib.claims import both, choice, claim, domain, equal, fixed, graph, less, real, where
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import main_eigenvalues, number_of_main_eigenvalues


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


def _small_teachers(budget: str) -> list[dict[str, Any]]:
    quick = budget == "quick"
    side = np.geomspace(0.02, 0.9, 3 if quick else 8).tolist()
    rows = []
    for g in small_graphs(4 if quick else 5):
        joined = nx.is_connected(nx.from_scipy_sparse_array(g.adjacency))
        if not joined or number_of_main_eigenvalues(g) < 3:
            continue
        rows += [
            {"graph": g, "L": L, "alpha_star": a, "beta_star": b}
            for a in side
            for b in side
            for L in (3, 5)
            if a + b < 1
        ]
    return rows


SMALL_TEACHERS = domain(
    graph(
        "graph",
        "connected graphs with four or five nodes and three main eigenvalues or more",
        corners={"one of four nodes": lambda g: g.nodes == 4},
        member=lambda g: g.nodes in (4, 5) and number_of_main_eigenvalues(g) > 2,
    ),
    PAIR,
    choice("L", 3, 5),
    real("alpha_star", "[0.02, 0.9]", "α*"),
    real("beta_star", "[0.02, 0.9]", "β*"),
    where("α* + β* < 1", lambda alpha_star, beta_star: alpha_star + beta_star < 1),
    fixed("gradient flow from the identity"),
    cases=_small_teachers,
)


@claim(
    "companion:remark-origin-conjecture",
    SMALL_TEACHERS,
    each=True,
    conjecture=True,
    exempt="that every flow enters is the statement",
)
def origin_is_never_reached(graph: Graph, L: int, alpha_star: float, beta_star: float) -> Any:
    """The flow comes nearer to the teacher than the origin is, without coming close to the origin."""
    goal = np.array([alpha_star, beta_star])
    entered, closest = first_entry(main_eigenvalues(graph), goal, int(L))
    return both(
        equal(float(entered), 1.0, ("enters the basin (1: yes)", "1")),
        less(1e-3, closest, ("1e-3", "smallest |z| / |z*|")),
    )
