"""What the paper says about samples, structure and cost: the graph's part in approximate gradient descent.

Reference: li2021, introduction, below Eq. (12), Remarks 1 and 3. Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit._linear_cases import decide, report
from gnnconv_lib.audit._overlaps import average_matrix, correlations, effective_size
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "cost_per_step",
    "derivative_from_values",
    "information_about_weights",
    "rows_are_dependent",
    "structure_beyond_degrees",
]


def rows_are_dependent(budget: str = "quick") -> Evidence:
    """The largest correlation between the averages of two nodes, and of two graphs."""
    sizes = (2, 5) if budget == "quick" else range(2, 30)
    largest = {}
    for n in sizes:
        for graph in (graphs.path(n), graphs.complete(n)):
            rho = correlations(graph) - np.eye(n)
            largest[graph.name] = float(rho.max())
    apart = correlations(graphs.disjoint_union(graphs.path(2), graphs.path(3)))[:2, 2:]
    return report(
        "numerical",
        decide(max(largest.values()) < 1e-12, float(np.abs(apart).max()) == 0),
        f"Two neighbours on K_2 see the same average (correlation {largest['complete(2)']:g}); "
        "different graphs are "
        "independent.",
        {f"largest correlation, {name}": value for name, value in largest.items()},
        tolerance=1e-12,
        correction="true at graph level; the n rows of one graph are dependent.",
    )


def information_about_weights(budget: str = "quick") -> Evidence:
    """Remark 1 at node level: what all labels together tell about W, on the paper's own kind of graph.

    For Gaussian noise of deviation s the Kullback-Leibler divergence between two teachers with the same
    v* is at
    most v*^2 |W - W'|^2 sum_i 1/|N_i| / (2 s^2). Le Cam's two-point bound then keeps any estimator at
    |W - W'| / 2 with probability at least 1/4 as long as the divergence is at most 1/2.
    """
    sizes = (10, 100, 1000) if budget == "quick" else (10, 100, 1000, 4000)
    sums = {n: float(np.sum(1 / (graphs.erdos_renyi(n, 0.5, seed=0).degrees + 1.0))) for n in sizes}
    complete = float(np.sum(1 / (graphs.complete(50).degrees + 1.0)))
    cycle = float(np.sum(1 / (graphs.cycle(50).degrees + 1.0)))
    deviation, target = 0.2, 1.0
    floor = {n: deviation / (target * math.sqrt(total)) / 2 for n, total in sums.items()}
    last = sizes[-1]
    return report(
        "numerical",
        decide(floor[last] < 0.5 * floor[sizes[0]]),
        f"On Bernoulli(1/2) graphs sum 1/|N_i| stays near {sums[last]:.2f}, so for v* = 1 and noise "
        "0.2 no estimator has an "
        f"error of W below {floor[last]:.3f} with probability above 3/4, for any n.",
        {
            **{f"smallest error of W, n = {n}": value for n, value in floor.items()},
            "sum 1/|N_i|, complete": complete,
            "sum 1/|N_i|, cycle with 50 nodes": cycle,
        },
        witness=Witness(
            f"Bernoulli(1/2) graph, n = {last}, v* = 1, noise deviation 0.2: error of W that no "
            "estimator beats",
            0.0,
            floor[last],
        ),
        correction="on graphs of bounded degree, where the effective number of labels grows with n.",
    )


def structure_beyond_degrees(budget: str = "quick") -> Evidence:
    """Two 3-regular graphs on 24 nodes, one of them six copies of K_4: same degrees, different n_eff
    and deviations.
    """
    draws = 4000 if budget == "quick" else 200_000
    rng = np.random.default_rng(0)
    pair = {
        "cliques": graphs.disjoint_cliques(6, 4),
        "random": graphs.random_regular(24, 3, seed=0),
    }
    sizes, squares, worst = {}, {}, 0.0
    for name, graph in pair.items():
        sizes[name] = effective_size(graph)
        X = average_matrix(graph) @ rng.normal(size=(draws, 24, 2))
        gaps = np.sum((np.einsum("snd,sne->sde", X, X) / 6 - np.eye(2)) ** 2, axis=(1, 2))
        squares[name] = float(gaps.mean())
        worst = max(
            worst, abs(squares[name] - 6 / sizes[name]) / (float(gaps.std()) / math.sqrt(draws))
        )
    return report(
        "monte carlo",
        decide(sizes["random"] > 1.2 * sizes["cliques"] and worst < 5),
        f"n_eff is {sizes['cliques']:.1f} for cliques and {sizes['random']:.1f} for a random "
        "3-regular graph; the squared "
        "deviation of G^W is d(d+1)/n_eff. So structure acts beyond degrees, through the spectrum of D^-1 A.",
        {**{f"n_eff, {k}": v for k, v in sizes.items()}, "largest |z|": worst},
        tolerance=5.0,
    )


def cost_per_step(budget: str = "quick") -> Evidence:
    """Operations of one approximate and one exact step, counted by the compiler, ReLU, n = 500, d = 2,
    q = 1.
    """
    rng = np.random.default_rng(0)
    nodes = 500 if budget == "quick" else 5000
    H = rng.normal(size=(nodes, 2))
    data = ag.node_sample(graphs.empty(nodes), H, np.zeros(nodes), "relu")
    W, v = jnp.array([[1.0], [0.0]]), jnp.array([1.0])
    counts = []
    for function in (
        lambda W, v: ag.approximate_direction(W, v, data, 0.5),
        lambda W, v: ag.exact_gradient(W, v, data),
    ):
        cost: Any = jax.jit(function).lower(W, v).compile().cost_analysis()
        counts.append(float((cost[0] if isinstance(cost, list) else cost)["flops"]))
    saving = 1 - counts[0] / counts[1]
    return report(
        "numerical",
        decide(saving > 0.5, saving >= 0),
        f"One step of Algorithm 1 takes {counts[0] / nodes:.1f} operations per node, one exact step "
        f"{counts[1] / nodes:.1f}: a "
        f"saving of {100 * saving:.0f} per cent of a step.",
        {"operations, approximate": counts[0], "operations, exact": counts[1]},
        correction="a step saves the evaluation of the derivative and one product per entry.",
    )


def derivative_from_values(budget: str = "quick") -> Evidence:
    """sigma' from sigma(t), and for Swish the sigmoid inside it: no exponential beyond those of the
    forward pass.
    """
    t = np.linspace(-8, 8, 1001 if budget == "quick" else 100_001)
    s = 1 / (1 + np.exp(-t))
    value = {
        name: np.asarray(activations.get(name)(t))
        for name in ("relu", "sigmoid", "tanh", "softplus", "swish")
    }
    formulas = {
        "relu": (value["relu"] > 0).astype(float),
        "sigmoid": value["sigmoid"] * (1 - value["sigmoid"]),
        "tanh": 1 - value["tanh"] ** 2,
        "softplus": s,
        "swish": s + value["swish"] * (1 - s),
    }
    extra = {"relu": 1, "sigmoid": 2, "tanh": 2, "softplus": 0, "swish": 3}
    worst = 0.0
    for name, formula in formulas.items():
        exact = np.asarray(activations.get(name).derivative(t))
        keep = t != 0
        worst = max(worst, float(np.max(np.abs(formula - exact)[keep])))
    return report(
        "numerical",
        decide(max(extra.values()) == 0, worst < 1e-12),
        f"At most {max(extra.values())} operations per entry beyond the forward pass, for every "
        "activation of the paper.",
        {"largest difference": worst, "most operations": float(max(extra.values()))},
        tolerance=1e-12,
        correction="the derivative costs at most three further operations per entry.",
    )
