"""The library in a script: own activations, arrays and seeds of every kind, short reprs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad

import gnnconv_lib as gc
from gnnconv_lib.validation import require_seed
from gnnconv_lib.witnesses.dual_activation import dual_activation

EPSILON = float(np.finfo(np.float64).eps)
SMOOTH = ("sigmoid", "tanh", "swish", "softplus")
CLOSED = ("scaled_relu", "step", "relu", "erf", "gelu", "identity", "sign", "leaky_relu(0.2)")
ENDS = (-1.0, -1.0 + EPSILON, 0.0, 1.0 - EPSILON, 1.0)
STAR = gc.graphs.star(3)


class OnlyDLPack:
    """An array of another library: it offers nothing but the exchange."""

    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


@pytest.mark.parametrize("name", CLOSED + SMOOTH)
@pytest.mark.parametrize("end", [-1.0, 1.0])
def test_a_correlation_just_beyond_an_end_is_that_end(name, end):
    def value(rho):
        return gc.dual.dual(name, rho)

    beyond = end * (1 + EPSILON)
    assert beyond != end
    for of in (value, jax.jit(value), jax.grad(value), jax.jit(jax.grad(value))):
        assert float(of(beyond)) == pytest.approx(float(of(end)), rel=1e-15, abs=1e-15)
    with pytest.raises(gc.InvalidInput, match=r"rho must be in \[-1, 1\]"):
        value(end * (1 + 1e-12))


def test_monte_carlo_takes_the_same_correlations():
    beyond = gc.monte_carlo.dual("relu", 1 + EPSILON, 50, 0)
    assert beyond.mean == gc.monte_carlo.dual("relu", 1.0, 50, 0).mean
    with pytest.raises(gc.InvalidInput, match="rho must be"):
        gc.monte_carlo.dual("relu", 1.001, 50, 0)


@pytest.mark.parametrize("rho", ENDS)
@pytest.mark.parametrize("scale", [1e-300, 1e-10, 1e30, 1e77, 1e150])
def test_erf_and_gelu_at_the_corners_tend_to_sign_and_relu(rho, scale):
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(700):
        r, s = mpmath.mpf(rho), mpmath.mpf(scale)
        p = s * s
        c, P = r * p, 1 + p
        root = mpmath.sqrt(P * P - c * c)
        erf = 2 / mpmath.pi * mpmath.asin(2 * c / (1 + 2 * p))
        density = (p * p - c * c + 2 * c * c / P) / root
        gelu = c / 4 + (c * mpmath.asin(c / P) + density) / (2 * mpmath.pi)
        slope = mpmath.mpf(1) / 4 + mpmath.asin(c / P) / (2 * mpmath.pi)
        slope += c / root * (1 / root**2 + 2 / P) / (2 * mpmath.pi)
        by_erf = 4 / mpmath.pi * p / mpmath.sqrt((1 + 2 * p) ** 2 - 4 * c * c)
        expected = float(gelu / max(1, p)), float(slope), float(by_erf), float(erf)
    size = max(1.0, scale * scale)
    assert abs(float(gc.dual.dual("erf", rho, scale, scale)) - expected[3]) <= 1e-15
    assert float(gc.dual.derivative("erf", rho, scale, scale)) == pytest.approx(
        expected[2], rel=1e-12, abs=0
    )
    assert abs(float(gc.dual.dual("gelu", rho, scale, scale)) / size - expected[0]) <= 1e-13
    factor = scale * scale
    if factor > 0:
        found = float(gc.dual.derivative("gelu", rho, scale, scale)) / factor
        assert found == pytest.approx(expected[1], rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("name", ["erf", "gelu"])
def test_slopes_in_the_scales_are_those_of_differences(name):
    def value(scale):
        return float(gc.dual.dual(name, 0.7, scale, 1.3))

    slope = float(jax.grad(lambda scale: gc.dual.dual(name, 0.7, scale, 1.3))(0.9))
    assert slope == pytest.approx((value(0.9 + 1e-5) - value(0.9 - 1e-5)) / 2e-5, rel=1e-8)
    other = float(jax.grad(lambda scale: gc.dual.dual(name, 0.7, 1.3, scale))(0.9))
    assert other == pytest.approx(slope, rel=1e-13)


@pytest.mark.parametrize("name", ["erf", "gelu"])
def test_float32_reaches_the_same_limits(name):
    scale = np.float32(1e12)
    single = gc.dual.dual(name, np.float32(0.5), scale, scale)
    assert single.dtype == np.float32
    factor = 1.0 if name == "erf" else float(scale) ** 2
    limit = gc.dual.dual("sign" if name == "erf" else "relu", 0.5)
    assert float(single) / factor == pytest.approx(float(limit), rel=1e-5)


@pytest.mark.parametrize("rho", ENDS)
@pytest.mark.parametrize("name", SMOOTH)
def test_series_at_the_ends_agree_with_the_definition(name, rho):
    for scale in (1e-300, 1.0, 3.0):
        expected = float(dual_activation(name, rho, scale, scale))
        assert abs(float(gc.dual.dual(name, rho, scale, scale)) - expected) <= 1e-12


OWN = {
    "relu6": (jax.nn.relu6, (0.0, 6.0)),
    "hard tanh": (jax.nn.hard_tanh, (-1.0, 1.0)),
    "distance": (lambda t: abs(t - 1), (1.0,)),
}


@pytest.mark.parametrize("name", OWN)
def test_own_activations_with_kinks(name):
    function, kinks = OWN[name]
    own = gc.activations.custom(function, name=name)
    assert own.kinks == pytest.approx(kinks, abs=1e-10)

    def square(z):
        return float(function(z)) ** 2 * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    definition = quad(square, -12, 12, points=list(kinks), epsabs=1e-12)[0]
    assert float(gc.dual.dual(own, 1.0)) == pytest.approx(definition, abs=1e-10)
    near = float(gc.dual.dual(own, 1 - 1e-9))
    assert near == pytest.approx(definition, abs=1e-8)
    estimate = gc.monte_carlo.dual(own, 0.6, 100_000, 1)
    exact = float(gc.dual.dual(own, 0.6))
    assert abs(estimate.z_score(exact)) < 4
    assert abs(estimate.z_score(exact + 8 * estimate.standard_error)) > 4  # a wrong value is seen
    step = (float(gc.dual.dual(own, 0.6001)) - float(gc.dual.dual(own, 0.5999))) / 2e-4
    assert float(gc.dual.derivative(own, 0.6)) == pytest.approx(step, abs=1e-6)
    assert np.isfinite(gc.averaging_gnn.xi_node(STAR, own, "sum"))
    with pytest.raises(gc.InvalidInput, match=r"cannot be traced by jax\.jit, vmap or grad"):
        jax.jit(lambda rho: gc.dual.dual(own, rho))(0.5)


def test_a_callable_is_an_activation():
    assert float(gc.dual.dual(jnp.tanh, 0.5)) == pytest.approx(float(gc.dual.dual("tanh", 0.5)))
    with pytest.raises(gc.InvalidInput, match="must keep the shape"):
        gc.activations.custom(jnp.sum)


HELD = [2.0, 0.0]
FORMS = {
    "list": HELD,
    "tuple": tuple(HELD),
    "numpy": np.array(HELD),
    "half": np.array(HELD, np.float16),
    "bfloat16": jnp.array(HELD, jnp.bfloat16),
    "dlpack": OnlyDLPack(np.array(HELD)),
}


@pytest.mark.parametrize("form", FORMS)
def test_arrays_of_every_kind(form):
    value = FORMS[form]
    assert float(gc.relu_gnn.loss(value, [1.0, 0.0], STAR)) == float(
        gc.relu_gnn.loss(HELD, [1.0, 0.0], STAR)
    )
    assert gc.monte_carlo.loss(value, [1.0, 0.0], STAR, 50, 0).samples == 50
    assert gc.activations.get("tanh")(value).shape == (2,)


@pytest.mark.parametrize("value", [["a", "b"], [1j, 0.0], [[1.0], [1.0, 2.0]], object()])
def test_what_is_no_array_is_refused(value):
    for call in (gc.relu_gnn.loss, lambda *a: gc.monte_carlo.loss(*a, 50, 0)):
        with pytest.raises(gc.InvalidInput, match="must hold real numbers"):
            call(value, [1.0, 0.0], STAR)


SEEDS = {
    "generator": lambda: np.random.default_rng(3),
    "sequence": lambda: np.random.SeedSequence(3),
    "key": lambda: jax.random.key(3),
    "old key": lambda: jax.random.PRNGKey(3),
    "integer": lambda: np.int64(3),
}


@pytest.mark.parametrize("kind", SEEDS)
def test_seeds_of_every_kind_are_reproducible(kind):
    make = SEEDS[kind]
    first, again = (gc.graphs.random_regular(30, 3, make()) for _ in range(2))
    assert first == again
    assert gc.monte_carlo.loss([2.0], [1.0], STAR, 50, make()).samples == 50


def test_seeds_differ_and_others_are_refused():
    generator = np.random.default_rng(3)
    assert require_seed("seed", generator) != require_seed("seed", generator)
    assert require_seed("seed", jax.random.key(3)) != require_seed("seed", jax.random.key(4))
    for bad in (-1, 1.5, True, "3", None):
        with pytest.raises(gc.InvalidInput, match="seed must be an integer of at least 0"):
            require_seed("seed", bad)


@pytest.mark.parametrize("transform", [jax.jit, jax.grad, lambda f: lambda r: jax.vmap(f)(r[None])])
def test_runs_refuse_to_be_traced_and_say_what_to_use(transform):
    model = gc.relu_gnn.full_model(STAR, [[1.0]])

    def last(rate):
        return gc.descent.run(model, [[2.0]], rate, 5).losses[-1]

    with pytest.raises(gc.InvalidInput, match=r"cannot be traced .* chains="):
        transform(last)(jnp.asarray(0.01))
    assert last(0.01) > 0


def test_the_advice_differentiates_through_the_steps():
    model = gc.relu_gnn.full_model(STAR, [[1.0]])

    def last(rate):
        def step(_, w):
            return model.update(w, rate)

        return model.loss(jax.lax.fori_loop(0, 5, step, jnp.array([[2.0]])))

    slope = float(jax.grad(last)(0.01))
    assert slope == pytest.approx(float(last(0.010001) - last(0.009999)) / 2e-6, rel=1e-6)
    run = gc.descent.run(model, [[2.0]], 0.01, 5)
    assert float(last(0.01)) == pytest.approx(float(run.losses[-1]), rel=1e-12)


def test_reprs_fit_one_line():
    model = gc.relu_gnn.full_model(STAR, [[1.0]])
    for value in (
        STAR,
        gc.activations.get("gelu"),
        gc.summaries.overlap(STAR),
        gc.summaries.walks(STAR, 2),
        gc.summaries.degrees(STAR),
        gc.descent.run(model, [[2.0]], 0.01, 300),
        gc.descent.run(model, jnp.array([[[2.0]], [[3.0]]]), 0.01, 30, chains=2),
        gc.monte_carlo.gradient([2.0, 1.0], [1.0, 1.0], STAR, 50, 0),
    ):
        assert repr(value).startswith(type(value).__name__)
        assert len(repr(value)) < 110
        assert "\n" not in repr(value)


def test_help_says_what_the_symbols_are():
    text = gc.relu_gnn.loss.__doc__
    assert "sigma(t) = sqrt(2) max(t, 0)" in text
    assert "x_i = h_i + sum" in text


@pytest.mark.parametrize("family", gc.graphs.FAMILIES)
def test_named_graphs_have_the_nodes_asked_for(family):
    degree = 3 if family in ("regular", "cliques", "preferential", "random") else None
    nodes = {"petersen": 10, "grid": 16}.get(family, 12)
    assert gc.graphs.named(family, nodes, degree).nodes == nodes
    with pytest.raises(gc.InvalidInput, match="degree must be"):
        gc.graphs.named(family, nodes, 3 if degree is None else None)
    if family != "random":
        with pytest.raises(gc.InvalidInput, match="edge_probability must be left out"):
            gc.graphs.named(family, nodes, degree, edge_probability=0.5)


def test_named_graphs_are_those_of_their_makers():
    assert gc.graphs.named("random", 12, seed=3, edge_probability=0.4) == gc.graphs.erdos_renyi(
        12, 0.4, 3
    )
    assert gc.graphs.named("random", 12, 3, seed=3) == gc.graphs.erdos_renyi(12, 0.25, 3)
    assert gc.graphs.named("preferential", 12, 2, seed=3) == gc.graphs.barabasi_albert(12, 2, 3)
    assert gc.graphs.named("star", 1) == gc.graphs.empty(1)
    assert gc.graphs.named("grid", 9) == gc.graphs.grid(3, 3)
    with pytest.raises(gc.InvalidInput, match="a square for a grid, got 10"):
        gc.graphs.named("grid", 10)
    with pytest.raises(gc.InvalidInput, match="degree must be left out for a given edge_prob"):
        gc.graphs.named("random", 12, 3, edge_probability=0.5)
