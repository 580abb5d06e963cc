"""Kernels for accelerators, each beside its plain-JAX reference of the same semantics.

Arrays and graphs in, arrays and estimates out: nothing here knows a model or a summary, which
are built on top. One folder per kernel: what it computes in plain JAX (`xla`) and on a GPU
(`pallas`), and what both share.

`mc_population` estimates the population loss and the sums A, B, C; `gd_chains` runs gradient
descent for many chains; `overlap_tiles` counts the overlaps of dense graphs. Every kernel takes
`implementation=None | "xla" | "pallas"`. None leaves the choice to the platform: Pallas on CUDA,
plain JAX through XLA elsewhere. Pallas on a CPU runs in interpret mode, which is for tests.
`sharding` spreads each over devices and processes; `small_loops` spares a CPU the start of many
programs per step. Submodules load on first use.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from gnnconv_lib.kernels.implementation import choose

_SUBMODULES = (
    "gd_chains",
    "generator",
    "implementation",
    "mc_population",
    "overlap_tiles",
    "sharding",
    "small_loops",
)

__all__ = ["choose", *_SUBMODULES]


def __getattr__(name: str) -> ModuleType:
    if name in _SUBMODULES:
        return importlib.import_module(f"gnnconv_lib.kernels.{name}")
    raise AttributeError(f"module 'gnnconv_lib.kernels' has no attribute {name!r}")
