"""One step of gradient descent on one unit: Eqs. (14) and (15), and the library's gradient.

Columns as in `_relu_domains`; x = eta A.

Reference: awasthi2021, Eqs. (8), (14), (15). Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import relu_gnn
from gnnconv_lib.audit._relu_domains import in_turn, weights
from gnnconv_lib.claims import Domain, real
from gnnconv_lib.claims.hypotheses import Part

__all__ = ["PRINTED_STEP", "STEP_ENDS", "library_step", "next_length", "next_point", "steps"]

#: The paper's range of x = eta A.
STEP_ENDS = (1 / (16 * np.pi), 1 / (6 * np.pi))
PRINTED_STEP = real("x", "[1/(16*pi), 1/(6*pi)]", "x = ηA")


def steps(
    among: str = "every graph", *hypotheses: Part, chosen: Any = STEP_ENDS, **more: Any
) -> Domain:
    """`weights` with a step x; `hypotheses` must speak of it."""
    words = more.pop("words", say)
    return weights(
        among, *hypotheses, more=more.pop("more", in_turn(x=chosen)), words=words, **more
    )


def say(graph: Any, length: float, cos: float, x: float) -> str:
    """A case in words."""
    return f"{graph.name}, ℓ = {length:.4g}, c = {cos:.7g}, ηA = {x:.4g}"


def next_point(
    length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any
) -> tuple[np.ndarray, np.ndarray]:
    """alpha and beta after one step, by Eqs. (14) and (15)."""
    sine = np.sqrt((1 - cos) * (1 + cos))
    along = length * cos * (1 - x) + x * cos * B / A + x * sine**2 * C / A
    across = length * sine * (1 - x) + x * sine * B / A - x * cos * sine * C / A
    return along, across


def next_length(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any) -> np.ndarray:
    """|w+|, from w+ = ((1-x) l + x B/A) along w and (x C sin/A) across it."""
    radial = (1 - x) * length + x * B / A
    return np.hypot(radial, x * C * np.sqrt((1 - cos) * (1 + cos)) / A)


def library_step(graph: Any, length: Any, cos: Any, A: Any, x: Any) -> tuple[Any, Any]:
    """alpha and beta after w - eta grad L(w) with the gradient of `relu_gnn`, graph by graph."""
    u, beta = length * cos - 1, length * np.sqrt((1 - cos) * (1 + cos))
    along, across = np.empty_like(u), np.empty_like(u)
    same = np.array([id(entry) for entry in graph])
    for one in np.unique(same):
        rows = np.flatnonzero(same == one)
        slope = relu_gnn.reduced_gradient(u[rows], beta[rows], graph[rows[0]])
        eta = x[rows] / A[rows]
        along[rows] = 1 + u[rows] - eta * np.asarray(slope.u)
        across[rows] = beta[rows] - eta * np.asarray(slope.beta)
    return along, across
