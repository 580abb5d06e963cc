"""Instructions that make a number from numbers, thread by thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .bits import bits_of
from .program import Fault
from .rounding import flushed, fused, single

__all__ = ["TYPES", "Recipe", "recipe"]

Array = Any
Compute = Callable[..., Array]

TYPES: dict[str, Any] = {
    **{f"{kind}{size}": np.dtype(f"uint{size}") for kind in "bu" for size in (8, 16, 32, 64)},
    **{f"s{size}": np.dtype(f"int{size}") for size in (8, 16, 32, 64)},
    **{f"f{size}": np.dtype(f"float{size}") for size in (16, 32, 64)},
    "pred": np.dtype(bool),
}
TO_WHOLE = {"rni": np.rint, "rzi": np.trunc, "rmi": np.floor, "rpi": np.ceil}


class Recipe(NamedTuple):
    """How the sources are read, and what is made of them."""

    types: tuple[str, ...]
    compute: Compute


def recipe(words: tuple[str, ...], wobble: Compute | None = None) -> Recipe | None:
    """What an instruction computes; None if it is no such instruction.

    Args:
        words: the operation and its modifiers.
        wobble: what is done to the result of an instruction that hardware approximates.
    """
    name, kind = words[0], words[-1]
    if name == "setp":
        return _comparison(words)
    if name == "selp":
        return Recipe((kind, kind, "pred"), lambda a, b, chosen: np.where(chosen, a, b))
    if name == "cvt":
        return Recipe((kind,), _conversion(words))
    if name in ("mov", "cvta"):
        return Recipe((kind,), lambda a: a)
    found = bits_of(words) or _plain(words)
    if found is None:
        return None
    types, compute = found
    if kind[0] == "f":
        if wobble is not None and ({"approx", "full"} & set(words)) and kind == "f32":
            compute = _then(compute, wobble)
        if "ftz" in words:
            compute = _with_flushing(compute)
        if "sat" in words:
            compute = _then(compute, _saturated)
    return Recipe(types, compute)


def _plain(words: tuple[str, ...]) -> tuple[tuple[str, ...], Compute] | None:
    name, kind = words[0], words[-1]
    if name in ("mul", "mad") and kind[0] in "us" and ({"wide", "hi"} & set(words)):
        return _long_product(words)
    if name in ("fma", "mad") and kind[0] == "f":
        return (kind,) * 3, _fused(words)
    if name in ("add", "sub", "mul") and kind == "f32" and ({"rm", "rp", "rz"} & set(words)):
        return (kind,) * 2, _directed(words)
    if name in _ONE:
        return (kind,), _ONE[name]
    if name == "rcp":
        return (kind,), _coarse_reciprocal if kind == "f64" and "approx" in words else _reciprocal
    if name in ("min", "max") and "NaN" in words:
        return (kind, kind), np.minimum if name == "min" else np.maximum
    table = _TWO_FLOATS if kind[0] == "f" else _TWO_WHOLE
    if name in table:
        return (kind, kind), table[name]
    if name == "mad":
        return (kind,) * 3, lambda a, b, c: a * b + c
    return None


def _comparison(words: tuple[str, ...]) -> Recipe:
    compare, kind = words[1], words[-1]
    unordered = kind[0] == "f" and compare in ("equ", "neu", "ltu", "leu", "gtu", "geu", "nan")
    base = compare[:-1] if unordered and compare != "nan" else compare
    base = {"lo": "lt", "ls": "le", "hi": "gt", "hs": "ge"}.get(base, base)

    def compute(a: Array, b: Array) -> Array:
        missing = np.isnan(a) | np.isnan(b) if kind[0] == "f" else np.zeros(np.shape(a), bool)
        if base == "nan":
            return missing
        if base == "num":
            return ~missing
        return _COMPARE[base](a, b) | missing if unordered else _COMPARE[base](a, b) & ~missing

    if len(words) == 3:
        return Recipe((kind, kind), compute)
    joined = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}[words[2]]
    return Recipe((kind, kind, "pred"), lambda a, b, other: joined(compute(a, b), other))


def _conversion(words: tuple[str, ...]) -> Compute:
    """cvt: from the last type to the one before it."""
    target, source = words[-2], words[-1]
    dtype = TYPES[target]
    to_whole = next((TO_WHOLE[word] for word in words if word in TO_WHOLE), None)
    if target[0] == "f":
        if source == "f64" and target == "f32" and ({"rm", "rp", "rz"} & set(words)):
            mode = next(word for word in words if word in ("rm", "rp", "rz"))
            return lambda a: single(a, np.zeros_like(a), mode)
        if to_whole is None:
            made: Compute = lambda a: a.astype(dtype)  # noqa: E731
        else:
            made = lambda a: to_whole(a).astype(dtype)  # noqa: E731
        return _then(made, _saturated) if "sat" in words else made
    if source[0] != "f":
        return lambda a: a.astype(dtype)
    limits = np.iinfo(dtype)

    def whole(a: Array) -> Array:
        value = (to_whole or np.trunc)(a.astype(np.float64))
        inside = (value >= limits.min) & (value < float(limits.max) + 1 * (limits.bits < 64))
        safe = np.where(inside, value, 0.0).astype(dtype)
        edge = np.where(value > 0, limits.max, limits.min)
        return np.where(inside | np.isnan(value), safe, edge.astype(dtype))

    return whole


def _fused(words: tuple[str, ...]) -> Compute:
    if words[-1] == "f64":
        if "rn" not in words:
            raise Fault(f"not emulated: {'.'.join(words)}")
        return fused
    mode = next(word for word in words if word in ("rn", "rm", "rp", "rz"))
    wide = np.float64
    return lambda a, b, c: single(a.astype(wide) * b.astype(wide), c.astype(wide), mode)


def _directed(words: tuple[str, ...]) -> Compute:
    mode = next(word for word in words if word in ("rm", "rp", "rz"))
    wide = np.float64
    if words[0] == "mul":
        return lambda a, b: single(a.astype(wide) * b.astype(wide), np.zeros(a.shape), mode)
    sign = -1.0 if words[0] == "sub" else 1.0
    return lambda a, b: single(a.astype(wide), sign * b.astype(wide), mode)


def _long_product(words: tuple[str, ...]) -> tuple[tuple[str, ...], Compute]:
    kind = words[-1]
    size = int(kind[1:])
    if size == 64:
        raise Fault(f"not emulated: {'.'.join(words)}")
    wide = TYPES[f"{kind[0]}{2 * size}"]
    shift = size if "hi" in words else 0

    def product(a: Array, b: Array) -> Array:
        return (a.astype(wide) * b.astype(wide)) >> wide.type(shift)

    if words[0] == "mul":
        return (kind, kind), product
    last = kind if "hi" in words else f"{kind[0]}{2 * size}"
    return (kind, kind, last), lambda a, b, c: product(a, b) + c


def _then(first: Compute, second: Compute) -> Compute:
    return lambda *values: second(first(*values))


def _with_flushing(compute: Compute) -> Compute:
    return lambda *values: flushed(compute(*map(flushed, values)))


def _saturated(x: Array) -> Array:
    return np.where(np.isnan(x), x.dtype.type(0), np.clip(x, x.dtype.type(0), x.dtype.type(1)))


def _reciprocal(x: Array) -> Array:
    return x.dtype.type(1) / x


def _coarse_reciprocal(x: Array) -> Array:
    """The upper half of the bits of 1 / x, as a starting point for a Newton step."""
    kept = (1.0 / x).view(np.uint64) & np.uint64(0xFFFFFFFF00000000)
    return np.where(np.isnan(x), x, kept.view(np.float64))


def _remainder(a: Array, b: Array) -> Array:
    return np.fmod(a, np.where(b == 0, b.dtype.type(1), b))


def _quotient(a: Array, b: Array) -> Array:
    """Whole quotients are cut, not rounded down."""
    safe = np.where(b == 0, b.dtype.type(1), b)
    return (a - np.fmod(a, safe)) // safe


_COMPARE: dict[str, Compute] = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal,
}  # fmt: skip
_ONE: dict[str, Compute] = {
    "neg": np.negative, "abs": np.abs, "sqrt": np.sqrt, "ex2": np.exp2, "lg2": np.log2,
    "tanh": np.tanh, "sin": np.sin, "cos": np.cos, "rsqrt": lambda x: x.dtype.type(1) / np.sqrt(x),
}  # fmt: skip
_TWO_FLOATS: dict[str, Compute] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "min": np.fmin,
    "max": np.fmax, "copysign": lambda sign, size: np.copysign(size, sign),
}  # fmt: skip
_TWO_WHOLE: dict[str, Compute] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": _quotient, "rem": _remainder,
    "min": np.minimum, "max": np.maximum,
}  # fmt: skip
