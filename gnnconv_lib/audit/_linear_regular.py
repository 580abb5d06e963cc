"""What the claims on linear networks on regular graphs share: hypotheses, cases, runs.

Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import choice, integer, real, where
from gnnconv_lib.claims.domain import Domain, domain
from gnnconv_lib.claims.hypotheses import Part

__all__ = [
    "DEGREE",
    "EDGES",
    "FACTOR",
    "LONGEST",
    "NODES",
    "REGULAR",
    "ROUNDS",
    "SHAPES",
    "TARGET",
    "after",
    "columns",
    "excess_loss",
    "networks",
    "power_sum",
    "runs",
    "spectra",
]

REGULAR = where("a d-regular graph on n nodes exists", lambda n, d: n * d % 2 == 0)
NODES = integer("n", "[1, inf)")
DEGREE = integer("d", "[0, n - 1]")
ROUNDS = integer("L", "[1, inf)")
TARGET = real("target", "(0, inf)", "singular value σ* of the target")
FACTOR = choice("factor", 0.5, 1.0, words="factor of n in the recurrence (½ printed, 1 true)")
EDGES = where("the graph has an edge", lambda graph: graph.degrees.max() > 0)

#: (n, d) of regular graphs, smallest first.
SHAPES = ((1, 0), (2, 0), (2, 1), (3, 2), (4, 3), (6, 2), (5, 0), (10, 3), (31, 30), (1000, 4))
#: The most steps that a simulated run takes.
LONGEST = 3000


def columns(rows: Iterator[Sequence[Any]] | list[tuple[Any, ...]], *names: str) -> dict[str, Any]:
    """Named columns from rows of numbers."""
    return dict(zip(names, np.array(list(rows), float).T, strict=True))


def networks(budget: str, regular: bool = True) -> list[dict[str, Any]]:
    """Small graphs, depths and sizes with students (general, symmetric) and positive definite
    teachers."""
    known = [graphs.complete(1), graphs.complete(2), graphs.empty(2), graphs.complete(3)]
    known += [graphs.cycle(4), graphs.petersen()]
    if not regular:
        known = [
            *known[:3],
            graphs.path(3),
            graphs.star(4),
            *known[3:],
            graphs.erdos_renyi(9, 0.3, 3),
        ]
        known.insert(4, graphs.disjoint_union(graphs.complete(2), graphs.empty(1)))
    depths, sizes = ((1, 2, 4), (1, 4)) if budget == "quick" else (range(1, 6), (1, 2, 3, 5))
    rows: list[dict[str, Any]] = []
    for graph, r, L in product(known, sizes, depths):
        for symmetric in (True, False):
            random = np.random.default_rng([r, L, int(symmetric)])
            W1, W2, S1, S2 = np.round(random.normal(size=(4, r, r)), 2)
            if symmetric:
                W1, W2 = W1 + W1.T, W2 + W2.T
            S1, S2 = S1 @ S1.T + 0.1 * np.eye(r), S2 @ S2.T + 0.1 * np.eye(r)
            rows.append(
                {"graph": graph, "L": L, "r": r, "weights": (W1, W2, S1, S2), "seed": len(rows)}
            )
    return rows


def power_sum(first: Any, second: Any, rounds: Any) -> Any:
    """sum_{j<L} a^j b^{L-1-j} for arrays of L, term by term."""
    total = np.zeros(np.broadcast_shapes(np.shape(first), np.shape(second), np.shape(rounds)))
    for j in range(int(np.max(rounds))):
        with np.errstate(all="ignore"):
            # Beyond its depth a case has no term.
            term = first**j * second ** np.maximum(rounds - 1.0 - j, 0.0)
            total = total + np.where(j < rounds, term, 0.0)
    return total


@cache
def spectra(budget: str) -> tuple[tuple[tuple[float, ...], float, float], ...]:
    """Spectra of the target over 1 + d, accuracies and shares of the largest step."""
    shapes: list[tuple[float, ...]] = [
        (5 / 3,),
        (0.525,),
        (0.5,),
        (0.9,),
        (1.0,),
        (3.0,),
        (11.0,),
        (0.02,),
        (0.4, 1.1),
        (0.5, 1.0, 1.5, 2.0),
    ]
    if budget == "full":
        random = np.random.default_rng(0)
        shapes += [
            tuple(np.exp(random.uniform(-1.5, 1.5, size=size)).tolist())
            for size in (1, 1, 1, 2, 3, 5, 8)
        ]
    return tuple(product(shapes, (20.0, 0.05, 1e-4), (1.0, 0.3, 0.01)))


def runs(
    counts: Callable[..., Sequence[float]], regime: Part | None = None, longest: int = LONGEST
) -> Domain:
    """The domain of runs from the identity: cases in which none of `counts` is above `longest`.

    Args:
        counts: numbers of steps from (spectrum, n, d, L, accuracy, share).
        regime: see `claims.Domain`.
    """

    def cases(budget: str) -> list[dict[str, Any]]:
        depths = (1, 2, 4) if budget == "quick" else (1, 2, 3, 4, 5)
        rows = []
        for (n, d), L, (shape, accuracy, share) in product(SHAPES, depths, spectra(budget)):
            spectrum = np.sort(np.round((1 + d) * np.array(shape), 4))
            if max(counts(spectrum, n, d, L, accuracy, share)) <= longest:
                rows.append(
                    {
                        "n": n,
                        "d": d,
                        "L": L,
                        "r": len(spectrum),
                        "spectrum": spectrum,
                        "accuracy": accuracy,
                        "share": share,
                    }
                )
        return rows

    return domain(
        REGULAR,
        NODES,
        DEGREE,
        ROUNDS,
        integer("r", "[1, inf)"),
        real("spectrum", "(0, inf)", "singular values σ* of W1* + d W2*"),
        real("accuracy", "(0, inf)", "ε"),
        real("share", "(0, 1]", "step size over the largest one"),
        where(f"at most {longest} steps", lambda n: n >= 1),
        regime=regime,
        cases=cases,
        words=lambda n, d, L, spectrum, accuracy, share: (
            f"n = {n}, d = {d}, L = {L}, σ* = {', '.join(f'{x:g}' for x in spectrum)}, "
            f"ε = {accuracy:g}, step {share:g} of the largest"
        ),
    )


def after(
    spectrum: Any, n: Any, d: Any, L: Any, rate: Any, steps: Any, factor: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Errors σ - σ*, targets and mask, (cases, r) each, after `steps` steps from the identity."""
    size = max(len(values) for values in spectrum)
    mask = np.array([np.arange(size) < len(values) for values in spectrum])
    target = np.array([np.pad(v, (0, size - len(v)), mode="edge") for v in spectrum])
    n, d, L, rate, steps = (np.asarray(x, float)[:, None] for x in (n, d, L, rate, steps))
    error = 1.0 + d - target
    with np.errstate(all="ignore"):
        for step in range(int(np.max(steps))):
            live = np.flatnonzero(steps[:, 0] > step)
            e, t, depth = error[live], target[live], L[live]
            sigma = t + e
            pull = factor * rate[live] * n[live] * depth * (d[live] ** 2 + 1)
            moved = e * (1 - pull * sigma ** (depth - 1) * power_sum(sigma, t, depth))
            # What has overflowed stays infinite.
            error[live] = np.where(np.isnan(moved), np.inf, moved)
    return error, target, mask


def excess_loss(error: Any, target: Any, mask: Any, n: Any, L: Any) -> tuple[Any, Any]:
    """n/2 sum_i (σ_i^L - σ_i*^L)^2, and the largest |σ_i^L - σ_i*^L|; from the errors σ - σ*."""
    depth = np.asarray(L, float)[:, None]
    with np.errstate(all="ignore"):
        powers = error * power_sum(target + error, target, depth)
        powers = np.where(mask, np.where(np.isnan(powers), np.inf, powers), 0.0)
        return np.asarray(n) / 2 * np.sum(powers**2, axis=1), np.max(np.abs(powers), axis=1)


def steps_printed(spectrum: Any, n: int, d: int, L: int, accuracy: float, share: float) -> float:
    """Eq. (24) with a share of the step of Eq. (25)."""
    rate = share * bounds.theorem_2_step_printed(spectrum, n, d, L)
    return bounds.theorem_2_iterations_printed(spectrum, n, d, L, accuracy, rate)
