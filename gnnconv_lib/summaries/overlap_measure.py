"""The overlap measure: all that one round of a ReLU GNN sees of a graph.

awasthi2021, Section 3 and Appendix B; book page `book/setting.ipynb`. Two nodes i and j share
d_ij messages. With rho_ij = d_ij / sqrt((d_i+1)(d_j+1)) and m_ij = sqrt((d_i+1)(d_j+1)), the loss
depends on the graph through sums of m_ij f(rho_ij) over ordered pairs: through the measure that
puts mass m_ij at rho_ij.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["METHODS", "OverlapMeasure", "stack"]

#: How a measure may have been found, the least exact first.
METHODS = ("sampled", "compressed", "exact")


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False)
class OverlapMeasure:
    """The distribution of rho_ij over the n^2 ordered pairs (i = j included), weighted by m_ij.

    With s the dual of sqrt(2) max(t, 0) and c the cosine between w and w*,
    A = sum_k mass_k s(rho_k), B(c) = sum_k mass_k s(rho_k c), C(c) = sum_k mass_k rho_k s'(rho_k c).

    Fields:
        rho: (K,) values in [0, 1], increasing; float64.
        mass: (K,) total of m_ij over the pairs with that value; float64. Not negative when
            `method` is "exact"; weights of either sign when it is "compressed" or "sampled".
        count: (K,) number of ordered pairs with that value; float64, so that it passes through
            JAX in any mode; integers up to 2^53 are exact. Weights of either sign otherwise.
        nodes: n; a tuple in a stack of graphs of different size. Static under JAX.
        method: "exact", "compressed" or "sampled". Static.
        error: a bound on the relative error of A, B(c) and C(c) for c in [-1, 1] that replacing
            the measure causes, before rounding; 0 when exact, infinite when sampled (see
            `SampledOverlap` for intervals). Static.

    The class is a JAX pytree: `jit`, `vmap` and `grad` take it as an argument. A stack of measures
    (see `stack`) has a leading axis on `rho`, `mass` and `count`.

    Reference: awasthi2021, Appendix B (A', B', C').
    """

    rho: Numbers[Any, "*graphs values"]
    mass: Numbers[Any, "*graphs values"]
    count: Numbers[Any, "*graphs values"]
    nodes: int | tuple[int, ...] = field(metadata={"static": True})
    method: str = field(default="exact", metadata={"static": True})
    error: float = field(default=0.0, metadata={"static": True})

    @property
    def values(self) -> int:
        """The number K of values, padding included."""
        return int(self.rho.shape[-1])

    @property
    def total_pairs(self) -> Any:
        """The number of ordered pairs, sum_k count_k: n^2. An integer, or an array for a stack."""
        return _rounded_sums(self.count)

    @property
    def shared_messages(self) -> Any:
        """The sum of d_ij over ordered pairs, sum_k mass_k rho_k = sum_i (d_i + 1)^2.

        Rounded to the integer that it is; that integer is right below about 1e14.
        """
        return _rounded_sums(np.asarray(self.mass) * np.asarray(self.rho))

    def padded(self, values: int) -> OverlapMeasure:
        """The same measure with zero mass at rho = 0 appended, `values` values in all.

        Arrays of one length spare JAX a compilation per graph.

        Raises:
            InvalidInput: if the measure has more than `values` values.
        """
        extra = require_integer("values", values, minimum=self.values) - self.values
        widths = [(0, 0)] * (np.ndim(self.rho) - 1) + [(0, extra)]
        rho, mass, count = (np.pad(np.asarray(v), widths) for v in self._leaves())
        return OverlapMeasure(rho, mass, count, self.nodes, self.method, self.error)

    def _leaves(self) -> tuple[Any, Any, Any]:
        return self.rho, self.mass, self.count

    def __repr__(self) -> str:
        return (
            f"OverlapMeasure(values={self.values}, nodes={self.nodes}, method={self.method!r}, "
            f"error={self.error:.1e})"
        )


def stack(measures: Sequence[OverlapMeasure]) -> OverlapMeasure:
    """A batch of measures as one, with leading axis len(measures), for `jax.vmap`.

    Shorter measures are padded with zero mass at rho = 0. The stack's `nodes` is the common
    number of nodes, or the tuple of them; its `method` is the least exact one, its `error` the
    largest.

    Raises:
        InvalidInput: for an empty list or a measure that is a stack already.

    >>> from gnnconv_lib.graphs import complete, star
    >>> from gnnconv_lib.summaries import overlap
    >>> batch = stack([overlap(complete(3)), overlap(star(2))])
    >>> batch.rho.shape, batch.nodes, batch.total_pairs.tolist()
    ((2, 3), 3, [9, 9])
    """
    items = list(measures)
    if not items:
        raise InvalidInput("measures must hold at least one overlap measure, got an empty list.")
    if any(np.ndim(item.rho) != 1 for item in items):
        raise InvalidInput("measures must be single overlap measures, got a stack among them.")
    length = max(item.values for item in items)
    rows = [item.padded(length) for item in items]
    sizes = tuple(int(item.nodes) for item in items if isinstance(item.nodes, int))
    return OverlapMeasure(
        rho=np.stack([row.rho for row in rows]),
        mass=np.stack([row.mass for row in rows]),
        count=np.stack([row.count for row in rows]),
        nodes=sizes[0] if len(set(sizes)) == 1 else sizes,
        method=next(name for name in METHODS if any(row.method == name for row in rows)),
        error=max(row.error for row in rows),
    )


def _rounded_sums(values: Any) -> Any:
    array = np.asarray(values, np.float64)
    sums = [round(math.fsum(row)) for row in array.reshape(-1, array.shape[-1])]
    return sums[0] if array.ndim == 1 else np.array(sums, np.int64).reshape(array.shape[:-1])
