"""What each theorem of the papers says of one graph, and what a short run does there.

Each row is one theorem in one setting that is written beside it: one unit, targets and starts that
do not depend on the graph. A row says whether the theorem speaks of such a graph, what it then
promises, as printed and as corrected, and what happens.

Reference: awasthi2021, Theorems 1, 2 and 4; li2021, Theorem 2. Book pages:
book/awasthi2021/pl-condition, book/awasthi2021/deep-linear,
book/awasthi2021/linear-unequal-degrees, book/li2021/hypotheses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn, descent, linear_gnn
from gnnconv_lib.bounds import awasthi2021_linear, li2021
from gnnconv_lib.summaries.walks import walks
from gnnconv_lib.trajectory import Trajectory

__all__ = ["Theorem", "theorems"]

ACCURACY = 0.1
ROUNDS = 2
FEATURES = 2
# Theorem 1 of awasthi2021, corrected: this constant is enough, see the page on the PL condition.
_CONSTANT = 600


@dataclass(frozen=True)
class Theorem:
    """One theorem about one graph.

    Fields:
        name: paper and number.
        page: the chapter of the book that decides it.
        setting: what is run.
        speaks: whether its hypotheses are met, and what it asks.
        promise: what follows for this graph.
        happens: what the run does.
    """

    name: str
    page: str
    setting: str
    speaks: str
    promise: str
    happens: str


def theorems(graph: Any, measure: Any, full: float, budget: int) -> tuple[Theorem, ...]:
    """The rows of the report.

    Args:
        graph: a `Graph`.
        measure: its overlap measure, exact or sampled.
        full: A, from the same measure.
        budget: the most steps of each run.

    >>> from gnnconv_lib import graphs, summaries
    >>> square = graphs.cycle(4)
    >>> rows = theorems(square, summaries.overlap(square), 36.0, 1000)
    >>> [row.name for row in rows]
    ['awasthi2021, Theorem 1', 'awasthi2021, Theorem 2', 'li2021, Theorem 2']
    """
    regular = int(graph.degrees.min()) == int(graph.degrees.max())
    linear = _theorem_2 if regular else _theorem_4
    return (
        _theorem_1(graph, measure, full, budget),
        linear(graph, budget),
        _li_theorem_2(graph, budget),
    )


def _theorem_1(graph: Any, measure: Any, full: float, budget: int) -> Theorem:
    nodes, degree = graph.nodes, int(graph.degrees.max())
    step = 1 / (6 * math.pi)
    path = descent.run_relu(
        [0.0, 1.0], [1.0, 0.0], measure, step / full, budget, target=ACCURACY**2, progress=False
    )
    size = nodes**4 * (degree + 1) / ACCURACY**2
    enough = _CONSTANT * size * math.log(nodes * FEATURES / ACCURACY)
    promise = (
        f"as corrected, with log(nhr/ε) in the place of log(nh/ε), c = {_CONSTANT} is enough: "
        f"{enough:.3g} steps"
        if nodes > 1
        else "the correction is about two nodes or more"
    )
    return Theorem(
        name="awasthi2021, Theorem 1",
        page="book/awasthi2021/pl-condition",
        setting=(
            f"one ReLU unit, {FEATURES} features, start of length 1 at 90° from the teacher, "
            f"step 1/(6πA), loss to reach {ACCURACY**2:g}"
        ),
        speaks=(
            f"asks for degrees that grow more slowly than √n, a limit; here the largest is "
            f"{degree} and √n is {math.sqrt(nodes):.3g}. Its constant c is not given."
        ),
        promise=promise,
        happens=_outcome(path),
    )


def _theorem_2(graph: Any, budget: int) -> Theorem:
    degree, nodes = int(graph.degrees[0]), graph.nodes
    star = [(1 + degree) / 2]
    printed = awasthi2021_linear.theorem_2_step_printed(star, nodes, degree, ROUNDS)
    asked = awasthi2021_linear.theorem_2_iterations_printed(
        star, nodes, degree, ROUNDS, ACCURACY, printed
    )
    step = awasthi2021_linear.theorem_2_step_corrected(star, nodes, degree, ROUNDS)
    enough = awasthi2021_linear.theorem_2_iterations_corrected(
        star, nodes, degree, ROUNDS, ACCURACY, step
    )
    first = _linear_run(graph, 0.5, 0.5, printed, budget, ACCURACY**2)
    second = _linear_run(graph, 0.5, 0.5, step, budget, ACCURACY**2)
    return Theorem(
        name="awasthi2021, Theorem 2",
        page="book/awasthi2021/deep-linear",
        setting=(
            f"linear network with {ROUNDS} rounds and one feature, teacher W₁ = W₂ = 1/2, start "
            f"at the identity, loss to reach {ACCURACY**2:g}"
        ),
        speaks=f"speaks of this graph: every degree is {degree}.",
        promise=(
            f"as printed: step {printed:.3g}, {max(0.0, asked):.3g} steps; as corrected: step "
            f"{step:.3g}, {enough} steps"
        ),
        happens=f"with the printed step {_outcome(first)}; with the corrected step "
        f"{_outcome(second)}",
    )


def _theorem_4(graph: Any, budget: int) -> Theorem:
    closed = graph.degrees.astype(float)
    total, square = closed.sum(), closed @ closed
    largest = float(np.linalg.eigvalsh([[graph.nodes, total], [total, square]])[-1])
    smallest = (graph.nodes * square - total**2) / largest
    # No number alpha + mu beta is larger at the start or at the teacher.
    bound = 1 + float(closed.max())
    step = 1 / (ROUNDS**2 * bound ** (2 * ROUNDS - 2) * largest)
    near = _linear_run(graph, 0.5, 0.5, step, budget, ACCURACY**2)
    blind = _linear_run(graph, 1.0, 0.0, step, budget, ACCURACY**2)
    return Theorem(
        name="awasthi2021, Theorem 4",
        page="book/awasthi2021/linear-unequal-degrees",
        setting=(
            f"linear network with {ROUNDS} rounds and one feature, start at the identity, step "
            f"{step:.3g}, loss to reach {ACCURACY**2:g}"
        ),
        speaks="is about unequal degrees, as here.",
        promise=(
            "as corrected in the chapter: while every α + μβ is at least m > 0, at the iterate "
            "and at the teacher, the distance to the teacher is multiplied by at most "
            f"1 - {step * ROUNDS**2 * smallest:.3g} m² in each step"
        ),
        happens=(
            f"teacher W₁ = W₂ = 1/2: {_outcome(near)}; teacher W₁ = 1, W₂ = 0: {_outcome(blind)}"
        ),
    )


def _linear_run(
    graph: Any, first: float, second: float, step: float, budget: int, target: float
) -> Trajectory:
    model = linear_gnn.pair_model(first, second, walks(graph, ROUNDS), ROUNDS)
    start = (1 - first, 1 - second)
    return descent.run(model, start, step, budget, target=target, records=1, progress=False)


def _li_theorem_2(graph: Any, budget: int) -> Theorem:
    sizes = graph.degrees.astype(float) + 1
    setting = li2021.Setting(
        features=FEATURES,
        distance=0.5,
        product=0.5,
        mean_size=float(sizes.mean()),
        smallest_size=float(sizes.min()),
        labels=graph.nodes,
        inverse_xi=1 / averaging_gnn.xi_node(graph, normalization="mean"),
    )
    limit = li2021.equation_40(setting)
    needed = li2021.labels_needed(setting.but(learning_rate=0.5 * limit))
    model = averaging_gnn.population_map(graph, "relu")
    step = 0.5 / max(1.0, float(model.second_moment))
    start = averaging_gnn.Polar(np.pi / 4, -0.5)
    path = descent.run(
        model, start, step, budget, target=1e-6 * float(model.loss(start)), progress=False
    )
    return Theorem(
        name="li2021, Theorem 2",
        page="book/li2021/hypotheses",
        setting=(
            f"averaging network at node level, one ReLU unit, {FEATURES} features, no noise, "
            "v* = 1, start with v = 1/2 at 45° from the teacher; the run is that of Algorithm 1 on "
            f"its averages, Ξ as a mean, step {step:.3g}, loss to reach 10⁻⁶ of the first"
        ),
        speaks=(
            f"asks for a step of at most {limit:.3g}, (40), and by (41) with c = 1 for "
            f"{_count(needed)} labels; here are {graph.nodes}. Its constant c is not given."
        ),
        promise=(
            "as printed, if all its hypotheses are met: distances that fall by a factor in each "
            "step, down to a floor; the chapter says what of it holds"
        ),
        happens=_outcome(path),
    )


def _outcome(path: Trajectory) -> str:
    steps = int(path.stopped_at)
    if path.status == "converged":
        return f"the loss is reached after {steps} steps"
    if path.status == "diverged":
        return f"the loss grows without a limit, seen after {steps} steps"
    return f"the loss is {float(path.losses[-1]):.3g} after {steps} steps, not reached"


def _count(number: float) -> str:
    return f"{number:.3g}" if math.isfinite(number) else "more than 10³⁰⁰"
