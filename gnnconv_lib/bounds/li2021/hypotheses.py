"""The hypotheses of Theorem 2 for one setting: what is asked, what is there, and how far apart they are.

Book page `book/li2021/hypotheses`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gnnconv_lib import activations
from gnnconv_lib.bounds.li2021.concentration import lemma_3_nodes, lemma_5_nodes
from gnnconv_lib.bounds.li2021.constants import Setting
from gnnconv_lib.bounds.li2021.theorem_2 import (
    equation_40,
    equation_41_corrected,
    equation_41_printed,
)

__all__ = ["Hypothesis", "hypotheses", "labels_needed"]


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis of Theorem 2 in one setting.

    Fields:
        name: the number in the paper, with what it limits.
        asked: the limit. there: what the setting has. satisfied: whether it is met.
        orders: powers of ten by which it is missed, 0 where it is met.
    """

    name: str
    asked: float
    there: float
    satisfied: bool
    orders: float


def labels_needed(setting: Setting, printed: bool = True) -> float:
    """The smallest n >= 3 with (2/c) sqrt(log n / n) at most the right side of (41) or (42).

    All else is kept, d-bar included. Infinite where the right side is 0 or not a number. A value beyond
    1e308 is infinite too; see `hypotheses` for its logarithm.

    Reference: li2021, Eqs. (41)-(42).

    >>> labels_needed(Setting(learning_rate=1e-4, trace=0.0))
    inf
    """
    logarithm = _log_labels(setting, printed)
    return math.exp(logarithm) if logarithm < 709 else math.inf


def hypotheses(setting: Setting, activation: str, delta: float = 0.1) -> tuple[Hypothesis, ...]:
    """Every hypothesis of Theorem 2, checked for one setting.

    The conditions on n are evaluated at the largest step size below (40) if the one of the setting is too
    large, because gamma_1 is not real there.

    Args:
        activation: a name. delta: the probability of failure that is allowed.

    Reference: li2021, Theorem 2.

    >>> [entry.satisfied for entry in hypotheses(Setting(), "tanh")][:4]
    [True, True, True, True]
    """
    sigma = activations.get(activation)
    finite = sigma.value_at_zero == 0
    rows = [
        _flag("Assumption 1: increasing", 1.0, float(sigma.monotone), sigma.monotone),
        _limit("Assumption 1: Lipschitz constant", 1.0, sigma.lipschitz),
        _limit(r"Assumption 2: $\lvert \sigma(0) \rvert$", 0.0, abs(sigma.value_at_zero)),
        _flag(r"(39): $\mathrm{Tr}(W_*^T W_0)$", 0.0, setting.trace, setting.trace >= 0),
        _flag(r"(39): $v_0^T v_*$", 0.0, setting.product, setting.product >= 0),
    ]
    allowed = equation_40(setting)
    rows.append(_limit("(40): learning rate", allowed, setting.learning_rate))
    inside = setting.but(learning_rate=min(setting.learning_rate, 0.5 * allowed))
    number = "(41)" if setting.level == "node" else "(42)"
    for label, printed in ((f"{number}: labels, c = 1", True), (f"{number} corrected", False)):
        if not finite or (not printed and setting.level == "graph"):
            continue
        needed = _log_labels(inside, printed) / math.log(10)
        there = math.log10(setting.labels)
        met = needed <= there
        rows.append(
            Hypothesis(
                label, 10.0 ** min(needed, 300.0), setting.labels, met, max(0.0, needed - there)
            )
        )
    count = (
        lemma_3_nodes(setting, delta) if setting.level == "node" else lemma_5_nodes(setting, delta)
    )
    nodes = setting.labels * (1 if setting.level == "node" else setting.largest_graph)
    rows.append(_limit("Lemma 3 or 5: number of nodes", nodes, count, flip=True))
    return tuple(rows)


def _log_labels(setting: Setting, printed: bool) -> float:
    right = equation_41_printed(setting) if printed else equation_41_corrected(setting)
    return _log_root(2 / (setting.constant * right)) if right > 0 else math.inf


def _log_root(scale: float) -> float:
    """log n for the smallest n >= 3 with scale sqrt(log n / n) <= 1: the root of x = log x + 2 log scale."""
    if not math.isfinite(scale):
        return math.inf
    if scale**2 * math.log(3) <= 3:
        return math.log(3)
    x = max(2.0, 2 * math.log(scale))
    for _ in range(200):
        x = math.log(x) + 2 * math.log(scale)
    return x


def _limit(name: str, limit: float, value: float, flip: bool = False) -> Hypothesis:
    """`value` must be at most `limit`; `flip` says that the limit is what the setting has."""
    met = value <= limit
    orders = 0.0 if met or limit <= 0 else math.log10(value / limit)
    asked, there = (value, limit) if flip else (limit, value)
    return Hypothesis(name, asked, there, met, orders)


def _flag(name: str, asked: float, there: float, met: bool) -> Hypothesis:
    return Hypothesis(name, asked, there, met, 0.0)
