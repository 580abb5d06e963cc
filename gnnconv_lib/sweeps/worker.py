"""The process of one worker on this machine; `local_workers` starts it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from gnnconv_lib.sweeps.local_workers import READY
from gnnconv_lib.sweeps.tasks import one_line

__all__ = ["serve"]

_CONNECT = 60


def serve(address: str, folder: str) -> None:
    """Serve the scheduler at `address` until standard input ends.

    Args:
        address: of the scheduler.
        folder: for the worker's files, and for its state: "ready", or why it could not start.
    """
    # A terminal sends Ctrl-C to all processes at once, and it is for the sweep, which then stops
    # its workers. Unlike `signal.SIG_IGN`, a handler is not inherited by kernels.
    signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=_leave_with_the_sweep, daemon=True).start()
    state = Path(folder) / "state"
    try:
        asyncio.run(_serve(address, folder, state))
    except Exception as error:
        if not state.exists():
            state.write_text(one_line(error), encoding="utf-8")
        sys.exit(1)


async def _serve(address: str, folder: str, state: Path) -> None:
    import dask
    import distributed

    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # Lifetimes and preloads are for clusters; this worker lives as long as its sweep.
    with dask.config.set({"distributed.worker.lifetime.duration": None}):
        async with distributed.Worker(
            address,
            nthreads=1,
            memory_limit=0,
            local_directory=folder,
            dashboard=False,
            death_timeout=_CONNECT,
            preload=[],
        ) as worker:
            state.write_text(READY, encoding="utf-8")
            await worker.finished()


def _leave_with_the_sweep() -> None:
    sys.stdin.buffer.read()
    os._exit(0)
