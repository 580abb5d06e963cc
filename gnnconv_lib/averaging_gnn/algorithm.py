"""Algorithm 1 of li2021: approximate gradient descent.

One step, with m labels, predictions p, averaged features X and residual r (at the nodes):

    U = W + (alpha / m) Xi^-1 X' r v',   W <- U / |U|,   v <- v + (alpha / m) sigma(X W)' r.

The two readings of line 4 at node level differ in Xi alone: the *literal* one takes the sum of
Eq. (11), `xi_node(graph, activation, "sum")`, and so divides by n twice; the *mean* one takes
`xi_node(graph, activation, "mean")`, as Eq. (12) does at graph level.

Where the paper is silent or inconsistent: the argument c' of line 3 is c-bar; steps are counted from
(W_0, v_0); the norm of line 7 is the Frobenius norm unless the spectral one is asked for (they
agree for q = 1). Book page `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from numpy.typing import ArrayLike

from gnnconv_lib.averaging_gnn.directions import approximate_direction, checked_xi
from gnnconv_lib.averaging_gnn.model import parameters
from gnnconv_lib.averaging_gnn.sample import Sample
from gnnconv_lib.averaging_gnn.training import NORMS, Weights, normalized, train, with_chains
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.trajectory import Trajectory
from gnnconv_lib.validation import require_choice

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["errors", "run", "step"]


def step(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
    xi: Any,
    learning_rate: Numbers[ArrayLike, "*#batch"],
    norm: str = "frobenius",
) -> Weights:
    """One pass through lines 2-8 of Algorithm 1.

    Args:
        W: (..., d, q). v: (..., q). data: a `Sample`.
        xi: a number (Xi = xi I), one per data set, or matrices (..., d, d).
        learning_rate: one number, or one per data set.
        norm: of line 7, `"frobenius"`, `"spectral"` or `"none"`.

    Returns:
        `Weights` (W, v); NaN where U = 0, which has no direction.

    Raises:
        InvalidInput: for shapes that do not fit, xi zero or not finite, or an unknown norm.

    Reference: li2021, Algorithm 1.

    One node with feature 2, label 5, W = 1, v = 1, so r = 3: v moves by 0.1 * 2 * 3.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> data = node_sample(graphs.empty(1), [[2.0]], [5.0])
    >>> W, v = step([[1.0]], [1.0], data, 0.5, 0.1)
    >>> W.tolist(), v.tolist()
    ([[1.0]], [1.6])
    """
    require_choice("norm", norm, NORMS)
    W, v = parameters(W, v, data)
    (rate,) = as_float_array(learning_rate)
    direction, slope = approximate_direction(W, v, data, xi)
    U = W - rate[..., None, None] * direction
    return Weights(normalized(U, norm), v - rate[..., None] * slope)


def run(
    W: Numbers[ArrayLike, "*#batch features outputs"],
    v: Numbers[ArrayLike, "*#batch outputs"],
    data: Sample,
    xi: Any,
    learning_rate: Numbers[ArrayLike, "*#batch"],
    steps: int,
    *,
    norm: str = "frobenius",
    target: float = 0.0,
    limit: float | None = None,
    records: int | Iterable[int] = 200,
) -> Trajectory:
    """Algorithm 1 from (W, v): `steps` steps inside one compiled loop.

    Data sets, starts and learning rates run side by side along one leading axis ("chains"); a `data`
    without that axis is shared by all starts.

    Args:
        W, v, data, xi, learning_rate, norm: as `step`; at most one leading axis.
        steps: the number of the last step, at least 0.
        target: a chain has converged when its loss is at most this.
        limit: a chain has diverged when its loss exceeds this or is not finite; by default 1e12
            times the mean squared label plus the first loss.
        records: number of log-spaced records, or the steps to record; 0 and the last are added.

    Returns:
        A `Trajectory` with parameters `Weights`; losses are (1/m) |y - prediction|^2. A diverging
        run is a status; its records repeat its last finite state.

    Raises:
        InvalidInput: as `step`, and for rates, steps or bounds out of range.

    Reference: li2021, Algorithm 1.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> data = node_sample(graphs.empty(1), [[2.0]], [5.0])
    >>> path = run([[1.0]], [1.0], data, 0.5, 0.125, 3)  # the error of v halves
    >>> path.parameters.v[:, 0].tolist(), path.status
    ([1.0, 1.75, 2.125, 2.3125], 'budget')
    """
    require_choice("norm", norm, NORMS)
    W, v = with_chains(*parameters(W, v, data), learning_rate)
    return train(
        W,
        v,
        data,
        checked_xi(xi, W),
        learning_rate,
        steps,
        exact=False,
        norm=norm,
        target=target,
        limit=limit,
        records=records,
    )


def errors(
    path: Any, teacher: Any
) -> tuple[Float[jax.Array, "*batch"], Float[jax.Array, "*batch"]]:
    """The two curves of Figures 1 and 2: |W_t - W*| and |v_t - v*|, Frobenius and Euclidean.

    Args:
        path: a `Trajectory` with `Weights`, or `Weights` themselves.
        teacher: `Weights` (W*, v*) whose axes match those of one record.

    Returns:
        Two arrays with the leading axes of the weights.

    Reference: li2021, first paragraph of the experiments.

    >>> [float(e) for e in errors(Weights([[3.0], [0.0]], [1.0]), Weights([[0.0], [4.0]], [0.5]))]
    [5.0, 0.5]
    """
    W, v = as_float_array(*(path.parameters if isinstance(path, Trajectory) else path))
    W_star, v_star = as_float_array(*teacher)
    of_W = jnp.sqrt(jnp.sum((W - W_star) ** 2, axis=(-2, -1)))
    return of_W, jnp.sqrt(jnp.sum((v - v_star) ** 2, axis=-1))
