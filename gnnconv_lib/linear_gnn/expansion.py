"""The loss of a linear GNN straight from its walk counts, without any eigenvalue.

Section 4 and appendix C of awasthi2021, book page `book/awasthi2021/deep-linear`.

(W1 + mu W2)^L = sum_k mu^k C_k, where C_k is the sum of all words of length L with k letters W2.
With D_k = C_k - C_k*, the loss is the Hankel form 1/2 sum_{j,k} m_{j+k} <D_j, D_k> in the walk
counts m_k. It shows what the loss knows of a graph: 2L + 1 integers. It is the second of three
routes; the quadrature (`population`) is the one to use, because the Hankel form cancels when walk
counts are large.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.graphs import Graph
from gnnconv_lib.linear_gnn.population import matrices
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.summaries.walks import WalkMoments, as_walks
from gnnconv_lib.validation import InvalidInput, require_integer

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["loss_from_moments", "word_sums"]


def word_sums(
    W1: Numbers[ArrayLike, "features features"],
    W2: Numbers[ArrayLike, "features features"],
    rounds: int,
) -> Float[jax.Array, "powers features features"]:
    """Coefficients C_0..C_L of (W1 + mu W2)^L as a polynomial in mu.

    C_k^{(l+1)} = C_k^{(l)} W1 + C_{k-1}^{(l)} W2, started at C_0^{(0)} = I.

    Args:
        W1, W2: (r, r). rounds: L, at least 1.

    Returns:
        Array (L + 1, r, r).

    >>> [float(c) for c in word_sums([[2.0]], [[3.0]], 2)[:, 0, 0]]
    [4.0, 12.0, 9.0]
    """
    W1, W2 = matrices(W1, W2)
    rounds = require_integer("rounds", rounds, minimum=1)
    return _word_sums(W1, W2, rounds)


@partial(jax.jit, static_argnames="rounds")
def _word_sums(W1: jax.Array, W2: jax.Array, rounds: int) -> jax.Array:
    sums = jnp.zeros((rounds + 1, *W1.shape), W1.dtype).at[0].set(jnp.eye(len(W1), dtype=W1.dtype))
    for _ in range(rounds):
        shifted = jnp.roll(sums, 1, axis=0).at[0].set(0.0)
        sums = sums @ W1 + shifted @ W2
    return sums


def loss_from_moments(
    W1: Numbers[ArrayLike, "features features"],
    W2: Numbers[ArrayLike, "features features"],
    W1_star: Numbers[ArrayLike, "features features"],
    W2_star: Numbers[ArrayLike, "features features"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> Float[jax.Array, ""]:
    """Population loss 1/2 sum_{j,k} m_{j+k} <C_j - C_j*, C_k - C_k*> from the walk counts m.

    Args and Raises: as `population.loss`.

    >>> from gnnconv_lib import graphs
    >>> float(loss_from_moments([[0.0]], [[1.0]], [[0.0]], [[0.0]], graphs.path(3), 2))
    6.0
    """
    measure = as_walks(walks_or_graph, rounds)
    if 2 * rounds + 1 > measure.moments.shape[0]:
        raise InvalidInput(f"walks must hold the walk counts up to length {2 * rounds}.")
    differences = word_sums(W1, W2, rounds) - word_sums(W1_star, W2_star, rounds)
    gram = jnp.einsum("jab,kab->jk", differences, differences, precision="highest")
    index = jnp.arange(rounds + 1)
    return 0.5 * jnp.sum(measure.moments[index[:, None] + index] * gram)
