"""How the library comes to compute in float64, each case in an interpreter of its own."""

import os
import subprocess
import sys
import textwrap

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gnnconv_lib.precision import as_float_array, working_dtype


def fresh(code, **environment):
    """Run `code` in a fresh interpreter; its stdout and stderr."""
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("JAX_", "XLA_"))}
    settings |= {"JAX_PLATFORMS": "cpu", **environment}
    done = subprocess.run(
        [sys.executable, "-W", "always::UserWarning", "-c", textwrap.dedent(code)],
        env=settings,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), done.stderr


NUMPY_INPUT = """
    import numpy as np
    import gnnconv_lib as gc
    rho = np.array([-1.0, 0.0, 0.5, 1.0])
    for kind in (np.float64, np.float32):
        print(gc.precision.as_float_array(rho.astype(kind))[0].dtype.name)
    print(gc.precision.as_float_array(1)[0].dtype.name)
"""


def test_numpy_input_gives_float64_in_a_fresh_interpreter():
    printed, errors = fresh(NUMPY_INPUT)
    assert printed == ["float64", "float32", "float64"]
    assert "64-bit mode" not in errors


def test_the_environment_variable_keeps_float32():
    printed, errors = fresh(NUMPY_INPUT, JAX_ENABLE_X64="0")
    assert printed == ["float32"] * 3
    assert errors == ""


def test_the_environment_variable_may_ask_for_float64():
    printed, errors = fresh(NUMPY_INPUT, JAX_ENABLE_X64="1")
    assert printed == ["float64", "float32", "float64"]
    assert errors == ""


def test_jax_imported_but_unused_before_gives_no_warning():
    printed, errors = fresh(
        """
        import jax.numpy as jnp
        import gnnconv_lib
        print(jnp.ones(2).dtype.name)
        """
    )
    assert printed == ["float64"]
    assert "64-bit mode" not in errors


def test_jax_used_in_32_bits_before_gives_a_warning_at_the_import():
    printed, errors = fresh(
        """
        import jax.numpy as jnp
        print(jnp.ones(2).dtype.name)
        import gnnconv_lib
        print(jnp.ones(2).dtype.name)
        """
    )
    assert printed == ["float32", "float64"]
    assert errors.count("UserWarning") == 1
    assert "import gnnconv_lib first, or set JAX_ENABLE_X64=0" in errors


def test_jax_used_in_64_bits_before_gives_no_warning():
    printed, errors = fresh(
        """
        import jax
        jax.config.update("jax_enable_x64", True)
        print(jax.numpy.ones(2).dtype.name)
        import gnnconv_lib
        print(jax.numpy.ones(2).dtype.name)
        """
    )
    assert printed == ["float64", "float64"]
    assert errors == ""


def test_a_user_who_stays_in_32_bits_is_not_warned():
    printed, errors = fresh(
        """
        import jax.numpy as jnp
        print(jnp.ones(2).dtype.name)
        import gnnconv_lib
        print(jnp.ones(2).dtype.name)
        """,
        JAX_ENABLE_X64="0",
    )
    assert printed == ["float32", "float32"]
    assert errors == ""


def test_derivatives_taken_outside_of_the_library_are_float64():
    # Scoped 64-bit mode would fail here; this is why the switch is set once, at the import.
    printed, _ = fresh(
        """
        import gnnconv_lib as gc
        import jax
        f = lambda x: gc.precision.as_float_array(x)[0] ** 3
        print(jax.hessian(f)(2.0).dtype.name, float(jax.hessian(f)(2.0)))
        print(jax.vmap(jax.jit(f))(jax.numpy.arange(2.0)).dtype.name)
        """
    )
    assert printed == ["float64", "12.0", "float64"]


SINGLE, DOUBLE, WHOLE = np.ones(2, np.float32), np.ones(2), np.ones(2, np.int32)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((SINGLE,), "float32"),
        ((SINGLE, 0.1), "float32"),
        ((SINGLE, SINGLE), "float32"),
        ((SINGLE, DOUBLE), "float64"),
        ((SINGLE, WHOLE), "float64"),
        ((WHOLE,), "float64"),
        ((1, 2.0), "float64"),
        (([1, 2],), "float64"),
        ((np.float32(1),), "float32"),
        ((jnp.ones(2, jnp.float32),), "float32"),
        ((), "float64"),
    ],
)
def test_the_working_type_follows_the_input(values, name):
    assert jnp.dtype(working_dtype(*values)).name == name
    assert all(array.dtype.name == name for array in as_float_array(*values))


def test_conversion_keeps_shape_and_every_bit():
    values = np.array([[np.pi, -0.0], [5e-324, 1e308]])
    (array,) = as_float_array(values)
    assert isinstance(array, jax.Array)
    assert np.array_equal(
        np.asarray(array).view(np.int64)[[0, 0, 1], [0, 1, 1]],
        values.view(np.int64)[[0, 0, 1], [0, 1, 1]],
    )


def test_float32_mode_is_silent():
    printed, errors = fresh(
        """
        import warnings
        warnings.simplefilter("error", RuntimeWarning)
        import numpy as np
        import gnnconv_lib as gc
        overlap = gc.summaries.overlap(gc.graphs.cycle(7))
        start = np.random.default_rng(0).standard_normal((2, 2, 3))
        print(gc.descent.run_relu(*start, overlap, 1e-3, 20).status)
        print(gc.descent.run_relu(*start, overlap, 1e-3, 20, target=-1e300, limit=1e300).status)
        """,
        JAX_ENABLE_X64="0",
    )
    assert printed == ["budget", "budget"]
    assert errors == ""
