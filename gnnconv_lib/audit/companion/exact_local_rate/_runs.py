"""Gradient descent towards the teacher from many starts.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import descent
from gnnconv_lib.audit.companion.exact_local_rate._few_graphs import curvatures, few_graphs
from gnnconv_lib.claims import domain, graph, integer, real, where
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap


def _runs(budget: str) -> dict[str, Any]:
    starts = [(1.2, 0.5, 2), (0.1, 1.6, 5), (10.0, 3.1, 2), (1.0, 0.01, 3)]
    shares = (0.05, 0.45, 0.8, 1.0)
    rows = [
        (g, share, *starts[(k + i) % len(starts)])
        for k, g in enumerate(few_graphs(budget))
        for i, share in enumerate(shares)
    ]
    full, slope = curvatures([row[0] for row in rows])
    kept = [
        row for row, a, c in zip(rows, full, slope, strict=True) if row[1] < 1 or a - c > 1e-9 * a
    ]
    return {name: [row[k] for row in kept] for k, name in enumerate(_RUN)}


_RUN = ("graph", "share", "length", "theta", "r")


STEPS = real("share", "(0, 1]", "η over 2/(A + C(1))")


RUNS = domain(
    graph(),
    STEPS,
    where("ηA and ηC(1) are not both 1", lambda graph, share: share < 1 or not _single(graph)),
    real("length", "(0, inf)", "length l_0"),
    real("theta", "(0, pi)", "θ_0"),
    integer("r", "[2, inf)"),
    cases=_runs,
    words=lambda graph, share, length, theta, r: (
        f"{graph.name}, eta = {share:g} * 2/(A + C(1)), l_0 = {length:g}, theta_0 = {theta:g}, r = {r}"
    ),
)


def _single(g: Graph) -> bool:
    """Whether the graph is complete, so that A = C(1)."""
    return bool(np.all(g.degrees == g.nodes - 1))


def trajectory(
    chosen: Any,
    eta: Any,
    length: Any,
    theta: Any,
    r: Any,
    records: int | range,
    last: float,
    limit: int,
) -> Any:
    """Gradient descent in R^r from weights of length l at an angle, until L/A is `last`."""
    inner, count = int(np.max(r)), len(length)
    turned = np.zeros((count, 1, inner))
    for k in range(count):
        across = np.random.default_rng(k).normal(size=int(r[k]) - 1)
        turned[k, 0, 0] = length[k] * np.cos(theta[k])
        turned[k, 0, 1 : int(r[k])] = length[k] * np.sin(theta[k]) * across / np.linalg.norm(across)
    width = max(len(overlap(g).rho) for g in chosen)
    summed = {id(g): overlap(g).padded(width) for g in chosen}
    return descent.run_relu(
        turned,
        [np.eye(inner)[0]],
        [summed[id(g)] for g in chosen],
        eta,
        limit,
        records=records,
        target=last,
    )
