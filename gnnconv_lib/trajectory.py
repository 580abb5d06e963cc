"""What a run of gradient descent returns, and which of its steps are recorded.

Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gnnconv_lib.validation import InvalidInput, require_integer

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = ["BUDGET", "CONVERGED", "DIVERGED", "STATUSES", "Trajectory", "record_steps"]

STATUSES: tuple[str, ...] = ("budget", "converged", "diverged")
BUDGET, CONVERGED, DIVERGED = range(3)


@dataclass(frozen=True, repr=False)
class Trajectory:
    """The recorded steps of one run, of one chain or of several.

    With chains there is an axis of their number after the axis of records.

    Fields:
        steps: the recorded step numbers, int64 of shape (records,), increasing from 0.
        losses: the loss at these steps, shape (records,) or (records, chains).
        parameters: the parameters at these steps, a pytree with leaves of shape (records, ...)
            or (records, chains, ...), as NumPy arrays.
        status: "converged" (the loss reached the target), "diverged" (it stopped being finite or
            passed the limit) or "budget" (neither); an array of strings for chains.
        stopped_at: the step at which the chain converged or diverged, else the last step; an
            int64 array for chains.
        interrupted: whether the user broke the run off. `run` can resume from here.

    A chain that has converged or diverged does not move any more: later records repeat its last
    state, which for a diverged chain is its last finite one.
    """

    steps: Int[np.ndarray, " records"]
    losses: Float[np.ndarray, " records *batch"]
    parameters: Any
    status: Any
    stopped_at: Any = None
    interrupted: bool = False

    def __repr__(self) -> str:
        if isinstance(self.status, str):
            status = f"status={self.status!r}"
        else:
            kinds, counts = np.unique(self.status, return_counts=True)
            counted = (f"{count} {kind}" for kind, count in zip(kinds, counts, strict=True))
            status = f"status={', '.join(counted)}"
        loss = np.asarray(np.asarray(self.losses)[-1] if len(self.losses) else np.nan)
        shown = f"{float(loss):.3g}" if loss.ndim == 0 else f"{loss.min():.3g}..{loss.max():.3g}"
        return (
            f"Trajectory({status}, steps={self.steps[-1]}, records={len(self.steps)}, loss={shown})"
        )

    @property
    def final(self) -> Any:
        """The parameters at the last record."""
        import jax

        return jax.tree.map(lambda leaf: leaf[-1], self.parameters)


def record_steps(steps: int, records: int | Iterable[int] = 200) -> Int[np.ndarray, " records"]:
    """The steps to record: 0, about `records` log-spaced ones, and the last.

    >>> record_steps(1000, 7).tolist()
    [0, 1, 3, 10, 32, 100, 316, 1000]
    >>> record_steps(5, [2, 4]).tolist()
    [0, 2, 4, 5]

    Args:
        steps: the last step, at least 0.
        records: the number of log-spaced steps, at least 1, or the steps themselves.

    Raises:
        InvalidInput: for a negative or non-integer number, or a listed step outside of [0, steps].
    """
    steps = require_integer("steps", steps, minimum=0)
    if isinstance(records, Iterable):
        chosen = np.unique([require_integer("records", k, 0, steps) for k in records])
    else:
        count = require_integer("records", records, minimum=1)
        chosen = np.rint(np.geomspace(1, max(steps, 1), count))
    return np.unique(np.concatenate([[0], chosen[chosen <= steps], [steps]])).astype(np.int64)


def require_rates(learning_rate: Any, chains: int | None) -> np.ndarray:
    """The learning rates as finite positive numbers, one or one per chain.

    Raises:
        InvalidInput: for zero, negative, infinite or NaN rates, or the wrong number of them.
    """
    import jax

    if isinstance(learning_rate, jax.core.Tracer):
        raise InvalidInput(
            "learning_rate must be a known number: a run cannot be traced by jax.jit, vmap or grad; "
            "call descent.run with chains= for many rates, and repeat model.update in "
            "jax.lax.fori_loop to differentiate through the steps."
        )
    try:
        rates = np.asarray(learning_rate, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidInput(
            f"learning_rate must be a finite number above 0, got {learning_rate!r}."
        ) from None
    bad = ~(np.isfinite(rates) & (rates > 0))
    if bad.any():
        raise InvalidInput(
            f"learning_rate must be a finite number above 0, got {rates[bad].flat[0]:g}."
        )
    allowed = [()] if chains is None else [(), (chains,)]
    if rates.shape not in allowed:
        raise InvalidInput(
            f"learning_rate must have one of the shapes {allowed}, got {rates.shape}."
        )
    return rates if chains is None else np.broadcast_to(rates, (chains,))
