"""What runs on a GPU: each kernel, its plain-JAX reference, its size, its floor.

A floor is the time below which the work cannot be done: operations over the rate, bytes over the
bandwidth, both measured on the same device in the same session (`rates`), whichever is longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.gpu_limits import Bytes
from benchmarks.stopwatch import seconds_per_call
from gnnconv_lib import graphs, relu_gnn, summaries
from gnnconv_lib.page.operation_count import count

__all__ = ["Job", "Series", "rates", "series"]

STEPS = 1000
#: Integer and floating operations for one normal number: a quarter of Philox4x32-10 (10 rounds of
#: 2 long products, 4 exclusive ors, 2 sums), a conversion, half of Box-Muller (logarithm, root,
#: sine and cosine, counted as 20 each).
PER_NORMAL = 20 + 2 + 30


@dataclass(frozen=True)
class Job:
    """One size of one kernel.

    Fields:
        call: of an implementation, "xla" or "pallas"; returns the result.
        operations, bytes: what the floor counts. kind: the rate that bounds the operations.
    """

    call: Callable[[str], Any]
    operations: float
    bytes: float
    kind: str


@dataclass(frozen=True)
class Series:
    """One kernel over growing sizes in one type.

    Fields:
        name: of the kernel. dtype: of its numbers. variable: what grows. sizes: its values.
        tolerance: between the implementations, relative to the largest entry.
        job: of a size.
        largest_on_cpu: the largest size that the CPU is asked for.
        work: of a size, in any unit. memory: of a size, of the device and of the host, before
            anything is allocated.
    """

    name: str
    dtype: str
    variable: str
    sizes: tuple[int, ...]
    tolerance: float
    job: Callable[[int], Job]
    largest_on_cpu: int
    work: Callable[[int], float]
    memory: Callable[[int], Bytes]


def series(tiny: bool) -> Iterator[Series]:
    """All series; `tiny` is the rehearsal on a CPU."""
    for dtype, tolerance in (("float32", 1e-3), ("float64", 1e-10)):
        chains = (4, 8) if tiny else (1, 100, 1000, 10_000, 100_000, 1_000_000)
        yield Series(
            "gd_chains",
            dtype,
            "chains",
            chains,
            tolerance,
            _late(_chains, dtype),
            10_000,
            float,
            partial(_memory_of_chains, dtype),
        )
        samples = (64, 128) if tiny else (10_000, 100_000, 1_000_000, 10_000_000)
        yield Series(
            "mc_population",
            dtype,
            "samples",
            samples,
            tolerance,
            _late(_samples, dtype),
            10**6,
            float,
            partial(_memory_of_samples, dtype),
        )
    nodes = (64, 128) if tiny else (1024, 4096, 16_384, 65_536)
    yield Series(
        "overlap_tiles",
        "int8",
        "nodes",
        nodes,
        0.0,
        _tiles,
        16_384,
        lambda nodes: float(nodes) ** 3,
        _memory_of_tiles,
    )


def _late(make: Callable[[str], Callable[[int], Job]], dtype: str) -> Callable[[int], Job]:
    """The jobs of a series, set up at the first size: what fails there is that size's failure."""
    return lambda size: make(dtype)(size)


def _memory_of_chains(dtype: str, chains: int) -> Bytes:
    """Starts, ends and records, and 16 pairs at a time of plain JAX, each with some temporaries."""
    numbers = chains * np.dtype(dtype).itemsize
    return Bytes(numbers * (20.0 + 16 * 8), numbers * 8.0)


def _memory_of_samples(dtype: str, samples: int) -> Bytes:
    """The programs' pieces of memory, or a chunk of plain JAX: neither grows with the samples."""
    from gnnconv_lib.kernels.mc_population import pallas, xla
    from gnnconv_lib.kernels.mc_population.chunk import PALLAS_CHUNK, Plan

    plan = Plan("loss", None, 100, 2, 1, PALLAS_CHUNK, dtype)
    pieces = pallas.programs(plan) * pallas.scratch_rows(plan) * plan.chunk
    chunk = 10 * xla.NUMBERS_PER_CHUNK
    return Bytes((pieces + chunk) * float(np.dtype(dtype).itemsize), 2.0**20)


