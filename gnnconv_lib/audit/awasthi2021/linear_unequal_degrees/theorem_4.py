"""Theorem 4 and Eqs. (57)-(59): iterations for unequal degrees, and the contraction factor.

Reference: awasthi2021, Theorem 4. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import (
    decide,
    describe,
    gap,
    main_spectrum,
    pair_path,
    report,
    small_graphs,
)
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.linear_gnn import one_round

__all__ = [
    "definition_of_q",
    "equation_58",
    "equation_59",
    "geometric_decay",
    "iterations",
    "squared_distance",
]


def _draws(budget: str) -> tuple[np.ndarray, ...]:
    """Random steps on small graphs: (P, Q, R, a, b, Q without eta, a after Eq. (49)).

    Steps go up to the stability limit 2 / |H|; r is positive and otherwise arbitrary.
    """
    generator = np.random.default_rng(1)
    count = 300 if budget == "quick" else 3000
    rows = []
    for graph in small_graphs(4 if budget == "quick" else 6):
        degrees = graph.degrees.astype(float)
        if len(set(degrees.tolist())) == 1:
            continue
        r = np.exp(generator.normal(size=(count, graph.nodes)))
        s0, s1, s2 = (np.sum(r * degrees**k, axis=1) for k in (0, 1, 2))
        largest = 0.5 * (s0 + s2 + np.hypot(s0 - s2, 2 * s1))
        eta = generator.uniform(0, 2, size=count) / largest
        a, b = generator.normal(size=(2, count))
        g = r * (a[:, None] + degrees * b[:, None])
        after = a - eta * g.sum(axis=1)
        rows.append(np.stack([1 - eta * s0, eta * s1, 1 - eta * s2, a, b, s1, after]))
    return tuple(np.concatenate(rows, axis=1))


def definition_of_q(budget: str = "quick") -> Evidence:
    """Q is printed without eta; Eqs. (52)-(53) need Q = eta sum d r."""
    P, Q, _, a, b, without, after = _draws(budget)
    literal, repaired = gap(a * P - b * without, after), gap(a * P - b * Q, after)
    degrees, eta = graphs.path(3).degrees, 0.01
    return report(
        "numerical",
        decide(literal < 1e-12, repaired < 1e-12),
        "Without eta, Q does not even have the size of P and R for small steps.",
        {"without eta": literal, "with eta": repaired},
        tolerance=1e-12,
        witness=Witness(
            f"path of 3 nodes, r = 1, eta = {eta}: Q",
            float(degrees.sum()),
            float(eta * degrees.sum()),
        ),
        correction="Q = eta sum_i d_i r_i.",
    )


def squared_distance(budget: str = "quick") -> Evidence:
    """The squared distance after one step in P, Q, R: an identity once Q carries eta."""
    P, Q, R, a, b, *_ = _draws(budget)
    left = (P * a - Q * b) ** 2 + (R * b - Q * a) ** 2
    right = a**2 * (P**2 + Q**2) + b**2 * (R**2 + Q**2) - 2 * a * b * (P * Q + R * Q)
    error = float(np.max(np.abs(left - right) / (a**2 + b**2)))
    return report(
        "numerical",
        decide(error < 1e-13),
        "The expansion is an identity.",
        {"largest relative difference": error},
        tolerance=1e-13,
    )


def equation_58(budget: str = "quick") -> Evidence:
    """Eq. (58): P^2 stands for Q^2 in the second bracket, and Q (P + R) must be nonnegative."""
    P, Q, R, a, b, *_ = _draws(budget)
    left = (P * a - Q * b) ** 2 + (R * b - Q * a) ** 2
    cross = Q * (P + R)
    printed = a**2 * (P**2 + Q**2 + cross) + b**2 * (P**2 + R**2 + cross)
    repaired = a**2 * (P**2 + Q**2 + np.abs(cross)) + b**2 * (Q**2 + R**2 + np.abs(cross))
    i = int(np.argmax(left - printed))
    return report(
        "search",
        decide(bool(np.all(left <= printed + 1e-12)), bool(np.all(left <= repaired + 1e-12))),
        "The second bracket needs Q^2 in the place of P^2, and |Q (P + R)|.",
        {
            "largest excess, printed": float((left - printed)[i]),
            "largest excess, corrected": float(np.max(left - repaired)),
        },
        tolerance=1e-12,
        witness=Witness(
            f"P = {P[i]:.3f}, Q = {Q[i]:.3f}, R = {R[i]:.3f}, a = {a[i]:.3f}, b = {b[i]:.3f}",
            float(printed[i]),
            float(left[i]),
        ),
        correction="a^2 (P^2 + Q^2 + |Q(P+R)|) + b^2 (Q^2 + R^2 + |Q(P+R)|).",
    )


def equation_59(budget: str = "quick") -> Evidence:
    """Eq. (59) as an upper bound: is the printed factor at least the sharp one?"""
    P, Q, R, *_ = _draws(budget)
    sharp = bounds.equation_59_corrected(P, Q, R)
    printed = bounds.equation_59_printed(P, Q, R)
    small = P + R >= 0
    i = int(np.argmax(sharp - printed))
    return report(
        "search",
        decide(
            bool(np.all(sharp <= printed + 1e-12)), bool(np.all((sharp <= printed + 1e-12)[small]))
        ),
        "As an upper bound it holds while P + R >= 0, i.e. for small steps; near the stability limit it "
        "does not.",
        {"largest excess": float((sharp - printed)[i]), "draws": float(len(P))},
        tolerance=1e-12,
        witness=Witness(
            f"P = {P[i]:.3f}, Q = {Q[i]:.3f}, R = {R[i]:.3f}: factor",
            float(printed[i]),
            float(sharp[i]),
        ),
        correction="The sharp factor is the squared norm of [[P, -Q], [-Q, R]].",
    )


def geometric_decay(budget: str = "quick") -> Evidence:
    """Whether the factor of Eq. (59) is below 1: for the steps of Lemma 14, and for any step at
    all.

    As eta -> 0 the factor tends to 2. Searched over graphs, positive targets and all steps.
    """
    grid = np.linspace(0.01, 2.5, 120 if budget == "quick" else 400)
    connected, below = np.inf, None
    points = [(1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 0.1, 0.01), (1.0, 1.0, 5.0, 5.0)]
    for graph in small_graphs(5 if budget == "quick" else 7):
        degrees = graph.degrees.astype(float)
        if len(set(degrees.tolist())) == 1:
            continue
        for rounds in (1, 2):
            for alpha, beta, alpha_star, beta_star in points:
                m, goal = alpha + degrees * beta, alpha_star + degrees * beta_star
                r = m ** (rounds - 1) * sum(m**j * goal ** (rounds - 1 - j) for j in range(rounds))
                s0, s1, s2 = (float(np.sum(r * degrees**k)) for k in (0, 1, 2))
                eta = grid / max(s0, s2)
                values = bounds.equation_59_printed(1 - eta * s0, eta * s1, 1 - eta * s2)
                if _connected(graph):
                    connected = min(connected, float(values.min()))
                if values.min() < 1 - 1e-9 and below is None:
                    below = (describe(graph), float(values.min()))
    path = graphs.path(3)
    step = bounds.lemma_14_step_printed(
        bounds.Interval(np.array(1.0), np.array(2.0)), [1.0], 3, 2, 1
    )
    s0, s1, s2 = (float(np.sum(path.degrees.astype(float) ** k)) for k in (0, 1, 2))
    factor = float(bounds.equation_59_printed(1 - step * s0, step * s1, 1 - step * s2))
    sharp = float(bounds.equation_59_corrected(1 - step * s0, step * s1, 1 - step * s2))
    return report(
        "search",
        decide(factor < 1),
        f"At a step of Lemma 14 the factor is {factor:.3f} on the path of 3 nodes (the sharp one is "
        f"{sharp:.4f}); on connected graphs no step brings it below {connected:.4f}; the smallest "
        f"graph where some step does is the {below[0] if below else 'none'}.",
        {
            "factor at a step of Lemma 14": factor,
            "sharp factor there": sharp,
            "smallest factor, connected graphs": connected,
            "smallest factor, first graph below 1": below[1] if below else 1.0,
        },
        witness=Witness(
            f"path of 3 nodes, L = 1, W* = W_0 = 1, eta = {step:.4g}: factor", 1.0, factor
        ),
        correction="The squared spectral norm (1 - eta lambda_min)^2 < 1, if two degrees differ.",
    )


def _connected(graph: graphs.Graph) -> bool:
    reached, frontier = {0}, [0]
    while frontier:
        for neighbour in graph.neighbors(frontier.pop()).tolist():
            if neighbour not in reached:
                reached.add(neighbour)
                frontier.append(neighbour)
    return len(reached) == graph.nodes


def iterations(budget: str = "quick") -> Evidence:
    """Eq. (57) with L = 1, where Eq. (46) is true: the smallest graph on which T is too small.

    [l, u] are the ranges of the path itself, widened by a tenth: the best that Lemma 14 could give.
    """
    target, accuracy, first, failures, tried = (2.0, 1.5), 1e-6, None, 0, 0
    for graph in small_graphs(4 if budget == "quick" else 6):
        form = one_round.quadratic(graph)
        if not form.unique:
            continue
        path = pair_path(main_spectrum(graph), target, 1, 0.1 / form.largest, 600)
        lower, upper = path.min(axis=0) * 0.9, path.max(axis=0) * 1.1
        if lower.min() <= 0:
            continue
        tried += 1
        degree = int(graph.degrees.max())
        ranges = [bounds.Interval(lower[i], upper[i]) for i in (0, 1)]
        rate = min(
            bounds.lemma_14_step_printed(ranges[i], [target[i]], graph.nodes, degree, 1)
            for i in (0, 1)
        )
        count = max(
            bounds.theorem_4_iterations_printed(ranges[i], [target[i]], degree, 1, accuracy, rate)
            for i in (0, 1)
        )
        start = np.array([1.0 - target[0], 1.0 - target[1]])
        needed = one_round.iterations_needed(form, start, rate, accuracy**2)
        if needed is not None and needed > np.ceil(count):
            failures += 1
            first = first or (
                f"{describe(graph)}, L = 1, W1* = 2, W2* = 3/2, eps = 1e-6",
                count,
                needed,
            )
    words, count, needed = first or ("none", 0.0, 0)
    return report(
        "search",
        decide(first is None),
        f"T is too small on {failures} of {tried} graphs; the rate is that of the least eigenvalue "
        "of [[n, sum d], [sum d, sum d^2]], not d^2 + 1.",
        {"T": float(count), "needed": float(needed), "graphs that fail": float(failures)},
        witness=Witness(f"{words}: iterations", float(count), float(needed)),
        correction="For L = 1, T >= log(|H| |x_0|^2 / (2 eps^2)) / (2 eta lambda_min(H)).",
    )
