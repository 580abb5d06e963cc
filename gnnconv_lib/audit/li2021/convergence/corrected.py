"""The corrected theorem for one hidden unit: averaged over the data, with any deviations, and on data.

The statement is in the docstring of `bounds.li2021.theorem_2`, its proof on the book page. Every
hypothesis is a part of a domain; nothing in them refers to the path.

Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag, graphs
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_paths import derivative_bound, mean_product, path
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    Found,
    at_most,
    both,
    choice,
    correction,
    domain,
    drawn,
    equal,
    fixed,
    less,
    real,
)

NAMES = ("relu", "leaky_relu(0.2)", "tanh", "identity", "swish", "sigmoid", "softplus")
_RHO, _W, _V = ("rho", "v_t v*"), ("|W_t - W*|", "its bound"), ("|v_t - v*|", "its bound")
_ACTIVATION = choice("activation", *NAMES)
_MEANS = fixed("E σ'(τ_i Z) > 0, so that Ξ is invertible; d_out = 1")
_LEVEL = choice("level", "node", "graph")


def _population(budget: str) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    rows = []
    for name in NAMES:
        for level in ("node", "graph"):
            count = 5 if budget == "quick" else 60
            for k in range(count):
                rows.append(
                    {
                        "activation": name,
                        "level": level,
                        "reading": "literal" if level == "node" and k % 2 else "mean",
                        "cosine": (1e-4, 0.999, 0.01, 0.5, 1.0, *rng.uniform(0, 1, count))[k],
                        "ratio": (0.05, 1.0, 20.0, *np.exp(rng.normal(0, 1, count)))[k],
                        "target": (1.0, 20.0, 0.05, *np.exp(rng.normal(0, 1, count)))[k],
                        "share": (1.0, 0.5, 0.01, *rng.uniform(0, 1, count))[k],
                    }
                )
    return rows


START = (
    real("ratio", "(0, inf)", "v_0/v*"),
    real("target", "(0, inf)", "|v*|"),
)
POPULATION = domain(
    _MEANS,
    _ACTIVATION,
    _LEVEL,
    choice("reading", "mean", "literal", words="reading of Ξ_N (with n = 5; node level)"),
    fixed("averaged over H and the noise"),
    real("cosine", "(0, 1]", "c_0 = W*'W_0"),
    *START,
    real("share", "(0, 1]", "α over the smallest of 1/M(1), 1/v_0², 1/v*²"),
    cases=_population,
)


@correction("li2021:theorem-2/population", POPULATION, each=True, tolerance=1e-7)
def in_the_population(
    activation: str,
    level: str,
    reading: str,
    cosine: float,
    ratio: float,
    target: float,
    share: float,
) -> Any:
    """With ρ = min{v_0v*, v*²M(c_0)/M(1)} and α' = α, in the literal reading α/n: c_t ≥ c_0,
    v_t v* ≥ ρ, |v_t| ≤ max(|v_0|, |v*|), |W_t - W*| ≤ (1 + α'ρ)^{-t/2}|W_0 - W*|, and |v_t - v*| is at
    most (1 - αM(1))^t|v_0 - v*| + α|v*|K/2 Σ_{s<t} (1 - αM(1))^{t-1-s}|W_s - W*|²."""
    size = 5.0 if reading == "literal" else 2.0
    M, K = mean_product(activation, size, level), derivative_bound(activation, size, level)
    top, v, gain = float(M(1.0)), ratio * target, 1 / 5 if reading == "literal" else 1.0
    rate = share * min(1 / top, 1 / v**2, 1 / target**2)
    found = path(M, cosine, v, target, rate, 120, gain)
    rho = float(bounds.corrected_rho(v * target, target, float(M(cosine)) / top))
    of_W, of_v = bounds.corrected_path(
        rate, rho, top, K, target, float(found.error_W[0]), abs(v - target), 120, gain
    )
    highest = max(v, target)
    return both(
        at_most(cosine, np.cos(found.angle), ("c_0", "c_t")),
        at_most(rho, found.v * target, _RHO),
        at_most(found.v, highest, ("|v_t|", "max(|v_0|, |v*|)")),
        at_most(found.error_W, of_W, _W, of_W + 1e-6),
        at_most(np.abs(found.v - target), of_v, _V, of_v + target),
    )


# Finite samples: any deviations of at most eta_W and eta_v.


def _deviations(budget: str) -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    rows = []
    for name in NAMES:
        for level in ("node", "graph"):
            count = 6 if budget == "quick" else 80
            for k in range(count):
                uniform = rng.uniform(0, 1, 5)
                rows.append(
                    {
                        "activation": name,
                        "level": level,
                        "towards": ("away", "random", "across")[k % 3],
                        "cosine": (0.5, 1e-3, 1.0, *rng.uniform(0, 1, count))[k],
                        "part": (0.0, 1.0, 0.5, *rng.uniform(0, 1, count))[k],
                        "ratio": (1.0, 0.05, 20.0, *np.exp(rng.normal(0, 1, count)))[k],
                        "target": (1.0, 20.0, 0.05, *np.exp(rng.normal(0, 1, count)))[k],
                        "share": (1.0, 0.5, 0.01, *uniform[:1].repeat(count))[k],
                        "use_v": (0.5, 0.0, 0.98, *uniform[1:2].repeat(count))[k],
                        "use_W": (1.0, 0.0, 0.3, *uniform[2:3].repeat(count))[k],
                    }
                )
    # M(0) = 0 for odd activations: c_1 = 0 leaves no room for eta_v.
    return [row for row in rows if row["part"] > 0 or float(mean_product(row["activation"])(0)) > 0]


FINITE = domain(
    _MEANS,
    _ACTIVATION,
    _LEVEL,
    fixed("Ξ in the mean reading; W in three dimensions"),
    choice("towards", "away", "random", "across", words="deviations"),
    real("cosine", "(0, 1]", "c_0 = W*'W_0"),
    real("part", "[0, 1]", "c_1/c_0"),
    *START,
    real("use_v", "[0, 1)", "η_v over |v*|M(c_1)"),
    real("use_W", "[0, 1]", "k over √(2(1 - c_1))"),
    real("share", "(0, 1]", "α over the smallest of 1/M(1), 1/(2 max(|v_0|, |v*| + η_v/M(1))²)"),
    cases=_deviations,
)


def _bounds(
    setting: tuple[float, float, float], M: Any, K: float, c_1: float, eta_v: float, use: Any
) -> tuple[float, float, float, float]:
    """M(1), rho, eta_W for k = use * sqrt(2 (1 - c_1)), and the largest |v|."""
    v, target, rate = setting
    top = float(M(1.0))
    rho = float(bounds.corrected_rho(v * target, target, float(M(c_1)) / top, eta_v / top))
    grown = 1 + rate * rho
    k = use * math.sqrt(2 * (1 - c_1))
    eta_W = k * rho / (4 * (grown + math.sqrt(grown)))
    return top, rho, eta_W, max(v, target + eta_v / top)


def _pushed(W: np.ndarray, towards: str, rng: np.random.Generator) -> np.ndarray:
    """A unit vector: towards W - W*, anywhere, or out of the plane of W and W*."""
    if towards == "across":
        return np.array([0.0, 0.0, 1.0])
    if towards == "away":
        off = np.array([1.0, 0.0, 0.0]) - W
        return off / np.linalg.norm(off) if np.any(off) else np.array([0.0, 1.0, 0.0])
    random = rng.normal(size=3)
    return random / np.linalg.norm(random)


@correction("li2021:theorem-2/finite-samples", FINITE, each=True, tolerance=1e-7)
def with_deviations(
    activation: str,
    level: str,
    towards: str,
    cosine: float,
    part: float,
    ratio: float,
    target: float,
    use_v: float,
    use_W: float,
    share: float,
) -> Any:
    """If the deviations of G^W and g^v are at most η_W and η_v, then with 0 ≤ c_1 ≤ c_0,
    ρ = min{v_0v*, (v*²M(c_1) - η_v|v*|)/M(1)} > 0, k = 4η_W(1 + αρ + √(1 + αρ))/ρ and k² ≤ 2(1 - c_1):
    v_t v* ≥ ρ, |v_t| ≤ max(|v_0|, |v*| + η_v/M(1)), |W_t - W*| ≤ w_t = k + (1 + αρ)^{-t/2}(|W_0 - W*| - k)
    and |v_t - v*| ≤ (1 - αM(1))^t|v_0 - v*| + α Σ_{s<t} (1 - αM(1))^{t-1-s}(|v*|K w_s²/2 + η_v)."""
    M, K = mean_product(activation, 2.0, level), derivative_bound(activation, 2.0, level)
    v, c_1 = ratio * target, part * cosine
    eta_v = use_v * target * float(M(c_1))
    top = float(M(1.0))
    rate = share * min(1 / top, 0.5 / max(v, target + eta_v / top) ** 2)
    top, rho, eta_W, highest = _bounds((v, target, rate), M, K, c_1, eta_v, use_W)
    rng = np.random.default_rng(0)
    W, star = np.array([cosine, math.sqrt(1 - cosine**2), 0.0]), np.array([1.0, 0.0, 0.0])
    errors, values = [float(np.linalg.norm(W - star))], [v]
    for _ in range(60):
        c = float(np.clip(W @ star, -1, 1))
        sign = -1.0 if towards == "away" else float(rng.choice([-1, 1]))
        moved = W - rate * ((W * v - star * target) * v + eta_W * _pushed(W, towards, rng))
        v = v - rate * (top * v - float(M(c)) * target - sign * eta_v)
        W = moved / np.linalg.norm(moved)
        errors.append(float(np.linalg.norm(W - star)))
        values.append(v)
    of_W, of_v = bounds.corrected_path(
        rate, rho, top, K, target, errors[0], abs(values[0] - target), 60, 1.0, eta_W, eta_v
    )
    moments = np.array(values)
    return both(
        at_most(rho, moments * target, _RHO),
        at_most(np.abs(moments), highest, ("|v_t|", "max(|v_0|, |v*| + eta_v/M(1))")),
        at_most(np.array(errors), of_W, _W, of_W + 1e-6),
        at_most(np.abs(moments - target), of_v, _V, of_v + target),
    )


# The same on data, with the deviations that were met along the path.


def _runs(budget: str) -> list[dict[str, Any]]:
    seeds = (0, 1) if budget == "quick" else range(12)
    return [
        {"activation": name, "level": level, "noise": noise, "seed": seed}
        for name in ("relu", "tanh", "sigmoid")
        for level in ("node", "graph")
        for noise in (0.0, 0.2)
        for seed in seeds
    ]


DATA = domain(
    _MEANS,
    choice("activation", "relu", "tanh", "sigmoid"),
    _LEVEL,
    fixed("Ξ in the mean reading; 3000 isolated nodes or 3000 graphs K_2, d = 2, α = 0.1"),
    fixed("c_0 = 0.8, v_0 = 0.7, v* = 1, c_1 = 0.4; η_W, η_v the largest deviations met"),
    choice("noise", 0.0, 0.2, words="deviation of the noise"),
    drawn("seed", "random data sets"),
    cases=_runs,
)


@correction("li2021:theorem-2/on-data", DATA, each=True, tolerance=1e-6)
def on_data(activation: str, level: str, noise: float, seed: int) -> Any:
    """Runs of Algorithm 1 meet ρ > 0 and k² ≤ 2(1 - c_1) and keep the bounds of the finite-sample
    theorem, with η_W and η_v the largest deviations along the path."""
    n, rate, c_1, v, target = 3000, 0.1, 0.4, 0.7, 1.0
    # Both nodes of K_2 have the same average, of variance 1/2.
    size = 1.0 if level == "node" else 2.0
    M, K = mean_product(activation, size), derivative_bound(activation, size)
    rng, top = np.random.default_rng(seed), float(M(1.0))
    X = rng.normal(size=(n, 2)) / math.sqrt(size)
    sigma = get(activation).function
    W, star = np.array([0.8, 0.6]), np.array([1.0, 0.0])
    y = np.asarray(sigma(X @ star)) * target + noise * rng.normal(size=n)
    xi = float(ag.xi_node(graphs.complete(int(size)), activation, "mean"))
    errors, values, eta_W, eta_v = [float(np.linalg.norm(W - star))], [v], 0.0, 0.0
    for _ in range(40):
        hidden = np.asarray(sigma(X @ W))
        residual = y - hidden * v
        G, g = -X.T @ residual * v / (n * xi), -float(hidden @ residual) / n
        eta_W = max(eta_W, float(np.linalg.norm(G - (W * v - star * target) * v)))
        eta_v = max(eta_v, abs(g - (top * v - float(M(W @ star)) * target)))
        moved, v = W - rate * G, v - rate * g
        W = moved / np.linalg.norm(moved)
        errors.append(float(np.linalg.norm(W - star)))
        values.append(v)
    rho = float(bounds.corrected_rho(values[0] * target, target, float(M(c_1)) / top, eta_v / top))
    k, _ = bounds.corrected_floor(rate, rho, top, K, target, eta_W, eta_v)
    of_W, of_v = bounds.corrected_path(
        rate, rho, top, K, target, errors[0], abs(values[0] - target), 40, 1.0, eta_W, eta_v
    )
    moments = np.array(values)
    return Found(
        both(
            less(0.0, rho, ("0", "rho")),
            at_most(k**2, 2 * (1 - c_1), ("k²", "2(1 - c_1)")),
            at_most(rho, moments * target, _RHO),
            at_most(np.array(errors), of_W, _W),
            at_most(np.abs(moments - target), of_v, _V),
        ),
        facts={"largest k": k},
    )


FLOORS = domain(
    _ACTIVATION,
    *(real("alpha", "(0, 1]", "αM(1)"), real("rho", "(0, inf)", "ρ")),
    *(
        real("eta_W", "[0, inf)", "η_W"),
        real("eta_v", "[0, inf)", "η_v"),
        real("target", "(0, inf)"),
    ),
    cases=lambda budget: [
        {"activation": name, "alpha": a, "rho": r, "eta_W": w, "eta_v": e, "target": t}
        for name in NAMES
        for a, r in ((1.0, 0.5), (0.03, 20.0), (0.5, 0.05))
        for w, e, t in ((0.0, 0.1, 1.0), (0.2, 0.0, 20.0), (20.0, 20.0, 0.05))
    ],
)


@correction("li2021:eq-47/floor", FLOORS, each=True, tolerance=1e-9)
def floors_are_limits(
    activation: str, alpha: float, rho: float, eta_W: float, eta_v: float, target: float
) -> Any:
    """For t → ∞ the two bounds fall to k and (η_v + |v*|K k²/2)/M(1)."""
    top, K = float(mean_product(activation)(1.0)), derivative_bound(activation)
    rate = alpha / top
    floors = bounds.corrected_floor(rate, rho, top, K, target, eta_W, eta_v)
    steps = math.ceil(60 / min(alpha, math.log1p(rate * rho) / 2))
    of_W, of_v = bounds.corrected_path(
        rate, rho, top, K, target, 1.0, target, steps, 1.0, eta_W, eta_v
    )
    names = ("bounds for large t", "floors")
    return equal(np.array([of_W[-1], of_v[-1]]), np.array(floors), names, 1.0 + sum(floors))
