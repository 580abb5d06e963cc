"""Monte Carlo: streaming, reproducibility, agreement with the exact objects, planted errors."""

import numpy as np
import pytest

import gnnconv_lib as gc
from gnnconv_lib import monte_carlo, relu_gnn
from gnnconv_lib.monte_carlo import sampling


def within(estimate, reference, limit=4.5):
    return np.all(np.abs(estimate.z_score(reference)) < limit)


@pytest.mark.parametrize("splits", [[1, 7, 100], [50, 58], [2] * 54])
def test_stream_is_the_two_pass_formula_whatever_the_blocks(splits):
    values = 1e8 + np.random.default_rng(0).normal(size=(108, 3))
    stream, start = monte_carlo.Stream(), 0
    for size in splits:
        stream.add(values[start : start + size])
        start += size
    result = stream.estimate()
    np.testing.assert_allclose(result.mean, values.mean(axis=0), rtol=1e-15)
    np.testing.assert_allclose(
        result.standard_error, values.std(axis=0, ddof=1) / np.sqrt(108), rtol=1e-7
    )
    assert result.samples == 108


def test_z_score_and_detectable_error_of_constants():
    sure = monte_carlo.Estimate(2.0, 0.0, 10)
    assert sure.z_score(2.0) == 0
    assert sure.z_score(1.0) == np.inf
    assert sure.z_score(3.0) == -np.inf
    assert monte_carlo.Estimate(1.0, 0.1, 10).detectable(0.0) == np.inf
    lone = monte_carlo.Stream()
    lone.add(np.array([1.0]))
    assert lone.estimate().standard_error == np.inf


def test_a_longer_run_extends_a_shorter_one(monkeypatch):
    monkeypatch.setattr(sampling, "BLOCK_NUMBERS", 64)
    draw = lambda n: np.concatenate(list(monte_carlo.blocks(n, 3, (5,))), axis=-1)  # noqa: E731
    short, long = draw(20), draw(50)
    assert short.shape == (5, 20)
    np.testing.assert_array_equal(long[:, :20], short)
    assert not np.array_equal(draw(20), np.concatenate(list(monte_carlo.blocks(20, 4, (5,))), -1))


def test_blocks_are_bounded_in_memory():
    sizes = [block.size for block in monte_carlo.blocks(300, 0, (100, 40))]
    assert max(sizes) <= sampling.BLOCK_NUMBERS
    assert sum(sizes) == 300 * 4000


@pytest.mark.parametrize(
    "graph",
    [
        gc.graphs.petersen(),
        gc.graphs.star(4),
        gc.graphs.empty(2),
        gc.graphs.erdos_renyi(12, 0.3, 1),
    ],
)
def test_loss_gradient_and_sums_agree_with_the_exact_ones(graph):
    random = np.random.default_rng(1)
    W, W_star = random.normal(size=(2, 3)), random.normal(size=(2, 3))
    value, slope = monte_carlo.loss_and_gradient(W, W_star, graph, 20_000, seed=5)
    exact = relu_gnn.loss(W, W_star, graph)
    assert within(value, exact)
    assert value.detectable(exact) < 0.15
    assert slope.mean.shape == W.shape
    assert within(slope, relu_gnn.gradient(W, W_star, graph))
    for cos in (-0.8, 0.4):
        for estimate, reference in zip(
            monte_carlo.sums(graph, cos, 20_000, seed=6), relu_gnn.sums(graph, cos), strict=True
        ):
            assert within(estimate, reference)


def test_gradient_at_zero_is_the_papers_convention():
    graph, v = gc.graphs.star(4), np.array([0.5, -1.0])
    got = monte_carlo.gradient(np.zeros(2), v, graph, 20_000, seed=2)
    assert got.mean.shape == (2,)
    assert within(got, relu_gnn.gradient(np.zeros(2), v, graph))


def test_a_planted_error_is_seen():
    """A loss wrong by a fifth, and the printed open neighbourhood, are both rejected."""
    graph, random = gc.graphs.petersen(), np.random.default_rng(3)
    w, v = random.normal(size=3), random.normal(size=3)
    exact = float(relu_gnn.loss(w, v, graph))
    assert within(monte_carlo.loss(w, v, graph, 20_000, seed=1), exact)
    assert not within(monte_carlo.loss(w, v, graph, 20_000, seed=1), 1.2 * exact)
    printed = monte_carlo.loss(w, v, graph, 20_000, seed=1, neighborhood="open")
    assert not within(printed, exact)


def test_projected_features_have_the_same_law():
    graph, random = gc.graphs.cycle(6), np.random.default_rng(4)
    w, v = random.normal(size=20), random.normal(size=20)
    exact = relu_gnn.loss(w, v, graph)
    assert within(monte_carlo.loss(w, v, graph, 20_000, seed=1, projected=True), exact)
    assert within(monte_carlo.loss(w, v, graph, 20_000, seed=1), exact)


def test_any_activation_and_the_dual():
    assert within(monte_carlo.dual("scaled_relu", -0.4, 50_000, seed=1), gc.dual.scaled_relu(-0.4))
    assert within(monte_carlo.dual("identity", 0.3, 50_000, 1, 2.0, 0.5), 0.3)
    # identity: the output is 2 (x_1 + x_2) w, so that the loss is E (2 (x_1 + x_2))^2 / 2 = 4
    graph = gc.graphs.complete(2)
    value = monte_carlo.loss([1.0], [0.0], graph, 20_000, seed=3, activation="identity")
    assert within(value, 4.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g: monte_carlo.loss([1.0], [1.0], g, 1, 0), "samples must be"),
        (lambda g: monte_carlo.loss([1.0], [1.0], g, 10.5, 0), "samples must be"),
        (lambda g: monte_carlo.loss([1.0], [1.0], g, 10, -1), "seed must be"),
        (lambda g: monte_carlo.loss([1.0], [1.0, 2.0], g, 10, 0), "W_star must have"),
        (lambda g: monte_carlo.loss([float("nan")], [1.0], g, 10, 0), "W must be finite"),
        (lambda g: monte_carlo.loss([1.0], [1.0], g, 10, 0, None, "shut"), "neighborhood"),
        (lambda g: monte_carlo.sums(g, 2.0, 10, 0), "cos must be"),
        (lambda g: monte_carlo.dual("tanh", -2.0, 10, 0), "rho must be"),
    ],
)
def test_bad_input_is_one_sentence(call, words):
    with pytest.raises(gc.InvalidInput, match=words):
        call(gc.graphs.complete(2))
