"""Figures 1 and 2 of li2021: one call each for all panels and all readings of the set-up.

A reading is a normalisation of Xi ("mean" or, at node level, "sum") with a noise. Graphs, features,
noise, teachers and starts depend on the seed only, so that panels can be compared seed by seed. All
readings and seeds of one activation run side by side. Book page `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations
from gnnconv_lib.averaging_gnn.algorithm import errors, run
from gnnconv_lib.averaging_gnn.floors import Floors, cramer_rao, least_squares
from gnnconv_lib.averaging_gnn.graph_collection import GraphCollection, erdos_renyi_collection
from gnnconv_lib.averaging_gnn.model import predict
from gnnconv_lib.averaging_gnn.pair_measure import PairMeasure, graph_pairs, node_pairs
from gnnconv_lib.averaging_gnn.panel import Panel
from gnnconv_lib.averaging_gnn.population_map import population_map
from gnnconv_lib.averaging_gnn.teacher_data import (
    Experiment,
    graph_experiment,
    node_experiment,
    noise_deviation,
)
from gnnconv_lib.averaging_gnn.training import Weights
from gnnconv_lib.graphs import Graph, as_graph, erdos_renyi
from gnnconv_lib.validation import require_choice

__all__ = ["ACTIVATIONS", "figure_1", "figure_2"]

#: The activations of the panels (a) to (f).
ACTIVATIONS: tuple[str, ...] = (
    "relu",
    "leaky_relu(0.2)",
    "leaky_relu(0.05)",
    "sigmoid",
    "tanh",
    "swish",
)
_EVERY: tuple[tuple[str, str | float], ...] = tuple(
    (normalization, noise)
    for noise in ("variance", "deviation")
    for normalization in ("mean", "sum")
)


def figure_1(
    which: Sequence[str] = ACTIVATIONS,
    *,
    readings: Sequence[tuple[str, str | float]] = _EVERY,
    nodes: int = 1000,
    edge_probability: float = 0.5,
    graph: Graph | None = None,
    dimension: int = 2,
    outputs: int = 1,
    learning_rate: float = 0.1,
    steps: int = 1000,
    records: int | Iterable[int] = 120,
    seeds: Iterable[int] = range(20),
    fits: bool = True,
) -> list[Panel]:
    """The node-level experiment for each activation and reading.

    Args:
        which: activations. readings: pairs (normalisation, noise).
        graph: used for all seeds instead of random graphs.
        fits: whether to add the least-squares errors.
        Others: as `node_experiment` and `run`.

    Returns:
        One `Panel` per activation and reading, activations first.

    Raises:
        InvalidInput: for values out of range.

    Reference: li2021, Figure 1.

    >>> panels = figure_1(["tanh"], nodes=20, steps=2, seeds=[0, 1])
    >>> len(panels), panels[0].W.shape
    (4, (2, 3))
    """
    graph = None if graph is None else as_graph(graph)
    draws = _node_draws(nodes, edge_probability, graph, dimension, outputs, tuple(seeds))
    return _panels(which, readings, draws, learning_rate, steps, records, fits)


def figure_2(
    which: Sequence[str] = ACTIVATIONS,
    *,
    readings: Sequence[tuple[str, str | float]] = (("mean", "variance"), ("mean", "deviation")),
    graphs: int = 1000,
    nodes: int = 5,
    edge_probability: float = 0.5,
    collection: GraphCollection | None = None,
    readout: Any = "average",
    dimension: int = 2,
    outputs: int = 1,
    learning_rate: float = 0.005,
    steps: int = 3000,
    records: int | Iterable[int] = 120,
    seeds: Iterable[int] = range(20),
    fits: bool = True,
) -> list[Panel]:
    """The graph-level experiment for each activation and reading; arguments as `figure_1`.

    Reference: li2021, Figure 2.

    >>> len(figure_2(["relu"], graphs=3, steps=1, seeds=[0]))
    2
    """
    drawn = (graphs, nodes, edge_probability) if collection is None else collection
    kept = _graph_draw if isinstance(readout, str | int) else _graph_draw.__wrapped__
    draws = [kept(drawn, readout, dimension, outputs, seed) for seed in seeds]
    parts, pairs = [part for part, _ in draws], [pair for _, pair in draws]
    return _panels(which, readings, (parts, pairs), learning_rate, steps, records, fits)


_Draws = tuple[list[Experiment], list[PairMeasure]]


@lru_cache(maxsize=4)
def _node_draws(
    nodes: int, p: float, graph: Graph | None, dimension: int, outputs: int, seeds: tuple[int, ...]
) -> _Draws:
    """Features, teachers, starts and noise of deviation 1 for every seed."""
    parts, pairs = [], []
    for seed in seeds:
        drawn = graph if graph is not None else erdos_renyi(nodes, p, seed)
        parts.append(
            node_experiment(
                "identity",
                graph=drawn,
                dimension=dimension,
                outputs=outputs,
                noise=1.0,
                seeds=[seed],
            )
        )
        pairs.append(node_pairs(drawn))
    return parts, pairs


@lru_cache(maxsize=64)
def _graph_draw(
    drawn: tuple[int, int, float] | GraphCollection,
    readout: Any,
    dimension: int,
    outputs: int,
    seed: int,
) -> tuple[Experiment, PairMeasure]:
    if isinstance(drawn, tuple):
        number = np.random.default_rng([seed, 4]).integers(2**31).item()
        drawn = erdos_renyi_collection(*drawn, number)
    part = graph_experiment(
        "identity",
        collection=drawn,
        readout=readout,
        dimension=dimension,
        outputs=outputs,
        noise=1.0,
        seeds=[seed],
    )
    return part, graph_pairs(drawn, readout)


def _panels(
    which: Sequence[str],
    readings: Sequence[tuple[str, str | float]],
    draws: _Draws,
    learning_rate: float,
    steps: int,
    records: int | Iterable[int],
    fits: bool,
) -> list[Panel]:
    parts, pairs = draws
    for normalization, _ in readings:
        require_choice("normalization", normalization, ("mean", "sum"))
    base = _joined(parts)
    drawn = base.data.labels - predict(*base.teacher, base.data)
    deviations = [noise_deviation(noise) for _, noise in readings]
    found = []
    for name in which:
        sigma = activations.get(name)
        data = replace(base.data, activation=sigma)
        clean = predict(*base.teacher, data)
        means = np.array([pair.xi(sigma) for pair in pairs])
        labels = np.array([pair.labels for pair in pairs])
        xi = [means * (labels if reading == "sum" else 1) for reading, _ in readings]
        noisy = [data.with_labels(clean + s * drawn) for s in deviations]
        every = replace(base, data=_stacked(noisy))
        starts = [np.concatenate([np.asarray(w)] * len(readings)) for w in base.start]
        teacher = Weights(*(np.concatenate([np.asarray(w)] * len(readings)) for w in base.teacher))
        path = run(
            starts[0],
            starts[1],
            every.data,
            np.concatenate(xi),
            learning_rate,
            steps,
            records=records,
        )
        size, curves = len(parts), [np.asarray(c).T for c in errors(path, teacher)]
        moments = np.array([float(population_map(p, sigma).second_moment) for p in pairs])
        small = fits and np.shape(base.teacher.W)[1:] == (2, 1)
        floors: dict[float, tuple[Floors, Floors | None]] = {}
        for k, (normalization, noise) in enumerate(readings):
            if deviations[k] not in floors:
                own = replace(base, data=noisy[k])
                fit = least_squares(own) if small else None
                floors[deviations[k]] = cramer_rao(own, deviations[k]), fit
            rows = slice(k * size, (k + 1) * size)
            found.append(
                Panel(
                    sigma.name,
                    normalization,
                    noise,
                    base.seeds,
                    np.asarray(path.steps),
                    curves[0][rows],
                    curves[1][rows],
                    np.asarray(path.losses).T[rows],
                    np.asarray(path.status)[rows],
                    *floors[deviations[k]],
                    moments,
                    np.asarray(base.teacher.v),
                )
            )
    return found


def _joined(parts: list[Experiment]) -> Experiment:
    """Experiments of one seed each as one of several."""
    data, teacher, start = _stacked([(p.data, p.teacher, p.start) for p in parts])
    sums, means = (
        np.concatenate([getattr(p, key) for p in parts]) for key in ("xi_sum", "xi_mean")
    )
    return Experiment(data, teacher, start, sums, means, tuple(s for p in parts for s in p.seeds))


def _stacked(trees: list[Any]) -> Any:
    """Data sets one after the other; the owners of nodes, which have no leading axis, are shared."""
    return jax.tree.map(
        lambda *leaves: jnp.concatenate(leaves) if leaves[0].ndim > 1 else leaves[0], *trees
    )
