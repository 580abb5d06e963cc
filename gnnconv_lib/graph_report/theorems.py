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

from gnnconv_lib import averaging_gnn, descent, linear_gnn
from gnnconv_lib.bounds import awasthi2021_linear, awasthi2021_relu, li2021
from gnnconv_lib.linear_gnn import one_round
from gnnconv_lib.summaries.walks import walks
from gnnconv_lib.trajectory import Trajectory

__all__ = ["Run", "Theorem", "theorems"]

ACCURACY = 0.1
ROUNDS = 2
FEATURES = 2


@dataclass(frozen=True)
class Run:
    """One short run of gradient descent.

    Fields:
        words: what it differs in from the other runs of its theorem, "" for an only run.
        status: "converged", "diverged" or "running" as in `Trajectory`.
        steps: after how many steps it ended.
        loss: the loss there.
    """

    words: str
    status: str
    steps: int
    loss: float

    def __str__(self) -> str:
        before = f"{self.words}: " if self.words else ""
        after = f"after {self.steps} step{'s' if self.steps != 1 else ''}"
        if self.status == "converged":
            return f"{before}the loss is reached {after}"
        if self.status == "diverged":
            return f"{before}the loss grows without a limit, seen {after}"
        return f"{before}the loss is {self.loss:.3g} {after}, not reached"


@dataclass(frozen=True)
class Theorem:
    """One theorem about one graph.

    Fields:
        name: paper and number.
        page: the chapter of the book that decides it.
        setting: what is run.
        speaks: whether its hypotheses are met, and what it asks.
        promise: what follows for this graph.
        runs: what happens.
    """

    name: str
    page: str
    setting: str
    speaks: str
    promise: str
    runs: tuple[Run, ...]

    @property
    def happens(self) -> str:
        """What the runs do, in one sentence."""
        return "; ".join(str(run) for run in self.runs)


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
    # Inside the range of Lemma 1, 1/(16 pi) to 1/(6 pi).
    step = 1 / (10 * math.pi)
    path = descent.run_relu(
        [0.0, 1.0], [1.0, 0.0], measure, step / full, budget, target=ACCURACY**2, progress=False
    )
    if nodes > 1:
        enough = awasthi2021_relu.theorem_1_iterations_corrected(
            nodes, degree, 1, math.log(FEATURES), ACCURACY
        )
        promise = (
            "as corrected, with log(nhr/ε) in the place of log(nh/ε), "
            f"c = {awasthi2021_relu.THEOREM_1_CONSTANT:g} is enough on every graph with two nodes or "
            f"more, for such steps and starts: {float(enough):.3g} steps"
        )
    else:
        promise = "the correction is about two nodes or more"
    return Theorem(
        name="awasthi2021, Theorem 1",
        page="book/awasthi2021/pl-condition",
        setting=(
            f"one ReLU unit, {FEATURES} features, start of length 1 at 90° from the teacher, "
            f"step 1/(10πA), loss to reach {ACCURACY**2:g}"
        ),
        speaks=(
            "is about regular graphs whose degree grows more slowly than √n, a limit, and "
            f"extended to unequal degrees; here the largest degree is {degree} and √n is "
            f"{math.sqrt(nodes):.3g}. Its constant c is not given."
        ),
        promise=promise,
        runs=(_run("", path),),
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
        runs=(
            _linear_run("with the printed step", graph, 0.5, 0.5, printed, budget),
            _linear_run("with the corrected step", graph, 0.5, 0.5, step, budget),
        ),
    )


def _theorem_4(graph: Any, budget: int) -> Theorem:
    curvature = one_round.quadratic(graph)
    # With an eigenvalue mu of the graph, alpha + mu beta is at most this at the start and at both
    # teachers.
    bound = 1 + int(graph.degrees.max())
    step = 1 / (ROUNDS**2 * bound ** (2 * ROUNDS - 2) * curvature.largest)
    return Theorem(
        name="awasthi2021, Theorem 4",
        page="book/awasthi2021/linear-unequal-degrees",
        setting=(
            f"linear network with {ROUNDS} rounds and one feature, start at the identity, step "
            f"{step:.3g}, loss to reach {ACCURACY**2:g}"
        ),
        speaks="is about unequal degrees, as here.",
        promise=(
            "as corrected in the chapter: while every α + μβ lies between m > 0 and "
            f"{bound}, at the iterate and at the teacher, the distance to the teacher is "
            f"multiplied by at most 1 - {step * ROUNDS**2 * curvature.smallest:.3g} m² in each step"
        ),
        runs=(
            _linear_run("teacher W₁ = W₂ = 1/2", graph, 0.5, 0.5, step, budget),
            _linear_run("teacher W₁ = 1, W₂ = 0", graph, 1.0, 0.0, step, budget),
        ),
    )


def _linear_run(
    words: str, graph: Any, first: float, second: float, step: float, budget: int
) -> Run:
    model = linear_gnn.pair_model(first, second, walks(graph, ROUNDS), ROUNDS)
    start = (1 - first, 1 - second)
    path = descent.run(model, start, step, budget, target=ACCURACY**2, records=1, progress=False)
    return _run(words, path)


def _li_theorem_2(graph: Any, budget: int) -> Theorem:
    sizes = graph.degrees.astype(float) + 1
    angle = math.pi / 4
    setting = li2021.Setting(
        features=FEATURES,
        distance=0.5,
        product=0.5,
        trace=math.cos(angle),
        mean_size=float(sizes.mean()),
        smallest_size=float(sizes.min()),
        labels=graph.nodes,
        inverse_xi=1 / averaging_gnn.xi_node(graph, normalization="mean"),
    )
    limit = li2021.equation_40(setting)
    needed = li2021.labels_needed(setting.but(learning_rate=0.5 * limit))
    model = averaging_gnn.population_map(graph, "relu")
    step = 0.5 / max(1.0, float(model.second_moment))
    start = averaging_gnn.Polar(angle, -0.5)
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
        runs=(_run("", path),),
    )


def _run(words: str, path: Trajectory) -> Run:
    return Run(words, str(path.status), int(path.stopped_at), float(path.losses[-1]))


def _count(number: float) -> str:
    return f"{number:.3g}" if math.isfinite(number) else "more than 10³⁰⁰"
