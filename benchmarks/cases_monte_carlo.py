"""Monte Carlo of the population loss: projected and streamed, against r dimensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.agreement import Agreement
from benchmarks.case import Case, Peer, Target
from benchmarks.memory import peak_gib
from benchmarks.peers import NOT_INSTALLED, Peers
from benchmarks.timing import Contender
from gnnconv_lib import graphs, monte_carlo, relu_gnn
from gnnconv_lib.kernels import mc_population

__all__ = ["cases", "jax_monte_carlo", "messages"]

WIDTH = 10
PLANE = 2  # the space of (w, w*) itself: nothing is saved by projecting


def cases(peers: Peers, quick: bool) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases of this module, by name."""
    samples = 20_000 if quick else 200_000
    yield "monte-carlo", partial(_monte_carlo, peers, samples, quick)
    yield "monte-carlo-plane", partial(_monte_carlo, peers, samples, quick, PLANE)


def messages(graph: Any) -> tuple[np.ndarray, np.ndarray]:
    """Receivers and senders of all messages, a node's own among them."""
    own = np.arange(graph.nodes)
    receivers = np.concatenate([np.repeat(own, graph.degrees), own])
    return receivers, np.concatenate([np.asarray(graph.indices), own])


def jax_monte_carlo(graph: Any, w: Any, w_star: Any, samples: int, block: int) -> Any:
    """The loss by features in r dimensions in jitted JAX, in blocks: (mean, standard error)."""
    closed = np.asarray(graph.adjacency.todense(), np.float64) + np.eye(graph.nodes)
    both, gather = jnp.stack([w, w_star]), jnp.asarray(closed)

    @jax.jit
    def run(key: jax.Array) -> jax.Array:
        def one(carry: Any, index: jax.Array) -> Any:
            x = jax.random.normal(jax.random.fold_in(key, index), (graph.nodes, block, len(w)))
            received = jnp.tensordot(gather, x, 1)
            out = jnp.sqrt(2.0) * jnp.maximum(received @ both.T, 0).sum(0)
            value = (out[:, 0] - out[:, 1]) ** 2 / 2
            return (carry[0] + value.sum(), carry[1] + (value**2).sum()), None

        blocks = samples // block
        (first, second), _ = lax.scan(one, (0.0, 0.0), jnp.arange(blocks))
        mean = first / samples
        return jnp.stack([mean, jnp.sqrt((second / samples - mean**2) / samples)])

    return run


def _monte_carlo(peers: Peers, samples: int, quick: bool, width: int = WIDTH) -> Case:
    graph = graphs.random_regular(100, 10, 0)
    generator = np.random.default_rng(0)
    w, w_star = generator.normal(size=(2, width))
    exact = float(relu_gnn.loss(w[None], w_star[None], graph))

    def ours() -> Any:
        return _numbers(mc_population.loss(w, w_star, graph, samples, seed=1))

    few = samples // 10
    few -= few % 500
    by_jax = jax_monte_carlo(graph, jnp.asarray(w), jnp.asarray(w_star), few, 500)
    key = jax.random.key(0)
    known = [
        Peer(
            Contender(
                "ours, projected in NumPy",
                lambda: _numbers(monte_carlo.loss(w, w_star, graph, few, seed=4, projected=True)),
                few,
            )
        ),
        Peer(Contender("JAX in r dimensions", lambda: by_jax(key), few)),
        Peer(
            Contender(
                "NumPy in r dimensions",
                lambda: _numbers(monte_carlo.loss(w, w_star, graph, few, seed=2)),
                few,
            )
        ),
    ]
    skipped = {}
    if peers.has("torch"):
        rows, columns = messages(graph)
        known.append(
            Peer(
                peers.contender(
                    "PyTorch in r dimensions",
                    "monte_carlo_loss",
                    few,
                    gather_rows=rows,
                    gather_columns=columns,
                    w=w,
                    w_star=w_star,
                    nodes=graph.nodes,
                    samples=few,
                    seed=3,
                )
            )
        )
    else:
        skipped["PyTorch in r dimensions"] = NOT_INSTALLED
    million = "GiB for a million samples"
    code = (
        "import numpy as np\nfrom gnnconv_lib import graphs\n"
        "from gnnconv_lib.kernels import mc_population\n"
        f"w, v = np.random.default_rng(0).normal(size=(2, {width}))\n"
        "mc_population.loss(w, v, graphs.random_regular(100, 10, 0), "
        f"{100_000 if quick else 1_000_000}, seed=1)"
    )

    def close(name: str, value: Any) -> Agreement:
        found = np.asarray(value).ravel()
        return Agreement(
            f"{name}: exact loss, in standard errors", abs(found[0] - exact) / found[1], 5
        )

    return Case(
        "monte-carlo" if width == WIDTH else "monte-carlo-plane",
        f"Monte Carlo loss, n = 100, r = {width}, per sample",
        Contender("ours", ours, samples),
        tuple(known),
        facts={million: lambda _: peak_gib(code)},
        checks=(
            lambda value: close("ours", value),
            *(
                lambda _, peer=peer: close(peer.contender.name, peer.contender.call())
                for peer in known
            ),
        ),
        targets=(
            Target(
                "at least 5 times as fast as JAX in r dimensions",
                "ratio:JAX in r dimensions",
                ">=",
                5.0,
            ),
            Target("a million samples in less than 1 GiB", million, "<=", 1.0),
        ),
        skipped=skipped,
    )


def _numbers(found: Any) -> np.ndarray:
    return np.array([float(found.mean), float(found.standard_error)])
