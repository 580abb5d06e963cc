"""Workers for a sweep, and what comes back from them; the one module here that needs Dask.

Only as many tasks as can run are handed out at a time, so that an interrupt is quick and a large
sweep does not wait in the scheduler's memory. A worker that is killed is replaced and its run is
done again. A run whose workers are killed every time is tried once more at the end, alone, since a
neighbour may have killed them; then it is given up.
"""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from gnnconv_lib.sweeps.identity import library_digest
from gnnconv_lib.sweeps.tasks import Outcome, Task, one_line, perform
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["ConnectionLost", "outcomes", "require_dask", "workers"]

_PATIENCE = 30
_GIVEN_UP = "every worker that tried this run was killed (perhaps it needs too much memory)."


class ConnectionLost(RuntimeError):
    """The scheduler went away in the middle of a sweep."""


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


@contextmanager
def workers(scheduler: str | None = None, number: int | None = None) -> Iterator[Any]:
    """A Dask client, valid inside the block.

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
        if scheduler is None:
            cluster = stack.enter_context(_local_cluster(distributed, number))
            address = cluster.scheduler_address
        else:
            address = scheduler
        try:
            client = distributed.Client(address, timeout=_PATIENCE / 3, set_as_default=False)
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise InvalidInput(
                "scheduler must be the address of a running Dask scheduler such as "
                f"tcp://host:8786, got {address!r} ({one_line(error)})."
            ) from None
        stack.enter_context(client)
        _require_same_library(client, address)
        yield client


def outcomes(
    client: Any, tasks: Iterable[tuple[str, Task]]
) -> Generator[tuple[str, Outcome], None, None]:
    """The outcome of each task under its identity, in the order in which they finish.

    Raises:
        ConnectionLost: if the scheduler goes away.
    """
    suspects: dict[str, Task] = {}
    given: dict[str, Task] = {}

    def remembered() -> Iterator[tuple[str, Task]]:
        for run, task in tasks:
            given[run] = task
            yield run, task

    # As many at a time as can run: what waits on a worker would be suspected with what kills it.
    for run, outcome in _gathered(client, remembered(), sum(client.nthreads().values())):
        task = given.pop(run)
        if outcome is None:
            suspects[run] = task
        else:
            yield run, outcome
    for run, task in suspects.items():
        for _, outcome in _gathered(client, [(run, task)], 1, "-alone"):
            yield run, outcome or Outcome(error=_GIVEN_UP)


def _gathered(
    client: Any, tasks: Iterable[tuple[str, Task]], window: int, suffix: str = ""
) -> Iterator[tuple[str, Outcome | None]]:
    """The outcome of each task, or None if every worker that tried it was killed."""
    waiting = iter(tasks)
    running = require_dask().as_completed(loop=client.loop)

    def hand_out(number: int) -> None:
        for run, task in itertools.islice(waiting, number):
            # One key per identity: two sweeps on one cluster do a common run once.
            key = f"gnnconv-{run}{suffix}"
            running.add(client.submit(perform, task, key=key, pure=False))

    hand_out(max(1, window))
    for future in running:
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
def _local_cluster(distributed: Any, number: int | None) -> Iterator[Any]:
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # A worker that imports a script whose sweep is not guarded would begin the sweep again.
        raise SystemExit(1)
    try:
        cluster = distributed.LocalCluster(
            n_workers=number or os.cpu_count() or 1,
            threads_per_worker=1,
            processes=True,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL + 1,
            preload=["gnnconv_lib.sweeps.interrupts"],
        )
    except RuntimeError as error:
        raise InvalidInput(
            f"the workers could not be started ({one_line(error)}); a script must begin its sweep "
            'under `if __name__ == "__main__":`.'
        ) from None
    with cluster:
        yield cluster


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


def _require_same_library(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
        found = client.run(library_digest)
    except (TimeoutError, OSError):
        raise InvalidInput(f"the scheduler at {address} must have a worker, got none.") from None
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
