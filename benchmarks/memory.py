"""Peak memory of a piece of Python, measured in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["peak_gib"]

ROOT = Path(__file__).resolve().parents[1]
REPORT = """
import resource, sys
scale = 2**30 if sys.platform == "darwin" else 2**20
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale)
"""


def peak_gib(code: str) -> float:
    """The largest resident memory in GiB of a fresh process that runs `code`.

    Raises:
        RuntimeError: when the code fails.
    """
    finished = subprocess.run(
        [sys.executable, "-c", code + REPORT],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if finished.returncode:
        raise RuntimeError(finished.stderr.strip().splitlines()[-1])
    return float(finished.stdout.split()[-1])
