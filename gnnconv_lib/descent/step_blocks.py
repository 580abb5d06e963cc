"""Many steps of an iteration y_{k+1} = y_k + g(y_k) as one polynomial in the step number k.

Over a block of M steps the iterates lie on a smooth curve once every fast transient has died out.
The curve is a polynomial p of degree N in k, and so is the sum of g along it. Collocation at N
Radau points k_j = c_j M asks that

    p(k_j) = y_0 + sum of (the interpolant of g(p) in the points)(k) over 0 <= k < k_j,

where the sum of a polynomial up to a k_j that is no integer is again that polynomial (Euler-Maclaurin
with all its terms, no remainder). Fast decay, M times a rate of order one, does no harm: the last
point is the end of the block, as in the Radau IIA methods for stiff equations.

Reference: Hairer and Wanner, Solving Ordinary Differential Equations II, Section IV.5 (Radau IIA).
Book page: book/scale/how-far-it-scales.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre
from scipy.special import roots_jacobi

__all__ = ["SMALLEST_BLOCK", "BlockRule", "block_rule", "sums_at"]

#: Steps below which a block is not worth it, and Euler-Maclaurin would lose digits.
SMALLEST_BLOCK = 1000

# B_2r / (2r)! for r = 1, 2, ...: more than the degree of any rule here can use.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


class BlockRule(NamedTuple):
    """The collocation points of a block and the sums that go with them.

    Fields:
        points: c_j in (0, 1], shape (N,), the last one is 1.
        to_series: Legendre coefficients from values in the points, shape (N, N).
        sums: the part of the sums that goes with M^power, shape (powers, N, N), from values in
            the points to sums up to the points.
        powers: exponents of M, shape (powers,).
    """

    points: np.ndarray
    to_series: np.ndarray
    sums: np.ndarray
    powers: np.ndarray


@lru_cache(maxsize=8)
def block_rule(points: int) -> BlockRule:
    """The rule with this many Radau points.

    >>> rule = block_rule(3)
    >>> matrix = np.tensordot(2000.0**rule.powers, rule.sums, 1)
    >>> k = 2000 * rule.points
    >>> bool(np.allclose(matrix @ k, k * (k - 1) / 2))  # 0 + 1 + ... + (k - 1)
    True
    """
    inner = roots_jacobi(points - 1, 1.0, 0.0)[0]
    at = np.append(np.sort(inner), 1.0)
    to_series = np.linalg.inv(legendre.legvander(at, points - 1))
    powers, parts = _basis_sums((at + 1) / 2, points)
    return BlockRule((at + 1) / 2, to_series, parts @ to_series, powers)


def sums_at(share: np.ndarray, steps: float, points: int) -> np.ndarray:
    """The sums of the Legendre basis up to k = share * steps, shape (len(share), points).

    >>> sums_at(np.array([0.5, 1.0]), 2000.0, 1)[:, 0].tolist()  # 1 + 1 + ... + 1
    [1000.0, 2000.0]
    """
    powers, parts = _basis_sums(np.asarray(share), points)
    return np.tensordot(float(steps) ** powers, parts, 1)


def _basis_sums(share: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray]:
    """The terms of Euler-Maclaurin for P_l(2 k / M - 1), l < points, and their powers of M."""
    basis = np.eye(points)
    place = 2 * share - 1

    def change(series: np.ndarray) -> np.ndarray:
        """Each basis function at `place` minus that at k = 0; shape (len(share), points)."""
        ends = legendre.legval(-1.0, series)
        return legendre.legval(place, series).T - ends

    parts = [change(legendre.legint(basis, axis=0)) / 2, -change(basis) / 2]
    powers = [1.0, 0.0]
    derivative = 2 * legendre.legder(basis, axis=0)
    for r, bernoulli in enumerate(_BERNOULLI, start=1):
        if not np.any(derivative):
            break
        parts.append(bernoulli / math.factorial(2 * r) * change(derivative))
        powers.append(1.0 - 2 * r)
        derivative = 4 * legendre.legder(derivative, 2, axis=0)
    return np.array(powers), np.stack(parts)
