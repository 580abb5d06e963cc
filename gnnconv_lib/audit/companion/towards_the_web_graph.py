"""Checks of the sampled sums: unbiased, and with a bounded relative error on every graph.

Book page: book/scale/towards-the-web-graph.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib import dual, graphs, relu_gnn, summaries
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._linear_cases import small_graphs
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.graphs import Graph
from gnnconv_lib.validation import require_choice

__all__ = ["intervals_cover", "sampled_sums"]

Array = np.ndarray

#: Ends of h on (0, 1], for A and C(1), and the largest relative deviation that they allow.
ENDS = ((0.5, 1 - 1 / math.pi), (0.5, 1.0))


def sampled_sums(budget: str = "quick") -> Evidence:
    """The mean over all wedges, listed one by one, is A and C(1); its spread obeys the bound."""
    require_choice("budget", budget, BUDGETS)
    collection = [
        *small_graphs(5 if budget == "quick" else 7),
        graphs.star(60),
        graphs.disjoint_union(graphs.star(40), graphs.disjoint_cliques(12, 5)),
        graphs.barabasi_albert(150, 3, 1),
        graphs.erdos_renyi(120, 0.4, 2),
    ]
    bias, share, place = 0.0, 0.0, ""
    for graph in collection:
        exact = relu_gnn.sums(graph, 1.0)
        for (mean, deviation), reference, (low, high) in zip(
            _over_all_wedges(graph), (exact[0], exact[2]), ENDS, strict=True
        ):
            limit = (high - low) / (2 * math.sqrt(low * high))
            bias = max(bias, abs(mean / float(reference) - 1))
            if deviation / mean / limit > share:
                share, place = deviation / mean / limit, graph.name
    numbers = {
        "graphs": float(len(collection)),
        "largest relative bias": bias,
        "largest share of the bound": share,
    }
    if bias > 1e-12 or share > 1:
        witness = Witness(place, 1.0, share)
        return Evidence("numerical", "false as printed", place, numbers, 1e-12, witness)
    summary = (
        f"On {len(collection)} graphs the mean over all wedges is A and C(1) to {bias:.0e}, and the "
        f"deviation of one wedge is at most {share:.2f} of the bound."
    )
    return Evidence("numerical", "holds", summary, numbers, 1e-12)


def intervals_cover(budget: str = "quick") -> Evidence:
    """Intervals for A/C(1) of level 0.9 cover it at least as often as promised, on four families."""
    require_choice("budget", budget, BUDGETS)
    repeats = 100 if budget == "quick" else 1000
    level = 0.9
    lowest, place = 1.0, ""
    for graph in (
        graphs.random_regular(200, 6, 0),
        graphs.barabasi_albert(300, 3, 0),
        graphs.star(300),
        graphs.disjoint_union(graphs.star(300), graphs.disjoint_cliques(30, 5)),
    ):
        full, _, slope = (float(value) for value in relu_gnn.sums(graph, 1.0))
        for samples in (10, 100):
            found = [
                summaries.sampled_overlap(graph, samples, seed).condition_number(level)
                for seed in range(repeats)
            ]
            covered = float(np.mean([interval.covers(full / slope) for interval in found]))
            if covered < lowest or not place:
                lowest, place = covered, f"{graph.name}, {samples} wedges"
    allowed = level - 4 * math.sqrt(level * (1 - level) / repeats)
    numbers = {"lowest coverage": lowest, "promised": level, "repeats": float(repeats)}
    if lowest < allowed:
        witness = Witness(place, level, lowest)
        return Evidence("monte carlo", "false as printed", place, numbers, None, witness)
    summary = f"The lowest coverage is {lowest:.2f}, promised are {level} ({place})."
    return Evidence("monte carlo", "holds", summary, numbers)


def _over_all_wedges(graph: Graph) -> list[tuple[float, float]]:
    """Mean and standard deviation of the one-wedge estimates of A and C(1)."""
    closed = graph.adjacency.toarray() + np.eye(graph.nodes, dtype=np.int64)
    shared = (closed @ closed).astype(float)
    np.fill_diagonal(shared, 0.0)
    sizes = graph.degrees + 1.0
    pairs, messages = float(np.sum(np.sqrt(sizes))) ** 2, float(np.sum(sizes))
    first, second = np.nonzero(shared)
    weight = shared[first, second]
    rho = weight / np.sqrt(sizes[first] * sizes[second])
    wedges = float(weight.sum())
    found = []
    for values, at_zero in (
        (np.asarray(dual.scaled_relu(rho)), 1 / math.pi),
        (rho * np.asarray(dual.step(rho)), 0.0),
    ):
        slope = (values - at_zero) / rho
        mean = float(np.sum(weight * slope)) / wedges if wedges else 0.0
        variance = float(np.sum(weight * (slope - mean) ** 2)) / wedges if wedges else 0.0
        total = at_zero * (pairs - messages) + messages + wedges * mean
        found.append((total, wedges * math.sqrt(variance)))
    return found
