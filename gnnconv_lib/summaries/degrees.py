"""The degree measure: all that node-level training in the second paper sees of a graph.

li2021, Section 3 (Eq. (11)): with features of independent standard normal entries, the average
over N_i has variance 1 / |N_i|, so population sums over nodes are sums of functions of |N_i|
alone. N_i contains i: |N_i| = d_i + 1. Book page `book/setting.ipynb`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.shapes import Numbers

__all__ = ["DegreeMeasure", "degrees"]


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False, repr=False)
class DegreeMeasure:
    """The multiset of closed degrees |N_i| = d_i + 1 of a graph.

    Fields:
        size: (K,) the different values of |N_i|, increasing; float64.
        count: (K,) number of nodes with that value; float64.
        nodes: n = sum_k count_k. Static under JAX.

    A JAX pytree. Reference: li2021, Eq. (11).
    """

    size: Numbers[Any, " values"]
    count: Numbers[Any, " values"]
    nodes: int = field(metadata={"static": True})

    def __repr__(self) -> str:
        return f"DegreeMeasure(values={len(self.size)}, nodes={self.nodes})"

    def total(self, function: Callable[[Any], Any]) -> Any:
        """The sum over nodes of function(|N_i|): sum_k count_k function(size_k).

        Args:
            function: applied to the array of sizes (K,), returns one of shape (K,).

        >>> from gnnconv_lib.graphs import star
        >>> float(degrees(star(2)).total(lambda size: 1 / size))  # 1/3 + 1/2 + 1/2
        1.3333333333333333
        """
        return (self.count * function(self.size)).sum()


def degrees(graph: Graph) -> DegreeMeasure:
    """The different closed degrees d_i + 1 of a graph, with the number of nodes of each.

    Raises:
        InvalidInput: if `graph` is not a `Graph`.

    Reference: li2021, Eq. (11).

    >>> from gnnconv_lib.graphs import star
    >>> measure = degrees(star(3))
    >>> measure.size, measure.count, measure.nodes
    (array([2., 4.]), array([3., 1.]), 4)
    """
    graph = as_graph(graph)
    size, count = np.unique(graph.degrees + 1, return_counts=True)
    return DegreeMeasure(size.astype(np.float64), count.astype(np.float64), graph.nodes)
