"""The population loss of the one-round ReLU GNN, its gradient and its critical points.

Every formula is compared with the sum over all n^2 pairs of nodes, each pair by quadrature
(`audit._relu_pairs`), on regular and irregular graphs; the loss and gradient also with Monte
Carlo; the derivatives are proved with SymPy for an arbitrary function B.

Reference: awasthi2021, Eqs. (5)-(15) and Appendix B. Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import graphs, monte_carlo, relu_gnn
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._relu_pairs import cross_moment, loss_by_pairs, printed_sums
from gnnconv_lib.evidence import Evidence, Kind, Witness
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.validation import require_choice

__all__ = [
    "a_and_b_nonnegative",
    "definition_a_b_c",
    "definition_a_b_c_unequal",
    "eq_5",
    "eq_7",
    "eq_8",
    "eq_9",
    "eq_11",
    "eq_12",
    "eq_13",
    "eq_14",
    "eq_15",
    "gradient_from_samples",
    "iterates_stay_in_a_plane",
    "local_minima",
    "loss_expansion",
    "units_independent",
]

# A z-score that chance passes once in two million normal samples.
_Z = 5.0
_TOLERANCE = 1e-12
_UNITS = np.array([[0.3, 1.1, -0.4], [-0.8, 0.2, 0.9]])
_TEACHERS = np.array([[0.6, 0.8, 0.0], [0.0, -0.6, 0.8]])

Failure = tuple[str, float, float]


def eq_5(budget: str = "quick") -> Evidence:
    """Eqs. (5), (6): half the mean squared difference of sampled outputs is the library's loss."""
    return _sampled(budget, gradient=False)


def gradient_from_samples(budget: str = "quick") -> Evidence:
    """Eqs. (14), (15) in vector form: the mean of (y^ - y) sum_i sigma'(w . x_i) x_i over samples is
    the library's gradient."""
    return _sampled(budget, gradient=True)


def loss_expansion(budget: str = "quick") -> Evidence:
    """The square of Eq. (7) expands into three expectations: sample by sample, then in the mean."""
    count = {"quick": 64, "full": 4096}[require_choice("budget", budget, BUDGETS)]
    gaps = _Gaps(1e-12)
    for graph in _graphs("quick"):
        features = np.random.default_rng(1).normal(size=(count, graph.nodes, 3))
        ours = relu_gnn.forward(features, _UNITS[0], graph)
        theirs = relu_gnn.forward(features, _TEACHERS[0], graph)
        squared = ((ours - theirs) ** 2 / 2).mean()
        expanded = (ours**2).mean() / 2 + (theirs**2).mean() / 2 - (ours * theirs).mean()
        size = (ours**2).mean() + (theirs**2).mean()
        gaps.add(graph.name, expanded, squared, size)
        exact = float(relu_gnn.loss(_UNITS[0], _TEACHERS[0], overlap(graph)))
        pairs = loss_by_pairs(graph, _UNITS[0], _TEACHERS[0])
        gaps.add(f"{graph.name}, in the mean", pairs, exact, pairs)
    return gaps.evidence("Square and three terms agree, sample by sample and over all pairs.")


def eq_7(budget: str = "quick") -> Evidence:
    """The loss is the sum of the losses of its units."""
    gaps = _Gaps(_TOLERANCE)
    for graph in _graphs(budget):
        whole = float(relu_gnn.loss(_UNITS, _TEACHERS, overlap(graph)))
        parts = sum(loss_by_pairs(graph, w, v) for w, v in zip(_UNITS, _TEACHERS, strict=True))
        gaps.add(graph.name, parts, whole, whole)
    return gaps.evidence("Sum over units, each from all pairs, and whole loss agree.")


def eq_8(budget: str = "quick") -> Evidence:
    """One step of gradient descent, in W, in (u, beta) and in (length, angle), is the same step."""
    gaps = _Gaps(1e-11)
    start, side = relu_gnn.reduce(_UNITS, _TEACHERS)
    for graph in _graphs(budget):
        measure = overlap(graph)
        rate = 0.7 / float(relu_gnn.sums(measure, 1.0)[0])
        full = _UNITS - rate * np.asarray(relu_gnn.gradient(_UNITS, _TEACHERS, measure))
        slope = relu_gnn.reduced_gradient(start.u, start.beta, measure)
        moved = relu_gnn.Reduced(start.u - rate * slope.u, start.beta - rate * slope.beta)
        polar = relu_gnn.polar_step(relu_gnn.to_polar(start), measure, rate)
        back = relu_gnn.from_polar(polar)
        for name, weights in (
            ("reduced", relu_gnn.expand(moved, _TEACHERS, side)),
            ("polar", relu_gnn.expand(back, _TEACHERS, side)),
        ):
            gap = float(np.abs(np.asarray(weights) - np.asarray(full)).max())
            gaps.add(f"{graph.name}, {name}", gap, 0.0, 1.0)
    return gaps.evidence("The step is the same in all three sets of coordinates.")


