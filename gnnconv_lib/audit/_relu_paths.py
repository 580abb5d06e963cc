"""Trajectories of gradient descent on the one-round ReLU GNN, for claims about "all t".

One unit with a unit teacher is two numbers (alpha, beta), or length and cosine; a batch over graphs
and starts is one array program. `run` records every step, `escapes` only the first step at which alpha
reaches a level.

Reference: awasthi2021, Eqs. (8), (14), (15). Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit._relu_cases import pair_sums
from gnnconv_lib.summaries import OverlapMeasure

__all__ = ["escapes", "gaussian_starts", "run"]

Array = np.ndarray


def gaussian_starts(count: int, inner_dimension: int, seed: int) -> tuple[Array, Array]:
    """Length and cosine of `count` standard Gaussian vectors in R^r."""
    weights = np.random.default_rng(seed).normal(size=(count, inner_dimension))
    length = np.linalg.norm(weights, axis=1)
    return length, weights[:, 0] / length


def escapes(
    overlap: OverlapMeasure,
    length: Array,
    cos: Array,
    step: float,
    alpha: float = -0.01,
    limit: int = 10**6,
) -> tuple[Array, Array]:
    """The first t with alpha_t >= `alpha` for each start, and the length at that time.

    Args:
        overlap: of one graph.
        length, cos: starts, shape (starts,).
        step: x = eta A.
        alpha: the level.
        limit: where to stop; starts that are not there by then have t = `limit`.
    """
    rho, mass = np.asarray(overlap.rho)[None], np.asarray(overlap.mass)[None]
    full = np.sum(mass * np.asarray(dual.scaled_relu(rho)))
    start = np.asarray(length, dtype=float)[None], np.asarray(cos, dtype=float)[None]
    times, sizes = _escapes(rho, mass, full, *start, step, alpha, limit)
    return np.asarray(times)[0], np.asarray(sizes)[0]


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
def run(
    rho: Array, mass: Array, full: Array, length: Array, cos: Array, step: Any, steps: int
) -> tuple[jax.Array, jax.Array]:
    """Lengths and cosines of all iterates, shape (steps + 1, graphs, starts).

    Args:
        rho, mass: overlap measures (graphs, values).
        full: A, shape (graphs, 1).
        length, cos: starts, shape (graphs, starts).
        step: x = eta A, broadcast against the starts.
        steps: how many.
    """

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
def _escapes(
    rho: Array,
    mass: Array,
    full: Array,
    length: Array,
    cos: Array,
    step: Array,
    alpha: Array,
    limit: Array,
) -> tuple[jax.Array, jax.Array]:
    State = tuple[jax.Array, jax.Array, jax.Array, jax.Array]

    def inside(state: State) -> jax.Array:
        return state[2] * jnp.cos(state[3]) < alpha

    def going(state: State) -> jax.Array:
        return jnp.logical_and(state[0] < limit, jnp.any(inside(state)))

    def body(state: State) -> State:
        count, times, size, angle = state
        left = inside(state)
        moved = _next(rho, mass, full, step, (size, angle))
        size, angle = (
            jnp.where(left, new, old) for new, old in zip(moved, (size, angle), strict=True)
        )
        return count + 1, jnp.where(left, count + 1, times), size, angle

    angle = jnp.arccos(jnp.asarray(cos))
    start = (jnp.asarray(0), jnp.zeros(angle.shape, int), jnp.asarray(length), angle)
    _, times, sizes, _ = jax.lax.while_loop(going, body, start)
    return times, sizes
