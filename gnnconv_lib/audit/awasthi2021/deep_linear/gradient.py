"""Lemma 11 and Eqs. (22)-(23), (38)-(40): the gradient and the update of M = W1 + d W2.

Reference: awasthi2021, Section 4, appendix C.1 and C.2. Book page: book/awasthi2021/deep-linear.
"""

# mypy cannot count the matrices in *weights.
# mypy: disable-error-code="call-arg"

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from gnnconv_lib import linear_gnn
from gnnconv_lib.audit import _exact_linear as exact
from gnnconv_lib.audit._linear_regular import EDGES, networks
from gnnconv_lib.audit.awasthi2021.deep_linear import lemmas
from gnnconv_lib.claims import claim, domain, drawn, equal, graph, integer, proved, rationals
from gnnconv_lib.witnesses import linear_network

NETWORKS = domain(
    graph(among="every regular graph"),
    integer("L", "[1, inf)"),
    integer("r", "[1, inf)"),
    drawn("weights", "any W1, W2; symmetric positive definite W1*, W2*"),
    derived=("seed",),
    regime=EDGES,
    cases=networks,
    words=lambda graph, L, r, seed: (
        f"{graph.name}, L = {L}, r = {r}, {'general' if seed % 2 else 'symmetric'} weights"
    ),
)
POWERS = domain(
    integer("L", "[1, inf)"),
    drawn("M", "any square matrix M"),
    cases=lambda budget: [
        {"L": L, "M": M}
        for M in (
            np.array([[2.0]]),
            np.array([[2.0, 1.0], [1.0, 0.0]]),
            np.array([[0.0, 1.0], [0.0, 1.0]]),
            *(np.random.default_rng(k).normal(size=(k, k)) for k in (3, 4)),
        )
        for L in ((1, 2, 3, 4) if budget == "quick" else range(1, 9))
    ],
)
_power = np.linalg.matrix_power
_NAMES = ("printed formula", "complex step over the nodes")
_FIXED = ("corrected formula", "complex step over the nodes")


def _terms(M: np.ndarray, E: np.ndarray, rounds: int) -> np.ndarray:
    """sum_k M^k E M^{L-1-k}, the sum in Eqs. (38)-(40)."""
    terms = [_power(M, k) @ E @ _power(M, rounds - 1 - k) for k in range(rounds)]
    return np.asarray(sum(terms, np.zeros_like(M)))


def _parts(graph: Any, L: int, weights: Any) -> tuple[int, int, np.ndarray, np.ndarray]:
    """n, d, M and E = M^L - M*^L."""
    d, (W1, W2, S1, S2) = int(graph.degrees[0]), weights
    M = W1 + d * W2
    return graph.nodes, d, M, _power(M, L) - _power(S1 + d * S2, L)


def _true(graph: Any, L: int, weights: Any) -> tuple[np.ndarray, np.ndarray]:
    return linear_network.gradient(weights, graph.adjacency.toarray(), L)


def _size(*arrays: Any) -> float:
    return max(float(np.abs(array).max()) for array in arrays)


@claim("awasthi2021:lemma-11", NETWORKS, each=True)
def slope(graph: Any, L: int, r: int, weights: Any, seed: int) -> Any:
    """Along every direction the loss changes as the gradients (38), (39) say."""
    n, d, M, E = _parts(graph, L, weights)
    H1, H2 = np.random.default_rng(seed).normal(size=(2, r, r))
    true = linear_network.slope_along((H1, H2), weights, graph.adjacency.toarray(), L)
    printed, corrected = n / 2 * _terms(M, E, L), n * _terms(M.T, E, L)
    scale = n * (1 + d) * _size(printed, corrected) * r
    good = equal(np.sum(corrected * (H1 + d * H2)), true, _FIXED, scale)
    return (
        equal(np.sum(printed * (H1 + d * H2)), true, _NAMES, scale, exactly=_exact_slope),
        proved(lemmas.gradient(), sides=good),
    )


def _scalar_gradient(graph: Any, L: int, weights: Any) -> tuple[Any, ...]:
    """For r = 1, in fractions: n/2 L M^{L-1} E, which is printed, and both derivatives."""
    values = [rationals(W[0, 0]) for W in weights if W.shape == (1, 1)]
    point, star, d = values[:2], values[2:], int(graph.degrees[0])
    M, goal = point[0] + d * point[1], star[0] + d * star[1]
    printed = Fraction(graph.nodes, 2) * L * M ** (L - 1) * (M**L - goal**L)
    return printed, *exact.gradient(graph, L, point, star)


