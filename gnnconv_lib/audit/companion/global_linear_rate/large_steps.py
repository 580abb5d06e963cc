"""Steps above 1/A: where the angle may grow, convergence up to 2/A, divergence beyond.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import descent, graphs, relu_gnn
from gnnconv_lib.audit import _relu_lemmas as lemmas
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit._measures import every_measure, measures
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.certificates import Certificate, certify_nonnegative
from gnnconv_lib.claims import at_most, both, claim, domain, drawn, equal, fixed, less, proved, real
from gnnconv_lib.summaries import overlap

BETWEEN = on_measures((1.001, 1.999), (0.0, np.pi), (True, True), printed_steps="(1, 2)")
ABOVE = on_measures((2.001, 40.0), printed_steps="(2, inf)")
ON_MEASURES = on_measures()


@claim("companion:theorem-large-steps/overshoot", BETWEEN, tolerance=1e-9)
def overshoot_exactly_beyond_a_length(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """The rotation exceeds θ exactly if l > x(B - cC)/((x-1)A)."""
    at = Point(measure, l, theta, x)
    limit = bounds.longest_without_overshoot(at.full, at.mixed, at.slope, at.cos, x)
    beyond = at.rotation - theta
    return both(
        proved(
            lemmas.overshoot(),
            sides=at_most(np.where(l <= limit, beyond, -1.0), 0.0, ("overshoot", "0"), 1.0),
        ),
        proved(
            lemmas.overshoot(),
            sides=at_most(
                np.where(l >= limit, -beyond, -1.0), 0.0, ("rest of the angle", "0"), 1.0
            ),
        ),
    )


def _gaussian(budget: str) -> dict[str, Any]:
    """Gaussian starts in ten dimensions on every graph of the audit, three steps each."""
    count, every = (2, 2) if budget == "quick" else (20, 1)
    known = measures("quick")
    chosen = np.arange(0, known.graphs, every)
    generator = np.random.default_rng(31)
    rows = [(k, x) for k in chosen for x in (1.04, 1.2, 1.5, 1.96) for _ in range(count)]
    weights = generator.normal(size=(len(rows), 10))
    length = np.linalg.norm(weights, axis=1)
    measure, step = np.array(rows).T
    return {
        "measure": measure.astype(int),
        "l": length,
        "theta": np.arccos(weights[:, 0] / length),
        "x": step,
    }


RUNS = domain(
    every_measure(),
    drawn("l", "Gaussian starts in R^10"),
    real("x", "(1, 2)", "step x = ηA"),
    derived=("theta",),
    cases=lambda budget: _with_corners(_gaussian(budget)),
    words=BETWEEN.words,
)


def _with_corners(columns: dict[str, Any]) -> dict[str, Any]:
    """The same with two artificial measures, so that every kind of measure is met."""
    known = measures("quick")
    extra = np.array([len(known.names) - 1, known.graphs + 1])
    added = {"measure": extra, "l": np.ones(2), "theta": np.ones(2), "x": np.full(2, 1.5)}
    return {name: np.concatenate([values, added[name]]) for name, values in columns.items()}


@claim("companion:theorem-large-steps/convergence", RUNS, tolerance=1e-12)
def large_steps_converge(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """The loss never rises, and falls below 1e-12 A."""
    at, largest = Point(measure, l, theta, x), np.full(np.shape(l), -np.inf)
    for _ in range(3000):
        after = at.after
        largest = np.maximum(largest, (after.loss - at.loss) / at.full)
        at = after
        if np.all(at.loss <= 1e-12 * at.full):
            break
    return both(
        at_most(largest, 0.0, ("largest rise of L/A", "0"), 1.0),
        at_most(at.loss, 1e-12 * at.full, ("last loss", "1e-12 A")),
    )


@claim("companion:theorem-large-steps/away-from-zero", ON_MEASURES, tolerance=1e-12)
def subtracted_gradient_stays_away_from_zero(measure: Any, l: Any, theta: Any) -> Any:  # noqa: E741
    """|∇f|² = B² + C² sin²θ ≥ B(-1)² for f(w) = |w| B(c): 0 is no limit where B(-1) > 0."""
    at, opposite = Point(measure, l, theta), Point(measure, l, np.full_like(theta, np.pi))
    squared = at.mixed**2 + (at.slope * at.sine) ** 2
    return at_most(opposite.mixed**2, squared, ("B(-1)^2", "|grad f|^2"), at.full**2)


LONG = domain(
    fixed("one node, x = 3/2, θ = π/4"),
    real("l", "[4, 4.5]"),
    cases=lambda budget: {"l": np.array([4.0, 4.25, 4.5])},
)


@claim("companion:remark-angle-grows", LONG)
def angle_grows_above_one(l: Any) -> Any:  # noqa: E741
    """The angle grows, while the loss falls."""
    number = measures("quick").names.index("complete(1)")
    at = Point(np.full(l.shape, number), l, np.full(l.shape, np.pi / 4), np.full(l.shape, 1.5))
    turned, lost = _certificates()
    return both(
        proved(turned, sides=less(at.angle, at.after.angle, ("angle", "angle after a step"))),
        proved(lost, sides=less(at.after.loss, at.loss, ("loss after a step", "loss"))),
    )


@cache
def _certificates() -> tuple[Certificate | None, Certificate | None]:
    """On one node at x = 3/2 and θ = π/4, for 4 ≤ l ≤ 4.5: θ+ - θ and L - L+ are at least 1/100.

    With s and s' at cos θ the step has the parts a = (1-x) l + x s along w, which is negative, and
    b = x s' sin θ across it. So it turns w by δ = π/2 + atan(-a/b), and θ+ = δ - π/4 > 0.
    """
    try:
        from flint import arb
    except ImportError:
        return None, None

    def step(l: Any) -> tuple[Any, Any, Any]:  # noqa: E741
        root, pi = (arb(1) / 2).sqrt(), arb.pi()
        along = 3 * (root + 3 * pi / 4 * root) / (2 * pi) - l / 2
        across = 3 * root * (3 * pi / 4) / (2 * pi)
        return along, across, pi / 4 + (-along / across).atan()

    def growth(l: Any) -> Any:  # noqa: E741
        return step(l)[2] - arb.pi() / 4 - arb(1) / 100

    def fall(l: Any) -> Any:  # noqa: E741
        (along, across, angle), root, pi = step(l), (arb(1) / 2).sqrt(), arb.pi()
        squared = along * along + across * across
        after = (angle.sin() + (pi - angle) * angle.cos()) / pi
        before = (root + 3 * pi / 4 * root) / pi
        return (l * l - squared) / 2 - l * before + squared.sqrt() * after - arb(1) / 100

    return certify_nonnegative(growth, 4.0, 4.5), certify_nonnegative(fall, 4.0, 4.5)


EDGELESS = domain(
    fixed("two nodes without edge, x = 3/2"),
    real("start", "[3.9, 4.1]", "w_0 in units of w*"),
    cases=lambda budget: [{"start": start} for start in (3.9, 4.0, 4.1)],
)


@claim(
    "companion:remark-saddle-above-one",
    EDGELESS,
    each=True,
    tolerance=1e-11,
    exempt="all starts end at the same point",
)
def large_steps_can_stop_at_the_saddle(start: float) -> Any:
    """Gradient descent ends at -(B(-1)/A) w*, with the loss (A² - B(-1)²)/(2A) of the saddle."""
    measure = overlap(graphs.empty(2))
    full, opposite, _ = (float(value) for value in relu_gnn.sums(measure, -1.0))
    path = descent.run_relu([start], [1.0], measure, 1.5 / full, 400)
    w = start
    for _ in range(400):  # on the line of w*, from the definition: B is B(1) or B(-1)
        w -= 1.5 * (w - (1.0 if w > 0 else -opposite / full))
    return both(
        equal(float(path.final.u) + 1, -opposite / full, ("end", "-B(-1)/A")),
        equal(float(path.losses[-1]), (full**2 - opposite**2) / (2 * full), ("loss", "saddle")),
        equal(float(path.final.u) + 1, w, ("end", "end by hand")),
        less(abs(1.5 * (start - 1) - start), start, ("first iterate", "start")),
    )


@claim("companion:lemma-divergence", ABOVE, tolerance=1e-10)
def divergence(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """l+ ≥ (x-1) l - x, so that above x/(x-2) the length grows in every step."""
    at = Point(measure, l, theta, x)
    above = l > bounds.divergence_length(x) * (1 + 1e-9)
    scale = 1 + l
    return both(
        proved(
            lemmas.divergence(),
            sides=at_most(
                (x - 1) * l - x, at.after.length, ("(x-1) l - x", "length after a step"), scale
            ),
        ),
        proved(
            lemmas.growth(),
            sides=at_most(
                np.where(above, l, 0.0), at.after.length, ("length", "after a step"), scale
            ),
        ),
    )
