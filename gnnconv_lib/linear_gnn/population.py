"""Population loss and gradient of a linear GNN with L rounds, on any graph, for any matrices.

Section 4 and appendix C of awasthi2021, book page `book/awasthi2021/deep-linear`.

One round maps the stacked embeddings by I (x) W1 + A (x) W2, where A is the adjacency matrix and
(x) the Kronecker product. A = sum_mu mu P_mu over its eigenspaces, and the P_mu (x) I commute
with everything here, so the L-th power is sum_mu P_mu (x) (W1 + mu W2)^L. Summing the nodes
multiplies by 1' (x) I from the left. The vectors P_mu 1 are orthogonal, the features are standard
Gaussian, hence

    loss = 1/2 sum_mu c_mu |(W1 + mu W2)^L - (W1* + mu W2*)^L|_F^2,   c_mu = |P_mu 1|^2.

W1 and W2 need not commute, nor be symmetric. A step costs O(L K r^3) with K <= L + 1 quadrature
nodes, whatever the number of nodes of the graph.

Near the optimum M^L - M*^L is built from M - M*, never by subtracting the two powers: E_1 = M -
M*, E_{l+1} = M^l (M - M*) + E_l M*. The `deviation_*` functions take W - W* itself, so that the
relative error stays near the unit roundoff at any distance.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.graphs import Graph
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.summaries.walks import WalkMoments, as_walks
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "deviation_gradient",
    "deviation_loss",
    "gradient",
    "loss",
    "matrices",
    "power_gradient",
]


def loss(
    W1: Numbers[ArrayLike, "features features"],
    W2: Numbers[ArrayLike, "features features"],
    W1_star: Numbers[ArrayLike, "features features"],
    W2_star: Numbers[ArrayLike, "features features"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> Float[jax.Array, ""]:
    """Population loss 1/2 sum_mu c_mu |(W1 + mu W2)^L - (W1* + mu W2*)^L|_F^2.

    Args:
        W1, W2: (r, r) weights of a node's own embedding and of the sum over its neighbours.
        W1_star, W2_star: (r, r) weights of the teacher.
        walks_or_graph: a `WalkMoments` for at least `rounds` rounds (fast) or a `Graph`.
        rounds: number of rounds L, at least 1.

    Returns:
        Scalar array.

    Raises:
        InvalidInput: unless all four matrices are square of one size, or for bad rounds.

    Reference: awasthi2021, Eqs. (20)-(21) and (37); Eq. (46) corrected.

    Two joined nodes, one round: both feature sums get the factor W1 + W2 = 3 against 1, so the loss
    is 2/2 (3 - 1)^2.

    >>> from gnnconv_lib import graphs
    >>> float(loss([[1.0]], [[2.0]], [[1.0]], [[0.0]], graphs.complete(2), 1))
    4.0
    """
    W1, W2, W1_star, W2_star = matrices(W1, W2, W1_star, W2_star)
    rule = _rule(walks_or_graph, rounds, W1.dtype)
    return _loss(W1 - W1_star, W2 - W2_star, W1_star, W2_star, rule, rounds)


def gradient(
    W1: Numbers[ArrayLike, "features features"],
    W2: Numbers[ArrayLike, "features features"],
    W1_star: Numbers[ArrayLike, "features features"],
    W2_star: Numbers[ArrayLike, "features features"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> tuple[Float[jax.Array, "features features"], Float[jax.Array, "features features"]]:
    """Gradient of the population loss with respect to W1 and W2.

    dW1 = sum_mu c_mu G_mu and dW2 = sum_mu c_mu mu G_mu, where
    G_mu = sum_{k<L} (M')^k (M^L - M*^L) (M')^{L-1-k}, M = W1 + mu W2, and ' is the transpose.

    Args and Raises: as `loss`.

    Returns:
        (dW1, dW2), each (r, r).

    Reference: awasthi2021, Lemma 11, corrected (factor 2, transposes), for all graphs.

    >>> from gnnconv_lib import graphs
    >>> dW1, dW2 = gradient([[1.0]], [[2.0]], [[1.0]], [[0.0]], graphs.complete(2), 1)
    >>> float(dW1[0, 0]), float(dW2[0, 0])
    (4.0, 4.0)
    """
    W1, W2, W1_star, W2_star = matrices(W1, W2, W1_star, W2_star)
    rule = _rule(walks_or_graph, rounds, W1.dtype)
    return _gradient(W1 - W1_star, W2 - W2_star, W1_star, W2_star, rule, rounds)


def deviation_loss(
    D1: Numbers[ArrayLike, "features features"],
    D2: Numbers[ArrayLike, "features features"],
    W1_star: Numbers[ArrayLike, "features features"],
    W2_star: Numbers[ArrayLike, "features features"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> Float[jax.Array, ""]:
    """Population loss at W1 = W1* + D1, W2 = W2* + D2, accurate for arbitrarily small D1, D2.

    Args and Raises: as `loss`, with the deviations D1, D2 in place of W1, W2.

    >>> from gnnconv_lib import graphs
    >>> value = deviation_loss([[1e-100]], [[0.0]], [[1.0]], [[1.0]], graphs.complete(1), 2)
    >>> float(value) / 2e-200
    1.0
    """
    D1, D2, W1_star, W2_star = matrices(D1, D2, W1_star, W2_star)
    return _loss(D1, D2, W1_star, W2_star, _rule(walks_or_graph, rounds, D1.dtype), rounds)


def deviation_gradient(
    D1: Numbers[ArrayLike, "features features"],
    D2: Numbers[ArrayLike, "features features"],
    W1_star: Numbers[ArrayLike, "features features"],
    W2_star: Numbers[ArrayLike, "features features"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> tuple[Float[jax.Array, "features features"], Float[jax.Array, "features features"]]:
    """Gradient (dW1, dW2) at W1 = W1* + D1, W2 = W2* + D2, accurate for small D1, D2.

    Args and Raises: as `loss`, with the deviations D1, D2 in place of W1, W2.
    """
    D1, D2, W1_star, W2_star = matrices(D1, D2, W1_star, W2_star)
    return _gradient(D1, D2, W1_star, W2_star, _rule(walks_or_graph, rounds, D1.dtype), rounds)


def power_gradient(
    D: Float[jax.Array, "*values features features"],
    M_star: Float[jax.Array, "*values features features"],
    rounds: int,
) -> tuple[
    Float[jax.Array, "*values features features"], Float[jax.Array, "*values features features"]
]:
    """M^L - M*^L and the gradient of half its squared norm with respect to M, for M = M* + D.

    The gradient is sum_{k<L} (M')^k E (M')^{L-1-k}, E = M^L - M*^L, by the recursion
    F_1 = E, F_{j+1} = M' F_j + E (M')^j.

    Args:
        D: (..., r, r) deviations M - M*. M_star: (..., r, r). rounds: L.

    Returns:
        (E, gradient), both (..., r, r).
    """
    difference, powers = _power_difference(D, M_star, rounds)
    transpose = jnp.swapaxes(M_star + D, -1, -2)
    total = difference
    for power in powers:
        total = _product(transpose, total) + _product(difference, jnp.swapaxes(power, -1, -2))
    return difference, total


def matrices(*values: Any) -> tuple[jax.Array, ...]:
    """Square matrices of one common size and floating type.

    Raises:
        InvalidInput: if one is not square or the sizes differ.
    """
    arrays = as_float_array(*values)
    for array in arrays:
        if array.ndim != 2 or array.shape[0] != array.shape[1] or array.shape != arrays[0].shape:
            shapes = ", ".join(str(a.shape) for a in arrays)
            raise InvalidInput(
                f"weight matrices must be square and of one common size, got shapes {shapes}."
            )
    return arrays


@partial(jax.jit, static_argnames="rounds")
def _loss(
    D1: jax.Array, D2: jax.Array, S1: jax.Array, S2: jax.Array, rule: jax.Array, rounds: int
) -> jax.Array:
    mu, weight = rule
    difference, _ = _power_difference(D1 + mu * D2, S1 + mu * S2, rounds)
    return 0.5 * jnp.sum(weight * difference**2)


@partial(jax.jit, static_argnames="rounds")
def _gradient(
    D1: jax.Array, D2: jax.Array, S1: jax.Array, S2: jax.Array, rule: jax.Array, rounds: int
) -> tuple[jax.Array, jax.Array]:
    mu, weight = rule
    _, slope = power_gradient(D1 + mu * D2, S1 + mu * S2, rounds)
    return jnp.sum(weight * slope, axis=0), jnp.sum(weight * mu * slope, axis=0)


def _rule(walks_or_graph: WalkMoments | Graph, rounds: int, dtype: Any) -> jax.Array:
    """Nodes and weights of the quadrature as one array (2, K, 1, 1)."""
    measure = as_walks(walks_or_graph, rounds)
    return jnp.stack([measure.mu, measure.weight]).astype(dtype)[..., None, None]


def _power_difference(
    D: jax.Array, M_star: jax.Array, rounds: int
) -> tuple[jax.Array, list[jax.Array]]:
    """M^L - M*^L for M = M* + D, and the powers M^1..M^{L-1}."""
    M = M_star + D
    difference = D
    powers: list[jax.Array] = []
    for _ in range(rounds - 1):
        powers.append(_product(powers[-1], M) if powers else M)
        difference = _product(powers[-1], D) + _product(difference, M_star)
    return difference, powers


def _product(first: jax.Array, second: jax.Array) -> jax.Array:
    return jnp.matmul(first, second, precision="highest")
