"""Trajectories of gradient descent on the one-round ReLU GNN, for claims about "all t".

One unit with a unit teacher is two numbers (alpha, beta), or length and cosine; a batch over graphs
and starts is one array program. Every step is recorded.

Reference: awasthi2021, Eqs. (8), (14), (15). Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit._relu_cases import Cases, cases, pair_sums

__all__ = ["Paths", "crossing", "gaussian_starts", "next_length", "paths"]

Array = np.ndarray


@dataclass(frozen=True)
class Paths:
    """Iterates of many starts on many graphs.

    Fields:
        cases: the graphs.
        step: x = eta A, shape (graphs, 1, 1).
        length, cos: shape (graphs, starts, steps + 1).
    """

    cases: Cases
    step: float
    length: Array
    cos: Array

    @property
    def flat(self) -> Cases:
        """All iterates but the last, as weights of `Cases`, and in the same order `next_`."""
        return self._as_cases(slice(None, -1))

    @property
    def next_(self) -> Cases:
        """All iterates but the first."""
        return self._as_cases(slice(1, None))

    def _as_cases(self, part: slice) -> Cases:
        graphs = self.length.shape[0]
        length = self.length[:, :, part].reshape(graphs, -1)
        cos = self.cos[:, :, part].reshape(graphs, -1)
        return self.cases.at(length, cos)


@cache
def paths(budget: str = "quick", step: float = 1 / (6 * np.pi)) -> Paths:
    """Gradient descent with eta = step / A from Gaussian and adversarial starts on all graphs."""
    at = cases(budget)
    starts, steps = (12, 240) if budget == "quick" else (40, 600)
    length, cos = gaussian_starts(starts, inner_dimension=10, seed=7)
    cos[:4] = [-1.0, -0.999, -0.3, 0.0]
    length[:6] = [0.1, 3.0, 0.05, 30.0, 1.0, 3.0]
    shape = (len(at.names), starts)
    lengths, cosines = _run(
        at.rho,
        at.mass,
        at.full,
        np.broadcast_to(length, shape),
        np.broadcast_to(cos, shape),
        step,
        steps,
    )
    return Paths(
        at, step, np.moveaxis(np.asarray(lengths), 0, -1), np.moveaxis(np.asarray(cosines), 0, -1)
    )


def gaussian_starts(count: int, inner_dimension: int, seed: int) -> tuple[Array, Array]:
    """Length and cosine of `count` standard Gaussian vectors in R^r."""
    weights = np.random.default_rng(seed).normal(size=(count, inner_dimension))
    length = np.linalg.norm(weights, axis=1)
    return length, weights[:, 0] / length


def next_length(at: Cases, step: float) -> Array:
    """The length after one step of x = eta A, |w+|^2 = ((1-x) l + x B/A)^2 + (x C sin/A)^2."""
    radial = (1 - step) * at.length + step * at.mixed / at.full
    return np.hypot(radial, step * at.slope * at.sine / at.full)


def crossing(
    rho: Array, mass: Array, length: float, cos: float, step: float, alpha: float, limit: int
) -> tuple[int, float]:
    """The first t with alpha_t >= `alpha` (or `limit` if there is none before), and l_t."""
    full = np.sum(mass * np.asarray(dual.scaled_relu(rho)))
    count, size, _ = _crossing(rho[None], mass[None], full, length, cos, step, alpha, limit)
    return int(count), float(size[0, 0])


def _next(
    rho: Any, mass: Any, full: Any, step: Any, state: tuple[jax.Array, jax.Array]
) -> tuple[jax.Array, jax.Array]:
    """One step in (length, angle): a rotation towards the teacher that never overshoots."""
    length, angle = state
    mixed, slope, _ = pair_sums(rho, mass, jnp.cos(angle))
    radial = (1 - step) * length + step * mixed / full
    turning = step * slope * jnp.sin(angle) / full
    return jnp.hypot(radial, turning), jnp.maximum(angle - jnp.arctan2(turning, radial), 0.0)


@partial(jax.jit, static_argnames="steps")
def _run(
    rho: Array, mass: Array, full: Array, length: Array, cos: Array, step: float, steps: int
) -> tuple[jax.Array, jax.Array]:
    def body(
        state: tuple[jax.Array, jax.Array], _: None
    ) -> tuple[tuple[jax.Array, jax.Array], tuple[jax.Array, jax.Array]]:
        after = _next(rho, mass, full, step, state)
        return after, after

    start = (jnp.asarray(length), jnp.arccos(jnp.asarray(cos)))
    _, (lengths, angles) = jax.lax.scan(body, start, None, length=steps)
    lengths = jnp.concatenate([start[0][None], lengths])
    return lengths, jnp.cos(jnp.concatenate([start[1][None], angles]))


@jax.jit
def _crossing(
    rho: Array,
    mass: Array,
    full: Array,
    length: Array,
    cos: Array,
    step: Array,
    alpha: Array,
    limit: Array,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    def going(state: tuple[jax.Array, jax.Array, jax.Array]) -> jax.Array:
        count, size, angle = state
        return jnp.logical_and(count < limit, (size * jnp.cos(angle))[0, 0] < alpha)

    def body(
        state: tuple[jax.Array, jax.Array, jax.Array],
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        count, size, angle = state
        return count + 1, *_next(rho, mass, full, step, (size, angle))

    start = (jnp.asarray(0), jnp.full((1, 1), length), jnp.full((1, 1), jnp.arccos(cos)))
    return jax.lax.while_loop(going, body, start)
