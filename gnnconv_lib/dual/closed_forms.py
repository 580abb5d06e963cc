"""Dual activations in closed form, for any two scales p = scale_x and q = scale_y.

| activation | E[sigma(p X) sigma(q Y)] |
|---|---|
| sqrt(2) max(t, 0) | p q s(rho), with s of `gnnconv_lib.dual.relu` |
| t for t >= 0, a t for t < 0 | p q (a rho + (1 - a)^2 s(rho) / 2) |
| sqrt(2) 1(t >= 0) | s'(rho) for p, q > 0 |
| sign | 2 arcsin(rho) / pi for p, q > 0 |
| erf | (2 / pi) arcsin(2 c / sqrt((1 + 2 p^2)(1 + 2 q^2))), c = rho p q |
| gelu, t Phi(t) | see `gelu` |

Reference: awasthi2021, Definition 1, of which these are the values for unit scales. Book page:
book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

from gnnconv_lib.activations import Activation
from gnnconv_lib.dual.relu import scaled_relu, step, step_difference

__all__ = ["closed_form", "erf", "gelu", "leaky_relu", "sign"]

ClosedForm = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]


def closed_form(activation: Activation) -> ClosedForm | None:
    """The closed form for `activation` as a function of (rho, scale_x, scale_y), if there is one.

    >>> from gnnconv_lib.activations import get
    >>> closed_form(get("tanh")) is None
    True
    """
    slope = activation.slope
    if slope is not None:
        return lambda rho, scale_x, scale_y: leaky_relu(slope, rho, scale_x, scale_y)
    return _BY_NAME.get(activation.name)


def leaky_relu(slope: float, rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """The dual of t for t >= 0 and slope t for t < 0, p q (a rho + (1 - a)^2 s(rho) / 2)."""
    if slope == 1:
        return scale_x * scale_y * rho
    bent = (1 - slope) ** 2 / 2 * scaled_relu(rho)
    return scale_x * scale_y * (slope * rho + bent if slope else bent)


def sign(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """The dual of sign, 2 arcsin(rho) / pi = s'(rho) - s'(-rho), and 0 if a scale is 0."""
    return jnp.where(scale_x * scale_y == 0, 0.0, 2 * step_difference(rho, 1.0))


def erf(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """The dual of erf, (2 / pi) arctan(2 c / sqrt(1 + 2 p^2 + 2 q^2 + 4 p^2 q^2 (1 - rho^2))).

    The arc sine law with its argument turned into a tangent, which keeps the digits next to 1.
    """
    p, q = scale_x * scale_x, scale_y * scale_y
    rest = 1 + 2 * p + 2 * q + 4 * p * q * (1 - rho) * (1 + rho)
    return 2 / jnp.pi * jnp.arctan2(2 * scale_x * scale_y * rho, jnp.sqrt(rest))


def gelu(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """The dual of t Phi(t), from Stein's identity applied twice.

    c / 4 + c arcsin(c / sqrt((1 + p)(1 + q))) / (2 pi)
      + (p q - c^2 + c^2 / (1 + p) + c^2 / (1 + q)) / (2 pi sqrt((1 + p)(1 + q) - c^2)),

    where here p = scale_x^2, q = scale_y^2 and c = rho scale_x scale_y.
    """
    p, q = scale_x * scale_x, scale_y * scale_y
    c = rho * scale_x * scale_y
    gap = p * q * (1 - rho) * (1 + rho)
    root = jnp.sqrt(1 + p + q + gap)
    density = (gap + c * c * (1 / (1 + p) + 1 / (1 + q))) / root
    return c / 4 + (c * jnp.arctan2(c, root) + density) / (2 * jnp.pi)


def _scaled_relu(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    return scale_x * scale_y * scaled_relu(rho)


def _step(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """s'(rho); with sigma(0) = sqrt(2), a vanishing scale leaves sqrt(2) E[sigma] = 1, or 2."""
    still_x, still_y = scale_x == 0, scale_y == 0
    fixed = jnp.where(still_x & still_y, 2.0, 1.0)
    return jnp.where(still_x | still_y, fixed, step(rho))


_BY_NAME: dict[str, ClosedForm] = {
    "scaled_relu": _scaled_relu,
    "step": _step,
    "sign": sign,
    "erf": erf,
    "gelu": gelu,
}
