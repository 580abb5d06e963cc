"""What L rounds of a linear GNN need of a graph: its walk moments, as a Gauss quadrature.

Section 4 and appendix C of awasthi2021, book page `book/awasthi2021/deep-linear`.

With the adjacency matrix A (no self loops) and the all-ones vector 1, the number of walks of
length k is m_k = 1' A^k 1. Spectral decomposition makes it the k-th moment of the *walk measure*
`sum_mu c_mu delta_mu`, where mu runs over the eigenvalues of A and c_mu = |P_mu 1|^2. Lanczos
from the vector 1 gives the Jacobi matrix of this measure; its eigenvalues and first components are
the nodes and weights of a Gauss quadrature. With K nodes it is exact up to degree 2K - 1, and the
loss of L rounds has degree 2L in mu, so that L + 1 nodes are enough.

Numerics, in three reasons.
1. Walks are counted exactly: int64 while a bound on the next vector fits, Python integers after.
2. The Lanczos coefficients are ratios of integers. They are computed in rational arithmetic
   (Chebyshev's algorithm), so nothing loses orthogonality and nothing has to be reorthogonalised.
3. Exhaustion of the Krylov space is an exact zero there, not a threshold: a regular graph has one
   node, a star two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh_tridiagonal

from gnnconv_lib.graphs import Graph, StoredGraph, as_graph
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.summaries.walks_out_of_core import walk_counts_by_blocks
from gnnconv_lib.validation import InvalidInput, require_integer

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "WalkMoments",
    "as_walks",
    "from_counts",
    "from_measure",
    "walk_counts",
    "walks",
]

_INT64_MAX = 2**63 - 1


@jax.tree_util.register_dataclass
@dataclass(frozen=True, repr=False)
class WalkMoments:
    """The walk measure of a graph as far as `rounds` rounds of a linear GNN can see it.

    Fields:
        mu: (K,) quadrature nodes, ascending; they lie in the range of the main eigenvalues.
        weight: (K,) positive weights; their sum is the number of nodes of the graph.
        moments: (2 rounds + 1,) the walk counts 1' A^k 1, k = 0..2 rounds, rounded once.
        nodes: number of nodes of the graph (static).
        rounds: the rounds for which the quadrature is exact (static).
        exhausted: whether mu are all the main eigenvalues; then it is exact for any number of
            rounds (static).

    Reference: awasthi2021, Eq. (46), corrected.
    """

    def __repr__(self) -> str:
        return (
            f"WalkMoments(values={np.shape(self.mu)[-1]}, nodes={self.nodes}, rounds={self.rounds})"
        )

    mu: Float[jax.Array, " values"]
    weight: Float[jax.Array, " values"]
    moments: Float[jax.Array, " walks"]
    nodes: int = field(metadata={"static": True})
    rounds: int = field(metadata={"static": True})
    exhausted: bool = field(metadata={"static": True})


def walk_counts(graph: Graph, length: int) -> tuple[int, ...]:
    """Numbers of walks 1' A^k 1 for k = 0..length, as exact integers.

    With v_j = A^j 1: m_{2j} = v_j . v_j and m_{2j+1} = v_j . v_{j+1}, so length / 2 products with
    A are enough. Entries are int64 while (max v_j)(max degree) fits into 63 bits, Python integers
    after that; the same rule decides for the inner products.

    Args:
        graph: any `Graph`; isolated nodes and several components are fine.
        length: largest number of steps, at least 0.

    Raises:
        InvalidInput: for a negative or non-integer length.

    A path of three nodes has 3 walks of length 0, 4 of length 1, 6 of length 2.

    >>> from gnnconv_lib import graphs
    >>> walk_counts(graphs.path(3), 4)
    (3, 4, 6, 8, 12)
    """
    graph = as_graph(graph)
    length = require_integer("length", length, minimum=0)
    vector = np.ones(graph.nodes, dtype=np.int64)
    counts = [graph.nodes]
    for step in range(1, length + 1):
        if step % 2:
            previous, vector = vector, _neighbour_sums(graph, vector)
            counts.append(_inner(previous, vector))
        else:
            counts.append(_inner(vector, vector))
    return tuple(counts)


def walks(graph: Graph, rounds: int) -> WalkMoments:
    """The walk measure of a graph, exact for `rounds` rounds: `sum_k weight_k p(mu_k) = 1' p(A) 1`
    for every polynomial p of degree at most 2 rounds + 1.

    The Jacobi matrix comes from exact walk counts in rational arithmetic; it has at most
    rounds + 1 rows, fewer where the Krylov space of 1 is exhausted.

    Args:
        graph: any `Graph`; a `StoredGraph` is read row block by row block.
        rounds: number of rounds L, at least 1.

    Returns:
        WalkMoments with K <= rounds + 1 nodes.

    Raises:
        InvalidInput: for rounds below 1.

    Reference: awasthi2021, Eq. (46), corrected; Golub and Welsch (1969) for the last step.

    A star with four leaves has the main eigenvalues -2 and 2.

    >>> from gnnconv_lib import graphs
    >>> measure = walks(graphs.star(4), 3)
    >>> [round(float(value), 12) for value in measure.mu]
    [-2.0, 2.0]
    >>> [round(float(value), 12) for value in measure.weight]
    [0.5, 4.5]
    """
    graph = as_graph(graph)
    rounds = require_integer("rounds", rounds, minimum=1)
    if isinstance(graph, StoredGraph):
        return from_counts(walk_counts_by_blocks(graph, 2 * rounds + 1))
    return from_counts(walk_counts(graph, 2 * rounds + 1))


def from_counts(counts: Sequence[int]) -> WalkMoments:
    """The walk measure with given walk counts m_0, ..., m_{2L+1}, exact for L rounds.

    Args:
        counts: 2L + 2 integers with L >= 1, as from `walk_counts` or
            `walks_out_of_core.walk_counts_by_blocks`; m_0 is the number of nodes.

    Raises:
        InvalidInput: for an odd number of counts or fewer than four.

    >>> from_counts([3, 4, 6, 8]).mu.round(9).tolist()  # a path of three nodes
    [-1.414213562, 1.414213562]
    """
    if len(counts) < 4 or len(counts) % 2:
        raise InvalidInput(
            f"counts must hold an even number of at least 4 integers, got {len(counts)}."
        )
    nodes, rounds = counts[0], len(counts) // 2 - 1
    diagonal, off_squared = _recurrence(tuple(counts))
    mu, weight = _gauss(
        np.array([float(value) for value in diagonal]),
        np.sqrt([float(value) for value in off_squared]),
        nodes,
    )
    moments = np.array([_to_float(count) for count in counts[: 2 * rounds + 1]])
    exhausted = len(diagonal) <= rounds or nodes == len(diagonal)
    return WalkMoments(
        jnp.asarray(mu), jnp.asarray(weight), jnp.asarray(moments), nodes, rounds, exhausted
    )


def from_measure(
    mu: Numbers[ArrayLike, " values"], weight: Numbers[ArrayLike, " values"], rounds: int
) -> WalkMoments:
    """A walk measure given by its nodes and weights, e.g. all main eigenvalues of a graph.

    Args:
        mu: (K,) nodes. weight: (K,) nonnegative weights.
        rounds: moments are computed for k = 0..2 rounds.

    Raises:
        InvalidInput: if the two arrays do not have one common length.

    >>> float(from_measure([3.0], [4.0], 1).moments[2])
    36.0
    """
    nodes, masses = jnp.asarray(mu, jnp.float64), jnp.asarray(weight, jnp.float64)
    if nodes.ndim != 1 or nodes.shape != masses.shape:
        raise InvalidInput(
            f"mu and weight must be vectors of one length, got {nodes.shape}, {masses.shape}."
        )
    powers = jnp.arange(2 * require_integer("rounds", rounds, minimum=1) + 1)
    moments = jnp.sum(masses[:, None] * nodes[:, None] ** powers, axis=0)
    return WalkMoments(nodes, masses, moments, round(float(moments[0])), rounds, True)


def as_walks(walks_or_graph: WalkMoments | Graph, rounds: int) -> WalkMoments:
    """The argument itself if it is a `WalkMoments` good for `rounds` rounds, else its walk measure.

    Raises:
        InvalidInput: if the summary was made for fewer rounds than asked for.
    """
    rounds = require_integer("rounds", rounds, minimum=1)
    if not isinstance(walks_or_graph, WalkMoments):
        graph = as_graph(walks_or_graph, "walks_or_graph", "a WalkMoments")
        return walks(graph, rounds)
    if rounds > walks_or_graph.rounds and not walks_or_graph.exhausted:
        raise InvalidInput(
            f"rounds must be at most {walks_or_graph.rounds}, what this walk summary was made for, "
            f"got {rounds}."
        )
    return walks_or_graph


def _neighbour_sums(graph: Graph, vector: np.ndarray) -> np.ndarray:
    """A v without overflow: int64 where every sum fits, Python integers otherwise."""
    if vector.dtype != object:
        bound = int(vector.max()) * max(1, int(graph.degrees.max()))
        if bound <= _INT64_MAX:
            return graph.adjacency @ vector
        vector = vector.astype(object)
    indptr, indices = graph.indptr, graph.indices
    sums = np.zeros(graph.nodes, dtype=object)
    occupied = np.flatnonzero(np.diff(indptr))
    if occupied.size:
        sums[occupied] = np.add.reduceat(vector[indices], indptr[occupied])
    return sums


def _inner(first: np.ndarray, second: np.ndarray) -> int:
    """Inner product of two nonnegative integer vectors as a Python integer."""
    if first.dtype != object and second.dtype != object:
        bound = int(first.max()) * int(second.max()) * len(first)
        if bound <= _INT64_MAX:
            return int(first @ second)
    return int(np.dot(first.astype(object), second.astype(object)))


def _recurrence(counts: tuple[int, ...]) -> tuple[list[Fraction], list[Fraction]]:
    """Coefficients of the monic orthogonal polynomials from moments m_0..m_{2K-1}, exactly.

    p_{k+1} = (mu - a_k) p_k - b_k p_{k-1}; row k holds <p_k, mu^l>. Stops at <p_k, p_k> = 0.
    """
    before: list[Fraction] = [Fraction(0)] * len(counts)
    row = [Fraction(count) for count in counts]
    diagonal = [row[1] / row[0]]
    off_squared: list[Fraction] = []
    for k in range(1, len(counts) // 2):
        b = off_squared[-1] if off_squared else Fraction(0)
        following = [Fraction(0)] * len(counts)
        for power in range(k, len(counts) - k):
            following[power] = row[power + 1] - diagonal[-1] * row[power] - b * before[power]
        if following[k] == 0:
            break
        off_squared.append(following[k] / row[k - 1])
        diagonal.append(following[k + 1] / following[k] - row[k] / row[k - 1])
        before, row = row, following
    return diagonal, off_squared


def _gauss(diagonal: np.ndarray, off: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the quadrature with this Jacobi matrix and this total mass."""
    mu, vectors = eigh_tridiagonal(diagonal, off)
    return mu, total * vectors[0] ** 2


def _to_float(count: int) -> float:
    """The nearest float64, infinity beyond its range."""
    try:
        return float(count)
    except OverflowError:
        return math.inf
