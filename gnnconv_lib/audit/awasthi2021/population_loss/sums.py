"""The sums A, B and C, on regular graphs and on all.

Reference: awasthi2021, section 3 and Appendix B. Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import relu_gnn
from gnnconv_lib.audit.awasthi2021.population_loss._cases import each_with
from gnnconv_lib.audit.awasthi2021.setting import regular_graphs, small_graphs
from gnnconv_lib.claims import at_most, claim, domain, equal, graph, proved, real
from gnnconv_lib.dual.inequalities import certificate
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_pairs
from gnnconv_lib.witnesses.dual_activation import dual_activation

_COSINES = (1.0, 0.0, -1.0, 0.6, -0.3)


ANGLES_REGULAR = domain(
    graph(among="every regular graph"),
    real("cos", "[-1, 1]", "c"),
    cases=each_with(regular_graphs, "cos", _COSINES),
)


ANGLES = domain(
    graph(), real("cos", "[-1, 1]", "c"), cases=each_with(small_graphs, "cos", _COSINES)
)


@claim("awasthi2021:definition-a-b-c", ANGLES_REGULAR, tolerance=1e-11, each=True)
def sums_on_regular_graphs(graph: Graph, cos: float) -> Any:
    """d + 1 times the printed sums are this book's A, B(c) and C(c)."""
    size = float(graph.degrees[0]) + 1
    rho = relu_pairs.shared_messages(graph) / size
    printed = [
        dual_activation("scaled_relu", rho).sum(),
        dual_activation("scaled_relu", rho * cos).sum(),
        (rho * dual_activation("step", rho * cos)).sum(),
    ]
    found = np.asarray(relu_gnn.sums(overlap(graph), cos), float)
    names = ("(d + 1) times the printed sum", "sum of the library")
    return equal(size * np.array(printed), found, names, found[0])


@claim("awasthi2021:definition-a-b-c-unequal/sums", ANGLES, tolerance=1e-11, each=True)
def sums_on_every_graph(graph: Graph, cos: float) -> Any:
    """A, B(c), C(c) with m_ij and ρ_ij are the sums of which the loss is made."""
    pairs = np.array(relu_pairs.pair_sums(graph, cos))
    found = np.asarray(relu_gnn.sums(overlap(graph), cos), float)
    return equal(found, pairs, ("sum of the library", "sum over all pairs"), pairs[0])


@claim("awasthi2021:remark-a-b-nonnegative", ANGLES, each=True)
def sums_are_not_negative(graph: Graph, cos: float) -> Any:
    """A ≥ 0 and B(c) ≥ 0, for every degree and every angle."""
    full, mixed, _ = (float(x) for x in relu_gnn.sums(overlap(graph), cos))
    sides = at_most(0.0, [full, mixed], ("0", "A or B"), full)
    return proved(certificate("nonnegative"), sides=sides)
