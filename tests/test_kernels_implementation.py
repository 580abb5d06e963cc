"""The choice of an implementation, and the gate that lowers kernels for CUDA without a GPU."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import pallas
from kernels_support import MODES, lowers_for_cuda

import gnnconv_lib as gc
from gnnconv_lib.kernels import implementation


def double(x, interpret):
    def body(source, target):
        target[...] = 2 * source[...]

    return pallas.pallas_call(
        body,
        out_shape=jax.ShapeDtypeStruct(x.shape, x.dtype),
        grid=(2,),
        in_specs=[pallas.BlockSpec((4,), lambda i: (i,))],
        out_specs=pallas.BlockSpec((4,), lambda i: (i,)),
        interpret=interpret,
        compiler_params=implementation.compiler_parameters(warps=1),
    )(x)


@pytest.mark.parametrize(
    ("word", "platform", "chosen"),
    [
        (None, "cpu", "xla"),
        (None, "cuda", "pallas"),
        (None, "rocm", "xla"),
        (None, "tpu", "xla"),
        ("xla", "cuda", "xla"),
        ("pallas", "cpu", "pallas"),
    ],
)
def test_choice(word, platform, chosen):
    assert implementation.choose(word, platform) == chosen


@pytest.mark.parametrize("word", ["triton", "Pallas", "", 3])
def test_another_word_is_refused(word):
    with pytest.raises(gc.InvalidInput, match="implementation must be one of xla, pallas"):
        implementation.choose(word)


def test_platform_is_that_of_the_default_device():
    name = implementation.platform_name()
    assert name in ("cpu", "cuda", "rocm", "tpu")
    assert implementation.choose(None) == ("pallas" if name == "cuda" else "xla")
    assert implementation.interprets() == (name != "cuda")
    with jax.default_device(jax.devices("cpu")[0]):
        assert implementation.platform_name() == "cpu"
    with jax.default_device("cpu"):
        assert implementation.platform_name() == "cpu"


@pytest.mark.parametrize("interpret", MODES)
def test_a_kernel_runs_in_every_mode(interpret):
    np.testing.assert_array_equal(double(jnp.arange(8.0), interpret), 2 * np.arange(8.0))


def test_the_gate_sees_the_kernel():
    assert lowers_for_cuda(lambda x: double(x, interpret=False), jnp.arange(8.0)) == 1


@pytest.mark.parametrize("function", [jnp.sin, lambda x: double(x, interpret=True)])
def test_the_gate_refuses_a_program_without_a_kernel(function):
    with pytest.raises(AssertionError, match="no Triton kernel"):
        lowers_for_cuda(function, jnp.arange(8.0))
