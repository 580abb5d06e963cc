"""Two hidden units: Algorithm 1 averaged over the data, for the ReLU on isolated nodes.

E x max(x·w, 0) = w/2, so the mean direction of W is (Wv - W*v*)v', and that of v is
M(W, W)v - M(W, W*)v* with M the mean products of two outputs in closed form.

Book page: book/li2021/convergence.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["STARTS", "paths"]

# W_0, v_0, W*, v*, rows of W first; W_0 and W* are scaled to norm 1.
STARTS: tuple[tuple[Any, ...], ...] = (
    (((1, 1), (1, 0)), (1, 1), ((1, 1), (0, 1)), (2, -1)),
    (((1, 1), (1, 0)), (1, 2), ((1, 1), (0, 1)), (3, -1)),
    (((1, 1), (0, 1)), (1, 1), ((1, 1), (1, 0)), (-1, 2)),
    (((1, 1), (1, 0)), (1, 1), ((1, 1), (1, 0)), (1, 1)),
)


def _products(W: np.ndarray, V: np.ndarray) -> np.ndarray:
    """E relu(x·w_k) relu(x·v_l), shape (..., q, q)."""
    lengths = [np.linalg.norm(U, axis=-2) for U in (W, V)]
    sizes = lengths[0][..., :, None] * lengths[1][..., None, :]
    c = np.clip(np.swapaxes(W, -1, -2) @ V / sizes, -1, 1)
    return sizes * (np.sqrt(1 - c * c) + c * (np.pi - np.arccos(c))) / (2 * np.pi)


def paths(
    W: Any, v: Any, W_star: Any, v_star: Any, rate: Any, gain: Any, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """W_t and v_t for t = 0, ..., steps, shapes (cases, steps + 1, d, q) and (cases, steps + 1, q).

    Args:
        W, W_star: (cases, d, q) of norm 1. v, v_star: (cases, q). rate, gain: (cases,); gain is 1 in
            the mean reading of Xi and 1/n in the literal one.

    >>> W = np.array([[[0.6, 0.8]]])
    >>> found, v = paths(W, [[1.0, 2.0]], W, [[1.0, 2.0]], [0.1], [1.0], 1)
    >>> bool(np.allclose(found[0, 1], W)), v[0, 1].round(12).tolist()
    (True, [1.0, 2.0])
    """
    W, v, W_star, v_star = (np.asarray(x, float) for x in (W, v, W_star, v_star))
    rate, gain = np.asarray(rate, float), np.asarray(gain, float)
    of_W, of_v = [W], [v]
    goal = np.einsum("bdq,bq->bd", W_star, v_star)
    for _ in range(steps):
        pull = np.einsum("bdq,bq->bd", W, v) - goal
        slope = np.einsum("bkl,bl->bk", _products(W, W), v)
        slope -= np.einsum("bkl,bl->bk", _products(W, W_star), v_star)
        moved = W - (rate * gain)[:, None, None] * pull[:, :, None] * v[:, None, :]
        W = moved / np.linalg.norm(moved, axis=(1, 2), keepdims=True)
        v = v - rate[:, None] * slope
        of_W.append(W)
        of_v.append(v)
    return np.stack(of_W, axis=1), np.stack(of_v, axis=1)
