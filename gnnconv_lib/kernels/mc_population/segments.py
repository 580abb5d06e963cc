"""Neighbourhood sums as a loop over segments of fixed width, for any graph in memory O(edges).

A padded table with one row per node wastes n times the maximum degree on a star. Here the closed
neighbourhood of a node is cut into segments of `width` entries; a node of high degree has many.
Entries past the end point at row n, which holds zeros.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["NeighborSegments", "neighbor_segments"]

WIDEST = 16
COST_OF_A_SEGMENT = 4  # what the loop spends besides its additions, in additions


class NeighborSegments(NamedTuple):
    """The closed neighbourhoods of a graph in segments, node by node.

    Fields:
        rows: (segments, width) int32 entries; `nodes` stands for a row of zeros.
        node: (segments,) int32 owner of the segment, nondecreasing.
        last: (segments,) int32, 1 at the last segment of its node.
    """

    rows: np.ndarray
    node: np.ndarray
    last: np.ndarray


def neighbor_segments(graph: Any, widest: int = WIDEST) -> NeighborSegments:
    """The segments of the width that costs least.

    >>> from gnnconv_lib import graphs
    >>> segments = neighbor_segments(graphs.path(3), widest=2)
    >>> segments.rows.tolist(), segments.node.tolist(), segments.last.tolist()
    ([[0, 1], [1, 0], [2, 3], [2, 1]], [0, 1, 1, 2], [1, 0, 1, 1])
    """
    sizes = np.asarray(graph.degrees) + 1
    width = min(
        range(1, widest + 1), key=lambda w: int((-(-sizes // w)).sum()) * (w + COST_OF_A_SEGMENT)
    )
    counts = -(-sizes // width)
    node = np.repeat(np.arange(graph.nodes), counts)
    ends = np.cumsum(counts)
    rows = np.full((len(node), width), graph.nodes, dtype=np.int32)
    owner = np.repeat(np.arange(graph.nodes), sizes)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    entries = np.empty(len(owner), dtype=np.int32)
    entries[place == 0] = np.arange(graph.nodes)
    entries[place > 0] = graph.indices
    rows[(ends - counts)[owner] + place // width, place % width] = entries
    last = np.zeros(len(node), dtype=np.int32)
    last[ends - 1] = 1
    return NeighborSegments(rows, node.astype(np.int32), last)
