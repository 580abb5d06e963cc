"""The linear GNN as models for `gnnconv_lib.descent.run`: a loss and a step of gradient descent.

Section 4 of awasthi2021, Eqs. (22)-(23), book page `book/awasthi2021/deep-linear`.

`full_model` has the matrices (W1, W2) as parameters, `deviation_model` their distance from the
teacher, which keeps the loss accurate arbitrarily close to it, and `pair_model` the same for
commuting weights, one pair per common eigenvector. A step costs the same on every graph.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.graphs import Graph
from gnnconv_lib.linear_gnn.commuting import pair_gradient, pair_loss
from gnnconv_lib.linear_gnn.population import deviation_gradient, deviation_loss, matrices
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.summaries.walks import WalkMoments, as_walks

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "DeviationModel",
    "FullModel",
    "PairModel",
    "deviation_model",
    "full_model",
    "identity_start",
    "pair_model",
]

Pair: TypeAlias = "tuple[Float[jax.Array, '*points'], Float[jax.Array, '*points']]"


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class FullModel:
    """Gradient descent on (W1, W2): W1 <- W1 - eta dL/dW1, W2 <- W2 - eta dL/dW2."""

    W1_star: Float[jax.Array, "features features"]
    W2_star: Float[jax.Array, "features features"]
    walks: WalkMoments
    rounds: int = field(metadata={"static": True})

    def loss(self, parameters: Pair) -> Float[jax.Array, ""]:
        """The population loss at (W1, W2)."""
        D1, D2 = parameters[0] - self.W1_star, parameters[1] - self.W2_star
        return deviation_loss(D1, D2, self.W1_star, self.W2_star, self.walks, self.rounds)

    def update(self, parameters: Pair, learning_rate: jax.Array) -> Pair:
        """(W1, W2) after one step."""
        W1, W2 = parameters
        D1, D2 = W1 - self.W1_star, W2 - self.W2_star
        dW1, dW2 = deviation_gradient(D1, D2, self.W1_star, self.W2_star, self.walks, self.rounds)
        return W1 - learning_rate * dW1, W2 - learning_rate * dW2


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class DeviationModel:
    """Gradient descent on the deviations (W1 - W1*, W2 - W2*)."""

    W1_star: Float[jax.Array, "features features"]
    W2_star: Float[jax.Array, "features features"]
    walks: WalkMoments
    rounds: int = field(metadata={"static": True})

    def loss(self, parameters: Pair) -> Float[jax.Array, ""]:
        """The population loss at these deviations."""
        return deviation_loss(*parameters, self.W1_star, self.W2_star, self.walks, self.rounds)

    def update(self, parameters: Pair, learning_rate: jax.Array) -> Pair:
        """The deviations after one step."""
        D1, D2 = parameters
        dW1, dW2 = deviation_gradient(D1, D2, self.W1_star, self.W2_star, self.walks, self.rounds)
        return D1 - learning_rate * dW1, D2 - learning_rate * dW2


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class PairModel:
    """Gradient descent on the deviations (alpha_p - alpha_p*, beta_p - beta_p*), all p at once."""

    alpha_star: Float[jax.Array, "*eigenvalues"]
    beta_star: Float[jax.Array, "*eigenvalues"]
    walks: WalkMoments
    rounds: int = field(metadata={"static": True})

    def loss(self, parameters: Pair) -> Float[jax.Array, ""]:
        """The population loss, summed over the pairs."""
        return jnp.sum(
            pair_loss(*parameters, self.alpha_star, self.beta_star, self.walks, self.rounds)
        )

    def update(self, parameters: Pair, learning_rate: jax.Array) -> Pair:
        """The deviations after one step."""
        a, b = parameters
        da, db = pair_gradient(a, b, self.alpha_star, self.beta_star, self.walks, self.rounds)
        return a - learning_rate * da, b - learning_rate * db


def full_model(
    W1_star: Numbers[ArrayLike, "features features"],
    W2_star: Numbers[ArrayLike, "features features"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> FullModel:
    """The model with parameters (W1, W2), for any teacher and graph.

    >>> from gnnconv_lib import descent, graphs
    >>> model = full_model([[2.0]], [[1.0]], graphs.complete(2), 1)
    >>> path = descent.run(model, identity_start(1), 0.125, 2, records=2)
    >>> [round(float(loss), 12) for loss in path.losses]
    [1.0, 0.25, 0.0625]
    """
    S1, S2 = matrices(W1_star, W2_star)
    return FullModel(S1, S2, as_walks(walks_or_graph, rounds), rounds)


def deviation_model(
    W1_star: Numbers[ArrayLike, "features features"],
    W2_star: Numbers[ArrayLike, "features features"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> DeviationModel:
    """The model with parameters (W1 - W1*, W2 - W2*), for any teacher and graph."""
    S1, S2 = matrices(W1_star, W2_star)
    return DeviationModel(S1, S2, as_walks(walks_or_graph, rounds), rounds)


def pair_model(
    alpha_star: Numbers[ArrayLike, "*#eigenvalues"],
    beta_star: Numbers[ArrayLike, "*#eigenvalues"],
    walks_or_graph: WalkMoments | Graph,
    rounds: int,
) -> PairModel:
    """The model of commuting weights with parameters (alpha - alpha*, beta - beta*), each (r,)."""
    alpha, beta = as_float_array(alpha_star, beta_star)
    return PairModel(alpha, beta, as_walks(walks_or_graph, rounds), rounds)


def identity_start(size: int) -> Pair:
    """The paper's start W1 = W2 = I.

    >>> identity_start(1)[0].tolist()
    [[1.0]]
    """
    return jnp.eye(size), jnp.eye(size)
