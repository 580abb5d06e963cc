"""Which implementation of a kernel runs, and how Pallas is asked for Triton code.

1. Pallas' default backend on a GPU is Mosaic; these kernels ask for Triton, by
   `compiler_parameters`.
2. On anything but CUDA a Pallas kernel runs in interpret mode: same operations, no speed.
3. `lowered_for_cuda` gives the program that a GPU would be handed, on a machine without one. It
   is a gate, not a proof: Triton compiles the text only where there is a GPU.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import jax

from gnnconv_lib.validation import require_choice

__all__ = [
    "IMPLEMENTATIONS",
    "choose",
    "compiler_parameters",
    "interprets",
    "lowered_for_cuda",
    "platform_name",
]

IMPLEMENTATIONS = ("xla", "pallas")

# What `lowered_for_cuda` lowers for where no GPU is present; JAX reads the name.
ABSTRACT_GPU = "NVIDIA H200"
ABSTRACT_GPU_CORES = 132


def choose(implementation: str | None, platform: str | None = None) -> str:
    """The implementation that runs: the given word, or the best one for the platform.

    Args:
        implementation: "xla", "pallas", or None for "pallas" on CUDA and "xla" elsewhere.
        platform: "cpu", "cuda", "rocm" or "tpu"; by default that of JAX's default device.

    Returns:
        "xla" or "pallas".

    Raises:
        InvalidInput: for another word.

    >>> choose(None, platform="cuda"), choose(None, platform="cpu"), choose("pallas", "cpu")
    ('pallas', 'xla', 'pallas')
    >>> choose("cuda", "cpu")
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: implementation must be one of xla, pallas, got 'cuda'.
    """
    if implementation is None:
        platform = platform_name() if platform is None else platform
        return "pallas" if platform == "cuda" else "xla"
    return require_choice("implementation", implementation, IMPLEMENTATIONS)


def interprets(platform: str | None = None) -> bool:
    """Whether a Pallas kernel is interpreted on this platform: everywhere but on CUDA.

    >>> interprets("cpu"), interprets("cuda")
    (True, False)
    """
    return (platform_name() if platform is None else platform) != "cuda"


def platform_name() -> str:
    """The platform of JAX's default device: "cpu", "cuda", "rocm" or "tpu".

    JAX calls both kinds of GPU "gpu"; the description of the runtime tells them apart.
    """
    device = jax.config.jax_default_device  # type: ignore[attr-defined]
    if device is None or isinstance(device, str):
        device = jax.local_devices(backend=device)[0]
    if device.platform != "gpu":
        return device.platform
    return "rocm" if "rocm" in device.client.platform_version.lower() else "cuda"


def compiler_parameters(warps: int = 4, stages: int = 1) -> Any:
    """The `compiler_params` of `pallas_call` that select Triton.

    Args:
        warps: warps of 32 threads per program, a power of two.
        stages: depth of the software pipeline of loops over memory.
    """
    from jax.experimental.pallas import triton

    return triton.CompilerParams(num_warps=warps, num_stages=stages)


def lowered_for_cuda(function: Callable[..., Any], *args: Any) -> str:
    """The program (StableHLO text) that `jax.jit(function)(*args)` hands to CUDA.

    It works without a GPU. A Pallas kernel in it must be called with `interpret=False`; its
    Triton code is then a custom call named `__gpu$xla.gpu.triton`.

    >>> import jax.numpy as jnp
    >>> "stablehlo.sine" in lowered_for_cuda(jnp.sin, jnp.ones(3))
    True
    """
    from jax.sharding import AbstractDevice, AbstractMesh, use_abstract_mesh

    with warnings.catch_warnings():
        # Newer JAX announces the end of its Triton backend at every lowering.
        warnings.filterwarnings("ignore", "The Pallas Triton backend", DeprecationWarning)
        if platform_name() == "cuda":
            lowered = jax.jit(function).trace(*args).lower(lowering_platforms=("cuda",))
        else:
            device = AbstractDevice(ABSTRACT_GPU, ABSTRACT_GPU_CORES, "gpu")
            with use_abstract_mesh(AbstractMesh((), (), abstract_device=device)):
                lowered = jax.jit(function).trace(*args).lower(lowering_platforms=("cuda",))
    return lowered.as_text()
