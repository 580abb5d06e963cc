"""Xi of li2021, Eqs. (11)-(12): Stein's closed form against sums, sampling and derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate

import gnnconv_lib as gc
from gnnconv_lib import activations, graphs
from gnnconv_lib.averaging_gnn import (
    collect,
    erdos_renyi_collection,
    graph_sample,
    mean_derivative,
    mean_square,
    mean_squared_derivative,
    node_sample,
    random_attention,
    readouts,
    xi_empirical,
    xi_graph,
    xi_node,
)
from gnnconv_lib.validation import InvalidInput

NAMES = activations.names()
LIPSCHITZ = [name for name in NAMES if np.isfinite(activations.get(name).lipschitz)]


def averaging_matrix(graph):
    closed = graph.adjacency.toarray() + np.eye(graph.nodes)
    return closed / closed.sum(axis=1, keepdims=True)


def by_simpson(integrand):
    """E f(Z) by Simpson's rule on both sides of 0, where kinks and jumps are."""
    total = 0.0
    for side in (-1.0, 1.0):
        z = side * np.linspace(1e-300, 12.0, 24_001)
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        total += side * integrate.simpson(np.asarray(integrand(z)) * density, x=z)
    return total


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scale", [1.0, 0.05])
def test_stein_against_simpson(name, scale):
    sigma = activations.get(name)
    product = by_simpson(lambda z: z * sigma(scale * z))
    assert scale * mean_derivative(name, scale) == pytest.approx(product, rel=1e-12)
    assert mean_square(name, scale) == pytest.approx(
        by_simpson(lambda z: sigma(scale * z) ** 2), rel=1e-12
    )
    if np.isfinite(sigma.lipschitz):
        assert mean_squared_derivative(name, scale) == pytest.approx(
            by_simpson(lambda z: sigma.derivative(scale * z) ** 2), rel=1e-12
        )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_stein_against_automatic_differentiation(name, scale):
    """E sigma'(scale Z) is the slope at h = 0 of E sigma(scale Z + h), the density carrying h."""
    sigma = activations.get(name)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    edges = np.linspace(-12, 12, 49)
    half = np.diff(edges)[:, None] / 2
    u = jnp.asarray((edges[:-1, None] + half + half * nodes).ravel())
    weight = jnp.asarray((half * weights).ravel())

    def smoothed(h):
        density = jnp.exp(-((u - h / scale) ** 2) / 2) / jnp.sqrt(2 * jnp.pi)
        return jnp.sum(weight * density * sigma(scale * u))

    assert mean_derivative(name, scale) == pytest.approx(float(jax.grad(smoothed)(0.0)), rel=1e-12)


def test_known_values():
    tau = np.array([1.0, 0.5, 1e-3])
    for name in ("relu", "swish", "softplus", "gelu"):
        # All four have sigma(t) - sigma(-t) = t, and only the odd part counts.
        np.testing.assert_allclose(mean_derivative(name, tau), 0.5, rtol=2e-15)
    np.testing.assert_allclose(mean_derivative("leaky_relu(0.2)", tau), 0.6, rtol=2e-15)
    np.testing.assert_allclose(mean_derivative("identity", tau), 1.0, rtol=2e-15)
    np.testing.assert_allclose(
        mean_derivative("erf", tau), 2 / np.sqrt(np.pi * (1 + 2 * tau**2)), rtol=4e-15
    )
    np.testing.assert_allclose(mean_derivative("step", tau), 1 / (np.sqrt(np.pi) * tau), rtol=4e-15)
    np.testing.assert_allclose(mean_derivative("sigmoid", 1e-6), 0.25, rtol=1e-12)


def test_shifted_kinks_end_panels():
    shifted = activations.Activation(
        "shifted",
        lambda t: jnp.maximum(t - 0.37, 0.0),
        lambda t: jnp.where(t >= 0.37, 1.0, 0.0),
        1.0,
        True,
        False,
        (0.37,),
        0.0,
    )
    from scipy.special import ndtr

    np.testing.assert_allclose(
        mean_derivative(shifted, [1.0, 0.2]), ndtr([-0.37, -0.37 / 0.2]), rtol=1e-13
    )


@pytest.mark.parametrize("name", NAMES)
def test_node_level_against_monte_carlo(name):
    """All entries of E[X' sigma(X)], diagonal and not, within five standard errors."""
    graph = graphs.star(3)
    generator = np.random.default_rng(1)
    draws = generator.standard_normal((100_000, graph.nodes, 2))
    X = np.einsum("ij,sjd->sid", averaging_matrix(graph), draws)
    products = np.einsum("sia,sib->sab", X, np.asarray(activations.get(name)(X)))
    error = products.std(axis=0) / np.sqrt(len(products))
    expected = xi_node(graph, name, "sum") * np.eye(2)
    assert np.all(error < 0.02 * max(1.0, expected.max()))
    assert np.all(np.abs(products.mean(axis=0) - expected) < 5 * error)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("readout", ["average", "one node", "attention"])
