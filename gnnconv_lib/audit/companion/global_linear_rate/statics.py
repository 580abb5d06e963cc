"""Facts at one weight: convexity, the sums, the gradient inequality (steps 1 to 4 of the proof).

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._hostile import Point, Problems, problems, sums_at, tried
from gnnconv_lib.audit._relu_collections import standard
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.dual import inequalities
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.validation import require_choice

__all__ = [
    "best_constant",
    "convexity",
    "dual_facts",
    "gradient_inequality",
    "identities",
    "sizes_from_degrees",
    "sums",
]

Array = np.ndarray
_FACTS = {
    "nonnegative": "s >= 0",
    "nondecreasing": "s' >= 0",
    "convex": "s'' >= 0",
    "above x times its slope": "s >= x s'",
    "at least x": "s >= x",
    "below a parabola": "the chord above s on [0, 1]",
    "above a parabola": "the tangent below s",
    "step at least 1/2 on the positive side": "s' >= 1/2 on [0, 1]",
}


def dual_facts(budget: str = "quick") -> Evidence:
    """What the proof needs of s on the whole interval, by ball arithmetic."""
    require_choice("budget", budget, BUDGETS)
    boxes = 0
    for name, words in _FACTS.items():
        for certificate in inequalities.prove(name):
            boxes += certificate.boxes
            if not certificate.proved:
                where = certificate.box or (certificate.low, certificate.high)
                witness = Witness(
                    f"{words} on [{where[0]:g}, {where[1]:g}]", 0.0, certificate.value
                )
                return Evidence(
                    "certified", "false as printed", f"Not proved: {words}.", {}, None, witness
                )
    summary = f"{len(_FACTS)} inequalities for s, each proved on its whole interval: " + (
        ", ".join(_FACTS.values()) + "."
    )
    return Evidence("certified", "holds", summary, {"boxes": float(boxes)})


def identities(budget: str = "quick") -> Evidence:
    """The algebra of steps 2, 3 and 5 for any A, B, C, and the mixture behind the leaky ReLU."""
    import sympy

    require_choice("budget", budget, BUDGETS)
    a, b, l, x = sympy.symbols("A B l x", positive=True)  # noqa: E741
    slope, theta, u, leak = sympy.symbols("C theta u a", positive=True)
    radial = (1 - x) * l + x * b / a
    turning = x * slope * sympy.sin(theta) / a
    cosine, sine = sympy.cos(theta), sympy.sin(theta)
    # The dual of |t| is 2 s(u) - u; p and q are the parts of a leaky ReLU, p t + q |t|.
    relu, p, q = sympy.Symbol("s"), (1 + leak) / 2, (1 - leak) / 2
    absolute = 2 / sympy.pi * (sympy.sqrt(1 - u**2) + u * sympy.asin(u))
    textbook = (sympy.sqrt(1 - u**2) + u * (sympy.pi / 2 + sympy.asin(u))) / sympy.pi
    mixture = (p**2 * u + q**2 * (2 * relu - u)) / (p**2 + q**2)
    gaps = {
        "loss": a * (l**2 + 1) / 2
        - l * b
        - (a * l - b) ** 2 / (2 * a)
        - (a - b) * (a + b) / (2 * a),
        "no overshoot": radial * sine
        - turning * cosine
        - sine * ((1 - x) * l + x * (b - cosine * slope) / a),
        "dual of |t|": sympy.expand(absolute - 2 * textbook + u),
        "leaky mixture": mixture - (2 * leak * u + (1 - leak) ** 2 * relu) / (1 + leak**2),
    }
    failed = [name for name, gap in gaps.items() if sympy.cancel(sympy.expand(gap)) != 0]
    if failed:
        return Evidence(
            "symbolic",
            "false as printed",
            f"Not an identity: {failed[0]}.",
            witness=Witness(failed[0], 0.0, 1.0),
        )
    return Evidence("symbolic", "holds", f"SymPy proves {len(gaps)} identities: {', '.join(gaps)}.")


def convexity(budget: str = "quick") -> Evidence:
    """f(v) >= f(w) + grad f(w) . (v - w) for f(w) = |w| B(c): pairs (w, v), v also out of the plane."""
    require_choice("budget", budget, BUDGETS)
    generator = np.random.default_rng(5)
    rounds = 6 if budget == "quick" else 60
    worst, place, count = -np.inf, "", 0
    for given in problems(budget):
        shape = (len(given.names), 64)
        for _ in range(rounds):
            angle = np.pi * generator.uniform(size=shape)
            angle[:, :16] = np.pi - 10.0 ** generator.uniform(-4, 0, (shape[0], 16))
            length = 10.0 ** generator.uniform(-3, 2, shape)
            near = 10.0 ** generator.uniform(-4, 1, shape)
            w = np.stack([length * np.cos(angle), length * np.sin(angle), 0 * length])
            v = w + near * length * generator.normal(size=(3, *shape))
            excess = _below_tangent(given, w, v, length, angle)
            count += excess.size
            if excess.max() > worst:
                row, column = np.unravel_index(int(np.argmax(excess)), shape)
                worst = float(excess[row, column])
                place = f"{given.names[row]}, theta = {angle[row, column]:.3g}"
    numbers = {"pairs tried": float(count), "largest excess": worst}
    if worst > 1e-12:
        witness = Witness(place, 0.0, worst)
        return Evidence("search", "false as printed", place, numbers, 1e-12, witness)
    summary = f"f(w) = |w| B(c) lies above its tangents for all {count} pairs of weights tried."
    return Evidence("search", "holds", summary, numbers, 1e-12)


def _below_tangent(given: Problems, w: Array, v: Array, length: Array, angle: Array) -> Array:
    mixed, slope, _ = sums_at(given, angle)
    other = np.sqrt((v**2).sum(axis=0))
    other_mixed = sums_at(given, np.arctan2(np.hypot(v[1], v[2]), v[0]))[0]
    unit = w / length
    teacher = np.zeros_like(w)
    teacher[0] = 1.0
    gradient = mixed * unit + slope * (teacher - np.cos(angle) * unit)
    tangent = (gradient * v).sum(axis=0)  # f is homogeneous: f(w) = grad f(w) . w
    return (tangent - other * other_mixed) / (given.full * (length + other))


def sums(budget: str = "quick") -> Evidence:
    """0 <= C <= C(1) <= min(A, S), max(c A, c C) <= B <= A, A - B <= C(1)(1 - c), C >= S s'(min(c, 0)),

    and M/pi + S/2 <= A <= M/pi + (1 - 1/pi) S.
    """

    def excess(at: Point) -> Array:
        given, c = at.given, at.cos
        step = 1 - np.maximum(at.angle, np.pi / 2) / np.pi  # s'(min(c, 0)), exact near c = -1
        pairs, messages = given.pairs, given.messages
        parts = [
            -at.slope,
            at.slope - at.slope_at_one,
            at.slope_at_one - at.full,
            at.slope_at_one - messages,
            c * at.slope - at.mixed,
            c * at.full - at.mixed,
            -at.mixed,
            -at.gap,
            at.gap - at.slope_at_one * (1 - c),
            messages * step - at.slope,
            at.full - pairs / np.pi - (1 - 1 / np.pi) * messages,
            pairs / np.pi + messages / 2 - at.full,
            at.mixed - pairs / np.pi + np.where(c <= 0, 0, -np.inf),
            messages - pairs,
        ]
        return (
            np.max(np.stack([np.broadcast_to(part, c.shape) for part in parts]), axis=0) / at.full
        )

    return tried("the 14 bounds on A, B, C", excess, budget, tolerance=1e-12)


def sizes_from_degrees(budget: str = "quick") -> Evidence:
    """M <= n sum (d_i+1) and S >= (sum (d_i+1))^2 / n: so M/S <= n / (mean degree + 1)."""
    require_choice("budget", budget, BUDGETS)
    worst, place = -np.inf, ""
    collection = standard(budget)
    for graph in collection:
        sizes = graph.degrees + 1.0
        ratio = np.sum(np.sqrt(sizes)) ** 2 / np.sum(sizes**2)
        excess = ratio / (graph.nodes / np.mean(sizes)) - 1
        if excess > worst:
            worst, place = float(excess), graph.name
    numbers = {"largest (M/S) / (n/(mean degree + 1)) - 1": worst}
    if worst > 1e-12:
        witness = Witness(place, 0.0, worst)
        return Evidence("search", "false as printed", place, numbers, 1e-12, witness)
    summary = (
        f"M/S <= n/(mean degree + 1) on all {len(collection)} graphs, with equality on regular ones: "
        "Cauchy-Schwarz twice."
    )
    return Evidence("symbolic", "holds", summary, numbers, 1e-12)


def gradient_inequality(budget: str = "quick") -> Evidence:
    """|grad L|^2 >= 2 mu(c) L at every weight, with mu(c) = (1+c) C^2 / (2 C(1)) <= C(1) <= A."""
    return tried("|grad L|^2 >= 2 mu(c) L", _gradient, budget)


def _gradient(at: Point) -> Array:
    scale = at.gradient_squared + 1e-14 * (at.full * (1 + at.length)) ** 2
    return (2 * at.constant * at.loss - at.gradient_squared) / scale


def best_constant(budget: str = "quick") -> Evidence:
    """inf over l of |grad L|^2 / (2 L) is A C^2 sin^2 / (A^2 - B^2), attained at l = B/A; mu is below."""

    def excess(at: Point) -> Array:
        best = bounds.best_constant(at.full, at.gap, at.slope, at.angle)
        valley = Point(at.given, at.mixed / at.full, at.angle, at.step)
        scale = at.gradient_squared + 1e-14 * (at.full * (1 + at.length)) ** 2
        inside = (at.sine > 1e-3) & (valley.length > 1e-6)
        below = np.where(inside, 2 * best * valley.loss, 1.0)
        attained = np.abs(valley.gradient_squared / below - 1)
        parts = [
            (2 * best * at.loss - at.gradient_squared) / scale,
            np.where(inside, 1e-4 * attained, -np.inf),
            np.where(at.sine > 1e-3, (at.constant - best) / at.full, -np.inf),
        ]
        return np.max(np.stack(parts), axis=0)

    return tried("mu <= mu_best, |grad L|^2 >= 2 mu_best L, equal at l = B/A", excess, budget)
