"""Fresh processes for mutants, forked from one that has imported the big libraries only."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

__all__ = ["workers"]

# None of these is ever changed by a mutant; together they take seconds to import.
LIBRARIES = ["jax.numpy", "scipy.stats", "scipy.sparse.csgraph", "networkx", "sympy", "flint"]


def workers(jobs: int) -> ProcessPoolExecutor:
    """A pool in which every task has a process of its own."""
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    return ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1)
