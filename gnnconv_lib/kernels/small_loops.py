"""A small computation as one machine function, where XLA's CPU compiler would make many programs.

XLA starts a program for every group of operations that it fuses. A step of gradient descent on a
few numbers is a dozen of these, and starting them takes longer than their arithmetic. For loops
that touch less than a kilobyte XLA compiles the whole loop into one function by itself; this module
asks for the same by the attributes that XLA then sets.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
from jax.experimental.xla_metadata import set_xla_metadata

from gnnconv_lib.kernels.implementation import platform_name

__all__ = ["as_one_function"]


def as_one_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, called as one machine function on a CPU; elsewhere as it is.

    Only for arrays of a few hundred entries: nothing in it runs on several threads, and XLA refuses
    to compile what it would hand to a library (large sums and products).

    >>> import jax.numpy as jnp
    >>> halve = as_one_function(lambda x: jax.lax.fori_loop(0, 3, lambda _, y: y / 2, x))
    >>> float(jax.jit(halve)(jnp.asarray(8.0)))
    1.0
    """
    if platform_name() != "cpu":
        return function
    compiled = jax.jit(function)

    def call(*arguments: Any) -> Any:
        return set_xla_metadata(compiled(*arguments), inlineable="false", xla_cpu_small_call="true")

    return call
