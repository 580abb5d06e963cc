"""Lemma 5 and the steps of its proof: how large A, B(c) and C(c) are.

The hypothesis d = o(sqrt n) of the statement is made quantitative as d + 1 <= 3 n/(2 pi), which every
such family meets from some n on; `attack` reports whether a failing step also fails on graphs with
n >= 16 and 4 d^2 <= n. The corrected bounds need no hypothesis on the degree at all: they are the
tangent of s at 0 and its chord, summed over pairs.

Reference: awasthi2021, Lemma 5 and section 3.2. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.audit._relu_cases import attack, cases, on_graphs
from gnnconv_lib.audit._relu_collections import growing
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "a_lower",
    "b_lower",
    "b_lower_last_step",
    "b_upper",
    "c_diagonal",
    "c_lower",
    "c_over_a_vanishes",
    "c_terms_nonnegative",
    "c_upper",
    "lemma_5_first_part",
    "lemma_5_second_part",
    "overlapping_pairs",
    "sums_without_degree_hypothesis",
    "zero_overlap_terms",
]


def a_lower(budget: str = "quick") -> Evidence:
    """A >= n^2 (d+1) / pi on regular graphs."""
    at = cases(budget)
    bound = at.nodes**2 * (at.degree + 1) / np.pi
    return attack("A >= n^2 (d+1)/pi on regular graphs", at, bound, at.full, at.regular)


def b_upper(budget: str = "quick") -> Evidence:
    """B(c) <= A for every c, on every graph."""
    at = cases(budget)
    return attack("B(c) <= A", at, at.mixed, at.full)


def overlapping_pairs(budget: str = "quick") -> Evidence:
    """At most n d^2 ordered pairs share a message; with i = j it is n (d^2 + 1)."""
    at = cases(budget)
    pairs = np.array([[_overlapping(rho, mass)] for rho, mass in zip(at.rho, at.mass, strict=True)])
    counted = pairs / (at.degree + 1)
    return attack(
        "at most n d^2 pairs share a message on a regular graph",
        at,
        counted,
        at.nodes * at.degree**2,
        at.regular,
        corrected=(
            "At most n (d^2 + 1) ordered pairs share a message: each node shares one with itself, "
            "with d neighbours and with at most d (d - 1) nodes at distance two.",
            counted,
            at.nodes * (at.degree**2 + 1),
        ),
    )


def zero_overlap_terms(budget: str = "quick") -> Evidence:
    """Pairs without a shared message contribute 1/pi each, all others at least -1.

    The sharp lower bound of the others is 0, since s >= 0.
    """
    at = cases(budget)
    none = np.array([[_zero_overlap(rho, mass)] for rho, mass in zip(at.rho, at.mass, strict=True)])
    lower = none / np.pi - (at.pairs - none)
    return attack("B(c) >= (pairs with no overlap)/pi - (the other pairs)", at, lower, at.mixed)


def b_lower(budget: str = "quick") -> Evidence:
    """B(c) >= (d+1) ((n^2 - n d^2)/pi - n d^2) on regular graphs: the count misses the pairs i = j.

    It fails for d = 0, for every n. For d >= 1 the two errors (n d^2 for n (d^2 + 1), and -1 for the
    true lower bound 0 of a term) cancel.
    """
    at = cases(budget)
    degree, nodes = at.degree, at.nodes
    return attack(
        "B(c) >= (d+1)((n^2 - n d^2)/pi - n d^2) on regular graphs",
        at,
        (degree + 1) * ((nodes**2 - nodes * degree**2) / np.pi - nodes * degree**2),
        at.mixed,
        at.regular,
        corrected=(
            "B(c) >= M/pi - S/2 on every graph, so B(c) >= (d+1) n^2/(4 pi) on regular graphs with "
            "d + 1 <= 3 n/(2 pi).",
            at.pairs / np.pi - at.messages / 2,
            at.mixed,
        ),
    )


def b_lower_last_step(budget: str = "quick") -> Evidence:
    """(n^2 - n d^2)/pi - n d^2 >= n^2/(4 pi): exactly for n >= (4/3)(1 + pi) d^2, about 5.52 d^2.

    Every family with d = o(sqrt n) gets there; n = 100, d = 5 does not.
    """
    factor = 4 / 3 * (1 + np.pi)
    smallest = {d: int(np.ceil(factor * d**2)) for d in (1, 2, 5, 10, 30)}

    def holds(n: int, d: int) -> bool:
        return bool((n**2 - n * d**2) / np.pi - n * d**2 >= n**2 / (4 * np.pi))

    sharp = all(holds(n, d) and not holds(n - 1, d) for d, n in smallest.items())
    numbers = {f"smallest n for d = {d}": float(n) for d, n in smallest.items()}
    if sharp:
        summary = f"Holds for n >= {factor:.2f} d^2 and not below: n >= {smallest[5]} for d = 5."
        return Evidence("numerical", "holds", summary, numbers)
    witness = Witness("some d of 1, 2, 5, 10, 30", factor, float("nan"))
    return Evidence("numerical", "false as printed", "Another threshold.", numbers, None, witness)


def c_upper(budget: str = "quick") -> Evidence:
    """|C(c)| <= (d+1) n d^2, and = o(A).

    For d = 1 (a matching) it fails: C(1) = 4 n, the bound is 2 n. S = n (d+1)^2 always bounds C.
    """
    at = cases(budget)
    return attack(
        "|C(c)| <= (d+1) n d^2 on regular graphs",
        at,
        np.abs(at.slope),
        (at.degree + 1) * at.nodes * at.degree**2,
        at.regular,
        corrected=(
            "0 <= C(c) <= S = sum of (d_i+1)^2 on every graph, so C(c)/A <= pi S/M "
            "= pi (d+1)/n on regular graphs: o(1) for every d = o(n).",
            np.abs(at.slope),
            at.messages,
        ),
    )


def c_over_a_vanishes(budget: str = "quick") -> Evidence:
    """C(c)/A <= pi S/M on families with n growing: n C(1)/((d+1) A) stays below pi (regular ones)."""
    names, collection = zip(*growing(budget), strict=True)
    ones = np.ones((len(collection), 1))
    at = on_graphs(collection, ones, ones)
    found = attack(
        "C/A <= pi S/M for n growing", at, at.slope / at.full, np.pi * at.messages / at.pairs
    )
    large = at.nodes[:, 0] == at.nodes.max()
    ratio = (at.slope / at.full * at.pairs / at.messages)[:, 0]
    numbers = {
        f"M C(1)/(S A), {name}, largest n": float(r)
        for name, r, big in zip(names, ratio, large, strict=True)
        if big
    }
    return Evidence(
        found.kind,
        found.verdict,
        found.summary,
        {**found.numbers, **numbers},
        found.tolerance,
        found.witness,
    )


def c_terms_nonnegative(budget: str = "quick") -> Evidence:
    """Every term of C(c) is non-negative (the paper: for alpha >= -1/100 and l near 1)."""
    at = cases(budget)
    return attack("C(c) >= 0, at every cosine", at, np.zeros_like(at.slope), at.slope)


def c_diagonal(budget: str = "quick") -> Evidence:
    """Each diagonal term of the paper's sum is at least 1/200 when c >= -1/99."""
    at = cases(budget)
    near = (at.along >= -0.01) & (at.length >= 0.99)
    # l >= 0.99 stands for l >= 1 - o(1): the claim is about c >= -1/99.
    diagonal = 1 - np.arccos(at.cos) / np.pi
    return attack("s'(c) >= 1/200 for alpha >= -1/100, l >= 0.99", at, 1 / 200, diagonal, near)


