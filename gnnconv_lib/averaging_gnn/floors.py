"""How well W and v can be estimated at all from one data set: two floors for Figures 1 and 2.

The Cramer-Rao floor is sqrt(tr F^-1) for the Fisher information F = J'J / s^2 of the labels given the
features, where J holds the derivatives of the prediction at the teacher, in the directions that keep
|W| = 1 and in v. The least-squares error is that of the best fit, wherever a training run may be.
Book page `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import jax.numpy as jnp
import numpy as np

from gnnconv_lib.averaging_gnn.sample import Sample, label_sums, pool
from gnnconv_lib.averaging_gnn.teacher_data import Experiment
from gnnconv_lib.averaging_gnn.training import Weights
from gnnconv_lib.validation import InvalidInput, require_real

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["Floors", "cramer_rao", "least_squares"]

_GRID, _INNER = 180, 40
_REFINEMENTS = 40
_GOLDEN = (5**0.5 - 1) / 2


class Floors(NamedTuple):
    """Errors of W and of v, one per data set, shape (S,)."""

    W: Float[np.ndarray, " batch"]
    v: Float[np.ndarray, " batch"]


def cramer_rao(experiment: Experiment, deviation: float) -> Floors:
    """Root mean squared errors that no unbiased estimator of (W*, v*) goes below, to first order.

    sqrt(tr F^-1) over the block of W (tangent to the sphere |W| = 1) and over that of v.

    Args:
        experiment: data sets with their teachers.
        deviation: standard deviation of the Gaussian noise.

    Returns:
        `Floors`; infinite where the labels do not identify the parameters.

    One node with feature 2 and W = 1 (no freedom), identity: v is known to 0.1 / 2.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_experiment
    >>> one = node_experiment("identity", graph=graphs.empty(1), dimension=1, seeds=[0])
    >>> floors = cramer_rao(one, 0.1)
    >>> feature = abs(float(one.data.features[0, 0, 0]))
    >>> floors.W.tolist(), round(float(floors.v[0]) * feature, 12)
    ([0.0], 0.1)
    """
    deviation = require_real("deviation", deviation, minimum=0.0)
    of_W, of_v = [], []
    slopes = _derivatives(experiment.data, experiment.teacher)
    for J_W, J_v, W in zip(*slopes, np.asarray(experiment.teacher.W), strict=True):
        flat = W.reshape(-1, 1)
        tangent = np.linalg.svd(flat)[0][:, 1:]
        J = np.concatenate([J_W @ tangent, J_v], axis=1)
        values = np.linalg.svd(J, compute_uv=False)
        free = tangent.shape[1]
        if len(J) < J.shape[1] or values[-1] <= 1e-12 * values[0]:
            of_W.append(np.inf if free else 0.0)
            of_v.append(np.inf)
            continue
        covariance = np.linalg.inv(J.T @ J)
        of_W.append(deviation * np.sqrt(np.trace(covariance[:free, :free])))
        of_v.append(deviation * np.sqrt(np.trace(covariance[free:, free:])))
    return Floors(np.array(of_W), np.array(of_v))


def least_squares(experiment: Experiment) -> Floors:
    """Errors of the least-squares fit over all unit W and all v, for d = 2 and q = 1.

    The loss at the best v is a function of one angle, searched on a grid of 180 angles, a finer one
    around its best point, and by golden sections. For an odd activation (W, v) and (-W, -v) are one
    network; the sign with v v* >= 0 is taken.

    Raises:
        InvalidInput: for other d or q.

    >>> from gnnconv_lib.averaging_gnn import node_experiment
    >>> exact = least_squares(node_experiment("tanh", nodes=30, noise=0.0, seeds=[0]))
    >>> bool(exact.W[0] < 1e-6 and exact.v[0] < 1e-6)
    True
    """
    data = experiment.data
    shape = np.shape(experiment.teacher.W)
    if shape[1:] != (2, 1):
        raise InvalidInput(f"experiment must have d = 2 and q = 1, got weights of shape {shape}.")
    width = 2 * np.pi / _GRID
    best = np.zeros(shape[0])
    for reach, spacing in ((np.pi, width), (2 * width, 4 * width / _INNER)):
        angles = best + np.arange(-reach, reach, spacing)[:, None]
        losses = np.stack([_profile(data, angle)[0] for angle in angles])
        best = angles[losses.argmin(axis=0), np.arange(shape[0])]
    low, high = best - spacing, best + spacing
    for _ in range(_REFINEMENTS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        smaller = _profile(data, left)[0] < _profile(data, right)[0]
        low, high = np.where(smaller, low, left), np.where(smaller, right, high)
    angle = (low + high) / 2
    v = _profile(data, angle)[1]
    W = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ends = np.asarray(data.activation.function(jnp.array([-1.0, 1.0, -0.3, 0.3])))
    if ends[0] == -ends[1] and ends[2] == -ends[3]:
        sign = np.where(v * np.asarray(experiment.teacher.v)[:, 0] < 0, -1.0, 1.0)
        W, v = W * sign[:, None], v * sign
    teacher = np.asarray(experiment.teacher.W)[..., 0], np.asarray(experiment.teacher.v)[:, 0]
    return Floors(np.linalg.norm(W - teacher[0], axis=1), np.abs(v - teacher[1]))


def _profile(data: Sample, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The loss at the best v, and that v, for one angle of W per data set."""
    W = jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=1)
    outputs = pool(data, data.activation.function(jnp.einsum("sd,sdn->sn", W, data.features)))
    power = jnp.sum(outputs**2, axis=1)
    v = jnp.sum(outputs * data.labels, axis=1) / jnp.where(power > 0, power, 1.0)
    rest = data.labels - v[:, None] * outputs
    return np.asarray(jnp.mean(rest**2, axis=1)), np.asarray(v)


def _derivatives(data: Sample, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of the predictions: (S, m, d q) in W, row by row, and (S, m, q) in v."""
    W, v = jnp.asarray(weights.W), jnp.asarray(weights.v)
    before = jnp.einsum("sdq,sdn->sqn", W, data.features)
    bent = data.activation.derivative(before) * v[..., None]
    products = jnp.einsum("sdn,sqn->sdqn", data.features, bent)
    sets, d, q, nodes = products.shape
    in_W = label_sums(data, products.reshape(sets, d * q, nodes))
    in_v = label_sums(data, data.activation.function(before))
    return np.asarray(jnp.swapaxes(in_W, 1, 2)), np.asarray(jnp.swapaxes(in_v, 1, 2))
