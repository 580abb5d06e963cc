"""Dual activations from their Gaussian definition, by quadrature: slow, simple, nobody's shortcut.

`dual_activation` is Definition 1; it picks one of two rules.

`expectation` is for smooth activations. With a = sqrt((1 + rho) / 2), b = sqrt((1 - rho) / 2),
X = a U + b V and Y = a U - b V, the variables U and V are independent standard Gaussians, and
nothing degenerates at rho = 1 or -1. The trapezoid rule over (U, V) converges geometrically for
activations that are analytic near the real line.

`by_angle` is for activations made of two rays, sigma(t) = |t|^degree sigma(sign t): the radius
integrates out, and Gauss-Legendre rules between the four angles where a kink is met are exact to
rounding.

Reference: awasthi2021, Definition 1. Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gnnconv_lib.activations import Activation, get
from gnnconv_lib.validation import InvalidInput

__all__ = ["by_angle", "dual_activation", "expectation"]


def dual_activation(
    activation: str | Activation,
    rho: Any,
    scale_x: float = 1.0,
    scale_y: float = 1.0,
    derivative: bool = False,
) -> np.ndarray:
    """E[sigma(scale_x X) sigma(scale_y Y)] for standard Gaussians of correlation rho.

    Args:
        activation: a name known to `gnnconv_lib.activations.get`, or an `Activation`.
        rho: correlations in [-1, 1], any shape.
        scale_x, scale_y: positive.
        derivative: whether sigma' takes the place of sigma.

    Returns:
        float64 array of the shape of rho.

    Raises:
        InvalidInput: for a kinked activation that is not made of two rays from 0, or a scale that
            is not positive.

    Reference: awasthi2021, Definition 1.

    >>> float(dual_activation("identity", 0.25).round(12))
    0.25
    >>> float(dual_activation("relu", 0.0).round(12)) == round(1 / (2 * np.pi), 12)
    True
    """
    activation = get(activation)
    for name, scale in (("scale_x", scale_x), ("scale_y", scale_y)):
        if not scale > 0:
            raise InvalidInput(f"{name} must be positive, got {scale!r}.")
    function = activation.derivative if derivative else activation.function
    if not activation.kinks:
        return expectation(
            lambda x, y: np.asarray(function(scale_x * x)) * np.asarray(function(scale_y * y)), rho
        )
    rays = np.array([-2.0, -1.0, 1.0, 2.0])
    values = np.asarray(function(rays), np.float64)
    for degree in (0, 1):
        if np.array_equal(values[[0, 3]], 2.0**degree * values[[1, 2]]):
            return (scale_x * scale_y) ** degree * by_angle(function, rho, degree)
    raise InvalidInput(f"activation must be smooth or made of two rays, got {activation.name!r}.")


def expectation(
    function: Callable[[Any, Any], Any], rho: Any, spacing: float = 1 / 12, reach: float = 9.0
) -> np.ndarray:
    """The expectation E[function(X, Y)] for standard Gaussians X, Y with correlation rho.

    sum over u, v of spacing^2 phi(u) phi(v) function(a u + b v, a u - b v),

    where u and v run over spacing * {-N, ..., N}, N = reach / spacing, and phi is the density.

    Args:
        function: of two arrays of one shape; smooth, of at most polynomial growth.
        rho: correlations in [-1, 1], any shape; worked off one after another.

    Returns:
        float64 array of the shape of rho.

    >>> round(float(expectation(lambda x, y: x * x * y * y, 0.5)), 12)
    1.5
    """
    correlations = np.asarray(rho, np.float64)
    count = round(reach / spacing)
    nodes = spacing * np.arange(-count, count + 1)
    weights = spacing / np.sqrt(2 * np.pi) * np.exp(-nodes * nodes / 2)
    values = []
    for correlation in correlations.ravel():
        along = np.sqrt((1 + correlation) / 2) * nodes[:, None]
        across = np.sqrt((1 - correlation) / 2) * nodes[None, :]
        values.append(weights @ np.asarray(function(along + across, along - across)) @ weights)
    return np.array(values).reshape(correlations.shape)


def by_angle(function: Callable[[Any], Any], rho: Any, degree: int, nodes: int = 32) -> np.ndarray:
    """The dual of a positively homogeneous function of degree 0 or 1, by its angular integral.

    (2^degree / (2 pi)) int_0^(2 pi) sigma(cos(a)) sigma(cos(a - theta)) da, theta = arccos(rho).

    Args:
        function: sigma, with sigma(r t) = r^degree sigma(t) for r > 0.
        rho: correlations in [-1, 1], any shape.
        degree: 0 (steps) or 1 (ReLU and its like).
        nodes: of the Gauss-Legendre rule on each of the four arcs.

    Returns:
        float64 array of the shape of rho.

    >>> float(by_angle(lambda t: np.maximum(t, 0.0), 1.0, degree=1).round(12))
    0.5
    """
    theta = np.arccos(np.asarray(rho, np.float64))[..., None, None]
    ends = np.concatenate(
        [theta * 0 + np.pi / 2 * np.array([1, 3]), theta + np.pi / 2 * np.array([1, 3])], axis=-1
    )
    ends = np.sort(np.mod(ends, 2 * np.pi), axis=-1)
    widths = np.diff(ends, axis=-1, append=ends[..., :1] + 2 * np.pi)
    points, weights = np.polynomial.legendre.leggauss(nodes)
    angles = ends[..., None] + widths[..., None] * (points + 1) / 2
    values = np.asarray(function(np.cos(angles))) * np.asarray(
        function(np.cos(angles - theta[..., None]))
    )
    return 2**degree / (4 * np.pi) * np.sum(values @ weights * widths, axis=(-2, -1))
