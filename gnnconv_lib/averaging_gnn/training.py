"""The compiled loop behind `run` and `run_exact`: many data sets in one matrix layout.

Features are stored with one row per feature, (S, d, N), so that a step is a handful of batched
matrix products over contiguous rows; mapping a run whose rows are nodes over the data sets with
`vmap` costs up to twice as much (`python -m benchmarks --only algorithm-1`). With one data set and
many starts the products merge into one.
The loop, its records, statuses and frozen chains are those of `gnnconv_lib.descent`.

Book page `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib.averaging_gnn.directions import divide_by_xi, raw_directions
from gnnconv_lib.averaging_gnn.model import loss
from gnnconv_lib.averaging_gnn.sample import Sample
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.stepping import State, judged, march, where
from gnnconv_lib.trajectory import (
    BUDGET,
    DIVERGED,
    STATUSES,
    Trajectory,
    record_steps,
    require_rates,
)
from gnnconv_lib.validation import InvalidInput, require_real

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["NORMS", "Weights", "normalized", "train", "with_chains"]

NORMS: tuple[str, ...] = ("frobenius", "spectral", "none")
GROWTH = 1e12
_first_loss = jax.jit(loss)


class Weights(NamedTuple):
    """The two weights of the network: W of shape (..., d, q) and v of shape (..., q)."""

    W: Numbers[Any, "*batch features outputs"]
    v: Numbers[Any, "*batch outputs"]


def normalized(
    U: Float[jax.Array, "*batch features outputs"], norm: str
) -> Float[jax.Array, "*batch features outputs"]:
    """U / |U| in the given norm over the last two axes; NaN where U = 0.

    The largest entry is divided out first, so that squares neither overflow nor underflow.

    >>> normalized(jnp.array([[0.0], [1e200]]), "frobenius").tolist()
    [[0.0], [1.0]]
    """
    if norm == "none":
        return U
    scaled = U / jnp.max(jnp.abs(U), axis=(-2, -1), keepdims=True)
    if norm == "frobenius" or min(U.shape[-2:]) == 1:
        return scaled / jnp.sqrt(jnp.sum(scaled**2, axis=(-2, -1), keepdims=True))
    return scaled / jnp.linalg.norm(scaled, ord=2, axis=(-2, -1), keepdims=True)


def with_chains(W: jax.Array, v: jax.Array, learning_rate: Any) -> tuple[jax.Array, jax.Array]:
    """A single start repeated for each of several learning rates; other starts as they are."""
    (rates,) = as_float_array(learning_rate)
    if rates.ndim == 1 and W.ndim == 2:
        return jnp.tile(W, (rates.size, 1, 1)), jnp.tile(v, (rates.size, 1))
    return W, v


def train(
    W: jax.Array,
    v: jax.Array,
    data: Sample,
    xi: jax.Array,
    learning_rate: Any,
    steps: int,
    *,
    exact: bool,
    norm: str,
    target: float,
    limit: float | None,
    records: int | Iterable[int],
) -> Trajectory:
    """The trajectory from (W, v); see `algorithm.run` for the arguments.

    `exact` picks the direction for W: the exact gradient, or the one of line 4. It is divided by `xi`.

    Raises:
        InvalidInput: for more than one leading axis, initial weights, rates or bounds out of range.
    """
    lead = W.shape[:-2]
    if len(lead) > 1:
        raise InvalidInput(f"W must have at most one leading axis, got shape {W.shape}.")
    if not (np.all(np.isfinite(np.asarray(W))) and np.all(np.isfinite(np.asarray(v)))):
        raise InvalidInput("initial weights must be finite, got NaN or infinite entries.")
    chains = lead[0] if lead else None
    rates = jnp.asarray(require_rates(learning_rate, chains), W.dtype)
    target = require_real("target", target)
    start_loss = np.asarray(_first_loss(W, v, data))
    power = np.mean(np.asarray(data.labels) ** 2, axis=-1)
    bound = GROWTH * (power + start_loss) if limit is None else require_real("limit", limit)
    schedule = record_steps(steps, records)
    gaps = np.diff(schedule, prepend=0)
    padded = np.zeros(-(-len(gaps) // 32) * 32, np.int64)
    padded[: len(gaps)] = gaps
    bounds = jnp.broadcast_to(jnp.asarray(bound, W.dtype), lead)
    state, kept = _train(Weights(W, v), data, xi, rates, target, bounds, padded, exact, norm)
    weights, losses, codes = jax.tree.map(lambda leaf: np.asarray(leaf)[: len(gaps)], kept)
    stopped = (codes != BUDGET).reshape(len(gaps), -1).all(axis=1)
    last = int(np.argmax(stopped)) + 1 if stopped.any() else len(gaps)
    names = np.array(STATUSES)[np.asarray(state.code)]
    taken = np.asarray(state.step)
    return Trajectory(
        schedule[:last],
        losses[:last],
        Weights(*(leaf[:last] for leaf in weights)),
        names if lead else str(names),
        taken if lead else int(taken),
    )


@partial(jax.jit, static_argnames=("exact", "norm"))
def _train(
    weights: Weights,
    data: Sample,
    xi: jax.Array,
    rates: jax.Array,
    target: float,
    bounds: jax.Array,
    gaps: jax.Array,
    exact: bool,
    norm: str,
) -> tuple[State, Any]:
    def judge(state: State, value: jax.Array) -> State:
        code = judged(state.code, value, jnp.isfinite(value), target, bounds)
        return state._replace(code=code)

    def step(state: State) -> State:
        W, v = state.parameters
        raw, slope, value = raw_directions(W, v, data, exact)
        state = judge(state, value)
        U = W - rates[..., None, None] * divide_by_xi(raw, xi)
        following = Weights(normalized(U, norm), v - rates[..., None] * slope)
        finite = jnp.all(jnp.isfinite(following.W), axis=(-2, -1))
        finite = finite & jnp.all(jnp.isfinite(following.v), axis=-1)
        active = state.code == BUDGET
        moves = active & finite
        moved = where(moves, following, state.parameters)
        code = jnp.where(active & ~finite, DIVERGED, state.code)
        return State(moved, None, state.step + moves, code)

    def record(state: State) -> tuple[State, Any]:
        W, v = state.parameters
        value = loss(W, v, data)
        state = judge(state, value)
        return state, (state.parameters, value, state.code)

    zeros = jnp.zeros(weights.W.shape[:-2], dtype=int)
    return march(step, record, State(weights, None, zeros, zeros), jnp.asarray(gaps))