def c_lower(budget: str = "quick") -> Evidence:
    """C(c) >= (d+1) n/2 >= A/(2n) for alpha >= -1/100 and l near 1.

    At c < 0 the diagonal alone gives s'(c) < 1/2. S s'(min(c, 0)) is the exact replacement.
    """
    at = cases(budget)
    near = at.regular & (at.along >= -0.01) & (at.length >= 0.99)
    minimum = 1 - np.arccos(np.minimum(at.cos, 0.0)) / np.pi
    return attack(
        "C(c) >= (d+1) n/2 on regular graphs for alpha >= -1/100, l >= 0.99",
        at,
        (at.degree + 1) * at.nodes / 2,
        at.slope,
        near,
        corrected=(
            "C(c) >= S s'(min(c, 0)) on every graph and for every c, with S = sum of (d_i+1)^2.",
            at.messages * minimum,
            at.slope,
        ),
    )


def lemma_5_first_part(budget: str = "quick") -> Evidence:
    """(d+1) n^2/(4 pi) <= B(c) on sparse regular graphs, quantified as d + 1 <= 3 n/(2 pi)."""
    at = cases(budget)
    sparse = at.regular & (at.degree + 1 <= 3 * at.nodes / (2 * np.pi))
    bound = (at.degree + 1) * at.nodes**2 / (4 * np.pi)
    return attack("B(c) >= (d+1) n^2/(4 pi) for d + 1 <= 3 n/(2 pi)", at, bound, at.mixed, sparse)


def lemma_5_second_part(budget: str = "quick") -> Evidence:
    """C(c) >= A/(2n) for alpha >= -1/100 and l >= 1/2 on sparse regular graphs.

    The same reading of d = o(sqrt n) as in the first part. The only regular graph on which it fails
    is the single node, where A/(2n) = 1/2 and C(c) < 1/2 for c < 0.
    """
    at = cases(budget)
    sparse = at.regular & (at.degree + 1 <= 3 * at.nodes / (2 * np.pi))
    near = sparse & (at.along >= -0.01) & (at.length >= 0.5)
    return attack(
        "C(c) >= A/(2n) for alpha >= -1/100, l >= 1/2, d + 1 <= 3 n/(2 pi)",
        at,
        at.full / (2 * at.nodes),
        at.slope,
        near,
    )


def sums_without_degree_hypothesis(budget: str = "quick") -> Evidence:
    """All four bounds of `bounds.awasthi2021_relu.lemma_5`, on every graph."""
    at = cases(budget)
    low_a, high_a, low_b, high_c = bounds.lemma_5(at.pairs, at.messages, at.cos)
    excess = np.zeros_like(at.mixed)
    for part in (low_a - at.full, at.full - high_a, low_b - at.mixed, at.slope - high_c):
        excess = np.maximum(excess, part)
    claim = "M/pi <= A <= M/pi + (1-1/pi) S, B >= M/pi + c S/2, C <= S"
    return attack(claim, at, excess, at.full * 1e-13)


def _overlapping(rho: np.ndarray, mass: np.ndarray) -> float:
    return float(mass[rho > 0].sum())


def _zero_overlap(rho: np.ndarray, mass: np.ndarray) -> float:
    return float(mass[rho == 0].sum())
