"""Steps above 1/A: where the angle may grow, convergence up to 2/A, divergence beyond.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib import descent, graphs, relu_gnn
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._hostile import Point, Problems, problems, tried
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.summaries import overlap
from gnnconv_lib.validation import require_choice

__all__ = [
    "angle_grows_above_one",
    "divergence",
    "large_steps_can_stop_at_the_saddle",
    "large_steps_converge",
    "no_overshoot_condition",
]

Array = np.ndarray


def no_overshoot_condition(budget: str = "quick") -> Evidence:
    """For 1 < x < 2: delta <= theta as long as l <= x (B - cC)/((x-1) A); beyond it w+ passes w*'s line."""

    def excess(at: Point) -> Array:
        c = at.cos
        step = np.maximum(at.step, 1.01)
        limit = bounds.longest_without_overshoot(at.full, at.mixed, at.slope, c, step)
        inside = (at.sine > 1e-4) & (at.step > 1.01)
        beyond = at.rotation - at.angle
        short = np.where(at.length <= limit * (1 - 1e-6), beyond, -np.inf)
        long = np.where(at.length >= limit * (1 + 1e-6), -beyond, -np.inf)
        return np.where(inside, np.maximum(short, long), -np.inf)

    return tried(
        "overshoot exactly beyond l = x (B - cC)/((x-1) A)", excess, budget, steps=(1.0, 2.0)
    )


def angle_grows_above_one(budget: str = "quick") -> Evidence:
    """The smallest example with x in (1, 2): one node, x = 3/2, l = 4, theta = pi/4: the angle grows."""
    require_choice("budget", budget, BUDGETS)
    one = Problems(("one node",), np.array([[1.0]]), np.array([[1.0]]))  # A = 1
    at = Point(one, np.array([[4.0]]), np.array([[np.pi / 4]]), np.array([[1.5]]))
    angle, before, later = (float(x[0, 0]) for x in (at.after.angle, at.loss, at.after.loss))
    turned = angle - np.pi / 4
    numbers = {"angle before": np.pi / 4, "angle after": angle, "loss after": later}
    if turned <= 0 or later >= before:
        witness = Witness("one node, x = 3/2, l = 4, theta = pi/4", np.pi / 4, angle)
        return Evidence("numerical", "false as printed", "It falls.", numbers, None, witness)
    summary = (
        f"One node, x = 3/2, l = 4: theta goes from {np.pi / 4:.3f} to {angle:.3f} "
        f"while L falls from {before:.3g} to {later:.3g}."
    )
    return Evidence("numerical", "holds", summary, numbers)


def large_steps_converge(budget: str = "quick") -> Evidence:
    """Gaussian starts on every graph at x = 1.2, 1.5 and 1.9 reach L = 1e-12 A; L never rises."""
    require_choice("budget", budget, BUDGETS)
    starts, limit = (4, 4000) if budget == "quick" else (30, 40_000)
    generator = np.random.default_rng(31)
    given = problems("quick")[0]
    shape = (len(given.names), starts)
    count, rises, slowest = 0, -np.inf, 0
    for x in (1.2, 1.5, 1.9):
        weights = generator.normal(size=(2, 10, *shape))[0]
        length = np.sqrt((weights**2).sum(axis=0))
        at = Point(given, length, np.arccos(weights[0] / length), np.full(shape, x))
        steps = 0
        while steps < limit and (at.loss > 1e-12 * at.full).any():
            after = at.after
            rises = max(rises, float(np.max((after.loss - at.loss) / at.full)))
            at, steps = after, steps + 1
        left = int(np.sum(at.loss > 1e-12 * at.full))
        if left or rises > 1e-12:
            witness = Witness(f"x = {x}, after {steps} steps", 0.0, float(left))
            return Evidence("search", "false as printed", "Not all converge.", {}, 1e-12, witness)
        count, slowest = count + at.length.size, max(slowest, steps)
    numbers = {"runs": float(count), "longest run": float(slowest), "largest rise of L/A": rises}
    summary = (
        f"All {count} runs at x = 1.2, 1.5, 1.9 converge, within {slowest} steps; L never rises."
    )
    return Evidence("search", "holds", summary, numbers, 1e-12)


def large_steps_can_stop_at_the_saddle(budget: str = "quick") -> Evidence:
    """Two nodes without edge, x = 3/2, w_0 = 4 w*: one step overshoots to the antipodal ray for good."""
    require_choice("budget", budget, BUDGETS)
    measure = overlap(graphs.empty(2))
    full, opposite, _ = (float(value) for value in relu_gnn.sums(measure, -1.0))
    path = descent.run_relu([4.0], [1.0], measure, 1.5 / full, 400)
    end, loss = float(path.final.u) + 1, float(path.losses[-1])
    saddle = (full**2 - opposite**2) / (2 * full)
    numbers = {"end": end, "saddle": -opposite / full, "loss": loss, "loss of the saddle": saddle}
    if abs(end + opposite / full) > 1e-12 or abs(loss - saddle) > 1e-12:
        witness = Witness("two nodes, x = 3/2, w_0 = 4 w*", -opposite / full, end)
        return Evidence("numerical", "false as printed", "It moves on.", numbers, 1e-12, witness)
    summary = (
        f"w_0 = 4 w* on two nodes, x = 3/2, ends at {end:.4f} w*, the saddle, with L = {loss:.3f}."
    )
    return Evidence("numerical", "holds", summary, numbers, 1e-12)


def divergence(budget: str = "quick") -> Evidence:
    """For x > 2: l+ >= (x-1) l - x, so that l_0 > x/(x-2) diverges on every graph."""

    def excess(at: Point) -> Array:
        limit = bounds.divergence_length(np.maximum(at.step, 2.001))
        lower = (at.step - 1) * at.length - at.step
        grows = np.where(
            (at.length > limit) & (at.step >= 2.001), at.length - at.after.length, -np.inf
        )
        return np.maximum(lower - at.after.length, grows) / (1 + at.length)

    return tried("l+ >= (x-1) l - x, l+ > l above x/(x-2)", excess, budget, steps=(2.0, 4.0))
