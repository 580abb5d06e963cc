"""Proofs, by ball arithmetic, that a function is nonnegative on a whole interval.

Arb (through python-flint) computes with balls: a midpoint and a radius that provably covers every
rounding error. On a box [a, b] the function is enclosed by its Taylor polynomial at an end plus a
remainder with the last coefficient taken over the whole box,

    f(a + t) in sum_{k < order} f_k(a) t^k + f_order([a, b]) t^order,   0 <= t <= b - a.

If the first coefficients are *exactly* zero, t^v is divided out. So an inequality that is tight at
an end of the interval (or at a dyadic point inside) is proved as well, and not just up to a
tolerance. Boxes that resist are halved.

python-flint comes with the `book` extra. Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from gnnconv_lib.extras import package
from gnnconv_lib.validation import InvalidInput, require_integer, require_real

__all__ = ["Certificate", "certify_nonnegative", "flint_settings"]


@dataclass(frozen=True)
class Certificate:
    """The outcome of an attempt to prove f >= 0 on [low, high].

    Fields:
        status: "proved"; "refuted", where f < 0 was proved at a point; or "undecided", where
            the boxes ran out.
        low, high: the interval.
        boxes: how many boxes were decided.
        smallest_margin: the smallest proved lower bound of f over a box, or of f / |t|^v on the
            boxes in which f vanishes like t^v at an end. None unless proved.
        box: the box that resisted, unless proved; for a refutation, the point twice.
        value: the upper end of the ball of f at the middle of that box. None if proved.
    """

    status: Literal["proved", "refuted", "undecided"]
    low: float
    high: float
    boxes: int
    smallest_margin: float | None
    box: tuple[float, float] | None = None
    value: float | None = None

    @property
    def proved(self) -> bool:
        """Whether f >= 0 holds on all of [low, high]."""
        return self.status == "proved"


def certify_nonnegative(
    function: Callable[[Any], Any],
    low: float,
    high: float,
    order: int = 6,
    precision: int = 128,
    max_boxes: int = 20_000,
) -> Certificate:
    """A proof that function(x) >= 0 for every real x in [low, high], or where it fails.

    Args:
        function: maps a `flint.arb_series` to one, with operations that python-flint encloses
            (arithmetic, sin, sqrt, exp, ...), so that the proof is one about this expression.
        low, high: ends of the interval; taken as the exact binary numbers that they are.
        order: degree of the Taylor enclosure.
        precision: working precision in bits.
        max_boxes: boxes to look at before giving up as "undecided".

    Returns:
        a `Certificate`; look at its `status`.

    Raises:
        InvalidInput: for an empty interval or an order, precision or budget below 1.

    >>> certify_nonnegative(lambda x: x * x - x * x * x, 0.0, 1.0).status
    'proved'
    >>> failed = certify_nonnegative(lambda x: x * x - 0.01, 0.0, 1.0)
    >>> failed.status, failed.value < 0
    ('refuted', True)
    """
    low = require_real("low", low)
    high = require_real("high", high, minimum=low)
    if low == high:
        raise InvalidInput(f"high must be above low, got {high:g} for both.")
    require_integer("order", order, minimum=1)
    require_integer("precision", precision, minimum=53)
    require_integer("max_boxes", max_boxes, minimum=1)
    waiting, decided, looked_at, margin = [(low, high)], 0, 0, float("inf")
    with flint_settings(precision, order + 1):
        while waiting:
            left, right = waiting.pop()
            looked_at += 1
            bound = _lower_bound(function, left, right, order)
            if bound is not None:
                decided, margin = decided + 1, min(margin, bound)
                continue
            middle = left + (right - left) / 2
            value = _upper_value(function, middle)
            if value < 0:
                point = (middle, middle)
                return Certificate("refuted", low, high, decided, None, point, value)
            if looked_at >= max_boxes or not left < middle < right:
                box = (left, right)
                return Certificate("undecided", low, high, decided, None, box, value)
            waiting += [(middle, right), (left, middle)]
    return Certificate("proved", low, high, decided, margin)


def _lower_bound(
    function: Callable[[Any], Any], left: float, right: float, order: int
) -> float | None:
    """A proved bound >= 0 of f, or of f / |t|^v, on [left, right], if there is one."""
    from flint import arb

    centre = (arb(left) + arb(right)) / 2
    over_box = _coefficients(function, centre + arb(0, 1) * (arb(right) - arb(left)) / 2, order)
    width = (arb(right) - arb(left)).upper()
    for end, side in ((left, 1), (right, -1)):
        at_end = _coefficients(function, arb(end), order)
        vanishing = 0
        while vanishing < order and at_end[vanishing].is_exact() and at_end[vanishing] == 0:
            vanishing += 1
        step = arb(width / 2, width / 2)
        total = over_box[order] * (arb(side) ** order)
        for k in range(order - 1, vanishing - 1, -1):
            total = total * step + at_end[k] * (arb(side) ** k)
        if total.lower() >= 0:
            return float(total.lower())
    return None


def _upper_value(function: Callable[[Any], Any], point: float) -> float:
    from flint import arb

    return float(_coefficients(function, arb(point), 0)[0].upper())


def _coefficients(function: Callable[[Any], Any], ball: Any, order: int) -> list[Any]:
    """The Taylor coefficients 0, ..., order of the function, enclosed over the ball.

    A function that cannot be enclosed there (a divisor that may be 0) gives balls over everything.
    """
    from flint import arb, arb_series

    try:
        result = function(arb_series([ball, 1]))
    except (ValueError, ZeroDivisionError):
        return [arb.nan()] * (order + 1)
    if not isinstance(result, arb_series) or result.prec <= order:
        raise InvalidInput(
            f"function must return a series of at least {order + 1} known terms, got {result!r}."
        )
    return [result[k] for k in range(order + 1)]


@contextmanager
def flint_settings(precision: int, terms: int) -> Iterator[None]:
    """python-flint's process-wide precision and series length, set and put back."""
    ctx = package("flint").ctx
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = precision, terms
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before
