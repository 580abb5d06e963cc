"""What the checks on deep linear GNNs share: small graphs, scalar recurrences, how verdicts fall.

Book pages: book/awasthi2021/deep-linear, book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, Literal

import networkx as nx
import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.evidence import Evidence, Verdict, Witness
from gnnconv_lib.summaries.walks import walks

__all__ = [
    "decide",
    "describe",
    "gap",
    "gradient_by_definition",
    "loss_by_definition",
    "main_spectrum",
    "pair_path",
    "regular_settings",
    "report",
    "sigma_step",
    "small_graphs",
    "symmetric",
    "targets",
]

Kind = Literal["symbolic", "certified", "numerical", "monte carlo", "search"]


def decide(printed: bool, slip_repaired: bool = False) -> Verdict:
    """The verdict from two tests: of the statement as printed, and of it with a slip repaired.

    A slip is a factor, sign, index, transpose or omitted hypothesis that leaves the statement
    what it was meant to be. A statement that needs other constants is false as printed.
    """
    if printed:
        return "holds"
    return "holds with correction" if slip_repaired else "false as printed"


def report(
    kind: Kind,
    verdict: Verdict,
    summary: str,
    numbers: Mapping[str, float],
    tolerance: float | None = None,
    witness: Witness | None = None,
    correction: str | None = None,
) -> Evidence:
    """Evidence; a check that fails unexpectedly names its largest number as the witness."""
    if verdict == "false as printed" and witness is None:
        name, value = max(numbers.items(), key=lambda item: abs(item[1]))
        witness = Witness(f"worst case of this check: {name}", tolerance or 0.0, value)
    return Evidence(kind, verdict, summary, numbers, tolerance, witness, correction)


def gap(found: object, expected: object) -> float:
    """Largest difference relative to the largest entry of `expected`."""
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    scale = float(np.max(np.abs(expected))) or 1.0
    return float(np.max(np.abs(found - expected)) / scale)


@cache
def small_graphs(nodes: int) -> tuple[graphs.Graph, ...]:
    """All graphs with at most `nodes` <= 7 nodes up to isomorphism, by nodes, then by edges."""
    made = [
        graphs.from_networkx(graph)
        for graph in nx.graph_atlas_g()
        if 1 <= graph.number_of_nodes() <= nodes
    ]
    return tuple(sorted(made, key=lambda graph: (graph.nodes, int(graph.degrees.sum()))))


def describe(graph: graphs.Graph) -> str:
    """A graph in words: its number of nodes and its edges.

    >>> describe(graphs.path(3))
    'graph on 3 nodes with edges 0-1, 1-2'
    """
    pairs = [f"{i}-{j}" for i in range(graph.nodes) for j in graph.neighbors(i).tolist() if i < j]
    return f"graph on {graph.nodes} nodes with edges {', '.join(pairs)}" if pairs else "no edges"


def loss_by_definition(weights: list[np.ndarray], adjacency: np.ndarray, rounds: int) -> Any:
    """The population loss by message passing over the nodes, in NumPy; real or complex weights.

    The output is linear in the features, so the loss is half the sum of squared entries of that
    map. It is a polynomial in the weights, which is what `gradient_by_definition` needs.
    """
    W1, W2, S1, S2 = weights
    maps = []
    for first, second in ((W1, W2), (S1, S2)):
        blocks = np.broadcast_to(np.eye(len(W1)), (len(adjacency), *W1.shape))
        for _ in range(rounds):
            blocks = blocks @ first + np.einsum("ij,jab->iab", adjacency, blocks) @ second
        maps.append(blocks)
    return 0.5 * np.sum((maps[0] - maps[1]) ** 2)


def gradient_by_definition(
    weights: list[np.ndarray], adjacency: np.ndarray, rounds: int
) -> tuple[np.ndarray, np.ndarray]:
    """dL/dW1 and dL/dW2 by the complex step: Im L(W + i h R) / h with h = 1e-30, no
    cancellation.
    """
    slopes = []
    for which in (0, 1):
        slope = np.empty_like(weights[which], dtype=float)
        for place in np.ndindex(slope.shape):
            moved = [np.array(W, dtype=complex) for W in weights]
            moved[which][place] += 1e-30j
            slope[place] = loss_by_definition(moved, adjacency, rounds).imag / 1e-30
        slopes.append(slope)
    return slopes[0], slopes[1]


def main_spectrum(graph: graphs.Graph) -> tuple[np.ndarray, np.ndarray]:
    """All main eigenvalues and weights of a small graph."""
    measure = walks(graph, graph.nodes)
    return np.asarray(measure.mu), np.asarray(measure.weight)


def targets(budget: str) -> np.ndarray:
    """Singular values sigma* to search over: twentieths up to 5, then integers."""
    last = 40 if budget == "quick" else 400
    return np.concatenate([np.arange(1, 100) / 20, np.arange(5.0, last)])


def regular_settings(budget: str) -> Iterator[tuple[int, int, int]]:
    """(nodes, degree, rounds), complete graphs, smallest first."""
    degrees, rounds = (range(4), (1, 2, 3)) if budget == "quick" else (range(9), (1, 2, 3, 4))
    for degree, depth in product(degrees, rounds):
        yield degree + 1, degree, depth


def sigma_step(
    sigma: np.ndarray,
    target: np.ndarray,
    setting: tuple[int, int, int],
    rate: np.ndarray | float,
    factor: float,
) -> np.ndarray:
    """Eq. (42) with n/2 (factor 0.5) or n (factor 1, gradient descent)."""
    nodes, degree, rounds = setting
    with np.errstate(all="ignore"):
        slope = rounds * sigma ** (rounds - 1) * (sigma**rounds - target**rounds)
        return sigma - factor * rate * nodes * (degree**2 + 1) * slope


def symmetric(values: np.ndarray, seed: int) -> np.ndarray:
    """A symmetric matrix with these eigenvalues in a random orthonormal basis."""
    size = len(values)
    basis = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]
    return basis @ np.diag(values) @ basis.T


def pair_path(
    spectrum: tuple[np.ndarray, np.ndarray],
    target: tuple[float, float],
    rounds: int,
    rate: float,
    steps: int,
) -> np.ndarray:
    """Gradient descent on one pair (alpha, beta) from (1, 1); the points, (steps + 1, 2)."""
    mu, weight = (array.tolist() for array in spectrum)
    goal = [(target[0] + node * target[1]) ** rounds for node in mu]
    alpha, beta = 1.0, 1.0
    points = [(alpha, beta)]
    for _ in range(steps):
        first = second = 0.0
        for node, mass, power in zip(mu, weight, goal, strict=True):
            m = alpha + node * beta
            slope = rounds * mass * m ** (rounds - 1) * (m**rounds - power)
            first += slope
            second += node * slope
        alpha, beta = alpha - rate * first, beta - rate * second
        points.append((alpha, beta))
    return np.array(points)
