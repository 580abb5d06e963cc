"""How gradient descent leaves the neighbourhood of the direction opposite to the teacher (step 8).

phi = pi - theta is small there. In it the rotation is computed without cancellation.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point, escape_times
from gnnconv_lib.audit._measures import measures
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.claims import (
    Found,
    at_most,
    both,
    claim,
    domain,
    equal,
    fixed,
    integer,
    lemma,
    proved,
    real,
    sampled,
)

BEHIND = on_measures((0.0, 1.0), angles=(np.pi / 2, np.pi), open_ends=(True, True))
BEHIND_AT_ONE = on_measures((1.0, 1.0), angles=(np.pi / 2, np.pi), open_ends=(True, True))


@claim(
    "companion:theorem-escape/step",
    BEHIND,
    tolerance=1e-11,
    theorem="LinearRate.escape_in_one_step",
)
def escape_step(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """φ+ ≥ φ + (2/5) k φ² with k = (S/M) x g/((1-x) max(l, 1) + x g), g = M/(πA)."""
    at, phi = Point(measure, l, theta, x), np.pi - theta
    size = at.pairs / (np.pi * at.full)
    share = at.messages / at.pairs * x * size / ((1 - x) * np.maximum(l, 1.0) + x * size)
    # In units of phi, so that next to the antipode nothing is lost.
    return at_most(0.4 * share * phi, at.rotation / phi, ("(2/5) k phi", "gain / phi"), 1.0)


def _escapes(budget: str) -> dict[str, Any]:
    known = measures(budget)
    settings = [
        (k, length, np.pi - phi, x)
        for k in range(len(known.names))
        for length, x in ((1.0, 1.0), (3.0, 0.3), (0.05, 0.04), (20.0, 1.0))
        for phi in (1e-6, 1e-2, 0.1, 0.5, 1.2, 1.55)
    ]
    measure, length, theta, x = np.array(settings).T
    return {"measure": measure.astype(int), "l": length, "theta": theta, "x": x}


ESCAPES = domain(*BEHIND.parts, cases=_escapes, words=BEHIND.words)
_LIMIT = 150


@claim(
    "companion:theorem-escape/number-of-steps",
    ESCAPES,
    tolerance=0.0,
    theorem="LinearRate.escape_time",
)
def escape_time(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """c ≥ 0 after at most 1 + (1/φ_0 - 2/π)(5/(2k) + π/2) steps; runs are followed for 150 steps."""
    start = Point(measure, l, theta, x)
    columns = (start.pairs, start.messages, np.pi - theta, start.full, x, l)
    bound = np.array([float(bounds.escape_steps(*row)) for row in zip(*columns, strict=True)])
    taken = escape_times(start, _LIMIT)
    # A run that is not done after the limit says nothing about a larger bound.
    finished = (taken <= _LIMIT) | (bound < _LIMIT)
    assert np.mean(taken <= _LIMIT) > 0.5
    return Found(
        at_most(np.where(finished, taken, 0.0), bound, ("steps taken", "bound")),
        facts={"share of the starts that end within 150 steps": float(np.mean(taken <= _LIMIT))},
    )


@claim(
    "companion:lemma-geometric-escape/step",
    BEHIND_AT_ONE,
    tolerance=1e-11,
    theorem="TheStart.geometric_escape",
)
def geometric_escape(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """At x = 1, φ+ ≥ (1 + 2πC(-1)/(5M)) φ."""
    at, phi = Point(measure, l, theta, x), np.pi - theta
    growth = 0.4 * np.pi * at.opposite_slope / at.pairs
    return at_most(growth, at.rotation / phi, ("2 pi C(-1)/(5M)", "gain / phi"), 1.0)


@claim(
    "companion:lemma-geometric-escape/partial-overlap",
    BEHIND_AT_ONE,
    theorem="TheStart.geometric_escape",
)
def slope_opposite(measure: Any, l: Any, theta: Any, x: Any) -> Any:  # noqa: E741
    """C(-1) > 0 exactly if some 0 < ρ_ij < 1."""
    at = Point(measure, l, theta, x)
    rho, mass = at.given.rho[measure], at.given.mass[measure]
    partial = np.any((rho > 1e-9) & (rho < 1 - 1e-9) & (mass > 0), axis=1)
    positive = at.opposite_slope > 1e-14 * at.full
    return equal(positive.astype(float), partial.astype(float), ("C(-1) > 0", "some 0 < rho < 1"))


# Disjoint cliques: closed forms of their sums, B = (M_0 + S s(c) pi) / pi and C = S phi / pi.


def _cliques(budget: str) -> dict[str, Any]:
    angles = [1.5, 0.5, 0.1, 0.01] if budget == "quick" else [1.5, 0.5, 0.1, 0.01, 1e-3]
    rows = [
        (cliques, size, phi)
        for cliques, size in ((2, 1), (2, 3), (5, 4), (40, 2))
        for phi in angles
    ]
    return dict(zip(("cliques", "size", "phi"), np.array(rows).T, strict=True))


CLIQUES = domain(
    integer("cliques", "[2, inf)", "number of disjoint cliques"),
    integer("size", "[1, inf)", "nodes per clique"),
    real("phi", "(0, pi / 2)", "φ_0"),
    fixed("x = 1"),
    cases=_cliques,
)


def _unequal(budget: str) -> dict[str, Any]:
    angles = [1.5, 0.5, 0.1, 0.01] if budget == "quick" else [1.5, 0.5, 0.1, 0.01, 1e-3]
    pairs = ((1, 1, 1), (1, 1, 40), (1, 3, 3), (2, 1, 5), (4, 4, 4), (39, 2, 2), (20, 1, 30))
    rows = [(*sizes, phi) for sizes in pairs for phi in angles]
    return dict(zip(("cliques", "size", "other", "phi"), np.array(rows).T, strict=True))


UNEQUAL = domain(
    integer("cliques", "[1, inf)", "number of disjoint cliques of one size"),
    integer("size", "[1, inf)", "nodes in each of these"),
    integer("other", "[1, inf)", "nodes in one more clique"),
    real("phi", "(0, pi / 2)", "φ_0"),
    fixed("x = 1"),
    cases=_unequal,
)


@claim("companion:lemma-cliques/bounds", UNEQUAL, each=True, tolerance=0.0)
def cliques_are_slow(cliques: float, size: float, other: float, phi: float) -> Any:
    """The escape takes at least (1/φ_0 - 2/π)(M - S)/S steps and at most the theorem's number."""
    messages = cliques * size**3 + other**3
    disjoint = (cliques * size**1.5 + other**1.5) ** 2 - messages
    taken = _clique_escape(disjoint / messages, phi)
    low = float(bounds.escape_steps_on_cliques(disjoint, messages, phi))
    high = float(bounds.escape_steps(disjoint + messages, messages, phi))
    return both(
        at_most(low, taken, ("lower bound", "steps taken")),
        at_most(taken, high, ("steps taken", "bound of the theorem")),
    )


