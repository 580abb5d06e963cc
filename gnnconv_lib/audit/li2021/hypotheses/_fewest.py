"""The fewest labels with which Theorem 2 says anything, with c = 1 and much else in its favour.

Book page: book/li2021/hypotheses.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib.bounds import li2021 as bounds

__all__ = ["fewest_labels"]


def fewest_labels(features: int, outputs: int, level: str, reading: str) -> float:
    """The smallest n with (41) or (42) and a floor (44) below sqrt 2, by search (c = 1).

    Isolated nodes or graphs of one node, the identity, no noise, W_0 = W*, v_0 = v*, L_sigma = 1;
    searched are |v*| in [1, 1000] and the step size below (40).

    Args:
        reading: "mean", or "sum" for |Xi_N^-1| = 1/n (node level).

    >>> fewest_labels(1, 1, "node", "mean") > 1e6
    True
    """
    best = math.inf
    for target in np.geomspace(1.0, 1000.0, 13):
        base = bounds.Setting(
            level=level,
            features=features,
            outputs=outputs,
            target=float(target),
            product=float(target) ** 2,
        )
        limit = bounds.equation_40(base)
        for share in (0.1, 0.5, 0.8, 0.95):
            best = min(best, _needed(base.but(learning_rate=share * limit), reading))
    return best


def _needed(setting: bounds.Setting, reading: str) -> float:
    """The smallest n for one setting, by bisection in log n."""

    def met(log_n: float) -> bool:
        n = math.exp(log_n)
        at = setting.but(labels=math.ceil(n), inverse_xi=1 / n if reading == "sum" else 1.0)
        conditions = bounds.equation_48(at) <= bounds.equation_41_printed(at)
        return bool(conditions and bounds.equation_44(at) <= math.sqrt(2))

    low, high = math.log(3), 60.0
    if not met(high):
        return math.inf
    for _ in range(45):
        middle = (low + high) / 2
        low, high = (low, middle) if met(middle) else (middle, high)
    return math.exp(high)
