"""Lemmas 3 and 8, one step at a time: the updates of the length and of alpha.

How many steps the phase takes is in `escape_time`. The steps after the second display are read in
their place in the proof: from a point on at which l >= 1 - O(Delta/A). Delta is S here, the paper's
times d + 1; O(Delta/A) is 2 S/A, and l >= 1 - o(1) is l >= 1/2.

Reference: awasthi2021, Lemmas 3 and 8. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
from scipy.stats import chi2, norm

from gnnconv_lib import dual
from gnnconv_lib.audit import _pair_lemmas, _size_lemmas
from gnnconv_lib.audit._exact_relu import exactly, next_square
from gnnconv_lib.audit._relu_domains import SPARSE, Columns, in_turn, weights
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
from gnnconv_lib.audit.awasthi2021.bounded_iterates.lengths import STEPS
from gnnconv_lib.audit.awasthi2021.bounded_iterates.sizes_of_sums import PAIRS, slope_vanishes
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
from gnnconv_lib.witnesses.relu_expectation import expected_product

_ALPHA = "α ≥ -1/100"
_NEAR_ONE = where("ℓ ≥ 1 - 2S/A", lambda length, S, A: length >= (1 - 2 * S / A) * (1 - 1e-12))


def _slightly_negative(length: np.ndarray, cos: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of at least 1/2, and alpha in [-1/100, 0)."""
    moved = np.maximum(length, 0.5)
    return moved, -0.01 * (1 - np.clip((1 + cos) / 2, 0, 1 - 1e-6)) / moved


def _near_one(made: Columns) -> Columns:
    """Every third length moved to 1 - 2S/A."""
    least = np.maximum(1 - 2 * made["S"] / made["A"], 1e-3)
    length = np.where(np.arange(len(least)) % 3 == 0, least, made["length"])
    turn = in_turn(x=STEP_ENDS, K=(2.0, 10.0, 100.0))(made)
    return {**turn, "length": length, "along": length * made["cos"]}


OBTUSE_LONG = steps(
    "every graph",
    PRINTED_STEP,
    where("α < 0", lambda length, cos: cos < 0),
    length="[2, inf)",
    cos="[-1, 0)",
    place=lambda length, cos: (np.maximum(length, 2.0), cos),
    keep=lambda cos: cos < 0,
)
ACUTE = steps(
    "every graph",
    PRINTED_STEP,
    cos="[0, 1]",
    keep=lambda cos: cos >= 0,
)
SLIGHT = steps(
    "every graph",
    PRINTED_STEP,
    where("α in [-1/100, 0)", lambda along: -0.01 * (1 + 1e-12) <= along < 0),
    length="[0.5, inf)",
    cos="[-0.02, 0)",
    place=_slightly_negative,
)
SLIGHT_NEAR_ONE = steps(
    "every graph",
    PRINTED_STEP,
    where("α in [-1/100, 0)", lambda along: -0.01 * (1 + 1e-12) <= along < 0),
    _NEAR_ONE,
    length="[0.5, inf)",
    cos="[-0.02, 0)",
    place=_slightly_negative,
    keep=lambda length, S, A: length >= 1 - 2 * S / A,
)
NEAR_ONE = steps(
    "every graph",
    PRINTED_STEP,
    where(_ALPHA, lambda along: along >= -0.01),
    _NEAR_ONE,
    real("K", "[2, inf)", "the constant K of O(Δ/A)"),
    cos="[-1, 1]",
    more=_near_one,
    keep=lambda along, length, S, A: (along >= -0.01) & (length >= 1 - 2 * S / A),
    regime=SPARSE,
    words=lambda graph, length, cos, x, K: (
        f"{graph.name}, ℓ = {length:.4g}, c = {cos:.7g}, ηA = {x:.4g}, K = {K:g}"
    ),
)
REGULAR = weights("every regular graph")
SMALL = weights(
    "every graph",
    where("n ≤ 12, all pairs by quadrature", lambda n: n <= 12),
    keep=lambda n: n <= 12,
)
UNITS = domain(
    integer("h", "[1, inf)"),
    fixed("all h units; w₀ ~ N(0, σ²I), any σ > 0"),
    cases=lambda budget: {
        "h": np.unique(np.round(np.geomspace(1, 1e9, 400 if budget == "quick" else 4000)))
    },
)
LENGTHS = domain(
    integer("h", "[1, inf)"),
    integer("r", "[1, inf)"),
    real("K", "[2, inf)", "the constant K of Θ"),
    fixed("any σ > 0"),
    cases=lambda budget: _lengths(
        [
            (h, r, k)
            for h, r, k in product([1, 2, 10, 1e3, 1e6, 1e12, 1e100], [1, 2, 4, 10], [2, 10, 100])
        ]
    ),
)
LONG_LENGTHS = domain(
    integer("h", "[1, inf)"),
    integer("r", "[1, inf)"),
    where("r ≥ 8 log h", lambda h, r: r >= 8 * math.log(h)),
    fixed("any σ > 0"),
    cases=lambda budget: _lengths(
        [
            (h, max(1, math.ceil(8 * math.log(h))) + more)
            for h in [1, *range(2, 60 if budget == "quick" else 2000), 1e4, 1e9, 1e30]
            for more in (0, 1, 5, 100)
        ]
    ),
)


