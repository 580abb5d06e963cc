"""The constants of Eqs. (13)-(17): what Lemma 2 says that they are, and what they depend on.

Reference: li2021, Eqs. (13)-(17). Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._averaging_cases import small_graphs
from gnnconv_lib.audit._convergence_settings import lemma_2_constants, settings
from gnnconv_lib.audit._exact_constants import ExactConstants
from gnnconv_lib.audit.li2021.convergence import lemmas
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    Found,
    at_most,
    both,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    graph,
    integer,
    less,
    proved,
    readings,
    real,
    where,
)

SETTINGS = settings()
GRAPHS = domain(
    graph(),
    regime=where("n ≥ 2", lambda graph: graph.nodes >= 2),
    cases=lambda budget: [{"graph": g} for g in small_graphs(budget)],
)


@claim(
    "li2021:definition-mean-degree",
    GRAPHS,
    each=True,
    exempt="what is counted is at least 1 at every node",
)
def smallest_degree_can_be_divided_by(graph: Any) -> Any:
    """d_min, by which (28), (30) and (41) divide, is positive on every graph."""
    names = ("0", "d_min")
    alone = less(0.0, graph.degrees.min(), names, exactly=lambda graph: (0, min(graph.degrees)))
    counted = less(0.0, min(graph.degrees) + 1, names)
    counted = proved(lemmas.the_node_itself(), sides=counted)
    return readings(neighbours_only=alone, the_node_itself_counted=counted), counted


def _step(setting: bounds.Setting, e: Any, w: Any, eta: Any = 0.0) -> Any:
    """The right side of Lemma 2 with the constants behind (13)-(15)."""
    return bounds.equation_20(e, w, setting, *lemma_2_constants(setting), eta)


@claim("li2021:eq-13", SETTINGS, each=True)
def decrease_of_lemma_2(setting: Any) -> Any:
    """1 - γ_1² is the factor of |v - v*|² in (19) for σ_m = L_σ² d_out, σ_M = B L_σ²."""
    names = ("1 - gamma_1^2", "factor in (19)")
    sides = equal(1 - bounds.equation_13(setting) ** 2, _step(setting, 1.0, 0.0), names)
    return proved(lemmas.decrease(), sides=sides)


@claim("li2021:eq-14", SETTINGS, each=True, repair="slip")
def pull_of_lemma_2(setting: Any) -> Any:
    """γ_2² is the factor of |W - W*|²|v*|² in (20) for σ_m = L_σ² d_out, L = √2 B L_σ."""
    wanted = _step(setting.but(target=1.0), 0.0, 1.0)
    names = ("gamma_2^2", "factor in (20)")
    whole = bounds.equation_14_printed(setting) ** 2
    first = _first_term(setting)
    split = (math.sqrt(first) + whole - first) ** 2
    return (
        readings(
            root_over_both_terms=equal(whole, wanted, names, exactly=_whole),
            root_over_the_fraction=equal(split, wanted, names, exactly=_split),
        ),
        proved(
            lemmas.pull(),
            sides=equal(bounds.equation_14_corrected(setting) ** 2, wanted, names),
        ),
    )


def _wanted(e: ExactConstants) -> Any:
    """a L^2/m + 3 L^2 a^2 with m and L of `lemma_2_constants`."""
    a, s, q = e.x.learning_rate, e.x.slope**2, e.x.outputs
    steep = 2 * e.width**2 * s
    return a * steep / (s * q) + 3 * steep * a * a


def _whole(setting: Any, ball: Any) -> tuple[Any, Any]:
    e = ExactConstants(setting, ball)
    return e.second, _wanted(e)


def _split(setting: Any, ball: Any) -> tuple[Any, Any]:
    e = ExactConstants(setting, ball)
    return (e.fraction.sqrt() + e.second - e.fraction) ** 2, _wanted(e)


def _first_term(setting: bounds.Setting) -> float:
    """The fraction in (14)."""
    a, d, q = setting.learning_rate, setting.features, setting.outputs
    if setting.level == "node":
        return 2 * a * (d + 4 * d * setting.mean_size) ** 2 / q
    return 8 * a * d**2 * setting.largest_graph**4 / q


@claim("li2021:eq-15", SETTINGS, each=True)
def remainder_of_lemma_2(setting: Any) -> Any:
    """γ_1² γ_3² is the factor of η_v² in (20) for σ_m = L_σ² d_out."""
    found = (bounds.equation_13(setting) * bounds.equation_15(setting)) ** 2
    names = ("gamma_1^2 gamma_3^2", "factor in (20)")
    return proved(lemmas.remainder(), sides=equal(found, _step(setting, 0.0, 0.0, 1.0), names))


_MANY_UNITS = {"mean_size": 1.0, "smallest": 1.0, "share": 0.9}
BALL = settings(
    steepness="[1, inf)",
    # With many hidden units (40) allows gamma_1 > 1: there (19) does not bound a ball.
    limits=(where("γ_1 ≤ 1", lambda setting: bounds.equation_13(setting) <= 1),),
    more=({**_MANY_UNITS, "q": 16}, {**_MANY_UNITS, "q": 32}),
    allowed=(
        real("allowed", "[0, 1]", "η_v over ρ/|v*|, what the second part of (41) leaves of it"),
        (0.0, 0.3, 1.0),
    ),
)


@claim("li2021:eq-16", BALL, each=True)
def ball_of_lemma_2(setting: Any, allowed: float) -> Any:
    """With (13)-(15), |W - W*| ≤ √2 and this η_v, a step of Lemma 2 does not leave |v - v*| ≤ D."""
    # The square of Lemma 2 is linear in |v - v*|²: it is largest at the centre or on the sphere.
    eta = allowed * bounds.equation_17(setting) / setting.target
    g1, g2 = bounds.equation_13(setting), bounds.equation_14_printed(setting)
    g3, far = bounds.equation_15(setting), setting.target**2

    def stays(radius: float) -> Any:
        after = math.sqrt(max(_step(setting, r, math.sqrt(2), eta) for r in (0.0, radius)))
        return at_most(after, radius, ("|v - v*| after the step", "D"))

    def ball(level: float) -> Any:
        return stays(max(setting.distance, level))

    return (
        readings(
            root_over_the_sum=stays(bounds.equation_16_printed(setting)),
            root_over_the_fraction=ball(math.sqrt(2 * g2 * far / g1) + g3),
            root_over_the_numerator=ball(math.sqrt(2 * g2 * far) / g1 + g3),
        ),
        stays(bounds.equation_16_corrected(setting, eta)),
    )


@claim("li2021:eq-17", SETTINGS, each=True)
def rho_from_slopes(setting: Any) -> Any:
    """ρ is the smaller of v_0'v* and σ_m|v*|²/(σ_M + 1) with σ_m = L_σ² d_out, σ_M = B L_σ²."""
    m, M, _ = lemma_2_constants(setting)
    share = setting.target**2 / ((M + 1) / m)
    sides = equal(bounds.equation_17(setting), min(setting.product, share), ("(17)", "minimum"))
    return proved(lemmas.share(), sides=sides)


