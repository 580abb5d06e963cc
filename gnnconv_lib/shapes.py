"""The shapes of arrays in signatures: one name for each axis, the same in every module.

A signature says of an array what the package jaxtyping says of one:
`Float[jax.Array, "units features"]` is an array of floating numbers with these two axes, `""` is a
number, `*units` stands for any number of axes, and `*#points` for axes that are broadcast against
each other. One name is one length within a signature. A parameter that takes lists and numbers too
is `Numbers[ArrayLike, "units features"]`. The axes are called

| axis | its length |
|---|---|
| `units` | h, the hidden units; none for a single unit |
| `features` | r, the entries of a node's features |
| `outputs` | q, the columns of W in the averaging network |
| `nodes` | n |
| `graphs` | a batch of graphs, or the graphs of a collection |
| `samples` | independent samples, or the rows of a training set |
| `labels` | the labels of a training set, of nodes or of graphs |
| `values` | the distinct values of a measure over nodes or pairs, each with its weight |
| `batch` | what runs side by side: chains of gradient descent, data sets, seeds |
| `records` | the recorded steps of a run |
| `eigenvalues` | the entries of commuting matrices in their common eigenvectors |
| `powers` | L + 1, the powers of mu up to the number of rounds |
| `walks` | 2 L + 1, the walk counts of these powers |
| `rows`, `others` | rows of hidden features, columns of a second W |
| `points` | any shape: the function acts entry by entry |

The library checks what it is given itself and refuses it with `InvalidInput`; nothing here costs a
call anything. The tests compare signatures with values.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Real

from gnnconv_lib.precision import as_numbers

__all__ = ["Numbers"]

if TYPE_CHECKING:
    from typing import Annotated as Numbers
else:

    class _Readable(type):
        def __getitem__(cls, item: tuple[Any, str]) -> type:
            return _readable(item[1])

        def __instancecheck__(cls, value: Any) -> bool:
            return any(isinstance(_read(value), kind) for kind in cls.kinds)

    class Numbers(metaclass=_Readable):
        """Real numbers or truth values of a shape, as an array, a list, a number or by DLPack.

        >>> import jax
        >>> square = Numbers[Any, "3 3"]
        >>> [isinstance(value, square) for value in (np.eye(3), jax.numpy.eye(3), [[1.0] * 3] * 3)]
        [True, True, True]
        >>> [isinstance(value, square) for value in (np.eye(2), 1.0, "text")]
        [False, False, False]
        """

        kinds = (Real[Any, "..."], Bool[Any, "..."])

    @cache
    def _readable(shape: str) -> type:
        kinds = (Real[Any, shape], Bool[Any, shape])
        return _Readable(f'Numbers["{shape}"]', (), {"kinds": kinds, "__module__": __name__})


def _read(value: Any) -> Any:
    """The value, or the array that is made of it where it is none."""
    if hasattr(value, "shape"):
        return value
    if hasattr(value, "__dlpack__"):
        return as_numbers(value)
    try:
        return np.asarray(value)
    except Exception:  # rows of traced numbers, which JAX alone can stack
        return jnp.asarray(value)
