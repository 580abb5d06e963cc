"""Trajectories of gradient descent on the one-round ReLU GNN, for claims about "all t".

One unit with a unit teacher is two numbers (alpha, beta), or length and cosine; a batch over graphs
and starts is one array program. `paths` records every step on ten families of graphs with twenty
seeds each, `escapes` only the first step at which alpha reaches a level.

Reference: awasthi2021, Eqs. (8), (14), (15). Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit._relu_cases import Cases, on_graphs, pair_sums
from gnnconv_lib.audit._relu_collections import families, growing
from gnnconv_lib.summaries import OverlapMeasure

__all__ = ["Paths", "escapes", "gaussian_starts", "growing_paths", "next_length", "paths"]

Array = np.ndarray


@dataclass(frozen=True)
class Paths:
    """Iterates of many starts on many graphs.

    Fields:
        cases: the graphs.
        family: the family of each graph.
        step: x = eta A.
        length, cos: shape (graphs, starts, steps + 1).
    """

    cases: Cases
    family: tuple[str, ...]
    step: float
    length: Array
    cos: Array

    @cached_property
    def flat(self) -> Cases:
        """All iterates but the last, as weights of `Cases`, and in the same order `next_`."""
        return self._as_cases(slice(None, -1))

    @cached_property
    def next_(self) -> Cases:
        """All iterates but the first."""
        return self._as_cases(slice(1, None))

    @property
    def time(self) -> Array:
        """The number t of each iterate of `next_`, shape (1, weights)."""
        starts, records = self.length.shape[1:]
        return np.tile(np.arange(1, records), starts)[None]

    def at_start(self, values: Array) -> Array:
        """Values of shape (graphs, starts), repeated for each iterate of `next_`."""
        return np.repeat(values, self.length.shape[2] - 1, axis=1)

    def words(self) -> str:
        """How much is covered, e.g. `200 graphs of 10 families, 3 starts each, 240 steps`."""
        graphs, starts, records = self.length.shape
        return (
            f"{graphs} graphs of {len(set(self.family))} families, {starts} starts each, "
            f"{records - 1} steps"
        )

    def _as_cases(self, part: slice) -> Cases:
        graphs = self.length.shape[0]
        length = self.length[:, :, part].reshape(graphs, -1)
        cos = self.cos[:, :, part].reshape(graphs, -1)
        return self.cases.at(length, cos)


@cache
def paths(budget: str = "quick", step: float = 1 / (6 * np.pi)) -> Paths:
    """Gradient descent with eta = step / A: ten families, twenty seeds, three starts per graph.

    The starts are Gaussian with r = 2 and r = 10, one each (full: five each), and one adversarial
    start per graph, in turn very short, almost opposite, opposite, very long, and orthogonal.
    """
    collection = sorted(families(), key=lambda entry: (entry[1].nodes, entry[1].edges))
    gaussian, steps = (1, 240) if budget == "quick" else (5, 600)
    count = len(collection)
    hard = np.array([(0.01, -0.2), (3.0, -0.999), (0.1, -1.0), (30.0, -0.5), (1.0, 0.0)])
    drawn = [gaussian_starts(count * gaussian, r, seed=7 + r) for r in (2, 10)]
    chosen = hard[np.arange(count) % len(hard)]
    length = np.concatenate([d[0].reshape(count, -1) for d in drawn] + [chosen[:, :1]], axis=1)
    cos = np.concatenate([d[1].reshape(count, -1) for d in drawn] + [chosen[:, 1:]], axis=1)
    at = on_graphs([graph for _, graph in collection], length, cos)
    lengths, cosines = _run(at.rho, at.mass, at.full, length, cos, step, steps)
    return Paths(
        at,
        tuple(name for name, _ in collection),
        step,
        np.moveaxis(np.asarray(lengths), 0, -1),
        np.moveaxis(np.asarray(cosines), 0, -1),
    )


@cache
def growing_paths(budget: str = "quick", step: float = 1 / (6 * np.pi)) -> Paths:
    """Gradient descent on families with n growing, from short and long starts, 240 steps."""
    collection = sorted(growing(budget), key=lambda entry: (entry[1].nodes, entry[1].edges))
    starts = np.array([(0.1, 0.0), (0.1, 0.9), (3.0, -0.3), (3.0, 0.3)])
    length, cos = (np.tile(starts[:, k], (len(collection), 1)) for k in (0, 1))
    at = on_graphs([graph for _, graph in collection], length, cos)
    lengths, cosines = _run(at.rho, at.mass, at.full, length, cos, step, 240)
    return Paths(
        at,
        tuple(name for name, _ in collection),
        step,
        np.moveaxis(np.asarray(lengths), 0, -1),
        np.moveaxis(np.asarray(cosines), 0, -1),
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
