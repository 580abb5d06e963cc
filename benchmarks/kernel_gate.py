"""Every kernel compiled at the corners of its domain, on a machine without a GPU (`make kernels`).

    python -m benchmarks.kernel_gate [sm_80 sm_90a] [--only WORD] [--out FILE]

Red, with exit code 1, where a kernel does not compile, spills a register, or lacks the matrix
instructions that it is there for; exit code 2 and one sentence where JAX's CUDA plugin or ptxas
are not to be had. Nothing is run and nothing is timed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jax

import gnnconv_lib  # noqa: F401  (turns on float64 before anything is traced)
from benchmarks.kernel_compilation import ARCHITECTURES, Taken, compiled
from benchmarks.kernel_corners import Corner, corners

__all__ = ["check", "main"]


def main(arguments: list[str] | None = None) -> int:
    """0 if every kernel compiles without spilling, 1 if not, 2 if nothing can be compiled."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernel_gate", description=__doc__)
    parser.add_argument("architectures", nargs="*", metavar="ARCHITECTURE")
    parser.add_argument("--only", default="", help="corners whose name holds this word")
    parser.add_argument("--out", type=Path, help="file for the table, as JSON")
    asked = parser.parse_args(arguments)
    unknown = set(asked.architectures) - set(ARCHITECTURES)
    if unknown:
        parser.error(f"architectures must be among {', '.join(ARCHITECTURES)}, got {unknown}.")
    missing = [
        what
        for what, there in (
            ("JAX's CUDA plugin", importlib.util.find_spec("jax_plugins") is not None),
            ("ptxas", shutil.which("ptxas") is not None),
        )
        if not there
    ]
    if missing:
        print(f"The kernels were not compiled: {' and '.join(missing)} could not be had.")
        return 2
    chosen = [corner for corner in corners() if asked.only in corner.name]
    if not chosen:
        parser.error(f"--only must be part of the name of a corner, got {asked.only!r}.")
    rows, wrong = [], []
    for architecture in asked.architectures or ARCHITECTURES:
        print(f"{architecture:52s} registers spilled warps")
        found, faults = check(chosen, architecture)
        rows += found
        wrong += faults
    if asked.out:
        content = {"jax": jax.__version__, "kernels": rows}
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print("\n".join(wrong) if wrong else f"{len(rows)} kernels compile, none spills.")
    return int(bool(wrong))


def check(chosen: Iterable[Corner], architecture: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The table of these corners, and one line for each that is red."""
    rows, wrong = [], []
    for corner in chosen:
        start = time.monotonic()
        try:
            taken = compiled(corner.function, corner.args, corner.entry, architecture)
        except Exception as error:  # whatever stops a compiler is what the gate is for
            said = str(error).strip().partition("\n")[0][:200]
            wrong.append(f"RED {architecture} {corner.name}: {type(error).__name__}: {said}")
            print(wrong[-1], flush=True)
            continue
        rows.append({"architecture": architecture, "kernel": corner.name} | taken.stored())
        line = f"{corner.name:52s} {taken.registers:9d} {taken.spilled:7d} {taken.warps:5d}"
        print(f"{line}  {time.monotonic() - start:5.1f} s  {taken.tensor}", flush=True)
        wrong += [f"RED {architecture} {corner.name}: {fault}" for fault in _faults(corner, taken)]
    return rows, wrong


def _faults(corner: Corner, taken: Taken) -> list[str]:
    faults = []
    if taken.spilled:
        faults.append(f"{taken.spilled} bytes of registers spill")
    if corner.tensor and not taken.tensor:
        faults.append("no matrix instruction")
    return faults


if __name__ == "__main__":
    sys.exit(main())
