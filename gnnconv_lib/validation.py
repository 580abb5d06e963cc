"""Bad input: one sentence that names the parameter, the value and what is allowed."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable
from typing import Any, cast

__all__ = ["InvalidInput", "require_choice", "require_integer", "require_real"]


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
