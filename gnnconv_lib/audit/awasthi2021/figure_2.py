"""Figure 2 and every sentence about it: teachers, setting, learning rates, and what the loss does.

The picture is not in the text that was read. The text leaves open the degree, how Gaussian entries
became positive definite, and whether losses and outputs were sums or means; with some choices the
stated rates are stable and with others not. So nothing here is called false.

Reference: awasthi2021, section 5 and Appendix D. Book page: book/awasthi2021/figure-2.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import descent, graphs, linear_gnn, relu_gnn
from gnnconv_lib.audit import _figure_1_runs
from gnnconv_lib.audit._figure_2_runs import (
    DEPTHS,
    NODES,
    RATES,
    SIZE,
    descend,
    strength,
    teacher,
)
from gnnconv_lib.audit._positive_probability import positive_probability
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    correction,
    domain,
    fixed,
    integer,
    less,
    sampled,
    unstated,
)
from gnnconv_lib.claims.sides import Conjunction
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import linear_network

_HUNDRED = fixed("n = 100, r = 10, d-regular graph, start at the identity")
_DEPTH = choice("L", *DEPTHS)
_OPEN = (
    "the degree, how Gaussian entries were made positive definite, and whether the loss and the "
    "output are sums or means"
)

TEACHERS = domain(
    integer("r", "[1, inf)"),
    fixed("independent standard Gaussian entries"),
    cases=lambda budget: {"r": [10, 1, 2, 3, 5, 20] if budget == "quick" else [10, *range(1, 31)]},
)


@claim("awasthi2021:remark-figure-2-teacher", TEACHERS, each=True)
def positive_definite_teachers(r: int) -> Any:
    """A random Gaussian matrix plus 0.001 times the identity is positive definite, almost surely."""
    chance = positive_probability(r, 0.001)
    lowest = min(
        float(np.linalg.eigvalsh(_symmetric(teacher("Wishart", r, seed)[0]))[0])
        for seed in range(5)
    )
    return unstated(
        "how Gaussian entries become a positive definite matrix",
        {
            "entries as they are (symmetric part)": at_most(
                1.0, chance, ("1", "probability of being positive definite")
            ),
            "G G' + 0.001 I": less(0.0, lowest, ("0", "smallest eigenvalue in 5 samples")),
        },
    )


def _symmetric(matrix: np.ndarray) -> np.ndarray:
    return (matrix + matrix.T) / 2


SETTING = domain(
    fixed("n = 100, r = 10, random regular graph, W1 = W2 = I, teachers G G' + 0.001 I"),
    _DEPTH,
    choice("d", 5, 10, words="degree"),
    derived=("samples",),
    cases=lambda budget: [
        {"L": L, "d": d, "samples": 200 if budget == "quick" else 3000}
        for d, L in product((5, 10), DEPTHS)
    ],
)


@claim("awasthi2021:remark-figure-2-setting", SETTING, each=True)
def setting(L: int, d: int, samples: int) -> Any:
    """Population gradient descent: at the start the exact gradient is that of Gaussian features,
    sampled and propagated back through the network."""
    graph, unit = graphs.random_regular(NODES, d, seed=0), np.eye(SIZE)
    stars = teacher("Wishart", SIZE, L)
    exact = np.stack(linear_gnn.gradient(unit, unit, *stars, graph, L))
    features = np.random.default_rng(L).normal(size=(samples, NODES, SIZE))
    draws = _sampled_gradients(features, graph.adjacency.toarray().astype(float), stars, L)
    error = draws.std(axis=0, ddof=1) / math.sqrt(samples)
    return sampled(
        draws.mean(axis=0).ravel(), error.ravel(), exact.ravel(), ("sample mean", "exact gradient")
    )


def _sampled_gradients(
    features: np.ndarray, adjacency: np.ndarray, stars: tuple[np.ndarray, np.ndarray], rounds: int
) -> np.ndarray:
    """Gradients of |y^ - y|^2 / 2 at W1 = W2 = I for each sample, by back-propagation over nodes."""
    states, unit = [features], np.eye(features.shape[2])
    for _ in range(rounds):
        states.append(linear_network.embeddings(states[-1], unit, unit, adjacency, 1))
    goal = linear_network.embeddings(features, *stars, adjacency, rounds)
    residual = (states[-1] - goal).sum(axis=1, keepdims=True)
    back = np.broadcast_to(residual, features.shape)
    total = np.zeros((2, len(features), features.shape[2], features.shape[2]))
    for state in states[-2::-1]:
        total[0] += np.swapaxes(back, 1, 2) @ state
        total[1] += np.swapaxes(back, 1, 2) @ (adjacency @ state)
        back = back + adjacency @ back
    return np.moveaxis(total, 0, 1)


RUNS = domain(
    _HUNDRED,
    _DEPTH,
    integer("seed", "[0, inf)", "seed of the teachers"),
    fixed("learning rates of Appendix D"),
    cases=lambda budget: [
        {"L": L, "seed": seed}
        for L, seed in product(DEPTHS, range(6 if budget == "quick" else 100))
    ],
)
# Ways to fill in what is open: normalisation, teacher, degree.
_CHOICES = {
    "sums, as Eq. (20); G G' / r + 0.001 I; d = 5": ("as defined", "Wishart over r", 5),
    "sums, as Eq. (20); G G' / r + 0.001 I; d = 0": ("as defined", "Wishart over r", 0),
    "means over nodes and outputs; teachers of norm one; d = 5": (
        "mean read-out, over r",
        "unit norm",
        5,
    ),
    "means over nodes and outputs; teachers of norm one; d = 30": (
        "mean read-out, over r",
        "unit norm",
        30,
    ),
}
_FIRST = 60


def _curvature(normalisation: str, recipe: str, d: int, L: int, seed: int) -> tuple[float, Any]:
    """The learning rate times the largest curvature at the teacher, and the teacher's values."""
    W1, W2 = teacher(recipe, SIZE, seed)
    values = np.linalg.eigvalsh(W1 + d * W2)
    factor = strength(RATES[L], normalisation, d)
    return float(factor * L**2 * values[-1] ** (2 * L - 2)), values


