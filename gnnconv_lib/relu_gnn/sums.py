"""The three sums over pairs of nodes through which a graph enters the one-round ReLU GNN.

Reference: awasthi2021, section 3.2, and A', B', C' at the end of Appendix B.
Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib import dual
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn.geometry import read_measure
from gnnconv_lib.relu_gnn.pair_terms import PairTable
from gnnconv_lib.relu_gnn.two_slopes import two_slopes
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["sums"]


def sums(
    overlap: Any, cos: Numbers[ArrayLike, "*points"], activation: Any = "scaled_relu"
) -> tuple[Float[jax.Array, "*points"], Float[jax.Array, "*points"], Float[jax.Array, "*points"]]:
    """The sums A, B and C at the cosine c of the angle between w and w*.

        A = sum mass s(rho),   B(c) = sum mass s(rho c),   C(c) = B'(c) = sum mass rho s'(rho c),

    where the sum runs over the overlap measure, that is, over all ordered pairs (i, j) with
    mass m_ij = sqrt((d_i+1)(d_j+1)) and rho_ij = d_ij / m_ij. On a d-regular graph they are
    d + 1 times the paper's A, B_t and C_t.

    Args:
        overlap: a `Graph` or its `OverlapMeasure`.
        cos: cosines in [-1, 1], any shape.
        activation: a positively homogeneous one in the place of the scaled ReLU, by name, as an
            `Activation` or as a callable; `leaky_relu(0.2)`, say with its dual in the place of s.

    Returns:
        (A, B, C), each of the shape of `cos`. Differentiable in `cos`.

    Raises:
        InvalidInput: for a cosine outside of [-1, 1], something that is no graph or measure, and
            an activation that is not positively homogeneous.

    Reference: awasthi2021, Appendix B (A', B', C').

    >>> from gnnconv_lib import graphs
    >>> [float(value) for value in sums(graphs.complete(2), 1.0)]
    [8.0, 8.0, 8.0]
    >>> [float(value) for value in sums(graphs.complete(2), 0.5, "identity")]
    [8.0, 4.0, 8.0]
    """
    shares = two_slopes(activation)
    (cos,) = as_float_array(cos)
    if not isinstance(cos, jax.core.Tracer) and not bool(
        jnp.all(jnp.abs(cos) <= 1 + 4 * jnp.finfo(cos.dtype).eps)
    ):
        raise InvalidInput("cos must lie in [-1, 1], got a value outside of it.")
    table = read_measure(overlap, cos.dtype)
    full, mixed, slope = _sums(table, cos)
    messages = jnp.broadcast_to(table.messages, cos.shape)
    return (
        shares.mix(full, lambda: messages),
        shares.mix(mixed, lambda: messages * cos),
        shares.mix(slope, lambda: messages),
    )


@jax.jit
def _sums(table: PairTable, cos: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    angles = table.rho * cos[..., None]
    full = jnp.broadcast_to(table.full, cos.shape)
    mixed = jnp.sum(table.mass * dual.scaled_relu(angles), axis=-1)
    slope = jnp.sum(table.mass * table.rho * dual.step(angles), axis=-1)
    return full, mixed, slope
