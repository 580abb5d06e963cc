"""Pallas kernels that are not interpreted run as the PTX that XLA makes of them for a GPU.

`install` puts this in place of `pallas.pallas_call`, for one described GPU. It needs JAX's CUDA
plugin and ptxas, as `make kernels` has them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.experimental import pallas

from gnnconv_lib.kernels import implementation

from .launch import launch
from .memory import GARBAGE
from .program import Fault

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.kernel_compilation import Launch, launched

__all__ = ["RUNS", "Run", "install"]

Array = Any


class Run(NamedTuple):
    """One launch that was emulated: seconds, and instructions that its threads took together."""

    kernel: str
    grid: int
    threads: int
    instructions: int
    seconds: float


RUNS: list[Run] = []
_COMPILED: dict[Any, Launch] = {}


def install(architecture: str) -> None:
    """From now on kernels run here, and `implementation.interprets()` is false."""
    original = pallas.pallas_call

    def emulated(
        body: Any, *, out_shape: Any, interpret: Any = False, name: str | None = None, **more: Any
    ) -> Callable[..., Any]:
        entry = name or body.__name__
        call = original(body, out_shape=out_shape, interpret=interpret, name=entry, **more)
        if interpret:
            return call
        return _run(call, entry, out_shape, more.get("input_output_aliases", {}), architecture)

    for module, name, instead in (
        (pallas, "pallas_call", emulated),
        (implementation, "interprets", lambda platform=None: False),
    ):
        setattr(module, name, instead)


def _run(
    call: Callable[..., Any], entry: str, out_shape: Any, aliases: dict[int, int], target: str
) -> Callable[..., Any]:
    outputs, tree = jax.tree.flatten(out_shape)

    def run(*args: Any) -> Any:
        leaves, structure = jax.tree.flatten(args)

        def host(*values: Any) -> tuple[Array, ...]:
            inputs = [np.asarray(value) for value in values]
            return _launched(call, entry, structure, inputs, outputs, aliases, target)

        found = jax.pure_callback(
            host, tuple(jax.ShapeDtypeStruct(one.shape, one.dtype) for one in outputs), *leaves
        )
        return jax.tree.unflatten(tree, found)

    return run


def _launched(
    call: Any,
    entry: str,
    structure: Any,
    inputs: list[Array],
    outputs: list[Any],
    aliases: dict[int, int],
    target: str,
) -> tuple[Array, ...]:
    shapes = [jax.ShapeDtypeStruct(value.shape, value.dtype) for value in inputs]
    # The call holds the program; it is kept in the key, so that no other one has its identity.
    key = (call, target, tuple((shape.shape, str(shape.dtype)) for shape in shapes))
    if key not in _COMPILED:
        _COMPILED[key] = launched(call, jax.tree.unflatten(structure, shapes), entry, target)
    compiled = _COMPILED[key]
    arrays, parameters = list(inputs), list(range(len(inputs)))
    sources = {output: source for source, output in aliases.items()}
    for number, one in enumerate(outputs):
        if number in sources:
            parameters.append(sources[number])
        else:
            blank = np.full(
                int(np.prod(one.shape)) * np.dtype(one.dtype).itemsize, GARBAGE, np.uint8
            )
            arrays.append(blank.view(one.dtype).reshape(one.shape))
            parameters.append(len(arrays) - 1)
    start = time.monotonic()
    done = launch(
        compiled.text, entry, compiled.grid, arrays, parameters=parameters,
        threads=compiled.threads, shared=compiled.shared, seed=len(RUNS),
    )  # fmt: skip
    seconds = time.monotonic() - start
    RUNS.append(Run(entry, compiled.grid, compiled.threads, done.instructions, seconds))
    if os.environ.get("PTX_EMULATOR_VERBOSE"):
        print(RUNS[-1], flush=True)
    for number, value in enumerate(inputs):
        if number not in aliases and done.arrays[number].tobytes() != value.tobytes():
            raise Fault(f"{entry} wrote to its input {number}")
    return tuple(done.arrays[parameters[len(inputs) + i]] for i in range(len(outputs)))
