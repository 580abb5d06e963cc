"""What the tests of all kernels share: how a kernel can run here, and the gate without a GPU."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gnnconv_lib.kernels import implementation

ROOT = Path(__file__).resolve().parents[1]
COMPILERS = ROOT / ".envs" / "kernels"
needs_compilers = pytest.mark.skipif(
    not COMPILERS.is_dir(), reason="needs the compilers of make kernels"
)

# A GPU, or `tests.ptx_emulator.plugin` in its place.
ON_GPU = not implementation.interprets()

# The same test class runs in every mode: a parameter `interpret` of the Pallas entry point.
MODES = [
    pytest.param(
        True,
        id="interpret",
        marks=pytest.mark.skipif(ON_GPU, reason="a GPU is here: the compiled kernel runs instead"),
    ),
    pytest.param(
        False, id="compiled", marks=pytest.mark.skipif(not ON_GPU, reason="needs a CUDA GPU")
    ),
]


def lowers_for_cuda(function, *args):
    """The CUDA program of `function(*args)`, which must hold at least one Triton kernel.

    `function` calls its kernel with `interpret=False`. Returns how many kernels there are.
    """
    text = implementation.lowered_for_cuda(function, *args)
    kernels = text.count("__gpu$xla.gpu.triton")
    assert kernels >= 1, "no Triton kernel in the lowered program"
    return kernels


def output_on_devices(count, program):
    """What a program prints in a process of its own with so many simulated devices."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={
            **os.environ,
            "XLA_FLAGS": f"--xla_force_host_platform_device_count={count}",
            "JAX_PLATFORMS": "cpu",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def run_with_compilers(*arguments):
    """A finished process of Python, started in the project, that finds the compilers."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "JAX_PLATFORMS": "cpu",
            "PYTHONPATH": f"{COMPILERS}{os.pathsep}{ROOT}",
            "PATH": f"{COMPILERS / 'nvidia' / 'cu13' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
