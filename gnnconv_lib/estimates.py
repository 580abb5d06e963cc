"""What estimators of the loss take and return: weights, a mean and its standard error.

Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.precision import as_numbers
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["Estimate", "Stream", "weights_array"]


@dataclass(frozen=True, repr=False)
class Estimate:
    """A sample mean with its standard error, entry by entry.

    Fields:
        mean: float64 scalar or array.
        standard_error: the same shape.
        samples: how many independent samples went in.
    """

    mean: Numbers[Any, "*points"]
    standard_error: Numbers[Any, "*points"]
    samples: int

    def __repr__(self) -> str:
        if np.ndim(self.mean) == 0:
            return f"Estimate({self.mean:.6g} +- {self.standard_error:.2g}, samples={self.samples})"
        return f"Estimate(shape={np.shape(self.mean)}, samples={self.samples})"

    def z_score(self, reference: Numbers[ArrayLike, "*#points"]) -> Any:
        """(mean - reference) / standard_error; 0 where both differences vanish, else infinite.

        An infinite standard error says nothing: the score is 0, also for an infinite mean.

        >>> Estimate(1.0, 0.5, 100).z_score(0.0)
        2.0
        >>> Estimate(float("inf"), float("inf"), 100).z_score(1e300)
        0.0
        """
        error = np.asarray(self.standard_error)
        mean = np.where(np.isinf(error), 0.0, np.asarray(self.mean))
        gap = mean - np.where(np.isinf(error), 0.0, np.asarray(reference, dtype=np.float64))
        safe = np.where(error == 0, 1.0, error)
        score = np.where(error == 0, np.where(gap == 0, 0.0, np.copysign(np.inf, gap)), gap / safe)
        return float(score) if score.ndim == 0 else score

    def detectable(self, reference: Any, z: float = 4.0) -> float:
        """The relative error of `reference` that this estimate would have exposed at `z`.

        It is z |standard_error| / |reference|, with Euclidean norms for arrays.

        >>> Estimate(1.0, 0.01, 100).detectable(2.0, z=4.0)
        0.02
        """
        size = float(np.linalg.norm(np.ravel(np.asarray(reference, dtype=np.float64))))
        error = float(np.linalg.norm(np.ravel(self.standard_error)))
        return z * error / size if size else float("inf")


class Stream:
    """Running mean and sum of squared deviations, merged block by block (Chan's formula).

    >>> stream = Stream()
    >>> for block in ([1.0, 2.0], [3.0]):
    ...     stream.add(np.array(block))
    >>> result = stream.estimate()
    >>> float(result.mean), round(float(result.standard_error), 6), result.samples
    (2.0, 0.57735, 3)
    """

    def __init__(self) -> None:
        self.samples = 0
        self.mean: Any = 0.0
        self.squares: Any = 0.0

    def add(self, block: Numbers[np.ndarray, " samples *points"]) -> None:
        """Merge a block of samples, shape (samples, ...)."""
        count = block.shape[0]
        if count == 0:
            return
        mean = block.mean(axis=0)
        self.merge(count, mean, ((block - mean) ** 2).sum(axis=0))

    def merge(self, count: int, mean: Any, squares: Any) -> None:
        """Merge the mean and the sum of squared deviations of `count` samples, at least one."""
        total = self.samples + count
        gap = mean - self.mean
        self.mean = self.mean + gap * (count / total)
        self.squares = self.squares + squares + gap**2 * (self.samples * count / total)
        self.samples = total

    def estimate(self) -> Estimate:
        """The estimate so far; the standard error of a single sample is infinite."""
        mean, squares = np.asarray(self.mean), np.asarray(self.squares)
        if self.samples < 2:
            error = np.full_like(mean, np.inf)
        else:
            error = np.sqrt(squares / (self.samples - 1) / self.samples)
        if mean.ndim == 0:
            return Estimate(float(mean), float(error), self.samples)
        return Estimate(mean, error, self.samples)


def weights_array(
    name: str, value: Numbers[ArrayLike, "*units features"], width: int | None = None
) -> Float[np.ndarray, "units features"]:
    """Weights of shape (h, r) as float64; a vector is one unit.

    Raises:
        InvalidInput: for another number of axes or columns, or values that are not finite.
    """
    array = np.atleast_2d(np.asarray(as_numbers(value), dtype=np.float64))
    if array.ndim != 2 or (width is not None and array.shape[1] != width):
        raise InvalidInput(f"{name} must have shape (h, r) or (r,), got {np.shape(value)}.")
    if not np.isfinite(array).all():
        raise InvalidInput(f"{name} must be finite, got NaN or infinite entries.")
    return array
