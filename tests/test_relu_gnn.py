"""Sums and loss of the one-round ReLU GNN: brute force, high precision, quadrature, bad input."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, strategies as st

import gnnconv_lib as gc
from gnnconv_lib import relu_gnn
from gnnconv_lib.kernels.gd_chains.pair_terms import _EXCESS
from gnnconv_lib.relu_gnn.pair_terms import pair_table
from gnnconv_lib.witnesses import relu_pairs
from gnnconv_lib.witnesses.relu_dual import relu_dual

FAMILIES = {
    "complete": lambda: gc.graphs.complete(4),
    "edge": lambda: gc.graphs.complete(2),
    "single": lambda: gc.graphs.empty(1),
    "isolated": lambda: gc.graphs.empty(3),
    "star": lambda: gc.graphs.star(5),
    "path": lambda: gc.graphs.path(6),
    "cycle": lambda: gc.graphs.cycle(7),
    "petersen": gc.graphs.petersen,
    "cliques": lambda: gc.graphs.disjoint_cliques(3, 4),
    "regular": lambda: gc.graphs.random_regular(30, 5, seed=1),
    "irregular": lambda: gc.graphs.erdos_renyi(25, 0.2, seed=2),
    "grid": lambda: gc.graphs.grid(3, 4),
}


@pytest.fixture(params=FAMILIES)
def graph(request):
    return FAMILIES[request.param]()


@pytest.mark.parametrize("cos", [-1.0, -0.6, 0.0, 0.3, 1.0])
def test_sums_agree_with_all_pairs(graph, cos):
    for got, wanted in zip(
        relu_gnn.sums(graph, cos), relu_pairs.pair_sums(graph, cos), strict=True
    ):
        assert float(got) == pytest.approx(wanted, rel=1e-13, abs=1e-7 if cos == -1 else 1e-13)


def test_sums_have_the_shape_of_the_cosines_and_take_measures():
    overlap = gc.summaries.overlap(gc.graphs.petersen())
    cosines = np.linspace(-1, 1, 6).reshape(2, 3)
    for values in relu_gnn.sums(overlap, cosines):
        assert values.shape == (2, 3)
    A, B, C = relu_gnn.sums(overlap, 1.0)
    assert float(A) == pytest.approx(float(B), rel=1e-15)
    assert 0 < float(C) < float(A)


def test_slope_is_the_derivative_of_the_mixed_sum(graph):
    import jax

    for cos in (-0.7, 0.1, 0.9):
        slope = jax.grad(lambda c: relu_gnn.sums(graph, c)[1])(cos)
        assert float(slope) == pytest.approx(float(relu_gnn.sums(graph, cos)[2]), rel=1e-13)


def test_loss_agrees_with_all_pairs(graph):
    random = np.random.default_rng(3)
    W, W_star = random.normal(size=(3, 4)), random.normal(size=(3, 4))
    wanted = relu_pairs.loss(graph, W, W_star)
    assert float(relu_gnn.loss(W, W_star, graph)) == pytest.approx(wanted, rel=1e-13)
    by_unit = [float(relu_gnn.loss(w, v, graph)) for w, v in zip(W, W_star, strict=True)]
    assert sum(by_unit) == pytest.approx(wanted, rel=1e-13)


def test_loss_agrees_with_quadrature_on_an_edge():
    """On K_2 both nodes receive x_1 + x_2: one Gaussian pair, by a polar integral."""
    w, v = np.array([0.7, -1.1]), np.array([1.3, 0.4])
    # loss = (1/2) E (2 sigma(w.x) - 2 sigma(v.x))^2 with x ~ N(0, 2 I); E|x|^2 = 4.
    angles = np.linspace(0, 2 * np.pi, 200_001)[:-1]
    unit = np.stack([np.cos(angles), np.sin(angles)])
    gap = 2 * np.sqrt(2) * (np.maximum(w @ unit, 0) - np.maximum(v @ unit, 0))
    wanted = (gap**2).mean() / 2 * 4
    got = float(relu_gnn.loss(w, v, gc.graphs.complete(2)))
    assert got == pytest.approx(wanted, rel=1e-9)


def exact_loss(graph, u, beta):
    """The textbook loss of a unit teacher at 120 digits, from exact integers d_ij."""
    overlap = gc.summaries.overlap(graph)
    alpha = 1 + u
    length = mp.sqrt(alpha**2 + beta**2)
    total = mp.mpf(0)
    for rho, mass in zip(np.asarray(overlap.rho), np.asarray(overlap.mass), strict=True):
        rho, mass = mp.mpf(float(rho)), mp.mpf(float(mass))
        full, mixed = relu_dual(rho, mp), relu_dual(rho * alpha / length, mp)
        total += mass * (full * (length**2 + 1) / 2 - length * mixed)
    return total


@pytest.mark.parametrize("name", ["regular", "star", "complete", "cliques"])
def test_loss_keeps_its_relative_accuracy_down_to_1e_18(name):
    graph = FAMILIES[name]()
    overlap = gc.summaries.overlap(graph)
    worst = 0.0
    with mp.workdps(120):
        for exponent in np.linspace(0, -18, 19):
            for ratio in (0.0, 1e-9, 1.0, -0.5, -1.7):
                beta = float(10**exponent)
                u = ratio * beta
                got = float(relu_gnn.reduced_loss(u, beta, overlap))
                wanted = exact_loss(graph, mp.mpf(u), mp.mpf(beta))
                worst = max(worst, abs(float(got / wanted - 1)))
    assert worst <= 1e-14


def test_the_textbook_loss_fails_where_ours_does_not():
    """The planted failure: the accuracy test above would reject the textbook formula."""
    graph = FAMILIES["regular"]()
    beta = 1e-8
    naive = relu_pairs.loss(graph, [1.0, beta], [1.0, 0.0])
    with mp.workdps(60):
        wanted = float(exact_loss(graph, mp.mpf(0), mp.mpf(beta)))
    assert abs(naive / wanted - 1) > 0.1
    assert float(relu_gnn.loss([1.0, beta], [1.0, 0.0], graph)) == pytest.approx(wanted, rel=1e-14)


def test_float32_in_float32_out_and_accurate_near_the_optimum():
    graph = gc.graphs.random_regular(30, 5, seed=1)
    w, v = np.array([1, 1e-6], np.float32), np.array([1, 0], np.float32)
    got = relu_gnn.loss(w, v, graph)
    assert got.dtype == np.float32
    wanted = float(relu_gnn.reduced_loss(0.0, float(w[1]), graph))
    assert float(got) == pytest.approx(wanted, rel=2e-6)


@given(
    st.floats(-3, 3), st.floats(0, 3), st.floats(0.1, 10), st.sampled_from(["star", "irregular"])
)
def test_loss_is_nonnegative_homogeneous_and_of_two_numbers(u, beta, scale, name):
    graph = FAMILIES[name]()
    w, v = np.array([(1 + u), beta]) * scale, np.array([scale, 0.0])
    value = float(relu_gnn.loss(w, v, graph))
    assert value >= 0
    reduced = float(relu_gnn.reduced_loss(w[0] / scale - 1, w[1] / scale, graph))
    assert value == pytest.approx(scale**2 * reduced, rel=1e-12, abs=1e-12)


def test_degenerate_points_are_finite_and_right(graph):
    v = np.array([0.6, -0.8, 0.0])
    A, opposite, _ = (float(x) for x in relu_gnn.sums(graph, -1.0))
    assert float(relu_gnn.loss(v, v, graph)) == 0.0
    assert float(relu_gnn.loss(0 * v, v, graph)) == pytest.approx(A / 2, rel=1e-14)
    assert float(relu_gnn.loss(v, 0 * v, graph)) == pytest.approx(A / 2, rel=1e-14)
    assert float(relu_gnn.loss(-v, v, graph)) == pytest.approx(A - opposite, rel=1e-13)
    assert float(relu_gnn.loss(3 * v, v, graph)) == pytest.approx(2 * A, rel=1e-13)


def test_excess_coefficients_are_what_the_comment_says():
    with mp.workdps(40):
        for v in [1e-9, 0.01, 0.2, 0.5, 0.9, 1.0]:
            sine = mp.sqrt(mp.mpf(v) * (2 - mp.mpf(v)))
            wanted = (mp.acos(1 - mp.mpf(v)) - sine) / (sine * mp.mpf(v))
            got = sum(mp.mpf(c) * mp.mpf(v) ** k for k, c in enumerate(_EXCESS))
            assert abs(got / wanted - 1) < 1e-15


def test_forward_is_the_definition():
    graph = gc.graphs.path(3)
    features = np.random.default_rng(0).normal(size=(2, 3, 2))
    W = np.array([[1.0, 2.0], [-1.0, 0.5]])
    closed = [[0, 1], [0, 1, 2], [1, 2]]
    wanted = [
        [sum(np.sqrt(2) * max(w @ x[neighbors].sum(axis=0), 0) for neighbors in closed) for w in W]
        for x in features
    ]
    assert relu_gnn.forward(features, W, graph) == pytest.approx(np.array(wanted), rel=1e-14)
    one = relu_gnn.forward(features, W[0], graph)
    assert one == pytest.approx(np.array(wanted)[:, 0], rel=1e-14)
    assert not np.allclose(relu_gnn.forward(features, W, graph, "open"), wanted)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g: relu_gnn.loss(np.ones((2, 2, 2)), np.ones((2, 2, 2)), g), "W must be"),
        (lambda g: relu_gnn.loss(np.ones(2), np.ones(3), g), "W_star must be"),
        (lambda g: relu_gnn.loss(np.ones(2), np.ones(2), "graph"), "overlap must be"),
        (lambda g: relu_gnn.sums(g, 1.5), "cos must lie"),
        (lambda g: relu_gnn.sums(g, float("nan")), "cos must lie"),
        (lambda g: relu_gnn.hessian(np.zeros(2), np.ones(2), g), "w must not be zero"),
        (lambda g: relu_gnn.reduce(np.ones((1, 2)), np.zeros((1, 2))), "no zero row"),
        (lambda g: relu_gnn.reduced_model([]), "at least one graph"),
        (lambda g: relu_gnn.forward(np.ones((1, 3, 1)), [1.0], g), "features must have"),
        (lambda g: relu_gnn.forward(np.ones((1, 2, 1)), [1.0, 2.0], g), "W must have"),
        (lambda g: relu_gnn.forward(np.ones((1, 2, 1)), [1.0], g, "shut"), "neighborhood"),
    ],
)
def test_bad_input_is_one_sentence(call, words):
    with pytest.raises(gc.InvalidInput, match=words) as error:
        call(gc.graphs.complete(2))
    assert "\n" not in str(error.value)


def test_pair_table_of_padded_pairs_is_unchanged():
    graphs = [gc.graphs.star(4), gc.graphs.complete(3)]
    model = relu_gnn.reduced_model(graphs)
    for row, graph in enumerate(graphs):
        alone = relu_gnn.reduced_model(graph).table
        assert float(model.table.full[row]) == pytest.approx(float(alone.full), rel=1e-15)
    assert pair_table([0.0], [0.0]).full == 0
