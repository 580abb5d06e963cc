"""Exact gradient descent on the same loss, plain or rescaled by one number: Algorithm 1's peer.

    U = W - alpha s dW,   W <- U / |U|,   v <- v - alpha dv,

where (dW, dv) is the gradient of half the loss (see `directions`) and s one positive number. With s = 1
this is gradient descent with line 7's normalisation. What Algorithm 1 gains over it is to a large part
the factor 1/xi in front of W's step, which s can supply as well.
Book page `book/beyond/approximate-and-exact`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.averaging_gnn.directions import exact_gradient
from gnnconv_lib.averaging_gnn.gaussian_means import mean_squared_derivative
from gnnconv_lib.averaging_gnn.model import parameters
from gnnconv_lib.averaging_gnn.sample import Sample
from gnnconv_lib.averaging_gnn.training import NORMS, Weights, normalized, train, with_chains
from gnnconv_lib.averaging_gnn.xi import as_degrees
from gnnconv_lib.graphs import Graph
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.summaries.degrees import DegreeMeasure
from gnnconv_lib.trajectory import Trajectory
from gnnconv_lib.validation import InvalidInput, require_choice, require_real

__all__ = ["matching_scale", "run_exact", "step_exact"]


def step_exact(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
    learning_rate: Numbers[ArrayLike, "*#batch"],
    scale: float = 1.0,
    norm: str = "frobenius",
) -> Weights:
    """One step U = W - alpha s dW, W <- U / |U|, v <- v - alpha dv.

    Args:
        W: (..., d, q). v: (..., q). data: a `Sample`. learning_rate: a number or one per data set.
        scale: the positive factor s on the step of W.
        norm: `"frobenius"`, `"spectral"` or `"none"`.

    Returns:
        `Weights` (W, v).

    Raises:
        InvalidInput: for shapes that do not fit, a scale that is not positive, an unknown norm.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> data = node_sample(graphs.empty(1), [[2.0]], [5.0])
    >>> W, v = step_exact([[1.0]], [1.0], data, 0.1, norm="none")
    >>> W.tolist(), v.tolist()
    ([[1.6]], [1.6])
    """
    require_choice("norm", norm, NORMS)
    W, v = parameters(W, v, data)
    (rate,) = as_float_array(learning_rate)
    dW, dv = exact_gradient(W, v, data)
    U = W - rate[..., None, None] * _positive(scale) * dW
    return Weights(normalized(U, norm), v - rate[..., None] * dv)


def run_exact(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
    learning_rate: Numbers[ArrayLike, "*#batch"],
    steps: int,
    *,
    scale: float = 1.0,
    norm: str = "frobenius",
    target: float = 0.0,
    limit: float | None = None,
    records: int | Iterable[int] = 200,
) -> Trajectory:
    """Exact gradient descent from (W, v), in the layout and with the conventions of `run`.

    Args, Returns, Raises: as `step_exact` and `algorithm.run`.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> data = node_sample(graphs.empty(1), [[2.0]], [5.0])
    >>> run_exact([[1.0]], [1.0], data, 0.125, 2).parameters.v[:, 0].tolist()
    [1.0, 1.75, 2.125]
    """
    require_choice("norm", norm, NORMS)
    W, v = with_chains(*parameters(W, v, data), learning_rate)
    inverse = jnp.asarray(1.0 / _positive(scale), W.dtype)
    return train(
        W,
        v,
        data,
        inverse,
        learning_rate,
        steps,
        exact=True,
        norm=norm,
        target=target,
        limit=limit,
        records=records,
    )


def matching_scale(graph: Graph | DegreeMeasure, activation: Any = "relu") -> float:
    """The scale s at which exact descent turns W as fast as Algorithm 1 near the teacher (q = 1).

    s = 1 / mean_i(tau_i^2 E sigma'(tau_i Z)^2): in the population both then contract the angle of W by
    1 - alpha v*^2 per step. For ReLU it equals 1/xi of the mean reading.

    Args:
        graph: n nodes. activation: a name or an `Activation`.

    >>> from gnnconv_lib import graphs
    >>> round(matching_scale(graphs.complete(2), "relu"), 12)
    4.0
    """
    measure = as_degrees(graph)
    total = float(
        measure.total(lambda size: mean_squared_derivative(activation, size**-0.5) / size)
    )
    if total <= 0:
        raise InvalidInput("activation must have a derivative that is not 0 almost everywhere.")
    return measure.nodes / total


def _positive(scale: float) -> float:
    scale = require_real("scale", scale)
    if scale <= 0:
        raise InvalidInput(f"scale must be above 0, got {scale:g}.")
    return scale
