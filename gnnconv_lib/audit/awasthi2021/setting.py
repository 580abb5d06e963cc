"""The model and the notation: closed neighbourhoods, shared messages, harmless normalisations.

Reference: awasthi2021, sections 2 and 3. Book page: book/setting.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib import dual, graphs, monte_carlo, relu_gnn
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.evidence import Evidence, Kind, Witness
from gnnconv_lib.summaries import overlap
from gnnconv_lib.validation import require_choice

__all__ = [
    "definition_shared_messages",
    "eq_4",
    "remark_factor_sqrt_2",
    "remark_neighbourhood_sum",
    "remark_unit_norms",
]

# A z-score that chance passes once in two million normal samples.
_Z = 5.0
_TEACHER = np.array([[1.0, 0.0]])
_WEIGHTS = np.array([[0.3, 1.1]])

Failure = tuple[str, float, float]


def definition_shared_messages(budget: str = "quick") -> Evidence:
    """d_ij counts common members of closed neighbourhoods, is entry (i, j) of (Adjacency + I)^2,
    and d_ii = d_i + 1; its total is sum_i (d_i + 1)^2."""
    failures: list[Failure] = []
    examined = 0
    for graph in _graphs(budget):
        closed = [{i, *map(int, graph.neighbors(i))} for i in range(graph.nodes)]
        sets = np.array([[len(a & b) for b in closed] for a in closed])
        matrix = np.asarray(graph.adjacency.todense()) + np.eye(graph.nodes, dtype=np.int64)
        total = float(((graph.degrees + 1) ** 2).sum())
        for name, ours, theirs in (
            ("entries", matrix @ matrix, sets),
            ("diagonal", np.diag(sets), graph.degrees + 1),
            ("total", float(overlap(graph).shared_messages), total),
        ):
            gap = np.abs(np.asarray(ours) - np.asarray(theirs))
            examined += gap.size
            if gap.max() > 0:
                failures.append(
                    (f"{name}, {graph.name}", float(np.sum(theirs)), float(np.sum(ours)))
                )
    summary = f"Sets, matrix and summary agree in all {examined} counts, with no tolerance."
    return _outcome("numerical", failures, summary, {"counts": examined}, 0.0)


def remark_neighbourhood_sum(budget: str = "quick") -> Evidence:
    """On a d-regular graph the closed neighbourhood sum has variance d + 1 and is Gaussian: its
    first four moments, from samples."""
    samples = {"quick": 20_000, "full": 2_000_000}[require_choice("budget", budget, BUDGETS)]
    failures: list[Failure] = []
    worst = 0.0
    for seed, graph in enumerate([graphs.complete(2), graphs.cycle(5), graphs.petersen()]):
        stream = monte_carlo.Stream()
        degree = int(graph.degrees[0])
        members = [0, *map(int, graph.neighbors(0))]
        for block in monte_carlo.blocks(samples, seed, (graph.nodes,)):
            received = block[members].sum(axis=0)
            stream.add(np.stack([received**power for power in (1, 2, 3, 4)], axis=1))
        expected = np.array([0.0, degree + 1, 0.0, 3.0 * (degree + 1) ** 2])
        estimate = stream.estimate()
        scores = np.abs(estimate.z_score(expected))
        worst = max(worst, float(scores.max()))
        if scores.max() > _Z:
            k = int(scores.argmax())
            failures.append((f"moment {k + 1}, {graph.name}", expected[k], float(estimate.mean[k])))
    summary = f"The first four moments are those of N(0, d+1); largest |z| {worst:.1f}."
    return _outcome("monte carlo", failures, summary, {"largest z": worst}, _Z)


def eq_4(budget: str = "quick") -> Evidence:
    """Whether the data of Eq. (4) have the loss of Eq. (12), with N(i) as printed (neighbours only)
    and with N(i) closed (neighbours and i itself)."""
    samples = {"quick": 20_000, "full": 500_000}[require_choice("budget", budget, BUDGETS)]
    scores: dict[str, float] = {"open": 0.0, "closed": 0.0}
    failures: list[Failure] = []
    for seed, graph in enumerate([graphs.complete(2), graphs.star(3), graphs.petersen()]):
        expected = float(relu_gnn.loss(_WEIGHTS, _TEACHER, overlap(graph)))
        for reading in scores:
            estimate = monte_carlo.loss(
                _WEIGHTS, _TEACHER, graph, samples, seed, neighborhood=reading
            )
            score = abs(float(estimate.z_score(expected)))
            scores[reading] = max(scores[reading], score)
            if reading == "open" and score > _Z:
                failures.append((graph.name, expected, float(estimate.mean)))
    numbers = {f"largest z, {reading}": score for reading, score in scores.items()}
    if scores["open"] > _Z and scores["closed"] <= _Z:
        return Evidence(
            "monte carlo",
            "holds with correction",
            f"Sums over neighbours only contradict Eq. (12), |z| up to {scores['open']:.0f}; sums "
            f"over closed neighbourhoods agree, |z| at most {scores['closed']:.1f}.",
            numbers,
            _Z,
            correction="N(i) contains i: the sum runs over the closed neighbourhood.",
        )
    summary = f"The data have the loss of Eq. (12); largest |z| {scores['open']:.1f}."
    return _outcome("monte carlo", failures, summary, numbers, _Z)


def remark_factor_sqrt_2(budget: str = "quick") -> Evidence:
    """The dual of max(t, 0) is half that of sqrt(2) max(t, 0): loss and gradient are halved, so
    that a doubled learning rate gives the same iterates."""
    points = {"quick": 401, "full": 40_001}[require_choice("budget", budget, BUDGETS)]
    rho = np.cos(np.linspace(0, np.pi, points))
    plain = np.asarray(dual.dual("relu", rho))
    scaled = np.asarray(dual.dual("scaled_relu", rho))
    gap = np.abs(2 * plain - scaled)
    tolerance = 1e-15
    failures = []
    if gap.max() > tolerance:
        k = int(gap.argmax())
        failures.append((f"rho = {rho[k]:.3g}", float(scaled[k]), float(2 * plain[k])))
    summary = "Without the factor every loss and gradient is halved; 2 eta gives the same iterates."
    return _outcome("numerical", failures, summary, {"largest gap": float(gap.max())}, tolerance)


def remark_unit_norms(budget: str = "quick") -> Evidence:
    """Scaling w and w* by t scales the loss by t^2 and the gradient by t, so that the iterates from
    a scaled start are the scaled iterates, with the same learning rate."""
    tolerance = 1e-13
    worst = 0.0
    failures: list[Failure] = []
    for graph in _graphs(budget):
        measure = overlap(graph)
        base = float(relu_gnn.loss(_WEIGHTS, _TEACHER, measure))
        slope = np.asarray(relu_gnn.gradient(_WEIGHTS, _TEACHER, measure))
        for scale in (1e-6, 0.3, 7.0, 1e6):
            scaled = scale * _WEIGHTS, scale * _TEACHER, measure
            value = float(relu_gnn.loss(*scaled)) / scale**2
            steep = np.asarray(relu_gnn.gradient(*scaled)) / scale
            gap = max(
                abs(value / base - 1), float(np.abs(steep - slope).max() / np.abs(slope).max())
            )
            worst = max(worst, gap)
            if not gap <= tolerance:
                failures.append((f"{graph.name}, |w*| = {scale:g}", base, value))
    summary = "The loss scales with |w*|^2 and the gradient with |w*|; iterates scale along."
    return _outcome("numerical", failures, summary, {"largest relative gap": worst}, tolerance)


def _graphs(budget: str) -> list[graphs.Graph]:
    require_choice("budget", budget, BUDGETS)
    small = [
        graphs.path(1),
        graphs.complete(2),
        graphs.path(3),
        graphs.star(4),
        graphs.cycle(5),
        graphs.petersen(),
        graphs.disjoint_union(graphs.star(3), graphs.path(1)),
    ]
    if budget == "quick":
        return small
    return [*small, *(graphs.erdos_renyi(40, p, seed) for seed, p in enumerate((0.05, 0.2, 0.7)))]


def _outcome(
    kind: Kind,
    failures: list[Failure],
    summary: str,
    numbers: dict[str, float],
    tolerance: float,
) -> Evidence:
    if not failures:
        return Evidence(kind, "holds", summary, numbers, tolerance)
    witness = Witness(*failures[0])
    found = f"Fails for {witness.input}: {witness.printed:.4g} against {witness.actual:.4g}."
    return Evidence(kind, "false as printed", found, numbers, tolerance, witness)
