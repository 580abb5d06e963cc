"""Monte Carlo estimates of the one-round GNN's population objects, from their definitions.

Nothing here knows of dual activations or overlaps: features are drawn, summed over
neighbourhoods and passed through the activation. Any activation works.

Reference: awasthi2021, Eqs. (3)-(7). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.estimates import Estimate, Stream, weights_array
from gnnconv_lib.graphs import as_graph
from gnnconv_lib.monte_carlo.sampling import blocks, gatherer, messages
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput, require_correlation

__all__ = ["dual", "gradient", "loss", "loss_and_gradient", "sums"]


def loss(
    W: Numbers[ArrayLike, "*units features"],
    W_star: Numbers[ArrayLike, "*units features"],
    graph: Any,
    samples: int,
    seed: int,
    activation: Any = None,
    neighborhood: str = "closed",
    projected: bool = False,
) -> Estimate:
    """The loss (1/2) E|sum_i sigma(W x_i) - sum_i sigma(W* x_i)|^2, estimated.

    Args:
        W, W_star: weights, shape (h, r) or (r,).
        graph: a `Graph`.
        samples: number of independent draws of all node features, at least 2.
        seed: nonnegative integer, NumPy generator or JAX key.
        activation: an `Activation` or its name; by default `scaled_relu`.
        neighborhood: "closed", or "open" as in the paper's printed Eq. (4).
        projected: draw the features in the space spanned by the rows of W and W_star only. The
            law of the outputs is the same; it saves time where that space is smaller than r.

    Returns:
        `Estimate` of a scalar.

    Raises:
        InvalidInput: for shapes that do not match, or bad samples or seed.

    Reference: awasthi2021, Eqs. (4)-(6).
    """
    weights, teachers = _read(W, W_star)
    if projected:
        basis, _ = np.linalg.qr(np.concatenate([weights, teachers]).T)
        weights, teachers = weights @ basis, teachers @ basis
    sigma = _activation(activation)
    graph = as_graph(graph)
    gather = gatherer(graph, neighborhood)
    values = Stream()
    stacked = np.concatenate([weights, teachers]).T
    for features in blocks(samples, seed, (graph.nodes, weights.shape[1])):
        # w . (sum of x) = sum of w . x: 2 h numbers per node are summed instead of r
        inner = messages(gather, np.moveaxis(np.moveaxis(features, -1, 0) @ stacked, 0, -1))
        ours, target = np.split(inner, 2, axis=1)
        gap = _outputs(sigma, ours) - _outputs(sigma, target)
        values.add((gap**2).sum(axis=0) / 2)
    return values.estimate()


def gradient(
    W: Numbers[ArrayLike, "*units features"],
    W_star: Numbers[ArrayLike, "*units features"],
    graph: Any,
    samples: int,
    seed: int,
    activation: Any = None,
    neighborhood: str = "closed",
) -> Estimate:
    """The gradient E[(y^_j - y_j) sum_i sigma'(w_j . x_i) x_i], estimated entry by entry.

    Arguments as for `loss`.

    Returns:
        `Estimate` with arrays of the shape of W.
    """
    return loss_and_gradient(W, W_star, graph, samples, seed, activation, neighborhood)[1]


def loss_and_gradient(
    W: Numbers[ArrayLike, "*units features"],
    W_star: Numbers[ArrayLike, "*units features"],
    graph: Any,
    samples: int,
    seed: int,
    activation: Any = None,
    neighborhood: str = "closed",
) -> tuple[Estimate, Estimate]:
    """Both estimates from the same draws; arguments as for `loss`.

    >>> from gnnconv_lib import graphs
    >>> value, slope = loss_and_gradient([2.0], [1.0], graphs.complete(2), 4000, seed=1)
    >>> abs(value.z_score(4.0)) < 4, bool(abs(slope.z_score([8.0])[0]) < 4)  # A = 8
    (True, True)
    """
    weights, teachers = _read(W, W_star)
    sigma = _activation(activation)
    graph = as_graph(graph)
    gather = gatherer(graph, neighborhood)
    width = weights.shape[1]
    values, slopes = Stream(), Stream()
    for features in blocks(samples, seed, (graph.nodes, width)):
        received = messages(gather, features)
        inner = weights @ received
        gap = _outputs(sigma, inner) - _outputs(sigma, teachers @ received)
        carried = np.einsum("nhs,nrs->hrs", _apply(sigma.derivative, inner), received)
        values.add((gap**2).sum(axis=0) / 2)
        slopes.add(np.moveaxis(gap[:, None] * carried, -1, 0).reshape(-1, *np.shape(W)))
    return values.estimate(), slopes.estimate()


def sums(graph: Any, cos: float, samples: int, seed: int) -> tuple[Estimate, Estimate, Estimate]:
    """The sums A, B(c), C(c) of the ReLU model, estimated from outputs of two units.

    With unit vectors e, f at cosine c, S(e) = sum_i sigma(e . x_i) and the step sigma',

        A = E[S(e)^2],   B(c) = E[S(e) S(f)],
        C(c) = E[sum over nodes k of T_k(e) T_k(f)],   T_k(e) = sum_{i in N(k)} sigma'(e . x_i).

    Args:
        graph: a `Graph`.
        cos: a number in [-1, 1].
        samples, seed: as for `loss`.

    Returns:
        Three `Estimate`s of scalars.

    Reference: awasthi2021, Eqs. (9)-(11) and Appendix B.
    """
    cos = require_correlation("cos", cos)
    graph = as_graph(graph)
    gather = gatherer(graph, "closed")
    streams = Stream(), Stream(), Stream()
    for features in blocks(samples, seed, (graph.nodes, 2)):
        received = messages(gather, features)
        first = received[:, 0]
        second = cos * first + np.sqrt((1 - cos) * (1 + cos)) * received[:, 1]
        one, two = (np.sqrt(2) * np.maximum(z, 0.0).sum(axis=0) for z in (first, second))
        on_one, on_two = (np.sqrt(2) * (gather @ (z >= 0).astype(float)) for z in (first, second))
        streams[0].add(one**2)
        streams[1].add(one * two)
        streams[2].add((on_one * on_two).sum(axis=0))
    full, mixed, slope = (stream.estimate() for stream in streams)
    return full, mixed, slope


def dual(
    activation: Any,
    rho: float,
    samples: int,
    seed: int,
    scale_x: float = 1.0,
    scale_y: float = 1.0,
) -> Estimate:
    """The dual activation E[sigma(scale_x X) sigma(scale_y Y)], corr(X, Y) = rho, estimated.

    Reference: awasthi2021, Definition 1.
    """
    rho = require_correlation("rho", rho)
    sigma = _activation(activation)
    stream = Stream()
    for features in blocks(samples, seed, (2,)):
        first = features[0]
        second = rho * first + np.sqrt((1 - rho) * (1 + rho)) * features[1]
        left = _apply(sigma.function, scale_x * first)
        stream.add(left * _apply(sigma.function, scale_y * second))
    return stream.estimate()


def _read(W: Any, W_star: Any) -> tuple[np.ndarray, np.ndarray]:
    weights = weights_array("W", W)
    teachers = weights_array("W_star", W_star, weights.shape[1])
    if weights.shape != teachers.shape:
        raise InvalidInput(
            f"W_star must have the shape of W, {weights.shape}, got {teachers.shape}."
        )
    return weights, teachers


def _outputs(sigma: Any, inner: np.ndarray) -> np.ndarray:
    """The sums over nodes of sigma, shape (h, samples)."""
    return _apply(sigma.function, inner).sum(axis=0)


def _activation(activation: Any) -> Any:
    from gnnconv_lib import activations

    if activation is None:
        activation = "scaled_relu"
    return activations.get(activation)


def _apply(function: Any, values: np.ndarray) -> np.ndarray:
    return np.asarray(function(values), dtype=np.float64)