def _lengths(rows: list[Any]) -> dict[str, np.ndarray]:
    return dict(zip(("h", "r", "K"), np.array(rows, float).T, strict=False))


def _miss(r: Any, K: Any) -> Any:
    """P(ℓ₀ < σ√r/K or ℓ₀ > Kσ√r), from the chi-square law of (ℓ₀/σ)²."""
    return chi2.cdf(r / K**2, r) + chi2.sf(r * K**2, r)


@claim("awasthi2021:remark-initial-alpha/alpha", UNITS)
def initial_alpha(h: Any) -> Any:
    """P(α₀ < -c'σ√(log h) for some unit) ≤ 1/h², with c' = √6."""
    miss = h * norm.sf(math.sqrt(6) * np.sqrt(np.log(h)))
    return at_most(miss, 1 / h**2, ("P(miss), at most", "1/h²"))


@claim(
    "awasthi2021:remark-initial-alpha/length",
    LENGTHS,
    corrected_by="awasthi2021:remark-initial-alpha/long",
)
def initial_length(h: Any, r: Any, K: Any) -> Any:
    """P(σ√r/K ≤ ℓ₀ ≤ Kσ√r fails) ≤ 1/h² for every h, with a K that depends on neither."""
    return at_most(_miss(r, K), 1 / h**2, ("P(miss)", "1/h²"))


@correction("awasthi2021:remark-initial-alpha/long", LONG_LENGTHS)
def initial_length_in_many_dimensions(h: Any, r: Any) -> Any:
    """P(σ√r/2 ≤ ℓ₀ ≤ 2σ√r fails) ≤ 1/h² where r ≥ 8 log h."""
    return at_most(_miss(r, 2.0), 1 / h**2, ("P(miss)", "1/h²"))


@claim("awasthi2021:remark-length-update", STEPS, tolerance=1e-9)
def length_update(
    graph: Any, length: Any, cos: Any, sine: Any, A: Any, B: Any, C: Any, x: Any
) -> Any:
    """ℓ_{t+1}² = (ℓ(1 - ηA) + ηB)² + η²(β²/ℓ²)C²."""
    s = Symbols()
    square = (s.alpha - s.eta * s.diff(s.loss, s.alpha)) ** 2
    square += (s.beta - s.eta * s.diff(s.loss, s.beta)) ** 2
    exact = _square(s.length, s.beta / s.length, s.full, s.mixed, s.slope, s.eta)
    along, across = library_step(graph, length, cos, A, x)
    sides = equal(
        along**2 + across**2,
        _square(length, sine, A, B, C, x / A),
        ("ℓ² after w - η∇L", "the printed update"),
        scale=(1 + length) ** 2,
    )
    return proved(symbolic_zero(square - exact, s.numerator), sides=sides)


def _square(length: Any, sine: Any, A: Any, B: Any, C: Any, eta: Any) -> Any:
    return (length * (1 - eta * A) + eta * B) ** 2 + eta**2 * sine**2 * C**2


