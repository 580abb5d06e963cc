"""The deep linear network of awasthi2021, section 4: message passing over the nodes, in NumPy.

Nothing here knows of powers of W1 + d W2, of eigenvalues or of walks. The output is linear in the
features, so the population loss is half the sum of squared entries of that linear map; it is a
polynomial in the weights, which is what makes derivatives by a complex step exact to rounding.

Book page: `book/awasthi2021/deep-linear`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["embeddings", "gradient", "loss", "slope_along"]

STEP = 1e-30


def embeddings(features: Any, W1: Any, W2: Any, adjacency: Any, rounds: int) -> np.ndarray:
    """All node embeddings after `rounds` rounds x_i <- W1 x_i + W2 sum_{j ~ i} x_j.

    Args:
        features: (..., n, r), leading axes are samples.
        W1, W2: (r, r), real or complex. adjacency: (n, n) of zeros and ones.
        rounds: 0 or more.

    Returns:
        Array (..., n, r); the output of the network is its sum over the nodes.

    Reference: awasthi2021, Eqs. (18)-(19).

    Two joined nodes hear each other:

    >>> embeddings([[1.0], [10.0]], [[0.0]], [[2.0]], [[0, 1], [1, 0]], 1).ravel().tolist()
    [20.0, 2.0]
    """
    state, W1, W2 = np.asarray(features), np.asarray(W1), np.asarray(W2)
    adjacency = np.asarray(adjacency)
    for _ in range(rounds):
        heard = np.einsum("ij,...jr->...ir", adjacency, state)
        state = state @ W1.T + heard @ W2.T
    return np.asarray(state)


def loss(weights: Sequence[Any], adjacency: Any, rounds: int) -> Any:
    """The population loss E |y^ - y|^2 / 2 over standard Gaussian features.

    The student and the teacher run on each of the n r unit features; the loss is half the sum of
    the squared differences of their outputs.

    Args:
        weights: W1, W2, W1*, W2*, each (r, r), real or complex. adjacency: (n, n). rounds: L.

    Reference: awasthi2021, Eqs. (20)-(21).

    A path of three nodes: the middle one is heard twice, 1 + 4 + 1 = 6 times one half.

    >>> float(loss([[[0.0]], [[1.0]], [[0.0]], [[0.0]]], [[0, 1, 0], [1, 0, 1], [0, 1, 0]], 1))
    3.0
    """
    W1, W2, S1, S2 = (np.asarray(W) for W in weights)
    nodes, size = len(np.asarray(adjacency)), len(W1)
    units = np.eye(nodes * size).reshape(nodes * size, nodes, size)
    outputs = [
        embeddings(units, first, second, adjacency, rounds).sum(axis=1)
        for first, second in ((W1, W2), (S1, S2))
    ]
    return 0.5 * np.sum((outputs[0] - outputs[1]) ** 2)


def gradient(weights: Sequence[Any], adjacency: Any, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """dL/dW1 and dL/dW2 entry by entry, by the complex step Im L(W + i h R) / h, h = 1e-30.

    Args and Reference: as `loss`.

    >>> dW1, dW2 = gradient([[[1.0]], [[2.0]], [[1.0]], [[0.0]]], [[0, 1], [1, 0]], 1)
    >>> float(dW1[0, 0]), float(dW2[0, 0])
    (4.0, 4.0)
    """
    slopes = []
    for which in (0, 1):
        slope = np.empty(np.shape(weights[which]))
        for place in np.ndindex(slope.shape):
            direction = np.zeros(slope.shape)
            direction[place] = 1.0
            both = [np.zeros(slope.shape), np.zeros(slope.shape)]
            both[which] = direction
            slope[place] = slope_along(both, weights, adjacency, rounds)
        slopes.append(slope)
    return slopes[0], slopes[1]


def slope_along(
    direction: Sequence[Any], weights: Sequence[Any], adjacency: Any, rounds: int
) -> float:
    """The derivative of the loss along a direction (H1, H2) of W1 and W2, by one complex step.

    >>> slope_along([[[1.0]], [[1.0]]], [[[1.0]], [[2.0]], [[1.0]], [[0.0]]], [[0, 1], [1, 0]], 1)
    8.0
    """
    moved = [
        np.asarray(W) + 1j * STEP * np.asarray(H)
        for W, H in zip(weights[:2], direction, strict=True)
    ]
    return float(loss([*moved, *weights[2:]], adjacency, rounds).imag / STEP)
