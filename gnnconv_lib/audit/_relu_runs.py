"""Domains of the claims about all iterates of gradient descent on one unit.

A case is a graph of ten families, a start and a step; beside the start (length, cos) its columns hold
all iterates: lengths and cosines, shape (cases, steps + 1), from t = 0 on.

Reference: awasthi2021, Eq. (8). Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib.audit._relu_collections import families
from gnnconv_lib.audit._relu_domains import DERIVED, ONE_UNIT, Columns, columns, measures
from gnnconv_lib.audit._relu_paths import gaussian_starts, run
from gnnconv_lib.audit._relu_steps import say
from gnnconv_lib.claims import Domain, domain, graph, real
from gnnconv_lib.claims.hypotheses import Part

__all__ = ["iterates", "runs"]

# Very short, almost opposite, opposite, very long, orthogonal; towards the teacher, and from -0.4.
_HARD = [(0.01, -0.2), (3.0, -0.999), (0.1, -1.0), (30.0, -0.5), (1.0, 0.0), (0.5, 1.0)]
_HARD += [(1e-6, 0.0), (50.0, 0.3)]
_STEPS = {"quick": 200, "full": 600}


def runs(
    *hypotheses: Part,
    among: str = "every graph",
    chosen: Sequence[float],
    cos: str = "[-1, 1]",
    keep: Callable[..., Any] | None = None,
    more: Callable[[Columns], Columns] | None = None,
) -> Domain:
    """The domain of all runs with the steps x in `chosen`, of which `hypotheses` must speak.

    Args:
        hypotheses: printed after those of the graph and the start.
        among: a class of graphs that `claims.graph` knows.
        chosen: the steps, which starts take in turn.
        cos: the range of the start's cosine.
        keep: whether a run belongs to the domain, from its columns by name.
        more: further columns from the others.
    """

    def cases(budget: str) -> Columns:
        made = _made(budget, tuple(chosen))
        if among == "every graph with two different degrees":
            made = _only(made, np.array([np.ptp(g.degrees) > 0 for g in made["graph"]]))
        if keep is not None:
            wanted = keep.__code__.co_varnames[: keep.__code__.co_argcount]
            made = _only(made, np.asarray(keep(*(made[name] for name in wanted))))
        return made if more is None else {**made, **more(made)}

    return domain(
        graph("graph", among),
        ONE_UNIT,
        real("length", "(0, inf)", "ℓ₀"),
        real("cos", cos, "c₀"),
        *hypotheses,
        cases=cases,
        derived=(*DERIVED, "lengths", "cosines"),
        words=say,
    )


@cache
def iterates(budget: str, steps: tuple[float, ...]) -> tuple[Columns, np.ndarray, np.ndarray]:
    """The columns of all starts, and lengths and cosines of all iterates (cases, steps + 1)."""
    chosen = sorted((g for _, g in families()), key=lambda entry: (entry.nodes, entry.edges))
    count, drawn = len(chosen), 1 if budget == "quick" else 5
    starts = [gaussian_starts(count * drawn, r, seed=7 + r) for r in (2, 10)]
    hard = np.array(_HARD)[(np.arange(count)[:, None] + np.array([0, 3])) % len(_HARD)]
    # On complete graphs this start is the one that comes nearest to the lower bound of Lemma 1.
    tight = np.tile([[[1e-6, -0.4]]], (count, 1, 1))
    hard = np.concatenate([hard, tight], axis=1)
    length = np.concatenate([s[0].reshape(count, -1) for s in starts] + [hard[..., 0]], axis=1)
    cos = np.concatenate([s[1].reshape(count, -1) for s in starts] + [hard[..., 1]], axis=1)
    at = columns(chosen, length, cos)
    place = 7 * np.arange(count)[:, None] + 3 * np.arange(length.shape[1])
    at["x"] = np.asarray(steps)[place.ravel() % len(steps)]
    rho, mass = measures(tuple(chosen))
    full = at["A"].reshape(length.shape)[:, :1]
    x = at["x"].reshape(length.shape)
    lengths, cosines = run(rho, mass, full, length, cos, x, _STEPS[budget])
    flat = [np.moveaxis(np.asarray(v), 0, -1).reshape(length.size, -1) for v in (lengths, cosines)]
    return at, flat[0], flat[1]


def _made(budget: str, chosen: tuple[float, ...]) -> Columns:
    at, lengths, cosines = iterates(budget, chosen)
    return {**at, "lengths": lengths, "cosines": cosines}


def _only(made: Columns, inside: np.ndarray) -> Columns:
    return {name: values[inside] for name, values in made.items()}
