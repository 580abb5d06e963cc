"""One hidden unit: the rates of W and v, and a bound on W from any start.

Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_cases import small_graphs, values
from gnnconv_lib.audit._averaging_paths import mean_product, path
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    at_most,
    choice,
    claim,
    domain,
    equal,
    fixed,
    graph,
    lemma,
    proved,
    real,
    where,
)

_NAMES = ("relu", "tanh", "swish", "identity")


RATES = domain(
    graph(),
    choice("activation", *_NAMES),
    choice("reading", "mean", "sum", words="reading of Eq. (11)"),
    real("target", "(-inf, inf)", "v*", reach=2.0),
    where("v* ≠ 0", lambda target: target != 0),
    real("share", "(0, 1]", "α over the smaller of 1/M(1) and 1/v*²"),
    fixed("population, q = 1, an error of 1e-6"),
    cases=lambda budget: [
        {"graph": one, "activation": name, "reading": reading, "target": target, "share": share}
        for one in small_graphs("quick")
        for name in (_NAMES if one.nodes < 5 or budget == "full" else _NAMES[:1])
        for reading in ("mean", "sum")
        for target, share in ((0.8, 0.3), (-3.0, 0.04), (2.5, 1.0))
    ],
    words=lambda graph, activation, reading, target, share: (
        f"{graph.name}, {activation}, {reading}, v* = {target:g}, share {share:g}"
    ),
)


def _mean_square(graph: Any, activation: str) -> float:
    """M(1), by quadrature."""
    z, weight = np.polynomial.hermite_e.hermegauss(200)
    squares = values(get(activation), np.outer((graph.degrees + 1.0) ** -0.5, z)) ** 2
    return float(np.mean(squares @ weight / math.sqrt(2 * math.pi)))


def _rate(graph: Any, activation: str, target: float, share: float) -> float:
    return share * min(1 / _mean_square(graph, activation), 1 / target**2)


@claim("companion:theorem-approximate-one-unit/rate-of-w", RATES, each=True, tolerance=1e-6)
def rate_of_the_angle(
    graph: Any, activation: str, reading: str, target: float, share: float
) -> Any:
    """Near the teacher the angle shrinks by 1 - αv*², or 1 - αv*²/n in the literal reading."""
    rate = _rate(graph, activation, target, share)
    model = ag.population_map(graph, activation, target, reading)
    turned = float(model.update(ag.Polar(1e-6, 0.0), rate).angle) / 1e-6
    gain = 1.0 if reading == "mean" else 1.0 / graph.nodes
    names = ("factor of the angle", "1 - alpha g v*^2")
    return equal(turned, 1 - rate * gain * target**2, names, 1.0)


@claim("companion:theorem-approximate-one-unit/rate-of-v", RATES, each=True, tolerance=1e-6)
def rate_of_v(graph: Any, activation: str, reading: str, target: float, share: float) -> Any:
    """At the angle 0 the error of v shrinks by 1 - αM(1), M(1) the mean of E σ(τ_i Z)²."""
    M1, rate = _mean_square(graph, activation), _rate(graph, activation, target, share)
    model = ag.population_map(graph, activation, target, reading)
    moved = float(model.update(ag.Polar(0.0, 1e-6), rate).error) / 1e-6
    return equal(moved, 1 - rate * M1, ("factor of v", "1 - alpha M(1)"), 1.0)


def _starts(budget: str) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    count = 60 if budget == "quick" else 2000
    corners = [
        (c, v, target, a)
        for c in (1e-6, 0.5, 1.0)
        for v, target in ((1e-3, 1.0), (1.0, 1.0), (20.0, 0.5))
        for a in (1.0, 0.01)
    ]
    draws = np.stack(
        [
            rng.uniform(0, 1, count),
            np.exp(rng.normal(0, 1.5, count)),
            np.exp(rng.normal(0, 1.0, count)),
            rng.uniform(0.05, 1.0, count),
        ],
        axis=1,
    )
    c, v, target, share = np.concatenate([corners, draws]).T
    kinds = ("relu", "leaky_relu(0.2)", "tanh", "swish", "sigmoid", "identity")
    kind = np.array([kinds[k % len(kinds)] for k in range(len(c))])
    return {"activation": kind, "c": c, "v": v, "target": target, "share": share}


STARTS = domain(
    choice("activation", "relu", "leaky_relu(0.2)", "tanh", "swish", "sigmoid", "identity"),
    real("c", "(0, 1]", "c_0"),
    real("v", "(0, inf)", "v_0"),
    real("target", "(0, inf)", "v*", reach=4.0),
    real("share", "(0, 1]", "α over the largest with α ≤ 1/M(1), α max(v_0², v*²) ≤ 1"),
    fixed("population, q = 1, neighbourhoods of 3 nodes (M is a mean over the nodes); 60 steps"),
    cases=_starts,
)


@claim("companion:theorem-approximate-one-unit/weights", STARTS, each=True, tolerance=1e-9)
def weights_converge(activation: str, c: float, v: float, target: float, share: float) -> Any:
    """|W_t - W*| ≤ (1 + αρ)^(-t/2) |W_0 - W*| with ρ = min(v_0 v*, v*² M(c_0)/M(1))."""
    M = mean_product(activation, 3.0)
    top = float(M(1.0))
    rate = share * min(1 / top, 1 / max(v, target) ** 2)
    error = path(M, [c], [v], target, rate, 60).error_W[:, 0]
    rho = bounds.corrected_rho(v * target, target, float(M(c)) / top)
    bound = (1 + rate * rho) ** (-np.arange(61) / 2) * math.sqrt(max(2 - 2 * c, 0.0))
    return at_most(error, bound, ("|W_t - W*|", "bound"), 1.0)


def _mixtures(budget: str) -> dict[str, Any]:
    draws = np.random.default_rng(6).uniform(size=(3, 200))
    corners = [[0.0, 1.0, 1.0, 0.0, 0.5], [0.01, 0.01, 50.0, 1.0, 5.0], [0.0, 1.0, 0.5, 1.0, 0.0]]
    a, b, c = np.hstack([draws * [[1.0], [5.0], [1.0]], corners])
    return {"a": a, "b": b, "c": c}


MIXTURES = domain(
    real("a", "[0, 1]", "a = 1 - αv²"),
    real("b", "(0, inf)", "b = αvv*"),
    real("c", "[0, 1]", "cosine c of the angle between W and W*"),
    cases=_mixtures,
)


@claim("companion:theorem-approximate-one-unit/one-step", MIXTURES)
def cosine_after_a_step(a: Any, b: Any, c: Any) -> Any:
    """The cosine c_+ between aW + bW* and W* has 1 - c_+ ≤ (1 - c)/(1 + b)."""
    after = (a * c + b) / np.sqrt(a**2 + b**2 + 2 * a * b * c)
    names = ("1 - c_+", "(1 - c)/(1 + b)")
    return proved(mixture(), sides=at_most(1 - after, (1 - c) / (1 + b), names, 1.0))


@lemma
def mixture(a: Any, b: Any, c: Any, n: Any) -> Any:
    """(ac + b)(1 + b) >= (c + b) n for the norm n of aW + bW*."""
    given = {
        "0 ≤ a ≤ 1": (a >= 0, a <= 1),
        "b > 0": b > 0,
        "a cosine, not negative": (c >= 0, c <= 1),
        "the norm": (n > 0, n * n == a * a + b * b + 2 * a * b * c),
    }
    return given, (a * c + b) * (1 + b) >= (c + b) * n
