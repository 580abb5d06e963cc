"""The constants of Eqs. (13)-(17): do they agree with the lemmas they come from, and with each other?

Reference: li2021, Eqs. (13)-(17). Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import decide, gap, report
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "ball_bounds_v",
    "ball_of_lemma_2",
    "constants_against_nodes",
    "gamma_1_positive",
    "gamma_2_from_lemma_2",
    "gamma_3_from_lemma_2",
    "gammas_against_nodes",
    "mean_degree_counts_the_node",
    "rho_from_slopes",
]


def _settings(budget: str, share: float = 0.5) -> list[bounds.Setting]:
    """Settings of both levels with the step size `share` times the limit (40)."""
    rng = np.random.default_rng(0)
    found = []
    for index in range(20 if budget == "quick" else 500):
        base = bounds.Setting(
            level=("node", "graph")[index % 2],
            features=int(rng.integers(1, 6)),
            outputs=int(rng.integers(1, 4)),
            slope=float(rng.uniform(0.3, 2.0)),
            mean_size=float(rng.uniform(1, 20)),
            largest_graph=int(rng.integers(1, 6)),
            target=0.01,
            product=1e-4,
        )
        found.append(base.but(learning_rate=share * bounds.equation_40(base)))
    return found


def mean_degree_counts_the_node(budget: str = "quick") -> Evidence:
    """d-bar and d_min with and without the node itself: without it, bounds divide by zero at an
    isolated node.

    The variance of an averaged feature is 1/|N_i|; d_min must satisfy 1/|N_i| <= 1/d_min.
    """
    sizes = range(1, 4 if budget == "quick" else 40)
    stars = [graphs.star(k) for k in sizes]
    open_fails = [
        (1 / (g.degrees + 1) > 1 / np.maximum(g.degrees.min(), 1e-300)).any() for g in stars
    ]
    closed = [(1 / (g.degrees + 1) <= 1 / (g.degrees + 1).min()).all() for g in stars]
    isolated = int(graphs.empty(1).degrees.min())
    return report(
        "numerical",
        decide(isolated > 0 and not any(open_fails), all(closed)),
        "With neighbours only, an isolated node gives d_min = 0 and Eqs. (28), (30), (41) divide by "
        "it; with the "
        "node itself counted all formulas are finite.",
        {"d_min of one isolated node, open count": float(isolated), "closed count": 1.0},
        correction="d_i = |N_i| counts the node itself, and d_min is the smallest |N_i|.",
    )


def gamma_1_positive(budget: str = "quick") -> Evidence:
    """Eq. (13): positive below the limit (40), zero at the limit itself, which (40) includes."""
    inside = min(bounds.equation_13(entry) for entry in _settings(budget, 0.999))
    squares = []
    for entry in _settings(budget, 1.0):
        a, s = entry.learning_rate, entry.slope
        first = a * s**2 * entry.outputs / 2
        squares.append(abs(first - 3 * (a * bounds.width(entry) * s**2) ** 2) / first)
    return report(
        "numerical",
        decide(max(squares) > 1e-9, inside > 0),
        "gamma_1 is positive below the limit of (40) and vanishes at it, at both levels.",
        {"smallest below the limit": inside, "largest relative square at the limit": max(squares)},
        tolerance=1e-9,
        correction=r"positive for a strict inequality in the second part of (40).",
    )


def gamma_2_from_lemma_2(budget: str = "quick") -> Evidence:
    """Eq. (14) against Lemma 2 with sigma_m = L^2 q and the slope sqrt(2) B L: exponents at graph level."""
    gaps: dict[str, float] = {"node": 0.0, "graph": 0.0}
    repaired = 0.0
    for entry in _settings(budget):
        a, B = entry.learning_rate, bounds.width(entry)
        slope = 2 * (B * entry.slope) ** 2
        lemma = a * slope / (entry.slope**2 * entry.outputs) + 3 * slope * a**2
        gaps[entry.level] = max(
            gaps[entry.level], abs(bounds.equation_14_printed(entry) ** 2 / lemma - 1)
        )
        repaired = max(repaired, abs(bounds.equation_14_corrected(entry) ** 2 / lemma - 1))
    return report(
        "numerical",
        decide(max(gaps.values()) < 1e-12, repaired < 1e-12),
        "Node level agrees with Lemma 2; at graph level L^4 n_max^2 is printed for L^2 n_max^4.",
        {f"relative difference, {level} level": value for level, value in gaps.items()},
        tolerance=1e-12,
        correction=r"graph level: $\gamma_2^2 = 8\alpha d^2 n_{\max}^4/q + 24\alpha^2 d^2 L_\sigma^2 "
        r"n_{\max}^4$.",
    )


def gamma_3_from_lemma_2(budget: str = "quick") -> Evidence:
    """Eq. (15) is the fixed point of Lemma 2's recursion, (2a/m + 3a^2) / gamma_1^2 with m = L^2 q."""
    worst = 0.0
    for entry in _settings(budget):
        a, m = entry.learning_rate, entry.slope**2 * entry.outputs
        level = (2 * a / m + 3 * a**2) / bounds.equation_13(entry) ** 2
        worst = max(worst, abs(bounds.equation_15(entry) ** 2 / level - 1))
    return report(
        "numerical",
        decide(worst < 1e-12),
        "gamma_3 is what Lemma 2's recursion leaves of a constant deviation.",
        {"relative difference": worst},
        tolerance=1e-12,
    )


