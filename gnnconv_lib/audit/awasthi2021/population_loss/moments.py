"""Second and mixed moments of one unit, and its loss, on regular graphs.

Reference: awasthi2021, Eqs. (9)-(12). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import dual, relu_gnn
from gnnconv_lib.audit.awasthi2021.setting import REGULAR
from gnnconv_lib.claims import both, claim, equal
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_pairs


def ratios(g: Graph, cos: float) -> tuple[np.ndarray, np.ndarray]:
    """The values of d_ij c/(d + 1) and how often they occur, in arrays of one shape."""
    values, counts = np.unique(relu_pairs.shared_messages(g), return_counts=True)
    more = 64 - len(values)
    return np.pad(values, (0, more)) / (float(g.degrees[0]) + 1) * cos, np.pad(counts, (0, more))


def regular_sum(g: Graph, cos: float = 1.0) -> float:
    """(d + 1) times the printed sum over i, j of the dual at d_ij c/(d + 1)."""
    at, count = ratios(g, cos)
    return (float(g.degrees[0]) + 1) * float(count @ np.asarray(dual.dual("scaled_relu", at)))


def _second_moments(g: Graph, rows: np.ndarray) -> Any:
    printed = [float(w @ w) * regular_sum(g) for w in rows]
    pairs = [relu_pairs.cross_moment(g, w, w) for w in rows]
    full = [float(w @ w) * float(relu_gnn.sums(overlap(g), 1.0)[0]) for w in rows]
    return both(
        equal(printed, pairs, ("printed moment", "moment by pairs")),
        equal(full, pairs, ("|w|² A", "moment by pairs")),
    )


@claim("awasthi2021:eq-9", REGULAR, each=True)
def second_moment(graph: Graph, W: np.ndarray) -> Any:
    """E(Σ σ(w·x̄_i))² = (d+1)|w|² Σ s(d_ij/(d+1))."""
    return _second_moments(graph, W)


@claim("awasthi2021:eq-10", REGULAR, each=True)
def second_moment_of_the_teacher(graph: Graph, W_star: np.ndarray) -> Any:
    """E(Σ σ(w*·x̄_i))² = (d+1)|w*|² Σ s(d_ij/(d+1))."""
    return _second_moments(graph, W_star)


def cosine(w: np.ndarray, v: np.ndarray) -> float:
    return float(np.clip(w @ v / np.linalg.norm(w) / np.linalg.norm(v), -1.0, 1.0))


@claim("awasthi2021:eq-11", REGULAR, tolerance=1e-11, each=True)
def mixed_moment(graph: Graph, W: np.ndarray, W_star: np.ndarray) -> Any:
    """E Σ σ(w·x̄_i)σ(w*·x̄_j) = (d+1)|w||w*| Σ s(d_ij c/(d+1))."""
    printed, library, pairs, size = [], [], [], []
    for w, v in zip(W, W_star, strict=True):
        lengths, cos = float(np.linalg.norm(w) * np.linalg.norm(v)), cosine(w, v)
        full, mixed, _ = (float(x) for x in relu_gnn.sums(overlap(graph), cos))
        printed.append(lengths * regular_sum(graph, cos))
        library.append(lengths * mixed)
        pairs.append(relu_pairs.cross_moment(graph, w, v))
        size.append(lengths * full)
    return both(
        equal(printed, pairs, ("printed moment", "moment by pairs"), size),
        equal(library, pairs, ("|w||w*| B(c)", "moment by pairs"), size),
    )


@claim("awasthi2021:eq-12", REGULAR, tolerance=1e-11, each=True)
def loss_of_a_unit(graph: Graph, W: np.ndarray, W_star: np.ndarray) -> Any:
    """L(w) = A(|w|² + |w*|²)/2 - |w||w*|B(c) with A = (d+1)Σ s(d_ij/(d+1)), B(c) = (d+1)Σ s(d_ij c/(d+1))."""
    v = 0.7 * W_star
    full, measure = regular_sum(graph), overlap(graph)
    printed = [
        full * (w @ w + t @ t) / 2
        - np.linalg.norm(w) * np.linalg.norm(t) * regular_sum(graph, cosine(w, t))
        for w, t in zip(W, v, strict=True)
    ]
    pairs = [relu_pairs.loss(graph, w, t) for w, t in zip(W, v, strict=True)]
    stable = [float(relu_gnn.loss(w, t, measure)) for w, t in zip(W, v, strict=True)]
    size = [full * (w @ w + t @ t) for w, t in zip(W, v, strict=True)]
    return both(
        equal(printed, pairs, ("printed loss", "loss by pairs"), size),
        equal(stable, pairs, ("stable form", "loss by pairs"), size),
    )
