"""The one driver for gradient descent: steps inside `lax.scan`, log-spaced records, statuses.

A model is a pytree with two methods for one chain,

    model.loss(parameters) -> scalar,
    model.update(parameters, learning_rate) -> parameters after one step.

Its arrays are arguments of the compiled program, so that another graph or teacher of the same
shape does not compile again. Chains are batched with `vmap`; a model may take all chains through
all gaps faster by a third method, `advance` (see `Advancing`). The compiled program is the loop of
`gnnconv_lib.stepping`. Between programs (a fraction of a second each) the driver reports progress
and can be interrupted.

Reference: awasthi2021, Eq. (8). Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Protocol, cast

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib.precision import as_float_array, representable, working_dtype
from gnnconv_lib.stepping import Course, State, judged, march, where
from gnnconv_lib.trajectory import (
    BUDGET,
    CONVERGED,
    STATUSES,
    Trajectory,
    record_steps,
    require_rates,
)
from gnnconv_lib.validation import InvalidInput, require_integer, require_real

__all__ = ["Advancing", "Model", "run"]

RECORDS_PER_CALL = 16
WORK_PER_CALL = 2**18


class Model(Protocol):
    """What `run` needs of a model; implementations are pytrees."""

    def loss(self, parameters: Any) -> jax.Array:
        """The loss, a scalar."""
        ...

    def update(self, parameters: Any, learning_rate: jax.Array) -> Any:
        """The parameters after one step."""
        ...


class Advancing(Protocol):
    """A model with a faster way than one step after the other; `loss` and `update` as in `Model`."""

    def advance(
        self, state: State, course: Course, batched: bool, model_axes: Any
    ) -> tuple[State, Any] | None:
        """All chains through all gaps: the state after, and (step, loss, parameters, code) of each.

        The records have their axis first, then that of the chains if `batched`. None where the
        model has no faster way for these arguments: the driver then takes its own.
        """
        ...


def run(
    model: Model,
    initial: Any,
    learning_rate: Any,
    steps: int,
    *,
    target: float = 0.0,
    limit: float = 1e100,
    records: int | Iterable[int] = 200,
    chains: int | None = None,
    model_axes: Any = None,
    progress: bool | None = None,
) -> Trajectory:
    """Gradient descent from `initial` until the target, divergence or the last step.

        parameters <- model.update(parameters, learning_rate), at most `steps` times.

    Args:
        model: loss and update (see the module docstring).
        initial: the parameters at step 0; with chains, a first axis of that length on each leaf.
            Or a `Trajectory`, which is continued from its last record up to step `steps`.
        learning_rate: finite and above 0; one number, or one per chain.
        steps: the number of the last step.
        target: a chain has converged when its loss is at most this.
        limit: a chain has diverged when its loss exceeds this or is not finite.
        records: number of log-spaced records, or the steps to record; 0 and the last are added.
        chains: the number of chains, or None for a single one without a chain axis.
        model_axes: for chains, which arrays of the model have a chain axis, as in `jax.vmap`:
            None (shared), 0 (all of them), or a model-shaped tuple of these.
        progress: show a progress bar; by default on a terminal only.

    Returns:
        A `Trajectory`. A diverging run is a status. When all chains have stopped, so do the
        records. Ctrl-C between two programs returns what there is, marked as interrupted.

    Raises:
        InvalidInput: for a learning rate that is not finite and positive, initial parameters that
            are not finite, a leaf without the chain axis, a NaN target.

    Reference: awasthi2021, Eq. (8).

    >>> from gnnconv_lib import graphs, relu_gnn
    >>> model = relu_gnn.full_model(graphs.complete(2), [[1.0]])
    >>> path = run(model, jnp.array([[2.0]]), 1 / 16, 3, records=3)  # halves the error
    >>> path.steps.tolist(), path.losses.tolist(), path.status
    ([0, 1, 2, 3], [4.0, 1.0, 0.25, 0.0625], 'budget')
    """
    if chains is not None:
        chains = require_integer("chains", chains, minimum=1)
    schedule = record_steps(steps, records)
    target = require_real("target", target)
    limit = require_real("limit", limit)
    rates = jnp.asarray(require_rates(learning_rate, chains))
    if any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves((model, initial))):
        raise InvalidInput(
            "model and initial must hold known numbers: a run cannot be traced by jax.jit, vmap or "
            "grad; call descent.run with chains=, or repeat model.update in jax.lax.fori_loop."
        )
    if isinstance(initial, list):
        (initial,) = as_float_array(initial)
    before, state = _start(initial, chains, target)
    dtype = working_dtype(*jax.tree.leaves(state.parameters))
    target, limit = representable(target, dtype), representable(limit, dtype)
    start = int(np.max(np.asarray(state.step)))
    if start >= steps and before is not None:
        return before
    schedule = schedule[schedule > start] if before is not None else schedule
    pieces: list[Any] = []
    interrupted = False
    bar = _bar(progress, int(steps) - start)
    try:
        for gaps, wanted in _calls(schedule, start, _size(state.parameters)):
            course = Course(jnp.asarray(gaps), rates, target, limit)
            state, piece = _advance(model, state, course, chains is not None, model_axes)
            stopped = bool(np.all(np.asarray(state.code) != BUDGET))
            rows = np.flatnonzero(wanted)
            if stopped and not _all_stopped_at(piece, rows):
                rows = np.append(rows, len(gaps) - 1)  # the end, though no record was due yet
            pieces.append(jax.tree.map(lambda leaf, rows=rows: np.asarray(leaf)[rows], piece))
            bar.update(int(gaps.sum()))
            if stopped:
                break
    except KeyboardInterrupt:
        interrupted = True
    finally:
        bar.close()
    return _collect(before, pieces, chains, interrupted)


def _all_stopped_at(piece: Any, rows: np.ndarray) -> bool:
    """Whether the last of the wanted rows already shows every chain at its end."""
    return bool(rows.size) and bool(np.all(np.asarray(piece[3])[rows[-1]] != BUDGET))


def _advance_one(model: Any, state: State, course: Course) -> tuple[State, Any]:
    """One chain through all gaps, with the state, the loss and the code after each."""

    def judge(state: State) -> State:
        loss = model.loss(state.parameters)
        finite = jnp.isfinite(loss)
        for leaf in jax.tree.leaves(state.parameters):
            finite = finite & jnp.all(jnp.isfinite(leaf))
        active = state.code == BUDGET
        kept = where(active & ~finite, state.previous, state.parameters)
        return state._replace(
            parameters=kept, code=judged(state.code, loss, finite, course.target, course.limit)
        )

    def step(state: State) -> State:
        state = judge(state)
        active = state.code == BUDGET
        moved = where(active, model.update(state.parameters, course.rates), state.parameters)
        count = state.step + active.astype(state.step.dtype)
        return State(moved, state.parameters, count, state.code)

    def record(state: State) -> tuple[State, Any]:
        state = judge(state)
        return state, (state.step, model.loss(state.parameters), state.parameters, state.code)

    return march(step, record, state, course.gaps)


@partial(jax.jit, static_argnames=("batched", "model_axes"))
def _advance(
    model: Any, state: State, course: Course, batched: bool, model_axes: Any
) -> tuple[State, Any]:
    """All chains through all gaps; records have the axis of records first."""
    if hasattr(model, "advance"):
        faster = cast(Advancing, model).advance
        found = faster(state, course, batched, model_axes)
        if found is not None:
            return found
    if not batched:
        return _advance_one(model, state, course)
    axes = (model_axes, 0, Course(None, 0, None, None))
    return jax.vmap(_advance_one, axes, (0, 1))(model, state, course)


def _start(initial: Any, chains: int | None, target: float) -> tuple[Trajectory | None, State]:
    """The state to start from: step 0, or the last record of a trajectory."""
    before = initial if isinstance(initial, Trajectory) else None
    shape = () if chains is None else (chains,)
    step, code = np.zeros(shape, np.int64), np.zeros(shape, np.int32)
    if before is not None:
        initial = before.final
        step = np.broadcast_to(np.asarray(before.stopped_at), shape)
        code = np.broadcast_to(
            [STATUSES.index(s) for s in np.ravel(before.status)], (np.size(step),)
        )
        code = code.reshape(shape).astype(np.int32)
        # A chain that converged to a looser target goes on, from the step where it stopped.
        code = np.where((code == CONVERGED) & (before.losses[-1] > target), BUDGET, code)
    leaves = jax.tree.leaves(initial)
    if not leaves or any(np.shape(leaf)[: len(shape)] != shape for leaf in leaves):
        raise InvalidInput(
            f"initial must hold arrays with a first axis of chains = {chains}, "
            f"got shapes {[np.shape(leaf) for leaf in leaves]}."
            if chains is not None
            else "initial must hold at least one array, got none."
        )
    if not all(np.all(np.isfinite(np.asarray(leaf))) for leaf in leaves):
        raise InvalidInput("initial must hold finite numbers, got NaN or infinite ones.")
    values = jax.tree.map(jnp.asarray, initial)
    return before, State(values, values, jnp.asarray(step), jnp.asarray(code))


def _calls(schedule: np.ndarray, start: int, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The gaps of each compiled call, padded with zeros, and which of them end at a record."""
    longest = max(128, WORK_PER_CALL // max(size, 1))
    gaps: list[int] = []
    wanted: list[bool] = []
    for gap in np.diff(schedule, prepend=start).tolist():
        while gap > longest:
            gaps.append(longest)
            wanted.append(False)
            gap -= longest
        gaps.append(gap)
        wanted.append(True)
    first, total = 0, 0
    for position, gap in enumerate(gaps):
        if position > first and (total + gap > longest or position - first == RECORDS_PER_CALL):
            yield _padded(gaps[first:position], wanted[first:position])
            first, total = position, 0
        total += gap
    yield _padded(gaps[first:], wanted[first:])


def _padded(gaps: list[int], wanted: list[bool]) -> tuple[np.ndarray, np.ndarray]:
    missing = RECORDS_PER_CALL - len(gaps)
    rows = np.array(wanted + [False] * missing)
    return np.array(gaps + [0] * missing, np.int64), rows


def _collect(
    before: Trajectory | None, pieces: list[Any], chains: int | None, interrupted: bool
) -> Trajectory:
    """One trajectory from all pieces, cut after the record at which the last chain had stopped."""
    if not pieces:
        if before is None:
            raise KeyboardInterrupt
        return before
    step, losses, parameters, code = jax.tree.map(lambda *p: np.concatenate(p), *pieces)
    still = (code == BUDGET).reshape(len(code), -1).any(axis=1)
    keep = min(int(still.sum()) + 1, len(code))
    step, losses, parameters, code = jax.tree.map(
        lambda leaf: leaf[:keep], (step, losses, parameters, code)
    )
    last_step = step[-1]
    numbers = step.reshape(keep, -1).max(axis=1).astype(np.int64)
    if before is not None:
        fresh = numbers > before.steps[-1]
        numbers = np.concatenate([before.steps, numbers[fresh]])
        losses = np.concatenate([before.losses, losses[fresh]])
        parameters = jax.tree.map(
            lambda old, new: np.concatenate([old, new[fresh]]), before.parameters, parameters
        )
    names = np.array(STATUSES)[code[-1]]
    single = chains is None
    return Trajectory(
        numbers,
        losses,
        parameters,
        str(names) if single else names,
        int(last_step) if single else last_step.astype(np.int64),
        interrupted,
    )


def _size(parameters: Any) -> int:
    return sum(int(np.size(leaf)) for leaf in jax.tree.leaves(parameters))


class _Silent:
    def update(self, _: int) -> None:
        """Nothing to show."""

    def close(self) -> None:
        """Nothing to close."""


def _bar(progress: bool | None, total: int) -> Any:
    """A progress bar on a terminal; nothing elsewhere, or where tqdm is not installed."""
    shown = sys.stderr.isatty() if progress is None else progress
    if not shown:
        return _Silent()
    try:
        from tqdm import tqdm
    except ImportError:
        return _Silent()
    return tqdm(total=total, unit="step", unit_scale=True, leave=False)
