"""Kernels for accelerators, each beside its plain-JAX reference of the same semantics.

Every kernel takes `implementation=None | "xla" | "pallas"`. None leaves the choice to the
platform: Pallas on CUDA, plain JAX through XLA elsewhere. Pallas on a CPU runs in interpret mode,
which is for tests. Book page: book/scale/kernels-against-monte-carlo.
"""

from gnnconv_lib.kernels.implementation import choose

__all__ = ["choose"]
