"""Theorem 4 on the true loss: where gradient descent from the identity gets stuck.

Each failure is run at two step sizes and explained.

Reference: awasthi2021, Theorem 4. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._linear_cases import decide, describe, gap, main_spectrum, pair_path, report
from gnnconv_lib.evidence import Evidence, Witness

__all__ = ["true_loss_even_depth", "true_loss_odd_depth"]


def _run(
    graph: graphs.Graph, target: tuple[float, float], rounds: int, rate: float, steps: int
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Loss, m, m* and weights at the end of gradient descent on the true loss."""
    mu, weight = main_spectrum(graph)
    alpha, beta = pair_path((mu, weight), target, rounds, rate, steps)[-1]
    values, goal = alpha + mu * beta, target[0] + mu * target[1]
    loss = float(0.5 * np.sum(weight * (values**rounds - goal**rounds) ** 2))
    return loss, values, goal, weight


def true_loss_odd_depth(budget: str = "quick") -> Evidence:
    """Gradient descent from the identity on the true loss, path of 3 nodes, L = 3: trapped.

    W1 - sqrt(2) W2 starts negative, its target is positive, and its gradient vanishes at zero:
    the loss stays above c |W1* - sqrt(2) W2*|^{2L} / 2. Two step sizes.
    """
    target, graph, losses, highest = (2.0, 0.5), graphs.path(3), [], -np.inf
    steps = 8000 if budget == "quick" else 200_000
    for rate in (2e-4, 1e-4):
        loss, values, goal, weight = _run(graph, target, 3, rate, steps)
        losses.append(loss)
        highest = max(highest, float(values[0]))
    floor = float(0.5 * weight[0] * goal[0] ** 6)
    return report(
        "search",
        decide(min(losses) < floor),
        f"After {steps} steps the loss is {losses[0]:.4f} and {losses[1]:.4f} at the two step sizes; "
        f"it can never fall below {floor:.4f}.",
        {
            "loss, larger step": losses[0],
            "loss, smaller step": losses[1],
            "floor": floor,
            "W1 - sqrt(2) W2 at the end (target above 1)": highest,
        },
        witness=Witness("path of 3 nodes, L = 3, r = 1, W1* = 2, W2* = 1/2: loss", 0.0, losses[0]),
        correction="On stars with L odd it fails whenever W1* > sqrt(k) W2* and W1* + sqrt(k) W2* >= "
        "1 + sqrt(k).",
    )


def true_loss_even_depth(budget: str = "quick") -> Evidence:
    """The same for L = 2: a spurious local minimum on the paw, a triangle with a pendant node."""
    paw = graphs.from_edges(4, [(0, 1), (0, 2), (1, 2), (2, 3)])
    target, losses = (5.0, 0.02), []
    steps = 20_000 if budget == "quick" else 200_000
    for rate in (2e-4, 1e-4):
        loss, values, goal, weight = _run(paw, target, 2, rate, steps)
        losses.append(loss)
    mu = main_spectrum(paw)[0]
    slope = 2 * weight * values * (values**2 - goal**2)
    curvature = 2 * weight * (3 * values**2 - goal**2)
    gradient = float(np.hypot(slope.sum(), (mu * slope).sum()))
    hessian = np.array(
        [
            [curvature.sum(), (mu * curvature).sum()],
            [(mu * curvature).sum(), (mu**2 * curvature).sum()],
        ]
    )
    least = float(np.linalg.eigvalsh(hessian)[0])
    is_minimum = gradient < 1e-6 and least > 0 and gap(losses[0], losses[1]) < 1e-6
    return report(
        "search",
        decide(not is_minimum),
        f"Gradient descent ends at a local minimum with loss {losses[0]:.4g}: gradient "
        f"{gradient:.1g}, least curvature {least:.3g}.",
        {
            "loss, larger step": losses[0],
            "loss, smaller step": losses[1],
            "gradient": gradient,
            "least curvature": least,
        },
        witness=Witness(f"{describe(paw)}, L = 2, W1* = 5, W2* = 0.02: loss", 0.0, losses[0]),
        correction="With three or more main eigenvalues and even L there are spurious minima.",
    )
