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
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from gnnconv_lib.activations import SQRT_TWO, Activation
from gnnconv_lib.dual.relu import scaled_relu, step, step_difference

__all__ = ["closed_form", "erf", "gelu", "leaky_relu", "sign"]

ClosedForm = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]


def closed_form(activation: Activation) -> ClosedForm | None:
    """The closed form for `activation` as a function of (rho, scale_x, scale_y), if there is one.

    It is that of the activation's `form`, and only as long as the form's function is its function.

    >>> from gnnconv_lib.activations import get
    >>> closed_form(get("tanh")) is None
    True
    """
    form = activation.form
    if form is None or form.function is not activation.function:
        return None
    if form.slope is not None:
        return partial(leaky_relu, form.slope)
    return _FORMS[form.name]


def leaky_relu(slope: float, rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """The dual of t for t >= 0 and slope t for t < 0, p q (a rho + (1 - a)^2 s(rho) / 2)."""
    if slope == 1:
        return scale_x * scale_y * rho
    bent = (1 - slope) ** 2 / 2 * scaled_relu(rho)
    return scale_x * scale_y * (slope * rho + bent if slope else bent)


def sign(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """The dual of sign, 2 arcsin(rho) / pi = s'(rho) - s'(-rho), and 0 if a scale is 0."""
    return jnp.where(scale_x * scale_y == 0, 0.0, 2 * step_difference(rho, 1.0))


@jax.custom_jvp
def erf(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """The dual of erf, (2 / pi) arctan(2 c / sqrt(1 + 2 p^2 + 2 q^2 + 4 p^2 q^2 (1 - rho^2))).

    The arc sine law with its argument turned into a tangent, which keeps the digits next to 1.
    """
    x, y, _, _ = _reduced(scale_x, scale_y)
    return 2 / jnp.pi * jnp.arctan2(2 * x * y * rho, _erf_root(rho, scale_x, scale_y))


def _erf_root(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """sqrt(1 + 2 p^2 + 2 q^2 + 4 p^2 q^2 (1 - rho^2)), divided by both units.

    At rho = 1 and -1 it may be as small as 10^-300: there it is scaled before it is squared.
    """
    x, y, small_x, small_y = _reduced(scale_x, scale_y)
    terms = small_x * small_y, SQRT_TWO * x * small_y, SQRT_TWO * y * small_x
    largest = jax.lax.stop_gradient(jnp.maximum(terms[0], jnp.maximum(terms[1], terms[2])))
    size = jnp.where((1 - rho) * (1 + rho) == 0, largest, 1.0)
    squares = sum((term / size) ** 2 for term in terms)
    steep = 2 * x * y / jnp.maximum(size, float(jnp.finfo(size.dtype).tiny) ** 0.45)
    return size * jnp.sqrt(squares + steep**2 * (1 - rho) * (1 + rho))


@erf.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (rho, scale_x, scale_y), (by_rho, by_x, by_y) = primals, tangents
    x, y, small_x, small_y = _reduced(scale_x, scale_y)
    root = _erf_root(rho, scale_x, scale_y)
    # 1 / (1 + 2 p^2) and 1 / (1 + 2 q^2)
    share_x = small_x * small_x / (small_x * small_x + 2 * x * x)
    share_y = small_y * small_y / (small_y * small_y + 2 * y * y)
    slope = x * y / root * by_rho
    slope = slope + rho * (y * small_x / root * share_x) * by_x
    slope = slope + rho * (x * small_y / root * share_y) * by_y
    return erf(rho, scale_x, scale_y), 4 / jnp.pi * slope


def gelu(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """The dual of t Phi(t), from Stein's identity applied twice.

    c / 4 + c arcsin(c / sqrt((1 + p)(1 + q))) / (2 pi)
      + (p q - c^2 + c^2 / (1 + p) + c^2 / (1 + q)) / (2 pi sqrt((1 + p)(1 + q) - c^2)),

    where here p = scale_x^2, q = scale_y^2 and c = rho scale_x scale_y. Beyond a scale s of 10^70
    (10^9 in float32), gelu(s t) is s max(t, 0) to all digits, and the scale is taken out.
    """
    largest = float(jnp.finfo(rho.dtype).max) ** 0.23
    x, y = jnp.minimum(scale_x, largest), jnp.minimum(scale_y, largest)
    outer_x = jnp.where(scale_x > largest, scale_x / largest, 1.0)
    outer_y = jnp.where(scale_y > largest, scale_y / largest, 1.0)
    return outer_x * (outer_y * _gelu(rho, x, y))


@jax.custom_jvp
def _gelu(rho: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
    c, gap, over_x, over_y, root = _gelu_parts(rho, x, y)
    density = gap / root + c * (c / root * (over_x + over_y))
    return (c * jnp.arctan2(root, -c) + density) / (2 * jnp.pi)


@_gelu.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    """With F as a function of p, q, c: its slopes by Price's theorem, sums of one sign in c."""
    (rho, x, y), (by_rho, by_x, by_y) = primals, tangents
    c, gap, over_x, over_y, root = _gelu_parts(rho, x, y)
    lean = c / root
    by_c = jnp.arctan2(root, -c) + lean * (1 / root / root + over_x + over_y)
    by_c = by_c / (2 * jnp.pi)

    def by_square(over: jax.Array, others: jax.Array) -> jax.Array:
        rest = (others + gap) * over
        tilt = (c * over) ** 2 * (1 + 1 / over / root / root)
        return ((1 + over) * rest - tilt) / (4 * jnp.pi * root)

    slope = x * y * by_c * by_rho
    slope = slope + (2 * x * by_square(over_x, y * y) + rho * y * by_c) * by_x
    slope = slope + (2 * y * by_square(over_y, x * x) + rho * x * by_c) * by_y
    return _gelu(rho, x, y), slope


def _gelu_parts(rho: jax.Array, x: jax.Array, y: jax.Array) -> tuple[jax.Array, ...]:
    """c, p q - c^2, 1 / (1 + p), 1 / (1 + q) and sqrt((1 + p)(1 + q) - c^2)."""
    p, q = x * x, y * y
    gap = p * q * (1 - rho) * (1 + rho)
    return rho * x * y, gap, 1 / (1 + p), 1 / (1 + q), jnp.sqrt(1 + p + q + gap)


def _reduced(scale_x: jax.Array, scale_y: jax.Array) -> tuple[jax.Array, ...]:
    """Both scales divided by their units, and one divided by each unit."""
    unit_x, unit_y = _unit(scale_x), _unit(scale_y)
    return scale_x / unit_x, scale_y / unit_y, 1 / unit_x, 1 / unit_y


def _unit(scale: jax.Array) -> jax.Array:
    """What a scale is divided by before it is squared: 1 up to 10^30 (7000 in float32), else itself.

    It cancels, so that derivatives may take it as a constant.
    """
    scale = jax.lax.stop_gradient(scale)
    return jnp.where(scale > float(jnp.finfo(scale.dtype).max) ** 0.1, scale, 1.0)


def _scaled_relu(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    return scale_x * scale_y * scaled_relu(rho)


def _step(rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array) -> jax.Array:
    """s'(rho); with sigma(0) = sqrt(2), a vanishing scale leaves sqrt(2) E[sigma] = 1, or 2."""
    still_x, still_y = scale_x == 0, scale_y == 0
    fixed = jnp.where(still_x & still_y, 2.0, 1.0)
    return jnp.where(still_x | still_y, fixed, step(rho))


_FORMS: dict[str, ClosedForm] = {
    "scaled_relu": _scaled_relu,
    "step": _step,
    "sign": sign,
    "erf": erf,
    "gelu": gelu,
}
