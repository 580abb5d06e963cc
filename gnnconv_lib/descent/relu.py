"""Gradient descent on the one-round ReLU GNN, in two numbers per unit.

Reference: awasthi2021, Eqs. (8) and (13)-(15). Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib import relu_gnn
from gnnconv_lib.descent.driver import run
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.trajectory import Trajectory
from gnnconv_lib.validation import InvalidInput

__all__ = ["run_relu"]


def run_relu(
    W: Numbers[ArrayLike, "*#units features"],
    W_star: Numbers[ArrayLike, "*#units features"],
    overlap: Any,
    learning_rate: Any,
    steps: int,
    activation: Any = "scaled_relu",
    **options: Any,
) -> Trajectory:
    """Gradient descent W <- W - learning_rate * gradient, in reduced coordinates.

    The result is that of `run` on the weights themselves, up to rounding; the cost of a step does
    not depend on the graph's size or on r. There are chains as soon as one of the inputs
    has an axis for them: W of shape (chains, h, r), W_star likewise, a sequence of graphs, an
    array of learning rates. Inputs without it are shared.

    Args:
        W: initial weights, shape (r,), (h, r) or (chains, h, r).
        W_star: the teacher's weights, shape (r,), (h, r) or (chains, h, r); no zero row.
        overlap: a `Graph` or `OverlapMeasure`, or a sequence of them.
        learning_rate: one number, or one per chain.
        steps: the number of the last step.
        activation: a positively homogeneous one in the place of the scaled ReLU, by name, as an
            `Activation` or as a callable; `leaky_relu(0.2)` (see `relu_gnn.two_slopes`).
        **options: `target`, `limit`, `records`, `progress` of `run`.

    Returns:
        A `Trajectory` whose parameters are `relu_gnn.Reduced`, fields of shape (records, h) or
        (records, chains, h). `relu_gnn.expand` turns them into weights, with the unit vectors
        of `relu_gnn.reduce(W, W_star)`.

    Raises:
        InvalidInput: for inputs that do not match, an activation that is not positively
            homogeneous, and as `run`.

    Reference: awasthi2021, Eqs. (8), (14), (15).

    >>> from gnnconv_lib import graphs
    >>> path = run_relu([2.0, 0.0], [1.0, 0.0], graphs.complete(2), 1 / 16, 2)
    >>> path.losses.tolist(), path.parameters.u.tolist()
    ([4.0, 1.0, 0.25], [1.0, 0.5, 0.25])
    """
    shares = relu_gnn.two_slopes(activation)
    weights, teachers = as_float_array(W, W_star)
    shared = not isinstance(overlap, Sequence)
    counts = {
        "W": weights.shape[0] if weights.ndim == 3 else None,
        "W_star": teachers.shape[0] if teachers.ndim == 3 else None,
        "overlap": None if shared else len(overlap),
        "learning_rate": np.size(learning_rate) if np.ndim(learning_rate) else None,
    }
    given = {name: count for name, count in counts.items() if count is not None}
    if len(set(given.values())) > 1:
        raise InvalidInput(f"chains must be as many in every input that has them, got {given}.")
    chains = next(iter(given.values()), None)
    if weights.ndim not in (1, 2, 3) or weights.shape[-2:] != teachers.shape[-2:]:
        raise InvalidInput(
            f"W and W_star must have shapes (r,), (h, r) or (chains, h, r) that match, "
            f"got {weights.shape} and {teachers.shape}."
        )
    if chains is not None and weights.ndim < 3:
        weights = jnp.broadcast_to(weights, (chains, *weights.shape))
    if teachers.ndim == 3 and weights.ndim == 3:
        start, _ = relu_gnn.reduce(weights, teachers)
    else:
        start, _ = relu_gnn.reduce(weights, jnp.broadcast_to(teachers, weights.shape))
    model = relu_gnn.reduced_model(overlap, jnp.linalg.norm(teachers, axis=-1))
    axes = None if chains is None else _axes(model, shared, teachers.ndim < 3)
    chosen: Any = model
    if not shares.relu:
        chosen = relu_gnn.TwoSlopeModel(model, shares)
        axes = None if axes is None else relu_gnn.TwoSlopeModel(axes, None)  # type: ignore[arg-type]
    return run(chosen, start, learning_rate, steps, chains=chains, model_axes=axes, **options)


def _axes(model: relu_gnn.ReducedModel, shared_graph: bool, shared_teacher: bool) -> Any:
    """Which fields of the model have a chain axis."""
    table = jax.tree.map(lambda _: None if shared_graph else 0, model.table)
    return relu_gnn.ReducedModel(table, None if shared_teacher else 0)  # type: ignore[arg-type]
