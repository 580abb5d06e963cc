"""One launch of one kernel: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .layout import laid_out
from .machine import Machine, smallest_access
from .memory import Memory
from .program import Fault, read

__all__ = ["Done", "launch"]

Array = Any


class Done(NamedTuple):
    """What a launch leaves behind.

    Fields:
        arrays: all that it was handed, as they are now.
        instructions: steps that the threads took together.
    """

    arrays: list[Array]
    instructions: int


def launch(
    text: str,
    entry: str,
    grid: int,
    arrays: Sequence[Array],
    *,
    parameters: Sequence[int] | None = None,
    threads: int | None = None,
    shared: int = 0,
    seed: int = 0,
    batches: int = 2,
) -> Done:
    """Run the kernel `entry` of a module of PTX over a grid.

    Args:
        arrays: what lies in global memory.
        parameters: which of them each parameter points at; by default each at its own.
        threads: of a block, where the text does not say. shared: bytes of shared memory of a block.
        seed, batches: as for `Machine`.

    Raises:
        Fault: for everything that a kernel must not do.
    """
    program = laid_out(read(text, entry))
    if threads is not None and program.threads not in (0, threads):
        raise Fault(f"the kernel asks for {program.threads} threads, got {threads}")
    memory = Memory(smallest_access(program, "global"))
    placed = [np.ascontiguousarray(array).reshape(np.shape(array)) for array in arrays]
    starts = memory.place(placed)
    order = range(len(placed)) if parameters is None else parameters
    machine = Machine(
        program,
        grid,
        threads or program.threads,
        shared,
        memory,
        [starts[index] for index in order],
        seed,
        batches,
    )
    machine.run()
    after = [
        memory.taken(start, array.shape, array.dtype)
        for start, array in zip(starts, placed, strict=True)
    ]
    return Done(after, machine.steps)
