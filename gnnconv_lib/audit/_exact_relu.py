"""The sums of the one-round ReLU GNN on one graph, in balls of Arb, for exact refutations.

Names as in `_relu_domains`: A, B, C, K = C', R, S, M and the derivatives in (alpha, beta). A second
transcription from the closed neighbourhoods, which shares no code with `summaries`.

Reference: awasthi2021, section 3. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from inspect import Parameter, Signature, signature
from types import SimpleNamespace
from typing import Any

from gnnconv_lib.graphs import Graph

__all__ = ["at", "exactly", "next_square", "shared"]

Ball = Callable[[Any], Any]


@cache
def shared(graph: Graph) -> dict[tuple[int, int], int]:
    """The number of ordered pairs with the same d_ij > 0 and D_i D_j, D = degree + 1.

    >>> from gnnconv_lib import graphs
    >>> shared(graphs.complete(2))
    {(2, 4): 4}
    """
    closed = [{i, *map(int, graph.neighbors(i))} for i in range(graph.nodes)]
    found: Counter[tuple[int, int]] = Counter()
    for own in closed:
        common: Counter[int] = Counter(j for k in own for j in closed[k])
        for j, count in common.items():
            found[count, len(own) * len(closed[j])] += 1
    return dict(found)


def at(graph: Graph, length: Any, cos: Any, ball: Ball, pi: Any) -> SimpleNamespace:
    """Everything at a weight of this length and cosine, |c| < 1 for K and the derivatives."""
    c, size = ball(cos), ball(length)
    n = graph.nodes
    degrees = [int(d) + 1 for d in graph.degrees]
    full = sum((ball(D).sqrt() for D in degrees), ball(0)) ** 2
    x = SimpleNamespace(length=size, cos=c, n=ball(n), d=ball(max(degrees) - 1), M=full)
    x.S = x.A = x.B = x.C = x.K = x.R = x.C1 = ball(0)
    # Pairs without a common neighbour add s(0) = 1/pi times their mass to A and B.
    apart = full
    for (common, product), number in shared(graph).items():
        m = ball(product).sqrt()
        square = Fraction(common * common, product)
        rho = ball(1) if square == 1 else ball(square).sqrt()
        apart -= number * m
        x.S += number * common
        x.A += number * m * _dual(rho, pi)
        x.B += number * m * _dual(rho * c, pi)
        x.C1 += number * common * _slope(rho, pi)
        x.C += number * common * _slope(rho * c, pi)
        x.R += number * m * rho**2
        if abs(c) < 1:
            x.K += number * common * rho / (pi * (1 - (rho * c) ** 2).sqrt())
    x.A, x.B = x.A + apart / pi, x.B + apart / pi
    x.gap = x.A - x.B
    x.sine = (1 - c * c).sqrt()
    x.along = size * c
    x.loss = x.A * (size**2 + 1) / 2 - size * x.B
    x.square = (x.A * size - x.B) ** 2 + x.C**2 * (1 - c * c)
    s = x.sine
    x.B_a, x.B_b = x.C * s * s / size, -x.C * c * s / size
    x.C_a, x.C_b = x.K * s * s / size, -x.K * c * s / size
    # The Hessian, see `smoothness`: A - s^2 (B - cC + s^2 K)/l and its like.
    bent = (x.B - c * x.C + s * s * x.K) / size
    x.aa, x.bb, x.ab = x.A - s * s * bent, x.A - c * c * bent, c * s * bent
    return x


def _dual(u: Any, pi: Any) -> Any:
    return (_root(u) + u * (pi - u.acos())) / pi


def _slope(u: Any, pi: Any) -> Any:
    return 1 - u.acos() / pi


def _root(u: Any) -> Any:
    square = 1 - u * u
    return square if square == 0 else square.sqrt()


def next_square(x: SimpleNamespace, step: Any) -> Any:
    """|w - eta grad L|^2 for a step eta A = `step`."""
    return ((1 - step) * x.length + step * x.B / x.A) ** 2 + (step * x.C * x.sine / x.A) ** 2


def exactly(formula: Callable[..., tuple[Any, Any]]) -> Callable[..., tuple[Any, Any]]:
    """Exact sides of a case of `_relu_domains` from a formula.

    Args:
        formula: from what `at` returns, a ball of pi and further columns by name, both sides.
    """
    more = list(signature(formula).parameters)[2:]

    def sides(**case: Any) -> tuple[Any, Any]:
        ball, pi = case["ball"], case["pi"]
        x = at(case["graph"], case["length"], case["cos"], ball, pi)
        return formula(x, pi, **{name: ball(case[name]) for name in more})

    names = ("graph", "length", "cos", "ball", "pi", *more)
    parts = [Parameter(name, Parameter.KEYWORD_ONLY) for name in names]
    sides.__signature__ = Signature(parts)  # type: ignore[attr-defined]
    return sides
