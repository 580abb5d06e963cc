"""Bytes that may be touched or not, and who touched them since when: bounds, alignment, races."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .program import Fault

__all__ = ["GARBAGE", "Access", "Memory"]

Array = Any
GARBAGE = 0xCD
GAP = 4096  # bytes around every array that belong to none
NOBODY, SEVERAL = -1, -2


class Access(NamedTuple):
    """Who touches what: one entry per active thread.

    Fields:
        address: in bytes. size: bytes per thread. block, warp, epoch: of the threads; warps are
            numbered through the grid, an epoch is the number of barriers that the block has passed.
        text: the instruction, for the sentences.
    """

    address: Array
    size: int
    block: Array
    warp: Array
    epoch: Array
    text: str


class Memory:
    """A stretch of bytes with holes.

    Args:
        unit: bytes that are followed together, at most the size of any access.
        size: of a memory whose bytes are all of one array, full of garbage; 0 for `place`.
    """

    def __init__(self, unit: int, size: int = 0) -> None:
        self.unit = unit
        self.bytes = np.full(-(-size // 256) * 256, GARBAGE, np.uint8)
        self.inside = np.zeros(self.bytes.size, bool)
        self._follow()

    def allow(self, starts: Array, size: int) -> None:
        """The bytes from each start on may be touched."""
        self.inside[(np.asarray(starts)[:, None] + np.arange(size)).ravel()] = True

    def place(self, arrays: list[Array]) -> list[int]:
        """Put arrays down, with gaps that no one may touch; their addresses."""
        starts, end = [], GAP
        for array in arrays:
            starts.append(end)
            end = -(-(end + array.nbytes + GAP) // 256) * 256
        self.bytes = np.full(end, GARBAGE, np.uint8)
        self.inside = np.zeros(end, bool)
        for start, array in zip(starts, arrays, strict=True):
            self.bytes[start : start + array.nbytes] = array.reshape(-1).view(np.uint8)
            self.inside[start : start + array.nbytes] = True
        self._follow()
        return starts

    def taken(self, start: int, shape: tuple[int, ...], dtype: Any) -> Array:
        """A copy of the array at an address."""
        dtype = np.dtype(dtype)
        count = int(np.prod(shape)) * dtype.itemsize
        return self.bytes[start : start + count].view(dtype).reshape(shape).copy()

    def _follow(self) -> None:
        count = self.bytes.size // self.unit
        self._writer = [np.full(count, NOBODY, np.int32) for _ in range(3)]
        self._reader = [np.full(count, NOBODY, np.int32) for _ in range(3)]

    def read(self, access: Access, count: int) -> Array:
        """The bytes of each thread as `count` unsigned numbers, shape (threads, count)."""
        places = self._checked(access)
        _refuse(_conflicts(self._writer, places, access), "read", "written", access)
        self._note_readers(places, access)
        width = access.size // count
        view = self.bytes.view(f"uint{8 * width}")
        return view[(access.address // width)[:, None] + np.arange(count)]

    def write(self, access: Access, values: Array) -> None:
        """Store the numbers of each thread, shape (threads, count)."""
        places = self._checked(access)
        width = values.dtype.itemsize
        view = self.bytes.view(values.dtype)
        at = (access.address // width)[:, None] + np.arange(values.shape[1])
        changes = np.repeat((view[at] != values).any(axis=1), places.shape[1])
        late = _conflicts(self._writer, places, access) & changes
        _refuse(late, "written", "written", access)
        _refuse(_conflicts(self._reader, places, access), "written", "read", access)
        view[at] = values
        if (view[at] != values).any():
            raise Fault(
                f"a race: two threads write two values to one address at once: {access.text}"
            )
        for field, value in zip(
            self._writer, (access.block, access.warp, access.epoch), strict=True
        ):
            field[places] = value[:, None]

    def _checked(self, access: Access) -> Array:
        """The units that are touched, shape (threads, units)."""
        address = access.address
        if (address % access.size).any():
            raise Fault(f"an address is no multiple of {access.size}: {access.text}")
        if address.min(initial=0) < 0 or address.max(initial=0) + access.size > self.inside.size:
            raise Fault(f"an address lies outside of every array: {access.text}")
        first, last = self.inside[address], self.inside[address + access.size - 1]
        if not (first & last).all():
            block = int(access.block[~(first & last)][0])
            raise Fault(f"an address lies outside of every array, block {block}: {access.text}")
        return (address // self.unit)[:, None] + np.arange(access.size // self.unit)

    def _note_readers(self, places: Array, access: Access) -> None:
        """Remember the last reader of each unit, or that there were several."""
        blocks, warps, epochs = self._reader
        mine = [
            np.repeat(part, places.shape[1]) for part in (access.block, access.warp, access.epoch)
        ]
        flat = places.ravel()
        known_block, known_warp, known_epoch = blocks[flat], warps[flat], epochs[flat]
        fresh = known_block == NOBODY
        same_block = known_block == mine[0]
        shared = same_block & (known_epoch == mine[2]) & (known_warp != mine[1])
        blocks[flat] = np.where(fresh | same_block, mine[0], SEVERAL)
        warps[flat] = np.where(shared, SEVERAL, mine[1])
        epochs[flat] = mine[2]
        # Several readers in this very instruction: all but the last one find another's number.
        other = (warps[flat] != mine[1]) & (warps[flat] != SEVERAL)
        if other.any():
            warps[flat[other]] = SEVERAL
        other = (blocks[flat] != mine[0]) & (blocks[flat] != SEVERAL)
        if other.any():
            blocks[flat[other]] = SEVERAL


def _conflicts(known: list[Array], places: Array, access: Access) -> Array:
    """Per unit: whether another warp has touched it with no barrier in between."""
    block, warp, epoch = (part[places] for part in known)
    elsewhere = (block != NOBODY) & (block != access.block[:, None])
    here = (block == access.block[:, None]) & (epoch == access.epoch[:, None])
    return (elsewhere | here & (warp != access.warp[:, None])).ravel()


def _refuse(wrong: Array, now: str, before: str, access: Access) -> None:
    if wrong.any():
        units = wrong.size // access.address.size
        block = int(access.block[np.flatnonzero(wrong)[0] // units])
        raise Fault(
            f"a race in block {block}: {now} here, {before} by another warp, no barrier between: "
            f"{access.text}"
        )
