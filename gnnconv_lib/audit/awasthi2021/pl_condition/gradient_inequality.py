"""Lemmas 4 and 9, Eqs. (26)-(29): how large the gradient is against the loss.

epsilon and h enter through e = epsilon/h only, with delta = e/(4 n). Where a smaller e makes the bound
weaker on the same weights, e = 1 is the hardest value; where it also moves the weights, e runs over
`RATIOS`. Every printed factor d + 1 is kept as it stands. In the sums of this library, A, B and C carry
d + 1 already: the paper's are A/(d+1), B/(d+1), C/(d+1).

Reference: awasthi2021, Lemmas 4 and 9. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gnnconv_lib import relu_gnn
from gnnconv_lib.audit._relu_cases import Cases, attack, cases
from gnnconv_lib.audit._relu_paths import paths
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import VERDICTS, Evidence, Witness
from gnnconv_lib.summaries import OverlapMeasure

__all__ = [
    "c_term_bound",
    "c_term_with_lemma_5",
    "gradient_norm",
    "lemma_4",
    "lemma_4_along_trajectories",
    "long_case",
    "long_case_linear",
    "loss_without_b",
    "pl_at_random_starts",
    "pl_ratio",
    "pl_without_epsilon",
]

Array = np.ndarray
RATIOS = (1.0, 0.1, 1e-3)


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
            _against_library(at),
            1e-9,
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
    """Eq. (27): l - 1 > delta gives |grad L|^2/L >= A e^2/(16 n^2) >= (d+1) e^2/(16 pi)."""
    at = cases(budget)

    def sides(given: Cases, ratio: float) -> tuple[Array, Array, Array]:
        middle = ratio**2 * given.full / (16 * given.nodes**2)
        last = ratio**2 * (given.degree + 1) / (16 * np.pi)
        # The second inequality of the chain is tested in the same go.
        chain = np.where(middle >= last * (1 - 1e-12), 1e300, 0.0)
        where = given.regular & (given.length - 1 > ratio / (4 * given.nodes)) & (given.loss > 0)
        return np.maximum(middle, last), np.minimum(_ratio(given), chain), where

    moved = at.at(1 + np.abs(at.length - 1) / (4 * at.nodes), at.cos)
    return _hardest(
        "|grad L|^2/L >= A e^2/(16 n^2) >= (d+1) e^2/(16 pi) for l > 1 + delta", [at, moved], sides
    )


def long_case_linear(budget: str = "quick") -> Evidence:
    """In place of Eq. (27), first order in l - 1: |grad L|^2/L >= 4 A (l-1)/(2 l - 1) for l > 1."""
    at = cases(budget)
    excess = np.maximum(at.length - 1, 0)
    bound = 4 * at.full * excess / (1 + 2 * excess)
    return attack(
        "|grad L|^2/L >= 4 A (l-1)/(2l-1) for l > 1", at, bound, _ratio(at), at.length > 1
    )


def c_term_bound(budget: str = "quick") -> Evidence:
    """Eq. (28): |l - 1| <= delta and |beta| > delta give the printed multiples of C^2/A."""

    def sides(given: Cases, ratio: float) -> tuple[Array, Array, Array]:
        paper = given.slope**2 / (given.full * (given.degree + 1))
        middle = 2 * given.across**2 * paper / ((given.length**2 + 1) * (given.degree + 1))
        last = ratio**2 * paper / (given.degree + 1) / (5 * 16 * given.nodes**2)
        where = given.regular & (given.across > ratio / (4 * given.nodes)) & (given.loss > 0)
        return np.maximum(middle, last), _ratio(given), where

    return _hardest(
        "Eq. (28) for |l - 1| <= delta, |beta| > delta", _near_unit_length(budget), sides
    )


def c_term_with_lemma_5(budget: str = "quick") -> Evidence:
    """Eq. (29): then |grad L|^2/L >= e^2/(380 pi n^2 (d+1)), where C >= A/(2n)."""

    def sides(given: Cases, ratio: float) -> tuple[Array, Array, Array]:
        bound = bounds.lemma_4_printed(ratio, given.nodes, given.degree, 1)
        enough = given.slope >= given.full / (2 * given.nodes)
        far = given.across > ratio / (4 * given.nodes)
        return bound, _ratio(given), given.regular & enough & far & (given.loss > 0)

    return _hardest("Eq. (29) where C >= A/(2n)", _near_unit_length(budget), sides)


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


def lemma_4_along_trajectories(budget: str = "quick") -> Evidence:
    """Lemma 4 at all iterates from the time on after which alpha_t >= -1/100, whatever their length.

    Starts with c_0 < -0.9 are left out: exactly opposite to the teacher, on a complete graph, the
    iterates end at w = 0, with alpha_t >= -1/100 and no gradient. This has probability e^{-O(r)}.
    """
    run = paths(budget)
    at = run.next_
    settled = np.logical_and.accumulate((run.length * run.cos >= -0.01)[:, :, ::-1], axis=2)[
        :, :, ::-1
    ][:, :, 1:]
    where = settled.reshape(at.length.shape) & (at.loss > 1e-20 * at.full)
    where &= run.at_start(run.cos[:, :, 0]) >= -0.9
    bound = bounds.lemma_4_printed(1.0, at.nodes, at.degree, 1)
    found = attack(
        f"|grad L|^2/L >= 1/(380 pi (d+1) n^2): {run.words()}", at, bound, _ratio(at), where
    )
    loose = np.where(where, _ratio(at), np.inf) / bound
    numbers = {**found.numbers, "smallest ratio to the printed constant": float(loose.min())}
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
    printed = bounds.lemma_4_printed(1.0, start.nodes, start.degree, 1)
    numbers = {
        "starts": float(smallest.size),
        "smallest mu(c_0)/A": float(smallest.min()),
        "share of starts that meet Lemma 4's own constant": float(
            np.mean(start.gradient_squared >= printed * start.loss)
        ),
    }
    witness = Witness(
        f"{at.names[row]}, l_0 = {length[row, column]:.4g}, c_0 = {start.cos[row, column]:.4g}: "
        "lower bound of |grad L|^2/(A L)",
        0.0,
        2 * float(smallest.min()),
    )
    holds_everywhere = np.all(start.gradient_squared >= 2 * constant * start.loss * (1 - 1e-11))
    if holds_everywhere and smallest.min() > 0:
        share = numbers["share of starts that meet Lemma 4's own constant"]
        summary = (
            f"mu(c_0)/A >= {smallest.min():.2g} at {smallest.size} Gaussian starts, r = 10; "
            f"{share:.1%} of them meet the constant of Lemma 4 itself."
        )
        return Evidence("search", "false as printed", summary, numbers, 1e-11, witness)
    return Evidence("search", "holds", "The inequality fails at a random start.", numbers, 1e-11)


def _ratio(at: Cases) -> Array:
    return np.divide(
        at.gradient_squared, at.loss, out=np.full(at.length.shape, 1e300), where=at.loss > 0
    )


def _near_unit_length(budget: str) -> list[Cases]:
    """The cases with lengths moved into [1 - delta, 1 + delta], one for each of `RATIOS`."""
    at = cases(budget)
    spread = np.tanh(at.length - 1) / (4 * at.nodes)
    angle = np.arccos(at.cos)
    # Half of the weights also move towards the teacher, where |beta| is of the order of delta.
    near = np.where(np.arange(angle.shape[1]) % 2, angle, angle / (4 * at.nodes))
    return [at.at(1 + ratio * spread, np.cos(near * max(ratio, 0.3))) for ratio in RATIOS]


def _hardest(
    claim: str,
    given: list[Cases],
    sides: Callable[[Cases, float], tuple[Array, Array, Array]],
) -> Evidence:
    """The least favourable evidence over all weights of `given` and all e of `RATIOS`."""
    found = []
    for at in given:
        for ratio in RATIOS:
            left, right, where = sides(at, ratio)
            if np.any(where):
                found.append(attack(f"{claim}, e = {ratio:g}", at, left, right, where))
    worst = max(found, key=lambda entry: (VERDICTS.index(entry.verdict), entry.numbers["tightest"]))
    tested = sum(entry.numbers["tested"] for entry in found)
    numbers = {**worst.numbers, "tested": tested}
    summary = worst.summary
    if worst.verdict == "holds":
        summary = f"No violation in {tested:.0f} weights, e in {RATIOS}: {claim}."
    return Evidence(worst.kind, worst.verdict, summary, numbers, worst.tolerance, worst.witness)


def _against_library(at: Cases) -> Array:
    """| |grad L|^2 - that of `relu_gnn` |, relative, on every fifth graph; elsewhere 0."""
    difference = np.zeros_like(at.length)
    for row in range(0, len(at.names), 5):
        measure = OverlapMeasure(at.rho[row], at.mass[row], 0 * at.mass[row], int(at.nodes[row, 0]))
        slope = relu_gnn.reduced_gradient(at.along[row] - 1, at.across[row], measure)
        squared = np.asarray(slope.u) ** 2 + np.asarray(slope.beta) ** 2
        # u = alpha - 1 has no digits left for the direction of a very short w.
        kept = (at.length[row] >= 0.01) & (at.gradient_squared[row] > 1e-6 * at.full[row] ** 2)
        relative = squared / np.maximum(at.gradient_squared[row], 1e-300) - 1
        difference[row] = np.where(kept, np.abs(relative), 0.0)
    return difference
