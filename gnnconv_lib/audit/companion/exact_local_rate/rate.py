"""The factor by which a step multiplies the loss, in the limit; one dimension apart.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import descent
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit.companion.exact_local_rate._few_graphs import curvatures, few_graphs
from gnnconv_lib.audit.companion.exact_local_rate._runs import RUNS, trajectory
from gnnconv_lib.claims import at_most, both, claim, domain, equal, fixed, graph, less, real
from gnnconv_lib.graphs import Graph
from gnnconv_lib.witnesses import relu_pairs


@claim("companion:theorem-local-rate/rate", RUNS, tolerance=1e-5)
def loss_falls_by_the_larger_factor(
    graph: Any,
    share: Any,
    length: Any,
    theta: Any,
    r: Any,
) -> Any:
    """In the limit a step multiplies L by max(|1 - ηA|, |1 - ηC(1)|)², and the angle never becomes
    zero."""
    full, slope = curvatures(graph)
    eta = 2 * share / (full + slope)
    factor = np.maximum(np.abs(1 - eta * full), np.abs(1 - eta * slope))
    limit = 400 + int(260 / -np.log(factor).max())
    path = trajectory(graph, eta, length, theta, r, limit // 3, 1e-75, limit)
    found = [
        descent.measured_slope(path.steps, path.losses[:, k], 1e-50, 1e-70)
        for k in range(len(share))
    ]
    fall = [math.nan if one is None else -math.expm1(one) for one in found]
    # Records behind the end repeat the last one, which may be zero to rounding.
    across = np.abs(np.asarray(path.parameters.beta))[path.losses.argmin(axis=0), range(len(share))]
    return both(
        equal(np.array(fall), 1 - factor**2, ("1 - L_{t+1}/L_t", "1 - factor^2")),
        less(0.0, across[:, 0], ("0", "part across the teacher")),
    )


@claim("companion:theorem-local-rate/slope-gap", on_measures(), tolerance=1e-12)
def slope_falls_like_the_angle(measure: Any, theta: Any) -> Any:
    """0 ≤ C(1) - C(cos θ) ≤ Sθ/π, since arcsin ρ - arcsin(ρ cos θ) ≤ θ for 0 ≤ ρ ≤ 1."""
    at = Point(measure, np.ones_like(theta), theta)
    gap = at.slope_at_one - at.slope
    return both(
        at_most(0.0, gap, ("0", "C(1) - C"), at.messages),
        at_most(gap, at.messages * theta / np.pi, ("C(1) - C", "S theta/pi"), at.messages),
    )


LINES = domain(
    graph(),
    fixed("r = 1, w_0 > 0 in the direction of w*"),
    real("start", "(0, inf)", "w_0"),
    real("x", "(0, 1]", "step x = ηA"),
    cases=lambda budget: [
        {"graph": g, "start": start, "x": x}
        for g in few_graphs(budget)
        for start in (0.05, 0.6, 3.0, 12.0)
        for x in (0.05, 0.5, 1.0)
    ],
    words=lambda graph, start, x: f"{graph.name}, w_0 = {start:g}, x = {x:g}",
)


@claim("companion:theorem-local-rate/one-dimension", LINES, each=True, tolerance=1e-12)
def rate_in_one_dimension(graph: Graph, start: float, x: float) -> Any:
    """Each of the first three steps multiplies L by (1 - ηA)²."""
    full, w, losses = relu_pairs.pair_sums(graph, 1.0)[0], start, []
    for _ in range(4):
        losses.append(relu_pairs.loss(graph, [[w]], [[1.0]]))
        w -= x / full * float(relu_pairs.gradient(graph, [[w]], [[1.0]])[0, 0])
    after, before = np.array(losses[1:]), np.array(losses[:-1])
    names = ("loss after a step", "(1 - x)^2 L")
    return equal(after, (1 - x) ** 2 * before, names, full * (1 + start) ** 2)
