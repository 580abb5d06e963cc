"""All mutants: the lists MUTANTS of the modules of this folder."""

from __future__ import annotations

import importlib
import pkgutil

import tests.mutants
from tests.mutants.mutant import Mutant

__all__ = ["mutants"]


def mutants() -> list[Mutant]:
    """Every mutant, in the order of the modules' names."""
    found: list[Mutant] = []
    for entry in pkgutil.iter_modules(tests.mutants.__path__):
        if entry.name not in ("__main__", "test_mutants"):
            module = importlib.import_module(f"tests.mutants.{entry.name}")
            found += getattr(module, "MUTANTS", [])
    return found
