"""Instructions that move numbers between threads and memory, or between the threads of a warp."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .memory import Access
from .program import Fault, Instruction, split
from .registers import WARP

if TYPE_CHECKING:
    from .machine import Machine, Step

__all__ = ["exchange", "listed"]

Array = Any
#: What only orders memory or waits for another kernel: here everything happens in order.
NOTHING = {"griddepcontrol", "fence", "membar"}
ALL_LANES = np.arange(WARP)


def exchange(machine: Machine, one: Instruction) -> Step | None:
    """The function that takes the instruction; None if it is no such instruction."""
    name, words = one.words[0], one.words
    if name in NOTHING or (name == "bar" and words[1] == "warp"):
        return lambda mask: None
    if name == "ld" and words[1] == "param":
        value = np.full(machine.size, machine.parameters[one.operands[1].strip("[] ")], np.uint64)
        write = machine.target(one.operands[0])
        return lambda mask: write(value, mask)
    if name in ("ld", "st"):
        return _memory(machine, one)
    if name == "mov" and ("{" in one.operands[0] or "{" in one.operands[1]):
        return _packing(machine, one)
    if name == "shfl":
        return _shuffle(machine, one)
    if name == "redux":
        return _reduction(machine, one)
    return None


def listed(operand: str) -> tuple[str, ...]:
    """The registers of an operand in braces, or the only one.

    >>> listed("{%r1, %r2}"), listed("%r3")
    (('%r1', '%r2'), ('%r3',))
    """
    return split(operand.strip("{} "))


def address(machine: Machine, operand: str) -> Callable[[], Array]:
    """The addresses that an operand in brackets names, int64."""
    found = re.fullmatch(r"\[\s*([%$\w.]+)\s*(?:\+\s*(-?\w+))?\s*\]", operand)
    if found is None:
        raise Fault(f"not emulated: the address {operand}")
    base, offset = machine.source(found[1], "u64"), int(found[2] or "0", 0)
    return lambda: base().astype(np.int64) + offset


def _memory(machine: Machine, one: Instruction) -> Step:
    """ld and st of one, two or four numbers, in global or shared memory."""
    loads = one.words[0] == "ld"
    if not {"global", "shared"} & set(one.words):
        raise Fault(f"not emulated: {one.text}")
    shared = "shared" in one.words
    memory = machine.shared if shared else machine.memory
    place = address(machine, one.operands[1 if loads else 0])
    registers = listed(one.operands[0 if loads else 1])
    kind = one.words[-1]
    unsigned = np.dtype(f"uint{kind[1:]}")
    signed = np.dtype(f"int{kind[1:]}") if kind[0] == "s" else unsigned
    size = unsigned.itemsize * len(registers)
    base = machine.block * machine.stride if shared else np.zeros(machine.size, np.int64)
    sources = [] if loads else [machine.source(name, f"b{kind[1:]}") for name in registers]
    targets = [machine.target(name) for name in registers] if loads else []

    def run(mask: Array | None) -> None:
        at: Any = slice(None) if mask is None else np.flatnonzero(mask)
        block, where = machine.block[at], place()[at]
        if block.size == 0:
            return
        if shared and (where.min() < 0 or where.max() + size > machine.stride):
            raise Fault(f"an address lies outside of shared memory: {one.text}")
        access = Access(
            where + base[at], size, block, machine.warp[at], machine.epoch[block], one.text
        )
        if not loads:
            memory.write(access, np.stack([source()[at] for source in sources], axis=1))
            return
        found = memory.read(access, len(registers))
        for column, target in enumerate(targets):
            values = np.zeros(machine.size, unsigned)
            values[at] = found[:, column]
            target(values.view(signed), mask)

    return run


def _packing(machine: Machine, one: Instruction) -> Step:
    """mov between one register and the parts of it."""
    whole = int(one.words[-1][1:])
    apart = "{" in one.operands[0]
    parts = listed(one.operands[0 if apart else 1])
    size = whole // len(parts)
    shifts = [np.uint64(size * place) for place in range(len(parts))]
    if apart:
        source = machine.source(one.operands[1], f"b{whole}")
        targets = [machine.target(name) for name in parts]

        def take_apart(mask: Array | None) -> None:
            value = source().astype(np.uint64)
            for shift, target in zip(shifts, targets, strict=True):
                target((value >> shift).astype(f"uint{size}"), mask)

        return take_apart
    sources = [machine.source(name, f"b{size}") for name in parts]
    write = machine.target(one.operands[0])

    def join(mask: Array | None) -> None:
        value = np.zeros(machine.size, np.uint64)
        for shift, source in zip(shifts, sources, strict=True):
            value = value | (source().astype(np.uint64) << shift)
        write(value.astype(f"uint{whole}"), mask)

    return join


def _shuffle(machine: Machine, one: Instruction) -> Step:
    """shfl.sync: each lane takes the number of another one."""
    mode = one.words[2]
    target, _, present = one.operands[0].partition("|")
    write = machine.target(target)
    value = machine.source(one.operands[1], "b32")
    by, limits = (machine.source(operand, "u32") for operand in one.operands[2:4])
    if present or mode not in ("bfly", "idx", "down", "up"):
        raise Fault(f"not emulated: {one.text}")

    def run(mask: Array | None) -> None:
        machine.whole_warps(mask, one)
        lane = np.broadcast_to(ALL_LANES, (machine.size // WARP, WARP))
        step, limit = (part().astype(np.int64).reshape(-1, WARP) for part in (by, limits))
        clamp, segment = limit & 31, (limit >> 8) & 31
        highest, lowest = (lane & segment) | (clamp & ~segment), lane & segment
        other = {
            "bfly": lane ^ step,
            "idx": lowest | (step & ~segment),
            "down": lane + step,
            "up": lane - step,
        }[mode]
        fits = other >= highest if mode == "up" else other <= highest
        source = np.where(fits, other, lane) & 31
        write(np.take_along_axis(value().reshape(-1, WARP), source, axis=1).ravel(), mask)

    return run


def _reduction(machine: Machine, one: Instruction) -> Step:
    """redux.sync: one number from those of all lanes."""
    combine: Any = {
        "max": np.max,
        "min": np.min,
        "add": np.sum,
        "and": np.bitwise_and.reduce,
        "or": np.bitwise_or.reduce,
        "xor": np.bitwise_xor.reduce,
    }[one.words[2]]
    value, write = machine.source(one.operands[1], one.words[-1]), machine.target(one.operands[0])

    def run(mask: Array | None) -> None:
        machine.whole_warps(mask, one)
        own = value().reshape(-1, WARP)
        write(np.repeat(combine(own, axis=1).astype(own.dtype), WARP), mask)

    return run
