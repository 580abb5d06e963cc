"""Cost against size, one size parameter at a time: n, d, T, h, r, L, samples.

Every curve is measured in rounds, small and large sizes interleaved. Each states the exponent that
the method claims; the book fits the one that was measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.cases_descent import measure, pair_sum_steps, steps_of
from benchmarks.cases_long import query
from benchmarks.timing import Contender, interleave, spread
from gnnconv_lib import descent, graphs, linear_gnn, relu_gnn, summaries
from gnnconv_lib.kernels import mc_population

__all__ = ["Curve", "curves", "ring_measure", "run"]

SHORT = 4.0  # seconds of the first two rounds


@dataclass(frozen=True)
class Curve:
    """One curve: what is computed, against which size.

    Fields:
        name: short and unique. title: in words.
        variable: the size parameter; sizes: its values.
        claimed: the exponent of the cost in the size for large sizes, at most.
        contender: the work at one size, already compiled.
    """

    name: str
    title: str
    variable: str
    sizes: tuple[int, ...]
    claimed: float
    contender: Callable[[int], Contender]


def run(curve: Curve, rounds: int) -> dict[str, Any]:
    """The stored form of one curve: seconds per unit of work at each size.

    Where a round takes long it is disturbed less, and three are enough.
    """
    contenders = [curve.contender(size) for size in curve.sizes]
    for contender in contenders:
        jax.block_until_ready(contender.call())
    start = time.perf_counter()
    table = interleave(contenders, 2)
    more = rounds if time.perf_counter() - start < SHORT else 3
    table = [a + b for a, b in zip(table, interleave(contenders, max(more - 2, 1)), strict=True)]
    return {
        "name": curve.name,
        "title": curve.title,
        "variable": curve.variable,
        "claimed": curve.claimed,
        "points": [
            {"size": size, "seconds": spread(times).stored()}
            for size, times in zip(curve.sizes, table, strict=True)
        ],
    }


def curves(quick: bool) -> Iterator[Curve]:
    """All curves."""
    largest = 4 if quick else 6
    decades = tuple(10**k for k in range(2, largest + 1))
    yield Curve("relu-step-n", "ReLU step", "n", decades, 0.0, lambda n: _relu_step(measure(n)))
    small = (10, 100) if quick else (10, 30, 100, 300, 1000, 3000)
    yield Curve("pair-sum-n", "autodiff through n x n pairs", "n", small, 2.0, _pair_sum)
    yield Curve("linear-step-n", "linear step", "n", decades, 0.0, _linear_step)
    yield Curve("overlap-n", "overlap counts, d = 10", "n", decades, 1.0, _overlap)
    degrees = (2, 10, 100) if quick else (2, 10, 100, 1000, 10_000)
    yield Curve("relu-step-d", "ReLU step on a ring", "d", degrees, 1.0, _by_degree)
    lengths = tuple(10**k for k in range(1, 5 if quick else 8))
    yield Curve("trajectory-t", "whole trajectory", "T", lengths, 1.0, _trajectory)
    longer = tuple(10**k for k in range(3, 8 if quick else 16))
    yield Curve("long-t", "trajectory block by block", "T", longer, 0.0, query)
    units = tuple(10**k for k in range(0, 4 if quick else 6))
    yield Curve("relu-step-h", "ReLU step", "h", units, 1.0, _by_units)
    yield Curve("relu-step-r", "ReLU step", "r", units, 1.0, _by_width)
    rounds = (1, 2, 4, 8) if quick else (1, 2, 4, 8, 16, 32, 64)
    yield Curve("linear-step-l", "linear step", "L", rounds, 2.0, _by_rounds)
    samples = tuple(10**k for k in range(2, 5 if quick else 7))
    yield Curve("monte-carlo-samples", "Monte Carlo loss", "samples", samples, 1.0, _sampling)


def _relu_step(overlap: Any, units: int = 1, width: int = 10, long: int = 200) -> Contender:
    drawn = np.random.default_rng(0).normal(size=(2, units, width))
    teacher = drawn[1] / np.linalg.norm(drawn[1], axis=-1, keepdims=True)
    start = jnp.asarray(drawn[0])
    model = relu_gnn.full_model(overlap, teacher)
    rate = 0.01 / float(relu_gnn.sums(overlap, 1.0)[0])
    go = steps_of(model, rate, long)
    return Contender("step", lambda: go(start), long)


def _pair_sum(nodes: int) -> Contender:
    graph = graphs.random_regular(nodes, min(10, nodes - 1), 0)
    go = pair_sum_steps(graph, jnp.ones(10) / 10**0.5, 1e-6, 2)
    start = jnp.linspace(-1.0, 1.0, 10)
    return Contender("step", lambda: go(start), 2)


def _linear(graph: Any, rounds: int, long: int = 50) -> Contender:
    generator = np.random.default_rng(0)
    start, teacher = (
        tuple(jnp.asarray(generator.normal(size=(10, 10)) / 100) for _ in range(2))
        for _ in range(2)
    )
    walks = summaries.walks(graph, rounds)
    model = linear_gnn.full_model(*teacher, walks, rounds)
    go = steps_of(model, 1e-12, long)
    return Contender("step", lambda: go(start), long)


def _linear_step(nodes: int) -> Contender:
    return _linear(graphs.barabasi_albert(nodes, 3, 0), 4)


def _by_rounds(rounds: int) -> Contender:
    return _linear(graphs.barabasi_albert(300, 3, 0), rounds)


def _overlap(nodes: int) -> Contender:
    graph = graphs.random_regular(nodes, 10, 0)
    return Contender("counts", lambda: np.asarray(summaries.overlap(graph).mass))


def ring_measure(degree: int) -> summaries.OverlapMeasure:
    """Nodes on a ring, each joined to its d nearest: the most different overlaps, d + 1.

    At distance k <= d on the ring two nodes share d + 1 - k messages; the others share none.
    """
    nodes, distance = 2 * degree + 2, np.arange(degree, -1, -1)
    count = np.where(distance == 0, 1.0, 2.0) * nodes
    rho = 1 - distance / (degree + 1)
    return summaries.OverlapMeasure(rho, count * (degree + 1), count, nodes)


def _by_degree(degree: int) -> Contender:
    return _relu_step(ring_measure(degree), long=max(10, 2000 // degree))


def _trajectory(steps: int) -> Contender:
    overlap = measure(100)
    rate = 1e-8 / float(relu_gnn.sums(overlap, 1.0)[0])

    def call() -> Any:
        return descent.run_relu([0.1, 1.0], [1.0, 0.0], overlap, rate, steps, records=2).losses

    return Contender("trajectory", call)


def _by_units(units: int) -> Contender:
    return _relu_step(measure(100), units=units, long=max(2, 200 // units))


def _by_width(width: int) -> Contender:
    return _relu_step(measure(100), width=width, long=max(2, 200 // max(width // 100, 1)))


def _sampling(samples: int) -> Contender:
    graph = graphs.random_regular(100, 10, 0)
    w, w_star = np.random.default_rng(0).normal(size=(2, 10))

    def call() -> Any:
        return float(mc_population.loss(w, w_star, graph, samples, seed=1).mean)

    return Contender("samples", call)
