"""Loss, gradient and Hessian of the one-round ReLU GNN in the weights W themselves.

With l = |w|, m = |w*|, c the cosine between them, and A, B, C the sums of `relu_gnn.sums`,

    L = sum over the units of  A (l^2 + m^2) / 2 - l m B(c)
      = sum over the units of  A (l - m)^2 / 2 + l m (A - B(c)).

The second line is what is computed: no difference of large numbers is left in it. The gradient
and the Hessian have closed forms too (below), which JAX's automatic differentiation is told to
use; it would otherwise meet 0 / 0 at w = w* and infinite second derivatives on the line through
w*. `jax.grad` and `jax.hessian` of `loss` are therefore right and finite wherever the derivatives
exist. The overlap measure is a constant to them.

Where the loss is not smooth:

1. w = 0. The loss has a cone there, L = A m^2 / 2 - l m B(c) + O(l^2). `gradient` returns
   -kappa sum_ij d_ij w* with kappa = 1, which is what the definition gives with the
   paper's sigma'(0) = sqrt(2): E[(y^(w) - y) sum_j sigma'(w.x_j) x_j] at w = 0, y^ and y the
   outputs. For each kappa in [0, 1] the vector is in Clarke's subdifferential, because
   kappa rho c <= s(rho c). A Hessian does not exist; `hessian` refuses w = 0. For another
   activation this is the first of its two terms (see `two_slopes`).
2. w* = 0 is allowed: the loss is A l^2 / 2 and its gradient A w.

Reference: awasthi2021, Eqs. (5)-(15) and Appendix B. Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from numpy.typing import ArrayLike

from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn.geometry import (
    Frame,
    frame,
    length_of,
    read_measure,
    read_weights,
    surplus_of,
)
from gnnconv_lib.relu_gnn.pair_terms import PairSums, PairTable, direction, pair_sums
from gnnconv_lib.relu_gnn.two_slopes import distance, two_slopes
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["gradient", "hessian", "loss"]


def loss(
    W: Numbers[ArrayLike, "*units features"],
    W_star: Numbers[ArrayLike, "*units features"],
    overlap: Any,
    activation: Any = "scaled_relu",
) -> Float[jax.Array, ""]:
    """The population loss (1/2) E|sum_i sigma(W x_i) - sum_i sigma(W* x_i)|^2.

    Here sigma(t) = sqrt(2) max(t, 0), entry by entry. x_i = h_i + sum of h_j over the neighbours j
    of node i is what node i receives; the features h_j in R^r of the n nodes are independent
    standard Gaussians. Both sums run over all nodes.

    Args:
        W: weights, shape (h, r), or (r,) for one unit.
        W_star: the teacher's weights, same shape; rows of any length.
        overlap: a `Graph` or its `OverlapMeasure`.
        activation: a positively homogeneous one in the place of the scaled ReLU, by name, as an
            `Activation` or as a callable; `leaky_relu(0.2)`, say (see `two_slopes`).

    Returns:
        A scalar; relative error of a few 1e-15 also next to W_star.

    Raises:
        InvalidInput: for shapes that do not match, something that is no graph or measure, and an
            activation that is not positively homogeneous.

    Reference: awasthi2021, Eqs. (5) and (12); Appendix B for unequal degrees.

    >>> from gnnconv_lib import graphs
    >>> float(loss([2.0, 0.0], [1.0, 0.0], graphs.complete(2)))  # A = 8: 8 (2 - 1)^2 / 2
    4.0
    >>> float(loss([2.0, 0.0], [1.0, 0.0], graphs.complete(2), "relu"))
    2.0
    """
    shares = two_slopes(activation)
    weights, teachers = read_weights(W, W_star)
    table = read_measure(overlap, weights.dtype)
    return shares.mix(
        _compiled_loss(weights, teachers, table),
        lambda: table.messages * distance(weights, teachers),
    )


def gradient(
    W: Numbers[ArrayLike, "*units features"],
    W_star: Numbers[ArrayLike, "*units features"],
    overlap: Any,
    activation: Any = "scaled_relu",
) -> Float[jax.Array, "*units features"]:
    """The gradient of the population loss with respect to W.

    With w = alpha w* + beta m e, e a unit vector orthogonal to w* (lengths in units of m),

        dL/dw = (A (alpha - 1) + E(c)) w* + (A (l - 1) + D(c) + c C(c)) / l  beta m e,

    where D = A - B(c) and E = A - c B(c) - sin(theta)^2 C(c) are sums of nonnegative terms.
    At w = 0 see the module docstring.

    Args:
        W, W_star, overlap, activation: as for `loss`.

    Returns:
        An array of the shape of W.

    Raises:
        InvalidInput: as for `loss`.

    Reference: awasthi2021, Eqs. (14) and (15).

    >>> from gnnconv_lib import graphs
    >>> gradient([2.0, 0.0], [1.0, 0.0], graphs.complete(2)).tolist()  # A (2 - 1)
    [8.0, 0.0]
    """
    shares = two_slopes(activation)
    weights, teachers = read_weights(W, W_star)
    table = read_measure(overlap, weights.dtype)
    return shares.mix(
        _compiled_gradient(weights, teachers, table), lambda: table.messages * (weights - teachers)
    )


def hessian(
    w: Numbers[ArrayLike, " features"],
    w_star: Numbers[ArrayLike, " features"],
    overlap: Any,
    activation: Any = "scaled_relu",
) -> Float[jax.Array, "features features"]:
    """The Hessian of the loss of one unit.

    In the frame of e_r = w / l, e_t (orthogonal to it, in the plane of w and w*) and the rest,

        H = A e_r e_r' + G (I - e_r e_r') - (m / l) F(c) e_t e_t',
        G = A - (m / l) (B(c) - c C(c)),   F(c) = sin(theta)^2 C'(c) >= 0.

    Its largest eigenvalue is A, at every w != 0, with eigenvector e_r. At w* it is
    diag(A, C(1), ..., C(1)).

    Args:
        w: weights of one unit, shape (r,), not zero.
        w_star: its teacher, shape (r,).
        overlap, activation: as for `loss`.

    Returns:
        A symmetric matrix of shape (r, r).

    Raises:
        InvalidInput: for shapes that do not match, or w = 0 (where the loss has no Hessian).

    Reference: awasthi2021, Lemma 7 (whose second derivatives it corrects).

    >>> from gnnconv_lib import graphs
    >>> hessian([1.0, 0.0], [1.0, 0.0], graphs.complete(2)).tolist()  # A = C(1) = 8
    [[8.0, 0.0], [0.0, 8.0]]
    """
    shares = two_slopes(activation)
    weights, teachers = as_float_array(w, w_star)
    if weights.ndim != 1:
        raise InvalidInput(f"w must be an array of shape (r,), got shape {weights.shape}.")
    weights, teachers = read_weights(weights, teachers)
    if not isinstance(weights, jax.core.Tracer) and not bool(jnp.any(weights != 0)):
        raise InvalidInput("w must not be zero, where the loss has no Hessian, got w = 0.")
    table = read_measure(overlap, weights.dtype)
    return shares.mix(
        _compiled_hessian(weights, teachers, table),
        lambda: table.messages * jnp.eye(weights.shape[0], dtype=weights.dtype),
    )


@jax.custom_jvp
def _loss(weights: jax.Array, teachers: jax.Array, table: PairTable) -> jax.Array:
    at, length, sums = _evaluate(weights, teachers, table)
    surplus = surplus_of(at.shift, at.across, length)
    units = table.full * surplus * surplus / 2 + length * sums.loss_gap
    units = jnp.where(
        _norms(teachers) == 0, table.full * _norms(weights) ** 2 / 2, at.teacher**2 * units
    )
    return jnp.sum(units)


@jax.custom_jvp
def _gradient(weights: jax.Array, teachers: jax.Array, table: PairTable) -> jax.Array:
    at, length, sums = _evaluate(weights, teachers, table)
    along = table.full * at.shift + sums.along
    along = jnp.where(length == 0, -table.messages, along)
    across = _stiffness(at, length, sums, table) * at.across * at.teacher
    result = along[..., None] * teachers + across[..., None] * at.side
    return jnp.where(_norms(teachers)[..., None] == 0, table.full * weights, result)


def _loss_rule(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    weights, teachers, table = primals
    value = _loss(weights, teachers, table)
    change = jnp.zeros_like(value)
    if not isinstance(tangents[0], SymbolicZero):
        change = change + jnp.sum(_gradient(weights, teachers, table) * tangents[0])
    if not isinstance(tangents[1], SymbolicZero):
        change = change + jnp.sum(_gradient(teachers, weights, table) * tangents[1])
    return value, change


def _gradient_rule(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    weights, teachers, table = primals
    value = _gradient(weights, teachers, table)
    change = jnp.zeros_like(value)
    if not isinstance(tangents[0], SymbolicZero):
        change = change + _along_weights(weights, teachers, table, tangents[0])
    if not isinstance(tangents[1], SymbolicZero):
        change = change + _along_teachers(weights, teachers, table, tangents[1])
    return value, change


_loss.defjvp(_loss_rule, symbolic_zeros=True)
_gradient.defjvp(_gradient_rule, symbolic_zeros=True)
_compiled_loss = jax.jit(_loss)
_compiled_gradient = jax.jit(_gradient)


@jax.jit
def _compiled_hessian(weights: jax.Array, teachers: jax.Array, table: PairTable) -> jax.Array:
    columns = jnp.eye(weights.shape[0], dtype=weights.dtype)
    return jax.vmap(lambda moved: _along_weights(weights, teachers, table, moved))(columns)


def _evaluate(
    weights: jax.Array, teachers: jax.Array, table: PairTable
) -> tuple[Frame, jax.Array, PairSums]:
    """Frame, length l (0 at w = 0) and pair sums of each row, in units of the teacher's length."""
    at = frame(weights, teachers)
    length = length_of(at.along, at.across)
    safe = jnp.where(length == 0, 1.0, length)
    return at, length, pair_sums(table, direction(at.along, at.across, safe))


