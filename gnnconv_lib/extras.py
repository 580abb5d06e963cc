"""What loads on first use, and the sentence for what needs a package that is not installed."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

__all__ = ["has", "lazy", "package", "submodule"]

_EXTRAS = {"numba": "fast", "dask": "cluster", "distributed": "cluster"}


def has(package: str) -> bool:
    """Whether `package` can be imported; it is not imported.

    >>> has("numpy"), has("a_package_that_is_not_there")
    (True, False)
    """
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:  # loaded, but without a specification
        return False


def submodule(parent: str, name: str) -> ModuleType:
    """The module `parent.name`.

    Raises:
        ImportError: where a package is missing, with the extra that brings it.
    """
    try:
        return importlib.import_module(f"{parent}.{name}")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "gnnconv_lib"):
            raise
        raise _needs(f"{parent}.{name}", missing) from None


def lazy(
    parent: str, names: Sequence[str], needs: Mapping[str, str] | None = None
) -> tuple[Callable[[str], ModuleType], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of the package `parent`, whose submodules load on first use.

    Args:
        parent: the full name of the package.
        names: its submodules.
        needs: the package that a submodule cannot do without; where it is missing, `dir` is silent
            on the submodule, so that a tool that looks at every name meets none that cannot be had.

    >>> find, listed = lazy("gnnconv_lib", ["files"])
    >>> find("files").__name__, listed()
    ('gnnconv_lib.files', ['files'])
    """
    needed = needs or {}

    def find(name: str) -> ModuleType:
        if name in names:
            return submodule(parent, name)
        raise AttributeError(f"module {parent!r} has no attribute {name!r}")

    def listed() -> list[str]:
        return sorted(name for name in names if has(needed.get(name, "gnnconv_lib")))

    return find, listed


def package(name: str) -> Any:
    """The package `name`, for a function that cannot work without it.

    Raises:
        ImportError: where it is missing, with the extra that brings it.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise _needs("this", error.name or name) from None


def _needs(who: str, missing: str) -> ImportError:
    extra = _EXTRAS.get(missing, "book")
    return ImportError(f"{who} needs {missing}; install gnnconv-lib[{extra}].", name=missing)
