"""The kernel tests, compiled on the GPU at hand: a step of `make gpu` of its own.

    python -m benchmarks.gpu_tests --out FILE [--rehearse]

Prints the name of every test that failed, and adds one record to the file.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import gpu_records

__all__ = ["main", "summary"]

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 240.0
REHEARSED = ("test_kernels_implementation.py",)
WITHOUT_A_GPU = ("test_kernels_gate.py", "test_kernels_ptx.py")


def main(arguments: list[str] | None = None) -> int:
    """0 if all tests passed, 1 if one failed, 2 if they could not run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu_tests", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="file of records to add to")
    parser.add_argument("--rehearse", action="store_true", help="a few tests, on a CPU")
    asked = parser.parse_args(arguments)
    if importlib.util.find_spec("pytest") is None:
        found: dict[str, Any] = {"ran": False, "reason": "pytest is not installed"}
    else:
        found = _run(asked.rehearse)
    gpu_records.append(asked.out, "tests", **found)
    if not found["ran"]:
        print(f"The kernel tests did not run to their end: {found['reason']}.", flush=True)
    for name in found.get("failures", []):
        print(f"FAILED {name}", flush=True)
    if "passed" in found:
        print(f"{found['passed']} kernel tests passed, {found['failed']} failed.", flush=True)
    return 1 if found.get("failures") else 0 if found["ran"] else 2


def summary(output: str) -> dict[str, Any]:
    """What pytest's verbose output says, also where it breaks off.

    >>> said = summary("a.py::one PASSED\\na.py::two[x y] FAILED\\na.py::three")
    >>> said["passed"], said["failed"], said["failures"]
    (1, 1, ['a.py::two[x y]'])
    """
    lines = re.findall(r"^(\S+\.py::.+?) (PASSED|FAILED|ERROR|SKIPPED)\b", output, re.MULTILINE)
    failures = [name for name, word in lines if word in ("FAILED", "ERROR")]
    failures += re.findall(r"^ERROR (\S+\.py)(?: -|$)", output, re.MULTILINE)  # not collected
    return {
        "passed": sum(word == "PASSED" for _, word in lines),
        "failed": len(failures),
        "failures": failures,
    }


def _run(rehearse: bool) -> dict[str, Any]:
    files = sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").glob("test_kernels_*.py")
        if path.name not in WITHOUT_A_GPU and (not rehearse or path.name in REHEARSED)
    )
    command = [sys.executable, "-m", "pytest", "-v", "-rf", "-p", "no:cacheprovider", *files]
    try:
        run = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT
        )
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
        text = said if isinstance(said, str) else said.decode(errors="replace")
        return {"ran": False, "reason": f"more than {LIMIT:.0f} s"} | summary(text)
    found = summary(run.stdout)
    if run.returncode not in (0, 1) and not found["failures"]:
        last = (run.stdout + run.stderr).strip().splitlines()[-1:]
        return {"ran": False, "reason": f"pytest ended with {run.returncode}: {last}"} | found
    return {"ran": True} | found


if __name__ == "__main__":
    sys.exit(main())
