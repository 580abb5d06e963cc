"""What the tests of all kernels share: how a kernel can run here, and the gate without a GPU."""

import pytest

from gnnconv_lib.kernels import implementation

ON_GPU = implementation.platform_name() == "cuda"

# The same test class runs in every mode: a parameter `interpret` of the Pallas entry point.
MODES = [
    pytest.param(
        True,
        id="interpret",
        marks=pytest.mark.skipif(ON_GPU, reason="a GPU is here: the compiled kernel runs instead"),
    ),
    pytest.param(
        False, id="compiled", marks=pytest.mark.skipif(not ON_GPU, reason="needs a CUDA GPU")
    ),
]


def lowers_for_cuda(function, *args):
    """The CUDA program of `function(*args)`, which must hold at least one Triton kernel.

    `function` calls its kernel with `interpret=False`. Returns how many kernels there are.
    """
    text = implementation.lowered_for_cuda(function, *args)
    kernels = text.count("__gpu$xla.gpu.triton")
    assert kernels >= 1, "no Triton kernel in the lowered program"
    return kernels