def eq_9(budget: str = "quick") -> Evidence:
    """Eqs. (9), (10): E (sum_i sigma(w . x_i))^2 = |w|^2 A, A = sum m_ij s(rho_ij)."""
    gaps = _Gaps(_TOLERANCE)
    for graph in _graphs(budget):
        full = float(relu_gnn.sums(overlap(graph), 1.0)[0])
        for w in (*_UNITS, *_TEACHERS):
            gaps.add(graph.name, float(w @ w) * full, cross_moment(graph, w, w))
    return gaps.evidence("The second moment is |w|^2 A on regular and irregular graphs.")


def eq_11(budget: str = "quick") -> Evidence:
    """E sum_ij sigma(w . x_i) sigma(w* . x_j) = |w| |w*| B(c), at random and extreme angles."""
    gaps = _Gaps(_TOLERANCE)
    for graph in _graphs(budget):
        for cos in (-1.0, -0.7, 0.0, 0.2, 0.95, 1.0):
            w = 1.7 * np.array([cos, np.sqrt(1 - cos * cos)])
            v = np.array([0.4, 0.0])
            mixed = float(relu_gnn.sums(overlap(graph), cos)[1])
            full = cross_moment(graph, w, w) / 1.7 * 0.4
            gaps.add(f"{graph.name}, c = {cos:g}", 0.68 * mixed, cross_moment(graph, w, v), full)
    return gaps.evidence("The mixed moment is |w| |w*| B(c) on regular and irregular graphs.")


def eq_12(budget: str = "quick") -> Evidence:
    """L(w) = A (|w|^2 + |w*|^2) / 2 - |w| |w*| B(c) against all pairs, and the library's stable form."""
    gaps = _Gaps(_TOLERANCE)
    for graph in _graphs(budget):
        measure = overlap(graph)
        for w, v in zip(_UNITS, 0.7 * _TEACHERS, strict=True):
            length, teacher = float(np.linalg.norm(w)), float(np.linalg.norm(v))
            A, B, _ = (float(x) for x in relu_gnn.sums(measure, w @ v / length / teacher))
            printed = A * (length**2 + teacher**2) / 2 - length * teacher * B
            gaps.add(graph.name, printed, loss_by_pairs(graph, w, v))
            gaps.add(f"{graph.name}, stable form", printed, float(relu_gnn.loss(w, v, measure)))
    return gaps.evidence("Eq. (12), the sum over all pairs and the stable form agree.")


def eq_13(budget: str = "quick") -> Evidence:
    """The loss as a function of (alpha, beta), over the plane and in r dimensions."""
    gaps = _Gaps(_TOLERANCE)
    for graph in _graphs(budget):
        measure = overlap(graph)
        for alpha, beta in ((0.3, 0.8), (-1.4, 0.2), (2.0, 0.0), (0.9, -0.1), (-0.5, 0.0)):
            w, v = np.array([alpha, beta]), np.array([1.0, 0.0])
            got = float(relu_gnn.reduced_loss(alpha - 1, beta, measure))
            gaps.add(f"{graph.name}, ({alpha:g}, {beta:g})", got, loss_by_pairs(graph, w, v))
    return gaps.evidence("The loss in (alpha, beta) is the sum over all pairs.")


def eq_14(budget: str = "quick") -> Evidence:
    """dL/d alpha: proved for any B with derivative C, and compared with differences of pair sums."""
    return _derivative(budget, 0)


def eq_15(budget: str = "quick") -> Evidence:
    """dL/d beta: proved for any B with derivative C, and compared with differences of pair sums."""
    return _derivative(budget, 1)