@claim("awasthi2021:remark-alpha-update", STEPS, tolerance=1e-9)
def alpha_update(
    graph: Any, length: Any, cos: Any, sine: Any, A: Any, B: Any, C: Any, x: Any
) -> Any:
    """α_{t+1} = α(1 - ηA) + η(α/ℓ)B + η(β²/ℓ²)C."""
    s = Symbols()
    moved = s.alpha - s.eta * s.diff(s.loss, s.alpha)
    exact = _alpha(s.alpha, s.alpha / s.length, s.beta / s.length, s.full, s.mixed, s.slope, s.eta)
    sides = equal(
        library_step(graph, length, cos, A, x)[0],
        _alpha(length * cos, cos, sine, A, B, C, x / A),
        ("α after w - η∇L", "the printed update"),
        scale=1 + length,
    )
    return proved(symbolic_zero(moved - exact, s.numerator), sides=sides)


def _alpha(along: Any, cos: Any, sine: Any, A: Any, B: Any, C: Any, eta: Any) -> Any:
    return along * (1 - eta * A) + eta * cos * B + eta * sine**2 * C


@claim("awasthi2021:remark-early-length-step", OBTUSE_LONG)
def early_length_step(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any) -> Any:
    """ℓ_{t+1} ≥ ℓ_t(1 - ηA)."""
    reached = next_length(length, cos, A, B, C, x)
    sides = at_most(length * (1 - x), reached, ("ℓ(1 - ηA)", "ℓ after a step"))
    return proved(lemmas.length_keeps(), sides=sides)


@claim("awasthi2021:remark-early-alpha-step", OBTUSE_LONG)
def early_alpha_step(length: Any, cos: Any, along: Any, A: Any, B: Any, C: Any, x: Any) -> Any:
    """α_{t+1} ≥ α_t(1 - ηA/2), which is more than stated."""
    reached = next_point(length, cos, A, B, C, x)[0]
    sides = at_most(along * (1 - x / 2), reached, ("α(1 - ηA/2)", "α after a step"))
    return proved(lemmas.alpha_early(), sides=sides)


@claim("awasthi2021:remark-length-drift/step", STEPS)
def length_drift(length: Any, cos: Any, A: Any, B: Any, C: Any, gap: Any, x: Any) -> Any:
    """ℓ_{t+1} ≥ ℓ - ηA(ℓ - 1) + ηΔ_t with Δ_t = B - A."""
    bound = length - x * (length - 1) - x * gap / A
    reached = next_length(length, cos, A, B, C, x)
    sides = at_most(bound, reached, ("ℓ - ηA(ℓ - 1) + ηΔ_t", "ℓ after a step"))
    return proved(lemmas.drift(), sides=sides)


@claim("awasthi2021:remark-length-drift/pairs", SMALL, tolerance=1e-10)
def drift_of_pairs(graph: Any, cos: Any, A: Any, gap: Any) -> Any:
    """B - A is the sum over the pairs with d_ij ≠ 0 alone."""
    total = np.array([_drift(entry, c) for entry, c in zip(graph, cos, strict=True)])
    return equal(total, -gap, ("sum over pairs with d_ij ≠ 0", "B - A"), scale=A)


def _drift(graph: Any, cos: float) -> float:
    closed = graph.adjacency.toarray() + np.eye(graph.nodes)
    shared, own = closed @ closed, graph.degrees + 1.0
    first, second = np.nonzero(shared)
    d = shared[first, second]
    moved = expected_product(own[first], own[second], cos * d)
    return float(np.sum(moved - expected_product(own[first], own[second], d)))


@claim("awasthi2021:remark-dual-difference", PAIRS)
def dual_difference(rho: Any, cos: Any) -> Any:
    """|σ̂(ρc) - σ̂(ρ)| ≤ 2ρ, at every cosine."""
    gap = np.abs(np.asarray(dual.scaled_relu(rho * cos)) - np.asarray(dual.scaled_relu(rho)))
    sides = at_most(gap, 2 * rho, ("|σ̂(ρc) - σ̂(ρ)|", "2ρ"))
    return proved(_pair_lemmas.difference(), sides=sides)


