"""Lemmas 2 and 7: the Hessian, its printed entries and its largest eigenvalue, which is A exactly.

With a = alpha, b = beta, l = sqrt(a^2 + b^2), c = a/l and K(c) = C'(c):

    B_a = C b^2/l^3,   B_b = -C a b/l^3,   C_a = K b^2/l^3,   C_b = -K a b/l^3,
    L = A I - (1/l) (B - c C + K sin^2) e e',   e = (-b, a)/l.

`symbolic` proves this for every B. The printed entries are evaluated as they stand and compared with
it; a correction counts only where it agrees with automatic differentiation of the loss of Eq. (13).

Reference: awasthi2021, Lemmas 2 and 7. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit._relu_cases import Cases, attack, cases
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.evidence import Evidence

__all__ = [
    "derivative_of_b_alpha",
    "derivative_of_b_beta",
    "derivative_of_c_alpha",
    "derivative_of_c_beta",
    "eigenvalue_by_entries",
    "largest_eigenvalue",
    "largest_eigenvalue_is_a",
    "second_derivative_alpha_alpha",
    "second_derivative_alpha_beta",
    "second_derivative_beta_alpha",
    "second_derivative_beta_beta",
]

Array = np.ndarray
CORRECTED = "The Hessian is A I - (1/l) (B - c C + sin^2 C'(c)) e e' with e orthogonal to w: {}."


@dataclass(frozen=True)
class Point:
    """A, B, C and their derivatives at interior weights (|c| < 1), and the exact Hessian."""

    at: Cases
    a: Array
    b: Array
    l: Array  # noqa: E741 - the paper's letter
    b_a: Array
    b_b: Array
    c_a: Array
    c_b: Array
    exact: tuple[Array, Array, Array]


def second_derivative_alpha_alpha(budget: str = "quick") -> Evidence:
    """The printed second derivative in alpha: l^{3/2} for l^3, and the sign of its last term."""
    return _entry(budget, "d2L/dalpha2", 0, _printed_alpha_alpha, "A - B''-part times b^2/l^2")


def second_derivative_beta_beta(budget: str = "quick") -> Evidence:
    """The printed second derivative in beta: alpha beta for alpha^2, C_alpha for C_beta, l^{3/2}."""
    return _entry(budget, "d2L/dbeta2", 2, _printed_beta_beta, "A - the same times a^2/l^2")


def second_derivative_alpha_beta(budget: str = "quick") -> Evidence:
    """The first printed mixed derivative."""
    return _entry(budget, "d2L/dalpha dbeta", 1, _printed_alpha_beta, "the same times a b/l^2")


def second_derivative_beta_alpha(budget: str = "quick") -> Evidence:
    """The second printed mixed derivative; it also differs from the first."""
    return _entry(budget, "d2L/dbeta dalpha", 1, _printed_beta_alpha, "the same times a b/l^2")


def derivative_of_b_alpha(budget: str = "quick") -> Evidence:
    """|B_alpha| = b^2/l^{3/2} |C| <= sqrt(l) |C| as printed; the power of l must be 3."""
    return _first_derivative(budget, "|B_alpha|", 1, "slope", "b_a")


def derivative_of_b_beta(budget: str = "quick") -> Evidence:
    """|B_beta| = |a b|/l^{3/2} |C| <= sqrt(l) |C| as printed; the power of l must be 3."""
    return _first_derivative(budget, "|B_beta|", 0, "slope", "b_b")


def derivative_of_c_alpha(budget: str = "quick") -> Evidence:
    """|C_alpha| <= sqrt(l) sum rho^2 (d+1) as printed, without 1/sqrt(1 - rho^2 c^2)."""
    return _first_derivative(budget, "|C_alpha|", 1, "curvature", "c_a")


def derivative_of_c_beta(budget: str = "quick") -> Evidence:
    """|C_beta| <= sqrt(l) sum rho^2 (d+1) as printed, without 1/sqrt(1 - rho^2 c^2)."""
    return _first_derivative(budget, "|C_beta|", 0, "curvature", "c_b")


def eigenvalue_by_entries(budget: str = "quick") -> Evidence:
    """lambda_max <= the sum of the absolute values of the four entries."""
    point = interior(budget)
    top, mixed, low = point.exact
    total = np.abs(top) + np.abs(low) + 2 * np.abs(mixed)
    largest = (top + low) / 2 + np.hypot((top - low) / 2, mixed)
    return attack("lambda_max <= sum of |entries|", point.at, largest, total, tolerance=1e-9)


def largest_eigenvalue(budget: str = "quick") -> Evidence:
    """lambda_max <= 4 A (1 + sqrt(2 sigma sqrt(r) + 4 pi + 1)): true, and about 20 times too large."""
    point = interior(budget)
    top, mixed, low = point.exact
    largest = (top + low) / 2 + np.hypot((top - low) / 2, mixed)
    bound = bounds.lemma_2_printed(point.at.full, 1.0, 1)
    return attack(
        "lambda_max <= 4 A (1 + sqrt(4 pi + 3))", point.at, largest, bound, tolerance=1e-9
    )


def largest_eigenvalue_is_a(budget: str = "quick") -> Evidence:
    """lambda_max = A at every w != 0, on every graph: f(w) = |w| B(c) is convex and 1-homogeneous."""
    point = interior(budget)
    top, mixed, low = point.exact
    largest = (top + low) / 2 + np.hypot((top - low) / 2, mixed)
    error = np.abs(largest / point.at.full - 1)
    return attack("lambda_max = A at every w != 0", point.at, error, 1e-8, kind="numerical")


def interior(budget: str) -> Point:
    """Weights with |c| <= 0.9999 and l in [0.01, 100], as arrays of the shape of the cases."""
    at = cases(budget)
    cos = np.clip(at.cos, -0.9999, 0.9999)
    length = np.clip(at.length, 0.01, 100.0)
    products = at.rho[:, None, :] * cos[:, :, None]
    mixed, slope = _sums(at, products)
    weight = (at.mass * at.rho**2)[:, None, :]
    curvature = np.sum(weight / np.sqrt((1 - products) * (1 + products)), axis=-1) / np.pi
    sine = np.sqrt((1 - cos) * (1 + cos))
    a, b = length * cos, length * sine
    turn = (mixed - cos * slope + curvature * sine**2) / length
    exact = (at.full - turn * sine**2, turn * cos * sine, at.full - turn * cos**2)
    moved = Cases(**{**at.__dict__, "length": length, "cos": cos, "mixed": mixed, "slope": slope})
    return Point(
        moved,
        a,
        b,
        length,
        slope * b**2 / length**3,
        -slope * a * b / length**3,
        curvature * b**2 / length**3,
        -curvature * a * b / length**3,
        exact,
    )


def _sums(at: Cases, products: Array) -> tuple[Array, Array]:
    angle = np.arccos(products)
    dual = (np.sqrt((1 - products) * (1 + products)) + (np.pi - angle) * products) / np.pi
    mixed = np.sum(at.mass[:, None, :] * dual, axis=-1)
    return mixed, np.sum((at.mass * at.rho)[:, None, :] * (1 - angle / np.pi), axis=-1)


def _entry(
    budget: str, name: str, index: int, printed: Callable[[Point], Array], words: str
) -> Evidence:
    point = interior(budget)
    exact = np.broadcast_to(point.exact[index], point.l.shape)
    value = printed(point)
    error = np.abs(value - exact) / point.at.full
    return attack(
        f"the printed {name} is the exact one",
        point.at,
        error,
        1e-9,
        corrected=(CORRECTED.format(words), _disagreement(budget, index), 1e-7),
        shown=(value, exact),
        kind="numerical",
    )


@cache
def _disagreement(budget: str, index: int) -> Array:
    """|exact entry - automatic differentiation|/(A (1 + 1/l)) on every fifth graph, elsewhere 0."""
    point = interior(budget)
    difference = np.zeros_like(point.l)
    for row in range(0, len(point.at.names), 5):
        hessians = _automatic(point.a[row], point.b[row], point.at.rho[row], point.at.mass[row])
        entry = np.asarray(hessians)[:, (0, 0, 1)[index], (0, 1, 1)[index]]
        exact = np.broadcast_to(point.exact[index], point.l.shape)[row]
        difference[row] = np.abs(entry - exact) / (point.at.full[row] * (1 + 1 / point.l[row]))
    return difference


@jax.jit
def _automatic(a: Array, b: Array, rho: Array, mass: Array) -> jax.Array:
    def loss(weight: jax.Array) -> jax.Array:
        length = jnp.sqrt(weight[0] ** 2 + weight[1] ** 2)
        full = jnp.sum(mass * dual.scaled_relu(rho))
        mixed = jnp.sum(mass * dual.scaled_relu(rho * weight[0] / length))
        return full * (length**2 + 1) / 2 - length * mixed

    return jax.vmap(jax.hessian(loss))(jnp.stack([a, b], axis=-1))


def _first_derivative(budget: str, name: str, both: int, sums: str, field: str) -> Evidence:
    point = interior(budget)
    size = np.abs(getattr(point, field))
    cos, sine = np.abs(point.at.cos), point.at.sine
    turn = sine if both else cos
    if sums == "slope":
        factor = np.abs(point.at.slope)
        statement = (
            f"{name} has l^3 for l^(3/2), so it is at most |C|/l, still o(A) for l bounded below."
        )
        bound = factor / point.l
    else:
        factor = np.sum(point.at.mass * point.at.rho**2, axis=-1, keepdims=True)
        statement = (
            f"{name} is at most S/(pi l), still o(A) for l bounded below: the missing "
            "1/sqrt(1 - rho^2 c^2) is at most 1/sin."
        )
        bound = point.at.messages * turn / (np.pi * point.l)
    return attack(
        f"{name} <= sqrt(l) times the printed sum",
        point.at,
        size,
        np.sqrt(point.l) * factor,
        corrected=(statement, size, bound),
    )


def _printed_alpha_alpha(p: Point) -> Array:
    a, b, l, at = p.a, p.b, p.l, p.at  # noqa: E741
    return (
        at.full
        - a / l * p.b_a
        - b**2 / l**1.5 * at.mixed
        - b**2 / l**2 * p.c_a
        + 2 * a * b**2 / l**4 * at.slope
    )


def _printed_beta_beta(p: Point) -> Array:
    a, b, l, at = p.a, p.b, p.l, p.at  # noqa: E741
    last = a * (a**2 - b**2) / l**4 * at.slope
    return at.full - b / l * p.b_b + a * b / l**1.5 * at.mixed + a * b / l**2 * p.c_a + last


def _printed_alpha_beta(p: Point) -> Array:
    a, b, l, at = p.a, p.b, p.l, p.at  # noqa: E741
    last = b * (b**2 - a**2) / l**4 * at.slope
    return -b / l * p.b_a + a * b / l**1.5 * at.mixed + a * b / l**2 * p.c_a + last


def _printed_beta_alpha(p: Point) -> Array:
    a, b, l, at = p.a, p.b, p.l, p.at  # noqa: E741
    last = 2 * a * b**2 / l**4 * at.slope
    return -a / l * p.b_b + a * b / l**1.5 * at.mixed - b**2 / l**2 * p.c_b - last
