"""Dual activations by quadrature in the plane: slow, simple, independent of the series.

With X = a U + b V and Y = a U - b V, a = sqrt((1 + rho) / 2), b = sqrt((1 - rho) / 2), U and V are
independent standard Gaussians, and nothing degenerates at rho = 1 or -1. The trapezoid rule over
(U, V) converges geometrically for activations that are analytic near the real line.

Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from gnnconv_lib.precision import as_float_array

__all__ = ["expectation"]


def expectation(
    function: Callable[[jax.Array, jax.Array], jax.Array],
    rho: Any,
    spacing: float = 1 / 16,
    reach: float = 9.0,
) -> jax.Array:
    """The expectation E[function(X, Y)] for standard Gaussians X, Y with correlation rho.

    sum over u, v of spacing^2 phi(u) phi(v) function(a u + b v, a u - b v),

    where u and v run over spacing * {-N, ..., N}, N = reach / spacing, and phi is the density.

    Args:
        function: of two arrays of one shape; smooth, of at most polynomial growth.
        rho: correlations in [-1, 1], any shape; worked off one after another.

    Returns:
        an array of the shape of rho.

    >>> round(float(expectation(lambda x, y: x * x * y * y, 0.5)), 12)
    1.5
    """
    (rho,) = as_float_array(rho)
    count = round(reach / spacing)
    nodes = spacing * jnp.arange(-count, count + 1, dtype=rho.dtype)
    weights = spacing / jnp.sqrt(2 * jnp.pi) * jnp.exp(-nodes * nodes / 2)

    def one(correlation: jax.Array) -> jax.Array:
        along = jnp.sqrt((1 + correlation) / 2) * nodes[:, None]
        across = jnp.sqrt((1 - correlation) / 2) * nodes[None, :]
        return weights @ function(along + across, along - across) @ weights

    return jax.lax.map(one, rho.reshape(-1)).reshape(rho.shape)
