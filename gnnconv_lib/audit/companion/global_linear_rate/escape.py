"""How gradient descent leaves the neighbourhood of the direction opposite to the teacher (step 8).

phi = pi - theta is small there. In it the rotation is computed without cancellation.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._hostile import Point, Problems, escape_times, problems, tried
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.validation import require_choice

__all__ = [
    "cliques_are_slow",
    "complete_graph_in_one_step",
    "escape_step",
    "escape_time",
    "expected_escape_time",
    "geometric_escape",
    "probability_of_starts",
]

Array = np.ndarray


def escape_step(budget: str = "quick") -> Evidence:
    """phi+ >= phi + (2/5) k phi^2 for phi < pi/2 and x <= 1, k = (S/M) x g / ((1-x) l + x g)."""

    def excess(at: Point) -> Array:
        given = at.given
        phi = np.pi - at.angle
        size = given.pairs / (np.pi * given.full)
        share = given.messages / given.pairs * at.step * size
        share = share / ((1 - at.step) * at.length + at.step * size)
        gained = at.rotation - 0.4 * share * phi**2
        return np.where((phi > 1e-5) & (phi < np.pi / 2), -gained / (phi + 1e-300), -np.inf)

    return tried("phi+ >= phi + (2/5) k phi^2 for phi < pi/2", excess, budget)


def escape_time(budget: str = "quick") -> Evidence:
    """The measured number of steps to 90 degrees never exceeds `escape_steps`, x = 1 and x = 0.3."""
    require_choice("budget", budget, BUDGETS)
    worst, place, tightest, count = -np.inf, "", 0.0, 0
    for given in problems(budget):
        for x, length in ((1.0, 1.0), (0.3, 3.0)):
            angles = np.array([[1e-3, 1e-2, 0.1, 0.5, 1.2]])
            phi = np.broadcast_to(angles, (len(given.names), 5)).copy()
            bound = np.array(
                [
                    bounds.escape_steps(m, s, row, full, x, length)
                    for m, s, full, row in zip(
                        *(part[:, 0] for part in (given.pairs, given.messages, given.full)),
                        phi,
                        strict=True,
                    )
                ]
            )
            limit = 120 if budget == "quick" else 5000
            taken = escape_times(given, phi, x, length, limit)
            known = taken <= limit
            excess = np.where(known, taken - bound, np.where(bound < limit, 1.0, -np.inf))
            tightest = max(tightest, float(np.max(np.where(known, taken / bound, 0.0))))
            count += int(known.sum())
            if excess.max() > worst:
                row, column = np.unravel_index(int(np.argmax(excess)), excess.shape)
                worst = float(excess[row, column])
                place = f"{given.names[row]}, phi_0 = {phi[row, column]:g}, x = {x:g}"
    numbers = {"starts": float(count), "largest share of the bound": tightest}
    if worst > 0:
        witness = Witness(place, 0.0, worst)
        return Evidence("search", "false as printed", f"Fails: {place}.", numbers, 0.0, witness)
    summary = f"{count} starts needed at most {tightest:.2f} of the bound on the escape time."
    return Evidence("search", "holds", summary, numbers, 0.0)


def geometric_escape(budget: str = "quick") -> Evidence:
    """phi+ >= (1 + 2 pi C(-1) / (5 M)) phi at x = 1 for phi < pi/2; C(-1) > 0 iff some 0 < rho < 1."""

    def excess(at: Point) -> Array:
        given = at.given
        phi = np.pi - at.angle
        growth = 0.4 * np.pi * given.opposite[1] / given.pairs
        inside = (given.rho > 1e-9) & (given.rho < 1 - 1e-9) & (given.mass > 0)
        partial = np.any(inside, axis=1, keepdims=True)
        agrees = np.where(partial == (given.opposite[1] > 1e-14 * given.full), -np.inf, np.inf)
        gained = np.where(
            (phi > 1e-5) & (phi < np.pi / 2), growth - at.rotation / (phi + 1e-300), -np.inf
        )
        return np.maximum(gained, agrees)

    claim = "phi+ >= (1 + 2 pi C(-1)/(5 M)) phi at x = 1"
    return tried(claim, excess, budget, steps=(1.0, 1.0))


def cliques_are_slow(budget: str = "quick") -> Evidence:
    """On disjoint cliques phi+ <= phi + (S/M_0) phi^2 at x = 1, so that T_0 >= (1/phi_0 - 2/pi) M_0/S."""
    require_choice("budget", budget, BUDGETS)
    angles = [0.1, 0.01] if budget == "quick" else [0.1, 0.01, 1e-3]
    rows, worst = [], -np.inf
    for cliques, size in ((2, 1), (2, 3), (5, 4), (40, 2)):
        disjoint = float(cliques * (cliques - 1) * size**3)
        messages = float(cliques * size**3)
        given = Problems(
            (f"{cliques} cliques of {size}",),
            np.array([[0.0, 1.0]]),
            np.array([[disjoint, messages]]),
        )
        taken = escape_times(given, np.array([angles]), 1.0, 1.0, 200_000)[0]
        low = bounds.escape_steps_on_cliques(disjoint, messages, np.array(angles))
        high = bounds.escape_steps(disjoint + messages, messages, np.array(angles))
        worst = max(worst, float(np.max(low - taken)), float(np.max(taken - high)))
        rows.append((given.names[0], taken[-1], float(low[-1]), float(high[-1])))
    numbers = {f"steps, {name}, phi_0 = {angles[-1]:g}": float(t) for name, t, _, _ in rows}
    name, t, low, high = rows[-1]
    if worst > 0:
        return Evidence(
            "numerical",
            "false as printed",
            name,
            numbers,
            witness=Witness(name, float(low), float(t)),
        )
    summary = f"{name}, phi_0 = {angles[-1]:g}: {t:.0f} steps, between {low:.0f} and {high:.0f}."
    return Evidence("numerical", "holds", summary, numbers)


def complete_graph_in_one_step(budget: str = "quick") -> Evidence:
    """On K_n, x = 1: one step from any start but the antipode leads to theta <= pi/2."""
    require_choice("budget", budget, BUDGETS)
    phi = np.concatenate([np.geomspace(1e-4, 1.5, 400), [np.pi / 2]])[None]
    given = Problems(("complete graph",), np.array([[1.0]]), np.array([[1.0]]))
    at = Point(given, np.ones_like(phi), np.pi - phi, np.ones_like(phi))
    largest = float(np.max(at.after.angle) - np.pi / 2)
    # tan(delta) = phi sin(phi) / (sin(phi) - phi cos(phi)) >= cot(phi), since 2 phi >= sin(2 phi).
    exact = phi * np.sin(phi) / (np.sin(phi) - phi * np.cos(phi))
    gap = float(np.max(np.abs(np.tan(at.rotation) / exact - 1)[phi > 0.05]))
    numbers = {"largest theta_1 - pi/2": largest, "relative gap of tan(delta)": gap}
    if largest > 1e-9 or gap > 1e-9:
        witness = Witness("K_n", 0.0, max(largest, gap))
        return Evidence("numerical", "false as printed", "Fails on K_n.", numbers, 1e-9, witness)
    summary = "tan(delta) = phi sin(phi)/(sin(phi) - phi cos(phi)) >= cot(phi), so theta_1 <= pi/2."
    return Evidence("symbolic", "holds", summary, numbers, 1e-9)


def probability_of_starts(budget: str = "quick") -> Evidence:
    """P(phi_0 <= phi) as `near_antipode_probability` gives it, against Gaussian vectors, h units too."""
    require_choice("budget", budget, BUDGETS)
    samples = 20_000 if budget == "quick" else 1_000_000
    generator = np.random.default_rng(23)
    worst, count = 0.0, 0
    for inner in (1, 2, 3, 10):
        weights = generator.normal(size=(samples, inner))
        length = np.linalg.norm(weights, axis=1)
        phi = np.arccos(np.clip(-weights[:, 0] / length, -1, 1))
        for angle in (0.3, 1.0, np.pi / 2, 2.5):
            exact = float(bounds.near_antipode_probability(angle, inner))
            found = float(np.mean(phi <= angle))
            error = np.sqrt(max(exact * (1 - exact), 1 / samples) / samples)
            worst, count = max(worst, abs(found - exact) / error), count + 1
        angle = bounds.starting_angle(0.6, 5, inner)
        groups = phi[: samples // 5 * 5].reshape(-1, 5).min(axis=1)
        share = float(np.mean(groups <= angle)) if inner > 1 else 0.6
        worst = max(worst, abs(share - 0.6) / np.sqrt(0.24 / len(groups)))
    numbers = {"comparisons": float(count), "largest |z|": worst}
    if worst > 5:
        witness = Witness("Gaussian starts", 5.0, worst)
        return Evidence("monte carlo", "false as printed", "Differs.", numbers, 5.0, witness)
    summary = (
        f"{count} probabilities and 4 quantiles of 5 units agree with samples, |z| <= {worst:.1f}."
    )
    return Evidence("monte carlo", "holds", summary, numbers, 5.0)


def expected_escape_time(budget: str = "quick") -> Evidence:
    """The mean escape time of Gaussian starts stays below `expected_escape_steps`, r = 3, 4, 10."""
    require_choice("budget", budget, BUDGETS)
    samples = 100 if budget == "quick" else 2000
    generator = np.random.default_rng(29)
    largest, place = 0.0, ""
    everything = problems("quick")[0]
    chosen = slice(None, None, 5 if budget == "quick" else 1)
    given = Problems(everything.names[chosen], everything.rho[chosen], everything.mass[chosen])
    for inner in (3, 4, 10):
        weights = generator.normal(size=(samples, inner))
        cosine = -weights[:, 0] / np.linalg.norm(weights, axis=1)
        phi = np.broadcast_to(np.arccos(cosine), (len(given.names), samples)).copy()
        mean = escape_times(given, phi, 1.0, 1.0, 2000).mean(axis=1)
        for name, m, s, value in zip(
            given.names, given.pairs[:, 0], given.messages[:, 0], mean, strict=True
        ):
            share = float(value / bounds.expected_escape_steps(m, s, inner))
            if share > largest:
                largest, place = share, f"{name}, r = {inner}"
    numbers = {"largest share of the bound": largest}
    if largest > 1:
        witness = Witness(place, 1.0, largest)
        return Evidence("monte carlo", "false as printed", place, numbers, None, witness)
    summary = (
        f"On {len(given.names)} graphs the mean is at most {largest:.2f} of the bound ({place})."
    )
    return Evidence("monte carlo", "holds", summary, numbers)