def _balls(budget: str) -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    rows = []
    for q in (1, 2, 5):
        for scale in (0.05, 1.0, 20.0):
            for _ in range(5 if budget == "quick" else 200):
                target = rng.normal(size=q) * scale
                rows.append({"q": q, "target": target, "directions": rng.normal(size=(200, q))})
    return rows


BALLS = domain(
    integer("q", "[1, inf)", "output dimension d_out"),
    drawn("target", "Gaussian v* of lengths from 0.05 to 20"),
    drawn("directions", "points of the ball: 200 random directions, and that of v*"),
    cases=_balls,
)


@claim("li2021:definition-d-zero", BALLS, each=True)
def ball_bounds_v(q: int, target: Any, directions: Any) -> Any:
    """D_0 = D + |v*| is the largest |v| among all v with |v - v*| ≤ D."""
    length = float(np.linalg.norm(target))
    base = bounds.Setting(outputs=q, target=length, product=length**2)
    setting = base.but(learning_rate=0.5 * bounds.equation_40(base))
    D = bounds.equation_16_printed(setting)
    points = np.vstack([directions, target])
    points = target + D * points / np.linalg.norm(points, axis=1, keepdims=True)
    largest = np.max(np.linalg.norm(points, axis=1))
    sides = equal(largest, bounds.radius(setting), ("largest |v| in the ball", "D_0"))
    return proved(lemmas.ball_around_the_teacher(), sides=sides)