def _stiffness(at: Frame, length: jax.Array, sums: PairSums, table: PairTable) -> jax.Array:
    """G = (A (l - 1) + D + c C) / l: the curvature orthogonal to w and w*; A where w = 0."""
    safe = jnp.where(length == 0, 1.0, length)
    surplus = surplus_of(at.shift, at.across, length)
    value = (table.full * surplus + sums.loss_gap + at.along / safe * sums.slope) / safe
    return jnp.where(length == 0, table.full, value)


def _along_weights(
    weights: jax.Array, teachers: jax.Array, table: PairTable, moved: jax.Array
) -> jax.Array:
    """The Hessian times `moved`; A times it where w = 0 or w* = 0 (the smooth part)."""
    at, length, sums = _evaluate(weights, teachers, table)
    radial, turn, _ = _axes(at, length, teachers)
    radial_part = jnp.sum(radial * moved, axis=-1, keepdims=True) * radial
    turn_part = jnp.sum(turn * moved, axis=-1, keepdims=True) * turn
    bend = (sums.bend / jnp.where(length == 0, 1.0, length))[..., None]
    stiffness = _stiffness(at, length, sums, table)[..., None]
    result = table.full * radial_part + stiffness * (moved - radial_part) - bend * turn_part
    kink = (length == 0)[..., None] | (_norms(teachers)[..., None] == 0)
    return jnp.where(kink, table.full * moved, result)


