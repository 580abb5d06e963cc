"""The ReLU family of duals: relative accuracy everywhere, derivatives at 0 and at the ends."""

from functools import partial

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from gnnconv_lib import dual
from gnnconv_lib.dual import relu_coefficients
from gnnconv_lib.witnesses import relu_dual

DIGITS = 90
EPSILON = {np.float64: 2.0**-52, np.float32: 2.0**-23}


exact_relu = partial(relu_dual.relu_dual, module=mp)
exact_step = partial(relu_dual.step_dual, module=mp)


def correlations(dtype=np.float64):
    """A log grid towards both ends and 0, the ends themselves, and their neighbours."""
    rng = np.random.default_rng(0)
    near = np.concatenate([10.0 ** np.linspace(-16, 0, 120), rng.uniform(0, 1, 150)])
    one = dtype(1)
    special = [0, 1e-20, -1e-20, 1, -1, np.nextafter(one, dtype(0)), -np.nextafter(one, dtype(0))]
    return np.unique(np.concatenate([1 - near, near - 1, special]).astype(dtype))


def relative_error(values, exact):
    """The largest |value - exact| / |exact|; where the exact value is 0, the value must be 0."""
    worst = mp.mpf(0)
    for value, reference in zip(np.asarray(values).ravel(), exact, strict=True):
        if reference == 0:
            assert float(value) == 0.0
        else:
            worst = max(worst, abs(mp.mpf(float(value)) / reference - 1))
    return float(worst)


@pytest.mark.parametrize("dtype", EPSILON)
@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (dual.scaled_relu, exact_relu),
        (dual.step, exact_step),
        (jax.vmap(jax.grad(dual.scaled_relu)), exact_step),
        (jax.vmap(jax.grad(dual.step)), lambda x: 1 / (mp.pi * mp.sqrt(1 - x * x))),
    ],
    ids=["value", "step", "slope", "slope of step"],
)
def test_relative_error_is_a_few_units_in_the_last_place(function, exact, dtype):
    rho = correlations(dtype)
    if exact not in (exact_relu, exact_step):
        rho = rho[np.abs(rho) < 1]
    with mp.workdps(DIGITS):
        error = relative_error(function(rho), [exact(mp.mpf(float(x))) for x in rho])
    assert error <= 3 * EPSILON[dtype]
    assert function(rho).dtype == dtype


@pytest.mark.parametrize("dtype", EPSILON)
def test_complement_has_relative_accuracy(dtype):
    smallest = -300 if dtype is np.float64 else -30
    near = 10.0 ** np.linspace(-15, 0, 40)
    t = np.concatenate([10.0 ** np.linspace(smallest, 0, 200), 2 - near, [0, 1, 2, 0.3, 1.7]])
    t = np.unique(t.astype(dtype))
    with mp.workdps(700):
        exact = [1 - exact_relu(1 - mp.mpf(float(x))) for x in t]
        assert (
            relative_error(dual.scaled_relu_difference(t.dtype.type(1), t), exact)
            <= 3 * EPSILON[dtype]
        )


@pytest.mark.parametrize("dtype", EPSILON)
@pytest.mark.parametrize(
    ("function", "exact"),
    [(dual.scaled_relu_difference, exact_relu), (dual.step_difference, exact_step)],
    ids=["relu", "step"],
)
def test_differences_have_relative_accuracy(function, exact, dtype):
    smallest = -36 if dtype is np.float64 else -18
    t = np.concatenate(
        [10.0 ** np.linspace(smallest, 0, 40), 2 - 10.0 ** np.linspace(-15, 0, 15), [0, 1, 2]]
    )
    t = np.unique(t.astype(dtype))
    rho = np.unique(np.append(correlations(dtype)[::11], [-1, 0, 1]).astype(dtype))
    rho = rho[(rho == 0) | (np.abs(rho) > 1e-9)]
    first, second = (grid.ravel() for grid in np.meshgrid(rho, t))
    with mp.workdps(DIGITS):
        pairs = [(mp.mpf(float(x)), mp.mpf(float(y))) for x, y in zip(first, second, strict=True)]
        expected = [exact(x) - exact(x * (1 - y)) for x, y in pairs]
        assert relative_error(function(first, second), expected) <= 4 * EPSILON[dtype]


