"""The boxes *As printed* at the head of the sections that judge statements of a paper.

A chapter judges what its verdict tables list. A statement is judged in the section whose heading
names it, otherwise in the one that names it most often; its box goes there when the pages are
built, and what it says comes from the ledger and from the table.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from gnnconv_lib import audit, ledger
from gnnconv_lib.ledger.code import code_address
from gnnconv_lib.site.reader.elements import (
    chip,
    element,
    ledger_link,
    relative,
    typeset_later,
    words,
)
from gnnconv_lib.site.reader.judged import Judged, judged_statements
from gnnconv_lib.site.reader.mentions import mentions
from gnnconv_lib.site.reader.statements import statements

__all__ = ["AsPrinted", "insert_boxes", "sections_that_judge"]

_HEADING = re.compile(r"^(#{1,4}) +(.+?) *$", re.MULTILINE)
_CLOSING = re.compile(r"Verdicts|What is not shown|What this page|How to read|Exercises", re.I)
_OPEN = 2
_FEW = 4


def sections_that_judge(text: str, judged: list[str], known: set[str]) -> dict[str, list[str]]:
    """The items by the heading of the section that judges them; the page's own title comes last.

    Statements that no section names have a box below the title where the chapter judges few.

    Args:
        text: the Markdown of a chapter.
        judged: the ids of the items that the chapter judges.
        known: the ids of all items.

    >>> text = "# Page\\n## Sums (Lemma 5)\\nFrom Eq. (7).\\n## More\\nLemma 5. Eq. (7), Eq. (7)."
    >>> sections_that_judge(text, ["a:lemma-5", "a:eq-7"], {"a:lemma-5", "a:eq-7"})
    {'Sums (Lemma 5)': ['a:lemma-5'], 'More': ['a:eq-7']}
    """
    titles, levels, bodies = [], [], []
    parts = list(_HEADING.finditer(text))
    for place, found in enumerate(parts):
        end = parts[place + 1].start() if place + 1 < len(parts) else len(text)
        if not _CLOSING.match(found[2]):
            titles.append(found[2])
            levels.append(len(found[1]))
            bodies.append(_without_formulas(text[found.end() : end]))
    result: dict[str, list[str]] = {}
    for item in judged:
        paper = item.split(":")[0]
        count = [
            (100 * _named(title, paper, known)[item] + _named(body, paper, known)[item])
            * (1000 if level > 1 else 1)
            for title, level, body in zip(titles, levels, bodies, strict=True)
        ]
        if any(count):
            result.setdefault(titles[count.index(max(count))], []).append(item)
    unnamed = [item for item in judged if not any(item in items for items in result.values())]
    if titles and len(judged) <= _FEW:
        of_papers = [item for item in unnamed if not item.startswith("companion:")]
        result[titles[0]] = result.get(titles[0], []) + of_papers
    return {title: result[title] for title in titles if result.get(title)}


def insert_boxes(cells: list[dict[str, Any]], judged: list[str], known: set[str]) -> None:
    """Put the directive of a box below each heading of a section that judges.

    Below the page's title it follows the claim that opens the page.

    Args:
        cells: the cells of a notebook, changed in place.
        judged, known: as for `sections_that_judge`.
    """
    markdown = [cell for cell in cells if cell["cell_type"] == "markdown"]
    text = "\n\n".join("".join(cell["source"]) for cell in markdown)
    wanted = sections_that_judge(text, judged, known)
    for cell in markdown:
        text = "".join(cell["source"])
        parts = [0, *(found.start() for found in _HEADING.finditer(text)), len(text)]
        pieces = [text[here:there] for here, there in itertools.pairwise(parts)]
        cell["source"] = "".join(_with_box(piece, wanted) for piece in pieces)


class AsPrinted(SphinxDirective):
    """The content lists ids of ledger items."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The box; statements are open where there are at most two."""
        items = statements(self.env.srcdir)
        names = " ".join(self.content).split()
        found = judged_statements(self.env.app)
        opened = len(names) <= _OPEN
        blocks = [self._statement(items[name], items, found.get(name), opened) for name in names]
        label = element("p", "As printed", class_="as-printed-label")
        # A landmark is found by its name.
        name = "As printed: " + ", ".join(items[name].short_heading for name in names)
        return [element("aside", label, *blocks, class_="as-printed", aria_label=name)]

    def _statement(
        self, item: ledger.Item, items: dict[str, ledger.Item], row: Judged | None, opened: bool
    ) -> nodes.Node:
        summary = element("summary", element("b", *words(item.short_heading)))
        if item.title and item.title != item.short_heading:
            summary += [nodes.Text(", "), *words(item.title)]
        summary += [nodes.Text(" "), chip(item.verdict, row.strength if row else "")]
        block = element("details", summary, **({"open": "open"} if opened else {}))
        if item.printed:
            block += element("blockquote", *self._parsed(item.printed))
        if item.quote:
            block += element("blockquote", element("p", *words(f"“{item.quote}”")))
        reading = "Our reading." if item.printed or item.quote else "Statement, in our words."
        block += self._labelled(reading, item.statement)
        if item.correction:
            block += self._labelled("Corrected.", item.correction)
        original = items[item.restates] if item.restates else item
        page = self.env.docname
        links: list[nodes.Node | str] = [f"{item.place}. ", ledger_link(page, item, "Ledger")]
        for claim in audit.claims_of(original.id):
            name = claim.clause.replace("-", " ") or "the claim"
            address = code_address(claim, relative(page, ".") + "/")
            links += [" · " if len(links) > 2 else ". Code: ", element("a", name, href=address)]
        block += element("p", *links, class_="as-printed-links")
        if not opened:
            typeset_later(block)
        return block

    def _labelled(self, label: str, text: str) -> nodes.Node:
        parsed = self._parsed(text)
        first = parsed[0] if parsed else nodes.paragraph()
        if isinstance(first, nodes.paragraph):
            first.insert(0, [nodes.emphasis("", label), nodes.Text(" ")])
            return element("div", *parsed)
        return element("div", element("p", element("em", label)), *parsed)

    def _parsed(self, text: str) -> list[nodes.Node]:
        holder = nodes.container()
        self.state.nested_parse(StringList(text.splitlines(), self.env.docname), 0, holder)
        return list(holder.children)


def _with_box(text: str, wanted: dict[str, list[str]]) -> str:
    found = _HEADING.match(text)
    items = wanted.pop(found[2], None) if found else None
    if not found or not items:
        return text
    box = f"\n\n```{{as-printed}}\n{' '.join(items)}\n```\n\n"
    if len(found[1]) == 1:
        return text.rstrip() + box
    return found[0] + box + text[found.end() :]


def _without_formulas(text: str) -> str:
    text = re.sub(r"\$\$.*?\$\$(\s*\([\w-]+\))?", " ", text, flags=re.DOTALL)
    return re.sub(r"\$[^$]*\$|`[^`]*`", " ", text)


def _named(text: str, paper: str, known: set[str]) -> Counter[str]:
    found = mentions(text, paper, known)
    return Counter(item for mention in found for item in (mention.item, *mention.between))
