"""Convexity out of the plane too, and the gradient inequality that follows.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from gnnconv_lib.audit import _pair_lemmas as pair, _relu_lemmas as lemmas
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._measures import measures
from gnnconv_lib.audit.companion.global_linear_rate.sums import HERE
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.claims import (
    Domain,
    Sides,
    at_most,
    both,
    claim,
    domain,
    drawn,
    equal,
    proved,
    symbolic_zero,
)


def _pairs(budget: str) -> dict[str, Any]:
    given = measures(budget)
    width = {"quick": 60, "full": 200}[budget]
    generator = np.random.default_rng(5)
    shape = (len(given.names), width)
    angle = np.pi * generator.uniform(size=shape)
    angle[:, : width // 4] = np.pi - 10.0 ** generator.uniform(-4, 0, (shape[0], width // 4))
    angle[:, :2] = [0.0, np.pi]
    length = 10.0 ** generator.uniform(-3, 2, shape)
    move = 10.0 ** generator.uniform(-4, 1, shape) * length * generator.normal(size=(3, *shape))
    return {
        "measure": np.repeat(np.arange(shape[0]), width),
        "l": length.ravel(),
        "theta": angle.ravel(),
        "other": move.reshape(3, -1).T,
    }


def second_weights(leaks: tuple[float, ...] = ()) -> Domain:
    """Every weight and length with a second weight, and the slopes of a leaky ReLU if any."""

    def cases(budget: str) -> dict[str, Any]:
        made = _pairs(budget)
        return {**made, "leak": np.resize(leaks, len(made["l"]))} if leaks else made

    return domain(
        *on_measures(leaks=leaks).parts,
        drawn("other", "any second weight v, also out of the plane of w and w* (r = 3)"),
        cases=cases,
        words=lambda measure, theta, other: (
            f"measure {measure}, theta = {theta:.8g}, v - w = {other}"
        ),
    )


TANGENTS = second_weights()


def above_tangent(measure: Any, l: Any, theta: Any, other: Any, leak: Any = 0.0) -> Sides:  # noqa: E741
    """∇f(w)·v and f(v) at v = w + other."""
    at = Point(measure, l, theta, 1.0, leak)
    unit = np.stack([np.cos(theta), np.sin(theta), 0 * theta], axis=1)
    teacher = np.array([1.0, 0.0, 0.0])
    v = l[:, None] * unit + other
    size = np.linalg.norm(v, axis=1)
    angle = np.arctan2(np.hypot(v[:, 1], v[:, 2]), v[:, 0])
    there = Point(measure, size, angle, 1.0, leak)
    across = teacher - np.cos(theta)[:, None] * unit
    slope = at.mixed[:, None] * unit + at.slope[:, None] * across
    tangent = np.sum(slope * v, axis=1)  # f is homogeneous: f(w) = grad f(w) . w
    return at_most(tangent, size * there.mixed, ("tangent at v", "f(v)"), at.full * (l + size))


@claim("companion:lemma-convexity/tangents", TANGENTS, tolerance=1e-12)
def above_its_tangents(measure: Any, l: Any, theta: Any, other: Any) -> Any:  # noqa: E741
    """f(v) ≥ f(w) + ∇f(w)·(v - w) for f(w) = |w| B(c)."""
    return proved(pair.tangents(), sides=above_tangent(measure, l, theta, other))


@claim("companion:lemma-convexity/gradient", HERE)
def subtracted_gradient(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """|∇f| ≤ A."""
    at = Point(measure, l, theta)
    sides = at_most(np.hypot(at.mixed, at.slope * at.sine), at.full, ("|grad f|", "A"))
    return proved(lemmas.subtracted_gradient(), sides=sides)


@claim(
    "companion:lemma-gradient-inequality/inequality",
    HERE,
    tolerance=1e-10,
    theorem="LinearRate.gradient_inequality",
)
def gradient_inequality(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """|∇L|² ≥ 2 μ(c) L with μ(c) = (1+c) C²/(2 C(1))."""
    at = Point(measure, l, theta)
    constant = bounds.rate_constant(at.slope, at.slope_at_one, at.cos)
    scale = at.gradient_squared + 1e-14 * (at.full * (1 + l)) ** 2
    sides = at_most(2 * constant * at.loss, at.gradient_squared, ("2 mu L", "|grad L|^2"), scale)
    return proved(lemmas.gradient_inequality(), sides=sides)


@claim("companion:lemma-gradient-inequality/monotone", HERE)
def constant_increases(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """μ increases with c, and μ(1) = C(1) ≤ A."""
    at = Point(measure, l, theta)
    nearer = Point(measure, l, 0.9 * theta)
    at_one = equal(Point(measure, l, 0 * theta).constant, at.slope_at_one, ("mu(1)", "C(1)"))
    nearer_is_larger = at_most(
        at.constant, nearer.constant, ("mu(c)", "mu at a smaller angle"), at.full
    )
    largest = at_most(at.constant, at.slope_at_one, ("mu(c)", "C(1)"), at.full)
    C, K = sympy.symbols("C K", positive=True)
    constant = symbolic_zero(bounds.rate_constant(C, K, 1) - K, lambda e: e.subs(C, K))
    return both(
        proved(lemmas.constant_increases(), sides=nearer_is_larger),
        proved(lemmas.constant_increases(), sides=largest),
        proved(constant, sides=at_one),
    )
