"""The overlap measure of a dense graph from tiles of bits, by `kernels.overlap_tiles`.

On a regular graph the histogram of d_ij is the measure, to the last count. Otherwise the masses in
the interpolation points of `summaries.overlap_compressed` follow from the Chebyshev moments of the
pairs on its panels.

Reference: awasthi2021, Appendix B. Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

import numpy as np
from jax.sharding import Mesh

from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.kernels.overlap_tiles import (
    ORDERS,
    StripSums,
    overlap_histogram,
    overlap_moments,
)
from gnnconv_lib.summaries.overlap_compressed import a_priori_error
from gnnconv_lib.summaries.overlap_measure import OverlapMeasure

__all__ = ["tiled_overlap"]


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
    graph = as_graph(graph)
    if bool(np.all(graph.degrees == graph.degrees[0])):
        closed = int(graph.degrees[0]) + 1
        counts = 2 * overlap_histogram(graph, **options)  # type: ignore[arg-type]
        counts[closed] += graph.nodes  # the pairs i = j
        shared = np.flatnonzero(counts)
        count = counts[shared].astype(np.float64)
        return OverlapMeasure(shared / closed, count * closed, count, graph.nodes)
    return _measure(graph, overlap_moments(graph, **options))  # type: ignore[arg-type]


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