@claim("awasthi2021:remark-length-near-one/step", NEAR_ONE)
def length_near_one(length: Any, cos: Any, A: Any, S: Any, B: Any, C: Any, x: Any) -> Any:
    """ℓ_{t+1} ≥ 1 - 2Δ/A."""
    reached = next_length(length, cos, A, B, C, x)
    sides = at_most(1 - 2 * S / A, reached, ("1 - 2Δ/A", "ℓ after a step"), scale=1.0)
    return proved(lemmas.near_one(), sides=sides)


@claim("awasthi2021:remark-length-near-one/order", REGULAR)
def share_vanishes(n: Any, d: Any, A: Any, S: Any) -> Any:
    """Δ/A ≤ π(d+1)/n, which is o(1) for d = o(n)."""
    return slope_vanishes(n, d, A, S)


@claim("awasthi2021:remark-alpha-stays-nonnegative", ACUTE)
def alpha_stays_nonnegative(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any) -> Any:
    """If α_t ≥ 0 then α_{t+1} ≥ 0."""
    sides = at_most(0.0, next_point(length, cos, A, B, C, x)[0], ("0", "α after a step"))
    return proved(lemmas.alpha_nonnegative(), sides=sides)


@claim("awasthi2021:remark-c-above-quarter", SLIGHT)
def c_above_quarter(S: Any, C: Any) -> Any:
    """C(c) ≥ Δ/4, and so C(c) ≥ 0."""
    sides = at_most(S / 4, C, ("Δ/4", "C(c)"))
    return proved(_size_lemmas.c_above_quarter(), sides=sides)


@claim("awasthi2021:remark-alpha-step-slightly-negative", SLIGHT)
def alpha_step_slightly_negative(
    length: Any, cos: Any, along: Any, sine: Any, A: Any, S: Any, B: Any, C: Any, gap: Any, x: Any
) -> Any:
    """α_{t+1} ≥ α - ηAα(1 - 1/ℓ) + η(α/ℓ)Δ_t + η(β²/ℓ²)Δ/4."""
    bound = along - x * along * (1 - 1 / length) - x * cos * gap / A + x * sine**2 * S / 4 / A
    reached = next_point(length, cos, A, B, C, x)[0]
    sides = at_most(bound, reached, ("the printed bound", "α after a step"), scale=1 + length)
    return proved(lemmas.alpha_slightly_negative(), sides=sides)


@claim("awasthi2021:remark-beta-share/length", NEAR_ONE, repair="slip")
def distance_from_one(length: Any, cos: Any, A: Any, S: Any, B: Any, C: Any, x: Any, K: Any) -> Any:
    """|ℓ_{t+1} - 1| ≤ KΔ/A, whatever the constant K."""
    reached = next_length(length, cos, A, B, C, x)
    return (
        at_most(
            np.abs(reached - 1),
            K * S / A,
            ("|ℓ - 1|", "KΔ/A"),
            exactly=exactly(lambda s, pi, x, K: (abs(next_square(s, x).sqrt() - 1), K * s.S / s.A)),
        ),
        proved(
            lemmas.near_one(), sides=at_most(1 - reached, 2 * S / A, ("1 - ℓ", "2Δ/A"), scale=1.0)
        ),
    )


@claim("awasthi2021:remark-beta-share/share", SLIGHT)
def beta_share(sine: Any) -> Any:
    """|β/ℓ| ≥ 1/2."""
    sides = at_most(0.5, sine, ("1/2", "|β/ℓ|"))
    return proved(lemmas.beta_share(), sides=sides)


@claim("awasthi2021:remark-alpha-nondecreasing", SLIGHT_NEAR_ONE)
def alpha_nondecreasing(
    length: Any, cos: Any, along: Any, A: Any, S: Any, B: Any, C: Any, x: Any
) -> Any:
    """α_{t+1} ≥ α - cη|α|Δ + ηΔ/16 ≥ α, with c = 4."""
    bound = along - 4 * x * np.abs(along) * S / A + x * S / (16 * A)
    reached = next_point(length, cos, A, B, C, x)[0]
    return both(
        proved(
            lemmas.alpha_nondecreasing(),
            sides=at_most(
                bound, reached, ("α - cη|α|Δ + ηΔ/16", "α after a step"), scale=1 + length
            ),
        ),
        proved(
            lemmas.alpha_nondecreasing(),
            sides=at_most(along, bound, ("α", "α - cη|α|Δ + ηΔ/16")),
        ),
    )
