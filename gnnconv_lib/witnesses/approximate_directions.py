"""Lines 3 to 5 of Algorithm 1 of li2021, on given averaged features.

Reference: li2021, Algorithm 1. Book page: `book/li2021/concentration`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["directions"]


def directions(
    rows: Any, labels: Any, activation: Callable[[Any], Any], W: Any, v: Any, xi: float
) -> tuple[np.ndarray, np.ndarray]:
    """G^W and g^v at (W, v) for the node level, or for graphs whose read-out picks one row each.

    G^W = -1/(n xi) sum_i rows_i (y_i - sigma(rows_i W) v) v', g^v = -1/n sum_i sigma(rows_i W) (y_i - ...).

    Args:
        rows: averaged features, shape (n, d).
        labels: y, shape (n,).
        activation: sigma, elementwise.
        W, v: shapes (d, q) and (q,).
        xi: Xi is xi times the identity.

    Returns:
        G^W of shape (d, q) and g^v of shape (q,).

    Reference: li2021, Algorithm 1, lines 4 and 5.

    >>> G, g = directions([[1.0], [2.0]], [3.0, 0.0], lambda t: t, [[1.0]], [1.0], 0.5)
    >>> G.tolist(), g.tolist()
    ([[2.0]], [1.0])
    """
    rows, labels = np.asarray(rows, float), np.asarray(labels, float)
    W, v = np.asarray(W, float), np.asarray(v, float)
    G, g = np.zeros(W.shape), np.zeros(v.shape)
    outputs = np.asarray(activation(rows @ W))
    for row, label, hidden in zip(rows, labels, outputs, strict=True):
        residual = label - hidden @ v
        G -= np.outer(row, v) * residual / (len(rows) * xi)
        g -= hidden * residual / len(rows)
    return G, g
