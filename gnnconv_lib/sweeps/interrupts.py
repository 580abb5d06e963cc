"""What a worker on this machine loads first: Ctrl-C is for the sweep, which then stops its workers.

A terminal sends the interrupt to all processes at once. A handler that does nothing, unlike
`signal.SIG_IGN`, is not inherited by the kernels that the worker starts.
"""

from __future__ import annotations

import signal
import threading
from typing import Any

__all__ = ["dask_setup"]


def dask_setup(worker: Any) -> None:
    """Called by Dask in the process of the worker, before the first run."""
    del worker
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, lambda *_: None)
