"""Leaky ReLU, gradient flow, finite samples, the start at zero: how far the theorem carries.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.integrate import solve_ivp

from gnnconv_lib import graphs, monte_carlo, relu_gnn
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._hostile import Point, problems, sums_at, tried
from gnnconv_lib.audit.companion.global_linear_rate import motion, statics
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.summaries import overlap
from gnnconv_lib.validation import require_choice

__all__ = [
    "gradient_flow",
    "leaky_relu",
    "samples_follow_the_population",
    "zero_start",
]

Array = np.ndarray
_LEAKS = (0.01, 0.2, 0.5, 1.0)


def leaky_relu(budget: str = "quick") -> Evidence:
    """Descent, angle, contraction and the gradient inequality for leaky ReLUs and the identity."""
    parts = [
        tried("descent", motion._descent, budget, steps=(0.0, 2.0), leaks=_LEAKS),
        tried("angle", motion._rotation, budget, tolerance=1e-11, leaks=_LEAKS),
        tried("contraction", motion._contraction, budget, leaks=_LEAKS),
        tried("rate", statics._gradient, budget, leaks=_LEAKS),
    ]
    worse = next((part for part in parts if part.verdict != "holds"), None)
    if worse is not None:
        return worse
    points = sum(part.numbers["points tried"] for part in parts)
    largest = max(part.numbers["largest excess"] for part in parts)
    numbers = {"points tried": points, "largest excess": largest}
    summary = (
        f"Descent, falling angle, contraction and gradient inequality: no violation at {points:.0f} "
        "points for slopes 0.01, 0.2, 0.5 and 1."
    )
    return Evidence("search", "holds", summary, numbers, 1e-10)


def gradient_flow(budget: str = "quick") -> Evidence:
    """dl/dt = B/A - l, dtheta/dt = -C sin(theta)/(A l): L(t) <= exp(-2 mu(c_0) t / A) L_0, theta falls."""
    require_choice("budget", budget, BUDGETS)
    given = problems("quick")[0]
    rows = range(0, len(given.names), 14 if budget == "quick" else 1)
    worst, place, count = -np.inf, "", 0
    for row in rows:
        one = replace(
            given, names=(given.names[row],), rho=given.rho[[row]], mass=given.mass[[row]]
        )
        for length, angle in ((0.1, 3.0), (3.0, 2.0), (1.0, 0.7)):

            def velocity(_: float, state: Array, one=one) -> list[float]:  # type: ignore[no-untyped-def]
                mixed, slope, _gap = (
                    float(part[0, 0]) for part in sums_at(one, np.array([[state[1]]]))
                )
                full = float(one.full[0, 0])
                return [mixed / full - state[0], -slope * np.sin(state[1]) / (full * state[0])]

            times = np.linspace(0, 5, 26)
            flow = solve_ivp(velocity, (0, 5), [length, angle], t_eval=times, rtol=1e-8, atol=1e-12)
            at = Point(one, flow.y[:1], flow.y[1:], np.ones((1, times.size)))
            rate = 2 * at.constant[0, 0] / one.full[0, 0]
            excess = at.loss[0] / (at.loss[0, 0] * np.exp(-rate * times)) - 1
            worst_here = max(float(excess.max()), float(np.max(np.diff(flow.y[1]))))
            count += times.size
            if worst_here > worst:
                worst, place = worst_here, f"{one.names[0]}, l = {length:g}, theta = {angle:g}"
    numbers = {"times": float(count), "largest excess": worst}
    if worst > 1e-6:
        witness = Witness(place, 0.0, worst)
        return Evidence("numerical", "false as printed", place, numbers, 1e-6, witness)
    summary = f"Bound and falling angle hold at {count} times of integrated flows."
    return Evidence("numerical", "holds", summary, numbers, 1e-6)


def zero_start(budget: str = "quick") -> Evidence:
    """From w = 0 with the paper's sigma'(0) the first step leads to (eta S) w*, on the teacher's ray."""
    require_choice("budget", budget, BUDGETS)
    worst = 0.0
    for graph in (graphs.star(4), graphs.cycle(7), graphs.complete(3), graphs.empty(2)):
        measure = overlap(graph)
        slope = np.asarray(relu_gnn.gradient([0.0, 0.0], [0.6, 0.8], measure))
        expected = -float(np.sum((graph.degrees + 1.0) ** 2)) * np.array([0.6, 0.8])
        worst = max(worst, float(np.max(np.abs(slope / expected - 1))))
    numbers = {"largest relative difference": worst}
    if worst > 1e-12:
        witness = Witness("w = 0", 0.0, worst)
        return Evidence("numerical", "false as printed", "Differs.", numbers, 1e-12, witness)
    return Evidence(
        "numerical", "holds", "The gradient at 0 is -S w* on four graphs.", numbers, 1e-12
    )


def samples_follow_the_population(budget: str = "quick") -> Evidence:
    """Full-batch gradients of N samples: the distance to the population path falls like 1/sqrt(N)."""
    require_choice("budget", budget, BUDGETS)
    sizes = (200, 800, 3200) if budget == "quick" else (500, 2000, 8000, 32_000)
    graph = graphs.cycle(5)
    measure = overlap(graph)
    full = float(relu_gnn.sums(measure, 1.0)[0])
    start, teacher = np.array([-0.6, 1.0, 0.4]), np.array([1.0, 0.0, 0.0])
    seeds, steps = (6, 3) if budget == "quick" else (16, 4)
    exact = start.copy()
    for _ in range(steps):
        exact = exact - np.asarray(relu_gnn.gradient(exact, teacher, measure)) / full
    errors = []
    for size in sizes:
        gaps = []
        for seed in range(seeds):
            w = start.copy()
            for _ in range(steps):
                w = w - monte_carlo.gradient(w, teacher, graph, size, seed).mean / full
            gaps.append(np.sum((w - exact) ** 2))
        errors.append(float(np.sqrt(np.mean(gaps))))
    exponent = float(np.polyfit(np.log(sizes), np.log(errors), 1)[0])
    numbers = {f"distance, N = {n}": e for n, e in zip(sizes, errors, strict=True)}
    numbers["exponent"] = exponent
    if not -0.9 < exponent < -0.2:
        witness = Witness("cycle(5)", -0.5, exponent)
        return Evidence("monte carlo", "false as printed", "Not so.", numbers, 0.3, witness)
    summary = (
        f"After {steps} steps at x = 1 the distance to the population path is {errors[0]:.2g} for "
        f"N = {sizes[0]} and {errors[-1]:.2g} for N = {sizes[-1]}: exponent {exponent:.2f}."
    )
    return Evidence("monte carlo", "holds", summary, numbers, 0.3)
