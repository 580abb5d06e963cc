"""The kernels on a GPU: agreement, times, floors, crossovers; the steps of `make gpu`.

    python -m benchmarks.gpu --out FILE [--only SERIES] [--rehearse] [--seconds 300]
    python -m benchmarks.gpu --out FILE --store

Adds one record per size to FILE as it is measured, and one per exception, which it survives; what
is in FILE already is not measured again. Sizes that would not fit into memory or take too long are
foreseen and left out (`gpu_limits`). `--store` makes benchmarks/results/gpu-DEVICE.json of
complete records that agree. Where JAX sees no GPU: one sentence and exit code 2. `--rehearse` goes
through the same motions on a CPU with tiny sizes and stores nothing.
"""

from __future__ import annotations

import argparse
import math
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jax

import gnnconv_lib  # noqa: F401  (turns on float64 before anything is traced)
from benchmarks import gpu_records, machine, results
from benchmarks.agreement import compare
from benchmarks.gpu_cases import Series, rates, series
from benchmarks.gpu_environment import NO_GPU
from benchmarks.gpu_limits import Outlook, available
from benchmarks.timing import Contender, interleave, ratios, spread

__all__ = ["main", "measure", "store"]

ROUNDS = 5


def main(arguments: list[str] | None = None) -> int:
    """0 if everything asked for was measured, 1 if something failed, 2 where there is no GPU."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="file of records to add to")
    parser.add_argument("--only", help="one series, such as gd_chains-float32")
    parser.add_argument("--seconds", type=float, default=math.inf, help="when to stop")
    parser.add_argument("--store", action="store_true", help="store complete records that agree")
    parser.add_argument("--rehearse", action="store_true", help="tiny, on a CPU, nothing stored")
    asked = parser.parse_args(arguments)
    if asked.store:
        return store(asked.out)
    if not asked.rehearse and jax.default_backend() != "gpu":
        print(NO_GPU)
        return 2
    return measure(asked.out, asked.rehearse, time.monotonic() + asked.seconds, asked.only)


def measure(out: Path, tiny: bool, end: float, only: str | None = None) -> int:
    """Add what is missing to the records; ends early when the clock reaches `end`.

    Returns:
        1 if an exception was recorded or results disagreed, else 0.
    """
    known = gpu_records.read(out)
    have = {record["record"] for record in known}
    fine = True
    if "machine" not in have:
        gpu_records.append(out, "machine", **_described())
    measured = next((record for record in known if record["record"] == "rates"), None)
    if measured is None:
        try:
            measured = rates(tiny)
            gpu_records.append(out, "rates", **measured)
        except Exception as problem:
            gpu_records.error(out, "rates", problem)
            measured, fine = {}, False
    done = {(r["name"], r["point"]["size"]) for r in known if r["record"] == "size" and r["point"]}
    for entry in series(tiny):
        if only in (None, f"{entry.name}-{entry.dtype}"):
            fine = _one_series(out, entry, measured, end, done) and fine
    return int(not fine)


def _one_series(
    out: Path, entry: Series, measured: dict[str, float], end: float, done: set[tuple[str, int]]
) -> bool:
    name = f"{entry.name}-{entry.dtype}"
    outlook = Outlook(end)
    for size in entry.sizes:
        if (name, size) in done:
            continue
        what = f"{name}, {entry.variable} = {size:,}"
        work = entry.work(size)
        asked = ["Pallas", "plain JAX", *(["CPU"] if size <= entry.largest_on_cpu else [])]
        obstacle = outlook.obstacle(work, entry.memory(size), available(), asked)
        if obstacle is not None:
            gpu_records.append(out, "left out", what=what, reason=obstacle)
            print(f"{what}: left out, {obstacle}", flush=True)
            continue
        start = time.monotonic()
        try:
            point, agreement = _one_size(entry, size, measured)
        except Exception as problem:  # memory, a kernel that does not compile: the next one may do
            gpu_records.error(out, what, problem)
            return False
        gpu_records.append(
            out, "size", name=name, variable=entry.variable, agreement=agreement, point=point
        )
        if point is None:
            print(f"{what}: DISAGREES", flush=True)
            return False
        call = {n: seconds["high"] for n, seconds in point["seconds"].items()}
        growing = point["setup_seconds"] + (ROUNDS + 2) * sum(call.values())
        outlook.measured(work, call, growing, time.monotonic() - start)
        shown = ", ".join(f"{k} {v['median']:.3g} x" for k, v in point["ratios"].items())
        print(f"{what}: {shown}", flush=True)
    return True


def _one_size(entry: Series, size: int, measured: dict[str, float]) -> tuple[Any, Any]:
    """The times, None where the implementations disagree; and their agreement."""
    start = time.monotonic()
    job = entry.job(size)
    setup = time.monotonic() - start
    contenders = [
        Contender("Pallas", lambda: job.call("pallas")),
        Contender("plain JAX", lambda: job.call("xla")),
    ]
    values = [jax.block_until_ready(contender.call()) for contender in contenders]
    agreement = compare(f"plain JAX, {size:,}", values[0], values[1], entry.tolerance).stored()
    if not agreement["holds"]:
        return None, agreement
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
        "setup_seconds": setup,
    }, agreement


def store(out: Path, folder: Path = results.FOLDER) -> int:
    """Make a results file of the records; 1 and a sentence where they do not allow it."""
    content = gpu_records.assembled(gpu_records.read(out), results.SCHEMA)
    wrong = [entry["name"] for entry in content["cases"] if not entry["agrees"]]
    failed = content.get("tests", {}).get("failures", [])
    obstacles = [
        (wrong, f"results disagree ({', '.join(wrong)})"),
        (failed, f"{len(failed)} kernel tests failed"),
        (not any(entry["points"] for entry in content["cases"]), "nothing was measured"),
        (content.get("machine", {}).get("jax_platform") != "gpu", "this was no GPU"),
    ]
    said = [sentence for obstacle, sentence in obstacles if obstacle]
    if said:
        print(f"Nothing is stored: {'; '.join(said)}. The records are kept.")
        return 1
    name = re.sub(r"[^a-z0-9]+", "-", content["machine"]["device"].lower()).strip("-")
    results.write(folder / f"gpu-{name}.json", content)
    print(f"Written: gpu-{name}.json")
    return 0


def _described() -> dict[str, Any]:
    device = jax.devices()[0]
    return machine.describe() | {
        "device": device.device_kind,
        "runtime": device.client.platform_version.splitlines()[0],
        "driver": _driver(),
    }


def _driver() -> str | None:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    command = [tool, "--query-gpu=driver_version", "--format=csv,noheader"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return asked.stdout.strip().splitlines()[0] if asked.stdout.strip() else None


if __name__ == "__main__":
    sys.exit(main())
