"""S, M and what they are on regular graphs.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from gnnconv_lib.audit import _pair_lemmas as pair
from gnnconv_lib.audit._relu_collections import standard
from gnnconv_lib.claims import at_most, both, claim, domain, equal, graph, proved, symbolic_zero
from gnnconv_lib.summaries import overlap

SIZES = domain(
    graph(),
    cases=lambda budget: [{"graph": g} for g in _by_size(budget)],
    words=lambda graph: graph.name,
)


REGULAR = domain(
    graph("graph", "every regular graph"),
    cases=lambda budget: [{"graph": g} for g in _by_size(budget) if np.ptp(g.degrees) == 0],
    words=lambda graph: graph.name,
)


def _by_size(budget: str) -> list[Any]:
    return sorted(standard(budget), key=lambda g: (g.nodes, g.edges))


def _sizes(graph: Any) -> tuple[float, float]:
    """M and S from the degrees."""
    sizes = graph.degrees + 1.0
    return float(np.sum(np.sqrt(sizes)) ** 2), float(np.sum(sizes**2))


@claim(
    "companion:definition-sizes/values",
    SIZES,
    each=True,
    tolerance=1e-12,
    theorem="LinearRate.sizes_from_degrees",
)
def sizes_are_sums_over_pairs(graph: Any) -> Any:
    """The sums of m_ij and of d_ij over all pairs are (sum sqrt(d_i+1))² and sum (d_i+1)²."""
    measure = overlap(graph)
    pairs = float(np.sum(measure.mass))
    shared = float(np.sum(np.asarray(measure.mass) * np.asarray(measure.rho)))
    return equal(
        np.array([pairs, shared]), np.array(_sizes(graph)), ("sums over pairs", "from degrees")
    )


@claim("companion:definition-sizes/order", SIZES, each=True)
def sizes_are_ordered(graph: Any) -> Any:
    """S is at most M, and M/S at most n/(mean degree + 1)."""
    pairs, messages = _sizes(graph)
    mean = graph.nodes / (float(np.mean(graph.degrees)) + 1)
    return both(
        proved(pair.order_of_sizes(), sides=at_most(messages, pairs, ("S", "M"))),
        proved(
            pair.mean_of_sizes(),
            sides=at_most(pairs / messages, mean, ("M/S", "n/(mean degree + 1)")),
        ),
    )


@claim("companion:definition-sizes/regular", REGULAR, each=True)
def sizes_of_regular_graphs(graph: Any) -> Any:
    """On a regular graph M/S is n/(d + 1)."""
    pairs, messages = _sizes(graph)
    sides = equal(pairs / messages, graph.nodes / (graph.degrees[0] + 1), ("M/S", "n/(d+1)"))
    n, D, M, S = sympy.symbols("n D M S", positive=True)
    sums = {M: (n * sympy.sqrt(D)) ** 2, S: n * D**2}
    return proved(symbolic_zero(M / S - n / D, lambda e: e.subs(sums)), sides=sides)
