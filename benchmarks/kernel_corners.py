"""The corners of each kernel's documented domain, in both types where it has two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations, graphs, relu_gnn
from gnnconv_lib.kernels.gd_chains import LARGEST_UNITS, gd_chains
from gnnconv_lib.kernels.mc_population import pallas as population
from gnnconv_lib.kernels.mc_population.chunk import (
    LARGEST_AXES,
    NOT_IN_TRITON,
    PALLAS_CHUNK,
    UNROLLED_PRODUCTS,
    Plan,
)
from gnnconv_lib.kernels.mc_population.segments import neighbor_segments
from gnnconv_lib.kernels.overlap_tiles import LARGEST_TILE, TILE, pack, pallas as tiles

__all__ = ["Corner", "corners"]

TYPES = ("float32", "float64")


class Corner(NamedTuple):
    """One compiled kernel.

    Fields:
        name: kernel, type and sizes. entry: the kernel's name in the compiled program.
        function, args: the call. tensor: whether it must use matrix instructions.
    """

    name: str
    entry: str
    function: Callable[..., Any]
    args: Any
    tensor: bool = False


def corners() -> Iterator[Corner]:
    """All of them: the smallest and the largest of each size, and those in between that differ."""
    for dtype in TYPES:
        yield from _chains(dtype)
        yield from _population(dtype)
    yield from _tiles()


def _chains(dtype: str) -> Iterator[Corner]:
    one, many = graphs.complete(1), graphs.random_regular(100, 10, 0)
    sizes = [(1, one), (1, many), (3, many), (32, many), (LARGEST_UNITS, many)]
    for units, graph in sizes:
        table = relu_gnn.reduced_model(graph).table
        yield _chain(dtype, units, 256, table, f"K={table.rho.size}")
    tables = relu_gnn.reduced_model([many, one] * 2).table
    yield _chain(dtype, 1, 4, tables, "a graph per chain")


def _chain(dtype: str, units: int, chains: int, table: Any, what: str) -> Corner:
    def run(u: jax.Array, beta: jax.Array) -> Any:
        rate, gaps = jnp.asarray(1e-3, dtype), np.array([0, 1000])
        return gd_chains(table, u, beta, rate, gaps, implementation="pallas", interpret=False)

    start = np.zeros((chains, units), dtype)
    return Corner(f"gd_chains {dtype} h={units} {what}", "gd_chains", run, (start, start))


def _population(dtype: str) -> Iterator[Corner]:
    one, many = graphs.complete(1), graphs.random_regular(100, 10, 0)
    for graph, axes in ((one, 1), (many, 2)):
        yield _sampled("sums", None, dtype, graph, 1, axes + (axes == 1))
        yield _sampled("loss", "scaled_relu", dtype, graph, 1, axes)
    yield _sampled("loss", "tanh", dtype, graphs.cycle(10_000), 1, LARGEST_AXES)
    for units, axes in ((2, LARGEST_AXES), (5, LARGEST_AXES), (8, 2), (17, 2), (300, 3)):
        yield _sampled("loss", "tanh", dtype, many, units, axes)
    for name in activations.names():
        if name not in (*NOT_IN_TRITON, "scaled_relu", "tanh"):
            yield _sampled("loss", name, dtype, one, 1, 2)


def _sampled(
    quantity: str, name: str | None, dtype: str, graph: graphs.Graph, units: int, axes: int
) -> Corner:
    sigma = None if name is None else activations.get(name)
    plan = Plan(quantity, sigma, graph.nodes, axes, units, PALLAS_CHUNK, dtype)
    args = (
        np.zeros((64, 3), np.uint32),
        neighbor_segments(graph, max(min(16, UNROLLED_PRODUCTS // axes), 1)),
        np.zeros((2 * units, axes), dtype),
        np.zeros(2, np.uint32),
    )
    size = f"n={graph.nodes} h={units} axes={axes}"
    title = f"mc_population {dtype} {name or 'sums'} {size}"
    return Corner(title, "mc_population", population.kernel(plan, False), args)


def _tiles() -> Iterator[Corner]:
    kernels = {"histogram": partial(tiles.histograms, bins=200), "moments": tiles.moments}
    for quantity, kernel in kernels.items():
        sides = {16, TILE["pallas", quantity], LARGEST_TILE[quantity]}
        for nodes, side in ((1, 16), *((300, side) for side in sorted(sides))):
            packed = pack(graphs.erdos_renyi(nodes, 0.5, 0), side)
            strips = np.arange(packed.closed.shape[0] // side, dtype=np.int32)
            function = partial(kernel, side=side, interpret=False)
            name = f"overlap_tiles {quantity} n={nodes} tile={side}"
            yield Corner(name, f"overlap_{quantity}", function, (strips, packed), True)
