"""Coordinates of w relative to its teacher w*: w = alpha w* + beta |w*| e with e orthogonal to w*.

Next to w* the numbers alpha and beta say less than u = alpha - 1 and beta do: in float64 alpha
cannot tell 1 from 1 + 1e-17. The differences w - w* are formed first (they are exact when w and
w* agree to within a factor of two), and u and beta are read off them.

Reference: awasthi2021, text above Eq. (13). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib.graphs import as_graph
from gnnconv_lib.kernels.gd_chains.pair_terms import length_of, surplus_of
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn.pair_terms import PairTable, pair_table
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["Frame", "frame", "length_of", "read_measure", "read_weights", "surplus_of"]


class Frame(NamedTuple):
    """Rows of W in the coordinates of their teachers.

    Fields, for weights of shape (..., r):
        shift: u = alpha - 1, shape (...).
        along: alpha, to relative accuracy also near 0.
        across: beta >= 0.
        side: the unit vectors e, shape (..., r); zero where beta = 0.
        teacher: |w*|; 1 where w* = 0.
    """

    shift: Float[jax.Array, "*units"]
    along: Float[jax.Array, "*units"]
    across: Float[jax.Array, "*units"]
    side: Float[jax.Array, "*units features"]
    teacher: Float[jax.Array, "*units"]


def frame(
    weights: Float[jax.Array, "*units features"], teachers: Float[jax.Array, "*units features"]
) -> Frame:
    """The `Frame` of each row of `weights` relative to the same row of `teachers`.

    >>> at = frame(jnp.array([1.0, 2.0]), jnp.array([2.0, 0.0]))
    >>> float(at.shift), float(at.along), float(at.across), at.side.tolist()
    (-0.5, 0.5, 1.0, [0.0, 1.0])
    """
    size = jnp.linalg.norm(teachers, axis=-1, keepdims=True)
    teacher = jnp.where(size == 0, 1.0, size)
    axis = teachers / teacher
    moved = weights - teachers
    along = jnp.sum(weights * axis, axis=-1, keepdims=True) / teacher
    shift = jnp.sum(moved * axis, axis=-1, keepdims=True) / teacher
    # Two ways to the part of w orthogonal to w*: subtract from w - w* near w*, from w near 0.
    small = jnp.abs(along) < jnp.abs(shift)
    shift = jnp.where(small, along - 1, shift)
    along = jnp.where(small, along, shift + 1)
    start = jnp.where(small, weights, moved) / teacher
    rest = start - jnp.where(small, along, shift) * axis
    rest = rest - jnp.sum(rest * axis, axis=-1, keepdims=True) * axis
    across = _norm(rest)
    side = rest / jnp.where(across == 0, 1.0, across)
    return Frame(shift[..., 0], along[..., 0], across[..., 0], side, teacher[..., 0])


def read_measure(overlap: Any, dtype: Any, pad: bool = True) -> PairTable:
    """The pair table of a graph or of an overlap measure, in floating type `dtype`.

    Args:
        overlap: a `Graph`, an `OverlapMeasure`, or a pair table (returned as it is).
        dtype: the floating type of the fields.
        pad: fill up to the next power of two with pairs of mass zero, so that graphs with
            different numbers of distinct overlaps share compiled programs.

    Raises:
        InvalidInput: for an object that is neither.
    """
    if isinstance(overlap, PairTable):
        return PairTable(*(jnp.asarray(field, dtype) for field in overlap))
    if not (hasattr(overlap, "rho") and hasattr(overlap, "mass")):
        from gnnconv_lib import summaries

        overlap = summaries.overlap(as_graph(overlap, "overlap", "an OverlapMeasure"))
    rho, mass = overlap.rho, overlap.mass
    if pad and not isinstance(rho, jax.core.Tracer) and not isinstance(mass, jax.core.Tracer):
        missing = max(8, 1 << (len(rho) - 1).bit_length()) - len(rho)
        rho, mass = np.pad(np.asarray(rho), (0, missing)), np.pad(np.asarray(mass), (0, missing))
    return pair_table(jnp.asarray(rho, dtype), jnp.asarray(mass, dtype))


def read_weights(
    weights: Any, teachers: Any
) -> tuple[Float[jax.Array, "*units features"], Float[jax.Array, "*units features"]]:
    """W and W_star as floating arrays of one shape, (h, r) or (r,).

    Raises:
        InvalidInput: if the shapes differ or are not one of these two.
    """
    weights, teachers = as_float_array(weights, teachers)
    if weights.ndim not in (1, 2) or 0 in weights.shape:
        raise InvalidInput(
            f"W must be an array of shape (h, r) or (r,), got an array of shape {weights.shape}."
        )
    if teachers.shape != weights.shape:
        raise InvalidInput(
            f"W_star must be an array of the shape of W, {weights.shape}, got {teachers.shape}."
        )
    return weights, teachers


def _norm(vectors: jax.Array) -> jax.Array:
    """The lengths over the last axis, kept, without underflow."""
    larger = jnp.max(jnp.abs(vectors), axis=-1, keepdims=True)
    safe = jnp.where(larger == 0, 1.0, larger)
    return larger * jnp.linalg.norm(vectors / safe, axis=-1, keepdims=True)
