"""Figure 1, as far as the text speaks of it: does the loss fall, how fast, and on which graphs.

The picture itself was not seen. The runs are those of `audit._figure_1_runs`.

Reference: awasthi2021, section 5 and Appendix D. Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import descent, graphs, monte_carlo, relu_gnn
from gnnconv_lib.audit._figure_1_runs import DEGREES, NODES, Runs, runs
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    integer,
    less,
    real,
    sampled,
)
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_network

_WINDOW = (1e-14, 1e-18)
_SETTING = fixed("n = 100, r = h = 10, population gradient descent from a standard Gaussian start")
_DEGREE = choice("d", *DEGREES)
_DRAWN = drawn("seed", "random d-regular graph, Gaussian teacher normalised")


def _rows(run: Runs) -> dict[str, Any]:
    """One case for each degree and seed; the runs are columns of their own."""
    degrees, seeds = run.status.shape
    shares = np.moveaxis(run.shares, 0, -1).reshape(degrees * seeds, -1)
    slopes = run.slopes(*_WINDOW)
    return {
        "d": np.repeat(DEGREES, seeds),
        "seed": np.tile(np.arange(seeds), degrees),
        "shares": shares,
        "early": descent.steps_until(run.steps, shares.T, 1e-6),
        "late": descent.steps_until(run.steps, shares.T, 1e-12),
        "slope": slopes.ravel(),
        "predicted": run.predicted.ravel(),
    }


_OF_RUNS = ("shares", "early", "late", "slope", "predicted")


def _say(d: int, seed: int) -> str:
    return f"n = 100, d = {d}, seed {seed}"


PRINTED_RATES = domain(
    _SETTING,
    _DEGREE,
    _DRAWN,
    fixed("learning rates of Appendix D, teacher with unit rows"),
    cases=lambda budget: _rows(runs(budget)),
    derived=_OF_RUNS,
    words=_say,
)
UNIT_COLUMNS = domain(
    _SETTING,
    _DEGREE,
    _DRAWN,
    fixed("η = 1/(2A), teacher with unit columns"),
    cases=lambda budget: _rows(runs(budget, 0.5, "columns")),
    derived=_OF_RUNS,
    words=_say,
)
_NEAR_N = (80, 99)
TEACHERS = domain(
    fixed("W* of shape 10 × 10 with unit columns"),
    drawn("seed", "random teacher"),
    cases=lambda budget: {
        "seed": np.arange(20),
        "teacher": np.stack([descent.relu_ensemble(NODES, 5, 20, unit_length="columns").W_star])[0],
    },
    derived=("teacher",),
)


def _pairs_of_degrees(budget: str) -> list[dict[str, Any]]:
    steps = dict(zip(DEGREES, runs(budget).until(1e-12), strict=True))
    return [
        {"d": small, "larger": large, "steps": steps[small], "steps_larger": steps[large]}
        for large in _NEAR_N
        for small in DEGREES
        if small < large
    ]


TWO_DEGREES = domain(
    _SETTING,
    choice("d", *DEGREES[:-1]),
    choice("larger", *_NEAR_N, words="a degree near n"),
    fixed("median number of steps over random graphs, teachers and starts"),
    cases=_pairs_of_degrees,
    derived=("steps", "steps_larger"),
    words=lambda d, larger: f"n = 100, d = {d} and d = {larger}",
)
FIGURE_GRAPHS = domain(
    fixed("n = 100, r = h = 10, standard Gaussian W_0 and teacher rows of length 1"),
    _DEGREE,
    cases=lambda budget: {"d": list(DEGREES)},
)
COMPLETE = domain(
    integer("n", "[1, inf)"),
    fixed("complete graph, r = 4, h = 3"),
    cases=lambda budget: {"n": [1, 2, 3, 7, 20] + ([100] if budget == "full" else [])},
)


@claim("awasthi2021:remark-figure-1-setting/graphs", FIGURE_GRAPHS, each=True)
def graphs_are_regular(d: int) -> Any:
    """There are random d-regular graphs on 100 nodes for these degrees."""
    made = graphs.random_regular(NODES, int(d), seed=0)
    return equal(made.degrees, float(d), ("degrees of the graph", "d"))


@claim("awasthi2021:remark-figure-1-setting/population-gradient", FIGURE_GRAPHS, each=True)
def gradient_of_the_figure(d: int) -> Any:
    """The population gradient is the mean over sampled features."""
    made = graphs.random_regular(NODES, int(d), seed=0)
    ensemble = descent.relu_ensemble(NODES, int(d), 1)
    W, W_star = ensemble.W[0], ensemble.W_star[0]
    _, estimate = monte_carlo.loss_and_gradient(W, W_star, made, 4_000, seed=int(d))
    exact = np.asarray(relu_gnn.gradient(W, W_star, overlap(made)))
    names = ("sampled gradient", "population gradient")
    return sampled(estimate.mean, estimate.standard_error, exact, names)


@claim("awasthi2021:remark-teacher-columns/lengths", TEACHERS)
def units_have_length_one(seed: Any, teacher: Any) -> Any:
    """Each column has length 1; the rows have lengths between 0 and √r: bounded, as Section 3 allows."""
    rows, columns = np.linalg.norm(teacher, axis=2), np.linalg.norm(teacher, axis=1)
    return both(
        equal(columns, 1.0, ("length of a column", "1")),
        less(0.0, rows, ("0", "length of a row")),
        at_most(rows, math.sqrt(teacher.shape[2]), ("length of a row", "√r")),
    )


@claim("awasthi2021:remark-teacher-columns/rate", UNIT_COLUMNS, tolerance=1e-5)
def rate_with_unit_columns(slope: Any, predicted: Any) -> Any:
    """Either way log L falls by 2 log(1 - ηC(1)) per step in the end."""
    return equal(*_finite(slope, predicted), ("measured slope", "2 log(1 - ηC(1))"))


def _finite(slope: Any, predicted: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both slopes; where the prediction is -inf (ηA = 1 on K_n) a window of no steps is that."""
    linear = np.isfinite(predicted)
    return np.where(linear, slope, -np.inf), np.where(linear, predicted, -np.inf)


