"""The loops of `overlap_compiled`, for Numba. Importing this module imports Numba.

Unsigned positions spare a check for negative ones in every access. The innermost loops stand in
functions of their own that assign no array: that alone makes them three to ten times faster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types

__all__ = ["compiled"]

_FREE = -1  # a free place of the hash table
_LAST = 2**31 - 1  # the largest entry of `work`
_ONE = np.uint64(1)


def compiled(integers: str, work: str) -> Callable[..., Any]:
    """`_count_rows` for rows and entries of these integer types.

    Its machine code comes from the cache on disk where there is one.
    """

    def vector(name: str, readonly: bool = True) -> Any:
        return types.Array(getattr(types, name), 1, "C", readonly=readonly)

    result = types.UniTuple(types.Array(types.int64, 1, "C"), 2)
    arrays = [vector(name) for name in (integers, integers, "int32", "int32", "int32")]
    signature = result(*arrays, *[types.int64] * 4, vector(work, readonly=False))
    try:
        return numba.njit([signature], nogil=True, cache=True)(_count_rows)
    except (RuntimeError, OSError):  # no place to write to: compile for this process only
        return numba.njit([signature], nogil=True)(_count_rows)


@numba.njit(nogil=True)
def _add_row(indptr, indices, size, own, row, work, touched):  # type: ignore[no-untyped-def]
    """Row `row` of the product, entries j > row, into `work`; returns how many were touched."""
    found = np.uint64(0)
    begin, end = np.uint64(indptr[row]), np.uint64(indptr[row + _ONE])
    place = end
    while place > begin:  # k = row and k = j
        place -= _ONE
        j = np.uint64(indices[place])
        if j <= row:
            break
        work[j] = own[row] + own[j]
        touched[found] = j
        found += _ONE
    for place_of_k in range(begin, end):
        k = np.uint64(indices[place_of_k])
        times = size[k]
        start, place = np.uint64(indptr[k]), np.uint64(indptr[k + _ONE])
        while place > start:
            place -= _ONE
            j = np.uint64(indices[place])
            if j <= row:
                break
            before = work[j]
            touched[found] = j
            found += np.uint64(before == 0)
            work[j] = before + times
    return found


@numba.njit(nogil=True)
def _count_row(indptr, indices, size, own, row, work, base, counts):  # type: ignore[no-untyped-def]
    """Row `row` of the product, counted by d_ij alone while it is added up.

    Entries of `work` below `base` are left from former rows and stand for 0, so nothing has to be
    listed or wiped. An entry that grows moves from one count to another.
    """
    begin, end = np.uint64(indptr[row]), np.uint64(indptr[row + _ONE])
    mine = own[row]
    place = end
    while place > begin:  # k = row and k = j
        place -= _ONE
        j = np.uint64(indices[place])
        if j <= row:
            break
        work[j] = base + mine + own[j]
        counts[mine + own[j]] += 1
    for place_of_k in range(begin, end):
        k = np.uint64(indices[place_of_k])
        times, fresh = size[k], 0
        start, place = np.uint64(indptr[k]), np.uint64(indptr[k + _ONE])
        while place > start:
            place -= _ONE
            j = np.uint64(indices[place])
            if j <= row:
                break
            before = work[j]
            if before < base:
                work[j] = base + times
                fresh += 1
            else:
                work[j] = before + times
                counts[np.uint64(before - base)] -= 1
                counts[np.uint64(before - base + times)] += 1
        counts[times] += fresh


@numba.njit(nogil=True)
def _count_part(  # type: ignore[no-untyped-def]
    work, touched, begin, found, label, mine, labels, largest, keys, counts, used
):
    """Counts of touched entries by key until the table is half full; wipes what it counted."""
    mask = np.uint64(keys.size - 1)
    half = keys.size // 2
    place = begin
    while place < found and used < half:
        j = np.uint64(touched[place])
        other = np.int64(label[j])
        key = (min(mine, other) * labels + max(mine, other)) * (largest + 1) + work[j]
        work[j] = 0
        place += _ONE
        slot = np.uint64(key ^ (key >> 9)) & mask
        while keys[slot] != key:
            if keys[slot] == _FREE:
                keys[slot] = key
                used += 1
            else:
                slot = (slot + _ONE) & mask
        counts[slot] += 1
    return place, used


@numba.njit(nogil=True)
def _grown(old_keys, old_counts):  # type: ignore[no-untyped-def]
    """The same table with twice as many places."""
    keys = np.full(2 * old_keys.size, _FREE, np.int64)
    counts = np.zeros(2 * old_keys.size, np.int64)
    mask = np.uint64(keys.size - 1)
    for old in range(old_keys.size):
        key = old_keys[old]
        if key != _FREE:
            slot = np.uint64(key ^ (key >> 9)) & mask
            while keys[slot] != _FREE:
                slot = (slot + _ONE) & mask
            keys[slot] = key
            counts[slot] = old_counts[old]
    return keys, counts


def _count_rows(  # type: ignore[no-untyped-def]
    indptr, indices, size, own, label, labels, largest, first, last, work
):
    """Keys and counts of the pairs i < j with first <= i < last; `work` holds zeros.

    With one label, `work` must be of 32 bits.
    """
    if labels == 1:
        table = np.zeros(largest + 1, np.int64)
        base = np.int32(1)
        for row in range(np.uint64(first), np.uint64(last)):
            _count_row(indptr, indices, size, own, row, work, base, table)
            if base > _LAST - 2 * (largest + 1):
                work[:] = 0
                base = np.int32(1)
            else:
                base += np.int32(largest + 1)
        shared = np.flatnonzero(table)
        return shared, table[shared]
    touched = np.empty(work.size + 1, np.int32)
    keys, counts = np.full(1 << 12, _FREE, np.int64), np.zeros(1 << 12, np.int64)
    used = 0
    for row in range(np.uint64(first), np.uint64(last)):
        found = _add_row(indptr, indices, size, own, row, work, touched)
        place = np.uint64(0)
        while place < found:
            place, used = _count_part(
                work, touched, place, found, label, np.int64(label[row]), labels, largest,
                keys, counts, used,
            )  # fmt: skip
            if 2 * used >= keys.size:
                keys, counts = _grown(keys, counts)
    occupied = np.flatnonzero(keys != _FREE)
    return keys[occupied], counts[occupied]
