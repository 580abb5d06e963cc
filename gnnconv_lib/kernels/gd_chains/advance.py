"""Chains through their gaps by the chosen implementation, from any state.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from gnnconv_lib.kernels import implementation as implementations
from gnnconv_lib.kernels.gd_chains import xla
from gnnconv_lib.kernels.gd_chains.parts import ChainProblem, ChainRecords, ChainState
from gnnconv_lib.validation import InvalidInput

__all__ = ["LARGEST_UNITS", "run_chains"]

#: Units per chain up to which the Pallas kernel keeps the state of a chain in registers.
LARGEST_UNITS = 512


def run_chains(
    problem: ChainProblem,
    state: ChainState,
    implementation: str | None = None,
    interpret: bool | None = None,
    block: int | None = None,
) -> tuple[ChainState, ChainRecords]:
    """`gd_chains` from any state: the state after the last gap, and the records.

    Steps are counted in the widest integers that JAX has, whatever the type of the gaps. Without
    gaps the state is that of the start, and there are no records.

    Args:
        problem, state: with the chains last.
        implementation, interpret, block: as in `gd_chains`.
    """
    interpret = implementations.interprets() if interpret is None else interpret
    chosen = _chosen(implementation, state.u.shape[0])
    counter = jnp.asarray(0).dtype  # int64, or int32 where 64-bit types are off
    problem = problem._replace(gaps=problem.gaps.astype(counter))
    state = state._replace(step=state.step.astype(counter))
    if problem.gaps.shape[0] == 0:
        blank = jax.tree.map(lambda leaf: jnp.zeros((0, *leaf.shape), leaf.dtype), state)
        loss = jnp.zeros((0, state.u.shape[1]), state.u.dtype)
        return state, ChainRecords(blank.step, loss, blank.u, blank.beta, blank.code)
    return _run(problem, state, chosen, interpret, block)


def _chosen(word: str | None, units: int) -> str:
    refusal = None
    if units > LARGEST_UNITS:
        refusal = f"at most {LARGEST_UNITS} units per chain, got {units}"
    return implementations.choose_for("gd_chains", word, refusal)


@partial(jax.custom_jvp, nondiff_argnums=(2, 3, 4))
def _run(
    problem: ChainProblem,
    state: ChainState,
    implementation: str,
    interpret: bool,
    block: int | None,
) -> tuple[ChainState, ChainRecords]:
    if implementation == "pallas":
        from gnnconv_lib.kernels.gd_chains import pallas

        return pallas.advance(problem, state, interpret=interpret, block=block)
    return xla.advance(problem, state)


@_run.defjvp
def _no_derivative(*_: Any) -> Any:
    raise InvalidInput(
        "gd_chains has no derivative, since its records depend on where the chains stop; "
        "differentiate the update of relu_gnn.reduced_model in a lax.scan instead."
    )
