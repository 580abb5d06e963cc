"""Exact descent at the cost of Algorithm 1: one scalar before the step.

Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_cases import small_graphs, values
from gnnconv_lib.claims import choice, claim, domain, equal, fixed, graph, real

SCALED = domain(
    graph(),
    choice("activation", "relu", "tanh", "swish"),
    real("v", "(0, 1]", "v*"),
    fixed("population, q = 1, d = 2, α = 0.3, from an angle of 0.003; equality up to 1 per cent"),
    cases=lambda budget: [
        {"graph": one, "activation": name, "v": v}
        for one in small_graphs(budget)
        for name in ("relu", "tanh", "swish")
        for v in ((1.0, 0.05) if one.nodes < 3 else (0.9,))
    ],
    words=lambda graph, activation, v: f"{activation}, {graph.name}, v* = {v:g}",
)


@claim("companion:theorem-one-scalar", SCALED, each=True, tolerance=0.005)
def one_scalar(graph: Any, activation: str, v: float) -> Any:
    """Exact descent with 1/(mean τ²E σ'(τZ)²) before its step of W turns it by αv*² per unit of angle."""
    sigma, angle, rate = get(activation), 0.003, 0.3
    # The plane in polar coordinates: radii by Gauss quadrature in r^2 / 2, angles equidistant.
    phi = np.linspace(0, 2 * np.pi, 20_000, endpoint=False) + 1e-4
    squares, weights = np.polynomial.laguerre.laggauss(12)
    W = np.array([math.cos(angle), math.sin(angle)])
    gradient = np.zeros(2)
    for size, count in zip(*np.unique(graph.degrees + 1, return_counts=True), strict=True):
        for square, weight in zip(squares, weights, strict=True):
            X = math.sqrt(2 * square / size) * np.stack([np.cos(phi), np.sin(phi)])
            residual = v * (values(sigma, X[0]) - values(sigma, W @ X))
            slope = np.asarray(sigma.derivative(W @ X))
            gradient += count / graph.nodes * weight * np.mean(v * residual * slope * X, axis=1)
    U = W + rate * ag.matching_scale(graph, activation) * gradient
    turned = (1 - math.atan2(U[1], U[0]) / angle) / rate
    return equal(turned, v**2, ("share of the angle that goes, over alpha", "v*^2"))
