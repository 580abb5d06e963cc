"""Lemmas 1 and 6: the length of the iterates stays bounded above and away from zero.

The probability 1 - e^{-O(r)} is that of the event l_0 <= 2 sigma sqrt r and c_0 >= -0.4, which is
shown to be at least 1 - e^{-r/20}; on it the two bounds hold for all t.

Reference: awasthi2021, Lemmas 1 and 6. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import chi2

from gnnconv_lib.audit import _size_lemmas
from gnnconv_lib.audit._exact_relu import exactly, next_square
from gnnconv_lib.audit._relu_domains import SPARSE_REGULAR
from gnnconv_lib.audit._relu_runs import runs
from gnnconv_lib.audit._relu_steps import (
    PRINTED_STEP,
    STEP_ENDS,
    library_step,
    next_length,
    next_point,
    steps,
)
from gnnconv_lib.audit._relu_symbols import Symbols
from gnnconv_lib.audit.awasthi2021.bounded_iterates import lemmas
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    domain,
    equal,
    fixed,
    integer,
    proved,
    real,
    symbolic_zero,
    where,
)

_COSINE = -0.4

STEPS = steps("every graph", PRINTED_STEP)
SPARSE_STEPS = steps(SPARSE_REGULAR, PRINTED_STEP)
ALL_STEPS = steps("every graph", real("x", "(0, 1]", "x = ηA"), chosen=(1e-3, *STEP_ENDS, 0.5, 1.0))
RUNS = runs(PRINTED_STEP, chosen=STEP_ENDS)
GAUSSIAN_RUNS = runs(
    PRINTED_STEP,
    real("sigma", "(0, inf)", "σ"),
    integer("r", "[1, inf)"),
    where("ℓ₀ ≤ 2σ√r", lambda length, sigma, r: length <= 2 * sigma * np.sqrt(r) * (1 + 1e-12)),
    chosen=STEP_ENDS,
    more=lambda made: _gaussian(made["length"], made["cos"]),
)
RUNS_FROM_THE_EVENT = runs(
    PRINTED_STEP,
    chosen=STEP_ENDS,
    cos="[-0.4, 1]",
    keep=lambda cos: cos >= _COSINE,
)
DIMENSIONS = domain(
    integer("r", "[1, inf)"),
    fixed("w₀ ~ N(0, σ²I), any σ > 0"),
    cases=lambda budget: {"r": np.arange(1.0, 200 if budget == "quick" else 3000)},
)


def _gaussian(length: np.ndarray, cos: np.ndarray) -> dict[str, np.ndarray]:
    """r and the smallest sigma (or a hundred times it) that a start may come from."""
    place = np.arange(len(length))
    r = np.where(np.abs(cos) == 1, 1.0, np.array([2.0, 10.0, 100.0])[place % 3])
    return {"r": r, "sigma": length / (2 * np.sqrt(r)) * np.where(place % 4 == 3, 100.0, 1.0)}


@claim("awasthi2021:lemma-1/upper", GAUSSIAN_RUNS)
def stays_below(sigma: Any, r: Any, lengths: Any) -> Any:
    """ℓ_t ≤ 2σ√r + 4π + 1 for all t ≥ 0, from every start with ℓ₀ ≤ 2σ√r."""
    bound = bounds.lemma_1_printed(sigma, r)[1]
    # Step by step: the bound is at least 1 and at least ℓ₀.
    sides = at_most(lengths, bound[:, None], ("ℓ_t", "2σ√r + 4π + 1"))
    return proved(lemmas.upper(), sides=sides)


@claim("awasthi2021:lemma-1/lower", RUNS_FROM_THE_EVENT)
def stays_above(lengths: Any) -> Any:
    """ℓ_t ≥ 1/(36π²) for all t ≥ 1, from every start with c₀ ≥ -0.4."""
    return at_most(bounds.lemma_1_printed(1.0, 1)[0], lengths[:, 1:], ("1/(36π²)", "ℓ_t"))


@claim("awasthi2021:lemma-1/probability", DIMENSIONS)
def event_is_likely(r: Any) -> Any:
    """P(ℓ₀ > 2σ√r or c₀ < -0.4) ≤ e^{-r/20}, so that 1 - e^{-O(r)} is at least 1 - e^{-r/20}."""
    cap = np.array([float(bounds.probability_of_cosine_below(_COSINE, int(k))) for k in r])
    return at_most(cap + chi2.sf(4 * r, r), np.exp(-r / 20), ("P(miss)", "e^{-r/20}"))


@claim("awasthi2021:remark-length-recursion", STEPS, tolerance=1e-9)
def length_recursion(
    graph: Any, length: Any, cos: Any, sine: Any, A: Any, B: Any, C: Any, x: Any
) -> Any:
    """The expansion of ℓ_{t+1}² as printed is that of one step of gradient descent."""
    s = Symbols()
    next_a = s.alpha - s.eta * s.diff(s.loss, s.alpha)
    next_b = s.beta - s.eta * s.diff(s.loss, s.beta)
    exact = _expansion(s.length, s.beta / s.length, s.full, s.mixed, s.slope, s.eta)
    zero = symbolic_zero(next_a**2 + next_b**2 - exact, s.numerator)
    along, across = library_step(graph, length, cos, A, x)
    printed = _expansion(length, sine, A, B, C, x / A)
    names = ("ℓ² after w - η∇L", "the printed expansion")
    sides = equal(along**2 + across**2, printed, names, scale=(1 + length) ** 2)
    return proved(zero, sides=sides)


def _expansion(length: Any, sine: Any, A: Any, B: Any, C: Any, eta: Any) -> Any:
    return (
        length**2
        + eta**2 * A**2 * length**2
        + eta**2 * B**2
        + eta**2 * sine**2 * C**2
        - 2 * eta * A * length**2
        + 2 * eta * length * B
        - 2 * eta**2 * A * B * length
    )


@claim(
    "awasthi2021:remark-length-upper-step",
    STEPS,
    corrected_by="awasthi2021:remark-length-upper-step/contraction",
)
def upper_step(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any) -> Any:
    """ℓ_{t+1}² ≤ (ℓ_t(1 - 1/(16π)))² + 1/16."""
    printed = (length * (1 - STEP_ENDS[0])) ** 2 + 1 / 16
    reached = next_length(length, cos, A, B, C, x)
    by_hand = exactly(
        lambda s, pi, x: (
            next_square(s, x),
            (s.length * (1 - 1 / (16 * pi))) ** 2 + s.n / (16 * s.n),
        )
    )
    names = ("ℓ² after a step", "(ℓ(1 - 1/(16π)))² + 1/16")
    return at_most(reached**2, printed, names, exactly=by_hand)


@correction("awasthi2021:remark-length-upper-step/contraction", ALL_STEPS)
def upper_contraction(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any) -> Any:
    """ℓ_{t+1} ≤ (1 - ηA)ℓ_t + ηA for every η ≤ 1/A, and so at most max(ℓ_t, 1)."""
    reached = next_length(length, cos, A, B, C, x)
    bound = bounds.lemma_1(length, B / A, x)[1]
    return both(
        proved(lemmas.upper(), sides=at_most(reached, bound, ("ℓ after a step", "(1 - ηA)ℓ + ηA"))),
        proved(
            lemmas.upper(),
            sides=at_most(reached, np.maximum(length, 1.0), ("ℓ after a step", "max(ℓ, 1)")),
        ),
    )


@claim("awasthi2021:remark-length-upper", RUNS)
def upper_bound(length: Any, lengths: Any) -> Any:
    """ℓ_t ≤ ℓ₀ + 4π + 1 for all t ≥ 1."""
    bound = length + bounds.lemma_1_printed(0.0, 1)[1]
    sides = at_most(lengths[:, 1:], bound[:, None], ("ℓ_t", "ℓ₀ + 4π + 1"))
    return proved(lemmas.upper(), sides=sides)


@claim("awasthi2021:remark-length-lower-step", STEPS)
def lower_step(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any) -> Any:
    """ℓ_{t+1}² ≥ ℓ²(1 - ηA)² + 2ηBℓ(1 - ηA) + η²B² ≥ η²B²; B ≥ 0 on every graph."""
    square = next_length(length, cos, A, B, C, x) ** 2
    bound = (length * (1 - x)) ** 2 + 2 * x * B / A * length * (1 - x) + (x * B / A) ** 2
    return both(
        proved(
            lemmas.lower(), sides=at_most(bound, square, ("the printed bound", "ℓ² after a step"))
        ),
        proved(
            lemmas.lower(), sides=at_most((x * B / A) ** 2, bound, ("η²B²", "the printed bound"))
        ),
    )


@claim("awasthi2021:remark-length-lower/chain", SPARSE_STEPS)
def lower_chain(n: Any, d: Any, A: Any, x: Any) -> Any:
    """With B at its lower bound n²(d+1)/(4π), ηB ≥ 1/(36π²)."""
    lower = bounds.lemma_1_printed(1.0, 1)[0]
    product = x * (d + 1) * n**2 / (4 * np.pi * A)
    sides = at_most(lower, product, ("1/(36π²)", "ηB at the lower bound of B"))
    return proved(_size_lemmas.length_after_a_step(), sides=sides)


@claim("awasthi2021:remark-length-lower/length", SPARSE_STEPS)
def lower_bound(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any) -> Any:
    """ℓ_{t+1} ≥ 1/(36π²) after a step from any w ≠ 0."""
    lower = bounds.lemma_1_printed(1.0, 1)[0]
    along, across = next_point(length, cos, A, B, C, x)
    sides = at_most(lower, np.hypot(along, across), ("1/(36π²)", "ℓ after a step"))
    return proved(lemmas.least_length(), sides=sides)


@claim("awasthi2021:remark-initial-length", DIMENSIONS)
def initial_length(r: Any) -> Any:
    """P(ℓ₀ > 2σ√r) ≤ e^{-0.8 r}: ℓ₀ = O(σ√r) with probability 1 - e^{-O(r)}."""
    return at_most(chi2.logsf(4 * r, r), -0.8 * r, ("log P(ℓ₀ > 2σ√r)", "-0.8 r"))
