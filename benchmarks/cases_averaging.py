"""Algorithm 1 of li2021: against PyTorch in three forms, one jit call per epoch, and vmap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.case import Case, Peer, Target
from benchmarks.cases_monte_carlo import messages
from benchmarks.peers import NOT_INSTALLED, Peers
from benchmarks.timing import Contender
from gnnconv_lib import averaging_gnn, graphs

__all__ = ["cases"]


def cases(peers: Peers, quick: bool) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases of this module, by name."""
    yield "algorithm-1", partial(_algorithm, peers, 200 if quick else 5000)
    yield "algorithm-1-seeds", partial(_seeds, 300)


def _problem(seeds: int) -> Any:
    graph = graphs.erdos_renyi(1000, 0.5, 0)
    return graph, averaging_gnn.node_experiment("relu", graph=graph, seeds=range(seeds))


def _step(W: Any, v: Any, features: Any, labels: Any, xi: Any, rate: float) -> Any:
    """One epoch for one data set as one writes it: rows are nodes."""
    after = jnp.maximum(features @ W, 0.0)
    residual = labels - after @ v
    U = W + rate / (len(labels) * xi) * jnp.outer(features.T @ residual, v)
    return U / jnp.linalg.norm(U), v + rate / len(labels) * (after.T @ residual)


def _algorithm(peers: Peers, steps: int) -> Case:
    graph, drawn = _problem(1)
    W, v = (leaf[0] for leaf in drawn.start)
    data = jax.tree.map(lambda leaf: leaf[0], drawn.data)
    xi, rate, few = float(np.ravel(drawn.xi_mean)[0]), 0.1, 100

    def ours(length: int) -> Any:
        path = averaging_gnn.run(W, v, data, xi, rate, length, records=2)
        return [np.asarray(leaf)[-1] for leaf in path.parameters]

    features = jnp.asarray(data.features.T)
    epoch = jax.jit(partial(_step, xi=xi, rate=rate))

    def by_epoch() -> Any:
        at = W, v
        for _ in range(few):
            at = epoch(*at, features, data.labels)
        return jax.block_until_ready(list(at))

    known = [Peer(Contender("one jit call per epoch", by_epoch, few), 1e-10, lambda _: ours(few))]
    skipped = {}
    rows, columns = messages(graph)
    for name, form, package, epochs in (
        ("PyTorch, average hoisted", "hoisted", "torch", few),
        ("PyTorch, average in each epoch", "each epoch", "torch", 10),
        ("PyTorch Geometric layer", "layer", "torch_geometric", 3),
    ):
        if not peers.has(package):
            skipped[name] = NOT_INSTALLED
            continue
        # The other two forms average anew: with features whose averages are the data's.
        solved = np.asarray(features) if form == "hoisted" else _before_average(graph, features)
        known.append(
            Peer(
                peers.contender(
                    name,
                    "algorithm_1",
                    epochs,
                    averaged=np.asarray(features),
                    adjacency_rows=rows,
                    adjacency_columns=columns,
                    features=solved,
                    labels=np.asarray(data.labels),
                    W=np.asarray(W),
                    v=np.asarray(v),
                    xi=xi,
                    rate=rate,
                    steps=epochs,
                    form=form,
                ),
                1e-8,
                lambda _, epochs=epochs: ours(epochs),
            )
        )
    return Case(
        "algorithm-1",
        f"Algorithm 1, n = 1,000, {steps:,} epochs, per epoch",
        Contender("ours", lambda: ours(steps), steps),
        tuple(known),
        targets=(
            Target(
                "at least 20 times as fast as the hoisted PyTorch loop",
                "ratio:PyTorch, average hoisted",
                ">=",
                20.0,
            ),
            Target(
                "at least 5 times as fast as one jit call per epoch",
                "ratio:one jit call per epoch",
                ">=",
                5.0,
            ),
        ),
        skipped=skipped,
    )


def _before_average(graph: Any, averaged: Any) -> np.ndarray:
    """Features whose averages over closed neighbourhoods are given."""
    closed = np.asarray(graph.adjacency.todense(), np.float64) + np.eye(graph.nodes)
    return np.linalg.solve(closed, (graph.degrees + 1.0)[:, None] * np.asarray(averaged))


def _seeds(steps: int) -> Case:
    seeds, rate = 20, 0.1
    _, drawn = _problem(seeds)
    W, v = drawn.start
    xi = jnp.asarray(drawn.xi_mean)
    features = jnp.swapaxes(drawn.data.features, -1, -2)

    def ours() -> Any:
        path = averaging_gnn.run(W, v, drawn.data, xi, rate, steps, records=2)
        return [np.asarray(leaf)[-1] for leaf in path.parameters]

    @jax.jit
    def mapped(W: Any, v: Any, features: Any, labels: Any, xi: Any) -> Any:
        def run(W: Any, v: Any, features: Any, labels: Any, xi: Any) -> Any:
            one = lambda _, at: _step(*at, features, labels, xi, rate)  # noqa: E731
            return lax.fori_loop(0, steps, one, (W, v))

        return list(jax.vmap(run)(W, v, features, labels, xi))

    return Case(
        "algorithm-1-seeds",
        f"Algorithm 1, n = 1,000, {seeds} data sets at once, {steps} epochs",
        Contender("ours", ours),
        (
            Peer(
                Contender(
                    "vmap of the plain epoch",
                    lambda: mapped(W, v, features, drawn.data.labels, xi),
                ),
                1e-10,
            ),
        ),
        targets=(
            Target("at least 3 times as fast as vmap", "ratio:vmap of the plain epoch", ">=", 3.0),
        ),
    )