def definition_a_b_c(budget: str = "quick") -> Evidence:
    """On d-regular graphs (d + 1) times the printed sums are A, B(c), C(c)."""
    gaps = _Gaps(1e-7)  # the printed duals lose half of the digits next to rho = -1
    for graph in _graphs(budget):
        if np.ptp(graph.degrees) > 0:
            continue
        for cos in (-1.0, -0.3, 0.6, 1.0):
            printed = printed_sums(graph, cos)
            ours = relu_gnn.sums(overlap(graph), cos)
            for name, theirs, got in zip("ABC", printed, ours, strict=True):
                scaled = (int(graph.degrees[0]) + 1) * theirs
                gaps.add(f"{name}, {graph.name}", scaled, float(got), float(ours[0]))
    return gaps.evidence("(d+1) times the printed A, B, C are this book's.")


def definition_a_b_c_unequal(budget: str = "quick") -> Evidence:
    """A', B', C' of Appendix B against all pairs by quadrature (C' by differences of B'), and the
    size of the error if d + 1 were kept instead."""
    gaps = _Gaps(1e-7)
    largest = 0.0
    for graph in _graphs(budget):
        axis = np.array([1.0, 0.0])
        for angle in (0.4, 1.5, 2.6):
            turned = [np.array([np.cos(x), np.sin(x)]) for x in (angle, angle + 1e-5, angle - 1e-5)]
            B = [cross_moment(graph, axis, w) for w in turned]
            cosines = [float(w[0]) for w in turned]
            A, mixed, slope = (float(x) for x in relu_gnn.sums(overlap(graph), cosines[0]))
            gaps.add(graph.name, A, cross_moment(graph, axis, axis))
            gaps.add(graph.name, mixed, B[0])
            difference = (B[1] - B[2]) / (cosines[1] - cosines[2])
            gaps.add(f"C, {graph.name}", slope, difference, A)
            if np.ptp(graph.degrees) > 0:
                kept = (graph.degrees.max() + 1) * printed_sums(graph, cosines[0])[0]
                largest = max(largest, float(abs(kept / A - 1)))
    return gaps.evidence(
        "A', B', C' agree with all pairs on irregular graphs; with d + 1 for sqrt((d_i+1)(d_j+1)) "
        f"A would be wrong by up to {100 * largest:.0f} %.",
        {"relative error of A with d + 1": largest},
    )


def a_and_b_nonnegative(budget: str = "quick") -> Evidence:
    """A and B are nonnegative; in fact for every degree and every angle, not only when d is
    o(sqrt n) and alpha >= 0, since s is an expectation of products of nonnegative numbers."""
    cosines = np.cos(np.linspace(0, np.pi, {"quick": 201, "full": 20_001}[_budget(budget)]))
    lowest, place = np.inf, ""
    for graph in _graphs(budget):
        A, B, _ = (np.asarray(x) for x in relu_gnn.sums(overlap(graph), cosines))
        smallest = float((B / A).min())
        if smallest < lowest:
            lowest, place = smallest, graph.name
    if lowest < 0:
        return _refuted("search", (place, 0.0, lowest), {"smallest B / A": lowest})
    return Evidence(
        "search",
        "holds",
        f"B >= 0 at every angle of every graph, also for alpha < 0; smallest B/A {lowest:.2g}.",
        {"smallest B / A": lowest},
        0.0,
    )


def iterates_stay_in_a_plane(budget: str = "quick") -> Evidence:
    """Every iterate of gradient descent in R^6 is a linear combination of w_0 and w*."""
    steps = {"quick": 20, "full": 500}[_budget(budget)]
    random = np.random.default_rng(4)
    gaps = _Gaps(_TOLERANCE)
    for graph in _graphs("quick"):
        measure = overlap(graph)
        rate = 0.9 / float(relu_gnn.sums(measure, 1.0)[0])
        start, teacher = random.normal(size=6), random.normal(size=6)
        basis, _ = np.linalg.qr(np.stack([start, teacher], axis=1))
        w = start
        for _ in range(steps):
            w = w - rate * np.asarray(relu_gnn.gradient(w, teacher, measure))
            outside = float(np.linalg.norm(w - basis @ (basis.T @ w)))
            gaps.add(graph.name, outside, 0.0, float(np.linalg.norm(teacher)))
    return gaps.evidence("No iterate leaves the plane of w_0 and w*.")


