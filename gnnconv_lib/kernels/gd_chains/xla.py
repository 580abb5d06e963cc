"""`gd_chains` in plain JAX: the reference, with the pairs first and the chains last.

So the inner loops run over chains, whose numbers lie side by side.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from gnnconv_lib.kernels.gd_chains.pair_terms import direction, length_of, pair_terms
from gnnconv_lib.kernels.gd_chains.parts import (
    ChainProblem,
    ChainRecords,
    ChainState,
    judged,
    units_loss,
    units_step,
)
from gnnconv_lib.kernels.small_loops import as_one_function
from gnnconv_lib.trajectory import BUDGET, DIVERGED

__all__ = ["advance"]

_STEPS_BETWEEN_LOOKS = 64  # steps after which the program looks whether every chain has stopped
# On a GPU every look waits for the device, and so does every turn of a loop whose length is not
# known beforehand: there the steps come in loops of this fixed length.
_STEPS_ON_A_GPU = 8
_PAIRS_AT_ONCE = 16
_ENTRIES_AT_ONCE = 1 << 14  # pairs times units that are worked on as one array
_SMALL = 512  # pairs times units up to which the steps are one machine function


@jax.jit
def advance(problem: ChainProblem, state: ChainState) -> tuple[ChainState, ChainRecords]:
    """All chains through all gaps.

    Returns:
        The state after the last gap, and `ChainRecords` whose u and beta have shape
        (records, h, chains).
    """
    table, weight, rates, gaps, target, limit = problem
    columns = tuple(
        (field.T[:, None, :] if field.ndim == 2 else field[:, None, None])
        for field in (table.rho, table.sine, table.rest, table.mass / jnp.pi)
    )
    full, messages = table.full, table.messages
    bound = jnp.asarray(jnp.finfo(state.u.dtype).max / 8, state.u.dtype)

    def losses(u: jax.Array, beta: jax.Array, gap: jax.Array) -> jax.Array:
        return jnp.sum(weight * units_loss(u, beta, gap, full), axis=0)

    def step(_: Any, carry: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        place, clock = carry
        u, beta = place.real, place.imag
        gap, slope = _sums(columns, u, beta)
        seen = judged(losses(u, beta, gap), target, limit)
        moved_u, moved_beta = units_step(u, beta, gap, slope, full, messages, rates)
        # The loss is at most twice this size. Where it is not finite, the last state is kept.
        size = jnp.sum(weight * full * (1 + moved_u * moved_u + moved_beta * moved_beta), axis=0)
        fine = size < bound
        active = clock % 4 == BUDGET
        go = active & (seen == BUDGET)
        moved = lax.complex(moved_u, moved_beta)
        ahead = clock + 4 + jnp.where(fine, BUDGET, DIVERGED).astype(clock.dtype)
        stay = clock + jnp.where(active, seen, BUDGET).astype(clock.dtype)
        return jnp.where(go & fine, moved, place), jnp.where(go, ahead, stay)

    def steps(count: jax.Array, place: jax.Array, clock: jax.Array) -> Any:
        return lax.fori_loop(0, count, step, (place, clock))

    if table.rho.shape[-1] * state.u.size <= _SMALL:
        steps = as_one_function(steps)

    def counted(carry: Any) -> Any:
        left, place, clock = carry
        count = jnp.minimum(left, _STEPS_BETWEEN_LOOKS)
        return left - count, *steps(count, place, clock)

    def in_fixed_loops(carry: Any) -> Any:
        left, place, clock = carry

        def step_if_left(number: Any, carry: Any) -> Any:
            moved = step(number, carry)
            return jax.tree.map(lambda new, old: jnp.where(number < left, new, old), moved, carry)

        count = jnp.minimum(left, _STEPS_ON_A_GPU)
        return left - count, *lax.fori_loop(0, _STEPS_ON_A_GPU, step_if_left, (place, clock))

    def some(carry: Any) -> Any:
        return lax.platform_dependent(
            carry, cuda=in_fixed_loops, rocm=in_fixed_loops, default=counted
        )

    def go_on(carry: Any) -> jax.Array:
        return (carry[0] > 0) & jnp.any(carry[2] % 4 == BUDGET)

    def to_record(carry: Any, gap: jax.Array) -> tuple[Any, ChainRecords]:
        _, place, clock = lax.while_loop(go_on, some, (gap, *carry))
        u, beta = place.real, place.imag
        loss = losses(u, beta, _sums(columns, u, beta)[0])
        code = clock % 4
        code = jnp.where(code == BUDGET, judged(loss, target, limit), code)
        record = ChainRecords(clock // 4, loss, u, beta, code.astype(state.code.dtype))
        return (place, 4 * (clock // 4) + code), record

    # One complex number per unit and one integer per chain: XLA makes a program per result, and
    # would compute what several results share once for each.
    start = lax.complex(state.u, state.beta), 4 * state.step + state.code.astype(state.step.dtype)
    (place, clock), records = lax.scan(to_record, start, gaps)
    code = (clock % 4).astype(state.code.dtype)
    return ChainState(place.real, place.imag, clock // 4, code), records


def _sums(
    columns: tuple[jax.Array, ...], u: jax.Array, beta: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """D and C of every unit; `columns` have the pairs on their first axis."""
    length = length_of(1 + u, beta)
    at = direction(1 + u, beta, jnp.where(length == 0, 1.0, length))

    def part(columns: tuple[jax.Array, ...]) -> tuple[jax.Array, jax.Array]:
        rho, sine, rest, weight = columns
        terms = pair_terms(rho, sine, rest, at)
        return jnp.sum(weight * terms.loss_gap, axis=0), jnp.sum(weight * terms.slope, axis=0)

    pairs = columns[0].shape[0]
    if pairs <= _PAIRS_AT_ONCE or pairs * u.size <= _ENTRIES_AT_ONCE:
        return part(columns)
    blocks = -(-pairs // _PAIRS_AT_ONCE)
    size = -(-pairs // blocks)
    cut = tuple(
        jnp.pad(column, ((0, blocks * size - pairs), (0, 0), (0, 0))).reshape(
            blocks, size, *column.shape[1:]
        )
        for column in columns
    )

    def add(carry: Any, block: Any) -> tuple[Any, None]:
        return jax.tree.map(jnp.add, carry, part(block)), None

    return lax.scan(add, (jnp.zeros_like(u), jnp.zeros_like(u)), cut)[0]
