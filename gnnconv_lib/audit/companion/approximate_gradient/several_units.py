"""Several hidden units: a surface of fixed points, and teachers that repel.

Book page: book/beyond/approximate-gradient.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import averaging_gnn as ag, graphs
from gnnconv_lib.averaging_gnn import Weights
from gnnconv_lib.claims import at_most, choice, claim, domain, fixed, integer, less

SHAPES = domain(
    choice("activation", "relu", "tanh"),
    integer("d", "[2, inf)", "d"),
    integer("q", "[2, inf)", "q"),
    fixed("population, isolated nodes, one random teacher per case, α = 0.05"),
    cases=lambda budget: [
        {"activation": name, "d": d, "q": q}
        for name in ("relu", "tanh")
        for d, q in (((2, 2), (4, 4)) if budget == "quick" else ((2, 2), (3, 2), (2, 3), (4, 4)))
    ],
)


def _spectrum(name: str, d: int, q: int) -> np.ndarray:
    """Eigenvalues of the Jacobian of the step at a teacher, less 1 and over alpha, by differences."""
    step, rate = 1e-5, 0.05
    rng = np.random.default_rng(3)
    W = rng.normal(size=(d, q))
    W, v = W / np.linalg.norm(W), rng.normal(size=q)
    model = ag.population_model(graphs.empty(1), Weights(W, v), name)
    x = np.concatenate([W.ravel(), v])

    def moved(y: jax.Array) -> jax.Array:
        after = model.update(Weights(y[: d * q].reshape(d, q), y[d * q :]), rate)
        return jnp.concatenate([after.W.ravel(), after.v])

    shifts = step * np.eye(x.size)
    both = jax.jit(jax.vmap(moved))(jnp.asarray(np.concatenate([x + shifts, x - shifts])))
    columns = np.array(both[: x.size] - both[x.size :]) / (2 * step)
    return np.asarray((np.linalg.eigvals(columns.T) - 1) / rate)


@claim("companion:theorem-surface-of-fixed-points", SHAPES, each=True, tolerance=0.0)
def surface_of_fixed_points(activation: str, d: int, q: int) -> Any:
    """The Jacobian of the step at the teacher has the eigenvalue 1 at least d(q-1) - 1 times."""
    found = int(np.sum(np.abs(_spectrum(activation, d, q)) < 1e-5))
    return at_most(d * (q - 1) - 1, found, ("d(q-1) - 1", "eigenvalues 1"))


UNSTABLE = domain(
    fixed("population, isolated nodes, tanh, d = 3, q = 2, one random teacher"),
    integer("d", "[3, 3]", "d"),
    cases=lambda budget: {"d": np.array([3])},
)


@claim("companion:remark-repelling-teacher", UNSTABLE, each=True, tolerance=1e-4)
def tanh_can_be_unstable(d: int) -> Any:
    """For tanh there is a teacher at which an eigenvalue exceeds 1."""
    growth = float(_spectrum("tanh", d, 2).real.max())
    return less(1e-3, growth, ("noise of the differences", "largest eigenvalue less 1, over alpha"))
