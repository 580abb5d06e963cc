"""The two networks of li2021: prediction and squared loss.

Node level: y = sigma(D^-1 A H W) v. Graph level: y_j = a_j sigma(D_j^-1 A_j H_j W) v. Both act on a
`Sample`, which holds the averaged features. Book page `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.averaging_gnn.sample import Sample, pool
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["hidden", "loss", "parameters", "predict"]


def hidden(
    W: Float[jax.Array, "*#batch features outputs"], data: Sample
) -> Float[jax.Array, "*#batch outputs nodes"]:
    """Hidden features sigma(X W), transposed: (..., q, N).

    Args:
        W: (..., d, q) weights. data: a `Sample`; leading axes of both broadcast.

    Reference: li2021, Eqs. (2) and (5).
    """
    return data.activation.function(jnp.einsum("...dq,...dn->...qn", W, data.features))


def predict(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
) -> Float[jax.Array, "*batch labels"]:
    """Prediction sigma(D^-1 A H W) v, or a_j sigma(D_j^-1 A_j H_j W) v for each graph.

    Args:
        W: (..., d, q). v: (..., q). data: a `Sample`.

    Returns:
        Array of shape (..., m).

    Raises:
        InvalidInput: for shapes that do not fit.

    Reference: li2021, Eqs. (3) and (9).

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> data = node_sample(graphs.complete(2), [[0.0], [4.0]], [0.0, 0.0])
    >>> predict([[1.0]], [3.0], data).tolist()
    [6.0, 6.0]
    """
    W, v = parameters(W, v, data)
    return pool(data, jnp.einsum("...q,...qn->...n", v, hidden(W, data)))


def loss(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
) -> Float[jax.Array, "*batch"]:
    """Squared loss (1/m) |y - prediction|^2, where m is the number of labels.

    Args, Raises: as `predict`.

    Returns:
        Array of the leading shape, a scalar for one data set.

    Reference: li2021, the loss named below Eq. (12).

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> data = node_sample(graphs.complete(2), [[0.0], [4.0]], [5.0, 7.0])
    >>> float(loss([[1.0]], [3.0], data))
    1.0
    """
    return jnp.mean((data.labels - predict(W, v, data)) ** 2, axis=-1)


def parameters(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
) -> tuple[Float[jax.Array, "*#batch features outputs"], Float[jax.Array, "*#batch outputs"]]:
    """(W, v) as float arrays whose shapes fit each other and `data`.

    Raises:
        InvalidInput: naming the shapes, if they do not.
    """
    W, v = as_float_array(W, v)
    if W.ndim < 2 or v.ndim < 1 or W.shape[-1] != v.shape[-1] or W.shape[:-2] != v.shape[:-1]:
        raise InvalidInput(
            f"W must have shape (..., d, q) and v shape (..., q), got {W.shape} and {v.shape}."
        )
    if W.shape[-2] != data.dimension:
        raise InvalidInput(
            f"W must have one row per feature ({data.dimension}), got shape {W.shape}."
        )
    lead = data.features.shape[:-2]
    if lead and W.shape[:-2] != lead:
        raise InvalidInput(
            f"W must have the leading shape {lead} of the data sets, got shape {W.shape}."
        )
    return W, v
