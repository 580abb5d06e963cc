"""Sums from sampled wedges: unbiased, with a bounded relative error, and with intervals that cover.

Book page: book/scale/towards-the-web-graph.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import graphs, summaries
from gnnconv_lib.audit._linear_cases import small_graphs
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    domain,
    drawn,
    equal,
    graph,
    integer,
    real,
    sampled,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.witnesses import relu_pairs
from gnnconv_lib.witnesses.relu_dual import relu_dual, step_dual

Array = np.ndarray
_TAILS = (
    graphs.star(60),
    graphs.disjoint_union(graphs.star(40), graphs.disjoint_cliques(12, 5)),
    graphs.barabasi_albert(100, 3, 1),
    graphs.erdos_renyi(80, 0.4, 2),
)
GRAPHS = domain(
    graph(
        "graph",
        "every graph with an edge",
        {
            "a single edge": lambda g: g.edges == 1,
            "a complete graph": lambda g: 2 * g.edges == g.nodes * (g.nodes - 1),
            "a node without edges": lambda g: bool(np.min(g.degrees) == 0),
        },
        lambda g: g.edges > 0,
    ),
    cases=lambda budget: {
        "graph": [g for g in (*small_graphs(5 if budget == "quick" else 6), *_TAILS) if g.edges]
    },
    words=lambda graph: f"{graph.name}, {graph.nodes} nodes and {graph.edges} edges",
)


@claim("companion:theorem-sampled-sums/unbiased", GRAPHS, each=True, tolerance=1e-12)
def mean_over_all_wedges(graph: Graph) -> Any:
    """The mean over all wedges, listed one by one, gives A and C(1)."""
    exact = relu_pairs.pair_sums(graph, 1.0)[::2]
    return equal([mean for mean, _ in _over_all_wedges(graph)], exact, ("mean", "A and C(1)"))


@claim("companion:theorem-sampled-sums/deviation", GRAPHS, each=True)
def deviation_of_one_wedge(graph: Graph) -> Any:
    """The standard deviation of the estimate from one wedge is at most 0.16 A and 0.36 C(1)."""
    full, slope = (deviation / mean for mean, deviation in _over_all_wedges(graph))
    return both(
        at_most(full, 0.16, ("deviation / A", "0.16")),
        at_most(slope, 0.36, ("deviation / C(1)", "0.36")),
    )


def _over_all_wedges(graph: Graph) -> list[tuple[float, float]]:
    """Mean and standard deviation of the one-wedge estimates of A and C(1)."""
    shared = relu_pairs.shared_messages(graph).astype(float)
    sizes = np.diag(shared).copy()
    np.fill_diagonal(shared, 0.0)
    pairs, messages = float(np.sum(np.sqrt(sizes))) ** 2, float(np.sum(sizes))
    first, second = np.nonzero(shared)
    weight = shared[first, second]
    rho = weight / np.sqrt(sizes[first] * sizes[second])
    wedges = float(weight.sum())
    found = []
    for slope, at_zero in zip(_integrands(rho), (1 / math.pi, 0.0), strict=True):
        mean = float(np.sum(weight * slope)) / wedges
        variance = float(np.sum(weight * (slope - mean) ** 2)) / wedges
        total = at_zero * (pairs - messages) + messages + wedges * mean
        found.append((total, wedges * math.sqrt(variance)))
    return found


def _integrands(rho: Array) -> tuple[Array, Array]:
    """h = (f(rho) - f(0)) / rho for A and for C(1)."""
    return (relu_dual(rho) - 1 / math.pi) / rho, step_dual(rho)


# The sampler itself.

_COVERED = (
    graphs.star(300),
    graphs.random_regular(200, 6, 0),
    graphs.barabasi_albert(300, 3, 0),
    graphs.disjoint_union(graphs.star(300), graphs.disjoint_cliques(30, 5)),
)


@cache
def _exact(number: int) -> tuple[float, float]:
    full, _, slope = relu_pairs.pair_sums(_COVERED[number], 1.0)
    return full, slope


SAMPLES = domain(
    drawn("number", "a star, a random 6-regular graph, preferential attachment, star and cliques"),
    integer("samples", "[2, inf)", "number of wedges n_s"),
    cases=lambda budget: [
        {"number": k, "samples": samples} for samples in (2, 30) for k in range(len(_COVERED))
    ],
    words=lambda number, samples: f"{_COVERED[number].name}, {samples} wedges",
)


@claim("companion:theorem-sampled-sums/sampler", SAMPLES, each=True)
def estimates_of_the_sampler(number: int, samples: int) -> Any:
    """The mean of the estimates of 200 seeds is A and C(1)."""
    found = np.array(
        [
            [part.value for part in _sampled(number, samples, seed).sums(1.0)[::2]]
            for seed in range(200)
        ]
    )
    return sampled(
        found.mean(axis=0),
        found.std(axis=0, ddof=1) / math.sqrt(200),
        np.array(_exact(number)),
        ("mean of the estimates", "A and C(1)"),
    )


@cache
def _sampled(number: int, samples: int, seed: int) -> Any:
    return summaries.sampled_overlap(_COVERED[number], samples, seed)


LEVELS = domain(
    *SAMPLES.parts,
    real("level", "(0, 1)", "level of the interval"),
    choice("quantity", "A", "C(1)", "A/C(1)", words="interval for"),
    derived=("repeats",),
    cases=lambda budget: [
        {"number": k, "samples": n, "level": level, "quantity": name, "repeats": repeats}
        for repeats in ({"quick": 50, "full": 400}[budget],)
        for n in (2, 30)
        for k in range(len(_COVERED))
        for level in (0.04, 0.6, 0.96)
        for name in ("A", "C(1)", "A/C(1)")
    ],
    words=lambda number, samples, level, quantity: (
        f"{_COVERED[number].name}, {samples} wedges, level {level:g}, {quantity}"
    ),
)


@claim("companion:remark-intervals-cover/coverage", LEVELS, each=True)
def intervals_cover(number: int, samples: int, level: float, quantity: str, repeats: int) -> Any:
    """An interval misses with probability at most 1 - level; 50 seeds or more."""
    full, slope = _exact(number)
    exact = {"A": full, "C(1)": slope, "A/C(1)": full / slope}[quantity]
    found = [_interval(_sampled(number, samples, k), quantity, level) for k in range(repeats)]
    # Rounding alone separates the two where nothing was left to chance.
    slack = 1e-12 * exact
    missed = np.mean([not part.low - slack <= exact <= part.high + slack for part in found])
    error = math.sqrt(level * (1 - level) / repeats)
    return sampled(missed, error, 1 - level, ("share that misses", "1 - level"), "<=")


def _interval(of: Any, quantity: str, level: float) -> Any:
    if quantity == "A/C(1)":
        return of.condition_number(level)
    return of.sums(1.0, level)[0 if quantity == "A" else 2]


@claim("companion:remark-intervals-cover/width", LEVELS, each=True, tolerance=1e-10)
def width_of_the_intervals(number: int, samples: int, level: float) -> Any:
    """For A and C(1) the ends are those of the empirical Bernstein bound for the mean of h, cut at the
    range of h."""
    drawn_wedges = _sampled(number, samples, 0)
    rho = np.repeat(drawn_wedges.rho, drawn_wedges.frequency)
    shared = relu_pairs.shared_messages(_COVERED[number]).astype(float)
    sizes = np.diag(shared)
    wedges, doubt = float(shared.sum() - sizes.sum()), math.log(4 / (1 - level))
    pairs = float(np.sum(np.sqrt(sizes))) ** 2
    found, exact = [], []
    highest = ((1 / math.pi, 1 - 1 / math.pi), (0.0, 1.0))
    for quantity, h, (at_zero, top) in zip(("A", "C(1)"), _integrands(rho), highest, strict=True):
        known = at_zero * (pairs - sizes.sum()) + sizes.sum()
        half = math.sqrt(2 * h.var(ddof=1) * doubt / samples)
        half += 7 * (top - 0.5) * doubt / (3 * (samples - 1))
        ends = np.clip([h.mean() - half, h.mean() + half], 0.5, top)
        exact.append(known + wedges * ends)
        part = _interval(drawn_wedges, quantity, level)
        found.append([part.low, part.high])
    return equal(np.array(found), np.array(exact), ("ends of the interval", "Bernstein bound"))
