"""What the checks of li2021 share: small graphs, averages written as loops, outcomes.

The loops follow the words of the paper, node by node, and use nothing of `averaging_gnn`.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.activations import Activation
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.evidence import Evidence, Kind, Witness
from gnnconv_lib.validation import require_choice

__all__ = ["ACTIVATIONS", "Failure", "averages", "outcome", "rectified", "small_graphs", "values"]

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

#: The input in words, the printed value, the value found.
Failure = tuple[str, float, float]


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


def averages(graph: graphs.Graph, features: np.ndarray) -> np.ndarray:
    """Row i: the mean of the features of node i and of its neighbours, by a loop over sets."""
    rows = []
    for node in range(graph.nodes):
        closed = [node, *map(int, graph.neighbors(node))]
        rows.append(sum(features[j] for j in closed) / len(closed))
    return np.array(rows)


def values(activation: Activation, numbers: np.ndarray) -> np.ndarray:
    """The activation as a NumPy function."""
    return np.asarray(activation.function(np.asarray(numbers, dtype=np.float64)))


def rectified(name: str) -> bool:
    """Whether the activation is of the leaky ReLU family, for which scaling passes through."""
    return name.startswith(("relu", "leaky_relu"))


def outcome(
    kind: Kind,
    failures: list[Failure],
    summary: str,
    numbers: dict[str, float],
    tolerance: float | None = None,
    correction: str | None = None,
    corrected: bool = False,
) -> Evidence:
    """The evidence for a printed claim: it holds unless `failures` lists where it does not.

    Args:
        failures: the smallest input first.
        summary: what was found, used when nothing fails.
        correction: the corrected claim; `corrected` tells whether the numbers bear it out.
    """
    if not failures:
        return Evidence(kind, "holds", summary, numbers, tolerance)
    witness = Witness(*failures[0])
    found = f"{witness.input}: printed {witness.printed:.4g}, found {witness.actual:.4g}."
    verdict = "holds with correction" if correction and corrected else "false as printed"
    return Evidence(kind, verdict, found, numbers, tolerance, witness, correction)  # type: ignore[arg-type]
