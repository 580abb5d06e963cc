"""This book's own results on Algorithm 1 of li2021: rates, fixed points, efficiency, equal cost.

Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib import graphs
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_paths import mean_product, path
from gnnconv_lib.audit._linear_cases import decide, report
from gnnconv_lib.audit.li2021.convergence.regions import corrected_theorem
from gnnconv_lib.averaging_gnn import Weights
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "efficiency",
    "equal_local_rates",
    "line_of_fixed_points",
    "local_rates",
    "one_hidden_unit",
    "opposite_fixed_point",
]


def local_rates(budget: str = "quick") -> Evidence:
    """Near the teacher, q = 1: the angle shrinks by 1 - alpha g v*^2 and the error of v by 1 - alpha M(1)."""
    worst = 0.0
    for name in (
        ("relu", "tanh", "swish")
        if budget == "quick"
        else ("relu", "tanh", "swish", "sigmoid", "identity")
    ):
        for graph in (graphs.star(4), graphs.complete(3)):
            for reading, gain in (("mean", 1.0), ("sum", 1.0 / graph.nodes)):
                model = ag.population_map(graph, name, 0.8, reading)
                turned = model.update(ag.Polar(1e-6, 0.0), 0.3)
                moved = model.update(ag.Polar(0.0, 1e-6), 0.3)
                M1 = float(np.mean(ag.mean_square(name, (graph.degrees + 1.0) ** -0.5)))
                worst = max(worst, abs(float(turned.angle) / 1e-6 - (1 - 0.3 * gain * 0.64)))
                worst = max(worst, abs(float(moved.error) / 1e-6 - (1 - 0.3 * M1)))
    return report(
        "numerical",
        decide(worst < 1e-6),
        "Both rates agree with the map, on stars, for both readings of Eq. (11).",
        {"largest difference": worst},
        tolerance=1e-6,
    )


def one_hidden_unit(budget: str = "quick") -> Evidence:
    """Both bounds of the theorem for one hidden unit, attacked from random and corner starts."""
    return corrected_theorem(budget)


def opposite_fixed_point(budget: str = "quick") -> Evidence:
    """(-W*, r v*) with r = M(-1)/M(1) is fixed; it attracts iff r < 0, and is another network iff r > -1."""
    names = ("leaky_relu(0.2)", "swish", "sigmoid", "tanh", "relu")
    expected, reached, ratios = {}, {}, {}
    for name in names:
        M = mean_product(name)
        r = float(M(-1.0)) / float(M(1.0))
        ratios[name] = r
        start = r if abs(r) > 1e-9 else 1e-3
        found = path(
            M, [math.cos(math.pi - 0.1)], [start], 1.0, 0.2, 400 if budget == "quick" else 4000
        )
        reached[name] = float(found.angle[-1, 0] > math.pi - 0.1)
        expected[name] = float(r < -1e-12)
    leaky = ratios["leaky_relu(0.2)"]
    return report(
        "numerical",
        decide(reached == expected and abs(leaky + 2 * 0.2 / (1 + 0.2**2)) < 1e-12),
        f"r is {leaky:.3f} for leaky ReLU (0.2) and {ratios['swish']:.3f} for Swish: attracting "
        "points with positive loss. For "
        f"tanh r = {ratios['tanh']:.0f} (the same network), for sigmoid {ratios['sigmoid']:.2f} and ReLU "
        f"{ratios['relu']:.0f} it does not attract.",
        {f"r, {name}": value for name, value in ratios.items()},
    )


def line_of_fixed_points(budget: str = "quick") -> Evidence:
    """q >= 2: the Jacobian of the population step at the teacher has d(q-1) - 1 or more eigenvalues 1.

    For tanh some eigenvalues exceed 1 as well: the teacher is unstable there.
    """
    step, rate = 1e-5, 0.05
    counted, claimed, largest = [], [], {"relu": -math.inf, "tanh": -math.inf}
    shapes = ((3, 2),) if budget == "quick" else ((2, 2), (3, 2), (2, 3), (4, 2), (3, 3))
    for name in ("relu", "tanh"):
        for d, q in shapes:
            rng = np.random.default_rng(3)
            W = rng.normal(size=(d, q))
            W, v = W / np.linalg.norm(W), rng.normal(size=q)
            model = ag.population_model(graphs.empty(1), Weights(W, v), name)
            x = np.concatenate([W.ravel(), v])

            def moved(
                y: jax.Array, model: ag.PopulationModel = model, d: int = d, q: int = q
            ) -> jax.Array:
                after = model.update(Weights(y[: d * q].reshape(d, q), y[d * q :]), rate)
                return jnp.concatenate([after.W.ravel(), after.v])

            shifts = step * np.eye(x.size)
            both = jax.jit(jax.vmap(moved))(jnp.asarray(np.concatenate([x + shifts, x - shifts])))
            columns = (both[: x.size] - both[x.size :]) / (2 * step)
            values = (np.linalg.eigvals(np.array(columns).T) - 1) / rate
            counted.append(int(np.sum(np.abs(values) < 1e-5)))
            claimed.append(d * (q - 1) - 1)
            largest[name] = max(largest[name], float(values.real.max()))
    return report(
        "numerical",
        decide(
            all(a >= b for a, b in zip(counted, claimed, strict=True)) and largest["tanh"] > 1e-3
        ),
        "A surface of fixed points of dimension d(q-1) - 1 passes through the teacher, so the "
        "teacher is never asymptotically "
        f"stable for d(q-1) >= 2; for tanh it is unstable, with growth exp({largest['tanh']:.2g} alpha t).",
        {
            "eigenvalues 1": float(sum(counted)),
            "claimed": float(sum(claimed)),
            **{f"growth, {k}": v for k, v in largest.items()},
        },
    )


def efficiency(budget: str = "quick") -> Evidence:
    """Variance of W's error, least squares over Algorithm 1, at the first order in the noise, on
    isolated nodes.

    Closed form (E sigma')^2 / E sigma'^2 for equal neighbourhoods: 1/2 for ReLU, 1 for the identity.
    """
    rng = np.random.default_rng(0)
    draws, n = (2000, 200) if budget == "quick" else (8000, 500)
    worst, closed = 0.0, {}
    for name in ("relu", "leaky_relu(0.2)", "tanh"):
        along, across, noise = rng.normal(size=(3, draws, n))
        slope = np.asarray(get(name).derivative(along))
        approximate = np.sum(across * noise, axis=1) / np.sum(slope * across**2, axis=1)
        exact = np.sum(slope * across * noise, axis=1) / np.sum(slope**2 * across**2, axis=1)
        measured = float(np.var(exact) / np.var(approximate))
        closed[name] = float(
            ag.mean_derivative(name, 1.0) ** 2 / ag.mean_squared_derivative(name, 1.0)
        )
        worst = max(worst, abs(measured / closed[name] - 1) * math.sqrt(draws) / 2)
    return report(
        "monte carlo",
        decide(worst < 5 and max(closed.values()) <= 1),
        f"Algorithm 1 uses {100 * closed['relu']:.0f} per cent of the information about W for ReLU, "
        f"{100 * closed['leaky_relu(0.2)']:.0f} for leaky ReLU (0.2), {100 * closed['tanh']:.0f} for tanh.",
        {f"efficiency, {name}": value for name, value in closed.items()}
        | {"largest deviation in standard errors": worst},
        tolerance=5.0,
    )


def equal_local_rates(budget: str = "quick") -> Evidence:
    """Exact gradient descent with s = 1 / mean(tau^2 E sigma'^2) turns W as fast as Algorithm 1 near
    the teacher.

    On 20000 (quick) isolated nodes without noise, one step from a small angle.
    """
    n = 20_000 if budget == "quick" else 1_000_000
    rng = np.random.default_rng(0)
    graph, worst, angle, alpha, v = graphs.empty(n), 0.0, 0.01, 0.3, 0.9
    H = rng.normal(size=(n, 2))
    star = Weights(np.array([[1.0], [0.0]]), np.array([v]))
    W = np.array([[math.cos(angle)], [math.sin(angle)]])
    for name in ("relu",) if budget == "quick" else ("relu", "tanh"):
        data = ag.node_sample(graph, H, np.zeros(n), name)
        data = data.with_labels(ag.predict(*star, data))
        moved = ag.step_exact(W, [v], data, alpha, ag.matching_scale(graph, name))
        after = float(ag.polar(moved.W, moved.v, *star).angle)
        worst = max(worst, abs(after / angle - (1 - alpha * v**2)))
    return report(
        "numerical",
        decide(worst < 10 / math.sqrt(n)),
        "One scalar in front of the exact gradient gives the same rate 1 - alpha v*^2.",
        {"largest difference": worst},
        tolerance=10 / math.sqrt(n),
        witness=Witness("isolated nodes: contraction of the angle", 1 - alpha * v**2, worst),
    )
