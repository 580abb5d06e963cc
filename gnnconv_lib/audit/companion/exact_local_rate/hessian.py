"""The Hessian at the teacher, by two routes.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from gnnconv_lib import relu_gnn
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._relu_facts import sums
from gnnconv_lib.audit.companion.exact_local_rate._few_graphs import few_graphs
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    domain,
    equal,
    graph,
    integer,
    lemma,
    proved,
    symbolic_zero,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_pairs

HESSIANS = domain(
    graph(),
    integer("r", "[1, inf)"),
    cases=lambda budget: [
        {"graph": g, "r": r} for g in few_graphs(budget) for r in (1, 2, 4) if g.nodes <= 40
    ],
    words=lambda graph, r: f"{graph.name}, r = {r}",
)


@claim("companion:theorem-local-rate/hessian", HESSIANS, each=True, tolerance=1e-11)
def hessian_at_teacher(graph: Graph, r: int) -> Any:
    """The Hessian at the teacher is diag(A, C(1), ..., C(1)), with C(1) r - 1 times."""
    full, _, slope = relu_pairs.pair_sums(graph, 1.0)
    teacher = np.eye(r)[0]
    found = np.asarray(relu_gnn.hessian(teacher, teacher, overlap(graph)))
    return equal(found, np.diag([full] + [slope] * (r - 1)), ("Hessian", "diagonal"), full)


@claim("companion:theorem-local-rate/hessian/gradients", HESSIANS, each=True, tolerance=1e-6)
def hessian_from_gradients(graph: Graph, r: int) -> Any:
    """The Hessian at the teacher is diag(A, C(1), ..., C(1)), from differences of gradients."""
    full, _, slope = relu_pairs.pair_sums(graph, 1.0)
    teacher, rows = np.eye(r)[0], []
    for direction in np.eye(r):
        # One step of Richardson: the term next to the derivative is of the order of the angle.
        one, half = (
            relu_pairs.gradient(graph, [teacher + h * direction], [teacher])[0] / h
            for h in (2e-4, 1e-4)
        )
        rows.append(2 * half - one)
    exact = np.diag([full] + [slope] * (r - 1))
    return equal(np.array(rows), exact, ("slopes of the gradient", "diagonal"), full)


IN_FRONT = on_measures(angles=(0.0, np.pi / 2))


@claim("companion:theorem-local-rate/gradient-parts", IN_FRONT, tolerance=1e-9)
def parts_of_the_gradient(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """Along w* the gradient is lc A - cB - sin²θ C, across it l sin θ (A - (B - cC)/l)."""
    at = Point(measure, l, theta)
    radial, turning = at.full * l - at.mixed, at.slope * at.sine
    across = radial * at.sine + turning * at.cos
    A, B, C, c, s, size = sympy.symbols("A B C c s l", positive=True)
    # The gradient is (Al - B) ŵ - C s ê; ŵ has the parts c and s, ê = (w* - c ŵ)/s those s and -c.
    stated = size * s * (A - (B - c * C) / size)
    exact = symbolic_zero((A * size - B) * s - C * s * (-c) - stated)
    along = symbolic_zero((A * size - B) * c - C * s * s - (size * c * A - c * B - s**2 * C))
    found = l * at.sine * (at.full - (at.mixed - at.cos * at.slope) / l)
    forward = l * at.cos * at.full - at.cos * at.mixed - at.sine**2 * at.slope
    scale = at.full * (1 + l)
    return both(
        proved(exact, sides=equal(across, found, ("part across", "as stated"), scale)),
        proved(
            along,
            sides=equal(
                radial * at.cos - turning * at.sine, forward, ("part along", "as stated"), scale
            ),
        ),
    )


@claim("companion:theorem-local-rate/gradient-remainder", IN_FRONT, tolerance=1e-12)
def remainder_along_the_teacher(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """|A - cB - sin²θ C| ≤ (A + C(1)) sin²θ in front of the teacher: along w* the gradient is A u up
    to a square of the part across."""
    at = Point(measure, l, theta)
    # A - cB = (A - B) + (1 - c) B, both without cancellation.
    rest = at.gap + 2 * np.sin(theta / 2) ** 2 * at.mixed - at.sine**2 * at.slope
    bound = (at.full + at.slope_at_one) * at.sine**2
    names = ("|A - cB - sin^2 C|", "bound")
    return proved(small_remainder(), sides=at_most(np.abs(rest), bound, names, at.full))


@lemma
def small_remainder(A: Any, B: Any, C: Any, K: Any, c: Any) -> Any:
    """|A - cB - (1-c^2) C| <= (A + K)(1 - c^2) for 0 <= c <= 1, K = C(1)."""
    rest, bound = A - c * B - (1 - c * c) * C, (A + K) * (1 - c * c)
    return {**sums(A, B, C, K, c), "in front": c >= 0}, (rest <= bound, -rest <= bound)
