"""Theorem 3, Remark 2, the sentences on the rate, and the corrected theorem for one hidden unit.

Reference: li2021, Theorems 1 and 3, Remark 2, Eqs. (50)-(52). Book page: book/li2021/convergence.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_paths import ALLOWED, TARGET, cases, mean_product, path
from gnnconv_lib.audit._linear_cases import decide, report
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "corrected_theorem",
    "four_signs",
    "rate_of_theorem_2",
    "trace_stays",
    "v_stays",
]


def trace_stays(budget: str = "quick") -> Evidence:
    """Eq. (50) along population paths, q = 1: Tr(W*'W_t) never falls below half its start."""
    worst = math.inf
    for name in ALLOWED:
        found = cases(name, budget)
        worst = min(worst, float(np.min(np.cos(found.path.angle) / found.cosine)))
    return report(
        "search",
        decide(worst >= 0.5),
        "For one hidden unit the trace never falls: W turns towards W* as long as v v* > 0.",
        {"smallest trace over start": worst},
    )


def v_stays(budget: str = "quick") -> Evidence:
    """Eq. (51) along population paths, q = 1: v_t v* >= rho and |v_t - v*| <= D."""
    first, worst, farthest = None, math.inf, -math.inf
    for name in ALLOWED:
        found = cases(name, budget)
        product = found.path.v * TARGET
        margin = product / found.rho
        worst = min(worst, float(margin.min()))
        balls = np.array([bounds.equation_16_printed(entry) for entry in found.settings])
        farthest = max(farthest, float(np.max(np.abs(found.path.v - TARGET) / balls)))
        t, k = np.unravel_index(int(np.argmin(margin)), margin.shape)
        if margin[t, k] < 1 - 1e-9 and (first is None or name == "identity"):
            words = (
                f"{name}, isolated nodes, d = 2, q = 1, v* = {TARGET:g}, W*'W_0 = {found.cosine[k]:g}, "
                f"v_0 = {found.v[k]:g}: v_t v* at t = {t}"
            )
            first = (words, float(found.rho[k]), float(product[t, k]))
    words, rho, reached = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        "v_t v* falls below rho for the identity and tanh, because v first follows (M(c)/M(1)) v*, "
        "which is small "
        "while W is nearly orthogonal to W*. ReLU stays inside.",
        {"smallest v_t v* / rho": worst, "largest |v_t - v*| / D": farthest},
        witness=Witness(words, rho, reached),
        correction=r"for $q = 1$: $v_t v_* \ge \min\{v_0 v_*, v_*^2 M(c_0)/M(1)\}$ and $|v_t| \le "
        r"\max(|v_0|, |v_*|)$.",
    )


def four_signs(budget: str = "quick") -> Evidence:
    """Remark 2: one of four sign choices satisfies (39); in the population, q = 1, how many of the four
    converge.

    The guarantee fails for two hidden units (`stuck_start`) and where a sign choice meets (39) with equality.
    """
    rng = np.random.default_rng(0)
    accepted = 0
    count = 20 if budget == "quick" else 2000
    for _ in range(count):
        W, W_star, v, v_star = (rng.normal(size=s) for s in ((3, 2), (3, 2), 2, 2))
        signs = itertools.product((1, -1), (1, -1))
        accepted += any(a * np.sum(W * W_star) >= 0 and b * v @ v_star >= 0 for a, b in signs)
    # Orthogonal start, odd activation: all four signs satisfy (39) with equality, and v goes to 0.
    end = path(mean_product("identity"), [0.0], [0.0], 1.0, 0.1, 500)
    reached = float(end.error_W[-1, 0])
    return report(
        "search",
        decide(accepted == count and reached < 1e-6),
        "A sign choice that satisfies (39) always exists, but it does not guarantee convergence: W_0 "
        "orthogonal to W* and "
        "v_0 = 0 satisfies (39) in all four signs and stays there; so does the stuck start with two "
        "hidden units.",
        {"accepted starts": float(accepted), "starts": float(count), "|W_t - W*|": reached},
        witness=Witness(
            "identity, d = 2, q = 1, W*'W_0 = 0, v_0 = 0, all four signs: |W_t - W*|", 0.0, reached
        ),
        correction=r"for $q = 1$ and strict inequalities in (39) the population converges, by the "
        r"corrected theorem.",
    )


