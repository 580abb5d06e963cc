"""Gradient descent on the ReLU GNN over 1e12 steps and more, with an a-posteriori error.

After the first steps a trajectory is smooth in the step number: its length settles within some
1 / (eta A) steps and its angle within some 1 / (eta C(1)). So it is computed block by block, a
block of M steps at the cost of a few evaluations in some 20 points (`step_blocks`), with M chosen
by the size of the last coefficients; M grows without limit once log theta falls in a straight
line. The coordinates are logarithms (`half_angle`), since exp(-1e10) is no floating-point number.
Everything is done twice, with different numbers of points and so with different blocks: the
difference is the error that is reported.

Nothing is assumed about the learning rate being large or the transient being over: blocks that do
not resolve the curve are halved, and below 1000 steps the iterates are computed one by one.

Book page: book/scale/how-far-it-scales.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib import relu_gnn
from gnnconv_lib.descent.block_march import MOST_POINTS, march
from gnnconv_lib.descent.half_angle import HalfAngle, log_loss
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.relu_gnn.geometry import length_of, read_measure, surplus_of
from gnnconv_lib.relu_gnn.pair_terms import PairTable
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.trajectory import record_steps, require_rates
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = ["LongTrajectory", "run_long"]

_POINTS = (MOST_POINTS, 14)  # of the two computations


@dataclass(frozen=True)
class LongTrajectory:
    """The recorded steps of a long run.

    Fields:
        steps: step numbers, int64, shape (records,).
        log_losses: log L, shape (records,); -inf at an exact optimum.
        log_tangents: log tan(theta / 2) of each unit, shape (records, h); -inf for theta = 0.
        surplus: |w| / |w*| - 1 of each unit, shape (records, h); 0 when it underflows.
        error: the largest difference of two computations in `log_losses` and `log_tangents`,
            relative to max(1, |value|); not less than 1e-15, the rounding that both share.
        blocks: rounds of blocks in the first computation.
    """

    steps: Int[np.ndarray, " records"]
    log_losses: Float[np.ndarray, " records"]
    log_tangents: Float[np.ndarray, "records units"]
    surplus: Float[np.ndarray, "records units"]
    error: float
    blocks: int

    @property
    def log_angles(self) -> Float[np.ndarray, "records units"]:
        """log theta of each unit, shape (records, h)."""
        small = np.log(2.0) + self.log_tangents
        near = np.maximum(self.log_tangents, -30.0)
        return np.where(self.log_tangents < -30, small, np.log(2 * np.arctan(np.exp(near))))


def run_long(
    W: Numbers[ArrayLike, "*units features"],
    W_star: Numbers[ArrayLike, "*units features"],
    overlap: Any,
    learning_rate: float,
    steps: int,
    *,
    records: int | Iterable[int] = 200,
) -> LongTrajectory:
    """Gradient descent W <- W - learning_rate * gradient for any number of steps, in logarithms.

    The cost grows with the number of blocks: some tens for the transient, some for each factor e
    of the angle down to 1e-16, one for all the rest.

    Args:
        W, W_star: start and teacher, shape (h, r) or (r,); no zero row.
        overlap: a `Graph` or its `OverlapMeasure`.
        learning_rate: eta, below 2 / (A + C(1)): beyond it the length would be the slow
            coordinate, or the run diverges.
        steps: the number of the last step, up to 1e15.
        records: as for `run`.

    Returns:
        A `LongTrajectory` with its error.

    Raises:
        InvalidInput: for a learning rate that is too large, a start exactly opposite to its
            teacher (it stays there) or at zero, a run in which an angle changes its sign, and
            for shapes that do not match.

    Reference: awasthi2021, Eqs. (8), (14), (15).

    >>> import gnnconv_lib as gc
    >>> ring = gc.graphs.cycle(100)
    >>> A, _, C = (float(value) for value in gc.relu_gnn.sums(ring, 1.0))
    >>> path = run_long([1.0, 1.0], [1.0, 0.0], ring, 1e-6 / A, 10**12, records=[10**11])
    >>> slope = (path.log_losses[-1] - path.log_losses[-2]) / 9e11
    >>> round(float(slope / (2 * np.log1p(-1e-6 * C / A))), 12)  # log L falls by 2 log(1 - eta C(1))
    1.0
    >>> path.error < 1e-12
    True
    """
    weights, teachers = as_float_array(np.asarray(W, np.float64), np.asarray(W_star, np.float64))
    if weights.ndim not in (1, 2) or weights.shape != teachers.shape:
        raise InvalidInput(
            "W and W_star must have one shape, (r,) or (h, r), "
            f"got {weights.shape} and {teachers.shape}."
        )
    if not bool(jnp.all(jnp.isfinite(weights)) & jnp.all(jnp.isfinite(teachers))):
        raise InvalidInput("W and W_star must hold finite numbers, got NaN or infinite ones.")
    weights, teachers = jnp.atleast_2d(weights), jnp.atleast_2d(teachers)
    rate = float(require_rates(learning_rate, None))
    schedule = record_steps(steps, records)
    table = read_measure(overlap, weights.dtype)
    _require_slow_angle(table, rate)
    reduced, _ = relu_gnn.reduce(weights, teachers)
    moving, start, sigma = _start(reduced)
    lengths = np.asarray(jnp.linalg.norm(teachers, axis=-1))
    found = []
    blocks = 0
    for points in _POINTS:
        states = np.zeros((len(schedule), len(lengths), 2))
        if moving.any():
            states[:, moving], used = march(start, table, rate, schedule, points)
            blocks = blocks or used
        found.append(_report(states, moving, sigma, table, rate, schedule, lengths))
    first, second = found
    error = max(1e-15, _difference(first[0], second[0]), _difference(first[1], second[1]))
    return LongTrajectory(schedule, *first, error, blocks)


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    same = one == other  # infinities included
    gap = np.where(same, 0.0, one) - np.where(same, 0.0, other)
    return float(np.max(np.abs(gap) / np.where(same, 1.0, np.maximum(1.0, np.abs(one)))))


def _require_slow_angle(table: PairTable, rate: float) -> None:
    full, _, bend = (float(value) for value in relu_gnn.sums(table, 1.0))
    largest = 2 / (full + bend)
    if rate >= largest:
        raise InvalidInput(
            f"learning_rate must be below 2 / (A + C(1)) = {largest:.4g} in a long run, "
            f"got {rate:g}; use run_relu for larger ones."
        )


def _start(at: relu_gnn.Reduced) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which units have an angle that moves, their (q, z), and l - 1 of all units."""
    u, beta = np.asarray(at.u), np.asarray(at.beta)
    length = np.asarray(length_of(1 + at.u, at.beta))
    if np.any(length == 0):
        raise InvalidInput("W must have no zero row in a long run, since its angle is undefined.")
    alpha = 1 + u
    if np.any((beta <= 1e-100 * length) & (alpha < 0)):
        raise InvalidInput(
            "W must have no row opposite to its teacher in a long run: there the angle never moves."
        )
    moving = beta > 0
    sigma = np.asarray(surplus_of(at.u, at.beta, jnp.asarray(length)))
    safe = np.where(moving, beta, 1.0)
    q = np.where(
        alpha >= 0,
        np.log(safe) - np.log(length + np.abs(alpha)),
        np.log(length + np.abs(alpha)) - np.log(safe),
    )[moving]
    with np.errstate(over="ignore"):
        z = sigma[moving] * (1 + np.exp(-q))
    if not np.all(np.isfinite(z)):
        raise InvalidInput("W must not start closer to the teacher's line than 1e-300.")
    return moving, np.stack([q, z], axis=-1), sigma


