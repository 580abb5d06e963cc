"""One hidden unit: the fixed point opposite to the teacher.

Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_cases import small_graphs, values
from gnnconv_lib.audit._averaging_paths import mean_product, path
from gnnconv_lib.claims import (
    both,
    choice,
    claim,
    domain,
    equal,
    fixed,
    graph,
    lemma,
    less,
    proved,
    real,
    where,
)

_KINDS = ("leaky_relu(0.2)", "tanh", "swish", "sigmoid", "softplus")


def _points(budget: str) -> list[dict[str, Any]]:
    kinds = (*_KINDS, "relu", "identity")
    found = []
    for k, one in enumerate(small_graphs("quick")):
        chosen = kinds if one.nodes < 3 or budget == "full" else (kinds[k % 7], kinds[(k + 3) % 7])
        found += [
            {"graph": one, "activation": name, "target": target, "share": share}
            for name in chosen
            for target, share in ((1.0, 0.4999), (0.2, 0.25), (5.0, 0.001), (-2.0, 0.4))
        ]
    return found


OPPOSITE = domain(
    graph(),
    choice("activation", *_KINDS, "relu", "identity"),
    real("target", "(-inf, inf)", "v*", reach=2.0),
    where("v* ≠ 0", lambda target: target != 0),
    real("share", "(0, 1 / 2)", "αv*²"),
    fixed("population, mean reading, q = 1"),
    cases=_points,
    words=lambda graph, activation, target, share: (
        f"{graph.name}, {activation}, v* = {target:g}, αv*² = {share:g}"
    ),
)


def _ratio(activation: str) -> float:
    M = mean_product(activation)
    return float(M(-1.0)) / float(M(1.0))


def _products(graph: Any, activation: str) -> tuple[float, float]:
    """M(1) and M(-1), means of E σ(τZ)² and of E σ(τZ)σ(-τZ), by quadrature on each half-line."""
    sigma, tau = get(activation), (graph.degrees + 1.0) ** -0.5
    x, weight = np.polynomial.legendre.leggauss(200)
    z = 6 * (x + 1)
    density = 6 * weight * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    plus, minus = values(sigma, np.outer(tau, z)), values(sigma, np.outer(tau, -z))
    square = np.mean((plus**2 + minus**2) @ density)
    return float(square), float(np.mean(2 * plus * minus @ density))


@claim("companion:theorem-opposite-point/fixed", OPPOSITE, each=True, tolerance=1e-7)
def opposite_point_is_fixed(graph: Any, activation: str, target: float, share: float) -> Any:
    """(-W*, r v*) with r = M(-1)/M(1) is a fixed point for 0 < αv*² < 1/2."""
    model = ag.population_map(graph, activation, target)
    top, bottom = _products(graph, activation)
    r = bottom / top
    after = model.update(ag.Polar(math.pi, (r - 1) * target), share / target**2)
    found = [float(after.error), math.cos(float(after.angle))]
    names = ("after a step", "before it")
    sides = equal(np.array(found), np.array([(r - 1) * target, -1.0]), names, max(1.0, abs(target)))
    return both(sides, proved(stays_opposite(), sides=less(0.0, 1 - share * (r * r + r), _FACTOR)))


_FACTOR = ("0", "factor of -W*")


@lemma
def stays_opposite(r: Any, p: Any) -> Any:
    """U = -(1 - p (r² + r)) W* with p = αv*²: the factor is positive for |r| ≤ 1 and p < 1/2."""
    given = {"Cauchy-Schwarz": (r >= -1, r <= 1), "0 < αv*² < 1/2": (p > 0, 2 * p < 1)}
    return given, 1 - p * (r * r + r) > 0


@claim("companion:theorem-opposite-point/loss", OPPOSITE, each=True, tolerance=1e-7)
def opposite_loss(graph: Any, activation: str, target: float) -> Any:
    """Its loss is v*² M(1)(1 - r²)."""
    model = ag.population_map(graph, activation, target)
    top, bottom = _products(graph, activation)
    r = bottom / top
    loss = float(model.loss(ag.Polar(math.pi, (r - 1) * target)))
    return equal(loss, target**2 * top * (1 - r**2), ("loss", "formula"), target**2 * top)


ATTRACTED = domain(
    choice("activation", *_KINDS),
    real("phi", "(0, 0.05]", "π minus the angle"),
    real("share", "(0, 1)", "α over the smaller of 1/(2v*²) and 2/M(1)"),
    fixed("population, q = 1, isolated nodes, v* = 1, v_0 = r v*, 200 steps; r is not 0"),
    cases=lambda budget: [
        {"activation": name, "phi": phi, "share": share}
        for name in _KINDS
        for phi in (0.05, 0.001)
        for share in (0.4, 0.04, 0.97)
    ],
)


@claim("companion:theorem-opposite-point/attracts", ATTRACTED, each=True, tolerance=0.0)
def opposite_point_attracts(activation: str, phi: float, share: float) -> Any:
    """W comes closer to -W* if r < 0, and moves away if r > 0."""
    r = _ratio(activation)
    rate = share * min(0.5, 2 / float(mean_product(activation)(1.0)))
    found = path(mean_product(activation), [math.cos(math.pi - phi)], [r], 1.0, rate, 200)
    change = (math.pi - float(found.angle[-1, 0])) / phi - 1
    return less(change * math.copysign(1.0, -r), 0.0, ("growth of phi times the sign of -r", "0"))
