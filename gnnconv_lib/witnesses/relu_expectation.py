"""E sigma(X) sigma(Y) for centred Gaussian X, Y and sigma(t) = sqrt(2) max(t, 0), by quadrature.

No closed form of a dual activation is used: the integral over one angle is done by Gauss's rule.

Reference: awasthi2021, Eqs. (9)-(12). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["expected_product"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def expected_product(first: Any, second: Any, covariance: Any) -> np.ndarray:
    """E sigma(X) sigma(Y), sigma(t) = sqrt(2) max(t, 0), for (X, Y) Gaussian with mean 0.

    With two standard normal numbers in polar coordinates (E R^2 = 2) and theta the angle of the
    pair, the expectation is (1 / 2 pi) int 4 cos(phi) cos(phi - theta) d phi over the half turn
    theta - pi/2 < phi < pi/2 where both are positive, times the standard deviations.

    Args:
        first, second: the variances.
        covariance: of X and Y.

    Returns:
        The expectation, of the shape that the arguments broadcast to.

    >>> [round(float(expected_product(*pair)), 12) for pair in ((1.0, 4.0, 2.0), (1, 1, -1))]
    [2.0, 0.0]
    """
    size = np.sqrt(np.asarray(first, float) * second)
    theta = np.arccos(np.clip(covariance / size, -1.0, 1.0))[..., None]
    half = (np.pi - theta) / 2
    phi = theta / 2 + half * _NODES
    integral = (half * _WEIGHTS * np.cos(phi) * np.cos(phi - theta)).sum(axis=-1)
    return np.asarray(size * 4 * integral / (2 * np.pi))
