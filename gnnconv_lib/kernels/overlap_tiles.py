"""The overlap measure of a dense graph from tiles of (Adjacency + I)^2 that are never stored.

A tile of the square is an integer product of bit-packed rows. What remains of it is

- on a regular graph the histogram of d_ij: it is the measure, to the last count;
- otherwise the Chebyshev moments of the pairs on the panels of `summaries.overlap_compressed`,
  from which follow the masses in the interpolation points. (A histogram by both degrees and d_ij
  would have as many bins as a dense irregular graph has pairs.)

The graph takes n^2 / 8 bytes, a strip of tiles a few more; no array has n x n entries. Strips are
the items of work: spread over devices, added up in one order, so that the result does not depend
on the number of devices.

Reference: awasthi2021, Appendix B. Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import numpy as np
from jax import lax
from jax.sharding import Mesh

from gnnconv_lib.graphs import Graph
from gnnconv_lib.kernels.implementation import choose, interprets
from gnnconv_lib.kernels.overlap_tiles_xla import (
    ORDERS,
    Packed,
    StripSums,
    histogram_strip,
    moment_strip,
)
from gnnconv_lib.kernels.sharding import map_items
from gnnconv_lib.summaries.overlap_compressed import a_priori_error
from gnnconv_lib.summaries.overlap_measure import OverlapMeasure
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["overlap_histogram", "overlap_moments", "pack", "tiled_overlap"]

_TILE = {"xla": 128, "pallas": 64}
_LARGEST = 1 << 22  # nodes: counts of a strip stay below 2^31


def tiled_overlap(
    graph: Graph,
    *,
    implementation: str | None = None,
    interpret: bool | None = None,
    tile: int | None = None,
    mesh: Mesh | None = None,
) -> OverlapMeasure:
    """The overlap measure by dense tiles: exact on regular graphs, compressed on others.

    The cost is n^3 / 64 word operations on a CPU, n^3 / 2 multiply-adds of integers on a GPU,
    whatever the number of edges: it is meant for dense graphs. On sparse ones use
    `summaries.overlap`, whose values it agrees with.

    Args:
        graph: any graph.
        implementation: "xla", "pallas", or None for the better one on this platform.
        interpret: whether Pallas interprets; by default everywhere but on CUDA.
        tile: nodes per side of a tile, a power of two from 16.
        mesh: devices over which the strips are spread, from `sharding.device_mesh`.

    Returns:
        An `OverlapMeasure`, bit for bit the same on any number of devices.

    Raises:
        InvalidInput: for something that is no graph, or a tile that is no power of two.

    Reference: awasthi2021, Appendix B.

    >>> from gnnconv_lib.graphs import complete, star
    >>> measure = tiled_overlap(complete(4))
    >>> measure.rho.tolist(), measure.mass.tolist(), measure.count.tolist()
    ([1.0], [64.0], [16.0])
    >>> tiled_overlap(star(3)).total_pairs, tiled_overlap(star(3)).method
    (16, 'compressed')
    """
    options = {
        "implementation": implementation,
        "interpret": interpret,
        "tile": tile,
        "mesh": mesh,
    }
    closed = _require_graph(graph).degrees + 1
    if np.all(closed == closed[0]):
        counts = overlap_histogram(graph, **options)  # type: ignore[arg-type]
        counts = 2 * counts
        counts[closed[0]] += graph.nodes  # the pairs i = j
        shared = np.flatnonzero(counts)
        count = counts[shared].astype(np.float64)
        return OverlapMeasure(shared / closed[0], count * closed[0], count, graph.nodes)
    return _measure(graph, overlap_moments(graph, **options))  # type: ignore[arg-type]


def overlap_histogram(
    graph: Graph,
    *,
    implementation: str | None = None,
    interpret: bool | None = None,
    tile: int | None = None,
    mesh: Mesh | None = None,
) -> np.ndarray:
    """How many pairs i < j share 0, 1, ..., max d_i + 1 messages; int64.

    Args, Raises: as for `tiled_overlap`.

    >>> from gnnconv_lib.graphs import cycle
    >>> overlap_histogram(cycle(6)).tolist()  # opposite, two apart, neighbours
    [3, 6, 6, 0]
    """
    bins = int(_require_graph(graph).degrees.max()) + 2
    strips = _strips(graph, "histogram", bins, implementation, interpret, tile, mesh)
    return np.asarray(np.sum(strips, axis=0, dtype=np.int64))


def overlap_moments(
    graph: Graph,
    *,
    implementation: str | None = None,
    interpret: bool | None = None,
    tile: int | None = None,
    mesh: Mesh | None = None,
) -> StripSums:
    """The Chebyshev moments of the pairs i < j on each panel, and the pairs at rho = 0 and 1.

    Args, Raises: as for `tiled_overlap`. Returns `StripSums` of NumPy arrays for the whole graph.

    >>> from gnnconv_lib.graphs import star
    >>> sums = overlap_moments(star(2))  # rho^2 = 1/4 (leaves) and 2/3
    >>> sums.moments[:, :, 1, 0].sum(), sums.zero.tolist()
    (np.float64(3.0), [0.0, 0.0])
    """
    strips = _strips(_require_graph(graph), "moments", 0, implementation, interpret, tile, mesh)
    return jax.tree.map(lambda leaf: np.sum(leaf, axis=0), strips)


def pack(graph: Graph, tile: int) -> Packed:
    """The rows of Adjacency + I as bits, with as many empty nodes as fill up the last tile.

    >>> from gnnconv_lib.graphs import path
    >>> pack(path(3), 4).words.tolist(), pack(path(3), 4).closed.tolist()
    ([[3, 7, 6, 0]], [2.0, 3.0, 2.0, 0.0])
    """
    nodes = graph.nodes
    width = -(-nodes // tile) * tile
    places = -(-nodes // 32)
    words = np.zeros((places, width), np.uint32)
    side = max(1, min(nodes, (1 << 24) // nodes))  # 16 MiB of bytes at a time
    for first in range(0, nodes, side):
        last = min(first + side, nodes)
        rows = np.zeros((last - first, 32 * places), np.uint8)
        entries = graph.indices[graph.indptr[first] : graph.indptr[last]]
        rows[np.repeat(np.arange(last - first), graph.degrees[first:last]), entries] = 1
        rows[np.arange(last - first), np.arange(first, last)] = 1
        words[:, first:last] = np.packbits(rows, axis=1, bitorder="little").view("<u4").T
    closed = np.zeros(width)
    closed[:nodes] = graph.degrees + 1
    return Packed(words, closed)  # type: ignore[arg-type]


def _require_graph(graph: Any) -> Graph:
    if not isinstance(graph, Graph):
        raise InvalidInput(f"graph must be a Graph, got {type(graph).__name__}.")
    if graph.nodes > _LARGEST:
        raise InvalidInput(f"graph must have at most {_LARGEST} nodes here, got {graph.nodes}.")
    return graph


def _strips(
    graph: Graph,
    quantity: str,
    bins: int,
    implementation: str | None,
    interpret: bool | None,
    tile: int | None,
    mesh: Mesh | None,
) -> Any:
    """The sums of every strip, in the order of the strips."""
    chosen = choose(implementation)
    side = require_integer("tile", _TILE[chosen] if tile is None else tile, minimum=16)
    if side & (side - 1):
        raise InvalidInput(f"tile must be a power of two, got {side}.")
    if tile is None:
        while side > 16 and side >= 2 * graph.nodes:
            side //= 2
    packed = pack(graph, side)
    count = packed.closed.shape[0] // side
    # The first strips are the longest: each goes next to one of the last, to spread the work.
    paired = np.stack([np.arange(count), np.arange(count)[::-1]], axis=1).ravel()[:count]
    interpreted = interprets() if interpret is None else interpret
    program = _program(chosen, quantity, side, bins, interpreted)
    found = map_items(program, paired.astype(np.int32), packed, mesh=mesh)
    order = np.argsort(paired)
    return jax.tree.map(lambda leaf: leaf[order], found)


@lru_cache(maxsize=64)
def _program(
    implementation: str, quantity: str, side: int, bins: int, interpret: bool
) -> Callable[..., Any]:
    """The function from numbers of strips to their sums; one object per choice of options."""
    if implementation == "pallas":
        from gnnconv_lib.kernels import overlap_tiles_pallas as kernels

        if quantity == "histogram":
            return lambda strips, packed: kernels.histograms(strips, packed, side, bins, interpret)
        return lambda strips, packed: kernels.moments(strips, packed, side, interpret)
    if quantity == "histogram":
        return lambda strips, packed: lax.map(
            lambda strip: histogram_strip(strip, packed, side, bins), strips
        )
    return lambda strips, packed: lax.map(lambda strip: moment_strip(strip, packed, side), strips)


def _measure(graph: Graph, sums: StripSums) -> OverlapMeasure:
    """Interpolation points with their masses, and the pairs at rho = 0 and rho = 1."""
    angle = np.pi * (np.arange(ORDERS) + 0.5) / ORDERS
    basis = np.cos(np.outer(np.arange(ORDERS), angle))  # T_k in the points
    basis[1:] *= 2.0
    used = sums.moments[:, :, 1, 0] > 0
    weights = 2 * (sums.moments[used] @ basis / ORDERS)  # ordered pairs
    size, in_gap = np.nonzero(used)
    distance = np.ldexp(0.25, -size)[:, None] * (1.5 + 0.5 * np.cos(angle))
    rho = np.where(in_gap[:, None] == 1, 1.0 - distance, distance)
    closed = graph.degrees + 1.0
    ends = [
        (0.0, *(2 * sums.zero)),
        (1.0, *(2 * np.asarray(sums.one) + [closed.sum(), graph.nodes])),
    ]
    ends = [end for end in ends if end[2]]
    columns = np.concatenate(
        [np.stack([rho.ravel(), weights[:, 0].ravel(), weights[:, 1].ravel()]), np.array(ends).T],
        axis=1,
    )
    rho, mass, count = columns[:, np.argsort(columns[0])]
    error = a_priori_error() if used.any() else 0.0
    return OverlapMeasure(rho, mass, count, graph.nodes, "compressed", error)
