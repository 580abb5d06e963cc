"""The answers to the paper's two open questions: 1/eps^2, and degrees beyond sqrt(n).

Reference: awasthi2021, section 5. Book page: book/beyond/open-questions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import descent, graphs, relu_gnn
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit.companion.exact_local_rate._few_graphs import curvatures, few_graphs
from gnnconv_lib.audit.companion.exact_local_rate._runs import RUNS, trajectory
from gnnconv_lib.bounds import awasthi2021_relu, linear_rate
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    graph,
    integer,
    real,
    where,
)
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_pairs

Array = np.ndarray
NODES, UNITS, INNER = 100, 10, 10
FAILURE = 0.01
ERRORS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8)


@dataclass(frozen=True)
class Race:
    """Steps needed and promised, by degree and error.

    Fields:
        degrees: shape (degrees,).
        needed: the most over the seeds, shape (degrees, errors).
        promised: item 4 plus item 3 of the theorem with failure probability `FAILURE`.
        printed: Theorem 1 with constant 1.
        condition: A / C(1).
    """

    degrees: Array
    needed: Array
    promised: Array
    printed: Array
    condition: Array


def race(
    degrees: tuple[int, ...],
    seeds: int,
    nodes: int = NODES,
    units: int = UNITS,
    inner_dimension: int = INNER,
    errors: tuple[float, ...] = ERRORS,
    failure: float = FAILURE,
) -> Race:
    """Runs at eta = 1/A to L <= eps^2 on random regular graphs, beside both bounds.

    The promised number holds with probability 1 - `failure` for the escape; L_0 is the largest first
    loss over the seeds.
    """
    drawn = [
        descent.relu_ensemble(nodes, d, seeds, hidden_units=units, inner_dimension=inner_dimension)
        for d in degrees
    ]
    # A regular graph has at most n + 1 overlaps; one length spares a compilation per graph.
    measures = [measure.padded(nodes + 1) for ensemble in drawn for measure in ensemble.overlaps]
    sums = np.array([[float(value) for value in relu_gnn.sums(m, 1.0)] for m in measures])
    full, slope = sums[:, 0].reshape(-1, seeds), sums[:, 2].reshape(-1, seeds)
    path = descent.run_relu(
        np.concatenate([ensemble.W for ensemble in drawn]),
        np.concatenate([ensemble.W_star for ensemble in drawn]),
        measures,
        1 / full.ravel(),
        int(40 * (nodes + 10)),
        records=800,
        target=min(errors) ** 2 / 2,
    )
    taken = [descent.steps_until(path.steps, path.losses, error**2) for error in errors]
    needed = np.stack(taken, axis=-1).reshape(len(degrees), seeds, -1).max(axis=1)
    first = path.losses[0].reshape(-1, seeds).max(axis=1)
    phi = linear_rate.starting_angle(failure, units, inner_dimension)
    promised = np.empty_like(needed)
    printed = np.empty_like(needed)
    for row, degree in enumerate(degrees):
        messages, pairs = float(nodes * (degree + 1) ** 2), float(nodes**2 * (degree + 1))
        wait = float(linear_rate.escape_steps(pairs, messages, phi)) if phi > 0 else math.inf
        for column, error in enumerate(errors):
            promised[row, column] = wait + linear_rate.linear_rate_iterations(
                float(full[row].max()), messages, float(first[row]), error**2
            )
            printed[row, column] = awasthi2021_relu.theorem_1_iterations_printed(
                nodes, degree, units, error
            )
    condition = np.median(full / slope, axis=1)
    return Race(np.array(degrees), needed, promised, printed, condition)


# Is 1/eps^2 tight?

NOT_OPPOSITE = on_measures((0.0, 1.0), open_ends=(False, True))


def _paths(budget: str) -> dict[str, Any]:
    """Every measure, from starts that no run of a few hundred steps leaves unfinished."""
    columns = {name: np.asarray(v) for name, v in NOT_OPPOSITE.cases(budget).columns.items()}
    chosen = {name: values[::4] for name, values in columns.items()}
    count = chosen["l"].size
    chosen["l"] = np.resize([1.0, 0.1, 10.0, 3.0, 1.001], count)
    chosen["theta"] = np.resize([0.0, 1.0, 2.0, 3.0, 1.5, 1e-3, 0.3], count)
    chosen["x"] = np.resize([1.0, 0.5, 0.05], count)
    return chosen


TARGETS = np.array([1e-2, 1e-4, 1e-8, 1e-12])
PATHS = domain(*NOT_OPPOSITE.parts, cases=_paths, words=NOT_OPPOSITE.words)
_HORIZON = 400


@claim("companion:theorem-logarithmic-in-the-error/upper", PATHS, tolerance=1e-9)
def steps_are_logarithmic(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """L ≤ ε² after at most 1 + log(L_0/ε²)/|log(1 - x(2-x)μ(c_0)/A)| steps; runs are followed for 400
    steps."""
    at = Point(measure, l, theta, x)
    levels = TARGETS * at.full[:, None]
    # On complete graphs the share is 1 next to the teacher, up to rounding.
    fall = -np.log1p(-np.minimum(x * (2 - x) * at.constant / at.full, 1 - 1e-16))
    with np.errstate(divide="ignore"):
        promised = 1 + np.maximum(np.log(at.loss[:, None] / levels), 0.0) / fall[:, None]
    taken = np.where(at.loss[:, None] <= levels, 0.0, np.inf)
    for t in range(1, _HORIZON + 1):
        at = at.after
        taken = np.minimum(taken, np.where(at.loss[:, None] <= levels, t, np.inf))
    # A run that is not done at the end says nothing about a larger bound.
    unknown = np.isinf(taken) & (promised > _HORIZON)
    assert np.mean(unknown) < 0.5
    return at_most(np.where(unknown, 0.0, taken), promised, ("steps taken", "bound"))


def _below_one(budget: str) -> list[dict[str, Any]]:
    starts = [(1.2, 0.5, 2), (0.1, 1.6, 5), (10.0, 3.1, 2), (1.0, 0.01, 3)]
    return [
        {
            "graph": g,
            "x": x,
            **dict(zip(("length", "theta", "r"), starts[(k + i) % 4], strict=True)),
        }
        for k, g in enumerate(few_graphs(budget))
        for i, x in enumerate((0.05, 0.4, 1.0))
        if x < 1 or np.any(g.degrees < g.nodes - 1)
    ]


SMALL_STEPS = domain(
    graph(),
    real("x", "(0, 1]", "step x = ηA"),
    where("ηC(1) < 1", lambda graph, x: x < 1 or bool(np.any(graph.degrees < graph.nodes - 1))),
    *RUNS.parts[3:],
    cases=_below_one,
    words=lambda graph, x, length, theta, r: (
        f"{graph.name}, x = {x:g}, l_0 = {length:g}, theta_0 = {theta:g}, r = {r}"
    ),
)


@claim("companion:theorem-logarithmic-in-the-error/growth", SMALL_STEPS)
def growth_of_the_steps(graph: Any, x: Any, length: Any, theta: Any, r: Any) -> Any:
    """From ε = 1e-20 to 1e-50 the number of steps to L ≤ ε² grows by log(1e30)/|log(1 - ηC(1))|, up to
    a step."""
    full, slope = curvatures(graph)
    eta = x / full
    expected = 30 * math.log(10) / -np.log1p(-eta * slope)
    limit = 1000 + int(2 * expected.max())
    path = trajectory(graph, eta, length, theta, r, range(limit), 1e-110, limit)
    first, last = (descent.steps_until(path.steps, path.losses, level) for level in (1e-40, 1e-100))
    off = np.abs(last - first - expected)
    return at_most(off, 1 + 1e-6 * expected, ("|growth - stated growth|", "one step"), 1.0)


RAY = domain(
    graph(),
    fixed("x = 1, θ_0 = 0"),
    real("length", "(0, inf)", "length l_0"),
    integer("r", "[1, inf)"),
    cases=lambda budget: [
        {"graph": g, "length": length, "r": r}
        for g in few_graphs(budget)
        for length in (0.03, 0.9, 1.7, 12.0)
        for r in (1, 2, 5)
    ],
    words=lambda graph, length, r: f"{graph.name}, l_0 = {length:g}, r = {r}",
)


@claim("companion:theorem-logarithmic-in-the-error/ray", RAY, each=True, tolerance=1e-13)
def one_step_on_the_ray(graph: graphs.Graph, length: float, r: int) -> Any:
    """One step leads to the teacher."""
    teacher = np.linspace(1.0, 2.0, r) / np.linalg.norm(np.linspace(1.0, 2.0, r))
    full = relu_pairs.pair_sums(graph, 1.0)[0]
    slope = relu_pairs.gradient(graph, [length * teacher], [teacher])[0]
    names = ("weight after a step", "teacher")
    return equal(length * teacher - slope / full, teacher, names, 1 + length)


# Degrees beyond sqrt(n).


def _degrees(budget: str) -> list[dict[str, Any]]:
    sizes = (1, 2, 3, 9, 16, 36) if budget == "quick" else (1, 2, 3, 9, 16, 36, 64, 100)
    return [
        {"n": n, "d": d, "graph": graphs.random_regular(n, d, 1)}
        for n in sizes
        for d in range(n)
        if n * d % 2 == 0
    ]


DEGREES = domain(
    integer("n", "[1, inf)"),
    integer("d", "[0, n - 1]"),
    graph("graph", "every regular graph"),
    cases=_degrees,
    words=lambda n, d: f"random {d}-regular graph with {n} nodes",
)


@claim("companion:theorem-every-degree/condition-number", DEGREES, each=True)
def condition_number_by_degree(n: int, d: int, graph: graphs.Graph) -> Any:
    """n/(π(d+1)) + 1/2 ≤ A/C(1) ≤ 2n/(π(d+1)) + 2 - 2/π."""
    full, _, slope = (float(value) for value in relu_gnn.sums(_padded(graph), 1.0))
    low, high = (float(bound) for bound in linear_rate.condition_number_bounds(n / (d + 1), 1.0))
    return both(
        at_most(low, full / slope, ("lower bound", "A/C(1)")),
        at_most(full / slope, high, ("A/C(1)", "upper bound")),
    )


def _padded(graph: graphs.Graph) -> Any:
    """The measure in one length for all graphs, which spares compilations."""
    return overlap(graph).padded(max(graph.nodes + 1, 120))


STARTS = domain(
    *DEGREES.parts,
    real("theta", "[0, pi)", "θ_0"),
    fixed("x = 1, l_0 = 1"),
    cases=lambda budget: [
        {**row, "theta": theta}
        for k, row in enumerate(_degrees(budget))
        for theta in (0.0, (0.3, 1.5, 2.4, 3.05)[k % 4])
    ],
    words=lambda n, d, theta: f"random {d}-regular graph with {n} nodes, theta_0 = {theta:g}",
)


@claim("companion:theorem-every-degree/rate", STARTS, tolerance=1e-10)
def rate_at_every_degree(n: Any, d: Any, graph: Any, theta: Any) -> Any:
    """L_t ≤ (1 - μ(c_0)/A)^t L_0 in each of the first 60 steps."""
    measured = [_padded(g) for g in graph]
    sums = np.array([relu_gnn.sums(m, np.cos(t)) for m, t in zip(measured, theta, strict=True)])
    full, slope = sums[:, 0], sums[:, 2]
    ends = np.array([float(relu_gnn.sums(m, 1.0)[2]) for m in measured])
    share = np.minimum(linear_rate.rate_constant(slope, ends, np.cos(theta)) / full, 1 - 1e-16)
    start = np.stack([np.cos(theta), np.sin(theta)], axis=1)[:, None]
    path = descent.run_relu(start, [[1.0, 0.0]], measured, 1 / full, 60, records=range(61))
    bound = path.losses[0] * np.exp(path.steps[:, None] * np.log1p(-share))
    scale = 1e-2 * path.losses[0] + 1e-12 * full
    return at_most(path.losses.T, bound.T, ("L_t", "bound"), scale[:, None])


# The figure of the page.


@cache
def _standard(budget: str) -> Race:
    """The setting of Figure 1."""
    if budget == "quick":
        return race((0, 2, 9, 10, 11, 30, 99), 2)
    return race((*range(0, 21), 25, 30, 40, 50, 60, 70, 80, 90, 98, 99), 10)


def _races(budget: str) -> list[dict[str, Any]]:
    found = _standard(budget)
    return [
        {
            "d": int(d),
            "error": error,
            "needed": found.needed[row, column],
            "promised": found.promised[row, column],
            "printed": found.printed[row, column],
        }
        for row, d in enumerate(found.degrees)
        for column, error in enumerate(ERRORS)
    ]


RACES = domain(
    fixed("n = 100, h = r = 10, random regular graphs, Gaussian starts, unit teachers, η = 1/A"),
    integer("d", "[0, 99]"),
    choice("error", *ERRORS, words="ε"),
    drawn("needed", "most steps over the seeds"),
    fixed("the bound of the linear rate at failure probability 0.01, from the largest L_0"),
    derived=("promised", "printed"),
    cases=_races,
    words=lambda d, error: f"d = {d}, eps = {error:g}",
)


@claim("companion:remark-bounds-against-runs/covers", RACES)
def bound_covers_the_runs(needed: Any, promised: Any) -> Any:
    """The steps needed are at most those promised, and these at most 100 times as many."""
    return both(
        at_most(needed, promised, ("steps needed", "steps promised")),
        at_most(promised, 100 * needed, ("steps promised", "100 times those needed")),
    )


@claim("companion:remark-bounds-against-runs/printed", RACES)
def printed_bound_is_larger(promised: Any, printed: Any) -> Any:
    """The number of Theorem 1, with constant 1, is at least a million times the one promised."""
    return at_most(1e6 * promised, printed, ("a million times the steps promised", "Theorem 1"))
