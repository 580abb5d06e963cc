"""Odd depth: the disc around the teacher from which the flow reaches it.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy.integrate import solve_ivp

from gnnconv_lib.audit._main_spectra import unequal
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import PAIR, UNEQUAL
from gnnconv_lib.claims import (
    at_most,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    proved,
    real,
    symbolic_zero,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import main_eigenvalues


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


def _starts(budget: str) -> list[dict[str, Any]]:
    """Starts in the disc of the theorem, and the identity where the theorem covers it."""
    generator = np.random.default_rng(2)
    rows = []
    for g in (g for g in unequal(budget) if g.nodes <= (4 if budget == "quick" else 6)):
        mu = main_eigenvalues(g)[0]
        for k in range(3):
            star = np.exp(generator.uniform(-1, 1, size=2))
            aim = np.abs(star[0] + mu * star[1])
            if aim.min() < 0.05 * np.linalg.norm(star):
                continue
            share, turn = (0.04, 0.6, 1.0)[k], generator.uniform(0, 2 * np.pi)
            away = share * _radius(mu, star[None])[0]
            start = star + away * np.array([np.cos(turn), np.sin(turn)])
            rows.append({"graph": g, "start": start, "star": star, "share": min(share, 1.0)})
            if len(mu) > 2 and k == 2:
                size = star / star.sum()
                away = np.linalg.norm(1 - size) / _radius(mu, size[None])[0]
                rows.append(
                    {"graph": g, "start": np.ones(2), "star": size, "share": min(float(away), 1.0)}
                )
    return rows


DISC = domain(
    UNEQUAL,
    PAIR,
    fixed("L = 3, gradient flow"),
    drawn("star", "teacher's pairs in [1/e, e]², with every |m*| at least a twentieth of |z*|"),
    drawn("start", "starts in the disc around the teacher, among them the identity for K ≥ 3"),
    real("share", "(0, 1]", "distance over that of the nearest other critical point"),
    cases=_starts,
    words=lambda graph, start, star: (
        f"{graph.name}, z* = {np.round(star, 4)}, start {np.round(start, 4)}"
    ),
)


@claim("companion:theorem-basin/flow", DISC, each=True)
def flow_reaches_the_teacher(
    graph: Graph, start: np.ndarray, star: np.ndarray, share: float
) -> Any:
    """The flow comes to the teacher: at the end of a long run the distance is a ten-thousandth of
    the first one."""
    end = flow_end(main_eigenvalues(graph), start, star, 3)
    return at_most(float(np.linalg.norm(end)), 1e-4 * float(np.linalg.norm(start - star)))


def _teachers(budget: str) -> dict[str, Any]:
    drawn = 12 * np.random.default_rng(4).normal(size=(3, 60))
    corners = np.array([[0, -20, 20], [20, 0, -20], [-20, 20, 0]])
    columns = dict(zip(("alpha", "beta", "mu_1"), np.hstack([drawn, corners]), strict=True))
    return columns | {"gap": np.geomspace(0.05, 20, 63)}


TEACHERS = domain(
    *(real(name, "(-inf, inf)") for name in ("alpha", "beta", "mu_1")),
    real("gap", "(0, inf)", "μ_2 - μ_1"),
    cases=_teachers,
)


@claim("companion:theorem-basin/identity", TEACHERS)
def distance_of_the_identity(alpha: Any, beta: Any) -> Any:
    """From (1, 1) the square of the distance to the teacher is that from the origin plus
    2 - 2(α* + β*)."""
    a, b = sympy.symbols("a b", real=True)
    exact = symbolic_zero((1 - a) ** 2 + (1 - b) ** 2 - a**2 - b**2 - 2 + 2 * (a + b))
    left = (1 - alpha) ** 2 + (1 - beta) ** 2
    right = alpha**2 + beta**2 + 2 - 2 * (alpha + beta)
    return proved(exact, sides=equal(left, right, ("from (1, 1)", "from the origin"), 1 + left))


@claim("companion:theorem-basin/radius", TEACHERS, tolerance=1e-9)
def distance_of_the_mixed_point(alpha: Any, beta: Any, mu_1: Any, gap: Any) -> Any:
    """The pair with m = 0 at μ_1 and m = m* at μ_2 is |m*_1| sqrt(1 + μ_2²)/|μ_2 - μ_1| away."""
    a, b, m, k = sympy.symbols("a b mu_1 mu_2", real=True)
    x, y = sympy.symbols("x y", real=True)
    away = sympy.solve([x + m * y + a + m * b, x + k * y], [x, y], dict=True)[0]
    exact = symbolic_zero(
        away[x] ** 2 + away[y] ** 2 - (a + m * b) ** 2 * (1 + k**2) / (k - m) ** 2
    )
    mu_2, aim = mu_1 + gap, np.abs(alpha + mu_1 * beta)
    system = np.stack([np.ones((2, mu_1.size)), np.stack([mu_1, mu_2])], axis=-1).swapaxes(0, 1)
    right = np.stack([-(alpha + mu_1 * beta), np.zeros(mu_1.size)], axis=1)
    found = np.linalg.norm(np.linalg.solve(system, right[..., None])[..., 0], axis=1)
    stated = aim * np.sqrt(1 + mu_2**2) / gap
    return proved(exact, sides=equal(found, stated, ("distance", "formula"), 1e-9 + stated))
