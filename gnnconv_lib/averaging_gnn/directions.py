"""The directions in which W and v move: Algorithm 1's approximation and the exact gradient.

With predictions p, labels y, m labels, X the averaged features and r the residual y - p carried back to
the nodes through the read-out:

    Algorithm 1, line 4   G = -(1/m) Xi^-1 X' r v'
    exact gradient        dW = -(1/m) X' ((r v') * sigma'(X W))
    Algorithm 1, line 5   g = -(1/m) sigma(X W)' r, which is also the exact gradient in v

dW and g are the gradients of half the loss, |y - p|^2 / (2m); those of the loss that the paper names,
|y - p|^2 / m, are twice as long. Book page `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.averaging_gnn.model import parameters
from gnnconv_lib.averaging_gnn.sample import Sample, pool, spread
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "approximate_direction",
    "checked_xi",
    "divide_by_xi",
    "exact_gradient",
    "raw_directions",
]


def approximate_direction(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
    xi: Any,
) -> tuple[Float[jax.Array, "*batch features outputs"], Float[jax.Array, "*batch outputs"]]:
    """Lines 4 and 5 of Algorithm 1: (G, g).

    G = -(1/m) Xi^-1 X' r v', g = -(1/m) sigma(X W)' r.

    Args:
        W: (..., d, q). v: (..., q). data: a `Sample`.
        xi: a number (Xi = xi I), one number per data set, or matrices (..., d, d).

    Returns:
        (G, g) of shapes (..., d, q) and (..., q).

    Raises:
        InvalidInput: for shapes that do not fit, or xi zero or not finite.

    Reference: li2021, Algorithm 1.

    One node with feature 2, label 5, W = 1, v = 1: r = 3, so G = -2 * 3 / xi and g = -2 * 3.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> data = node_sample(graphs.empty(1), [[2.0]], [5.0])
    >>> G, g = approximate_direction([[1.0]], [1.0], data, 0.5)
    >>> G.tolist(), g.tolist()
    ([[-12.0]], [-6.0])
    """
    W, v = parameters(W, v, data)
    raw, slope, _ = raw_directions(W, v, data, exact=False)
    return divide_by_xi(raw, checked_xi(xi, W)), slope


def exact_gradient(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
) -> tuple[Float[jax.Array, "*batch features outputs"], Float[jax.Array, "*batch outputs"]]:
    """Gradient of half the loss, |y - prediction|^2 / (2m), with respect to W and v.

    Args, Returns, Raises: as `approximate_direction`, without xi.

    At a kink the derivative of the activation is the one from the right.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> data = node_sample(graphs.empty(1), [[2.0]], [5.0])
    >>> dW, dv = exact_gradient([[1.0]], [1.0], data)
    >>> dW.tolist(), dv.tolist()
    ([[-6.0]], [-6.0])
    """
    W, v = parameters(W, v, data)
    raw, slope, _ = raw_directions(W, v, data, exact=True)
    return raw, slope


def raw_directions(
    W: Float[jax.Array, "*#batch features outputs"],
    v: Float[jax.Array, "*#batch outputs"],
    data: Sample,
    exact: bool,
) -> tuple[
    Float[jax.Array, "*batch features outputs"],
    Float[jax.Array, "*batch outputs"],
    Float[jax.Array, "*batch"],
]:
    """The direction for W before Xi, the gradient for v, and the loss (1/m) |y - p|^2.

    With `exact`, the first one is the exact gradient dW of half the loss.
    """
    before = jnp.einsum("...dq,...dn->...qn", W, data.features)
    after = data.activation.function(before)
    residual = data.labels - pool(data, jnp.einsum("...q,...qn->...n", v, after))
    back = spread(data, residual)
    if exact:
        bent = data.activation.derivative(before) * back[..., None, :]
        raw = -jnp.einsum("...dn,...qn->...dq", data.features, bent) * v[..., None, :]
    else:
        pulled = jnp.einsum("...dn,...n->...d", data.features, back)
        raw = -pulled[..., :, None] * v[..., None, :]
    slope = -jnp.einsum("...qn,...n->...q", after, back)
    return raw / data.size, slope / data.size, jnp.mean(residual**2, axis=-1)


def divide_by_xi(
    raw: Float[jax.Array, "*batch features outputs"], xi: jax.Array
) -> Float[jax.Array, "*batch features outputs"]:
    """Xi^-1 times `raw`, where xi is a number per data set or a matrix (..., d, d)."""
    if xi.ndim >= 2:
        return jnp.linalg.solve(xi, raw)
    return raw / xi[..., None, None]


def checked_xi(xi: Any, W: jax.Array) -> jax.Array:
    """`xi` as an array whose shape fits W (..., d, q).

    Raises:
        InvalidInput: for a shape that does not fit, or a value that is zero or not finite.
    """
    (array,) = as_float_array(xi)
    d = W.shape[-2]
    fits = array.shape in ((), W.shape[:-2], (d, d), (*W.shape[:-2], d, d))
    if not fits:
        raise InvalidInput(
            f"xi must be a number, one per data set or a {d} x {d} matrix, got shape {array.shape}."
        )
    if not isinstance(array, jax.core.Tracer):
        values = np.asarray(array)
        if not np.all(np.isfinite(values)) or (array.ndim < 2 and np.any(values == 0)):
            raise InvalidInput("xi must be finite and not zero.")
    return array.astype(W.dtype)
