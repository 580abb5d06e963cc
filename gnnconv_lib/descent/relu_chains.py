"""The reduced ReLU model inside the driver: all chains at once, by `kernels.gd_chains`.

The kernel keeps the chains on the last axis and computes the sums over pairs once per step, for
the loss and for the step together. On CUDA the driver's default is its Pallas implementation.

Reference: awasthi2021, Eqs. (8), (14), (15). Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from gnnconv_lib.relu_gnn.models import ReducedModel
from gnnconv_lib.relu_gnn.reduced import Reduced

__all__ = ["advance_relu", "relu_axes"]


def relu_axes(
    model: Any, parameters: Any, batched: bool, model_axes: Any
) -> tuple[bool, bool] | None:
    """Whether graph and teacher have an axis of chains; None if the kernel does not fit.

    It fits a `ReducedModel` with one graph for all units and a teacher no larger than the units.
    """
    if type(model) is not ReducedModel or not isinstance(parameters, Reduced):
        return None
    if not batched or model_axes is None:
        own = (False, False)
    elif model_axes == 0:
        own = (True, True)
    else:
        own = (model_axes[0].rho is not None, model_axes[1] is not None)
    units = parameters.u.shape[1:] if batched else parameters.u.shape
    teacher = model.teacher.shape[1:] if own[1] else model.teacher.shape
    fits = (
        parameters.u.shape == parameters.beta.shape
        and model.table.rho.ndim == 1 + own[0]
        and len(teacher) <= len(units)
        and all(a in (1, b) for a, b in zip(teacher[::-1], units[::-1], strict=False))
    )
    return own if fits else None


def advance_relu(
    model: ReducedModel,
    state: Any,
    gaps: jax.Array,
    rates: jax.Array,
    target: Any,
    limit: Any,
    batched: bool,
    own: tuple[bool, bool],
) -> tuple[Any, Any]:
    """All chains through all `gaps`, with the results of the driver's `_advance`.

    Args:
        model: one graph or one per chain, one teacher or one per chain, as `own` says.
        state: the driver's state; parameters of shape (chains, ...), or (...) if not `batched`.
        gaps, rates, target, limit, batched: as in the driver.
        own: what `relu_axes` returned.

    Returns:
        The state after the last gap, and (step, loss, parameters, code) at each record.
    """
    from gnnconv_lib.kernels.gd_chains import run_chains
    from gnnconv_lib.kernels.gd_chains_parts import ChainProblem, ChainState

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

    table = jax.tree.map(lambda field: field.astype(dtype), model.table)
    teacher = model.teacher.astype(dtype)
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
        jnp.broadcast_to(rates.astype(dtype), (chains,)),
        gaps,
        jnp.asarray(target, dtype),
        jnp.asarray(limit, dtype),
    )
    after, seen = run_chains(problem, start)
    here = Reduced(outward(after.u), outward(after.beta))
    moved = type(state)(here, here, flat(after.step), flat(after.code))
    parameters = Reduced(outward(seen.u), outward(seen.beta))
    return moved, (flat(seen.step), flat(seen.loss), parameters, flat(seen.code))
