"""Graphs of every kind, and the two curvatures at the teacher of each.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._relu_collections import standard
from gnnconv_lib.graphs import Graph
from gnnconv_lib.witnesses import relu_pairs


@cache
def few_graphs(budget: str) -> tuple[Graph, ...]:
    """Every kind of graph, smallest first."""
    small = [
        graphs.complete(1),
        graphs.empty(2),
        graphs.star(2),
        graphs.complete(3),
        graphs.disjoint_union(graphs.star(2), graphs.complete(1)),
        graphs.star(4),
        graphs.cycle(5),
        graphs.path(6),
        graphs.petersen(),
        graphs.random_regular(20, 3, 1),
    ]
    if budget == "quick":
        return tuple(small)
    return tuple(sorted(small + standard("quick"), key=lambda g: (g.nodes, g.edges)))


def curvatures(chosen: Any) -> tuple[np.ndarray, np.ndarray]:
    """A and C(1) of each graph, from all pairs of its nodes."""
    known = {id(g): relu_pairs.pair_sums(g, 1.0) for g in {id(g): g for g in chosen}.values()}
    return tuple(np.array([known[id(g)][k] for g in chosen]) for k in (0, 2))  # type: ignore[return-value]
