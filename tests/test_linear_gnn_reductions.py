"""Commuting weights, regular graphs and one round: the reductions against the full matrices."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy.linalg import expm

from gnnconv_lib import graphs, linear_gnn
from gnnconv_lib.linear_gnn import one_round, regular
from gnnconv_lib.summaries.walks import walks


def symmetric(values: np.ndarray, seed: int = 1) -> np.ndarray:
    """A matrix with these eigenvalues in a basis that depends on the seed only."""
    basis = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values), len(values))))[0]
    return basis @ np.diag(values) @ basis.T


@pytest.mark.parametrize("rounds", [1, 2, 3, 4])
def test_pairs_against_matrices(rounds: int) -> None:
    graph = graphs.barabasi_albert(20, 2, 1)
    generator = np.random.default_rng(rounds)
    alpha, beta, alpha_star, beta_star = generator.uniform(-1, 2, size=(4, 3))
    W = [symmetric(values) for values in (alpha, beta, alpha_star, beta_star)]
    a, b = alpha - alpha_star, beta - beta_star
    found = linear_gnn.pair_loss(a, b, alpha_star, beta_star, graph, rounds)
    assert float(found.sum()) == pytest.approx(float(linear_gnn.loss(*W, graph, rounds)), rel=1e-12)
    slopes = linear_gnn.pair_gradient(a, b, alpha_star, beta_star, graph, rounds)
    for slope, matrix in zip(slopes, linear_gnn.gradient(*W, graph, rounds), strict=True):
        np.testing.assert_allclose(
            symmetric(np.asarray(slope)), matrix, atol=1e-12 * np.max(np.abs(matrix))
        )


def test_pair_gradient_and_hessian_by_automatic_differentiation() -> None:
    measure = walks(graphs.path(5), 3)

    def value(point: jax.Array) -> jax.Array:
        return linear_gnn.pair_loss(point[0], point[1], 0.7, 1.3, measure, 3)

    point = jnp.array([0.4, -0.2])
    found = jnp.stack(linear_gnn.pair_gradient(point[0], point[1], 0.7, 1.3, measure, 3))
    np.testing.assert_allclose(found, jax.grad(value)(point), rtol=1e-12)
    hessian = linear_gnn.pair_hessian_at_teacher(0.7, 1.3, measure, 3)
    np.testing.assert_allclose(hessian, jax.hessian(value)(jnp.zeros(2)), rtol=1e-12)


@pytest.mark.parametrize("size", [1.0, 1e-8, 1e-18, 1e-150])
def test_pair_loss_keeps_its_digits(size: float) -> None:
    graph, rounds = graphs.star(2), 4
    found = float(linear_gnn.pair_loss(0.3 * size, -0.7 * size, 1.1, 0.4, graph, rounds))
    with mpmath.workdps(400):
        a, b, total = mpmath.mpf(0.3 * size), mpmath.mpf(-0.7 * size), mpmath.mpf(0)
        for sign in (-1, 1):
            mu = sign * mpmath.sqrt(2)
            star = mpmath.mpf(1.1) + mu * mpmath.mpf(0.4)
            weight = (mpmath.sqrt(2) + sign) ** 2 / 2
            total += weight * ((star + a + mu * b) ** rounds - star**rounds) ** 2 / 2
        exact = float(total)
    assert found == pytest.approx(exact, rel=1e-13)


@pytest.mark.parametrize(("nodes", "degree"), [(1, 0), (2, 1), (10, 3), (8, 7)])
@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_regular_graphs(nodes: int, degree: int, rounds: int) -> None:
    graph = graphs.random_regular(nodes, degree, 1) if degree else graphs.empty(nodes)
    W1, W2, S1, S2 = np.random.default_rng(rounds).normal(size=(4, 3, 3))
    M, M_star = W1 + degree * W2, S1 + degree * S2
    assert float(regular.loss(M, M_star, nodes, rounds)) == pytest.approx(
        float(linear_gnn.loss(W1, W2, S1, S2, graph, rounds)), rel=1e-12
    )
    found = regular.gradient(M, M_star, nodes, degree, rounds)
    for one, other in zip(found, linear_gnn.gradient(W1, W2, S1, S2, graph, rounds), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-10)


def test_singular_values_follow_the_matrices_and_end_at_the_limit() -> None:
    nodes, degree, rounds, rate = 10, 3, 2, 2e-5
    graph = graphs.petersen()
    alpha_star, beta_star = np.array([0.5, 1.5, 2.0]), np.array([0.2, 1.0, 1.1])
    S1, S2 = symmetric(alpha_star), symmetric(beta_star)
    sigma_star = alpha_star + degree * beta_star
    W1 = W2 = jnp.eye(3)
    deviation = 1.0 + degree - sigma_star
    measure = walks(graph, rounds)
    for _ in range(3):
        dW1, dW2 = linear_gnn.gradient(W1, W2, S1, S2, measure, rounds)
        W1, W2 = W1 - rate * dW1, W2 - rate * dW2
        deviation = regular.singular_value_step(deviation, sigma_star, nodes, degree, rounds, rate)
    spectrum = np.linalg.eigvalsh(W1 + degree * W2)
    np.testing.assert_allclose(spectrum, np.sort(deviation + sigma_star), rtol=1e-12)
    for _ in range(3000):
        dW1, dW2 = linear_gnn.gradient(W1, W2, S1, S2, measure, rounds)
        W1, W2 = W1 - rate * dW1, W2 - rate * dW2
    end1, end2 = regular.limit(np.eye(3), np.eye(3), S1 + degree * S2, degree)
    np.testing.assert_allclose(W1, end1, atol=1e-9)
    np.testing.assert_allclose(W2, end2, atol=1e-9)
    assert np.max(np.abs(end1 - S1)) > 0.1  # not the teacher: only W1 + d W2 is identified


def test_singular_value_loss() -> None:
    deviation, sigma_star = np.array([0.5, -1e-12]), np.array([2.0, 3.0])
    found = float(regular.singular_value_loss(deviation, sigma_star, 7, 3))
    assert found == pytest.approx(3.5 * (2.5**3 - 8) ** 2, rel=1e-13)


@pytest.mark.parametrize("graph", [graphs.path(3), graphs.star(6), graphs.erdos_renyi(30, 0.2, 1)])
def test_one_round_is_this_quadratic(graph: graphs.Graph) -> None:
    form = one_round.quadratic(graph)
    np.testing.assert_allclose(np.linalg.eigvalsh(form.hessian), [form.smallest, form.largest])
    a, b = 0.3, -0.8
    value = 0.5 * np.array([a, b]) @ form.hessian @ np.array([a, b])
    found = linear_gnn.pair_loss(a, b, 2.0, 1.0, graph, 1)
    assert float(found) == pytest.approx(value, rel=1e-12)
    assert form.unique == (len(set(graph.degrees.tolist())) > 1)
    # Gradient flow is exp(-H t); the best step contracts by (condition - 1) / (condition + 1).
    worst = np.linalg.norm(np.eye(2) - form.best_step * form.hessian, 2)
    assert worst == pytest.approx((form.condition - 1) / (form.condition + 1), rel=1e-9)
    assert np.linalg.norm(expm(-form.hessian), 2) < 1


def test_iterations_needed_is_the_first_step_below() -> None:
    form = one_round.quadratic(graphs.path(3))
    start, rate, level = np.array([1.0, -2.0]), 0.1, 1e-6
    steps = one_round.iterations_needed(form, start, rate, level)
    point, losses = start, []
    for _ in range(steps + 1):
        losses.append(0.5 * point @ form.hessian @ point)
        point = point - rate * form.hessian @ point
    assert losses[steps] <= level < losses[steps - 1]
    assert one_round.iterations_needed(form, start, 1.01 * form.largest_step, level) is None
    regular_form = one_round.quadratic(graphs.cycle(5))
    assert not regular_form.unique
    assert regular_form.condition == float("inf")
    assert one_round.iterations_needed(regular_form, start, 0.05, level) is not None
