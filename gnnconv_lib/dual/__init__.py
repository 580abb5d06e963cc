"""Dual activations: sigma-hat(rho) = E[sigma(X) sigma(Y)] for Gaussians of correlation rho.

`dual` picks the route: a closed form where there is one (`closed_forms`, with the ReLU family of
`relu`), otherwise a series computed once per pair of scales (`series`). The definition itself, by
slow quadrature, is `gnnconv_lib.witnesses.dual_activation`.

Reference: awasthi2021, Definition 1. Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.activations import Activation, get
from gnnconv_lib.dual.closed_forms import closed_form
from gnnconv_lib.dual.pieces import pieces
from gnnconv_lib.dual.relu import (
    scaled_relu,
    scaled_relu_difference,
    step,
    step_difference,
)
from gnnconv_lib.dual.series import LARGEST_SCALE, evaluate
from gnnconv_lib.precision import as_numbers, working_dtype
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "LARGEST_SCALE",
    "derivative",
    "dual",
    "route",
    "scaled_relu",
    "scaled_relu_difference",
    "step",
    "step_difference",
]


def dual(
    activation: str | Activation,
    rho: Numbers[ArrayLike, "*#points"],
    scale_x: Numbers[ArrayLike, "*#points"] = 1.0,
    scale_y: Numbers[ArrayLike, "*#points"] = 1.0,
) -> Float[jax.Array, "*points"]:
    """The dual activation E[sigma(scale_x X) sigma(scale_y Y)] at correlation rho.

    Here X and Y are standard Gaussians with E[X Y] = rho. Works under `jit` (with the activation
    fixed), `vmap` and `grad`, in all three array arguments.

    Args:
        activation: a name known to `gnnconv_lib.activations.get`, or an `Activation`.
        rho: correlations in [-1, 1], any shape; up to 8 units in the last place beyond 1 or -1 is 1
            or -1.
        scale_x, scale_y: nonnegative, broadcast against rho. At most `LARGEST_SCALE` = 3 for
            activations without a closed form.

    Returns:
        an array of the common shape. Absolute error at most 1e-13 in float64, for the GELU at most
        1e-13 max(1, scale_x scale_y) where that product does not overflow; a few units in the last
        place for the ReLU family.

    Raises:
        InvalidInput: for rho or a scale out of range, where their values are known. Under
            tracing they are not, and the result there is NaN.

    Reference: awasthi2021, Definition 1.

    >>> float(dual("identity", 0.5)), round(float(dual("sign", 0.5)), 12)
    (0.5, 0.333333333333)
    >>> dual("tanh", [-1.0, 0.0, 1.0]).shape
    (3,)
    """
    activation = get(activation)
    closed = closed_form(activation)
    rho, scale_x, scale_y = _arrays(rho, scale_x, scale_y)
    by_pieces = closed is None and bool(activation.kinks)
    largest = np.inf if closed is not None else LARGEST_SCALE
    rho = _in_range("rho", rho, -1.0, 1.0)
    scale_x = _in_range("scale_x", scale_x, 0.0, largest)
    scale_y = _in_range("scale_y", scale_y, 0.0, largest)
    if by_pieces:
        return pieces(activation, rho, scale_x, scale_y)
    if closed is None:
        return evaluate(activation, rho, scale_x, scale_y)
    shape = jnp.broadcast_shapes(rho.shape, scale_x.shape, scale_y.shape)
    return jnp.broadcast_to(closed(rho, scale_x, scale_y), shape)


def derivative(
    activation: str | Activation,
    rho: Numbers[ArrayLike, "*#points"],
    scale_x: Numbers[ArrayLike, "*#points"] = 1.0,
    scale_y: Numbers[ArrayLike, "*#points"] = 1.0,
) -> Float[jax.Array, "*points"]:
    """The derivative of the dual activation in rho.

    d/d rho E[sigma(p X) sigma(q Y)] = p q E[sigma'(p X) sigma'(q Y)], p = scale_x, q = scale_y,
    for continuous sigma. For the step and sign, whose sigma' is a point mass, it is the density
    of (X, Y) at the origin times the squared jump, infinite at rho = 1 and -1.

    Same arguments, returns and errors as `dual`.

    Reference: awasthi2021, text below Eq. (14).

    >>> float(derivative("scaled_relu", 0.0)), float(derivative("scaled_relu", 1.0))
    (0.5, 1.0)
    """
    activation = get(activation)
    rho, scale_x, scale_y = _arrays(rho, scale_x, scale_y)
    shape = jnp.broadcast_shapes(rho.shape, scale_x.shape, scale_y.shape)
    rho = jnp.broadcast_to(rho, shape)
    _in_range("rho", rho, -1.0, 1.0)

    if closed_form(activation) is None and activation.kinks:
        return pieces(activation, rho, scale_x, scale_y, derivative=True)

    def of_rho(entry: jax.Array) -> jax.Array:
        return dual(activation, entry, scale_x, scale_y)

    return jax.jvp(of_rho, (rho,), (jnp.ones_like(rho),))[1]


def route(activation: str | Activation) -> str:
    """The way in which `dual` computes: "closed form", "series", or "quadrature" where there are kinks.

    >>> route("gelu"), route("tanh")
    ('closed form', 'series')
    """
    activation = get(activation)
    if closed_form(activation) is not None:
        return "closed form"
    return "quadrature" if activation.kinks else "series"


def _arrays(rho: Any, *scales: Any) -> tuple[jax.Array, ...]:
    """All as arrays of one type, with known scales kept as NumPy arrays.

    Under `jit` a JAX array made from a number would be a tracer, and the number unknown.
    """
    rho, *read = (as_numbers(value) for value in (rho, *scales))
    dtype = working_dtype(rho, *read)
    known = [not isinstance(scale, jax.core.Tracer) for scale in read]
    modules = [np if is_known else jnp for is_known in known]
    arrays = [module.asarray(s, dtype) for module, s in zip(modules, read, strict=True)]
    return (jnp.asarray(rho, dtype), *arrays)


def _in_range(name: str, values: jax.Array, low: float, high: float) -> jax.Array:
    """`values` if they lie in [low, high]; otherwise an error, or NaN under tracing.

    A correlation computed from data may be a few units beyond 1: then it is 1.
    """
    if name == "rho":
        end = jax.lax.stop_gradient(jnp.clip(values, low, high) - values)
        slack = 8 * float(jnp.finfo(values.dtype).eps)
        values = values + jnp.where(jnp.abs(end) <= slack, end, 0.0)
    if isinstance(values, jax.core.Tracer):
        # Added and not selected, so that gradients are NaN as well.
        return values + jnp.where((values >= low) & (values <= high), 0.0, jnp.nan)
    known = np.asarray(values)
    wrong = ~((known >= low) & (known <= high) & np.isfinite(known))
    if wrong.any():
        allowed = f"at least {low:g} and finite" if high == np.inf else f"in [{low:g}, {high:g}]"
        raise InvalidInput(f"{name} must be {allowed}, got {float(known[wrong].flat[0])!r}.")
    return values
