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

__all__ = ["api_pages", "api_text", "documented_symbols", "protect_formulas", "public_modules"]

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
        AttributeError: if a module names something in its `__all__` that it lacks.
    """
    owners: dict[tuple[str, int], str] = {}
    symbols: dict[str, list[tuple[str, str]]] = {}
    modules = public_modules(package)
    for name in sorted(modules, key=lambda module: (module.count("."), module)):
        module = importlib.import_module(name)
        symbols[name] = []
        for symbol in getattr(module, "__all__", ()):
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
    documented = documented_symbols(package)
    named = {full_name for symbols in documented.values() for _, full_name in symbols}
    return "\n\n".join(
        _section(importlib.import_module(name), symbols, named)
        for name, symbols in documented.items()
    )


def api_pages(package: str = PACKAGE) -> dict[str, str]:
    """The Markdown pages of the API, one for each module directly in the package, by file name.

    Args:
        package: the name of an importable package.

    Returns:
        The package itself and its modules; a page holds the modules below its own, too.
    """
    documented = documented_symbols(package)
    named = {full_name for symbols in documented.values() for _, full_name in symbols}
    sections: dict[str, list[str]] = {}
    for name, symbols in documented.items():
        top = ".".join(name.split(".")[:2])
        sections.setdefault(top, []).append(_section(importlib.import_module(name), symbols, named))
    return {
        top.split(".")[-1].replace("_", "-"): "\n\n".join([f"# {top}", *texts])
        for top, texts in sections.items()
    }


def protect_formulas(lines: list[str]) -> list[str]:
    """The lines of a docstring as reStructuredText that shows its formulas as they are written.

    Our docstrings are plain text with formulas such as |w|^2 or w*, which reStructuredText would
    read as markup: outside of code, `|`, `*` and a trailing `_` are escaped. An indented block
    after a blank line becomes a literal block, and a list gets the blank line that it needs.

    >>> print(protect_formulas(["L = |w|^2 in `a * b`"])[0])
    L = \\|w\\|^2 in `a * b`
    >>> protect_formulas(["With c the cosine", "", "    B = A * c."])
    ['With c the cosine', '', '::', '', '    B = A * c.']
    >>> protect_formulas(["Args:", "    length: l."])[-1]
    '    length: \\\\l.'

    Args:
        lines: the docstring, line by line.

    Returns:
        The new lines. Doctests, code and the sections of the docstring (its arguments and so on) keep
        their form.
    """
    result: list[str] = []
    margin_line, previous, in_list = "", "", False
    mode = "text"
    for line in lines:
        stripped, indented = line.strip(), line[:1] == " "
        if (mode == "doctest" and not stripped) or (
            mode == "literal" and stripped and not indented
        ):
            mode = "text"
        if mode == "text" and stripped.startswith(">>>"):
            mode = "doctest"
        elif mode == "text" and stripped:
            if not indented:
                # A minus sign may begin a line too, but not after the end of a sentence.
                begins = in_list or previous.endswith((".", ":", ";")) or not previous
                item = begins and bool(_ITEM.match(line))
                if item and previous and not in_list:
                    result.append("")
                in_list = item or (in_list and bool(previous))
                margin_line = stripped
            elif not previous and not in_list and not _HEADING.fullmatch(margin_line):
                mode = "literal"
                if not margin_line.endswith("::"):
                    result += ["::", ""]
        result.append(_escape(line) if mode == "text" else line)
        previous = stripped
    return result


_ITEM = re.compile(r"(-|\d+\.) ")
_HEADING = re.compile(r"[A-Z][A-Za-z ]*:")


def _escape(line: str) -> str:
    parts = re.split(r"(``.+?``|`[^`]+`_*)", line)
    for position in range(0, len(parts), 2):
        parts[position] = re.sub(r"(?<!\\)([|*])", r"\\\1", parts[position])
        parts[position] = re.sub(r"(?<=\w)_(?=\W|$)", r"\\_", parts[position])
        # A description that begins "l." is no list.
        parts[position] = re.sub(r"(^\s*\w+: )(?=[A-Za-z]\.(?:\s|$))", r"\1\\", parts[position])
        # What follows a code span must be no letter, or the span has no end.
        if position and re.match(r"\w", parts[position]):
            parts[position] = "\\ " + parts[position]
    return "".join(parts)


def _section(module: ModuleType, symbols: list[tuple[str, str]], named: set[str]) -> str:
    name = module.__name__
    # A function may have the name of its module, as `summaries.overlap` has: one of them is listed.
    options = ["   :no-members:", *(["   :no-index:"] if name in named else [])]
    here = [symbol for symbol, full_name in symbols if full_name == f"{name}.{symbol}"]
    elsewhere = [full_name for symbol, full_name in symbols if full_name != f"{name}.{symbol}"]
    lines = [f"## `{name}`", "", "```{eval-rst}", f".. automodule:: {name}", *options, ""]
    if here:
        lines += [".. autosummary::", "   :nosignatures:", ""]
        lines += [f"   {symbol}" for symbol in here]
        lines += [""]
    for symbol in here:
        lines += _directive(f"{name}.{symbol}", getattr(module, symbol))
    if elsewhere:
        links = ", ".join(f":py:obj:`{full_name}`" for full_name in elsewhere)
        lines += [f"Documented elsewhere: {links}."]
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
