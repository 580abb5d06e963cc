"""Algorithm 1 against automatic differentiation, and its fixed point.

Reference: li2021, Algorithm 1. Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._averaging_cases import ACTIVATIONS, Failure, outcome
from gnnconv_lib.audit.li2021.algorithm_1.lines import loop
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import require_choice

__all__ = ["exact_gradient", "fixed_point", "gradient_for_v"]

_TOLERANCE = 1e-12
_GRAPH = graphs.disjoint_union(graphs.star(3), graphs.empty(1), graphs.path(3))


def gradient_for_v(budget: str = "quick") -> Evidence:
    """Line 5 at both levels against automatic differentiation of half the loss."""
    failures: list[Failure] = []
    worst = 0.0
    for name, data, W, v in _samples(budget):
        slope = np.asarray(ag.approximate_direction(W, v, data, 1.0)[1])
        automatic = np.asarray(_slope(1, W, v, data))
        gap = float(np.abs(slope - automatic).max() / (1 + np.abs(automatic).max()))
        worst = max(worst, gap)
        if gap > _TOLERANCE:
            failures.append((name, float(automatic[0]), float(slope[0])))
    summary = "It is the gradient of |y - y-bar|^2 / (2n) for all activations, at both levels."
    return outcome("numerical", failures, summary, {"largest relative gap": worst}, _TOLERANCE)


def exact_gradient(budget: str = "quick") -> Evidence:
    """Lines 4 and 5 with sigma'(X) for the inverse of Xi, on one node with one feature 1, label 1,
    W = -1, v = 1, ReLU; and -(1/n) X' (r v' * sigma'(X W)) against automatic differentiation."""
    data = ag.node_sample(graphs.empty(1), [[1.0]], [1.0])
    W, v = jnp.array([[-1.0]]), jnp.array([1.0])
    true = float(2 * _slope(0, W, v, data)[0, 0])
    residual = 1.0 - float(ag.predict(W, v, data)[0])
    printed = -residual * float(activations.get("relu").derivative(jnp.array(1.0)))
    failures: list[Failure] = []
    if abs(printed - true) > _TOLERANCE:
        failures.append(("one node, feature 1, label 1, W = -1, v = 1, ReLU", printed, true))
    worst = 0.0
    for _, sample, A, b in _samples(budget):
        ours = np.asarray(ag.exact_gradient(A, b, sample)[0])
        automatic = np.asarray(_slope(0, A, b, sample))
        worst = max(worst, float(np.abs(ours - automatic).max() / (1 + np.abs(automatic).max())))
    return outcome(
        "numerical",
        failures,
        "The replacement gives the exact gradient.",
        {"largest relative gap of the corrected form": worst},
        _TOLERANCE,
        "The exact gradient of half the loss is -(1/n) X' (r v' * sigma'(X W)), * entry by entry.",
        worst <= _TOLERANCE,
    )


def fixed_point(budget: str = "quick") -> Evidence:
    """Without noise one corrected step from the teacher stays there, for both Xi and any step size;
    as printed the loop does not end (see `loop`)."""
    worst = 0.0
    for number, (_, data, W, v) in enumerate(_samples(budget)):
        W = W / np.linalg.norm(W)
        clean = data.with_labels(ag.predict(W, v, data))
        for xi in (0.01, 7.0):
            after = ag.step(W, v, clean, xi, 0.1 + number)
            worst = max(worst, *(float(e) for e in ag.errors(after, ag.Weights(W, v))))
    printed = loop(budget)
    witness = printed.witness
    failures: list[Failure] = []
    if printed.verdict != "holds" and witness is not None:
        failures.append((witness.input, witness.printed, witness.actual))
    return outcome(
        "numerical",
        failures,
        "It runs as printed, and the teacher is a fixed point.",
        {"largest move from the teacher": worst},
        _TOLERANCE,
        "With a counter in the loop, c' = c-bar and the Frobenius norm it runs, and the teacher is "
        "a fixed point.",
        worst <= _TOLERANCE,
    )


def _slope(which: int, W: Any, v: Any, data: ag.Sample) -> jax.Array:
    """The automatic derivative of half the loss in W (0) or in v (1)."""

    def half(W: jax.Array, v: jax.Array) -> jax.Array:
        return ag.loss(W, v, data) / 2

    return jax.jit(jax.grad(half, argnums=which))(jnp.asarray(W), jnp.asarray(v))


def _samples(budget: str) -> list[tuple[str, ag.Sample, np.ndarray, np.ndarray]]:
    require_choice("budget", budget, BUDGETS)
    generator = np.random.default_rng(8)
    H, W, v, y = (generator.standard_normal(shape) for shape in ((8, 3), (3, 2), (2,), (8,)))
    many = [graphs.star(3), graphs.empty(1), graphs.path(3)]
    names = ACTIVATIONS if budget == "full" else ("relu", "swish")
    found = []
    for k, name in enumerate(names):
        if k == 0 or budget == "full":
            found.append((f"node level, {name}", ag.node_sample(_GRAPH, H, y, name), W, v))
        if k == 1 or budget == "full":
            data = ag.graph_sample(many, H, y[:3], "average", name)
            found.append((f"graph level, {name}", data, W, v))
    return found
