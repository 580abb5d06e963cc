"""Overlap measures of graphs, and artificial ones that no graph has.

What the linear rate uses of a graph is only that its overlap measure has nonnegative masses, overlaps
in [0, 1] and some mass at 1.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from gnnconv_lib.audit._relu_collections import standard
from gnnconv_lib.claims.hypotheses import Part
from gnnconv_lib.relu_gnn.pair_terms import PairTable, pair_table
from gnnconv_lib.summaries import overlap
from gnnconv_lib.summaries.overlap_measure import stack

__all__ = ["Measures", "every_measure", "measures"]

Array = np.ndarray


@dataclass(frozen=True)
class Measures:
    """Overlap measures, first axis: those of graphs, then artificial ones.

    Fields:
        names: of the graphs, and numbers of the others.
        rho, mass: of shape (measures, atoms), padded with masses of zero.
        graphs: how many belong to graphs.
    """

    names: tuple[str, ...]
    rho: Array
    mass: Array
    graphs: int

    @cached_property
    def messages(self) -> Array:
        """S, shape (measures,)."""
        return np.sum(self.mass * self.rho, axis=1)

    @cached_property
    def pairs(self) -> Array:
        """M, shape (measures,)."""
        return np.sum(self.mass, axis=1)

    @cached_property
    def table(self) -> PairTable:
        """What `pair_sums` needs."""
        return pair_table(self.rho, self.mass)


@cache
def measures(budget: str = "quick") -> Measures:
    """The standard graphs of the audit, and artificial measures of up to four atoms."""
    collection = sorted(standard(budget), key=lambda graph: (graph.nodes, graph.edges))
    real_ones = stack([overlap(graph) for graph in collection])
    count = {"quick": 80, "full": 200}[budget]
    generator = np.random.default_rng(1729)
    rho = generator.uniform(size=(count, 4)) ** generator.choice([0.3, 1.0, 4.0], size=(count, 1))
    mass = 10.0 ** generator.uniform(-6, 1, size=(count, 4))
    rho[:, 0] = 1.0
    rho[: count // 4, 1] = 0.0
    mass[: count // 8, 2:] = 0.0  # disjoint cliques, with any masses
    mass[-3:, 1:] = 0.0  # complete graphs
    mass /= np.sum(mass * rho, axis=1, keepdims=True)
    width = real_ones.rho.shape[1]
    pad = ((0, 0), (0, max(width - 4, 0)))
    names = tuple(graph.name for graph in collection)
    return Measures(
        names + tuple(f"artificial measure {k}" for k in range(count)),
        np.concatenate([np.asarray(real_ones.rho), np.pad(rho, pad)]),
        np.concatenate([np.asarray(real_ones.mass), np.pad(mass, pad)]),
        len(names),
    )


def every_measure() -> Part:
    """The hypothesis "every graph": all corners are among the measures of the column `measure`."""

    def complaints(cases: Any) -> list[str]:
        known = measures("full") if _budget(cases) == "full" else measures("quick")
        seen = np.unique([case["measure"] for case in cases])
        live = known.mass[seen] > 0
        rho = known.rho[seen]
        single = np.all(~live | (rho > 1 - 1e-12), axis=1)
        separate = np.any(live & (rho < 1e-12), axis=1)
        corners = {
            "a complete graph": single.any(),
            "a graph with nodes that share nothing": separate.any(),
            "a connected graph that is not complete": (~single & ~separate).any(),
            "a graph": (seen < known.graphs).any(),
        }
        return [f"the cases lack {words}." for words, there in corners.items() if not there]

    return Part(
        "every graph (attacked on overlap measures that no graph has, too)", "measure", complaints
    )


def _budget(cases: Any) -> str:
    return (
        "full"
        if max(case["measure"] for case in cases) >= len(measures("quick").names)
        else "quick"
    )
