"""Sums over the pairs of a dense graph from tiles of (Adjacency + I)^2 that are never stored.

A tile of the square is an integer product of bit-packed rows. What remains of it is

- the histogram of d_ij, all there is to know of a regular graph;
- or the Chebyshev moments of the pairs on `HALVINGS` panels in rho and as many in 1 - rho, each
  half as long as the one before. (A histogram by both degrees and d_ij would have as many bins as
  a dense irregular graph has pairs.)

`summaries.overlap_tiled` makes an overlap measure of them.

The graph takes n^2 / 8 bytes, a strip of tiles a few more; no array has n x n entries. Strips are
the items of work: spread over devices, added up in one order, so that the result does not depend
on the number of devices.

Reference: awasthi2021, Appendix B. Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from jax import lax
from jax.sharding import Mesh

from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.kernels.implementation import choose_for, interprets
from gnnconv_lib.kernels.overlap_tiles.xla import (
    HALVINGS,
    ORDERS,
    Packed,
    StripSums,
    histogram_strip,
    moment_strip,
)
from gnnconv_lib.kernels.sharding import map_items
from gnnconv_lib.validation import InvalidInput, require_integer

if TYPE_CHECKING:
    from jaxtyping import Int

__all__ = [
    "HALVINGS",
    "LARGEST_TILE",
    "ORDERS",
    "TILE",
    "StripSums",
    "overlap_histogram",
    "overlap_moments",
    "pack",
]

TILE = {
    ("xla", "histogram"): 128,
    ("xla", "moments"): 128,
    ("pallas", "histogram"): 64,
    ("pallas", "moments"): 32,
}
#: Sides up to which the Pallas kernels keep a tile in registers.
LARGEST_TILE = {"histogram": 128, "moments": 32}
_LARGEST = 1 << 22  # nodes: counts of a strip stay below 2^31


def overlap_histogram(
    graph: Graph,
    *,
    implementation: str | None = None,
    interpret: bool | None = None,
    tile: int | None = None,
    mesh: Mesh | None = None,
) -> Int[np.ndarray, " values"]:
    """How many pairs i < j share 0, 1, ..., max d_i + 1 messages; int64.

    The cost is n^3 / 64 word operations on a CPU, n^3 / 2 multiply-adds of integers on a GPU,
    whatever the number of edges.

    Args:
        graph: any graph.
        implementation: "xla", "pallas", or None for the better one on this platform.
        interpret: whether Pallas interprets; by default everywhere but on CUDA.
        tile: nodes per side of a tile, a power of two from 16; under "pallas" at most 128, and at
            most 32 for moments, which take more registers.
        mesh: devices over which the strips are spread, from `sharding.device_mesh`. The result
            does not depend on their number, to the last bit.

    Raises:
        InvalidInput: for something that is no graph, or a tile that is no power of two.

    >>> from gnnconv_lib.graphs import cycle
    >>> overlap_histogram(cycle(6)).tolist()  # opposite, two apart, neighbours
    [3, 6, 6, 0]
    """
    graph = _require_graph(graph)
    bins = int(graph.degrees.max()) + 2
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

    Args, Raises: as for `overlap_histogram`. Returns `StripSums` of NumPy arrays for the whole graph.

    >>> from gnnconv_lib.graphs import star
    >>> sums = overlap_moments(star(2))  # rho^2 = 1/4 (leaves) and 2/3
    >>> sums.moments[:, :, 1, 0].sum(), sums.zero.tolist()
    (np.float64(3.0), [0.0, 0.0])
    """
    graph = _require_graph(graph)
    strips = _strips(graph, "moments", 0, implementation, interpret, tile, mesh)
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
    graph = as_graph(graph)
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
    chosen = choose_for("overlap_tiles", implementation)
    side = require_integer("tile", TILE[chosen, quantity] if tile is None else tile, minimum=16)
    if side & (side - 1):
        raise InvalidInput(f"tile must be a power of two, got {side}.")
    if chosen == "pallas" and side > LARGEST_TILE[quantity]:
        raise InvalidInput(
            f"tile must be at most {LARGEST_TILE[quantity]} for {quantity} under 'pallas', got {side}."
        )
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
        from gnnconv_lib.kernels.overlap_tiles import pallas as kernels

        if quantity == "histogram":
            return lambda strips, packed: kernels.histograms(strips, packed, side, bins, interpret)
        return lambda strips, packed: kernels.moments(strips, packed, side, interpret)
    if quantity == "histogram":
        return lambda strips, packed: lax.map(
            lambda strip: histogram_strip(strip, packed, side, bins), strips
        )
    return lambda strips, packed: lax.map(lambda strip: moment_strip(strip, packed, side), strips)
