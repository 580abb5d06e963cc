"""Lemma 11 and Eqs. (22)-(23), (38)-(42): gradients, the update of M and of its singular values.

Reference: awasthi2021, Section 4, appendix C.1 and C.2. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib import graphs, linear_gnn
from gnnconv_lib.audit._linear_cases import (
    decide,
    gap,
    gradient_by_definition,
    report,
    sigma_step,
    symmetric,
)
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "common_eigenvectors",
    "entry_gradient",
    "lemma_11",
    "power_derivative",
    "power_derivative_columns",
    "same_gradient_symbol",
    "singular_value_update",
    "update_of_m",
]


def _printed(M: np.ndarray, M_star: np.ndarray, rounds: int) -> np.ndarray:
    """sum_k M^k E M^{L-1-k}, the sum in Eqs. (38)-(40)."""
    power = np.linalg.matrix_power
    E = power(M, rounds) - power(M_star, rounds)
    return sum(
        (power(M, k) @ E @ power(M, rounds - 1 - k) for k in range(rounds)), np.zeros_like(M)
    )


def lemma_11(budget: str = "quick") -> Evidence:
    """Lemma 11, Eqs. (38)-(39), against complex-step derivatives of the recursion over nodes."""
    printed, repaired = 0.0, 0.0
    cases = [(graphs.complete(3), 2)] if budget == "quick" else [(graphs.petersen(), 3)]
    for graph, degree in cases:
        for rounds in (1, 2, 3):
            weights = list(np.random.default_rng(rounds).normal(size=(4, 3, 3)))
            true = gradient_by_definition(weights, graph.adjacency.toarray(), rounds)
            M, M_star = (weights[i] + degree * weights[i + 1] for i in (0, 2))
            half = graph.nodes / 2 * _printed(M, M_star, rounds)
            full = graph.nodes * _transposed(M, M_star, rounds)
            printed = max(printed, gap(half, true[0]), gap(degree * half, true[1]))
            repaired = max(repaired, gap(full, true[0]), gap(degree * full, true[1]))
    return report(
        "numerical",
        decide(printed < 1e-12, repaired < 1e-12),
        "The printed gradient has half the right size and lacks two transposes.",
        {"printed against actual": printed, "corrected against actual": repaired},
        tolerance=1e-12,
        witness=Witness("one node, L = 1, r = 1, M = 2, M* = 1", *_one_node()),
        correction="dL/dW1 = n sum_k (M')^k E (M')^{L-1-k} and dL/dW2 is d times that.",
    )


def _one_node() -> tuple[float, float]:
    """Printed and actual gradient on one node with L = 1, M = 2, M* = 1."""
    M, M_star, zero = np.array([[2.0]]), np.array([[1.0]]), np.zeros((1, 1))
    actual = gradient_by_definition([M, zero, M_star, zero], zero, 1)[0]
    return float(0.5 * _printed(M, M_star, 1)[0, 0]), float(actual[0, 0])


def _transposed(M: np.ndarray, M_star: np.ndarray, rounds: int) -> np.ndarray:
    """sum_k (M')^k E (M')^{L-1-k}, the corrected sum."""
    power = np.linalg.matrix_power
    E = power(M, rounds) - power(M_star, rounds)
    return sum(
        (power(M.T, k) @ E @ power(M.T, rounds - 1 - k) for k in range(rounds)), np.zeros_like(M)
    )


def power_derivative(budget: str = "quick") -> Evidence:
    """d M^L / d M_ij = sum_k M^k R_ij M^{L-1-k}, by the complex step."""
    rounds = 3 if budget == "quick" else 5
    M = np.random.default_rng(0).normal(size=(3, 3))
    power = np.linalg.matrix_power
    true = np.empty((3, 3, 3, 3))
    for place in np.ndindex(3, 3):
        moved = M.astype(complex)
        moved[place] += 1e-30j
        true[:, :, place[0], place[1]] = power(moved, rounds).imag / 1e-30
    found = sum(
        np.einsum("ai,jb->abij", power(M, k), power(M, rounds - 1 - k)) for k in range(rounds)
    )
    error = gap(found, true)
    return report(
        "numerical",
        decide(error < 1e-12),
        "The derivative of a matrix power is the sum over the place of the perturbed factor.",
        {"largest relative difference": error},
        tolerance=1e-12,
    )


def power_derivative_columns(budget: str = "quick") -> Evidence:
    """The same derivative by columns, as printed: the second factor must be a row."""
    rounds = 3 if budget == "quick" else 5
    power = np.linalg.matrix_power
    M = np.array([[0.0, 1.0], [0.0, 1.0]])
    steps = [(power(M, k), power(M, rounds - 1 - k)) for k in range(rounds)]
    exact = sum(np.einsum("ai,jb->abij", first, second) for first, second in steps)
    columns = sum(np.einsum("ai,bj->abij", first, second) for first, second in steps)
    rows = sum(np.einsum("ai,bj->abij", first, second.T) for first, second in steps)
    place = np.unravel_index(int(np.argmax(np.abs(columns - exact))), exact.shape)
    return report(
        "numerical",
        decide(gap(columns, exact) < 1e-12, gap(rows, exact) < 1e-12),
        "Column j of the second power must be row j; the two agree for symmetric M only.",
        {"columns": gap(columns, exact), "rows": gap(rows, exact)},
        tolerance=1e-12,
        witness=Witness(
            f"M = [[0, 1], [0, 1]], L = {rounds}, entry {tuple(int(p) for p in place)}",
            float(columns[place]),
            float(exact[place]),
        ),
        correction="d M^L / d W_ij = sum_k (column i of M^k)(row j of M^{L-1-k}).",
    )


def entry_gradient(budget: str = "quick") -> Evidence:
    """The entry (i, j) of the gradient in Lemma 11's proof, for symmetric and general matrices."""
    size = 2 if budget == "quick" else 4
    W1, S1 = np.random.default_rng(1).normal(size=(2, size, size))
    zero = np.zeros_like(W1)
    true = gradient_by_definition([W1, zero, S1, zero], np.zeros((1, 1)), 3)[0]
    power = np.linalg.matrix_power
    E = power(W1, 3) - power(S1, 3)
    printed = 0.5 * sum(power(W1, k).T @ E @ power(W1, 2 - k) for k in range(3))
    repaired = sum(power(W1, k).T @ E @ power(W1, 2 - k).T for k in range(3))
    return report(
        "numerical",
        decide(gap(printed, true) < 1e-12, gap(repaired, true) < 1e-12),
        "The entry needs the factor n and row j of the second power.",
        {"printed": gap(printed, true), "corrected": gap(repaired, true)},
        tolerance=1e-12,
        witness=Witness("one node, L = 1, r = 1, M = 2, M* = 1", *_one_node()),
        correction="dL/dW1_ij = n sum_k (column i of M^k)' E (row j of M^{L-1-k})'.",
    )


