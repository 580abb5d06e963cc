"""Gradient descent of the one-round ReLU network: one step, whole trajectories, batches of chains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.case import Case, Peer, Target
from benchmarks.cases_duals import textbook
from benchmarks.peers import Peers
from benchmarks.timing import Contender
from gnnconv_lib import descent, graphs, relu_gnn, summaries

__all__ = ["cases", "measure", "pair_sum_steps", "steps_of"]

DEGREE = 10
WIDTH = 10


@lru_cache(maxsize=16)
def measure(nodes: int, degree: int = DEGREE) -> Any:
    """The overlap measure of a random regular graph."""
    return summaries.overlap(graphs.random_regular(nodes, degree, 0))


def cases(peers: Peers, quick: bool) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases of this module, by name."""
    for nodes in (100,) if quick else (100, 1000, 3000):
        yield f"relu-step-{nodes}", partial(_step, nodes)
    yield "relu-step-flat", partial(_flat, 1000 if quick else 100_000)
    yield "trajectory-single", partial(_single, 2000 if quick else 50_000)
    yield "trajectory-batch", partial(_batch, 64 if quick else 1024)


def steps_of(model: Any, rate: float, steps: int) -> Callable[[Any], Any]:
    """`steps` steps of a model inside one compiled loop."""
    return jax.jit(lambda at: lax.fori_loop(0, steps, lambda _, p: model.update(p, rate), at))


def pair_sum_steps(graph: Any, teacher: jax.Array, rate: float, steps: int) -> Any:
    """Gradient descent as one would write it: arccos, all n x n pairs, automatic differentiation."""
    closed = (graph.adjacency + np.eye(graph.nodes, dtype=np.int64)).astype(np.float64)
    shared = np.asarray(closed @ closed)
    size = np.sqrt(np.outer(graph.degrees + 1.0, graph.degrees + 1.0))
    rho, mass = jnp.asarray(shared / size), jnp.asarray(size)

    def loss(w: jax.Array, rho: jax.Array, mass: jax.Array) -> jax.Array:
        # Correlations of exactly 1 have no derivative in arccos: kept a little below.
        def mean(one: jax.Array, other: jax.Array) -> jax.Array:
            lengths = jnp.linalg.norm(one) * jnp.linalg.norm(other)
            at = jnp.clip(rho * (one @ other) / lengths, -1 + 1e-15, 1 - 1e-15)
            return lengths * jnp.sum(mass * textbook(at))

        own = jnp.sum(mass * textbook(jnp.clip(rho, -1, 1 - 1e-15)))
        return own * (w @ w + teacher @ teacher) / 2 - mean(w, teacher)

    slope = jax.grad(loss)

    @jax.jit
    def run(w: jax.Array, rho: jax.Array, mass: jax.Array) -> jax.Array:
        return lax.fori_loop(0, steps, lambda _, at: at - rate * slope(at, rho, mass), w)

    return lambda w: run(w, rho, mass)


def _start() -> tuple[jax.Array, jax.Array]:
    drawn = np.random.default_rng(0).normal(size=(2, WIDTH))
    return jnp.asarray(drawn[0] / 3), jnp.asarray(drawn[1] / np.linalg.norm(drawn[1]))


def _step(nodes: int) -> Case:
    graph = graphs.random_regular(nodes, DEGREE, 0)
    start, teacher = _start()
    rate = 0.1 / float(relu_gnn.sums(measure(nodes), 1.0)[0])
    model = relu_gnn.full_model(measure(nodes), teacher[None])
    checked, long = 3, 1000
    ours, few = steps_of(model, rate, long), steps_of(model, rate, checked)
    theirs = pair_sum_steps(graph, teacher, rate, checked)
    return Case(
        f"relu-step-{nodes}",
        f"one step of gradient descent, n = {nodes:,}",
        Contender("ours", lambda: (ours(start[None]), few(start[None])), long + checked),
        (
            Peer(
                Contender("autodiff through n x n pairs", lambda: theirs(start), checked),
                1e-7,
                view=lambda value: value[1][0],
            ),
        ),
    )


