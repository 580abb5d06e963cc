"""The choice of an implementation, and the gate that lowers kernels for CUDA without a GPU."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import pallas
from kernels_support import MODES, lowers_for_cuda, output_on_devices

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


WITHOUT_TRITON = """
import sys, warnings
sys.modules["jax.experimental.pallas.triton"] = None  # importing it fails
import numpy as np
import gnnconv_lib as gc
from gnnconv_lib import descent, kernels
from gnnconv_lib.kernels import gd_chains, generator, implementation, mc_population, overlap_tiles
star, table = gc.graphs.star(6), gc.relu_gnn.reduced_model(gc.graphs.star(6)).table
print(implementation.has_triton(), implementation.compiler_parameters())
start = np.ones((2, 1))
for word in ("xla", "pallas"):  # interpreted, since this is a CPU
    mc_population.loss([1.0, 0.2], [0.3, 1.0], star, 200, 3, implementation=word)
    gd_chains.gd_chains(table, start, start, 1e-3, [3], implementation=word)
    overlap_tiles.overlap_histogram(star, implementation=word)
implementation.platform_name = lambda: "cuda"
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    mc_population.loss([1.0, 0.2], [0.3, 1.0], star, 200, 3)
    gd_chains.gd_chains(table, start, start, 1e-3, [3])
    overlap_tiles.overlap_histogram(star)
for warning in said:
    if warning.category is implementation.PlainJax:
        print(warning.message)
try:
    overlap_tiles.overlap_histogram(star, implementation="pallas")
except gc.InvalidInput as refused:
    print(refused)
"""


def test_a_jax_without_triton_has_everything_in_plain_jax():
    """Imports work, interpret mode works, and on CUDA the fallback is one sentence per kernel."""
    lines = output_on_devices(1, WITHOUT_TRITON).splitlines()
    assert lines[0] == "False None"
    lacks = f"Pallas' Triton backend, which jax {jax.__version__} lacks"
    for line, kernel in zip(
        lines[1:4], ("mc_population", "gd_chains", "overlap_tiles"), strict=True
    ):
        assert line == f"{kernel} runs in plain JAX: its GPU version needs {lacks}."
    assert lines[4] == f"implementation 'pallas' needs {lacks}; 'xla' runs everywhere."
    assert len(lines) == 5


def test_nothing_is_said_where_plain_jax_was_asked_for_or_is_the_best(monkeypatch, recwarn):
    assert implementation.choose_for("a_kernel", None, "fewer") == "xla"  # a CPU
    monkeypatch.setattr(implementation, "platform_name", lambda: "cuda")
    assert implementation.choose_for("a_kernel", "xla", "fewer") == "xla"
    assert implementation.choose_for("a_kernel", None) == "pallas"
    assert not recwarn.list
