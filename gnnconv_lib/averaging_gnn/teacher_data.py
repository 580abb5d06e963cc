"""Data drawn as in the experiments of li2021: teacher, graph, features, noise, start.

The set-up: d = 2 features, q = 1 hidden unit, W* a normalised Gaussian matrix, v* standard Gaussian,
each pair of nodes joined with probability 1/2, standard Gaussian features; 1000 nodes (node level) or
1000 graphs of 5 nodes (graph level). Three things are left open there and are parameters here.

1. The noise: "variance nu = 0.04", where nu is the psi_2 norm elsewhere. `"variance"` (the default)
   means a standard deviation of 0.2, `"deviation"` one of 0.04.
2. The start: Gaussian, with the signs that condition (39) asks for (`"accepted"`), or as drawn.
3. The read-out at graph level: the average.

All randomness of a seed is independent of the activation, so that activations can be compared on
the same draws. Book page `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations
from gnnconv_lib.averaging_gnn.graph_collection import GraphCollection, erdos_renyi_collection
from gnnconv_lib.averaging_gnn.model import predict
from gnnconv_lib.averaging_gnn.sample import Sample, graph_sample, node_sample, stack
from gnnconv_lib.averaging_gnn.training import Weights
from gnnconv_lib.averaging_gnn.xi import xi_graph, xi_node
from gnnconv_lib.graphs import Graph, as_graph, erdos_renyi
from gnnconv_lib.validation import (
    InvalidInput,
    require_choice,
    require_integer,
    require_real,
    require_seed,
)

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "NOISE",
    "STARTS",
    "Experiment",
    "accepted_signs",
    "graph_experiment",
    "node_experiment",
    "noise_deviation",
    "random_weights",
]

NOISE: dict[str, float] = {"variance": 0.2, "deviation": 0.04}
STARTS: tuple[str, ...] = ("accepted", "random")
_FEATURES, _NOISE, _TEACHER, _START, _GRAPH = range(5)


@dataclass(frozen=True, eq=False)
class Experiment:
    """Data, teachers and starts for several seeds, ready for `run`.

    Fields:
        data: a `Sample` with a leading axis of length S, one data set per seed.
        teacher, start: `Weights` of shapes (S, d, q) and (S, q).
        xi_sum, xi_mean: (S,) the scalar of Eq. (11) as printed and divided by n; at graph level
            both are that of Eq. (12).
        seeds: the S seeds.
    """

    data: Sample
    teacher: Weights
    start: Weights
    xi_sum: Float[np.ndarray, " batch"]
    xi_mean: Float[np.ndarray, " batch"]
    seeds: tuple[int, ...]


def node_experiment(
    activation: Any = "relu",
    *,
    nodes: int = 1000,
    edge_probability: float = 0.5,
    graph: Graph | None = None,
    dimension: int = 2,
    outputs: int = 1,
    noise: str | float = "variance",
    start: str = "accepted",
    seeds: Iterable[int] = range(20),
) -> Experiment:
    """The node-level experiment: one graph per seed, one label per node.

    Args:
        activation: a name or an `Activation`.
        nodes, edge_probability: of the random graph; a fresh one for each seed.
        graph: used for every seed instead of a random one.
        dimension, outputs: d and q.
        noise: `"variance"`, `"deviation"`, or a standard deviation.
        start: `"accepted"` or `"random"`.
        seeds: nonnegative integers.

    Raises:
        InvalidInput: for values out of range or unknown names.

    Reference: li2021, Eq. (4) and the node-level experiment.

    >>> sample = node_experiment("tanh", nodes=4, seeds=[0, 1]).data
    >>> sample.features.shape, sample.labels.shape
    ((2, 2, 4), (2, 4))
    """
    settings = _Settings(activation, dimension, outputs, noise, start, seeds)
    if graph is None:
        nodes = require_integer("nodes", nodes, minimum=1)
        require_real("edge_probability", edge_probability, 0.0, 1.0)
    else:
        graph = as_graph(graph)
    samples, sums, means = [], [], []
    for seed in settings.seeds:
        drawn = graph if graph is not None else erdos_renyi(nodes, edge_probability, seed)
        H = _generator(seed, _FEATURES).standard_normal((drawn.nodes, settings.dimension))
        samples.append(node_sample(drawn, H, np.zeros(drawn.nodes), settings.activation))
        sums.append(xi_node(drawn, settings.activation, "sum"))
        means.append(sums[-1] / drawn.nodes)
    return settings.finish(samples, sums, means)


def graph_experiment(
    activation: Any = "relu",
    *,
    graphs: int = 1000,
    nodes: int = 5,
    edge_probability: float = 0.5,
    collection: GraphCollection | None = None,
    readout: Any = "average",
    dimension: int = 2,
    outputs: int = 1,
    noise: str | float = "variance",
    start: str = "accepted",
    seeds: Iterable[int] = range(20),
) -> Experiment:
    """The graph-level experiment: many small graphs per seed, one label per graph.

    Args:
        graphs, nodes, edge_probability: how many random graphs, of what size and density; fresh
            ones for each seed.
        collection: used for every seed instead of random graphs; sizes may differ.
        readout: `"average"`, `"one node"`, a node number or attention weights.
        Others: as `node_experiment`.

    Raises:
        InvalidInput: for values out of range or unknown names.

    Reference: li2021, Eq. (10) and the graph-level experiment.

    >>> sample = graph_experiment("relu", graphs=3, seeds=[0]).data
    >>> sample.features.shape, sample.labels.shape
    ((1, 2, 15), (1, 3))
    """
    settings = _Settings(activation, dimension, outputs, noise, start, seeds)
    samples, values = [], []
    for seed in settings.seeds:
        many = collection or erdos_renyi_collection(
            graphs, nodes, edge_probability, _generator(seed, _GRAPH).integers(2**31).item()
        )
        H = _generator(seed, _FEATURES).standard_normal((many.union.nodes, settings.dimension))
        empty = np.zeros(many.number)
        samples.append(graph_sample(many, H, empty, readout, settings.activation))
        values.append(xi_graph(many, readout, settings.activation))
    return settings.finish(samples, values, values)


def noise_deviation(noise: str | float) -> float:
    """The standard deviation that a reading of "variance nu = 0.04" means; a number is kept.

    >>> noise_deviation("variance"), noise_deviation("deviation"), noise_deviation(0.5)
    (0.2, 0.04, 0.5)
    """
    if isinstance(noise, str):
        return NOISE[require_choice("noise", noise, NOISE)]
    return require_real("noise", noise, minimum=0.0)


def random_weights(dimension: int, outputs: int, seed: int) -> Weights:
    """A normalised Gaussian W (d, q) with Frobenius norm 1, and a standard Gaussian v (q,).

    >>> abs(random_weights(1, 1, seed=3).W).tolist()
    [[1.0]]
    """
    dimension = require_integer("dimension", dimension, minimum=1)
    outputs = require_integer("outputs", outputs, minimum=1)
    return _weights(_generator(require_seed("seed", seed), _TEACHER), dimension, outputs)


def accepted_signs(weights: Weights, teacher: Weights) -> Weights:
    """`weights` with the signs for which Tr(W*' W) >= 0 and v*' v >= 0, as in Remark 2.

    Reference: li2021, Eq. (39) and Remark 2.

    >>> flipped = accepted_signs(Weights([[-2.0]], [3.0]), Weights([[1.0]], [1.0]))
    >>> flipped.W.tolist(), flipped.v.tolist()
    ([[2.0]], [3.0])
    """
    W, v = np.asarray(weights.W), np.asarray(weights.v)
    trace = np.sum(W * np.asarray(teacher.W), axis=(-2, -1), keepdims=True)
    product = np.sum(v * np.asarray(teacher.v), axis=-1, keepdims=True)
    return Weights(np.where(trace < 0, -W, W), np.where(product < 0, -v, v))


@dataclass
class _Settings:
    """What both experiments share: checked parameters, labels from the teacher, starts."""

    activation: Any
    dimension: int
    outputs: int
    noise: Any
    start: str
    seeds: Any

    def __post_init__(self) -> None:
        self.activation = activations.get(self.activation)
        self.dimension = require_integer("dimension", self.dimension, minimum=1)
        self.outputs = require_integer("outputs", self.outputs, minimum=1)
        self.noise = noise_deviation(self.noise)
        require_choice("start", self.start, STARTS)
        self.seeds = tuple(require_seed("seeds", seed) for seed in self.seeds)
        if not self.seeds:
            raise InvalidInput("seeds must hold at least one integer, got none.")

    def finish(self, samples: list[Sample], sums: list[float], means: list[float]) -> Experiment:
        data = stack(samples)
        shape = (self.dimension, self.outputs)
        teacher = _stacked([_weights(_generator(seed, _TEACHER), *shape) for seed in self.seeds])
        first = _stacked([_weights(_generator(seed, _START), *shape) for seed in self.seeds])
        begin = accepted_signs(first, teacher) if self.start == "accepted" else first
        errors = np.stack(
            [_generator(seed, _NOISE).standard_normal(data.size) for seed in self.seeds]
        )
        labels = predict(*teacher, data) + self.noise * jnp.asarray(errors)
        return Experiment(
            data.with_labels(labels), teacher, begin, np.array(sums), np.array(means), self.seeds
        )


def _generator(seed: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng([seed, purpose])


def _weights(generator: np.random.Generator, dimension: int, outputs: int) -> Weights:
    W = generator.standard_normal((dimension, outputs))
    return Weights(W / np.linalg.norm(W), generator.standard_normal(outputs))


def _stacked(weights: list[Weights]) -> Weights:
    return Weights(np.stack([w.W for w in weights]), np.stack([w.v for w in weights]))