def test_graph_level_against_monte_carlo(name, readout):
    members = [graphs.path(3), graphs.empty(1), graphs.star(3)]
    collection = collect(members)
    a = random_attention(collection, 5) if readout == "attention" else readout
    expected = xi_graph(collection, a, name)
    weights = readouts.weights(collection, a)
    generator = np.random.default_rng(2)
    total, variance, first = np.zeros((2, 2)), np.zeros((2, 2)), 0
    for member in members:
        inside = slice(first, first + member.nodes)
        H = generator.standard_normal((40_000, member.nodes, 2))
        X = np.einsum("ij,sjd->sid", averaging_matrix(member), H)
        images = np.asarray(activations.get(name)(X))
        left = np.einsum("i,sid->sd", weights[inside], X)
        right = np.einsum("i,sid->sd", weights[inside], images)
        products = left[:, :, None] * right[:, None, :]
        total += products.mean(axis=0) / 3
        variance += products.var(axis=0) / len(H) / 9
        first += member.nodes
    error = np.sqrt(variance)
    assert np.all(error < 0.02 * max(expected, 0.2))
    assert np.all(np.abs(total - expected * np.eye(2)) < 5 * error)


def test_empirical_estimate_tends_to_the_closed_form():
    """The one-pass estimate on 20 batches of 150 graphs of three sizes."""
    many = collect([graphs.path(3), graphs.empty(1), graphs.star(3)] * 50)
    generator = np.random.default_rng(3)
    batches = []
    for _ in range(20):
        H = generator.standard_normal((many.union.nodes, 2))
        data = graph_sample(many, H, np.zeros(many.number), "average", "tanh")
        batches.append(np.asarray(xi_empirical(data)))
    mean, error = np.mean(batches, axis=0), np.std(batches, axis=0) / np.sqrt(20)
    expected = xi_graph(many, "average", "tanh")
    assert np.all(error < 0.05 * expected)
    assert np.all(np.abs(mean - expected * np.eye(2)) < 5 * error)
    assert not np.array_equal(batches[0], batches[0].T)


@pytest.mark.parametrize("name", LIPSCHITZ)
def test_graph_level_against_dense_sums(name):
    members = [graphs.path(4), graphs.petersen(), graphs.empty(2), graphs.star(5)]
    collection = collect(members)
    weights = random_attention(collection, 3)
    total, first = 0.0, 0
    for member in members:
        P = averaging_matrix(member)
        a = weights[first : first + member.nodes]
        tau = np.sqrt(np.diag(P @ P.T))
        for k in range(member.nodes):
            for m in range(member.nodes):
                total += a[k] * a[m] * (P @ P.T)[k, m] * float(mean_derivative(name, tau[m]))
        first += member.nodes
    assert xi_graph(collection, weights, name) == pytest.approx(total / len(members), rel=1e-13)


def test_sum_and_mean_and_small_graphs():
    assert xi_node(graphs.empty(1), "relu") == pytest.approx(0.5, rel=1e-15)
    assert xi_node(graphs.empty(7), "identity") == pytest.approx(7.0, rel=1e-15)
    graph = graphs.erdos_renyi(50, 0.2, 0)
    total = sum(mean_derivative("tanh", (d + 1) ** -0.5) / (d + 1) for d in graph.degrees)
    assert xi_node(graph, "tanh") == pytest.approx(float(total), rel=1e-14)
    assert xi_node(graph, "tanh", "mean") == pytest.approx(float(total) / 50, rel=1e-14)
    assert xi_node(gc.summaries.degrees(graph), "tanh") == xi_node(graph, "tanh")
    # A graph of its own per node, read out at that node, is the node level with the mean.
    isolated = [graphs.empty(1)] * 4
    assert xi_graph(isolated, "one node", "tanh") == pytest.approx(
        xi_node(graphs.empty(4), "tanh", "mean"), rel=1e-15
    )


@pytest.mark.parametrize("name", LIPSCHITZ)
def test_xi_is_positive_for_every_activation(name):
    """Invertibility, the claim below Eq. (12), for the listed activations."""
    for graph in (graphs.empty(1), graphs.complete(40), graphs.star(30)):
        assert xi_node(graph, name) > 0
    assert xi_graph(erdos_renyi_collection(20, 5, 0.5, 0), "average", name) > 0


def test_large_degrees_keep_their_digits():
    """On K_n all averages have tau^2 = 1/n, and Xi tends to sigma'(0)."""
    n = 1000
    assert xi_node(graphs.complete(n), "sigmoid") == pytest.approx(0.25 - 1 / (16 * n), rel=1e-6)
    assert xi_node(graphs.complete(n), "relu") == pytest.approx(0.5, rel=1e-14)


def test_empirical_estimate_by_hand():
    data = node_sample(graphs.complete(2), [[1.0, 2.0], [3.0, -4.0]], [0.0, 0.0], "relu")
    # Both rows are (2, -1): x' sigma(x) = [[4, 0], [-2, 0]].
    assert np.asarray(xi_empirical(data)).tolist() == [[4.0, 0.0], [-2.0, 0.0]]
    assert np.asarray(xi_empirical(data, "sum")).tolist() == [[8.0, 0.0], [-4.0, 0.0]]


def test_bad_input():
    with pytest.raises(InvalidInput, match="normalization must be one of sum, mean"):
        xi_node(graphs.complete(2), "relu", "average")
    with pytest.raises(InvalidInput, match="activation must be one of"):
        xi_node(graphs.complete(2), "rleu")
    with pytest.raises(InvalidInput, match="readout must be one of"):
        xi_graph([graphs.complete(2)], "maximum")
    with pytest.raises(InvalidInput, match="at least one graph"):
        xi_graph([])
    with pytest.raises(InvalidInput, match="scales must be finite"):
        mean_derivative("relu", [-1.0])