def _exact_slope(graph: Any, L: int, r: int, weights: Any, seed: int) -> tuple[Any, Any]:
    H1, H2 = (rationals(H[0, 0]) for H in np.random.default_rng(seed).normal(size=(2, r, r)))
    printed, first, second = _scalar_gradient(graph, L, weights)
    return printed * (H1 + int(graph.degrees[0]) * H2), first * H1 + second * H2


def _exact_first(graph: Any, L: int, weights: Any) -> tuple[Any, Any]:
    printed, first, _ = _scalar_gradient(graph, L, weights)
    return printed, first


def _exact_second(graph: Any, L: int, weights: Any) -> tuple[Any, Any]:
    printed, _, second = _scalar_gradient(graph, L, weights)
    return int(graph.degrees[0]) * printed, second


def _exact_update(graph: Any, L: int, weights: Any) -> tuple[Any, Any]:
    printed, first, second = _scalar_gradient(graph, L, weights)
    d = int(graph.degrees[0])
    return -(d * d + 1) * printed, -(first + d * second)


@claim("awasthi2021:eq-38", NETWORKS, each=True)
def first_gradient(graph: Any, L: int, weights: Any) -> Any:
    """dL/dW1 is n/2 sum_k M^k E M^{L-k-1}."""
    (n, _, M, E), (true, _) = _parts(graph, L, weights), _true(graph, L, weights)
    printed, corrected = n / 2 * _terms(M, E, L), n * _terms(M.T, E, L)
    return _both(printed, corrected, true, _exact_first)


def _both(printed: Any, corrected: Any, true: Any, exactly: Any) -> tuple[Any, Any]:
    scale = _size(true, corrected)
    good = equal(corrected, true, _FIXED, scale)
    return (
        equal(printed, true, _NAMES, scale, exactly=exactly),
        proved(lemmas.gradient(), sides=good),
    )


@claim("awasthi2021:eq-39", NETWORKS, each=True)
def second_gradient(graph: Any, L: int, weights: Any) -> Any:
    """dL/dW2 is n d/2 sum_k M^k E M^{L-k-1}."""
    (n, d, M, E), (_, true) = _parts(graph, L, weights), _true(graph, L, weights)
    printed, corrected = n * d / 2 * _terms(M, E, L), n * d * _terms(M.T, E, L)
    return _both(printed, corrected, true, _exact_second)


def _power_slopes(M: np.ndarray, rounds: int) -> np.ndarray:
    """dM^L/dM_ij at [:, :, i, j], by the complex step."""
    slopes = np.empty((*M.shape, *M.shape))
    for place in np.ndindex(M.shape):
        moved = M.astype(complex)
        moved[place] += 1e-30j
        slopes[:, :, place[0], place[1]] = _power(moved, rounds).imag / 1e-30
    return slopes


@claim("awasthi2021:remark-power-derivative", POWERS, each=True)
def power_derivative(M: Any, L: int) -> Any:
    """The derivative of M^L in the entry (i, j) is sum_k M^k R_ij M^{L-k-1}, R_ij a unit matrix."""
    true, found = _power_slopes(M, L), np.empty((*M.shape, *M.shape))
    for i, j in np.ndindex(M.shape):
        unit = np.zeros_like(M)
        unit[i, j] = 1.0
        found[:, :, i, j] = _terms(M, unit, L)
    sides = equal(found, true, ("sum over places", "complex step"), _size(true))
    return proved(lemmas.power_derivative(), sides=sides)


@claim("awasthi2021:remark-power-derivative-columns", POWERS, each=True)
def power_derivative_columns(M: Any, L: int) -> Any:
    """It is sum_k of the outer product of column i of M^k and column j of M^{L-k-1}."""
    true = _power_slopes(M, L)
    pairs = [(_power(M, k), _power(M, L - 1 - k)) for k in range(L)]
    columns = sum(np.einsum("ai,bj->abij", first, second) for first, second in pairs)
    rows = sum(np.einsum("ai,jb->abij", first, second) for first, second in pairs)
    names, scale = ("by columns", "complex step"), _size(true)
    # M^k e_i e_j' M^{L-1-k} is the outer product of that column and that row.
    good = equal(rows, true, ("column and row", "complex step"), scale)
    return (
        equal(columns, true, names, scale, exactly=_exact_columns),
        proved(lemmas.power_derivative(), sides=good),
    )


