"""The steps that put Theorem 1 together, Eqs. (16) and (17).

Reference: awasthi2021, sections 3 and 3.5. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit import _relu_lemmas
from gnnconv_lib.audit._exact_relu import exactly
from gnnconv_lib.audit._relu_domains import SPARSE, collection, weights
from gnnconv_lib.audit._relu_hessian import interior, largest_eigenvalue
from gnnconv_lib.audit._relu_starts import (
    EPSILON,
    STEP,
    UNITS,
    gradient_squared,
    loss,
    moved,
    paths,
    placed,
    with_error,
)
from gnnconv_lib.audit.awasthi2021.pl_condition import lemmas
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import (
    at_most,
    claim,
    domain,
    drawn,
    fixed,
    graph,
    integer,
    proved,
    readings,
    real,
    where,
)
from gnnconv_lib.relu_gnn import sums
from gnnconv_lib.summaries import overlap

_LOW = 1 / (16 * math.pi)
_STEPS = (0.999, 1e-4, 0.5, 1.5, 1.999)


def _turns(name: str, values: tuple[float, ...]) -> Any:
    return lambda made: {name: np.array(values)[np.arange(len(made["length"])) // 3 % len(values)]}


ANY_STEP = weights("every graph", real("x", "(0, 2)", "ηA"), more=_turns("x", _STEPS))
RANGE_OF_STEPS = weights(
    "every graph",
    real("x", "[1/(16*pi), 1/(6*pi)]", "ηA"),
    EPSILON,
    UNITS,
    where("α ≥ -1/100", lambda along: along >= -0.01),
    length="[0.99, inf)",
    cos="(-0.011, 1]",
    place=lambda length, cos: (
        0.99 + length * (length > 1e-5),
        np.maximum(cos, -0.0099 / (1 + length)),
    ),
    more=lambda made: {**with_error(made), **_turns("x", (_LOW, STEP, 0.04))(made)},
)
STEP_SIZES = interior(
    "every graph",
    real("x", "[1/(16*pi), 1/(6*pi)]", "ηA"),
    fixed("σ = 1, without the o(1)"),
    more=_turns("x", (STEP, _LOW, 0.04)),
)
INPUTS = domain(
    integer("r", "[1, inf)"),
    fixed("σ = 1, without the o(1), in units of A"),
    cases=lambda budget: {"r": np.array([1, 2, 3, 10, 100, 1000])},
)
REGULAR_FAR = weights(
    "every regular graph",
    where("w ≠ w*", lambda length, cos: (length != 1) | (cos != 1)),
    keep=lambda length, cos: (length != 1) | (cos != 1),
    regime=SPARSE,
)


def _next_to_the_teacher(start: Any) -> tuple[Any, Any]:
    delta = start["eps"] / (4 * start["h"] * start["n"])
    length = 1 + delta * np.array([1.0, -1.0, 0.3, 0.0])[np.arange(len(delta)) % 4] * (1 - 1e-9)
    across = delta * (1 + start["cos"]) / 2 * 0.9999
    return length, np.sqrt((1 - across / length) * (1 + across / length))


def _near(budget: str) -> dict[str, Any]:
    made = placed("every regular graph", budget, _next_to_the_teacher)
    # Below that the cosine of the angle has no digits for beta.
    kept = made["eps"] / (4 * made["h"] * made["n"]) >= 1e-5
    return {name: values[kept] for name, values in made.items()}


_NEAR = where(
    "|β| ≤ ε/(4hn) and |ℓ - 1| ≤ ε/(4hn)",
    lambda length, sine, eps, h, n: (
        (length * sine <= eps / (4 * h * n) * (1 + 1e-6))
        & (np.abs(length - 1) <= eps / (4 * h * n))
    ),
)
NEAR = domain(
    graph("graph", "every regular graph"),
    fixed("one unit, teacher of length 1, any r"),
    EPSILON,
    UNITS,
    _NEAR,
    where("α ≥ -1/100, by Lemma 3", lambda along: along >= -0.01),
    cases=_near,
    derived=(*weights().derived, "length", "cos"),
    regime=SPARSE,
    words=lambda graph, length, eps, h: f"{graph.name}, ℓ = {length:.10g}, ε = {eps:g}, h = {h:g}",
)
CLIQUES = domain(
    integer("d", "[0, inf)"),
    drawn("cliques", "disjoint cliques of d + 1 nodes, n ≥ 16 and 4d² ≤ n"),
    UNITS,
    EPSILON,
    fixed("ℓ = 1 + ε/(4hn), β = 0"),
    where("n ≥ 16 and 4d² ≤ n", lambda d, cliques: (d + 1) * cliques >= max(16, 4 * d * d)),
    cases=lambda budget: [
        {"d": d, "cliques": max(16, 4 * d) * k, "h": h, "eps": eps}
        for d in (0, 5, 100, 120, 1100)
        for k in (1, 3)
        for h, eps in ((1, 0.99), (3, 0.5), (10, 0.01))
    ],
    words=lambda d, cliques, h, eps: (
        f"{cliques} disjoint cliques of {d + 1} nodes, h = {h}, ε = {eps:g}"
    ),
)
STARTS = domain(
    graph(
        "graph",
        "every regular graph",
    ),
    fixed("r = 10, σ = 1, η = 1/(6πA), all of 300 steps, one unit"),
    drawn("seed", "Gaussian starts"),
    cases=lambda budget: paths(
        [g for g in collection("every regular graph", budget) if g.nodes <= 400],
        {"quick": 4, "full": 40}[budget],
        10,
        300,
    ),
    derived=("A", "C1", "n", "d", "cos_0", "slope_0", "losses", "squares"),
    words=lambda graph, seed: f"{graph.name}, start {seed}",
)


@claim("awasthi2021:remark-same-size-student", STARTS)
def reaches_the_teacher(losses: Any, A: Any, C1: Any, cos_0: Any, slope_0: Any) -> Any:
    """L_t ≤ (1 - x(2-x)µ(c₀)/A)^t L_0 along gradient descent with x = ηA: the loss goes to 0."""
    constant = bounds.polyak_lojasiewicz(A, slope_0, C1, cos_0) / A
    factor = 1 - STEP * (2 - STEP) * constant
    time = np.arange(losses.shape[1])
    bound = factor[:, None] ** time * losses[:, :1]
    sides = at_most(losses, bound, ("L_t", "bound"), losses + 1e-20)
    return proved(_relu_lemmas.induction(), sides=sides)


@claim("awasthi2021:eq-16", ANY_STEP, tolerance=1e-11)
def descent_inequality(
    graph: Any, length: Any, A: Any, B: Any, C: Any, gap: Any, cos: Any, sine: Any, x: Any
) -> Any:
    """L(w⁺) ≤ L - η|∇L|²(1 - ηA/2): A is a smoothness constant, and a larger one says less."""
    after = moved(graph, length, A, B, C, cos, sine, x)
    here = loss(A, gap, length)
    bound = here - x * (1 - x / 2) * gradient_squared(A, gap, length, C, sine) / A
    found = loss(A, after["gap"], after["length"])
    sides = at_most(found, bound, ("L(w⁺)", "bound"), A * (1 + length**2))
    return proved(_relu_lemmas.descent(), sides=sides)


@claim("awasthi2021:eq-17/step", RANGE_OF_STEPS, tolerance=1e-14)
def contraction(
    graph: Any,
    length: Any,
    A: Any,
    B: Any,
    C: Any,
    gap: Any,
    cos: Any,
    sine: Any,
    x: Any,
    n: Any,
    d: Any,
    eps: Any,
    h: Any,
) -> Any:
    """L(w⁺) ≤ (1 - ηµ*)L where Lemma 3 has brought the iterates."""
    after = moved(graph, length, A, B, C, cos, sine, x)
    factor = 1 - x / A * bounds.lemma_4_printed(eps, n, d, h)
    found = loss(A, after["gap"], after["length"])
    bound = factor * loss(A, gap, length)
    sides = at_most(found, bound, ("L(w⁺)", "(1 - ηµ*)L"), A * (1 + length**2))
    return proved(lemmas.contraction(), sides=sides)


@claim("awasthi2021:eq-17/product", STARTS)
def contraction_from_the_start(losses: Any, A: Any, n: Any, d: Any) -> Any:
    """L(w_t) ≤ (1 - ηµ*)^t L(w_0), with ε = h = 1 in µ*, the largest value."""
    factor = 1 - STEP / A * bounds.lemma_4_printed(1.0, n, d, 1)
    bound = factor[:, None] ** np.arange(losses.shape[1]) * losses[:, :1]
    return at_most(losses, bound, ("L_t", "(1 - ηµ*)^t L_0"))


@claim("awasthi2021:remark-smoothness-constant", INPUTS, repair="slip")
def smoothness_constant(r: Any) -> Any:
    """With σ = 1, Lemma 2 gives 4A(1 + √(4π + 3) + o(1))."""
    of_lemma = np.array([bounds.lemma_2_printed(1.0, 1.0, int(value)) for value in r])
    names = ("constant of Lemma 2", "stated constant")
    return (
        at_most(of_lemma, 4 * (1 + math.sqrt(4 * math.pi + 3)), names),
        at_most(of_lemma, 4 * (1 + np.sqrt(2 * np.sqrt(r) + 4 * math.pi + 1)), names),
    )


@claim("awasthi2021:remark-step-times-smoothness", STEP_SIZES)
def step_times_smoothness(
    x: Any, length: Any, cos: Any, A: Any, B: Any, C: Any, aa: Any, ab: Any, bb: Any
) -> Any:
    """ηΛ ≤ 1 for the smoothness parameter Λ ≤ 4A(1 + √(4π + 3))."""
    product_of_both = x * bounds.lemma_2_printed(1.0, 1.0, 1)
    # The directions orthogonal to w and w* have one eigenvalue of their own.
    largest = np.maximum(largest_eigenvalue(aa, ab, bb), A - (B - cos * C) / length)
    names = ("ηΛ", "stated bound")
    return (
        readings(
            the_smoothness_parameter=at_most(x * largest / A, 1.0, names),
            its_upper_bound=at_most(product_of_both, 1.0, names),
        ),
        at_most(product_of_both, 1.05, names),
    )


@claim("awasthi2021:remark-distance-to-teacher", NEAR)
def distance_to_teacher(length: Any, cos: Any, n: Any, eps: Any, h: Any) -> Any:
    """|w - w*|² ≤ ε²/(2hn²)."""
    squared = (length - 1) ** 2 + 2 * length * (1 - cos)
    sides = at_most(squared, eps**2 / (2 * h * n**2), ("|w - w*|²", "ε²/(2hn²)"))
    # e² = ε²/(hn)² is at most ε²/(hn²).
    return proved(lemmas.near_the_teacher(), sides=sides)


@claim("awasthi2021:remark-loss-below-distance", REGULAR_FAR, tolerance=1e-11)
def loss_below_distance(A: Any, gap: Any, length: Any, cos: Any, n: Any) -> Any:
    """L ≤ n(n - 1)|w - w*|²."""
    squared = (length - 1) ** 2 + 2 * length * (1 - cos)
    here, names = loss(A, gap, length), ("L", "stated bound")
    corrected = at_most(here, A / 2 * squared, names)
    return (
        at_most(here, n * (n - 1) * squared, names, exactly=exactly(_by_count)),
        proved(lemmas.loss_below_distance(), sides=corrected),
    )


def _by_count(x: Any, pi: Any) -> tuple[Any, Any]:
    squared = (x.length - 1) ** 2 + 2 * x.length * (1 - x.cos)
    return x.loss, x.n * (x.n - 1) * squared


@claim("awasthi2021:remark-theorem-1-conclusion/region", NEAR)
def conclusion(A: Any, gap: Any, length: Any, d: Any, eps: Any, h: Any) -> Any:
    """L ≤ ε²/h."""
    here, names = loss(A, gap, length), ("L", "stated bound")
    corrected = at_most(here, (d + 1) * eps**2 / h, names)
    return at_most(here, eps**2 / h, names), proved(lemmas.conclusion(), sides=corrected)


def _sum_on_cliques(d: Any, cliques: Any) -> Any:
    """A: ρ is 1 within a clique and 0 between two, where s is 1 and 1/π."""
    n = cliques * (d + 1)
    return (d + 1) * (n * (d + 1) + (n**2 - n * (d + 1)) / math.pi)


@claim("awasthi2021:remark-theorem-1-conclusion/cliques", CLIQUES)
def conclusion_on_cliques(d: Any, cliques: Any, h: Any, eps: Any) -> Any:
    """L ≤ ε²/h."""
    n = cliques * (d + 1)
    here = loss(_sum_on_cliques(d, cliques), 0.0, 1 + eps / (4 * h * n))
    names = ("L", "stated bound")
    small = float(sums(overlap(graphs.disjoint_cliques(3, 2)), 1.0)[0])
    assert math.isclose(_sum_on_cliques(1, 3), small, rel_tol=1e-12)
    return at_most(here, eps**2 / h, names), at_most(here, (d + 1) * eps**2 / h, names)
