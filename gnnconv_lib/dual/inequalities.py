"""Inequalities for s, the dual of sqrt(2) max(t, 0), proved on whole intervals by ball arithmetic.

The proofs are about the textbook forms, in a variable in which they are analytic:

    from -1:  rho = -cos(t),  pi s = sin t - t cos t,                   pi s' = t,
    from  0:  rho = t,        pi s = sqrt(1 - t^2) + t (pi / 2 + arcsin t),  pi s' = pi / 2 + arcsin t,
    from  1:  rho = cos(t),   pi s = sin t + (pi - t) cos t,            pi s' = pi - t.

At t = 0 all of them have exact Taylor coefficients, so that inequalities which are equalities at
rho = -1, 0 or 1 are proved there as well. The pieces overlap and cover the stated interval.

Reference: awasthi2021, Definition 1 and the proof of Lemma 5. Book page:
book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gnnconv_lib.certificates import Certificate, certify_nonnegative
from gnnconv_lib.validation import require_choice

__all__ = ["INEQUALITIES", "Inequality", "certificate", "prove"]

Series = Callable[[Any], Any]

# arccos(0) < QUARTER, arccos(0.9) < NEAR: the pieces overlap a little.
QUARTER = 1.5708
NEAR = 0.4511
MIDDLE = 0.9


@dataclass(frozen=True)
class Inequality:
    """One statement about s on an interval of rho, and the functions whose sign proves it.

    Fields:
        formula: the statement in TeX.
        low, high: the interval of rho.
        pieces: (function of t, largest t) for `certify_nonnegative` on [0, largest t] (or on
            [-largest t, largest t] for a piece around rho = 0), in the order of the module
            docstring. Positive factors such as pi are left out, and functions that are even in
            rho are treated for rho >= 0 only.
        two_sided: whether the single piece runs over [-largest t, largest t].
    """

    formula: str
    low: float
    high: float
    pieces: tuple[tuple[Series, float], ...]
    two_sided: bool = False


def prove(name: str) -> tuple[Certificate, ...]:
    """The certificates of the inequality called `name`, one per piece.

    Raises:
        InvalidInput: for a name that is not in `INEQUALITIES`.

    >>> [certificate.status for certificate in prove("convex")]
    ['proved', 'proved']
    """
    entry = INEQUALITIES[require_choice("name", name, INEQUALITIES)]
    return tuple(
        certify_nonnegative(function, -largest if entry.two_sided else 0.0, largest)
        for function, largest in entry.pieces
    )


def certificate(name: str) -> Certificate:
    """The proof of the inequality called `name` on its whole interval, all pieces in one.

    Where a piece is not proved, its certificate.

    >>> found = certificate("nonnegative")
    >>> found.proved, found.low, found.high
    (True, -1.0, 1.0)
    """
    entry, pieces = INEQUALITIES[require_choice("name", name, INEQUALITIES)], prove(name)
    for piece in pieces:
        if not piece.proved:
            return piece
    return Certificate(
        "proved",
        entry.low,
        entry.high,
        sum(piece.boxes for piece in pieces),
        min(piece.smallest_margin for piece in pieces if piece.smallest_margin is not None),
    )


def _pi() -> Any:
    from flint import arb

    return arb.pi()


def _from_zero(t: Any) -> Any:
    """pi s(t) for t around 0."""
    return (1 - t * t).sqrt() + t * (_pi() / 2 + t.asin())


def _even_part(t: Any) -> Any:
    """pi (s(t) - t / 2), an even function of t."""
    return (1 - t * t).sqrt() + t * t.asin()


def _below_one(t: Any) -> Any:
    """sin t - t cos t: pi s at -cos t, and pi (s(x) - x) at x = cos t."""
    return t.sin() - t * t.cos()


def _near_one(t: Any) -> Any:
    """pi s at cos t."""
    return t.sin() + (_pi() - t) * t.cos()


INEQUALITIES: dict[str, Inequality] = {
    "nonnegative": Inequality(
        r"s(x) \ge 0", -1.0, 1.0, ((_below_one, QUARTER), (_near_one, QUARTER))
    ),
    "nondecreasing": Inequality(
        r"s'(x) \ge 0", -1.0, 1.0, ((lambda t: t, QUARTER), (lambda t: _pi() - t, QUARTER))
    ),
    "convex": Inequality(
        r"1 / (\pi s''(x)) = \sqrt{1 - x^2} \ge 0",
        -1.0,
        1.0,
        ((lambda t: t.sin(), QUARTER), (lambda t: t.sin(), QUARTER)),
    ),
    "above x times its slope": Inequality(
        r"s(x) - x s'(x) = \sqrt{1 - x^2} / \pi \ge 0",
        -1.0,
        1.0,
        ((lambda t: _below_one(t) + t.cos() * t, QUARTER), (lambda t: t.sin(), QUARTER)),
    ),
    "at least 1/pi": Inequality(
        r"s(x) \ge 1 / \pi",
        0.0,
        1.0,
        ((lambda t: _from_zero(t) - 1, MIDDLE), (lambda t: _near_one(t) - 1, NEAR)),
    ),
    "at least x": Inequality(
        r"s(x) \ge \max(x, 0)", -1.0, 1.0, ((_below_one, QUARTER), (_below_one, QUARTER))
    ),
    "at most 1": Inequality(
        r"s(x) \le (1 + x) / 2 \le 1",
        -1.0,
        1.0,
        (
            (lambda t: _pi() / 2 * (1 - t.cos()) - _below_one(t), QUARTER),
            (lambda t: _pi() / 2 * (1 - t.cos()) - _below_one(t), QUARTER),
        ),
    ),
    "largest on the positive side": Inequality(
        r"s(x) \le s(|x|)",
        -1.0,
        0.0,
        (
            (lambda t: _from_zero(t) - _from_zero(-t), MIDDLE),
            (lambda t: _near_one(t) - _below_one(t), NEAR),
        ),
    ),
    "above a parabola": Inequality(
        r"s(x) \ge 1/\pi + x/2 + x^2/(2\pi)",
        -1.0,
        1.0,
        (
            (lambda t: _even_part(t) - 1 - t * t / 2, MIDDLE),
            (
                lambda t: t.sin() + (_pi() / 2 - t) * t.cos() - 1 - t.cos() * t.cos() / 2,
                NEAR,
            ),
        ),
    ),
    "below a parabola": Inequality(
        r"s(x) \le 1/\pi + x/2 + (1/2 - 1/\pi) x^2",
        -1.0,
        1.0,
        (
            (lambda t: 1 + (_pi() / 2 - 1) * t * t - _even_part(t), MIDDLE),
            (
                lambda t: t.sin() * t.sin() - _pi() / 2 * t.cos() * (1 - t.cos()) - _below_one(t),
                NEAR,
            ),
        ),
    ),
    "step at least 1/2 on the positive side": Inequality(
        r"s'(x) \ge 1/2", 0.0, 1.0, ((lambda t: t.asin(), MIDDLE), (lambda t: _pi() / 2 - t, NEAR))
    ),
    "step near 0": Inequality(
        r"s'(x) \ge 0.4936",
        -1 / 50,
        1 / 50,
        ((lambda t: t.asin() / _pi() + 0.0064, 1 / 50),),
        two_sided=True,
    ),
    "step at least 1/2 near 0": Inequality(
        r"s'(x) \ge 1/2", -1 / 50, 1 / 50, ((lambda t: t.asin(), 1 / 50),), two_sided=True
    ),
}