def _along_teachers(
    weights: jax.Array, teachers: jax.Array, table: PairTable, moved: jax.Array
) -> jax.Array:
    """The derivative of the gradient when the teachers move.

    d2L / dw dw* = -(C I + (B - c C) e_r a' + F e_t e'), with a = w*/m and
    e_t = sin(theta) a - cos(theta) e.
    """
    at, length, sums = _evaluate(weights, teachers, table)
    radial, turn, axis = _axes(at, length, teachers)
    cosine = at.along / jnp.where(length == 0, 1.0, length)
    flat = (table.full - sums.loss_gap - cosine * sums.slope)[..., None]
    by_axis = jnp.sum(axis * moved, axis=-1, keepdims=True)
    by_side = jnp.sum(at.side * moved, axis=-1, keepdims=True)
    result = sums.slope[..., None] * moved + flat * by_axis * radial
    result = result + sums.bend[..., None] * by_side * turn
    kink = (length == 0)[..., None] | (_norms(teachers)[..., None] == 0)
    return -jnp.where(kink, table.messages * moved, result)


def _axes(
    at: Frame, length: jax.Array, teachers: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """The unit vectors e_r, e_t and w*/m; e_t = 0 on the line of w*."""
    safe = jnp.where(length == 0, 1.0, length)
    cosine, sine = (at.along / safe)[..., None], (at.across / safe)[..., None]
    axis = teachers / at.teacher[..., None]
    radial = cosine * axis + sine * at.side
    turn = jnp.where(sine == 0, 0.0, sine * axis - cosine * at.side)
    return radial, turn, axis


def _norms(vectors: jax.Array) -> jax.Array:
    """The lengths over the last axis; no derivative is taken through them."""
    return jnp.linalg.norm(vectors, axis=-1)