def _report(
    states: np.ndarray,
    moving: np.ndarray,
    sigma: np.ndarray,
    table: PairTable,
    rate: float,
    schedule: np.ndarray,
    lengths: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logarithm of the loss, log tan(theta / 2) and l - 1 at the records."""
    q, z = states[..., 0], states[..., 1]
    logs = np.array(log_loss(HalfAngle(jnp.asarray(q), jnp.asarray(z)), table))
    with np.errstate(divide="ignore", over="ignore"):
        surplus = z / (1 + np.exp(-q))
        still = ~moving
        if still.any():  # on the teacher's line l - 1 shrinks by 1 - eta A in each step
            factor = 1 - rate * float(table.full)
            decay = np.where(schedule == 0, 0.0, schedule * np.log(np.abs(factor)))[:, None]
            sign = np.where(schedule % 2 == 0, 1.0, np.sign(factor))[:, None]
            q[:, still] = -np.inf
            surplus[:, still] = sigma[still] * sign * np.exp(decay)
            size = np.log(np.abs(sigma[still]))
            logs[:, still] = np.log(float(table.full) / 2) + 2 * (size + decay)
        logs = logs + 2 * np.log(lengths)
        top = np.max(logs, axis=1, keepdims=True)
        safe = np.where(np.isfinite(top), top, 0.0)
        total = np.where(
            np.isfinite(top[:, 0]),
            safe[:, 0] + np.log(np.sum(np.exp(logs - safe), axis=1)),
            top[:, 0],
        )
    return total, q, surplus
