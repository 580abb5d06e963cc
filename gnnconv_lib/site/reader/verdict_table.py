"""The directive `verdicts`: a chapter's verdict table as a table that can be read on any screen.

Three columns of fixed width, rows that stack on a phone, the statement's name as the row's header,
and in each row, closed at first, the hypotheses under which each claim was checked.
"""

from __future__ import annotations

import json
import re
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from gnnconv_lib import audit, ledger
from gnnconv_lib.ledger.code import code_address
from gnnconv_lib.page.verdicts import first_sentence
from gnnconv_lib.site.reader.elements import (
    chip,
    element,
    ledger_link,
    relative,
    typeset_later,
    words,
)
from gnnconv_lib.site.reader.judged import Judged
from gnnconv_lib.site.reader.statements import statements

__all__ = ["VerdictTable", "as_directive", "claim_list"]


class VerdictTable(SphinxDirective):
    """The rows stand in the content, as JSON."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The table."""
        items = statements(self.env.srcdir)
        rows = [Judged(**row) for row in json.loads("\n".join(self.content))]
        table = element("table", class_="verdict-table")
        count = f"{len(rows)} statement" + ("" if len(rows) == 1 else "s")
        table += element(
            "caption",
            f"Verdicts on {count}. Each name leads to the ledger; the hypotheses of the checks open "
            "below what they found.",
        )
        columns = [element("col", class_=f"column-{name}") for name in ("name", "verdict", "found")]
        table += element("colgroup", *columns)
        headings = ("Statement", "Verdict and evidence", "What the checks found")
        cells = [element("th", text, scope="col") for text in headings]
        table += element("thead", element("tr", *cells))
        table += element("tbody", *(self._row(row, items) for row in rows))
        return [table]

    def _row(self, row: Judged, items: dict[str, ledger.Item]) -> nodes.Node:
        item = items[row.item]
        page = self.env.docname
        head = element("th", ledger_link(page, item), scope="row")
        if item.kind == "remark" or item.short_heading == item.title:
            head += element("span", item.kind, class_="statement-title")
        else:
            title = item.title or first_sentence(item.statement)
            head += element("span", *words(title), class_="statement-title")
        original = items[item.restates] if item.restates else item
        # One paragraph for each refutation, and for what each reading leads to.
        parts = re.split(r"(?<=[.:]) (?=Fails in |[^.;]*: (?:fails|holds)[;.])", row.found)
        found = element("td", *(element("p", *words(part)) for part in parts))
        claims = claim_list(page, original)
        if claims is not None:
            found += claims
        return element("tr", head, element("td", chip(row.verdict, row.strength)), found)


def claim_list(page: str, item: ledger.Item) -> nodes.Node | None:
    """The claims of an item: sentence, hypotheses, code; closed at first. None without claims.

    Args:
        page: the name of the page that shows them.
        item: the item.
    """
    claims = audit.claims_of(item.id)
    if not claims:
        return None
    entries = []
    for claim in claims:
        role = "" if claim.role == "printed" else "Correction. "
        code = element("a", "code", href=code_address(claim, relative(page, ".") + "/"))
        what = element("p", element("b", role), *words(claim.sentence), " (", code, ")")
        if not role:
            what.pop(0)
        hypotheses = element("p", element("i", "For "), *words(claim.domain.hypotheses + "."))
        entries.append(element("li", what, hypotheses))
    number = f"{len(claims)} claims" if len(claims) > 1 else "one claim"
    summary = element("summary", f"Hypotheses of {number}")
    shown = element("details", summary, element("ul", *entries), class_="claims")
    typeset_later(shown)
    return shown


def as_directive(rows: list[Judged]) -> str:
    """The Markdown that stands for a verdict table."""
    content: Any = [vars(row) for row in rows]
    return f"``````{{verdicts}}\n{json.dumps(content, ensure_ascii=False)}\n``````"
