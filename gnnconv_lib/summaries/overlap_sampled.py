"""The overlap measure of a graph too large to count, from sampled wedges, with intervals.

awasthi2021, Section 3 and Appendix B; book page `book/scale/towards-the-web-graph`.

The sums are over all ordered pairs. Those with i = j have rho = 1, those that share no message
have rho = 0, and the mass of all pairs together needs the degrees only. So a sum of m_ij f(rho_ij)
is known up to the pairs i != j that share a message, and these are the ends of wedges:

    sum m f(rho) = f(0) (M - N) + f(1) N + sum_{i != j} m_ij (f(rho_ij) - f(0)),
    sum_{i != j} m_ij (f(rho_ij) - f(0)) = W E[h(rho)],   h(rho) = (f(rho) - f(0)) / rho,

where M = (sum sqrt(d_i+1))^2, N = sum (d_i+1), W = sum (d_i+1) d_i, and rho is that of the ends of
a uniformly random wedge: the pair (i, j) has probability d_ij / W, and m_ij = d_ij / rho_ij.

**No heavy tails.** For the three sums h lies in a known interval, whatever the graph:
[1/2, 1 - 1/pi] for A, and within [0, 1] for C(c). So the mean of h has an interval that covers
with at least the promised probability for every graph and every number of samples: the empirical
Bernstein bound (Maurer and Pontil 2009, Theorem 4), cut at the ends of the interval. A normal
interval does not: where all samples happen to be equal it has no width. For the ratio A / C(1)
the bound is applied to h_A - kappa h_C and solved for kappa (Fieller's construction).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.summaries.overlap_measure import OverlapMeasure
from gnnconv_lib.summaries.wedges import (
    DegreeTotals,
    degree_totals,
    sample_wedges,
    shared_messages,
)
from gnnconv_lib.validation import InvalidInput, require_integer, require_real, require_seed

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = ["Interval", "SampledOverlap", "sampled_overlap"]

_BLOCK = 1 << 16  # wedges at once


@dataclass(frozen=True)
class Interval:
    """An estimate with a confidence interval.

    Fields:
        value: the estimate.
        low, high: ends of the interval.
        standard_error: estimated standard deviation of `value` (delta method for a ratio).
        level: the probability with which [low, high] covers at least.
    """

    value: float
    low: float
    high: float
    standard_error: float
    level: float

    def covers(self, reference: float) -> bool:
        """Whether low <= reference <= high.

        >>> Interval(1.0, 0.5, 1.5, 0.1, 0.95).covers(1.4)
        True
        """
        return self.low <= reference <= self.high


@dataclass(frozen=True, eq=False)
class SampledOverlap:
    """Sampled wedges of a graph, and what follows from them about its overlap measure.

    Fields:
        rho: (K,) different values of rho among the sampled ends, increasing.
        frequency: (K,) how often each was drawn; int64.
        inverse: (K,) the sum of 1 / d_ij over the draws of each.
        totals: sums over all nodes, exact.
        samples: number of wedges.
        name: that of the graph.
    """

    rho: Float[np.ndarray, " values"]
    frequency: Int[np.ndarray, " values"]
    inverse: Float[np.ndarray, " values"]
    totals: DegreeTotals
    samples: int
    name: str

    def sums(self, cos: float, level: float = 0.95) -> tuple[Interval, Interval, Interval]:
        """The sums A, B(c) and C(c) of `gnnconv_lib.relu_gnn.sums`, unbiased, with intervals.

        Args:
            cos: the cosine c in [-1, 1].
            level: probability with which each interval covers at least.
        """
        cosine = require_real("cos", cos, -1.0, 1.0)
        level = _require_level(level)
        everything, diagonal = self.totals.pair_mass, float(self.totals.messages)
        full, mixed, slope = _Term(1.0, "value"), _Term(cosine, "value"), _Term(cosine, "slope")
        found = []
        for term in (full, mixed, slope):
            known = term.at_zero * (everything - diagonal) + term.at_one * diagonal
            found.append(self._interval(known, term, level))
        return found[0], found[1], found[2]

    def condition_number(self, level: float = 0.95) -> Interval:
        """The ratio A / C(1), the condition number of the Hessian at the teacher, with an interval.

        The interval holds every kappa >= 1 that the empirical Bernstein bound for
        h_A - kappa h_C does not exclude, within what the degrees alone imply.
        """
        level = _require_level(level)
        full, _, slope = self.sums(1.0, level)
        estimate = full.value / slope.value
        if not self.totals.wedges:
            return Interval(estimate, estimate, estimate, 0.0, level)
        a, c = _Term(1.0, "value"), _Term(1.0, "slope")
        known = a.at_zero * (self.totals.pair_mass - self.totals.messages) + self.totals.messages
        start_a, start_c = known / self.totals.wedges, self.totals.messages / self.totals.wedges
        values = np.stack([a.integrand(self.rho), c.integrand(self.rho)])
        mean = values @ self.frequency / self.samples
        centred = values - mean[:, None]
        covariance = (centred * self.frequency) @ centred.T / max(self.samples - 1, 1)

        def excess(kappa: float) -> float:
            """How far the mean of h_A - kappa h_C is outside of what the true kappa allows."""
            direction = np.array([1.0, -kappa])
            gap = start_a + mean[0] - kappa * (start_c + mean[1])
            spread = kappa / 2 - (0.5 - 1 / math.pi)  # h_A - kappa h_C decreases from rho = 0 to 1
            variance = float(direction @ covariance @ direction)
            return abs(gap) - _half_width(variance, spread, self.samples, level)

        # What the degrees imply: both integrands at the ends of their intervals.
        lowest = (start_a + a.smallest) / (start_c + c.largest)
        highest = (start_a + a.largest) / (start_c + c.smallest)
        low = _boundary(excess, estimate, max(1.0, lowest))
        high = _boundary(excess, estimate, highest)
        weights = np.array([1.0, -estimate]) / (start_c + mean[1])
        error = math.sqrt(max(float(weights @ covariance @ weights), 0.0) / self.samples)
        return Interval(estimate, min(low, estimate), max(high, estimate), error, level)

    def iterations(self, decades: float = 1.0, level: float = 0.95) -> Interval:
        """Steps of gradient descent with learning rate 1 / A per `decades` of the loss, locally.

            T = decades log(10) / (-2 log(1 - 1 / kappa)),   kappa = A / C(1),

        an increasing function of kappa, so that the interval carries over; 0 for kappa = 1.

        Reference: the exact local rate, book page `book/beyond/exact-local-rate`.
        """
        decades = require_real("decades", decades, minimum=0.0)
        kappa = self.condition_number(level)
        value, low, high = (_steps(decades, end) for end in (kappa.value, kappa.low, kappa.high))
        error = 0.0
        if kappa.value > 1:
            change = 1 / (kappa.value * (kappa.value - 1) * -math.log1p(-1 / kappa.value))
            error = value * change * kappa.standard_error
        return Interval(value, low, high, error, level)

    @property
    def measure(self) -> OverlapMeasure:
        """An `OverlapMeasure` with the estimated masses, for the models; its sums are unbiased.

        Mass and count at rho = 0 are what is left of the known totals; they can be negative where
        nearly all pairs share a message.
        """
        scale = self.totals.wedges / self.samples
        diagonal = float(self.totals.messages)
        rho = np.concatenate([[0.0], self.rho, [1.0]])
        mass = np.concatenate([[0.0], scale * self.frequency / self.rho, [diagonal]])
        count = np.concatenate([[0.0], scale * self.inverse, [float(self.totals.nodes)]])
        mass[0] = self.totals.pair_mass - mass.sum()
        count[0] = float(self.totals.nodes) ** 2 - count.sum()
        if rho[-2] == 1.0:  # pairs i != j with equal closed neighbourhoods
            mass[-2] += mass[-1]
            count[-2] += count[-1]
            rho, mass, count = rho[:-1], mass[:-1], count[:-1]
        return OverlapMeasure(rho, mass, count, self.totals.nodes, "sampled", math.inf)

    def _interval(self, known: float, term: _Term, level: float) -> Interval:
        wedges = float(self.totals.wedges)
        if not wedges:
            return Interval(known, known, known, 0.0, level)
        values = term.integrand(self.rho)
        mean = float(values @ self.frequency) / self.samples
        variance = float((values - mean) ** 2 @ self.frequency) / max(self.samples - 1, 1)
        half = _half_width(variance, term.largest - term.smallest, self.samples, level)
        low, high = max(mean - half, term.smallest), min(mean + half, term.largest)
        error = wedges * math.sqrt(variance / self.samples)
        return Interval(
            known + wedges * mean, known + wedges * low, known + wedges * high, error, level
        )

    def __repr__(self) -> str:
        return (
            f"SampledOverlap(samples={self.samples}, nodes={self.totals.nodes}, of={self.name!r})"
        )


def sampled_overlap(graph: Graph, samples: int, seed: int) -> SampledOverlap:
    """The overlap measure of a graph from uniformly sampled wedges.

    Memory is bounded by a few arrays of `samples` numbers, time by the samples times the smaller
    degree of the two ends: no limit on the size of the graph, which may be a `StoredGraph`.

    Args:
        graph: any graph.
        samples: number of wedges, at least 2. On every graph the relative standard error is at
            most 0.16 / sqrt(samples) for A and 0.36 / sqrt(samples) for C(1).
        seed: an integer; the same seed gives the same sample.

    Raises:
        InvalidInput: if `graph` is not a `Graph`, or for fewer than 2 samples or a negative seed.

    Reference: awasthi2021, Appendix B (A', B', C').

    >>> from gnnconv_lib.graphs import complete
    >>> sampled = sampled_overlap(complete(4), 100, seed=0)
    >>> sampled.rho, sampled.frequency  # all pairs share all messages
    (array([1.]), array([100]))
    >>> sampled.sums(1.0)[0].value
    64.0
    >>> sampled.condition_number().value
    1.0
    """
    graph = as_graph(graph)
    samples = require_integer("samples", samples, minimum=2)
    seed = require_seed("seed", seed)
    totals = degree_totals(graph)
    if not totals.wedges:
        nothing = np.empty(0)
        return SampledOverlap(nothing, np.empty(0, np.int64), nothing, totals, samples, graph.name)
    draw = np.random.default_rng(seed)
    ends = np.sort(sample_wedges(graph, samples, draw, totals.wedges), axis=0)
    ends = ends[:, np.lexsort(ends)]
    new = np.concatenate([[True], np.any(ends[:, 1:] != ends[:, :-1], axis=0)])
    starts = np.flatnonzero(new)
    times = np.diff(np.concatenate([starts, [samples]]))
    first, second = ends[:, starts]
    squares, inverses = np.empty(starts.size), np.empty(starts.size)
    for start in range(0, starts.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        one, other = first[part], second[part]
        shared = shared_messages(graph, one, other).astype(np.float64)
        closed = [(graph.indptr[k + 1] - graph.indptr[k] + 1.0) for k in (one, other)]
        squares[part] = shared * shared / (closed[0] * closed[1])
        inverses[part] = times[part] / shared
    square, number = np.unique(squares, return_inverse=True)
    number = number.reshape(-1)
    frequency = np.bincount(number, weights=times).astype(np.int64)
    inverse = np.bincount(number, weights=inverses)
    return SampledOverlap(np.sqrt(square), frequency, inverse, totals, samples, graph.name)


@dataclass(frozen=True)
class _Term:
    """One of the sums: f(rho) = s(rho c) ("value") or rho s'(rho c) ("slope").

    With x = rho c, h is c (pi - arccos x - x / (1 + sqrt(1 - x^2))) / pi or 1 - arccos(x) / pi.
    Both increase in x; so the ends of the range are those at rho = 0 and rho = 1.
    """

    cosine: float
    kind: str

    def integrand(self, rho: Any) -> np.ndarray:
        x = np.asarray(rho, np.float64) * self.cosine
        turn = math.pi - np.arccos(x)
        if self.kind == "slope":
            return turn / math.pi
        return self.cosine * (turn - x / (1 + np.sqrt((1 - x) * (1 + x)))) / math.pi

    @property
    def at_zero(self) -> float:
        return 1 / math.pi if self.kind == "value" else 0.0

    @property
    def at_one(self) -> float:
        return self.at_zero + float(self.integrand(1.0))

    @property
    def smallest(self) -> float:
        return float(min(self.integrand(0.0), self.integrand(1.0)))

    @property
    def largest(self) -> float:
        return float(max(self.integrand(0.0), self.integrand(1.0)))


def _half_width(variance: float, spread: float, samples: int, level: float) -> float:
    """sqrt(2 V log(4/delta) / n) + 7 R log(4/delta) / (3 (n - 1)), two-sided, delta = 1 - level."""
    doubt = math.log(4 / (1 - level))
    return math.sqrt(2 * max(variance, 0.0) * doubt / samples) + 7 * spread * doubt / (
        3 * (samples - 1)
    )


def _boundary(excess: Any, inside: float, outside: float) -> float:
    """The end of the accepted interval between two values, by bisection; towards `outside`."""
    if excess(outside) <= 0:
        return outside
    for _ in range(200):
        middle = (inside + outside) / 2
        if middle in (inside, outside):
            break
        inside, outside = (middle, outside) if excess(middle) <= 0 else (inside, middle)
    return outside


def _steps(decades: float, kappa: float) -> float:
    return decades * math.log(10) / (-2 * math.log1p(-1 / kappa)) if kappa > 1 else 0.0


def _require_level(level: float) -> float:
    value = require_real("level", level, 0.0, 1.0)
    if value in (0.0, 1.0):
        raise InvalidInput(f"level must lie strictly between 0 and 1, got {value:g}.")
    return value
