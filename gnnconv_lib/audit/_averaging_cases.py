"""What the claims on li2021 share: the activations that it names, small graphs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.activations import Activation
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.validation import require_choice

__all__ = ["ACTIVATIONS", "READOUTS", "rectified", "shares", "small_graphs", "values"]

#: The activations of the experiments and those that the text lists besides.
ACTIVATIONS: tuple[str, ...] = (
    "relu",
    "leaky_relu(0.2)",
    "leaky_relu(0.05)",
    "sigmoid",
    "tanh",
    "swish",
    "softplus",
)

#: The read-outs of Eqs. (6)-(8).
READOUTS: tuple[str, ...] = ("one node", "average", "attention")


def small_graphs(budget: str = "quick") -> list[graphs.Graph]:
    """From one node up, with isolated nodes, stars and complete graphs among them."""
    require_choice("budget", budget, BUDGETS)
    found = [
        graphs.empty(1),
        graphs.complete(2),
        graphs.empty(3),
        graphs.path(3),
        graphs.star(4),
        graphs.disjoint_union(graphs.star(3), graphs.path(1)),
        graphs.complete(6),
        graphs.petersen(),
    ]
    if budget == "quick":
        return found
    return [*found, *(graphs.erdos_renyi(30, p, seed) for seed, p in enumerate((0.05, 0.3, 0.8)))]


def values(activation: Activation, numbers: np.ndarray) -> np.ndarray:
    """The activation as a NumPy function."""
    return np.asarray(activation.function(np.asarray(numbers, dtype=np.float64)))


def rectified(name: str) -> bool:
    """Whether the activation is of the leaky ReLU family, for which scaling passes through."""
    return name.startswith(("relu", "leaky_relu"))


def shares(readout: str, members: Sequence[graphs.Graph]) -> list[np.ndarray]:
    """The read-outs a_j of all graphs: "one node", "average", or "attention" with random weights."""
    if readout == "one node":
        return [np.eye(graph.nodes)[0] for graph in members]
    if readout == "average":
        return [np.full(graph.nodes, 1 / graph.nodes) for graph in members]
    generator = np.random.default_rng(3)
    return [generator.dirichlet(np.ones(graph.nodes)) for graph in members]
