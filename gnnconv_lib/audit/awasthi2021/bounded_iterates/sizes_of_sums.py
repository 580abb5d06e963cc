"""Lemma 5 and the steps of its proof: how large A, B(c) and C(c) are.

`WIDE_REGULAR` (d + 1 <= 3n/(2 pi)) holds every sequence of graphs with d = o(sqrt n) from some n on.
Where a bound fails, the corrected one needs no hypothesis on the degree: it is the tangent or the
chord of s, summed over pairs. "l_t >= 1 - o(1)" is read as l >= 1/2, of which more would follow.

Reference: awasthi2021, Lemma 5 and section 3.2. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit import _pair_lemmas, _size_lemmas
from gnnconv_lib.audit._exact_relu import exactly, shared
from gnnconv_lib.audit._relu_domains import (
    SPARSE,
    WIDE_REGULAR,
    collection,
    columns,
    weights,
)
from gnnconv_lib.audit.awasthi2021.bounded_iterates import lemmas
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    domain,
    equal,
    graph,
    integer,
    lemma,
    proved,
    real,
    where,
)
from gnnconv_lib.dual.inequalities import certificate
from gnnconv_lib.witnesses.relu_expectation import expected_product

_SLIGHTLY_OBTUSE = where("α ≥ -1/100", lambda along: along >= -0.01)
_LONG = "[0.5, inf)"

EVERY = weights()
REGULAR = weights("every regular graph", regime=SPARSE)
WIDE = weights(WIDE_REGULAR)


def _long(length: np.ndarray, cos: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.maximum(length, 0.5), cos


def _near(among: str, **more: Any) -> Any:
    return weights(
        among,
        _SLIGHTLY_OBTUSE,
        length=_LONG,
        cos="[-0.02, 1]",
        place=lambda length, cos: _long(length, np.where(cos < -0.5, -0.02, cos)),
        keep=lambda along: along >= -0.01,
        **more,
    )


NEAR_WIDE = _near(WIDE_REGULAR)
NEAR_REGULAR = _near("every regular graph", regime=SPARSE)
REGULAR_GRAPHS = domain(
    graph("graph", "every regular graph"),
    cases=lambda budget: _graphs(budget),
    regime=SPARSE,
    derived=("n", "d", "A"),
)
PAIRS = domain(
    real("rho", "[0, 1]", "ρ = d_ij/(d+1)"),
    real("cos", "[-1, 1]", "c"),
    cases=lambda budget: _grid(
        np.linspace(0, 1, 21), [-1, -0.9, -0.5, -0.1, 0, 0.02, 0.3, 0.8, 0.999, 1]
    ),
)
DIAGONAL = domain(
    real("length", _LONG, "ℓ"),
    real("cos", "[-0.02, 1]", "c"),
    where("α ≥ -1/100", lambda length, cos: length * cos >= -0.01),
    cases=lambda budget: {
        "length": np.array([0.5, 0.5, 1.0, 1.0, 20.0, 5.0]),
        "cos": np.array([-0.02, 1.0, -0.01, 0.0, -0.0005, 0.7]),
    },
)
DISJOINT = domain(
    integer("first", "[1, inf)", "messages of node i"),
    integer("second", "[1, inf)", "messages of node j"),
    real("length", "(0, inf)", "ℓ"),
    cases=lambda budget: {
        "first": np.array([1.0, 1, 2, 3, 6, 50]),
        "second": np.array([1.0, 4, 2, 11, 6, 2]),
        "length": np.array([1.0, 0.01, 2.0, 30.0, 0.5, 1.0]),
    },
)
SIZES = domain(
    integer("n", "[1, inf)"),
    integer("d", "[0, inf)"),
    where("n ≥ 6 d², as d = o(√n) implies for large n", lambda n, d: n >= 6 * d**2),
    cases=lambda budget: _sizes(100 if budget == "quick" else 2000),
)


def _graphs(budget: str) -> dict[str, Any]:
    chosen = collection("every regular graph", budget)
    ones = np.ones((len(chosen), 1))
    made = columns(chosen, ones, ones)
    return {name: made[name] for name in ("graph", "n", "d", "A")}


def _grid(first: Any, second: Any) -> dict[str, np.ndarray]:
    rho, cos = np.array(list(product(first, second))).T
    return {"rho": rho, "cos": cos}


def _sizes(largest: int) -> dict[str, np.ndarray]:
    rows = [(max(1, factor * d * d), d) for d in range(largest) for factor in (6, 7, 100)]
    n, d = np.array(sorted(rows), float).T
    return {"n": n, "d": d}


def full_sum_is_large(n: Any, d: Any, A: Any) -> Any:
    """A ≥ n²(d+1)/π."""
    sides = at_most(n**2 * (d + 1) / np.pi, A, ("n²(d+1)/π", "A"))
    return proved(_size_lemmas.full_sum_is_large(), sides=sides)


def mixed_sum_below_full(A: Any, B: Any) -> Any:
    """B(c) ≤ A."""
    sides = at_most(B, A, ("B(c)", "A"))
    return proved(_pair_lemmas.terms(), sides=sides)


def mixed_sum_is_large(n: Any, d: Any, B: Any) -> Any:
    """B(c) ≥ n²(d+1)/(4π)."""
    sides = at_most((d + 1) * n**2 / (4 * np.pi), B, ("n²(d+1)/(4π)", "B(c)"))
    return proved(_size_lemmas.mixed_sum_is_large(), sides=sides)


def slope_vanishes(n: Any, d: Any, A: Any, C: Any) -> Any:
    """|C(c)|/A ≤ π(d+1)/n, so that |C(c)| = o(A)."""
    sides = at_most(np.abs(C) / A, np.pi * (d + 1) / n, ("|C(c)|/A", "π(d+1)/n"))
    return proved(_size_lemmas.slope_vanishes(), sides=sides)


def slope_is_large(n: Any, A: Any, C: Any) -> Any:
    """C(c) ≥ A/(2n)."""
    sides = at_most(A / (2 * n), C, ("A/(2n)", "C(c)"))
    return proved(_size_lemmas.slope_is_large(), sides=sides)


claim("awasthi2021:remark-a-lower", REGULAR_GRAPHS)(full_sum_is_large)
claim("awasthi2021:lemma-5/a-lower", REGULAR_GRAPHS)(full_sum_is_large)
claim("awasthi2021:remark-b-upper", EVERY)(mixed_sum_below_full)
for _item in ("awasthi2021:lemma-5", "awasthi2021:remark-sizes-of-b-and-c"):
    claim(f"{_item}/b-lower", WIDE)(mixed_sum_is_large)
    claim(f"{_item}/b-upper", EVERY)(mixed_sum_below_full)
    claim(f"{_item}/c-vanishes", REGULAR)(slope_vanishes)
claim("awasthi2021:remark-c-upper/vanishes", REGULAR)(slope_vanishes)
claim("awasthi2021:lemma-5/c-lower", NEAR_WIDE)(slope_is_large)


@claim("awasthi2021:remark-overlapping-pairs", REGULAR_GRAPHS, repair="slip")
def overlapping_pairs(graph: Any, n: Any, d: Any) -> Any:
    """At most n d² ordered pairs (i, j), i = j among them, share a message."""
    pairs = np.array([_sharing(entry) for entry in graph])
    names = ("pairs that share a message", "n d²")
    return (
        at_most(pairs, n * d**2, names, exactly=_exact_pairs),
        proved(_meeting(), sides=at_most(pairs, n * (d**2 + 1), names)),
    )


@lemma
def _meeting(p: Any, t: Any, d: Any) -> Any:
    """The closed neighbourhood of i meets those of i, of its d neighbours and of d - 1 more each."""
    return {
        "p nodes: i, its d neighbours, t others": p <= 1 + d + t,
        "each neighbour has d - 1 neighbours besides i": t <= d * (d - 1),
    }, d * d + 1 >= p


def _exact_pairs(graph: Any) -> tuple[Any, Any]:
    return sum(shared(graph).values()), graph.nodes * int(graph.degrees[0]) ** 2


def _sharing(graph: Any) -> float:
    """The ordered pairs of closed neighbourhoods that meet, counted."""
    closed = np.asarray(graph.adjacency.toarray()) + np.eye(graph.nodes)
    return float(np.count_nonzero(closed @ closed))


@claim("awasthi2021:remark-zero-overlap-terms/disjoint", DISJOINT)
def disjoint_pairs(first: Any, second: Any, length: Any) -> Any:
    """A pair without a shared message contributes σ̂(0) = 1/π, by the integral over both messages."""
    size = np.sqrt(first * second) * length
    expected = expected_product(first * length**2, second, 0.0)
    return equal(expected, size / np.pi, ("E σ(w·x_i)σ(w*·x_j)", "1/π times the lengths"))


@claim("awasthi2021:remark-zero-overlap-terms/others", PAIRS)
def other_pairs(rho: Any, cos: Any) -> Any:
    """Every other pair contributes at least -1."""
    sides = at_most(-1.0, np.asarray(dual.scaled_relu(rho * cos)), ("-1", "σ̂(ρc)"))
    return proved(certificate("nonnegative"), sides=sides)


@claim(
    "awasthi2021:remark-b-lower/count",
    REGULAR,
    repair="slip",
    corrected_by="awasthi2021:remark-b-lower/tangent",
)
def mixed_sum_by_count(n: Any, d: Any, B: Any) -> Any:
    """B(c) ≥ (d+1)((n² - n d²)/π - n d²)."""
    return at_most(
        (d + 1) * ((n**2 - n * d**2) / np.pi - n * d**2),
        B,
        ("(d+1)((n² - nd²)/π - nd²)", "B(c)"),
        exactly=exactly(
            lambda x, pi: ((x.d + 1) * ((x.n**2 - x.n * x.d**2) / pi - x.n * x.d**2), x.B)
        ),
    )


@correction("awasthi2021:remark-b-lower/tangent", EVERY)
def mixed_sum_above_a_tangent(M: Any, S: Any, B: Any) -> Any:
    """B(c) ≥ M/π - S/2, on every graph."""
    lower = bounds.lemma_5(M, S, -1.0)[2]
    sides = at_most(lower, B, ("M/π - S/2", "B(c)"))
    return proved(_pair_lemmas.from_the_tangent_at_zero(), sides=sides)


@claim("awasthi2021:remark-b-lower/size", SIZES)
def count_is_enough(n: Any, d: Any) -> Any:
    """(n² - n d²)/π - n d² ≥ n²/(4π)."""
    sides = at_most(n**2 / (4 * np.pi), (n**2 - n * d**2) / np.pi - n * d**2)
    return proved(_size_lemmas.count_is_enough(), sides=sides)


@claim("awasthi2021:remark-c-upper/terms", PAIRS, theorem="Dual.dual_facts")
def terms_at_most_one(rho: Any, cos: Any) -> Any:
    """Each term of C/(d+1) is at most 1."""
    return at_most(rho * np.asarray(dual.step(rho * cos)), 1.0, ("ρ σ̂_step(ρc)", "1"))


@claim("awasthi2021:remark-c-upper/bound", REGULAR, repair="slip")
def slope_by_count(n: Any, d: Any, M: Any, S: Any, C: Any) -> Any:
    """|C(c)| ≤ (d+1) n d²."""
    upper, stated = bounds.lemma_5(M, S, 0.0)[3], (d + 1) * n * d**2
    return (
        at_most(
            np.abs(C),
            stated,
            ("|C(c)|", "(d+1) n d²"),
            exactly=exactly(lambda x, pi: (abs(x.C), (x.d + 1) * x.n * x.d**2)),
        ),
        both(
            proved(_pair_lemmas.terms(), sides=at_most(np.abs(C), upper, ("|C(c)|", "S"))),
            proved(
                _size_lemmas.slope_by_count(),
                sides=at_most(
                    np.where(d >= 2, np.abs(C), 0.0), stated, ("|C(c)|, d ≥ 2", "(d+1) n d²")
                ),
            ),
        ),
    )


@claim("awasthi2021:remark-c-terms-nonnegative", PAIRS)
def terms_nonnegative(rho: Any, cos: Any) -> Any:
    """Each term of C is non-negative, at every cosine."""
    sides = at_most(0.0, rho * np.asarray(dual.step(rho * cos)), ("0", "ρ σ̂_step(ρc)"))
    return proved(certificate("nondecreasing"), sides=sides)


@claim("awasthi2021:remark-c-diagonal", DIAGONAL)
def diagonal_terms(length: Any, cos: Any) -> Any:
    """Each of the n diagonal terms of C/(d+1) is at least 1/200."""
    sides = at_most(1 / 200, np.asarray(dual.step(cos)), ("1/200", "σ̂_step(c)"))
    return proved(lemmas.diagonal(), sides=sides)


@claim("awasthi2021:remark-c-lower/slope", NEAR_REGULAR)
def slope_above_half(n: Any, d: Any, S: Any, cos: Any, C: Any) -> Any:
    """C(c) ≥ (d+1) n/2."""
    lower = S * np.asarray(dual.step(np.minimum(cos, 0.0)))
    return (
        at_most(
            (d + 1) * n / 2,
            C,
            ("(d+1) n/2", "C(c)"),
            exactly=exactly(lambda x, pi: ((x.d + 1) * x.n / 2, x.C)),
        ),
        # s' does not decrease, and ρc >= min(c, 0), pair by pair.
        proved(certificate("convex"), sides=at_most(lower, C, ("σ̂_step(min(c, 0)) S", "C(c)"))),
    )


@claim("awasthi2021:remark-c-lower/full", REGULAR_GRAPHS)
def full_sum_is_small(n: Any, d: Any, A: Any) -> Any:
    """(d+1) n/2 ≥ A/(2n), since A ≤ (d+1) n²."""
    sides = at_most(A / (2 * n), (d + 1) * n / 2, ("A/(2n)", "(d+1) n/2"))
    return proved(_size_lemmas.full_sum_is_small(), sides=sides)
