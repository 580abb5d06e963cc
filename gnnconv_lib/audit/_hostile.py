"""A hostile reader: tries to break an inequality about one unit of the one-round ReLU GNN.

The inequalities of the linear rate use of a graph only that its overlap measure has non-negative
masses, overlaps in [0, 1] and some mass at 1. So they are attacked on two kinds of problems: real
graphs, and artificial measures with a few atoms, among them many that no graph has. An optimiser
climbs from random weights and corners towards the largest violation, in length, angle and step.

Angles are kept as angles: near theta = 0 and theta = pi everything stays accurate.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit._relu_collections import standard
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.relu_gnn.pair_terms import Direction, PairTable, pair_sums, pair_table
from gnnconv_lib.summaries import overlap
from gnnconv_lib.summaries.overlap_measure import stack

__all__ = ["Point", "Problems", "escape_times", "problems", "sums_at", "tried"]

Array = np.ndarray
_ROUNDS = {"quick": 12, "full": 80}


@dataclass(frozen=True)
class Problems:
    """Overlap measures, first axis; fields `full`, ... of shape (problems, 1)."""

    names: tuple[str, ...]
    rho: Array
    mass: Array

    @cached_property
    def messages(self) -> Array:
        """S."""
        return np.sum(self.mass * self.rho, axis=1, keepdims=True)

    @cached_property
    def pairs(self) -> Array:
        """M."""
        return np.sum(self.mass, axis=1, keepdims=True)

    @cached_property
    def table(self) -> PairTable:
        """What `pair_sums` needs."""
        return pair_table(self.rho, self.mass)

    @cached_property
    def full(self) -> Array:
        """A."""
        return np.asarray(self.table.full)[:, None]

    @cached_property
    def slope_at_one(self) -> Array:
        """C(1)."""
        return self._at_end(0.0)[1]

    @cached_property
    def opposite(self) -> tuple[Array, Array]:
        """B(-1) and C(-1)."""
        return self._at_end(np.pi)[:2]

    def _at_end(self, angle: float) -> tuple[Array, Array, Array]:
        return sums_at(self, np.full((len(self.names), 1), angle))


@dataclass(frozen=True)
class Point:
    """Weights of shape (problems, weights): length l, angle theta, step x = eta A, and what follows.

    `leak` is the slope a of a leaky ReLU; its normalised dual is the mixture
    (2 a x + (1 - a)^2 s(x)) / (1 + a^2) of those of the identity and of the ReLU.
    """

    given: Problems
    length: Array
    angle: Array
    step: Array
    leak: float = 0.0

    def _mix(self, linear: Array, relu: Array) -> Array:
        return (2 * self.leak * linear + (1 - self.leak) ** 2 * relu) / (1 + self.leak**2)

    @cached_property
    def _sums(self) -> tuple[Array, Array, Array]:
        return sums_at(self.given, self.angle)

    @cached_property
    def cos(self) -> Array:
        return np.cos(self.angle)

    @cached_property
    def sine(self) -> Array:
        return np.sin(self.angle)

    @cached_property
    def full(self) -> Array:
        return self._mix(self.given.messages, self.given.full)

    @cached_property
    def slope_at_one(self) -> Array:
        return self._mix(self.given.messages, self.given.slope_at_one)

    @cached_property
    def mixed(self) -> Array:
        return self._mix(self.given.messages * self.cos, self._sums[0])

    @cached_property
    def slope(self) -> Array:
        return self._mix(self.given.messages + 0 * self.cos, self._sums[1])

    @cached_property
    def gap(self) -> Array:
        """A - B(c), without cancellation."""
        return self._mix(2 * self.given.messages * np.sin(self.angle / 2) ** 2, self._sums[2])

    @cached_property
    def loss(self) -> Array:
        return self.full * (self.length - 1) ** 2 / 2 + self.length * self.gap

    @cached_property
    def gradient_squared(self) -> Array:
        radial = self.full * (self.length - 1) + self.gap
        return radial**2 + (self.slope * self.sine) ** 2

    @cached_property
    def radial(self) -> Array:
        """a = (1 - x) l + x B / A, written so that it is exact at the teacher."""
        near = self.length - self.step * ((self.length - 1) + self.gap / self.full)
        far = (1 - self.step) * self.length + self.step * self.mixed / self.full
        return np.where(self.cos > 0, near, far)

    @cached_property
    def turning(self) -> Array:
        """b = x C sin(theta) / A."""
        return self.step * self.slope * self.sine / self.full

    @cached_property
    def rotation(self) -> Array:
        """delta = atan2(b, a), towards the teacher."""
        return np.arctan2(self.turning, self.radial)

    @cached_property
    def after(self) -> Point:
        """The point after one step; an overshoot is folded back to [0, pi]."""
        turned = np.abs(self.angle - self.rotation)
        return Point(self.given, np.hypot(self.radial, self.turning), turned, self.step, self.leak)

    @cached_property
    def constant(self) -> Array:
        """mu(c) = (1 + c) C^2 / (2 C(1)), with 1 + c = 2 cos(theta/2)^2."""
        return np.cos(self.angle / 2) ** 2 * self.slope**2 / self.slope_at_one


def sums_at(given: Problems, angle: Array) -> tuple[Array, Array, Array]:
    """B, C and A - B of the ReLU at angles of shape (problems, weights)."""
    return tuple(np.asarray(part) for part in _sums(given.table, angle))  # type: ignore[return-value]


@jax.jit
def _sums(table: PairTable, angle: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    def one(row: PairTable, theta: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        at = Direction(jnp.cos(theta), jnp.sin(theta) ** 2, 2 * jnp.sin(theta / 2) ** 2)
        sums = pair_sums(row, at)
        direct = jnp.sum(row.mass * dual.scaled_relu(row.rho * at.cosine[:, None]), axis=-1)
        mixed = jnp.where(at.cosine > 0, row.full - sums.loss_gap, direct)
        return mixed, sums.slope, sums.loss_gap

    return jax.vmap(one)(table, angle)


@cache
def problems(budget: str = "quick") -> tuple[Problems, Problems]:
    """The standard graphs of the audit, and artificial measures of up to four atoms."""
    collection = sorted(standard(budget), key=lambda graph: (graph.nodes, graph.edges))
    measures = stack([overlap(graph) for graph in collection])
    graphs = Problems(tuple(graph.name for graph in collection), measures.rho, measures.mass)
    count = {"quick": 80, "full": 400}[budget]
    generator = np.random.default_rng(1729)
    rho = generator.uniform(size=(count, 4)) ** generator.choice([0.3, 1.0, 4.0], size=(count, 1))
    mass = 10.0 ** generator.uniform(-6, 1, size=(count, 4))
    rho[:, 0] = 1.0
    rho[: count // 4, 1] = 0.0
    mass[: count // 8, 2:] = 0.0  # disjoint cliques, with any masses
    mass[-3:, 1:] = 0.0  # complete graphs
    mass /= np.sum(mass * rho, axis=1, keepdims=True)
    names = tuple(f"artificial measure {k}" for k in range(count))
    return graphs, Problems(names, rho, mass)


def tried(
    claim: str,
    excess: Callable[[Point], Array],
    budget: str = "quick",
    *,
    steps: tuple[float, float] = (0.0, 1.0),
    tolerance: float = 1e-10,
    leaks: tuple[float, ...] = (0.0,),
    known: str = "No violation",
) -> Evidence:
    """Evidence for `excess <= 0` at every problem, length, angle and step x in `steps`.

    Args:
        claim: the inequality in words.
        excess: (left - right) / scale, -inf where a hypothesis fails; shape (problems, weights).
        budget: "quick" or "full".
        steps: the range of x, ends included except 0.
        tolerance: what rounding may do.
        leaks: slopes a of the leaky ReLU; 0 is the ReLU.
        known: how the summary begins.
    """
    best, place, count = -np.inf, "", 0
    for leak in leaks:
        for number, given in enumerate(problems(budget)):
            value, where, points = _climb(excess, given, budget, steps, leak, 40 + number)
            count += points
            if value > best:
                best, place = value, where
    numbers = {"points tried": float(count), "largest excess": best}
    if best <= tolerance:
        summary = f"{known} at {count} points, sought by an optimiser: {claim}."
        return Evidence("search", "holds", summary, numbers, tolerance)
    summary = f"Fails ({claim}): {place}."
    witness = Witness(place, 0.0, best)
    return Evidence("search", "false as printed", summary, numbers, tolerance, witness)


def escape_times(given: Problems, phi: Array, step: float, length: float, limit: int) -> Array:
    """The number of steps until phi = pi - theta >= pi/2, or limit + 1, for starts of one length.

    Args:
        given: the problems.
        phi: starting angles from the antipode, shape (problems, starts).
        step, length: x = eta A and l_0.
        limit: the last step looked at.
    """
    phi, size = phi.copy(), np.full(phi.shape, length)
    taken = np.zeros(phi.shape)
    for _ in range(limit + 1):
        going = phi < np.pi / 2 - 1e-12
        if not going.any():
            break
        mixed, slope, _ = sums_at(given, np.pi - phi)
        radial = (1 - step) * size + step * mixed / given.full
        turning = step * slope * np.sin(phi) / given.full
        taken += going
        phi = np.where(going, phi + np.arctan2(turning, radial), phi)
        size = np.hypot(radial, turning)
    return np.where(phi < np.pi / 2 - 1e-12, limit + 1, taken)


def _climb(
    excess: Callable[[Point], Array],
    given: Problems,
    budget: str,
    steps: tuple[float, float],
    leak: float,
    seed: int,
) -> tuple[float, str, int]:
    """Random and corner starts, then steps uphill with a shrinking spread."""
    generator = np.random.default_rng(seed)
    width = {"quick": 32, "full": 200}[budget]
    shape = (len(given.names), width)
    length, angle, step = _starts(generator, shape, steps)
    value = _clean(excess(Point(given, length, angle, step, leak)))
    rounds = _ROUNDS[budget]
    for number in range(rounds):
        spread = 0.5 * 0.02 ** (number / rounds)
        moved = length * np.exp(spread * generator.normal(size=shape))
        near = np.minimum(angle, np.pi - angle)
        turned = np.where(generator.uniform(size=shape) < 0.5, near, 1.0) * spread
        turned = np.clip(angle + turned * generator.normal(size=shape), 0.0, np.pi)
        paced = step + spread * (steps[1] - steps[0]) * generator.normal(size=shape)
        paced = np.clip(paced, max(steps[0], 1e-6), steps[1])
        new = _clean(excess(Point(given, moved, turned, paced, leak)))
        better = new > value
        length, angle = np.where(better, moved, length), np.where(better, turned, angle)
        step, value = np.where(better, paced, step), np.where(better, new, value)
    row, column = np.unravel_index(int(np.argmax(value)), shape)
    place = (
        f"{given.names[row]}, l = {length[row, column]:.3g}, theta = {angle[row, column]:.4g}, "
        f"x = {step[row, column]:.3g}" + (f", leak {leak:g}" if leak else "")
    )
    return float(value[row, column]), place, (rounds + 1) * value.size


def _starts(
    generator: np.random.Generator, shape: tuple[int, int], steps: tuple[float, float]
) -> tuple[Array, Array, Array]:
    length = 10.0 ** generator.uniform(-3, 3, shape)
    length[:, ::4] = 1 + 10.0 ** generator.uniform(-6, 0, length[:, ::4].shape)
    angle = np.pi * generator.uniform(size=shape)
    angle[:, ::3] = np.pi - 10.0 ** generator.uniform(-4, 0, angle[:, ::3].shape)
    angle[:, 1::6] = 10.0 ** generator.uniform(-6, 0, angle[:, 1::6].shape)
    angle[:, :4] = [0.0, np.pi, np.pi / 2, np.pi - 1e-3]
    step = generator.uniform(max(steps[0], 1e-6), steps[1], shape)
    step[:, ::2] = steps[1]
    return length, angle, step


def _clean(value: Array) -> Array:
    """NaN counts as the worst violation, never as none."""
    return np.where(np.isnan(value), np.inf, value)
