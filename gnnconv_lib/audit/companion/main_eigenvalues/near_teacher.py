"""The Hessian at the teacher, and the rate next to it where it is positive definite.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import linear_gnn
from gnnconv_lib.audit._main_spectra import (
    collection,
    columns,
    gradient_by_definition,
    spectra,
    unequal,
)
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import PAIR, ROUNDS, UNEQUAL
from gnnconv_lib.audit.companion.main_eigenvalues._long_runs import long
from gnnconv_lib.claims import claim, domain, equal, fixed, graph, real, where
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import main_eigenvalues


def _near(budget: str) -> dict[str, Any]:
    """Teachers at which some, all or none of the m*_mu vanish."""
    rows = []
    for g in collection(budget):
        mu = main_eigenvalues(g)[0]
        stars = [(1.0, 0.5), (1.0, 12.0), (12.0, 0.05)]
        stars += [(-float(value) * 0.7, 0.7) for value in mu]
        rows += [(g, L, *star, len(mu)) for L in (1, 2, 3, 4) for star in [*stars, (0.0, 0.0)]]
    return columns(rows, "graph", "L", "alpha_star", "beta_star", "K")


NEAR = domain(
    graph("graph", "every graph"),
    PAIR,
    ROUNDS,
    real("alpha_star", "(-inf, inf)", "α*", reach=1.0),
    real("beta_star", "[0, inf)", "β*"),
    cases=_near,
    derived=("K",),
)


def _hessian(graph: Any, L: Any, alpha_star: Any, beta_star: Any) -> np.ndarray:
    """L^2 sum_mu c_mu m*^{2L-2} (1, mu, mu, mu^2), one row per case."""
    mu, mass = spectra(graph)
    goal = alpha_star[:, None] + mu * beta_star[:, None]
    weight = mass * goal ** (2 * L[:, None] - 2) * (L[:, None] ** 2)
    return np.stack([np.sum(weight * mu**k, axis=1) for k in (0, 1, 1, 2)], axis=1)


@claim("companion:theorem-rate-near-teacher/condition", NEAR)
def nonsingular_exactly(graph: Any, L: Any, alpha_star: Any, beta_star: Any, K: Any) -> Any:
    """The Hessian of the loss of a pair at its teacher is positive definite if and only if at least
    two main eigenvalues have m* != 0; for L = 1, if and only if there are two of them."""
    least = np.linalg.eigvalsh(_hessian(graph, L, alpha_star, beta_star).reshape(-1, 2, 2))
    mu, mass = spectra(graph)
    goal = np.where(mass > 0, alpha_star[:, None] + mu * beta_star[:, None], 0.0)
    size = 1e-9 * (1 + np.max(np.abs(goal), axis=1, keepdims=True))
    nonzero = np.where(L == 1, K, np.sum(np.abs(goal) > size, axis=1))
    definite = least[:, 0] > 1e-13 * (1e-9 + least[:, 1])
    names = ("positive definite (1: yes)", "two main eigenvalues with m* ≠ 0 (1: yes)")
    return equal(definite.astype(float), (nonzero >= 2).astype(float), names)


@claim("companion:theorem-rate-near-teacher/hessian", NEAR, tolerance=1e-5)
def hessian_at_the_teacher(graph: Any, L: Any, alpha_star: Any, beta_star: Any) -> Any:
    """The Hessian at the teacher is L^2 sum_mu c_mu m*^{2L-2} times the matrix with rows (1, mu),
    (mu, mu^2)."""
    exact = _hessian(graph, L, alpha_star, beta_star)
    step, found = 1e-4, []
    star = (alpha_star, beta_star)
    for move in ((step, 0.0), (0.0, step)):

        def slopes(s: float, move: tuple[float, float] = move) -> np.ndarray:
            point = (alpha_star + s * move[0], beta_star + s * move[1])
            return np.stack(gradient_by_definition(graph, L, point, star))

        # Of fourth order: at a teacher of zero the Hessian vanishes and the next derivatives do not.
        first, second = slopes(1) - slopes(-1), slopes(2) - slopes(-2)
        found += list((8 * first - second) / (12 * step))
    size = np.broadcast_to((exact[:, :1] + exact[:, 3:] + 1e-3), exact.shape)
    return equal(np.stack(found, axis=1), exact, ("difference of gradients", "formula"), size)


def _teachers_near(budget: str) -> list[dict[str, Any]]:
    rows = []
    for g in unequal("quick")[::2] if budget == "quick" else unequal("quick"):
        mu = main_eigenvalues(g)[0]
        for L in (1, 2, 4):
            stars = [(1.0, 0.2), (12.0, 1.0), (0.9, 0.05), (0.4, 0.01)]
            if len(mu) > 2:
                stars.append((-0.5 * float(mu[0]), 0.5))
            for star in stars:
                aim = star[0] + mu * star[1]
                hessian = np.asarray(linear_gnn.pair_hessian_at_teacher(*star, g, L))
                low, high = np.linalg.eigvalsh(hessian)
                # Slower runs would need more steps than a check may take.
                if (np.sum(np.abs(aim) > 1e-9) < 2 and L > 1) or low < 2e-3 * high:
                    continue
                rows.append(
                    {"graph": g, "L": L, "alpha_star": star[0], "beta_star": star[1]}
                    | {"low": low, "high": high}
                )
    return rows


_NEAR_PARTS = (
    UNEQUAL,
    PAIR,
    ROUNDS,
    real("alpha_star", "(0, 12]", "α*"),
    real("beta_star", "(0, 1]", "β*"),
)


REGULAR_POINT = domain(
    *_NEAR_PARTS,
    where(
        "m* ≠ 0 at two main eigenvalues or more, Hessian of condition at most 500",
        lambda low, high: low > 0 and high <= 500 * low,
    ),
    fixed("start next to the teacher, η = 1 / (2 λ_max) of the Hessian there"),
    cases=_teachers_near,
    derived=("low", "high"),
)


@claim("companion:theorem-rate-near-teacher/rate", REGULAR_POINT, each=True, tolerance=1e-4)
def rate_next_to_the_teacher(
    graph: Graph, L: int, alpha_star: float, beta_star: float, low: float, high: float
) -> Any:
    """Next to the teacher the distance falls by the factor 1 - eta lambda_min of the Hessian per step
    in the limit."""
    mu, mass = (np.pad(part, (0, 16 - len(part))) for part in main_eigenvalues(graph))
    aim = np.where(mass > 0, alpha_star + mu * beta_star, 1.0)
    eta = 0.5 / high
    gap = int(np.ceil(6 / (eta * low)))
    start = np.array([1e-3, -2e-3]) * min(alpha_star, beta_star)
    path = np.linalg.norm(np.asarray(long(mu, mass, aim, start, eta, gap, int(L), 3)), axis=1)
    measured = np.log(path[2] / path[1]) / (2 * gap)
    return equal(measured, np.log1p(-eta * low), ("measured log-factor", "log(1 - η λ_min)"))
