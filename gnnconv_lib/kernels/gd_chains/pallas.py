"""`gd_chains` as one Pallas kernel for Triton: the state of a block of chains stays in registers.

A program owns a block of chains. It reads their starts, runs all steps up to the last record, and
writes to main memory at the records only; the table of pairs is read again in every step, one pair
at a time, from the first-level cache.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.experimental import pallas

from gnnconv_lib.kernels.gd_chains.pair_terms import direction, length_of, pair_terms
from gnnconv_lib.kernels.gd_chains.parts import (
    ChainProblem,
    ChainRecords,
    ChainState,
    judged,
    units_loss,
    units_step,
)
from gnnconv_lib.kernels.implementation import compiler_parameters
from gnnconv_lib.trajectory import BUDGET, CONVERGED, DIVERGED
from gnnconv_lib.validation import InvalidInput

__all__ = ["advance", "block_for", "warps_for"]

NUMBERS_AT_ONCE = 128  # threads of four warps, each with one unit


@partial(jax.jit, static_argnames=("interpret", "block"))
def advance(
    problem: ChainProblem, state: ChainState, *, interpret: bool, block: int | None
) -> tuple[ChainState, ChainRecords]:
    """All chains through all gaps, with the arguments and results of `xla.advance`.

    Args:
        interpret: whether Pallas interprets the kernel.
        block: chains per program, a power of two; None for `block_for(units)`.

    Raises:
        InvalidInput: for a block that is no power of two.
    """
    table, weight, rates, gaps, target, limit = problem
    units, chains = state.u.shape
    dtype = state.u.dtype
    rows = _rows(units)
    block = block_for(units) if block is None else block
    if block < 1 or block & (block - 1):
        raise InvalidInput(f"block must be a power of two, got {block}.")
    grid = -(-chains // block)
    width = grid * block

    def filled(leaf: jax.Array, lines: int = 0, value: int = 0) -> jax.Array:
        """The array with lines and chains of zeros appended, up to whole blocks of chains."""
        pads = ((0, lines), (0, width - chains)) if leaf.ndim == 2 else ((0, width - chains),)
        return jnp.pad(leaf, pads, constant_values=value)

    own = table.rho.ndim == 2
    fields = (table.rho, table.sine, table.rest, table.mass / jnp.pi)
    sums = (table.full, table.messages)
    pairs = table.rho.shape[-1]
    if own:
        columns = tuple(filled(field.T) for field in fields)
        ends = tuple(filled(value) for value in sums)
        column_spec = pallas.BlockSpec((pairs, block), lambda i: (0, i))
        end_spec = pallas.BlockSpec((block,), lambda i: (i,))
    else:
        columns = fields
        ends = tuple(value.reshape(1) for value in sums)
        column_spec = pallas.BlockSpec((pairs,), lambda i: (0,))
        end_spec = pallas.BlockSpec((1,), lambda i: (0,))
    lane = pallas.BlockSpec((rows, block), lambda i: (0, i))
    chain = pallas.BlockSpec((block,), lambda i: (i,))
    records = gaps.shape[0]
    path = pallas.BlockSpec((records, rows, block), lambda i: (0, 0, i))
    line = pallas.BlockSpec((records, block), lambda i: (0, i))

    def whole(shape: tuple[int, ...]) -> Any:
        return pallas.BlockSpec(shape, lambda i: (0,) * len(shape))

    counter = state.step.dtype
    outputs = pallas.pallas_call(
        partial(_program, own, pairs, records),
        grid=(grid,),
        in_specs=[column_spec] * 4
        + [end_spec] * 2
        + [lane] * 3
        + [chain] * 3
        + [whole((records,)), whole((2,))],
        out_specs=[path, path, line, line, line],
        out_shape=[
            jax.ShapeDtypeStruct((records, rows, width), dtype),
            jax.ShapeDtypeStruct((records, rows, width), dtype),
            jax.ShapeDtypeStruct((records, width), dtype),
            jax.ShapeDtypeStruct((records, width), counter),
            jax.ShapeDtypeStruct((records, width), jnp.int32),
        ],
        interpret=interpret,
        compiler_params=compiler_parameters(warps=warps_for(units, block)),
        name="gd_chains",
    )(
        *columns,
        *ends,
        filled(state.u, rows - units),
        filled(state.beta, rows - units),
        filled(weight, rows - units),
        filled(rates),
        filled(state.step),
        filled(state.code.astype(jnp.int32), value=CONVERGED),
        gaps,
        jnp.stack([target, limit]),
    )
    u, beta, loss, step, code = outputs
    seen = ChainRecords(
        step[:, :chains],
        loss[:, :chains],
        u[:, :units, :chains],
        beta[:, :units, :chains],
        code[:, :chains].astype(state.code.dtype),
    )
    return ChainState(seen.u[-1], seen.beta[-1], seen.step[-1], seen.code[-1]), seen


def block_for(units: int) -> int:
    """Chains per program, such that every thread of four warps holds one unit.

    A thread that holds more keeps their states and all temporaries in registers, which then
    spill: 65,068 bytes at 32 units and 128 chains in float64.

    >>> [block_for(units) for units in (1, 3, 32, 200)]
    [128, 32, 4, 1]
    """
    return max(1, NUMBERS_AT_ONCE // _rows(units))


def warps_for(units: int, block: int) -> int:
    """Warps per program: one thread per unit, up to sixteen warps.

    >>> [warps_for(units, block_for(units)) for units in (1, 32, 200, 512)]
    [4, 4, 8, 16]
    """
    return max(1, min(16, _rows(units) * block // 32))


def _rows(units: int) -> int:
    """Triton's blocks are powers of two: units without weight at the teacher fill them up."""
    return 1 << (units - 1).bit_length()