def rate_of_theorem_2(budget: str = "quick") -> Evidence:
    """The rate (13) against the true one: (13) rises with L_sigma and ignores the degree, M(1) does the
    opposite.
    """
    sizes = (1, 4) if budget == "quick" else (1, 2, 4, 8, 16)
    true = [2 * float(mean_product("relu", size)(1.0)) for size in sizes]

    def printed(slope: float, size: float) -> float:
        base = bounds.Setting(
            slope=slope, mean_size=size, smallest_size=size, target=0.01, product=1e-4
        )
        entry = base.but(learning_rate=1e-3 * bounds.equation_40(base))
        return bounds.equation_13(entry) ** 2 / entry.learning_rate

    claimed = [printed(1.0, float(size)) for size in sizes]
    loose = printed(2.0, 1.0)
    return report(
        "numerical",
        decide(all(c <= t for c, t in zip(claimed, true, strict=True)) and loose <= true[0]),
        f"Replacing L_sigma = 1 by the weaker 2 multiplies the claimed rate of v by "
        f"{loose / claimed[0]:.2f}; the true rate "
        f"falls from {true[0]:.2f} to {true[-1]:.2f} per unit of alpha t as |N_i| grows from 1 to "
        f"{sizes[-1]}, the claimed one "
        "stays.",
        {
            "claimed, L = 1": claimed[0],
            "claimed, L = 2": loose,
            "true, |N| = 1": true[0],
            "true, largest": true[-1],
        },
        witness=Witness(
            f"ReLU, |N_i| = {sizes[-1]}, d = 2, q = 1: decrease of |v - v*|^2 per step, over alpha",
            claimed[-1],
            true[-1],
        ),
        correction=r"for $q = 1$: $W$ contracts by $1-\alpha v_*^2$ and $v$ by $1-\alpha M(1)$ near "
        r"the teacher.",
    )


def corrected_theorem(budget: str = "quick") -> Evidence:
    """The corrected theorem for q = 1 in the population, attacked from random and corner starts, all
    activations.
    """
    rng = np.random.default_rng(0)
    names = (
        (*ALLOWED, "erf", "swish", "sigmoid", "softplus", "gelu")
        if budget == "full"
        else ("relu", "tanh", "identity", "sigmoid")
    )
    starts, steps = (24, 300) if budget == "quick" else (60, 1000)
    excess = -math.inf
    for name in names:
        for size in (1.0, 7.0):
            M, K = mean_product(name, size), get(name).lipschitz ** 2 / size
            top = float(M(1.0))
            cosine = np.append(rng.uniform(0, 1, starts), [1e-4, 1e-2, 0.999])
            star, v = np.exp(rng.normal(0, 1, (2, starts + 3)))
            rate = rng.uniform(0.1, 1.0, starts + 3) * np.minimum(
                1 / top, 1 / np.maximum(star, v) ** 2
            )
            found = path(M, cosine, v, star, rate, steps)
            for k in range(starts + 3):
                rho = bounds.corrected_rho(v[k] * star[k], star[k], float(M(cosine[k])) / top)
                W, of_v = bounds.corrected_path(
                    rate[k], rho, top, K, star[k], found.error_W[0, k], abs(v[k] - star[k]), steps
                )
                first = (found.error_W[:, k] - W) / (1e-12 + W)
                second = (np.abs(found.v[:, k] - star[k]) - of_v) / (1e-9 * star[k] + of_v)
                lowest = rho - found.v[:, k].min() * star[k]
                big = W > 1e-6
                excess = max(
                    excess, float(first[big].max()), float(second[big].max()), lowest / rho
                )
    return report(
        "search",
        decide(excess <= 1e-6),
        "No violation: W and v stay below both bounds, and v v* above rho, from every start searched.",
        {"largest relative excess": excess},
        tolerance=1e-6,
    )