def _bernoulli(nodes: int) -> float:
    """Mean |N_i| for edges with probability 1/2."""
    return 1 + (nodes - 1) / 2


def gammas_against_nodes(budget: str = "quick") -> Evidence:
    """gamma_2 at one step size for Bernoulli(1/2) graphs with growing n: it grows like d-bar."""
    sizes = (10, 100, 1000) if budget == "quick" else (10, 30, 100, 300, 1000, 3000, 10_000)
    fixed = bounds.Setting(learning_rate=1e-12)
    values = [bounds.equation_14_printed(fixed.but(mean_size=_bernoulli(n))) for n in sizes]
    small = [bounds.equation_14_printed(fixed.but(mean_size=float(n))) for n in (1, 2)]
    return report(
        "numerical",
        decide(max(values) <= min(values) * (1 + 1e-12)),
        f"Between n = {sizes[0]} and n = {sizes[-1]} gamma_2 grows by a factor "
        f"{values[-1] / values[0]:.0f} on the "
        "paper's own graphs, because d-bar is near n/2.",
        {f"gamma_2, n = {n}": value for n, value in zip(sizes, values, strict=True)},
        witness=Witness(
            "K_2 against K_1, d = 2, q = 1, alpha = 1e-12: gamma_2", small[0], small[1]
        ),
        correction=r"they depend on $n$ through $\bar d$ alone, which is constant on graphs of "
        r"bounded degree and near "
        r"$n/2$ for Bernoulli(0.5) edges; at graph level they do not depend on $n$.",
    )


def constants_against_nodes(budget: str = "quick") -> Evidence:
    """D, rho and D_0 for complete graphs K_1 and K_2, and for Bernoulli(1/2) graphs."""
    sizes = (10, 1000) if budget == "quick" else (10, 100, 1000, 10_000)

    def of(size: float) -> tuple[float, float]:
        entry = bounds.Setting(mean_size=size, learning_rate=1e-12)
        return bounds.equation_17(entry), bounds.radius(entry)

    first, second = of(1.0), of(2.0)
    rho = [of(_bernoulli(n))[0] for n in sizes]
    return report(
        "numerical",
        decide(first == second),
        f"rho falls by a factor {rho[0] / rho[-1]:.0f} from n = {sizes[0]} to n = {sizes[-1]} on "
        "Bernoulli(1/2) "
        "graphs, and D_0 grows.",
        {"rho, K_1": first[0], "rho, K_2": second[0], "D_0, K_1": first[1], "D_0, K_2": second[1]},
        witness=Witness("K_2 against K_1, d = 2, q = 1, |v*| = 1: rho", first[0], second[0]),
        correction=r"they depend on $n$ through $\bar d$; at graph level they do not depend on $n$.",
    )


