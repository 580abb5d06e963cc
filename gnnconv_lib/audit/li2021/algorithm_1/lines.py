"""Algorithm 1 line by line, against loops, by hand and on average.

Reference: li2021, Algorithm 1. Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib import activations, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._averaging_cases import (
    ACTIVATIONS,
    Failure,
    averages,
    outcome,
    small_graphs,
    values,
)
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import require_choice

__all__ = [
    "averaged_features",
    "direction_for_w",
    "loop",
    "prediction",
    "step_and_norm",
]

_TOLERANCE = 1e-12
_Z = 5.0
_GRAPH = graphs.disjoint_union(graphs.star(3), graphs.empty(1), graphs.path(3))


def loop(budget: str = "quick") -> Evidence:
    """Line 1: passes through the loop for T = 5, t never changed as printed, and with t from 0."""
    cap = {"quick": 1000, "full": 100_000}[require_choice("budget", budget, BUDGETS)]
    last, printed, t = 5, 0, 1
    while t < last and printed < cap:
        printed += 1  # lines 2 to 8 do not change t
    late = sum(1 for t in range(1, last))
    corrected = sum(1 for t in range(0, last))
    failures: list[Failure] = []
    if printed != last:
        failures.append((f"T = {last}: passes through the loop, stopped at {cap}", last, printed))
    return outcome(
        "numerical",
        failures,
        "The loop makes T passes.",
        {"passes with t from 1": late, "passes with t from 0": corrected},
        0.0,
        "Start with t = 0 and add 1 to t at the end of each pass; then W_T is the T-th iterate.",
        corrected == last,
    )


def averaged_features(budget: str = "quick") -> Evidence:
    """Line 2: c-bar = D^-1 A H, the same in every pass."""
    failures: list[Failure] = []
    worst = 0.0
    for graph in small_graphs(budget):
        H = np.random.default_rng(graph.nodes).standard_normal((graph.nodes, 2))
        features = np.asarray(ag.node_sample(graph, H, np.zeros(graph.nodes)).features).T
        gap = float(np.abs(features - averages(graph, H)).max())
        worst = max(worst, gap)
        if gap > _TOLERANCE:
            failures.append((f"{graph.nodes} node(s), {graph.edges} edge(s)", 0.0, gap))
    summary = "It does not depend on the weights; once before the loop is enough."
    return outcome("numerical", failures, summary, {"largest gap": worst}, _TOLERANCE)


def prediction(budget: str = "quick") -> Evidence:
    """Line 3 with c-bar for the undefined c', against loops; with the raw features H for c' it is
    another network."""
    H, W, v, y = _case(budget)
    sigma = activations.get("tanh")
    wanted = values(sigma, averages(_GRAPH, H) @ W) @ v
    found = np.asarray(ag.predict(W, v, ag.node_sample(_GRAPH, H, y, sigma)))
    gap = float(np.abs(found - wanted).max())
    other = np.abs(values(sigma, H @ W) @ v - wanted)
    words = "star with 3 leaves, a lone node and a path, tanh, c' = H: output of the first node"
    here = float((values(sigma, H @ W) @ v)[0])
    failures: list[Failure] = [] if other.max() < 1e-9 else [(words, here, float(wanted[0]))]
    return outcome(
        "numerical",
        failures,
        "c' may be anything.",
        {"largest gap with c-bar": gap},
        _TOLERANCE,
        "c' stands for c-bar of line 2, and y-bar at graph level for y-bar_j.",
        gap <= _TOLERANCE,
    )


def direction_for_w(budget: str = "quick") -> Evidence:
    """Line 4 averaged over data without noise, q = 1: the convergence proof needs
    E G = (W v - W* v*) v. With the sum of Eq. (11) the average is 1/n of that."""
    samples = {"quick": 600, "full": 20_000}[require_choice("budget", budget, BUDGETS)]
    W, v = np.array([[0.6], [0.8]]), np.array([1.5])
    W_star, v_star = np.array([[1.0], [0.0]]), np.array([0.7])
    needed = ((W * v - W_star * v_star) * v)[:, 0]
    generator = np.random.default_rng(2)
    P = averages(_GRAPH, np.eye(_GRAPH.nodes))
    X = np.einsum("ij,sjd->sid", P, generator.standard_normal((samples, _GRAPH.nodes, 2)))
    worst, failures = 0.0, []
    for name in ACTIVATIONS:
        sigma = activations.get(name)
        r = values(sigma, X @ W)[..., 0] * v - values(sigma, X @ W_star)[..., 0] * v_star
        draws = np.einsum("sid,si->sd", X, r) * v / _GRAPH.nodes
        for reading in ("mean", "sum"):
            G = draws / ag.xi_node(_GRAPH, name, reading)
            z = np.abs(G.mean(axis=0) - needed) / (G.std(axis=0, ddof=1) / np.sqrt(samples))
            if reading == "mean":
                worst = max(worst, float(z.max()))
            elif z.max() > _Z:
                k = int(z.argmax())
                words = f"8 nodes, {name}, entry {k} of the average direction, Xi a sum"
                failures.append((words, float(needed[k]), float(G.mean(axis=0)[k])))
    return outcome(
        "monte carlo",
        failures,
        "The average direction is the one that the proof needs.",
        {"largest z with the mean": worst},
        _Z,
        "At node level Xi must be Eq. (11) divided by n, as Eq. (12) is; line 4 divides by n once more.",
        worst <= _Z,
    )


def step_and_norm(budget: str = "quick") -> Evidence:
    """Lines 6 to 8 by hand; two readings of the norm for q = 2; and a step that has no direction."""
    require_choice("budget", budget, BUDGETS)
    one = ag.node_sample(graphs.empty(1), [[2.0]], [5.0])
    W, v = ag.step([[1.0]], [1.0], one, 0.5, 0.1)
    gap = max(abs(float(W[0, 0]) - 1.0), abs(float(v[0]) - 1.6))
    still = ag.node_sample(graphs.empty(1), [[0.0, 0.0]], [0.0])
    start = np.eye(2)
    norms = [
        float(np.linalg.norm(np.asarray(ag.step(start, np.zeros(2), still, 1.0, 0.1, norm).W)))
        for norm in ("frobenius", "spectral")
    ]
    failures: list[Failure] = []
    if abs(norms[0] - norms[1]) > _TOLERANCE:
        failures.append(("U = I, q = 2: Frobenius norm of W after line 7", norms[1], norms[0]))
    line = ag.node_sample(graphs.empty(1), [[1.0]], [1.0], "identity")
    empty = bool(np.isnan(np.asarray(ag.step([[-1.0]], [1.0], line, 1.0, 0.5).W)).all())
    return outcome(
        "numerical",
        failures,
        "All readings of the norm agree.",
        {"gap by hand": gap, "U = 0 has no direction": float(empty)},
        _TOLERANCE,
        "The norm of line 7 is the Frobenius norm; U = 0 has no direction and ends the run.",
        gap <= _TOLERANCE and empty,
    )


def _case(budget: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    require_choice("budget", budget, BUDGETS)
    generator = np.random.default_rng(8)
    shapes = ((_GRAPH.nodes, 3), (3, 2), (2,), (_GRAPH.nodes,))
    H, W, v, y = (generator.standard_normal(shape) for shape in shapes)
    return H, W, v, y
