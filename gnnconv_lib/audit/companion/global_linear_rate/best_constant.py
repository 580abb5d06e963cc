"""The best constant of the gradient inequality, and where it is attained.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from gnnconv_lib.audit import _relu_lemmas as lemmas
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit.companion.global_linear_rate.identities import letters
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    domain,
    equal,
    proved,
    real,
    symbolic_zero,
    where,
)

NOT_ENDS = on_measures(open_ends=(True, True), angles=(0.0, np.pi))


@claim("companion:lemma-best-constant/bound", NOT_ENDS, tolerance=1e-9)
def best_constant_is_allowed(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """|∇L|² ≥ 2 μ_best L with μ_best = A C² sin²θ/(A² - B²), and μ ≤ μ_best."""
    at = Point(measure, l, theta)
    best = bounds.best_constant(at.full, at.gap, at.slope, theta)
    scale = at.gradient_squared + 1e-13 * (at.full * (1 + l)) ** 2
    return both(
        proved(
            lemmas.best_constant(),
            sides=at_most(
                2 * best * at.loss, at.gradient_squared, ("2 mu_best L", "|grad L|^2"), scale
            ),
        ),
        proved(
            lemmas.best_constant_is_larger(),
            sides=at_most(at.constant, best, ("mu", "mu_best"), at.full),
        ),
    )


VALLEY = domain(
    *NOT_ENDS.parts[:1],
    NOT_ENDS.parts[1],
    real("theta", "[0.01, 3.1]", "angle θ to the teacher"),
    where("the valley's length B/A is at least 1e-6", lambda valley: valley >= 1e-6),
    derived=("valley",),
    cases=lambda budget: _valley(budget),
)


def _valley(budget: str) -> dict[str, Any]:
    columns = NOT_ENDS.cases(budget).columns
    measure, l = (np.asarray(columns[name]) for name in ("measure", "l"))  # noqa: E741
    theta = np.clip(np.asarray(columns["theta"]), 0.01, 3.1)
    at = Point(measure, l, theta)
    valley = at.mixed / at.full
    keep = valley >= 1e-6
    return {"measure": measure[keep], "l": l[keep], "theta": theta[keep], "valley": valley[keep]}


@claim(
    "companion:lemma-best-constant/attained",
    VALLEY,
    tolerance=1e-7,
    theorem="LinearRate.best_constant",
)
def best_constant_is_attained(measure: Any, theta: Any, valley: Any) -> Any:
    """At the length B/A, |∇L|² = 2 μ_best L."""
    at = Point(measure, valley, theta)
    best = bounds.best_constant(at.full, at.gap, at.slope, theta)
    sides = equal(2 * best * at.loss, at.gradient_squared, ("2 mu_best L", "|grad L|^2"))
    A, B, C, _, _, angle = letters()
    length, squared = B / A, (C * sympy.sin(angle)) ** 2
    valley_loss = A * (length**2 + 1) / 2 - length * B
    zero = squared - 2 * A * squared / (A**2 - B**2) * valley_loss
    return proved(symbolic_zero(zero), sides=sides)
