"""Lemma 7's first step: the length on the segment between two iterates.

A point of the segment from w_t to w_{t+1} is a step of size lambda eta.

Reference: awasthi2021, Lemma 7. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib.audit._exact_relu import exactly, next_square
from gnnconv_lib.audit._relu_domains import SPARSE, Columns, in_turn
from gnnconv_lib.audit._relu_steps import PRINTED_STEP, STEP_ENDS, next_length, steps
from gnnconv_lib.audit.awasthi2021.bounded_iterates import lemmas
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import at_most, both, claim, integer, proved, real, where

_LAMBDA = real("share", "[0, 1]", "λ")
_TURN = in_turn(x=STEP_ENDS, share=(0.25, 1.0, 0.0, 0.6))


def _gaussian(made: Columns) -> Columns:
    """r, and the smallest sigma for which Lemma 1 allows the length."""
    r = np.array([2.0, 1.0, 100.0])[np.arange(len(made["length"])) % 3]
    r = np.where(np.abs(made["cos"]) == 1, r, np.maximum(r, 2.0))
    allowed = made["length"] - bounds.lemma_1_printed(0.0, 1)[1]
    return {**_TURN(made), "r": r, "sigma": np.maximum(allowed / (2 * np.sqrt(r)), 0.01)}


def say(graph: Any, length: float, cos: float, x: float, share: float) -> str:
    """A case in words."""
    return f"{graph.name}, ℓ_t = {length:.4g}, c_t = {cos:.7g}, ηA = {x:.4g}, λ = {share:g}"


ALLOWED = steps(
    "every graph",
    PRINTED_STEP,
    _LAMBDA,
    real("sigma", "(0, inf)", "σ"),
    integer("r", "[1, inf)"),
    where(
        "ℓ_t ≤ 2σ√r + 4π + 1, as in Lemma 1",
        lambda length, sigma, r: length <= (2 * sigma * np.sqrt(r) + 4 * np.pi + 1) * (1 + 1e-12),
    ),
    more=_gaussian,
    regime=SPARSE,
    words=lambda graph, length, cos, x, share, sigma, r: (
        f"{say(graph, length, cos, x, share)}, σ = {sigma:.4g}, r = {r:g}"
    ),
)
SEGMENTS = steps("every graph", PRINTED_STEP, _LAMBDA, more=_TURN, regime=SPARSE, words=say)
LONG_SEGMENTS = steps(
    "every graph",
    PRINTED_STEP,
    _LAMBDA,
    length="[1/(36*pi**2), inf)",
    place=lambda length, cos: (np.maximum(length, bounds.lemma_1_printed(1.0, 1)[0]), cos),
    more=_TURN,
    words=say,
)


@claim("awasthi2021:remark-segment-upper", ALLOWED, repair="slip")
def segment_upper(
    length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any, share: Any, sigma: Any, r: Any
) -> Any:
    """α² + β² ≤ 2σ√r + 4π + 1 on the segment."""
    reached = next_length(length, cos, A, B, C, share * x)
    bound = bounds.lemma_1_printed(sigma, r)[1]
    return (
        at_most(reached**2, bound, ("α² + β²", "2σ√r + 4π + 1"), exactly=exactly(_exact_upper)),
        proved(lemmas.upper(), sides=at_most(reached, bound, ("√(α² + β²)", "2σ√r + 4π + 1"))),
    )


def _exact_upper(s: Any, pi: Any, x: Any, share: Any, sigma: Any, r: Any) -> tuple[Any, Any]:
    return next_square(s, share * x), 2 * sigma * r.sqrt() + 4 * pi + 1


def _exact_lower(s: Any, pi: Any, x: Any, share: Any) -> tuple[Any, Any]:
    """The first bound with η²B², not λ²η²B², and the squared length."""
    part, ratio = share * x, s.B / s.A
    kept = (s.length * (1 - part)) ** 2
    middle = kept + 2 * part * ratio * s.length * (1 - part) + (x * ratio) ** 2
    return middle, next_square(s, part)


@claim("awasthi2021:remark-segment-lower-step", SEGMENTS, repair="slip")
def segment_lower_step(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any, share: Any) -> Any:
    """ℓ² ≥ ℓ_t²(1-ληA)² + 2ληBℓ_t(1-ληA) + η²B² ≥ ℓ_t²(1-ληA)² ≥ ℓ_t²(1-1/(6π))²."""
    part, ratio = share * x, B / A
    square = next_length(length, cos, A, B, C, part) ** 2
    kept = (length * (1 - part)) ** 2
    last = (length * (1 - 1 / (6 * math.pi))) ** 2

    def chain(third: Any, first: Any = None) -> Any:
        middle = kept + 2 * part * ratio * length * (1 - part) + third
        return both(
            proved(
                first,
                sides=at_most(middle, square, ("first bound", "ℓ²"), exactly=exactly(_exact_lower)),
            ),
            proved(first, sides=at_most(kept, middle, ("second bound", "first bound"))),
            proved(
                lemmas.segment_keeps(), sides=at_most(last, kept, ("last bound", "second bound"))
            ),
        )

    return chain((x * ratio) ** 2), chain((part * ratio) ** 2, lemmas.lower())


@claim("awasthi2021:remark-segment-lower", LONG_SEGMENTS)
def segment_lower(length: Any, cos: Any, A: Any, B: Any, C: Any, x: Any, share: Any) -> Any:
    """ℓ ≥ (1 - 1/(6π))/(36π²) on the segment, where ℓ_t ≥ 1/(36π²)."""
    bound = bounds.lemma_1_printed(1.0, 1)[0] * (1 - 1 / (6 * math.pi))
    reached = next_length(length, cos, A, B, C, share * x)
    sides = at_most(bound, reached, ("(1 - 1/(6π))/(36π²)", "ℓ on the segment"))
    return proved(lemmas.segment_length(), sides=sides)
