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
call anything, and jaxtyping need not be installed. The tests compare signatures with values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Numbers"]

if TYPE_CHECKING:
    from typing import Annotated as Numbers
else:

    class Numbers:
        """Real numbers or truth values of a shape, as an array or as what NumPy makes one of.

        >>> Numbers[Any, "units features"].__name__
        'Numbers'
        """

        def __class_getitem__(cls, item: tuple[Any, str]) -> type:
            return cls
