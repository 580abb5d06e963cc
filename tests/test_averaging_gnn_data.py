"""Collections of graphs, averages, and the experiments' data of li2021."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from gnnconv_lib import graphs
from gnnconv_lib.averaging_gnn import (
    GraphCollection,
    Weights,
    accepted_signs,
    average,
    average_transposed,
    collect,
    erdos_renyi_collection,
    errors,
    graph_experiment,
    node_experiment,
    noise_deviation,
    predict,
    random_attention,
    random_weights,
    run,
    weights,
    xi_graph,
    xi_node,
)
from gnnconv_lib.validation import InvalidInput


@given(n=st.integers(1, 12), p=st.floats(0, 1), seed=st.integers(0, 50))
def test_averages_by_their_definition(n, p, seed):
    graph = graphs.erdos_renyi(n, p, seed)
    closed = graph.adjacency.toarray() + np.eye(n)
    P = closed / closed.sum(axis=1, keepdims=True)
    H = np.random.default_rng(seed).standard_normal((n, 3))
    np.testing.assert_allclose(average(graph, H), P @ H, atol=1e-14)
    np.testing.assert_allclose(average_transposed(graph, H[:, 0]), P.T @ H[:, 0], atol=1e-14)
    np.testing.assert_allclose(average(graph, np.ones(n)), 1.0, rtol=1e-14)


def test_averaged_entries_have_variance_one_over_the_closed_degree():
    graph = graphs.star(4)
    H = np.random.default_rng(0).standard_normal((5, 200_000))
    variance = average(graph, H).var(axis=1)
    error = np.sqrt(2 / 200_000) / (graph.degrees + 1)
    assert np.all(np.abs(variance - 1 / (graph.degrees + 1)) < 5 * error)


def test_collections():
    many = collect([graphs.path(3), graphs.empty(2), graphs.complete(4)])
    assert many.number == 3
    assert many.owner.tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 2]
    assert many.starts.tolist() == [0, 3, 5]
    assert collect(many) is many
    assert collect(graphs.path(2)).sizes.tolist() == [2]
    with pytest.raises(InvalidInput, match="must not join"):
        GraphCollection(graphs.path(4), np.array([2, 2]))
    with pytest.raises(InvalidInput, match="add up to the 4 nodes"):
        GraphCollection(graphs.path(4), np.array([2, 1]))
    with pytest.raises(InvalidInput, match="positive integers"):
        GraphCollection(graphs.path(4), np.array([4, 0]))
    with pytest.raises(InvalidInput, match="each graph must be a Graph"):
        collect(["path"])


def test_random_collections_have_the_stated_density():
    many = erdos_renyi_collection(1000, 5, 0.5, seed=1)
    pairs = 1000 * 10
    assert abs(many.union.edges / pairs - 0.5) < 5 * 0.5 / np.sqrt(pairs)
    assert many.sizes.tolist() == [5] * 1000
    again = erdos_renyi_collection(1000, 5, 0.5, seed=1)
    assert np.array_equal(many.union.indices, again.union.indices)
    assert erdos_renyi_collection(3, 1, 0.5, seed=0).union.edges == 0
    with pytest.raises(InvalidInput, match="p must be"):
        erdos_renyi_collection(3, 2, 1.5, seed=0)


def test_readout_weights():
    many = collect([graphs.path(3), graphs.path(2)])
    assert weights(many, 1).tolist() == [0, 1, 0, 0, 1]
    drawn = random_attention(many, 3)
    assert np.array_equal(weights(many, drawn), drawn)
    assert np.array_equal(weights(many, [drawn[:3], drawn[3:]]), drawn)
    np.testing.assert_allclose(np.add.reduceat(drawn, many.starts), 1.0, rtol=1e-15)
    for bad in (2, -1, True, None, [0.5, 0.5], "mean"):
        with pytest.raises(InvalidInput, match="readout must"):
            weights(many, bad)


def test_node_experiment_is_as_stated():
    made = node_experiment("relu", seeds=range(6))
    assert made.data.features.shape == (6, 2, 1000)
    np.testing.assert_allclose(np.linalg.norm(made.teacher.W, axis=1), 1.0, rtol=1e-14)
    # The features averaged over 500 neighbours have a variance near 1/500.
    variance = np.asarray(made.data.features).var()
    assert variance == pytest.approx(1 / 501, rel=0.5)
    noise = np.asarray(made.data.labels - predict(*made.teacher, made.data))
    assert noise.std() == pytest.approx(0.2, rel=5 / np.sqrt(2 * noise.size))
    assert np.all(np.sum(made.start.W * made.teacher.W, axis=(1, 2)) >= 0)
    assert np.all(np.sum(made.start.v * made.teacher.v, axis=1) >= 0)
    np.testing.assert_allclose(made.xi_sum, 1000 * made.xi_mean, rtol=1e-14)
    graph = graphs.erdos_renyi(1000, 0.5, 2)
    assert made.xi_sum[2] == pytest.approx(xi_node(graph, "relu"), rel=1e-14)


def test_graph_experiment_is_as_stated():
    made = graph_experiment("tanh", seeds=[0, 1], noise="deviation")
    assert made.data.features.shape == (2, 2, 5000)
    assert made.data.labels.shape == (2, 1000)
    noise = np.asarray(made.data.labels - predict(*made.teacher, made.data))
    assert noise.std() == pytest.approx(0.04, rel=5 / np.sqrt(2 * noise.size))
    np.testing.assert_array_equal(made.xi_sum, made.xi_mean)
    # E over Bernoulli(1/2) graphs with 5 nodes; two draws agree within a few per cent.
    assert made.xi_mean[0] == pytest.approx(made.xi_mean[1], rel=0.05)
    assert made.xi_mean[0] == pytest.approx(
        xi_graph(erdos_renyi_collection(4000, 5, 0.5, 9), "average", "tanh"), rel=0.05
    )


def test_draws_do_not_depend_on_the_activation_and_repeat():
    first, second = (node_experiment(n, nodes=20, seeds=[4]) for n in ("relu", "tanh"))
    np.testing.assert_array_equal(first.data.features, second.data.features)
    np.testing.assert_array_equal(first.teacher.W, second.teacher.W)
    np.testing.assert_array_equal(first.start.v, second.start.v)
    again = node_experiment("relu", nodes=20, seeds=[3, 4])
    np.testing.assert_array_equal(again.data.labels[1], first.data.labels[0])
    assert not np.array_equal(again.data.labels[0], first.data.labels[0])


@given(
    W=st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    v=st.lists(st.floats(-3, 3), min_size=2, max_size=2),
)
def test_one_of_four_sign_combinations_satisfies_condition_39(W, v):
    teacher = random_weights(2, 2, 0)
    given_W, given_v = np.reshape(W, (2, 2)), np.array(v)
    kept = accepted_signs(Weights(given_W, given_v), teacher)
    assert np.sum(kept.W * teacher.W) >= 0
    assert kept.v @ teacher.v >= 0
    assert np.array_equal(np.abs(kept.W), np.abs(given_W))
    assert np.array_equal(kept.W, given_W) or np.array_equal(kept.W, -given_W)


def test_starts_as_drawn_can_have_either_sign():
    made = node_experiment("relu", nodes=3, start="random", seeds=range(30))
    signs = np.sign(np.sum(made.start.v * made.teacher.v, axis=1))
    assert set(signs) == {-1.0, 1.0}


def test_training_reduces_both_errors_on_sparse_graphs():
    """Mean reading, 1000 nodes, mean degree 4: the errors end near the noise's level."""
    made = node_experiment("leaky_relu(0.2)", edge_probability=0.004, seeds=range(5))
    path = run(*made.start, made.data, made.xi_mean, 0.5, 4000)
    of_W, of_v = (np.asarray(error) for error in errors(path, made.teacher))
    clear = np.abs(made.teacher.v[:, 0]) > 0.3
    assert clear.sum() >= 3
    assert np.all(of_W[-1, clear] < 0.25)
    assert np.all(of_v[-1, clear] < 0.15)


def test_bad_input():
    assert noise_deviation(0) == 0.0
    for call, words in (
        (lambda: node_experiment("relu", nodes=0), "nodes must be"),
        (lambda: node_experiment("relu", nodes=2.5), "nodes must be"),
        (lambda: node_experiment("relu", edge_probability=2.0), "edge_probability must be"),
        (lambda: node_experiment("rleu"), "activation must be one of"),
        (lambda: node_experiment("relu", noise="sd"), "noise must be one of"),
        (lambda: node_experiment("relu", noise=-1.0), "noise must be"),
        (lambda: node_experiment("relu", start="good"), "start must be one of"),
        (lambda: node_experiment("relu", seeds=[]), "seeds must hold"),
        (lambda: node_experiment("relu", seeds=[-1]), "seeds must be"),
        (lambda: node_experiment("relu", dimension=0), "dimension must be"),
        (lambda: graph_experiment("relu", graphs=0), "number must be"),
    ):
        with pytest.raises(InvalidInput, match=words):
            call()
