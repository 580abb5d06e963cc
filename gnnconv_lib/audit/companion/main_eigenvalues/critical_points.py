"""Odd depth: where the gradient vanishes.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit._main_spectra import collection, columns, gradient_by_definition, spectra
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import PAIR
from gnnconv_lib.audit.companion.main_eigenvalues.number import GRAPHS
from gnnconv_lib.claims import at_most, both, claim, domain, equal, graph, integer, real, where
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import main_eigenvalues


def _reach(mu: Any, mass: Any, L: Any, point: Any, star: Any) -> Any:
    """The size of the terms in a gradient, over which its rounding is measured."""
    both_of_them = [np.abs(z[0]) + np.abs(mu * z[1]) for z in (point, star)]
    return np.sum(mass) * L * np.max(both_of_them) ** (2 * L - 1)


def _points(budget: str) -> dict[str, Any]:
    """Points at which some m_mu vanish or agree with the teacher, and points of no such kind."""
    generator = np.random.default_rng(1)
    rows = []
    for g in collection(budget):
        mu, mass = main_eigenvalues(g)[:2]
        for L in (3, 5):
            star = generator.normal(size=2) * 3
            aim = star[0] + mu * star[1]
            points = [3 * generator.normal(size=2) for _ in range(3)] + [star, 0 * star]
            for i in range(len(mu)):
                for j in range(len(mu)):
                    if i != j:
                        slope = aim[j] / (mu[j] - mu[i])
                        points.append(np.array([-mu[i] * slope, slope]))
            for z in points[:20]:
                m = z[0] + mu * z[1]
                size = 1e-9 * (1 + np.max(np.abs(aim)))
                kind = np.all((np.abs(m) < size) | (np.abs(m - aim) < size))
                term = np.max(L * mass * np.abs(m ** (L - 1) * (m**L - aim**L)))
                if not kind and term < 1e-11 * _reach(mu, mass, L, z, star):
                    continue  # The sums have no digit that tells this from zero.
                rows.append((g, L, *z.tolist(), *star.tolist(), float(kind)))
    names = ("graph", "L", "alpha", "beta", "alpha_star", "beta_star", "stated")
    return columns(rows, *names)


POINTS = domain(
    graph("graph", "every graph"),
    PAIR,
    integer("L", "[3, inf)", "L"),
    where("L odd", lambda L: L % 2 == 1),
    *(real(name, "(-inf, inf)", reach=5.0) for name in ("alpha", "beta")),
    *(real(name, "(-inf, inf)", reach=5.0) for name in ("alpha_star", "beta_star")),
    cases=_points,
    derived=("stated",),
)


@claim("companion:theorem-critical-points/exactly", POINTS)
def critical_exactly(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any, stated: Any
) -> Any:
    """The gradient vanishes if and only if at every main eigenvalue m = 0 or m = m*."""
    point, star = (alpha, beta), (alpha_star, beta_star)
    slope = gradient_by_definition(graph, L, point, star)
    mu, mass = spectra(graph)
    reach = np.abs(alpha)[:, None] + np.abs(mu * beta[:, None])
    reach = np.maximum(reach, np.abs(alpha_star)[:, None] + np.abs(mu * beta_star[:, None]))
    size = np.max(
        np.sum(mass, axis=1)[:, None] * L[:, None] * reach ** (2 * L[:, None] - 1), axis=1
    )
    zero = np.hypot(*slope) <= 1e-13 * size
    return equal(zero.astype(float), stated, ("gradient vanishes (1: yes)", "as stated (1: yes)"))


@claim("companion:theorem-critical-points/sum", POINTS, tolerance=1e-11)
def slope_towards_the_teacher(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any
) -> Any:
    """The gradient in the direction of x is sum_mu L c_mu m^{L-1} (m^L - m*^L)(m - m*), and each of
    these terms is nonnegative."""
    point, star = (alpha, beta), (alpha_star, beta_star)
    slope = gradient_by_definition(graph, L, point, star)
    mu, mass = spectra(graph)
    m, aim = (p[0][:, None] + mu * p[1][:, None] for p in (point, star))
    depth = L[:, None]
    terms = depth * mass * m ** (depth - 1) * (m**depth - aim**depth) * (m - aim)
    x, y = alpha - alpha_star, beta - beta_star
    large = np.maximum(np.abs(m), np.abs(aim))
    size = np.sum(depth * mass * (1 + np.abs(mu)) * large ** (2 * depth - 1), axis=1)
    size = size * (np.abs(x) + np.abs(y)) + 1e-300
    return both(
        equal(slope[0] * x + slope[1] * y, terms.sum(axis=1), ("slope", "sum of terms"), size),
        at_most(0.0, terms, ("0", "term"), size[:, None]),
    )


@claim("companion:theorem-critical-points/number", GRAPHS, each=True)
def number_of_critical_points(graph: Graph) -> Any:
    """With three main eigenvalues or more no m that is affine in mu is 0 or m* at each of them but
    the teacher's and the origin's; with two there are at most two more."""
    mu = main_eigenvalues(graph)[0]
    if len(mu) == 1:
        return at_most(0, 2, ("other critical pairs", "2"))
    star = np.array([1.3, 0.7])
    found: set[tuple[float, ...]] = set()
    aim = star[0] + mu * star[1]
    for bits in range(2 ** len(mu)):
        values = np.array([aim[k] if bits >> k & 1 else 0.0 for k in range(len(mu))])
        z = np.linalg.lstsq(np.stack([np.ones_like(mu), mu], 1), values, rcond=None)[0]
        fitted = np.max(np.abs(z[0] + mu * z[1] - values))
        far = min(np.linalg.norm(z - star), np.linalg.norm(z))
        if fitted < 1e-9 and far > 1e-9:
            found.add((round(float(z[0]), 9), round(float(z[1]), 9)))
    allowed = 2 if len(mu) == 2 else 0
    return at_most(len(found), allowed, ("other critical pairs", "number stated"))
