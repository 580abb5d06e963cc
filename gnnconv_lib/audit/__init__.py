"""The registry of checks: one function per claim, found by walking the package.

A check is a plain function `name(budget="quick") -> Evidence`, listed in the `__all__` of its
module: `gnnconv_lib/audit/<paper>/<chapter>.py`, or any module of the package of that name. The
ledger knows it as `<paper>.<chapter>.<name>`. Modules whose name begins with `_` hold no checks.
The budgets are `"quick"` (about a second) and `"full"`; both must reach the same verdict.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import cache
from types import ModuleType

from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["BUDGETS", "check", "names", "run"]

BUDGETS: tuple[str, ...] = ("quick", "full")


def names() -> tuple[str, ...]:
    """The full names of all checks, sorted.

    Raises:
        InvalidInput: for a module without `__all__`, an entry of it that is no function of a budget, and a
            name that two modules of a chapter share.
    """
    return tuple(sorted(_registry()))


def check(name: str) -> Callable[..., Evidence]:
    """The function behind the check `name`.

    Raises:
        InvalidInput: for an unknown name, with the nearest known one.
    """
    # Only the chapter is imported: a check runs even while another chapter cannot.
    chapter = _registry(".".join(name.split(".")[:2]))
    if name not in chapter:
        near = difflib.get_close_matches(name, _registry(), n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise InvalidInput(f"check must be the name of a check, got {name!r}{hint}.")
    return chapter[name]


def run(name: str, budget: str = "quick") -> Evidence:
    """The evidence that the check `name` finds within `budget`.

    Args:
        name: `<paper>.<chapter>.<function>`.
        budget: one of `BUDGETS`.

    Raises:
        InvalidInput: for an unknown name or budget, and for a check that returns no `Evidence`.
    """
    require_choice("budget", budget, BUDGETS)
    found = check(name)(budget=budget)
    if not isinstance(found, Evidence):
        raise InvalidInput(f"check {name} must return Evidence, got {type(found).__name__}.")
    return found


@cache
def _registry(chapter: str = "") -> dict[str, Callable[..., Evidence]]:
    registry: dict[str, Callable[..., Evidence]] = {}
    for found in pkgutil.walk_packages(__path__, f"{__name__}."):
        parts = found.name.removeprefix(f"{__name__}.").split(".")
        if found.ispkg or any(part.startswith("_") for part in parts):
            continue
        if chapter and ".".join(parts[:2]) != chapter:
            continue
        module = importlib.import_module(found.name)
        for name, function in _exported(module, ".".join(parts)).items():
            full = ".".join([*parts[:2], name])
            if full in registry:
                raise InvalidInput(f"check {full} must be defined once.")
            registry[full] = function
    return registry


def _exported(module: ModuleType, short: str) -> dict[str, Callable[..., Evidence]]:
    names = getattr(module, "__all__", None)
    if names is None:
        raise InvalidInput(f"audit module {short} must list its checks in __all__.")
    functions: dict[str, Callable[..., Evidence]] = {}
    for name in names:
        function = getattr(module, name, None)
        if not inspect.isfunction(function):
            raise InvalidInput(f"{name} in audit module {short} must be a function.")
        if "budget" not in inspect.signature(function).parameters:
            raise InvalidInput(f"check {name} in audit module {short} must accept a budget.")
        functions[name] = function
    return functions
