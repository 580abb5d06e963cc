"""Peers that live in an environment of their own, `.bench`: PyTorch, PyTorch Geometric, neural-tangents.

One process runs there for the whole session. It measures its own calls when asked, so that its
rounds interleave with ours. Requests and answers are lines of JSON over pipes; arrays travel in
npz files. Where the environment or a package is missing, the peer is "not installed".
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import Contender

__all__ = ["NOT_INSTALLED", "Peers"]

NOT_INSTALLED = "not installed"
ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("torch", "torch_geometric", "neural_tangents")


class Peers:
    """The connection to the peers' process; starts it at the first need."""

    def __init__(self, python: Path | None = None) -> None:
        folder = ROOT / ".bench" / ("Scripts" if sys.platform == "win32" else "bin")
        self.python = python if python is not None else folder / "python"
        self.files = tempfile.TemporaryDirectory()
        self.process: subprocess.Popen[str] | None = None
        self._versions: dict[str, str] | None = None

    def versions(self) -> dict[str, str]:
        """The installed peers with their versions; empty without the environment."""
        if self._versions is None:
            self._versions = {}
            if self.python.is_file():
                self.process = subprocess.Popen(
                    [str(self.python), "-u", str(Path(__file__).with_name("peer_process.py"))],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
                self._versions = self._ask({"request": "versions", "packages": PACKAGES})
        return self._versions

    def has(self, package: str) -> bool:
        """Whether a package is installed there."""
        return package in self.versions()

    def contender(self, label: str, job: str, units: float = 1.0, **inputs: Any) -> Contender:
        """A contender that runs there.

        Args:
            label: as the tables show it.
            job: the name of a function of `peer_process`.
            units: as for `Contender`.
            inputs: arrays, numbers and strings for that function.
        """
        self.versions()
        arrays = {key: np.asarray(v) for key, v in inputs.items() if hasattr(v, "shape")}
        plain = {key: v for key, v in inputs.items() if key not in arrays}
        given = str(Path(self.files.name) / f"{len(list(Path(self.files.name).iterdir()))}.npz")
        np.savez(given, **arrays)
        answer = str(Path(self.files.name) / "result.npz")
        setup = {"request": "setup", "name": label, "job": job, "arrays": given, "plain": plain}
        self._ask(setup)

        def call() -> Any:
            self._ask({"request": "result", "name": label, "file": answer})
            with np.load(answer) as stored:
                return [stored[key] for key in sorted(stored.files)]

        def seconds(span: float) -> float:
            return float(self._ask({"request": "time", "name": label, "span": span})["seconds"])

        return Contender(label, call, units, seconds)

    def close(self) -> None:
        """End the process."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            self.process.wait(timeout=30)
        self.files.cleanup()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self.process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("The peers' environment .bench is missing: make bench builds it.")
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if line.startswith("{"):
                answer = json.loads(line)
                if "failed" in answer:
                    raise RuntimeError(f"The peer failed: {answer['failed']}")
                return answer
        raise RuntimeError("The peers' process ended unexpectedly.")
