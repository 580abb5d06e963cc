"""Refutations without rounding: both sides of a statement at its witness, as exact numbers or balls.

A universal statement is refuted by one case. So a comparison may carry a function `exactly` that
gives its two sides at one case as rational numbers, or as balls of Arb that enclose them::

    def sides(x, ball):
        return ball(x).sin(), ball(x)

    at_most(np.sin(x), x, exactly=sides)

The engine calls it at the witness that it shows. Where the comparison fails there for certain, the
refutation is `symbolic` (rational numbers) or `certified` (balls) instead of a search. Numbers that
are not those of the witness, and sides that do not differ for certain, are refused.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from gnnconv_lib.certificates import flint_settings
from gnnconv_lib.validation import InvalidInput

__all__ = ["kind_at", "rationals"]

PRECISION = 256


def rationals(values: Any) -> Any:
    """Floating-point numbers as the fractions that they are; an array as an array of fractions.

    >>> rationals(0.75)
    Fraction(3, 4)
    >>> rationals([[0.5, 2.0]]).tolist()
    [[Fraction(1, 2), Fraction(2, 1)]]
    """
    if np.ndim(values) == 0:
        return Fraction(values) if isinstance(values, Fraction) else Fraction(float(values))
    return np.vectorize(lambda value: Fraction(float(value)), otypes=[object])(np.asarray(values))


def kind_at(
    function: Callable[..., tuple[Any, Any] | None],
    case: Mapping[str, Any],
    relation: str,
    shown: tuple[float, float],
    tolerance: float = 1e-9,
) -> str | None:
    """The kind of a refutation at one case; None where nothing exact is known of it.

    Args:
        function: from the columns of the case, by the names of its parameters, the two sides. A
            parameter `ball` turns a number into a ball of Arb with 256 bits, `pi` is a ball of π
            (which need python-flint). None for a case that it does not know.
        case: the case.
        relation: what is stated of the sides: "<=", "<" or "=".
        shown: the sides as floating-point numbers.
        tolerance: how far the exact sides may be from those, relative to |left| + |right|.

    Raises:
        InvalidInput: for sides that are neither rational nor balls, that are not those that are
            shown, or for which the statement does not fail for certain.
    """
    wanted = list(inspect.signature(function).parameters)
    if not {"ball", "pi"} & set(wanted):
        return _kind(function(**{name: case[name] for name in wanted}), relation, shown, tolerance)
    try:
        from flint import arb
    except ImportError:
        return None
    with flint_settings(PRECISION, 8):
        known = {**case, "ball": _ball, "pi": arb.pi()}
        return _kind(function(**{name: known[name] for name in wanted}), relation, shown, tolerance)


def _kind(
    sides: tuple[Any, Any] | None, relation: str, shown: tuple[float, float], tolerance: float
) -> str | None:
    if sides is None:
        return None
    left, right = sides
    rational = all(isinstance(side, (int, Fraction, np.integer)) for side in (left, right))
    if any(isinstance(side, float) for side in (left, right)):
        raise InvalidInput("the exact sides must be rational or balls, got rounded numbers.")
    if rational:
        left, right = Fraction(left), Fraction(right)
    else:
        left, right = _ball(left), _ball(right)
    scale = abs(shown[0]) + abs(shown[1]) or 1.0
    for exact, seen in zip((left, right), shown, strict=True):
        if not abs(float(exact) - seen) <= tolerance * scale:
            raise InvalidInput(
                f"the exact side {float(exact):.9g} is not the one that is shown, {seen:.9g}."
            )
    # Comparisons of balls are true only where they are certain. One ball twice is an equality.
    fails = {"<=": left > right, "<": left is right or left >= right, "=": left != right}[relation]
    if not fails:
        raise InvalidInput(f"the exact sides do not contradict '{relation}' for certain.")
    return "symbolic" if rational else "certified"


def _ball(number: Any) -> Any:
    from flint import arb

    if isinstance(number, arb):
        return number
    if not isinstance(number, (int, float, Fraction, np.integer)):
        raise InvalidInput(f"the exact sides must be rational or balls, got {number!r}.")
    fraction = Fraction(number if isinstance(number, (float, Fraction)) else int(number))
    return arb(fraction.numerator) / fraction.denominator