def _program(own: bool, pairs: int, records: int, *refs: Any) -> None:
    (
        rho_ref,
        sine_ref,
        rest_ref,
        mass_ref,
        full_ref,
        messages_ref,
        u_ref,
        beta_ref,
        weight_ref,
        rate_ref,
        step_ref,
        code_ref,
        gap_ref,
        ends_ref,
        u_out,
        beta_out,
        loss_out,
        step_out,
        code_out,
    ) = refs
    full = full_ref[...] if own else full_ref[0]
    messages = messages_ref[...] if own else messages_ref[0]
    weight, rates = weight_ref[...], rate_ref[...]
    target, limit = ends_ref[0], ends_ref[1]
    bound = jnp.asarray(jnp.finfo(weight.dtype).max / 8, weight.dtype)

    def sums(u: jax.Array, beta: jax.Array) -> tuple[jax.Array, jax.Array]:
        length = length_of(1 + u, beta)
        at = direction(1 + u, beta, jnp.where(length == 0, 1.0, length))

        def add(k: Any, carry: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
            place = (k, slice(None)) if own else k
            terms = pair_terms(rho_ref[place], sine_ref[place], rest_ref[place], at)
            mass = mass_ref[place]
            return carry[0] + mass * terms.loss_gap, carry[1] + mass * terms.slope

        return lax.fori_loop(0, pairs, add, (jnp.zeros_like(u), jnp.zeros_like(u)))

    def losses(u: jax.Array, beta: jax.Array, gap: jax.Array) -> jax.Array:
        return jnp.sum(weight * units_loss(u, beta, gap, full), axis=0)

    def step(_: Any, carry: Any) -> Any:
        u, beta, count, code = carry
        gap, slope = sums(u, beta)
        active = code == BUDGET
        code = jnp.where(active, judged(losses(u, beta, gap), target, limit), code).astype(
            jnp.int32
        )
        go = code == BUDGET
        moved_u, moved_beta = units_step(u, beta, gap, slope, full, messages, rates)
        size = jnp.sum(weight * full * (1 + moved_u * moved_u + moved_beta * moved_beta), axis=0)
        fine = size < bound
        ahead = go & fine
        return (
            jnp.where(ahead, moved_u, u),
            jnp.where(ahead, moved_beta, beta),
            count + go.astype(count.dtype),
            jnp.where(go & ~fine, DIVERGED, code).astype(jnp.int32),
        )

    def to_record(record: Any, carry: Any) -> Any:
        running = jnp.max((carry[3] == BUDGET).astype(jnp.int32))
        gap = gap_ref[record]
        gap = jnp.where(running > 0, gap, jnp.zeros_like(gap))
        u, beta, count, code = lax.fori_loop(jnp.zeros_like(gap), gap, step, carry)
        loss = losses(u, beta, sums(u, beta)[0])
        code = jnp.where(code == BUDGET, judged(loss, target, limit), code).astype(jnp.int32)
        u_out[record] = u
        beta_out[record] = beta
        loss_out[record] = loss
        step_out[record] = count
        code_out[record] = code
        return u, beta, count, code

    start = (u_ref[...], beta_ref[...], step_ref[...], code_ref[...])
    lax.fori_loop(0, records, to_record, start)
