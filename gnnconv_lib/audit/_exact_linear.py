"""The linear network with r = 1 over any ring: its loss, gradient and steps without rounding.

H = (alpha + beta A)^L X, summed over the nodes; averaged over standard Gaussian features the loss is
1/2 |1'((alpha + beta A)^L - (alpha* + beta* A)^L)|^2. Numbers are fractions or balls of Arb.

Reference: awasthi2021, Eqs. (18)-(20). Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gnnconv_lib.graphs import Graph

__all__ = [
    "descend",
    "gradient",
    "gradient_by_degrees",
    "loss",
    "loss_by_degrees",
    "steps_of_57",
    "sums_of_r",
]

Pair = Sequence[Any]


def _propagated(graph: Graph, vector: list[Any], pair: Pair) -> list[Any]:
    """(alpha + beta A) times a vector."""
    a, b = pair
    return [
        a * vector[i] + b * sum((vector[int(k)] for k in graph.neighbors(i)), 0 * a)
        for i in range(graph.nodes)
    ]


def _walks(graph: Graph, pair: Pair, L: int) -> list[list[Any]]:
    """(alpha + beta A)^k 1 for k = 0, ..., L."""
    found = [[1 + 0 * pair[0]] * graph.nodes]
    for _ in range(L):
        found.append(_propagated(graph, found[-1], pair))
    return found


def loss(graph: Graph, L: int, point: Pair, star: Pair) -> Any:
    """The loss.

    >>> from fractions import Fraction
    >>> from gnnconv_lib import graphs
    >>> loss(graphs.path(2), 1, (Fraction(1), Fraction(1)), (Fraction(1), Fraction(0)))
    Fraction(1, 1)
    """
    student, teacher = _walks(graph, point, L)[-1], _walks(graph, star, L)[-1]
    return sum((x - y) ** 2 for x, y in zip(student, teacher, strict=True)) / 2


def gradient(graph: Graph, L: int, point: Pair, star: Pair) -> tuple[Any, Any]:
    """Its derivatives with respect to alpha and beta.

    >>> from fractions import Fraction
    >>> from gnnconv_lib import graphs
    >>> gradient(graphs.path(2), 1, (Fraction(1), Fraction(1)), (Fraction(1), Fraction(0)))
    (Fraction(2, 1), Fraction(2, 1))
    """
    walks, teacher = _walks(graph, point, L), _walks(graph, star, L)[-1]
    # d/dx (alpha + beta A)^L 1 = L (alpha + beta A)^(L-1) (1 or A) 1, since all of them commute.
    inner = walks[L - 1]
    unit = 1 + 0 * point[0]
    moved = [inner, _propagated(graph, inner, (0 * unit, unit))]
    away = [x - y for x, y in zip(walks[L], teacher, strict=True)]
    first, second = (
        L * sum((x * y for x, y in zip(away, part, strict=True)), 0 * unit) for part in moved
    )
    return first, second


def descend(graph: Graph, L: int, start: Pair, star: Pair, rate: Any, steps: int) -> list[Pair]:
    """The points of gradient descent, the start among them."""
    path: list[Pair] = [tuple(start)]
    for _ in range(steps):
        slope = gradient(graph, L, path[-1], star)
        path.append(tuple(x - rate * g for x, g in zip(path[-1], slope, strict=True)))
    return path


def steps_of_57(
    graph: Graph, L: int, interval: Pair, star: Any, eps: Any, eta: Any
) -> tuple[Any, Any]:
    """For alpha or for beta, with one singular value: the largest step of Lemma 14, with the target itself
    for sigma*, and the number of steps of Eq. (57).

    Args:
        interval: l and u.

    >>> from flint import arb
    >>> from gnnconv_lib import graphs
    >>> one = arb(1)
    >>> step, _ = steps_of_57(graphs.path(3), 1, (one / 2, 2 * one), one, one, one)
    >>> round(float(1 / step), 9)  # delta = 2, d = 2: 2 * 3 * 4 * 5 / u / l
    120.0
    >>> _, steps = steps_of_57(graphs.empty(1), 2, (one, one), 2 * one, 2 * one, one / 8)
    >>> round(float(steps.exp()), 9)  # log(2 * 1 / 2) / (1/8 * 4)
    1.0
    """
    low, high = interval
    n, d = graph.nodes, int(graph.degrees.max())
    delta = (high / star).max(star / low)
    least = (1 + 0 * star).min(star ** -(2 * L - 2))
    below = 2 * n * L**2 * high ** (2 * L - 3) * (1 + high) ** (L - 1) * delta**2 * (d**2 + 1)
    logarithm = (L * high * (1 - star) ** 2 / eps).log()
    return low ** (2 * L - 1) * least / below, logarithm / (
        eta * L**2 * (d**2 + 1) * low ** (2 * L - 2)
    )


def _of_nodes(graph: Graph, point: Pair, star: Pair) -> list[tuple[int, Any, Any]]:
    """d_i, alpha + d_i beta and alpha* + d_i beta*."""
    degrees = [int(d) for d in graph.degrees]
    return [(d, point[0] + d * point[1], star[0] + d * star[1]) for d in degrees]


def loss_by_degrees(graph: Graph, L: int, point: Pair, star: Pair) -> Any:
    """Eq. (46) as printed."""
    return sum((m**L - goal**L) ** 2 for _, m, goal in _of_nodes(graph, point, star)) / 2


def gradient_by_degrees(graph: Graph, L: int, point: Pair, star: Pair) -> tuple[Any, Any]:
    """Sums over the nodes of g_i and d_i g_i, g of Eq. (51): 1/L of the derivative of Eq. (46)."""
    g = [(d, m ** (L - 1) * (m**L - goal**L)) for d, m, goal in _of_nodes(graph, point, star)]
    return sum(value for _, value in g), sum(d * value for d, value in g)


def sums_of_r(graph: Graph, L: int, point: Pair, star: Pair) -> list[Any]:
    """s_k = sum d_i^k r_i for k = 0, 1, 2, r of Eq. (54): m^(L-1) sum_j m^j m*^(L-1-j)."""
    r = [
        (d, m ** (L - 1) * sum(m**j * goal ** (L - 1 - j) for j in range(L)))
        for d, m, goal in _of_nodes(graph, point, star)
    ]
    return [sum(d**k * value for d, value in r) for k in range(3)]
