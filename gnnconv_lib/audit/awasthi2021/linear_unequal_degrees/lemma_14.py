"""Lemma 14: bounds on both spectra, its five cases, and the ones it leaves out.

The sums over nodes are those of Eq. (46); for L = 1, where most witnesses live, they are exact.

Reference: awasthi2021, Lemma 14. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.audit._linear_cases import (
    decide,
    describe,
    main_spectrum,
    pair_path,
    report,
    small_graphs,
)
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.graphs import path
from gnnconv_lib.linear_gnn import one_round

__all__ = [
    "case_1",
    "case_2",
    "case_3",
    "case_4",
    "case_5",
    "constraints_can_be_met",
    "other_cases",
    "positive_bounds",
]


def _draws(budget: str) -> tuple[np.ndarray, ...]:
    """Random a = alpha - alpha*, b = beta - beta* with sums of g and of d g, on small graphs.

    Returns:
        (a, b, sum g, sum d g), each over graphs, depths and draws, targets above 0.
    """
    generator = np.random.default_rng(0)
    count = 400 if budget == "quick" else 4000
    columns: list[np.ndarray] = []
    for graph in small_graphs(4 if budget == "quick" else 6):
        if len(set(graph.degrees.tolist())) == 1:
            continue
        for rounds in (1, 2, 3):
            now, star = generator.uniform(0.0, 3.0, size=(2, 2, count))
            degrees = graph.degrees[:, None].astype(float)
            m, goal = now[0] + degrees * now[1], star[0] + degrees * star[1]
            g = m ** (rounds - 1) * (m**rounds - goal**rounds)
            columns.append(np.stack([*(now - star), g.sum(axis=0), (degrees * g).sum(axis=0)]))
    return tuple(np.concatenate(columns, axis=1))


def _holds(claim: np.ndarray, where: np.ndarray) -> tuple[bool, float]:
    """Whether claim >= 0 in all draws of a case, and the smallest value."""
    smallest = float(np.min(claim[where]))
    return smallest >= -1e-9, smallest


def _case_evidence(name: str, tests: dict[str, tuple[bool, float]], draws: int) -> Evidence:
    """Evidence for a case from its tests, each with the smallest slack over all draws."""
    failing = [claim for claim, (holds, _) in tests.items() if not holds]
    return report(
        "search",
        decide(not failing),
        f"{name}: " + (f"'{failing[0]}' fails." if failing else f"holds in {draws} draws."),
        {claim: value for claim, (_, value) in tests.items()},
        witness=_on_the_path(failing[0]) if failing else None,
    )


def _on_the_path(claim: str) -> Witness:
    """The point a = -1.3, b = 1 on the path of 3 nodes, L = 1: both sums positive, a + b < 0."""
    point = np.array([-1.3, 1.0])
    sums = one_round.quadratic(path(3)).hessian @ point
    words = (
        f"path of 3 nodes, L = 1, a = -1.3, b = 1, sum g = {sums[0]:.1f}, sum d g = {sums[1]:.1f}"
    )
    return Witness(f"{words}: '{claim}'", 0.0, float(point.sum()))


def case_1(budget: str = "quick") -> Evidence:
    """alpha >= alpha*, beta >= beta*: the next values are at least the targets minus eta n d G."""
    a, b, g, dg = _draws(budget)
    where = (a >= 0) & (b >= 0)
    # With G = max(|sum g|, |sum d g|): alpha+ - alpha* = a - eta sum g >= - eta G.
    bound = np.maximum(np.abs(g), np.abs(dg))
    tests = {
        "sum g >= 0": _holds(g, where),
        "sum d g >= 0": _holds(dg, where),
        "alpha+ >= alpha* - eta G": _holds(a - g + bound, where),
        "beta+ >= beta* - eta G": _holds(b - dg + bound, where),
    }
    return _case_evidence("case 1", tests, int(where.sum()))


def case_2(budget: str = "quick") -> Evidence:
    """alpha <= alpha*, beta <= beta*: the mirror image of case 1."""
    a, b, g, dg = _draws(budget)
    where = (a <= 0) & (b <= 0)
    bound = np.maximum(np.abs(g), np.abs(dg))
    tests = {
        "sum g <= 0": _holds(-g, where),
        "sum d g <= 0": _holds(-dg, where),
        "alpha+ <= alpha* + eta G": _holds(-a + g + bound, where),
        "beta+ <= beta* + eta G": _holds(-b + dg + bound, where),
    }
    return _case_evidence("case 2", tests, int(where.sum()))


def case_3(budget: str = "quick") -> Evidence:
    """alpha >= alpha*, beta <= beta*, both sums >= 0: beta >= beta* + alpha* - u_alpha.

    Follows from |b| sum d^2 r <= a sum d r <= a sum d^2 r, since integer degrees satisfy d <= d^2.
    """
    a, b, g, dg = _draws(budget)
    where = (a >= 0) & (b <= 0) & (g >= 0) & (dg >= 0)
    tests = {"a >= b": _holds(a - b, where), "a >= -b": _holds(a + b, where)}
    return _case_evidence("case 3", tests, int(where.sum()))


def case_4(budget: str = "quick") -> Evidence:
    """alpha <= alpha*, beta >= beta*, both sums >= 0: alpha >= beta* + alpha* - u_beta."""
    a, b, g, dg = _draws(budget)
    where = (a <= 0) & (b >= 0) & (g >= 0) & (dg >= 0)
    tests = {"b >= a": _holds(b - a, where), "b >= -a": _holds(a + b, where)}
    return _case_evidence("case 4", tests, int(where.sum()))


def case_5(budget: str = "quick") -> Evidence:
    """alpha <= alpha*, beta >= beta*, both sums <= 0: printed a >= b, and beta <= beta* + alpha*
    - l.
    """
    a, b, g, dg = _draws(budget)
    where = (a <= 0) & (b >= 0) & (g <= 0) & (dg <= 0)
    printed, smallest = _holds(a - b, where)
    repaired, margin = _holds(-a - b, where)
    return report(
        "search",
        decide(printed, repaired),
        "The printed a >= b contradicts a <= 0 <= b; what is used, b <= -a, is true.",
        {"smallest a - b": smallest, "smallest -a - b": margin},
        witness=Witness("random point of case 5: a - b", 0.0, smallest),
        correction="alpha* - alpha >= beta - beta*.",
    )


def other_cases(budget: str = "quick") -> Evidence:
    """Sign patterns that the lemma calls impossible: sum g and sum d g of opposite signs."""
    a, b, g, dg = _draws(budget)
    count = int(np.sum((g * dg < 0) & (a * b < 0)))
    # A point on the path of 3 nodes, L = 1: sum g = 3 a + 4 b, sum d g = 4 a + 6 b.
    form = one_round.quadratic(path(3)).hessian
    point = np.array([-1.4, 1.0])
    sums = form @ point
    possible = bool(sums[0] < 0 < sums[1])
    return report(
        "search",
        decide(count == 0 and not possible),
        f"Opposite signs of the two sums occur in {count} of {len(a)} random points.",
        {"sum g": float(sums[0]), "sum d g": float(sums[1]), "points found": float(count)},
        witness=Witness(
            f"{describe(path(3))}, L = 1, a = -1.4, b = 1: (sum g)(sum d g)",
            0.0,
            float(sums[0] * sums[1]),
        ),
    )


def constraints_can_be_met(budget: str = "quick") -> Evidence:
    """Case 3 needs eta <= (beta* + alpha* - u_alpha - l_beta)/(n d G): positive only if feasible.

    u_alpha >= alpha_0 = 1 and l_beta > 0, so alpha* + beta* <= 1 leaves no positive step size.
    """
    grid = np.arange(1, 21 if budget == "quick" else 201) / (20 if budget == "quick" else 200)
    alpha_star, beta_star = np.meshgrid(grid, grid)
    numerator = alpha_star + beta_star - np.maximum(1.0, alpha_star)
    infeasible = float(np.mean(numerator <= 0))
    half = 0.5 + 0.5 - max(1.0, 0.5)
    return report(
        "search",
        decide(infeasible == 0),
        f"For W1* = W2* = I/2 the numerator is {half:g} - l_beta < 0: no step size is allowed.",
        {"share of infeasible targets in (0, 1]^2": infeasible},
        witness=Witness("alpha* = beta* = 1/2: largest numerator, minus l_beta > 0", 0.0, half),
    )


def positive_bounds(budget: str = "quick") -> Evidence:
    """Bounds l_alpha, l_beta > 0: searched over small graphs with L = 1, where Eq. (46) is true.

    The step size of the lemma is positive only for positive l. Two step sizes, both far below
    stability: the crossing is that of the gradient flow.
    """
    target, first = (0.01, 0.01), None
    for graph in small_graphs(3 if budget == "quick" else 5):
        form = one_round.quadratic(graph)
        if not form.unique:
            continue
        spectrum, lowest = main_spectrum(graph), []
        for share in (0.05, 0.0125):
            rate, horizon = share / form.largest, min(2000, int(4 / share))
            lowest.append(pair_path(spectrum, target, 1, rate, horizon).min(axis=0))
        for which, name in ((0, "alpha"), (1, "beta")):
            values = [float(low[which]) for low in lowest]
            if max(values) < 0 and first is None:
                first = (f"{describe(graph)}, L = 1, W1* = W2* = 0.01: least {name}", values)
    words, values = first or ("none", [0.0, 0.0])
    return report(
        "search",
        decide(first is None),
        f"A spectrum becomes negative on the way, at both step sizes; smallest graph: {words}.",
        {"lowest value, larger step": values[0], "lowest value, smaller step": values[1]},
        witness=Witness(words, 0.0, values[1]),
        correction="For odd L and small steps |alpha - alpha*|^2 + |beta - beta*|^2 never grows.",
    )
