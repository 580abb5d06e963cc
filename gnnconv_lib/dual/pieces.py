"""Dual activations of functions with kinks and no closed form: quadrature between the kinks.

E[sigma(p X) sigma(q Y)] = E[sigma(p X) m(X)],  m(x) = E[sigma(q (rho x + sqrt(1 - rho^2) Z))].

Both integrals are Gauss-Legendre sums on panels that end where an argument meets a kink. The inner
mean m bends quickly near x = kink / (q rho) when rho is near 1: panels shrink towards these points.

Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib.activations import Activation
from gnnconv_lib.validation import InvalidInput

__all__ = ["pieces"]

_REACH = 12.0  # the Gaussian's tails beyond hold less than 4e-33
_PANELS = np.linspace(-_REACH, _REACH, 25)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_GRADED = np.append(np.outer([-1, 1], 0.5 ** np.arange(1, 34)), 0.0)
_ROWS = 500


def pieces(
    activation: Activation, rho: Any, scale_x: Any, scale_y: Any, derivative: bool = False
) -> jax.Array:
    """The dual of an activation that is smooth between its kinks, or its derivative in rho.

    Args:
        activation: with all its kinks listed.
        rho, scale_x, scale_y: known arrays that broadcast.
        derivative: p q E[sigma'(p X) sigma'(q Y)] instead, for continuous sigma.

    Raises:
        InvalidInput: under `jit`, `vmap` or `grad`, and for the derivative of a function with jumps.

    >>> from gnnconv_lib.activations import custom
    >>> relu = custom(lambda t: jnp.maximum(t, 0.0), kinks=(0.0,))
    >>> abs(float(pieces(relu, 1.0, 1.0, 1.0)) - 0.5) < 1e-13
    True
    """
    if any(isinstance(value, jax.core.Tracer) for value in (rho, scale_x, scale_y)):
        raise InvalidInput(
            f"activation {activation.name!r} has kinks and no closed form, and its dual cannot be "
            "traced by jax.jit, vmap or grad; call dual.dual and dual.derivative on known numbers."
        )
    if derivative and not np.isfinite(activation.lipschitz):
        raise InvalidInput(f"activation must be continuous, got {activation.name!r} with jumps.")
    function = activation.derivative if derivative else activation.function
    parts = np.broadcast_arrays(*(np.asarray(part, np.float64) for part in (rho, scale_x, scale_y)))
    values = [
        _one(function, activation.kinks, *(float(entry) for entry in point))
        * (point[1] * point[2] if derivative else 1.0)
        for point in zip(*(part.ravel() for part in parts), strict=True)
    ]
    return jnp.asarray(np.reshape(values, parts[0].shape), jnp.asarray(rho).dtype)


def _one(function: Any, kinks: tuple[float, ...], rho: float, p: float, q: float) -> float:
    across = np.sqrt((1 - rho) * (1 + rho))
    outer = [kink / p for kink in kinks if p > 0]
    meeting = [kink / (q * rho) for kink in kinks if q * rho != 0]
    graded = [point + 4 * step for point in meeting for step in _GRADED]
    x, weight = _rule(np.array(outer + graded)[None, :])
    x, weight = x[0], weight[0]
    left = np.asarray(function(jnp.asarray(p * x)), np.float64)
    if across == 0:
        return float(np.sum(weight * left * np.asarray(function(jnp.asarray(q * rho * x)))))
    means = []
    for start in range(0, len(x), _ROWS):
        rows = x[start : start + _ROWS, None]
        bends = np.array(kinks) / q if q > 0 else np.zeros(1)
        ends = (bends - rho * rows) / across
        z, inner = _rule(ends)
        values = np.asarray(function(jnp.asarray(q * (rho * rows + across * z))), np.float64)
        means.append(np.sum(values * inner, axis=1))
    return float(np.sum(weight * left * np.concatenate(means)))


def _rule(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for the Gaussian density, one row of panels for each row of `ends`."""
    fixed = np.broadcast_to(_PANELS, (len(ends), len(_PANELS)))
    edges = np.sort(np.concatenate([fixed, np.clip(ends, -_REACH, _REACH)], axis=1), axis=1)
    half = np.diff(edges, axis=1)[..., None] / 2
    z = (edges[:, :-1, None] + half + half * _NODES).reshape(len(ends), -1)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return z, (half * _WEIGHTS).reshape(len(ends), -1) * density
