"""The numbers of a report on one graph.

Reference: awasthi2021, Appendix B; li2021, Eq. (11). Book pages: book/beyond/global-linear-rate,
book/beyond/exact-local-rate, book/beyond/main-eigenvalues.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gnnconv_lib import averaging_gnn, descent, graphs, relu_gnn
from gnnconv_lib.bounds import linear_rate
from gnnconv_lib.descent.rates import local_slope, steps_until
from gnnconv_lib.graph_report.theorems import Theorem, theorems
from gnnconv_lib.summaries import overlap, sampled_overlap
from gnnconv_lib.summaries.main_eigenvalues import components_regular, main_eigenvalues
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["SHORT", "Report", "report"]

EXACT_NODES = 5000
SAMPLES = 200_000
REDUCTION = 1e-6
#: The most steps of the short runs, one per theorem.
SHORT = 5000


@dataclass(frozen=True)
class Report:
    """The numbers of one graph.

    Fields:
        facts: sizes and hypotheses.
        method: "exact", or "sampled" with intervals of level 0.95.
        full, messages, slope: A, S and C(1).
        full_interval, slope_interval, condition_interval: None where exact.
        condition_number: A / C(1).
        best_step: 2 / (A + C(1)), best next to the teacher.
        predicted_steps: from the rate next to the teacher, None where faster than linear.
        bounded_steps: the bound of the global linear rate; where sampled, for the upper end of A.
        run_steps: in a run with step 1 / A from the angle of 90 degrees; None if not reached.
        main_eigenvalues: None where not computed.
        regular_components: whether neighbours have equal degrees.
        xi: of li2021, Eq. (11), for ReLU, divided by n.
        effective_labels: n^2 / sum_ik rho_ik, as many independent labels bound the variance of an
            average over the nodes' features (li2021, Lemma 4, corrected); None where sampled.
        theorems: what each theorem of the papers says of the graph, and a short run of each.
        not_computed: one sentence for each number that is missing.
    """

    facts: graphs.Facts
    method: str
    full: float
    messages: float
    slope: float
    full_interval: tuple[float, float] | None
    slope_interval: tuple[float, float] | None
    condition_number: float
    condition_interval: tuple[float, float] | None
    best_step: float
    predicted_steps: int | None
    bounded_steps: int
    run_steps: int | None
    main_eigenvalues: tuple[float, ...] | None
    regular_components: bool
    xi: float
    effective_labels: float | None
    theorems: tuple[Theorem, ...]
    not_computed: tuple[str, ...]


def report(graph: Any, exact_nodes: int = EXACT_NODES, budget: int = 20_000) -> Report:
    """The numbers of a report: the loss of one ReLU unit falls by a factor of 10^6.

    Args:
        graph: a `Graph`, or what `as_graph` takes.
        exact_nodes: above this number of nodes the pairs are sampled.
        budget: the most steps of the run.

    >>> from gnnconv_lib.graphs import complete
    >>> found = report(complete(2))
    >>> found.full, found.messages, found.slope, found.condition_number
    (8.0, 8.0, 8.0, 1.0)
    """
    graph = graphs.as_graph(graph)
    require_integer("exact_nodes", exact_nodes, 0)
    require_integer("budget", budget, 1)
    missing: list[str] = []
    closed = graph.degrees.astype(float) + 1
    messages = float(closed @ closed)
    intervals: list[tuple[float, float] | None] = [None, None, None]
    if graph.nodes <= exact_nodes:
        method, measure = "exact", overlap(graph)
    else:
        method, sample = "sampled", sampled_overlap(graph, SAMPLES, seed=0)
        measure = sample.measure
        at_one = sample.sums(1.0)
        known = (at_one[0], at_one[2], sample.condition_number())
        intervals = [(entry.low, entry.high) for entry in known]
        missing.append(
            f"not computed: exact A and C(1), for more than {exact_nodes} nodes; they are "
            f"estimates from {SAMPLES} sampled wedges, with intervals of level 0.95, and so is what "
            "follows from them, the run of Theorem 1 of awasthi2021 too; the bound is that of the "
            "upper end of the interval of A."
        )
    effective = None
    if method == "exact":
        effective = graph.nodes**2 / float(measure.count @ measure.rho)
    else:
        missing.append("not computed: the effective number of labels, which needs every pair.")
    full, _, slope = (float(value) for value in relu_gnn.sums(measure, 1.0))
    rate = local_slope(measure, 1 / full)
    path = descent.run_relu([0.0, 1.0], [1.0, 0.0], measure, 1 / full, budget, progress=False)
    initial = float(path.losses[0])
    reached = float(steps_until(path.steps, path.losses, initial * REDUCTION))
    if not math.isfinite(reached):
        missing.append(f"not computed: the steps of the run, more than {budget}.")
    if math.isinf(rate):
        missing.append("not computed: predicted steps, convergence is faster than linear.")
    # The bound grows with A: from samples it is the one of the upper end of the interval.
    largest = intervals[0][1] if intervals[0] else full
    bound = linear_rate.linear_rate_iterations(largest, messages, 1.0, REDUCTION)
    try:
        main: tuple[float, ...] | None = tuple(float(mu) for mu in main_eigenvalues(graph)[0])
    except InvalidInput as error:
        main = None
        missing.append(f"not computed: main eigenvalues; {error}")
    return Report(
        facts=graphs.facts(graph),
        method=method,
        full=full,
        messages=messages,
        slope=slope,
        full_interval=intervals[0],
        slope_interval=intervals[1],
        condition_number=full / slope,
        condition_interval=intervals[2],
        best_step=2 / (full + slope),
        predicted_steps=None if math.isinf(rate) else math.ceil(math.log(REDUCTION) / rate),
        bounded_steps=math.ceil(bound),
        run_steps=int(reached) if math.isfinite(reached) else None,
        main_eigenvalues=main,
        regular_components=components_regular(graph),
        xi=averaging_gnn.xi_node(graph, normalization="mean"),
        effective_labels=effective,
        theorems=theorems(graph, measure, full, min(budget, SHORT)),
        not_computed=tuple(missing),
    )
