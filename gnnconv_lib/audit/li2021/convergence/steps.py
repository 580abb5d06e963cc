"""One step of Algorithm 1: the mean directions and Lemmas 1 and 2, Eqs. (18)-(22), attacked by search.

"Population" stands for the limit of many independent samples (isolated nodes or disjoint cliques, n to
infinity), in which all deviations eta vanish and condition (41) holds for every c.
Reference: li2021, Lemmas 1-2. Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib import graphs
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_paths import ALLOWED, TARGET, cases, mean_product, path
from gnnconv_lib.audit._linear_cases import decide, report
from gnnconv_lib.averaging_gnn.gaussian_means import expectation
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "contraction_of_v",
    "contraction_of_v_corrected",
    "contraction_of_weights",
    "contraction_of_weights_corrected",
    "mean_direction",
    "mean_gradient",
    "remaining_part",
]


def mean_direction(budget: str = "quick") -> Evidence:
    """Eq. (21): E_H[G^W] = (W v - W* v*) v for q = 1, also with the noise held fixed, against samples."""
    rng = np.random.default_rng(0)
    graph = graphs.path(3)
    W, W_star = np.array([[0.6], [0.8]]), np.array([[1.0], [0.0]])
    v, v_star, noise = np.array([0.7]), np.array([1.3]), np.array([3.0, -1.0, 2.0])
    worst = 0.0
    draws = 4000 if budget == "quick" else 100_000
    P = np.array([ag.average(graph, column) for column in np.eye(3)]).T
    X = P @ rng.normal(size=(draws, 3, 2))
    for name in ("relu", "tanh"):
        sigma = get(name).function
        xi = ag.xi_node(graph, name, "mean")
        hidden, teacher = (np.asarray(sigma(jnp.asarray(X @ M)))[..., 0] for M in (W, W_star))
        residual = teacher * v_star + noise - hidden * v
        samples = -np.einsum("snd,sn->sd", X, residual) * v / (3 * xi)
        expected = (W * v - W_star * v_star)[:, 0] * v
        error = samples.std(axis=0) / math.sqrt(draws)
        worst = max(worst, float(np.max(np.abs(samples.mean(axis=0) - expected) / error)))
    return report(
        "monte carlo",
        decide(worst < 5),
        "For one hidden unit the mean direction is (W v - W* v*) v, and the average over H alone "
        "already removes "
        "the noise.",
        {"largest |z|": worst},
        tolerance=5.0,
    )


def mean_gradient(budget: str = "quick") -> Evidence:
    """Eq. (22): at the teacher, one isolated node, noise 1: E_H[g^v] = -E sigma(Z), which is not 0 for
    ReLU.
    """
    scale = 1.0 if budget == "quick" else 0.5
    kept = {}
    for sigma in (get("relu"), get("tanh")):
        image = partial(_of_second, sigma.function)
        kept[sigma.name] = -float(expectation(image, scale, sigma.kinks))
    averaged = {name: value * 0.0 for name, value in kept.items()}  # E epsilon = 0
    return report(
        "numerical",
        decide(max(map(abs, kept.values())) < 1e-12, max(map(abs, averaged.values())) < 1e-12),
        f"With the average over H alone the noise stays in the gradient: at the teacher it is "
        f"{kept['relu']:.3f} "
        "times the noise for ReLU instead of 0. Odd activations are not affected.",
        {f"E_H g at the teacher, {name}": value for name, value in kept.items()},
        tolerance=1e-12,
        correction="the average is over $H$ and the noise.",
    )


def contraction_of_weights(budget: str = "quick") -> Evidence:
    """Eq. (18) in the population, q = 1, along paths from the corner starts that (39) allows.

    The printed rate needs v_t v* >= rho. For odd activations v shrinks below that while W is nearly
    orthogonal to W*.
    """
    first, worst = None, -math.inf
    for name in ALLOWED:
        found = cases(name, budget)
        error = found.path.error_W
        # Measured and printed decrease of log |W - W*| per unit of time.
        measured = (np.log(error[:-1]) - np.log(error[1:])) / found.rate
        claimed = 0.5 * np.log1p(found.rate * found.rho) / found.rate
        excess = np.where(error[:-1] > 1e-6, claimed - measured, -math.inf)
        worst = max(worst, float(excess.max()))
        t, k = np.unravel_index(int(np.argmax(excess)), excess.shape)
        if excess[t, k] > 1e-6 and (first is None or name == "identity"):
            words = (
                f"{name}, isolated nodes, d = 2, q = 1, v* = {TARGET:g}, W*'W_0 = {found.cosine[k]:g}, "
                f"v_0 = {found.v[k]:g}, t = {t}: decrease of log|W - W*| per step, over alpha"
            )
            first = (words, float(claimed[k]), float(measured[t, k]))
    words, claimed_rate, measured_rate = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        "Holds for ReLU and leaky ReLU, fails for the identity and tanh, for which v_t v* falls below rho.",
        {"largest excess of the printed rate": worst},
        witness=Witness(words, claimed_rate, measured_rate),
        correction=r"for $q = 1$: (18) holds in every step with $v_t v_* \ge \rho$ and $\alpha v_t^2 "
        r"\le 1/2$; along the whole path "
        r"with $\rho = \min\{v_0 v_*, v_*^2 M(c_0)/M(1)\}$.",
    )


def contraction_of_weights_corrected(budget: str = "quick") -> Evidence:
    """|W+ - W*| <= |W - W*| / sqrt(1 + alpha v v*) whenever W*'W >= 0 and alpha v^2 <= 1: random attack."""
    rng = np.random.default_rng(0)
    size = 20_000 if budget == "quick" else 2_000_000
    angle = np.pi / 2 * rng.beta(0.4, 0.4, size)
    v, ratio = np.exp(rng.normal(0, 2, size)), np.exp(rng.normal(0, 2, size))
    alpha = rng.beta(0.5, 0.5, size) / v**2
    keep, add = 1 - alpha * v**2, alpha * v**2 * ratio
    turned = np.arctan2(keep * np.sin(angle), keep * np.cos(angle) + add)
    excess = np.sin(turned / 2) * np.sqrt(1 + add) - np.sin(angle / 2)
    worst = float(excess.max())
    return report(
        "search",
        decide(worst <= 1e-12),
        "No violation among random angles, weights and step sizes, corners included.",
        {"largest excess": worst, "cases": float(size)},
        tolerance=1e-12,
    )


