"""Theorem 2: searches for counterexamples to its bounds (43) and (47), and to the theorem as a whole.

"Population" stands for the limit of many independent samples, in which (41) holds for every c and the
floors eta vanish. Reference: li2021, Theorem 2. Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib import graphs
from gnnconv_lib.audit._averaging_paths import ALLOWED, cases, mean_product, path
from gnnconv_lib.audit._linear_cases import decide, report
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "decaying_part",
    "error_of_v",
    "literal_reading",
    "stuck_start",
]


def decaying_part(budget: str = "quick") -> Evidence:
    """(43) in the population, q = 1: |W_t - W*| against (1 + alpha rho)^(-t/2) |W_0 - W*|."""
    first, worst = None, -math.inf
    for name in ALLOWED:
        found = cases(name, budget)
        error = found.path.error_W
        steps = np.arange(len(error))
        bound = np.stack([bounds.equation_43(entry, steps) for entry in found.settings], axis=1)
        ratio = error / bound
        worst = max(worst, float(ratio.max()))
        t, k = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
        if ratio[t, k] > 1 + 1e-6 and (first is None or name == "identity"):
            words = (
                f"{name}, isolated nodes, d = 2, q = 1, v* = 0.5, W*'W_0 = {found.cosine[k]:g}, "
                f"v_0 = {found.v[k]:g}, alpha = {found.rate[k]:.3g}: |W_t - W*| at t = {t}"
            )
            first = (words, float(bound[t, k]), float(error[t, k]))
    words, claimed, reached = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        "Holds for ReLU and leaky ReLU in all cases searched, fails for the identity and tanh.",
        {"largest ratio": worst},
        witness=Witness(words, claimed, reached),
        correction=r"for $q = 1$ with $\rho = \min\{v_0 v_*, v_*^2 M(c_0)/M(1)\}$.",
    )


def error_of_v(budget: str = "quick") -> Evidence:
    """(47) in the population from W_0 = W*: |v_t - v*| = (1 - alpha M(1))^t |v_0 - v*| against (1 -
    gamma_1^2)^(t/2).
    """
    first = None
    for name, slope in (("relu", 1.0), ("identity", 1.0), ("relu", 2.0)):
        for size in (1, 2, 3, 6) if budget == "quick" else range(1, 40):
            base = bounds.Setting(
                mean_size=float(size),
                smallest_size=float(size),
                slope=slope,
                target=0.1,
                product=0.005,
                distance=0.05,
                labels=1,  # log 1 = 0: no floors, as for infinitely many labels
            )
            entry = base.but(learning_rate=0.1 * bounds.equation_40(base))
            top = float(mean_product(name, size)(1.0))
            steps = math.ceil(4 / (entry.learning_rate * top))
            allowed = float(bounds.equation_47(entry, [steps])[0])
            reached = float(
                math.exp(steps * math.log1p(-entry.learning_rate * top)) * entry.distance
            )
            if reached > allowed * (1 + 1e-9) and first is None:
                words = f"{name}, L_sigma = {slope:g}, disjoint copies of K_{size}, d = 2, q = 1, "
                f"W_0 = W*, t = {steps}"
                first = (f"{words}: |v_t - v*|", allowed, reached)
    words, allowed, reached = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        f"Fails first for {words.split(':')[0]}.",
        {"bound": allowed, "reached": reached},
        witness=Witness(words, allowed, reached),
        correction=r"for $q = 1$: $(1-\alpha M(1))^t \|v_0-v_*\|$, the pull of $W$, and the floor "
        r"$\eta_v/M(1)$ of the corrected theorem.",
    )


def stuck_start(budget: str = "quick") -> Evidence:
    """A start with W_0 != W* that (39) allows and that never moves, for every graph, H and n: q = 2,
    ReLU, d = 1.

    W = (w_1, w_2) with positive entries makes the network relu(X)(w_1 v_1 + w_2 v_2): only W v counts.
    """
    rng = np.random.default_rng(0)
    star = ag.Weights(np.array([[0.6, 0.8]]), np.array([1.0, 1.0]))
    start = ag.Weights(np.array([[1.0, 0.0]]), np.array([1.4, 0.0]))
    moved = 0.0
    for graph in (graphs.star(4), graphs.empty(5), graphs.complete(5))[
        : 1 if budget == "quick" else 3
    ]:
        H = rng.normal(size=(graph.nodes, 1))
        data = ag.node_sample(graph, H, np.zeros(graph.nodes), "relu")
        data = data.with_labels(ag.predict(*star, data))
        xi = ag.xi_node(graph, "relu", "mean")
        state = start
        for _ in range(1 if budget == "quick" else 100):
            state = ag.step(*state, data, xi, 0.01)
        change = [np.max(np.abs(np.asarray(a) - b)) for a, b in zip(state, start, strict=True)]
        moved = max(moved, float(max(change)))
    allowed = float(np.sum(star.W * start.W)), float(star.v @ start.v)
    distance = float(np.linalg.norm(start.W - star.W))
    return report(
        "search",
        decide(not (moved < 1e-12 and min(allowed) > 0 and distance > 0.1)),
        "The start never moves, for any n: two hidden units with the same sign pattern are one, and "
        "Algorithm 1 sees "
        "only W v. No sample size and no constant c repairs this.",
        {"trace": allowed[0], "v_0'v*": allowed[1], "largest move": moved, "|W_t - W*|": distance},
        tolerance=1e-12,
        witness=Witness(
            "ReLU, d = 1, q = 2, W* = (0.6, 0.8), v* = (1, 1), W_0 = (1, 0), v_0 = (1.4, 0), nu = 0, "
            "any graph: |W_t - W*| "
            "for t to infinity",
            0.0,
            distance,
        ),
        correction=r"for $q = 1$ the corrected theorem holds, in the population for every activation "
        r"with $\mathbb{E}\,\sigma' \neq 0$.",
    )


def literal_reading(budget: str = "quick") -> Evidence:
    """With Xi the sum of Eq. (11), line 4 divides by n twice: |W_t - W*| against (43) in the population.

    W then contracts by 1 - alpha v v*/n per step, while rho in (43) does not contain n.
    """
    n = 100 if budget == "quick" else 10_000
    base = bounds.Setting(product=0.25, target=0.5, distance=0.0, trace=0.5)
    entry = base.but(learning_rate=0.9 * bounds.equation_40(base))
    steps = math.ceil(20 / entry.learning_rate)
    end = path(mean_product("relu"), [0.5], [0.5], 0.5, entry.learning_rate, steps, gain=1 / n)
    allowed = float(bounds.equation_43(entry, [steps])[0])
    reached = float(end.error_W[-1, 0])
    words = (
        f"ReLU, {n} isolated nodes, d = 2, v_0 = v* = 0.5, W*'W_0 = 0.5: |W_t - W*| at t = {steps}"
    )
    return report(
        "search",
        decide(reached <= allowed),
        "In the literal reading W is n times slower than (43) says, whatever the activation.",
        {"bound": allowed, "reached": reached},
        witness=Witness(words, allowed, reached),
        correction=r"the mean reading: $\Xi_N$ is the sum of (11) divided by $n$.",
    )