def _flat(nodes: int) -> Case:
    """The same step on a small and on a large graph of the same degree."""
    start, teacher = _start()
    long = 1000

    def contender(size: int, name: str) -> Contender:
        model = relu_gnn.full_model(measure(size).padded(DEGREE + 2), teacher[None])
        run = steps_of(model, 0.1 / float(relu_gnn.sums(measure(size), 1.0)[0]), long)
        return Contender(name, lambda: run(start[None]), long)

    peer = f"n = {nodes:,}"
    return Case(
        "relu-step-flat",
        f"a step at n = {nodes:,} against one at n = 100",
        contender(100, "n = 100"),
        (Peer(contender(nodes, peer)),),
        targets=(
            Target("cost of a step independent of n: at most 1.3", f"ratio:{peer}", "<=", 1.3),
        ),
    )


def _single(steps: int) -> Case:
    start, teacher = _start()
    overlap = measure(100)
    rate = 1e-3 / float(relu_gnn.sums(overlap, 1.0)[0])
    few = 100

    def ours(length: int) -> Any:
        path = descent.run_relu(start[None], teacher[None], overlap, rate, length, records=2)
        return np.asarray(path.final.u), np.asarray(path.final.beta)

    model = relu_gnn.reduced_model(overlap)
    update = jax.jit(model.update)
    at_start = relu_gnn.reduce(start[None], teacher[None])[0]

    def one_by_one() -> Any:
        at = at_start
        for _ in range(few):
            at = update(at, rate)
        return jax.block_until_ready(at.u), jax.block_until_ready(at.beta)

    rho, mass = np.asarray(overlap.rho), np.asarray(overlap.mass)
    origin = float(at_start.u[0]) + 1, float(at_start.beta[0])
    return Case(
        "trajectory-single",
        f"a trajectory of {steps:,} steps",
        Contender("ours", lambda: ours(steps), steps),
        (
            Peer(Contender("jit, one call per step", one_by_one, few), 1e-12, lambda _: ours(few)),
            Peer(
                Contender("NumPy loop", lambda: _numpy_loop(rho, mass, origin, rate, few), few),
                1e-7,
                lambda _: ours(few),
            ),
        ),
        targets=(
            Target(
                "at least 100 times as fast as one jit call per step",
                "ratio:jit, one call per step",
                ">=",
                100.0,
            ),
        ),
    )


def _numpy_loop(
    rho: np.ndarray, mass: np.ndarray, start: tuple[float, float], rate: float, steps: int
) -> Any:
    """Steps of one unit with the textbook formulas in NumPy, in the plane of w and w*."""
    along, across = start
    inner = np.minimum(rho, 1 - 1e-15)
    full = np.sum(mass * (np.sqrt(1 - inner**2) + inner * (np.pi - np.arccos(inner))) / np.pi)
    for _ in range(steps):
        length = np.hypot(along, across)
        cosine = along / length
        at = np.clip(rho * cosine, -1 + 1e-15, 1 - 1e-15)
        angle = np.pi - np.arccos(at)
        mixed = np.sum(mass * (np.sqrt(1 - at * at) + at * angle)) / np.pi
        slope = np.sum(mass * rho * angle) / np.pi
        # dL = A w - B w/|w| - C (w* - c w/|w|)
        shared = full - (mixed - slope * cosine) / length
        along, across = along - rate * (shared * along - slope), across * (1 - rate * shared)
    return np.array([along - 1]), np.array([across])


def _batch(chains: int) -> Case:
    generator = np.random.default_rng(1)
    starts = generator.normal(size=(chains, 1, WIDTH))
    teachers = generator.normal(size=(chains, 1, WIDTH))
    teachers /= np.linalg.norm(teachers, axis=-1, keepdims=True)
    overlap, steps = measure(100), 2000
    rate = 1e-3 / float(relu_gnn.sums(overlap, 1.0)[0])

    def run(chosen: Any) -> Any:
        path = descent.run_relu(starts[chosen], teachers[chosen], overlap, rate, steps, records=2)
        return np.asarray(path.final.u), np.asarray(path.final.beta)

    return Case(
        "trajectory-batch",
        f"{chains:,} trajectories of {steps:,} steps, per chain",
        Contender("ours, all at once", lambda: run(slice(None)), chains),
        (
            Peer(
                Contender("ours, one at a time", lambda: run(0)),
                1e-11,
                lambda value: [leaf[0] for leaf in value],
            ),
        ),
        targets=(
            Target(
                "at least 3 times as fast per chain as single scans",
                "ratio:ours, one at a time",
                ">=",
                3.0,
            ),
        ),
    )