@claim("awasthi2021:figure-1", PRINTED_RATES)
def loss_falls(shares: Any) -> Any:
    """The loss falls from record to record, down to 1e-12 of the first."""
    before, after = shares[:, :-1], shares[:, 1:]
    # Below that a chain may have stopped, and its record repeats.
    running = before > 1e-12
    names = ("loss", "loss before")
    return less(np.where(running, after, 0.0), np.where(running, before, 1.0), names)


@claim(
    "awasthi2021:remark-rate-seems-tight",
    PRINTED_RATES,
    tolerance=1e-5,
    repair="replacement",
    conjecture=True,
)
def rate_is_inverse_square(early: Any, late: Any, slope: Any, predicted: Any) -> Any:
    """From L = ε² at 1e-6 of the start to 1e-12 of it the steps grow like 1/ε², by a factor of 1e6."""
    names = ("factor 1/ε² would give", "factor measured")
    return (
        at_most(1e6, late / np.maximum(early, 1), names),
        equal(*_finite(slope, predicted), ("measured slope", "2 log(1 - ηC(1))")),
    )


@claim("awasthi2021:remark-denser-is-faster", TWO_DEGREES)
def denser_is_faster(steps: Any, steps_larger: Any) -> Any:
    """With the learning rates of Appendix D a degree near n needs fewer steps to 1e-12 of the start than
    each smaller one."""
    return less(steps_larger, steps, ("steps at the larger degree", "steps at the smaller"))


@claim("awasthi2021:remark-complete-graph", COMPLETE, each=True)
def complete_graph(n: int) -> Any:
    """On K_n the network is h single ReLU units with standard Gaussian input, up to the scale: n^{3/2}
    for the output, n³ for the loss."""
    random = np.random.default_rng(3)
    W, W_star = random.normal(size=(2, 3, 4))
    features = random.normal(size=(16, int(n), 4))
    whole, single = graphs.complete(int(n)), graphs.complete(1)
    standard = features.sum(axis=1, keepdims=True) / math.sqrt(n)
    found = relu_gnn.forward(features, W, whole)
    alone = relu_network.outputs(standard, W, single)
    loss = float(relu_gnn.loss(W, W_star, overlap(whole)))
    loss_alone = float(relu_gnn.loss(W, W_star, overlap(single)))
    ours, theirs = np.append(found, loss), np.append(alone, loss_alone)
    scale = np.append(np.full(alone.size, n**1.5), float(n) ** 3)
    names = ("output or loss on K_n", "of single units, scaled")
    size = np.append(np.full(alone.size, np.abs(found).max()), loss)
    return equal(ours, scale * theirs, names, size)


def _runs_on_complete_graphs(budget: str) -> dict[str, Any]:
    seeds = {"quick": 4, "full": 40}[budget]
    rows = [
        (n, r, x, seed)
        for n in (1, 2, 100)
        for r in (2, 10)
        for x in (0.1, 0.5, 1.0)
        for seed in range(seeds)
    ]
    found = []
    for r in (2, 10):
        chosen = [row for row in rows if row[1] == r]
        drawn_rows = [np.random.default_rng(row[3]).normal(size=(1, r)) for row in chosen]
        teachers = np.broadcast_to(np.eye(r)[:1], (len(chosen), 1, r))
        path = descent.run_relu(
            np.stack(drawn_rows),
            teachers,
            [overlap(graphs.complete(n)) for n, _, _, _ in chosen],
            [x / n**3 for n, _, x, _ in chosen],
            400,
            records=200,
            target=1e-20,
        )
        shares = path.losses / path.losses[0]
        reached = np.stack(
            [descent.steps_until(path.steps, shares, 10.0**-k) for k in (2, 4, 8, 12)], axis=-1
        )
        for row, w, steps in zip(chosen, drawn_rows, reached, strict=True):
            cos = float(w[0, 0] / np.linalg.norm(w))
            found.append((*row, cos, steps))
    found.sort(key=lambda row: row[:4])
    names = ("n", "r", "fraction", "seed", "cos", "reached")
    columns = dict(zip(names, zip(*found, strict=True), strict=True))
    return {name: np.array(values) for name, values in columns.items()}


ON_COMPLETE = domain(
    fixed("complete graph, one unit"),
    integer("n", "[1, inf)"),
    integer("r", "[2, inf)"),
    real("fraction", "[0.1, 1]", "ηA"),
    drawn("seed", "Gaussian start, not opposite to the teacher"),
    cases=_runs_on_complete_graphs,
    derived=("cos", "reached"),
    words=lambda n, r, fraction, seed: f"K_{n}, r = {r}, ηA = {fraction:g}, seed {seed}",
)


@claim("awasthi2021:remark-complete-graph-rate", ON_COMPLETE)
def complete_graph_rate(fraction: Any, cos: Any, reached: Any) -> Any:
    """The number of steps to ε is at most a multiple of log(1/ε) that the start decides."""
    allowed = np.empty(reached.shape)
    for place in np.ndindex(reached.shape):
        c = float(cos[place[0]])
        slope = 1 - math.acos(c) / math.pi
        level = 10.0 ** -(2, 4, 8, 12)[place[1]]
        allowed[place] = bounds.global_rate_iterations(
            1.0, slope, 1.0, c, 1.0, level, float(fraction[place[0]])
        )
    return at_most(reached, 1 + allowed, ("steps", "multiple of log(1/ε)"))
