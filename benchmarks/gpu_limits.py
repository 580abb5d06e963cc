"""What a size will take, predicted before anything is allocated, and whether it is to be had.

A size that would not fit into memory can end the whole session, and one that takes too long eats
the time of those after it. So both are foreseen: bytes from the shapes, seconds from the last size
that was measured and the growth of the work.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import jax

__all__ = ["SHARE", "SLOW", "Bytes", "Outlook", "available"]

SLOW = 4.0  # seconds that one call may take
SHARE = 0.8  # of what is free: estimates leave out temporary arrays


@dataclass(frozen=True)
class Bytes:
    """Memory of the device and of the host."""

    device: float
    host: float


def available() -> Bytes:
    """What is free; infinite where no one says."""
    stated = jax.devices()[0].memory_stats() or {}
    limit = stated.get("bytes_limit")
    device = math.inf if limit is None else float(limit - stated.get("bytes_in_use", 0))
    return Bytes(device, _free_on_the_host())


def _free_on_the_host() -> float:
    listing = Path("/proc/meminfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * int(line.split()[1])
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return math.inf


@dataclass
class Outlook:
    """What is known of a series while its sizes grow.

    Fields:
        end: when the clock says to stop.
        work: of the last size, in any unit; 0 before the first one.
        call: seconds of its slowest call, by contender.
        growing, fixed: seconds for all of it, apart from the first ones of compilation.
    """

    end: float
    work: float = 0.0
    call: dict[str, float] = field(default_factory=dict)
    growing: float = 0.0
    fixed: float = 0.0

    def obstacle(
        self, work: float, needed: Bytes, free: Bytes, asked: Collection[str]
    ) -> str | None:
        """Why a size is left out, in a few words; None if it can be measured.

        Args:
            work, needed, asked: of the size: its work, its memory, the contenders that it asks.
            free: the memory that is to be had.

        >>> Outlook(math.inf).obstacle(1.0, Bytes(2e9, 0.0), Bytes(1e9, 1e9), [])
        'needs 1.9 GiB of the device, 0.7 GiB are to be had'
        """
        left = self.end - time.monotonic()
        if left <= 0:
            return "no time is left"
        for name, wanted, there in (
            ("device", needed.device, free.device),
            ("host", needed.host, free.host),
        ):
            if wanted > SHARE * there:
                return (
                    f"needs {wanted / 2**30:.1f} GiB of the {name}, "
                    f"{SHARE * there / 2**30:.1f} GiB are to be had"
                )
        growth = work / self.work if self.work else 0.0
        call = growth * max((self.call.get(name, 0.0) for name in asked), default=0.0)
        if call > SLOW:
            return f"a call would take {call:.1f} s"
        whole = growth * self.growing + self.fixed
        if whole > left:
            return f"would take {whole:.0f} s, {left:.0f} s are left"
        return None

    def measured(self, work: float, call: dict[str, float], growing: float, whole: float) -> None:
        """Take note of a size: `growing` of its `whole` seconds grow with the work."""
        self.work, self.call = work, call
        self.growing, self.fixed = growing, max(whole - growing, 0.0)