def units_independent(budget: str = "quick") -> Evidence:
    """A unit's gradient does not change when the other units and their teachers do."""
    gaps = _Gaps(_TOLERANCE)
    for graph in _graphs(budget):
        measure = overlap(graph)
        before = np.asarray(relu_gnn.gradient(_UNITS, _TEACHERS, measure))[0]
        others = np.array([[1.0, 1.0, 1.0], [50.0, -3.0, 1.0]])
        after = np.asarray(relu_gnn.gradient(_UNITS * others, _TEACHERS[[0, 0]], measure))
        alone = np.asarray(relu_gnn.gradient(_UNITS[0], _TEACHERS[0], measure))
        size = float(np.abs(before).max())
        gaps.add(graph.name, float(np.abs(after[0] - before).max()), 0.0, size)
        gaps.add(f"{graph.name}, alone", float(np.abs(alone - before).max()), 0.0, size)
    return gaps.evidence("A row of the gradient depends on its own unit and teacher only.")


def local_minima(budget: str = "quick") -> Evidence:
    """How many local minima the loss of one unit has, from its critical points.

    The derivative across w is |w*| C(c) sin(theta), and C(c) > 0 for c > -1: critical points lie on
    the line of w*. There they are w*, w = 0 and w = -(B(-1)/A) w*. Each is tested: a point with a
    lower loss in every neighbourhood is no local minimum.
    """
    most, smallest = 0, ""
    numbers: dict[str, float] = {}
    cosines = np.cos(np.linspace(0, np.pi - 1e-3, {"quick": 101, "full": 10_001}[_budget(budget)]))
    lowest = np.inf
    for graph in sorted(_graphs(budget), key=lambda entry: entry.nodes):
        measure = overlap(graph)
        A, B, _ = (float(x) for x in relu_gnn.sums(measure, -1.0))
        slopes = np.asarray(relu_gnn.sums(measure, cosines)[2]) / A
        lowest = min(lowest, float(slopes.min()))
        count = 0
        for alpha in dict.fromkeys((1.0, 0.0, -B / A)):
            here = float(relu_gnn.reduced_loss(alpha - 1, 0.0, measure))
            angles = np.linspace(0, np.pi, 25)
            around = [
                np.asarray(
                    relu_gnn.reduced_loss(
                        alpha - 1 + radius * np.cos(angles), radius * np.sin(angles), measure
                    )
                )
                for radius in (1e-1, 1e-2, 1e-3)
            ]
            count += all(float(ring.min()) >= here - 1e-15 * A for ring in around)
        if count > most or not smallest:
            most, smallest = count, graph.name
    numbers = {"most local minima": float(most), "smallest C(c) / A": lowest}
    if most > 1 or not lowest > 0:
        summary = f"{most} local minima on {smallest}."
        return Evidence("search", "holds", summary, numbers)
    return _refuted(
        "search",
        (f"one unit, every graph, e.g. {smallest}", 2.0, float(most)),
        numbers,
        "Only the teacher is a local minimum, on every graph: the derivative across w vanishes on "
        "the line of w* only, and the other two critical points on it have lower losses nearby.",
    )


def _sampled(budget: str, gradient: bool) -> Evidence:
    samples = {"quick": 8_000, "full": 400_000}[_budget(budget)]
    worst, finest = 0.0, np.inf
    failures: list[Failure] = []
    for seed, graph in enumerate(_graphs("quick")):
        measure = overlap(graph)
        estimates = monte_carlo.loss_and_gradient(_UNITS, _TEACHERS, graph, samples, seed)
        estimate = estimates[1] if gradient else estimates[0]
        exact = np.asarray(
            (relu_gnn.gradient if gradient else relu_gnn.loss)(_UNITS, _TEACHERS, measure)
        )
        scores = np.abs(np.ravel(estimate.z_score(exact)))
        finest = min(finest, estimate.detectable(exact, _Z))
        worst = max(worst, float(scores.max()))
        if scores.max() > _Z:
            k = int(scores.argmax())
            failures.append((graph.name, np.ravel(exact)[k], np.ravel(estimate.mean)[k]))
    numbers = {"largest z": worst, "detectable relative error": finest}
    if failures:
        return _refuted("monte carlo", failures[0], numbers)
    what = "Gradient" if gradient else "Loss"
    return Evidence(
        "monte carlo",
        "holds",
        f"{what} of sampled features: largest |z| {worst:.1f}; an error of {100 * finest:.0f} % would "
        "have shown.",
        numbers,
        _Z,
    )


