"""Lemma 12: the interval that the singular values are said to stay in, and its proof.

Every check reads the paper's step size in both ways: for the printed recurrence with n/2, and for
gradient descent, where the factor is n.

Reference: awasthi2021, Lemma 12. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.audit._linear_cases import decide, regular_settings, report, sigma_step, targets
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "above_falls",
    "above_stays",
    "below_rises",
    "below_stays",
    "lemma_12",
    "lemma_12_corrected",
    "range_depends_on_start",
]

_STARTS = np.array([0.01, 0.1, 0.5, 1.0, 2.0, 3.0, 4.0])


def range_depends_on_start(budget: str = "quick") -> Evidence:
    """The numbers u, l, delta are said to depend on sigma* only; they also depend on 1 + d."""
    degrees = (0, 3) if budget == "quick" else range(6)
    uppers = [float(bounds.lemma_12_interval_printed(1.0 + d, 1.0).upper) for d in degrees]
    spread = max(uppers) - min(uppers)
    given = bounds.lemma_12_interval_printed(1.0 + degrees[-1], 1.0)
    repeatable = float(given.upper) == uppers[-1]
    return report(
        "numerical",
        decide(spread == 0, repeatable),
        f"With sigma* = 1 the upper end u is {uppers[0]:g} for d = 0 and {uppers[-1]:g} for "
        f"d = {degrees[-1]}.",
        {"u, d = 0": uppers[0], f"u, d = {degrees[-1]}": uppers[-1]},
        witness=Witness(f"sigma* = 1, d = 0 and d = {degrees[-1]}: u", uppers[0], uppers[-1]),
        correction="They depend on sigma* and on the start sigma_0 = 1 + d.",
    )


def lemma_12(budget: str = "quick") -> Evidence:
    """Lemma 12 from the identity: the smallest (n, d, L, sigma*) that leaves [l, u]."""
    steps, found, searched = (40 if budget == "quick" else 400), {}, 0
    for factor, reading in ((0.5, "printed recurrence"), (1.0, "gradient descent")):
        for setting in regular_settings(budget):
            sigma_star = targets(budget)
            searched += len(sigma_star)
            escape = _first_escape(setting, sigma_star, 1.0 + setting[1], factor, steps)
            if escape is not None and reading not in found:
                found[reading] = escape
    numbers = {
        f"{reading}, {name}": value
        for reading, (_, printed, actual) in found.items()
        for name, value in (("claimed bound", printed), ("reached", actual))
    }
    words, printed, actual = found.get("printed recurrence", ("none", 0.0, 0.0))
    return report(
        "search",
        decide(not found),
        f"For small sigma* the step size is far too large; first case: {words}.",
        numbers | {"cases searched": float(searched)},
        witness=Witness(words, printed, actual),
        correction="With eta <= 1/(n L^2 (d^2+1) max(sigma_0, sigma*)^{2L-2}) each sigma moves "
        "monotonically from sigma_0 towards sigma*.",
    )


def _first_escape(
    setting: tuple[int, int, int], sigma_star: np.ndarray, start: float, factor: float, steps: int
) -> tuple[str, float, float] | None:
    """The largest sigma* whose path leaves [l, u], in words, with the bound and the value."""
    nodes, degree, rounds = setting
    rate = bounds.lemma_12_step_printed(start, sigma_star, nodes, degree, rounds)
    interval = bounds.lemma_12_interval_printed(start, sigma_star)
    sigma = np.full_like(sigma_star, start)
    bound, reached = np.full_like(sigma, np.nan), np.full_like(sigma, np.nan)
    for _ in range(steps):
        sigma = sigma_step(sigma, sigma_star, setting, rate, factor)
        below = sigma < interval.lower * (1 - 1e-9)
        above = sigma > interval.upper * (1 + 1e-9)
        fresh = (below | above) & np.isnan(reached)
        reached = np.where(fresh, sigma, reached)
        bound = np.where(fresh, np.where(below, interval.lower, interval.upper), bound)
    escaped = np.flatnonzero(~np.isnan(reached))
    if not escaped.size:
        return None
    i = escaped[-1]
    words = f"n = {nodes}, d = {degree}, L = {rounds}, sigma* = {sigma_star[i]:g}, r = 1"
    return words, float(bound[i]), float(reached[i])


def lemma_12_corrected(budget: str = "quick") -> Evidence:
    """The corrected Lemma 12 along paths: no overshoot, monotone, for gradient descent."""
    steps, worst = (50 if budget == "quick" else 200), 0.0
    for setting in regular_settings(budget):
        sigma_star = targets(budget)
        for start in (*_STARTS, 1.0 + setting[1]):
            rate = bounds.lemma_12_step_corrected(start, sigma_star, *setting)
            deviation = start - sigma_star
            for _ in range(steps):
                after = sigma_step(deviation + sigma_star, sigma_star, setting, rate, 1.0)
                moved = after - sigma_star
                # Monotone without overshoot: the new deviation lies between 0 and the old one.
                overshoot = -moved * np.sign(deviation)
                growth = np.abs(moved) - np.abs(deviation)
                slack = np.maximum(overshoot, growth) / np.maximum(sigma_star, start)
                worst = max(worst, float(np.max(slack)))
                deviation = moved
    return report(
        "search",
        decide(worst < 1e-13),
        "With the corrected step size every singular value moves monotonically to its target.",
        {"largest relative violation": worst},
        tolerance=1e-13,
    )


def above_falls(budget: str = "quick") -> Evidence:
    """A value above its target does not rise, for every positive step size."""
    return _direction(budget, above=True)


def below_rises(budget: str = "quick") -> Evidence:
    """A value below its target does not fall, for every positive step size."""
    return _direction(budget, above=False)


def _direction(budget: str, above: bool) -> Evidence:
    """The sign of the update: sigma^{L-1} (sigma^L - sigma*^L) has the sign of sigma - sigma*."""
    worst = -np.inf
    ratios = np.linspace(1.0, 20.0, 400) if above else np.linspace(1e-6, 1.0, 400)
    for setting in regular_settings(budget):
        for sigma_star in (1e-3, 0.3, 1.0, 7.0):
            sigma = sigma_star * ratios
            moved = sigma_step(sigma, np.full_like(sigma, sigma_star), setting, 1e-3, 0.5) - sigma
            worst = max(worst, float(np.max(moved if above else -moved)))
    return report(
        "numerical",
        decide(worst <= 0),
        f"The update points {'down above' if above else 'up below'} the target, because t^L is "
        "increasing for t > 0.",
        {"largest step in the wrong direction": worst},
    )


def above_stays(budget: str = "quick") -> Evidence:
    """The proof's bound (1+delta)^{L-1} ((1+delta)^L - 1) <= (1+u)^{L-1} L u^L, 1+delta <=
    u/sigma*.

    It confuses u with u / sigma*, and fails for sigma* < 1.
    """
    for setting in regular_settings(budget):
        nodes, degree, rounds = setting
        sigma_star = targets(budget)[::-1]
        interval = bounds.lemma_12_interval_printed(1.0 + degree, sigma_star)
        ratio = (1.0 + degree) / sigma_star
        left = ratio ** (rounds - 1) * (ratio**rounds - 1)
        right = (1 + interval.upper) ** (rounds - 1) * rounds * interval.upper**rounds
        failing = np.flatnonzero((left > right * (1 + 1e-9)) & (ratio > 1))
        if failing.size:
            break
    i = failing[0] if failing.size else 0
    return report(
        "search",
        decide(not failing.size),
        f"The bound fails at the start for sigma* <= {sigma_star[i]:g} already on one node.",
        {"left side": float(left[i]), "right side": float(right[i])},
        witness=Witness(
            f"n = {nodes}, d = {degree}, L = {rounds}, sigma* = {sigma_star[i]:g}, t = 0",
            float(right[i]),
            float(left[i]),
        ),
        correction="The bracket is at most L (u/sigma*)^{2L-1}; it enters through sigma*^{2L-1}.",
    )


def below_stays(budget: str = "quick") -> Evidence:
    """The other case of the proof, sigma < sigma*: sigma_{t+1} <= u for the step size of the lemma.

    Lemma 12 allows any start; for small sigma* the step is too long and overshoots 2 sigma*.
    """
    worst: tuple[float, str, float, float] = (0.0, "none", 0.0, 0.0)
    for setting in regular_settings(budget):
        sigma_star = targets(budget)[::-1]
        for fraction in (0.5, 0.2, 0.1):
            start = fraction * sigma_star
            rate = bounds.lemma_12_step_printed(start, sigma_star, *setting)
            upper = bounds.lemma_12_interval_printed(start, sigma_star).upper
            after = sigma_step(start, sigma_star, setting, rate, 0.5)
            excess = after / upper
            i = int(np.argmax(excess > 1 + 1e-9))
            if excess[i] > 1 + 1e-9 and worst[0] == 0.0:
                words = (
                    f"n = {setting[0]}, d = {setting[1]}, L = {setting[2]}, "
                    f"sigma* = {sigma_star[i]:g}, sigma_0 = {start[i]:g}"
                )
                worst = (float(excess[i]), words, float(upper[i]), float(after[i]))
    return report(
        "search",
        decide(worst[0] == 0.0),
        f"One step from below can pass u = 2 sigma*; first case: {worst[1]}.",
        {"claimed bound": worst[2], "reached": worst[3]},
        witness=Witness(worst[1], worst[2], worst[3]),
        correction="With the corrected step size sigma_{t+1} <= sigma*.",
    )
