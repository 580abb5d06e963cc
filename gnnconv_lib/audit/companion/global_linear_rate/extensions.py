"""Leaky ReLU, gradient flow, finite samples, the start at zero: how far the theorem carries.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from gnnconv_lib import graphs, monte_carlo, relu_gnn
from gnnconv_lib.audit import _pair_lemmas as pair, _relu_lemmas as lemmas
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._measures import measures
from gnnconv_lib.audit.companion.global_linear_rate.convexity import above_tangent, second_weights
from gnnconv_lib.audit.companion.global_linear_rate.motion import (
    angle_sides,
    contraction_sides,
    descent_sides,
)
from gnnconv_lib.audit.companion.global_linear_rate.sizes import SIZES
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    integer,
    less,
    proved,
    sampled,
)
from gnnconv_lib.summaries import overlap

LEAKS = (0.0, 0.01, 0.2, 0.5, 1.0)
BELOW_TWO = on_measures((0.0, 2.0), leaks=LEAKS)
NOT_OPPOSITE = on_measures((0.0, 1.0), open_ends=(False, True), leaks=LEAKS)
FRONT = on_measures((0.0, 1.0), angles=(0.0, np.pi / 2), leaks=LEAKS)
HERE = on_measures(leaks=LEAKS)
BEFORE = on_measures(open_ends=(False, True), leaks=LEAKS)
TANGENTS = second_weights(LEAKS)


@claim("companion:theorem-leaky-relu/sums", HERE)
def leaky_sums(measure: Any, l: Any, theta: Any, leak: Any) -> Any:  # noqa: E741
    """0 ≤ C(c) ≤ C(1) ≤ min(A, S), max(cA, cC, -A) ≤ B(c) ≤ A and A - B(c) ≤ C(1)(1 - c)."""
    at = Point(measure, l, theta, 1.0, leak)
    low = np.maximum(np.maximum(at.cos * at.full, at.cos * at.slope), -at.full)
    chord, least = at.slope_at_one * 2 * np.sin(theta / 2) ** 2, np.minimum(at.full, at.messages)
    parts = (
        at_most(0.0, at.slope, ("0", "C"), at.full),
        at_most(at.slope, at.slope_at_one, ("C(c)", "C(1)"), at.full),
        at_most(at.slope_at_one, least, ("C(1)", "min(A, S)"), at.full),
        at_most(low, at.mixed, ("max(cA, cC, -A)", "B"), at.full),
        at_most(at.mixed, at.full, ("B", "A"), at.full),
        at_most(at.gap, chord, ("A - B", "C(1)(1-c)"), at.full),
    )
    return both(*(proved(pair.leaky_terms(), sides=part) for part in parts))


@claim("companion:theorem-leaky-relu/positive", BEFORE)
def leaky_slope_is_positive(measure: Any, l: Any, theta: Any, leak: Any) -> Any:  # noqa: E741
    """C(c) > 0 for c > -1."""
    at = Point(measure, l, theta, 1.0, leak)
    # At c = -1 rounding leaves about 1e-17 S of a C that is 0 for a = 0; 1e-9 before it C is above 1e-10 S.
    sides = less(1e-13 * at.messages, at.slope, ("0", "C"))
    return proved(pair.leaky_positive(), sides=sides)


@claim("companion:theorem-leaky-relu/tangents", TANGENTS, tolerance=1e-12)
def leaky_tangents(measure: Any, l: Any, theta: Any, other: Any, leak: Any) -> Any:  # noqa: E741
    """f(v) ≥ f(w) + ∇f(w)·(v - w) for f(w) = |w| B(c) with the B of a leaky ReLU."""
    sides = above_tangent(measure, l, theta, other, leak)
    return proved(pair.leaky_tangents(), sides=sides)


@claim("companion:theorem-leaky-relu/sizes", FRONT)
def leaky_sizes(measure: Any, l: Any, theta: Any, x: Any, leak: Any) -> Any:  # noqa: E741
    """C ≥ S/2 for c ≥ 0, and A ≤ M/π + (1 - 1/π) S."""
    at = Point(measure, l, theta, x, leak)
    chord = at.pairs / np.pi + (1 - 1 / np.pi) * at.messages
    return both(
        proved(pair.leaky_sizes(), sides=at_most(at.messages / 2, at.slope, ("S/2", "C"))),
        proved(pair.leaky_sizes(), sides=at_most(at.full, chord, ("A", "M/pi + (1 - 1/pi) S"))),
    )


@claim("companion:theorem-leaky-relu/descent", BELOW_TWO, tolerance=1e-10)
def leaky_descent(measure: Any, l: Any, theta: Any, x: Any, leak: Any) -> Any:  # noqa: E741
    """L(w+) ≤ L(w) - η(1 - ηA/2)|∇L(w)|² with the sums of the leaky ReLU."""
    return descent_sides(Point(measure, l, theta, x, leak))


@claim("companion:theorem-leaky-relu/angle", NOT_OPPOSITE, tolerance=1e-11)
def leaky_angle(measure: Any, l: Any, theta: Any, x: Any, leak: Any) -> Any:  # noqa: E741
    """w+ is not 0, and the angle does not grow and does not overshoot."""
    return angle_sides(Point(measure, l, theta, x, leak), lemmas.leaky_angle)


@claim("companion:theorem-leaky-relu/contraction", NOT_OPPOSITE, tolerance=1e-10)
def leaky_contraction(measure: Any, l: Any, theta: Any, x: Any, leak: Any) -> Any:  # noqa: E741
    """L(w+) ≤ (1 - x(2-x) μ(c)/A) L(w), and μ does not fall."""
    return contraction_sides(Point(measure, l, theta, x, leak))


@claim("companion:theorem-leaky-relu/gradient", HERE, tolerance=1e-10)
def leaky_gradient(measure: Any, l: Any, theta: Any, leak: Any) -> Any:  # noqa: E741
    """|∇L|² ≥ 2 μ(c) L."""
    at = Point(measure, l, theta, 1.0, leak)
    scale = at.gradient_squared + 1e-14 * (at.full * (1 + l)) ** 2
    left = 2 * at.constant * at.loss
    sides = at_most(left, at.gradient_squared, ("2 mu L", "|grad L|^2"), scale)
    return proved(lemmas.leaky_gradient(), sides=sides)


@claim("companion:theorem-leaky-relu/number-of-steps", FRONT, tolerance=1e-10)
def leaky_number_of_steps(measure: Any, l: Any, theta: Any, x: Any, leak: Any) -> Any:  # noqa: E741
    """For c ≥ 0, 8A/(x(2-x)S) log(L_0/ε²) is no less than the rate asks for."""
    at = Point(measure, l, theta, x, leak)
    share = np.minimum(x * (2 - x) * at.constant / at.full, 1 - 1e-16)
    promised = 8 * at.full / (x * (2 - x) * at.messages)
    needed = at_most(-1 / np.log1p(-share), promised, ("steps per log that the rate needs", "T"))
    return proved(lemmas.number_of_steps(), sides=needed)


def _flows(budget: str) -> list[dict[str, Any]]:
    every = 9 if budget == "quick" else 1
    return [
        {"measure": k, "length": length, "angle": angle}
        for k in range(0, measures("quick").graphs, every)
        for length, angle in ((0.1, 3.0), (3.0, 2.0), (1.0, 0.7))
    ]


FLOWS = domain(
    fixed("graphs of the audit, times up to 5/A"),
    drawn("length", "l_0 from 0.1 to 3"),
    drawn("angle", "θ_0 from 0.7 to 3"),
    derived=("measure",),
    cases=_flows,
)


@claim("companion:theorem-gradient-flow", FLOWS, each=True, tolerance=1e-6)
def gradient_flow(measure: int, length: float, angle: float) -> Any:
    """Along the flow the angle falls and L(t) ≤ exp(-2 μ(c_0) t) L_0."""
    number = np.array([measure])

    def velocity(_: float, state: Any) -> list[float]:
        at = Point(number, np.array(state[:1]), np.array(state[1:]))
        ratio = float(at.mixed[0] / at.full[0])
        turn = -float(at.slope[0] * at.sine[0] / at.full[0]) / state[0]
        return [ratio - state[0], turn]

    times = np.linspace(0, 5, 26)  # in units of 1/A
    flow = solve_ivp(velocity, (0, 5), [length, angle], t_eval=times, rtol=1e-8, atol=1e-12)
    at = Point(np.repeat(number, times.size), flow.y[0], flow.y[1])
    bound = at.loss[0] * np.exp(-2 * at.constant[0] / at.full[0] * times)
    return both(
        at_most(at.loss, bound, ("L(t)", "bound")),
        at_most(flow.y[1][1:], flow.y[1][:-1], ("angle", "angle before"), 1.0),
    )


@claim("companion:remark-zero-start", SIZES, each=True)
def zero_start(graph: Any) -> Any:
    """With σ'(0) = √2 the gradient at w = 0 is -S w*."""
    slope = np.asarray(relu_gnn.gradient([0.0, 0.0], [0.6, 0.8], overlap(graph)))
    expected = -float(np.sum((graph.degrees + 1.0) ** 2)) * np.array([0.6, 0.8])
    return equal(slope, expected, ("gradient at 0", "-S w*"))


