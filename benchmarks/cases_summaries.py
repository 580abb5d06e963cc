"""What a model needs of a graph: overlap counts, sparse and dense, and walk moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.case import Case, Peer, Target
from benchmarks.memory import peak_gib
from benchmarks.peers import Peers
from benchmarks.timing import Contender
from gnnconv_lib import graphs, linear_gnn, summaries
from gnnconv_lib.summaries import overlap_tiled
from gnnconv_lib.witnesses.relu_dual import relu_dual, step_dual

__all__ = ["cases"]

IMPORTS = "from gnnconv_lib import graphs, summaries\n"


def cases(peers: Peers, quick: bool) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases of this module, by name."""
    sizes = (10_000, 100_000) if quick else (100_000, 1_000_000)
    yield "overlap-sparse", partial(_sparse, *sizes)
    for name, kind, graph in (
        ("overlap-irregular", "preferential-attachment", graphs.barabasi_albert(1000, 3, 0)),
        ("overlap-random", "Bernoulli", graphs.erdos_renyi(1000, 6 / 1000, 0)),
    ):
        yield name, partial(_small, name, kind, graph)
    yield "overlap-dense", partial(_dense, *((1024, 512) if quick else (8192, 2048)))
    for nodes in (100,) if quick else (100, 10_000):
        yield f"linear-step-{nodes}", partial(_linear, nodes)


def _counts(measure: Any) -> Any:
    """Values of rho and the number of ordered pairs at each, without the pairs at rho = 0."""
    kept = np.asarray(measure.rho) > 0
    return np.asarray(measure.rho)[kept], np.asarray(measure.count)[kept]


def _by_scipy(graph: Any) -> Any:
    """The same histogram from the product of sparse matrices."""
    import scipy.sparse

    closed = scipy.sparse.csr_array(
        graph.adjacency + scipy.sparse.eye_array(graph.nodes, dtype=np.int64, format="csr")
    )
    product = (closed @ closed).tocsr()
    sizes = graph.degrees + 1
    rows = np.repeat(np.arange(graph.nodes), np.diff(product.indptr))
    squares = product.data**2 / (sizes[rows] * sizes[product.indices])
    values, count = np.unique(squares, return_counts=True)
    return np.sqrt(values), count.astype(np.float64)


def _by_networkx(graph: Any) -> Any:
    """The same histogram from sets of neighbours of a networkx graph."""
    import networkx

    known = networkx.from_scipy_sparse_array(graph.adjacency)
    closed = {node: set(known[node]) | {node} for node in known}
    found: dict[float, int] = {}
    for near in closed.values():
        for other in set().union(*(closed[node] for node in near)):
            square = len(near & closed[other]) ** 2 / (len(near) * len(closed[other]))
            found[square] = found.get(square, 0) + 1
    values = np.array(sorted(found))
    return np.sqrt(values), np.array([float(found[value]) for value in values])


def _product(graph: Any) -> Any:
    import scipy.sparse

    closed = scipy.sparse.csr_array(
        graph.adjacency + scipy.sparse.eye_array(graph.nodes, dtype=np.int64, format="csr")
    )
    return lambda: (closed @ closed).nnz


def _sparse(nodes: int, large: int) -> Case:
    graph = graphs.random_regular(nodes, 10, 0)
    code = f"{IMPORTS}summaries.overlap(graphs.random_regular({large}, 10, 0))"
    memory = f"GiB at n = {large:,}"
    return Case(
        "overlap-sparse",
        f"overlap counts of a 10-regular graph, n = {nodes:,}",
        Contender("ours", lambda: _counts(summaries.overlap(graph))),
        (
            Peer(Contender("SciPy A @ A, product alone", _product(graph))),
            Peer(Contender("SciPy A @ A and histogram", lambda: _by_scipy(graph)), 1e-15),
        ),
        facts={memory: lambda _: peak_gib(code)},
        targets=(
            Target(
                "at least 4 times as fast as SciPy's A @ A",
                "ratio:SciPy A @ A, product alone",
                ">=",
                4.0,
            ),
            Target(f"n = {large:,} in less than 2 GiB", memory, "<=", 2.0),
        ),
    )


