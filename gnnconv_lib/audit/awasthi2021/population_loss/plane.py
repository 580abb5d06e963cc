"""The loss and its derivatives in the plane of weights and teacher.

The derivatives are proved with SymPy for an arbitrary function B.

Reference: awasthi2021, Eqs. (13)-(15). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import dual, relu_gnn
from gnnconv_lib.audit.awasthi2021.population_loss.moments import ratios, regular_sum
from gnnconv_lib.audit.awasthi2021.population_loss.sums import ANGLES_REGULAR
from gnnconv_lib.audit.awasthi2021.setting import ANY, regular_graphs
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    domain,
    equal,
    fixed,
    graph,
    proved,
    real,
    symbolic_zero,
    where,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_pairs
from gnnconv_lib.witnesses.dual_activation import dual_activation

_POINTS = [
    (0.3, 0.8),
    (-1.4, 0.6),
    (1.1, -0.5),
    (2.0, 0.0),
    (-0.5, 0.0),
    (0.0, 12.0),
    (-1e-3, -12.0),
    (12.0, 1e-3),
    (-12.0, 3.0),
]


PLANE = domain(
    graph(among="every regular graph"),
    real("alpha", "(-inf, inf)", "α"),
    real("beta", "(-inf, inf)", "β"),
    where("(α, β) ≠ 0", lambda alpha, beta: alpha != 0 or beta != 0),
    fixed("|w*| = 1"),
    cases=lambda budget: [
        {"graph": entry, "alpha": a, "beta": b}
        for entry in regular_graphs(budget)
        for a, b in _POINTS
    ],
)


@claim("awasthi2021:remark-two-dimensional", ANY, tolerance=1e-11, each=True)
def iterates_stay_in_a_plane(graph: Graph, W: np.ndarray, W_star: np.ndarray) -> Any:
    """Every iterate is a linear combination of w_0 and w*."""
    measure = overlap(graph)
    rate = 0.9 / float(relu_gnn.sums(measure, 1.0)[0])
    bases = [
        np.linalg.svd(np.stack([w, v]), full_matrices=True) for w, v in zip(W, W_star, strict=True)
    ]
    across = [vh[np.sum(s > 1e-12) :] for _, s, vh in bases]
    outside, at = [], W
    for _ in range(8):
        at = at - rate * np.asarray(relu_gnn.gradient(at, W_star, measure))
        outside.append([np.linalg.norm(rest @ w) for rest, w in zip(across, at, strict=True)])
    return at_most(outside, 0.0, ("distance from the plane", "0"), 1.0)


@claim("awasthi2021:eq-13", PLANE, tolerance=1e-11, each=True)
def loss_in_the_plane(graph: Graph, alpha: float, beta: float) -> Any:
    """L(α, β) = A(ℓ² + 1)/2 - ℓB(α/ℓ) with ℓ² = α² + β²."""
    length = float(np.hypot(alpha, beta))
    printed = regular_sum(graph) * (length**2 + 1) / 2
    printed -= length * regular_sum(graph, alpha / length)
    pairs = relu_pairs.loss(graph, [alpha, beta], [1.0, 0.0])
    stable = float(relu_gnn.reduced_loss(alpha - 1, beta, overlap(graph)))
    size = regular_sum(graph) * (length**2 + 1)
    return both(
        equal(printed, pairs, ("printed loss", "loss by pairs"), size),
        equal(stable, pairs, ("stable form", "loss by pairs"), size),
    )


@cache
def _derivative_is_the_printed_one(coordinate: int) -> Any:
    """For an arbitrary function B with derivative C."""
    import sympy

    alpha, beta, full = sympy.symbols("alpha beta A", real=True)
    length = sympy.sqrt(alpha**2 + beta**2)
    point = sympy.Symbol("x")
    mixed = sympy.Function("B")
    slope = sympy.diff(mixed(point), point).subs(point, alpha / length)
    loss = full * (length**2 + 1) / 2 - length * mixed(alpha / length)
    own, turn = ((alpha, -beta * beta), (beta, alpha * beta))[coordinate]
    printed = own * full - own / length * mixed(alpha / length) + turn / length**2 * slope
    differentiated = sympy.Derivative(loss, (alpha, beta)[coordinate])
    return symbolic_zero(differentiated - printed, lambda expression: expression.doit())


def _slope(g: Graph, alpha: float, beta: float, coordinate: int) -> Any:
    length = float(np.hypot(alpha, beta))
    full, mixed, slope = relu_pairs.pair_sums(g, alpha / length)
    own, turn = ((alpha, -beta * beta), (beta, alpha * beta))[coordinate]
    printed = own * full - own / length * mixed + turn / length**2 * slope
    pairs = float(relu_pairs.gradient(g, [alpha, beta], [1.0, 0.0])[0, coordinate])
    library = float(relu_gnn.reduced_gradient(alpha - 1, beta, overlap(g))[coordinate])
    size, names = full * (1 + length), ("printed derivative", "derivative by pairs")
    return both(
        proved(
            _derivative_is_the_printed_one(coordinate), sides=equal(printed, pairs, names, size)
        ),
        equal(library, pairs, ("derivative of the library", names[1]), size),
    )


@claim("awasthi2021:eq-14/derivative", PLANE, tolerance=1e-11, each=True)
def derivative_along_the_teacher(graph: Graph, alpha: float, beta: float) -> Any:
    """∂L/∂α = αA - (α/ℓ)B - (β²/ℓ²)C at c = α/ℓ, with C = Σ d_ij s'."""
    return _slope(graph, alpha, beta, 0)


@claim("awasthi2021:eq-14/dual-of-the-step", ANGLES_REGULAR, tolerance=1e-11, each=True)
def slope_by_the_dual_of_the_step(graph: Graph, cos: float) -> Any:
    """With the dual of the step for s' the sum C is the same."""
    at, count = ratios(graph, cos)
    weight = count * ratios(graph, 1.0)[0] * (float(graph.degrees[0]) + 1)
    return equal(
        float(weight @ np.asarray(dual.derivative("scaled_relu", at))),
        float(weight @ dual_activation("step", at)),
        ("C by the derivative of s", "C by the dual of the step"),
        float(weight.sum()),
    )


@claim("awasthi2021:eq-15", PLANE, tolerance=1e-11, each=True)
def derivative_across_the_teacher(graph: Graph, alpha: float, beta: float) -> Any:
    """∂L/∂β = βA - (β/ℓ)B + (αβ/ℓ²)C at c = α/ℓ."""
    return _slope(graph, alpha, beta, 1)
