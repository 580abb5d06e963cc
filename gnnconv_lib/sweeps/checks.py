"""What is checked of a function and its arguments, or of a chapter, before a sweep begins."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gnnconv_lib.page import results
from gnnconv_lib.sweeps.tasks import module_digest, named_function
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["importable_name", "require_arguments", "require_disjoint", "require_results"]


def importable_name(function: Callable[..., Any]) -> tuple[str, str]:
    """The name `module:function`, and the digest of the module's file.

    Raises:
        InvalidInput: for a function that no other process can import.
    """
    module = getattr(function, "__module__", None)
    inside = getattr(function, "__qualname__", None)
    name = f"{module}:{inside}"
    try:
        known = module not in (None, "__main__") and named_function(name) is function
    except (ImportError, AttributeError):
        known = False
    if not known:
        raise InvalidInput(
            "function must be a function of a module that workers can import, not one of a "
            f"notebook, a script or another function, got {name}."
        )
    return name, module_digest(name)


def require_arguments(
    function: Callable[..., Any], swept: Mapping[str, Any], same: Mapping[str, Any]
) -> None:
    """Check that `function` takes the arguments, and that none is missing.

    Raises:
        InvalidInput: for an unknown name, with the nearest known one, and for a missing one.
    """
    require_disjoint(swept, same)
    try:
        known = inspect.signature(function).parameters
    except ValueError:
        return
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    names = [name for name, entry in known.items() if entry.kind in by_name]
    anything = any(entry.kind is inspect.Parameter.VAR_KEYWORD for entry in known.values())
    for name in itertools.chain(swept, same):
        if not anything:
            require_choice("parameter", name, names)
    for name in names:
        if known[name].default is inspect.Parameter.empty and name not in {*swept, *same}:
            raise InvalidInput(f"{name} must be in the grid or fixed, since it has no default.")


def require_disjoint(swept: Mapping[str, Any], same: Mapping[str, Any]) -> None:
    """Check that no parameter is both swept and fixed.

    Raises:
        InvalidInput: if one is.
    """
    for name in swept:
        if name in same:
            raise InvalidInput(f"{name} must be in the grid or fixed, not both.")


def require_results(chapter: str, sources: Iterable[str]) -> None:
    """Check that the code of a chapter reports a result; a run that comes by none fails later.

    Raises:
        InvalidInput: if no cell calls `report` for one.
    """
    calls = [f"report.{name}" for name in results.CALLS]
    if not any(f"{call}(" in source for source in sources for call in calls):
        raise InvalidInput(
            f"chapter {chapter} must report a result to be swept: one of {', '.join(calls)}."
        )
