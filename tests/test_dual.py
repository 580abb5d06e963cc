"""Duals of all activations: three witnesses, two scales, derivatives, bad input."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, strategies as st

import gnnconv_lib as gc
from gnnconv_lib import activations, dual, monte_carlo
from gnnconv_lib.activations import Activation
from gnnconv_lib.dual import series
from gnnconv_lib.witnesses import dual_activation as quadrature

NAMES = activations.names()
SMOOTH = [name for name in NAMES if not activations.get(name).kinks]
SERIES = [name for name in NAMES if dual.route(name) == "series"]
JUMPS = ("step", "sign")
RHO = np.array([-1.0, -1 + 1e-9, -0.9, -0.3, 0.0, 0.2, 0.77, 0.99, 1 - 1e-9, 1.0])
SCALES = [(1.0, 1.0), (3.0, 3.0), (0.3, 3.0), (2.0, 0.05), (0.0, 1.0)]

EXACT = {
    "tanh": mp.tanh,
    "sigmoid": lambda t: 1 / (1 + mp.exp(-t)),
    "swish": lambda t: t / (1 + mp.exp(-t)),
    "softplus": lambda t: mp.log1p(mp.exp(t)) if t < 0 else t + mp.log1p(mp.exp(-t)),
    "erf": mp.erf,
    "gelu": lambda t: t * mp.erfc(-t / mp.sqrt(2)) / 2,
}


def exact_dual(function, rho, scale_x, scale_y, points_per_unit):
    """E[sigma(p X) sigma(q Y)] by a double trapezoid sum at 22 digits, in rotated coordinates."""
    with mp.workdps(22):
        reach = round(8.6 * points_per_unit)
        nodes = [mp.mpf(k) / points_per_unit for k in range(-reach, reach + 1)]
        weights = [mp.exp(-u * u / 2) for u in nodes]
        along, across = mp.sqrt((1 + mp.mpf(rho)) / 2), mp.sqrt((1 - mp.mpf(rho)) / 2)
        rows = []
        for u, weight in zip(nodes, weights, strict=True):
            pairs = ((along * u + across * v, along * u - across * v) for v in nodes)
            values = (function(scale_x * x) * function(scale_y * y) for x, y in pairs)
            rows.append(weight * mp.fdot(weights, values))
        return float(mp.fsum(rows) / points_per_unit**2 / (2 * mp.pi))


@pytest.mark.parametrize("name", EXACT)
def test_first_witness_mpmath(name):
    # tanh at scale 3 has its poles at 0.52 i, and needs the finest rule.
    rho, scale_x, scale_y = 0.93, 3.0, 2.6
    expected = exact_dual(EXACT[name], rho, scale_x, scale_y, 13 if name == "tanh" else 8)
    assert abs(float(dual.dual(name, rho, scale_x, scale_y)) - expected) <= 1e-13


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize(("scale_x", "scale_y"), SCALES)
def test_first_witness_quadrature_in_the_plane(name, scale_x, scale_y):
    sigma = activations.get(name)
    expected = quadrature.expectation(
        lambda x, y: np.asarray(sigma(scale_x * x)) * np.asarray(sigma(scale_y * y)), RHO
    )
    np.testing.assert_allclose(dual.dual(name, RHO, scale_x, scale_y), expected, rtol=0, atol=2e-14)


@pytest.mark.parametrize("name", [name for name in NAMES if activations.get(name).kinks])
def test_first_witness_quadrature_over_the_angle(name):
    degree = 0 if name in JUMPS else 1
    expected = quadrature.by_angle(activations.get(name), RHO, degree)
    np.testing.assert_allclose(dual.dual(name, RHO), expected, rtol=0, atol=2e-15)
    scaled = dual.dual(name, RHO, 2.5, 0.4)
    np.testing.assert_allclose(scaled, expected * (2.5 * 0.4) ** degree, rtol=0, atol=2e-15)


@pytest.mark.parametrize("name", NAMES)
def test_second_witness_monte_carlo(name):
    for seed, (rho, scale_x, scale_y) in enumerate([(0.6, 1.0, 1.0), (-0.8, 2.5, 0.7)]):
        value = float(dual.dual(name, rho, scale_x, scale_y))
        estimate = monte_carlo.dual(name, rho, 50_000, seed, scale_x, scale_y)
        assert abs(estimate.z_score(value)) < 5
        assert abs(estimate.z_score(value + 12 * float(estimate.standard_error))) > 5


@pytest.mark.parametrize("name", [name for name in NAMES if name not in JUMPS])
@pytest.mark.parametrize(("scale_x", "scale_y"), SCALES)
def test_third_witness_automatic_differentiation(name, scale_x, scale_y):
    sigma = activations.get(name)
    if sigma.kinks:
        expected = quadrature.by_angle(sigma.derivative, RHO, 0)
    else:
        expected = quadrature.expectation(
            lambda x, y: (
                np.asarray(sigma.derivative(scale_x * x))
                * np.asarray(sigma.derivative(scale_y * y))
            ),
            RHO,
            spacing=1 / 16,
        )
    got = dual.derivative(name, RHO, scale_x, scale_y)
    np.testing.assert_allclose(got, scale_x * scale_y * expected, rtol=0, atol=2e-14)
    slope = jax.vmap(jax.grad(lambda r: dual.dual(name, r, scale_x, scale_y)))(RHO)
    np.testing.assert_allclose(slope, got, rtol=1e-13, atol=1e-14)


def test_derivative_across_a_jump_is_the_density_at_the_origin():
    rho = np.array([-0.9, 0.0, 0.5])
    density = 1 / (2 * np.pi * np.sqrt(1 - rho**2))
    np.testing.assert_allclose(dual.derivative("step", rho), 2 * density, rtol=1e-14)
    np.testing.assert_allclose(dual.derivative("sign", rho), 4 * density, rtol=1e-14)
    assert np.isinf(dual.derivative("sign", [-1.0, 1.0])).all()


@pytest.mark.parametrize("name", NAMES)
def test_first_and_second_derivative_at_the_ends_and_at_zero_are_not_nan(name):
    function = lambda r: dual.dual(name, r)  # noqa: E731
    for rho in (-1.0, 0.0, 1.0):
        assert not np.isnan(jax.grad(function)(rho))
        assert not np.isnan(jax.grad(jax.grad(function))(rho))


@pytest.mark.parametrize("name", SERIES)
def test_second_derivative_of_a_series(name):
    sigma = activations.get(name)
    slope = jax.grad(lambda t: jnp.sum(sigma.derivative(t)))
    expected = 4 * quadrature.expectation(
        lambda x, y: np.asarray(slope(2 * x)) * np.asarray(slope(y)), RHO
    )
    got = jax.vmap(jax.grad(jax.grad(lambda r: dual.dual(name, r, 2.0, 1.0))))(RHO)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["tanh", "swish", "gelu", "erf", "leaky_relu(0.2)"])
def test_traced_scales_give_the_same_values_and_gradients(name):
    traced = jax.jit(lambda r, p, q: dual.dual(name, r, p, q))
    np.testing.assert_allclose(
        traced(RHO, 1.7, 0.6), dual.dual(name, RHO, 1.7, 0.6), rtol=0, atol=1e-14
    )
    gradient = jax.grad(traced, argnums=(0, 1, 2))(0.4, 1.7, 0.6)
    width = 1e-6
    for place, entry in enumerate(gradient):
        shift = np.eye(3)[place] * width
        above, below = (traced(*(np.array([0.4, 1.7, 0.6]) + sign * shift)) for sign in (1, -1))
        assert abs(float(entry) - float(above - below) / (2 * width)) < 1e-9
    hessian = jax.hessian(lambda v: dual.dual(name, v[0], v[1], v[2]))(jnp.array([0.4, 1.7, 0.6]))
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-13)


@pytest.mark.parametrize("name", ["tanh", "gelu", "step"])
def test_shapes_broadcast(name):
    rho = np.linspace(-1, 1, 3)
    scales = np.array([[1.0], [2.0]])
    got = dual.dual(name, rho, scales, 0.5)
    assert got.shape == (2, 3)
    for i, scale in enumerate((1.0, 2.0)):
        np.testing.assert_allclose(got[i], dual.dual(name, rho, scale, 0.5), atol=1e-14)
    assert dual.dual(name, 0.5).shape == ()
    assert dual.dual(name, np.zeros((2, 0))).shape == (2, 0)
    assert dual.derivative(name, 0.5, scales).shape == (2, 1)


def test_float32_in_float32_out():
    rho = np.linspace(-1, 1, 33, dtype=np.float32)
    for name in NAMES:
        got = dual.dual(name, rho)
        assert got.dtype == np.float32
        np.testing.assert_allclose(
            got, dual.dual(name, rho.astype(np.float64)), rtol=4e-7, atol=4e-7
        )


def test_a_vanishing_scale_leaves_the_value_at_zero():
    for name in NAMES:
        sigma = activations.get(name)
        mean = float(dual.dual(name, 0.0, 0.0, 1.3))
        estimate = monte_carlo.dual(name, 0.7, 20_000, 3, 0.0, 1.3)
        assert abs(estimate.z_score(mean)) < 5 or abs(mean - float(estimate.mean)) < 1e-12
        assert abs(float(dual.dual(name, 0.7, 0.0, 0.0)) - sigma.value_at_zero**2) < 1e-15


@given(st.sampled_from(NAMES), st.floats(-1, 1), st.floats(0, 3), st.floats(0, 3))
def test_symmetry_and_cauchy_schwarz(name, rho, p, q):
    value = float(dual.dual(name, rho, p, q))
    assert abs(value - float(dual.dual(name, rho, q, p))) <= 1e-13
    largest = float(dual.dual(name, 1.0, p, p)) * float(dual.dual(name, 1.0, q, q))
    assert value**2 <= largest + 1e-12


def test_many_points_take_the_written_out_sum_and_agree():
    rho = np.linspace(-1, 1, series.FEW_POINTS + 1)
    few = np.concatenate([dual.dual("swish", part) for part in np.array_split(rho, 2)])
    np.testing.assert_allclose(dual.dual("swish", rho), few, rtol=0, atol=1e-14)


def test_remainder_of_a_series_is_bounded_and_its_length_grows_with_the_scale():
    lengths = []
    for scale in (0.5, 1.0, 2.0, 3.0):
        found = series.series(activations.get("tanh"), scale, scale)
        assert found.bound <= 1e-14
        lengths.append(len(found.coefficients))
    assert lengths == sorted(lengths)


def _custom(function, kinks=()):
    return Activation("custom", function, jax.grad(function), 1.0, True, False, kinks, 0.0)


def test_a_custom_smooth_activation_has_a_dual():
    sine = _custom(jnp.sin)
    rho = np.array([-1.0, 0.3, 1.0])
    expected = np.exp(-(1.5**2 + 1) / 2) * np.sinh(1.5 * rho)
    np.testing.assert_allclose(dual.dual(sine, rho, 1.5, 1.0), expected, atol=1e-15)


def test_activations_without_a_convergent_series_are_refused():
    with pytest.raises(gc.InvalidInput, match="series converging"):
        dual.dual(_custom(lambda t: jnp.tanh(9 * t)), 0.5, 3.0, 3.0)


@pytest.mark.parametrize("call", [dual.dual, dual.derivative])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tanh", 1.1), "rho must be in"),
        (("relu", [0.1, float("nan")]), "rho must be in"),
        (("tanh", 0.1, 3.1), r"scale_x must be in \[0, 3\], got 3.1"),
        (("relu", 0.1, 1.0, -1.0), "scale_y must be at least 0"),
        (("step", 0.1, float("inf")), "scale_x must be at least 0"),
        (("thanh", 0.1), "did you mean 'tanh'"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, arguments, words):
    with pytest.raises(gc.InvalidInput, match=words) as caught:
        call(*arguments)
    assert str(caught.value).count(". ") == 0


def test_bad_input_under_tracing_gives_nan():
    assert np.isnan(jax.jit(lambda r: dual.dual("identity", r))(1.1))
    assert np.isnan(jax.jit(lambda r: dual.dual("sign", r))(-1.1))
    assert np.isnan(jax.jit(lambda p: dual.dual("tanh", 0.1, p))(3.5))
    assert np.isnan(jax.grad(lambda r: dual.dual("gelu", r))(1.5))


def test_the_closed_form_belongs_to_the_function_and_not_to_the_name():
    tanh = dataclasses.replace(activations.get("tanh"), name="erf")
    assert dual.route(tanh) == "series"
    expected = float(quadrature.dual_activation("tanh", 0.5))
    assert float(dual.dual(tanh, 0.5)) == pytest.approx(expected, abs=1e-13)
    assert abs(float(dual.dual("erf", 0.5)) - expected) > 0.02

    renamed = dataclasses.replace(activations.get("erf"), name="mine")
    assert float(dual.dual(renamed, 0.5)) == float(dual.dual("erf", 0.5))

    relu = activations.get("relu")
    squared = dataclasses.replace(relu, function=lambda t: relu(t) ** 2)
    assert float(dual.dual(squared, 1.0)) == pytest.approx(1.5, abs=1e-12)  # E max(X, 0)^4


def test_an_activation_with_a_kink_elsewhere_is_integrated_piece_by_piece():
    raised = _custom(lambda t: jnp.maximum(t, 1.0), kinks=(1.0,))
    # The mean square is P(X < 1) + E[X^2; X > 1] = 1 + phi(1).
    density = np.exp(-0.5) / np.sqrt(2 * np.pi)
    assert float(dual.dual(raised, 1.0)) == pytest.approx(1 + density, abs=1e-12)
    # Independent arguments: the square of the mean, P(X < 1) + phi(1).
    below = 0.5 * (1 + math.erf(math.sqrt(0.5)))
    assert float(dual.dual(raised, 0.0)) == pytest.approx((below + density) ** 2, abs=1e-12)


@pytest.mark.parametrize("name", ["relu", "erf", "gelu", "sign", "tanh"])
def test_a_correlation_from_data_may_be_a_few_units_beyond_one(name):
    for dtype in (np.float64, np.float32):
        unit = np.finfo(dtype).eps
        for rho in (dtype(1 + 2 * unit), dtype(-1 - 2 * unit)):
            end = dtype(np.sign(rho))
            assert dual.dual(name, rho) == dual.dual(name, end)
            assert jax.jit(lambda r: dual.dual(name, r))(rho) == pytest.approx(
                float(dual.dual(name, end)), abs=float(4 * unit)
            )
            if name not in ("sign", "erf"):
                assert np.isfinite(jax.grad(lambda r: dual.dual(name, r))(rho))
    with pytest.raises(gc.InvalidInput, match="rho must be in"):
        dual.dual(name, 1 + 1e-12)


def test_the_kernel_of_identical_inputs_has_no_nan():
    X = np.random.default_rng(0).standard_normal((60, 8))

    def kernel(X):
        norms = jnp.sqrt(jnp.sum(X * X, 1))
        return dual.dual("relu", X @ X.T / (norms[:, None] * norms), norms[:, None], norms)

    assert np.isfinite(kernel(jnp.asarray(X))).all()
    assert np.isfinite(jax.jit(kernel)(X)).all()
    assert np.isfinite(jax.jit(jax.grad(lambda X: kernel(X).sum()))(X)).all()


@pytest.mark.parametrize("rho", [-1.0, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("scale", [1e3, 1e15, 1e77, 1e140])
def test_erf_and_gelu_at_large_scales(scale, rho):
    sign = 2 * np.arcsin(rho) / np.pi
    assert abs(float(dual.dual("erf", rho, scale, scale)) - sign) <= max(1e-13, 1 / scale)
    relu = float(dual.dual("relu", rho, scale, scale)) / scale**2
    assert abs(float(dual.dual("gelu", rho, scale, scale)) / scale**2 - relu) <= max(
        1e-13, 1 / scale
    )
    # Next to rho = 1 the derivative of gelu is a difference of terms that grow with the scale.
    for name in ("erf", "gelu") if abs(rho) < 1 else ("erf",):
        gradient = jax.grad(lambda r, p, q, name=name: dual.dual(name, r, p, q), (0, 1, 2))
        assert np.isfinite(gradient(rho, scale, scale)).all()
    if scale <= 1e15:
        single = [np.float32(value) for value in (rho, scale, scale)]
        assert abs(float(dual.dual("erf", *single)) - sign) <= max(1e-6, 1 / scale)