def _clique_escape(ratio: float, phi: float) -> int:
    """Steps at x = 1 from the textbook dual: in units of S/pi, B = M_0/S + sin - phi cos, C = phi."""
    for taken in range(1_000_000):
        if phi >= np.pi / 2 - 1e-12:
            return taken
        mixed = ratio + np.sin(phi) - phi * np.cos(phi)
        phi += np.arctan2(phi * np.sin(phi), mixed)
    raise RuntimeError("the escape takes more than a million steps")


COMPLETE = domain(
    fixed("complete graph K_n, n ≥ 1, any length"),
    fixed("x = 1"),
    real("phi", "(0, pi / 2]", "φ_0"),
    cases=lambda budget: {
        "phi": np.concatenate([np.geomspace(1e-4, 1.5, 400), [np.pi / 2]]),
    },
)


@claim(
    "companion:lemma-complete-graph/one-step",
    COMPLETE,
    tolerance=1e-9,
    theorem="TheStart.complete_graph_in_one_step",
)
def complete_graph_in_one_step(phi: Any) -> Any:
    """One step leads to θ ≤ π/2."""
    known = measures("quick")
    number = known.names.index("complete(5)")
    at = Point(np.full(phi.shape, number), np.ones_like(phi), np.pi - phi)
    return at_most(at.after.angle, np.pi / 2, ("angle after a step", "pi/2"), 1.0)


@claim("companion:lemma-complete-graph/one-step/formula", COMPLETE, tolerance=1e-9)
def rotation_on_the_complete_graph(phi: Any) -> Any:
    """tan δ = φ sin φ/(sin φ - φ cos φ) ≥ cot φ."""
    number = measures("quick").names.index("complete(5)")
    clear = np.maximum(phi, 0.05)  # below, sin - phi cos has no digits left
    again = Point(np.full(phi.shape, number), np.ones_like(phi), np.pi - clear)
    exact = clear * np.sin(clear) / (np.sin(clear) - clear * np.cos(clear))
    return both(
        equal(np.tan(again.rotation), exact, ("tan of the rotation", "closed form")),
        at_most(np.cos(phi) * np.sin(phi), phi, ("sin cos", "phi")),
    )


# Gaussian starts.


def _starts_by_dimension(budget: str) -> list[dict[str, Any]]:
    return [
        {"r": r, "phi": phi} for r in (1, 2, 3, 10) for phi in (0.02, 0.3, 1.0, np.pi / 2, 2.5, 3.1)
    ]


GAUSSIAN = domain(
    integer("r", "[1, inf)"),
    real("phi", "(0, pi)", "φ"),
    cases=_starts_by_dimension,
)


