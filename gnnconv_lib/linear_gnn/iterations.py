"""How many steps of gradient descent a singular value needs, also when there are 10^12 of them.

Section 4 of awasthi2021, book page `book/awasthi2021/deep-linear`.

On a d-regular graph each singular value of W1 + d W2 follows its own recurrence: a step
multiplies e = sigma - sigma* by 1 - q(sigma). The first steps are simulated. From where no
overshoot is possible any more, the rest is the integral of d log|e| / -log(1 - q) from the
present e to the e that is wanted, by the trapezoidal rule. q is monotone in sigma, so the integral
is the number of steps up to the change of q within one step: less than a percent after thousands
of steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput, require_integer, require_real

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["iterations_needed"]

_POINTS = 2000


def iterations_needed(
    sigma_star: Numbers[ArrayLike, "*#eigenvalues"],
    nodes: int,
    degree: int,
    rounds: int,
    learning_rate: Numbers[ArrayLike, "*#eigenvalues"],
    accuracy: float,
    simulated: int = 2000,
) -> Float[np.ndarray, "*eigenvalues"]:
    """Steps from W1 = W2 = I until n/2 (sigma^L - sigma*^L)^2 <= accuracy^2, one value at a time.

        e+ = e (1 - q),   q = eta n L (d^2 + 1) sigma^{L-1} sum_{j<L} sigma^j sigma*^{L-1-j},

    where e = sigma - sigma* and sigma_0 = 1 + d.

    Args:
        sigma_star: positive, shape S; each entry is a problem with r = 1.
        nodes, degree, rounds: n, d, L.
        learning_rate: eta, broadcastable to S. accuracy: eps > 0.
        simulated: how many steps are counted one by one.

    Returns:
        Array of shape S: the exact count up to `simulated`, beyond it the integral, infinity
        if the steps diverge or do not settle within `simulated` steps.

    Raises:
        InvalidInput: for sigma* or accuracy not above 0, or bad integers.

    Reference: awasthi2021, Theorem 2 and Eq. (42), corrected.

    One node, one round, eta = 1/2: the error 1 halves in each step until it is below eps sqrt(2).

    >>> iterations_needed([2.0], 1, 0, 1, 0.5, 0.1).tolist()
    [3.0]
    """
    nodes = require_integer("nodes", nodes, minimum=1)
    degree = require_integer("degree", degree, minimum=0)
    rounds = require_integer("rounds", rounds, minimum=1)
    if not (accuracy := require_real("accuracy", accuracy)) > 0:
        raise InvalidInput(f"accuracy must be above 0, got {accuracy:g}.")
    target = np.asarray(sigma_star, dtype=float)
    if not np.all((target > 0) & np.isfinite(target)):
        raise InvalidInput("sigma_star must hold positive finite numbers.")
    target, rate = np.broadcast_arrays(target, np.asarray(learning_rate, dtype=float))
    strength = rate * nodes * rounds * (degree**2 + 1)
    wanted = accuracy * np.sqrt(2.0 / nodes)
    gap = 1.0 + degree - target
    counts = np.full(target.shape, np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(simulated + 1):
            powers = np.abs(gap * _power_sum(target + gap, target, rounds))
            counts = np.where(np.isinf(counts) & (powers <= wanted), step, counts)
            if np.isfinite(counts).all() or step == simulated:
                break
            gap = gap * (1.0 - _factor(gap, target, strength, rounds))
        widest = np.maximum(gap, 0.0)
        # The largest step of the theorem gives q = 1 up to rounding.
        settled = np.isfinite(gap) & (_factor(widest, target, strength, rounds) <= 1.0 + 1e-9)
    for place in np.argwhere(np.isinf(counts) & settled):
        k = tuple(place)
        counts[k] = simulated + _remaining(gap[k], target[k], strength[k], rounds, wanted)
    return counts


def _power_sum(first: np.ndarray, second: np.ndarray, rounds: int) -> np.ndarray:
    """sum_{j<L} a^j b^{L-1-j}; a sum of positive terms."""
    total, power = np.ones_like(first), np.ones_like(first)
    for _ in range(rounds - 1):
        power = power * second
        total = total * first + power
    return total


def _factor(gap: Any, target: Any, strength: Any, rounds: int) -> np.ndarray:
    """q at sigma = sigma* + gap."""
    sigma = target + gap
    return np.asarray(strength * sigma ** (rounds - 1) * _power_sum(sigma, target, rounds))


def _remaining(gap: float, target: float, strength: float, rounds: int, wanted: float) -> float:
    """The integral from |gap| to the gap at which |sigma^L - sigma*^L| = wanted."""
    sign = np.sign(gap)
    last = abs(target * np.expm1(np.log1p(sign * wanted / target**rounds) / rounds))
    logs = np.linspace(np.log(last), np.log(abs(gap)), _POINTS)
    q = _factor(sign * np.exp(logs), np.full(_POINTS, target), strength, rounds)
    # q = 1 at an end would be reached in one step.
    return float(np.trapezoid(1.0 / -np.log1p(-np.minimum(q, 1.0 - 1e-16)), logs))
