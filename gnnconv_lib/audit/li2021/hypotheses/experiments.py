"""Are the paper's experiments cases of Theorem 2, and do its hypotheses suffice where they hold?

Reference: li2021, Theorem 2, Remark 3 and the experiments. Book page: book/li2021/hypotheses.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from gnnconv_lib import activations, averaging_gnn as ag
from gnnconv_lib.audit._exact_constants import ExactConstants
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    at_most,
    choice,
    claim,
    domain,
    fixed,
    integer,
    lemma,
    less,
    proved,
    real,
)
from gnnconv_lib.witnesses.approximate_directions import directions

EXPERIMENTS = domain(
    choice("level", "node", "graph"),
    choice("activation", *ag.panels.ACTIVATIONS),
    real("mean_size", "[1, inf)", "d̄, a degree counting the node itself", reach=1000.0),
    fixed("d = 2, q = 1, learning rate 0.1 (node level) or 0.005 (graph level, graphs of 5 nodes)"),
    cases=lambda budget: [
        {"level": level, "activation": name, "mean_size": size}
        for level in ("node", "graph")
        for name in ag.panels.ACTIVATIONS
        for size in (1.0, 2.0, 10.0, 501.0, 1000.0)
    ],
)


@lemma
def rates_are_too_large(mean: Any, slope: Any) -> Any:
    """Times 6 B² L² they are above 1, with B = 2 + 8 d̄ at node level and B = 100 at graph level."""
    given = {"d̄ ≥ 1": mean >= 1, "L_σ ≥ 1/4": 4 * slope >= 1}
    node = 6 * (2 + 8 * mean) ** 2 * slope**2
    return given, (node > 10, 5 * 6 * 100**2 * slope**2 > 1000)


@claim("companion:remark-experiments-of-theorem-2", EXPERIMENTS, each=True)
def learning_rate_is_too_large(level: str, activation: str, mean_size: float) -> Any:
    """The learning rate is above the limit (40), which is largest for v* = v_0 = 0."""
    setting = bounds.Setting(
        level=level,
        learning_rate=0.1 if level == "node" else 0.005,
        slope=float(activations.get(activation).lipschitz),
        mean_size=mean_size,
        largest_graph=5,
        target=0.0,
    )
    names = ("largest possible limit (40)", "learning rate")
    sides = less(bounds.equation_40(setting), setting.learning_rate, names)
    return proved(rates_are_too_large(), sides=sides)


# Remark 3: a start from which W never moves.

_STAR, _START = np.array([[0.6, 0.8]]), np.array([[1.0, 0.0]])


def _stuck(constant: float) -> tuple[bounds.Setting, float]:
    base = bounds.Setting(
        features=1,
        outputs=2,
        distance=math.hypot(0.4, 1.0),
        target=math.sqrt(2),
        product=1.4,
        trace=0.6,
        inverse_xi=2.0,
        constant=constant,
    )
    setting = base.but(learning_rate=0.5 * bounds.equation_40(base))
    return setting, bounds.labels_needed(setting)


def moved_weights(seed: int, rate: float, steps: int = 3) -> np.ndarray:
    """W after some steps of Algorithm 1 from W = (1, 0), v = (1.4, 0), ReLU, 20 isolated nodes."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((20, 1))

    def relu(t: Any) -> np.ndarray:
        return np.maximum(np.asarray(t), 0.0)

    labels = relu(rows @ _STAR) @ np.ones(2)
    W, v = _START, np.array([1.4, 0.0])
    for _ in range(steps):
        G, g = directions(rows, labels, relu, W, v, 0.5)
        W, v = W - rate * G, v - rate * g
        W = W / np.linalg.norm(W)
    return W


STUCK = domain(
    integer("seed", "[0, inf)", "number of the data set"),
    real("c", "(0, 1]", "the constant c"),
    real("times", "[1, inf)", "labels over the number that (41) asks for", reach=1e12),
    fixed(
        "isolated nodes, ReLU, d = 1, q = 2, W* = (0.6, 0.8), v* = (1, 1), W_0 = (1, 0), v_0 = (1.4, 0)"
    ),
    fixed("half of the step size of (40)"),
    cases=lambda budget: [
        {"seed": seed, "c": c, "times": times}
        for c in (1.0, 0.01)
        for times in (1.0, 1e3, 1e6, 1e12)
        for seed in range(5 if budget == "quick" else 50)
    ],
)


@claim("li2021:remark-3/parameters", STUCK, each=True)
def conditions_suffice(seed: int, c: float, times: float) -> Any:
    """(41) makes |W_t - W*| at most the floor (44) in the limit."""
    setting, needed = _stuck(c)
    large = setting.but(labels=math.ceil(needed * times))
    reached = float(np.linalg.norm(moved_weights(seed, setting.learning_rate) - _STAR))
    names = ("|W_t - W*|", "floor (44)")
    return at_most(reached, bounds.equation_44(large), names, exactly=_exact_floor)


def _exact_distance(ball: Any) -> Any:
    """|(1, 0) - (3/5, 4/5)|: W never moves, since 7/5 relu(x) = relu(3x/5) + relu(4x/5)."""
    assert Fraction(7, 5) == Fraction(3, 5) + Fraction(4, 5)
    return ball(Fraction(4, 5)).sqrt()


def _exact_floor(seed: int, c: float, times: float, ball: Any) -> tuple[Any, Any]:
    setting, needed = _stuck(c)
    e = ExactConstants(setting.but(labels=math.ceil(needed * times)), ball)
    # (41) with these labels.
    assert 2 * e.rate() <= e.room_41()
    return _exact_distance(ball), e.floor()


CLOSER = domain(
    integer("seed", "[0, inf)", "number of the data set"),
    real("rate", "(0, 1 / 600]", "learning rate, as (40) allows"),
    fixed("20 isolated nodes, ReLU, d = 1, q = 2, W* = (0.6, 0.8), v* = (1, 1)"),
    fixed("W_0 = (1, 0), v_0 = (1.4, 0), which (39) allows; three steps"),
    cases=lambda budget: [
        {"seed": seed, "rate": rate}
        for rate in (1 / 600, 1e-5)
        for seed in range(5 if budget == "quick" else 50)
    ],
)


@claim(
    "li2021:remark-contribution-cost/convergence",
    CLOSER,
    each=True,
    exempt="W does not move, whatever the data",
)
def convergence_is_guaranteed(seed: int, rate: float) -> Any:
    """From a start and with a step size that (39) and (40) allow, W comes closer to W*."""
    reached = float(np.linalg.norm(moved_weights(seed, rate) - _STAR))
    start = float(np.linalg.norm(_START - _STAR))
    return less(reached, start, ("|W_3 - W*|", "|W_0 - W*|"), exactly=_unmoved)


def _unmoved(ball: Any) -> tuple[Any, Any]:
    distance = _exact_distance(ball)
    return distance, distance
