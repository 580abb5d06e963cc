"""The banner of a rerun: which parameters are not those of the page, and what that does to its words.

A chapter speaks of its own figures, at the values that it declares. Whoever reruns it, with
`gnnconv run` or with papermill, reads new numbers between old sentences; the banner says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gnnconv_lib.page.declarations import Parameter
from gnnconv_lib.page.report import Text

__all__ = ["TITLE", "banner", "show_banner"]

TITLE = "This is a rerun with other parameters."
_WORDS = (
    "Figures, tables and the numbers that cells print are those of this run. The sentences are those "
    "of the page: what they say about the paper's setting is about the paper's setting, and what "
    "they say about a figure was written for the values of the page. The checks behind the verdicts "
    "have settings of their own."
)


def banner(declared: Iterable[Parameter], values: Mapping[str, Any]) -> Text | None:
    """The banner for `values`; None where all of them are those of the page.

    Args:
        declared: the parameters of the chapter, whose defaults are the values of the page.
        values: the values of the run by name; a parameter that is missing has its default.

    >>> from gnnconv_lib.page.declarations import parse
    >>> nodes = parse("nodes: int = 4  # number of nodes [1, 9]")
    >>> banner(nodes, {"nodes": 4}) is None
    True
    >>> banner(nodes, {"nodes": 7}).plain.splitlines()[1]
    'Not as on the page: nodes = 7 (there 4).'
    """
    differ = [
        (entry.name, values[entry.name], entry.default)
        for entry in declared
        if entry.name in values and values[entry.name] != entry.default
    ]
    if not differ:
        return None
    plain = ", ".join(f"{name} = {here!r} (there {there!r})" for name, here, there in differ)
    marked = ", ".join(
        f"`{name}` = {_code(here)} (there {_code(there)})" for name, here, there in differ
    )
    return Text(
        f"{TITLE}\nNot as on the page: {plain}.\n{_WORDS}",
        f"> **{TITLE}** Not as on the page: {marked}.\n>\n> {_WORDS}",
    )


def show_banner(declared: Iterable[Parameter], values: Mapping[str, Any]) -> None:
    """Display the banner, if there is one and this is a notebook."""
    found = banner(declared, values)
    if found is None:
        return
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        display(found)


def _code(value: Any) -> str:
    """A value as Markdown code; fences are longer than any run of backticks in it."""
    text = repr(value)
    fence = "`"
    while fence in text:
        fence += "`"
    return f"{fence} {text} {fence}" if len(fence) > 1 else f"`{text}`"
