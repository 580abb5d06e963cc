"""The networks, Algorithm 1 line by line, exact descent, and the compiled runs."""

import jax
import numpy as np
import pytest

from gnnconv_lib import activations, graphs
from gnnconv_lib.averaging_gnn import (
    Weights,
    approximate_direction,
    collect,
    errors,
    exact_gradient,
    graph_experiment,
    graph_sample,
    loss,
    matching_scale,
    node_experiment,
    node_sample,
    predict,
    random_attention,
    random_weights,
    run,
    run_exact,
    stack,
    step,
    step_exact,
    xi_empirical,
    xi_graph,
    xi_node,
)
from gnnconv_lib.validation import InvalidInput

SMOOTH = ("sigmoid", "tanh", "swish", "softplus", "erf", "gelu", "identity")
MIXED = (graphs.path(3), graphs.empty(1), graphs.star(4), graphs.complete(2))


def averaging_matrix(graph):
    closed = graph.adjacency.toarray() + np.eye(graph.nodes)
    return closed / closed.sum(axis=1, keepdims=True)


def node_problem(graph, d=3, q=2, seed=0, activation="tanh"):
    generator = np.random.default_rng(seed)
    H, y = generator.standard_normal((graph.nodes, d)), generator.standard_normal(graph.nodes)
    return H, y, node_sample(graph, H, y, activation), random_weights(d, q, seed)


def graph_problem(members, readout, d=3, q=2, seed=0, activation="tanh"):
    generator = np.random.default_rng(seed)
    H = [generator.standard_normal((member.nodes, d)) for member in members]
    y = generator.standard_normal(len(members))
    a = random_attention(collect(members), seed) if readout == "attention" else readout
    return H, y, a, graph_sample(members, H, y, a, activation), random_weights(d, q, seed)


def attention(members, a):
    if isinstance(a, str):
        return [
            np.full(m.nodes, 1 / m.nodes) if a == "average" else np.eye(m.nodes)[0] for m in members
        ]
    return np.split(np.asarray(a), np.cumsum([m.nodes for m in members])[:-1])


def printed_step(W, v, rows, y, weights, sigma, Xi, alpha):
    """Lines 2-8 as printed, in NumPy, one label after the other."""
    n = len(y)
    total, slope = np.zeros_like(W), np.zeros_like(v)
    for X, a, label in zip(rows, weights, y, strict=True):
        hidden = np.asarray(sigma(X @ W))
        residual = label - a @ hidden @ v
        total += np.outer(X.T @ a, v) * residual
        slope += hidden.T @ a * residual
    G = -np.linalg.solve(Xi, total) / n
    U = W - alpha * G
    return U / np.linalg.norm(U), v + alpha * slope / n


