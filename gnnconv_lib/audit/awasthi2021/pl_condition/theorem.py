"""Theorem 1 and the steps that put it together, Eqs. (16) and (17).

Reference: awasthi2021, sections 3 and 3.5. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy.stats import chi2

from gnnconv_lib.audit._relu_cases import Cases, attack, cases
from gnnconv_lib.audit._relu_paths import paths
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "conclusion",
    "contraction",
    "contraction_at_every_weight",
    "descent_inequality",
    "distance_to_teacher",
    "inner_dimension_in_the_rate",
    "iterations_are_enough",
    "loss_below_distance",
    "reaches_the_teacher",
    "smoothness_constant",
    "step_times_smoothness",
]

STEP = 1 / (6 * math.pi)


def descent_inequality(budget: str = "quick") -> Evidence:
    """Eq. (16) with the exact smoothness A: L(w+) <= L - eta (1 - eta A/2) |grad L|^2, eta <= 2/A."""
    at = cases(budget)
    excess = np.full(at.length.shape, -np.inf)
    for step in (1e-3, STEP, 0.5, 1.0, 1.5, 1.99):
        after = _next(at, step)
        bound = at.loss - step * (1 - step / 2) * at.gradient_squared / at.full
        excess = np.maximum(excess, (after.loss - bound) / (at.full * (1 + at.length**2)))
    return attack("L(w+) <= L - eta (1 - eta A/2) |grad L|^2", at, excess, 1e-12)


def smoothness_constant(budget: str = "quick") -> Evidence:
    """Lemma 2 with sigma = 1 gives 4 A (1 + sqrt(2 sqrt r + 4 pi + 1)); 4 pi + 3 is r = 1 only."""
    printed = bounds.lemma_2_printed(1.0, 1.0, 1)
    actual = bounds.lemma_2_printed(1.0, 1.0, 2)
    numbers = {"printed constant / A": printed, "at r = 2": actual, "exact": 1.0}
    witness = Witness("sigma = 1, r = 2", printed, actual)
    if actual <= printed:
        return Evidence("numerical", "holds", "The constant does not depend on r.", numbers)
    return Evidence(
        "numerical",
        "holds with correction",
        f"Lemma 2 gives {actual:.2f} A at r = 2, above the printed {printed:.2f} A.",
        numbers,
        None,
        witness,
        "The smoothness constant is A, for every r, sigma and graph.",
    )


def step_times_smoothness(budget: str = "quick") -> Evidence:
    """eta Lambda <= 1 at the upper end eta = 1/(6 pi A), for Lambda = 4 A (1 + sqrt(4 pi + 3))."""
    product = bounds.lemma_2_printed(1.0, 1.0, 1) * STEP
    numbers = {"eta Lambda at eta = 1/(6 pi A)": product, "with the exact constant": STEP}
    witness = Witness("eta = 1/(6 pi A), sigma = r = 1", 1.0, product)
    if product <= 1:
        return Evidence("numerical", "holds", f"eta Lambda = {product:.3f}.", numbers)
    return Evidence(
        "numerical",
        "holds with correction",
        f"eta Lambda = {product:.3f} > 1 with the printed constant.",
        numbers,
        None,
        witness,
        "With the exact constant A, eta Lambda <= 1/(6 pi) on the whole range.",
    )


def contraction(budget: str = "quick") -> Evidence:
    """Eq. (17): L(w+) <= (1 - eta mu*) L with the printed mu*, at every weight with c >= -1/2.

    The cosine never falls, so the product over t follows from c_0 >= -1/2 on, which has probability
    1 - e^{-O(r)}. With the printed smoothness Eq. (16) would give 1 - eta mu*/2 only.
    """
    at = cases(budget)
    printed = bounds.lemma_4_printed(1.0, at.nodes, at.degree, 1)
    excess = np.full(at.length.shape, -np.inf)
    for step in (1 / (16 * math.pi), STEP):
        after = _next(at, step)
        factor = 1 - step / at.full * printed
        excess = np.maximum(
            excess, (after.loss - factor * at.loss) / (at.full * (1 + at.length**2))
        )
    return attack("L(w+) <= (1 - eta mu*) L for c >= -1/2", at, excess, 1e-14, at.cos >= -0.5)


def contraction_at_every_weight(budget: str = "quick") -> Evidence:
    """L(w+) <= (1 - eta (2 - eta A) mu(c)) L for eta <= 1/A, at every weight of every graph."""
    at = cases(budget)
    constant = bounds.polyak_lojasiewicz(at.full, at.slope, at.slope_at_one, at.cos) / at.full
    excess = np.full(at.length.shape, -np.inf)
    for step in (1e-3, STEP, 0.5, 1.0):
        after = _next(at, step)
        factor = 1 - step * (2 - step) * constant
        excess = np.maximum(
            excess, (after.loss - factor * at.loss) / (at.full * (1 + at.length**2))
        )
    return attack("L(w+) <= (1 - eta (2 - eta A) mu(c)) L", at, excess, 1e-14)


def distance_to_teacher(budget: str = "quick") -> Evidence:
    """|beta|, |l - 1| <= delta and alpha >= -1/100 give |w - w*|^2 <= 8 h delta^2 (eps = h = 1)."""
    at = cases(budget)
    delta = 1 / (4 * at.nodes)
    length = 1 + np.tanh(at.length - 1) * delta
    angle = np.arcsin(np.minimum(delta / length, 1.0)) * (1 + at.cos) / 2
    near = at.at(length, np.cos(angle))
    squared = (near.along - 1) ** 2 + near.across**2
    return attack("|w - w*|^2 <= 8 delta^2 next to the teacher", near, squared, 8 * delta**2)


def loss_below_distance(budget: str = "quick") -> Evidence:
    """L(w) <= n (n-1) |w - w*|^2 as printed; the exact constant is A/2."""
    at = cases(budget)
    squared = at.length**2 + 1 - 2 * at.along
    return attack(
        "L <= n (n-1) |w - w*|^2 on regular graphs",
        at,
        at.loss,
        at.nodes * (at.nodes - 1) * squared,
        at.regular & (squared > 1e-9),
        corrected=(
            "L <= (A/2) |w - w*|^2 on every graph; A/2 exceeds n (n-1) from d = 6 on for large n.",
            at.loss,
            at.full / 2 * squared,
        ),
    )


def conclusion(budget: str = "quick") -> Evidence:
    """|beta|, |l - 1| <= delta gives L <= eps^2/h (eps = h = 1).

    On d-regular graphs A >= n^2 (d+1)/pi, so that already l = 1 + delta, beta = 0 has
    L = A delta^2/2 >= (d+1)/(32 pi) eps^2/h: it fails on every regular graph with d + 1 > 32 pi, so for
    d >= 100 whatever n is. K_17 is the smallest complete graph.
    """
    at = cases(budget)
    delta = 1 / (4 * at.nodes)
    length = np.broadcast_to(1 + delta, at.length.shape)
    corner = at.at(length, np.broadcast_to(np.sqrt(1 - (delta / length) ** 2), at.length.shape))
    found = attack(
        "L <= eps^2/h at |beta| = |l - 1| = delta",
        corner,
        corner.loss,
        1.0,
        corner.regular,
        corrected=(
            "L <= (d+1) eps^2/h: the d + 1 that the distance bound lost.",
            corner.loss,
            corner.degree + 1,
        ),
    )
    numbers = {
        **found.numbers,
        "degree from which it fails on every regular graph": 32 * math.pi - 1,
    }
    summary = f"{found.summary[:-1]}; on every regular graph with d >= 100."
    return Evidence(
        found.kind,
        found.verdict,
        summary,
        numbers,
        found.tolerance,
        found.witness,
        found.correction,
    )


def iterations_are_enough(budget: str = "quick") -> Evidence:
    """The printed T (constant 1) against a number of steps that is enough from c_0 >= -1/2, h = 1.

    eps = 1e-3 and 0.5, l_0 <= 2 sqrt r with r = 10, every graph with n >= 2, regular or not. The event
    c_0 >= -1/2, l_0 <= 2 sqrt r has probability 1 - e^{-c' r} with the c' that the numbers state.
    """
    at = cases(budget)
    lower = at.at(np.full_like(at.length, 1.0), np.full_like(at.length, -0.5))
    needed, printed = np.zeros_like(at.length), np.ones_like(at.length)
    errors = (1e-3, 0.5)
    for row, column in itertools.product(range(len(at.names)), range(2)):
        needed[row, column] = bounds.global_rate_iterations(
            float(at.full[row, 0]),
            float(lower.slope[row, 0]),
            float(at.slope_at_one[row, 0]),
            -0.5,
            float(at.full[row, 0]) * (2 * math.sqrt(10) + 1) ** 2 / 2,
            errors[column] ** 2,
            STEP,
        )
        size, degree = int(at.nodes[row, 0]), int(at.degree[row, 0])
        printed[row, column] = bounds.theorem_1_iterations_printed(size, degree, 1, errors[column])
    columns = np.arange(at.length.shape[1]) < 2
    found = attack(
        "iterations needed <= 50 printed T", at, needed, 50 * printed, (at.nodes >= 2) & columns
    )
    sparse = at.names.index("random_regular(100, 5, seed=1)")
    dimensions = np.arange(1, 200)
    miss = np.array([bounds.probability_of_cosine_below(-0.5, int(r)) for r in dimensions])
    rate = float(np.min(-np.log(miss + chi2.sf(4 * dimensions, dimensions)) / dimensions))
    ratio = float(printed[sparse, 0] / needed[sparse, 0])
    numbers = {
        **found.numbers,
        "printed / needed at n = 100, d = 5": ratio,
        "rate c' in P(miss) <= e^{-c' r}": rate,
    }
    summary = (
        f"{found.summary[:-1]}; at n = 100, d = 5 and eps = 1e-3 the printed T is {ratio:.1e} times "
        f"what is enough; P(miss) <= exp(-{rate:.3f} r)."
    )
    return Evidence(found.kind, found.verdict, summary, numbers, found.tolerance, found.witness)


def inner_dimension_in_the_rate(budget: str = "quick") -> Evidence:
    """Theorem 1's T has no r; from |w_0| = sqrt r the time grows like log r (n = 1, eps = 1/2).

    The length relaxes as l - 1 -> (1 - eta A)(l - 1) for c = 1, the most favourable start.
    """
    dimensions = (10.0, 1e3, 1e6, 1e12)
    printed = bounds.theorem_1_iterations_printed(1, 0, 1, 0.5)
    needed = [
        math.log((math.sqrt(r) - 1) / (0.5 * math.sqrt(2))) / -math.log1p(-STEP) for r in dimensions
    ]
    numbers = {
        f"constant c needed at r = {r:.0e}": t / printed
        for r, t in zip(dimensions, needed, strict=True)
    }
    growing = all(a < b for a, b in itertools.pairwise(needed))
    witness = Witness("n = 1, d = 0, h = 1, eps = 1/2, r = 1e12", printed, needed[-1])
    if not growing:
        return Evidence("numerical", "holds", "The time does not grow with r.", numbers)
    return Evidence(
        "numerical",
        "holds with correction",
        f"The constant must exceed {needed[-1] / printed:.0f} at r = 1e12: T needs log(n h r/eps).",
        numbers,
        None,
        witness,
        "T >= c (n^4 h^2 (d+1)/eps^2) log(n h r/eps) is enough; so is "
        "c (n/(d+1)) log(n h r/eps) for every degree (the linear rate for every graph).",
    )


def reaches_the_teacher(budget: str = "quick") -> Evidence:
    """L_T <= (1 - mu(c_0)/A)^T L_0 along trajectories with eta = 1/A, from every start with c_0 > -1."""
    run = paths(budget, 1.0)
    at = run.next_
    start = run.cases
    constant = bounds.polyak_lojasiewicz(start.full, start.slope, start.slope_at_one, start.cos)
    decay = run.at_start(np.log1p(-np.minimum(constant / start.full, 1 - 1e-16)))
    bound = np.exp(run.time * decay) * run.at_start(start.loss)
    # In (length, angle) an angle next to 0 has absolute, not relative, accuracy.
    floor = 1e-25 * start.full
    where = run.at_start(start.cos) > -1
    return attack(
        f"L_t <= (1 - mu(c_0)/A)^t L_0 at eta = 1/A: {run.words()}",
        at,
        at.loss,
        bound + floor,
        where,
    )


def _next(at: Cases, step: float) -> Cases:
    """The cases after one step, with the angle turned rather than recomputed from coordinates."""
    ratio, slope = at.mixed / at.full, at.slope / at.full
    radial = (1 - step) * at.length + step * ratio
    turning = step * slope * at.sine
    angle = np.arctan2(at.sine, at.cos) - np.arctan2(turning, radial)
    return at.at(np.hypot(radial, turning), np.cos(angle))
