"""A mutant, and how it is planted: the module's source with one text replaced, before any import."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Mutant", "outcomes", "plant", "text_of"]


@dataclass(frozen=True)
class Mutant:
    """A change of one formula.

    Fields:
        module: the module that holds the formula.
        old: a text that occurs in its source exactly once.
        new: what stands there instead.
        claims: ids of claims; at least one must change its verdict, lose its correction or raise.
        survives: why nobody need notice it; a survivor without a reason fails the gate.
    """

    module: str
    old: str
    new: str
    claims: tuple[str, ...] | list[str]
    survives: str = ""

    def __str__(self) -> str:
        return f"{self.module}: {' '.join(self.old.split())} -> {' '.join(self.new.split())}"


def text_of(module: str) -> str:
    """The source of a module, without importing it or a package that holds it."""
    top, *inner = module.split(".")
    found = importlib.util.find_spec(top)
    if found is None or found.origin is None:
        raise ValueError(f"module must be one of the project, got {module!r}.")
    place = Path(found.origin).parent.joinpath(*inner)
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    if not file.is_file():
        raise ValueError(f"module must be one of the project, got {module!r}.")
    return file.read_text(encoding="utf-8")


def plant(mutant: Mutant) -> None:
    """From now on in this process, an import of the module gives its mutant.

    Raises:
        ValueError: if the old text does not stand there exactly once.
    """
    text = text_of(mutant.module)
    times = text.count(mutant.old)
    if times != 1:
        raise ValueError(
            f"{mutant.module} must hold the text once, not {times} times: {mutant.old}"
        )
    if mutant.module in sys.modules:
        raise ValueError(f"{mutant.module} must not be imported before it is changed.")
    sys.meta_path.insert(0, _Finder(mutant.module, text.replace(mutant.old, mutant.new)))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, module: str, text: str) -> None:
        self.module, self.text = module, text

    def find_spec(self, name, path=None, target=None):
        if name != self.module:
            return None
        sys.meta_path.remove(self)
        found = importlib.util.find_spec(name)
        sys.meta_path.insert(0, self)
        self.origin = found.origin
        return importlib.util.spec_from_file_location(
            name,
            found.origin,
            loader=self,
            submodule_search_locations=found.submodule_search_locations,
        )

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.text, self.origin, "exec"), module.__dict__)


def outcomes(
    claims: list[str], mutant: Mutant | None = None, before: dict[str, list] | None = None
) -> dict[str, list]:
    """For each claim its verdict and whether its correction held, or the error.

    With what was found `before`, the first claim that differs from that is the last one decided.

    To be called in a process of its own (see `tests.mutants.workers`): the mutant stays planted.
    """
    if mutant is not None:
        plant(mutant)
    try:
        from gnnconv_lib import audit

        audit.names()
    except Exception as error:
        if mutant is None:
            raise
        # A module that cannot even be imported is noticed by everyone.
        return {claim: ["error", type(error).__name__] for claim in claims}
    found = {}
    for name in claims:
        known = audit.check(name)
        try:
            # What a mutant changes is never stored, and nothing stored is read in its place.
            evidence = audit.run(name) if mutant is None else known("quick")
            found[name] = [evidence.verdict, evidence.corrected]
        except Exception as error:
            found[name] = ["error", type(error).__name__]
        if before is not None and found[name] != before[name]:
            break
    return found
