"""One step and all steps for x = eta A <= 1: descent, angle, contraction, the rate (steps 5 to 7).

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from gnnconv_lib.audit import _relu_facts as facts, _relu_lemmas as lemmas
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point
from gnnconv_lib.audit.companion.global_linear_rate.sizes import SIZES
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.claims import (
    Found,
    at_most,
    both,
    claim,
    domain,
    equal,
    less,
    proved,
    symbolic_zero,
)
from gnnconv_lib.relu_gnn import sums
from gnnconv_lib.summaries import overlap

BELOW_TWO = on_measures((0.0, 2.0))
BELOW_ONE = on_measures((0.0, 1.0))
NOT_OPPOSITE = on_measures((0.0, 1.0), open_ends=(False, True))
BESIDE = on_measures((0.0, 1.0), open_ends=(True, True))
AT_ONE = on_measures((1.0, 1.0))


def descent_sides(at: Point) -> Any:
    """L(w+) and its bound."""
    bound = at.loss - at.step * (1 - at.step / 2) * at.gradient_squared / at.full
    names = ("loss after a step", "L - eta (1 - eta A/2) |grad L|^2")
    return proved(
        lemmas.descent(),
        sides=at_most(at.after.loss, bound, names, at.full * (1 + at.length**2)),
    )


def angle_sides(at: Point, lemma: Any = lemmas.angle) -> Any:
    """The rotation, between 0 and the angle, and the sign of what is left across the teacher."""
    left = (1 - at.step) * at.length + at.step * (at.mixed - at.cos * at.slope) / at.full
    return both(
        proved(lemma(), sides=at_most(0.0, at.rotation, ("0", "rotation"), 1.0)),
        proved(lemma(), sides=at_most(at.rotation, at.angle, ("rotation", "angle"), 1.0)),
        proved(lemma(), sides=at_most(0.0, left, ("0", "part across the teacher"), 1 + at.length)),
    )


def contraction_sides(at: Point) -> Any:
    """One step of the rate, and the constant of the next step."""
    factor = 1 - at.step * (2 - at.step) * at.constant / at.full
    scale = at.loss + 1e-6 * at.full * (1 + at.length**2)
    return both(
        proved(
            lemmas.contraction(),
            sides=at_most(
                at.after.loss, factor * at.loss, ("L after a step", "(1 - x(2-x) mu/A) L"), scale
            ),
        ),
        proved(
            lemmas.constant_increases(),
            sides=at_most(at.constant, at.after.constant, ("mu(c)", "mu(c+)"), at.full),
        ),
    )


@claim("companion:lemma-descent", BELOW_TWO, tolerance=1e-10, theorem="LinearRate.descent")
def loss_falls(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """L(w+) ≤ L(w) - η(1 - ηA/2)|∇L(w)|²."""
    return descent_sides(Point(measure, l, theta, x))


@claim(
    "companion:lemma-angle/no-overshoot",
    NOT_OPPOSITE,
    tolerance=1e-11,
    theorem="LinearRate.angle_falls",
)
def angle_falls(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """w+ is not 0, and 0 ≤ θ+ ≤ θ."""
    return angle_sides(Point(measure, l, theta, x))


@claim("companion:lemma-angle/strict", BESIDE, theorem="LinearRate.angle_falls")
def angle_falls_strictly(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """θ+ < θ: the rotation is positive, and so is |w+|."""
    at = Point(measure, l, theta, x)
    return both(
        proved(lemmas.angle(), sides=less(0.0, at.rotation, ("0", "rotation"))),
        proved(lemmas.angle(), sides=less(0.0, at.after.length, ("0", "length"))),
    )


@claim(
    "companion:lemma-length/bound", BELOW_ONE, tolerance=1e-10, theorem="LinearRate.length_bound"
)
def length_bound(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """l+ ≤ (1 - x) l + x."""
    at = Point(measure, l, theta, x)
    sides = at_most(at.after.length, (1 - x) * l + x, ("length after a step", "(1-x) l + x"))
    return proved(lemmas.length(), sides=sides)


@claim("companion:lemma-length/forgotten", AT_ONE, tolerance=1e-10)
def length_is_forgotten(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """At x = 1 the next weight does not depend on l, and l+ ≤ 1, L(w+) ≤ A."""
    at, longer = Point(measure, l, theta, x), Point(measure, 1e3 * l, theta, x)
    scale = 1 + longer.length
    A, B, size, step = sympy.symbols("A B l x", positive=True)
    slope = sympy.diff(facts.radial(A, B, size, step), size)
    forgotten = symbolic_zero(slope, lambda e: e.subs(step, 1))
    lengths = equal(at.after.length, longer.after.length, ("length", "length from 1000 l"), scale)
    angles = equal(at.after.angle, longer.after.angle, ("angle", "angle from 1000 l"), scale)
    return both(
        proved(lemmas.length(), sides=at_most(at.after.length, 1.0, ("length after a step", "1"))),
        proved(
            lemmas.loss_after_one(),
            sides=at_most(at.after.loss, at.full, ("loss after a step", "A")),
        ),
        proved(forgotten, sides=lengths),
        proved(forgotten, sides=angles),
    )


@claim("companion:theorem-linear-rate/step", NOT_OPPOSITE, tolerance=1e-10)
def loss_contracts(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """L(w+) ≤ (1 - x(2-x) μ(c)/A) L(w), and μ(c+) ≥ μ(c)."""
    return contraction_sides(Point(measure, l, theta, x))


def _trajectories(budget: str) -> dict[str, Any]:
    """A few starts per measure, with the steps that a long run is wanted for."""
    columns = {name: np.asarray(v) for name, v in NOT_OPPOSITE.cases(budget).columns.items()}
    every = slice(None, None, 3)
    chosen = {name: values[every] for name, values in columns.items()}
    chosen["x"] = np.resize([1.0, 0.5, 1 / (6 * np.pi), 1e-3], len(chosen["l"]))
    return chosen


PATHS = domain(*NOT_OPPOSITE.parts, cases=_trajectories, words=NOT_OPPOSITE.words)


@claim(
    "companion:theorem-linear-rate/path",
    PATHS,
    tolerance=1e-10,
    theorem="LinearRate.linear_rate and LinearRate.angle_falls",
)
def loss_along_a_path(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """L_t ≤ (1 - x(2-x) μ(c_0)/A)^t L_0 and θ_{t+1} ≤ θ_t at every step, of which the first 60 are run."""
    at = Point(measure, l, theta, x)
    first, rate = at.loss, np.log1p(-np.minimum(x * (2 - x) * at.constant / at.full, 1 - 1e-16))
    losses, allowed, angles = [], [], [theta]
    for t in range(1, 61):
        at = at.after
        losses.append(at.loss)
        allowed.append(first * np.exp(t * rate))
        angles.append(at.angle)
    path, turned = np.stack(losses, axis=1), np.stack(angles, axis=1)
    names = ("loss", "(1 - x(2-x) mu/A)^t L_0")
    return both(
        proved(
            lemmas.induction(),
            sides=at_most(path, np.stack(allowed, axis=1), names, 1e-2 * first[:, None]),
        ),
        proved(
            lemmas.angle(),
            sides=at_most(
                turned[:, 1:], turned[:, :-1], ("angle after a step", "angle before"), 1.0
            ),
        ),
    )


FRONT = on_measures((0.0, 1.0), angles=(0.0, np.pi / 2))


@claim("companion:theorem-linear-rate/number-of-steps", FRONT, theorem="LinearRate.iterations")
def enough_steps(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """From c_0 ≥ 0, L_T ≤ ε² for T ≥ 8A/(x(2-x)S) log(L_0/ε²): no less than the rate asks for."""
    at = Point(measure, l, theta, x)
    ratio = 1e6
    share = np.minimum(x * (2 - x) * at.constant / at.full, 1 - 1e-16)
    needed = np.log(ratio) / -np.log1p(-share)
    promised = [
        bounds.linear_rate_iterations(full, messages, ratio, 1.0, step)
        for full, messages, step in zip(at.full, at.messages, x, strict=True)
    ]
    sides = at_most(needed, np.array(promised), ("steps that the rate needs", "T"))
    return proved(lemmas.number_of_steps(), sides=sides)


@claim(
    "companion:theorem-linear-rate/size", SIZES, each=True, theorem="LinearRate.sizes_from_degrees"
)
def size_of_the_ratio(graph: Any) -> Any:
    """A/S ≤ n/(π(mean degree + 1)) + 1 - 1/π."""
    full = float(sums(overlap(graph), 1.0)[0])
    messages = float(np.sum((graph.degrees + 1.0) ** 2))
    right = graph.nodes / (np.pi * (np.mean(graph.degrees) + 1)) + 1 - 1 / np.pi
    sides = at_most(full / messages, right, ("A/S", "bound"))
    return Found(proved(lemmas.size(), sides=sides), facts={"largest A/S": full / messages})