def same_gradient_symbol(budget: str = "quick") -> Evidence:
    """Eqs. (22)-(23) print one gradient for both matrices: what Eq. (40) shows was meant.

    With the partial gradient in each update M moves by (1 + d^2) dL/dW1, with one gradient for
    both by (1 + d) dL/dW1. They agree for d = 0 and d = 1 and nowhere else.
    """
    degrees = range(3) if budget == "quick" else range(10)
    literal = [1 + d for d in degrees]
    partial = [1 + d**2 for d in degrees]
    first = next(d for d in degrees if literal[d] != partial[d])
    adjacency = graphs.complete(first + 1).adjacency.toarray()
    one, half = np.array([[1.0]]), np.array([[0.5]])
    dW1, dW2 = gradient_by_definition([one, one, half, half], adjacency, 2)
    moved = float((dW1 + first * dW2)[0, 0] / dW1[0, 0])
    return report(
        "numerical",
        decide(abs(moved - literal[first]) < 1e-9, abs(moved - partial[first]) < 1e-9),
        "Read literally the two updates use one gradient; Eq. (40) uses the partial gradients.",
        {"literal": float(literal[first]), "partial gradients": moved},
        tolerance=1e-9,
        witness=Witness(
            f"complete graph on {first + 1} nodes, step of M over step of W1",
            float(literal[first]),
            moved,
        ),
        correction="W1 moves along dL/dW1 and W2 along dL/dW2.",
    )


def update_of_m(budget: str = "quick") -> Evidence:
    """Eq. (40): one step of gradient descent on M = W1 + d W2, symmetric matrices."""
    graph, degree, rounds, rate = graphs.petersen(), 3, 2 if budget == "quick" else 4, 1e-6
    generator = np.random.default_rng(2)
    W1, W2, S1, S2 = (A + A.T for A in generator.normal(size=(4, 3, 3)))
    dW1, dW2 = gradient_by_definition([W1, W2, S1, S2], graph.adjacency.toarray(), rounds)
    moved = (dW1 + degree * dW2) * rate
    E_sum = _transposed(W1 + degree * W2, S1 + degree * S2, rounds)
    half = rate * graph.nodes / 2 * (degree**2 + 1) * E_sum
    return report(
        "numerical",
        decide(gap(half, moved) < 1e-11, gap(2 * half, moved) < 1e-11),
        "The step of M is twice the printed one; the factor d^2 + 1 is right.",
        {"printed": gap(half, moved), "doubled": gap(2 * half, moved)},
        tolerance=1e-11,
        witness=Witness("one node, L = 1, eta = 1, M = 2, M* = 1: step of M", *_one_node()),
        correction="M_{t+1} = M_t - eta n (d^2 + 1) sum_k (M')^k E (M')^{L-1-k}.",
    )


