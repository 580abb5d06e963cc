"""Which implementation of a kernel runs, and how Pallas is asked for Triton code.

1. Pallas' default backend on a GPU is Mosaic; these kernels ask for Triton, by
   `compiler_parameters`. JAX announces that its Triton backend will go. It is imported here, on
   first use; without it CUDA devices run plain JAX, and interpret mode still works.
2. On anything but CUDA a Pallas kernel runs in interpret mode: same operations, no speed.
3. Where a kernel falls back to plain JAX on CUDA, `choose_for` says so (`PlainJax`, a warning).
4. `lowered_for_cuda` gives the program that a GPU would be handed, on a machine without one. It
   is a gate, not a proof: Triton compiles the text only where there is a GPU.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import jax

from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = [
    "IMPLEMENTATIONS",
    "PlainJax",
    "barrier",
    "choose",
    "choose_for",
    "compiler_parameters",
    "has_triton",
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


class PlainJax(UserWarning):
    """A kernel runs in plain JAX on a GPU, where its Pallas version would be faster."""


def choose_for(kernel: str, implementation: str | None, refusal: str | None = None) -> str:
    """`choose` for one call of a kernel that Pallas may not be able to do.

    Args:
        kernel: its name, for the sentences.
        implementation: as for `choose`.
        refusal: what Pallas takes and what it got instead; None if it can.

    Returns:
        "xla" or "pallas". Where None was asked for on CUDA and Pallas cannot, "xla" with a
        `PlainJax` warning of one sentence.

    Raises:
        InvalidInput: for another word, or for "pallas" where it cannot.

    >>> choose_for("a_kernel", "xla", refusal="at most 8 units, got 9")
    'xla'
    >>> choose_for("a_kernel", "pallas", refusal="at most 8 units, got 9")
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: implementation 'pallas' takes at most 8 units, got 9; \
'xla' takes any.
    """
    chosen = choose(implementation)
    if chosen == "xla":
        return chosen
    if refusal is not None:
        if implementation is not None:
            raise InvalidInput(f"implementation 'pallas' takes {refusal}; 'xla' takes any.")
        warnings.warn(
            f"{kernel} runs in plain JAX: Pallas takes {refusal}.", PlainJax, stacklevel=4
        )
        return "xla"
    if not interprets() and not has_triton():
        missing = f"Pallas' Triton backend, which jax {jax.__version__} lacks"
        if implementation is not None:
            raise InvalidInput(f"implementation 'pallas' needs {missing}; 'xla' runs everywhere.")
        warnings.warn(
            f"{kernel} runs in plain JAX: its GPU version needs {missing}.", PlainJax, stacklevel=4
        )
        return "xla"
    return chosen


def has_triton() -> bool:
    """Whether this JAX has Pallas' Triton backend."""
    return _triton() is not None


def _triton() -> Any:
    try:
        return importlib.import_module("jax.experimental.pallas.triton")
    except ImportError:
        return None


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


def compiler_parameters(warps: int = 4) -> Any:
    """The `compiler_params` of `pallas_call` that select Triton; None without that backend.

    Args:
        warps: warps of 32 threads per program, a power of two.
    """
    triton = _triton()
    return None if triton is None else triton.CompilerParams(num_warps=warps, num_stages=1)


def barrier(interpret: bool) -> None:
    """All threads of a program see what was written; an interpreter has one thread."""
    if not interpret:
        _triton().debug_barrier()


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
