"""Weights that the proofs of Lemma 9 and Theorem 1 speak of: next to B(c)/A, and along descent.

Reference: awasthi2021, section 3.5 and Lemma 9. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib.audit._relu_cases import evaluate
from gnnconv_lib.audit._relu_domains import Columns, collection, columns, in_turn, weights
from gnnconv_lib.claims import integer, real
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap

__all__ = [
    "EPSILON",
    "STEP",
    "UNITS",
    "gradient_squared",
    "loss",
    "moved",
    "paths",
    "placed",
    "with_error",
]

STEP = 1 / (6 * math.pi)
EPSILON = real("eps", "(0, 1)", "ε")
UNITS = integer("h", "[1, inf)", "number of units h")
_LIMITS = {"eps": (0.99, 0.01, 0.3, 1e-4), "h": (1.0, 3.0, 10.0, 30.0)}
with_error = in_turn(**_LIMITS)


def loss(A: Any, gap: Any, length: Any) -> Any:
    """L = A (l - 1)^2/2 + l (A - B), in which nothing cancels."""
    return A * (length - 1) ** 2 / 2 + length * gap


def gradient_squared(A: Any, gap: Any, length: Any, C: Any, sine: Any) -> Any:
    """|grad L|^2 = (A l - B)^2 + C^2 sin^2, with A l - B = A (l - 1) + (A - B)."""
    return (A * (length - 1) + gap) ** 2 + (C * sine) ** 2


def placed(among: str, budget: str, place: Any, extra: Any = None) -> Columns:
    """All weights on a class of graphs, moved to `place(columns)` = (length, cos), with eps and h."""
    chosen = collection(among, budget)
    start = dict(weights(among).cases(budget).columns)
    start.update(with_error(start))
    shape = (len(chosen), -1)
    length, cos = (np.reshape(values, shape) for values in place(start))
    made = columns(chosen, length, cos)
    more = {name: start[name] for name in _LIMITS}
    return {**made, **more, **(extra(start) if extra is not None else {})}


def moved(graph: Any, length: Any, A: Any, B: Any, C: Any, cos: Any, sine: Any, x: Any) -> Columns:
    """The columns after one step of size x = eta A; the angle is turned, not computed anew."""
    radial = (1 - x) * length + x * B / A
    turning = x * C * sine / A
    angle = np.arctan2(sine, cos) - np.arctan2(turning, radial)
    places = np.flatnonzero([True, *(graph[1:] != graph[:-1])])
    # Equal numbers of weights on each graph: columns flatten them graph by graph.
    shape = (len(places), -1)
    return columns(
        list(graph[places]), np.hypot(radial, turning).reshape(shape), np.cos(angle).reshape(shape)
    )


def paths(chosen: list[Graph], seeds: int, r: int, steps: int, x: float = STEP) -> Columns:
    """Gradient descent with eta = x/A from Gaussian starts: losses and squared gradients over time."""
    rows = []
    for graph in chosen:
        measure = overlap(graph)
        rho, mass = np.asarray(measure.rho)[None], np.asarray(measure.mass)[None]
        A = evaluate(rho, mass, np.ones((1, 1)))[0][0, 0]
        C1 = evaluate(rho, mass, np.ones((1, 1)))[1][0, 0]
        w = np.random.default_rng(graph.nodes).normal(size=(seeds, r))
        length = np.linalg.norm(w, axis=1)
        angle = np.arccos(np.clip(w[:, 0] / length, -1, 1))
        cos_0, losses, squares = np.cos(angle), [], []
        slope_0 = evaluate(rho, mass, cos_0[None])[1][0]
        for _ in range(steps + 1):
            mixed, slope, gap = (e[0] for e in evaluate(rho, mass, np.cos(angle)[None]))
            losses.append(loss(A, gap, length))
            squares.append(gradient_squared(A, gap, length, slope, np.sin(angle)))
            radial, turning = (1 - x) * length + x * mixed / A, x * slope * np.sin(angle) / A
            angle = angle - np.arctan2(turning, radial)
            length = np.hypot(radial, turning)
        for seed in range(seeds):
            rows.append(
                {
                    "graph": graph,
                    "seed": seed,
                    "A": A,
                    "C1": C1,
                    "n": float(graph.nodes),
                    "d": float(graph.degrees.max()),
                    "cos_0": cos_0[seed],
                    "slope_0": slope_0[seed],
                    "losses": np.array(losses)[:, seed],
                    "squares": np.array(squares)[:, seed],
                }
            )
    objects = np.empty(len(rows), dtype=object)
    objects[:] = [row["graph"] for row in rows]
    stacked = {name: np.stack([row[name] for row in rows]) for name in rows[0] if name != "graph"}
    return {"graph": objects, **stacked}
