"""Seconds per call. Needs the standard library only, since peers' environments use it too."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

__all__ = ["seconds_per_call"]


def seconds_per_call(call: Callable[[], Any], span: float) -> float:
    """Seconds per call, from as many calls as fill `span`, at least one.

    >>> 0 <= seconds_per_call(lambda: None, 0.0) < 1
    True
    """
    start = time.perf_counter()
    call()
    first = time.perf_counter() - start
    if first >= span:
        return first
    count = min(int(span / max(first, 1e-7)) + 1, 100_000)
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count
