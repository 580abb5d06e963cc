"""How many scalar operations a JAX function asks for, counted before anything is compiled.

The count is a property of the formula: the same on every machine, whatever the compiler fuses or
vectorises.

Book page: `book/scale/how-far-it-scales`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax

__all__ = ["count"]

#: Moving and reshaping numbers is not counted.
_MOVES = {
    "broadcast_in_dim",
    "concatenate",
    "convert_element_type",
    "copy",
    "dynamic_slice",
    "dynamic_update_slice",
    "expand_dims",
    "gather",
    "iota",
    "pad",
    "reshape",
    "rev",
    "slice",
    "squeeze",
    "stop_gradient",
    "transpose",
}


def count(function: Callable[..., Any], *args: Any) -> int:
    """The number of scalar operations of `function(*args)`: one per entry that is computed.

    A product of matrices counts its multiplications and additions, a reduction its inputs, a loop
    of known length its body that many times; other loops count their body once.

    Args:
        function: traceable by JAX.
        args: arrays, or `jax.ShapeDtypeStruct`s, since no number is needed.

    >>> import jax.numpy as jnp
    >>> count(lambda x: x * x + 1, jnp.ones(5)), count(jnp.dot, jnp.ones((2, 3)), jnp.ones(3))
    (10, 12)
    """
    return _of_jaxpr(jax.make_jaxpr(function)(*args).jaxpr)


def _of_jaxpr(jaxpr: Any) -> int:
    return sum(_of_equation(equation) for equation in jaxpr.eqns)


def _of_equation(equation: Any) -> int:
    name, given = equation.primitive.name, equation.params
    if name == "cond":
        return max(_of_jaxpr(branch.jaxpr) for branch in given["branches"])
    inner = [
        getattr(value, "jaxpr", value)
        for key, value in given.items()
        if key in ("jaxpr", "call_jaxpr", "fun_jaxpr", "body_jaxpr")
    ]
    if inner:
        return sum(_of_jaxpr(entry) for entry in inner) * given.get("length", 1)
    if name in _MOVES:
        return 0
    written = sum(math.prod(variable.aval.shape) for variable in equation.outvars)
    if name == "dot_general":
        (contracted, _), _ = given["dimension_numbers"]
        shape = equation.invars[0].aval.shape
        return 2 * written * math.prod(shape[axis] for axis in contracted)
    if name.startswith(("reduce", "arg")):
        return math.prod(equation.invars[0].aval.shape)
    return written