@pytest.mark.parametrize("name", activations.names())
def test_node_level_step_is_the_printed_one(name):
    graph = graphs.erdos_renyi(12, 0.3, 1)
    H, y, data, (W, v) = node_problem(graph, activation=name)
    X = averaging_matrix(graph) @ H
    sigma = activations.get(name)
    np.testing.assert_allclose(predict(W, v, data), np.asarray(sigma(X @ W)) @ v, rtol=1e-13)
    for normalization in ("sum", "mean"):
        xi = xi_node(graph, name, normalization)
        expected = printed_step(
            W, v, X[:, None, :], y, np.ones((12, 1)), sigma, xi * np.eye(3), 0.3
        )
        for got, want in zip(step(W, v, data, xi, 0.3), expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("readout", ["average", "one node", "attention"])
@pytest.mark.parametrize("members", [MIXED, (graphs.path(4), graphs.complete(4)) * 3])
def test_graph_level_step_is_the_printed_one(members, readout):
    """Graphs of different and of equal sizes take different routes in the code."""
    H, y, a, data, (W, v) = graph_problem(members, readout)
    rows = [averaging_matrix(m) @ h for m, h in zip(members, H, strict=True)]
    weights = attention(members, a)
    xi = xi_graph(members, a, "tanh")
    expected = printed_step(W, v, rows, y, weights, np.tanh, xi * np.eye(3), 0.3)
    for got, want in zip(step(W, v, data, xi, 0.3), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)
    empirical = np.asarray(xi_empirical(data))
    brute = sum(
        (X.T @ w[:, None]) @ (w[None] @ np.tanh(X)) for X, w in zip(rows, weights, strict=True)
    )
    np.testing.assert_allclose(empirical, brute / len(y), rtol=1e-11, atol=1e-15)
    expected = printed_step(W, v, rows, y, weights, np.tanh, empirical, 0.3)
    for got, want in zip(step(W, v, data, empirical, 0.3), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", activations.names())
def test_exact_gradient_is_that_of_half_the_loss(name):
    if not np.isfinite(activations.get(name).lipschitz):
        return
    for data, (W, v) in (
        node_problem(graphs.star(6), activation=name)[2:],
        graph_problem(MIXED, "attention", activation=name)[3:],
    ):
        want = jax.grad(lambda W, v, data=data: loss(W, v, data) / 2, (0, 1))(W, v)
        for got, other in zip(exact_gradient(W, v, data), want, strict=True):
            np.testing.assert_allclose(got, other, rtol=1e-12, atol=1e-15)
        # Line 5 is the exact gradient in v: half of that of the paper's loss.
        np.testing.assert_allclose(approximate_direction(W, v, data, 2.0)[1], want[1], rtol=1e-13)


def test_identity_activation_makes_line_4_exact_up_to_xi():
    data, (W, v) = node_problem(graphs.cycle(7), activation="identity")[2:]
    G, _ = approximate_direction(W, v, data, 0.25)
    np.testing.assert_allclose(0.25 * G, exact_gradient(W, v, data)[0], rtol=1e-13)


def test_runs_are_repeated_steps():
    data, (W, v) = node_problem(graphs.grid(3, 4))[2:]
    path = run(W, v, data, 0.2, 0.3, 20, records=range(21))
    exact = run_exact(W, v, data, 0.3, 20, scale=5.0, records=range(21))
    assert path.steps.tolist() == list(range(21))
    first = second = Weights(W, v)
    for k in range(21):
        for trajectory, weights in ((path, first), (exact, second)):
            np.testing.assert_allclose(trajectory.parameters.W[k], weights.W, rtol=1e-12)
            np.testing.assert_allclose(trajectory.parameters.v[k], weights.v, rtol=1e-12)
            np.testing.assert_allclose(trajectory.losses[k], loss(*weights, data), rtol=1e-12)
        first = step(*first, data, 0.2, 0.3)
        second = step_exact(*second, data, 0.3, 5.0)
    assert path.status == "budget"
    assert path.stopped_at == 20


@pytest.mark.parametrize("kind", ["node", "graph", "sizes"])
def test_seeds_side_by_side_are_single_runs(kind):
    if kind == "node":
        made = node_experiment("tanh", nodes=30, outputs=2, seeds=[3, 5])
    elif kind == "graph":
        made = graph_experiment("tanh", graphs=20, outputs=2, seeds=[3, 5])
    else:
        made = graph_experiment(
            "tanh", collection=collect(MIXED * 5), readout="average", outputs=2, seeds=[3, 5]
        )
    together = run(*made.start, made.data, made.xi_mean, 0.2, 50)
    for k in range(2):
        data = jax.tree.map(lambda leaf, k=k: leaf[k] if leaf.ndim > 1 else leaf, made.data)
        if kind != "sizes":
            assert data.owner is None
        alone = run(made.start.W[k], made.start.v[k], data, made.xi_mean[k], 0.2, 50)
        np.testing.assert_allclose(together.losses[:, k], alone.losses, rtol=1e-11)
        np.testing.assert_allclose(together.parameters.W[:, k], alone.parameters.W, rtol=1e-10)
        assert together.status[k] == alone.status


def test_many_starts_and_rates_share_one_data_set():
    data, (W, v) = node_problem(graphs.path(9))[2:]
    starts = Weights(np.stack([W, -W, W, -W]), np.stack([v, v, -v, -v]))
    together = run(*starts, data, 0.3, 0.2, 30)
    for k in range(4):
        alone = run(starts.W[k], starts.v[k], data, 0.3, 0.2, 30)
        np.testing.assert_allclose(together.losses[:, k], alone.losses, rtol=1e-12)
    rates = run(W, v, data, 0.3, [0.1, 0.2], 30)
    np.testing.assert_allclose(rates.losses[:, 1], run(W, v, data, 0.3, 0.2, 30).losses, rtol=1e-12)


def test_literal_reading_moves_w_n_times_less():
    """With the sum of Eq. (11) line 4 divides by n twice."""
    graph = graphs.cycle(25)
    data, (W, v) = node_problem(graph, activation="relu")[2:]
    literal, _ = approximate_direction(W, v, data, xi_node(graph, "relu", "sum"))
    mean, _ = approximate_direction(W, v, data, xi_node(graph, "relu", "mean"))
    np.testing.assert_allclose(25 * literal, mean, rtol=1e-14)


@pytest.mark.parametrize("name", SMOOTH)
def test_teacher_is_fixed_without_noise(name):
    made = graph_experiment(name, graphs=30, noise=0.0, seeds=[1])
    W, v = step(*made.teacher, made.data, made.xi_mean, 0.5)
    np.testing.assert_allclose(W, made.teacher.W, atol=1e-15)
    np.testing.assert_allclose(v, made.teacher.v, atol=1e-15)
    path = run(*made.teacher, made.data, made.xi_mean, 0.5, 10, target=1e-25)
    assert path.status.tolist() == ["converged"]
    assert path.stopped_at.tolist() == [0]


def test_relu_finds_the_teacher_without_noise():
    """Seed 2 drew v* = 0.026, and W's error shrinks by 1 - alpha v*^2 per step: it is slow."""
    made = node_experiment("relu", graph=graphs.empty(400), noise=0.0, seeds=range(4))
    path = run(*made.start, made.data, made.xi_mean, 0.5, 4000, target=1e-24)
    of_W, of_v = (np.asarray(error)[-1] for error in errors(path, made.teacher))
    fast = np.abs(made.teacher.v[:, 0]) > 0.5
    assert fast.tolist() == [True, True, False, True]
    assert (path.status == "converged").tolist() == fast.tolist()
    assert np.all(of_W[fast] < 1e-10)
    assert np.all(of_v[fast] < 1e-10)
    assert of_W[2] > 1e-3


def test_divergence_is_a_status():
    made = node_experiment("relu", graph=graphs.empty(50), seeds=[0, 1])
    path = run(*made.start, made.data, made.xi_mean, 50.0, 10_000)
    assert path.status.tolist() == ["diverged", "diverged"]
    assert np.all(np.isfinite(path.parameters.W))
    assert np.all(np.isfinite(path.parameters.v))
    assert np.all(path.stopped_at < 10_000)
    assert path.steps[-1] < 10_000
    mixed = run(*made.start, made.data, made.xi_mean, np.array([0.1, 50.0]), 300)
    assert mixed.status.tolist() == ["budget", "diverged"]
    alone = run(*made.start, made.data, made.xi_mean, 0.1, 300)
    np.testing.assert_allclose(mixed.losses[:, 0], alone.losses[:, 0], rtol=1e-12)
    exact = run_exact(*made.start, made.data, 500.0, 10_000)
    assert exact.status.tolist() == ["diverged", "diverged"]


def test_huge_steps_do_not_turn_into_zeros():
    data = node_sample(graphs.empty(1), [[1.0]], [1.0], "identity")
    path = run([[1.0]], [1.0], data, 1.0, 1e200, 5, limit=1e308)
    assert path.status == "diverged" or abs(path.parameters.W[-1, 0, 0]) == 1.0
    assert np.all(np.abs(path.parameters.W) == 1.0)


def test_a_step_onto_zero_has_no_direction():
    """identity, X = 1, y = 0, v = 1: U = W - 1 * W v^2 = 0."""
    data = node_sample(graphs.empty(1), [[1.0]], [0.0], "identity")
    W, v = step([[1.0]], [1.0], data, 1.0, 1.0)
    assert np.isnan(W).all()
    assert v.tolist() == [0.0]
    path = run([[1.0]], [1.0], data, 1.0, 1.0, 5)
    assert path.status == "diverged"
    assert path.final.W.tolist() == [[1.0]]


def test_zero_v_leaves_w_alone():
    data, (W, _) = node_problem(graphs.star(5), activation="relu")[2:]
    moved, v = step(W, np.zeros(2), data, 0.3, 0.1)
    np.testing.assert_allclose(moved, W, rtol=1e-15)
    assert np.any(np.asarray(v) != 0)
    assert run(W, np.zeros(2), data, 0.3, 0.1, 50).status == "budget"


@pytest.mark.parametrize("graph", [graphs.empty(1), graphs.empty(4), graphs.complete(3)])
def test_smallest_graphs_run(graph):
    made = node_experiment("relu", graph=graph, dimension=1, seeds=[0])
    path = run(*made.start, made.data, made.xi_sum, 0.1, 100)
    assert np.all(np.isfinite(path.losses))
    assert path.status.tolist() == ["budget"]


def test_norms_of_line_7():
    data, (W, v) = node_problem(graphs.cycle(6))[2:]
    frobenius = step(W, v, data, 0.3, 0.1).W
    spectral = step(W, v, data, 0.3, 0.1, norm="spectral").W
    free = step(W, v, data, 0.3, 0.1, norm="none").W
    assert np.linalg.norm(frobenius) == pytest.approx(1, rel=1e-14)
    assert np.linalg.norm(spectral, 2) == pytest.approx(1, rel=1e-14)
    np.testing.assert_allclose(free / np.linalg.norm(free), frobenius, rtol=1e-14)
    batch = step(np.stack([W, W]), np.stack([v, v]), data, 0.3, 0.1, norm="spectral").W
    np.testing.assert_allclose(batch[1], spectral, rtol=1e-13)


def test_a_million_nodes():
    graph = graphs.cycle(1_000_000)
    made = node_experiment("relu", graph=graph, noise=0.0, seeds=[0])
    path = run(*made.start, made.data, made.xi_mean, 0.5, 3)
    assert path.losses[-1, 0] < path.losses[0, 0]
    single = jax.tree.map(lambda leaf: leaf[0], made.data)
    assert single.features.shape == (2, 1_000_000)


def test_matching_scale():
    graph = graphs.erdos_renyi(30, 0.2, 0)
    for name, factor in (("relu", 1.0), ("identity", 1.0), ("leaky_relu(0.2)", 0.6 / 0.52)):
        expected = factor / xi_node(graph, name, "mean")
        assert matching_scale(graph, name) == pytest.approx(expected, rel=1e-13)
    with pytest.raises(InvalidInput, match="derivative"):
        matching_scale(graph, "step")


def test_float32_stays_float32():
    data, (W, v) = node_problem(graphs.path(5))[2:]
    small = jax.tree.map(lambda leaf: leaf.astype(np.float32), data)
    got = step(W.astype(np.float32), v.astype(np.float32), small, np.float32(0.3), np.float32(0.1))
    assert {leaf.dtype.name for leaf in got} == {"float32"}


def test_bad_input():
    graph = graphs.path(3)
    H, y, data, (W, v) = node_problem(graph)
    with pytest.raises(InvalidInput, match="H must have shape"):
        node_sample(graph, H[:2], y)
    with pytest.raises(InvalidInput, match="y must have shape"):
        node_sample(graph, H, y[:2])
    with pytest.raises(InvalidInput, match="H must hold finite numbers"):
        node_sample(graph, H * np.nan, y)
    with pytest.raises(InvalidInput, match="one row per feature"):
        predict(W[:2], v, data)
    with pytest.raises(InvalidInput, match="W must have shape"):
        step(W, v[:1], data, 1.0, 0.1)
    for xi in (0.0, np.nan, np.zeros(2), np.full((3, 3), np.inf)):
        with pytest.raises(InvalidInput, match="xi must be"):
            step(W, v, data, xi, 0.1)
    for rate in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(InvalidInput, match="learning_rate"):
            run(W, v, data, 1.0, rate, 5)
    with pytest.raises(InvalidInput, match="steps must be"):
        run(W, v, data, 1.0, 0.1, -1)
    with pytest.raises(InvalidInput, match="norm must be one of"):
        run(W, v, data, 1.0, 0.1, 5, norm="nuclear")
    with pytest.raises(InvalidInput, match="initial weights must be finite"):
        run(W * np.inf, v, data, 1.0, 0.1, 5)
    with pytest.raises(InvalidInput, match="scale must be above 0"):
        run_exact(W, v, data, 0.1, 5, scale=0.0)
    with pytest.raises(InvalidInput, match="samples must agree"):
        stack([data, node_problem(graphs.path(4))[2]])
    with pytest.raises(InvalidInput, match="sum 1 in each graph"):
        graph_sample([graph], [H], [0.0], [[0.5, 0.2, 0.2]])
    with pytest.raises(InvalidInput, match="nonnegative"):
        graph_sample([graph], [H], [0.0], [[1.5, -0.5, 0.0]])
    with pytest.raises(InvalidInput, match="readout must be an integer"):
        graph_sample([graph], [H], [0.0], 3)
