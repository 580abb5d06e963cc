"""Chapters: what they print, their parameters, their execution, their form.

| module | what it does |
|---|---|
| `report` | prints and displays rounded numbers, tables, digests, verdicts |
| `rounding`, `digest`, `verdicts` | what `report` is made of |
| `declarations`, `parameters` | the parameters of a chapter: their declaration, their check |
| `notebooks` | brings a notebook into its normal form and checks its hygiene |
| `benchmark_results`, `operation_count` | stored measurements, and counts without a clock |
| `execute` | executes chapters in parallel |
| `compilation_cache` | keeps what JAX compiled for them |
| `rerun` | reruns one chapter with other parameters |

Submodules load on first use.
"""

from __future__ import annotations

import importlib
from types import ModuleType

_SUBMODULES = (
    "benchmark_results",
    "compilation_cache",
    "declarations",
    "digest",
    "execute",
    "finding",
    "hygiene",
    "notebooks",
    "operation_count",
    "parameters",
    "report",
    "rerun",
    "rounding",
    "verdicts",
)

__all__ = list(_SUBMODULES)


def __getattr__(name: str) -> ModuleType:
    if name in _SUBMODULES:
        return importlib.import_module(f"gnnconv_lib.chapters.{name}")
    raise AttributeError(f"module 'gnnconv_lib.chapters' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