def test_values_at_the_ends_and_at_zero_are_exact():
    np.testing.assert_array_equal(dual.scaled_relu([-1.0, 1.0]), [0.0, 1.0])
    np.testing.assert_array_equal(dual.step([-1.0, 0.0, 1.0]), [0.0, 0.5, 1.0])
    assert abs(float(dual.scaled_relu(0.0)) * np.pi - 1) < 4e-16
    np.testing.assert_array_equal(dual.scaled_relu_difference(1.0, [0.0, 2.0]), [0.0, 1.0])


def test_derivatives_at_the_ends_and_at_zero():
    slope = jax.grad(dual.scaled_relu)
    second = jax.grad(slope)
    third = jax.grad(second)
    assert [float(slope(x)) for x in (-1.0, 0.0, 1.0)] == [0.0, 0.5, 1.0]
    assert [float(second(x)) for x in (-1.0, 1.0)] == [np.inf, np.inf]
    assert abs(float(second(0.0)) * np.pi - 1) < 4e-16
    assert float(third(0.0)) == 0.0
    assert [float(third(x)) for x in (-1.0, 1.0)] == [-np.inf, np.inf]
    assert abs(float(third(0.6)) - 0.6 / (np.pi * 0.64**1.5)) < 1e-14


def test_derivatives_of_the_difference():
    value = lambda v: dual.scaled_relu_difference(v[0], v[1])  # noqa: E731
    naive = lambda v: dual.scaled_relu(v[0]) - dual.scaled_relu(v[0] * (1 - v[1]))  # noqa: E731
    for point in (
        [0.3, 0.5],
        [0.3, 1.0],
        [-0.4, 0.2],
        [-0.7, 1.6],
        [0.9, 1.9],
        [0.0, 0.4],
        [0.0, 1.0],
    ):
        entry = jnp.array(point)
        np.testing.assert_allclose(jax.grad(value)(entry), jax.grad(naive)(entry), atol=1e-14)
        np.testing.assert_allclose(jax.hessian(value)(entry), jax.hessian(naive)(entry), atol=1e-13)


def test_derivatives_of_the_difference_at_the_ends():
    from_one = lambda t: dual.scaled_relu_difference(1.0, t)  # noqa: E731
    assert float(jax.grad(from_one)(0.0)) == 1.0
    assert float(jax.grad(jax.grad(from_one))(0.0)) == -np.inf
    assert abs(float(jax.grad(jax.grad(from_one))(1e-20)) + 1 / (np.pi * np.sqrt(2e-20))) < 1e-4
    assert float(jax.grad(lambda t: dual.scaled_relu_difference(-1.0, t))(0.0)) == 0.0
    both = jax.grad(dual.scaled_relu_difference, argnums=(0, 1))(1.0, 0.0)
    assert [float(entry) for entry in both] == [0.0, 1.0]


def test_outside_of_the_interval_the_result_is_nan():
    for function in (dual.scaled_relu, dual.step):
        assert np.isnan(function(jnp.array([1.0 + 1e-15, -1.1, np.nan]))).all()


def test_works_under_jit_vmap_and_reverse_mode():
    rho = jnp.linspace(-1.0, 1.0, 7)
    np.testing.assert_allclose(jax.jit(dual.scaled_relu)(rho), dual.scaled_relu(rho), rtol=4e-16)
    np.testing.assert_allclose(jax.vmap(dual.step)(rho), dual.step(rho), rtol=4e-16)
    slope = jax.grad(lambda entry: dual.scaled_relu(entry).sum())(rho)
    np.testing.assert_allclose(slope, dual.step(rho), rtol=4e-16)


@pytest.mark.parametrize(
    ("which", "stored"),
    [("Q", "Q_DOUBLE"), ("P", "P_DOUBLE"), ("Q", "Q_SINGLE"), ("P", "P_SINGLE")],
)
def test_stored_coefficients_are_the_generated_ones(which, stored):
    numbers = getattr(relu_coefficients, stored)
    assert relu_coefficients.generate(which, len(numbers)) == numbers


def test_the_regeneration_notices_a_changed_coefficient():
    changed = list(relu_coefficients.Q_SINGLE)
    changed[3] = np.nextafter(changed[3], 1.0)
    assert relu_coefficients.generate("Q", len(changed)) != tuple(changed)


def test_the_textbook_form_fails_where_this_one_does_not():
    rho = np.float64(-1 + 1e-12)
    textbook = relu_dual.relu_dual(rho)
    with mp.workdps(DIGITS):
        exact = exact_relu(mp.mpf(float(rho)))
        assert abs(textbook / exact - 1) > 1e-2
        assert abs(float(dual.scaled_relu(rho)) / exact - 1) < 1e-15
