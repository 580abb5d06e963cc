"""Many chains of the reduced ReLU model at once, by `kernels.gd_chains`.

The kernel keeps the chains on the last axis and computes the sums over pairs once per step, for
the loss and for the step together. On CUDA the default is its Pallas implementation.

Reference: awasthi2021, Eqs. (8), (14), (15). Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from gnnconv_lib.kernels.gd_chains import ChainProblem, ChainState, run_chains
from gnnconv_lib.relu_gnn.pair_terms import PairTable
from gnnconv_lib.relu_gnn.reduced import Reduced
from gnnconv_lib.stepping import Course, State

__all__ = ["advance", "own_axes"]


def own_axes(
    table: PairTable, teacher: jax.Array, parameters: Any, batched: bool, model_axes: Any
) -> tuple[bool, bool] | None:
    """Whether graph and teacher have an axis of chains; None if the kernel does not fit.

    It fits one graph for all units and a teacher no larger than the units.

    Args:
        table, teacher: the fields of a `ReducedModel`.
        parameters: with a first axis of chains if `batched`.
        model_axes: as in `descent.run`.
    """
    if not isinstance(parameters, Reduced):
        return None
    if not batched or model_axes is None:
        own = (False, False)
    elif model_axes == 0:
        own = (True, True)
    else:
        own = (model_axes[0].rho is not None, model_axes[1] is not None)
    units = parameters.u.shape[1:] if batched else parameters.u.shape
    lengths = teacher.shape[1:] if own[1] else teacher.shape
    fits = (
        parameters.u.shape == parameters.beta.shape
        and table.rho.ndim == 1 + own[0]
        and len(lengths) <= len(units)
        and all(a in (1, b) for a, b in zip(lengths[::-1], units[::-1], strict=False))
    )
    return own if fits else None


def advance(
    table: PairTable,
    teacher: jax.Array,
    state: State,
    course: Course,
    batched: bool,
    own: tuple[bool, bool],
) -> tuple[State, Any]:
    """All chains through all gaps, as `descent.Advancing` asks for it.

    Args:
        table, teacher: one graph or one per chain, one teacher or one per chain, as `own` says.
        state: parameters of shape (chains, ...), or (...) if not `batched`.
        course, batched: as in `descent.Advancing`.
        own: what `own_axes` returned.

    Returns:
        The state after the last gap, and (step, loss, parameters, code) at each record.
    """
    u = state.parameters.u
    dtype = u.dtype
    chains, units = (u.shape[0], u.shape[1:]) if batched else (1, u.shape)

    def inward(leaf: jax.Array) -> jax.Array:
        return leaf.reshape(chains, -1).T

    def outward(leaf: jax.Array) -> jax.Array:
        """From (..., h, chains) to (..., chains, *units), or (..., *units) for a single one."""
        kept = (chains, *units) if batched else units
        return jnp.swapaxes(leaf, -1, -2).reshape(*leaf.shape[:-2], *kept)

    def flat(leaf: jax.Array) -> jax.Array:
        return leaf if batched else leaf[..., 0]

    table = jax.tree.map(lambda field: field.astype(dtype), table)
    teacher = teacher.astype(dtype)
    if own[1]:
        missing = 1 + len(units) - teacher.ndim
        teacher = teacher.reshape(chains, *(1,) * missing, *teacher.shape[1:])
    start = ChainState(
        inward(state.parameters.u),
        inward(state.parameters.beta),
        state.step.reshape(chains),
        state.code.reshape(chains),
    )
    problem = ChainProblem(
        table,
        inward(jnp.broadcast_to(teacher**2, (chains, *units))),
        jnp.broadcast_to(course.rates.astype(dtype), (chains,)),
        course.gaps,
        jnp.asarray(course.target, dtype),
        jnp.asarray(course.limit, dtype),
    )
    after, seen = run_chains(problem, start)
    here = Reduced(outward(after.u), outward(after.beta))
    moved = State(here, here, flat(after.step), flat(after.code))
    parameters = Reduced(outward(seen.u), outward(seen.beta))
    return moved, (flat(seen.step), flat(seen.loss), parameters, flat(seen.code))