def _exact_columns(M: Any, L: int) -> tuple[Any, Any]:
    """The entry where the two differ most, in fractions; the derivative by the product rule."""
    exact_M, r = rationals(M), len(M)
    one = rationals(np.eye(r))
    powers = [one]
    for _ in range(L):
        powers.append(powers[-1] @ exact_M)
    found = np.zeros((r, r, r, r), dtype=object)
    true = np.zeros((r, r, r, r), dtype=object)
    for i, j in np.ndindex(r, r):
        unit = np.outer(one[i], one[j])
        slope = 0 * one
        for k in range(L):
            found[:, :, i, j] += np.outer(powers[k][:, i], powers[L - 1 - k][:, j])
            slope = slope @ exact_M + powers[k] @ unit
        true[:, :, i, j] = slope
    worst = np.unravel_index(np.argmax(np.abs(found - true)), found.shape)
    return found[worst], true[worst]


@claim("awasthi2021:remark-loss-entry-derivative", NETWORKS, each=True)
def entry_of_the_loss(graph: Any, L: int, weights: Any) -> Any:
    """dL/dW1_ij is n/2 <E, dM^L/dW1_ij>."""
    (n, _, M, E), (true, _) = _parts(graph, L, weights), _true(graph, L, weights)
    product = np.einsum("ab,abij->ij", E, _power_slopes(M, L))
    return _both(n / 2 * product, n * product, true, _exact_first)


@claim("awasthi2021:remark-entry-gradient", NETWORKS, each=True)
def entry_by_columns(graph: Any, L: int, weights: Any) -> Any:
    """dL/dW1_ij is n/2 sum_k of (column i of M^k)' E (column j of M^{L-k-1})."""
    (n, _, M, E), (true, _) = _parts(graph, L, weights), _true(graph, L, weights)
    pairs = [(_power(M, k), _power(M, L - 1 - k)) for k in range(L)]
    columns = sum(first.T @ E @ second for first, second in pairs)
    rows = sum(first.T @ E @ second.T for first, second in pairs)
    return _both(n / 2 * columns, n * rows, true, _exact_first)


def _moved(graph: Any, L: int, weights: Any) -> tuple[np.ndarray, np.ndarray]:
    """What a step of gradient descent of size one takes from W1 and W2."""
    first, second = linear_gnn.gradient(*weights, graph, L)
    return np.asarray(first), np.asarray(second)


@claim("awasthi2021:eq-22", NETWORKS, each=True, tolerance=1e-11)
def first_update(graph: Any, L: int, weights: Any) -> Any:
    """W1 moves against the derivative of the loss in W1."""
    (moved, _), (true, _) = _moved(graph, L, weights), _true(graph, L, weights)
    return equal(moved, true, ("step of the library", "complex step over the nodes"), _size(true))


@claim("awasthi2021:eq-23", NETWORKS, each=True, tolerance=1e-11)
def second_update(graph: Any, L: int, weights: Any) -> Any:
    """W2 moves against the derivative of the loss in W2."""
    (_, moved), (_, true) = _moved(graph, L, weights), _true(graph, L, weights)
    return equal(moved, true, ("step of the library", "complex step over the nodes"), _size(true))


@claim("awasthi2021:eq-40", NETWORKS, each=True)
def update_of_m(graph: Any, L: int, weights: Any) -> Any:
    """A step moves M by -eta n/2 (d^2 + 1) sum_k M^k E M^{L-k-1}."""
    (n, d, M, E), (first, second) = _parts(graph, L, weights), _true(graph, L, weights)
    moved = -(first + d * second)
    printed = -n / 2 * (d**2 + 1) * _terms(M, E, L)
    corrected = -n * (d**2 + 1) * _terms(M.T, E, L)
    names, scale = ("formula, eta = 1", "step of W1 + d W2"), _size(moved, corrected)
    good = equal(corrected, moved, names, scale)
    return (
        equal(printed, moved, names, scale, exactly=_exact_update),
        proved(lemmas.update(), sides=good),
    )