def _small(name: str, kind: str, graph: graphs.Graph) -> Case:
    """As a sweep over many graphs finds it: with Numba, the compiled loop is loaded by then."""
    for _ in range(1000):
        summaries.overlap(graph, "exact")
    known = "SciPy A @ A and histogram"
    return Case(
        name,
        f"overlap counts of one of many {kind} graphs, n = {graph.nodes:,}",
        Contender("ours", lambda: _counts(summaries.overlap(graph, "exact"))),
        (
            Peer(Contender(known, lambda: _by_scipy(graph)), 1e-15),
            Peer(Contender("NetworkX, sets of neighbours", lambda: _by_networkx(graph)), 1e-15),
        ),
        targets=(Target("at least as fast as SciPy", f"ratio:{known}", ">=", 1.0),),
    )


def _dense(large: int, nodes: int) -> Case:
    """Bernoulli(1/2): sums over all pairs from a compressed measure, without an n x n array."""
    from gnnconv_lib import relu_gnn

    graph = graphs.erdos_renyi(nodes, 0.5, 0)
    build = f"graph = graphs.erdos_renyi({large}, 0.5, 0)\n"
    # A first call loads the compiler, which is no memory of the method.
    setup = (
        f"{IMPORTS}from gnnconv_lib.summaries import overlap_tiled\n"
        f"overlap_tiled.tiled_overlap(graphs.erdos_renyi(64, 0.5, 0))\n{build}"
    )
    memory = f"GiB above the graph at n = {large:,}"

    def sums(measure: Any) -> Any:
        return np.array([float(value) for value in relu_gnn.sums(measure, 0.3)])

    def by_matrix() -> Any:
        closed = np.asarray(graph.adjacency.todense(), np.float64) + np.eye(nodes)
        shared = closed @ closed
        size = np.sqrt(np.outer(graph.degrees + 1.0, graph.degrees + 1.0))
        rho = shared / size
        at = 0.3 * rho
        own = np.minimum(rho, 1.0)
        mixed, slope = relu_dual(at), step_dual(at)
        return np.array(
            [np.sum(size * relu_dual(own)), np.sum(size * mixed), np.sum(shared * slope)]
        )

    return Case(
        "overlap-dense",
        f"overlap measure of a Bernoulli(1/2) graph, n = {nodes:,}",
        Contender("ours, tiles of bits", lambda: sums(overlap_tiled.tiled_overlap(graph))),
        (
            Peer(Contender("n x n matrix in NumPy", by_matrix), 1e-12),
            Peer(
                Contender("ours, blocks of a product", lambda: sums(summaries.overlap(graph))),
                1e-12,
            ),
        ),
        facts={memory: lambda _: peak_gib("overlap_tiled.tiled_overlap(graph)", setup, above=True)},
        targets=(
            Target(
                f"n = {large:,} in less than an n x n array of float32",
                memory,
                "<=",
                4 * large**2 / 2**30,
            ),
        ),
    )


def _linear(nodes: int) -> Case:
    """Loss and gradient of the deep linear network: walk moments against node blocks."""
    graph = graphs.erdos_renyi(nodes, 10 / nodes, 0)
    rounds, width = 4, 10
    generator = np.random.default_rng(0)
    given = [jnp.asarray(generator.normal(size=(width, width)) / 10) for _ in range(4)]
    walks = summaries.walks(graph, rounds)
    long = 100

    @jax.jit
    def ours(W1: Any, W2: Any, S1: Any, S2: Any) -> Any:
        return (
            linear_gnn.loss(W1, W2, S1, S2, walks, rounds),
            linear_gnn.gradient(W1, W2, S1, S2, walks, rounds),
        )

    @jax.jit
    def many(W1: Any, W2: Any, S1: Any, S2: Any) -> Any:
        def step(_: Any, at: Any) -> Any:
            value, (one, two) = ours(at[0], at[1], S1, S2)
            return at[0] - 1e-12 * one, at[1] - 1e-12 * two, value

        return lax.fori_loop(0, long, step, (W1, W2, jnp.zeros(())))

    other = jax.jit(
        jax.value_and_grad(
            lambda both, S1, S2: linear_gnn.loss_by_recursion(*both, S1, S2, graph, rounds)
        )
    )
    return Case(
        f"linear-step-{nodes}",
        f"loss and gradient, {rounds} linear rounds, n = {nodes:,}",
        Contender("ours", lambda: (many(*given), ours(*given)), long + 1),
        (
            Peer(
                Contender(
                    "autodiff through node blocks",
                    lambda: other((given[0], given[1]), given[2], given[3]),
                ),
                1e-10,
                view=lambda value: value[1],
            ),
        ),
    )
