"""Counting equal pairs: how many have which degrees and share how many messages.

awasthi2021, Section 3; book page `book/setting.ipynb`. The blocks of (Adjacency + I)^2 come from
`overlap_blocks`; here their entries are counted, as integers, by (d_i + 1, d_j + 1, d_ij).
`overlapping_pairs` is the one place to replace by a faster accumulator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnnconv_lib.graphs import Graph
from gnnconv_lib.graphs.memory import require_memory
from gnnconv_lib.summaries.overlap_blocks import WORKING_SET, pair_blocks

__all__ = ["OverlapGroups", "TooManyGroups", "overlapping_pairs"]

_TABLE_LIMIT = 1 << 22  # keys up to which groups are counted in a table


@dataclass(frozen=True, eq=False)
class OverlapGroups:
    """Overlapping ordered pairs, i = j included, grouped; int64 arrays of shape (G,).

    Fields:
        first: d_i + 1, the smaller of the two.
        second: d_j + 1, the larger of the two.
        shared: d_ij >= 1.
        count: ordered pairs (i, j) with these values, in either order of the degrees.
    """

    first: np.ndarray
    second: np.ndarray
    shared: np.ndarray
    count: np.ndarray


class TooManyGroups(Exception):
    """Counting stopped because there are more groups than asked for."""


def overlapping_pairs(
    graph: Graph, working_set: int = WORKING_SET, most: int | None = None
) -> OverlapGroups:
    """The ordered pairs with d_ij >= 1, grouped by (d_i + 1, d_j + 1, d_ij), counted exactly.

    Args:
        graph: any graph.
        working_set: bytes that blocks of the product may take.
        most: number of groups with i != j at which to give up.

    Raises:
        TooManyGroups: if there are more than `most` of them.
        InvalidInput: if the groups themselves outgrow the memory of the machine.

    >>> from gnnconv_lib.graphs import star
    >>> groups = overlapping_pairs(star(2))
    >>> np.stack([groups.first, groups.second, groups.shared, groups.count]).T.tolist()
    [[2, 2, 1, 2], [2, 2, 2, 2], [2, 3, 2, 4], [3, 3, 3, 1]]
    """
    closed = graph.degrees + 1
    degrees, class_of = np.unique(closed, return_inverse=True)
    classes, largest = degrees.size, int(degrees[-1])
    keys = classes * classes * (largest + 1)
    counter: _Table | _SortedKeys = _Table(keys) if keys <= _TABLE_LIMIT else _SortedKeys()
    for block in pair_blocks(graph, working_set):
        if classes == 1:
            counter.add(block.shared)
        else:
            one, other = class_of[block.first], class_of[block.second]
            pair = np.minimum(one, other) * classes + np.maximum(one, other)
            counter.add(pair * (largest + 1) + block.shared)
        if most is not None and counter.size > most:
            raise TooManyGroups
        if not isinstance(counter, _Table):
            require_memory(
                f"The exact overlap measure of {graph.name}",
                128 * counter.size,
                "method='compressed' would fit",
            )
    key, count = counter.result()
    loops = np.bincount(class_of, minlength=classes)
    own = np.arange(classes) * (classes + 1) * (largest + 1) + degrees
    key = np.concatenate([key, own])
    count = np.concatenate([2 * count, loops])
    key, count = _added_up(key, count)
    pair, shared = key // (largest + 1), key % (largest + 1)
    return OverlapGroups(degrees[pair // classes], degrees[pair % classes], shared, count)


class _Table:
    """Counts of small keys, one place for each."""

    def __init__(self, keys: int) -> None:
        self._counts = np.zeros(keys, np.int64)

    def add(self, keys: np.ndarray) -> None:
        self._counts += np.bincount(keys, minlength=self._counts.size)

    @property
    def size(self) -> int:
        return int(np.count_nonzero(self._counts))

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        key = np.flatnonzero(self._counts)
        return key, self._counts[key]


class _SortedKeys:
    """Counts of large keys, kept as a sorted array of those that occur."""

    def __init__(self) -> None:
        self._key = np.empty(0, np.int64)
        self._count = np.empty(0, np.int64)

    def add(self, keys: np.ndarray) -> None:
        new, count = np.unique(keys, return_counts=True)
        self._key, self._count = _added_up(
            np.concatenate([self._key, new]), np.concatenate([self._count, count])
        )

    @property
    def size(self) -> int:
        return self._key.size

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        return self._key, self._count


def _added_up(key: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(key, kind="stable")
    key, count = key[order], count[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    if not key.size:
        return key, count
    return key[starts], np.add.reduceat(count, starts)
