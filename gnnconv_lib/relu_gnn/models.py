"""The ReLU GNN as `descent.run` wants it: a loss and one step of gradient descent.

`ReducedModel` works in (u, beta) per unit, at a cost that does not depend on the number of nodes
or on r, and takes many steps at once (`advance`). `FullModel` works in W itself and exists to
check it, and for weights that move for other reasons than gradient descent.

Reference: awasthi2021, Eq. (8). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn import chains
from gnnconv_lib.relu_gnn.geometry import read_measure
from gnnconv_lib.relu_gnn.pair_terms import PairTable, pair_table
from gnnconv_lib.relu_gnn.population import gradient, loss
from gnnconv_lib.relu_gnn.reduced import Reduced, evaluate, slopes
from gnnconv_lib.relu_gnn.two_slopes import TwoSlopes, distance, two_slopes
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.stepping import Course, State
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["FullModel", "ReducedModel", "TwoSlopeModel", "full_model", "reduced_model"]


class ReducedModel(NamedTuple):
    """The loss and one step of gradient descent in reduced coordinates.

    Fields:
        table: the pair table of the graph.
        teacher: the lengths |w*|, broadcast against u.
    """

    table: PairTable
    teacher: Float[jax.Array, "*units"]

    def loss(self, parameters: Reduced) -> Float[jax.Array, ""]:
        """The loss, summed over the units."""
        length, surplus, sums = evaluate(parameters, self.table)
        units = self.table.full * surplus * surplus / 2 + length * sums.loss_gap
        return jnp.sum(self.teacher**2 * units)

    def update(self, parameters: Reduced, learning_rate: jax.Array) -> Reduced:
        """The coordinates after one step W <- W - learning_rate * gradient."""
        along, across = slopes(parameters, self.table)
        u = parameters.u - learning_rate * along
        return Reduced(u, parameters.beta * (1 - learning_rate * across))

    def advance(
        self, state: State, course: Course, batched: bool, model_axes: Any
    ) -> tuple[State, Any] | None:
        """Many steps at once by `kernels.gd_chains`, as `descent.Advancing` asks for it.

        None for other parameters than `Reduced`, for several graphs per chain, and for a subclass
        with a loss or an update of its own, which the kernel does not know.
        """
        own = type(self)
        if own.loss is not ReducedModel.loss or own.update is not ReducedModel.update:
            return None
        axes = chains.own_axes(self.table, self.teacher, state.parameters, batched, model_axes)
        if axes is None:
            return None
        return chains.advance(self.table, self.teacher, state, course, batched, axes)


class FullModel(NamedTuple):
    """The loss and one step of gradient descent in the weights W, shape (h, r).

    Fields:
        table: the pair table of the graph.
        W_star: the teacher's weights, shape (h, r).
    """

    table: PairTable
    W_star: Float[jax.Array, "*units features"]

    def loss(self, parameters: Float[jax.Array, "*units features"]) -> Float[jax.Array, ""]:
        """The loss of Eq. (5)."""
        return loss(parameters, self.W_star, self.table)

    def update(
        self, parameters: Float[jax.Array, "*units features"], learning_rate: jax.Array
    ) -> Float[jax.Array, "*units features"]:
        """One step of Eq. (8)."""
        return parameters - learning_rate * gradient(parameters, self.W_star, self.table)


class TwoSlopeModel(NamedTuple):
    """Either model with another positively homogeneous activation (see `two_slopes`).

    Fields:
        relu: the model of the scaled ReLU.
        shares: how much of it, and how much of S |W - W*|^2 / 2.
    """

    relu: ReducedModel | FullModel
    shares: TwoSlopes

    def loss(self, parameters: Any) -> jax.Array:
        """The loss, summed over the units."""
        bent, straight = self.shares
        if isinstance(self.relu, FullModel):
            spring = distance(parameters, self.relu.W_star)
        else:
            squares = parameters.u**2 + parameters.beta**2
            spring = jnp.sum(self.relu.teacher**2 * squares) / 2
        return bent * self.relu.loss(parameters) + straight * self.relu.table.messages * spring

    def update(self, parameters: Any, learning_rate: jax.Array) -> Any:
        """The parameters after one step of gradient descent."""
        bent, straight = self.shares
        pull = learning_rate * straight * self.relu.table.messages
        moved: Any = self.relu.update(parameters, bent * learning_rate)
        if isinstance(self.relu, FullModel):
            return moved - pull * (parameters - self.relu.W_star)
        return Reduced(moved.u - pull * parameters.u, moved.beta - pull * parameters.beta)


def full_model(
    overlap: Any, W_star: Numbers[ArrayLike, "*units features"], activation: Any = "scaled_relu"
) -> FullModel | TwoSlopeModel:
    """The `FullModel` of a graph (or overlap measure) and a teacher.

    With an `activation` other than the scaled ReLU, a `TwoSlopeModel` of it.

    >>> from gnnconv_lib import graphs
    >>> model = full_model(graphs.complete(2), [[1.0, 0.0]])
    >>> model.update(jnp.array([[2.0, 0.0]]), 1 / 8).tolist()  # A = 8: one step reaches W*
    [[1.0, 0.0]]
    """
    (teachers,) = as_float_array(W_star)
    model = FullModel(read_measure(overlap, teachers.dtype, pad=False), teachers)
    shares = two_slopes(activation)
    return model if shares.relu else TwoSlopeModel(model, shares)


@overload
def reduced_model(overlap: Any, teacher: Numbers[ArrayLike, "*units"] = 1.0) -> ReducedModel: ...


@overload
def reduced_model(
    overlap: Any, teacher: Numbers[ArrayLike, "*units"] = 1.0, activation: Any = "scaled_relu"
) -> ReducedModel | TwoSlopeModel: ...


def reduced_model(
    overlap: Any, teacher: Numbers[ArrayLike, "*units"] = 1.0, activation: Any = "scaled_relu"
) -> ReducedModel | TwoSlopeModel:
    """The `ReducedModel` of one graph, or of several of them stacked along a first axis.

    Args:
        overlap: a `Graph` or `OverlapMeasure`, or a sequence of them. In a sequence, shorter
            measures are padded with pairs of mass zero.
        teacher: the lengths |w*|, shape (h,) or a scalar. It is taken as it is; in a sequence
            that is batched over, give it the first axis yourself or share it.
        activation: a positively homogeneous one in the place of the scaled ReLU, by name, as an
            `Activation` or as a callable; `leaky_relu(0.2)`, say.

    Returns:
        The model; for a sequence, one whose table has a first axis on each field. With an
        activation other than the scaled ReLU, a `TwoSlopeModel` of it.

    Raises:
        InvalidInput: for an empty sequence, something that is no graph or measure, and an
            activation that is not positively homogeneous.

    >>> from gnnconv_lib import graphs
    >>> reduced_model([graphs.complete(2), graphs.path(3)]).table.rho.shape
    (2, 3)
    >>> spring = reduced_model(graphs.complete(2), activation="identity")  # S = 8
    >>> spring.update(Reduced(jnp.asarray(1.0), jnp.asarray(2.0)), 1 / 8)  # one step reaches W*
    Reduced(u=Array(0., dtype=float64), beta=Array(0., dtype=float64))
    """
    shares = two_slopes(activation)
    (teacher,) = as_float_array(teacher)
    if not isinstance(overlap, Sequence) or isinstance(overlap, PairTable):
        table = read_measure(overlap, teacher.dtype, pad=False)
    else:
        tables = [read_measure(entry, teacher.dtype, pad=False) for entry in overlap]
        if not tables:
            raise InvalidInput("overlap must hold at least one graph, got an empty sequence.")
        width = max(entry.rho.shape[-1] for entry in tables)
        padded = [_padded(entry, width) for entry in tables]
        table = jax.tree.map(lambda *fields: jnp.stack(fields), *padded)
    model = ReducedModel(table, teacher)
    return model if shares.relu else TwoSlopeModel(model, shares)


def _padded(table: PairTable, width: int) -> PairTable:
    missing = width - table.rho.shape[-1]
    return pair_table(jnp.pad(table.rho, (0, missing)), jnp.pad(table.mass, (0, missing)))