def _derivative(budget: str, coordinate: int) -> Evidence:
    """Eq. (14) or (15): SymPy for an arbitrary B, then numbers on every graph."""
    import sympy

    alpha, beta, full = sympy.symbols("alpha beta A", real=True)
    length = sympy.sqrt(alpha**2 + beta**2)
    mixed = sympy.Function("B")
    loss = full * (length**2 + 1) / 2 - length * mixed(alpha / length)
    point = sympy.Symbol("x")
    slope = sympy.diff(mixed(point), point).subs(point, alpha / length)
    if coordinate == 0:
        printed = (
            alpha * full - alpha / length * mixed(alpha / length) - beta**2 / length**2 * slope
        )
    else:
        printed = (
            beta * full - beta / length * mixed(alpha / length) + alpha * beta / length**2 * slope
        )
    difference = sympy.simplify((sympy.diff(loss, (alpha, beta)[coordinate]) - printed).doit())
    gaps = _Gaps(1e-7)
    for graph in _graphs(budget):
        measure = overlap(graph)
        for a, b in ((0.3, 0.8), (-1.4, 0.6), (1.1, -0.5)):
            v, w = np.array([1.0, 0.0]), np.array([a, b])
            step = 1e-5 * np.eye(2)[coordinate]
            ahead, behind = loss_by_pairs(graph, w + step, v), loss_by_pairs(graph, w - step, v)
            got = float(relu_gnn.reduced_gradient(a - 1, b, measure)[coordinate])
            size = float(relu_gnn.sums(measure, 1.0)[0])
            gaps.add(f"{graph.name}, ({a:g}, {b:g})", got, (ahead - behind) / 2e-5, size)
    name = "alpha" if coordinate == 0 else "beta"
    if difference != 0:
        witness = ("any B, symbolically", 0.0, 1.0)
        return _refuted("symbolic", witness, gaps.numbers())
    outcome = gaps.evidence(f"dL/d{name} follows for every B with derivative C; numbers agree.")
    if outcome.verdict != "holds":
        return outcome
    return Evidence("symbolic", "holds", outcome.summary, outcome.numbers, gaps.tolerance)


class _Gaps:
    """Printed against actual values, the largest relative gap and the first one that is too large."""

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self.largest = 0.0
        self.failure: Failure | None = None

    def add(self, place: str, printed: float, actual: float, size: float | None = None) -> None:
        """Compare two numbers, relative to `size` (by default the second)."""
        scale = abs(actual) if size is None else abs(size)
        gap = abs(printed - actual) / (scale if scale > 0 else 1.0)
        self.largest = max(self.largest, gap)
        if not gap <= self.tolerance and self.failure is None:
            self.failure = (place, printed, actual)

    def numbers(self) -> dict[str, float]:
        """What was measured."""
        return {"largest relative gap": self.largest}

    def evidence(self, summary: str, more: dict[str, float] | None = None) -> Evidence:
        """Holds, or refuted with the first failure."""
        numbers = {**self.numbers(), **(more or {})}
        if self.failure is not None:
            return _refuted("numerical", self.failure, numbers)
        return Evidence("numerical", "holds", summary, numbers, self.tolerance)


def _refuted(kind: Kind, failure: Failure, numbers: Any, summary: str | None = None) -> Evidence:
    witness = Witness(*failure)
    found = f"Fails for {witness.input}: {witness.printed:.4g} against {witness.actual:.4g}."
    return Evidence(kind, "false as printed", summary or found, numbers, witness=witness)


def _budget(budget: str) -> str:
    return require_choice("budget", budget, BUDGETS)


def _graphs(budget: str) -> list[Graph]:
    """Small and extreme graphs, regular and not; larger random ones in the full budget."""
    small = [
        graphs.path(1),
        graphs.complete(2),
        graphs.path(3),
        graphs.star(4),
        graphs.complete(5),
        graphs.petersen(),
        graphs.disjoint_cliques(2, 3),
        graphs.disjoint_union(graphs.star(3), graphs.path(1)),
        graphs.erdos_renyi(12, 0.3, 1),
    ]
    if _budget(budget) == "quick":
        return small
    more = [graphs.random_regular(40, d, seed=d) for d in (3, 10, 30)]
    return [*small, *more, graphs.barabasi_albert(60, 3, 1), graphs.grid(6, 7)]
