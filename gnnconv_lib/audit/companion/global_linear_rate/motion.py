"""One step and all steps for x = eta A <= 1: descent, angle, contraction, the rate (steps 5 to 7).

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._hostile import Point, problems, tried
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.validation import require_choice

__all__ = [
    "angle_decreases",
    "contraction",
    "descent",
    "length_bound",
    "length_forgotten",
    "linear_rate",
]

Array = np.ndarray


def descent(budget: str = "quick") -> Evidence:
    """L(w+) <= L(w) - eta (1 - eta A / 2) |grad L|^2 for every step 0 < eta A < 2, and through w = 0."""
    return tried("L+ <= L - eta (1 - eta A/2) |grad L|^2", _descent, budget, steps=(0.0, 2.0))


def _descent(at: Point) -> Array:
    bound = at.loss - at.step * (1 - at.step / 2) * at.gradient_squared / at.full
    return (at.after.loss - bound) / (at.full * (1 + at.length**2))


def angle_decreases(budget: str = "quick") -> Evidence:
    """0 <= theta+ <= theta for x <= 1: the rotation delta lies in [0, theta], where c > -1."""
    return tried("0 <= delta <= theta for x <= 1", _rotation, budget, tolerance=1e-11)


def _rotation(at: Point) -> Array:
    overshoot = -((1 - at.step) * at.length + at.step * (at.mixed - at.cos * at.slope) / at.full)
    inside = np.pi - at.angle > 1e-6
    parts = [-at.rotation, at.rotation - at.angle, overshoot / (1 + at.length)]
    return np.where(inside, np.max(np.stack(parts), axis=0), -np.inf)


def contraction(budget: str = "quick") -> Evidence:
    """L(w+) <= (1 - x (2 - x) mu(c) / A) L(w), and mu(c+) >= mu(c), for x <= 1 and c > -1."""
    return tried("L+ <= (1 - x (2-x) mu/A) L, and mu does not fall", _contraction, budget)


def _contraction(at: Point) -> Array:
    factor = 1 - at.step * (2 - at.step) * at.constant / at.full
    scale = at.loss + 1e-6 * at.full * (1 + at.length**2)
    falls = (at.constant - at.after.constant) / at.full
    inside = np.pi - at.angle > 1e-6
    excess = np.maximum((at.after.loss - factor * at.loss) / scale, falls)
    return np.where(inside, excess, -np.inf)


def length_bound(budget: str = "quick") -> Evidence:
    """l+ <= (1 - x) l + x for x <= 1, because f(w) = |w| B(c) has |grad f| <= A."""

    def excess(at: Point) -> Array:
        bound = (1 - at.step) * at.length + at.step
        slope = np.hypot(at.mixed, at.slope * at.sine) / at.full - 1
        return np.maximum((at.after.length - bound) / bound, slope)

    return tried("l+ <= (1 - x) l + x, |grad f| <= A", excess, budget)


def length_forgotten(budget: str = "quick") -> Evidence:
    """At x = 1 the next weight does not depend on l: l+ <= 1 and L+ <= A, however long w was."""

    def excess(at: Point) -> Array:
        longer = Point(at.given, 1e3 * at.length, at.angle, at.step)
        same = np.abs(at.after.length - longer.after.length) / (1 + longer.length)
        parts = [at.after.length - 1, at.after.loss / at.full - 1, same]
        return np.max(np.stack(parts), axis=0)

    return tried("l+ <= 1 and L+ <= A at x = 1", excess, budget, steps=(1.0, 1.0))


def linear_rate(budget: str = "quick") -> Evidence:
    """The theorem along trajectories: L_t <= (1 - x (2-x) mu(c_0)/A)^t L_0 at every t, theta_t falls,

    and the number of steps to L_0 / 1e6 is at most that of `linear_rate_iterations` from c_0 >= 0.
    """
    require_choice("budget", budget, BUDGETS)
    starts, limit = (8, 60) if budget == "quick" else (40, 400)
    generator = np.random.default_rng(11)
    worst, place, slack, count = -np.inf, "", np.inf, 0
    for given in problems(budget):
        shape = (len(given.names), starts)
        for x in (1.0, 0.5, 1 / (6 * np.pi)):
            angle = np.pi * generator.uniform(size=shape)
            angle[:, :2] = [np.pi - 1e-3, np.pi / 2]
            length = 10.0 ** generator.uniform(-1, 1, shape)
            at = Point(given, length, angle, np.full(shape, x))
            rate = np.log1p(-np.minimum(x * (2 - x) * at.constant / at.full, 1 - 1e-16))
            first, start = at.loss, at
            for t in range(1, limit + 1):
                previous, at = at, at.after
                excess = at.loss / (first * np.exp(t * rate) + 1e-12 * first) - 1
                excess = np.maximum(excess, at.angle - previous.angle - 1e-12)
                count += excess.size
                if excess.max() > worst:
                    row, column = np.unravel_index(int(np.argmax(excess)), shape)
                    worst = float(excess[row, column])
                    place = f"{given.names[row]}, theta_0 = {angle[row, column]:.3g}, step {t}"
            promised = bounds.linear_rate_iterations(1.0, 1.0, 1e6, 1.0, x)
            promised = promised * given.full / given.messages
            done = (start.angle <= np.pi / 2) & (promised <= limit)
            if done.any():
                late = np.where(done, at.loss / first * 1e6 - 1, -np.inf)
                worst = max(worst, float(late.max()))
            slack = min(slack, float(np.min(promised)))
    numbers = {"iterates": float(count), "largest excess": worst}
    if worst > 1e-10:
        witness = Witness(place, 0.0, worst)
        return Evidence("search", "false as printed", f"Fails: {place}.", numbers, 1e-10, witness)
    summary = f"The bound and the falling angle hold at all {count} iterates, x = 1, 1/2, 1/(6 pi)."
    return Evidence("search", "holds", summary, numbers, 1e-10)
