"""Small loops as one machine function: the same numbers, and XLA does keep them together."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gnnconv_lib.kernels import small_loops
from gnnconv_lib.kernels.gd_chains import ChainProblem, ChainState, PairTable, xla
from gnnconv_lib.kernels.small_loops import as_one_function


def _steps(x):
    """Ten steps of which each is several programs: a sum, and a division that is used twice."""

    def step(_, x):
        mean = jnp.sqrt(jnp.sum(x * x)) / (1 + jnp.sum(x))
        return x - mean * x / 8

    return lax.fori_loop(0, 10, step, x)


def _compiled(function, *arguments):
    """The compiled program, and how many calls of one machine function it was asked to keep."""
    program = jax.jit(lambda *given: function(*given)).lower(*arguments).compile()
    calls = [line for line in program.as_text().splitlines() if " call(" in line]
    return program, sum('inlineable="false",xla_cpu_small_call="true"' in call for call in calls)


def _problem(pairs, units, chains, dtype):
    rho = jnp.linspace(0.1, 1, pairs, dtype=dtype)
    sine = jnp.sqrt((1 - rho) * (1 + rho))
    table = PairTable(rho, rho, sine, jnp.arctan2(sine, -rho), jnp.sum(rho), jnp.sum(rho * rho))
    ones = jnp.ones((units, chains), dtype)
    rates = jnp.full(chains, 1e-3, dtype)
    bounds = jnp.asarray(0, dtype), jnp.asarray(1e30, dtype)
    problem = ChainProblem(table, ones, rates, jnp.asarray([0, 100]), *bounds)
    start = jnp.linspace(-0.5, 1, units * chains, dtype=dtype).reshape(units, chains)
    return problem, ChainState(
        start, ones / 2, jnp.zeros(chains, int), jnp.zeros(chains, jnp.int32)
    )


def test_a_small_loop_is_one_function_with_the_same_result():
    x = jnp.linspace(0.5, 2, 7)
    together, calls = _compiled(as_one_function(_steps), x)
    apart, none = _compiled(_steps, x)
    assert (calls, none) == (1, 0)
    np.testing.assert_allclose(together(x), apart(x), rtol=1e-14)


def test_derivatives_and_maps_pass_through():
    x = jnp.linspace(0.5, 2, 7)
    together = as_one_function(_steps)
    slope = jax.jit(jax.grad(lambda x: jnp.sum(together(x) ** 2)))(x)
    np.testing.assert_allclose(slope, jax.grad(lambda x: jnp.sum(_steps(x) ** 2))(x), rtol=1e-13)
    many = jnp.stack([x, 2 * x])
    np.testing.assert_allclose(
        jax.jit(jax.vmap(together))(many), jax.vmap(_steps)(many), rtol=1e-14
    )


def test_another_platform_gets_the_function_itself(monkeypatch):
    monkeypatch.setattr(small_loops, "platform_name", lambda: "cuda")
    assert as_one_function(_steps) is _steps


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((7, 1, 1), "float32"),
        ((512, 1, 1), "float64"),
        ((1, 1, 512), "float64"),
        ((8, 8, 8), "float64"),
    ],
)
def test_chains_up_to_the_bound_are_compiled_together(shape, dtype, monkeypatch):
    given = _problem(*shape, dtype)
    assert np.prod(shape) <= xla._SMALL
    together, calls = _compiled(xla.advance.__wrapped__, *given)
    monkeypatch.setattr(xla, "_SMALL", np.prod(shape) - 1)
    apart, none = _compiled(xla.advance.__wrapped__, *given)
    assert (calls, none) == (1, 0)
    (after, seen), (expected, shown) = together(*given), apart(*given)
    unit = float(jnp.finfo(dtype).eps)
    np.testing.assert_array_equal(after.step, expected.step)
    np.testing.assert_array_equal(seen.code, shown.code)
    np.testing.assert_allclose(seen.loss, shown.loss, rtol=1000 * unit)
    np.testing.assert_allclose(after.u, expected.u, rtol=0, atol=100 * unit)
    np.testing.assert_allclose(after.beta, expected.beta, rtol=0, atol=100 * unit)
