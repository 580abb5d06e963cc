"""Any number of hidden units: the population step of Algorithm 1.

With columns w_k of W and the pairs of `pair_measure`,

    G = -(g / xi) [sum_k (e_k(W*) v*_k w*_k - e_k(W) v_k w_k)] v',
    g_v = -(K(W, W*) v* - K(W, W) v),
    e_k(W) = sum_b weight_b rho_b x_b y_b E sigma'(y_b |w_k| Z),
    K_kl(W, W') = sum_b weight_b E[sigma(x_b |w_k| X) sigma(y_b |w'_l| Y)],

corr(X, Y) = rho_b cos(w_k, w'_l), xi the mean form of Eq. (11) or Eq. (12), g = 1 for the mean reading
and 1/n for the literal one. For the ReLU family e_k = xi, so W moves along (W* v* - W v) v': only the
product W v is pulled to the teacher's.
Book page `book/beyond/several-units`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib import activations
from gnnconv_lib.averaging_gnn.pair_measure import PairMeasure, as_pairs
from gnnconv_lib.averaging_gnn.training import NORMS, Weights, normalized
from gnnconv_lib.averaging_gnn.xi import NORMALIZATIONS
from gnnconv_lib.dual.relu import scaled_relu
from gnnconv_lib.graphs import Graph
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.summaries.degrees import DegreeMeasure
from gnnconv_lib.validation import InvalidInput, require_choice

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["PopulationModel", "population_model"]

TERMS = 128
LARGEST_NORM = 1.0 + 1e-9


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False)
class PopulationModel:
    """The population step and loss for q hidden units; a model for `gnnconv_lib.descent.run`.

    Fields:
        teacher: `Weights` (W*, v*).
        scale_x, scale_y, rho, weight: those of the `PairMeasure`, shape (K,).
        xi: the xi in use, the mean form divided by the gain.
        activation, norm: as in Algorithm 1.
    """

    teacher: Weights
    scale_x: Float[jax.Array, " values"]
    scale_y: Float[jax.Array, " values"]
    rho: Float[jax.Array, " values"]
    weight: Float[jax.Array, " values"]
    xi: Float[jax.Array, ""]
    activation: activations.Activation = field(metadata={"static": True})
    norm: str = field(metadata={"static": True})

    def kernel(
        self,
        W: Numbers[ArrayLike, "features outputs"],
        other: Numbers[ArrayLike, "features others"],
    ) -> Float[jax.Array, "outputs others"]:
        """K(W, W'), the mean products of hidden features, shape (q, q').

        Args:
            W, other: (d, q) and (d, q') with columns of norm at most 1.
        """
        first, second = as_float_array(W, other)
        p, q = jnp.linalg.norm(first, axis=0), jnp.linalg.norm(second, axis=0)
        lengths = p[:, None] * q[None, :]
        product = jnp.einsum("dk,dl->kl", first, second)
        cosine = jnp.clip(product / jnp.where(lengths > 0, lengths, 1.0), -1.0, 1.0)
        if self.activation.homogeneous:
            left, right = self._slopes()
            masses = self.weight * self.scale_x * self.scale_y
            bent = jnp.einsum("b,klb->kl", masses, scaled_relu(self.rho * cosine[..., None]))
            straight = left * right * jnp.sum(masses * self.rho) * product
            return straight + (right - left) ** 2 / 2 * lengths * bent
        table_x = self._coefficients(self.scale_x[:, None] * p)
        table_y = self._coefficients(self.scale_y[:, None] * q)
        powers = self.rho ** jnp.arange(TERMS)[:, None] * self.weight
        entries = jnp.einsum("mb,mbk,mbl->mkl", powers, table_x, table_y)
        return jnp.polyval(entries[::-1], cosine, unroll=8)

    def pull(self, W: Numbers[ArrayLike, "features outputs"]) -> Float[jax.Array, " outputs"]:
        """The factors e_k(W) of the columns, shape (q,)."""
        (W,) = as_float_array(W)
        masses = self.weight * self.rho * self.scale_x * self.scale_y
        if self.activation.homogeneous:
            left, right = self._slopes()
            return jnp.full(W.shape[1], (left + right) / 2) * jnp.sum(masses)
        nodes, _, density = _rule()
        lengths = jnp.linalg.norm(W, axis=0)
        slopes = self.activation.derivative(
            (self.scale_y[:, None] * lengths)[..., None] * jnp.asarray(nodes)
        )
        return jnp.einsum("b,bkn,n->k", masses, slopes, jnp.asarray(density))

    def directions(self, parameters: Weights) -> Weights:
        """The averages of lines 4 and 5, (G, g).

        Reference: li2021, Eqs. (21)-(22).
        """
        W, v = as_float_array(*parameters)
        W_star, v_star = as_float_array(*self.teacher)
        difference = W_star @ (self.pull(W_star) * v_star) - W @ (self.pull(W) * v)
        change = self.kernel(W, W_star) @ v_star - self.kernel(W, W) @ v
        return Weights(-difference[:, None] * v[None, :] / self.xi, -change)

    def loss(self, parameters: Weights) -> Float[jax.Array, ""]:
        """Population loss without noise, v' K(W, W) v - 2 v' K(W, W*) v* + v*' K(W*, W*) v*."""
        W, v = as_float_array(*parameters)
        W_star, v_star = as_float_array(*self.teacher)
        own = v @ self.kernel(W, W) @ v - 2 * v @ self.kernel(W, W_star) @ v_star
        return own + v_star @ self.kernel(W_star, W_star) @ v_star

    def update(self, parameters: Weights, learning_rate: Any) -> Weights:
        """One averaged step of Algorithm 1.

        >>> from gnnconv_lib import graphs
        >>> model = population_model(graphs.complete(2), Weights([[1.0], [0.0]], [2.0]), "identity")
        >>> W, v = model.update(Weights(jnp.array([[0.0], [1.0]]), jnp.array([2.0])), 0.25)
        >>> W.round(12).tolist(), v.tolist()
        ([[1.0], [0.0]], [1.75])
        """
        W, v = as_float_array(*parameters)
        direction, slope = self.directions(Weights(W, v))
        U = W - learning_rate * direction
        return Weights(normalized(U, self.norm), v - learning_rate * slope)

    def _slopes(self) -> tuple[float, float]:
        with jax.ensure_compile_time_eval():
            return -float(self.activation(-1.0)), float(self.activation(1.0))

    def _coefficients(self, scale: jax.Array) -> jax.Array:
        """E[sigma(scale Z) he_m(Z)] for m < `TERMS`, shape (TERMS, K, q)."""
        nodes, table, _ = _rule()
        values = self.activation(scale[..., None] * jnp.asarray(nodes))
        return jnp.einsum("mn,bkn->mbk", jnp.asarray(table), values)


def population_model(
    pairs: PairMeasure | Graph | DegreeMeasure,
    teacher: Any,
    activation: Any = "relu",
    normalization: str = "mean",
    norm: str = "frobenius",
) -> PopulationModel:
    """The population step of Algorithm 1 for any number of hidden units.

    Args:
        pairs: a `Graph` or its degrees (node level), or a `PairMeasure`.
        teacher: (W*, v*) of shapes (d, q) and (q,), the columns of W* at most 1 long.
        activation: a name or an `Activation`, smooth or positively homogeneous.
        normalization: of Xi, `"mean"` or `"sum"`.
        norm: of line 7, `"frobenius"` or `"spectral"`.

    Raises:
        InvalidInput: for an unsuitable activation or teacher.

    Reference: li2021, Algorithm 1, averaged over H and the noise.
    """
    sigma = activations.get(activation)
    measure = as_pairs(pairs)
    require_choice("normalization", normalization, NORMALIZATIONS)
    require_choice("norm", norm, NORMS[:2])
    if not np.isfinite(sigma.lipschitz) or (sigma.kinks and not sigma.homogeneous):
        raise InvalidInput(
            f"activation must be smooth or positively homogeneous, got {sigma.name!r}."
        )
    W_star, v_star = as_float_array(*teacher)
    if W_star.ndim != 2 or v_star.shape != W_star.shape[1:]:
        raise InvalidInput(
            f"teacher must have shapes (d, q) and (q,), got {W_star.shape} and {v_star.shape}."
        )
    longest = float(jnp.max(jnp.linalg.norm(W_star, axis=0)))
    if not longest <= LARGEST_NORM:
        raise InvalidInput(f"teacher must have columns of norm at most 1, got {longest:g}.")
    gain = 1.0 if normalization == "mean" else 1.0 / measure.labels
    return PopulationModel(
        teacher=Weights(W_star, v_star),
        scale_x=jnp.asarray(measure.scale_x),
        scale_y=jnp.asarray(measure.scale_y),
        rho=jnp.asarray(measure.rho),
        weight=jnp.asarray(measure.weight),
        xi=jnp.asarray(measure.xi(sigma) / gain),
        activation=sigma,
        norm=norm,
    )


@lru_cache(maxsize=1)
def _rule() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes z, the table density * spacing * he_m(z), and density * spacing, by a trapezoid rule.

    For scales up to 1 the coefficients of tanh, the steepest of the activations, decay like
    exp(-(pi / 2) sqrt(2 m)); the square of the 128th is below 1e-21.
    """
    spacing = 1 / 12
    z = spacing * np.arange(-156, 157)
    half = np.exp(-(z**2) / 4) * (2 * np.pi) ** -0.25
    table = [half, z * half]
    for m in range(1, TERMS - 1):
        table.append((z * table[m] - np.sqrt(m) * table[m - 1]) / np.sqrt(m + 1))
    scaled = spacing * half * np.array(table)
    return z, scaled, scaled[0]
