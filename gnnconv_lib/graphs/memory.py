"""Refusing what would not fit in memory, before anything is allocated.

Sizes are estimates from the number of nodes and edges; the limit is what the machine (or the
container that the process lives in) has available now. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gnnconv_lib.validation import InvalidInput

__all__ = ["memory_available", "require_graph_memory", "require_memory", "size_in_words"]

# Peak bytes while a graph is built and checked, measured for `from_edges`.
_BYTES_PER_NODE = 40
_BYTES_PER_EDGE = 112
_FALLBACK = 4 << 30
_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")


def memory_available() -> int:
    """Bytes of memory that this process may still use.

    The smallest of what the kernel reports as available and of what the control group leaves;
    the physical memory where neither is known, and 4 GiB where nothing is.
    """
    known = [value for value in (_kernel_available(), _control_group_left()) if value is not None]
    if known:
        return min(known)
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return _FALLBACK


def size_in_words(size: int) -> str:
    """A number of bytes in the largest binary unit that leaves at least one of it.

    >>> size_in_words(3 << 29)
    '1.5 GiB'
    >>> size_in_words(10**30)
    '8.27e+05 YiB'
    """
    if size > 10**300:
        return "more than 1e300 bytes"
    units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
    power = min(max(int(size).bit_length() - 1, 0) // 10, len(units) - 1)
    return f"{size / 1024**power:.3g} {units[power]}"


def require_memory(what: str, needed: int, alternative: str, limit: int | None = None) -> None:
    """Nothing, if `needed` bytes are available.

    Args:
        what: the thing that needs memory, as the subject of a sentence.
        needed: the estimate in bytes.
        alternative: what would fit, as the end of the sentence.
        limit: bytes allowed; what the machine has available if not given.

    Raises:
        InvalidInput: if `needed` exceeds the limit.

    >>> require_memory("The table", 1 << 40, "a smaller one would fit", limit=1 << 30)
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: The table needs about 1 TiB of memory, but 1 GiB is \
available; a smaller one would fit.
    """
    available = memory_available() if limit is None else limit
    if needed > available:
        raise InvalidInput(
            f"{what} needs about {size_in_words(needed)} of memory, but "
            f"{size_in_words(available)} is available; {alternative}."
        )


def require_graph_memory(what: str, nodes: int, edges: int) -> None:
    """Nothing, if a graph with that many nodes and edges can be built here.

    Raises:
        InvalidInput: if it cannot; the sentence names the largest number of nodes that would fit
            at the same average degree.

    >>> require_graph_memory("cycle(5)", nodes=5, edges=5)
    """
    needed = nodes * _BYTES_PER_NODE + edges * _BYTES_PER_EDGE
    available = memory_available()
    if needed > available:
        fitting = max(available * nodes // needed, 1)
        require_memory(
            what,
            needed,
            f"about {float(fitting):.2g} nodes of the same average degree would fit",
            limit=available,
        )


def _kernel_available() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def _control_group_left() -> int | None:
    """What the control groups of this process leave: the least of the group and those above it.

    Version 2 has one hierarchy; version 1 has one for memory, below a folder of that name. In a
    container the group that `/proc` names may not be visible; then its root is.
    """
    left = [value for group in _control_groups() if (value := _left_in(*group)) is not None]
    return min(left, default=None)


def _control_groups() -> Iterator[tuple[Path, str, str]]:
    """Each control group of this process with the names of its limit and of its usage."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        lines = []
    mount = Path("/sys/fs/cgroup")
    two, one = ("memory.max", "memory.current"), _VERSION_1
    found = [(mount, "/", two), (mount / "memory", "/", one)]
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, place = rest.partition(":")
        if number == "0" and not controllers:
            # Beside version 1 the hierarchy of version 2 may be mounted below it.
            found += [(mount, place, two), (mount / "unified", place, two)]
        elif "memory" in controllers.split(","):
            found += [(mount / "memory", place, one), (mount / controllers, place, one)]
    for root, place, names in found:
        parts = [part for part in place.split("/") if part not in ("", "..")]
        for depth in range(len(parts) + 1):
            yield (root.joinpath(*parts[:depth]), *names)


def _left_in(group: Path, limit: str, usage: str) -> int | None:
    try:
        return max(int((group / limit).read_text()) - int((group / usage).read_text()), 0)
    except (OSError, ValueError):  # not there, or "max"
        return None
