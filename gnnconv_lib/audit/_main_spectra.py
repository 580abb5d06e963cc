"""What the claims on unequal degrees share: graphs, pairs of weights, recurrences over a measure.

A pair (alpha, beta) stands for one common eigenvector of symmetric weights that commute. Every sum
runs over nodes x_k with masses c_k: the degrees with mass 1 (the paper's) or the main eigenvalues
with theirs (the true loss). Measures of several graphs are padded with masses of zero.

Book pages: book/awasthi2021/linear-unequal-degrees, book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import describe, small_graphs
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import main_eigenvalues
from gnnconv_lib.witnesses import linear_network

__all__ = [
    "collection",
    "columns",
    "degrees",
    "descend",
    "gradient",
    "gradient_by_definition",
    "largest_curvature",
    "loss",
    "pairs",
    "safe_rate",
    "series",
    "spectra",
    "unequal",
    "with_step",
]

Array = np.ndarray
Measure = tuple[Array, Array]


@cache
def collection(budget: str) -> tuple[Graph, ...]:
    """All graphs with at most 4 (quick) or 6 (full) nodes, and a few larger ones, smallest first."""
    named = [replace(graph, name=describe(graph)) for graph in small_graphs(4)]
    if budget == "full":
        named = [replace(graph, name=describe(graph)) for graph in small_graphs(6)]
    named[0] = replace(named[0], name="a single node")
    larger = [graphs.star(4), graphs.star(9), graphs.path(7), graphs.complete(6)]
    larger.append(graphs.disjoint_union(graphs.star(3), graphs.cycle(4)))
    if budget == "full":
        larger += [graphs.barabasi_albert(20, 2, 1), graphs.erdos_renyi(14, 0.3, 1)]
    return (*named, *larger)


def unequal(budget: str) -> tuple[Graph, ...]:
    """Those of `collection` with two different degrees."""
    return tuple(graph for graph in collection(budget) if np.ptp(graph.degrees) > 0)


def columns(rows: Sequence[Sequence[Any]], *names: str) -> dict[str, Any]:
    """Named columns from rows; numbers become arrays, anything else stays a list."""
    made: dict[str, Any] = {}
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        simple = all(isinstance(value, (int, float, np.number)) for value in values)
        made[name] = np.array(values) if simple else list(values)
    return made


def pairs(
    budget: str,
    chosen: Callable[[str], tuple[Graph, ...]],
    depths: Sequence[int],
    count: int,
    seed: int = 0,
    low: float = 0.01,
    high: float = 12.0,
) -> dict[str, Any]:
    """Columns graph, L, alpha, beta, alpha_star, beta_star: random positive pairs and extreme ones."""
    generator = np.random.default_rng(seed)
    fixed = [(1.0, 1.0, 0.5, 0.5), (low, high, high, low), (high, low, low, high)]
    rows = []
    for graph in chosen(budget):
        for rounds in depths:
            drawn = np.exp(generator.uniform(np.log(low), np.log(high), size=(count, 4)))
            rows += [(graph, rounds, *pair) for pair in [*fixed, *drawn.tolist()]]
    return columns(rows, "graph", "L", "alpha", "beta", "alpha_star", "beta_star")


def spectra(graph: Sequence[Graph]) -> Measure:
    """Main eigenvalues and their weights, one row per graph."""
    return _padded([_main(entry) for entry in graph])


def degrees(graph: Sequence[Graph]) -> Measure:
    """Degrees, each of mass 1, one row per graph."""
    return _padded([(entry.degrees.astype(float), np.ones(entry.nodes)) for entry in graph])


@cache
def _main(graph: Graph) -> Measure:
    return main_eigenvalues(graph)


def _padded(found: list[Measure]) -> Measure:
    width = max(len(nodes) for nodes, _ in found)
    wide = [[np.pad(part, (0, width - len(part))) for part in measure] for measure in found]
    stacked = np.array(wide)
    return stacked[:, 0], stacked[:, 1]


def loss(measure: Measure, L: Any, point: Sequence[Any], star: Sequence[Any]) -> Array:
    """1/2 sum_k c_k (m_k^L - m*_k^L)^2 with m_k = alpha + x_k beta."""
    m, goal, power = _values(measure, L, point, star)
    return np.asarray(0.5 * np.sum(measure[1] * (m**power - goal**power) ** 2, axis=1))


def gradient(
    measure: Measure, L: Any, point: Sequence[Any], star: Sequence[Any], factor: Any = None
) -> tuple[Array, Array]:
    """factor sum_k c_k m_k^{L-1} (m_k^L - m*_k^L) (1, x_k); the factor is L by default."""
    m, goal, power = _values(measure, L, point, star)
    g = measure[1] * m ** (power - 1) * (m**power - goal**power)
    scale = np.asarray(L if factor is None else factor)
    return scale * g.sum(axis=1), scale * (measure[0] * g).sum(axis=1)


def _values(
    measure: Measure, L: Any, point: Sequence[Any], star: Sequence[Any]
) -> tuple[Array, Array, Array]:
    nodes = measure[0]
    m, goal = (_column(pair[0]) + nodes * _column(pair[1]) for pair in (point, star))
    return m, goal, np.asarray(L, int).reshape(-1, 1)


def _column(values: Any) -> Array:
    return np.asarray(values, float).reshape(-1, 1)


def series(m: Array, goal: Array, L: Any) -> Array:
    """sum_{j<L} m^j m*^{L-1-j}, by its terms."""
    depth = np.asarray(L, int).reshape(-1, 1)
    total = np.zeros(np.broadcast_shapes(m.shape, goal.shape))
    for j in range(int(depth.max())):
        total = total + np.where(j < depth, m**j * goal ** np.maximum(depth - 1 - j, 0), 0.0)
    return total


def gradient_by_definition(
    graph: Sequence[Graph], L: Any, point: Sequence[Any], star: Sequence[Any]
) -> tuple[Array, Array]:
    """The same gradient from message passing over the nodes, by a complex step."""
    found = []
    for index, entry in enumerate(graph):
        weights = [[[float(np.asarray(part)[index])]] for part in (*point, *star)]
        dense = entry.adjacency.toarray()
        slopes = linear_network.gradient(weights, dense, int(np.asarray(L)[index]))
        found.append([slope[0, 0] for slope in slopes])
    first, second = np.array(found).T
    return first, second


@cache
def _curvature(graph: Graph) -> float:
    d = graph.degrees.astype(float)
    form = np.array([[graph.nodes, d.sum()], [d.sum(), np.sum(d * d)]])
    return float(np.linalg.eigvalsh(form)[-1])


def largest_curvature(graph: Sequence[Graph]) -> Array:
    """lambda_max of H, the matrix with rows (n, sum d), (sum d, sum d^2)."""
    return np.array([_curvature(entry) for entry in graph])


def safe_rate(
    graph: Sequence[Graph], L: Any, point: Sequence[Any], star: Sequence[Any], ball: bool = True
) -> Array:
    """1 / (L^2 B^{2L-2} lambda_max(H)).

    B bounds |m| and |m*| in the ball around the teacher that the point lies on, or at the point.
    """
    measure = spectra(graph)
    m, goal, depth = _values(measure, L, point, star)
    away = np.hypot(
        *(np.asarray(p, float) - np.asarray(s, float) for p, s in zip(point, star, strict=True))
    )
    reach = np.maximum(np.abs(m), np.abs(goal))
    if ball:
        reach = np.abs(goal) + np.sqrt(1 + measure[0] ** 2) * away[:, None]
    reach = np.max(np.where(measure[1] > 0, reach, 0.0), axis=1)
    L = depth[:, 0]
    return np.asarray(1 / (L**2 * reach ** (2.0 * L - 2) * largest_curvature(graph)))


def descend(
    measure: Measure,
    L: Any,
    start: Sequence[Any],
    star: Sequence[Any],
    rate: Any,
    steps: int,
    factor: Any = None,
) -> Array:
    """Gradient descent over a measure; the points, shape (cases, steps + 1, 2)."""
    point = [np.asarray(part, float) + 0.0 * np.asarray(rate) for part in start]
    path = [np.stack(point, axis=-1)]
    for _ in range(steps):
        slope = gradient(measure, L, point, star, factor)
        point = [p - rate * s for p, s in zip(point, slope, strict=True)]
        path.append(np.stack(point, axis=-1))
    return np.stack(path, axis=1)


def with_step(made: dict[str, Any], shares: Sequence[float]) -> dict[str, Any]:
    """Columns with a column `share`, each case once per share."""
    count = len(made["L"])
    return {
        **{
            name: [v for v in values for _ in shares]
            if isinstance(values, list)
            else np.repeat(values, len(shares))
            for name, values in made.items()
        },
        "share": np.tile(np.asarray(shares, float), count),
    }
