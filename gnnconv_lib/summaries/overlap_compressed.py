"""A small measure with the integrals of a large one, for irregular graphs with many overlaps.

awasthi2021, Appendix B (A', B', C'); book page `book/setting.ipynb`. On a dense irregular graph
nearly every pair has its own rho. The sums A, B(c) and C(c) integrate functions f of rho that are
analytic inside of (0, 1), so f is replaced, panel by panel, by its Chebyshev interpolant; the
masses of the pairs then collect at the interpolation points:

    sum over pairs of m f(rho)  ~  sum_k w_k f(rho_k),   w_k = sum over pairs of m l_k(rho),

with l_k the Lagrange polynomials of the panel. The w_k come from the Chebyshev moments
sum m T_j(x), x the place in the panel in [-1, 1]. Kept as they are: the pairs at rho = 1 (the
diagonal, and nodes with equal closed neighbourhoods) and the pairs at rho = 0.

**Panels.** [2^-k-1, 2^-k] in rho for rho <= 1/2, and in h = 1 - rho otherwise, k = 1, 2, ...
The first keep the factor rho of C to relative accuracy, the second follow the branch point of s.

**Error.** For c in [-1, 1] the integrands s(rho c) and rho s'(rho c) have branch points only at
rho = 1/c and -1/c: outside of (-1, 1). Seen from a panel in h, the nearest possible one is x = -3
(rho = 1); seen from a panel in rho, x = 5. So f is analytic in the Bernstein ellipse of parameter
R = 3 + sqrt(8) around the panel, and bounded by some M on it. With N points the interpolant errs
by at most 4 M R^(1-N) / (R - 1) (Trefethen, Approximation Theory and Approximation Practice, Theorem 8.2).
All f are positive and m > 0, so the relative error of each sum is at most the largest
M / min f over the panels, times 4 R^(1-N) / (R - 1): see `a_priori_error`.

Rounding comes on top. The weights of a panel have sum |w_k| <= 3.4 sum m (the Lebesgue constant of
22 points), so it stays at a few units in the last place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.overlap_blocks import (
    WORKING_SET,
    pair_blocks,
    prefers_dense,
)
from gnnconv_lib.summaries.overlap_counting import OverlapGroups

__all__ = [
    "POINTS",
    "CompressedPairs",
    "a_priori_error",
    "compressed_groups",
    "compressed_pairs",
]

#: Interpolation points per panel.
POINTS = 22

_PANELS = 2 * 64
_PIECE = 1 << 15  # pairs per step: a few arrays of this length fit in the cache
# Largest M / min f over all panels and c in [-1, 1]; established by the tests on a fine grid.
_GROWTH = 6.0


@dataclass(frozen=True, eq=False)
class CompressedPairs:
    """The off-diagonal pairs as a small measure; ordered pairs, float64.

    Fields:
        rho, mass, count: (K,) interpolation points with their weights (K = POINTS per panel used).
        one: (mass, count) of the pairs i != j with rho = 1.
        zero: (mass, count) of the pairs with rho = 0.
    """

    rho: np.ndarray
    mass: np.ndarray
    count: np.ndarray
    one: tuple[float, int]
    zero: tuple[float, int]


def a_priori_error(points: int = POINTS) -> float:
    """The bound 4 G R^(1-N) / (R - 1) on the relative error of A, B(c), C(c), c in [-1, 1].

    where N = `points`, R = 3 + sqrt(8) and G bounds max |f| on the ellipse over min f on the panel.

    >>> a_priori_error() < 1e-15
    True
    """
    radius = 3.0 + np.sqrt(8.0)
    return float(4 * _GROWTH * radius ** (1 - points) / (radius - 1))


def compressed_pairs(graph: Graph, working_set: int = WORKING_SET) -> CompressedPairs:
    """The pairs i != j of a graph as a small measure, accumulated block by block.

    Raises:
        InvalidInput: if the working set is too small for one block.

    >>> from gnnconv_lib.graphs import star
    >>> pairs = compressed_pairs(star(2))
    >>> round(float(pairs.count.sum()), 12), pairs.one, pairs.zero
    (6.0, (0.0, 0), (0.0, 0))
    """
    dense = prefers_dense(graph)
    closed = graph.degrees + 1.0
    moments = _Moments()
    for block in pair_blocks(graph, working_set, with_disjoint=dense):
        for start in range(0, block.shared.size, _PIECE):
            piece = slice(start, start + _PIECE)
            product = closed[block.first[piece]] * closed[block.second[piece]]
            moments.add(product, block.shared[piece].astype(np.float64))
    disjoint = graph.nodes * (graph.nodes - 1) - 2 * moments.overlapping
    zero_mass = 2.0 * float(moments.zero_mass)
    if not dense and disjoint:
        # The dense route has seen these pairs; here they are all the others.
        total = float(np.sum(np.sqrt(closed))) ** 2 - float(np.sum(closed))
        zero_mass = max(total - 2.0 * float(moments.overlapping_mass), 0.0)
    rho, mass, count = moments.collected()
    return CompressedPairs(
        rho,
        2.0 * mass,
        2.0 * count,
        (2.0 * float(moments.one_mass), 2 * moments.one_count),
        (zero_mass if disjoint else 0.0, disjoint),
    )


def compressed_groups(
    graph: Graph, groups: OverlapGroups, disjoint: tuple[float, int]
) -> CompressedPairs:
    """The same from counted groups: one term per group instead of one per pair.

    Args:
        graph: any graph.
        groups: its overlapping ordered pairs, the diagonal among them.
        disjoint: (mass, count) of the ordered pairs with d_ij = 0.

    >>> from gnnconv_lib.graphs import star
    >>> from gnnconv_lib.summaries.overlap_counting import overlapping_pairs
    >>> pairs = compressed_groups(star(2), overlapping_pairs(star(2)), (0.0, 0))
    >>> round(float(pairs.count.sum()), 12), pairs.one, pairs.zero
    (6.0, (0.0, 0), (0.0, 0))
    """
    product = groups.first * groups.second
    equal = groups.shared**2 == product
    closed = graph.degrees + 1
    one_count = int(groups.count[equal].sum()) - graph.nodes
    # first = second where rho = 1: integers, so that the diagonal is taken off without rounding.
    one_mass = int(np.sum(groups.first[equal] * groups.count[equal])) - int(closed.sum())
    moments = _Moments()
    rest = np.flatnonzero(~equal)
    for start in range(0, rest.size, _PIECE):
        piece = rest[start : start + _PIECE]
        moments.add(
            product[piece].astype(np.float64),
            groups.shared[piece].astype(np.float64),
            groups.count[piece].astype(np.float64),
        )
    rho, mass, count = moments.collected()
    return CompressedPairs(rho, mass, count, (float(one_mass), one_count), disjoint)


class _Moments:
    """Chebyshev moments of the pairs on each panel, with and without the weight m."""

    def __init__(self) -> None:
        self._sums = np.zeros((_PANELS, 2, POINTS))
        self._lost = np.zeros((_PANELS, 2, POINTS))
        self._seen = np.zeros(_PANELS, np.int64)
        self.zero_mass = self.one_mass = self.overlapping_mass = 0.0
        self.one_count = self.overlapping = 0

    def add(self, product: np.ndarray, shared: np.ndarray, times: np.ndarray | None = None) -> None:
        """Pairs with these (d_i + 1)(d_j + 1) and d_ij; with `times`, none of them at 0 or 1."""
        mass = np.sqrt(product)
        if times is not None:
            self._add_inner(product, shared, mass, times)
            return
        apart = shared == 0
        equal = shared * shared == product
        if np.any(apart):
            self.zero_mass += float(np.sum(mass[apart]))
        if np.any(equal):
            self.one_mass += float(np.sum(mass[equal]))
            self.one_count += int(np.count_nonzero(equal))
        self.overlapping += shared.size - int(np.count_nonzero(apart))
        self.overlapping_mass += float(np.sum(mass)) - float(np.sum(mass[apart]))
        rest = ~(apart | equal)
        if not np.all(rest):
            shared, product, mass = shared[rest], product[rest], mass[rest]
        self._add_inner(product, shared, mass, np.ones_like(mass))

    def _add_inner(
        self, product: np.ndarray, shared: np.ndarray, mass: np.ndarray, times: np.ndarray
    ) -> None:
        panel, place = _panel_and_place(shared, product, mass)
        order = np.argsort(panel, kind="stable")
        panel, place = panel[order], place[order]
        weights = np.stack([(mass * times)[order], times[order]])
        starts = np.searchsorted(panel, np.arange(_PANELS + 1))
        for number in np.flatnonzero(np.diff(starts)).tolist():
            part = slice(starts[number], starts[number + 1])
            self._seen[number] += part.stop - part.start
            self._add_compensated(number, _chebyshev_moments(place[part], weights[:, part]))

    def _add_compensated(self, panel: int, term: np.ndarray) -> None:
        old = self._sums[panel].copy()
        self._sums[panel] += term
        rounded = self._sums[panel] - old
        self._lost[panel] += (old - (self._sums[panel] - rounded)) + (term - rounded)

    def collected(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The interpolation points of all panels in use with their weights (mass and count)."""
        angle = np.pi * (np.arange(POINTS) + 0.5) / POINTS
        basis = np.cos(np.outer(np.arange(POINTS), angle))  # T_j at point k
        basis[1:] *= 2.0
        panels = np.flatnonzero(self._seen)
        moments = (self._sums + self._lost)[panels]
        weights = moments @ basis / POINTS
        size = np.ldexp(1.0, -(panels // 2) - 2)  # width of the panel [size, 2 size]
        distance = size[:, None] * (1.5 + 0.5 * np.cos(angle))
        rho = np.where((panels % 2 == 1)[:, None], 1.0 - distance, distance)
        return rho.ravel(), weights[:, 0].ravel(), weights[:, 1].ravel()


def _panel_and_place(
    shared: np.ndarray, product: np.ndarray, mass: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Panel number and x in [-1, 1]: number 2k - 2 is [2^-k-1, 2^-k] in rho, 2k - 1 that in h."""
    rho = shared / mass
    gap = (product - shared * shared) / (mass * (mass + shared))
    fraction, exponent = np.frexp(np.minimum(rho, gap))
    # frexp writes 1/2 as 1/2 * 2^0; as 1 * 2^-1 it is the end of the first panel.
    half = exponent == 0
    fraction[half], exponent[half] = 1.0, -1
    near_one = gap < rho
    return (2 * (-exponent - 1) + near_one).astype(np.uint8), 4.0 * fraction - 3.0


def _chebyshev_moments(place: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sums of w T_j(x), j < POINTS, for two rows of weights w, by recurrence; shape (2, N).

    Sums, not dot products: NumPy adds pairwise, and threads of BLAS cost more than they save on
    pieces of this size.
    """
    result = np.empty((2, POINTS))
    previous = weights.copy()
    current = place * previous
    twice = 2.0 * place
    for order in range(POINTS):
        result[:, order] = previous.sum(axis=1)
        following = twice * current
        following -= previous
        previous, current = current, following
    return result
