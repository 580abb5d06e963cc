"""Domains of the claims about the one-round ReLU GNN: a graph, and a weight vector w.

One unit with a teacher of length 1 enters through its length and the cosine c of its angle to the
teacher; what is true at every length and cosine is true for every number r of inputs. A case is a
graph with a weight, and its columns are

    graph, length, cos;  n, d (largest degree), A, C1 = C(1), S = sum d_ij = sum (d_i+1)^2,
    M = sum m_ij, R = sum d_ij^2/m_ij, opposite = B(-1);  B = B(c), C = C(c), gap = A - B(c) as a
    sum of terms >= 0, K = C'(c) (infinite at |c| = 1), sine, along = alpha = length c.

Weights are all corners (c = +-1, 0, next to +-1; lengths from 1e-6 to 1e3 and next to 1) and random
ones; graphs are sorted by size, so that the first violation is on the smallest graph.

Reference: awasthi2021, section 3 and Appendix B.
Book pages: book/awasthi2021/bounded-iterates, book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._relu_cases import evaluate
from gnnconv_lib.audit._relu_collections import standard
from gnnconv_lib.claims import Domain, domain, fixed, graph, real, where
from gnnconv_lib.claims.hypotheses import Part
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap

__all__ = [
    "DERIVED",
    "ONE_UNIT",
    "SPARSE",
    "SPARSE_REGULAR",
    "WIDE_REGULAR",
    "collection",
    "columns",
    "in_turn",
    "measures",
    "weights",
]

Columns = dict[str, Any]
Place = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

DERIVED = ("n", "d", "A", "C1", "S", "M", "R", "opposite", "B", "C", "gap", "K", "sine", "along")
ONE_UNIT = fixed("one unit, teacher of length 1, any r")
#: d = o(sqrt n), made quantitative.
SPARSE = where("n >= 16, d >= 1 and 4 d^2 <= n", lambda n, d: n >= 16 and d >= 1 and 4 * d**2 <= n)

#: Classes of d-regular graphs that every sequence with d = o(sqrt n) is in from some n on.
SPARSE_REGULAR = "d-regular graph, d = o(√n) made quantitative as n ≥ 16 and 4 d² ≤ n"
WIDE_REGULAR = "d-regular graph with d + 1 ≤ 3n/(2π)"


def _without_edges(g: Graph) -> bool:
    return bool(g.edges == 0)


def _with_edges(g: Graph) -> bool:
    return bool(g.edges > 0)


_CLASSES: dict[str, tuple[Callable[[Graph], bool], dict[str, Callable[[Graph], bool]]]] = {
    SPARSE_REGULAR: (
        lambda g: bool(np.ptp(g.degrees) == 0 and max(16, 4 * g.degrees[0] ** 2) <= g.nodes),
        {
            "a graph without edges": _without_edges,
            "a graph with edges": _with_edges,
            "a graph with n = 16": lambda g: g.nodes == 16,
            "a graph with n = 4 d²": lambda g: g.nodes == 4 * g.degrees[0] ** 2,
        },
    ),
    WIDE_REGULAR: (
        lambda g: bool(np.ptp(g.degrees) == 0 and g.degrees[0] + 1 <= 3 * g.nodes / (2 * np.pi)),
        {
            "a graph without edges": _without_edges,
            "a graph with edges": _with_edges,
            "a graph next to the end of the range": lambda g: (
                g.degrees[0] + 3 > 3 * g.nodes / (2 * np.pi)
            ),
        },
    ),
}

_COSINES = (0.0, 1.0, -1.0, -0.5, 0.5, -0.01, 0.01, -1e-4, 1 - 1e-6, -1 + 1e-6)
_LENGTHS = (1.0, 0.5, 2.0, 0.1, 5.0, 1e-6, 1e3, 1 + 1e-6)
_SIZES = {"quick": (4, 20), "full": (8, 120)}
_SEED = 20211206


def weights(
    among: str = "every graph",
    *hypotheses: Part,
    length: str = "(0, inf)",
    cos: str = "[-1, 1]",
    place: Place | None = None,
    keep: Callable[..., Any] | None = None,
    regime: Part | None = None,
    more: Callable[[Columns], Columns] | None = None,
    derived: Sequence[str] = (),
    words: Callable[..., str] | None = None,
) -> Domain:
    """The domain of all weights on a class of graphs, or on a part of both.

    Args:
        among: "every graph", "every regular graph", "every graph with two different degrees",
            `SPARSE_REGULAR` or `WIDE_REGULAR`.
        hypotheses: further parts, printed after those of the graph and the weight.
        length, cos: the ranges of the length and of the cosine.
        place: moves lengths and cosines into the part of them that is meant.
        keep: whether a case belongs to the domain, from its columns by name.
        regime: see `claims.Domain`; `SPARSE` for d = o(sqrt n).
        more: further columns from the others, each with a hypothesis of its own; see `in_turn`.
        derived: names of columns of `more` that need no hypothesis.
        words: how a case reads; by default its graph, length and cosine.
    """

    def cases(budget: str) -> Columns:
        made = columns(collection(among, budget), *_weights(among, budget, place))
        if more is not None:
            made = {**made, **more(made)}
        if keep is None:
            return made
        wanted = keep.__code__.co_varnames[: keep.__code__.co_argcount]
        inside = np.asarray(keep(*(made[name] for name in wanted)))
        return {name: values[inside] for name, values in made.items()}

    member, corners = _CLASSES.get(among, (None, None))
    return domain(
        graph("graph", among, corners, member),
        ONE_UNIT,
        real("length", length, "ℓ"),
        real("cos", cos, "c"),
        *hypotheses,
        cases=cases,
        regime=regime,
        derived=(*DERIVED, *derived),
        words=words or say,
    )


def in_turn(**values: Sequence[float]) -> Callable[[Columns], Columns]:
    """Further columns that take a few values in turn, each column at its own pace."""

    def more(made: Columns) -> Columns:
        place, columns = np.arange(len(made["length"])), {}
        for name, chosen in values.items():
            columns[name] = np.asarray(chosen, float)[place % len(chosen)]
            place = place // len(chosen) + place
        return columns

    return more


def say(graph: Graph, length: float, cos: float) -> str:
    """A case in words."""
    return f"{graph.name}, ℓ = {length:.4g}, c = {cos:.7g}"


@cache
def collection(among: str, budget: str) -> tuple[Graph, ...]:
    """The graphs of a class, smallest first: about 50 (quick) or 120 (full) of every kind."""
    chosen = standard(budget)
    for leaves, isolated in [(3, 1), (5, 30), (10, 100), (30, 3)]:
        chosen.append(graphs.disjoint_union(graphs.star(leaves), graphs.empty(isolated)))
    for size in (3, 8):
        chosen.append(graphs.disjoint_union(graphs.complete(size), graphs.cycle(10 * size)))
    chosen += [graphs.disjoint_cliques(8, 2), graphs.cycle(16), graphs.cycle(1000)]
    chosen += [graphs.empty(16), graphs.random_regular(36, 3, 1), graphs.random_regular(20, 8, 1)]
    chosen += [graphs.path(40), graphs.disjoint_union(graphs.path(38), graphs.empty(1))]
    chosen += [graphs.disjoint_union(graphs.complete(2), graphs.empty(7))]
    chosen = [graph for graph in chosen if _members(among)(graph)]
    return tuple(sorted(chosen, key=lambda graph: (graph.nodes, graph.edges)))


def _members(among: str) -> Callable[[Graph], bool]:
    if among in _CLASSES:
        return _CLASSES[among][0]
    if among == "every regular graph":
        return lambda graph: bool(np.ptp(graph.degrees) == 0)
    if among == "every graph with two different degrees":
        return lambda graph: bool(np.ptp(graph.degrees) > 0)
    return lambda graph: True


def columns(chosen: Sequence[Graph], length: np.ndarray, cos: np.ndarray) -> Columns:
    """The columns of graphs at weights of shape (graphs, weights), flattened graph by graph."""
    rho, mass = measures(tuple(chosen))
    mixed, slope, gap = evaluate(rho, mass, cos)
    ends, slopes, _ = evaluate(rho, mass, np.tile([[1.0, -1.0]], (len(chosen), 1)))
    degrees = [graph.degrees for graph in chosen]
    objects = np.empty(len(chosen), dtype=object)
    objects[:] = chosen
    of_graph = {
        "graph": objects,
        "n": np.array([float(graph.nodes) for graph in chosen]),
        "d": np.array([float(d.max()) for d in degrees]),
        "A": ends[:, 0],
        "C1": slopes[:, 0],
        "S": np.array([float(np.sum((d + 1) ** 2)) for d in degrees]),
        "M": np.array([float(np.sum(np.sqrt(d + 1.0)) ** 2) for d in degrees]),
        "R": np.sum(mass * rho**2, axis=1),
        "opposite": ends[:, 1],
    }
    of_weight = {
        "length": length,
        "cos": cos,
        "B": mixed,
        "C": slope,
        "gap": gap,
        "K": _curvature(rho, mass, cos),
        "sine": np.sqrt((1 - cos) * (1 + cos)),
        "along": length * cos,
    }
    flat = {name: np.repeat(values, np.shape(cos)[1]) for name, values in of_graph.items()}
    return {**flat, **{name: np.ravel(values) for name, values in of_weight.items()}}


@cache
def measures(chosen: tuple[Graph, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Overlap values and masses, filled up with zeros, shape (graphs, values)."""
    measures = [overlap(graph) for graph in chosen]
    width = max(len(measure.rho) for measure in measures)
    rho = np.stack([np.pad(np.asarray(m.rho), (0, width - len(m.rho))) for m in measures])
    mass = np.stack([np.pad(np.asarray(m.mass), (0, width - len(m.rho))) for m in measures])
    return rho, mass


