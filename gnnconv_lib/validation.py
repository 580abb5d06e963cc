"""Bad input: one sentence that names the parameter, the value and what is allowed."""

from __future__ import annotations

import difflib
import math
import numbers
import sys
from collections.abc import Iterable
from typing import Any, cast

__all__ = [
    "InvalidInput",
    "require_choice",
    "require_correlation",
    "require_integer",
    "require_real",
    "require_seed",
]


class InvalidInput(ValueError):
    """A value outside of what a function accepts; the message is one full sentence."""


def require_integer(
    name: str, value: Any, minimum: int | None = None, maximum: int | None = None
) -> int:
    """`value` as an `int`, if it is one and lies in [minimum, maximum].

    Raises:
        InvalidInput: for booleans, non-integers and values out of range.

    >>> require_integer("n", 5, minimum=1)
    5
    >>> require_integer("n", 0, minimum=1)
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: n must be an integer of at least 1, got 0.
    """
    allowed = "an integer" + _range_words(minimum, maximum)
    is_integer = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not is_integer:
        raise InvalidInput(f"{name} must be {allowed}, got {value!r}.")
    number = int(value)
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise InvalidInput(f"{name} must be {allowed}, got {number}.")
    return number


def require_real(
    name: str, value: Any, minimum: float | None = None, maximum: float | None = None
) -> float:
    """`value` as a finite `float`, if it is one and lies in [minimum, maximum].

    Raises:
        InvalidInput: for booleans, non-numbers, NaN, infinities and values out of range.

    >>> require_real("p", 0.5, 0.0, 1.0)
    0.5
    >>> require_real("p", float("nan"), 0.0, 1.0)
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: p must be a finite number in [0, 1], got nan.
    """
    allowed = "a finite number" + _range_words(minimum, maximum)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InvalidInput(f"{name} must be {allowed}, got {value!r}.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if cast(float, value) > 0 else -math.inf
    too_small = minimum is not None and number < minimum
    too_large = maximum is not None and number > maximum
    if not math.isfinite(number) or too_small or too_large:
        raise InvalidInput(f"{name} must be {allowed}, got {number:g}.")
    return number


def require_correlation(name: str, value: Any) -> float:
    """`value` as a number in [-1, 1]; up to 8 units in the last place beyond an end is that end.

    Raises:
        InvalidInput: as `require_real` does.

    >>> require_correlation("rho", 1 + 2.2e-16)
    1.0
    """
    number = require_real(name, value)
    if 1 < abs(number) <= 1 + 8 * sys.float_info.epsilon:
        return math.copysign(1.0, number)
    return require_real(name, number, -1.0, 1.0)


def require_seed(name: str, value: Any) -> int:
    """A seed as an integer in [0, 2^63), from any of what people seed with.

    A NumPy generator gives its next 63 bits (so a second call gives another seed), a NumPy
    `SeedSequence` its first, a JAX key its two words; an integer is itself.

    Raises:
        InvalidInput: for anything else, and for a negative integer.

    >>> import numpy as np
    >>> require_seed("seed", 3)
    3
    >>> first, again = (require_seed("seed", np.random.default_rng(3)) for _ in range(2))
    >>> first == again
    True
    >>> require_seed("seed", -1)
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: seed must be an integer of at least 0, a NumPy generator \
or a JAX key, got -1.
    """
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        if 0 <= int(value) < 2**63:
            return int(value)
    else:
        words = _random_bits(value)
        if words is not None:
            return words
    if isinstance(value, numbers.Integral) and int(value) >= 2**63:
        raise InvalidInput(f"{name} must be an integer below 2^63, got {value}.")
    raise InvalidInput(
        f"{name} must be an integer of at least 0, a NumPy generator or a JAX key, got {value!r}."
    )


def _random_bits(value: Any) -> int | None:
    """63 bits from a NumPy generator, a seed sequence or a JAX key, old or new; else None."""
    import numpy as np  # not at the top: most of the time of `gnnconv --help`

    if isinstance(value, np.random.Generator):
        return int(value.integers(2**63, dtype=np.uint64))
    if isinstance(value, np.random.SeedSequence):
        return int(value.generate_state(1, np.uint64)[0]) >> 1
    jax = sys.modules.get("jax")  # without it there is no key
    if jax is None or not isinstance(value, jax.Array) or isinstance(value, jax.core.Tracer):
        return None
    if jax.numpy.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    words = np.asarray(value)
    if words.dtype != np.uint32 or words.ndim != 1 or words.size < 2:
        return None
    if words.size > 2:  # keys of other generators have four words
        return int(np.random.SeedSequence(words.tolist()).generate_state(1, np.uint64)[0]) >> 1
    return (int(words[0]) << 32 | int(words[1])) % 2**63


def require_choice(name: str, value: Any, choices: Iterable[str]) -> str:
    """`value`, if it is one of `choices`; the error suggests the nearest one.

    Raises:
        InvalidInput: if `value` is not among `choices`.

    >>> require_choice("readout", "sum", ["sum", "mean"])
    'sum'
    >>> require_choice("readout", "maen", ["sum", "mean"])
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: readout must be one of sum, mean, got 'maen' (did you mean 'mean'?).
    """
    names = list(choices)
    if isinstance(value, str) and value in names:
        return value
    near = difflib.get_close_matches(str(value), names, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise InvalidInput(f"{name} must be one of {', '.join(names)}, got {value!r}{hint}.")


def _range_words(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f" in [{_number_words(minimum)}, {_number_words(maximum)}]"
    if minimum is not None:
        return f" of at least {_number_words(minimum)}"
    if maximum is not None:
        return f" of at most {_number_words(maximum)}"
    return ""


def _number_words(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"
