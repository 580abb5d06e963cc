"""Bounds on the sums A, B and C.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit import _pair_lemmas as pair
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.claims import at_most, both, claim, less, proved
from gnnconv_lib.dual import inequalities

HERE = on_measures()


BEHIND = on_measures(angles=(np.pi / 2, np.pi))


def _of_pairs(*sides: Any) -> list[Any]:
    return [proved(pair.terms(), sides=entry) for entry in sides]


@claim("companion:lemma-sums/slope", HERE, theorem="LinearRate.sums")
def slope_bounds(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """0 ≤ C(c) ≤ C(1) ≤ min(A, S)."""
    at = Point(measure, l, theta)
    return both(
        *_of_pairs(
            at_most(0.0, at.slope, ("0", "C"), at.full),
            at_most(at.slope, at.slope_at_one, ("C(c)", "C(1)"), at.full),
            at_most(
                at.slope_at_one, np.minimum(at.full, at.messages), ("C(1)", "min(A, S)"), at.full
            ),
        )
    )


@claim("companion:lemma-sums/mixed", HERE, theorem="LinearRate.sums")
def mixed_bounds(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """max(cA, cC, 0) ≤ B(c) ≤ A."""
    at = Point(measure, l, theta)
    lower = np.maximum(np.maximum(at.cos * at.full, at.cos * at.slope), 0)
    return both(
        *_of_pairs(
            at_most(lower, at.mixed, ("max(cA, cC, 0)", "B"), at.full),
            at_most(at.mixed, at.full, ("B", "A"), at.full),
        )
    )


@claim("companion:lemma-sums/gap", HERE, theorem="LinearRate.sums")
def gap_bound(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """A - B(c) ≤ C(1)(1 - c)."""
    at = Point(measure, l, theta)
    right = at.slope_at_one * 2 * np.sin(theta / 2) ** 2
    return _of_pairs(at_most(at.gap, right, ("A - B", "C(1)(1-c)"), at.full))[0]


@claim("companion:lemma-sums/slope-from-degrees", HERE, theorem="LinearRate.sums")
def slope_from_degrees(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """C(c) ≥ S s'(min(c, 0))."""
    at = Point(measure, l, theta)
    step = 1 - np.maximum(theta, np.pi / 2) / np.pi  # exact next to c = -1
    sides = at_most(at.messages * step, at.slope, ("S s'(min(c, 0))", "C"), at.full)
    # s' does not decrease, and rho c >= min(c, 0), pair by pair.
    return proved(inequalities.certificate("convex"), sides=sides)


@claim("companion:lemma-sums/behind", BEHIND, theorem="LinearRate.sums")
def mixed_behind(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """B(c) ≤ M/π."""
    at = Point(measure, l, theta)
    sides = at_most(at.mixed, at.pairs / np.pi, ("B", "M/pi"), at.full)
    # s(rho c) <= s(0), pair by pair.
    return proved(inequalities.certificate("nondecreasing"), sides=sides)


@claim("companion:lemma-sums/full", HERE, theorem="LinearRate.sums")
def full_from_degrees(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """M/π + S/2 ≤ A ≤ M/π + (1 - 1/π) S."""
    at = Point(measure, l, theta)
    first = at.pairs / np.pi
    return both(
        proved(
            inequalities.certificate("above a parabola"),
            sides=at_most(first + at.messages / 2, at.full, ("M/pi + S/2", "A")),
        ),
        proved(
            inequalities.certificate("below a parabola"),
            sides=at_most(
                at.full, first + (1 - 1 / np.pi) * at.messages, ("A", "M/pi + (1-1/pi) S")
            ),
        ),
    )


@claim("companion:lemma-sums/positive", on_measures(open_ends=(False, True)))
def sums_are_positive(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """B(c) > 0 and C(c) > 0 for c > -1."""
    at = Point(measure, l, theta)
    # At c = -1 rounding leaves about 1e-17 S of a C that is 0 and 1e-49 of B; 1e-9 before it C is above
    # 1e-10 S and B above 1e-29.
    slope = less(1e-13 * at.messages, at.slope, ("0", "C"))
    mixed = less(1e-35 * at.messages, at.mixed, ("0", "B"))
    return both(
        proved(pair.positive(), sides=slope),
        proved(pair.positive_mixed(), sides=mixed),
    )