# Whether the constants depend on the number of samples.


def _sizes(budget: str) -> list[dict[str, Any]]:
    # Beyond 300 nodes the mean size of a Bernoulli graph takes α = 1e-7 out of (40).
    return [{"n": n} for n in ((4, 10, 40, 160) if budget == "quick" else (4, 10, 40, 160, 300))]


NUMBERS = domain(
    integer("n", "[4, inf)", "number of labels n"),
    fixed("d = 2, d_out = 1, |v_0| = |v*| = 1, α = 1e-7, within (40); n is compared with 4"),
    cases=_sizes,
)
SAME = "the same number for every n is what is claimed"


def _with_size(mean: float, **more: Any) -> bounds.Setting:
    return bounds.Setting(mean_size=mean, learning_rate=1e-7, **more)


def _mean_size(graph: Any) -> float:
    return float(np.mean(graph.degrees) + 1)


def _exact_change(exact: Any) -> Any:
    """The number that differs most between random graphs of n and of 4 nodes, in balls."""

    def sides(n: int, ball: Any) -> tuple[Any, Any]:
        found = []
        for k in (n, 4):
            degrees = [int(d) for d in graphs.erdos_renyi(k, 0.5, seed=0).degrees]
            e = ExactConstants(_with_size(1.0), ball)
            mean = ball(Fraction(sum(degrees), k) + 1)
            found.append(exact(e.resized(mean)))
        pairs = list(zip(*found, strict=True))
        return max(pairs, key=lambda pair: float(abs(pair[0] - pair[1]) / (pair[0] + pair[1])))

    return sides


def _compared(values: Any, n: int, names: tuple[str, str], exact: Any) -> Any:
    """Node level, along cycles and along random graphs; graph level, for graphs of 5 nodes."""
    cycles = equal(
        values(_with_size(_mean_size(graphs.cycle(n)))),
        values(_with_size(_mean_size(graphs.cycle(4)))),
        names,
    )
    random, small = (_mean_size(graphs.erdos_renyi(k, 0.5, seed=0)) for k in (n, 4))
    dense = equal(
        values(_with_size(random)),
        values(_with_size(small)),
        names,
        exactly=_exact_change(exact),
    )
    graph = {"level": "graph", "largest_graph": 5}
    levels = equal(
        values(_with_size(1.0, labels=n, **graph)),
        values(_with_size(1.0, labels=4, **graph)),
        names,
    )
    return Found(
        readings(
            for_graphs_of_one_mean_degree=both(cycles, levels),
            along_Bernoulli_graphs_of_the_experiments=both(dense, levels),
        ),
        both(cycles, levels),
        {"mean |N_i|, Bernoulli(1/2) edges": random},
    )


@claim("li2021:remark-gammas-independent-of-n", NUMBERS, each=True, exempt=SAME)
def gammas_against_nodes(n: int) -> Any:
    """γ_1, γ_2 and γ_3 do not depend on the number of samples n."""

    def values(setting: bounds.Setting) -> Any:
        functions = (bounds.equation_13, bounds.equation_14_printed, bounds.equation_15)
        return np.array([function(setting) for function in functions])

    def exact(e: ExactConstants) -> list[Any]:
        return [e.first.sqrt(), e.second.sqrt(), e.third.sqrt()]

    return _compared(values, n, ("gammas for n", "gammas for n = 4"), exact)


@claim("li2021:remark-constants-independent-of-n", NUMBERS, each=True, exempt=SAME)
def constants_against_nodes(n: int) -> Any:
    """D, ρ and D_0 do not depend on the number of samples n."""

    def values(setting: bounds.Setting) -> Any:
        functions = (bounds.equation_16_printed, bounds.equation_17, bounds.radius)
        return np.array([function(setting) for function in functions])

    def exact(e: ExactConstants) -> list[Any]:
        return [e.D(), e.rho(), e.D_0()]

    return _compared(values, n, ("D, rho, D_0 for n", "D, rho, D_0 for n = 4"), exact)
