"""Refusing what would not fit in memory, before anything is allocated.

Sizes are estimates from the number of nodes and edges; the limit is what the machine (or the
container that the process lives in) has available now. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import os
from pathlib import Path

from gnnconv_lib.validation import InvalidInput

__all__ = ["memory_available", "require_graph_memory", "require_memory", "size_in_words"]

# Peak bytes while a graph is built and checked, measured for `from_edges`.
_BYTES_PER_NODE = 40
_BYTES_PER_EDGE = 112
_FALLBACK = 4 << 30


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
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text())
        return max(limit - int((group / "memory.current").read_text()), 0)
    except (OSError, ValueError):
        return None
