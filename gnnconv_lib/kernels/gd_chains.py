"""Whole trajectories of many chains of gradient descent on the one-round ReLU GNN.

A chain is a set of h units w = (1 + u) w* + beta |w*| e on one graph with one learning rate
eta. One step costs two sums over the overlap measure, D and C, since the third one follows,

    E = A - c B - sin(theta)^2 C = c D + (1 - c) A - sin(theta)^2 C,
    u <- u - eta (A u + E),   beta <- beta (1 - eta (A (l - 1) + D + c C) / l).

All steps between two records run without leaving the program. Two implementations with one
semantics: `xla`, with the pairs on the first axis and the chains on the last, so that the inner
loops run over chains; and `pallas`, with the state of a block of chains in registers.

Reference: awasthi2021, Eqs. (8), (14), (15).
Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import Mesh

from gnnconv_lib.descent.trajectory import BUDGET, CONVERGED, DIVERGED
from gnnconv_lib.kernels.implementation import choose, interprets
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn.geometry import length_of, read_measure, surplus_of
from gnnconv_lib.relu_gnn.pair_terms import PairTable, direction, pair_terms
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "ChainRecords",
    "ChainState",
    "advance",
    "gd_chains",
    "run_chains",
    "units_loss",
    "units_step",
]

_STEPS_BETWEEN_LOOKS = 64  # steps after which the program looks whether every chain has stopped
_PAIRS_AT_ONCE = 16
_ENTRIES_AT_ONCE = 1 << 14  # pairs times units that are worked on as one array


class ChainState(NamedTuple):
    """Where the chains are; fields of shape (h, chains) and (chains,).

    Fields:
        u, beta: the coordinates, shape (h, chains).
        step: the number of steps taken, an integer array of shape (chains,).
        code: index into `descent.STATUSES`, shape (chains,).
    """

    u: jax.Array
    beta: jax.Array
    step: jax.Array
    code: jax.Array


class ChainRecords(NamedTuple):
    """What the chains showed at each record.

    Fields:
        step: steps taken, shape (records, chains).
        loss: shape (records, chains).
        u, beta: shape (records, chains, h).
        code: index into `descent.STATUSES`, shape (records, chains).
    """

    step: jax.Array
    loss: jax.Array
    u: jax.Array
    beta: jax.Array
    code: jax.Array


def gd_chains(
    overlap: Any,
    u: Any,
    beta: Any,
    learning_rate: Any,
    gaps: Any,
    *,
    teacher: Any = 1.0,
    target: float = 0.0,
    limit: float = 1e100,
    implementation: str | None = None,
    interpret: bool | None = None,
    block: int = 128,
    mesh: Mesh | None = None,
) -> ChainRecords:
    """Gradient descent of many chains, recorded after each gap.

    The semantics is that of `descent.run` on `relu_gnn.reduced_model`: a chain stops when its loss
    is at most `target` ("converged"), above `limit` or not finite ("diverged", with its last
    finite state); a stopped chain does not move any more.

    Args:
        overlap: a `Graph`, its `OverlapMeasure` or pair table (shared), or a pair table with a
            first axis of chains.
        u, beta: the starts, shape (chains, h).
        learning_rate: one number, or shape (chains,).
        gaps: steps before each record, shape (records,), integers of at least 0.
        teacher: the lengths |w*|, broadcast against (chains, h).
        target, limit: losses at which a chain stops.
        implementation: "xla", "pallas", or None for the better one on this platform.
        interpret: whether Pallas interprets; by default everywhere but on CUDA.
        block: chains per program of the Pallas kernel, a power of two; with a mesh also the
            chains per item of work.
        mesh: devices over which the chains are spread, from `sharding.device_mesh`. The result
            does not depend on their number, to the last bit.

    Returns:
        `ChainRecords`; NumPy arrays on every process with a mesh. float32 in, float32 out.
        There is no derivative: records are taken where the chains stop. Differentiate the
        `update` of `relu_gnn.reduced_model` in a `lax.scan`.

    Raises:
        InvalidInput: for shapes that do not match, or when differentiated.

    Reference: awasthi2021, Eqs. (8), (14), (15).

    >>> from gnnconv_lib import graphs
    >>> path = gd_chains(graphs.complete(2), [[1.0], [0.5]], [[0.0], [0.0]], 1 / 16, [0, 1, 1])
    >>> path.loss.T.tolist()  # A = 8: a step halves u
    [[4.0, 1.0, 0.25], [1.0, 0.25, 0.0625]]
    """
    u, beta, teacher, rate = as_float_array(u, beta, teacher, learning_rate)
    if u.ndim != 2 or u.shape != beta.shape or 0 in u.shape:
        raise InvalidInput(
            f"u and beta must have one shape (chains, h), got {u.shape} and {beta.shape}."
        )
    chains = u.shape[0]
    if rate.shape not in ((), (chains,)):
        raise InvalidInput(f"learning_rate must have shape () or ({chains},), got {rate.shape}.")
    table = read_measure(overlap, u.dtype, pad=False)
    if table.rho.ndim == 2 and table.rho.shape[0] != chains:
        raise InvalidInput(
            f"overlap must hold one graph, or one per chain, got {table.rho.shape[0]} graphs "
            f"for {chains} chains."
        )
    gaps = np.asarray(gaps) if not isinstance(gaps, jax.Array) else gaps
    if gaps.ndim != 1 or not jnp.issubdtype(gaps.dtype, jnp.integer):
        raise InvalidInput("gaps must be integers of shape (records,).")
    if not isinstance(gaps, jax.Array) and np.any(gaps < 0):
        raise InvalidInput("gaps must be at least 0, got a negative one.")
    if interpret is None:
        interpret = interprets()
    zeros = jnp.zeros(chains, gaps.dtype)
    state = ChainState(u.T, beta.T, zeros, jnp.zeros(chains, jnp.int32))
    largest = float(jnp.finfo(u.dtype).max)
    ends = (jnp.asarray(max(min(x, largest), -largest), u.dtype) for x in (target, limit))
    weight = jnp.broadcast_to(teacher**2, u.shape).T
    rates = jnp.broadcast_to(rate, (chains,))
    gaps, chosen = jnp.asarray(gaps), choose(implementation)
    low, high = ends
    if mesh is None:
        _, records = run_chains(
            table, state, weight, rates, gaps, low, high, chosen, interpret, block
        )
    else:
        from gnnconv_lib.kernels.gd_chains_sharded import spread_chains

        records = spread_chains(
            table, state, weight, rates, gaps, low, high, chosen, interpret, block, mesh=mesh
        )
    return records._replace(u=records.u.swapaxes(1, 2), beta=records.beta.swapaxes(1, 2))


def run_chains(
    table: PairTable,
    state: ChainState,
    weight: jax.Array,
    rates: jax.Array,
    gaps: jax.Array,
    target: jax.Array,
    limit: jax.Array,
    implementation: str | None = None,
    interpret: bool | None = None,
    block: int = 128,
) -> tuple[ChainState, ChainRecords]:
    """`gd_chains` from any state, with the arguments and results of `advance`."""
    return _run(
        table,
        state,
        weight,
        rates,
        gaps,
        target,
        limit,
        choose(implementation),
        interprets() if interpret is None else interpret,
        block,
    )


@partial(jax.custom_jvp, nondiff_argnums=(7, 8, 9))
def _run(
    table: PairTable,
    state: ChainState,
    weight: jax.Array,
    rates: jax.Array,
    gaps: jax.Array,
    target: jax.Array,
    limit: jax.Array,
    implementation: str,
    interpret: bool,
    block: int,
) -> tuple[ChainState, ChainRecords]:
    if implementation == "pallas":
        from gnnconv_lib.kernels.gd_chains_pallas import advance_pallas

        return advance_pallas(
            table, state, weight, rates, gaps, target, limit, interpret=interpret, block=block
        )
    return _advance_jit(table, state, weight, rates, gaps, target, limit)


@_run.defjvp
def _no_derivative(*_: Any) -> Any:
    raise InvalidInput(
        "gd_chains has no derivative, since its records depend on where the chains stop; "
        "differentiate the update of relu_gnn.reduced_model in a lax.scan instead."
    )


def advance(
    table: PairTable,
    state: ChainState,
    weight: jax.Array,
    rates: jax.Array,
    gaps: jax.Array,
    target: jax.Array,
    limit: jax.Array,
) -> tuple[ChainState, ChainRecords]:
    """The plain-JAX reference: all chains through all gaps; arrays with the chains last.

    Args:
        table: fields of shape (K,), or (chains, K).
        state: where the chains are.
        weight: |w*|^2, shape (h, chains).
        rates: shape (chains,).
        gaps: shape (records,).
        target, limit: scalars.

    Returns:
        The state after the last gap, and `ChainRecords` whose u and beta have shape
        (records, h, chains).
    """
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
        seen = _judged(losses(u, beta, gap), target, limit)
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

    def some(carry: Any) -> Any:
        left, place, clock = carry
        count = jnp.minimum(left, _STEPS_BETWEEN_LOOKS)
        return left - count, *lax.fori_loop(0, count, step, (place, clock))

    def go_on(carry: Any) -> jax.Array:
        return (carry[0] > 0) & jnp.any(carry[2] % 4 == BUDGET)

    def to_record(carry: Any, gap: jax.Array) -> tuple[Any, ChainRecords]:
        _, place, clock = lax.while_loop(go_on, some, (gap, *carry))
        u, beta = place.real, place.imag
        loss = losses(u, beta, _sums(columns, u, beta)[0])
        code = clock % 4
        code = jnp.where(code == BUDGET, _judged(loss, target, limit), code)
        record = ChainRecords(clock // 4, loss, u, beta, code.astype(state.code.dtype))
        return (place, 4 * (clock // 4) + code), record

    # One complex number per unit and one integer per chain: XLA makes a program per result, and
    # would compute what several results share once for each.
    start = lax.complex(state.u, state.beta), 4 * state.step + state.code.astype(state.step.dtype)
    (place, clock), records = lax.scan(to_record, start, gaps)
    code = (clock % 4).astype(state.code.dtype)
    return ChainState(place.real, place.imag, clock // 4, code), records


def _judged(loss: jax.Array, target: jax.Array, limit: jax.Array) -> jax.Array:
    """The code of a chain with this loss."""
    reached = jnp.where(loss <= target, CONVERGED, BUDGET)
    return jnp.where(jnp.isfinite(loss) & (loss <= limit), reached, DIVERGED)


_advance_jit = jax.jit(advance)


def units_loss(u: jax.Array, beta: jax.Array, gap: jax.Array, full: jax.Array) -> jax.Array:
    """The loss A (l - 1)^2 / 2 + l D of single units with unit teachers."""
    length = length_of(1 + u, beta)
    surplus = surplus_of(u, beta, length)
    return full * surplus * surplus / 2 + length * gap


def units_step(
    u: jax.Array,
    beta: jax.Array,
    gap: jax.Array,
    slope: jax.Array,
    full: jax.Array,
    messages: jax.Array,
    rates: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    """One step of single units, from the sums D (`gap`) and C (`slope`) at their direction."""
    length = length_of(1 + u, beta)
    safe = jnp.where(length == 0, 1.0, length)
    surplus = surplus_of(u, beta, length)
    at = direction(1 + u, beta, safe)
    along = at.cosine * gap + (at.shortfall * full - at.sine_squared * slope)
    along = jnp.where(length == 0, -messages, full * u + along)
    across = (full * surplus + gap + at.cosine * slope) / safe
    return u - rates * along, beta * (1 - rates * across)


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
