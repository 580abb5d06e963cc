"""A sharper number of iterations for the corrected Theorem 2 where singular values rise.

Section 4 of awasthi2021, book page `book/awasthi2021/deep-linear`.

The contraction of the corrected theorem is that of the first step. A singular value that rises is
slow only as long as it is small: until it is (1 - 1/(2L)) sigma* its power sigma^{L-2} falls or
grows by at least a fixed amount per step, from there on it contracts as close to the target.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib.bounds.awasthi2021_linear import theorem_2_iterations_corrected

__all__ = ["theorem_2_iterations_rising"]

#: 1 - e^{-1/2} <= 1 - (1 - 1/(2L))^L, and e^{-GROWTH} <= (1 + GROWTH/L)^{-(L-1)}.
GROWTH = 1.0 - math.exp(-0.5)
CURVATURE = math.exp(-GROWTH)


def theorem_2_iterations_rising(
    sigma_star: Any, nodes: int, degree: int, rounds: int, accuracy: float, learning_rate: float
) -> int:
    """Iterations after which the loss is at most accuracy^2, rising values counted in two phases.

    For sigma* > 1 + d = s and L >= 2, with c = eta n L (d^2 + 1), theta = 1 - 1/(2L),
    a = (1 - e^{-1/2}) c sigma*^L, the first phase takes at most

        N = log(theta sigma* / s) / log(1 + a)                                for L = 2,
        N = (s^{2-L} - (theta sigma*)^{2-L}) / ((L - 2) e^{-(1 - e^{-1/2})} a)   for L >= 3,

    rounded up, and the second log(n r L^2 sigma*^{2L-2} e^2 / (2 eps^2)) / (2 kappa), where
    e = min(sigma* - s, sigma*/(2L)), kappa = c L max(s, theta sigma*)^{2L-2}. Falling values, and
    rising ones with a smaller count there, have the count of the corrected theorem.

    Args:
        sigma_star: (r,). learning_rate: at most `theorem_2_step_corrected`. Others as there.

    Returns:
        The maximum over the singular values.

    Reference: awasthi2021, Theorem 2, corrected and sharpened for rising values.

    One node, two rounds, sigma* = 4 from 1 at the largest step 1/64: c = 1/32, a = 0.3935 16/32 =
    0.197, and the first phase takes log(3)/log(1.197) = 6.1 steps. With eps = 6 it is enough.

    >>> theorem_2_iterations_rising([4.0], 1, 0, 2, 6.0, 1 / 64)
    7
    """
    target = np.asarray(sigma_star, dtype=float)
    counts = []
    for value in target.tolist():
        # Each value must reach its share eps^2 / r of the loss.
        own = accuracy / math.sqrt(target.size)
        plain = theorem_2_iterations_corrected([value], nodes, degree, rounds, own, learning_rate)
        rising = value > 1 + degree and rounds >= 2
        split = _two_phases(value, nodes, degree, rounds, own, learning_rate) if rising else plain
        counts.append(min(plain, split))
    return max(counts)


def _two_phases(
    target: float, nodes: int, degree: int, rounds: int, accuracy: float, rate: float
) -> int:
    start = 1.0 + degree
    strength = rate * nodes * rounds * (degree**2 + 1)
    near = (1 - 0.5 / rounds) * target
    first = 0.0
    if start < near:
        push = GROWTH * strength * target**rounds
        if rounds == 2:
            first = math.log(near / start) / math.log1p(push)
        else:
            power = 2 - rounds
            first = (start**power - near**power) / ((rounds - 2) * CURVATURE * push)
    kappa = strength * rounds * max(start, near) ** (2 * rounds - 2)
    gap = min(target - start, target / (2 * rounds))
    size = math.sqrt(nodes / 2) * rounds * target ** (rounds - 1) * gap / accuracy
    second = max(0.0, math.log(size) / kappa)
    return math.ceil(first) + math.ceil(second)
