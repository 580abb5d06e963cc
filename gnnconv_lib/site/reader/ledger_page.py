"""The ledger as an explorer, and the errata without code but their programs.

The pages show what their chapters computed; the ledger is arranged when the pages are built. Each
item carries what `explorer.js` filters by; without scripts every item can be read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from gnnconv_lib import ledger
from gnnconv_lib.evidence import KINDS
from gnnconv_lib.site.reader.elements import PAPERS, as_html, element, typeset_later
from gnnconv_lib.site.reader.judged import Judged
from gnnconv_lib.site.reader.statements import statements

__all__ = [
    "ERRATA_PAGES",
    "PROGRAM",
    "LedgerExplorer",
    "arrange_ledger",
    "show_programs_only",
    "typeset_cards_later",
]

ERRATA_PAGES = ("book/back/errata-awasthi2021", "book/back/errata-li2021")
# The tag of a cell that a reader can run as it is.
PROGRAM = "program"
_CARD = re.compile(
    r'<details id="([^"]+)" class="ledger-item"[^>]*><summary>(?:<b>(?P<name>[^<$\\]*)</b>)?'
)


class LedgerExplorer(SphinxDirective):
    """The controls above the items; scripts show them and do the rest."""

    def run(self) -> list[nodes.Node]:
        """A form that filters."""
        items = statements(self.env.srcdir).values()
        chapters = list(dict.fromkeys(item.page for item in items))
        verdicts = [v for v in ledger.VERDICTS if any(item.verdict == v for item in items)]
        text = element("input", type="search", name="text", autocomplete="off")
        form = element(
            "form",
            element("label", "Words or TeX ", text),
            _choice("paper", PAPERS),
            _choice("kind", {kind: kind for kind in ledger.KINDS}),
            _choice("strength", {kind: kind for kind in KINDS}),
            _choice("chapter", {name: name.replace("-", " ") for name in chapters}),
            element(
                "fieldset",
                element("legend", "Verdicts"),
                *(
                    element(
                        "label",
                        element("input", type="checkbox", name="verdict", value=verdict),
                        f" {ledger.BADGES[verdict][0]}",
                    )
                    for verdict in verdicts
                ),
            ),
            element("button", "Filter", type="submit"),
            element("button", "Clear", type="reset"),
            element("p", "", role="status", class_="explorer-count"),
            id="explorer",
            class_="explorer",
            hidden="hidden",
            aria_label="Filter the ledger",
        )
        return [form]


def arrange_ledger(
    cells: list[dict[str, Any]], items: Mapping[str, ledger.Item], found: Mapping[str, Judged]
) -> None:
    """Give each item of the ledger's page what a reader filters by, and put the controls above.

    Args:
        cells: the cells of the notebook, changed in place.
        items: all items.
        found: the rows of the verdict tables, which know the strength of the evidence.
    """
    _hide_code(cells)
    by_anchor = {item.anchor: item for item in items.values()}
    heading: dict[str, Any] | None = None
    placed = False

    def opening(match: re.Match[str]) -> str:
        item = by_anchor[match[1]]
        row = found.get(item.id)
        values = {
            "paper": item.paper,
            "kind": item.kind,
            "verdict": item.verdict,
            "strength": row.strength if row else "",
            "chapter": item.page,
        }
        data = " ".join(f'data-{name}="{value}"' for name, value in values.items())
        name = "" if match["name"] is None else f"<b>{as_html(html.unescape(match['name']))}</b>"
        return f'<details id="{match[1]}" class="ledger-item" {data}><summary>{name}'

    for cell in cells:
        if cell["cell_type"] == "markdown":
            heading = cell
        for output in cell.get("outputs", ()):
            text = "".join(output.get("data", {}).get("text/markdown", ""))
            if not _CARD.search(text):
                continue
            output["data"]["text/markdown"] = _CARD.sub(opening, text)
            if not placed and heading is not None:
                controls = "## Find a statement\n\n```{ledger-explorer}\n```\n\n"
                heading["source"] = controls + "".join(heading["source"])
                placed = True


def typeset_cards_later(document: nodes.document) -> None:
    """On the ledger's page: formulas of an item are typeset when it is opened."""
    inside = False
    for node in list(document.findall(nodes.Element)):
        if isinstance(node, nodes.raw):
            inside = 'class="ledger-item"' in node.astext() or (
                inside and "</details>" not in node.astext()
            )
        elif inside and isinstance(node, (nodes.paragraph, nodes.math_block, nodes.bullet_list)):
            holder = nodes.container("", *[node.deepcopy()])
            typeset_later(holder)
            node.replace_self(list(holder.children))


def show_programs_only(cells: list[dict[str, Any]]) -> None:
    """On a page of errata: no code but the programs that a reader can run."""
    _hide_code([cell for cell in cells if PROGRAM not in cell.get("metadata", {}).get("tags", ())])


def _hide_code(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        if cell["cell_type"] == "code":
            tags = cell.setdefault("metadata", {}).setdefault("tags", [])
            if "remove-input" not in tags:
                tags.append("remove-input")


def _choice(name: str, values: Mapping[str, str]) -> nodes.Node:
    options = [element("option", title, value=value) for value, title in values.items()]
    every = element("option", "any", value="")
    return element("label", f"{name.capitalize()} ", element("select", every, *options, name=name))
