"""The linear GNN: three routes to the loss, its gradient, Monte Carlo, accuracy at the optimum."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from gnnconv_lib import InvalidInput, graphs, linear_gnn
from gnnconv_lib.summaries.main_eigenvalues import main_eigenvalues
from gnnconv_lib.summaries.walks import from_measure, walks

FAMILIES = {
    "one node": graphs.empty(1),
    "isolated nodes": graphs.empty(3),
    "edge": graphs.complete(2),
    "path": graphs.path(6),
    "star": graphs.star(4),
    "petersen": graphs.petersen(),
    "star, cycle, isolated": graphs.disjoint_union(
        graphs.disjoint_union(graphs.star(3), graphs.cycle(4)), graphs.empty(1)
    ),
    "erdos renyi": graphs.erdos_renyi(30, 0.2, 1),
    "preferential attachment": graphs.barabasi_albert(50, 3, 2),
}


def weights(seed: int, size: int = 3) -> list[np.ndarray]:
    """Four matrices that neither commute nor are symmetric."""
    return list(np.random.default_rng(seed).normal(size=(4, size, size)))


def relative(found: object, expected: object) -> float:
    expected = np.asarray(expected)
    return float(np.max(np.abs(np.asarray(found) - expected)) / np.max(np.abs(expected)))


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("rounds", [1, 2, 3, 4])
def test_all_routes_agree(name: str, rounds: int) -> None:
    graph = FAMILIES[name]
    W = weights(rounds)
    reference = linear_gnn.loss_by_recursion(*W, graph, rounds)
    all_main = from_measure(*main_eigenvalues(graph), rounds)
    assert relative(linear_gnn.loss(*W, graph, rounds), reference) < 1e-12
    assert relative(linear_gnn.loss(*W, all_main, rounds), reference) < 1e-12
    assert relative(linear_gnn.loss_from_moments(*W, graph, rounds), reference) < 1e-12


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_gradient_agrees_with_automatic_differentiation(name: str, rounds: int) -> None:
    graph = FAMILIES[name]
    W = weights(10 + rounds)
    measure = walks(graph, rounds)
    found = jnp.stack(linear_gnn.gradient(*W, measure, rounds))
    through_nodes = jax.grad(linear_gnn.loss_by_recursion, argnums=(0, 1))(*W, graph, rounds)
    through_walks = jax.grad(linear_gnn.loss, argnums=(0, 1))(*W, measure, rounds)
    assert relative(found, jnp.stack(through_nodes)) < 1e-12
    assert relative(found, jnp.stack(through_walks)) < 1e-12


@settings(max_examples=15, deadline=None)
@given(
    n=st.sampled_from([2, 5, 11]),
    p=st.floats(0, 1),
    rounds=st.sampled_from([2, 5]),
    seed=st.integers(0, 10**6),
)
def test_loss_agrees_with_recursion_on_random_graphs(
    n: int, p: float, rounds: int, seed: int
) -> None:
    graph, W = graphs.erdos_renyi(n, p, seed), weights(seed, 2)
    reference = linear_gnn.loss_by_recursion(*W, graph, rounds)
    assert relative(linear_gnn.loss(*W, graph, rounds), reference) < 1e-12


@pytest.mark.parametrize("name", ["star", "path", "star, cycle, isolated", "erdos renyi"])
def test_monte_carlo_from_the_definition(name: str) -> None:
    graph, rounds, samples = FAMILIES[name], 3, 40_000
    W1, W2, W1_star, W2_star = weights(5, 2)
    generator = np.random.default_rng(7)
    adjacency = graph.adjacency.toarray().astype(float)
    embedding = generator.normal(size=(samples, graph.nodes, 2))
    student, teacher = embedding, embedding
    for _ in range(rounds):
        student = student @ W1.T + adjacency @ student @ W2.T
        teacher = teacher @ W1_star.T + adjacency @ teacher @ W2_star.T
    values = 0.5 * np.sum((student.sum(axis=1) - teacher.sum(axis=1)) ** 2, axis=1)
    error = values.std(ddof=1) / np.sqrt(samples)
    exact = float(linear_gnn.loss(W1, W2, W1_star, W2_star, graph, rounds))
    assert abs(values.mean() - exact) / error < 4.0
    assert error / exact < 0.02  # an error of 8 percent in the formula would be seen
    outputs = linear_gnn.forward(embedding, W1, W2, graph, rounds)
    assert relative(outputs, student.sum(axis=1)) < 1e-12


@pytest.mark.parametrize("size", [1e-3, 1e-8, 1e-18, 1e-100])
def test_relative_accuracy_near_the_teacher(size: float) -> None:
    graph, rounds = graphs.path(4), 3
    D1, D2, S1, S2 = weights(3, 2)
    D1, D2 = size * D1, size * D2
    with mpmath.workdps(300):
        big = [mpmath.matrix(W.tolist()) for W in (D1, D2, S1, S2)]
        adjacency = mpmath.matrix(graph.adjacency.toarray().tolist())
        total = mpmath.mpf(0)
        student = [mpmath.eye(2)] * 4
        teacher = [mpmath.eye(2)] * 4
        for _ in range(rounds):
            student = _backward(student, big[0] + big[2], big[1] + big[3], adjacency)
            teacher = _backward(teacher, big[2], big[3], adjacency)
        for first, second in zip(student, teacher, strict=True):
            total += sum(entry**2 for entry in first - second) / 2
        exact = float(total)
    found = float(linear_gnn.deviation_loss(D1, D2, S1, S2, graph, rounds))
    assert found == pytest.approx(exact, rel=1e-13)


def _backward(blocks: list, W1: object, W2: object, adjacency: object) -> list:
    zero = mpmath.zeros(2)
    n = len(blocks)
    sums = [
        sum((blocks[i] for i in range(n) if adjacency[i, j]), start=zero.copy()) for j in range(n)
    ]
    return [blocks[j] * W1 + sums[j] * W2 for j in range(n)]


def test_value_and_gradient_at_the_teacher_are_zero() -> None:
    _, _, S1, S2 = weights(4)
    for graph in FAMILIES.values():
        assert float(linear_gnn.loss(S1, S2, S1, S2, graph, 3)) == 0.0
        dW1, dW2 = linear_gnn.gradient(S1, S2, S1, S2, graph, 3)
        assert not np.any(dW1)
        assert not np.any(dW2)


def test_deviation_gradient_is_the_gradient() -> None:
    W1, W2, S1, S2 = weights(6)
    graph = FAMILIES["path"]
    found = jnp.stack(linear_gnn.deviation_gradient(W1 - S1, W2 - S2, S1, S2, graph, 3))
    assert relative(found, jnp.stack(linear_gnn.gradient(W1, W2, S1, S2, graph, 3))) < 1e-13


def test_float32_in_float32_out() -> None:
    W = [W.astype(np.float32) for W in weights(8)]
    value = linear_gnn.loss(*W, FAMILIES["star"], 2)
    assert value.dtype == jnp.float32
    assert relative(value, linear_gnn.loss(*weights(8), FAMILIES["star"], 2)) < 1e-5
    dW1, _ = linear_gnn.gradient(*W, FAMILIES["star"], 2)
    assert dW1.dtype == jnp.float32


def test_bad_input() -> None:
    eye = np.eye(2)
    with pytest.raises(InvalidInput, match="square and of one common size"):
        linear_gnn.loss(np.ones((2, 3)), eye, eye, eye, graphs.path(3), 1)
    with pytest.raises(InvalidInput, match="square and of one common size"):
        linear_gnn.gradient(eye, np.eye(3), eye, eye, graphs.path(3), 1)
    with pytest.raises(InvalidInput, match="rounds must be an integer of at least 1"):
        linear_gnn.loss(eye, eye, eye, eye, graphs.path(3), 0)
    with pytest.raises(InvalidInput, match="features must have shape"):
        linear_gnn.forward(np.ones((2, 2)), eye, eye, graphs.path(3), 1)
    with pytest.raises(InvalidInput, match="rounds must be at most 1"):
        linear_gnn.loss_from_moments(eye, eye, eye, eye, walks(graphs.path(9), 1), 2)
