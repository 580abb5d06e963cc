"""All threads of a grid, side by side: registers, program counters, barriers.

Threads that stand at the same instruction take it together, as one operation on arrays. Of those
that can go on, the ones farthest behind go first, so that branches meet again. Between two barriers
the warps are dealt at random into batches that run one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .arithmetic import recipe
from .exchange import exchange
from .matrix import matrix
from .memory import Memory
from .program import Fault, Instruction, Program
from .registers import WARP, Registers

__all__ = ["WARP", "Machine", "smallest_access"]

Array = Any
Step = Callable[[Array | None], None]
MOST_STEPS = 50_000_000


class Machine:
    """A launch.

    Args:
        program: what runs. grid, threads: blocks, and threads of a block.
        shared: bytes of shared memory of a block. memory: the global one.
        parameters: the addresses handed over. seed: of batches and roundings.
        batches: parts into which the warps are dealt between two barriers.
    """

    def __init__(
        self,
        program: Program,
        grid: int,
        threads: int,
        shared: int,
        memory: Memory,
        parameters: list[int],
        seed: int = 0,
        batches: int = 2,
    ) -> None:
        if threads % WARP or len(parameters) != len(program.parameters):
            raise Fault(f"{threads} threads, {len(parameters)} of {program.parameters} parameters")
        self.program, self.grid, self.threads, self.memory = program, grid, threads, memory
        self.random = np.random.default_rng(seed)
        self.batches, self.steps = batches, 0
        self.size = grid * threads
        everyone = np.arange(self.size)
        self.block, self.warp = everyone // threads, everyone // WARP
        self.epoch = np.zeros(grid, np.int64)
        smallest = smallest_access(program, "shared")
        self.stride = -(-max(shared, program.static, 1) // 256) * 256 + 256
        self.shared = Memory(smallest, grid * self.stride)
        self.shared.allow(np.arange(grid) * self.stride, max(shared, program.static))
        self.parameters = dict(zip(program.parameters, parameters, strict=True))
        registers = Registers(program, self.block, threads)
        self.source, self.target = registers.source, registers.target
        self.counter = np.zeros(self.size, np.int64)
        self.waiting = np.zeros(self.size, bool)
        self.code = [
            None
            if one.words[0] in ("bra", "ret", "bar", "barrier", "exit")
            and one.words[1:2] != ("warp",)
            else self._guarded(one, exchange(self, one) or matrix(self, one) or self._plain(one))
            for one in program.instructions
        ]
        self._end = len(self.code)

    # Instructions

    def _guarded(self, one: Instruction, step: Step) -> Step:
        if one.guard is None:
            return step
        guard = self.source(one.guard, "pred")

        def run(mask: Array | None) -> None:
            chosen = ~guard() if one.negated else guard()
            step(chosen if mask is None else chosen & mask)

        return run

    def _plain(self, one: Instruction) -> Step:
        found = recipe(one.words, self._wobble)
        if found is None or len(one.operands) != len(found.types) + 1:
            raise Fault(f"not emulated: {one.text}")
        compute, write = found.compute, self.target(one.operands[0])
        sources = [
            self.source(operand, kind)
            for operand, kind in zip(one.operands[1:], found.types, strict=True)
        ]
        if len(sources) == 1:
            (only,) = sources
            return lambda mask: write(compute(only()), mask)
        if len(sources) == 2:
            left, right = sources
            return lambda mask: write(compute(left(), right()), mask)
        return lambda mask: write(compute(*[source() for source in sources]), mask)

    def _wobble(self, value: Array) -> Array:
        """One unit in the last place up or down, at random; powers of two are exact, as in libdevice."""
        exact = (value.view(np.uint32) & np.uint32(0x7FFFFF)) == 0  # also zeros and infinities
        turn = self.random.integers(-1, 2, value.shape)
        moved = np.nextafter(value, np.where(turn > 0, np.inf, -np.inf).astype(value.dtype))
        return np.where((turn == 0) | exact | np.isnan(value), value, moved)

    def whole_warps(self, mask: Array | None, one: Instruction) -> None:
        """Raise where part of a warp takes an instruction that needs all of it."""
        if mask is not None:
            of_warps = mask.reshape(-1, WARP)
            if (of_warps.any(axis=1) != of_warps.all(axis=1)).any():
                raise Fault(f"part of a warp only: {one.text}")

    # Time

    def run(self) -> None:
        """All threads to their end."""
        with np.errstate(all="ignore"):
            while (self.counter >= 0).any():
                for batch in self._dealt():
                    self._to_barrier(batch)
                self._release()

    def _dealt(self) -> list[Array]:
        if self.batches < 2 or self.size == WARP:
            return [np.ones(self.size, bool)]
        part = self.random.permutation(self.size // WARP) % self.batches
        batches = [np.repeat(part == number, WARP) for number in range(self.batches)]
        return [batch for batch in batches if batch.any()]

    def _release(self) -> None:
        waits = self.waiting.reshape(self.grid, -1)
        ended = (self.counter < 0).reshape(self.grid, -1)
        if (waits.any(axis=1) & ended.any(axis=1)).any():
            raise Fault("some threads of a block ended while others wait at a barrier")
        self.epoch += waits.any(axis=1)
        self.waiting[:] = False

    def _to_barrier(self, batch: Array) -> None:
        while True:
            able = batch & (self.counter >= 0) & ~self.waiting
            if not able.any():
                return
            counters = self.counter[able]
            here = int(counters.min())
            mask = able & (self.counter == here)
            others = counters[counters > here]
            self._straight(here, None if mask.all() else mask, int(others.min(initial=1 << 60)))

    def _straight(self, here: int, mask: Array | None, limit: int) -> None:
        """From an instruction on, until the threads part, wait, end or meet others."""
        code, instructions = self.code, self.program.instructions
        where: Any = slice(None) if mask is None else mask
        while True:
            start = here
            while here < self._end and here < limit and (step := code[here]) is not None:
                step(mask)
                here += 1
            self.steps += here - start + 1
            if self.steps > MOST_STEPS:
                raise Fault(f"no end after {MOST_STEPS} instructions")
            if here >= self._end:
                self.counter[where] = -1
                return
            if here >= limit:
                self.counter[where] = here
                return
            follows = self._turn(instructions[here], here, mask, where)
            if follows is None or follows > limit:
                if follows is not None:
                    self.counter[where] = follows
                return
            here = follows

    def _turn(self, one: Instruction, here: int, mask: Array | None, where: Any) -> int | None:
        """Take a branch, an end or a barrier; the next instruction, if it is one for all."""
        everyone = np.ones(self.size, bool) if mask is None else mask
        chosen = everyone
        if one.guard is not None:
            guard = self.source(one.guard, "pred")()
            chosen = everyone & (~guard if one.negated else guard)
        if one.words[0] in ("bar", "barrier"):
            if one.guard is not None or one.words[1] != "sync" or one.operands[1:]:
                raise Fault(f"not emulated: {one.text}")
            self.whole_warps(mask, one)
            self.counter[where] = here + 1
            self.waiting[where] = True
            return None
        onward = -1 if one.words[0] in ("ret", "exit") else self.program.labels[one.operands[0]]
        if not chosen.any():
            return here + 1
        if onward >= 0 and (chosen is everyone or (chosen == everyone).all()):
            return onward
        self.counter[where] = here + 1
        self.counter[chosen] = onward
        return None


def smallest_access(program: Program, space: str) -> int:
    """The smallest access to a space in bytes; 1 where matrices are read from it."""
    sizes = [8]
    for one in program.instructions:
        if one.words[0] == "wgmma" and space == "shared":
            sizes.append(1)
        elif one.words[0] in ("ld", "st") and space in one.words:
            sizes.append(int(one.words[-1][1:]) // 8)
    return min(sizes)
