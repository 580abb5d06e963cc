"""Graphs by the name of their family, with one vocabulary of parameters. Book: `book/setting.ipynb`."""

from __future__ import annotations

import math
from typing import Any

from gnnconv_lib.graphs import families, random_families
from gnnconv_lib.graphs.graph import Graph
from gnnconv_lib.validation import InvalidInput, require_choice, require_integer

__all__ = ["FAMILIES", "named"]

FAMILIES: tuple[str, ...] = (
    "star",
    "path",
    "cycle",
    "grid",
    "complete",
    "empty",
    "petersen",
    "cliques",
    "regular",
    "preferential",
    "random",
)
_WITH_DEGREE = ("cliques", "regular", "preferential", "random")


def named(
    family: str,
    nodes: int,
    degree: int | None = None,
    seed: Any = 0,
    edge_probability: float | None = None,
) -> Graph:
    """The graph of a family on `nodes` nodes.

    Args:
        family: one of `FAMILIES`.
        nodes: n, of the whole graph: a star has n - 1 leaves, a grid sqrt(n) rows and columns; 10
            for "petersen".
        degree: d, for "regular", for "cliques" of d + 1 nodes each, for "preferential" attachment
            of d edges with each new node, and for "random" edges of probability d / n; only there.
        seed: for "regular", "preferential" and "random"; the others draw nothing.
        edge_probability: for "random", in place of a degree.

    Raises:
        InvalidInput: for parameters that the family does not take or cannot meet.

    >>> named("star", 5)
    Graph(nodes=5, edges=4, name='star(4)')
    >>> named("cliques", 6, degree=2).degrees
    array([2, 2, 2, 2, 2, 2])
    >>> named("cliques", 7, degree=2)
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: nodes must be a multiple of degree + 1 = 3 for cliques, got 7.
    """
    require_choice("family", family, FAMILIES)
    nodes = require_integer("nodes", nodes, minimum=1)
    if edge_probability is not None and family != "random":
        raise InvalidInput(
            f"edge_probability must be left out for the family {family!r}, got {edge_probability!r}."
        )
    if family not in _WITH_DEGREE or edge_probability is not None:
        if degree is not None:
            instead = f"the family {family!r}" if family != "random" else "a given edge_probability"
            raise InvalidInput(f"degree must be left out for {instead}, got {degree!r}.")
        return (
            _plain(family, nodes) if family != "random" else _random(nodes, edge_probability, seed)
        )
    if degree is None:
        raise InvalidInput(f"degree must be given for the family {family!r}, got None.")
    degree = require_integer("degree", degree, minimum=0)
    if family == "regular":
        return random_families.random_regular(nodes, degree, seed)
    if family == "preferential":
        return random_families.barabasi_albert(nodes, degree, seed)
    if family == "random":
        return _random(nodes, require_integer("degree", degree, 0, nodes) / nodes, seed)
    if nodes % (degree + 1):
        raise InvalidInput(
            f"nodes must be a multiple of degree + 1 = {degree + 1} for cliques, got {nodes}."
        )
    return families.disjoint_cliques(nodes // (degree + 1), degree + 1)


def _plain(family: str, nodes: int) -> Graph:
    if family == "star":
        return families.star(nodes - 1) if nodes > 1 else families.empty(1)
    if family == "grid":
        side = math.isqrt(nodes)
        if side**2 != nodes:
            raise InvalidInput(f"nodes must be a square for a grid, got {nodes}.")
        return families.grid(side, side)
    if family == "petersen":
        require_integer("nodes", nodes, minimum=10, maximum=10)
        return families.petersen()
    makers = {
        "path": families.path,
        "cycle": families.cycle,
        "complete": families.complete,
        "empty": families.empty,
    }
    return makers[family](nodes)


def _random(nodes: int, edge_probability: Any, seed: Any) -> Graph:
    return random_families.erdos_renyi(nodes, edge_probability, seed)
