"""Do the hypotheses of Theorem 2 hold in the paper's experiments, and do they suffice where they hold?

Reference: li2021, Theorem 2, Remark 3 and the experiments. Book page: book/li2021/hypotheses.
"""

from __future__ import annotations

import math

import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import decide, report
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = ["conditions_suffice", "experiment_settings", "smallest_number_of_labels"]


def _node_experiment(seed: int) -> bounds.Setting:
    """The node-level experiment at one seed, with the median start (|v*| = 0.67, |v_0 - v*| = 0.5,
    trace 0.7).
    """
    size = graphs.erdos_renyi(1000, 0.5, seed=seed).degrees + 1
    return bounds.Setting(
        mean_size=float(size.mean()),
        smallest_size=float(size.min()),
        inverse_xi=1000 / float(np.sum(0.5 / size)),
        noise=0.2 * math.sqrt(8 / 3),
        distance=0.5,
        target=0.67,
        product=0.4,
        trace=0.7,
    )


def experiment_settings(budget: str = "quick") -> Evidence:
    """Condition (40) and (41) or (42) at both levels of the experiments, ReLU, c = 1."""
    orders: dict[str, float] = {}
    node = _node_experiment(0)
    graph = node.but(level="graph", learning_rate=0.005, largest_graph=5, inverse_xi=4.0)
    for level, setting in (("node", node), ("graph", graph)):
        for entry in bounds.hypotheses(setting, "relu"):
            if entry.name.startswith("(4"):
                orders[f"{level} level, {entry.name}"] = entry.orders
    limit = bounds.equation_40(node)
    del budget
    return report(
        "numerical",
        decide(max(orders.values()) == 0),
        "Neither experiment meets (40), (41) or (42): the step sizes are "
        f"{orders['node level, (40): learning rate']:.1f} and "
        f"{orders['graph level, (40): learning rate']:.1f} orders of "
        f"magnitude too large, the numbers of labels {orders['node level, (41): labels, c = 1']:.0f} and "
        f"{orders['graph level, (42): labels, c = 1']:.0f} too small.",
        {f"orders of magnitude missed, {name}": value for name, value in orders.items()},
        witness=Witness(
            "node level, n = 1000, d = 2, q = 1, edges with probability 1/2: learning rate",
            limit,
            0.1,
        ),
        correction="the experiments lie outside of Theorem 2; what they show is explained by the "
        "population map.",
    )


def smallest_number_of_labels(budget: str = "quick") -> Evidence:
    """The fewest labels with which (41) holds at all, by search over |v*| and the step size (mean
    reading, c = 1).
    """
    minimal = bounds.smallest_setting()
    loose = bounds.smallest_setting(free_slope=True)
    del budget
    return report(
        "search",
        decide(minimal.labels <= 1000),
        f"With the smallest L_sigma = 1, (41) needs at least n = {minimal.labels:.2g} nodes, all of "
        "them isolated; with a "
        f"larger L_sigma, which Assumption 2 allows, {loose.labels:.2g}.",
        {
            "labels, smallest L_sigma": float(minimal.labels),
            "labels, free L_sigma": float(loose.labels),
        },
        witness=Witness(
            "isolated nodes, identity, d = 2, q = 1, W_0 = W*, v_0 = v*, nu = 0, c = 1: labels",
            1000.0,
            float(minimal.labels),
        ),
        correction="the experiments lie outside of Theorem 2; what they show is explained by the "
        "population map.",
    )


def conditions_suffice(budget: str = "quick") -> Evidence:
    """Remark 3 at the stuck start (ReLU, d = 1, q = 2): (41) is met from some n on, and W never moves.

    The whole bound (43) + (44) is evaluated at ten times that n (c = 1), for t to infinity.
    """
    base = bounds.Setting(
        features=1,
        outputs=2,
        distance=math.hypot(0.4, 1.0),
        target=math.sqrt(2),
        product=1.4,
        trace=0.6,
        inverse_xi=2.0,
    )
    setting = base.but(learning_rate=0.5 * bounds.equation_40(base))
    needed = bounds.labels_needed(setting)
    margin = 1e6 if budget == "quick" else 1e8
    large = setting.but(labels=math.ceil(needed * margin))
    allowed = bounds.equation_44(large)
    star, start = np.array([[0.6, 0.8]]), np.array([[1.0, 0.0]])
    data = ag.node_sample(graphs.empty(3), np.array([[1.0], [-2.0], [0.5]]), np.zeros(3), "relu")
    data = data.with_labels(ag.predict(star, [1.0, 1.0], data))
    W = ag.step(start, [1.4, 0.0], data, 0.5, setting.learning_rate).W
    reached = float(np.linalg.norm(np.asarray(W) - star))
    return report(
        "search",
        decide(reached <= allowed),
        f"(41) is met from n = {needed:.2g} on (c = 1); at {margin:.0e} times as many labels the "
        "theorem claims |W_t - W*| <= "
        f"{allowed:.2g} for large t, and W stays at distance {reached:.2g}.",
        {"labels needed": needed, "claimed": allowed, "reached": reached},
        witness=Witness(
            f"ReLU, d = 1, q = 2, n = {large.labels:.2g} isolated nodes, W* = (0.6, 0.8), W_0 = (1, "
            "0), c = 1: |W_t - W*|",
            allowed,
            reached,
        ),
        correction=r"for $q = 1$, with deviations $\eta_W$, $\eta_v$ small enough for the corrected theorem.",
    )
