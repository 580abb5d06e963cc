"""One hidden unit: the fixed point opposite to the teacher.

Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag, graphs
from gnnconv_lib.audit._averaging_paths import mean_product, path
from gnnconv_lib.claims import choice, claim, domain, equal, fixed, less, real

_KINDS = ("leaky_relu(0.2)", "tanh", "swish", "sigmoid", "softplus")


OPPOSITE = domain(
    choice("activation", *_KINDS, "relu", "identity"),
    real("target", "(0, inf)", "v*", reach=4.0),
    fixed("population, q = 1, isolated nodes"),
    cases=lambda budget: [
        {"activation": name, "target": target}
        for name in (*_KINDS, "relu", "identity")
        for target in (1.0, 0.2, 5.0)
    ],
)


def _ratio(activation: str) -> float:
    M = mean_product(activation)
    return float(M(-1.0)) / float(M(1.0))


@claim("companion:theorem-opposite-point/fixed", OPPOSITE, each=True, tolerance=1e-7)
def opposite_point_is_fixed(activation: str, target: float) -> Any:
    """(-W*, r v*) with r = M(-1)/M(1) is a fixed point."""
    model = ag.population_map(graphs.empty(1), activation, target)
    r = _ratio(activation)
    after = model.update(ag.Polar(math.pi, (r - 1) * target), 0.01)
    found = [float(after.error), math.cos(float(after.angle))]
    names = ("after a step", "before it")
    return equal(np.array(found), np.array([(r - 1) * target, -1.0]), names, max(1.0, target))


@claim("companion:theorem-opposite-point/loss", OPPOSITE, each=True, tolerance=1e-7)
def opposite_loss(activation: str, target: float) -> Any:
    """Its loss is v*² M(1)(1 - r²)."""
    model = ag.population_map(graphs.empty(1), activation, target)
    r = _ratio(activation)
    loss = float(model.loss(ag.Polar(math.pi, (r - 1) * target)))
    M1 = float(mean_product(activation)(1.0))
    return equal(loss, target**2 * M1 * (1 - r**2), ("loss", "formula"), target**2 * M1)


ATTRACTED = domain(
    choice("activation", *_KINDS),
    real("phi", "(0, 0.05]", "π minus the angle"),
    fixed("population, q = 1, isolated nodes, v* = 1, v_0 = r v*, α = 0.2, 200 steps; r is not 0"),
    cases=lambda budget: [
        {"activation": name, "phi": phi} for name in _KINDS for phi in (0.05, 0.001)
    ],
)


@claim("companion:theorem-opposite-point/attracts", ATTRACTED, each=True, tolerance=0.0)
def opposite_point_attracts(activation: str, phi: float) -> Any:
    """W comes closer to -W* if r < 0, and moves away if r > 0."""
    r = _ratio(activation)
    found = path(mean_product(activation), [math.cos(math.pi - phi)], [r], 1.0, 0.2, 200)
    change = (math.pi - float(found.angle[-1, 0])) / phi - 1
    return less(change * math.copysign(1.0, -r), 0.0, ("growth of phi times the sign of -r", "0"))
