"""Peak memory of a piece of Python, measured in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["peak_gib"]

ROOT = Path(__file__).resolve().parents[1]
SPLIT = """
import gc, pathlib, resource, sys
gc.collect()
try:
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
except OSError:
    pass
def _of(key):
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 2**20
_before = _of("VmRSS") if sys.platform == "linux" else 0.0
"""
REPORT = """
scale = 2**30 if sys.platform == "darwin" else 2**20
_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
print((_of("VmHWM") if sys.platform == "linux" else _peak) - _before * {above})
"""


def peak_gib(code: str, setup: str = "", above: bool = False) -> float:
    """The largest resident memory in GiB while `code` runs in a fresh process, after `setup`.

    Args:
        code, setup: Python. above: what the process held after `setup` is subtracted.

    Raises:
        RuntimeError: when the code fails.
    """
    finished = subprocess.run(
        [sys.executable, "-c", "\n".join((setup, SPLIT, code, REPORT.format(above=int(above))))],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if finished.returncode:
        raise RuntimeError(finished.stderr.strip().splitlines()[-1])
    return float(finished.stdout.split()[-1])
