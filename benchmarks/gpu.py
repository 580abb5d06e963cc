"""The kernels on a GPU: tests, agreement, times, floors, crossovers (`make gpu`).

Writes benchmarks/results/gpu-DEVICE.json and nothing else. Where JAX sees no GPU: one sentence and
exit code 2. Everything fits into ten minutes: when the time is short, the larger sizes are left out
and named. `--rehearse` goes through the same motions on a CPU with tiny sizes and writes nothing.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jax

import gnnconv_lib  # noqa: F401  (turns on float64 before anything is traced)
from benchmarks import machine, results
from benchmarks.agreement import compare
from benchmarks.gpu_cases import Series, rates, series
from benchmarks.gpu_environment import NO_GPU
from benchmarks.timing import Contender, interleave, ratios, spread

__all__ = ["main", "measure"]

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 540.0
LIMIT_OF_TESTS = 200.0
SLOW = 4.0
ROUNDS = 5


def main(arguments: list[str] | None = None) -> int:
    """Measure on the GPU; 2 where there is none, 1 if kernels and references disagree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--rehearse", action="store_true", help="tiny, on a CPU, nothing written")
    asked = parser.parse_args(arguments)
    end = time.monotonic() + LIMIT
    if not asked.rehearse and jax.default_backend() != "gpu":
        print(NO_GPU)
        return 2
    tests = {"ran": False} if asked.rehearse else _run_tests()
    content = measure(asked.rehearse, end)
    content["tests"] = tests
    wrong = [entry["name"] for entry in content["cases"] if not entry["agrees"]]
    if wrong:
        print(f"Results disagree, nothing is stored: {', '.join(wrong)}.")
        return 1
    if tests.get("failed"):
        print(f"{tests['failed']} kernel tests failed, nothing is stored.")
        return 1
    if not asked.rehearse:
        name = re.sub(r"[^a-z0-9]+", "-", content["machine"]["device"].lower()).strip("-")
        results.write(results.FOLDER / f"gpu-{name}.json", content)
        print(f"Written: gpu-{name}.json")
    return 0


def measure(tiny: bool, end: float) -> dict[str, Any]:
    """The content of the results file; ends early when the clock reaches `end`."""
    device = jax.devices()[0]
    described = machine.describe() | {
        "device": device.device_kind,
        "runtime": device.client.platform_version.splitlines()[0],
    }
    measured = rates(tiny)
    content: dict[str, Any] = {
        "schema": results.SCHEMA,
        "machine": described,
        "rates": measured,
        "cases": [],
        "left_out": [],
    }
    for entry in series(tiny):
        try:
            content["cases"].append(_one_series(entry, measured, end, content["left_out"]))
        except ImportError:
            content["left_out"].append(f"{entry.name}: not in this version")
    return content


def _one_series(
    entry: Series, measured: dict[str, float], end: float, left_out: list[str]
) -> dict[str, Any]:
    name = f"{entry.name}-{entry.dtype}"
    found: dict[str, Any] = {
        "name": name,
        "variable": entry.variable,
        "agrees": True,
        "agreement": [],
        "points": [],
    }
    for size in entry.sizes:
        last = found["points"][-1]["slowest"] if found["points"] else 0.0
        if time.monotonic() > end or last > SLOW:
            left_out.append(f"{name}, {entry.variable} = {size:,}")
            continue
        point, agreement = _one_size(entry, size, measured)
        found["agreement"].append(agreement)
        found["agrees"] = found["agrees"] and agreement["holds"]
        if not found["agrees"]:
            break
        found["points"].append(point)
        shown = ", ".join(f"{k} {v['median']:.3g} x" for k, v in point["ratios"].items())
        print(f"{name}, {entry.variable} = {size:,}: {shown}", flush=True)
    faster = [p["size"] for p in found["points"] if p["ratios"].get("CPU", {}).get("low", 0) > 1]
    found["crossover"] = min(faster) if faster else None
    return found


def _one_size(entry: Series, size: int, measured: dict[str, float]) -> tuple[Any, Any]:
    job = entry.job(size)
    contenders = [
        Contender("Pallas", lambda: job.call("pallas")),
        Contender("plain JAX", lambda: job.call("xla")),
    ]
    values = [jax.block_until_ready(contender.call()) for contender in contenders]
    agreement = compare(f"plain JAX, {size:,}", values[0], values[1], entry.tolerance).stored()
    if size <= entry.largest_on_cpu:
        processor = jax.devices("cpu")[0]
        with jax.default_device(processor):
            there = entry.job(size)

        def on_cpu() -> Any:
            with jax.default_device(processor):
                return jax.block_until_ready(there.call("xla"))

        on_cpu()
        contenders.append(Contender("CPU", on_cpu))
    names = [contender.name for contender in contenders]
    table = interleave(contenders, ROUNDS)
    floor = max(job.operations / measured[job.kind], job.bytes / measured["bytes"])
    return {
        "size": size,
        "seconds": {n: spread(t).stored() for n, t in zip(names, table, strict=True)},
        "ratios": {n: s.stored() for n, s in ratios(table, names).items()},
        "operations": job.operations,
        "bytes": job.bytes,
        "floor_seconds": floor,
        "slowest": max(max(times) for times in table),
    }, agreement


def _run_tests() -> dict[str, Any]:
    """The kernel tests, compiled on this device."""
    files = sorted(str(path) for path in (ROOT / "tests").glob("test_kernels_*.py"))
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files]
    try:
        run = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT_OF_TESTS
        )
    except subprocess.TimeoutExpired:
        print(f"The kernel tests did not end within {LIMIT_OF_TESTS:.0f} s.")
        return {"ran": False, "reason": "timeout"}
    if "No module named pytest" in run.stderr:
        print("The kernel tests did not run: pytest is not installed here.")
        return {"ran": False, "reason": "pytest is not installed"}
    lines = run.stdout.strip().splitlines()
    print(lines[-1] if lines else run.stderr)
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", lines[-1])}
    failed = counts.get("failed", 0) + counts.get("errors", 0) + counts.get("error", 0)
    return {"ran": True, "passed": counts.get("passed", 0), "failed": failed}


if __name__ == "__main__":
    sys.exit(main())
