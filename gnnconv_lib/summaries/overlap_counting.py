"""Counting equal pairs: how many have which degrees and share how many messages.

awasthi2021, Section 3; book page `book/setting.ipynb`. The entries of (Adjacency + I)^2 are
counted, as integers, by (d_i + 1, d_j + 1, d_ij), by one of the `ROUTES`, which give one result.

Nodes with equal neighbourhoods are merged before that (`overlap_twins`) where a few nodes cause
most of the steps. What would still take more than `STEP_LIMIT` steps is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gnnconv_lib.graphs import Graph
from gnnconv_lib.graphs.memory import require_memory
from gnnconv_lib.summaries import overlap_blocks, overlap_compiled
from gnnconv_lib.summaries.overlap_blocks import WORKING_SET
from gnnconv_lib.summaries.overlap_twins import Merged, as_weighted, merge_twins
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Int

__all__ = [
    "ROUTES",
    "STEP_LIMIT",
    "Counting",
    "OverlapGroups",
    "Route",
    "TooManyGroups",
    "counting_steps",
    "overlapping_pairs",
    "require_steps",
]

#: Steps above which counting is refused: up to half an hour when compiled, hours otherwise.
STEP_LIMIT = 2 * 10**11

_TABLE_LIMIT = 1 << 22  # keys up to which groups are counted in a table
_MEMORY_FROM = 1 << 16  # groups from which on the memory left is looked up, which takes a while
_MERGE_FROM = 1 << 20  # steps from which on looking for twins can pay
_MERGE_SHARE = 32  # steps per entry of the graph from which on it pays


@dataclass(frozen=True, eq=False)
class OverlapGroups:
    """Overlapping ordered pairs, i = j included, grouped; int64 arrays of shape (G,).

    Fields:
        first: d_i + 1, the smaller of the two.
        second: d_j + 1, the larger of the two.
        shared: d_ij >= 1.
        count: ordered pairs (i, j) with these values, in either order of the degrees.
    """

    first: Int[np.ndarray, " values"]
    second: Int[np.ndarray, " values"]
    shared: Int[np.ndarray, " values"]
    count: Int[np.ndarray, " values"]


class TooManyGroups(Exception):
    """Counting stopped because there are more groups than asked for."""


def counting_steps(graph: Graph) -> float:
    """Steps of the sparse product, sum_k (d_k + 1)^2: the wedges i - k - j, ends in any order.

    >>> from gnnconv_lib.graphs import star
    >>> counting_steps(star(1_000))  # 1001^2 + 1000 * 2^2
    1006001.0
    """
    return float(np.sum((graph.degrees + 1.0) ** 2))


def overlapping_pairs(
    graph: Graph,
    working_set: int = WORKING_SET,
    most: int | None = None,
    limit: float = STEP_LIMIT,
) -> OverlapGroups:
    """The ordered pairs with d_ij >= 1, grouped by (d_i + 1, d_j + 1, d_ij), counted exactly.

    Args:
        graph: any graph.
        working_set: bytes that blocks of the product may take.
        most: number of groups with i != j at which to give up.
        limit: steps above which to refuse.

    Raises:
        TooManyGroups: if there are more than `most` of them, or more than memory allows when
            `most` is given.
        InvalidInput: if counting takes more than `limit` steps, or the groups themselves outgrow
            the memory of the machine.

    >>> from gnnconv_lib.graphs import star
    >>> groups = overlapping_pairs(star(2))
    >>> np.stack([groups.first, groups.second, groups.shared, groups.count]).T.tolist()
    [[2, 2, 1, 2], [2, 2, 2, 2], [2, 3, 2, 4], [3, 3, 3, 1]]
    """
    merged = _merged(graph)
    # Nodes are told apart by their degree and by how many they stand for.
    size = merged.rows.size.astype(np.int64)
    kinds, label = np.unique(merged.closed * (int(size.max()) + 1) + size, return_inverse=True)
    label = label.reshape(-1)
    closed, times = np.divmod(kinds, int(size.max()) + 1)
    labels, largest = kinds.size, int(merged.closed.max())
    keys = labels * labels * (largest + 1)
    counting = Counting(graph, merged, working_set, label, labels, largest)
    route = next(route for route in ROUTES if route.when(counting))
    steps = route.cost(counting)
    require_steps(graph, limit, steps)
    # A table with more places than there are pairs costs more than sorting the pairs.
    in_table = keys <= min(_TABLE_LIMIT, steps)
    counter: _Table | _SortedKeys = _Table(keys) if in_table else _SortedKeys()
    for key, count in route.keys(counting):
        counter.add(key, count)
        if most is not None and counter.more_than(most):
            raise TooManyGroups
        if not isinstance(counter, _Table) and counter.size >= _MEMORY_FROM:
            try:
                require_memory(
                    f"The exact overlap measure of {graph.name}",
                    128 * counter.size,
                    "method='compressed' would fit",
                )
            except InvalidInput:
                if most is not None:
                    raise TooManyGroups from None
                raise
    key, count = counter.result()
    pair, shared = np.divmod(key, largest + 1)
    low, high = np.divmod(pair, labels)
    count = 2 * count * times[low] * times[high]
    several = (size > 1) & (merged.within > 0)
    own = merged.closed[several]
    first = np.concatenate([np.minimum(closed[low], closed[high]), own, closed])
    second = np.concatenate([np.maximum(closed[low], closed[high]), own, closed])
    shared = np.concatenate([shared, merged.within[several], closed])
    count = np.concatenate([count, (size * (size - 1))[several], np.bincount(label) * times])
    return _grouped(first, second, shared, count)


def require_steps(graph: Graph, limit: float, work: float | None = None) -> None:
    """Nothing, if the pairs of a graph can be gone through in `limit` steps.

    Args:
        graph: any graph.
        limit: steps allowed.
        work: steps that it takes; by default those of the cheaper of the sparse and dense routes.

    Raises:
        InvalidInput: if they are more; the sentence names the wedges and the alternative.
    """
    wedges = counting_steps(graph)
    if work is None:
        dense = overlap_blocks.prefers_dense(graph)
        work = min(wedges, overlap_blocks.dense_steps(graph)) if dense else wedges
    if work > limit:
        raise InvalidInput(
            f"graph must take at most {limit:.3g} steps to count, but {graph.name} has "
            f"{wedges:.3g} wedges; summaries.sampled_overlap(graph, samples, seed) estimates the "
            "same sums with confidence intervals."
        )


def _merged(graph: Graph) -> Merged:
    """The graph, with its twins merged where that halves the work."""
    steps = counting_steps(graph)
    dense = overlap_blocks.prefers_dense(graph)
    work = min(steps, overlap_blocks.dense_steps(graph)) if dense else steps
    if work >= _MERGE_FROM and steps >= _MERGE_SHARE * (graph.indices.size + graph.nodes):
        merged = merge_twins(graph)
        if 2 * merged.rows.steps <= work:
            return merged
    return as_weighted(graph)


class Counting(NamedTuple):
    """What a route counts.

    Fields:
        graph: all of it. merged: the same with twins merged. working_set: bytes for blocks.
        label: of each merged node, what it is counted as; labels: how many of them there are.
        largest: d_i + 1.
    """

    graph: Graph
    merged: Merged
    working_set: int
    label: np.ndarray
    labels: int
    largest: int

    @property
    def whole(self) -> bool:
        """Whether no nodes were merged."""
        return bool(self.merged.rows.nodes == self.graph.nodes)


Keys = Iterator[tuple[np.ndarray, np.ndarray | None]]


class Route(NamedTuple):
    """One way to count; the first of `ROUTES` that fits is taken.

    Fields:
        name: in words.
        when: whether it fits.
        cost: steps that it takes.
        keys: keys of pairs i < j, with their counts or, where these are missing, one by one.
    """

    name: str
    when: Callable[[Counting], bool]
    cost: Callable[[Counting], float]
    keys: Callable[[Counting], Keys]


def _is_dense(c: Counting) -> bool:
    return c.whole and overlap_blocks.prefers_dense(c.graph)


def _dense_cost(c: Counting) -> float:
    return min(counting_steps(c.graph), overlap_blocks.dense_steps(c.graph))


def _merged_cost(c: Counting) -> float:
    return counting_steps(c.graph) if c.whole else c.merged.rows.steps


def _can_be_compiled(c: Counting) -> bool:
    return (
        c.merged.rows.nodes < 2**31 - 1
        and c.working_set >= overlap_compiled.bytes_per_thread(c.merged.rows.nodes)
        and overlap_compiled.is_available()
        and overlap_compiled.pays(c.merged.rows, c.labels, c.largest)
    )


def _by_numba(c: Counting) -> Keys:
    yield from overlap_compiled.compiled_counts(
        c.merged.rows, c.label, c.labels, c.largest, c.working_set
    )


def _by_tiles(c: Counting) -> Keys:
    for block in overlap_blocks.pair_blocks(c.graph, c.working_set):
        if c.labels == 1:
            yield block.shared, None
        else:
            one, other = c.label[block.first], c.label[block.second]
            pair = np.minimum(one, other) * c.labels + np.maximum(one, other)
            yield pair * (c.largest + 1) + block.shared, None


def _by_rows(c: Counting) -> Keys:
    rows = c.graph if c.whole else c.merged.rows
    for keys in overlap_blocks.key_blocks(rows, c.label, c.labels, c.largest + 1, c.working_set):
        yield keys, None


#: The routes in the order in which they are tried.
ROUTES = (
    Route("dense tiles, by BLAS", _is_dense, _dense_cost, _by_tiles),
    Route("sparse accumulator, by Numba", _can_be_compiled, _merged_cost, _by_numba),
    Route("rows of the sparse product, by SciPy", lambda c: True, _merged_cost, _by_rows),
)


class _Table:
    """Counts of small keys, one place for each."""

    def __init__(self, keys: int) -> None:
        self._places = keys
        self._counts = np.zeros(0, np.int64)

    def add(self, keys: np.ndarray, count: np.ndarray | None) -> None:
        if count is None:
            new = np.bincount(keys, minlength=self._places)
            if self._counts.size:
                new += self._counts
            self._counts = new
        else:
            self._counts = self._counts if self._counts.size else np.zeros(self._places, np.int64)
            np.add.at(self._counts, keys, count)

    def more_than(self, most: int) -> bool:
        return int(np.count_nonzero(self._counts)) > most

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        key = np.flatnonzero(self._counts != 0)
        return key, self._counts[key]


class _SortedKeys:
    """Counts of large keys, kept as a sorted array of those that occur.

    New keys wait in a list until they are as many as the sorted ones: sorting stays cheap.
    """

    def __init__(self) -> None:
        self._key = np.empty(0, np.int64)
        self._count = np.empty(0, np.int64)
        self._waiting: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, keys: np.ndarray, count: np.ndarray | None) -> None:
        if count is None:
            keys, count = np.unique(keys, return_counts=True)
        self._waiting.append((keys, count))
        if self.size > 2 * self._key.size + (1 << 16):
            self._merge()

    @property
    def size(self) -> int:
        """At least the number of different keys, at most three times that."""
        return self._key.size + sum(key.size for key, _ in self._waiting)

    def more_than(self, most: int) -> bool:
        if self.size > most:
            self._merge()
        return self._key.size > most

    def _merge(self) -> None:
        self._key, self._count = _added_up(
            np.concatenate([self._key, *(key for key, _ in self._waiting)]),
            np.concatenate([self._count, *(count for _, count in self._waiting)]),
        )
        self._waiting = []

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        self._merge()
        return self._key, self._count


def _grouped(
    first: np.ndarray, second: np.ndarray, shared: np.ndarray, count: np.ndarray
) -> OverlapGroups:
    """Groups in lexicographic order, equal ones added up."""
    order = np.lexsort((shared, second, first))
    columns = np.stack([first[order], second[order], shared[order]])
    new = np.concatenate([[True], np.any(columns[:, 1:] != columns[:, :-1], axis=0)])
    starts = np.flatnonzero(new)
    one, other, same = columns[:, starts]
    return OverlapGroups(one, other, same, np.add.reduceat(count[order], starts))


def _added_up(key: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(key, kind="stable")
    key, count = key[order], count[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    if not key.size:
        return key, count
    return key[starts], np.add.reduceat(count, starts)
