"""Find a Python whose JAX sees a CUDA device, and take the steps of `make gpu` with it.

Tried in this order: .venv, .gpu, the one that runs this, those on the path. Nothing is installed
and nothing is downloaded; PYTHONPATH is kept. Needs only the standard library. The steps are
processes of their own: the tests, then each series of times; one that fails or crashes leaves the
others alone, and all add to one file of records. Exit code 2 and one sentence where there is no GPU.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["NO_GPU", "SERIES", "has_gpu", "main", "sees_cuda"]

ROOT = Path(__file__).resolve().parents[1]
NO_GPU = "make gpu needs an NVIDIA GPU and found none; nothing was measured and nothing written."
NO_JAX = (
    'There is a GPU, but no Python here has a JAX that sees it; pip install "jax[cuda12]" brings '
    "one. Nothing was measured and nothing written."
)
PROBE = "import jax, sys; sys.exit(not any(d.platform == sys.argv[1] for d in jax.devices()))"
SERIES = (
    "gd_chains-float32",
    "mc_population-float32",
    "gd_chains-float64",
    "mc_population-float64",
    "overlap_tiles-int8",
)
LIMIT = 540.0  # seconds for all steps


def has_gpu() -> bool:
    """Whether the driver lists a device."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return False
    listed = subprocess.run([tool, "-L"], capture_output=True, text=True, check=False)
    return listed.returncode == 0 and "GPU" in listed.stdout


def sees_cuda(python: str, platform: str = "gpu") -> bool:
    """Whether this interpreter has a JAX that sees a device of this platform."""
    try:
        probe = subprocess.run(
            [python, "-c", PROBE, platform],
            capture_output=True,
            env=environment(platform == "cpu"),
            check=False,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0


def environment(rehearse: bool = False) -> dict[str, str]:
    """The environment without a choice of platform, with the project first on the kept path."""
    kept = {k: v for k, v in os.environ.items() if k not in ("JAX_PLATFORMS", "JAX_PLATFORM_NAME")}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    chosen = {"JAX_PLATFORMS": "cpu"} if rehearse else {}
    return {**kept, **chosen, "PYTHONPATH": os.pathsep.join(paths)}


def candidates() -> list[str]:
    """Interpreters to try, each once."""
    known = [str(ROOT / folder / "bin" / "python") for folder in (".venv", ".gpu")]
    found = [path for path in known if Path(path).is_file()] + [sys.executable]
    found += [path for name in ("python3", "python") if (path := shutil.which(name))]
    return list(dict.fromkeys(found))


def main(arguments: list[str] | None = None) -> int:
    """Take every step; 0 if all went well, 1 if one did not, 2 where there is no GPU."""
    parser = argparse.ArgumentParser(prog="make gpu", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "gpu.jsonl")
    parser.add_argument("--rehearse", action="store_true", help="all steps on a CPU, tiny")
    asked = parser.parse_args(arguments)
    if not asked.rehearse and not has_gpu():
        print(NO_GPU)
        return 2
    platform = "cpu" if asked.rehearse else "gpu"
    python = next((path for path in candidates() if sees_cuda(path, platform)), None)
    if python is None:
        print(NO_JAX)
        return 2
    print(f"Python: {python}; records: {asked.out}", flush=True)
    out = ["--out", str(asked.out.resolve()), *(["--rehearse"] if asked.rehearse else [])]
    end = time.monotonic() + LIMIT
    went_well = _step(python, "gpu_tests", *out, rehearse=asked.rehearse) == 0
    for name in SERIES:
        left = ["--seconds", str(max(end - time.monotonic(), 0.0))]
        code = _step(python, "gpu", *out, "--only", name, *left, rehearse=asked.rehearse)
        if code not in (0, 1, 2):
            print(f"{name}: the process ended with {code}", flush=True)
        went_well = went_well and code == 0
    if not asked.rehearse:
        went_well = _step(python, "gpu", *out, "--store", rehearse=False) == 0 and went_well
    return int(not went_well)


def _step(python: str, module: str, *arguments: str, rehearse: bool) -> int:
    command = [python, "-m", f"benchmarks.{module}", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(rehearse), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
