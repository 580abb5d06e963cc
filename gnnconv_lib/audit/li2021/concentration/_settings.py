"""What the claims on Lemmas 3 to 6 share: settings at the limit of (40), and tails in logarithms.

The lemmas allow a probability of failure that is exponentially small, so rare events count.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from gnnconv_lib.bounds import li2021 as bounds

__all__ = ["LOG_TEN", "at_half", "log_two_sided", "log_weighted_tail", "smallest_delta"]

LOG_TEN = math.log(10)


def at_half(**fields: Any) -> bounds.Setting:
    """A setting with half of the largest step size of (40)."""
    base = bounds.Setting(**fields)
    return base.but(learning_rate=0.5 * bounds.equation_40(base))


def log_two_sided(threshold: Any) -> Any:
    """log P(|Z| > threshold) for a standard normal Z."""
    return math.log(2) + special.log_ndtr(-np.asarray(threshold, float))


def smallest_delta(n: float, reading: str) -> float:
    """The logarithm of the smallest delta that Lemma 4 allows with n labels.

    "log(2/delta)": sqrt(n log n) >= (3/2) log(2/delta); "log(2)/delta": >= (3/2) (log 2) / delta.
    """
    root = math.sqrt(n * math.log(n))
    if reading == "log(2/delta)":
        return math.log(2) - 2 / 3 * root
    return min(0.0, math.log(1.5 * math.log(2)) - math.log(root))


def log_weighted_tail(weights: np.ndarray, features: int, threshold: float) -> float:
    """An upper bound on log P(sum_k weights_k chi^2_features > threshold), by Chernoff's method."""
    t = np.linspace(0.0, 1.0, 2000, endpoint=False)[:, None] / (2 * np.max(weights))
    moments = -0.5 * features * np.sum(np.log1p(-2 * t * weights), axis=1)
    return float(np.min(moments - t[:, 0] * threshold))
