"""Commuting symmetric weights: every common eigenvector p has its own pair (alpha_p, beta_p).

Appendix C of awasthi2021 ("handling unequal degrees"), book page
`book/awasthi2021/linear-unequal-degrees`.

If W1, W2, W1*, W2* are symmetric and commute, they are diagonal in one basis; gradient descent from
the identity stays there. The loss splits into a sum over p of

    1/2 sum_mu c_mu ((alpha_p + mu beta_p)^L - (alpha_p* + mu beta_p*)^L)^2.

With m = alpha + mu beta the difference of powers is (m - m*) S, S = sum_{j<L} m^j m*^{L-1-j}: it
is never formed by subtraction. The functions take deviations a = alpha - alpha*, b = beta -
beta*, so that the relative accuracy holds at any distance from the teacher.
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
from gnnconv_lib.validation import require_integer

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "pair_gradient",
    "pair_hessian_at_teacher",
    "pair_loss",
    "power_sum",
]


def power_sum(
    first: Numbers[ArrayLike, "*#points"], second: Numbers[ArrayLike, "*#points"], rounds: int
) -> Float[jax.Array, "*points"]:
    """The factor S in a^L - b^L = (a - b) S: S = sum_{j<L} a^j b^{L-1-j}, by Horner's scheme.

    >>> float(power_sum(2.0, 3.0, 3))
    19.0
    """
    first, second = as_float_array(first, second)
    total = jnp.ones(jnp.broadcast_shapes(first.shape, second.shape), first.dtype)
    power = jnp.ones_like(second)
    for _ in range(rounds - 1):
        power = power * second
        total = total * first + power
    return total


def pair_loss(
    a: Numbers[ArrayLike, "*#eigenvalues"],
    b: Numbers[ArrayLike, "*#eigenvalues"],
    alpha_star: Numbers[ArrayLike, "*#eigenvalues"],
    beta_star: Numbers[ArrayLike, "*#eigenvalues"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> Float[jax.Array, "*eigenvalues"]:
    """Loss of each pair, 1/2 sum_mu c_mu ((m* + a + mu b)^L - m*^L)^2 with m* = alpha* + mu beta*.

    Args:
        a, b: deviations alpha - alpha* and beta - beta*, any common shape S.
        alpha_star, beta_star: the teacher's pairs, broadcastable to S.
        walks_or_graph: a `WalkMoments` or a `Graph`. rounds: L, at least 1.

    Returns:
        Array of shape S; the loss of the matrices is the sum over the r pairs.

    Reference: awasthi2021, Eqs. (49)-(56), corrected.

    >>> from gnnconv_lib import graphs
    >>> float(pair_loss(0.0, 2.0, 1.0, 0.0, graphs.complete(2), 1))
    4.0
    """
    return _pair_loss(*_lifted(a, b, alpha_star, beta_star, walks_or_graph, rounds), rounds)


@partial(jax.jit, static_argnames="rounds")
def _pair_loss(
    a: jax.Array, b: jax.Array, m_star: jax.Array, mu: jax.Array, weight: jax.Array, rounds: int
) -> jax.Array:
    gap = a + mu * b
    return 0.5 * jnp.sum(weight * (gap * power_sum(m_star + gap, m_star, rounds)) ** 2, axis=-1)


def pair_gradient(
    a: Numbers[ArrayLike, "*#eigenvalues"],
    b: Numbers[ArrayLike, "*#eigenvalues"],
    alpha_star: Numbers[ArrayLike, "*#eigenvalues"],
    beta_star: Numbers[ArrayLike, "*#eigenvalues"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> tuple[Float[jax.Array, "*eigenvalues"], Float[jax.Array, "*eigenvalues"]]:
    """Gradient of `pair_loss`: L sum_mu c_mu m^{L-1} (m^L - m*^L) and the same times mu.

    Args: as `pair_loss`.

    Returns:
        (d/d alpha, d/d beta), each of shape S.

    >>> from gnnconv_lib import graphs
    >>> [float(value) for value in pair_gradient(0.0, 2.0, 1.0, 0.0, graphs.complete(2), 1)]
    [4.0, 4.0]
    """
    return _pair_gradient(*_lifted(a, b, alpha_star, beta_star, walks_or_graph, rounds), rounds)


@partial(jax.jit, static_argnames="rounds")
def _pair_gradient(
    a: jax.Array, b: jax.Array, m_star: jax.Array, mu: jax.Array, weight: jax.Array, rounds: int
) -> tuple[jax.Array, jax.Array]:
    gap = a + mu * b
    m = m_star + gap
    slope = rounds * weight * m ** (rounds - 1) * gap * power_sum(m, m_star, rounds)
    return jnp.sum(slope, axis=-1), jnp.sum(mu * slope, axis=-1)


def pair_hessian_at_teacher(
    alpha_star: Numbers[ArrayLike, "*#eigenvalues"],
    beta_star: Numbers[ArrayLike, "*#eigenvalues"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> Float[jax.Array, "*eigenvalues 2 2"]:
    """Hessian of `pair_loss` at a = b = 0: L^2 sum_mu c_mu m*^{2L-2} [[1, mu], [mu, mu^2]].

    Its smallest eigenvalue is the rate of the last phase of gradient descent. It is zero exactly if
    at most one main eigenvalue mu has m* != 0 (for L = 1: if the graph is regular).

    Returns:
        Array (..., 2, 2).
    """
    _, _, m_star, mu, weight = _lifted(0.0, 0.0, alpha_star, beta_star, walks_or_graph, rounds)
    curvature = rounds**2 * weight * m_star ** (2 * rounds - 2)
    powers = jnp.stack([jnp.ones_like(mu), mu, mu, mu**2], axis=-1)
    entries = jnp.sum(curvature[..., None] * powers, axis=-2)
    return entries.reshape(*entries.shape[:-1], 2, 2)


def _lifted(
    a: Any, b: Any, alpha_star: Any, beta_star: Any, walks_or_graph: Any, rounds: int
) -> tuple[jax.Array, ...]:
    """Arguments with a last axis for the quadrature nodes."""
    rounds = require_integer("rounds", rounds, minimum=1)
    measure = as_walks(walks_or_graph, rounds)
    a, b, alpha_star, beta_star = (
        v[..., None] for v in as_float_array(a, b, alpha_star, beta_star)
    )
    mu, weight = jnp.asarray(measure.mu, a.dtype), jnp.asarray(measure.weight, a.dtype)
    return a, b, alpha_star + mu * beta_star, mu, weight