def singular_value_update(budget: str = "quick") -> Evidence:
    """Eqs. (41)-(42): eigenvalues of M after full matrix steps against the scalar recurrence."""
    steps = 5 if budget == "quick" else 200
    nodes, degree, rounds = 10, 3, 2
    sigma_star = np.array([0.5, 3.0, 6.0])
    S1, S2 = symmetric(sigma_star / 4, 1), symmetric(sigma_star / 4, 1)
    rate = bounds.theorem_2_step_corrected(sigma_star, nodes, degree, rounds)
    W1 = W2 = np.eye(3)
    doubled = printed = np.full(3, 1.0 + degree)
    for _ in range(steps):
        dW1, dW2 = linear_gnn.gradient(W1, W2, S1, S2, graphs.petersen(), rounds)
        W1, W2 = W1 - rate * np.asarray(dW1), W2 - rate * np.asarray(dW2)
        doubled = sigma_step(doubled, sigma_star, (nodes, degree, rounds), rate, 1.0)
        printed = sigma_step(printed, sigma_star, (nodes, degree, rounds), rate, 0.5)
    actual = np.sort(np.linalg.eigvalsh(W1 + degree * W2))
    return report(
        "numerical",
        decide(gap(np.sort(printed), actual) < 1e-12, gap(np.sort(doubled), actual) < 1e-12),
        f"After {steps} steps the recurrence with n in the place of n/2 has the eigenvalues of M.",
        {"printed": gap(np.sort(printed), actual), "doubled": gap(np.sort(doubled), actual)},
        tolerance=1e-12,
        witness=Witness("one node, L = 1, eta = 1, sigma = 2, sigma* = 1: step", *_one_node()),
        correction="sigma+ = sigma - eta n L (d^2 + 1) sigma^{L-1} (sigma^L - sigma*^L).",
    )


def common_eigenvectors(budget: str = "quick") -> Evidence:
    """All M_t share the eigenvectors of M*, and are positive definite if the step is small."""
    steps = 20 if budget == "quick" else 500
    rounds, degree, graph = 1, 2, graphs.complete(3)
    sigma_star = np.array([2.0, 6.0])
    S1 = S2 = symmetric(sigma_star / 3, 4)
    M_star = S1 + degree * S2
    commutator, smallest = {}, {}
    for name, rate in {
        "printed": bounds.theorem_2_step_printed([6.0], 3, degree, rounds),
        "corrected": bounds.theorem_2_step_corrected(sigma_star, 3, degree, rounds),
    }.items():
        W1 = W2 = np.eye(2)
        commutator[name], smallest[name] = 0.0, np.inf
        for _ in range(steps):
            dW1, dW2 = linear_gnn.gradient(W1, W2, S1, S2, graph, rounds)
            W1, W2 = W1 - rate * np.asarray(dW1), W2 - rate * np.asarray(dW2)
            M = W1 + degree * W2
            bracket = np.max(np.abs(M @ M_star - M_star @ M)) / np.max(np.abs(M))
            commutator[name] = max(commutator[name], float(bracket))
            smallest[name] = min(smallest[name], float(np.linalg.eigvalsh(M)[0]))
    shared = max(commutator.values()) < 1e-9
    return report(
        "numerical",
        decide(
            shared and smallest["printed"] > 0,
            shared and smallest["corrected"] > 0,
        ),
        "The eigenvectors never move; positive definiteness is lost with the printed step of "
        "sigma* = 6 on a triangle and kept with the corrected one.",
        {f"smallest eigenvalue, {key} step": value for key, value in smallest.items()},
        tolerance=1e-9,
        witness=Witness(
            "triangle, L = 1, sigma* = (2, 6), step of Eq. (25): least eigenvalue",
            0.0,
            smallest["printed"],
        ),
        correction="Positive definite for eta <= 1 / (n L^2 (d^2 + 1) M^{2L-2}).",
    )