SAMPLES = domain(
    fixed("cycle with five nodes, r = 3, x = 1, three steps, 16 seeds"),
    integer("samples", "[100, inf)", "number of samples N"),
    cases=lambda budget: [
        {"samples": n} for n in ((100, 800) if budget == "quick" else (100, 400, 1600, 25_600))
    ],
)


@claim("companion:remark-finite-samples", SAMPLES, each=True)
def samples_follow_the_population(samples: int) -> Any:
    """N times the mean squared distance to the population path does not depend on N."""
    here, reference = _spread(samples), _spread(6400)
    error = np.hypot(here.std(), reference.std()) / np.sqrt(here.size)
    return sampled(here.mean() - reference.mean(), error, 0.0, ("difference of N |gap|^2", "0"))


@cache
def _spread(samples: int) -> np.ndarray:
    """N times the squared distance of 16 runs to the population path after three steps."""
    graph = graphs.cycle(5)
    measure = overlap(graph)
    full = float(relu_gnn.sums(measure, 1.0)[0])
    exact, teacher = np.array([-0.6, 1.0, 0.4]), np.array([1.0, 0.0, 0.0])
    runs = np.repeat(exact[None], 16, axis=0)
    for _ in range(3):
        exact = exact - np.asarray(relu_gnn.gradient(exact, teacher, measure)) / full
        for seed in range(16):
            mean = monte_carlo.gradient(runs[seed], teacher, graph, samples, seed).mean
            runs[seed] = runs[seed] - np.asarray(mean) / full
    return samples * np.sum((runs - exact) ** 2, axis=1)
