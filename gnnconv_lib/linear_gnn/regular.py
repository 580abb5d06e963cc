"""Regular graphs: one main eigenvalue d, so that only M = W1 + d W2 matters.

Section 4 and appendix C of awasthi2021, book page `book/awasthi2021/deep-linear`.

On a d-regular graph with n nodes the loss is n/2 |M^L - M*^L|_F^2. Gradient descent moves W1 by G
and W2 by d G, so M moves by (1 + d^2) G and the combination d W1 - W2 never moves: no amount of
data separates W1 from W2. For symmetric positive definite M* and M_0 = (1 + d) I all M_t share
the eigenvectors of M*, and each eigenvalue follows its own recurrence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.linear_gnn.commuting import power_sum
from gnnconv_lib.linear_gnn.population import matrices, power_gradient
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["gradient", "limit", "loss", "singular_value_loss", "singular_value_step"]


def loss(
    M: Numbers[ArrayLike, "features features"],
    M_star: Numbers[ArrayLike, "features features"],
    nodes: int,
    rounds: int,
) -> Float[jax.Array, ""]:
    """Population loss n/2 |M^L - M*^L|_F^2 on a regular graph, for any square M.

    Args:
        M, M_star: (r, r), W1 + d W2 and W1* + d W2*. nodes: n. rounds: L.

    Reference: awasthi2021, Lemma 10.

    >>> float(loss([[2.0]], [[1.0]], 4, 2))
    18.0
    """
    M, M_star = matrices(M, M_star)
    difference, _ = power_gradient(M - M_star, M_star, rounds)
    return 0.5 * nodes * jnp.sum(difference**2)


def gradient(
    M: Numbers[ArrayLike, "features features"],
    M_star: Numbers[ArrayLike, "features features"],
    nodes: int,
    degree: int,
    rounds: int,
) -> tuple[Float[jax.Array, "features features"], Float[jax.Array, "features features"]]:
    """Gradient (G, d G) with respect to (W1, W2), G = n sum_{k<L} (M')^k (M^L - M*^L) (M')^{L-1-k}.

    Reference: awasthi2021, Lemma 11, corrected.

    >>> G, dG = gradient([[2.0]], [[1.0]], 4, 3, 1)
    >>> float(G[0, 0]), float(dG[0, 0])
    (4.0, 12.0)
    """
    M, M_star = matrices(M, M_star)
    _, slope = power_gradient(M - M_star, M_star, rounds)
    return nodes * slope, degree * nodes * slope


def singular_value_step(
    deviation: Numbers[ArrayLike, "*#eigenvalues"],
    sigma_star: Numbers[ArrayLike, "*#eigenvalues"],
    nodes: int,
    degree: int,
    rounds: int,
    learning_rate: Numbers[ArrayLike, "*#eigenvalues"],
    factor: float = 1.0,
) -> Float[jax.Array, "*eigenvalues"]:
    """One step of gradient descent for each sigma, in terms of e = sigma - sigma*:
    e+ = e (1 - factor eta n L (d^2 + 1) sigma^{L-1} S), S = sum_{j<L} sigma^j sigma*^{L-1-j}.

    Args:
        deviation: sigma - sigma*, any shape. sigma_star: singular values of M*.
        factor: 1 is gradient descent; 0.5 is the recurrence as printed in the paper.

    Returns:
        The new deviations.

    Reference: awasthi2021, Eqs. (41)-(42), corrected by a factor 2.

    One node, one round: the loss is (sigma - sigma*)^2 / 2.

    >>> float(singular_value_step(1.0, 2.0, 1, 0, 1, 0.25))
    0.75
    """
    deviation, sigma_star, rate = as_float_array(deviation, sigma_star, learning_rate)
    sigma = sigma_star + deviation
    slope = rounds * sigma ** (rounds - 1) * power_sum(sigma, sigma_star, rounds)
    return deviation * (1.0 - factor * rate * nodes * (degree**2 + 1) * slope)


def singular_value_loss(
    deviation: Numbers[ArrayLike, "*#batch eigenvalues"],
    sigma_star: Numbers[ArrayLike, "*#batch eigenvalues"],
    nodes: int,
    rounds: int,
) -> Float[jax.Array, "*batch"]:
    """Loss n/2 sum_i (sigma_i^L - sigma_i*^L)^2 over the last axis, from deviations.

    >>> float(singular_value_loss([1.0], [1.0], 4, 2))
    18.0
    """
    deviation, sigma_star = as_float_array(deviation, sigma_star)
    powers = deviation * power_sum(sigma_star + deviation, sigma_star, rounds)
    return 0.5 * nodes * jnp.sum(powers**2, axis=-1)


def limit(
    W1: Numbers[ArrayLike, "features features"],
    W2: Numbers[ArrayLike, "features features"],
    M_star: Numbers[ArrayLike, "features features"],
    degree: int,
) -> tuple[Float[jax.Array, "features features"], Float[jax.Array, "features features"]]:
    """Where gradient descent from (W1, W2) ends if M converges to M*: the nearest such pair.

    W1 + (M* - M) / (1 + d^2) and W2 + d (M* - M) / (1 + d^2), with M = W1 + d W2.

    Reference: awasthi2021, Theorem 2: which parameters it finds.

    >>> W1, W2 = limit([[1.0]], [[1.0]], [[6.0]], 2)
    >>> round(float(W1[0, 0]), 12), round(float(W2[0, 0]), 12)
    (1.6, 2.2)
    """
    W1, W2, M_star = matrices(W1, W2, M_star)
    shift = (M_star - W1 - degree * W2) / (1 + degree**2)
    return W1 + shift, W2 + degree * shift
