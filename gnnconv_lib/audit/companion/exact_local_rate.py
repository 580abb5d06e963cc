"""Checks of the exact rate next to the teacher: Hessian, slopes, condition number.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from gnnconv_lib import descent, graphs, relu_gnn
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._figure_1_runs import DEGREES, NODES, paper_rate
from gnnconv_lib.audit._hostile import Point, Problems, tried
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.summaries import overlap
from gnnconv_lib.validation import require_choice

__all__ = [
    "best_step",
    "condition_number",
    "hessian_at_teacher",
    "quadratic_on_complete_graphs",
    "slopes_of_figure_1",
    "sparse_limit",
    "steps_from_two_numbers",
]

Array = np.ndarray


def hessian_at_teacher(budget: str = "quick") -> Evidence:
    """The Hessian at w* is diag(A, C(1), ..., C(1)), in r = 3, and the limit of gradient differences."""
    require_choice("budget", budget, BUDGETS)
    worst, place = 0.0, ""
    for graph in (
        graphs.star(5),
        graphs.cycle(6),
        graphs.complete(4),
        graphs.empty(3),
        graphs.petersen(),
        graphs.random_regular(20, 5, 1),
    ):
        measure = overlap(graph)
        full, _, slope = (float(value) for value in relu_gnn.sums(measure, 1.0))
        teacher = np.array([1.0, 0.0, 0.0])
        found = np.asarray(relu_gnn.hessian(teacher, teacher, measure))
        exact = np.diag([full, slope, slope])
        across = relu_gnn.reduced_gradient(0.0, 1e-7, measure)
        along = relu_gnn.reduced_gradient(1e-7, 0.0, measure)
        gap = max(
            float(np.max(np.abs(found - exact))) / full,
            # The next term is of the order of the angle.
            max(abs(float(across.beta) / 1e-7 - slope) / full - 1e-6, 0.0),
            abs(float(along.u) / 1e-7 - full) / full,
        )
        if gap > worst:
            worst, place = gap, graph.name
    numbers = {"largest relative difference": worst}
    if worst > 1e-9:
        witness = Witness(place, 0.0, worst)
        return Evidence("numerical", "false as printed", place, numbers, 1e-9, witness)
    summary = (
        "The Hessian and differences of the gradient at w* give diag(A, C(1), C(1)) on 6 graphs."
    )
    return Evidence("numerical", "holds", summary, numbers, 1e-9)


@dataclass(frozen=True)
class _Curves:
    """Curves of Figure 1 with the printed learning rates and with eta A = 1/2.

    `names`, `predicted` slopes and `stopped` steps by curve; `shares` of the first loss by step.
    """

    names: list[str]
    predicted: Array
    steps: Array
    shares: Array
    stopped: Array

    def measured(self, curve: int, upper: float, lower: float) -> float | None:
        """The slope of log L between two shares of the first loss."""
        going = self.steps < self.stopped[curve]
        return descent.measured_slope(self.steps[going], self.shares[going, curve], upper, lower)


@cache
def _curves(budget: str) -> _Curves:
    seeds = 2 if require_choice("budget", budget, BUDGETS) == "quick" else 10
    drawn = [descent.relu_ensemble(NODES, degree, seeds) for degree in DEGREES]
    measures = [measure.padded(NODES + 1) for ensemble in drawn for measure in ensemble.overlaps]
    full = np.array([float(relu_gnn.sums(measure, 1.0)[0]) for measure in measures])
    printed = np.repeat([paper_rate(degree) for degree in DEGREES], seeds)
    rates = np.concatenate([printed, 0.5 / full])
    measures = measures + measures
    kinds = [f"{kind}, d = {d}" for kind in ("printed eta", "eta A = 1/2") for d in DEGREES]
    predicted = np.array(
        [descent.local_slope(m, rate) for m, rate in zip(measures, rates, strict=True)]
    )
    path = descent.run_relu(
        np.concatenate([ensemble.W for ensemble in drawn] * 2),
        np.concatenate([ensemble.W_star for ensemble in drawn] * 2),
        measures,
        rates,
        int(np.ceil(70 / np.min(-predicted))) + 200,
        records=400,
        target=1e-22,
    )
    names = [kind for kind in kinds for _ in range(seeds)]
    return _Curves(names, predicted, path.steps, path.losses / path.losses[0], path.stopped_at)


def slopes_of_figure_1(budget: str = "quick") -> Evidence:
    """Slope of log L against 2 log max(|1 - eta A|, |1 - eta C(1)|), all degrees of Figure 1, 1e-5.

    With the paper's learning rates and with eta A = 1/2; d = 99 is faster than linear with the former.
    """
    curves = _curves(budget)
    gaps: dict[str, float] = {}
    for k, (name, slope) in enumerate(zip(curves.names, curves.predicted, strict=True)):
        if np.isfinite(slope):
            found = curves.measured(k, 1e-16, 1e-25)
            gap = math.inf if found is None else abs(found / float(slope) - 1)
            gaps[name] = max(gap, gaps.get(name, 0.0))
    worst = max(gaps, key=gaps.__getitem__)
    numbers = {"curves": float(len(gaps)), "largest relative gap": gaps[worst]}
    if gaps[worst] > 1e-5 or len(gaps) < 2 * len(DEGREES) - 1:
        witness = Witness(worst, 1e-5, gaps[worst])
        return Evidence("numerical", "false as printed", worst, numbers, 1e-5, witness)
    summary = f"Predicted and measured slopes of {len(gaps)} kinds of curves agree to five digits."
    return Evidence("numerical", "holds", summary, numbers, 1e-5)


def steps_from_two_numbers(budget: str = "quick") -> Evidence:
    """The steps of Figure 1 to 1e-12 of the first loss, against log(1e-12) / slope from A and C(1)."""
    curves = _curves(budget)
    taken = descent.steps_until(curves.steps, curves.shares, 1e-12)
    found: dict[str, list[float]] = {}
    for name, steps, slope in zip(curves.names, taken, curves.predicted, strict=True):
        if np.isfinite(slope):  # d = 99 with the printed rate is faster than linear
            found.setdefault(name, []).append(float(steps * slope / math.log(1e-12)))
    ratios = {name: float(np.median(values)) for name, values in found.items()}
    low, high = min(ratios.values()), max(ratios.values())
    if low < 0.75 or high > 1.25:
        worst = max(ratios, key=lambda name: abs(ratios[name] - 1))
        witness = Witness(worst, 1.0, ratios[worst])
        return Evidence("numerical", "false as printed", worst, ratios, 0.25, witness)
    summary = f"Measured over predicted steps lie between {low:.2f} and {high:.2f}."
    return Evidence("numerical", "holds", summary, ratios, 0.25)


def best_step(budget: str = "quick") -> Evidence:
    """At eta = 2/(A + C(1)) the slope is 2 log((kappa - 1)/(kappa + 1)), and no other step is better."""
    require_choice("budget", budget, BUDGETS)
    measures = [
        overlap(graph)
        for graph in (graphs.cycle(12), graphs.star(6), graphs.random_regular(30, 4, 2))
    ]
    sums = [[float(value) for value in relu_gnn.sums(measure, 1.0)] for measure in measures]
    full, slope = (np.array([entry[k] for entry in sums]) for k in (0, 2))
    exact = 2 * np.log((full - slope) / (full + slope))
    start = np.full((3, 1, 2), [1.2, 0.5])
    rates = 2 / (full + slope)
    path = descent.run_relu(start, [[1.0, 0.0]], measures, rates, 900, records=300)
    worst = -math.inf
    for k in range(3):
        shares = path.losses[:, k] / path.losses[0, k]
        found = descent.measured_slope(path.steps, shares, 1e-16, 1e-36)
        worst = max(worst, math.inf if found is None else abs(found / exact[k] - 1))
        others = np.linspace(0.02, 1.98, 99) / full[k]
        factor = np.maximum(np.abs(1 - others * full[k]), np.abs(1 - others * slope[k]))
        worst = max(worst, float(np.max(exact[k] - 2 * np.log(factor))))
    numbers = {"largest relative gap": worst}
    if worst > 1e-4:
        witness = Witness("eta = 2/(A + C(1))", 0.0, worst)
        return Evidence("numerical", "false as printed", "Differs.", numbers, 1e-4, witness)
    summary = (
        "Measured slopes at eta = 2/(A + C(1)) are those predicted; 99 other steps are slower."
    )
    return Evidence("numerical", "holds", summary, numbers, 1e-4)


def quadratic_on_complete_graphs(budget: str = "quick") -> Evidence:
    """On K_n at x = 1 convergence is quadratic: pi theta+ / theta^2 -> 1."""
    require_choice("budget", budget, BUDGETS)
    theta = np.array([[0.1, 0.01, 1e-3, 1e-4]])
    given = Problems(("complete graph",), np.array([[1.0]]), np.array([[1.0]]))
    at = Point(given, np.ones_like(theta), theta, np.ones_like(theta))
    ratio = (np.pi * at.after.angle / theta**2)[0]
    numbers = {f"ratio at theta = {t:g}": float(r) for t, r in zip(theta[0], ratio, strict=True)}
    if abs(ratio[2] - 1) > 1e-2 or abs(ratio[1] - 1) > abs(ratio[0] - 1):
        witness = Witness("theta = 1e-3", 1.0, float(ratio[2]))
        return Evidence("numerical", "false as printed", "Not quadratic.", numbers, 1e-2, witness)
    summary = f"pi theta+ / theta^2 = {ratio[0]:.3f}, {ratio[1]:.4f} at theta = 0.1, 0.01."
    return Evidence("numerical", "holds", summary, numbers, 1e-2)


def condition_number(budget: str = "quick") -> Evidence:
    """M/(pi S) + 1/2 <= A/C(1) <= 2 M/(pi S) + 2 - 2/pi, on graphs and on artificial measures."""

    def excess(at: Point) -> Array:
        low, high = bounds.condition_number_bounds(at.given.pairs, at.given.messages)
        kappa = at.given.full / at.given.slope_at_one
        return np.maximum(low - kappa, kappa - high) / kappa + 0 * at.length

    claim = "M/(pi S) + 1/2 <= A/C(1) <= 2 M/(pi S) + 2 - 2/pi"
    return tried(claim, excess, budget, tolerance=1e-12)


def sparse_limit(budget: str = "quick") -> Evidence:
    """C(1)/S tends to g(d), and A/C(1) to n/((d+1) pi g(d)), on random d-regular graphs as n grows."""
    sizes = {"quick": (200, 3200), "full": (200, 3200, 100_000)}[
        require_choice("budget", budget, BUDGETS)
    ]
    errors = []
    for nodes in sizes:
        gaps = []
        for degree in (0, 2, 3, 6):
            graph = graphs.cycle(nodes) if degree == 2 else graphs.random_regular(nodes, degree, 1)
            measure = overlap(graph)
            full, _, slope = (float(value) for value in relu_gnn.sums(measure, 1.0))
            ratio = float(bounds.sparse_slope_ratio(degree))
            limit = nodes / ((degree + 1) * math.pi * ratio)
            gaps.append(abs(slope / measure.shared_messages / ratio - 1))
            gaps.append(abs(full / slope / limit - 1))
        errors.append(max(gaps))
    numbers = {f"largest gap, n = {n}": e for n, e in zip(sizes, errors, strict=True)}
    if errors[-1] > 0.02 or errors[-1] > errors[0] / 4:
        witness = Witness(f"n = {sizes[-1]}", 0.02, errors[-1])
        return Evidence("numerical", "false as printed", "No limit.", numbers, 0.02, witness)
    summary = f"Largest relative gap {errors[0]:.2g} at n = {sizes[0]}, {errors[-1]:.2g} at n = {sizes[-1]}."
    return Evidence("numerical", "holds", summary, numbers, 0.02)