@claim("companion:theorem-gaussian-starts/one-unit", GAUSSIAN, each=True)
def probability_of_starts(r: int, phi: float) -> Any:
    """P(φ_0 ≤ φ) of a Gaussian start is I_q((r-1)/2, (r-1)/2) with q = sin(φ/2)², and 1/2 for r = 1."""
    near = _antipodal_angles(r, 40_000) <= phi
    stated = float(bounds.near_antipode_probability(phi, r))
    error = np.sqrt(max(stated * (1 - stated), 1 / near.size) / near.size)
    return sampled(near.mean(), error, stated, ("share of starts", "P"))


def _antipodal_angles(r: int, samples: int) -> np.ndarray:
    weights = np.random.default_rng(23).normal(size=(samples, r))
    return np.arccos(np.clip(-weights[:, 0] / np.linalg.norm(weights, axis=1), -1, 1))


UNITS = domain(
    integer("r", "[2, inf)"),
    integer("h", "[1, inf)", "number of units h"),
    real("failure", "(0, 1)", "failure probability"),
    cases=lambda budget: [
        {"r": r, "h": h, "failure": failure}
        for r in (2, 3, 10)
        for h in (1, 5)
        for failure in (0.04, 0.6, 0.97)
    ],
)


@claim("companion:theorem-gaussian-starts/units", UNITS, each=True)
def probability_for_units(r: int, h: int, failure: float) -> Any:
    """Some of h units has φ_0 ≤ φ with probability 1 - (1 - P(φ_0 ≤ φ))^h."""
    nearest = _antipodal_angles(r, 40_000 // h * h).reshape(-1, h).min(axis=1)
    share = nearest <= bounds.starting_angle(failure, h, r)
    error = np.sqrt(failure * (1 - failure) / share.size)
    return sampled(share.mean(), error, failure, ("share of starts", "probability"))


def _mean_escapes(budget: str) -> list[dict[str, Any]]:
    every = 12 if budget == "quick" else 3
    graphs = range(0, measures("quick").graphs, every)
    return [{"measure": k, "r": r} for k in graphs for r in (3, 4, 10)]


MEANS = domain(
    fixed("graphs of the audit, x = 1"),
    integer("r", "[3, inf)"),
    derived=("measure",),
    cases=_mean_escapes,
    words=lambda measure, r: f"{measures('quick').names[measure]}, r = {r}",
)


@claim("companion:theorem-gaussian-starts/mean", MEANS, each=True)
def expected_escape_time(measure: int, r: int) -> Any:
    """The mean escape time is at most 1/2 + (5M/(2S) + π/2) E(1/φ_0 - 2/π)_+."""
    phi = _antipodal_angles(r, 200)
    start = Point(np.full(phi.shape, measure), np.ones_like(phi), np.pi - phi)
    taken = escape_times(start, 3000)
    known = measures("quick")
    bound = bounds.expected_escape_steps(known.pairs[measure], known.messages[measure], r)
    error = taken.std() / np.sqrt(taken.size)
    return sampled(taken.mean(), error, bound, ("mean escape time", "bound"), "<=")


ONE_DIMENSION = domain(
    fixed("r = 1"),
    integer("h", "[1, inf)", "number of units h"),
    cases=lambda budget: [{"h": h} for h in range(1, 7)],
)


@claim("companion:theorem-gaussian-starts/one-dimension", ONE_DIMENSION, each=True)
def opposite_in_one_dimension(h: int) -> Any:
    """Each unit is exactly opposite with probability 1/2, so that all h avoid it with 2^-h."""
    opposite = _antipodal_angles(1, 40_000 // h * h).reshape(-1, h) == 0
    none, stated = ~opposite.any(axis=1), (1 - bounds.near_antipode_probability(0.0, 1)) ** h
    error = np.sqrt(2.0**-h * (1 - 2.0**-h) / none.size)
    return both(
        sampled(none.mean(), error, 2.0**-h, ("share of starts", "2^-h")),
        equal(float(stated), 2.0**-h, ("from the bound", "2^-h")),
    )


@claim("companion:lemma-cliques/order", CLIQUES, each=True)
def order_is_attained(cliques: float, size: float, phi: float) -> Any:
    """The theorem's bound is at most 1 + 7 times the lower bound: the order 1/φ_0 is attained."""
    disjoint, messages = cliques * (cliques - 1) * size**3, cliques * size**3
    low = float(bounds.escape_steps_on_cliques(disjoint, messages, phi))
    high = float(bounds.escape_steps(disjoint + messages, messages, phi))
    names = ("bound of the theorem", "1 + 7 lower bounds")
    return proved(_seven_times(), sides=at_most(high, 1 + 7 * low, names))


@lemma
def _seven_times(k: Any, p: Any) -> Any:
    """5k/2 + π/2 is at most 7(k - 1) for M/S = k cliques of one size, p = π."""
    given = {"two cliques or more": k >= 2, "p = π": (p >= 3, 100 * p <= 315)}
    return given, 5 * k / 2 + p / 2 <= 7 * (k - 1)
