"""Dual activations of the ReLU family, to a few units in the last place on all of [-1, 1].

With h = 1 - |rho|, the dual s of sqrt(2) max(t, 0) and its derivative s', the dual of the step
sqrt(2) 1(t >= 0), are

    s(rho)  = max(rho, 0) + h^1.5 Q(h),
    s'(rho) = h^0.5 P(h) for rho < 0, and 1 - h^0.5 P(h) otherwise,

where Q and P are polynomials (`relu_coefficients`). The textbook forms
(sqrt(1 - rho^2) + rho (pi - arccos rho)) / pi and 1 - arccos(rho) / pi lose every digit next to
rho = -1, where s vanishes like h^1.5. Here every step is a sum of terms of one sign.

The functions take JAX arrays, follow their type (float32 or float64) and work under `jit`,
`vmap` and `grad`. They do not check rho: outside of [-1, 1] the result is NaN, but up to four units
in the last place beyond an end, as rounding may leave it, is that end. Derivatives at the ends:
s'(1) = 1, s'(-1) = 0, and s'' = +inf, its limit. A second derivative along a direction in which
rho does not move, with rho exactly 1 or -1, is therefore 0 * inf = NaN.

Reference: awasthi2021, Definition 1 and the text below Eq. (14). Book page:
book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from numpy.typing import ArrayLike

from gnnconv_lib.dual.relu_coefficients import P_DOUBLE, P_SINGLE, Q_DOUBLE, Q_SINGLE
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "scaled_relu",
    "scaled_relu_difference",
    "step",
    "step_difference",
]


def scaled_relu(rho: Numbers[ArrayLike, "*points"]) -> Float[jax.Array, "*points"]:
    """The dual activation s of sqrt(2) max(t, 0), s(rho) = max(rho, 0) + h^1.5 Q(h), h = 1 - |rho|.

    Args:
        rho: correlations in [-1, 1], any shape.

    Returns:
        s(rho), same shape; NaN outside of [-1, 1].

    Reference: awasthi2021, Definition 1.

    >>> [round(float(scaled_relu(rho)), 6) for rho in (-1.0, 0.0, 1.0)]
    [0.0, 0.31831, 1.0]
    """
    (rho,) = as_float_array(rho)
    negative, distance = _distance_to_end(rho)
    return jnp.where(negative, 0.0, rho) + _lower_end(distance)


def step(rho: Numbers[ArrayLike, "*points"]) -> Float[jax.Array, "*points"]:
    """The dual activation of sqrt(2) 1(t >= 0), which is s', s'(rho) = 1 - arccos(rho) / pi.

    Args:
        rho: correlations in [-1, 1], any shape.

    Returns:
        s'(rho), same shape, with relative accuracy also next to rho = -1; NaN outside of [-1, 1].

    Reference: awasthi2021, text below Eq. (14).

    >>> [float(step(rho)) for rho in (-1.0, 0.0, 1.0)]
    [0.0, 0.5, 1.0]
    """
    (rho,) = as_float_array(rho)
    return _step_at(*_distance_to_end(rho))


def scaled_relu_difference(
    rho: Numbers[ArrayLike, "*#points"], t: Numbers[ArrayLike, "*#points"]
) -> Float[jax.Array, "*points"]:
    """The difference s(rho) - s(rho (1 - t)), with relative accuracy for every rho and t.

    With h = 1 - |rho|, k = h + gap, gap = |rho| min(t, 2 - t) and the divided difference g[h, k]
    of g(h) = h^1.5 Q(h), which lies in [0, 1/2]:

        |rho| min(t, 1) - gap g[h, k]          for rho >= 0,
        -(|rho| max(t - 1, 0) + gap g[h, k])   for rho < 0.

    Args:
        rho: correlations in [-1, 1].
        t: relative decrease in [0, 2], broadcast against rho.

    Returns:
        the difference, in the common shape; nonnegative for rho >= 0.

    >>> float(scaled_relu_difference(1.0, 1e-40)) == 1e-40
    True
    >>> float(scaled_relu_difference(0.0, 0.5)), float(scaled_relu_difference(1.0, 2.0))
    (0.0, 1.0)
    """
    rho, t = as_float_array(rho, t)
    negative, distance = _distance_to_end(rho)
    size = jnp.where(negative, -rho, rho)
    near = t <= 1
    change = _lower_end_change(distance, size * jnp.where(near, t, 2 - t))
    rising = size * jnp.where(near, t, 1.0)
    falling = size * jnp.where(near, 0.0, t - 1)
    return jnp.where(negative, -(falling + change), rising - change)


def step_difference(
    rho: Numbers[ArrayLike, "*#points"], t: Numbers[ArrayLike, "*#points"]
) -> Float[jax.Array, "*points"]:
    """The difference s'(rho) - s'(rho (1 - t)), with relative accuracy for every rho and t.

    With k(h) = h^0.5 P(h) and the same h and gap as `scaled_relu_difference`, it
    has the sign of rho and the size

        k(h + gap) - k(h)                               for t <= 1,
        (k(1) - k(h)) + (k(1) - k(h + gap))             for t > 1,

    each bracket taken as a divided difference. Same arguments as `scaled_relu_difference`.

    >>> float(step_difference(1.0, 2.0)), float(step_difference(1.0, 1.0))
    (1.0, 0.5)
    """
    rho, t = as_float_array(rho, t)
    negative, distance = _distance_to_end(rho)
    size = jnp.where(negative, -rho, rho)
    near = t <= 1
    beyond = size * jnp.where(near, 0.0, t - 1)
    change = _slope_change(distance, size * jnp.where(near, t, 1.0))
    change = change + _slope_change(distance + size * jnp.where(near, t, 2 - t), beyond)
    return jnp.where(negative, -change, change)


def _distance_to_end(rho: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Whether rho < 0, and h = 1 - |rho|. Branches, so that the derivative at 0 is one-sided."""
    negative = rho < 0
    distance = 1 - jnp.where(negative, -rho, rho)
    slack = -4 * float(jnp.finfo(distance.dtype).eps)
    beyond = (distance < 0) & (distance >= slack)
    return negative, distance - jax.lax.stop_gradient(jnp.where(beyond, distance, 0.0))


