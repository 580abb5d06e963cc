"""Quadratic convergence: complete graphs at ηA = 1.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import sympy

from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._measures import measures
from gnnconv_lib.certificates import Certificate, certify_nonnegative
from gnnconv_lib.claims import (
    SymbolicZero,
    at_most,
    both,
    claim,
    domain,
    equal,
    fixed,
    integer,
    proved,
    real,
    symbolic_zero,
)


def _on_complete(budget: str) -> dict[str, Any]:
    angles = np.concatenate([[0.0], np.geomspace(1e-6, 3.1, 200)])
    known = measures("quick")
    whole = [k for k, name in enumerate(known.names) if name.startswith("complete(")]
    n, angle = (part.ravel() for part in np.meshgrid(whole, angles, indexing="ij"))
    nodes = np.array([int(known.names[k][9:-1]) for k in n])
    order = np.argsort(nodes, kind="stable")
    return {
        "measure": n[order],
        "n": nodes[order],
        "l": np.resize([1.0, 0.1, 10.0], n.size),
        "theta": angle[order],
    }


_ON_COMPLETE = (
    integer("n", "[1, inf)", "nodes of the complete graph"),
    fixed("x = ηA = 1, r ≥ 2"),
    real("l", "(0, inf)", "length l"),
)


NEWTON = domain(
    *_ON_COMPLETE, real("theta", "[0, pi)", "θ"), derived=("measure",), cases=_on_complete
)


NEAR = domain(
    *_ON_COMPLETE,
    real("theta", "(0, 1]", "θ"),
    derived=("measure",),
    cases=lambda budget: (
        _on_complete(budget) | {"theta": np.resize(np.geomspace(1e-3, 1.0, 100), 6 * 201)}
    ),
)


@claim("companion:lemma-quadratic-convergence/map", NEWTON, tolerance=1e-9)
def map_of_the_angle(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """tan θ_+ = sin² θ / (π - θ + sin θ cos θ)."""
    found = Point(measure, l, theta).after.angle
    below = np.pi - theta + np.sin(theta) * np.cos(theta)
    # In units of theta: the rotation is computed as a part of it.
    unit = np.where(theta > 0, theta, 1.0)
    exact = np.arctan2(np.sin(theta) ** 2, below)
    sides = equal(found, exact, ("angle after a step", "closed form"), unit)
    across, along = _parts()
    return both(proved(across, sides=sides), proved(along, sides=sides))


def _parts() -> tuple[SymbolicZero, SymbolicZero]:
    """B = A s and C = A s': the step is s ŵ + s'(w* - cos θ ŵ), with s and s' at cos θ.

    Its part across w* is sin θ (s - cos θ s') = sin²θ/π, its part along w* is
    cos θ s + sin²θ s' = (π - θ + sin θ cos θ)/π.
    """
    t, pi = sympy.Symbol("theta", real=True), sympy.pi
    sine, cosine = sympy.sin(t), sympy.cos(t)
    s, slope = (sine + (pi - t) * cosine) / pi, (pi - t) / pi
    across = sine * (s - cosine * slope) - sine**2 / pi
    along = cosine * s + sine**2 * slope - (pi - t + sine * cosine) / pi
    return symbolic_zero(across), symbolic_zero(along)


@claim("companion:lemma-quadratic-convergence/order", NEAR, tolerance=1e-9)
def quadratic_convergence(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """θ²/π - θ⁴/8 ≤ θ_+ ≤ θ²/π."""
    away = Point(measure, l, theta).after.angle - theta**2 / np.pi
    above, below = _bounds_of_the_angle()
    return both(
        proved(above, sides=at_most(away, 0 * theta, ("theta_+ - theta^2/pi", "0"), theta)),
        proved(
            below, sides=at_most(-away, theta**4 / 8, ("theta^2/pi - theta_+", "theta^4/8"), theta)
        ),
    )


@cache
def _bounds_of_the_angle() -> tuple[Certificate | None, Certificate | None]:
    """On 0 ≤ θ ≤ 1: π sin²θ ≤ θ²(π - θ + sin θ cos θ), and π times the bound from below.

    From above θ_+ ≤ tan θ_+ ≤ θ²/π. From below tan θ_+ ≥ y = sin²θ/π, as θ ≥ sin θ cos θ, and
    θ_+ ≥ y - y³/3 ≥ θ²/π - θ⁴/8; the last step is certified, multiplied by π.
    """
    try:
        from flint import arb
    except ImportError:
        return None, None

    def above(t: Any) -> Any:
        return arb.pi() * (t * t - t.sin() * t.sin()) - t * t * (t - t.sin() * t.cos())

    def below(t: Any) -> Any:
        square, pi = t.sin() * t.sin(), arb.pi()
        cubed = square * square * square
        return square - t * t - cubed / (3 * pi * pi) + t * t * t * t * (pi / 8)

    return certify_nonnegative(above, 0.0, 1.0), certify_nonnegative(below, 0.0, 1.0)
