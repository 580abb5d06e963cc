"""Workers for a sweep, and what comes back from them; the one module here that needs Dask.

Only as many tasks as can run are handed out at a time, so that an interrupt is quick and a large
sweep does not wait in the scheduler's memory. A worker that is killed is replaced and its run is
done again. A run whose workers are killed every time is tried once more at the end, alone, since a
neighbour may have killed them; then it is given up.
"""

from __future__ import annotations

import itertools
import logging
import os
import queue
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from gnnconv_lib.sweeps.identity import library_digest
from gnnconv_lib.sweeps.local_workers import LocalWorkers
from gnnconv_lib.sweeps.tasks import Outcome, Task, being_imported, one_line, perform
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["ConnectionLost", "Pool", "outcomes", "require_dask", "workers"]

_PATIENCE = 30
_CONNECT = 10
_LOOK = 1.0
_GIVEN_UP = "every worker that tried this run was killed (perhaps it needs too much memory)."


class ConnectionLost(RuntimeError):
    """The scheduler, or its last worker, went away in the middle of a sweep."""


def require_dask() -> Any:
    """The module `distributed`.

    Raises:
        InvalidInput: if it is not installed.
    """
    try:
        import distributed
    except ImportError as error:
        raise InvalidInput(
            f"a sweep needs Dask distributed ({error}); install gnnconv-lib[cluster]."
        ) from None
    return distributed


@dataclass(frozen=True)
class Pool:
    """Who does the runs.

    Fields:
        client: the Dask client.
        local: the processes of this machine; None for a cluster of the user's.
    """

    client: Any
    local: LocalWorkers | None = None

    def capacity(self) -> int:
        """How many runs can be done at once now."""
        return sum(self.client.nthreads().values())

    def watch(self) -> Callable[[], None]:
        """A function to call now and then: it raises `ConnectionLost` when nobody can answer."""
        seen = time.monotonic()

        def look() -> None:
            nonlocal seen
            if self.local is not None:
                # A worker of this machine that was lost is being replaced.
                if self.local.failure:
                    raise ConnectionLost(_not_started(self.local.failure))
            elif _answers(self.client):
                seen = time.monotonic()
            elif time.monotonic() - seen > _PATIENCE / 2:
                raise ConnectionLost("no worker of the scheduler answers any more.")

        return look


