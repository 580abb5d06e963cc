"""Find or build a Python that sees a CUDA device, and run `benchmarks.gpu` with it (`make gpu`).

Tried in this order: an interpreter that already sees one (.venv, .gpu, the one on the path); where
there is a GPU but no such interpreter, a new environment .gpu with the extra `gpu`. Needs only the
standard library. Exit code 2 and one sentence where there is no GPU.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["NO_GPU", "has_gpu", "main", "sees_cuda"]

ROOT = Path(__file__).resolve().parents[1]
NO_GPU = "make gpu needs an NVIDIA GPU and found none; nothing was measured and nothing written."
PROBE = "import jax, sys; sys.exit(0 if any(d.platform == 'gpu' for d in jax.devices()) else 1)"


def has_gpu() -> bool:
    """Whether the driver lists a device."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return False
    listed = subprocess.run([tool, "-L"], capture_output=True, text=True, check=False)
    return listed.returncode == 0 and "GPU" in listed.stdout


def sees_cuda(python: str) -> bool:
    """Whether this interpreter has a JAX that sees a GPU."""
    try:
        probe = subprocess.run(
            [python, "-c", PROBE], capture_output=True, env=_environment(), check=False, timeout=120
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0


def _environment() -> dict[str, str]:
    """The environment without a choice of platform, with the project on the path."""
    kept = {k: v for k, v in os.environ.items() if k not in ("JAX_PLATFORMS", "JAX_PLATFORM_NAME")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _candidates() -> list[str]:
    known = [str(ROOT / folder / "bin" / "python") for folder in (".venv", ".gpu")]
    return [path for path in known if Path(path).is_file()] + [
        path for name in ("python3", "python") if (path := shutil.which(name))
    ]


def _build() -> str | None:
    """A new environment with the extra `gpu`; None where packages cannot be had."""
    python = str(ROOT / ".gpu" / "bin" / "python")
    commands: Sequence[Sequence[str]] = (
        [sys.executable, "-m", "venv", "--clear", str(ROOT / ".gpu")],
        [python, "-m", "pip", "install", "--quiet", "--editable", f"{ROOT}[gpu,test]"],
    )
    for command in commands:
        if subprocess.run(command, check=False, timeout=420).returncode:
            return None
    return python if sees_cuda(python) else None


def main(arguments: list[str] | None = None) -> int:
    """Run the GPU benchmarks where there is a GPU; 2 where there is none."""
    if not has_gpu():
        print(NO_GPU)
        return 2
    python = next((path for path in _candidates() if sees_cuda(path)), None)
    if python is None:
        print("No installed JAX sees the GPU: building .gpu with the extra gpu ...", flush=True)
        try:
            python = _build()
        except (OSError, subprocess.TimeoutExpired):
            python = None
    if python is None:
        print(
            "There is a GPU, but no JAX that sees it and no package index to get one from; "
            "nothing was measured and nothing written."
        )
        return 2
    command = [python, "-m", "benchmarks.gpu", *(sys.argv[1:] if arguments is None else arguments)]
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
