"""Unequal degrees in the ReLU model: what the closing remark of Appendix B claims.

A, B, C of `relu_gnn.sums` are the A', B', C' of that remark, and d is the largest degree. The remark is
read as: whatever the lemmas say for d-regular graphs holds for these sums. The printed statements
are tested on irregular graphs only, among them hubs with isolated nodes and biregular graphs, for
which the largest degree says least. M/S takes the place of n/(d+1).

Reference: awasthi2021, Appendix B, "Handling unequal degrees".
Book page: book/awasthi2021/relu-unequal-degrees.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._relu_cases import Cases, attack, on_graphs
from gnnconv_lib.audit._relu_collections import corners_and_random, families, standard
from gnnconv_lib.audit._relu_paths import escapes, paths
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap

__all__ = [
    "gradient_inequality_on_irregular_graphs",
    "initial_phase_on_paths",
    "lemma_1_on_irregular_graphs",
    "lemma_4_on_irregular_graphs",
    "mean_degree_bound",
    "printed_bounds_on_irregular_graphs",
    "sums_on_irregular_graphs",
]

STEP = 1 / (6 * math.pi)


def sums_on_irregular_graphs(budget: str = "quick") -> Evidence:
    """M/pi <= A <= M/pi + (1 - 1/pi) S, B >= M/pi + c S/2, S s'(min(c,0)) <= C <= S, B <= A."""
    at = irregular(budget)
    low_a, high_a, low_b, high_c = bounds.lemma_5(at.pairs, at.messages, at.cos)
    low_c = at.messages * (1 - np.arccos(np.minimum(at.cos, 0.0)) / np.pi)
    excess = np.maximum(low_b - at.mixed, at.slope - high_c)
    excess = np.maximum(excess, np.maximum(low_a - at.full, at.full - high_a))
    excess = np.maximum(excess, np.maximum(low_c - at.slope, at.mixed - at.full)) / at.full
    return attack("the bounds of A, B, C on irregular graphs", at, excess, 1e-13)


def printed_bounds_on_irregular_graphs(budget: str = "quick") -> Evidence:
    """The printed C >= A/(2n) on irregular graphs, for alpha >= -1/100, l >= 1/2, n >= 2.

    A short proof for all degrees: M <= n S (see `mean_degree_bound`), so
    A/(2n) <= (1/(2 pi) + 0.35/n) S, and C >= 0.49 S.
    """
    at = irregular(budget)
    near = (at.along >= -0.01) & (at.length >= 0.5)
    return attack("C >= A/(2n) on irregular graphs", at, at.full / (2 * at.nodes), at.slope, near)


def gradient_inequality_on_irregular_graphs(budget: str = "quick") -> Evidence:
    """|grad L|^2 >= 2 mu(c) L on irregular graphs."""
    at = irregular(budget)
    constant = bounds.polyak_lojasiewicz(at.full, at.slope, at.slope_at_one, at.cos)
    left = 2 * constant * at.loss
    return attack("|grad L|^2 >= 2 mu(c) L on irregular graphs", at, left, at.gradient_squared)


def lemma_4_on_irregular_graphs(budget: str = "quick") -> Evidence:
    """The printed constant of Lemma 4 with d the largest degree, for alpha >= -1/100, l >= 1/2."""
    at = irregular(budget)
    where = (at.along >= -0.01) & (at.length >= 0.5) & (at.loss > 1e-20 * at.full)
    bound = bounds.lemma_4_printed(1.0, at.nodes, at.degree, 1)
    return attack(
        "|grad L|^2 >= L/(380 pi (d+1) n^2) on irregular graphs",
        at,
        bound * at.loss,
        at.gradient_squared,
        where,
    )


def lemma_1_on_irregular_graphs(budget: str = "quick") -> Evidence:
    """(1 - (1-x)^t) s(min(c_0, 0)) <= l_t <= max(l_0, 1) along trajectories on irregular graphs."""
    run = paths(budget, STEP)
    at = run.next_
    low = (1 - (1 - STEP) ** run.time) * run.at_start(bounds.lemma_1_lower(run.cos[:, :, 0]))
    high = np.maximum(run.at_start(run.length[:, :, 0]), 1.0)
    excess = np.maximum(low - at.length, at.length - high)
    return attack("the bounds of l_t on irregular graphs", at, excess, 1e-12, ~at.regular)


def mean_degree_bound(budget: str = "quick") -> Evidence:
    """n/(d_max+1)^(3/2) <= M/S <= n/(1 + mean degree), by Cauchy-Schwarz.

    So the rate on any graph is at least that of a regular graph of the same mean degree.
    """
    at = irregular(budget)
    mean = np.array([[2 * graph.edges / graph.nodes] for graph in _collection(budget)])
    ratio = at.pairs / at.messages
    excess = np.maximum(at.nodes / (at.degree + 1) ** 1.5 - ratio, ratio - at.nodes / (1 + mean))
    return attack("n/(d_max+1)^(3/2) <= M/S <= n/(1 + mean degree)", at, excess, 1e-9 * at.nodes)


def initial_phase_on_paths(budget: str = "quick") -> Evidence:
    """Lemma 3 on paths with n growing, from c_0 = -0.3, l_0 = 3: the time grows as on regular graphs."""
    sizes = (16, 64, 256) if budget == "quick" else (16, 64, 256, 1024, 4096)
    times, fits = [], True
    for nodes in sizes:
        graph = graphs.path(nodes)
        measure = overlap(graph)
        time = float(escapes(measure, np.array([3.0]), np.array([-0.3]), STEP)[0][0])
        at = on_graphs([graph], np.array([[3.0]]), np.array([[-0.3]]))
        high = bounds.lemma_3(3.0, -0.3, at.mixed / at.full, at.full / at.messages, STEP)[1]
        times.append(time)
        fits &= time <= float(high[0, 0])
    growth = math.log(times[-1] / times[-2]) / math.log(sizes[-1] / sizes[-2])
    numbers = {f"steps at n = {n}": t for n, t in zip(sizes, times, strict=True)}
    summary = (
        f"On paths {times[0]:.0f} steps at n = {sizes[0]}, {times[-1]:.0f} at n = {sizes[-1]}: "
        "Lemma 3's time grows with n here too."
    )
    if growth < 0.1:
        return Evidence("search", "holds", summary, numbers)
    witness = Witness(
        f"paths with n = {sizes[0]} and {sizes[-1]}, c_0 = -0.3, l_0 = 3", times[0], times[-1]
    )
    if not fits:
        return Evidence("search", "false as printed", summary, numbers, None, witness)
    correction = "With Lemma 3's time of order (A/S)/(eta A); A/S <= M/(pi S) + 1 on every graph."
    return Evidence("search", "holds with correction", summary, numbers, None, witness, correction)


@cache
def irregular(budget: str = "quick") -> Cases:
    """The irregular graphs of the collections, and hubs, at the standard weights."""
    collection = _collection(budget)
    return on_graphs(collection, *corners_and_random(len(collection), 120))


def _collection(budget: str) -> list[Graph]:
    chosen = standard(budget) + [graph for _, graph in families()][:: 4 if budget == "quick" else 1]
    for leaves, isolated in [(3, 1), (5, 30), (10, 100), (30, 300), (30, 3)]:
        chosen.append(graphs.disjoint_union(graphs.star(leaves), graphs.empty(isolated)))
    for size in (3, 8):
        chosen.append(graphs.disjoint_union(graphs.complete(size), graphs.cycle(10 * size)))
    kept = [graph for graph in chosen if graph.degrees.min() < graph.degrees.max()]
    return sorted(kept, key=lambda graph: (graph.nodes, graph.edges))
