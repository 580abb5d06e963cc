"""The gate before every timing: contenders must compute the same thing.

A disagreement is an outcome that the results file keeps and that makes the run fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

__all__ = ["Agreement", "compare", "difference"]


@dataclass(frozen=True)
class Agreement:
    """How far one result is from another, and how far it may be.

    Fields:
        peer: with whom.
        error: the largest difference over the largest magnitude, infinite for NaN or other shapes.
        tolerance: what is allowed.
    """

    peer: str
    error: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the two agree."""
        return bool(self.error <= self.tolerance)

    def stored(self) -> dict[str, Any]:
        """The fields as they stand in the results file."""
        error = float(self.error) if np.isfinite(self.error) else None
        return {"peer": self.peer, "error": error, "tolerance": self.tolerance, "holds": self.holds}


def difference(value: Any, reference: Any) -> float:
    """max |value - reference| / max |reference| over all arrays of two results of one structure.

    >>> difference([1.0, 2.0], [1.0, 4.0])
    0.5
    >>> difference([1.0], [1.0, 2.0]), difference([float("nan")], [1.0])
    (inf, inf)
    """
    ours, theirs = (
        [np.asarray(leaf, np.float64) for leaf in jax.tree.leaves(v)] for v in (value, reference)
    )
    if [leaf.shape for leaf in ours] != [leaf.shape for leaf in theirs]:
        return float("inf")
    worst = 0.0
    for one, other in zip(ours, theirs, strict=True):
        if other.size == 0:
            continue
        if not (np.isfinite(one).all() and np.isfinite(other).all()):
            return float("inf")
        scale = float(np.max(np.abs(other))) or 1.0
        worst = max(worst, float(np.max(np.abs(one - other))) / scale)
    return worst


def compare(peer: str, value: Any, reference: Any, tolerance: float) -> Agreement:
    """The `Agreement` of two results.

    >>> compare("a loop", [1.0], [1.1], 1e-3).holds
    False
    """
    return Agreement(peer, difference(value, reference), tolerance)
