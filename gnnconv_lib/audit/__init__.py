"""The registry of checks: one function per claim, found by walking the package.

A check is a plain function `name(budget="quick") -> Evidence`, listed in the `__all__` of its
module `gnnconv_lib/audit/<paper>/<chapter>.py`. The ledger knows it as `<paper>.<chapter>.<name>`.
The budgets are `"quick"` (about a second) and `"full"`; both must reach the same verdict.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["BUDGETS", "check", "names", "run"]

BUDGETS: tuple[str, ...] = ("quick", "full")


def names() -> tuple[str, ...]:
    """The full names of all checks, sorted.

    Raises:
        InvalidInput: for a module without `__all__` and for an entry of it that is not a function.
    """
    return tuple(sorted(_registry()))


def check(name: str) -> Callable[..., Evidence]:
    """The function behind the check `name`.

    Raises:
        InvalidInput: for an unknown name, with the nearest known one.
    """
    registry = _registry()
    return registry[require_choice("check", name, registry)]


def run(name: str, budget: str = "quick") -> Evidence:
    """The evidence that the check `name` finds within `budget`.

    Args:
        name: `<paper>.<chapter module>.<function>`.
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
def _registry() -> dict[str, Callable[..., Evidence]]:
    registry: dict[str, Callable[..., Evidence]] = {}
    for module_info in pkgutil.walk_packages(__path__, f"{__name__}."):
        if module_info.ispkg or module_info.name.rsplit(".", 1)[-1].startswith("_"):
            continue
        module = importlib.import_module(module_info.name)
        short = module_info.name.removeprefix(f"{__name__}.")
        exported = getattr(module, "__all__", None)
        if exported is None:
            raise InvalidInput(f"audit module {short} must list its checks in __all__.")
        for name in exported:
            function = getattr(module, name, None)
            if not callable(function):
                raise InvalidInput(f"check {short}.{name} must be a function.")
            registry[f"{short}.{name}"] = function
    return registry
