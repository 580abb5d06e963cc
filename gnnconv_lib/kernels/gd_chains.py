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
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh

from gnnconv_lib.kernels.gd_chains_parts import ChainProblem, ChainRecords, ChainState
from gnnconv_lib.kernels.gd_chains_xla import advance
from gnnconv_lib.kernels.implementation import choose, interprets
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn.geometry import read_measure
from gnnconv_lib.validation import InvalidInput

__all__ = ["gd_chains", "run_chains"]


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
    gaps = jnp.asarray(gaps)
    start = ChainState(u.T, beta.T, jnp.zeros(chains, gaps.dtype), jnp.zeros(chains, jnp.int32))
    largest = float(jnp.finfo(u.dtype).max)
    target, limit = (max(min(end, largest), -largest) for end in (target, limit))
    problem = ChainProblem(
        table,
        jnp.broadcast_to(teacher**2, u.shape).T,
        jnp.broadcast_to(rate, (chains,)),
        gaps,
        jnp.asarray(target, u.dtype),
        jnp.asarray(limit, u.dtype),
    )
    if mesh is None:
        _, records = run_chains(problem, start, implementation, interpret, block)
    else:
        from gnnconv_lib.kernels.gd_chains_sharded import spread_chains

        records = spread_chains(problem, start, implementation, interpret, block, mesh=mesh)
    return records._replace(u=records.u.swapaxes(1, 2), beta=records.beta.swapaxes(1, 2))


def run_chains(
    problem: ChainProblem,
    state: ChainState,
    implementation: str | None = None,
    interpret: bool | None = None,
    block: int = 128,
) -> tuple[ChainState, ChainRecords]:
    """`gd_chains` from any state: the state after the last gap, and the records.

    Args:
        problem, state: with the chains last.
        implementation, interpret, block: as in `gd_chains`.
    """
    interpret = interprets() if interpret is None else interpret
    return _run(problem, state, choose(implementation), interpret, block)


@partial(jax.custom_jvp, nondiff_argnums=(2, 3, 4))
def _run(
    problem: ChainProblem, state: ChainState, implementation: str, interpret: bool, block: int
) -> tuple[ChainState, ChainRecords]:
    if implementation == "pallas":
        from gnnconv_lib.kernels.gd_chains_pallas import advance_pallas

        return advance_pallas(problem, state, interpret=interpret, block=block)
    return advance(problem, state)


@_run.defjvp
def _no_derivative(*_: Any) -> Any:
    raise InvalidInput(
        "gd_chains has no derivative, since its records depend on where the chains stop; "
        "differentiate the update of relu_gnn.reduced_model in a lax.scan instead."
    )
