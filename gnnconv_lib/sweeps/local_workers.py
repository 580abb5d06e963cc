"""The workers of a sweep on this machine: fresh interpreters, each replaced when it dies.

They are started here and not by Dask's nanny. How a worker starts is then the same under every
configuration of Dask (a fork of a process in which JAX runs hangs), and a worker that is killed
while it starts is replaced like any other. Nothing of the script that sweeps is imported.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["READY", "LocalWorkers"]

READY = "ready"
_PROGRAM = """\
import json, sys
settings = json.loads(sys.stdin.readline())
sys.path[:] = settings.pop("path")
from gnnconv_lib.sweeps.worker import serve
serve(**settings)
"""
_LOOK = 0.1
_FAILED_STARTS = 3
_LEAVE = 3.0


class LocalWorkers:
    """`number` processes that serve the scheduler at `address`, inside a `with` block.

    A process that never came to serve is tried again `_FAILED_STARTS` times in a row; then
    `failure` says why, and no further one is started.
    """

    def __init__(self, address: str, number: int) -> None:
        self.failure = ""
        self._address = address
        self._number = number
        self._started = 0
        self._failed_starts = 0
        self._processes: dict[Path, subprocess.Popen[bytes]] = {}
        self._leaving = threading.Event()
        self._watch = threading.Thread(target=self._replace, daemon=True, name="sweep-workers")

    def __enter__(self) -> LocalWorkers:
        self._folder = tempfile.TemporaryDirectory(
            prefix="gnnconv-workers-", ignore_cleanup_errors=True
        )
        for _ in range(self._number):
            self._start()
        self._watch.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._leaving.set()
        self._watch.join()
        for process in self._processes.values():
            self._close_input(process)
        for process in self._processes.values():
            try:
                process.wait(_LEAVE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._folder.cleanup()

    def _start(self) -> None:
        self._started += 1
        place = Path(self._folder.name) / str(self._started)
        place.mkdir()
        settings = {"path": sys.path, "address": self._address, "folder": str(place)}
        process = subprocess.Popen([sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE)
        assert process.stdin is not None
        # It stays open: its end tells the worker that the sweep is over, however that ended.
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(settings).encode() + b"\n")
            process.stdin.flush()
        self._processes[place] = process

    def _replace(self) -> None:
        while not self._leaving.wait(_LOOK) and not self.failure:
            for place, process in list(self._processes.items()):
                if process.poll() is None:
                    continue
                state = _state(place)
                self._failed_starts = 0 if state == READY else self._failed_starts + 1
                self._close_input(self._processes.pop(place))
                if self._failed_starts == _FAILED_STARTS:
                    self.failure = state or f"exit status {process.returncode}"
                    break
                self._start()

    @staticmethod
    def _close_input(process: subprocess.Popen[bytes]) -> None:
        with suppress(BrokenPipeError):
            assert process.stdin is not None
            process.stdin.close()


def _state(place: Path) -> str:
    try:
        return (place / "state").read_text(encoding="utf-8")
    except OSError:
        return ""