def _curvature(rho: np.ndarray, mass: np.ndarray, cos: np.ndarray) -> np.ndarray:
    """C'(c) = sum m rho^2 / (pi sqrt(1 - rho^2 c^2)), shape (graphs, weights)."""
    total = np.zeros(np.shape(cos))
    with np.errstate(divide="ignore"):
        for k in range(rho.shape[1]):
            value, weight = rho[:, k, None], mass[:, k, None]
            root = np.sqrt((1 - value * cos) * (1 + value * cos))
            total += np.where(weight * value > 0, weight * value**2 / (np.pi * root), 0.0)
    return total


def _weights(among: str, budget: str, place: Place | None) -> tuple[np.ndarray, np.ndarray]:
    """Lengths and cosines, shape (graphs, weights): corners first, then random."""
    count = len(collection(among, budget))
    lengths, free = _SIZES[budget]
    generator = np.random.default_rng(_SEED)
    # Each graph has every cosine; on few weights the longer and shorter lengths take turns.
    corners = np.array(
        [list(product([*_LENGTHS[:2], *_turn(row, lengths)], _COSINES)) for row in range(count)]
    )
    length = 10.0 ** generator.uniform(-2, 2, (count, free))
    length[:, : free // 2] = generator.uniform(0.0, 3.0, (count, free // 2)) + 1e-9
    cos = np.cos(np.pi * generator.uniform(size=(count, free)))
    length = np.concatenate([corners[:, :, 0], length], axis=1)
    cos = np.concatenate([corners[:, :, 1], cos], axis=1)
    return (length, cos) if place is None else place(length, cos)


def _turn(row: int, lengths: int) -> list[float]:
    others = _LENGTHS[2:]
    return [others[(row * (lengths - 2) + k) % len(others)] for k in range(lengths - 2)]
