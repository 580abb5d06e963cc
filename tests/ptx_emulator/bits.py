"""Instructions that work on the bits of whole numbers and on predicates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .program import Fault

__all__ = ["bits_of"]

Array = Any


def bits_of(words: tuple[str, ...]) -> tuple[tuple[str, ...], Callable[..., Array]] | None:
    """The types of the sources and the function; None if it is no such instruction."""
    name, kind = words[0], words[-1]
    if name in _LOGIC:
        return (kind, kind), _LOGIC[name]
    if name == "not":
        return (kind,), np.invert
    if name in ("shl", "shr"):
        return (kind, "u32"), _shift(name == "shl")
    if name == "shf":
        return ("u32",) * 3, _funnel("r" in words, "clamp" in words)
    if name == "bfe":
        return (kind, "u32", "u32"), _field
    if name == "popc":
        return (kind,), lambda a: np.bitwise_count(a).astype(np.uint32)
    if name == "clz":
        return (kind,), _leading_zeros
    if name == "prmt":
        if len(words) > 2:
            raise Fault(f"not emulated: {'.'.join(words)}")
        return ("u32",) * 3, _permuted
    return None


def _shift(left: bool) -> Callable[..., Array]:
    def shifted(a: Array, count: Array) -> Array:
        size = 8 * a.dtype.itemsize
        places = np.minimum(count, size - 1).astype(a.dtype)
        moved = np.left_shift(a, places) if left else np.right_shift(a, places)
        # Shifted out altogether: zeros, or the sign.
        gone = (
            np.right_shift(a, a.dtype.type(size - 1)) if a.dtype.kind == "i" else np.zeros_like(a)
        )
        return np.where(count >= size, np.zeros_like(a) if left else gone, moved)

    return shifted


def _funnel(right: bool, clamp: bool) -> Callable[..., Array]:
    wide = np.uint64

    def shifted(low: Array, high: Array, count: Array) -> Array:
        places = np.minimum(count, 32) if clamp else count & np.uint32(31)
        both = (high.astype(wide) << wide(32)) | low.astype(wide)
        places = places.astype(wide)
        moved = both >> places if right else (both << places) >> wide(32)
        return moved.astype(np.uint32)

    return shifted


def _field(a: Array, start: Array, length: Array) -> Array:
    """The bits from `start` on, `length` of them, as a number with a sign if a has one."""
    size = 8 * a.dtype.itemsize
    start, length = start & np.uint32(255), length & np.uint32(255)
    kept = np.minimum(length, size).astype(np.int64)
    up = np.clip(size - start.astype(np.int64) - kept, 0, size - 1)
    down = np.clip(up + start, 0, size - 1)
    return np.where(kept == 0, a.dtype.type(0), (a << up.astype(a.dtype)) >> down.astype(a.dtype))


def _leading_zeros(a: Array) -> Array:
    size = 8 * a.dtype.itemsize
    return np.array([size - int(x).bit_length() for x in a.astype(f"uint{size}")], np.uint32)


def _permuted(low: Array, high: Array, selector: Array) -> Array:
    """Four of the eight bytes, or copies of their signs."""
    both = low.astype(np.uint64) | (high.astype(np.uint64) << np.uint64(32))
    result = np.zeros(low.shape, np.uint32)
    for place in range(4):
        chosen = (selector >> np.uint32(4 * place)) & np.uint32(15)
        down = ((chosen & np.uint32(7)) * np.uint32(8)).astype(np.uint64)
        byte = ((both >> down) & np.uint64(255)).astype(np.uint32)
        sign = np.where(byte & np.uint32(128), np.uint32(255), np.uint32(0))
        byte = np.where(chosen & np.uint32(8), sign, byte)
        result = result | (byte << np.uint32(8 * place))
    return result


_LOGIC: dict[str, Callable[..., Array]] = {
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
}
