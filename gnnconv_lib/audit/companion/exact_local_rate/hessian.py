"""The Hessian at the teacher, by two routes.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import relu_gnn
from gnnconv_lib.audit.companion.exact_local_rate._few_graphs import few_graphs
from gnnconv_lib.claims import claim, domain, equal, graph, integer
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_pairs

HESSIANS = domain(
    graph(),
    integer("r", "[1, inf)"),
    cases=lambda budget: [
        {"graph": g, "r": r} for g in few_graphs(budget) for r in (1, 2, 4) if g.nodes <= 40
    ],
    words=lambda graph, r: f"{graph.name}, r = {r}",
)


@claim("companion:theorem-local-rate/hessian", HESSIANS, each=True, tolerance=1e-11)
def hessian_at_teacher(graph: Graph, r: int) -> Any:
    """The Hessian at the teacher is diag(A, C(1), ..., C(1)), with C(1) r - 1 times."""
    full, _, slope = relu_pairs.pair_sums(graph, 1.0)
    teacher = np.eye(r)[0]
    found = np.asarray(relu_gnn.hessian(teacher, teacher, overlap(graph)))
    return equal(found, np.diag([full] + [slope] * (r - 1)), ("Hessian", "diagonal"), full)


@claim("companion:theorem-local-rate/hessian/gradients", HESSIANS, each=True, tolerance=1e-6)
def hessian_from_gradients(graph: Graph, r: int) -> Any:
    """The Hessian at the teacher is diag(A, C(1), ..., C(1)), from differences of gradients."""
    full, _, slope = relu_pairs.pair_sums(graph, 1.0)
    teacher, rows = np.eye(r)[0], []
    for direction in np.eye(r):
        # One step of Richardson: the term next to the derivative is of the order of the angle.
        one, half = (
            relu_pairs.gradient(graph, [teacher + h * direction], [teacher])[0] / h
            for h in (2e-4, 1e-4)
        )
        rows.append(2 * half - one)
    exact = np.diag([full] + [slope] * (r - 1))
    return equal(np.array(rows), exact, ("slopes of the gradient", "diagonal"), full)
