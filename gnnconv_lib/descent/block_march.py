"""Trajectories in (q, z) of `half_angle`, advanced block by block of steps.

Each unit has its own blocks. A block is accepted when the last Legendre coefficients of the
increments are small, and tried again at less than half its length otherwise; next to that come
stretches of steps that are computed one by one, where a block would be too short to pay.

Book page: book/scale/how-far-it-scales.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from gnnconv_lib.descent.half_angle import HalfAngle, run_steps, with_slopes
from gnnconv_lib.descent.step_blocks import SMALLEST_BLOCK, block_rule, sums_at
from gnnconv_lib.relu_gnn.pair_terms import PairTable
from gnnconv_lib.validation import InvalidInput

__all__ = ["MOST_POINTS", "march"]

MOST_POINTS = 20
MOST_BLOCKS = 5000

_TAIL = 1e-13  # last Legendre coefficients that a block may have, relative to the largest
_ONE_BY_ONE = 1000


def march(
    start: np.ndarray, table: PairTable, rate: float, schedule: np.ndarray, points: int
) -> tuple[np.ndarray, int]:
    """The trajectory of each unit at the steps of a schedule.

    Args:
        start: (q, z) at step 0, shape (units, 2).
        table: the pair table of the graph.
        rate: the learning rate.
        schedule: increasing steps, shape (records,).
        points: collocation points per block, at most `MOST_POINTS`.

    Returns:
        (q, z) at the records, shape (records, units, 2), and the number of rounds of blocks.

    Raises:
        InvalidInput: if an angle changes its sign, or the blocks stay too short.
    """
    units = len(start)
    seen = np.full((len(schedule), units, 2), np.nan)
    seen[schedule == 0] = start
    last = int(schedule[-1])
    at = np.zeros(units, np.int64)
    state = start.copy()
    # The first steps one by one: the fastest transients live there.
    block = np.zeros(units)
    rounds = 0
    while np.any(at < last):
        rounds += 1
        if rounds > MOST_BLOCKS:
            raise InvalidInput(
                f"steps must be reached in {MOST_BLOCKS} blocks, but step {int(at.min())} was the "
                "furthest; the run is not smooth enough, use run_relu."
            )
        singly = (block < SMALLEST_BLOCK) & (at < last)
        if np.any(singly):
            _one_by_one(seen, state, at, singly, schedule, table, rate)
            block = np.where(singly, SMALLEST_BLOCK, block)
        _one_block(seen, state, at, block, schedule, table, rate, points)
    return seen, rounds


def _one_by_one(
    seen: np.ndarray,
    state: np.ndarray,
    at: np.ndarray,
    singly: np.ndarray,
    schedule: np.ndarray,
    table: PairTable,
    rate: float,
) -> None:
    """Steps computed one by one for the units in `singly`."""
    path = run_steps(HalfAngle(*jnp.asarray(state.T)), table, jnp.asarray(rate), _ONE_BY_ONE)
    iterates = np.stack([np.asarray(path.q), np.asarray(path.z)], axis=-1)
    for unit in np.flatnonzero(singly):
        count = int(min(_ONE_BY_ONE, schedule[-1] - at[unit]))
        if not np.all(np.isfinite(iterates[:count, unit])):
            bad = int(np.argmin(np.all(np.isfinite(iterates[:, unit]), axis=-1)))
            raise InvalidInput(
                f"learning_rate must keep the angle from changing its sign, got {rate:g}, with "
                f"which it does at step {int(at[unit]) + bad + 1}; use run_relu."
            )
        inside = (schedule > at[unit]) & (schedule <= at[unit] + count)
        seen[inside, unit] = iterates[schedule[inside] - at[unit] - 1, unit]
        state[unit] = iterates[count - 1, unit]
        at[unit] += count


def _one_block(
    seen: np.ndarray,
    state: np.ndarray,
    at: np.ndarray,
    block: np.ndarray,
    schedule: np.ndarray,
    table: PairTable,
    rate: float,
    points: int,
) -> None:
    """One attempt at a block for each unit; updates everything in place, `block` included."""
    last = schedule[-1]
    rule = block_rule(points)
    wanted = np.floor(np.minimum(block, last - at))
    trying = wanted >= 1
    steps = np.where(trying, np.maximum(wanted, 1.0), 1.0)
    matrix = np.tensordot(steps[:, None] ** rule.powers, rule.sums, 1)
    change, values, solved = _collocated(state, steps, matrix, rule.points, table, rate)
    with np.errstate(all="ignore"):
        series = np.einsum("jl,uld->ujd", rule.to_series, values)
        curve = np.einsum("jl,ul->uj", rule.to_series, state[:, None, 1] + change[..., 1])
        size = np.max(np.abs(series[..., 0]), axis=1)
        tail = np.max(np.abs(series[:, -2:, 0]), axis=1) / np.where(size == 0, 1.0, size)
        scale = np.maximum(1.0, np.abs(state[:, 1] + change[:, -1, 1]))
        tail = np.maximum(tail, np.max(np.abs(curve[:, -2:]), axis=1) / scale)
        # l = 1 + sigma carries a rounding error of 1e-16: relative to l where l is small.
        share = 1 / (1 + np.exp(-state[:, None, 0] - change[..., 0]))
        length = np.min(np.abs(1 + (state[:, None, 1] + change[..., 1]) * share), axis=1)
        tail = np.where(solved & np.isfinite(tail), tail * np.minimum(1.0, length), np.inf)
    for unit in np.flatnonzero(trying):
        if tail[unit] > _TAIL:
            shrink = 0.5 * (_TAIL / min(tail[unit], 1.0)) ** (1 / points)
            block[unit] = steps[unit] * max(shrink, 0.1)
            continue
        inside = (schedule > at[unit]) & (schedule <= at[unit] + steps[unit])
        share = (schedule[inside] - at[unit]) / steps[unit]
        seen[inside, unit] = state[unit] + sums_at(share, steps[unit], points) @ series[unit]
        state[unit] = state[unit] + change[unit, -1]
        at[unit] += int(steps[unit])
        growth = 0.8 * (_TAIL / max(tail[unit], 1e-16)) ** (1 / points)
        block[unit] = max(steps[unit], block[unit]) * min(max(growth, 0.5), 1.0) * 4.0


def _collocated(
    state: np.ndarray,
    steps: np.ndarray,
    matrix: np.ndarray,
    nodes: np.ndarray,
    table: PairTable,
    rate: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Newton's method for the changes in the points of a block.

    Returns (changes, increments), both of shape (units, points, 2), and which units converged.
    """
    units, points = len(state), len(nodes)
    change = np.zeros((units, points, 2))
    solved = np.zeros(units, bool)
    first = _evaluate(state[:, None, :], table, rate)[0]
    change[..., 0] = first[..., 0] * steps[:, None] * nodes
    one = np.eye(2 * points).reshape(points, 2, points, 2)
    values = np.zeros_like(change)
    with np.errstate(all="ignore"):
        for _ in range(14):
            here = state[:, None, :] + change
            fresh, slopes = _evaluate(here, table, rate)
            values = np.where(solved[:, None, None], values, fresh)
            residual = change - np.einsum("ujl,uld->ujd", matrix, fresh)
            system = one - np.einsum("ujl,ulde->ujdle", matrix, slopes)
            flat = system.reshape(units, 2 * points, 2 * points)
            usable = np.all(np.isfinite(flat), axis=(1, 2)) & np.all(
                np.isfinite(residual), axis=(1, 2)
            )
            flat = np.where(usable[:, None, None], flat, np.eye(2 * points))
            right = np.where(usable[:, None, None], residual, 0.0).reshape(units, -1, 1)
            move = np.linalg.solve(flat, right).reshape(units, points, 2)
            change = np.where((solved | ~usable)[:, None, None], change, change - move)
            size = np.stack(
                [
                    np.maximum(np.abs(change[:, -1, 0]), 1e-300),
                    np.maximum(1.0, np.abs(state[:, 1] + change[:, -1, 1])),
                ],
                axis=-1,
            )
            small = np.max(np.abs(move) / size[:, None, :], axis=(1, 2)) < 1e-12
            if np.all(solved | ~usable):
                break
            solved |= small & usable
    return change, values, solved


def _evaluate(here: np.ndarray, table: PairTable, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Increments at `here`, shape (units, points, 2), and their Jacobians (units, points, 2, 2).

    The points are filled up to `MOST_POINTS`, so that one program serves every rule.
    """
    count = here.shape[1]
    filled = np.concatenate([here, np.repeat(here[:, -1:], MOST_POINTS - count, axis=1)], axis=1)
    at = HalfAngle(jnp.asarray(filled[..., 0]), jnp.asarray(filled[..., 1]))
    value, *slopes = with_slopes(at, table, jnp.asarray(rate))

    def as_numpy(leaf: HalfAngle) -> np.ndarray:
        return np.stack([np.asarray(leaf.q), np.asarray(leaf.z)], axis=-1)[:, :count]

    return as_numpy(value), np.stack([as_numpy(slope) for slope in slopes], axis=-1)
