"""The loop behind every run of gradient descent: step, judge, record.

`march` is a scan over records; between two records a `while_loop` takes steps, which ends early
when every chain has stopped. What a step is belongs to its caller: `descent.run` steps one chain
and maps the loop over chains, `averaging_gnn.run` steps many data sets in one layout. A model with
a kernel of its own (`relu_gnn.ReducedModel.advance`) replaces the loop.

Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from gnnconv_lib.trajectory import BUDGET, CONVERGED, DIVERGED

__all__ = ["Course", "State", "judged", "march", "where"]


class State(NamedTuple):
    """Where a run is.

    Fields:
        parameters: a pytree of arrays.
        previous: the parameters one step earlier; None where a step keeps its last finite ones.
        step: the number of steps taken, an integer per chain.
        code: index into `trajectory.STATUSES`, an integer per chain.
    """

    parameters: Any
    previous: Any
    step: jax.Array
    code: jax.Array


class Course(NamedTuple):
    """What chains go through.

    Fields:
        gaps: steps before each record, integers of shape (records,).
        rates: the learning rate, a scalar or one for each chain.
        target: a chain has converged at this loss or below.
        limit: a chain has diverged above this loss.
    """

    gaps: Any
    rates: Any
    target: Any
    limit: Any


def judged(code: jax.Array, loss: jax.Array, fine: Any, target: Any, limit: Any) -> jax.Array:
    """The code of chains with this loss: one that has stopped keeps its own.

    Args:
        code: before, integers.
        loss: of the same shape.
        fine: whether loss and parameters are finite.
        target: converged at this loss or below.
        limit: diverged above this loss.

    >>> code = jnp.array([0, 0, 0, 1])
    >>> judged(code, jnp.array([2.0, 0.5, 9.0, 9.0]), True, 1.0, 5.0).tolist()
    [0, 1, 2, 1]
    """
    seen = jnp.where(loss <= target, CONVERGED, BUDGET)
    seen = jnp.where(fine & (loss <= limit), seen, DIVERGED).astype(code.dtype)
    return jnp.where(code == BUDGET, seen, code)


def march(
    step: Callable[[State], State],
    record: Callable[[State], tuple[State, Any]],
    state: State,
    gaps: jax.Array,
) -> tuple[State, Any]:
    """The state after all gaps, and what `record` kept after each.

    Args:
        step: one step of all chains; one that has stopped does not move.
        record: judges once more and returns what is kept.
        state: the start.
        gaps: steps before each record, shape (records,).

    >>> def halve(state):
    ...     return state._replace(parameters=state.parameters / 2, step=state.step + 1)
    >>> zero = jnp.array(0)
    >>> start = State(jnp.array(8.0), jnp.array(8.0), zero, zero)
    >>> march(halve, lambda state: (state, state.parameters), start, jnp.array([0, 1, 2]))[1].tolist()
    [8.0, 4.0, 1.0]
    """

    def to_record(state: State, gap: jax.Array) -> tuple[State, Any]:
        def go_on(carry: tuple[jax.Array, State]) -> jax.Array:
            return (carry[0] < gap) & jnp.any(carry[1].code == BUDGET)

        def body(carry: tuple[jax.Array, State]) -> tuple[jax.Array, State]:
            return carry[0] + 1, step(carry[1])

        _, state = lax.while_loop(go_on, body, (jnp.zeros_like(gap), state))
        return record(state)

    return lax.scan(to_record, state, gaps)


def where(condition: jax.Array, yes: Any, no: Any) -> Any:
    """`jnp.where` leaf by leaf, a condition per chain against leaves with more axes."""

    def chosen(one: jax.Array, other: jax.Array) -> jax.Array:
        missing = jnp.ndim(one) - jnp.ndim(condition)
        return jnp.where(jnp.reshape(condition, jnp.shape(condition) + (1,) * missing), one, other)

    return jax.tree.map(chosen, yes, no)
