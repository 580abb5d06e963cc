"""The forward pass of the one-round GNN on given node features.

Reference: awasthi2021, Eq. (4), with the sum over the closed neighbourhood.
Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike

from gnnconv_lib import activations
from gnnconv_lib.graphs import as_graph
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["forward"]


def forward(
    features: Numbers[ArrayLike, "samples nodes features"],
    W: Numbers[ArrayLike, "*units features"],
    graph: Any,
    neighborhood: str = "closed",
    activation: Any = "scaled_relu",
) -> Float[np.ndarray, " samples *units"]:
    """The outputs sum_i sigma(W x_i), x_i the sum of the features over the neighbourhood of i.

    sigma(t) = sqrt(2) max(t, 0), unless another `activation` is given.

    Args:
        features: node features, shape (samples, n, r).
        W: weights, shape (h, r), or (r,) for one unit.
        graph: a `Graph` with n nodes.
        neighborhood: "closed" (with i itself, as the paper's text and formulas mean) or "open"
            (as its Eq. (4) is printed).
        activation: sigma, by name, as an `Activation` or as a callable; any one, since nothing is
            averaged here.

    Returns:
        float64 array of shape (samples, h), or (samples,) for one unit.

    Raises:
        InvalidInput: for shapes that do not match, an unknown neighbourhood or activation.

    Reference: awasthi2021, Eq. (4).

    >>> from gnnconv_lib import graphs
    >>> forward([[[1.0], [2.0]]], [1.0], graphs.complete(2)).round(6).tolist()  # 2 sqrt(2) 3
    [8.485281]
    >>> forward([[[1.0], [-2.0]]], [1.0], graphs.complete(2), activation="leaky_relu(0.5)").tolist()
    [-1.0]
    """
    sigma = activations.get(activation)
    graph = as_graph(graph)
    values = np.asarray(features, dtype=np.float64)
    weights = np.asarray(W, dtype=np.float64)
    if values.ndim != 3 or values.shape[1] != graph.nodes:
        raise InvalidInput(
            f"features must have shape (samples, {graph.nodes}, r), got {values.shape}."
        )
    if weights.ndim not in (1, 2) or weights.shape[-1] != values.shape[2]:
        raise InvalidInput(
            f"W must have a last axis of length {values.shape[2]} and one or two axes, "
            f"got shape {weights.shape}."
        )
    if neighborhood not in ("closed", "open"):
        raise InvalidInput(f"neighborhood must be one of closed, open, got {neighborhood!r}.")
    gather = scipy.sparse.csr_array(graph.adjacency, dtype=np.float64)
    if neighborhood == "closed":
        gather = gather + scipy.sparse.eye_array(graph.nodes, format="csr")
    samples, nodes, width = values.shape
    by_node = values.transpose(1, 0, 2).reshape(nodes, samples * width)
    messages = (gather @ by_node).reshape(nodes, samples, width)
    return np.asarray(sigma(messages @ weights.T)).sum(axis=0)
