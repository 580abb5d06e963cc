"""Random one-round ReLU problems: graph, teacher and start drawn anew for each seed.

Reference: awasthi2021, section 5. Book page: book/awasthi2021/figure-1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gnnconv_lib import graphs, summaries
from gnnconv_lib.validation import require_choice, require_integer

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["NORMALISATIONS", "ReluEnsemble", "relu_ensemble"]

NORMALISATIONS: tuple[str, ...] = ("rows", "columns")


class ReluEnsemble(NamedTuple):
    """The problems of several seeds, as `run_relu` takes them.

    Fields:
        overlaps: one overlap measure per seed.
        W: the starts, shape (seeds, h, r), standard normal.
        W_star: the teachers, shape (seeds, h, r).
    """

    overlaps: list[summaries.OverlapMeasure]
    W: Float[np.ndarray, "batch units features"]
    W_star: Float[np.ndarray, "batch units features"]


def relu_ensemble(
    nodes: int,
    degree: int,
    seeds: int,
    *,
    hidden_units: int = 10,
    inner_dimension: int = 10,
    unit_length: str = "rows",
    first_seed: int = 0,
) -> ReluEnsemble:
    """A random d-regular graph, a unit teacher and a standard normal start for each seed.

        G_s = random_regular(nodes, degree, s),   W_s ~ N(0, I),   W*_s = normalised N(0, I).

    The weights of a seed do not depend on the graph: degrees are compared on the same teachers and
    starts. The rows and the columns of one and the same matrix are normalised, so that the two
    readings are compared on equal terms too.

    Args:
        nodes, degree: of the graph; nodes * degree even, degree < nodes.
        seeds: their number; they are first_seed, first_seed + 1, ...
        hidden_units, inner_dimension: h and r.
        unit_length: "rows" (the weights of each unit have length 1) or "columns" of W*.
        first_seed: the first one.

    Returns:
        A `ReluEnsemble`. Of a graph only the overlap measure is kept.

    Raises:
        InvalidInput: for numbers out of range, or a graph that does not exist.

    Reference: awasthi2021, section 5 (columns) and section 3 (rows).

    >>> drawn = relu_ensemble(4, 3, 2, hidden_units=5, inner_dimension=2)
    >>> drawn.W.shape, bool(np.allclose((drawn.W_star**2).sum(axis=2), 1))
    ((2, 5, 2), True)
    """
    seeds = require_integer("seeds", seeds, minimum=1)
    first_seed = require_integer("first_seed", first_seed, minimum=0)
    units = require_integer("hidden_units", hidden_units, minimum=1)
    inner = require_integer("inner_dimension", inner_dimension, minimum=1)
    axis = -1 if require_choice("unit_length", unit_length, NORMALISATIONS) == "rows" else -2
    chosen = range(first_seed, first_seed + seeds)
    # Degrees 0 and n - 1 leave a single graph, which need not be counted for each seed.
    different = chosen if 0 < degree < nodes - 1 else chosen[:1]
    overlaps = [summaries.overlap(graphs.random_regular(nodes, degree, seed)) for seed in different]
    overlaps += overlaps * (seeds - len(overlaps))
    drawn = np.stack(
        [np.random.default_rng(seed).normal(size=(2, units, inner)) for seed in chosen]
    )
    starts, teachers = drawn[:, 0], drawn[:, 1]
    return ReluEnsemble(
        overlaps, starts, teachers / np.linalg.norm(teachers, axis=axis, keepdims=True)
    )
