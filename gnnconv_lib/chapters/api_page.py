"""The text of the book page that documents every public symbol (`book/back/api`).

The list of modules is read from the package itself, so a new module cannot be forgotten. A symbol
that several modules offer is documented once, in the outermost of them.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from types import ModuleType
from typing import Any

__all__ = ["api_text", "documented_symbols", "protect_formulas", "public_modules"]

PACKAGE = "gnnconv_lib"


def public_modules(package: str = PACKAGE) -> list[str]:
    """The importable names of a package and of all its modules without a leading underscore.

    >>> "gnnconv_lib.validation" in public_modules()
    True

    Args:
        package: the name of an importable package.

    Returns:
        The names in alphabetical order, the package itself first.

    Raises:
        ImportError: if a module of the package cannot be imported.
    """
    root = importlib.import_module(package)
    names = [package]
    for module in pkgutil.walk_packages(root.__path__, prefix=f"{package}.", onerror=_raise):
        parts = module.name.split(".")[1:]
        if not any(part.startswith("_") for part in parts):
            names.append(module.name)
    return sorted(names)


def documented_symbols(package: str = PACKAGE) -> dict[str, list[tuple[str, str]]]:
    """The public symbols of each module, each with the full name under which it is documented.

    >>> documented_symbols()["gnnconv_lib.validation"][0]
    ('InvalidInput', 'gnnconv_lib.InvalidInput')

    Args:
        package: the name of an importable package.

    Returns:
        For each module name, the pairs (symbol, full name), in the order of its `__all__`.

    Raises:
        AttributeError: if a module has no `__all__`, or names something there that it lacks.
    """
    owners: dict[tuple[str, int], str] = {}
    symbols: dict[str, list[tuple[str, str]]] = {}
    modules = public_modules(package)
    for name in sorted(modules, key=lambda module: (module.count("."), module)):
        module = importlib.import_module(name)
        symbols[name] = []
        for symbol in module.__all__:
            value = getattr(module, symbol)
            if inspect.ismodule(value):
                continue
            full_name = owners.setdefault((symbol, id(value)), f"{name}.{symbol}")
            symbols[name].append((symbol, full_name))
    return {name: symbols[name] for name in modules}


def api_text(package: str = PACKAGE) -> str:
    """The Markdown of the API page: one section for each module, in alphabetical order.

    Args:
        package: the name of an importable package.

    Returns:
        MyST Markdown that calls Sphinx's autodoc for every public symbol.
    """
    return "\n\n".join(
        _section(importlib.import_module(name), symbols)
        for name, symbols in documented_symbols(package).items()
    )


def protect_formulas(lines: list[str]) -> list[str]:
    """The lines of a docstring with `|`, `*` and trailing `_` escaped outside of code.

    Formulas such as |w|^2 or w* are plain text in our docstrings; reStructuredText would read
    them as markup.

    >>> print(protect_formulas(["L = |w|^2 in `a * b`"])[0])
    L = \\|w\\|^2 in `a * b`

    Args:
        lines: the docstring, line by line.

    Returns:
        As many lines; code spans, doctests and literal blocks are left as they are.
    """
    result: list[str] = []
    in_doctest = False
    literal_indent: int | None = None
    for line in lines:
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if stripped and literal_indent is not None and indent <= literal_indent:
            literal_indent = None
        if not stripped:
            in_doctest = False
        elif stripped.startswith(">>>"):
            in_doctest = True
        if in_doctest or literal_indent is not None or not stripped:
            result.append(line)
            continue
        result.append(_escape(line))
        if stripped.endswith("::"):
            literal_indent = indent
    return result


def _escape(line: str) -> str:
    parts = re.split(r"(``.+?``|`[^`]+`_*)", line)
    for position in range(0, len(parts), 2):
        parts[position] = re.sub(r"(?<!\\)([|*])", r"\\\1", parts[position])
        parts[position] = re.sub(r"(?<=\w)_(?=\W|$)", r"\\_", parts[position])
    return "".join(parts)


def _section(module: ModuleType, symbols: list[tuple[str, str]]) -> str:
    name = module.__name__
    here = [symbol for symbol, full_name in symbols if full_name == f"{name}.{symbol}"]
    elsewhere = [full_name for symbol, full_name in symbols if full_name != f"{name}.{symbol}"]
    lines = [f"## `{name}`", "", "```{eval-rst}", f".. automodule:: {name}", "   :no-members:", ""]
    if here:
        lines += [".. autosummary::", "   :nosignatures:", ""]
        lines += [f"   ~{name}.{symbol}" for symbol in here]
        lines += [""]
    for symbol in here:
        lines += _directive(f"{name}.{symbol}", getattr(module, symbol))
    if elsewhere:
        links = ", ".join(f":py:obj:`{full_name}`" for full_name in elsewhere)
        lines += [f"Documented above or below: {links}."]
    lines += ["```"]
    return "\n".join(lines)


def _directive(full_name: str, value: Any) -> list[str]:
    if inspect.isclass(value) and issubclass(value, BaseException):
        return [f".. autoexception:: {full_name}", ""]
    if inspect.isclass(value):
        return [f".. autoclass:: {full_name}", "   :members:", ""]
    if callable(value):
        return [f".. autofunction:: {full_name}", ""]
    return [f".. autodata:: {full_name}", "   :no-value:", ""]


def _raise(name: str) -> None:
    raise ImportError(f"The module {name} cannot be imported.")
