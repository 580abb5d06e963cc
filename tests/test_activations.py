"""Facts about activations, each established here and not taken from the table."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from flint import arb

import gnnconv_lib as gc
from gnnconv_lib import activations
from gnnconv_lib.certificates import certify_nonnegative

NAMES = activations.names()
MESH = np.concatenate([-np.logspace(-3, 2.5, 200), [0.0], np.logspace(-3, 2.5, 200)])
SMOOTH_MESH = np.sort(np.concatenate([MESH, np.linspace(-6, 6, 4801)]))


def test_all_required_names_exist():
    required = "scaled_relu step relu leaky_relu(0.2) leaky_relu(0.05) sigmoid tanh swish softplus "
    required += "erf gelu identity"
    assert set(required.split()) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_is_that_of_automatic_differentiation(name):
    activation = activations.get(name)
    points = MESH[~np.isin(MESH, activation.kinks)]
    expected = jax.vmap(jax.grad(activation.function))(points)
    np.testing.assert_allclose(activation.derivative(points), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_is_that_of_central_differences(name):
    activation = activations.get(name)
    points = np.linspace(-5, 5, 101) + 0.003
    width = 1e-5
    expected = (activation(points + width) - activation(points - width)) / (2 * width)
    np.testing.assert_allclose(activation.derivative(points), expected, atol=2e-9)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_at_a_kink_is_the_one_from_the_right(name):
    activation = activations.get(name)
    for kink in activation.kinks:
        right = activation.derivative(kink + 1e-9)
        assert float(activation.derivative(kink)) == float(right)


@pytest.mark.parametrize("name", NAMES)
def test_kinks_are_where_the_derivative_or_the_value_jumps_and_nowhere_else(name):
    activation = activations.get(name)
    width = 1e-7
    points = np.concatenate([np.linspace(-4, 4, 801), np.array(activation.kinks)])
    slope_jump = np.abs(
        activation.derivative(points + width) - activation.derivative(points - width)
    )
    value_jump = np.abs(activation(points + width) - activation(points - width))
    found = points[(np.asarray(slope_jump) > 1e-3) | (np.asarray(value_jump) > 1e-3)]
    np.testing.assert_allclose(np.unique(np.round(found, 9)), activation.kinks, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_lipschitz_constant_is_the_largest_slope(name):
    activation = activations.get(name)
    if np.isinf(activation.lipschitz):
        jump = abs(float(activation(1e-300)) - float(activation(-1e-300)))
        assert jump >= 1.0
        return
    slopes = np.abs(np.asarray(activation.derivative(SMOOTH_MESH)))
    assert slopes.max() <= activation.lipschitz * (1 + 1e-15)
    assert slopes.max() >= activation.lipschitz * (1 - 1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_monotone_flag_is_the_sign_of_all_increments(name):
    activation = activations.get(name)
    increments = np.diff(np.asarray(activation(SMOOTH_MESH)))
    assert activation.monotone == bool((increments >= 0).all())


@pytest.mark.parametrize("name", NAMES)
def test_homogeneous_flag(name):
    activation = activations.get(name)
    equal = np.allclose(activation(3 * MESH), 3 * activation(MESH), rtol=1e-14, atol=0)
    assert activation.homogeneous == equal


@pytest.mark.parametrize("name", NAMES)
def test_value_at_zero(name):
    activation = activations.get(name)
    assert float(activation(0.0)) == activation.value_at_zero


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_arguments_neither_overflow_nor_change_type(name, dtype):
    activation = activations.get(name)
    points = np.array([-3e38, -1e4, -90.0, 0.0, 90.0, 1e4, 2e38], dtype)
    for function in (activation.function, activation.derivative):
        values = function(points)
        assert values.dtype == dtype
        assert np.isfinite(values).all()


def test_slope_identifies_the_leaky_relu_family():
    for name in NAMES:
        form = activations.get(name).form
        slope = None if form is None else form.slope
        if slope is not None:
            points = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
            expected = np.where(points < 0, slope * points, points)
            np.testing.assert_array_equal(activations.get(name)(points), expected)


def _sigmoid(t):
    return 1 / (1 + (-t).exp())


def _sigmoid_slope(t):
    return 1 / ((1 + t.exp()) * (1 + (-t).exp()))


def _normal(t):
    return (-t * t / 2).exp() / (2 * arb.pi()).sqrt()


def _phi(t):
    return (1 + (t / arb(2).sqrt()).erf()) / 2


# |sigma'| <= L on [-40, 40], for L enlarged by 1e-12 where the maximum is at an irrational point.
# Beyond, t / (1 + exp t) and the Gaussian tail are below 1e-15: no slope there reaches L.
SLOPE_BOUNDS = {
    "sigmoid": lambda t: arb(0.25) - _sigmoid_slope(t),
    "tanh": lambda t: 1 - 4 * _sigmoid_slope(2 * t),
    "softplus": lambda t: 1 - _sigmoid(t),
    "erf": lambda t: 1 - (-t * t).exp(),
    "swish": lambda t: (
        arb(activations.get("swish").lipschitz + 1e-12) - _sigmoid(t) * (1 + t * _sigmoid(-t))
    ),
    "swish, from below": lambda t: 1 + _sigmoid(t) * (1 + t * _sigmoid(-t)),
    "gelu": lambda t: arb(activations.get("gelu").lipschitz + 1e-12) - _phi(t) - t * _normal(t),
    "gelu, from below": lambda t: 1 + _phi(t) + t * _normal(t),
}


@pytest.mark.parametrize("name", SLOPE_BOUNDS)
def test_lipschitz_constant_is_certified(name):
    certificate = certify_nonnegative(SLOPE_BOUNDS[name], -40.0, 40.0)
    assert certificate.proved, certificate


@pytest.mark.parametrize("name", ["swish", "gelu"])
def test_lipschitz_constant_is_not_smaller(name):
    constant = activations.get(name).lipschitz - 1e-12
    slope = {
        "swish": lambda t: _sigmoid(t) * (1 + t * _sigmoid(-t)),
        "gelu": lambda t: _phi(t) + t * _normal(t),
    }
    certificate = certify_nonnegative(lambda t: arb(constant) - slope[name](t), -40.0, 40.0)
    assert certificate.status == "refuted"


def test_constants_of_swish_to_12_digits():
    with mp.workdps(30):
        steepest = mp.findroot(lambda t: t * mp.tanh(t / 2) - 2, 2.4)
        lowest = mp.findroot(lambda t: 1 + t / (1 + mp.exp(t)), -1.3)
        swish = lambda t: t / (1 + mp.exp(-t))  # noqa: E731
        assert abs(activations.SWISH_STEEPEST_POINT - steepest) < 1e-15
        assert abs(activations.get("swish").lipschitz - mp.diff(swish, steepest)) < 1e-15
        assert abs(activations.SWISH_LOWEST_POINT - lowest) < 1e-15
        assert abs(activations.SWISH_MINIMUM - swish(lowest)) < 1e-15
        assert abs(activations.SWISH_MINIMUM + mp.lambertw(1 / mp.e)) < 1e-15


def test_lipschitz_constant_of_gelu():
    with mp.workdps(30):
        gelu = lambda t: t * mp.ncdf(t)  # noqa: E731
        assert abs(mp.diff(gelu, mp.sqrt(2), 2)) < 1e-10
        assert abs(activations.get("gelu").lipschitz - mp.diff(gelu, mp.sqrt(2))) < 1e-14


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "swish", "softplus", "erf", "gelu"])
def test_values_against_mpmath(name):
    exact = {
        "sigmoid": lambda t: 1 / (1 + mp.exp(-t)),
        "tanh": mp.tanh,
        "swish": lambda t: t / (1 + mp.exp(-t)),
        "softplus": lambda t: mp.log1p(mp.exp(t)),
        "erf": mp.erf,
        "gelu": lambda t: t * mp.ncdf(t),
    }[name]
    points = np.concatenate([-np.logspace(-8, 1.2, 40), np.logspace(-8, 1.2, 40)])
    with mp.workdps(40):
        expected = [float(exact(mp.mpf(t))) for t in points]
    np.testing.assert_allclose(activations.get(name)(points), expected, rtol=2e-14, atol=0)


def test_leaky_relu_accepts_any_slope():
    assert activations.get("leaky_relu(0.3)").form.slope == 0.3
    assert activations.get("leaky_relu( -1 )").monotone is False
    assert activations.get("leaky_relu(1)").kinks == ()
    assert activations.get("leaky_relu(3)").lipschitz == 3.0
    name = activations.get("leaky_relu(0.1234567891)").name
    assert activations.get(name).form.slope == 0.1234567891


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tahn", "did you mean 'tanh'"),
        ("leaky_relu(a)", "slope of leaky_relu must be a number"),
        ("leaky_relu(nan)", "slope of leaky_relu must be a finite number"),
        (None, "activation must be one of"),
    ],
)
def test_bad_names_are_refused_in_one_sentence(name, words):
    with pytest.raises(gc.InvalidInput, match=words):
        activations.get(name)


def test_activations_work_under_jit_and_vmap():
    for name in NAMES:
        activation = activations.get(name)
        points = jnp.linspace(-2.0, 2.0, 5)
        np.testing.assert_allclose(
            jax.jit(jax.vmap(activation))(points), activation(points), rtol=1e-14
        )