@contextmanager
def workers(scheduler: str | None = None, number: int | None = None) -> Iterator[Pool]:
    """A pool of workers, valid inside the block.

    Args:
        scheduler: the address of a running scheduler; by default processes on this machine.
        number: how many processes; by default the number of CPU cores.

    Raises:
        InvalidInput: without Dask, for an address that does not answer, for workers that do not
            come, lack this package or have another version of it.
    """
    distributed = require_dask()
    if number is not None:
        require_integer("workers", number, 1)
        if scheduler is not None:
            raise InvalidInput("workers must not be given together with the scheduler's address.")
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        local = None
        if scheduler is None:
            _require_no_import()
            address = stack.enter_context(_scheduler(distributed)).scheduler_address
            local = stack.enter_context(LocalWorkers(address, number or os.cpu_count() or 1))
        else:
            address = scheduler
        try:
            client = distributed.Client(address, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise InvalidInput(
                "scheduler must be the address of a running Dask scheduler such as "
                f"tcp://host:8786, got {address!r} ({one_line(error)})."
            ) from None
        pool = Pool(stack.enter_context(client), local)
        _await_workers(pool, address, 1 if local is None else number or os.cpu_count() or 1)
        _require_same_library(client)
        yield pool


def outcomes(
    pool: Pool, tasks: Iterable[tuple[str, Task]]
) -> Generator[tuple[str, Outcome], None, None]:
    """The outcome of each task under its identity, in the order in which they finish.

    Raises:
        ConnectionLost: if the scheduler goes away, or its last worker.
    """
    suspects: dict[str, Task] = {}
    given: dict[str, Task] = {}

    def remembered() -> Iterator[tuple[str, Task]]:
        for run, task in tasks:
            given[run] = task
            yield run, task

    # As many at a time as can run: what waits on a worker would be suspected with what kills it.
    for run, outcome in _gathered(pool, remembered(), pool.capacity()):
        task = given.pop(run)
        if outcome is None:
            suspects[run] = task
        else:
            yield run, outcome
    for run, task in suspects.items():
        for _, outcome in _gathered(pool, [(run, task)], 1, "-alone"):
            yield run, outcome or Outcome(error=_GIVEN_UP)


def _gathered(
    pool: Pool, tasks: Iterable[tuple[str, Task]], window: int, suffix: str = ""
) -> Iterator[tuple[str, Outcome | None]]:
    """The outcome of each task, or None if every worker that tried it was killed."""
    waiting = iter(tasks)
    # A queue and not `as_completed`, which would wait for ever for workers that are no more.
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()
    running: dict[str, Any] = {}
    look = pool.watch()

    def hand_out(number: int) -> None:
        for run, task in itertools.islice(waiting, number):
            # One key per identity: two sweeps on one cluster do a common run once.
            key = f"gnnconv-{run}{suffix}"
            running[key] = pool.client.submit(perform, task, key=key, pure=False)
            running[key].add_done_callback(done.put)

    hand_out(max(1, window))
    while running:
        try:
            future = done.get(timeout=_LOOK)
        except queue.Empty:
            look()
            continue
        del running[future.key]
        run = str(future.key).removeprefix("gnnconv-").removesuffix(suffix)
        if future.status == "finished":
            yield run, future.result()
        elif future.status == "error":
            error = future.exception()
            killed = type(error).__name__ == "KilledWorker"
            yield run, None if killed else Outcome(error=one_line(error))
        else:
            raise ConnectionLost("the connection to the scheduler was lost.")
        hand_out(1)


@contextmanager
def _scheduler(distributed: Any) -> Iterator[Any]:
    """A scheduler in this process, for workers that are started elsewhere."""
    import dask

    # Who kills a worker is tried again here, alone. Nobody is given up for a busy interpreter.
    ours: dict[str, Any] = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.scheduler.worker-ttl": None,
        "distributed.scheduler.preload": [],
    }
    with dask.config.set(ours):
        cluster = distributed.LocalCluster(
            n_workers=0,
            processes=True,
            protocol="tcp",
            host="127.0.0.1",
            scheduler_port=0,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL + 1,
        )
    with cluster:
        yield cluster


def _require_no_import() -> None:
    if being_imported():
        raise InvalidInput(
            f"the module {being_imported()} begins a sweep when a worker imports it; it must do so "
            'under `if __name__ == "__main__":`.'
        )


def _answers(client: Any) -> bool:
    """Whether the scheduler answers and has a worker."""
    try:
        return bool(client.sync(client.scheduler.ncores, callback_timeout=_PATIENCE / 6))
    except Exception:  # whatever a lost connection gives
        return False


def _not_started(reason: str) -> str:
    return f"the workers could not be started ({reason})."


@contextmanager
def _quiet() -> Iterator[None]:
    """No log lines of Dask about workers that are replaced and schedulers that are lost."""
    # Dask gives several of its loggers levels and handlers of their own.
    names = [n for n in logging.root.manager.loggerDict if n.split(".")[0] == "distributed"]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _await_workers(pool: Pool, address: str, number: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            found = len(pool.client.nthreads())
        except (TimeoutError, OSError):
            found = 0
        if found >= number:
            return
        if pool.local is not None:
            # However long that takes on a busy machine: they come, or a reason why they cannot.
            if pool.local.failure:
                raise InvalidInput(_not_started(pool.local.failure))
        elif time.monotonic() > deadline:
            raise InvalidInput(f"the scheduler at {address} must have a worker, got none.")
        time.sleep(_LOOK / 10)


def _require_same_library(client: Any) -> None:
    try:
        found = client.run(library_digest)
    except Exception as error:
        raise InvalidInput(
            f"every worker must have gnnconv_lib installed, got {one_line(error)}."
        ) from None
    for worker, digest in found.items():
        if digest != library_digest():
            raise InvalidInput(
                f"every worker must have the same gnnconv_lib as this process; {worker} has "
                "another state of it."
            )
