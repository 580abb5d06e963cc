"""Registers of all threads, and what else an operand may be: constants, symbols, thread numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .arithmetic import TYPES
from .memory import GARBAGE
from .program import Fault, Program

__all__ = ["WARP", "Registers"]

Array = Any
WARP = 32


class Registers:
    """The registers of a launch, as unsigned integers or truth values of all threads.

    Args:
        program: what declares them. block: the block of each thread. threads: of a block.
    """

    def __init__(self, program: Program, block: Array, threads: int) -> None:
        self._widths, self._symbols = program.widths, program.symbols
        self.size = size = block.size
        self.registers: dict[str, Array] = {}
        self._constants: dict[tuple[str, str], Array] = {}
        tid = (np.arange(size) % threads).astype(np.uint32)
        same = np.zeros(size, np.uint32)
        self._special = {
            "%tid.x": tid, "%ctaid.x": block.astype(np.uint32),
            "%ntid.x": same + np.uint32(threads), "%nctaid.x": same + np.uint32(size // threads),
            "%laneid": tid % np.uint32(WARP),
            **{f"%{name}.{axis}": same for name in ("tid", "ctaid") for axis in "yz"},
        }  # fmt: skip

    def source(self, operand: str, kind: str) -> Callable[[], Array]:
        """A function that reads an operand as a type, for every thread."""
        dtype = TYPES[kind]
        if operand.startswith("!"):
            inner = self.source(operand[1:], kind)
            return lambda: ~inner()
        if operand in self._special:
            fixed = self._special[operand].astype(dtype)
            return lambda: fixed
        if operand[0] == "%" or operand in self._widths:
            return self._register(operand, dtype)
        fixed = self._constant(operand, dtype)
        return lambda: fixed

    def _register(self, name: str, dtype: Any) -> Callable[[], Array]:
        registers = self.registers
        width = self._width(name)
        view = dtype.kind == "b" if width == 1 else dtype.itemsize * 8 == width

        def value() -> Array:
            found = registers.get(name)
            if found is None:
                raise Fault(f"register {name} is read before it is written")
            if view:
                return found if found.dtype == dtype else found.view(dtype)
            return found.astype(f"uint{8 * dtype.itemsize}").view(dtype)

        return value

    def _constant(self, operand: str, dtype: Any) -> Array:
        key = (operand, dtype.str)
        if key not in self._constants:
            self._constants[key] = np.broadcast_to(self._literal(operand, dtype), self.size)
        return self._constants[key]

    def _literal(self, operand: str, dtype: Any) -> Array:
        if operand[:2] in ("0f", "0d"):
            bits = np.array(int(operand[2:], 16), np.uint32 if operand[1] == "f" else np.uint64)
            return bits.view(dtype)
        if operand in ("true", "false"):
            return np.array(operand == "true", dtype)
        if operand in self._symbols:
            return np.array(self._symbols[operand], dtype)
        try:
            value = int(operand.rstrip("U"), 0)
        except ValueError:
            raise Fault(f"not emulated: the operand {operand}") from None
        if dtype.kind == "b":
            return np.array(value != 0)
        size = 8 * dtype.itemsize
        return np.array(value & ((1 << size) - 1), f"uint{size}").view(dtype)

    def _width(self, name: str) -> int:
        width = self._widths.get(name.lstrip("%").rstrip("0123456789"))
        if width is None:
            raise Fault(f"not emulated: the register {name}")
        return width

    def target(self, operand: str) -> Callable[[Array, Array | None], None]:
        """A function that writes a register where the mask says so; None is everywhere."""
        if operand == "_":
            return lambda value, mask: None
        registers = self.registers
        width = self._width(operand)
        dtype = np.dtype(bool) if width == 1 else np.dtype(f"uint{width}")
        blank = False if width == 1 else int.from_bytes(bytes([GARBAGE]) * (width // 8), "little")

        def write(value: Array, mask: Array | None) -> None:
            if value.dtype != dtype:
                same = value.dtype.itemsize * 8 == width
                value = (
                    value.view(dtype) if same and value.dtype.kind != "b" else value.astype(dtype)
                )
            if mask is not None:
                old = registers.get(operand)
                value = np.where(mask, value, dtype.type(blank) if old is None else old)
            registers[operand] = value

        return write
