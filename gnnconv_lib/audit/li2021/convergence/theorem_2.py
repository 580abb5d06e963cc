"""Theorem 2: its hypotheses (39)-(42), its bounds (43)-(49), and searches for counterexamples.

"Population" stands for the limit of many independent samples, in which (41) holds for every c and the
floors eta vanish. Reference: li2021, Theorem 2. Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib import graphs
from gnnconv_lib.audit._averaging_paths import ALLOWED, cases, mean_product, path
from gnnconv_lib.audit._linear_cases import decide, gap, report
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "decaying_part",
    "deviation_prefactor_of_weights",
    "deviation_prefactor_v",
    "deviations_of_v",
    "deviations_of_weights",
    "equality_at_start",
    "equality_in_step_size",
    "error_of_v",
    "floor_covers_constant",
    "graphs_condition",
    "labels_condition",
    "literal_reading",
    "stuck_start",
]


def _setting(level: str = "node", share: float = 0.5, **more: float) -> bounds.Setting:
    values = {
        "features": 2,
        "mean_size": 6.0,
        "smallest_size": 4.0,
        "largest_graph": 5,
        "noise": 0.5,
    }
    base = bounds.Setting(level=level, **{**values, **more})  # type: ignore[arg-type]
    return base.but(learning_rate=share * bounds.equation_40(base))


def equality_at_start(budget: str = "quick") -> Evidence:
    """Condition (39) allows equality; then rho = 0 or the right side of (41) is 0, and (44) is infinite."""
    del budget
    no_product = _setting(product=0.0)
    no_trace = _setting(trace=0.0)
    inside = _setting(trace=1e-3, product=1e-3)
    floors = [bounds.equation_44(entry) for entry in (no_product, inside)]
    rooms = [bounds.equation_41_printed(entry) for entry in (no_product, no_trace, inside)]
    return report(
        "numerical",
        decide(
            math.isfinite(floors[0]) and min(rooms[:2]) > 0,
            math.isfinite(floors[1]) and rooms[2] > 0,
        ),
        "At equality no number of samples satisfies (41) and 8/rho in (44) is infinite; strict "
        "inequalities repair both.",
        {
            "right side of (41), v_0'v* = 0": rooms[0],
            "right side of (41), trace 0": rooms[1],
            "inside": rooms[2],
        },
        correction=r"$\operatorname{Tr}(W_*^\top W_0) > 0$ and $v_*^\top v_0 > 0$.",
    )


def equality_in_step_size(budget: str = "quick") -> Evidence:
    """Condition (40) allows equality; where its second part binds, gamma_1 = 0 and gamma_3 and D are
    infinite.
    """
    del budget
    largest, finite = [], []
    for level in ("node", "graph"):
        at, inside = (_setting(level, share, target=0.01, product=1e-4) for share in (1.0, 0.9))
        entry = at.but(learning_rate=at.learning_rate * (1 + 1e-13))
        largest.append(bounds.equation_13(entry))
        finite.append(bounds.equation_16_printed(inside))
    real = all(math.isfinite(value) and value > 1e-6 for value in largest)
    return report(
        "numerical",
        decide(real, all(map(math.isfinite, finite))),
        "At the limit of (40), up to rounding, gamma_1 is zero or not real and D infinite.",
        {
            f"D at 0.9 of the limit, {level}": d
            for level, d in zip(("node", "graph"), finite, strict=True)
        },
        correction="the second part of (40) must be strict.",
    )


def labels_condition(budget: str = "quick") -> Evidence:
    """Does (41) imply that eta_W of (46) is at most rho Tr / (8 (1 + alpha rho)), what its form is for?

    At equality (2/c) sqrt(log n/n) = right side, eta_W is the limit times the ratio of the two brackets.
    """
    first, repaired = None, True
    for size in (1.0, 2.0, 4.0) if budget == "quick" else tuple(map(float, range(1, 50))):
        entry = _setting(mean_size=size, smallest_size=size)
        limit = entry.trace * bounds.equation_17(entry)
        limit /= 8 * (1 + entry.learning_rate * bounds.equation_17(entry))
        unit = bounds.equation_46(entry) / bounds.equation_48(entry)
        printed = unit * bounds.equation_41_printed(entry)
        repaired &= unit * bounds.equation_41_corrected(entry) <= limit * (1 + 1e-12)
        if printed > limit * (1 + 1e-9) and first is None:
            first = (
                f"d = 2, |N_i| = {size:g}, nu = 0.5: eta_W at equality in (41)",
                limit,
                printed,
            )
    words, limit, printed = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None, repaired),
        "(41) divides by d_min once more than (28) and (46) do, so it allows too large an eta_W from "
        "|N_i| = 2 on.",
        {"eta_W that the proof needs": limit, "eta_W that (41) allows": printed},
        witness=Witness(words, limit, printed),
        correction=r"denominator $D_0 \frac{d}{d_{\min}}(1+|\sigma(0)|) + \sqrt{d/d_{\min}}\,\nu$, "
        r"as in (46).",
    )


def graphs_condition(budget: str = "quick") -> Evidence:
    """(42) has the bracket of the graph-level (46) and (49): n_max (1+s) D_0 + sqrt(n_max) nu."""
    worst = 0.0
    for largest in (1, 5) if budget == "quick" else range(1, 30):
        entry = _setting("graph", largest_graph=largest)
        unit = bounds.equation_46(entry) / bounds.equation_48(entry)
        limit = entry.trace * bounds.equation_17(entry)
        limit /= 8 * (1 + entry.learning_rate * bounds.equation_17(entry))
        worst = max(worst, unit * bounds.equation_41_printed(entry) / limit - 1)
    return report(
        "numerical",
        decide(worst <= 1e-12),
        "At equality in (42), eta_W of (46) is at most rho Tr/(8(1 + alpha rho)): the two agree.",
        {"largest relative excess": worst},
        tolerance=1e-12,
    )


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


def floor_covers_constant(budget: str = "quick") -> Evidence:
    """(44): 4 (1 + x + sqrt(1+x)) / rho <= 6 alpha + 8 / rho with x = alpha rho, since sqrt(1+x) <= 1 +
    x/2.
    """
    count = 100 if budget == "quick" else 100_000
    x = np.logspace(-12, 12, count)
    worst = float(np.max(4 * (1 + x + np.sqrt(1 + x)) / (8 + 6 * x)))
    entry = _setting(product=0.05)
    k = bounds.equation_18_constant(
        entry.learning_rate, bounds.equation_17(entry), bounds.equation_46(entry)
    )
    return report(
        "numerical",
        decide(worst <= 1 + 1e-12 and k <= bounds.equation_44(entry)),
        "The floor (44) covers the constant of (18) for all step sizes.",
        {"largest ratio": worst},
        tolerance=1e-12,
    )


def deviation_prefactor_of_weights(budget: str = "quick") -> Evidence:
    """(45) is the prefactor of (28): (4/c) sqrt(log n/n) |Xi^-1| D_0."""
    del budget
    entry = _setting()
    share = entry.features / entry.smallest_size
    bracket = bounds.radius(entry) * share + math.sqrt(share) * entry.noise
    error = gap(bounds.equation_45(entry) * bracket, bounds.equation_28(entry))
    return report(
        "numerical",
        decide(error < 1e-12),
        "The prefactor of Lemma 4's bound on the direction of W.",
        {"relative difference": error},
        tolerance=1e-12,
    )


def deviations_of_weights(budget: str = "quick") -> Evidence:
    """(46) against Lemmas 4 and 6: equal to (28); at graph level below (36) with its factor D_0."""
    del budget
    node, graph = _setting(), _setting("graph")
    same = gap(bounds.equation_46(node), bounds.equation_28(node))
    ratio = bounds.equation_46(graph) / bounds.equation_36_corrected(graph)
    return report(
        "numerical",
        decide(same < 1e-12 and ratio >= 1 - 1e-12, same < 1e-12),
        f"Node level agrees with (28). At graph level (46) is {ratio:.2f} of (36) with the factor "
        "D_0: the 2 of (36) "
        "is lost.",
        {"relative difference, node level": same, "(46) / (36), graph level": ratio},
        tolerance=1e-12,
        correction=r"graph level: $\bar a_W \sqrt{n_{\max}}(2\sqrt{n_{\max}}(1+|\sigma(0)|)D_0 + \nu)$.",
    )


def deviation_prefactor_v(budget: str = "quick") -> Evidence:
    """(48) is the prefactor 2/c of (30) and of the left sides of (41), (42); (38) has 4/c."""
    del budget
    node, graph = _setting(noise=0.0), _setting("graph", noise=0.0)
    unit = bounds.radius(node) * node.features / node.smallest_size
    same = gap(bounds.equation_48(node) * unit, bounds.equation_30(node))
    inner = 2 * graph.largest_graph * bounds.radius(graph)
    ratio = bounds.equation_38(graph) / (bounds.equation_48(graph) * inner)
    return report(
        "numerical",
        decide(same < 1e-12 and abs(ratio - 1) < 1e-12, same < 1e-12),
        f"Agrees with (30); at graph level the prefactor of (38) is {ratio:g} times as large.",
        {"relative difference, node level": same, "prefactor of (38) / (48)": ratio},
        tolerance=1e-12,
        correction=r"graph level: $\frac4c\sqrt{\log n / n}$, the prefactor of (38).",
    )


def deviations_of_v(budget: str = "quick") -> Evidence:
    """(49) against Lemmas 4 and 6: equal to (30), but a quarter to a half of (38)."""
    del budget
    node, graph = _setting(), _setting("graph")
    same = gap(bounds.equation_49(node), bounds.equation_30(node))
    ratio = bounds.equation_49(graph) / bounds.equation_38(graph)
    return report(
        "numerical",
        decide(same < 1e-12 and ratio >= 1 - 1e-12, same < 1e-12),
        f"Node level agrees with (30). At graph level (49) is {ratio:.2f} of Lemma 6's bound.",
        {"relative difference, node level": same, "(49) / (38), graph level": ratio},
        tolerance=1e-12,
        correction=r"graph level: (38), with $4/c$ and the factor 2.",
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
    for graph in (graphs.empty(5), graphs.star(4), graphs.complete(5)):
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
