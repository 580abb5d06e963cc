"""Theorem 2, formula by formula: the conditions (39)-(42) and the constants (44)-(46), (48), (49).

Do they agree with the lemmas and with each other? Reference: li2021, Theorem 2.
Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib.audit._linear_cases import decide, gap, report
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "deviation_prefactor_of_weights",
    "deviation_prefactor_v",
    "deviations_of_v",
    "deviations_of_weights",
    "equality_at_start",
    "equality_in_step_size",
    "floor_covers_constant",
    "graphs_condition",
    "labels_condition",
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
