"""What the checks on li2021's convergence share: mean products, population paths, settings to search.

Pure NumPy and vectorised over starts, because the checks run thousands of short paths. Book page
`book/li2021/convergence`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import activations
from gnnconv_lib.averaging_gnn.pair_measure import PairMeasure
from gnnconv_lib.averaging_gnn.population_map import mehler_coefficients
from gnnconv_lib.bounds import li2021 as bounds

__all__ = ["ALLOWED", "Cases", "Path", "cases", "mean_product", "path", "setting_of"]

# The activations that satisfy Assumptions 1 and 2 and are known to the library.
TARGET = 0.5
ALLOWED: tuple[str, ...] = ("relu", "leaky_relu(0.2)", "leaky_relu(0.05)", "tanh", "identity")


@cache
def mean_product(activation: str, size: float = 1.0) -> Callable[[Any], np.ndarray]:
    """The function M(c) = E sigma(tau X) sigma(tau Y), corr(X, Y) = c, tau^2 = 1/size.

    >>> M = mean_product("relu")
    >>> float(M(1.0)), round(float(M(0.0)), 6)
    (0.5, 0.159155)
    """
    sigma = activations.get(activation)
    if sigma.homogeneous:
        left, right = -float(sigma(-1.0)), float(sigma(1.0))

        def closed(c: Any) -> np.ndarray:
            c = np.clip(c, -1.0, 1.0)
            bent = (np.sqrt(1 - c * c) + c * (np.pi - np.arccos(c))) / np.pi
            return np.asarray((left * right * c + (right - left) ** 2 / 2 * bent) / size)

        return closed
    one = np.array([size**-0.5])
    pairs = PairMeasure(one, one, np.ones(1), np.ones(1), 1)
    coefficients = mehler_coefficients(sigma, pairs)
    grid = np.linspace(-1.0, 1.0, 40_001)
    table = np.polynomial.polynomial.polyval(grid, coefficients)
    # Interpolated between points 5e-5 apart: relative error below 1e-8.
    return lambda c: np.interp(np.asarray(c, float), grid, table)


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


def setting_of(
    cosine: float, v: float, target: float = 1.0, size: float = 1.0, share: float = 0.5, **more: Any
) -> bounds.Setting:
    """A node-level setting with d = 2, q = 1 and the step size `share` times the limit (40)."""
    base = bounds.Setting(
        features=2,
        distance=abs(v - target),
        target=abs(target),
        product=v * target,
        trace=cosine,
        mean_size=size,
        smallest_size=size,
        **more,
    )
    return base.but(learning_rate=share * bounds.equation_40(base))


@dataclass(frozen=True)
class Cases:
    """Starts to search: cosine, v_0 and rho of (17), step size, and the paths, one column per start."""

    settings: tuple[bounds.Setting, ...]
    cosine: np.ndarray
    v: np.ndarray
    rho: np.ndarray
    rate: np.ndarray
    path: Path


@cache
def cases(activation: str, budget: str, size: float = 1.0, share: float = 0.9) -> Cases:
    """Population paths with v* = 1/2 from corner starts that (39) allows: nearly orthogonal W_0.

    The paths cover 18 units of time 1/(largest step size), in "full" 60.
    """
    cosines = (0.001, 0.5) if budget == "quick" else (1e-6, 0.001, 0.01, 0.1, 0.5, 0.9)
    starts = (0.05, 0.5) if budget == "quick" else (0.001, 0.02, 0.05, 0.1, 0.5, 1.0, 3.0)
    grid = [(c, v) for c in cosines for v in starts]
    made = tuple(setting_of(c, v, TARGET, size=size, share=share) for c, v in grid)
    cosine, v = np.array(grid).T
    rate = np.array([entry.learning_rate for entry in made])
    steps = int((18 if budget == "quick" else 60) / rate.max())
    rho = np.array([bounds.equation_17(entry) for entry in made])
    found = path(mean_product(activation, size), cosine, v, TARGET, rate, min(steps, 40_000))
    return Cases(made, cosine, v, rho, rate, found)
