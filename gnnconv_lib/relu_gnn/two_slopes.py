"""The one-round GNN with another positively homogeneous activation in the ReLU's place.

Every positively homogeneous function of one number has two slopes: sigma(t) = b t for t >= 0 and
a t for t < 0. Its dual is (b - a)^2 / 2 s(rho) + a b rho, with s of the scaled ReLU, and so

    L = (b - a)^2 / 2 L_relu + a b S |W - W*|^2 / 2,   S = sum of d_ij over all pairs of nodes:

a multiple of the ReLU's loss and a spring to the teacher. Sums, gradient, Hessian and a step of
gradient descent follow term by term. For a b < 0, as for |t|, the two terms have opposite signs;
relative errors are then those of a difference.

Reference: awasthi2021, Definition 1. Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["TwoSlopes", "distance", "two_slopes"]


class TwoSlopes(NamedTuple):
    """The shares of the two terms.

    Fields:
        bent: (b - a)^2 / 2, what multiplies the ReLU's loss.
        straight: a b, what multiplies S |W - W*|^2 / 2.
    """

    bent: float
    straight: float

    @property
    def relu(self) -> bool:
        """Whether this is the scaled ReLU itself."""
        return self == (1.0, 0.0)

    def mix(
        self, bent: Float[jax.Array, "*points"], straight: Callable[[], jax.Array]
    ) -> jax.Array:
        """The sum of both terms; for the scaled ReLU the first as it is, without the second."""
        return bent if self.relu else self.bent * bent + self.straight * straight()


def two_slopes(activation: Any) -> TwoSlopes:
    """The `TwoSlopes` of an activation, a name or a callable.

    Raises:
        InvalidInput: for one that is not positively homogeneous, with what to use instead.

    >>> two_slopes("relu"), two_slopes("leaky_relu(0.5)"), two_slopes(abs).straight
    (TwoSlopes(bent=0.5, straight=0.0), TwoSlopes(bent=0.125, straight=0.5), -1.0)
    """
    return _two_slopes(activations.get(activation))


@lru_cache(maxsize=256)
def _two_slopes(sigma: activations.Activation) -> TwoSlopes:
    form = sigma.form
    if form is not None and form.name == "scaled_relu" and form.function is sigma.function:
        return TwoSlopes(1.0, 0.0)
    grid = np.append(np.linspace(-8.0, 8.0, 1025), [-1.0, 1.0])
    with jax.ensure_compile_time_eval():
        values = np.asarray(sigma.function(grid), dtype=np.float64)
    a, b = -values[-2].item(), values[-1].item()
    wanted = np.where(grid < 0, a, b) * grid
    if not np.allclose(values, wanted, rtol=1e-12, atol=1e-12 * max(abs(a), abs(b))):
        raise InvalidInput(
            "activation must be positively homogeneous here, as scaled_relu, relu, identity and "
            f"leaky_relu(a) are, got {sigma.name}; for others monte_carlo.loss estimates the loss, "
            "and averaging_gnn trains another network with them."
        )
    if a == b == 0:
        raise InvalidInput(f"activation must not vanish everywhere, got {sigma.name}.")
    return TwoSlopes((b - a) ** 2 / 2, a * b + 0.0)  # no -0.0


def distance(
    weights: Float[jax.Array, "*units features"], teachers: Float[jax.Array, "*units features"]
) -> Float[jax.Array, ""]:
    """|W - W*|^2 / 2."""
    return jnp.sum((weights - teachers) ** 2) / 2