def ball_of_lemma_2(budget: str = "quick") -> Evidence:
    """Eq. (16) against the level that Lemma 2's recursion allows, |W - W*| <= sqrt 2, eta_v = 1.

    The recursion e^2 <- (1 - g1^2) e^2 + g2^2 |W - W*|^2 |v*|^2 + (2a/m + 3a^2) eta_v^2 is iterated to
    its level.
    """
    first, repaired = None, True
    for entry in _settings(budget):
        entry = entry.but(
            target=1.0, product=1.0, distance=0.0, learning_rate=entry.learning_rate / 10
        )
        g1, g2, g3 = (
            f(entry) for f in (bounds.equation_13, bounds.equation_14_corrected, bounds.equation_15)
        )
        level = math.sqrt((g2**2 * 2 + (g1 * g3) ** 2) / g1**2)
        printed, corrected = bounds.equation_16_printed(entry), bounds.equation_16_corrected(entry)
        repaired &= level <= corrected * (1 + 1e-12)
        if level > printed * (1 + 1e-9) and first is None:
            words = (
                f"{entry.level} level, d = {entry.features}, q = {entry.outputs}: level against D"
            )
            first = (words, printed, level)
    words, printed, level = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None, repaired),
        "Lemma 2 gives (gamma_2/gamma_1)^2 and gamma_3^2 eta_v^2 under the root; without the squares "
        "the ball is too "
        f"small, first for {words}.",
        {"D as printed": printed, "level of Lemma 2": level},
        witness=Witness(words, printed, level),
        correction=r"$D = \max\{\|v_0 - v_*\|, \sqrt{2\gamma_2^2\|v_*\|^2/\gamma_1^2 + "
        r"\gamma_3^2\eta_v^2}\}$.",
    )


def rho_from_slopes(budget: str = "quick") -> Evidence:
    """Eq. (17) is min(v_0'v*, m |v*|^2 / (M + 1)) with m = L^2 q and M the slope of Eq. (26) or (34)."""
    worst = 0.0
    for entry in _settings(budget):
        entry = entry.but(target=1.0, product=100.0)
        share = entry.slope**2 * entry.outputs / (bounds.equation_26(entry) + 1)
        worst = max(worst, gap(bounds.equation_17(entry), share))
    return report(
        "numerical",
        decide(worst < 1e-12),
        "Both levels use the slope of g^v in v, (26) or (34), in the denominator.",
        {"relative difference": worst},
        tolerance=1e-12,
    )


def ball_bounds_v(budget: str = "quick") -> Evidence:
    """|v| <= D + |v*| = D_0 on the ball |v - v*| <= D, with equality in the direction of v*."""
    rng = np.random.default_rng(1)
    worst, touched = -math.inf, 0.0
    for _ in range(50 if budget == "quick" else 5000):
        star, step = rng.normal(size=(2, 3))
        D = float(rng.uniform(0.1, 5))
        limit = D + float(np.linalg.norm(star))
        worst = max(worst, float(np.linalg.norm(star + D * step / np.linalg.norm(step))) - limit)
        touched = max(
            touched, abs(float(np.linalg.norm(star * (1 + D / np.linalg.norm(star)))) - limit)
        )
    return report(
        "numerical",
        decide(worst <= 1e-12 and touched <= 1e-12),
        "D_0 is the largest |v| in the ball of radius D around v*.",
        {"largest excess": worst, "largest gap in the direction of v*": touched},
        tolerance=1e-12,
    )
