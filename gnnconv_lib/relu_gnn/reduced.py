"""Gradient descent in two numbers per unit: w = (1 + u) w* + beta |w*| e.

The gradient lies in the plane of w and w*, so that every iterate is a linear combination of w_0
and w*: the unit vector e, orthogonal to w*, never changes, and the pair (u, beta) is all there is.
With lengths in units of |w*|,

    L = |w*|^2 (A (l - 1)^2 / 2 + l D(c)),
    u     <- u - eta (A u + E(c)),
    beta  <- beta (1 - eta G),   G = (A (l - 1) + D(c) + c C(c)) / l.

A step costs a few operations per distinct overlap, whatever the number of nodes, and beta keeps
its relative accuracy down to the smallest numbers of the type. Another positively homogeneous
activation mixes this loss with S (u^2 + beta^2) / 2 (see `two_slopes`).

Reference: awasthi2021, Eqs. (13)-(15). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn.geometry import frame, length_of, read_measure, surplus_of
from gnnconv_lib.relu_gnn.pair_terms import PairSums, PairTable, direction, pair_sums
from gnnconv_lib.relu_gnn.two_slopes import two_slopes
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "Reduced",
    "evaluate",
    "expand",
    "reduce",
    "reduced_gradient",
    "reduced_hessian",
    "reduced_loss",
    "slopes",
]


class Reduced(NamedTuple):
    """The coordinates (u, beta) of each unit, w = (1 + u) w* + beta |w*| e.

    Fields:
        u: alpha - 1, any shape.
        beta: the component across w*, in units of |w*|, same shape.
    """

    u: Float[jax.Array, "*units"]
    beta: Float[jax.Array, "*units"]


def reduce(
    W: Numbers[ArrayLike, "*units features"], W_star: Numbers[ArrayLike, "*#units features"]
) -> tuple[Reduced, Float[jax.Array, "*units features"]]:
    """The reduced coordinates of W, and the unit vectors e that go with them.

    Args:
        W: weights, shape (..., r).
        W_star: the teacher's weights, broadcast to the shape of W; no row zero.

    Returns:
        (`Reduced` with fields of shape (...), unit vectors of shape (..., r)). A unit vector
        is zero where w lies on the line of w*.

    Raises:
        InvalidInput: if a row of W_star is zero, or the shapes do not match.

    Reference: awasthi2021, text above Eq. (13).

    >>> at, side = reduce([[1.0, 2.0]], [[2.0, 0.0]])
    >>> at.u.tolist(), at.beta.tolist(), side.tolist()
    ([-0.5], [1.0], [[0.0, 1.0]])
    """
    weights, teachers = as_float_array(W, W_star)
    if weights.ndim == 0 or teachers.shape != weights.shape[weights.ndim - teachers.ndim :]:
        raise InvalidInput(
            f"W_star must have the last axes of the shape of W, {weights.shape}, "
            f"got {teachers.shape}."
        )
    if not isinstance(teachers, jax.core.Tracer) and bool(jnp.any(jnp.all(teachers == 0, axis=-1))):
        raise InvalidInput("W_star must have no zero row in reduced coordinates, got one.")
    at = frame(weights, jnp.broadcast_to(teachers, weights.shape))
    return Reduced(at.shift, at.across), at.side


def expand(
    parameters: Reduced,
    W_star: Numbers[ArrayLike, "*#units features"],
    side: Numbers[ArrayLike, "*#units features"],
) -> Float[jax.Array, "*units features"]:
    """The weights W = W_star + u W_star + beta |w*| e, the inverse of `reduce`.

    >>> at, side = reduce([[1.0, 2.0]], [[2.0, 0.0]])
    >>> expand(at, [[2.0, 0.0]], side).tolist()
    [[1.0, 2.0]]
    """
    teachers, side = as_float_array(W_star, side)
    lengths = jnp.linalg.norm(teachers, axis=-1)
    across = (jnp.asarray(parameters.beta) * lengths)[..., None] * side
    return teachers + (jnp.asarray(parameters.u)[..., None] * teachers + across)


def reduced_loss(
    u: Numbers[ArrayLike, "*#points"],
    beta: Numbers[ArrayLike, "*#points"],
    overlap: Any,
    activation: Any = "scaled_relu",
) -> Float[jax.Array, "*points"]:
    """The loss of units with unit teachers, L = A (l - 1)^2 / 2 + l D(c), entry by entry.

    Args:
        u: alpha - 1, any shape.
        beta: the component across w*, broadcast against u.
        overlap: a `Graph` or its `OverlapMeasure`.
        activation: a positively homogeneous one in the place of the scaled ReLU, by name, as an
            `Activation` or as a callable; `leaky_relu(0.2)`, say.

    Returns:
        L, in the common shape; not summed.

    Raises:
        InvalidInput: for something that is no graph or measure, and an activation that is not
            positively homogeneous.

    Reference: awasthi2021, Eq. (13).

    >>> from gnnconv_lib import graphs
    >>> float(reduced_loss(2.0**-100, 0.0, graphs.complete(2))) == 4 * 2.0**-200  # A = 8
    True
    >>> float(reduced_loss(1.0, 2.0, graphs.complete(2), "identity"))  # S (1 + 4) / 2, S = 8
    20.0
    """
    shares = two_slopes(activation)
    at, table = _read(u, beta, overlap)
    return shares.mix(_loss(at, table), lambda: table.messages * (at.u**2 + at.beta**2) / 2)


def reduced_gradient(
    u: Numbers[ArrayLike, "*#points"],
    beta: Numbers[ArrayLike, "*#points"],
    overlap: Any,
    activation: Any = "scaled_relu",
) -> Reduced:
    """The derivatives of `reduced_loss`: (A u + E(c), beta (A (l - 1) + D(c) + c C(c)) / l).

    At u = -1, beta = 0 (w = 0) it is (-sum of d_ij, 0), as in `relu_gnn.gradient`.

    Args:
        u, beta, overlap, activation: as for `reduced_loss`.

    Returns:
        `Reduced` with the two derivatives.

    Raises:
        InvalidInput: as for `reduced_loss`.

    Reference: awasthi2021, Eqs. (14) and (15).

    >>> from gnnconv_lib import graphs
    >>> [float(value) for value in reduced_gradient(1.0, 0.0, graphs.complete(2))]
    [8.0, 0.0]
    >>> [float(value) for value in reduced_gradient(1.0, 2.0, graphs.complete(2), "identity")]
    [8.0, 16.0]
    """
    shares = two_slopes(activation)
    at, table = _read(u, beta, overlap)
    along, across = _gradient(at, table)
    return Reduced(
        shares.mix(along, lambda: table.messages * at.u),
        shares.mix(across, lambda: table.messages * at.beta),
    )


def reduced_hessian(
    u: Numbers[ArrayLike, "*#points"],
    beta: Numbers[ArrayLike, "*#points"],
    overlap: Any,
    activation: Any = "scaled_relu",
) -> Float[jax.Array, "*points 2 2"]:
    """The 2 x 2 matrix of second derivatives of `reduced_loss` in (u, beta).

    Args:
        u, beta, overlap, activation: as for `reduced_loss`; not both alpha = 1 + u and beta zero.

    Returns:
        Symmetric matrices of shape (..., 2, 2); one eigenvalue is A, the first of
        `relu_gnn.sums` with the same activation. NaN at w = 0.

    Raises:
        InvalidInput: as for `reduced_loss`.

    Reference: awasthi2021, Lemma 7 (whose second derivatives it corrects).

    >>> from gnnconv_lib import graphs
    >>> reduced_hessian(1.0, 0.0, graphs.complete(2), "identity").tolist()  # S = 8
    [[8.0, 0.0], [0.0, 8.0]]
    """
    shares = two_slopes(activation)
    at, table = _read(u, beta, overlap)
    return shares.mix(_hessian(at, table), lambda: table.messages * jnp.eye(2, dtype=at.u.dtype))


@jax.jit
def _loss(at: Reduced, table: PairTable) -> jax.Array:
    length, surplus, sums = evaluate(at, table)
    return table.full * surplus * surplus / 2 + length * sums.loss_gap


@jax.jit
def _gradient(at: Reduced, table: PairTable) -> Reduced:
    along, across = slopes(at, table)
    return Reduced(along, across * at.beta)


@jax.jit
def _hessian(at: Reduced, table: PairTable) -> jax.Array:
    length, surplus, sums = evaluate(at, table)
    cosine, sine = (1 + at.u) / length, at.beta / length
    stiffness = (table.full * surplus + sums.loss_gap + cosine * sums.slope) / length
    turn = stiffness - sums.bend / length
    upper = table.full * cosine**2 + turn * sine**2
    mixed = (table.full - turn) * cosine * sine
    lower = table.full * sine**2 + turn * cosine**2
    rows = jnp.stack([upper, mixed, mixed, lower], axis=-1)
    return rows.reshape(*upper.shape, 2, 2)


def _read(u: Any, beta: Any, overlap: Any) -> tuple[Reduced, PairTable]:
    u, beta = as_float_array(u, beta)
    u, beta = jnp.broadcast_arrays(u, beta)
    return Reduced(u, beta), read_measure(overlap, u.dtype)


def evaluate(
    at: Reduced, table: PairTable
) -> tuple[Float[jax.Array, "*units"], Float[jax.Array, "*units"], PairSums]:
    """The length l, l - 1 and the pair sums; what `reduced_loss` and `slopes` are made of."""
    length = length_of(1 + at.u, at.beta)
    safe = jnp.where(length == 0, 1.0, length)
    surplus = surplus_of(at.u, at.beta, length)
    return length, surplus, pair_sums(table, direction(1 + at.u, at.beta, safe))


def slopes(
    at: Reduced, table: PairTable
) -> tuple[Float[jax.Array, "*units"], Float[jax.Array, "*units"]]:
    """The derivative in u, and the derivative in beta divided by beta."""
    length, surplus, sums = evaluate(at, table)
    safe = jnp.where(length == 0, 1.0, length)
    along = jnp.where(length == 0, -table.messages, table.full * at.u + sums.along)
    cosine = (1 + at.u) / safe
    return along, (table.full * surplus + sums.loss_gap + cosine * sums.slope) / safe