def _step_at(negative: jax.Array, distance: jax.Array) -> jax.Array:
    slope = _lower_end_slope(distance)
    return jnp.where(negative, slope, 1 - slope)


def _coefficients(kind: str, dtype: Any) -> tuple[float, ...]:
    if kind == "Q":
        return Q_DOUBLE if dtype == jnp.float64 else Q_SINGLE
    return P_DOUBLE if dtype == jnp.float64 else P_SINGLE


@partial(jax.jit, static_argnums=0)
def _polynomial(kind: str, h: jax.Array) -> jax.Array:
    """Q or P at h by Horner's rule. Outside of [0, 1] the callers' square root gives NaN."""
    first, *rest = reversed(_coefficients(kind, h.dtype))
    value = jnp.full_like(h, first)
    for coefficient in rest:
        value = value * h + coefficient
    return value


@partial(jax.jit, static_argnums=0)
def _polynomial_pair(kind: str, h: jax.Array, k: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The polynomial at k, and its divided difference between h and k."""
    first, *rest = reversed(_coefficients(kind, h.dtype))
    value, difference = jnp.full_like(k, first), jnp.zeros_like(k)
    for coefficient in rest:
        difference = difference * h + value
        value = value * k + coefficient
    return value, difference


def _roots(h: jax.Array, k: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """sqrt(h), sqrt(k) and their sum, with the sum replaced by 1 where both are 0."""
    root_h, root_k = jnp.sqrt(h), jnp.sqrt(k)
    total = root_h + root_k
    return root_h, root_k, jnp.where(total == 0, 1.0, total)


@jax.custom_jvp
def _lower_end(h: jax.Array) -> jax.Array:
    """g(h) = s(-1 + h) = h^1.5 Q(h) for h in [0, 1]; also s(1 - h) - (1 - h)."""
    return h * jnp.sqrt(h) * _polynomial("Q", h)


@jax.custom_jvp
def _lower_end_slope(h: jax.Array) -> jax.Array:
    """g'(h) = s'(-1 + h) = h^0.5 P(h) = arccos(1 - h) / pi for h in [0, 1]."""
    return jnp.sqrt(h) * _polynomial("P", h)


@jax.custom_jvp
def _lower_end_second(h: jax.Array) -> jax.Array:
    """g''(h) = 1 / (pi sqrt(h (2 - h)))."""
    return 1 / (jnp.pi * jnp.sqrt(h * (2 - h)))


@_lower_end.defjvp
def _(primals: tuple[jax.Array], tangents: tuple[jax.Array]) -> tuple[jax.Array, jax.Array]:
    (h,), (dh,) = primals, tangents
    return _lower_end(h), _lower_end_slope(h) * dh


@_lower_end_slope.defjvp
def _(primals: tuple[jax.Array], tangents: tuple[jax.Array]) -> tuple[jax.Array, jax.Array]:
    (h,), (dh,) = primals, tangents
    return _lower_end_slope(h), _lower_end_second(h) * dh


@_lower_end_second.defjvp
def _(primals: tuple[jax.Array], tangents: tuple[jax.Array]) -> tuple[jax.Array, jax.Array]:
    (h,), (dh,) = primals, tangents
    value = _lower_end_second(h)
    return value, (h - 1) * jnp.pi**2 * value**3 * dh


@jax.custom_jvp
def _lower_end_change(h: jax.Array, gap: jax.Array) -> jax.Array:
    """g(k) - g(h) with k = h + gap.

    From (k^1.5 - h^1.5) / (k - h) = (k + sqrt(h k) + h) / (sqrt h + sqrt k), a sum of one sign.
    """
    k = h + gap
    root_h, root_k, total = _roots(h, k)
    value, difference = _polynomial_pair("Q", h, k)
    powers = (k + root_h * root_k + h) / total
    return gap * (value * powers + h * root_h * difference)


@jax.custom_jvp
def _slope_change(h: jax.Array, gap: jax.Array) -> jax.Array:
    """g'(k) - g'(h), k = h + gap, from (sqrt k - sqrt h) / (k - h) = 1 / (sqrt h + sqrt k)."""
    k = h + gap
    root_h, _, total = _roots(h, k)
    value, difference = _polynomial_pair("P", h, k)
    return gap * (value / total + root_h * difference)


def _lower_end_change_rule(primals: Any, tangents: Any) -> tuple[jax.Array, Any]:
    (h, gap), (dh, dgap) = primals, tangents
    by_h = _times(lambda: _slope_change(h, gap), dh)
    by_gap = _times(lambda: _lower_end_slope(h + gap), dgap)
    value = _lower_end_change(h, gap)
    return value, jnp.broadcast_to(by_h + by_gap, value.shape)


def _slope_change_rule(primals: Any, tangents: Any) -> tuple[jax.Array, Any]:
    (h, gap), (dh, dgap) = primals, tangents
    by_h = _times(lambda: _lower_end_second(h + gap) - _lower_end_second(h), dh)
    by_gap = _times(lambda: _lower_end_second(h + gap), dgap)
    value = _slope_change(h, gap)
    return value, jnp.broadcast_to(by_h + by_gap, value.shape)


def _times(factor: Callable[[], jax.Array], tangent: Any) -> Any:
    """factor() * tangent, not forming a possibly infinite factor for a fixed argument."""
    return 0.0 if isinstance(tangent, SymbolicZero) else factor() * tangent


_lower_end_change.defjvp(_lower_end_change_rule, symbolic_zeros=True)
_slope_change.defjvp(_slope_change_rule, symbolic_zeros=True)
