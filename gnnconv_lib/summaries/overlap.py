"""The overlap measure of a graph, exact or compressed, chosen by the graph itself (`WAYS`).

awasthi2021, Section 3 and Appendix B; book page `book/setting.ipynb`. A d-regular graph has at
most d + 2 different values of rho, a sparse irregular one a few hundred, and a dense irregular
one close to n^2 / 2. The exact measure lists all values with their masses; when there would be
too many, a compressed measure with the same integrals takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.summaries.overlap_blocks import WORKING_SET, dense_steps, prefers_dense
from gnnconv_lib.summaries.overlap_compressed import (
    CompressedPairs,
    a_priori_error,
    compressed_groups,
    compressed_pairs,
)
from gnnconv_lib.summaries.overlap_counting import (
    STEP_LIMIT,
    OverlapGroups,
    TooManyGroups,
    counting_steps,
    overlapping_pairs,
    require_steps,
)
from gnnconv_lib.summaries.overlap_measure import OverlapMeasure
from gnnconv_lib.validation import require_choice, require_integer, require_real

__all__ = ["GROUP_LIMIT", "METHODS", "TILED_NODES", "WAYS", "Case", "Way", "overlap"]

METHODS = ("auto", "exact", "compressed")

#: Nodes from which a dense graph is counted by `gnnconv_lib.kernels.overlap_tiles`: tiles of bits
#: are ten times faster than products of floats, but have to be compiled first.
TILED_NODES = 2048

#: Groups (d_i + 1, d_j + 1, d_ij) above which "auto" compresses.
GROUP_LIMIT = 2048

# Groups up to which a sparse product is counted before it is compressed: 128 MiB of integers.
_COUNT_LIMIT = 1 << 22

_MISSING_AT_ONCE = 1 << 16  # pairs of degrees whose missing pairs are counted at once


def overlap(
    graph: Graph,
    method: str = "auto",
    working_set: int = WORKING_SET,
    step_limit: float = STEP_LIMIT,
) -> OverlapMeasure:
    """The distribution of rho_ij = d_ij / sqrt((d_i+1)(d_j+1)) over ordered pairs, weighted by m_ij

    where d_ij is entry (i, j) of (Adjacency + I)^2 and m_ij = sqrt((d_i+1)(d_j+1)). The n x n
    matrix never exists: memory is the graph, the working set and the groups of equal pairs.

    Args:
        graph: any graph.
        method: "exact": one value per different rho, masses correct to rounding, counts to the
            last unit. "compressed": a few dozen values with the same integrals to within `error`
            (see `gnnconv_lib.summaries.overlap_compressed`). "auto": exact unless there are more
            than `GROUP_LIMIT` groups of equal pairs.
        working_set: bytes that blocks of the product may take.
        step_limit: steps, sum_k (d_k + 1)^2 after nodes with equal neighbourhoods are merged,
            above which to refuse; by default up to half an hour with the extra `fast`, hours
            without.
            `sampled_overlap` has no such limit.

    Returns:
        An `OverlapMeasure` with rho increasing. Near rho = 1 the value itself is rounded, to a
        relative error of about 1e-16 / (1 - rho) in 1 - rho; so B(c) near c = -1 on graphs whose
        pairs nearly all have rho close to 1 is known to that accuracy only.

    Raises:
        InvalidInput: for an unknown method, a working set that is too small, an exact measure
            that would not fit in memory, or more than `step_limit` steps; the sentence says what
            would do.

    Reference: awasthi2021, Appendix B.

    >>> from gnnconv_lib.graphs import complete, star
    >>> measure = overlap(complete(4))  # all 16 pairs share all 4 messages
    >>> measure.rho, measure.mass, measure.count
    (array([1.]), array([64.]), array([16.]))
    >>> measure = overlap(star(2))  # closed degrees 3, 2, 2; the leaves share the centre
    >>> measure.rho ** 2  # leaf and leaf, leaf and centre, the diagonal
    array([0.25      , 0.66666667, 1.        ])
    >>> measure.count
    array([2., 4., 3.])
    >>> measure.mass  # 2 * 2, 4 * sqrt(6), 3 + 2 + 2
    array([4.        , 9.79795897, 7.        ])
    >>> measure.total_pairs, measure.shared_messages  # 3^2 and 3^2 + 2^2 + 2^2
    (9, 17)
    """
    method = require_choice("method", method, METHODS)
    require_integer("working_set", working_set, minimum=1)
    graph = as_graph(graph)
    limit = require_real("step_limit", step_limit, minimum=0.0)
    regular = bool(np.all(graph.degrees == graph.degrees[0]))
    case = Case(graph, method, working_set, limit, prefers_dense(graph), regular)
    for way in WAYS:
        if way.when(case):
            if way.cost is not None:
                require_steps(graph, limit, way.cost(case))
            try:
                return way.measure(case)
            except TooManyGroups:
                continue
    raise AssertionError("the last way takes every graph")  # pragma: no cover


class Case(NamedTuple):
    """What the choice of a way depends on.

    Fields:
        graph, method, working_set, limit: as for `overlap`.
        dense: whether products of dense tiles are cheaper than the sparse product.
        regular: whether all degrees are equal.
    """

    graph: Graph
    method: str
    working_set: int
    limit: float
    dense: bool
    regular: bool

    @property
    def tiled(self) -> bool:
        """Whether tiles of bits pay."""
        return self.dense and self.graph.nodes >= TILED_NODES


class Way(NamedTuple):
    """One way to a measure, tried in the order of `WAYS`.

    Fields:
        name: in words.
        when: whether it is the right one for a case.
        cost: steps that it takes, refused above the limit; None where the count refuses by itself
            (`overlap_counting.ROUTES`), after twins are merged.
        measure: makes it; may raise `TooManyGroups`, and the next way is tried.
    """

    name: str
    when: Callable[[Case], bool]
    cost: Callable[[Case], float] | None
    measure: Callable[[Case], OverlapMeasure]


def _tiled(case: Case) -> OverlapMeasure:
    from gnnconv_lib.summaries.overlap_tiled import tiled_overlap

    return tiled_overlap(case.graph)


def _counted(case: Case) -> OverlapMeasure:
    """Exact, from all groups."""
    return _exact(case.graph, overlapping_pairs(case.graph, case.working_set, None, case.limit))


def _counted_if_few(case: Case) -> OverlapMeasure:
    """Exact from few groups, if that is allowed; else compressed from the groups."""
    graph = case.graph
    most = GROUP_LIMIT if case.dense else _COUNT_LIMIT
    groups = overlapping_pairs(graph, case.working_set, most, case.limit)
    if case.method == "auto" and groups.count.size <= GROUP_LIMIT:
        return _exact(graph, groups)
    return _compressed(graph, compressed_groups(graph, groups, _disjoint_pairs(graph, groups)))


def _pair_by_pair(case: Case) -> OverlapMeasure:
    return _compressed(case.graph, compressed_pairs(case.graph, case.working_set))


def _all_pairs(case: Case) -> float:
    wedges = counting_steps(case.graph)
    return min(wedges, dense_steps(case.graph)) if case.dense else wedges


#: The ways in the order in which they are tried.
WAYS = (
    Way(
        "tiles of bits, counted",
        lambda case: case.tiled and case.regular and case.method != "compressed",
        _all_pairs,
        _tiled,
    ),
    Way("groups, exact", lambda case: case.method == "exact", None, _counted),
    Way(
        "groups, if they are few",
        lambda case: not (case.dense and case.method == "compressed"),
        None,
        _counted_if_few,
    ),
    Way(
        "tiles of bits, compressed",
        lambda case: case.tiled and not case.regular,
        _all_pairs,
        _tiled,
    ),
    Way("pair by pair, compressed", lambda case: True, _all_pairs, _pair_by_pair),
)


def _exact(graph: Graph, groups: OverlapGroups) -> OverlapMeasure:
    product = groups.first * groups.second
    square = groups.shared**2
    divisor = np.gcd(square, product)
    above, below = square // divisor, product // divisor  # rho^2 = above / below, in lowest terms
    order = np.lexsort((below, above))
    new = np.concatenate([[True], (np.diff(above[order]) != 0) | (np.diff(below[order]) != 0)])
    starts = np.flatnonzero(new)
    mass = np.add.reduceat((groups.count * np.sqrt(product))[order], starts)
    count = np.add.reduceat(groups.count[order], starts)
    rho = np.sqrt(above[order][starts] / below[order][starts])
    zero_mass, zero_count = _disjoint_pairs(graph, groups)
    return _measure(graph, rho, mass, count, (zero_mass, zero_count), "exact", 0.0)


def _disjoint_pairs(graph: Graph, groups: OverlapGroups) -> tuple[float, int]:
    """Mass and count of the pairs with d_ij = 0: all pairs of two degrees, less those counted.

    The difference is taken between integers, so that nothing cancels.
    """
    degrees, frequency = np.unique(graph.degrees + 1, return_counts=True)
    first = np.searchsorted(degrees, groups.first)  # increases, as the groups are sorted
    second = np.searchsorted(degrees, groups.second)
    bounds = np.searchsorted(first, np.arange(degrees.size + 1))
    mass, pairs = 0.0, graph.nodes**2 - int(groups.count.sum())
    rows = max(1, _MISSING_AT_ONCE // degrees.size)
    for start in range(0, degrees.size, rows):
        mine = slice(start, min(start + rows, degrees.size))
        counted = slice(bounds[mine.start], bounds[mine.stop])
        missing = np.outer(2 * frequency[mine], frequency)  # ordered pairs: both orders of degrees
        place = np.arange(mine.start, mine.stop)
        missing[place - start, place] //= 2
        at = (first[counted] - start) * degrees.size + second[counted]
        np.subtract.at(missing.reshape(-1), at, groups.count[counted])
        weight = np.sqrt(np.outer(degrees[mine], degrees)) * missing
        for row, number in enumerate(place):
            mass += float(np.add.reduce(weight[row, number:]))
    return mass, pairs


def _compressed(graph: Graph, pairs: CompressedPairs) -> OverlapMeasure:
    rho = np.concatenate([pairs.rho, [1.0]])
    mass = np.concatenate([pairs.mass, [pairs.one[0] + float(np.sum(graph.degrees + 1))]])
    count = np.concatenate([pairs.count, [pairs.one[1] + graph.nodes]])
    order = np.argsort(rho)
    error = a_priori_error() if pairs.rho.size else 0.0
    return _measure(graph, rho[order], mass[order], count[order], pairs.zero, "compressed", error)


def _measure(
    graph: Graph,
    rho: np.ndarray,
    mass: np.ndarray,
    count: np.ndarray,
    zero: tuple[float, int],
    method: str,
    error: float,
) -> OverlapMeasure:
    order = np.argsort(rho)
    rho, mass, count = rho[order], mass[order], count[order].astype(np.float64)
    if zero[1]:
        rho = np.concatenate([[0.0], rho])
        mass = np.concatenate([[zero[0]], mass])
        count = np.concatenate([[float(zero[1])], count])
    return OverlapMeasure(rho, mass, count, graph.nodes, method, error)
