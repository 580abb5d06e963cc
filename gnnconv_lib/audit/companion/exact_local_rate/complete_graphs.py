"""Quadratic convergence: complete graphs at ηA = 1.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._measures import measures
from gnnconv_lib.claims import at_most, claim, domain, equal, fixed, integer, real


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
    return equal(found, exact, ("angle after a step", "closed form"), unit)


@claim("companion:lemma-quadratic-convergence/order", NEAR, tolerance=1e-9)
def quadratic_convergence(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """|θ_+ - θ²/π| is at most θ⁴/8."""
    away = np.abs(Point(measure, l, theta).after.angle - theta**2 / np.pi)
    return at_most(away, theta**4 / 8, ("|theta_+ - theta^2/pi|", "theta^4/8"), theta)
