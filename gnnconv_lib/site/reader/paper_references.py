"""The numbers of a paper as links: "(39)" leads to the ledger and shows the formula on the way.

They look different from the book's own numbers. In the chapters of a paper they are found in the
text; elsewhere the role `paper` says by the id of an item which one is meant.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from docutils.utils import new_document
from sphinx.transforms import SphinxTransform

from gnnconv_lib import ledger
from gnnconv_lib.site.reader.elements import (
    LEDGER_PAGE,
    NO_PROSE,
    chip,
    element,
    html_element,
    ledger_link,
    stands_in,
    typeset_later,
    words,
)
from gnnconv_lib.site.reader.ledger_page import typeset_cards_later
from gnnconv_lib.site.reader.mentions import mentions, paper_of
from gnnconv_lib.site.reader.statements import statements
from gnnconv_lib.validation import require_choice

__all__ = ["PaperReferences", "note", "paper_role"]

_PLAIN = str.maketrans("łŁ", "lL")
# Where a link would stand in another one, in code, or in what a reader takes for the book's own.
_OUTSIDE = (*NO_PROSE, nodes.literal, nodes.reference)


class PaperReferences(SphinxTransform):
    """Links for all numbers of a paper on a page, and what they show at its end."""

    default_priority = 890

    def apply(self, **kwargs: Any) -> None:
        """Change the page."""
        page = self.env.docname
        items = statements(self.env.srcdir)
        paper = paper_of(page)
        if paper and items:
            for text in list(self.document.findall(nodes.Text)):
                if _may_hold_links(text):
                    replaced = _linked(text, paper, items, page)
                    if replaced is not None:
                        text.parent.replace(text, replaced)
        if page == LEDGER_PAGE:
            typeset_cards_later(self.document)
        words = set(re.findall(r"\w*[łŁ]\w*", self.document.astext()))
        if words:
            # A search for the word without the stroke finds it, too.
            plain = ",".join(sorted(word.translate(_PLAIN) for word in words))
            self.document.append(nodes.meta("", name="keywords", content=plain))
        links = [
            node
            for node in self.document.findall(html_element)
            if node["html"].get("class") == "paper-reference"
        ]
        names = list(dict.fromkeys(str(node["item"]) for node in links))
        if names:
            notes = [note(items[name]) for name in names]
            self.document.append(element("div", *notes, class_="paper-notes", hidden="hidden"))


def paper_role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Inliner,
    options: Any = None,
    content: Any = (),
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The role `paper`: a link to a ledger item by its id."""
    env = inliner.document.settings.env
    items = statements(env.srcdir)
    item = items[require_choice("item", text, items)]
    return [_reference(env.docname, item, item.short_heading)], []


def note(item: ledger.Item) -> nodes.Node:
    """What a link shows before it is followed: name, verdict, the formula as printed."""
    head = element("p", element("b", *words(item.heading)), " ", chip(item.verdict))
    shown = item.printed or item.statement
    label = element("p", "As printed:" if item.printed else "In our words:", class_="note-label")
    made = element("div", head, label, *_parse(shown), id=f"note-{item.anchor}")
    typeset_later(made)
    return made


def _parse(text: str) -> list[nodes.Node]:
    """Markdown of the ledger as nodes: formulas and plain text, no directives."""
    from docutils.frontend import get_default_settings
    from myst_parser.docutils_ import Parser

    settings: Any = get_default_settings(Parser())
    settings.myst_enable_extensions = {"amsmath", "dollarmath"}
    document = new_document("ledger", settings)
    Parser().parse(text, document)
    return list(document.children)


def _linked(
    text: nodes.Text, paper: str, items: dict[str, ledger.Item], page: str
) -> list[nodes.Node] | None:
    words = text.astext()
    found = mentions(words, paper, items)
    if not found:
        return None
    made: list[nodes.Node] = []
    start = 0
    for mention in found:
        if mention.start > start:
            made.append(nodes.Text(words[start : mention.start]))
        made.append(_reference(page, items[mention.item], words[mention.start : mention.end]))
        start = mention.end
    if start < len(words):
        made.append(nodes.Text(words[start:]))
    return made


def _reference(page: str, item: ledger.Item, text: str) -> nodes.Node:
    link = ledger_link(
        page,
        item,
        text,
        class_="paper-reference",
        title=f"{item.heading}, {ledger.BADGES[item.verdict][0]}, in the ledger",
        data_note=f"note-{item.anchor}",
    )
    link["item"] = item.id
    return link


def _may_hold_links(text: nodes.Text) -> bool:
    return not stands_in(text, _OUTSIDE, ("a", "summary", "th"))
