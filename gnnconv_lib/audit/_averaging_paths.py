"""What the claims on li2021's convergence share: mean products and population paths for q = 1.

Pure NumPy and vectorised over starts, because the checks run thousands of short paths. Book page
`book/li2021/convergence`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import activations, graphs
from gnnconv_lib.averaging_gnn.pair_measure import PairMeasure, graph_pairs
from gnnconv_lib.averaging_gnn.population_map import mehler_coefficients

__all__ = ["ALLOWED", "Path", "derivative_bound", "mean_product", "pairs", "path"]

# The activations that satisfy Assumptions 1 and 2 and are known to the library.
ALLOWED: tuple[str, ...] = ("relu", "leaky_relu(0.2)", "leaky_relu(0.05)", "tanh", "identity")


@cache
def pairs(size: float = 1.0, level: str = "node") -> PairMeasure:
    """Node level: disjoint copies of K_size. Graph level: five unequal graphs, read out by averages.

    >>> float(pairs(4).scale_x[0])
    0.5
    """
    if level == "graph":
        members = [graphs.path(3), graphs.star(4), graphs.complete(3), graphs.empty(2)]
        return graph_pairs([*members, graphs.empty(1)], "average")
    one = np.array([size**-0.5])
    return PairMeasure(one, one, np.ones(1), np.ones(1), 1)


@cache
def mean_product(
    activation: str, size: float = 1.0, level: str = "node"
) -> Callable[[Any], np.ndarray]:
    """The function M(c), the mean product of two outputs for v = 1 at the angle arccos c; see `pairs`.

    At node level E sigma(tau X) sigma(tau Y), corr(X, Y) = c, tau^2 = 1/size.

    >>> M = mean_product("relu")
    >>> float(M(1.0)), round(float(M(0.0)), 6)
    (0.5, 0.159155)
    """
    sigma, found = activations.get(activation), pairs(size, level)
    if sigma.homogeneous:
        left, right = -float(sigma(-1.0)), float(sigma(1.0))
        mass = found.weight * found.scale_x * found.scale_y

        def closed(c: Any) -> np.ndarray:
            c = np.clip(np.asarray(c, float)[..., None] * found.rho, -1.0, 1.0)
            bent = (np.sqrt(1 - c * c) + c * (np.pi - np.arccos(c))) / np.pi
            return np.asarray((left * right * c + (right - left) ** 2 / 2 * bent) @ mass)

        return closed
    coefficients = mehler_coefficients(sigma, found)
    grid = np.linspace(-1.0, 1.0, 40_001)
    table = np.polynomial.polynomial.polyval(grid, coefficients)
    # Interpolated between points 5e-5 apart: relative error below 1e-8.
    return lambda c: np.interp(np.asarray(c, float), grid, table)


def derivative_bound(activation: str, size: float = 1.0, level: str = "node") -> float:
    """K = Lip^2 times the mean variance of a read-out of the averaged features; it bounds M'.

    >>> derivative_bound("tanh", 4.0)
    0.25
    """
    found = pairs(size, level)
    spread = np.sum(found.weight * found.rho * found.scale_x * found.scale_y)
    return float(activations.get(activation).lipschitz ** 2 * spread)


@dataclass(frozen=True)
class Path:
    """Population paths: angle between W and W*, and v, of shape (steps + 1, starts)."""

    angle: np.ndarray
    v: np.ndarray

    @property
    def error_W(self) -> np.ndarray:
        """|W_t - W*| = 2 sin(angle / 2)."""
        return 2 * np.sin(self.angle / 2)


def path(
    product: Callable[[Any], np.ndarray],
    cosine: Any,
    v: Any,
    target: Any,
    rate: Any,
    steps: int,
    gain: float = 1.0,
) -> Path:
    """Algorithm 1 averaged over the data, q = 1, from angles arccos(cosine).

    Args:
        product: M of `mean_product`. gain: 1 for the mean reading, 1/n for the literal one.

    >>> found = path(mean_product("identity"), [1.0], [2.0], 1.0, 0.5, 1)
    >>> found.v[:, 0].tolist()
    [2.0, 1.5]
    """
    start = np.broadcast_arrays(np.asarray(cosine, float), np.asarray(v, float))
    angle, weight = np.arccos(start[0]), start[1].copy()
    top = product(1.0)
    angles, values = [angle], [weight]
    for _ in range(steps):
        c = np.cos(angle)
        keep, add = 1 - rate * gain * weight**2, rate * gain * weight * target
        turned = np.arctan2(keep * np.sin(angle), keep * c + add)
        weight = weight - rate * (top * weight - product(c) * target)
        angle = turned
        angles.append(angle)
        values.append(weight)
    return Path(np.array(angles), np.array(values))
