"""Graphs by the name of their family, with one vocabulary of parameters. Book: `book/setting.ipynb`."""

from __future__ import annotations

from typing import Any

from gnnconv_lib.graphs import families, random_families
from gnnconv_lib.graphs.graph import Graph
from gnnconv_lib.validation import InvalidInput, require_choice, require_integer

__all__ = ["FAMILIES", "named"]

FAMILIES: tuple[str, ...] = (
    "star",
    "path",
    "cycle",
    "complete",
    "empty",
    "cliques",
    "regular",
    "petersen",
)


def named(family: str, nodes: int, degree: int | None = None, seed: Any = 0) -> Graph:
    """The graph of a family on `nodes` nodes.

    Args:
        family: one of `FAMILIES`.
        nodes: n, of the whole graph (a star has n - 1 leaves); 10 for "petersen".
        degree: d, for "regular" and for "cliques" of d + 1 nodes each; only there.
        seed: for "regular"; the others draw nothing.

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
    if family not in ("cliques", "regular"):
        if degree is not None:
            raise InvalidInput(
                f"degree must be left out for the family {family!r}, got {degree!r}."
            )
        if family == "star":
            return families.star(require_integer("nodes", nodes, minimum=2) - 1)
        if family == "petersen":
            require_integer("nodes", nodes, minimum=10, maximum=10)
            return families.petersen()
        return getattr(families, family)(nodes)
    if degree is None:
        raise InvalidInput(f"degree must be given for the family {family!r}, got None.")
    degree = require_integer("degree", degree, minimum=0)
    if family == "regular":
        return random_families.random_regular(nodes, degree, seed)
    if nodes % (degree + 1):
        raise InvalidInput(
            f"nodes must be a multiple of degree + 1 = {degree + 1} for cliques, got {nodes}."
        )
    return families.disjoint_cliques(nodes // (degree + 1), degree + 1)