def contraction_of_v(budget: str = "quick") -> Evidence:
    """Eq. (19) with the constants of (13), at W = W* and without deviations: (1 - a M(1))^2 <= 1 - gamma_1^2?

    M(1) is the mean of E sigma(tau Z)^2; sigma_m = L^2 q is an upper bound on it, where a lower one is
    needed.
    """
    first = None
    for name in ("relu", "identity", "tanh"):
        for size in range(1, 8 if budget == "quick" else 40):
            base = bounds.Setting(
                features=2,
                mean_size=float(size),
                smallest_size=float(size),
                target=0.1,
                product=0.01,
            )
            entry = base.but(learning_rate=0.1 * bounds.equation_40(base))
            claimed = 1 - bounds.equation_13(entry) ** 2
            actual = (1 - entry.learning_rate * float(mean_product(name, size)(1.0))) ** 2
            if actual > claimed and first is None:
                words = f"{name}, disjoint copies of K_{size}, d = 2, q = 1, W = W*: (1 - |v+ - "
                "v*|^2/|v - v*|^2) / alpha"
                first = (
                    words,
                    (1 - claimed) / entry.learning_rate,
                    (1 - actual) / entry.learning_rate,
                )
    words, claimed, actual = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        "v contracts by 1 - alpha M(1), and M(1) falls with the degree, while (13) does not: fails "
        "for ReLU on "
        "triangles already.",
        {"printed contraction": claimed, "actual contraction": actual},
        witness=Witness(words, claimed, actual),
        correction=r"(19) and (20) hold for $q = 1$ with $\sigma_m = \sigma_M = M(1) = \frac1n "
        r"\sum_i \mathbb{E}\,\sigma(\tau_i Z)^2$ and "
        r"$L = \mathrm{Lip}(\sigma)^2\, \frac1n \sum_i \tau_i^2$.",
    )


def contraction_of_v_corrected(budget: str = "quick") -> Evidence:
    """(19)-(20) with sigma_m = sigma_M = M(1), L = Lip^2 mean tau^2, for random states and deviations."""
    rng = np.random.default_rng(1)
    size = 5000 if budget == "quick" else 500_000
    worst = -math.inf
    for name in ("relu", "tanh", "identity", "leaky_relu(0.05)"):
        for neighbours in (1.0, 5.0):
            M = mean_product(name, neighbours)
            top, K = float(M(1.0)), get(name).lipschitz ** 2 / neighbours
            c = np.cos(np.pi / 2 * rng.beta(0.4, 0.4, size))
            e, star, eta = rng.normal(size=(3, size)) * np.exp(rng.normal(0, 2, size=(3, size)))
            a = rng.uniform(0, 1, size) / top
            after = (1 - a * top) * e - a * star * (top - M(c)) - a * eta
            right = (1 - a * top / 2 + 3 * (top * a) ** 2) * e**2
            right += (a / top + 3 * a**2) * K**2 * (2 - 2 * c) * star**2 + (
                2 * a / top + 3 * a**2
            ) * eta**2
            worst = max(worst, float(np.max((after**2 - right) / (1 + right))))
    return report(
        "search",
        decide(worst <= 1e-8),
        "Lemma 2 holds with its true constants in every random state.",
        {"largest relative excess": worst},
        tolerance=1e-8,
    )


def remaining_part(budget: str = "quick") -> Evidence:
    """Eq. (20): a constant deviation eta leaves |v - v*| = eta / M(1); the printed constants allow
    gamma_3 eta.
    """
    first = None
    for size in range(1, 8 if budget == "quick" else 40):
        base = bounds.Setting(
            features=2, mean_size=float(size), smallest_size=float(size), target=0.1, product=0.01
        )
        entry = base.but(learning_rate=0.1 * bounds.equation_40(base))
        allowed, top = bounds.equation_15(entry), float(mean_product("relu", size)(1.0))
        error = 1 / top
        after = (1 - entry.learning_rate * top) * error + entry.learning_rate
        if after > allowed * (1 + 1e-9) and first is None:
            first = (
                f"ReLU, disjoint copies of K_{size}, d = 2, q = 1, W = W*: |v - v*| / eta",
                allowed,
                after,
            )
    end = path(mean_product("relu"), [0.5], [0.2], 1.0, 0.05, 400)
    words, allowed, after = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        "The floor of v is eta / M(1), which grows with the degree; the printed floor does not.",
        {
            "printed floor / eta": allowed,
            "floor / eta": after,
            "error without eta": float(abs(end.v[-1, 0] - 1)),
        },
        witness=Witness(words, allowed, after),
        correction=r"with $\sigma_m = M(1)$: the deviation leaves $\eta_v / M(1)$.",
    )


def _of_second(function: Callable[[Any], Any], z: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.asarray(function(jnp.asarray(t)))
