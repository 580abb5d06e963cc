"""The runs behind the checks of Figure 1: five degrees, several seeds, three ways to train.

Reference: awasthi2021, section 5 and Appendix D. Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from gnnconv_lib import descent, relu_gnn
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.validation import require_choice

__all__ = ["DEGREES", "NODES", "Runs", "paper_rate", "runs"]

NODES = 100
DEGREES: tuple[int, ...] = (5, 10, 30, 80, 99)


def paper_rate(degree: int) -> float:
    """The learning rate of Appendix D: 2e-5 for degree 5, 1e-6 for the others.

    >>> paper_rate(5), paper_rate(99)
    (2e-05, 1e-06)
    """
    return 2e-5 if degree == 5 else 1e-6


@dataclass(frozen=True)
class Runs:
    """All seeds of all degrees, in one trajectory; degree by degree.

    Fields:
        steps: recorded steps, shape (records,).
        losses: shape (records, degrees, seeds).
        status: shape (degrees, seeds).
        rates: eta, shape (degrees, seeds).
        full, bend: A and C(1), shape (degrees, seeds).
        predicted: slopes of log L, shape (degrees, seeds).
        row_lengths: |w*| of all units, shape (seeds, h).
    """

    steps: np.ndarray
    losses: np.ndarray
    status: np.ndarray
    rates: np.ndarray
    full: np.ndarray
    bend: np.ndarray
    predicted: np.ndarray
    row_lengths: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """The losses as shares of the first."""
        return np.asarray(self.losses / self.losses[0])

    def until(self, level: float) -> np.ndarray:
        """The median over seeds of the steps until the loss is `level` of the first, by degree."""
        flat = self.shares.reshape(len(self.steps), -1)
        reached = descent.steps_until(self.steps, flat, level).reshape(self.status.shape)
        return np.asarray(np.median(reached, axis=1))

    def slopes(self, upper: float, lower: float) -> np.ndarray:
        """Measured slopes of log L, shape (degrees, seeds); NaN where the window is passed at once."""
        flat = self.shares.reshape(len(self.steps), -1).T
        found = [descent.measured_slope(self.steps, curve, upper, lower) for curve in flat]
        return np.array(found, dtype=float).reshape(self.status.shape)


@cache
def runs(budget: str, step_fraction: float | None = None, unit_length: str = "rows") -> Runs:
    """Gradient descent in the setting of Figure 1.

    Args:
        budget: "quick" for 4 seeds, "full" for 20.
        step_fraction: eta A, the same for all degrees, or None for the paper's learning rates.
        unit_length: what of W* is normalised, "rows" or "columns".
    """
    seeds = {"quick": 4, "full": 20}[require_choice("budget", budget, BUDGETS)]
    drawn = [
        descent.relu_ensemble(NODES, degree, seeds, unit_length=unit_length) for degree in DEGREES
    ]
    overlaps = [measure for ensemble in drawn for measure in ensemble.overlaps]
    sums = np.array([[float(x) for x in relu_gnn.sums(m, 1.0)] for m in overlaps])
    full, bend = sums[:, 0], sums[:, 2]
    rates = np.repeat([paper_rate(degree) for degree in DEGREES], seeds)
    if step_fraction is not None:
        rates = step_fraction / full
    path = descent.run_relu(
        np.concatenate([ensemble.W for ensemble in drawn]),
        np.concatenate([ensemble.W_star for ensemble in drawn]),
        overlaps,
        rates,
        4000,
        records=300,
        target=1e-18 * float(full.min()),
    )
    predicted = [descent.local_slope(m, eta) for m, eta in zip(overlaps, rates, strict=True)]
    shape = (len(DEGREES), seeds)
    return Runs(
        path.steps,
        path.losses.reshape(-1, *shape),
        path.status.reshape(shape),
        rates.reshape(shape),
        full.reshape(shape),
        bend.reshape(shape),
        np.reshape(predicted, shape),
        np.linalg.norm(drawn[0].W_star, axis=2),
    )
