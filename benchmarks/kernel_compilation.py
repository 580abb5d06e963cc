"""Kernels through Triton, LLVM and ptxas to machine code for a GPU that is not there.

JAX's CUDA plugin compiles for a described device: no driver and no GPU is needed, only the plugin
and ptxas, which lie in a folder of their own (`make kernels`). ptxas says what a kernel takes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax.sharding import AbstractDevice, AbstractMesh, SingleDeviceSharding, use_abstract_mesh

__all__ = [
    "ARCHITECTURES",
    "Launch",
    "Taken",
    "compiled",
    "launched",
    "resources",
    "waits_for_the_host",
]

REGISTERS_PER_PROCESSOR = 65_536
WARPS_PER_PROCESSOR = 64


@dataclass(frozen=True)
class Architecture:
    """A described device; shared memory in bytes."""

    device: str
    processors: int
    capability: str
    shared_per_processor: int
    shared_per_block: int


ARCHITECTURES = {
    "sm_80": Architecture("NVIDIA A100-SXM4-80GB", 108, "major: 8", 167_936, 166_912),
    "sm_90a": Architecture(
        "NVIDIA H200", 132, "major: 9 feature_extension: ACCELERATED_FEATURES", 233_472, 232_448
    ),
}


@dataclass(frozen=True)
class Taken:
    """What a compiled kernel takes.

    Fields:
        registers: of a thread.
        spilled: bytes stored to and loaded from memory for want of registers.
        threads: of a program.
        warps: that fit on a processor at once, by registers alone, of 64.
        tensor: the matrix instructions in it.
    """

    registers: int
    spilled: int
    threads: int
    warps: int
    tensor: str

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Launch:
    """A kernel as XLA would start it: its module of PTX, blocks, threads, bytes of shared memory."""

    text: str
    grid: int
    threads: int
    shared: int


def compiled(function: Callable[..., Any], args: Any, entry: str, architecture: str) -> Taken:
    """What the kernel `entry` in `function(*args)` takes, compiled for an architecture.

    Raises:
        RuntimeError: where the program holds no such kernel or ptxas refuses it; what JAX raises
            where a kernel cannot be lowered.
    """
    with _dumped(function, args, architecture) as folder:
        return resources(_module(folder, entry), architecture)


def launched(function: Callable[..., Any], args: Any, entry: str, architecture: str) -> Launch:
    """The same kernel as it would be started.

    Raises:
        RuntimeError: where the program does not start such a kernel.
    """
    with _dumped(function, args, architecture) as folder:
        text = _module(folder, entry).read_text(encoding="utf-8")
        order = "".join(
            path.read_text(encoding="utf-8") for path in folder.glob("*thunk_sequence*")
        )
    sizes = rf"\b{entry} grid: \[(\d+), 1, 1\] threads: \[(\d+), 1, 1\]\s+shared_memory: (\d+)"
    found = re.search(sizes, order)
    if found is None:
        raise RuntimeError(f"the compiled program does not start a kernel named {entry}")
    return Launch(text, int(found[1]), int(found[2]), int(found[3]))


def waits_for_the_host(function: Callable[..., Any], args: Any, architecture: str) -> int:
    """How many loops and branches of the compiled program wait for the host to read a number.

    A loop whose length is known beforehand does not; one inside another counts once.
    """
    with _dumped(function, args, architecture) as folder:
        (path,) = folder.glob("*gpu_after_optimizations.txt")
        lines = path.read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if re.search(r"= .* (?:while|conditional)\(", line)]
    return sum("known_trip_count" not in line for line in found)


@contextmanager
def _dumped(function: Callable[..., Any], args: Any, architecture: str) -> Iterator[Path]:
    """The folder of what XLA writes down while it compiles."""
    device = _device(architecture)

    def there(leaf: Any) -> jax.ShapeDtypeStruct:
        array = leaf if hasattr(leaf, "dtype") else np.asarray(leaf)
        return jax.ShapeDtypeStruct(array.shape, array.dtype, sharding=SingleDeviceSharding(device))

    target = ARCHITECTURES[architecture]
    abstract = AbstractDevice(target.device, target.processors, "gpu")
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The Pallas Triton backend", DeprecationWarning)
        with use_abstract_mesh(AbstractMesh((), (), abstract_device=abstract)):
            traced = jax.jit(function).trace(*jax.tree.map(there, args))
            lowered = traced.lower(lowering_platforms=("cuda",))
        lowered.compile(
            compiler_options={"xla_dump_to": name, "xla_dump_emitter_re": "^(llvm|ptx)$"}
        )
        yield Path(name)


def _module(folder: Path, entry: str) -> Path:
    for path in folder.glob("*.ptx"):
        if re.search(rf"\.entry {entry}\b", path.read_text(encoding="utf-8")):
            return path
    raise RuntimeError(f"the compiled program holds no kernel named {entry}")


def resources(path: Path, architecture: str) -> Taken:
    """What the kernel in a file of PTX takes, by ptxas.

    Raises:
        RuntimeError: where ptxas refuses the file.
    """
    ptxas = shutil.which("ptxas")
    if ptxas is None:
        raise RuntimeError("ptxas is not on the path")
    command = [ptxas, "-v", f"-arch={architecture}", str(path), "-o", str(path) + ".cubin"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(f"ptxas refuses the kernel: {said.stderr.strip()[:300]}")
    text = path.read_text(encoding="utf-8")
    registers = int(_first(r"Used (\d+) registers", said.stderr))
    spills = re.findall(r"(\d+) bytes spill (?:stores|loads)", said.stderr)
    threads = int(_first(r"\.(?:reqntid|maxntid) (\d+)", text))
    tensor = sorted(
        {".".join(m) for m in re.findall(r"(wgmma|mma\.sync)[\w.]*?\.(m\d+n\d+k\d+)", text)}
    )
    # Registers are handed out by warp, in units of 256.
    of_a_warp = -(-registers * 32 // 256) * 256
    warps = threads // 32
    blocks = REGISTERS_PER_PROCESSOR // (of_a_warp * warps)
    return Taken(
        registers,
        sum(map(int, spills)),
        threads,
        min(blocks * warps, WARPS_PER_PROCESSOR // warps * warps),
        " ".join(tensor),
    )


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"ptxas did not say {pattern!r}")
    return found[1]


@lru_cache
def _device(architecture: str) -> Any:
    from jax.experimental import topologies

    target = ARCHITECTURES[architecture]
    config = f"""gpu_device_info {{
      threads_per_block_limit: 1024 threads_per_warp: 32 shared_memory_per_block: 49152
      shared_memory_per_core: {target.shared_per_processor} threads_per_core_limit: 2048
      core_count: {target.processors} fpus_per_core: 128 block_dim_limit_x: 2147483647
      block_dim_limit_y: 65535 block_dim_limit_z: 65535 memory_bandwidth: 2000000000000
      l2_cache_size: 41943040 clock_rate_ghz: 1.41 device_memory_size: 85100068864
      shared_memory_per_block_optin: {target.shared_per_block}
      cuda_compute_capability {{ {target.capability} }} registers_per_core_limit: 65536
      registers_per_block_limit: 65536 thread_dim_limit_x: 1024 thread_dim_limit_y: 1024
      thread_dim_limit_z: 64 name: "{target.device}" driver_version: "13.0.0"
      runtime_version: "13.0.0" compile_time_toolkit_version: "13.0.0" dnn_version: "9.12.0"
    }}
    platform_name: "CUDA" dnn_version_info {{ major: 9 minor: 12 }}
    device_description_str: "{target.device}" """
    topology = topologies.get_topology_desc(platform="cuda", target_config=config, topology="1x1x1")
    return topology.devices[0]
