"""One hidden unit (q = 1): the population dynamics is an exact map of two numbers.

State: the angle theta between W and W*, and the error e = v - v*. Averaged over the data,

    U = (1 - a g v^2) W + a g v v* W*,      W <- U / |U|,
    e <- (1 - a M(1)) e - a v* (M(1) - M(cos theta)),

with a the learning rate, M of `pair_measure` and g = 1 for the mean reading of line 4 (g = 1/n for the
literal one, whose Xi is n times as large). So W follows the same law for every graph and activation.

1. For the ReLU family M(1) - M(c) is a sum of stable differences of the closed form.
2. For smooth activations M(c) = sum_m c_m c^m with c_m >= 0 (Mehler's formula), hence
   M(1) - M(c) = (1 - c) sum_j t_j c^j with the tails t_j = sum_{m > j} c_m: positive terms, no cancellation.
3. 1 - c = 2 sin(theta / 2)^2. So both errors keep their relative accuracy down to any size.

Book page `book/beyond/population-dynamics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib import activations
from gnnconv_lib.averaging_gnn.pair_measure import PairMeasure, as_pairs
from gnnconv_lib.averaging_gnn.xi import NORMALIZATIONS
from gnnconv_lib.dual.relu import scaled_relu, scaled_relu_difference
from gnnconv_lib.dual.series import hermite_coefficients
from gnnconv_lib.graphs import Graph
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.summaries.degrees import DegreeMeasure
from gnnconv_lib.validation import InvalidInput, require_choice, require_real

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["Polar", "PopulationMap", "polar", "population_map"]


class Polar(NamedTuple):
    """The angle theta between W and W* (radians) and the error v - v*."""

    angle: Numbers[Any, "*batch"]
    error: Numbers[Any, "*batch"]


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False)
class PopulationMap:
    """The map of `Polar` states; a model for `gnnconv_lib.descent.run`.

    Fields:
        second_moment: M(1), the mean square of the output at v = 1.
        tails: (J,) the t_j of smooth activations.
        straight, bent: coefficients of 1 - c and of s(rho_b) - s(rho_b c) for the ReLU family.
        rho: (K,) the correlations that go with `bent`.
        gain: g, the mean xi divided by the xi in use.
        v_star: the teacher's v*.
    """

    second_moment: Float[jax.Array, ""]
    tails: Float[jax.Array, " powers"]
    straight: jax.Array
    bent: Float[jax.Array, " values"]
    rho: Float[jax.Array, " values"]
    gain: Float[jax.Array, ""]
    v_star: Float[jax.Array, ""]

    def gap(self, angle: Numbers[ArrayLike, "*points"]) -> Float[jax.Array, "*points"]:
        """M(1) - M(cos angle), nonnegative, with relative accuracy at every angle.

        Args:
            angle: radians, any shape.
        """
        (angle,) = as_float_array(angle)
        t = 2 * jnp.sin(angle / 2) ** 2
        smooth = t * jnp.polyval(self.tails[::-1], 1 - t, unroll=8)
        differences = scaled_relu_difference(self.rho, t[..., None])
        return smooth + self.straight * t + jnp.sum(self.bent * differences, axis=-1)

    def loss(self, parameters: Polar) -> Float[jax.Array, "*batch"]:
        """Population loss without noise, M(1) e^2 + 2 v v* (M(1) - M(cos theta))."""
        angle, error = parameters
        product = (self.v_star + error) * self.v_star
        return self.second_moment * error**2 + 2 * product * self.gap(angle)

    def update(self, parameters: Polar, learning_rate: Any) -> Polar:
        """One step of the averaged Algorithm 1; NaN where U = 0.

        Args:
            parameters: `Polar`, fields of any common shape. learning_rate: broadcasts.

        Reference: li2021, Algorithm 1, averaged over H and the noise.

        >>> from gnnconv_lib import graphs
        >>> model = population_map(graphs.complete(2), "identity", v_star=2.0)
        >>> angle, error = model.update(Polar(0.5 * jnp.pi, 0.0), 0.25)
        >>> round(float(angle), 12), round(float(error), 12)  # U = W*, v loses 0.25 * 2 * 1/2
        (0.0, -0.25)
        """
        angle, error = parameters
        v = self.v_star + error
        keep = 1 - learning_rate * self.gain * v**2
        add = learning_rate * self.gain * v * self.v_star
        across, along = keep * jnp.sin(angle), keep * jnp.cos(angle) + add
        turned = jnp.where((across == 0) & (along == 0), jnp.nan, jnp.arctan2(across, along))
        shrink = 1 - learning_rate * self.second_moment
        return Polar(turned, shrink * error - learning_rate * self.v_star * self.gap(angle))


def population_map(
    pairs: PairMeasure | Graph | DegreeMeasure,
    activation: Any = "relu",
    v_star: float = 1.0,
    normalization: str = "mean",
) -> PopulationMap:
    """The exact population dynamics of Algorithm 1 for one hidden unit.

    Args:
        pairs: a `Graph` or its degrees (node level), or a `PairMeasure`.
        activation: a name or an `Activation`, smooth or positively homogeneous.
        v_star: the teacher's v*.
        normalization: of Xi, `"mean"` or, for the literal reading at node level, `"sum"`.

    Raises:
        InvalidInput: for an activation with kinks that is not homogeneous, or with jumps.

    Reference: li2021, Algorithm 1 and Eqs. (11)-(12), (21)-(22).

    >>> from gnnconv_lib import graphs
    >>> model = population_map(graphs.complete(2), "relu")
    >>> round(float(model.second_moment), 12), round(float(model.gap(jnp.pi)), 12)
    (0.25, 0.25)
    """
    sigma = activations.get(activation)
    measure = as_pairs(pairs)
    require_choice("normalization", normalization, NORMALIZATIONS)
    gain = 1.0 if normalization == "mean" else 1.0 / measure.labels
    star = require_real("v_star", v_star)
    if not np.isfinite(sigma.lipschitz) or (sigma.kinks and not sigma.homogeneous):
        raise InvalidInput(
            f"activation must be smooth or positively homogeneous, got {sigma.name!r}."
        )
    if sigma.homogeneous:
        left, right = -float(sigma(-1.0)), float(sigma(1.0))
        masses = measure.weight * measure.scale_x * measure.scale_y
        straight = left * right * float(np.sum(masses * measure.rho))
        bent = (right - left) ** 2 / 2 * masses
        moment = straight + float(np.sum(bent * np.asarray(scaled_relu(measure.rho))))
        rho, tails = measure.rho, np.zeros(1)
    else:
        powers = mehler_coefficients(sigma, measure)
        moment = float(np.sum(powers))
        tails = np.append(np.cumsum(powers[:0:-1])[::-1], 0.0)
        tails = tails[: max(1, int(np.sum(tails > 1e-18 * tails[0])))]
        straight, bent, rho = 0.0, np.zeros(1), np.zeros(1)
    return PopulationMap(*map(jnp.asarray, (moment, tails, straight, bent, rho, gain, star)))


def mehler_coefficients(activation: activations.Activation, pairs: PairMeasure) -> np.ndarray:
    """The coefficients c_m of M(c) = sum_m c_m c^m, all nonnegative up to rounding."""
    scales, place = np.unique(np.concatenate([pairs.scale_x, pairs.scale_y]), return_inverse=True)
    table = np.asarray(hermite_coefficients(activation, jnp.asarray(scales)))
    x, y = np.split(place.ravel(), 2)
    order = np.arange(table.shape[0])[:, None]
    terms = table[:, x] * table[:, y] * pairs.rho**order
    return terms @ pairs.weight


def polar(
    W: Numbers[ArrayLike, "*#batch features 1"],
    v: Numbers[ArrayLike, "*#batch 1"],
    W_star: Numbers[ArrayLike, "*#batch features 1"],
    v_star: Numbers[ArrayLike, "*#batch 1"],
) -> Polar:
    """The `Polar` state of weights with q = 1: the angle of W from W*, and v - v*.

    theta = 2 atan2(|w - w*|, |w + w*|) for the unit vectors, accurate near 0 and near pi.

    Args:
        W, W_star: (..., d, 1), nonzero. v, v_star: (..., 1).

    >>> angle, error = polar([[0.0], [2.0]], [3.0], [[1.0], [0.0]], [1.0])
    >>> round(float(angle) / float(jnp.pi), 12), float(error)
    (0.5, 2.0)
    """
    W, v, W_star, v_star = as_float_array(W, v, W_star, v_star)
    if W.shape[-1] != 1 or W_star.shape[-1] != 1:
        raise InvalidInput(f"W must have one column, got shapes {W.shape} and {W_star.shape}.")
    first = W / jnp.linalg.norm(W, axis=-2, keepdims=True)
    second = W_star / jnp.linalg.norm(W_star, axis=-2, keepdims=True)
    apart = jnp.linalg.norm(first - second, axis=(-2, -1))
    together = jnp.linalg.norm(first + second, axis=(-2, -1))
    return Polar(2 * jnp.arctan2(apart, together), (v - v_star)[..., 0])
