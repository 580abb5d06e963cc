"""Theorem 2: counterexamples to its bounds (43) and (47), with one and with two hidden units.

Two hidden units may be exchanged: the network is the same, and where it is the teacher's, Algorithm 1
does not move. With one, averages over the data decide, in which all deviations vanish and (41) holds.

Reference: li2021, Theorem 2 and Remark 2. Book page: book/li2021/convergence.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_cases import small_graphs
from gnnconv_lib.audit._averaging_paths import ALLOWED, mean_product
from gnnconv_lib.audit._exact_constants import ExactConstants
from gnnconv_lib.audit._one_unit_starts import ONE_UNIT, gather
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    at_most,
    choice,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    graph,
    integer,
    readings,
    real,
    where,
)
from gnnconv_lib.witnesses.averaging_network import averages

POPULATION, FINITE = "li2021:theorem-2/population", "li2021:theorem-2/finite-samples"

# W*, v*, W_0, v_0.
_STUCK: dict[str, tuple[Any, ...]] = {
    "the teacher's, exchanged": (
        np.array([[1.0, 1.0], [0.0, 1.0]]) / math.sqrt(3),
        np.array([2.0, 1.0]),
        np.array([[1.0, 1.0], [1.0, 0.0]]) / math.sqrt(3),
        np.array([1.0, 2.0]),
    ),
    "of one sign pattern (d = 1)": (
        np.array([[0.6, 0.8]]),
        np.array([1.0, 1.0]),
        np.array([[1.0, 0.0]]),
        np.array([1.4, 0.0]),
    ),
}


def _stuck(budget: str) -> list[dict[str, Any]]:
    exchanged, pattern = _STUCK
    return [
        {"units": units, "activation": name, "graph": g, "reading": reading, "more": more, "c": c}
        for units, names in ((exchanged, ALLOWED), (pattern, ("relu",)))
        for name in names
        for g in (small_graphs()[k] for k in ((0, 1, 5, 7) if budget == "quick" else range(8)))
        for reading in ("mean", "literal")
        for more, c in ((1.0, 1.0), (1e12, 0.01), (1e12, 100.0))
    ]


STUCK = domain(
    fixed("d_out = 2, no noise, α at half of the limit of (40)"),
    choice("units", *_STUCK, words="the two units of the start"),
    choice("activation", *ALLOWED),
    where(
        "one sign pattern with the ReLU only",
        lambda units, activation: units.startswith("the") or activation == "relu",
    ),
    graph(),
    fixed("as many disjoint copies of the graph as (41) asks for"),
    choice("reading", "mean", "literal", words="reading of Ξ_N"),
    real("more", "[1, inf)", "n over the smallest n that meets (41)"),
    real("c", "(0, inf)", "c"),
    cases=_stuck,
    words=lambda units, activation, graph, reading, more, c: (
        f"{activation}, d_out = 2, units {units}, copies of {graph.name}, {reading} reading, "
        f"c = {c:g}, {more:g} times the n that (41) asks for"
    ),
)


@cache
def _xi(activation: str, graph: Any) -> float:
    """The number of which Ξ_N/n is a multiple of the identity."""
    return float(ag.xi_node(graph, activation, "mean"))


@cache
def _run(units: str, activation: str, graph: Any, reading: str, steps: int = 3) -> Any:
    """W* - W_t and v* - v_t after some steps of Algorithm 1 on one copy of the graph."""
    W_star, v_star, W, v = _STUCK[units]
    H = np.random.default_rng(0).normal(size=(graph.nodes, len(W)))
    X, n = averages(graph, H), graph.nodes
    sigma = get(activation).function
    y = np.asarray(sigma(X @ W_star)) @ v_star
    xi = _xi(activation, graph) * (1 if reading == "mean" else n)
    for _ in range(steps):
        hidden = np.asarray(sigma(X @ W))
        residual = y - hidden @ v
        moved = W + 0.01 * np.outer(X.T @ residual, v) / (n * xi)
        v = v + 0.01 * hidden.T @ residual / n
        W = moved / np.linalg.norm(moved)
    return W_star - W, v_star - v


@cache
def _claimed(units: str, activation: str, graph: Any, more: float, c: float) -> bounds.Setting:
    """The setting of Theorem 2 with as many labels as asked for."""
    W_star, v_star, W, v = _STUCK[units]
    sizes = graph.degrees + 1.0
    base = bounds.Setting(
        features=len(W),
        outputs=2,
        distance=float(np.linalg.norm(v - v_star)),
        target=float(np.linalg.norm(v_star)),
        product=float(v @ v_star),
        trace=float(np.sum(W * W_star)),
        mean_size=float(np.mean(sizes)),
        smallest_size=float(np.min(sizes)),
        inverse_xi=1 / _xi(activation, graph),
        constant=c,
    )
    entry = base.but(learning_rate=0.5 * bounds.equation_40(base))
    # Rounded to the safe side, so that (41) holds without rounding too.
    needed = bounds.labels_needed(entry) * (1 + 1e-12)
    return entry.but(labels=math.ceil(more * needed))


def weights_of_two_units(
    units: str, activation: str, graph: Any, reading: str, more: float, c: float
) -> Any:
    """For t → ∞ |W_t - W*| is at most the sum of (43) and (44)."""
    entry = _claimed(units, activation, graph, more, c)
    distance = float(np.linalg.norm(_run(units, activation, graph, reading)[0]))
    allowed = float(bounds.equation_43(entry, [1e15])[0]) + bounds.equation_44(entry)
    names = ("|W_t - W*| for all t", "(43) + (44) for t to infinity")
    return at_most(distance, allowed, names, exactly=_exact_weights)


def v_of_two_units(
    units: str, activation: str, graph: Any, reading: str, more: float, c: float
) -> Any:
    """For t → ∞ |v_t - v*| is at most the right side of (47)."""
    entry = _claimed(units, activation, graph, more, c)
    distance = float(np.linalg.norm(_run(units, activation, graph, reading)[1]))
    allowed = float(bounds.equation_47(entry, [1e15])[0])
    names = ("|v_t - v*| for all t", "(47) for t to infinity")
    return at_most(distance, allowed, names, exactly=_exact_v)


def _exchanged(units: str) -> None:
    """The start is the teacher with its units exchanged: its outputs are the labels, it never moves."""
    W_star, v_star, W, v = _STUCK[units]
    assert (W[:, ::-1] == W_star).all()
    assert (v[::-1] == v_star).all()


def _exact_setting(activation: str, graph: Any, entry: bounds.Setting, ball: Any) -> ExactConstants:
    """The constants, with |W*| = 1 and, for the ReLU, Xi_N/n = sum 1/(2 |N_i|)/n as fractions."""
    assert activation == "relu"
    sizes = [int(size) + 1 for size in graph.degrees]
    assert entry.smallest_size == min(sizes)
    e = ExactConstants(entry, ball)
    e.x.inverse_xi = ball(1 / (sum(Fraction(1, 2 * size) for size in sizes) / len(sizes)))
    # 1/sqrt(3) is no fraction: Tr(W*'W_0) = 2/3, |v*|^2 = 5, |v_0 - v*|^2 = 2 are.
    e.x.trace, e.x.target, e.x.distance = ball(Fraction(2, 3)), ball(5).sqrt(), ball(2).sqrt()
    # (40) and (41) hold with these numbers.
    assert e.x.learning_rate <= e.largest_step()
    assert 2 * e.rate() <= e.room_41()
    return e


def _exact_weights(
    units: str, activation: str, graph: Any, more: float, c: float, ball: Any
) -> tuple[Any, Any]:
    _exchanged(units)
    e = _exact_setting(activation, graph, _claimed(units, activation, graph, more, c), ball)
    return ball(Fraction(2, 3)).sqrt(), e.error_of_W(ball(10**15)) + e.floor()


def _exact_v(
    units: str, activation: str, graph: Any, more: float, c: float, ball: Any
) -> tuple[Any, Any]:
    _exchanged(units)
    e = _exact_setting(activation, graph, _claimed(units, activation, graph, more, c), ball)
    return ball(2).sqrt(), e.error_of_v(ball(10**15))


_REPLACED: dict[str, Any] = {"each": True, "repair": "replacement"}
claim("li2021:theorem-2/weights", STUCK, corrected_by=FINITE, **_REPLACED)(weights_of_two_units)
claim("li2021:theorem-2/v", STUCK, corrected_by=FINITE, **_REPLACED)(v_of_two_units)
claim("li2021:eq-43/two-hidden-units", STUCK, corrected_by=POPULATION, **_REPLACED)(
    weights_of_two_units
)
claim("li2021:eq-47/two-hidden-units", STUCK, corrected_by=POPULATION, **_REPLACED)(v_of_two_units)


@claim("li2021:eq-43/one-hidden-unit", ONE_UNIT, tolerance=1e-6, corrected_by=POPULATION)
def decaying_part(activation: Any, n: Any, place: Any) -> Any:
    """Averaged over the data |W_t - W*| ≤ (1 + αρ)^{-t/2} |W_0 - W*|, with ρ of (17)."""
    error = gather(activation, n, place, lambda entry, run, k: run.error_W[:, k])
    bound = gather(
        activation,
        n,
        place,
        lambda entry, run, k: bounds.equation_43(entry, 20 * np.arange(len(run.v))),
    )
    names = ("|W_t - W*|", "(43)")
    return readings(
        literal=at_most(error["literal"], bound["literal"], names),
        mean=at_most(error["mean"], bound["mean"], names),
    )


def _v_alone(budget: str) -> list[dict[str, Any]]:
    return [
        {"activation": name, "slope": slope, "size": size}
        for name in ("relu", "identity", "tanh")
        for slope in (1.0, 2.0, 10.0)
        for size in ((1, 2, 3, 6) if budget == "quick" else (1, 2, 3, 4, 5, 6, 12, 24))
    ]


V_ALONE = domain(
    fixed("disjoint copies of K_m, d = 2, d_out = 1, W_0 = W*, v_0 = v*/2, averaged over the data"),
    choice("activation", "relu", "identity", "tanh"),
    real("slope", "[1, inf)", "L_σ"),
    integer("size", "[1, inf)", "m"),
    fixed("α at a tenth of the limit of (40), t = 4/(αM(1))"),
    cases=_v_alone,
)


@claim("li2021:eq-47/one-hidden-unit", V_ALONE, each=True, corrected_by=POPULATION)
def error_of_v(activation: str, slope: float, size: int) -> Any:
    """From W_0 = W* |v_t - v*| is at most (1 - γ_1²)^{t/2} |v_0 - v*|, in both readings of Ξ_N, which
    W = W* does not need."""
    base = bounds.Setting(
        features=2,
        mean_size=float(size),
        smallest_size=float(size),
        slope=slope,
        target=0.1,
        product=0.005,
        distance=0.05,
        labels=1,  # log 1 = 0: no floors, as for infinitely many labels
    )
    entry = base.but(learning_rate=0.1 * bounds.equation_40(base))
    top = float(mean_product(activation, size)(1.0))
    steps = math.ceil(4 / (entry.learning_rate * top))
    reached = math.exp(steps * math.log1p(-entry.learning_rate * top)) * entry.distance
    return at_most(reached, float(bounds.equation_47(entry, [steps])[0]), ("|v_t - v*|", "(47)"))


# Remark 2.


def _weights(budget: str) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    rows = []
    for d, q in ((1, 1), (3, 2), (5, 10)):
        for _ in range(10 if budget == "quick" else 500):
            W, W_star = rng.normal(size=(2, d, q))
            v, v_star = rng.normal(size=(2, q))
            rows.append({"d": d, "q": q, "W": W, "W_star": W_star, "v": v, "v_star": v_star})
    return rows


WEIGHTS = domain(
    integer("d", "[1, inf)"),
    integer("q", "[1, inf)", "d_out"),
    drawn("W", "any W"),
    drawn("W_star", "any W*"),
    drawn("v", "any v"),
    drawn("v_star", "any v*"),
    cases=_weights,
)


@claim("li2021:remark-1/two-hidden-units", STUCK, tolerance=0.1, each=True)
def error_vanishes_where_the_theorem_speaks(
    units: str, activation: str, graph: Any, reading: str
) -> Any:
    """With as many labels as (41) asks for, or more, |W_t - W*| tends to 0 (no noise)."""
    distance = float(np.linalg.norm(_run(units, activation, graph, reading)[0]))
    return equal(distance, 0.0, ("|W_t - W*| for all t", "limit"), 1.0, exactly=_exact_distance)


@claim("li2021:remark-2/signs", WEIGHTS, each=True)
def a_choice_of_signs_is_allowed(d: int, q: int, W: Any, W_star: Any, v: Any, v_star: Any) -> Any:
    """One of (W, v), (-W, v), (W, -v), (-W, -v) satisfies (39)."""
    choices = itertools.product((1, -1), (1, -1))
    best = max(min(a * np.sum(W * W_star), b * (v @ v_star)) for a, b in choices)
    return at_most(0.0, best, ("0", "smaller of the two products, for the best signs"))


@claim("li2021:remark-2/convergence", STUCK, corrected_by=FINITE, tolerance=0.1, **_REPLACED)
def allowed_signs_converge(units: str, activation: str, graph: Any, reading: str) -> Any:
    """The choice of signs that satisfies (39) guarantees that W_t comes to W* (no noise, any n)."""
    W_star, v_star, W, v = _STUCK[units]
    signs = [a * W for a in (1, -1) if a * np.sum(W * W_star) > 0]
    distance = float(np.linalg.norm(_run(units, activation, graph, reading)[0]))
    # No other choice is allowed.
    assert len(signs) == 1
    assert v @ v_star > 0
    return equal(distance, 0.0, ("|W_t - W*| for all t", "limit"), 1.0, exactly=_exact_distance)


def _exact_distance(units: str, ball: Any) -> tuple[Any, Any]:
    _exchanged(units)
    return ball(Fraction(2, 3)).sqrt(), 0
