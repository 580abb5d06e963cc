"""`gd_chains` over a mesh of devices: blocks of chains are the items of work.

A block has the same shape on any number of devices, so that each chain goes through the same
operations and the result is the same to the last bit.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import numpy as np
from jax import lax
from jax.sharding import Mesh

from gnnconv_lib.kernels.gd_chains.advance import run_chains
from gnnconv_lib.kernels.gd_chains.parts import ChainProblem, ChainRecords, ChainState
from gnnconv_lib.kernels.sharding import map_items
from gnnconv_lib.trajectory import CONVERGED

__all__ = ["CHAINS_PER_ITEM", "spread_chains"]

CHAINS_PER_ITEM = 128


def spread_chains(
    problem: ChainProblem,
    state: ChainState,
    implementation: str | None,
    interpret: bool | None,
    block: int | None,
    *,
    mesh: Mesh,
) -> ChainRecords:
    """The records of `gd_chains.run_chains` from the same arguments, with NumPy arrays."""
    table = problem.table
    chains = state.code.shape[0]
    size = CHAINS_PER_ITEM if block is None else block
    own = table.rho.ndim == 2

    def blocks(leaf: Any, value: int = 0) -> Any:
        """An array with the chains last, as (blocks, ..., block)."""
        array = np.asarray(leaf)
        pads = [(0, 0)] * (array.ndim - 1) + [(0, -chains % size)]
        padded = np.pad(array, pads, constant_values=value)
        return np.moveaxis(padded.reshape(*array.shape[:-1], -1, size), -2, 0)

    states = ChainState(
        blocks(state.u), blocks(state.beta), blocks(state.step), blocks(state.code, CONVERGED)
    )
    tables = jax.tree.map(lambda field: blocks(np.asarray(field).T), table) if own else None
    found = map_items(
        _program(implementation, interpret, block),
        (states, blocks(problem.weight), blocks(problem.rates), tables),
        None if own else table,
        problem.gaps,
        problem.target,
        problem.limit,
        mesh=mesh,
    )

    def joined(leaf: np.ndarray) -> np.ndarray:
        """From (blocks, ..., block) to (..., chains)."""
        moved = np.moveaxis(leaf, 0, -2)
        return moved.reshape(*moved.shape[:-2], -1)[..., :chains]

    return jax.tree.map(joined, found)


@lru_cache(maxsize=16)
def _program(
    implementation: str | None, interpret: bool | None, block: int | None
) -> Callable[..., Any]:
    def program(items: Any, shared: Any, gaps: Any, target: Any, limit: Any) -> Any:
        def one(item: Any) -> ChainRecords:
            state, weight, rates, table = item
            table = shared if table is None else jax.tree.map(lambda field: field.T, table)
            problem = ChainProblem(table, weight, rates, gaps, target, limit)
            return run_chains(problem, state, implementation, interpret, block)[1]

        return lax.map(one, items)

    return program
