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
from typing import TYPE_CHECKING

from gnnconv_lib.extras import has, submodule
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:  # so that type checkers see what __getattr__ loads
    from gnnconv_lib import (
        activations as activations,
        audit as audit,
        averaging_gnn as averaging_gnn,
        bounds as bounds,
        certificates as certificates,
        chapters as chapters,
        claims as claims,
        descent as descent,
        dual as dual,
        evidence as evidence,
        graph_report as graph_report,
        graphs as graphs,
        kernels as kernels,
        ledger as ledger,
        linear_gnn as linear_gnn,
        monte_carlo as monte_carlo,
        page as page,
        plotting as plotting,
        precision as precision,
        relu_gnn as relu_gnn,
        summaries as summaries,
        sweeps as sweeps,
    )

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
    "claims",
    "descent",
    "dual",
    "evidence",
    "graph_report",
    "graphs",
    "kernels",
    "ledger",
    "linear_gnn",
    "monte_carlo",
    "page",
    "plotting",
    "precision",
    "relu_gnn",
    "summaries",
    "sweeps",
)

__all__ = ["InvalidInput", "__version__", *_SUBMODULES]


def __getattr__(name: str) -> ModuleType:
    if name in _SUBMODULES:
        return submodule("gnnconv_lib", name)
    raise AttributeError(f"module 'gnnconv_lib' has no attribute {name!r}")


def __dir__() -> list[str]:
    # A tool that looks at every name, such as help(), must not meet one that cannot be had.
    return sorted(name for name in __all__ if name != "plotting" or has("matplotlib"))
