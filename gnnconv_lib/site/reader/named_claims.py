"""Ids of the ledger as links that a reader can read.

A proof names the claims that test its steps, and a correction the statement that it uses, by their ids.
On a page the id of an item becomes its name, that of a claim the clause that it tests; both lead to the
ledger, and show the id to whom asks the library for it.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

from gnnconv_lib import ledger
from gnnconv_lib.site.reader.elements import NO_PROSE, ledger_link, stands_in
from gnnconv_lib.site.reader.statements import statements

__all__ = ["NamedClaims", "parts_of"]

_CLAIM = re.compile(r"(?:[a-z]+(?:[0-9]{4})?:)?[a-z0-9]+(?:-[a-z0-9]+)+(?:/[a-z0-9-]+)*")
_ITEM = re.compile(
    r"\b(?:awasthi2021|li2021|companion):[a-z0-9]+(?:-[a-z0-9]+)+(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*"
)
# Where a link would stand in another one, in code, or in a title.
_OUTSIDE = (*NO_PROSE, nodes.reference)


class NamedClaims(SphinxTransform):
    """Names in the place of ids, before the numbers of the papers are looked for."""

    default_priority = 880

    def apply(self, **kwargs: Any) -> None:
        """Change the page."""
        page, items = self.env.docname, statements(self.env.srcdir)
        if not items:
            return
        for literal in list(self.document.findall(nodes.literal)):
            found = parts_of(literal.astext(), items)
            if found is not None and _is_prose(literal):
                literal.replace_self(_link(page, *found))
        for text in list(self.document.findall(nodes.Text)):
            if not _ITEM.search(text) or isinstance(text.parent, nodes.literal):
                continue
            if _is_prose(text):
                text.parent.replace(text, _linked(text.astext(), page, items))


def _is_prose(node: nodes.Node) -> bool:
    return not stands_in(node, _OUTSIDE, ("a", "summary"))


def parts_of(text: str, items: dict[str, ledger.Item]) -> tuple[ledger.Item, str] | None:
    """The item that an id names and the clause of the claim, empty for the item; None for other text.

    The book's own statements may be named without `companion:`.

    Args:
        text: what may be an id.
        items: all items by id.

    >>> parts_of("custom.css", {}) is None
    True
    """
    if _CLAIM.fullmatch(text) is None:
        return None
    name, _, clause = text.partition("/")
    item = items.get(name) or items.get(f"companion:{name}")
    return None if item is None else (item, clause)


def _link(page: str, item: ledger.Item, clause: str) -> nodes.Node:
    if not clause:
        return ledger_link(page, item, class_="claim-name", title=f"{item.id}, in the ledger")
    text = "check: " + clause.replace("-", " ").replace("/", ", ")
    title = f"{item.id}/{clause}, checked by a program"
    return ledger_link(page, item, text, class_="claim-name", title=title)


def _linked(text: str, page: str, items: dict[str, ledger.Item]) -> list[nodes.Node]:
    made: list[nodes.Node] = []
    start = 0
    for match in _ITEM.finditer(text):
        found = parts_of(match[0], items)
        if found is not None:
            made += [nodes.Text(text[start : match.start()]), _link(page, *found)]
            start = match.end()
    return [*made, nodes.Text(text[start:])]
