"""Whole trajectories of many chains of gradient descent on the one-round ReLU GNN.

A chain is a set of h units w = (1 + u) w* + beta |w*| e on one graph with one learning rate
eta. One step costs two sums over the overlap measure, D and C, since the third one follows,

    E = A - c B - sin(theta)^2 C = c D + (1 - c) A - sin(theta)^2 C,
    u <- u - eta (A u + E),   beta <- beta (1 - eta (A (l - 1) + D + c C) / l).

All steps between two records run without leaving the program. Two implementations with one
semantics: `xla`, with the pairs on the first axis and the chains on the last, so that the inner
loops run over chains; and `pallas`, with the state of a block of chains in registers. The graph
enters as the arrays of a `PairTable`; `relu_gnn.reduced_model(graph).table` makes one.

Reference: awasthi2021, Eqs. (8), (14), (15).
Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from numpy.typing import ArrayLike

from gnnconv_lib.kernels.gd_chains.advance import LARGEST_UNITS, run_chains
from gnnconv_lib.kernels.gd_chains.pair_terms import PairTable
from gnnconv_lib.kernels.gd_chains.parts import ChainProblem, ChainRecords, ChainState
from gnnconv_lib.precision import as_float_array, representable
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "LARGEST_UNITS",
    "ChainProblem",
    "ChainRecords",
    "ChainState",
    "PairTable",
    "gd_chains",
    "run_chains",
]


def gd_chains(
    table: PairTable,
    u: Numbers[ArrayLike, "batch units"],
    beta: Numbers[ArrayLike, "batch units"],
    learning_rate: Numbers[ArrayLike, ""] | Numbers[ArrayLike, " batch"],
    gaps: Numbers[ArrayLike, " records"],
    *,
    teacher: Any = 1.0,
    target: float = 0.0,
    limit: float = 1e100,
    implementation: str | None = None,
    interpret: bool | None = None,
    block: int | None = None,
    mesh: Mesh | None = None,
) -> ChainRecords:
    """Gradient descent of many chains, recorded after each gap.

    The semantics is that of `descent.run` on `relu_gnn.reduced_model`: a chain stops when its loss
    is at most `target` ("converged"), above `limit` or not finite ("diverged", with its last
    finite state); a stopped chain does not move any more.

    Args:
        table: the pairs of the graph, fields of shape (K,) and (), or with a first axis of chains:
            `relu_gnn.reduced_model(overlap).table`. It is cast to the type of u and beta.
        u, beta: the starts, shape (chains, h).
        learning_rate: one number, or shape (chains,).
        gaps: steps before each record, shape (records,), integers of at least 0 of any type.
        teacher: the lengths |w*|, broadcast against (chains, h).
        target, limit: losses at which a chain stops.
        implementation: "xla", "pallas" (at most `LARGEST_UNITS` units), or None for the better
            one on this platform.
        interpret: whether Pallas interprets; by default everywhere but on CUDA.
        block: chains per program of the Pallas kernel, a power of two; by default as many as let
            every thread hold one unit. With a mesh also the chains per item of work, then 128.
        mesh: devices over which the chains are spread, from `sharding.device_mesh`. The result
            does not depend on their number, to the last bit.

    Returns:
        `ChainRecords`; NumPy arrays on every process with a mesh. float32 in, float32 out. Steps
        are counted in int64 (int32 where JAX's 64-bit mode is off). There is no derivative:
        records are taken where the chains stop. Differentiate the `update` of
        `relu_gnn.reduced_model` in a `lax.scan`.

    Raises:
        InvalidInput: for shapes that do not match, lengths whose squares leave the range of the
            type, more steps than can be counted, or when differentiated.

    Reference: awasthi2021, Eqs. (8), (14), (15).

    >>> pair = PairTable(*jnp.array([[1.0], [8.0], [0.0], [jnp.pi]]), jnp.array(8.0), jnp.array(8.0))
    >>> path = gd_chains(pair, [[1.0], [0.5]], [[0.0], [0.0]], 1 / 16, [0, 1, 1])
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
    table = _read_table(table, chains, u.dtype)
    gaps = _read_gaps(gaps)
    start = ChainState(u.T, beta.T, jnp.zeros(chains, gaps.dtype), jnp.zeros(chains, jnp.int32))
    problem = ChainProblem(
        table,
        jnp.broadcast_to(_square(teacher), u.shape).T,
        jnp.broadcast_to(rate, (chains,)),
        gaps,
        jnp.asarray(representable(target, u.dtype), u.dtype),
        jnp.asarray(representable(limit, u.dtype), u.dtype),
    )
    if mesh is None:
        _, records = run_chains(problem, start, implementation, interpret, block)
    else:
        from gnnconv_lib.kernels.gd_chains.sharded import spread_chains

        records = spread_chains(problem, start, implementation, interpret, block, mesh=mesh)
    return records._replace(u=records.u.swapaxes(1, 2), beta=records.beta.swapaxes(1, 2))


def _read_table(table: Any, chains: int, dtype: Any) -> PairTable:
    if not isinstance(table, PairTable):
        raise InvalidInput(
            "table must be a PairTable, such as relu_gnn.reduced_model(graph).table, "
            f"got {type(table).__name__}."
        )
    table = PairTable(*(jnp.asarray(field, dtype) for field in table))
    if table.rho.ndim == 2 and table.rho.shape[0] != chains:
        raise InvalidInput(
            f"table must hold one graph, or one per chain, got {table.rho.shape[0]} graphs "
            f"for {chains} chains."
        )
    return table


def _read_gaps(gaps: Any) -> jax.Array:
    """The gaps in the type in which steps are counted."""
    traced = isinstance(gaps, jax.core.Tracer)
    gaps = gaps if isinstance(gaps, jax.Array) else np.asarray(gaps)
    if gaps.shape == (0,) and not jnp.issubdtype(gaps.dtype, jnp.integer):
        gaps = np.zeros(0, np.int64)  # an empty list is float64 for NumPy
    if gaps.ndim != 1 or not jnp.issubdtype(gaps.dtype, jnp.integer):
        raise InvalidInput("gaps must be integers of shape (records,).")
    counter = jnp.asarray(0).dtype
    if traced:
        return gaps.astype(counter)
    steps = np.asarray(gaps)
    if np.any(steps < 0):
        raise InvalidInput("gaps must be at least 0, got a negative one.")
    most = jnp.iinfo(counter).max // 4  # a step and its status share one integer
    if sum(int(step) for step in steps) > most:
        raise InvalidInput(f"gaps must add up to at most {most} steps, got more.")
    return jnp.asarray(steps.astype(counter))


def _square(teacher: jax.Array) -> jax.Array:
    """|w*|^2, refused where it would become infinite or, from a length above 0, subnormal."""
    square = teacher**2
    if not isinstance(teacher, jax.core.Tracer):
        least = jnp.finfo(teacher.dtype).tiny
        wrong = (square < least) & (teacher != 0) | ~jnp.isfinite(square)
        if bool(jnp.any(wrong)):
            raise InvalidInput(
                f"teacher must have lengths whose squares {teacher.dtype} can hold, "
                f"got {float(teacher[wrong].ravel()[0]):g}."
            )
    return square
