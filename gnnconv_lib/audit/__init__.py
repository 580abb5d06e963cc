"""The claims on both papers and on this book's own theorems, found by walking the package.

A module `gnnconv_lib/audit/<paper>/<chapter>.py`, or any module of the package of that name, holds
claims (`gnnconv_lib.claims`), known by their ids. Modules whose name begins with `_` hold none. The
budgets are `"quick"` and `"full"`; both must reach the same verdict.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from gnnconv_lib import claims
from gnnconv_lib.audit import _store
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import require_choice

__all__ = ["BUDGETS", "check", "claims_of", "names", "run"]

BUDGETS: tuple[str, ...] = ("quick", "full")


def names() -> tuple[str, ...]:
    """The ids of all claims, sorted."""
    _import_modules()
    return claims.names()


def claims_of(item: str) -> tuple[claims.Claim, ...]:
    """The claims of a ledger item.

    Args:
        item: the id of the item.
    """
    _import_modules()
    return claims.claims_of(item)


def check(name: str) -> claims.Claim:
    """The claim with the id `name`.

    Raises:
        InvalidInput: for an unknown id, with the nearest known one.
    """
    _import_modules()
    return claims.named(name)


def run(name: str, budget: str = "quick") -> Evidence:
    """The evidence that the claim `name` finds within `budget`.

    Args:
        name: the id of a claim.
        budget: one of `BUDGETS`.

    Raises:
        InvalidInput: for an unknown id or budget.
    """
    require_choice("budget", budget, BUDGETS)
    claim = check(name)
    return _store.evidence(name, budget, lambda: claim(budget=budget))


@cache
def _import_modules() -> None:
    """Import every module with claims, which registers them."""
    for found in pkgutil.walk_packages(__path__, f"{__name__}."):
        inner = found.name.removeprefix(f"{__name__}.").split(".")
        if not found.ispkg and not any(part.startswith("_") for part in inner):
            importlib.import_module(found.name)