def _memory_of_tiles(nodes: int) -> Bytes:
    """Half of all pairs as neighbours in both directions, with two copies while they are drawn."""
    entries = nodes**2 / 2
    return Bytes(nodes**2 / 8 * 4, entries * 8 * 3)


@cache
def _chains(dtype: str) -> Callable[[int], Job]:
    from gnnconv_lib.kernels.gd_chains import gd_chains

    measure = summaries.overlap(graphs.random_regular(100, 10, 0))
    rate = 0.01 / float(relu_gnn.sums(measure, 1.0)[0])
    model = relu_gnn.reduced_model(measure)
    at = relu_gnn.Reduced(jnp.ones(()), jnp.ones(()))
    per_step = count(lambda at: model.update(at, rate), at)

    def job(chains: int) -> Job:
        drawn = np.random.default_rng(0).normal(size=(2, chains, 1)).astype(dtype)
        u, beta = jnp.asarray(drawn[0]), jnp.abs(jnp.asarray(drawn[1]))
        eta = jnp.asarray(rate, dtype)

        def call(implementation: str) -> Any:
            found = gd_chains(model.table, u, beta, eta, [STEPS], implementation=implementation)
            return found.u, found.beta

        return Job(call, float(chains * STEPS * per_step), 4.0 * drawn.nbytes, dtype)

    return job


@cache
def _samples(dtype: str) -> Callable[[int], Job]:
    from gnnconv_lib.kernels import mc_population

    graph = graphs.random_regular(100, 10, 0)
    w, w_star = np.random.default_rng(0).normal(size=(2, 10))

    def job(samples: int) -> Job:
        def call(implementation: str) -> Any:
            found = mc_population.loss(
                w, w_star, graph, samples, 1, dtype=dtype, implementation=implementation
            )
            return np.array([float(found.mean), float(found.standard_error)])

        axes, messages = 2, 100 * 11
        operations = samples * (100 * axes * (PER_NORMAL + 4) + messages * axes + 100 * 4.0)
        return Job(call, operations, 16.0 * samples / 128, dtype)

    return job


def _tiles(nodes: int) -> Job:
    from gnnconv_lib.kernels.overlap_tiles import overlap_histogram

    graph = graphs.erdos_renyi(nodes, 0.5, 0)

    def call(implementation: str) -> Any:
        return overlap_histogram(graph, implementation=implementation)

    # Upper triangle of an n x n x n product: n^3 multiplications and additions together.
    return Job(call, float(nodes) ** 3, nodes**2 / 8, "int8")


def rates(tiny: bool) -> dict[str, float]:
    """Operations per second by type and bytes per second, measured on the default device."""
    size = 128 if tiny else 8192
    found = {}
    ones = jnp.ones((size, size), jnp.int8)
    product = jax.jit(lambda a: jnp.matmul(a, a, preferred_element_type=jnp.int32))
    found["int8"] = 2.0 * size**3 / _seconds(product, ones)
    for dtype in ("float32", "float64"):
        numbers = jnp.full(2**14 if tiny else 2**26, 0.5, dtype)

        def horner(x: jax.Array) -> jax.Array:
            value = x
            for _ in range(256):
                value = value * x + 0.25
            return value

        found[dtype] = 512.0 * numbers.size / _seconds(jax.jit(horner), numbers)
    numbers = jnp.ones(2**14 if tiny else 2**28, jnp.float32)
    found["bytes"] = 2.0 * numbers.nbytes / _seconds(jax.jit(lambda x: x + 1), numbers)
    return found


def _seconds(function: Any, value: jax.Array) -> float:
    call = lambda: jax.block_until_ready(function(value))  # noqa: E731
    call()
    return min(seconds_per_call(call, 0.05) for _ in range(5))
