"""Other positively homogeneous activations in the ReLU's place: quadrature, sampling, derivatives."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate

import gnnconv_lib as gc
from gnnconv_lib import activations, dual, monte_carlo, relu_gnn

GRAPHS = {
    "star": gc.graphs.star(4),
    "path": gc.graphs.path(5),
    "complete": gc.graphs.complete(3),
    "single": gc.graphs.empty(1),
}
TWO_UNITS = np.array([[0.7, -1.1, 0.4], [0.2, 0.9, -0.3]])
TEACHERS = np.array([[1.0, 0.3, 0.0], [-0.5, 0.6, 1.2]])
STEEP = activations.custom(lambda t: jnp.where(t < 0, -0.4 * t, 1.7 * t), name="steep")
SHARES = {
    "relu": (0.5, 0.0),
    "identity": (0.0, 1.0),
    "leaky_relu(0.2)": (0.32, 0.2),
    "leaky_relu(-1)": (2.0, -1.0),
    STEEP: (2.1**2 / 2, -0.4 * -1.7 * -1),
}


@pytest.mark.parametrize("activation", SHARES, ids=str)
def test_shares_are_those_of_the_slopes(activation):
    assert relu_gnn.two_slopes(activation) == pytest.approx(SHARES[activation], rel=1e-14)


def by_quadrature(sigma, correlation):
    """E[sigma(X) sigma(Y)] by polar coordinates, where a positively homogeneous sigma is radial."""
    angle = np.arccos(correlation)

    def integrand(t):
        return float(sigma(np.cos(t))) * float(sigma(np.cos(t - angle)))

    breaks = sorted(x % (2 * np.pi) for k in (0.5, 1.5) for x in (k * np.pi, k * np.pi + angle))
    edges = [0.0, *breaks, 2 * np.pi]
    parts = [integrate.quad(integrand, a, b, epsabs=1e-13)[0] for a, b in itertools.pairwise(edges)]
    return sum(parts) / np.pi


@pytest.mark.parametrize("activation", SHARES, ids=str)
@pytest.mark.parametrize("name", GRAPHS)
def test_sums_and_loss_agree_with_quadrature(activation, name):
    sigma, measure = activations.get(activation), gc.summaries.overlap(GRAPHS[name])
    cosine = -0.35
    pairs = list(zip(measure.mass, measure.rho, strict=True))
    full = sum(m * by_quadrature(sigma, rho) for m, rho in pairs)
    mixed = sum(m * by_quadrature(sigma, rho * cosine) for m, rho in pairs)
    A, B, _ = relu_gnn.sums(GRAPHS[name], cosine, activation)
    assert [float(A), float(B)] == pytest.approx([full, mixed], rel=1e-10)
    w = [1.4 * cosine, 1.4 * np.sqrt(1 - cosine**2)]
    wanted = full * (1.4**2 + 1) / 2 - 1.4 * mixed
    assert float(relu_gnn.loss(w, [1.0, 0.0], measure, activation)) == pytest.approx(wanted)


@pytest.mark.parametrize("activation", SHARES, ids=str)
def test_loss_and_gradient_agree_with_sampling(activation):
    graph = GRAPHS["star"]
    value, slope = monte_carlo.loss_and_gradient(
        TWO_UNITS, TEACHERS, graph, 40_000, 3, activation=activation
    )
    assert abs(value.z_score(float(relu_gnn.loss(TWO_UNITS, TEACHERS, graph, activation)))) < 4.5
    exact = np.asarray(relu_gnn.gradient(TWO_UNITS, TEACHERS, graph, activation))
    assert np.abs(slope.z_score(exact)).max() < 4.5
    other = np.asarray(relu_gnn.gradient(TWO_UNITS, TEACHERS, graph))
    assert np.abs(slope.z_score(other)).max() > 10


@pytest.mark.parametrize("activation", SHARES, ids=str)
@pytest.mark.parametrize("name", GRAPHS)
def test_derivatives_agree_with_automatic_differentiation(activation, name):
    graph = gc.summaries.overlap(GRAPHS[name])

    def textbook(W):
        total = 0.0
        for w, v in zip(W, TEACHERS, strict=True):
            l, m = jnp.linalg.norm(w), jnp.linalg.norm(v)  # noqa: E741
            by_pair = [jnp.asarray(graph.rho), jnp.asarray(graph.rho) * (w @ v) / (l * m)]
            full, mixed = (jnp.sum(graph.mass * dual.dual(activation, rho)) for rho in by_pair)
            total = total + full * (l**2 + m**2) / 2 - l * m * mixed
        return total

    if activation is STEEP:  # its dual is a series, which is not the closed form's peer
        pytest.skip("the dual of an own activation has its own tests")
    wanted = jax.grad(textbook)(jnp.asarray(TWO_UNITS))
    got = relu_gnn.gradient(TWO_UNITS, TEACHERS, graph, activation)
    assert np.allclose(got, wanted, rtol=1e-10, atol=1e-12)
    again = jax.grad(lambda W: relu_gnn.loss(W, TEACHERS, graph, activation))(TWO_UNITS)
    assert np.allclose(again, got, rtol=1e-12)
    second = jax.hessian(lambda w: relu_gnn.loss(w, TEACHERS[0], graph, activation))(TWO_UNITS[0])
    assert np.allclose(
        relu_gnn.hessian(TWO_UNITS[0], TEACHERS[0], graph, activation), second, rtol=1e-11
    )
    slope = jax.grad(lambda c: relu_gnn.sums(graph, c, activation)[1])(0.3)
    assert float(slope) == pytest.approx(float(relu_gnn.sums(graph, 0.3, activation)[2]))


@pytest.mark.parametrize("activation", SHARES, ids=str)
def test_descent_in_two_numbers_is_descent_on_the_weights(activation):
    graph = GRAPHS["path"]
    fast = gc.descent.run_relu(TWO_UNITS, TEACHERS, graph, 0.004, 40, activation)
    model = relu_gnn.full_model(graph, TEACHERS, activation)
    slow = gc.descent.run(model, jnp.asarray(TWO_UNITS), 0.004, 40)
    assert np.allclose(fast.losses, slow.losses, rtol=1e-10)
    w, losses = TWO_UNITS, []
    for _ in range(3):
        losses.append(float(relu_gnn.loss(w, TEACHERS, graph, activation)))
        w = w - 0.004 * np.asarray(relu_gnn.gradient(w, TEACHERS, graph, activation))
    assert np.allclose(losses, fast.losses[:3], rtol=1e-12)
    chains = gc.descent.run_relu(
        np.stack([TWO_UNITS] * 2), TEACHERS, [graph] * 2, [0.004, 0.002], 40, activation
    )
    assert np.allclose(chains.losses[:, 0], fast.losses, rtol=1e-12)
    assert chains.losses[-1, 1] > chains.losses[-1, 0]


def test_identity_is_a_linear_regression():
    """With sigma(t) = t the loss is S |w - w*|^2 / 2, and one step of size 1 / S ends it."""
    graph = GRAPHS["star"]
    messages = float(np.sum((graph.adjacency.toarray() + np.eye(5)).sum(axis=0) ** 2))
    run = gc.descent.run_relu([3.0, 1.0], [1.0, 0.0], graph, 1 / messages, 1, "identity")
    assert run.losses[0] == pytest.approx(messages * 5 / 2)
    assert run.losses[1] < 1e-25


def test_the_scaled_relu_is_untouched():
    assert isinstance(relu_gnn.full_model(GRAPHS["path"], TEACHERS), relu_gnn.FullModel)
    ours = activations.custom(lambda t: np.sqrt(2) * jnp.maximum(t, 0), kinks=[0.0])
    wanted = relu_gnn.loss(TWO_UNITS, TEACHERS, GRAPHS["path"])
    assert float(relu_gnn.loss(TWO_UNITS, TEACHERS, GRAPHS["path"], ours)) == pytest.approx(
        float(wanted), rel=1e-14
    )


def test_it_runs_under_jit():
    graph = gc.summaries.overlap(GRAPHS["path"])
    value = jax.jit(lambda W: relu_gnn.loss(W, TEACHERS, graph, lambda t: jnp.abs(t)))(TWO_UNITS)
    assert float(value) == pytest.approx(
        float(relu_gnn.loss(TWO_UNITS, TEACHERS, graph, "leaky_relu(-1)")), rel=1e-13
    )


@pytest.mark.parametrize("activation", ["tanh", "step", "softplus", lambda t: t**2, jax.nn.relu6])
def test_others_are_refused_with_what_to_use(activation):
    graph = GRAPHS["path"]
    for call in (
        lambda: relu_gnn.loss(TWO_UNITS, TEACHERS, graph, activation),
        lambda: relu_gnn.gradient(TWO_UNITS, TEACHERS, graph, activation),
        lambda: relu_gnn.hessian(TWO_UNITS[0], TEACHERS[0], graph, activation),
        lambda: relu_gnn.sums(graph, 0.5, activation),
        lambda: relu_gnn.full_model(graph, TEACHERS, activation),
        lambda: relu_gnn.reduced_model(graph, 1.0, activation),
        lambda: relu_gnn.reduced_loss(0.1, 0.2, graph, activation),
        lambda: relu_gnn.reduced_gradient(0.1, 0.2, graph, activation),
        lambda: relu_gnn.reduced_hessian(0.1, 0.2, graph, activation),
        lambda: relu_gnn.polar_step(relu_gnn.Polar(1.0, 0.5), graph, 0.1, activation),
        lambda: gc.descent.run_relu(TWO_UNITS, TEACHERS, graph, 0.1, 3, activation),
    ):
        with pytest.raises(gc.InvalidInput, match=r"positively homogeneous.*monte_carlo.loss") as e:
            call()
        assert "\n" not in str(e.value)
    with pytest.raises(gc.InvalidInput, match="must not vanish everywhere"):
        relu_gnn.two_slopes(lambda t: 0 * t)


@pytest.mark.parametrize("activation", SHARES, ids=str)
@pytest.mark.parametrize("name", GRAPHS)
def test_reduced_coordinates_agree_with_quadrature_and_derivatives(activation, name):
    """Unit teachers: L = A (l^2 + 1) / 2 - l B(c), its A and B by quadrature, then by `jax`."""
    sigma, graph = activations.get(activation), gc.summaries.overlap(GRAPHS[name])
    pairs = list(zip(graph.mass, graph.rho, strict=True))
    u, beta = np.array([0.4, -1.7]), np.array([-0.8, 0.6])
    length = np.hypot(1 + u, beta)
    full = sum(m * by_quadrature(sigma, rho) for m, rho in pairs)
    for place, cosine in enumerate((1 + u) / length):
        mixed = sum(m * by_quadrature(sigma, rho * cosine) for m, rho in pairs)
        wanted = full * (length[place] ** 2 + 1) / 2 - length[place] * mixed
        got = relu_gnn.reduced_loss(u, beta, graph, activation)[place]
        assert float(got) == pytest.approx(wanted, rel=1e-9)

    def textbook(point):
        on = point.at[0].add(1)
        return relu_gnn.loss(on, jnp.array([1.0, 0.0]), graph, activation)

    for point in np.stack([u, beta], axis=-1):
        slope = relu_gnn.reduced_gradient(*point, graph, activation)
        assert np.allclose(slope, jax.grad(textbook)(jnp.asarray(point)), rtol=1e-11, atol=1e-11)
        second = jax.jacfwd(
            lambda at: jnp.stack(relu_gnn.reduced_gradient(at[0], at[1], graph, activation))
        )(jnp.asarray(point))
        got = relu_gnn.reduced_hessian(*point, graph, activation)
        assert np.allclose(got, second, rtol=1e-9, atol=1e-9)
        assert np.abs(np.linalg.eigvalsh(got) - full).min() < 1e-9 * max(1.0, abs(full))


@pytest.mark.parametrize("activation", SHARES, ids=str)
def test_reduced_coordinates_agree_with_sampling(activation):
    graph, at = GRAPHS["star"], (-0.6, 1.1)
    w, teacher = [1 + at[0], at[1]], [1.0, 0.0]
    value, slope = monte_carlo.loss_and_gradient(w, teacher, graph, 40_000, 5, activation)
    assert abs(value.z_score(float(relu_gnn.reduced_loss(*at, graph, activation)))) < 4.5
    exact = np.asarray(relu_gnn.reduced_gradient(*at, graph, activation))
    assert np.abs(slope.z_score(exact)).max() < 4.5
    other = np.asarray(relu_gnn.reduced_gradient(*at, graph))
    assert np.abs(slope.z_score(other)).max() > 10


@pytest.mark.parametrize("activation", SHARES, ids=str)
@pytest.mark.parametrize("name", GRAPHS)
def test_every_step_of_descent_is_the_same_one(activation, name):
    """In the weights, in (u, beta) and in length and angle; at w = 0 by the paper's convention."""
    graph, rate = GRAPHS[name], 0.01
    u, beta = np.array([0.4, -1.7]), np.array([0.8, 0.6])
    at = relu_gnn.Reduced(jnp.asarray(u), jnp.asarray(beta))
    w = np.stack([1 + u, beta], axis=-1)
    teachers = np.tile([1.0, 0.0], (2, 1))
    slope = np.asarray(relu_gnn.gradient(w, teachers, graph, activation))
    wanted = w - rate * slope - teachers
    model = relu_gnn.reduced_model(graph, np.ones(2), activation)
    assert np.allclose(np.stack(model.update(at, rate), axis=-1), wanted, rtol=1e-12)
    assert float(model.loss(at)) == pytest.approx(
        float(relu_gnn.loss(w, teachers, graph, activation)), rel=1e-12
    )
    polar = relu_gnn.polar_step(relu_gnn.to_polar(at), graph, rate, activation)
    assert np.allclose(relu_gnn.from_polar(polar).u, wanted[:, 0], rtol=1e-11)
    assert np.allclose(relu_gnn.from_polar(polar).beta, np.abs(wanted[:, 1]), rtol=1e-11)
    origin = relu_gnn.reduced_gradient(-1.0, 0.0, graph, activation)
    assert np.allclose(
        origin, relu_gnn.gradient([0.0, 0.0], [1.0, 0.0], graph, activation), atol=1e-13
    )
    several = relu_gnn.reduced_model([graph, GRAPHS["star"]], np.ones(2), activation)
    axes = relu_gnn.TwoSlopeModel(relu_gnn.ReducedModel(0, 0), None)
    point = relu_gnn.Reduced(at.u[0], at.beta[0])
    batched = jax.vmap(lambda model: model.loss(point), in_axes=(axes,))(several)
    for got, entry in zip(batched, (graph, GRAPHS["star"]), strict=True):
        alone = relu_gnn.reduced_loss(u[0], beta[0], entry, activation)
        assert float(got) == pytest.approx(float(alone), rel=1e-12)


@pytest.mark.parametrize(
    "activation",
    [*SHARES, "tanh", "step", "softplus", pytest.param(jax.nn.relu6, id="relu6")],
    ids=str,
)
def test_outputs_on_given_features_are_those_of_the_definition(activation):
    graph, sigma = GRAPHS["star"], activations.get(activation)
    features = np.random.default_rng(0).normal(size=(3, graph.nodes, 3))
    closed = graph.adjacency.toarray() + np.eye(graph.nodes)
    wanted = [
        [sum(float(sigma(w @ x)) for x in closed @ sample) for w in TWO_UNITS]
        for sample in features
    ]
    got = relu_gnn.forward(features, TWO_UNITS, graph, activation=activation)
    assert got == pytest.approx(np.array(wanted), rel=1e-13)
    assert not np.allclose(got, relu_gnn.forward(features, TWO_UNITS, graph))
    with pytest.raises(gc.InvalidInput, match="activation must be one of"):
        relu_gnn.forward(features, TWO_UNITS, graph, activation="sine")
