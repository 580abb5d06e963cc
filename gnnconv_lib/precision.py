"""How the library comes to compute in float64, and what that means for other JAX code.

JAX truncates every array to 32 bits unless its process-wide switch `jax_enable_x64` is on.
Scoping the switch to single calls (`with jax.enable_x64(True)`) looks kinder to other code, but
programs compiled inside such a scope crash under `jax.hessian`, `jax.vmap` and `jax.linearize`
when these are called outside of it. So importing `gnnconv_lib` turns the switch on, once, for
the process, and:

1. it leaves the switch alone when the user has decided: the environment variable
   `JAX_ENABLE_X64` is set (to either value). With `JAX_ENABLE_X64=0` results are float32;
2. when JAX has not been imported yet, it sets that variable instead, which JAX reads at its own
   import. So importing the library takes milliseconds, and processes that this one starts
   compute in 64 bits too;
3. it warns when JAX has already been used in 32 bits in this process, because arrays made
   before and after the import would then differ in type.

Within float64 mode the type follows the input as in NumPy: float32 arrays give float32 results,
everything else (Python numbers, integers, float64) gives float64.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import jax
import jax.numpy as jnp

__all__ = ["as_float_array", "enable_float64", "working_dtype"]


def enable_float64() -> None:
    """Turn on JAX's 64-bit mode for this process, as the module docstring describes."""
    if "JAX_ENABLE_X64" in os.environ or jax.config.read("jax_enable_x64"):
        return
    if _backend_in_use():
        warnings.warn(
            "gnnconv_lib switches JAX to 64-bit mode, but JAX was already used in 32 bits in this "
            "process; import gnnconv_lib first, or set JAX_ENABLE_X64=0 to stay in 32 bits.",
            UserWarning,
            stacklevel=3,
        )
    jax.config.update("jax_enable_x64", True)


def working_dtype(*values: Any) -> Any:
    """The floating type in which to compute on `values`: float32 if all arrays are, else float64.

    Python numbers do not count: they take the type of the arrays beside them.

    >>> import numpy as np
    >>> working_dtype(np.ones(2, np.float32), 1.0).__name__
    'float32'
    >>> working_dtype(np.ones(2, np.float32), np.ones(2)).__name__
    'float64'
    >>> working_dtype(1.0).__name__
    'float64'
    """
    if not jax.config.read("jax_enable_x64"):
        return jnp.float32
    types = {jnp.dtype(v.dtype) for v in values if hasattr(v, "dtype")}
    return jnp.float32 if types == {jnp.dtype(jnp.float32)} else jnp.float64


def as_float_array(*values: Any) -> tuple[jax.Array, ...]:
    """All `values` as JAX arrays of their common `working_dtype`.

    >>> [a.dtype.name for a in as_float_array(1, [0.5, 2])]
    ['float64', 'float64']
    """
    dtype = working_dtype(*values)
    return tuple(jnp.asarray(v, dtype) for v in values)


def _backend_in_use() -> bool:
    try:
        from jax._src import xla_bridge
    except ImportError:  # pragma: no cover - private module moved
        return False
    probe = getattr(xla_bridge, "backends_are_initialized", None)
    return bool(probe()) if probe is not None else False
