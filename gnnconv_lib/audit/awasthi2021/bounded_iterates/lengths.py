"""Lemmas 1 and 6: the length of the iterates stays bounded above and away from zero.

Reference: awasthi2021, Lemmas 1 and 6. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

from gnnconv_lib.audit._relu_cases import attack, cases
from gnnconv_lib.audit._relu_paths import next_length, paths
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "initial_length",
    "length_recursion",
    "lower_bound",
    "lower_bound_chain",
    "lower_step",
    "one_step_bounds",
    "upper_bound",
    "upper_step",
]

ENDS = (1 / (16 * math.pi), 1 / (6 * math.pi))


def length_recursion(budget: str = "quick") -> Evidence:
    """l_{t+1}^2 = l^2 + x^2 l^2 + (x B/A)^2 + (x C sin/A)^2 - 2 x l^2 + 2 x l B/A - 2 x^2 l B/A."""
    at = cases(budget)
    step = ENDS[1]
    ratio = at.mixed / at.full
    printed = at.length**2 * (1 + step**2 - 2 * step) + (step * ratio) ** 2
    printed = printed + (step * at.slope * at.sine / at.full) ** 2
    printed = printed + 2 * step * at.length * ratio - 2 * step**2 * ratio * at.length
    exact = next_length(at, step) ** 2
    error = np.abs(printed - exact)
    return attack(
        "the expansion of l_{t+1}^2", at, error, 1e-13 * (1 + at.length**2), kind="numerical"
    )


def upper_step(budget: str = "quick") -> Evidence:
    """l_{t+1}^2 <= (l (1 - 1/(16 pi)))^2 + 1/16 at both ends of the step range.

    The cross term 2 eta (1 - eta A) l B is missing: on every sparse graph it fails from l = 1.6 on.
    """
    at = cases(budget)
    printed = (at.length * (1 - ENDS[0])) ** 2 + 1 / 16
    reached = np.maximum(next_length(at, ENDS[0]), next_length(at, ENDS[1])) ** 2
    bound = np.maximum(*[bounds.lemma_1(at.length, 1.0, step)[1] for step in ENDS]) ** 2
    return attack(
        "l_{t+1}^2 <= (l (1 - 1/(16 pi)))^2 + 1/16",
        at,
        reached,
        printed,
        corrected=("l_{t+1} <= (1 - eta A) l + eta A, so that l_t <= max(l_0, 1).", reached, bound),
    )


def lower_step(budget: str = "quick") -> Evidence:
    """l_{t+1}^2 >= l^2 (1-x)^2 + 2 (x B/A) l (1-x) + (x B/A)^2 >= (x B/A)^2, x = eta A."""
    at = cases(budget)
    step = ENDS[1]
    ratio = step * at.mixed / at.full
    middle = (at.length * (1 - step) + ratio) ** 2
    left = np.maximum(middle, ratio**2)
    return attack(
        "l_{t+1}^2 >= ((1-x) l + x B/A)^2 >= (x B/A)^2", at, left, next_length(at, step) ** 2
    )


def upper_bound(budget: str = "quick") -> Evidence:
    """l_t <= l_0 + 4 pi + 1 along trajectories; in fact l_t <= max(l_0, 1)."""
    run = paths(budget, ENDS[1])
    at = run.next_
    start = run.at_start(run.length[:, :, 0])
    printed = attack("l_t <= l_0 + 4 pi + 1", at, at.length, start + 4 * math.pi + 1)
    if printed.verdict != "holds":
        return printed
    sharp = attack(
        f"l_t <= max(l_0, 1) <= l_0 + 4 pi + 1: {run.words()}",
        at,
        at.length,
        np.maximum(start, 1.0),
    )
    # The sharp bound is ours: its failure would not be one of the printed statement.
    numbers = {**printed.numbers, "violations of l_t <= max(l_0, 1)": sharp.numbers["violations"]}
    summary = sharp.summary if sharp.verdict == "holds" else printed.summary
    return Evidence(printed.kind, printed.verdict, summary, numbers, printed.tolerance)


def lower_bound(budget: str = "quick") -> Evidence:
    """l_t >= 1/(36 pi^2) for t >= 1 with probability 1 - e^{-O(r)}, on every graph.

    The event is s(min(c_0, 0)) >= 4/(9 pi), from which l_t >= eta A s(min(c_0, 0)) gives the bound at
    the lower end of the step range. Its complement has probability at most e^{-c' r}, exactly.
    """
    lower, _ = bounds.lemma_1_printed(1.0, 1)
    threshold = brentq(lambda c: float(bounds.lemma_1_lower(c)) - 4 / (9 * math.pi), -0.99, 0.0)
    dimensions = np.arange(1, 200)
    miss = np.array([bounds.probability_of_cosine_below(threshold, int(r)) for r in dimensions])
    miss = np.minimum(miss + chi2.sf(4 * dimensions, dimensions), 1.0)
    rate = float(np.min(-np.log(miss) / dimensions))
    run = paths(budget, ENDS[0])
    at = run.next_
    first = run.at_start(run.cos[:, :, 0])
    words = f"l_t >= 1/(36 pi^2) for t >= 1, c_0 >= {threshold:.2f}: {run.words()}"
    found = attack(words, at, lower, at.length, first >= threshold)
    below = float(np.mean((at.length < lower)[first < threshold]))
    numbers = {
        **found.numbers,
        "smallest cosine of the event": threshold,
        "rate c' in P(miss) <= e^{-c' r}": rate,
        "violations below that cosine, share": below,
    }
    if found.verdict == "holds" and rate > 0:
        summary = f"{found.summary[:-1]}; P(miss) <= exp(-{rate:.3f} r) for r < 200, exact."
        return Evidence(found.kind, "holds", summary, numbers, found.tolerance)
    return found


def lower_bound_chain(budget: str = "quick") -> Evidence:
    """eta B >= 1/(36 pi^2) from B >= (d+1) n^2/(4 pi), as printed: only 1/(64 pi^2) follows.

    A <= (d+1) n^2 and eta A >= 1/(16 pi) give eta B >= 1/(16 pi) * 1/(4 pi).
    """
    at = cases(budget)
    lower, _ = bounds.lemma_1_printed(1.0, 1)
    where = at.regular & (at.mixed >= (at.degree + 1) * at.nodes**2 / (4 * math.pi))
    reached = ENDS[0] * at.mixed / at.full
    return attack(
        "eta B >= 1/(36 pi^2) where B >= (d+1) n^2/(4 pi), eta = 1/(16 pi A)",
        at,
        lower,
        reached,
        where,
        corrected=(
            "eta B >= 1/(64 pi^2). The bound 1/(36 pi^2) itself holds for t >= 1 on every graph from "
            "every start with c_0 >= -0.4, for another reason: l_t >= eta A s(min(c_0, 0)).",
            1 / (64 * math.pi**2),
            reached,
        ),
    )


def one_step_bounds(budget: str = "quick") -> Evidence:
    """(1-x) l + x B/A <= l_{t+1} <= (1-x) l + x for every x in (0, 1], on every graph."""
    at = cases(budget)
    excess = np.zeros_like(at.length)
    for step in (1e-3, *ENDS, 0.5, 1.0):
        low, high = bounds.lemma_1(at.length, at.mixed / at.full, step)
        reached = next_length(at, step)
        excess = np.maximum(excess, np.maximum(low - reached, reached - high) / high)
    return attack("(1-x) l + x B/A <= l_{t+1} <= (1-x) l + x", at, excess, 1e-13)


def initial_length(budget: str = "quick") -> Evidence:
    """P(l_0 <= 2 sigma sqrt r) >= 1 - e^{-O(r)}: exact, from the chi-square law of (l_0/sigma)^2."""
    dimensions = np.arange(1, 200 if budget == "quick" else 3000)
    log_tail = chi2.logsf(4 * dimensions, dimensions)
    rate = float(np.min(-log_tail / dimensions))
    numbers = {"smallest rate c' in P <= e^{-c' r}": rate}
    if rate > 0:
        summary = (
            f"P(l_0 > 2 sigma sqrt r) <= exp(-{rate:.3f} r) for r < {len(dimensions) + 1}, exact."
        )
        return Evidence("numerical", "holds", summary, numbers)
    at = int(np.argmin(-log_tail / dimensions))
    witness = Witness(f"r = {dimensions[at]}", 0.0, float(np.exp(log_tail[at])))
    return Evidence("numerical", "false as printed", "No exponential tail.", numbers, None, witness)
