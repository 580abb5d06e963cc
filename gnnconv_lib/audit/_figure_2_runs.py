"""The readings of Figure 2: recipes for the teachers, normalisations, and what gradient descent does.

On a d-regular graph the loss sees M = W1 + d W2 only. A normalisation of the loss or of the
read-out multiplies the loss, hence the learning rate, by one number f. So every reading is the map

    M+ = M - eta f n (1 + d^2) sum_k (M')^k (M^L - M*^L) (M')^{L-1-k},   M_0 = (1 + d) I.

With means over the neighbours in the place of sums every degree d >= 1 behaves like d = 1.

Reference: awasthi2021, section 5 and Appendix D. Book page: book/awasthi2021/figure-2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

__all__ = [
    "DEPTHS",
    "NODES",
    "NORMALISATIONS",
    "RATES",
    "RECIPES",
    "SIZE",
    "Outcome",
    "descend",
    "factor",
    "scan",
    "strength",
    "teacher",
]

NODES, SIZE = 100, 10
DEPTHS: tuple[int, ...] = (1, 2, 3)
#: The learning rates of Appendix D, by depth.
RATES: dict[int, float] = {1: 0.1, 2: 0.0075, 3: 0.0075}

#: Recipes for W1* and W2*, from Gaussian entries G; all but the first are symmetric.
RECIPES: dict[str, str] = {
    "literal": "$G + 0.001 I$",
    "symmetrised": r"$\tfrac12(G + G^\top) + 0.001 I$",
    "Wishart": r"$G G^\top + 0.001 I$",
    "Wishart over r": r"$G G^\top / r + 0.001 I$",
    "unit norm": r"$G G^\top / \lvert G G^\top\rvert_2 + 0.001 I$",
    "near identity": r"$I + 0.001 \cdot \tfrac12(G + G^\top)$",
}

#: What multiplies the loss, from (n, r).
NORMALISATIONS: dict[str, str] = {
    "as defined": "sum over nodes, sum over outputs",
    "over r": "mean over the r outputs",
    "over n": "loss divided by n",
    "over n r": "loss divided by n, mean over outputs",
    "mean read-out": "output is the mean over nodes",
    "mean read-out, over r": "mean over nodes and over outputs",
}


def factor(normalisation: str, nodes: int, size: int) -> float:
    """The factor f of a normalisation in front of the loss.

    >>> factor("mean read-out", 100, 10)
    0.0001
    """
    by_outputs = size if normalisation.endswith(("over r", "over n r")) else 1
    by_nodes = {"over n": nodes, "over n r": nodes}.get(normalisation, 1)
    by_nodes = nodes**2 if normalisation.startswith("mean read-out") else by_nodes
    return 1.0 / (by_nodes * by_outputs)


def strength(
    rate: float, normalisation: str, degree: int, nodes: int = NODES, size: int = SIZE
) -> float:
    """eta f n (1 + d^2), the factor in front of the sum."""
    return rate * factor(normalisation, nodes, size) * nodes * (1 + degree**2)


def teacher(recipe: str, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """W1* and W2* by a recipe of `RECIPES`."""
    random = np.random.default_rng(seed)
    return _one(recipe, random, size), _one(recipe, random, size)


def _one(recipe: str, random: np.random.Generator, size: int) -> np.ndarray:
    gauss = random.normal(size=(size, size))
    half, square, identity = (gauss + gauss.T) / 2, gauss @ gauss.T, np.eye(size)
    made = {
        "literal": gauss + 0.001 * identity,
        "symmetrised": half + 0.001 * identity,
        "Wishart": square + 0.001 * identity,
        "Wishart over r": square / size + 0.001 * identity,
        "unit norm": square / np.linalg.norm(square, 2) + 0.001 * identity,
        "near identity": identity + 0.001 * half,
    }
    return np.asarray(made[recipe])


@dataclass(frozen=True)
class Outcome:
    """What gradient descent does, one entry per run.

    Fields:
        status: "converged" (the loss reaches `target` of its start), "diverged" (it exceeds its
            start a million times, or is not finite), "oscillates" (in the second half of the run
            it rises more than rounding explains), "stalls" (it falls by less than 1 % in the
            second half) or "falling".
        steps: steps until the target, infinity where it is not reached.
        shares: recorded losses as shares of the first, shape (records, runs), NaN after divergence.
        at: the recorded steps.
    """

    status: np.ndarray
    steps: np.ndarray
    shares: np.ndarray
    at: np.ndarray


def descend(
    targets: np.ndarray,
    degrees: np.ndarray,
    strengths: np.ndarray,
    rounds: int,
    steps: int,
    target: float = 1e-8,
) -> Outcome:
    """Gradient descent on M from (1 + d) I for many runs at once.

    Args:
        targets: M*, shape (runs, r, r), or (runs, r): the eigenvalues of symmetric M*, for which
            the iterates stay diagonal in its eigenbasis.
        degrees: d, shape (runs,). strengths: eta f n (1 + d^2), shape (runs,).
        rounds: L. steps: the longest run. target: share of the first loss.
    """
    diagonal = targets.ndim == 2
    shape = (-1, 1) if diagonal else (-1, 1, 1)
    size = targets.shape[-1]
    unit = np.ones(size) if diagonal else np.eye(size)
    M = (1.0 + degrees.reshape(shape)) * unit
    goal = _power(targets, rounds, diagonal)
    scale = strengths.reshape(shape)
    at = np.unique(np.concatenate([[0], np.geomspace(1, steps, 300).astype(int), [steps]]))
    axes = (1,) if diagonal else (1, 2)
    first = np.sum((_power(M, rounds, diagonal) - goal) ** 2, axis=axes)
    # A run that starts at its teacher has nothing to do.
    unit_loss = np.where(first > 0, first, 1.0)
    count = len(first)
    reached, gone = np.full(count, np.inf), np.zeros(count, dtype=bool)
    middle, lowest, rose = np.ones(count), np.ones(count), np.zeros(count, dtype=bool)
    kept = []
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(steps + 1):
            error = _power(M, rounds, diagonal) - goal
            share = np.sum(error**2, axis=axes) / unit_loss
            gone |= ~(share < 1e6)
            reached = np.where(np.isinf(reached) & (share <= target) & ~gone, step, reached)
            if step in at:
                kept.append(np.where(gone, np.nan, share))
            if step == steps // 2:
                middle = lowest = share
            elif step > steps // 2:
                rose |= share > lowest * (1 + 1e-6) + 1e-20
                lowest = np.minimum(lowest, share)
            if step == steps or (gone | np.isfinite(reached)).all():
                break
            M = np.where(gone.reshape(shape), M, M - scale * _slope(M, error, rounds, diagonal))
    last = share
    status = np.where(last > 0.99 * middle, "stalls", "falling")
    status = np.where(rose, "oscillates", status)
    status = np.where(np.isfinite(reached), "converged", status)
    status = np.where(gone, "diverged", status)
    return Outcome(status, reached, np.array(kept), at[: len(kept)])


def _power(M: np.ndarray, rounds: int, diagonal: bool) -> np.ndarray:
    return np.asarray(M**rounds if diagonal else np.linalg.matrix_power(M, rounds))


def _slope(M: np.ndarray, error: np.ndarray, rounds: int, diagonal: bool) -> np.ndarray:
    """sum_k (M')^k E (M')^{L-1-k}, by F_1 = E, F_{j+1} = M' F_j + E (M')^j."""
    if diagonal:
        return np.asarray(rounds * M ** (rounds - 1) * error)
    turned = np.swapaxes(M, 1, 2)
    total, power = error, turned
    for k in range(1, rounds):
        total = turned @ total + error @ power
        power = power @ turned if k < rounds - 1 else power
    return total


@cache
def scan(
    recipe: str,
    normalisations: tuple[str, ...],
    degrees: tuple[int, ...],
    seeds: int,
    steps: int,
    nodes: int = NODES,
    size: int = SIZE,
    rates: tuple[float, ...] = tuple(RATES.values()),
    first: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Statuses and steps to 1e-8 of the first loss, each (depths, normalisations, degrees, seeds).

    Args:
        recipe: of `RECIPES`. rates: learning rates for the depths 1, 2, 3. first: the first seed.
    """
    drawn = [teacher(recipe, size, first + seed) for seed in range(seeds)]
    goals = np.array([W1 + d * W2 for _ in normalisations for d in degrees for W1, W2 in drawn])
    if recipe != "literal":
        goals = np.linalg.eigvalsh(goals)
    at = np.array([float(d) for _ in normalisations for d in degrees for _ in drawn])
    found = []
    for rounds, rate in zip(DEPTHS, rates, strict=True):
        factors = [
            strength(rate, name, d, nodes, size)
            for name in normalisations
            for d in degrees
            for _ in drawn
        ]
        found.append(descend(goals, at, np.array(factors), rounds, steps))
    shape = (len(found), len(normalisations), len(degrees), seeds)
    statuses = np.reshape([outcome.status for outcome in found], shape)
    return statuses, np.reshape([outcome.steps for outcome in found], shape)
