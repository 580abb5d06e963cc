"""The claims on li2021's convergence can fail, and its paths agree with the library."""

import math

import numpy as np
import pytest

from gnnconv_lib import audit, averaging_gnn as ag, claims, graphs
from gnnconv_lib.audit import _overlaps
from gnnconv_lib.audit._averaging_paths import derivative_bound, mean_product, pairs, path
from gnnconv_lib.audit._exact_constants import ExactConstants
from gnnconv_lib.audit._two_unit_paths import STARTS, paths
from gnnconv_lib.audit.li2021.concentration import slopes
from gnnconv_lib.audit.li2021.convergence import wrong_networks
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.dual import dual
from gnnconv_lib.validation import InvalidInput


@pytest.mark.parametrize("name", ["relu", "tanh", "leaky_relu(0.2)", "sigmoid"])
def test_mean_products_against_duals(name):
    c = np.array([-1.0, -0.3, 0.0, 0.7, 1.0])
    expected = np.asarray(dual(name, c, 0.5, 0.5))
    assert np.allclose(mean_product(name, 4.0)(c), expected, rtol=1e-7, atol=1e-9)


def test_paths_agree_with_the_library():
    found = path(mean_product("relu", 3.0), [math.cos(0.8)], [0.3], 1.2, 0.4, 5)
    model = ag.population_map(graphs.complete(3), "relu", 1.2)
    state = ag.Polar(0.8, 0.3 - 1.2)
    for _ in range(5):
        state = model.update(state, 0.4)
    assert float(state.angle) == pytest.approx(found.angle[-1, 0], rel=1e-9)
    assert float(state.error) == pytest.approx(found.v[-1, 0] - 1.2, rel=1e-9)


def test_mean_products_at_graph_level_against_samples():
    """All five graphs of `pairs`, read out by averages, with the ReLU."""
    members = [graphs.path(3), graphs.star(4), graphs.complete(3), graphs.empty(2), graphs.empty(1)]
    rng, c, draws = np.random.default_rng(0), 0.3, 40_000
    total = np.zeros(draws)
    for member in members:
        first, other = rng.normal(size=(2, member.nodes, draws))
        second = c * first + math.sqrt(1 - c * c) * other
        outputs = [
            np.maximum(_overlaps.average_matrix(member) @ H, 0).mean(axis=0)
            for H in (first, second)
        ]
        total += outputs[0] * outputs[1] / len(members)
    error = total.std() / math.sqrt(draws)
    assert abs(total.mean() - float(mean_product("relu", 2.0, "graph")(c))) < 5 * error
    assert pairs(2.0, "graph").labels == 5


@pytest.mark.parametrize("level", ["node", "graph"])
@pytest.mark.parametrize("name", ["relu", "tanh", "softplus"])
def test_the_derivative_bound(name, level):
    c = np.linspace(0, 1, 2001)
    slope = np.diff(mean_product(name, 3.0, level)(c)) / np.diff(c)
    assert slope.max() <= derivative_bound(name, 3.0, level) * (1 + 1e-6)
    assert slope.min() >= -1e-9


def test_two_units_agree_with_the_library():
    """One averaged step against the mean over large samples."""
    W, v, W_star, v_star = (np.array(x, float) for x in STARTS[0])
    W, W_star = W / np.linalg.norm(W), W_star / np.linalg.norm(W_star)
    found, moved = paths(W[None], v[None], W_star[None], v_star[None], [0.3], [1.0], 1)
    graph = graphs.empty(200_000)
    H = np.random.default_rng(3).normal(size=(graph.nodes, 2))
    data = ag.node_sample(graph, H, np.zeros(graph.nodes), "relu")
    data = data.with_labels(ag.predict(W_star, v_star, data))
    state = ag.step(W, v, data, ag.xi_node(graph, "relu", "mean"), 0.3)
    assert np.allclose(np.asarray(state[0]), found[0, 1], atol=0.01)
    assert np.allclose(np.asarray(state[1]), moved[0, 1], atol=0.01)


def test_exchanged_units_are_the_same_network_by_hand():
    x = np.linspace(-2, 2, 9)[:, None]
    W, v = np.array([[0.6, 0.8]]), np.array([2.0, 1.0])
    assert np.allclose(np.tanh(x @ W) @ v, np.tanh(x @ W[:, ::-1]) @ v[::-1], rtol=0, atol=1e-15)
    student = np.maximum(x[:, 0], 0) * 1.4
    teacher = np.maximum(x @ W, 0) @ np.array([1.0, 1.0])
    assert np.allclose(student, teacher, rtol=0, atol=1e-15)


def undecided(name):
    """A claim decided anew, past the store."""
    return claims.decide(audit.check(name))


def plant(monkeypatch, name, change):
    monkeypatch.setattr(bounds, name, change(getattr(bounds, name)))


@pytest.mark.parametrize(
    ("changed", "change", "claim"),
    [
        ("corrected_rho", lambda f: lambda *a: 3 * f(*a), "li2021:theorem-2/population"),
        ("corrected_rho", lambda f: lambda *a: 3 * f(*a), "li2021:theorem-2/finite-samples"),
        ("corrected_floor", lambda f: lambda *a: (f(*a)[0], 0.5 * f(*a)[1]), "li2021:eq-47/floor"),
    ],
)
def test_planted_faults_are_seen(monkeypatch, changed, change, claim):
    plant(monkeypatch, changed, change)
    assert undecided(claim).verdict == "false"


