"""Graphs and weights on which the claims about the one-round ReLU GNN are attacked.

A claim is a pair of arrays `left <= right` over (graphs, weights). `attack` looks for the worst
entry; the smallest graph on which the claim fails becomes the witness. A claim for d = o(sqrt n)
says nothing about small graphs, so a failure is also reported on the largest graph with n >= 16 and
4 d^2 <= n, or reported absent there. Weights enter through the length l and the cosine c of the
angle to the teacher, on random values and on all corners: c = +-1, 0, next to +-1, l from 1e-6 to
1e3 and next to 1.

Reference: awasthi2021, section 3 and Appendix B.
Book pages: book/awasthi2021/bounded-iterates, book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit._relu_collections import corners_and_random, standard
from gnnconv_lib.evidence import Evidence, Kind, Witness
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.validation import InvalidInput

__all__ = ["Cases", "attack", "cases", "evaluate", "on_graphs", "pair_sums", "worst"]

Array = np.ndarray


@dataclass(frozen=True)
class Cases:
    """Graphs (first axis, sorted by size) and weights (second axis), with what claims need.

    Fields of shape (graphs, 1): `nodes`, `degree` (the maximum), `regular`, `full` = A,
    `slope_at_one` = C(1), `messages` = S = sum of d_ij, `pairs` = M = sum of m_ij, `opposite` = B(-1).
    Fields of shape (graphs, weights): `length` l, `cos` c, `mixed` = B(c), `slope` = C(c).
    """

    names: tuple[str, ...]
    nodes: Array
    degree: Array
    regular: Array
    full: Array
    slope_at_one: Array
    messages: Array
    pairs: Array
    opposite: Array
    length: Array
    cos: Array
    mixed: Array
    slope: Array
    rho: Array
    mass: Array

    def at(self, length: Array, cos: Array) -> Cases:
        """The same graphs at other weights, arrays of shape (graphs, weights)."""
        mixed, slope, _ = evaluate(self.rho, self.mass, cos)
        return replace(self, length=length, cos=cos, mixed=mixed, slope=slope)

    @property
    def along(self) -> Array:
        """alpha = l c."""
        return self.length * self.cos

    @property
    def sine(self) -> Array:
        """The sine of the angle, sqrt((1-c)(1+c))."""
        return np.sqrt((1 - self.cos) * (1 + self.cos))

    @property
    def across(self) -> Array:
        """beta = l sqrt(1 - c^2)."""
        return self.length * self.sine

    @property
    def gap(self) -> Array:
        """A - B(c) as a sum of non-negative terms."""
        return evaluate(self.rho, self.mass, self.cos)[2]

    @property
    def loss(self) -> Array:
        """L = A (l - 1)^2 / 2 + l (A - B(c))."""
        return self.full * (self.length - 1) ** 2 / 2 + self.length * self.gap

    @property
    def gradient_squared(self) -> Array:
        """|grad L|^2 = (A (l - 1) + A - B)^2 + C^2 sin^2."""
        radial = self.full * (self.length - 1) + self.gap
        return radial**2 + (self.slope * self.sine) ** 2


def evaluate(rho: Array, mass: Array, cos: Array) -> tuple[Array, Array, Array]:
    """B(c), C(c) and A - B(c) for measures (graphs, values) and cosines (graphs, weights)."""
    mixed, slope, gap = pair_sums(rho, mass, cos)
    return np.asarray(mixed), np.asarray(slope), np.asarray(gap)


@jax.jit
def pair_sums(rho: Any, mass: Any, cos: Any) -> tuple[jax.Array, jax.Array, jax.Array]:
    """`evaluate` under JAX, one overlap value at a time, so that memory does not grow with them."""

    def one_value(
        carry: tuple[jax.Array, jax.Array, jax.Array], column: tuple[jax.Array, jax.Array]
    ) -> tuple[tuple[jax.Array, jax.Array, jax.Array], None]:
        overlap, weight = column[0][:, None], column[1][:, None]
        mixed = weight * dual.scaled_relu(overlap * cos)
        slope = weight * overlap * dual.step(overlap * cos)
        gap = weight * dual.scaled_relu_difference(overlap, 1 - cos)
        return (carry[0] + mixed, carry[1] + slope, carry[2] + gap), None

    zero = jnp.zeros_like(cos)
    columns = (jnp.moveaxis(rho, 1, 0), jnp.moveaxis(mass, 1, 0))
    return jax.lax.scan(one_value, (zero, zero, zero), columns)[0]


@cache
def cases(budget: str = "quick") -> Cases:
    """The standard attack: about 45 graphs x 300 weights (quick), 120 x 2000 (full)."""
    collection = sorted(standard(budget), key=lambda graph: (graph.nodes, graph.edges))
    weights = corners_and_random(len(collection), 300 if budget == "quick" else 2000)
    return on_graphs(collection, *weights)


def on_graphs(collection: Sequence[Graph], length: Array, cos: Array) -> Cases:
    """Cases on the graphs of `collection` at weights of shape (graphs, weights)."""
    measures = [overlap(graph) for graph in collection]
    width = max(len(measure.rho) for measure in measures)
    rho = np.stack([np.pad(np.asarray(m.rho), (0, width - len(m.rho))) for m in measures])
    mass = np.stack([np.pad(np.asarray(m.mass), (0, width - len(m.rho))) for m in measures])
    mixed, slope, _ = evaluate(rho, mass, cos)
    ends, slopes, _ = evaluate(rho, mass, np.tile([[1.0, -1.0]], (len(collection), 1)))
    degrees = [graph.degrees for graph in collection]
    return Cases(
        names=tuple(graph.name for graph in collection),
        nodes=np.array([[graph.nodes] for graph in collection], dtype=float),
        degree=np.array([[d.max()] for d in degrees], dtype=float),
        regular=np.array([[d.min() == d.max()] for d in degrees]),
        full=ends[:, :1],
        slope_at_one=slopes[:, :1],
        messages=np.array([[float(np.sum((d + 1) ** 2))] for d in degrees]),
        pairs=np.array([[float(np.sum(np.sqrt(d + 1.0)) ** 2)] for d in degrees]),
        opposite=ends[:, 1:],
        length=length,
        cos=cos,
        mixed=mixed,
        slope=slope,
        rho=rho,
        mass=mass,
    )


def worst(
    left: Array | float, right: Array | float, where: Array | bool, scale: Array | float
) -> Array:
    """(left - right) / scale where the hypothesis holds, -inf elsewhere."""
    shape = np.broadcast_shapes(np.shape(left), np.shape(right), np.shape(where), np.shape(scale))
    excess = (np.asarray(left) - np.asarray(right)) / scale
    return np.where(np.broadcast_to(where, shape), np.broadcast_to(excess, shape), -np.inf)


def attack(
    claim: str,
    given: Cases,
    left: Array | float,
    right: Array | float,
    where: Array | bool = True,
    *,
    tolerance: float = 1e-11,
    corrected: tuple[str, Array | float, Array | float] | None = None,
    shown: tuple[Array | float, Array | float] | None = None,
    kind: Kind = "search",
) -> Evidence:
    """Evidence for `left <= right` at every weight where the hypothesis `where` holds.

    Args:
        claim: the inequality in words, for the summary.
        given: the graphs and weights.
        left, right, where: broadcastable to (graphs, weights).
        tolerance: allowed excess relative to |left| + |right|.
        corrected: a corrected statement and its two sides; when the printed claim fails and the
            correction does not, the verdict is `holds with correction`.
        shown: what a witness shows as printed and actual value; by default `right` and `left`.
        kind: the kind of evidence to report.

    Raises:
        InvalidInput: if the hypothesis holds nowhere, so that nothing would be tested.
    """
    shape = (len(given.names), given.length.shape[1])
    left, right = np.broadcast_to(left, shape), np.broadcast_to(right, shape)
    where = np.broadcast_to(where, shape)
    tested = int(np.count_nonzero(where))
    if not tested:
        raise InvalidInput(f"where must hold for some weight, got none for: {claim}.")
    tightest = float(np.max(np.where(where, _ratio(left, right), -np.inf)))
    scale = np.abs(left) + np.abs(right) + 1e-300
    failing: Array = worst(left, right, where, scale) > tolerance
    numbers = {"tested": float(tested), "violations": float(failing.sum()), "tightest": tightest}
    graphs_tested = int(np.count_nonzero(where.any(axis=1)))
    if not failing.any():
        summary = f"No violation in {tested} weights on {graphs_tested} graphs: {claim}."
        return Evidence(kind, "holds", summary, numbers, tolerance)
    printed, actual = shown if shown is not None else (right, left)
    sides = np.broadcast_to(printed, shape), np.broadcast_to(actual, shape)
    witness = _witness(given, int(np.argmax(failing.any(axis=1))), failing, left, right, sides)
    sparse = np.broadcast_to(_sparse(given), shape) & failing
    numbers["violations with n >= 16, 4 d^2 <= n"] = float(sparse.sum())
    if sparse.any():
        last = len(given.names) - 1 - int(np.argmax(sparse.any(axis=1)[::-1]))
        large = _witness(given, last, failing, left, right, sides)
        also = f"; also on {large.input}"
        numbers["printed on the largest sparse graph"] = large.printed
        numbers["actual on the largest sparse graph"] = large.actual
    else:
        also = "; on no graph with n >= 16 and 4 d^2 <= n"
    share = failing.sum() / tested
    percent = f"{share:.0%}" if share >= 0.01 else "less than 1%"
    summary = f"Fails for {percent} of {tested} weights ({claim}); smallest: {witness.input}{also}."
    if corrected is not None:
        statement, low, high = corrected
        low, high = np.broadcast_to(low, shape), np.broadcast_to(high, shape)
        excess = worst(low, high, where, np.abs(low) + np.abs(high) + 1e-300)
        if not (excess > tolerance).any():
            return Evidence(
                kind, "holds with correction", summary, numbers, tolerance, witness, statement
            )
    return Evidence(kind, "false as printed", summary, numbers, tolerance, witness)


def _sparse(given: Cases) -> Array:
    """Graphs on which d = o(sqrt n) is a fair reading."""
    return (given.nodes >= 16) & (4 * given.degree**2 <= given.nodes)


def _witness(
    given: Cases, graph: int, failing: Array, left: Array, right: Array, sides: tuple[Array, Array]
) -> Witness:
    """The weight of one graph at which the claim fails most, relative to the size of both sides."""
    size = np.abs(left[graph]) + np.abs(right[graph]) + 1e-300
    excess = np.where(failing[graph], (left[graph] - right[graph]) / size, -np.inf)
    weight = int(np.argmax(excess))
    words = (
        f"{given.names[graph]}, l = {given.length[graph, weight]:.4g}, "
        f"c = {given.cos[graph, weight]:.4g}"
    )
    return Witness(words, float(sides[0][graph, weight]), float(sides[1][graph, weight]))


def _ratio(left: Array, right: Array) -> Array:
    return np.divide(left, right, out=np.full(left.shape, -np.inf), where=right > 0)
