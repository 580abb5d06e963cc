"""Formulas in plain text, set: in every table, on the ledger's page and on those made of it.

What a check prints is plain text, `W_t <= 1e-12`. Verdict tables set it through `elements.words`; here
the same is done for the tables that a cell shows and for the entries of the back of the book.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from gnnconv_lib.site.reader.elements import LEDGER_PAGE, NO_PROSE, powers_of_ten, stands_in, words
from gnnconv_lib.site.reader.ledger_page import ERRATA_PAGES

__all__ = ["PlainFormulas", "set_formulas"]

_PAGES = (LEDGER_PAGE, *ERRATA_PAGES, "book/back/source-and-readings")
_OUTSIDE = (*NO_PROSE, nodes.literal, addnodes.desc_signature)


class PlainFormulas(SphinxTransform):
    """Before the numbers of the papers are looked for, which stand between formulas."""

    default_priority = 885

    def apply(self, **kwargs: Any) -> None:
        """Change the page."""
        set_formulas(self.document, everywhere=self.env.docname in _PAGES)


def set_formulas(document: nodes.Element, everywhere: bool = False) -> None:
    """Set the plain formulas below a node, in place.

    Args:
        document: the node.
        everywhere: all of them outside of tables too, not only powers of ten.
    """
    for text in list(document.findall(nodes.Text)):
        if "$" in text or stands_in(text, _OUTSIDE):
            continue
        whole = everywhere or stands_in(text, (nodes.table,))
        made = words(text.astext()) if whole else powers_of_ten(text.astext())
        if len(made) > 1 or (made and made[0].astext() != text.astext()):
            text.parent.replace(text, made)
