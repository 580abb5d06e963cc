"""Matrix instructions for bytes: of one warp (mma) and of four (wgmma).

Lane l of a warp has g = l // 4, q = l % 4. It holds of the accumulator, 16 rows by 8 n columns,
the numbers (g + 8 (i // 2 mod 2), 8 (i // 4) + 2 q + i mod 2), and of the left matrix, 16 by 32, the
bytes (g + 8 (i mod 2), 4 q + e + 16 (i // 2)) as byte e of register i.

Reference: NVIDIA, Parallel Thread Execution ISA, matrix fragments for mma.m16n8k32, and matrix
descriptors of wgmma.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from .exchange import listed
from .memory import Access
from .program import Fault, Instruction
from .registers import WARP

if TYPE_CHECKING:
    from .machine import Machine, Step

__all__ = ["matrix"]

Array = Any
GROUP = 128
LANE = np.arange(WARP)
G, Q = LANE // 4, LANE % 4
DEPTH = 32
ROW_BYTES = {1: 128, 2: 64, 3: 32}  # by the mode of swizzling


def matrix(machine: Machine, one: Instruction) -> Step | None:
    """The function that takes the instruction; None if it is no such instruction."""
    if one.words[0] == "mma":
        return _of_a_warp(machine, one)
    if one.words[0] != "wgmma":
        return None
    if one.words[1] == "mma_async":
        return _of_four_warps(machine, one)
    return lambda mask: machine.whole_warps(mask, one)  # fence, commit, wait: it is done already


def _of_a_warp(machine: Machine, one: Instruction) -> Step:
    if "m16n8k32" not in one.words or one.words[-4:] != ("s32", "s8", "s8", "s32"):
        raise Fault(f"not emulated: {one.text}")
    accumulator, left, right, addend = (listed(operand) for operand in one.operands)
    a = [machine.source(name, "u32") for name in left]
    b = [machine.source(name, "u32") for name in right]
    c = [machine.source(name, "s32") for name in addend]
    targets = [machine.target(name) for name in accumulator]

    def run(mask: Array | None) -> None:
        machine.whole_warps(mask, one)
        rows = _left([source() for source in a])
        columns = np.zeros((rows.shape[0], DEPTH, 8), np.int64)
        for i, source in enumerate(b):
            part = _bytes(source())
            for e in range(4):
                columns[:, 4 * Q + e + 16 * i, G] = part[:, :, e]
        start = _gathered([source() for source in c])
        _scattered(targets, rows @ columns + start, mask)

    return run


def _of_four_warps(machine: Machine, one: Instruction) -> Step:
    shape = re.search(r"\.m64n(\d+)k32\.s32\.s8\.s8", "." + ".".join(one.words))
    if shape is None:
        raise Fault(f"not emulated: {one.text}")
    width = int(shape[1])
    registers = listed(one.operands[0])
    old = [machine.source(name, "s32") for name in registers]
    targets = [machine.target(name) for name in registers]
    from_registers = one.operands[1].startswith("{")
    a = [machine.source(n, "u32") for n in listed(one.operands[1])] if from_registers else []
    left = None if from_registers else machine.source(one.operands[1], "u64")
    right = machine.source(one.operands[2], "u64")
    keep = machine.source(one.operands[3], "pred")

    def run(mask: Array | None) -> None:
        if (
            mask is not None
            and (mask.reshape(-1, GROUP).any(1) != mask.reshape(-1, GROUP).all(1)).any()
        ):
            raise Fault(f"part of four warps only: {one.text}")
        active = np.ones(machine.size, bool) if mask is None else mask
        first = np.arange(0, machine.size, GROUP)
        columns = np.zeros((first.size, DEPTH, width), np.int64)
        rows = np.zeros((first.size, 64, DEPTH), np.int64)
        for number, thread in enumerate(first.tolist()):
            if active[thread]:
                columns[number] = _shared(machine, right, thread, width, one).T
                if left is not None:
                    rows[number] = _shared(machine, left, thread, 64, one)
        if from_registers:
            rows = _left([source() for source in a]).reshape(first.size, 64, DEPTH)
        start = _gathered([source() for source in old]) * keep().reshape(-1, WARP)[:, :1, None]
        product = (rows @ columns).reshape(-1, 16, width)
        _scattered(targets, product + start, mask)

    return run


def _bytes(words: Array) -> Array:
    """The four signed bytes of each lane's word, shape (warps, 32, 4)."""
    return np.ascontiguousarray(words).view(np.int8).reshape(-1, WARP, 4).astype(np.int64)


def _left(words: list[Array]) -> Array:
    """The left matrices, shape (warps, 16, 32)."""
    found = np.zeros((words[0].size // WARP, 16, DEPTH), np.int64)
    for i, word in enumerate(words):
        part = _bytes(word)
        for e in range(4):
            found[:, G + 8 * (i % 2), 4 * Q + e + 16 * (i // 2)] = part[:, :, e]
    return found


def _gathered(values: list[Array]) -> Array:
    """The accumulators, shape (warps, 16, 2 len(values))."""
    found = np.zeros((values[0].size // WARP, 16, 2 * len(values)), np.int64)
    for i, value in enumerate(values):
        found[:, G + 8 * (i // 2 % 2), 8 * (i // 4) + 2 * Q + i % 2] = value.reshape(-1, WARP)
    return found


def _scattered(targets: list[Any], product: Array, mask: Array | None) -> None:
    clipped = np.clip(product, -(2**31), 2**31 - 1).astype(np.int32)
    for i, target in enumerate(targets):
        value = clipped[:, G + 8 * (i // 2 % 2), 8 * (i // 4) + 2 * Q + i % 2]
        target(np.ascontiguousarray(value).ravel(), mask)


def _shared(machine: Machine, source: Any, thread: int, rows: int, one: Instruction) -> Array:
    """Rows of 32 bytes in shared memory, from the descriptor of the group of this first thread."""
    described = source()[thread : thread + GROUP]
    if (described != described[0]).any():
        raise Fault(f"four warps name two matrices: {one.text}")
    word = int(described[0])
    start, across, down = ((word >> place & 0x3FFF) << 4 for place in (0, 16, 32))
    row, column = np.arange(rows)[:, None], np.arange(DEPTH)[None, :]
    swizzled = ROW_BYTES.get(word >> 62)
    if swizzled is None:
        place = start + row // 8 * down + row % 8 * 16 + column // 16 * across + column % 16
    else:
        place = start + row // 8 * down + row % 8 * swizzled + column
        place = place ^ ((place >> 7 & (swizzled // 16 - 1)) << 4)
    if place.max() >= machine.stride:
        raise Fault(f"an address lies outside of shared memory: {one.text}")
    block = int(machine.block[thread])
    flat = place.ravel()
    same = np.zeros(flat.size, np.int64)
    # Every warp of the group reads it: no one of them may write before the next barrier.
    for warp in range(int(machine.warp[thread]), int(machine.warp[thread]) + GROUP // WARP):
        access = Access(
            flat + block * machine.stride, 1, same + block, same + warp,
            same + machine.epoch[block], one.text,
        )  # fmt: skip
        found = machine.shared.read(access, 1)
    return found.view(np.int8).reshape(rows, DEPTH).astype(np.int64)
