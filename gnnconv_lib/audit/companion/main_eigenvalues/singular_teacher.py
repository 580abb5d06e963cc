"""Teachers at which the Hessian is singular: a power law, and other weights of loss zero.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from gnnconv_lib import graphs
from gnnconv_lib.audit._main_spectra import columns, largest_curvature
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import PAIR
from gnnconv_lib.audit.companion.main_eigenvalues._long_runs import long
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    domain,
    equal,
    fixed,
    graph,
    integer,
    less,
    proved,
    real,
    symbolic_zero,
    where,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import main_eigenvalues, number_of_main_eigenvalues
from gnnconv_lib.witnesses import linear_network


def _singular(budget: str) -> list[dict[str, Any]]:
    chosen = [(graphs.path(3), L) for L in (2, 3, 4)]
    chosen += [(g, L) for g in (graphs.path(4), graphs.star(4)) for L in (2, 3)]
    rows = []
    for g, L in chosen:
        mu = main_eigenvalues(g)[0]
        for side in (0.7, -0.7):
            rows.append(
                {"graph": g, "L": L, "beta_star": 1.0, "alpha_star": -float(mu[0])}
                | {"side": side, "times": 200 if budget == "quick" else 1000}
            )
    return rows


SINGULAR = domain(
    graph(
        "graph",
        "graphs with two main eigenvalues (path(3), path(4), stars)",
        corners={"a star": lambda g: g.degrees.max() == g.nodes - 1},
        member=lambda g: number_of_main_eigenvalues(g) == 2,
    ),
    PAIR,
    integer("L", "[2, inf)", "L"),
    fixed("teacher α* = -μ₁ β* with β* = 1 and μ₁ < 0 the least main eigenvalue, so m*(μ₁) = 0"),
    choice("side", 0.7, -0.7, words="m(μ₁) over m*(μ₂) at the start, where m(μ₂) = m*(μ₂)"),
    cases=_singular,
    derived=("beta_star", "alpha_star", "times"),
)


@claim("companion:theorem-singular-teacher/power", SINGULAR, each=True, tolerance=0.02)
def power_law(
    graph: Graph, L: int, alpha_star: float, beta_star: float, side: float, times: int
) -> Any:
    """The loss after t steps is asymptotic to c_1/2 ((2L-2) L c_1 k eta t)^{-L/(L-1)}, with
    k = (mu_1 - mu_2)^2 / (1 + mu_2^2)."""
    mu, mass = main_eigenvalues(graph)
    aim = np.array([0.0, alpha_star + mu[1] * beta_star])
    eta = 1 / (L**2 * aim[1] ** (2 * L - 2) * float(largest_curvature([graph])[0]))
    start = np.linalg.solve(np.stack([np.ones(2), mu], axis=1), np.array([side * aim[1], 0.0]))
    # So many times the length of the first phase, in which the start is still felt.
    k = (mu[0] - mu[1]) ** 2 / (1 + mu[1] ** 2)
    pace = (2 * L - 2) * L * mass[0] * k * eta
    count = int(times * abs(side * aim[1]) ** (2 - 2 * L) / pace)
    x = np.asarray(long(mu, mass, aim, start, eta, count, int(L), 1))[0]
    m = aim + x[0] + mu * x[1]
    found = 0.5 * float(np.sum(mass * (m**L - aim**L) ** 2))
    predicted = 0.5 * mass[0] * (pace * count) ** (-L / (L - 1))
    return equal(found, predicted, ("loss", "power of t"))


def _turned(budget: str) -> dict[str, Any]:
    rows = [
        (L, angle, size) for L in (2, 4) for angle in (0.05, 0.7, 1.5) for size in (0.1, 1.0, 12.0)
    ]
    return columns(rows, "L", "angle", "size")


OPPOSITE = domain(
    fixed("path of 3 nodes, r = 2, W1* = (5 l I + D)/2, W2* = (5 l I - D)/(2√2), D = diag(l, -l)"),
    integer("L", "[2, inf)", "L"),
    where("L even", lambda L: L % 2 == 0),
    real("angle", "(0, pi/2)", "angle φ of the turn"),
    real("size", "(0, inf)", "l"),
    cases=_turned,
)


@claim("companion:theorem-singular-teacher/opposite-eigenvalues", OPPOSITE, each=True)
def opposite_eigenvalues(L: int, angle: float, size: float) -> Any:
    """For even L, where W1* + mu W2* has eigenvalues l and -l at one of two main eigenvalues, other
    weights next to the teacher have loss zero: those with that matrix turned by any angle."""
    root, turn = (
        np.sqrt(2.0),
        np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]),
    )
    low, high = np.diag([size, -size]), 5 * size * np.eye(2)
    star = [(high + low) / 2, (high - low) / (2 * root)]
    turned = turn @ low @ turn.T
    point = [(high + turned) / 2, (high - turned) / (2 * root)]
    found = linear_network.loss([*point, *star], graphs.path(3).adjacency.toarray(), int(L))
    away = np.linalg.norm(point[0] - star[0])
    return both(
        at_most(found, 1e-24 * size ** (2 * L) * 5 ** (2 * L), ("loss", "rounding")),
        less(0.01 * angle * size, away, ("a hundredth of φ l", "distance to the teacher")),
        less(0.0, float(np.linalg.eigvalsh(star[1])[0]), ("0", "least eigenvalue of W2*")),
        less(0.0, float(np.linalg.eigvalsh(star[0])[0]), ("0", "least eigenvalue of W1*")),
    )


SPECTRA = domain(
    real("mu_1", "(-inf, inf)", "μ_1"),
    real("mu_2", "(-inf, inf)", "μ_2"),
    cases=lambda budget: dict(
        zip(("mu_1", "mu_2"), 12 * np.random.default_rng(5).normal(size=(2, 60)), strict=True)
    ),
)


@claim("companion:theorem-singular-teacher/pace", SPECTRA)
def pace_on_the_curve(mu_1: Any, mu_2: Any) -> Any:
    """1 + μ_1² - (1 + μ_1μ_2)²/(1 + μ_2²) = (μ_1 - μ_2)²/(1 + μ_2²)."""
    a, b = sympy.symbols("mu_1 mu_2", real=True)
    exact = symbolic_zero(
        1 + a**2 - (1 + a * b) ** 2 / (1 + b**2) - (a - b) ** 2 / (1 + b**2), sympy.together
    )
    left = 1 + mu_1**2 - (1 + mu_1 * mu_2) ** 2 / (1 + mu_2**2)
    right = (mu_1 - mu_2) ** 2 / (1 + mu_2**2)
    return proved(exact, sides=equal(left, right, ("part of g_1 left", "k"), 1 + mu_1**2))