@pytest.mark.parametrize(
    ("changed", "factor", "claim"),
    [
        ("equation_41_printed", 1.01, "li2021:eq-42"),
        ("equation_14_corrected", 1.001, "li2021:eq-14"),
    ],
)
def test_numbers_that_contradict_their_proof_are_refused(monkeypatch, changed, factor, claim):
    plant(monkeypatch, changed, lambda f: lambda s: factor * f(s))
    with pytest.raises(InvalidInput, match="the numbers contradict what symbolic evidence proves"):
        undecided(claim)


def test_repaired_constants_change_the_verdict(monkeypatch):
    monkeypatch.setattr(bounds, "equation_41_printed", bounds.equation_41_corrected)
    assert undecided("li2021:eq-41").verdict == "holds"
    monkeypatch.setattr(bounds, "equation_16_printed", bounds.equation_16_corrected)
    assert "root over the sum: holds" in undecided("li2021:eq-16").summary


def test_both_readings_are_run():
    """The literal reading is n times slower: the two paths differ."""
    M = mean_product("relu")
    slow, fast = (path(M, [0.5], [1.0], 1.0, 0.1, 50, gain) for gain in (0.1, 1.0))
    assert slow.error_W[-1, 0] > 2 * fast.error_W[-1, 0]


def test_star_spectrum_against_the_dense_matrix():
    _, share = slopes._star(3)  # eight leaves
    dense = np.linalg.svd(_overlaps.average_matrix(graphs.star(8)), compute_uv=False)[0] ** 2
    assert share * 9 == pytest.approx(dense, rel=1e-12)


@pytest.mark.parametrize(
    "graph", [graphs.complete(4), graphs.empty(4), graphs.star(5), graphs.empty(1)]
)
def test_effective_numbers(graph):
    one, two = _overlaps.effective_labels(graph), _overlaps.effective_size(graph)
    assert 1 - 1e-12 <= one <= graph.nodes + 1e-9
    assert 1 - 1e-12 <= two <= graph.nodes + 1e-9
    rho = _overlaps.correlations(graph)
    assert np.allclose(np.diag(rho), 1.0)
    assert rho.min() >= 0
    assert rho.max() <= 1 + 1e-12


def test_the_root_of_the_loss_is_that_of_samples():
    W, v, W_star, v_star = wrong_networks._arrays(next(iter(wrong_networks._STARTS)))
    X = np.random.default_rng(0).normal(size=(400_000, 2))
    squares = (np.maximum(X @ W, 0) @ v - np.maximum(X @ W_star, 0) @ v_star) ** 2
    error = 5 * squares.std() / math.sqrt(len(squares))
    assert wrong_networks._norm(W, v, W_star, v_star) ** 2 == pytest.approx(
        squares.mean(), abs=error
    )


def test_wrong_networks_are_fixed_points_of_the_library():
    """Averaged over the data, a step from where a run ends moves nothing, and the loss is not 0."""
    start = next(iter(wrong_networks._STARTS))
    _, _, W_star, v_star = wrong_networks._arrays(start)
    model = ag.population_model(graphs.empty(1), ag.Weights(W_star, v_star), "relu", "mean")
    for a, b in wrong_networks._SIGNS:
        W, v = wrong_networks._ends("mean")[start, a, b]
        after = model.update(ag.Weights(W, v), 0.001)
        assert np.allclose(after.W, W, atol=1e-6)
        assert np.allclose(after.v, v, atol=1e-6)
        loss = float(model.loss(ag.Weights(W, v)))
        assert loss == pytest.approx(wrong_networks._norm(W, v, W_star, v_star) ** 2, rel=1e-6)
        assert loss > 0.2


def test_runs_that_reach_the_teacher_are_no_witnesses(monkeypatch):
    def teacher(reading):
        return {(s, 1, 1): wrong_networks._arrays(s)[2:] for s in wrong_networks._STARTS}

    monkeypatch.setattr(wrong_networks, "_ends", teacher)
    assert audit.run("li2021:remark-3/outputs").verdict == "holds"


@pytest.mark.parametrize("reading", ["mean", "literal"])
def test_what_the_theorem_leaves_of_the_loss_without_rounding(reading):
    """(43) and (47) without floors: |v - v*| at most (47), |W - W*| at most (43), |W| = 1."""
    from flint import arb

    for start in wrong_networks._STARTS:
        entry = wrong_networks._entry(start)
        e, steps = ExactConstants(entry, lambda x: arb(float(x))), arb(wrong_networks.STEPS)
        of_v = e.error_of_v(steps) / arb(2).sqrt()
        allowed = float(of_v + e.x.target * e.error_of_W(steps))
        sides = wrong_networks.outputs_of_the_teacher(start, reading)
        assert sides.right == pytest.approx(allowed, rel=1e-9)
        assert entry.learning_rate < float(e.largest_step())
