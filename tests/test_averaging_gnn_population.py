"""Population dynamics of Algorithm 1: against duals, sampling, derivatives and finite samples."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from gnnconv_lib import activations, descent, dual, graphs
from gnnconv_lib.averaging_gnn import (
    Polar,
    Weights,
    approximate_direction,
    collect,
    graph_pairs,
    graph_sample,
    mean_square,
    mean_squared_derivative,
    node_experiment,
    node_pairs,
    node_sample,
    polar,
    population_map,
    population_model,
    predict,
    random_attention,
    random_weights,
    run,
    xi_graph,
    xi_node,
)
from gnnconv_lib.validation import InvalidInput

NAMES = tuple(n for n in activations.names() if np.isfinite(activations.get(n).lipschitz))
MIXED = (graphs.path(3), graphs.empty(2), graphs.star(4))


def mixed_pairs():
    collection = collect(MIXED)
    return graph_pairs(collection, random_attention(collection, 7))


def m_by_dual(pairs, name, cosines):
    """M at each cosine: one call of the dual per pair of scales."""
    cosines = np.atleast_1d(cosines)
    entries = zip(pairs.weight, pairs.rho, pairs.scale_x, pairs.scale_y, strict=True)
    return sum(w * np.asarray(dual.dual(name, cosines * r, x, y)) for w, r, x, y in entries)


@pytest.mark.parametrize("name", NAMES)
def test_gap_against_the_dual(name):
    angles = np.array([0.0, 0.3, 1.0, np.pi / 2, 2.5, np.pi])
    for pairs in (node_pairs(graphs.star(4)), graph_pairs(MIXED[:2], "average")):
        model = population_map(pairs, name)
        expected = m_by_dual(pairs, name, np.cos(angles))
        assert float(model.second_moment) == pytest.approx(expected[0], rel=1e-13)
        np.testing.assert_allclose(
            model.gap(angles), expected[0] - expected, rtol=1e-11, atol=1e-15
        )
        assert float(model.gap(0.0)) == 0.0


def test_pairs_by_hand():
    """All pairs of nodes within each graph, one after the other."""
    pairs, total = mixed_pairs(), 0.0
    weights = random_attention(collect(MIXED), 7)
    first = 0
    for member in MIXED:
        closed = member.adjacency.toarray() + np.eye(member.nodes)
        P = closed / closed.sum(axis=1, keepdims=True)
        tau = np.sqrt(np.diag(P @ P.T))
        a = weights[first : first + member.nodes]
        rho = np.clip((P @ P.T) / np.outer(tau, tau), -1, 1)
        values = np.array(
            [
                [float(dual.dual("sigmoid", rho[k, m], tau[k], tau[m])) for m in range(len(a))]
                for k in range(len(a))
            ]
        )
        total += a @ values @ a / len(MIXED)
        first += member.nodes
    assert float(population_map(pairs, "sigmoid").second_moment) == pytest.approx(total, rel=1e-13)
    assert pairs.weight.sum() == pytest.approx(1.0, rel=1e-14)
    assert np.all(pairs.rho[pairs.scale_x == pairs.scale_y] <= 1.0)


@pytest.mark.parametrize("name", NAMES)
def test_pairs_know_xi(name):
    graph = graphs.erdos_renyi(40, 0.1, 2)
    assert node_pairs(graph).xi(name) == pytest.approx(xi_node(graph, name, "mean"), rel=1e-13)
    collection = collect(MIXED)
    readout = random_attention(collection, 7)
    assert mixed_pairs().xi(name) == pytest.approx(xi_graph(collection, readout, name), rel=1e-13)
    moment = population_map(graph, name).second_moment
    squares = mean_square(name, (graph.degrees + 1.0) ** -0.5).mean()
    assert float(moment) == pytest.approx(squares, rel=1e-13)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("angle", [1e-6, 1e-100])
def test_gap_is_relatively_accurate_at_tiny_angles(name, angle):
    """M(1) - M(cos t) = t^2/2 mean(tau^2 E sigma'(tau Z)^2) (1 + O(t))."""
    graph = graphs.star(4)
    tau = (graph.degrees + 1.0) ** -0.5
    slope = np.mean(tau**2 * mean_squared_derivative(name, tau))
    gap = float(population_map(graph, name).gap(angle))
    assert gap == pytest.approx(angle**2 / 2 * slope, rel=max(2 * angle, 1e-13))


@pytest.mark.parametrize("angle", [1e-30, 1e-9, 1e-3, 1.0, 3.1415])
def test_relu_gap_against_fifty_digits(angle):
    with mpmath.workdps(90):
        t = mpmath.mpf(angle)
        s = (mpmath.sin(t) + (mpmath.pi - t) * mpmath.cos(t)) / mpmath.pi
        expected = float((1 - s) / 2)
    gap = float(population_map(graphs.empty(1), "relu").gap(angle))
    assert gap == pytest.approx(expected, rel=1e-14)


def sampled_directions(W, v, teacher, name, level, batches=60):
    """Means and standard errors of lines 4 and 5 over fresh features and noise."""
    generator = np.random.default_rng(11)
    found = []
    if level == "node":
        union = graphs.disjoint_union(*[graphs.star(4)] * 100)
        xi = xi_node(graphs.star(4), name, "mean")
    else:
        union = collect(MIXED * 60)
        readout = np.tile(random_attention(collect(MIXED), 7), 60)
        xi = xi_graph(union, readout, name)
    nodes = union.nodes if level == "node" else union.union.nodes
    labels = nodes if level == "node" else union.number
    for _ in range(batches):
        H = generator.standard_normal((nodes, W.shape[0]))
        noise = 0.2 * generator.standard_normal(labels)
        if level == "node":
            data = node_sample(union, H, noise, name)
        else:
            data = graph_sample(union, H, noise, readout, name)
        data = data.with_labels(predict(*teacher, data) + noise)
        G, g = approximate_direction(W, v, data, xi)
        found.append(np.append(np.ravel(G), g))
    return np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(batches)


@pytest.mark.parametrize(
    ("name", "level"),
    [(name, "node") for name in NAMES]
    + [(name, "graph") for name in ("relu", "leaky_relu(0.2)", "sigmoid", "tanh")],
)
def test_directions_against_monte_carlo(name, level):
    teacher = random_weights(2, 2, 1)
    W, v = random_weights(2, 2, 2)
    pairs = node_pairs(graphs.star(4)) if level == "node" else mixed_pairs()
    exact = population_model(pairs, teacher, name).directions(Weights(W, v))
    expected = np.append(np.ravel(exact.W), exact.v)
    mean, error = sampled_directions(W, v, teacher, name, level)
    assert np.all(error < 0.05 * np.abs(expected).max())
    assert np.all(np.abs(mean - expected) < 5 * error)


@pytest.mark.parametrize(
    ("name", "level"),
    [(name, "node") for name in NAMES] + [(name, "graph") for name in ("relu", "tanh")],
)
def test_directions_against_automatic_differentiation(name, level):
    """Line 5 averages to half the slope of the population loss in v."""
    pairs = node_pairs(graphs.star(4)) if level == "node" else mixed_pairs()
    teacher = random_weights(3, 2, 1)
    model = population_model(pairs, teacher, name)
    start = Weights(*map(jnp.asarray, random_weights(3, 2, 2)))
    half = jax.grad(lambda weights: model.loss(weights) / 2)(start)
    found = model.directions(start)
    np.testing.assert_allclose(found.v, half.v, rtol=1e-11, atol=1e-14)
    if name == "identity":
        np.testing.assert_allclose(found.W * model.xi, half.W, rtol=1e-12, atol=1e-15)
    at_teacher = model.directions(model.teacher)
    np.testing.assert_allclose(at_teacher.W, 0, atol=1e-14)
    np.testing.assert_allclose(at_teacher.v, 0, atol=1e-14)
    assert abs(float(model.loss(model.teacher))) < 1e-14


@pytest.mark.parametrize("name", NAMES)
def test_one_unit_map_is_the_general_update(name):
    normalization = "sum" if name in ("relu", "tanh") else "mean"
    graph = graphs.star(4)
    W_star, v_star = np.array([[1.0], [0.0], [0.0]]), np.array([-0.8])
    angle, v = 2.1, 0.7
    W = np.array([[np.cos(angle)], [0.0], [np.sin(angle)]])
    general = population_model(graph, (W_star, v_star), name, normalization)
    special = population_map(graph, name, -0.8, normalization)
    weights, state = Weights(W, np.array([v])), Polar(angle, v + 0.8)
    for _ in range(3):
        assert float(special.loss(state)) == pytest.approx(float(general.loss(weights)), rel=1e-12)
        weights, state = general.update(weights, 0.4), special.update(state, 0.4)
        turned, error = polar(*weights, W_star, v_star)
        assert abs(float(state.angle)) == pytest.approx(float(turned), rel=1e-12)
        assert float(state.error) == pytest.approx(float(error), rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_w_follows_one_law_on_every_graph(name):
    """Near the teacher the angle shrinks by 1 - alpha v*^2, v's error by 1 - alpha M(1)."""
    for source in (graphs.star(4), graphs.complete(30), mixed_pairs()):
        model = population_map(source, name, v_star=0.9)
        after = model.update(Polar(1e-9, 0.0), 0.3)
        assert float(after.angle) == pytest.approx((1 - 0.3 * 0.81) * 1e-9, rel=1e-12)
        after = model.update(Polar(0.0, 1e-9), 0.3)
        shrink = 1 - 0.3 * float(model.second_moment)
        assert float(after.error) == pytest.approx(shrink * 1e-9, rel=1e-14)


def test_finite_samples_follow_the_map_where_nodes_are_independent():
    made = node_experiment("tanh", graph=graphs.empty(50_000), seeds=[4])
    v_star = float(made.teacher.v[0, 0])
    path = run(*made.start, made.data, made.xi_mean, 0.5, 40, records=range(41))
    begin = polar(*made.start, *made.teacher)
    model = population_map(graphs.empty(1), "tanh", v_star)
    exact = descent.run(
        model,
        Polar(float(begin.angle[0]), float(begin.error[0])),
        0.5,
        40,
        records=range(41),
    )
    found = polar(*path.parameters, made.teacher.W[None], made.teacher.v[None])
    np.testing.assert_allclose(found.angle[:, 0], exact.parameters.angle, atol=7 / np.sqrt(50_000))
    np.testing.assert_allclose(found.error[:, 0], exact.parameters.error, atol=7 / np.sqrt(50_000))
    # The loss of the sample is the population's plus the noise's variance 0.04.
    np.testing.assert_allclose(path.losses[:, 0], exact.losses + 0.04, atol=0.01)


def test_map_runs_to_the_smallest_numbers():
    model = population_map(graphs.complete(3), "relu", 1.2)
    path = descent.run(model, Polar(1.5, 0.4), 0.5, 20_000, target=1e-280)
    assert path.status == "converged"
    assert abs(path.final.angle) < 1e-130
    assert abs(path.final.error) < 1e-130


def test_degenerate_states_of_the_map():
    model = population_map(graphs.empty(1), "relu", 1.0)
    still = model.update(Polar(1.0, -1.0), 0.1)  # v = 0: W does not move
    assert float(still.angle) == pytest.approx(1.0, rel=1e-15)
    assert float(still.error) > -1.0
    opposite = model.update(Polar(jnp.pi, 0.0), 0.1)
    assert abs(float(opposite.angle)) == pytest.approx(np.pi, rel=1e-15)
    zero = population_map(graphs.empty(1), "identity", 0.0)
    assert np.isnan(float(zero.update(Polar(1.0, 1.0), 1.0).angle))
    assert descent.run(zero, Polar(1.0, 1.0), 1.0, 10).status == "diverged"
    assert descent.run(model, Polar(1.0, 0.5), 50.0, 10_000).status == "diverged"
    batch = model.update(Polar(np.array([0.5, 1.0]), np.array([0.1, 0.2])), 0.1)
    assert batch.angle.shape == (2,)


def test_polar_near_both_ends():
    star = np.array([[1.0], [0.0]])
    for angle in (1e-12, 1e-3, 3.0, np.pi):
        W = np.array([[np.cos(angle)], [np.sin(angle)]])
        found = polar(W, [0.0], star, [0.0]).angle
        assert float(found) == pytest.approx(angle, rel=1e-14)


def test_zero_columns_are_allowed():
    teacher = (np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([1.0, 1.0]))
    for name in ("relu", "sigmoid"):
        model = population_model(graphs.path(3), teacher, name)
        found = model.update(Weights(jnp.eye(2)[:, :1] @ jnp.ones((1, 2)) / 2, jnp.ones(2)), 0.1)
        assert np.all(np.isfinite(found.W))
        assert np.all(np.isfinite(found.v))


def test_only_the_product_is_pulled_for_relu():
    """Two units that copy half of the teacher each: W v = W* v*, and W does not move."""
    w = np.array([[0.6], [0.8]])
    teacher = (np.hstack([w, 0 * w]), np.array([1.0, 0.0]))
    split = Weights(np.hstack([w, w]) / np.sqrt(2), np.full(2, 1 / np.sqrt(2)))
    found = population_model(graphs.cycle(5), teacher, "relu").directions(split)
    np.testing.assert_allclose(found.W, 0, atol=1e-15)
    np.testing.assert_allclose(found.v, 0, atol=1e-15)


def test_bad_input():
    with pytest.raises(InvalidInput, match="smooth or positively homogeneous"):
        population_map(graphs.path(2), "step")
    with pytest.raises(InvalidInput, match="smooth or positively homogeneous"):
        population_model(graphs.path(2), random_weights(2, 1, 0), "sign")
    with pytest.raises(InvalidInput, match="columns of norm at most 1"):
        population_model(graphs.path(2), (2 * np.eye(2), np.ones(2)), "relu")
    with pytest.raises(InvalidInput, match="teacher must have shapes"):
        population_model(graphs.path(2), (np.eye(2), np.ones(3)), "relu")
    with pytest.raises(InvalidInput, match="v_star must be"):
        population_map(graphs.path(2), "relu", float("nan"))
    with pytest.raises(InvalidInput, match="one column"):
        polar(np.eye(2), np.ones(2), np.eye(2), np.ones(2))
