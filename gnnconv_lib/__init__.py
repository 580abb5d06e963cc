"""Exact population objects of gradient descent on graph neural networks.

The library behind the executable companion to Awasthi, Das, Gollapudi (NeurIPS 2021) and Li, Zou,
Zhong (AAAI 2021). Import it as `import gnnconv_lib as gc`. Importing it turns on JAX's 64-bit mode
(see `gnnconv_lib.precision`). Submodules load on first use.

>>> import gnnconv_lib as gc
>>> overlap = gc.summaries.overlap(gc.graphs.complete(2))
>>> A, B, C = gc.relu_gnn.sums(overlap, 1.0)
>>> float(A), float(B), float(C)
(8.0, 8.0, 8.0)
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType

from gnnconv_lib.validation import InvalidInput

if "jax" in sys.modules:
    importlib.import_module("gnnconv_lib.precision").enable_float64()
else:  # JAX reads this when it is imported, so that importing the library need not import JAX
    os.environ.setdefault("JAX_ENABLE_X64", "1")

__version__ = "0.1.0"

_SUBMODULES = (
    "activations",
    "audit",
    "averaging_gnn",
    "bounds",
    "certificates",
    "chapters",
    "descent",
    "dual",
    "evidence",
    "graphs",
    "kernels",
    "ledger",
    "linear_gnn",
    "monte_carlo",
    "plotting",
    "precision",
    "relu_gnn",
    "summaries",
    "sweeps",
)

__all__ = ["InvalidInput", "__version__", *_SUBMODULES]


def __getattr__(name: str) -> ModuleType:
    if name in _SUBMODULES:
        return importlib.import_module(f"gnnconv_lib.{name}")
    raise AttributeError(f"module 'gnnconv_lib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
