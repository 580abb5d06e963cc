"""Numbers as text, rounded so that the last bits of a result never show.

Two CPU types give results that differ in the last bits. A number is printed in two steps: it is
first brought to 12 significant digits, where noise in the last bits disappears, and from there to
the digits that are shown. Rounding at once would print 0.06250000000000001 and 0.0625 differently
at two digits (0.063 and 0.062), because the second is exactly half way.

Book page: `book/two-papers`.
"""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["AtMost", "as_text"]

_NOISE_FREE_DIGITS = 12


@dataclass(frozen=True)
class AtMost:
    """A number so small that its digits are noise, with the bound that it was checked against.

    Printed as `<= 1e-12`. It exists only if the bound holds, so a cell that builds one has checked
    its tolerance.

    Raises:
        InvalidInput: if `value` is NaN or exceeds `bound`.

    >>> as_text(AtMost(3e-16, 1e-12))
    '<= 1e-12'
    """

    value: float
    bound: float

    def __post_init__(self) -> None:
        if not abs(float(self.value)) <= float(self.bound):
            raise InvalidInput(
                f"value must be at most {self.bound:g} in absolute value, got {self.value:g}."
            )


def as_text(value: Any, digits: int = 4, zero: float = 0.0) -> str:
    """`value` as text: integers exactly, other numbers to `digits` significant digits.

    Args:
        value: a number, bool, string, `None` (printed as a dash) or `AtMost`. NumPy and JAX scalars
            count as numbers.
        digits: significant digits, 1 to 10.
        zero: numbers of at most this absolute value are printed as 0.

    Raises:
        InvalidInput: for NaN and infinities (print a status in words instead), complex numbers,
            arrays and other objects.

    >>> as_text(2 / 3), as_text(1234567.0), as_text(10**12), as_text(1e-7)
    ('0.6667', '1.235e+06', '1000000000000', '1e-07')
    >>> as_text(0.06250000000000001, 2) == as_text(0.0625, 2)
    True
    >>> as_text(-0.0), as_text(1e-17, zero=1e-12), as_text(True), as_text(None)
    ('0', '0', 'yes', '-')
    """
    require_integer("digits", digits, 1, 10)
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if isinstance(value, AtMost):
        return f"<= {as_text(float(value.bound), digits)}"
    number = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    if isinstance(number, bool):
        return "yes" if number else "no"
    if isinstance(number, numbers.Integral):
        return str(int(number))
    if isinstance(number, numbers.Real):
        return _real_as_text(float(number), digits, zero)
    raise InvalidInput(
        f"value must be a number or a string, got {type(value).__name__} {value!r}; "
        "print one entry at a time."
    )


def _real_as_text(number: float, digits: int, zero: float) -> str:
    if not math.isfinite(number):
        raise InvalidInput(
            f"value must be finite, got {number}; print a status such as 'diverged' instead."
        )
    if number == 0 or abs(number) <= zero:
        return "0"
    noise_free = Decimal(f"{number:.{_NOISE_FREE_DIGITS - 1}e}")
    rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(noise_free)
    return f"{float(rounded):.{digits}g}"
