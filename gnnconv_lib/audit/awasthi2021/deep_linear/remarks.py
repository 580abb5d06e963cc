"""The remarks on Theorem 2: how its number of steps depends on ε, L, n and d; and the abstract.

The remarks speak of the theorem, so of T of Eq. (24) with the largest step size of Eq. (25).

Reference: awasthi2021, abstract and Section 4. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_regular import (
    DEGREE,
    NODES,
    REGULAR,
    ROUNDS,
    SHAPES,
    TARGET,
    after,
    columns,
    excess_loss,
)
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    domain,
    equal,
    fixed,
    graph,
    integer,
    real,
    where,
)
from gnnconv_lib.witnesses import linear_network

_RATIOS = (0.5, 0.9, 1.1, 5 / 3, 20.0, 0.02)


def _bounds(budget: str) -> dict[str, Any]:
    ratios = _RATIOS if budget == "quick" else (*_RATIOS, *np.geomspace(0.03, 30, 20))
    rows = [
        (n, d, L, round((1 + d) * float(ratio), 6), accuracy)
        for (n, d), L, ratio in product(SHAPES, (1, 2, 3, 4), ratios)
        for accuracy in (12.0, 0.05, 1e-4)
    ]
    return columns([row for row in rows if row[3] != 1], "n", "d", "L", "target", "accuracy")


BOUNDS = domain(
    *(REGULAR, NODES, DEGREE, ROUNDS, TARGET),
    real("accuracy", "(0, inf)", "ε"),
    where("σ* is not 1, where Eq. (24) gives minus infinity", lambda target: target != 1),
    fixed("one singular value, the largest step size of Eq. (25)"),
    cases=_bounds,
)


def _steps(n: Any, d: Any, L: Any, target: Any) -> np.ndarray:
    cases = zip(target, n, d, L, strict=True)
    return np.array([bounds.theorem_2_step_printed([t], a, b, c) for t, a, b, c in cases])


def _counts(n: Any, d: Any, L: Any, target: Any, accuracy: Any) -> np.ndarray:
    rates = _steps(n, d, L, target)
    cases = zip(target, n, d, L, accuracy, rates, strict=True)
    return np.array(
        [bounds.theorem_2_iterations_printed([t], a, b, c, e, x) for t, a, b, c, e, x in cases]
    )


def _growth(d: Any, target: Any) -> tuple[Any, Any, Any]:
    """u, l and delta from the identity, as defined."""
    upper, lower = np.maximum(2 * target, 1.0 + d), np.minimum(target / 2, 1.0 + d)
    return upper, lower, np.maximum(upper / target, target / lower)


def _front(n: Any, d: Any, L: Any, target: Any) -> Any:
    """1 / (eta L^2 (d^2+1) l^{2L-2}) with the largest eta: 2 n delta^2 u^{2L-3} (1+u)^{L-1}
    max(1, σ*^{2L-2}) / l^{4L-3}."""
    upper, lower, delta = _growth(d, target)
    top = 2 * n * delta**2 * upper ** (2 * L - 3) * (1 + upper) ** (L - 1)
    return top * np.maximum(1.0, target ** (2 * L - 2)) / lower ** (4 * L - 3)


@claim("awasthi2021:remark-theorem-2-error", BOUNDS, tolerance=1e-9)
def logarithmic(n: Any, d: Any, L: Any, target: Any, accuracy: Any) -> Any:
    """A ten times smaller ε adds log(10) times a number without ε to the T of the theorem."""
    more = _counts(n, d, L, target, accuracy / 10) - _counts(n, d, L, target, accuracy)
    front, large = _front(n, d, L, target), np.abs(_counts(n, d, L, target, accuracy))
    names = ("T(ε/10) - T(ε)", "log(10) times the number")
    return equal(more, np.log(10) * front, names, large + front)


@claim("awasthi2021:remark-theorem-2-depth", BOUNDS, tolerance=1e-9)
def exponential(n: Any, d: Any, L: Any, target: Any) -> Any:
    """One more round multiplies T, its logarithm apart, by the same number, which is 64 or more."""
    upper, lower, _ = _growth(d, target)
    base = upper**2 * (1 + upper) * np.maximum(1.0, target**2) / lower**4
    found = []
    for depth in (L, L + 1):
        rate = _steps(n, d, depth, target)
        found.append(1 / (rate * bounds.lemma_13_lower(1.0 + d, target, d, depth)))
    names = ("T(L + 1) / T(L)", "u²(1 + u) max(1, σ*²) / l⁴")
    return both(equal(found[1] / found[0], base, names), at_most(64.0, base, ("64", names[1])))


@claim("awasthi2021:remark-theorem-2-nodes", BOUNDS, tolerance=1e-9)
def linear_in_nodes(n: Any, d: Any, L: Any, target: Any, accuracy: Any) -> Any:
    """The T of the theorem is n times that of n = 1, all else equal."""
    one = _counts(np.ones_like(n), d, L, target, accuracy)
    return equal(_counts(n, d, L, target, accuracy), n * one, ("T", "n times T at n = 1"))


def _degrees(budget: str) -> dict[str, Any]:
    weights = (0.3, 1.0, 7.0, 20.0, 0.05)
    rows = [
        (L, first, second)
        for L, first, second in product((1, 2, 3, 4, 7), weights, weights)
        if budget == "full" or first == second or first == 1.0
    ]
    return columns(rows, "L", "first", "second")


DEGREES = domain(
    ROUNDS,
    real("first", "(0, inf)", "W1*"),
    real("second", "(0, inf)", "W2*"),
    fixed("r = 1, σ* = W1* + d W2*; exponent between d and 2 d, d = 10^9; n and logarithm apart"),
    cases=_degrees,
)


@claim("awasthi2021:remark-theorem-2-degree", DEGREES, tolerance=1e-5)
def polynomial(L: Any, first: Any, second: Any) -> Any:
    """The T of the theorem grows like d^{L-3}, a polynomial, for large d."""
    counts = []
    for d in (1e9, 2e9):
        target = first + d * second
        rate = _steps(np.ones_like(L), np.full_like(L, d), L, target)
        counts.append(1 / (rate * bounds.lemma_13_lower(1.0 + d, target, int(d), L)))
    exponent = np.log2(counts[1] / counts[0])
    return equal(exponent, L - 3, ("local exponent", "L - 3"), 1.0)


# The abstract. On a path of three nodes with three rounds, W1* = 2, W2* = 1/2, the pair of main
# values m = W1 - sqrt(2) W2 <= 0 and W1 + sqrt(2) W2 cannot leave a box.
_ROOT = np.sqrt(2.0)
_TEACHER, _BOX, _LARGEST = (2.0, 0.5), ((-3.6, 0.0), (-0.6, 2.0 + 0.5 * _ROOT)), 2e-4
_LOWEST = 0.5 * (2 - _ROOT) ** 2 / 4 * (_TEACHER[0] - _ROOT * _TEACHER[1]) ** 6


def _box(budget: str) -> dict[str, Any]:
    size = 25 if budget == "quick" else 121
    axes = [np.linspace(first, last, size) for first, last in _BOX]
    near = [np.unique([*axis, axis[0] + 1e-3, axis[-1] - 1e-3]) for axis in axes]
    return columns(product(*near, (1e-6, 1.0)), "low", "high", "share")


BOX = domain(
    fixed("path of three nodes, L = 3, W1* = 2, W2* = 1/2, r = 1"),
    real("low", "[-3.6, 0]", "W1 - √2 W2"),
    real("high", "[-0.6, 2 + 0.5 * sqrt(2)]", "W1 + √2 W2"),
    real("share", "(0, 1]", "step size over 1/5000"),
    cases=_box,
)


@correction("awasthi2021:remark-abstract-linear-rate/trap", BOX, each=True, tolerance=1e-12)
def trap(low: float, high: float, share: float) -> Any:
    """A step of gradient descent keeps (W1 - √2 W2, W1 + √2 W2) in the box
    [-3.6, 0] x [-0.6, 2 + 1/√2], where the loss is at least 0.2."""
    W1, W2 = (low + high) / 2, (high - low) / (2 * _ROOT)
    weights = [np.array([[x]]) for x in (W1, W2, *_TEACHER)]
    adjacency = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    first, second = (float(g[0, 0]) for g in linear_network.gradient(weights, adjacency, 3))
    W1, W2 = W1 - share * _LARGEST * first, W2 - share * _LARGEST * second
    moved = np.array([W1 - _ROOT * W2, W1 + _ROOT * W2])
    loss = float(linear_network.loss(weights, adjacency, 3))
    ends = np.array(_BOX).T
    return both(
        at_most(ends[0], moved, ("lower end", "value after a step"), 1.0),
        at_most(moved, ends[1], ("value after a step", "upper end"), 1.0),
        at_most(0.2, loss, ("0.2", "loss")),
    )


def _abstract(budget: str) -> list[dict[str, Any]]:
    known = [graphs.complete(1), graphs.complete(2), graphs.cycle(4), graphs.path(3)]
    known += [graphs.disjoint_union(graphs.complete(2), graphs.empty(1))]
    rounds = (1, 3, 4) if budget == "quick" else (1, 2, 3, 4, 5)
    return [
        {"graph": g, "L": L, "accuracy": accuracy}
        for g, L, accuracy in product(known, rounds, (11.0, 0.1, 1e-3))
    ]


EVERYWHERE = domain(
    graph(),
    integer("L", "[1, inf)"),
    real("accuracy", "(0, inf)", "ε"),
    fixed("W1* = 2, W2* = 1/2, start at the identity"),
    regime=where("ε below 1", lambda accuracy: accuracy < 1),
    cases=_abstract,
)


@claim(
    "awasthi2021:remark-abstract-linear-rate",
    EVERYWHERE,
    each=True,
    corrected_by="awasthi2021:remark-abstract-linear-rate/regular",
)
def reaches_every_accuracy(graph: Any, L: int, accuracy: float) -> Any:
    """For small enough steps the loss comes below ε^2 in a finite number of steps."""
    trapped = L == 3 and graph.nodes == 3 and sorted(graph.degrees.tolist()) == [1, 1, 2]
    start = (1 - _ROOT, 1 + _ROOT)
    inside = all(low <= x <= high for x, (low, high) in zip(start, _BOX, strict=True))
    # Everywhere else nothing is known that would keep the loss up.
    floor = _LOWEST if trapped and inside else 0.0
    return at_most(floor, accuracy**2, ("lower bound of the loss at all times", "ε²"))


RATES = domain(
    *(REGULAR, NODES, DEGREE, ROUNDS),
    real("target", "(0, inf)", "singular values σ* of W1* + d W2*"),
    real("share", "(0, 1]", "step size over the corrected one"),
    cases=lambda budget: columns(
        [
            (n, d, L, round((1 + d) * ratio, 6), share)
            for (n, d), L, ratio in product(SHAPES, (1, 2, 4), (0.5, 1.1, 5 / 3, 11.0, 0.05))
            for share in ((1.0, 0.02) if budget == "quick" else (1.0, 0.5, 0.1, 0.02))
        ],
        *("n", "d", "L", "target", "share"),
    ),
)


@correction("awasthi2021:remark-abstract-linear-rate/regular", RATES, tolerance=1e-9)
def geometric_on_regular_graphs(n: Any, d: Any, L: Any, target: Any, share: Any) -> Any:
    """On regular graphs, from the identity with a step up to the corrected one, the loss after t
    steps is at most n/2 L^2 M^{2L-2} (1 + d - σ*)^2 (1 - κ)^{2t} per singular value."""
    rate = share * np.array(
        [bounds.theorem_2_step_corrected([t], *c) for t, *c in zip(target, n, d, L, strict=True)]
    )
    low, high = np.minimum(1 + d, target), np.maximum(1 + d, target)
    kappa = rate * n * L**2 * (d**2 + 1) * low ** (2 * L - 2)
    front = n / 2 * L**2 * high ** (2 * L - 2) * (1 + d - target) ** 2
    spectrum, left, right = [np.array([t]) for t in target], [], []
    for steps in (0, 1, 5, 50):
        run = after(spectrum, n, d, L, rate, np.full_like(n, steps))
        left.append(excess_loss(*run, n, L)[0])
        right.append(front * (1 - np.minimum(kappa, 1.0)) ** (2 * steps))
    names, scale = ("loss after t steps", "geometric bound"), (front + 1e-300)[:, None]
    return at_most(np.stack(left, axis=1), np.stack(right, axis=1), names, scale)
