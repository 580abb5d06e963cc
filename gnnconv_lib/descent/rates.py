"""Speed of convergence: the predicted and the measured slope, and which law a curve follows.

Next to the teacher the Hessian of one unit is diag(A, C(1), ..., C(1)). One step multiplies the
error along w* by 1 - eta A and the error across it by 1 - eta C(1), and the loss is a quadratic
form of them. So log L falls by the same amount in every step: a straight line against t, where a
power law L = const / t^p would be a straight line against log t.

Reference: awasthi2021, section 5. Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib import relu_gnn
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput, require_integer, require_real

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["RateFits", "local_slope", "measured_slope", "rate_fits", "steps_until"]


class RateFits(NamedTuple):
    """Two laws fitted to one curve of losses by least squares in log L.

    Fields:
        slope: of log L against t (linear rate).
        slope_residual: root mean square of log10 L minus that line.
        exponent: of L against t, that is the slope of log L against log t (power law).
        exponent_residual: root mean square of log10 L minus that line.
    """

    slope: float
    slope_residual: float
    exponent: float
    exponent_residual: float


def local_slope(overlap: Any, learning_rate: float, inner_dimension: int = 2) -> float:
    """The slope of log L per step next to the teacher.

        2 log max(|1 - eta A|, |1 - eta C(1)|),

    where the second factor is absent for r = 1.

    Args:
        overlap: a `Graph` or its `OverlapMeasure`.
        learning_rate: eta.
        inner_dimension: r.

    Returns:
        The slope: negative if the teacher attracts, -inf where both factors vanish to rounding
        (eta A = eta C(1) = 1, on complete graphs: the convergence is faster than linear there).

    Reference: awasthi2021, Lemma 7 (the Hessian).

    >>> from gnnconv_lib import graphs
    >>> round(local_slope(graphs.complete(2), 1 / 16), 12) == round(2 * math.log(0.5), 12)  # A = 8
    True
    >>> local_slope(graphs.complete(2), 1 / 8)
    -inf
    """
    rate = require_real("learning_rate", learning_rate)
    inner = require_integer("inner_dimension", inner_dimension, minimum=1)
    full, _, bend = (float(value) for value in relu_gnn.sums(overlap, 1.0))
    factor = abs(1 - rate * full)
    if inner > 1:
        factor = max(factor, abs(1 - rate * bend))
    return 2 * math.log(factor) if factor > 1e-12 else -math.inf


def measured_slope(
    steps: Numbers[ArrayLike, " records"],
    losses: Numbers[ArrayLike, " records"],
    upper: float,
    lower: float,
) -> float | None:
    """The slope of log L per step between the first record below `upper` and the last above `lower`.

    Args:
        steps, losses: shape (records,); losses as shares of the first, or in any other unit.
        upper, lower: the window, in the unit of the losses.

    Returns:
        The slope, or None where fewer than two records lie in the window.

    >>> measured_slope([0, 1, 2, 3], [8.0, 4.0, 2.0, 1.0], 4.0, 1.0) == -math.log(2)
    True
    """
    at, values = _curve(steps, losses)
    inside = np.flatnonzero((values <= upper) & (values >= lower))
    if len(inside) < 2 or lower <= 0:
        return None
    first, last = inside[0], inside[-1]
    return float((math.log(values[last]) - math.log(values[first])) / (at[last] - at[first]))


def rate_fits(
    steps: Numbers[ArrayLike, " records"],
    losses: Numbers[ArrayLike, " records"],
    upper: float,
    lower: float,
) -> RateFits | None:
    """Least-squares lines through log L against t and against log t, and how far L is from each.

    A sublinear rate such as L = const / t leaves no residual in the second fit, a linear rate none
    in the first. Records are interpolated at equally spaced values of log L, so that each decade of
    the loss counts alike.

    Args:
        steps, losses: shape (records,).
        upper, lower: the part of the curve that is fitted, in the unit of the losses.

    Returns:
        `RateFits`, or None where fewer than three records at t >= 1 lie in the window or the losses
        do not fall from record to record.

    >>> t = np.arange(1, 9)
    >>> [round(x, 9) + 0.0 for x in rate_fits(t, 2.0**-t, 1.0, 1e-9)][:2] == [-0.693147181, 0.0]
    True
    >>> [round(x, 9) + 0.0 for x in rate_fits(t, 3.0 / t, 3.0, 1e-9)][2:]
    [-1.0, 0.0]
    """
    at, values = _curve(steps, losses)
    inside = (values <= upper) & (values >= lower) & (at >= 1)
    if lower <= 0 or np.count_nonzero(inside) < 3:
        return None
    at, logs = at[inside], np.log(values[inside])
    if np.any(np.diff(logs) >= 0):
        return None
    return RateFits(*_line(at, logs), *_line(np.log(at), logs))


def steps_until(
    steps: Numbers[ArrayLike, " records"],
    losses: Numbers[ArrayLike, " records *batch"],
    level: float,
) -> Float[np.ndarray, "*batch"]:
    """The first step at which the loss is at most `level`, for each chain.

    Between two records log L is interpolated linearly, and the step rounded up.

    Args:
        steps: shape (records,).
        losses: shape (records,) or (records, chains).
        level: in the unit of the losses, above 0.

    Returns:
        Shape () or (chains,); inf where the level is not reached.

    >>> steps_until([0, 2, 4], [16.0, 4.0, 1.0], 2.0).tolist()
    3.0
    """
    level = require_real("level", level)
    at = np.asarray(steps, dtype=float)
    table = np.asarray(losses, dtype=float)
    columns = table.reshape(len(at), -1)
    found = np.full(columns.shape[1], np.inf)
    for chain, values in enumerate(columns.T):
        below = np.flatnonzero(values <= level)
        if not len(below):
            continue
        k = below[0]
        found[chain] = at[k]
        if k > 0 and values[k] > 0 and np.isfinite(values[k - 1]):
            share = math.log(values[k - 1] / level) / math.log(values[k - 1] / values[k])
            # 1e-9: a level met exactly at a record must not be rounded up past it.
            found[chain] = math.ceil(at[k - 1] + share * (at[k] - at[k - 1]) - 1e-9)
    return found.reshape(table.shape[1:])


def _curve(steps: Any, losses: Any) -> tuple[np.ndarray, np.ndarray]:
    at, values = np.asarray(steps, dtype=float), np.asarray(losses, dtype=float)
    if at.ndim != 1 or at.shape != values.shape:
        raise InvalidInput(
            f"steps and losses must have one shape (records,), got {at.shape} and {values.shape}."
        )
    return at, values


def _line(x: np.ndarray, logs: np.ndarray) -> tuple[float, float]:
    """Slope of the least-squares line, and the root mean square residual in decades."""
    even = np.linspace(logs[0], logs[-1], 200)
    spread = np.interp(-even, -logs, x)
    slope, offset = np.polyfit(spread, even, 1)
    residual = np.sqrt(np.mean((even - slope * spread - offset) ** 2)) / math.log(10)
    return float(slope), float(residual)