@claim("awasthi2021:figure-2", RUNS, each=True)
def loss_falls(L: int, seed: int) -> Any:
    """With the stated learning rates the loss falls, step by step, for each of the three depths."""
    return unstated(_OPEN, {name: _falls(*chosen, L, seed) for name, chosen in _CHOICES.items()})


@correction("awasthi2021:figure-2/means", RUNS, each=True)
def loss_falls_for_means(L: int, seed: int) -> Any:
    """With means over nodes and outputs, teachers of norm one and d = 5 the loss falls at all three
    depths: in each of the first 60 steps, and the rate is stable at the teacher."""
    return _falls("mean read-out, over r", "unit norm", 5, L, seed)


def _falls(normalisation: str, recipe: str, d: int, L: int, seed: int) -> Conjunction:
    curvature, values = _curvature(normalisation, recipe, d, L, seed)
    factor = np.array([strength(RATES[L], normalisation, d)])
    shares = descend(values[None], np.array([float(d)]), factor, L, _FIRST, 0.0).shares[:, 0]
    shares = np.pad(np.nan_to_num(shares, nan=np.inf), (0, _FIRST + 1 - len(shares)), mode="edge")
    return both(
        at_most(shares[1:], shares[:-1], ("loss after a step", "loss before"), 1.0),
        less(curvature, 2.0, ("rate times curvature at the teacher", "2")),
    )


@claim("awasthi2021:remark-linear-learning-rates", RUNS, each=True)
def learning_rates(L: int, seed: int) -> Any:
    """With 0.1 for one round and 0.0075 for two and three, gradient descent is stable at the
    teacher: the rate times the largest curvature there is below 2."""
    return unstated(
        _OPEN,
        {
            name: less(_curvature(*chosen, L, seed)[0], 2.0, ("rate times curvature", "2"))
            for name, chosen in _CHOICES.items()
        },
    )


_DEGREES = tuple(d for d in _figure_1_runs.DEGREES if d < NODES - 1)
COMPARED = domain(
    _HUNDRED,
    # On the complete graph, d = 99, both end at the same rate.
    choice("d", *_DEGREES, words="degree"),
    _DEPTH,
    integer("seed", "[0, inf)", "seed of the teachers"),
    fixed("half of the largest safe step of each network: 1/(2 A), and the corrected Theorem 2"),
    cases=lambda budget: [
        {"d": d, "L": L, "seed": seed}
        for L, d, seed in product(DEPTHS, _DEGREES, range(5 if budget == "quick" else 50))
    ],
)


@claim("awasthi2021:remark-linear-faster", COMPARED, each=True)
def linear_is_faster(d: int, L: int, seed: int) -> Any:
    """At the end of a run a linear network needs at most as many steps per decade of the loss as
    a ReLU network."""
    relu = _relu_decade(d)
    sides = {}
    for name, recipe in (
        ("G G' / r + 0.001 I", "Wishart over r"),
        ("near the identity", "near identity"),
    ):
        W1, W2 = teacher(recipe, SIZE, seed)
        goal = np.linalg.eigvalsh(W1 + d * W2)
        rate = 0.5 * bounds.theorem_2_step_corrected(goal, NODES, d, L)
        curvature = NODES * (d**2 + 1) * L**2 * goal[0] ** (2 * L - 2)
        steps = -math.log(10) / (2 * math.log1p(-rate * curvature))
        sides[name] = at_most(steps, relu, ("steps per decade, linear", "ReLU"))
    return unstated(
        "which teachers, degrees, learning rates and stretch of the curves are compared", sides
    )


@cache
def _relu_decade(d: int) -> float:
    measure = overlap(graphs.random_regular(NODES, d, seed=0))
    full = float(relu_gnn.sums(measure, 1.0)[0])
    return -math.log(10) / descent.local_slope(measure, 0.5 / full)
