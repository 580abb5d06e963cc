"""Lemmas 4 and 9, Eqs. (26)-(29): how large the gradient is against the loss.

The printed constants are tested at the hardest allowed values, epsilon = 1 and h = 1, with
delta = epsilon / (4 h n), and with every printed factor d + 1 as it stands. In the sums of this
library, A, B and C carry d + 1 already: the paper's are A/(d+1), B/(d+1), C/(d+1).

Reference: awasthi2021, Lemmas 4 and 9. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.audit._relu_cases import Cases, attack, cases
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "c_term_bound",
    "c_term_with_lemma_5",
    "gradient_norm",
    "lemma_4",
    "long_case",
    "loss_without_b",
    "pl_at_random_starts",
    "pl_ratio",
    "pl_without_epsilon",
]

Array = np.ndarray


def gradient_norm(budget: str = "quick") -> Evidence:
    """|grad L|^2 = (l A - B)^2 + (C sin)^2; printed with C/(d+1) for C, and lost d + 1 in line one."""
    at = cases(budget)
    exact = at.gradient_squared
    printed = exact - (at.slope * at.sine) ** 2 * (1 - 1 / (at.degree + 1) ** 2)
    error = np.abs(printed - exact)
    return attack(
        "the printed |grad L|^2 is the exact one on regular graphs",
        at,
        error,
        1e-9 * exact,
        at.regular & (exact > 0),
        corrected=(
            "|grad L|^2 = (d+1)^2 ((l A - B)^2 + (beta/l)^2 C^2) in the paper's A, B, C: the "
            "second term has no 1/(d+1)^2.",
            np.zeros_like(error),
            1e-9 * exact,
        ),
        shown=(printed, exact),
        kind="numerical",
    )


def loss_without_b(budget: str = "quick") -> Evidence:
    """Eq. (26): L = A (l^2+1)/2 - l B <= A (l^2+1)/2, because B >= 0."""
    at = cases(budget)
    bound = at.full * (at.length**2 + 1) / 2
    return attack("L <= A (l^2 + 1)/2", at, at.loss, bound)


def pl_ratio(budget: str = "quick") -> Evidence:
    """|grad L|^2/L >= (l A - B)^2/A + 2 beta^2 C^2/((l^2+1) A), as printed below Eq. (26)."""
    at = cases(budget)
    radial = at.full * (at.length - 1) + at.gap
    left = (radial**2 + 2 * (at.across * at.slope) ** 2 / (at.length**2 + 1)) / at.full
    proper = 2 * at.gradient_squared / ((at.length**2 + 1) * at.full)
    return attack(
        "|grad L|^2/L >= (l A - B)^2/A + 2 beta^2 C^2/((l^2+1) A)",
        at,
        left,
        _ratio(at),
        at.loss > 0,
        corrected=(
            "|grad L|^2/L >= 2 ((l A - B)^2 + (beta/l)^2 C^2)/((l^2+1) A), by Eq. (26).",
            proper,
            _ratio(at),
        ),
    )


def long_case(budget: str = "quick") -> Evidence:
    """Eq. (27): l - 1 > delta gives |grad L|^2/L >= A eps^2/(16 h^2 n^2) >= (d+1) eps^2/(16 pi h^2)."""
    at = cases(budget)
    middle = at.full / (16 * at.nodes**2)
    last = (at.degree + 1) / (16 * np.pi)
    where = at.regular & (at.length - 1 > _delta(at)) & (at.loss > 0)
    return attack(
        "|grad L|^2/L >= A/(16 n^2) >= (d+1)/(16 pi) for l > 1 + delta",
        at,
        np.maximum(middle, last),
        np.minimum(_ratio(at), np.where(middle >= last * (1 - 1e-12), 1e300, middle)),
        where,
    )


def c_term_bound(budget: str = "quick") -> Evidence:
    """Eq. (28): |l - 1| <= delta and |beta| > delta give the printed multiples of C^2/A."""
    at = _near_unit_length(budget)
    paper = at.slope**2 / (at.full * (at.degree + 1))
    middle = 2 * at.across**2 * paper / ((at.length**2 + 1) * (at.degree + 1))
    last = paper / (at.degree + 1) / (5 * 16 * at.nodes**2)
    return attack(
        "Eq. (28) for |l - 1| <= delta, |beta| > delta",
        at,
        np.maximum(middle, last),
        _ratio(at),
        at.regular & (at.across > _delta(at)) & (at.loss > 0),
    )


def c_term_with_lemma_5(budget: str = "quick") -> Evidence:
    """Eq. (29): then |grad L|^2/L >= eps^2/(380 pi h^2 n^2 (d+1)), where C >= A/(2n)."""
    at = _near_unit_length(budget)
    bound = bounds.lemma_4_printed(1.0, at.nodes, at.degree, 1)
    enough = at.slope >= at.full / (2 * at.nodes)
    where = at.regular & enough & (at.across > _delta(at)) & (at.loss > 0)
    return attack("Eq. (29) where C >= A/(2n)", at, bound, _ratio(at), where)


def lemma_4(budget: str = "quick") -> Evidence:
    """Lemma 4's conclusion wherever alpha >= -1/100 and l >= 0.99, on every graph.

    The constant is far from sharp: the report holds the smallest ratio of the true quotient to it.
    """
    at = cases(budget)
    where = (at.along >= -0.01) & (at.length >= 0.99) & (at.loss > 1e-20)
    bound = bounds.lemma_4_printed(1.0, at.nodes, at.degree, 1)
    found = attack("|grad L|^2/L >= 1/(380 pi (d+1) n^2)", at, bound, _ratio(at), where)
    loose = float(np.min(np.where(where, _ratio(at), np.inf) / bound))
    numbers = {**found.numbers, "smallest ratio to the printed constant": loose}
    return Evidence(
        found.kind, found.verdict, found.summary, numbers, found.tolerance, found.witness
    )


def pl_without_epsilon(budget: str = "quick") -> Evidence:
    """|grad L|^2 >= 2 mu(c) L, mu(c) = min(A, (1+c) C^2/(2 C(1))), at every weight and graph."""
    at = cases(budget)
    constant = bounds.polyak_lojasiewicz(at.full, at.slope, at.slope_at_one, at.cos)
    return attack("|grad L|^2 >= 2 mu(c) L", at, 2 * constant * at.loss, at.gradient_squared)


def pl_at_random_starts(budget: str = "quick") -> Evidence:
    """The text says that the inequality fails at a random start; it holds at all but the antipode.

    The witness is the Gaussian start (r = 10) with the smallest mu(c_0)/A among many.
    """
    at = cases(budget)
    generator = np.random.default_rng(3)
    count = at.length.shape[1]
    weights = generator.normal(size=(len(at.names), count, 10))
    length = np.linalg.norm(weights, axis=-1)
    start = at.at(length, weights[..., 0] / length)
    constant = bounds.polyak_lojasiewicz(start.full, start.slope, start.slope_at_one, start.cos)
    smallest = constant / start.full
    row, column = np.unravel_index(int(np.argmin(smallest)), smallest.shape)
    numbers = {"starts": float(smallest.size), "smallest mu(c_0)/A": float(smallest.min())}
    witness = Witness(
        f"{at.names[row]}, l_0 = {length[row, column]:.4g}, c_0 = {start.cos[row, column]:.4g}: "
        "lower bound of |grad L|^2/(A L)",
        0.0,
        2 * float(smallest.min()),
    )
    holds_everywhere = np.all(start.gradient_squared >= 2 * constant * start.loss * (1 - 1e-11))
    if holds_everywhere and smallest.min() > 0:
        summary = f"mu(c_0)/A >= {smallest.min():.2g} at {smallest.size} Gaussian starts, r = 10."
        return Evidence("search", "false as printed", summary, numbers, 1e-11, witness)
    return Evidence("search", "holds", "The inequality fails at a random start.", numbers, 1e-11)


def _ratio(at: Cases) -> Array:
    return np.divide(
        at.gradient_squared, at.loss, out=np.full(at.length.shape, 1e300), where=at.loss > 0
    )


def _delta(at: Cases) -> Array:
    return 1 / (4 * at.nodes)


def _near_unit_length(budget: str) -> Cases:
    """The cases with lengths moved into [1 - delta, 1 + delta]."""
    at = cases(budget)
    spread = np.tanh(at.length - 1)
    return at.at(1 + spread * _delta(at), at.cos)
