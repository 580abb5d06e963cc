"""The probability that a symmetric Gaussian matrix is positive definite, in closed form.

Reference: awasthi2021, section 5, the teachers of Figure 2. Book page: book/awasthi2021/figure-2.
"""

from __future__ import annotations

import math
from functools import cache

import mpmath

from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["positive_probability"]


@cache
def positive_probability(size: int, shift: float = 0.0) -> float:
    """The probability that (G + G')/2 + shift I is positive definite, G with Gaussian entries.

    The eigenvalues have the density prod |x_i - x_j| exp(-sum x_i^2 / 2) / Z. Its integral over
    x_i > -shift is, by de Bruijn's formula, size! times the Pfaffian of
    a_ij = int int sign(y - x) x^i y^j w(x) w(y), w(x) = exp(-x^2/2), bordered by
    int x^i w for odd sizes. Integration by parts gives the a_ij from incomplete gamma functions.

    Reference: awasthi2021, section 5.

    One entry: the sign of a Gaussian. Two: (2 - sqrt 2) / 4.

    >>> positive_probability(1)
    0.5
    >>> round(positive_probability(2), 12) == round((2 - 2**0.5) / 4, 12)
    True
    """
    size = require_integer("size", size, minimum=1, maximum=60)
    if not math.isfinite(shift):
        raise InvalidInput(f"shift must be a finite number, got {shift:g}.")
    with mpmath.workdps(60 + 3 * size):
        low = -mpmath.mpf(shift)
        chosen = _pfaffian(_signed_moments(size, low)) / _mehta(size)
        return float(chosen)


def _moment(order: int, low: mpmath.mpf, rate: int) -> mpmath.mpf:
    """int_low^inf x^order exp(-rate x^2 / 2) dx, by parts."""
    weight = mpmath.exp(-rate * low**2 / 2)
    if order == 0:
        return mpmath.sqrt(mpmath.pi / (2 * rate)) * mpmath.erfc(low * mpmath.sqrt(rate / 2.0))
    if order == 1:
        return weight / rate
    return (low ** (order - 1) * weight + (order - 1) * _moment(order - 2, low, rate)) / rate


def _signed_moments(size: int, low: mpmath.mpf) -> mpmath.matrix:
    """The antisymmetric matrix a_ij, bordered for odd sizes."""
    even = size + size % 2
    weight = mpmath.exp(-(low**2) / 2)
    single = [_moment(j, low, 1) for j in range(size)]
    double = [_moment(k, low, 2) for k in range(2 * size)]
    a = mpmath.zeros(even, even)
    for i in range(1, size):
        for j in range(i):
            # x^i w = (i-1) x^{i-2} w - (x^{i-1} w)'; i > j, and a is antisymmetric.
            before = (i - 1) * a[i - 2, j] if i >= 2 else mpmath.mpf(0)
            value = before - 2 * double[i + j - 1] + low ** (i - 1) * weight * single[j]
            a[i, j], a[j, i] = value, -value
    if size % 2:
        for i in range(size):
            a[i, size], a[size, i] = single[i], -single[i]
    return a


def _pfaffian(a: mpmath.matrix) -> mpmath.mpf:
    """|Pf a|, the square root of the determinant."""
    return mpmath.sqrt(abs(mpmath.det(a)))


def _mehta(size: int) -> mpmath.mpf:
    """int prod |x_i - x_j| exp(-sum x_i^2 / 2) over all of space, divided by size!."""
    product = mpmath.mpf(1)
    for j in range(1, size + 1):
        product *= mpmath.gamma(1 + mpmath.mpf(j) / 2) / mpmath.gamma(mpmath.mpf(3) / 2)
    return (2 * mpmath.pi) ** (mpmath.mpf(size) / 2) * product / mpmath.factorial(size)
