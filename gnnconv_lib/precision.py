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
import numpy as np

from gnnconv_lib.validation import InvalidInput

__all__ = ["as_float_array", "as_numbers", "enable_float64", "representable", "working_dtype"]


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
    values = tuple(as_numbers(v) for v in values)
    dtype = working_dtype(*values)
    return tuple(jnp.asarray(v, dtype) for v in values)


def as_numbers(value: Any) -> Any:
    """`value` if JAX and NumPy can read real numbers from it; what speaks DLPack as an array.

    PyTorch, CuPy and others offer `__dlpack__`. Half precision is accepted: each of its numbers is
    a float64.

    Raises:
        InvalidInput: for text, complex numbers, ragged lists and other objects.

    >>> as_numbers([1.0, 1j])
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: an array must hold real numbers, got complex128 entries.
    """
    array: Any = value
    if isinstance(value, (int, float, jax.Array, jax.core.Tracer)):
        pass
    elif isinstance(value, (list, tuple)) and any(
        isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(value)
    ):
        return value
    elif not hasattr(value, "dtype") and not hasattr(value, "__dlpack__"):
        try:
            array = np.asarray(value)
        except (TypeError, ValueError):
            raise InvalidInput(
                f"an array must hold real numbers in rows of one length, got {value!r}."
            ) from None
    elif hasattr(value, "__dlpack__") and not isinstance(value, np.ndarray | np.generic):
        value = array = _from_dlpack(value)
    kind = jnp.dtype(getattr(array, "dtype", np.float64))
    if not (jnp.issubdtype(kind, jnp.number) or kind == np.bool_) or jnp.issubdtype(
        kind, jnp.complexfloating
    ):
        raise InvalidInput(f"an array must hold real numbers, got {kind.name} entries.")
    return value


def _from_dlpack(value: Any) -> Any:
    if getattr(value, "requires_grad", False):
        value = value.detach()
    try:
        return np.from_dlpack(value)
    except (TypeError, RuntimeError, BufferError, ValueError):
        try:
            return jnp.from_dlpack(value)
        except Exception:
            raise InvalidInput(
                f"an array of type {type(value).__name__} must be readable through DLPack; "
                "numpy.asarray of a copy in main memory always is."
            ) from None


def representable(value: float, dtype: Any) -> float:
    """The finite number of the type nearest to `value`, where a cast would overflow and warn.

    >>> representable(1e100, jnp.float64)
    1e+100
    >>> representable(-1e100, jnp.float32)
    -3.4028234663852886e+38
    """
    largest = float(jnp.finfo(dtype).max)
    return min(max(value, -largest), largest)


def _backend_in_use() -> bool:
    try:
        from jax._src import xla_bridge
    except ImportError:  # pragma: no cover - private module moved
        return False
    probe = getattr(xla_bridge, "backends_are_initialized", None)
    return bool(probe()) if probe is not None else False
