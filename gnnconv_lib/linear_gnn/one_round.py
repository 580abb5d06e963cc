"""One round: the loss is a quadratic in (W1, W2), solved completely.

Section 4 and appendix C of awasthi2021, book page `book/awasthi2021/linear-unequal-degrees`.

For L = 1 the walk counts needed are m_0 = n, m_1 = sum_i d_i and m_2 = sum_i d_i^2. With D1 = W1
- W1* and D2 = W2 - W2* the loss is 1/2 (m_0 |D1|^2 + 2 m_1 <D1, D2> + m_2 |D2|^2): the Hessian is
H (x) I with H = [[m_0, m_1], [m_1, m_2]]. det H = n^2 times the variance of the degrees. So the
minimiser is unique if and only if the degrees are not all equal, i.e. the graph has at least two
main eigenvalues.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.validation import require_real

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["OneRound", "iterations_needed", "quadratic"]


@dataclass(frozen=True)
class OneRound:
    """The quadratic of one round.

    Fields:
        hessian: (2, 2) matrix H = [[n, sum d], [sum d, sum d^2]].
        smallest, largest: its eigenvalues.
        largest_step: 2 / largest; gradient descent converges for every smaller learning rate.
        best_step: 2 / (smallest + largest), the step of least worst-case contraction.
        condition: largest / smallest, infinity for a regular graph.
        unique: whether the minimiser is unique.
    """

    hessian: Float[np.ndarray, "2 2"]
    smallest: float
    largest: float
    largest_step: float
    best_step: float
    condition: float
    unique: bool


def quadratic(graph: Graph) -> OneRound:
    """The Hessian of the one-round loss and what follows from it.

    smallest = det H / largest, with det H = (n sum d^2 - (sum d)^2) in exact integers.

    Reference: awasthi2021, Eqs. (20)-(21) with L = 1.

    >>> from gnnconv_lib import graphs
    >>> quadratic(graphs.path(3)).hessian.tolist(), quadratic(graphs.cycle(5)).unique
    ([[3.0, 4.0], [4.0, 6.0]], False)
    """
    graph = as_graph(graph)
    degrees = [int(degree) for degree in graph.degrees]
    m0, m1, m2 = graph.nodes, sum(degrees), sum(degree**2 for degree in degrees)
    determinant = m0 * m2 - m1**2
    largest = 0.5 * (m0 + m2 + float(np.hypot(m0 - m2, 2 * m1)))
    smallest = determinant / largest
    return OneRound(
        hessian=np.array([[m0, m1], [m1, m2]], dtype=np.float64),
        smallest=smallest,
        largest=largest,
        largest_step=2.0 / largest,
        best_step=2.0 / (smallest + largest),
        condition=largest / smallest if determinant else float("inf"),
        unique=determinant > 0,
    )


def iterations_needed(
    form: OneRound, start: Float[np.ndarray, " 2 *features"], learning_rate: float, loss: float
) -> int | None:
    """Least T with 1/2 x_T' H x_T <= loss for x_T = (I - eta H)^T x_0; None if there is none.

    Args:
        form: from `quadratic(graph)`. start: (2,) or (2, k) deviations (a, b) at the start.
        learning_rate: eta > 0. loss: the level to reach, > 0.

    >>> from gnnconv_lib import graphs
    >>> iterations_needed(quadratic(graphs.complete(2)), np.array([1.0, 1.0]), 0.125, 1.0)
    1
    """
    rate = require_real("learning_rate", learning_rate, minimum=0.0)
    target = require_real("loss", loss, minimum=0.0)
    values = np.array([form.smallest, form.largest])
    vectors = np.linalg.eigh(form.hessian)[1]
    parts = 0.5 * values * (np.sum((vectors.T @ np.reshape(start, (2, -1))) ** 2, axis=1))
    factors = (1.0 - rate * values) ** 2

    def reached(steps: int) -> bool:
        with np.errstate(over="ignore"):
            return bool(np.sum(parts * factors ** float(steps)) <= target)

    if reached(0):
        return 0
    if np.any((factors >= 1.0) & (parts > target)):
        return None
    upper = 1
    while not reached(upper):
        upper *= 2
        if upper > 2**60:
            return None
    lower = upper // 2
    while upper - lower > 1:
        middle = (lower + upper) // 2
        lower, upper = (lower, middle) if reached(middle) else (middle, upper)
    return upper
