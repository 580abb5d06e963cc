"""Roundings that NumPy does not have: one rounding of a product and a sum, directed roundings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["flushed", "fused", "single"]

Array = Any
SPLITTER = float(2**27 + 1)
LARGE, SMALL = 2.0**480, 2.0**-480  # sizes between which no error term leaves the range


def fused(a: Array, b: Array, c: Array) -> Array:
    """a b + c of float64, rounded once (Boldo and Melquiond 2008).

    >>> float(fused(np.array([1 + 2.0**-30]), np.array([1 - 2.0**-30]), np.array([-1.0]))[0]) == -(
    ...     2.0**-60
    ... )
    True
    """
    product, low = _exact_product(a, b)
    high, rest = _exact_sum(c, low)
    upper, middle = _exact_sum(product, high)
    value = upper + _odd_sum(middle, rest)
    sizes = np.abs(np.stack([np.asarray(x, np.float64) + np.zeros_like(value) for x in (a, b, c)]))
    usual = ((sizes > SMALL) & (sizes < LARGE) | (sizes == 0)).all(axis=0)
    if usual.all():
        return np.where(value == 0, a * b + c, value)  # the sign of a zero
    plain = np.where(np.isfinite(a) & np.isfinite(b) & np.isinf(c), c, a * b + c)
    value = np.where(usual & (value != 0), value, plain)
    a, b, c = np.broadcast_arrays(a, b, c)
    for place in map(int, np.flatnonzero(~usual & np.isfinite(sizes).all(axis=0))):
        exact = Fraction(float(a[place])) * Fraction(float(b[place])) + Fraction(float(c[place]))
        if exact:
            value[place] = _nearest(exact)
    return value


def single(product: Array, addend: Array, mode: str = "rn") -> Array:
    """float64 `product` + `addend`, rounded once to float32; mode "rn", "rm", "rp" or "rz"."""
    total, error = _exact_sum(product, addend)
    finite = np.isfinite(total)
    value: Array = np.where(finite, _to_odd(total, np.where(finite, error, 0.0)), total)
    with np.errstate(over="ignore"):
        nearest = value.astype(np.float32)
    if mode == "rn":
        return nearest
    back = nearest.astype(np.float64)
    zero, below, above = np.float32(0), np.float32(-np.inf), np.float32(np.inf)
    if mode == "rm":
        return np.where(back > value, np.nextafter(nearest, below), nearest)
    if mode == "rp":
        return np.where(back < value, np.nextafter(nearest, above), nearest)
    return np.where(np.abs(back) > np.abs(value), np.nextafter(nearest, zero), nearest)


def flushed(x: Array) -> Array:
    """x with zeros for what is subnormal in its type."""
    return np.where(np.abs(x) < np.finfo(x.dtype).tiny, np.copysign(x.dtype.type(0), x), x)


def _exact_sum(a: Array, b: Array) -> tuple[Array, Array]:
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _exact_product(a: Array, b: Array) -> tuple[Array, Array]:
    product = a * b
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    error = a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
    return product, error


def _halves(a: Array) -> tuple[Array, Array]:
    scaled = SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


def _odd_sum(a: Array, b: Array) -> Array:
    total, error = _exact_sum(a, b)
    return _to_odd(total, error)


def _to_odd(value: Array, error: Array) -> Array:
    """Of the two numbers around value + error, the one whose last bit is set."""
    value = np.ascontiguousarray(value, np.float64)
    even = (value.view(np.uint64) & np.uint64(1)) == 0
    moved = np.nextafter(value, np.where(error > 0, np.inf, -np.inf))
    return np.where(even & (error != 0), moved, value)


def _nearest(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        return float("inf") if exact > 0 else float("-inf")
