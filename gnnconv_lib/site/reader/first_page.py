"""The directive `first-page`: what was found, within the first screen of the book.

A scoreboard for each paper, five findings with their witnesses, and a door for each kind of reader.
Numbers, verdicts and witnesses come from the ledger and from the verdict tables; a finding whose
verdict is no longer the one that its words speak of stops the build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlencode

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from gnnconv_lib import ledger
from gnnconv_lib.site.reader.elements import (
    LEDGER_PAGE,
    PAPERS,
    chip,
    element,
    ledger_link,
    relative,
    words,
)
from gnnconv_lib.site.reader.judged import Judged, judged_statements
from gnnconv_lib.site.reader.statements import statements
from gnnconv_lib.validation import InvalidInput

__all__ = ["COLUMNS", "DOORS", "FINDINGS", "FirstPage", "findings", "shortest_witness"]

# The item, the verdict that the words speak of, the words.
FINDINGS = (
    (
        "li2021:theorem-2",
        "false",
        "On enough copies of any graph, a start at the teacher's two hidden units, exchanged, meets every "
        "hypothesis and never moves; for the ReLU others end at a network with other outputs. For one "
        "unit, under hypotheses of its own, a corrected theorem holds.",
    ),
    (
        "companion:remark-experiments-of-theorem-2",
        "holds",
        "The paper's own experiments are no cases of its theorem: their step is above its limit.",
    ),
    (
        "awasthi2021:theorem-4",
        "false",
        "With unequal degrees a deep linear network need not reach the accuracy in the stated time.",
    ),
    (
        "awasthi2021:remark-rate-seems-tight",
        "false",
        "The paper expects, in general, no rate much better than 1/ε². In the setting of Figure 1 it is "
        "linear in the end, or faster.",
    ),
    (
        "companion:theorem-linear-rate",
        "holds",
        "For one unit and steps of at most 1/A, gradient descent on a one-round ReLU network converges "
        "linearly on every graph, from every start but zero and those exactly opposite.",
    ),
)
DOORS = (
    ("Awasthi, Das, Gollapudi", "book/back/errata-awasthi2021", "What to correct, by weight"),
    ("Li, Zou, Zhong", "book/back/errata-li2021", "What to correct, by weight"),
    ("A student", "book/setting", "The setting, from a neighbourhood sum onwards"),
    (
        "A reviewer",
        "book/back/what-is-trusted",
        "What is trusted, and what a proof checker accepts",
    ),
    ("You have a graph", "book/scale/how-far-it-scales", "The library on graphs of your own size"),
)
COLUMNS = (
    ("stands", ("holds",)),
    ("needs a correction", ("slip", "holds with correction")),
    ("depends on what is not said", ("depends on the reading", "not reproducible as described")),
    ("false", ("false",)),
    ("not decided", ("open", "not checkable", "pending")),
)


class FirstPage(SphinxDirective):
    """It has no content."""

    def run(self) -> list[nodes.Node]:
        """Scoreboard, findings, doors."""
        items = statements(self.env.srcdir)
        if not items:
            return []
        found = judged_statements(self.env.app)
        page = self.env.docname
        return [
            _scoreboard(items, page),
            element("p", element("b", "Five findings")),
            element("ol", *findings(items, found, page), class_="findings"),
            self._doors(),
        ]

    def _doors(self) -> nodes.Node:
        page = self.env.docname
        doors = [
            element(
                "a",
                element("b", reader),
                element("span", text),
                href=relative(page, f"{target}.html"),
            )
            for reader, target, text in DOORS
            if target in self.env.found_docs
        ]
        return element("nav", *doors, class_="doors", aria_label="Where to begin")


def findings(
    items: Mapping[str, ledger.Item], found: Mapping[str, Judged], page: str
) -> list[nodes.Node]:
    """The entries of the list of findings.

    Raises:
        InvalidInput: for a finding whose verdict is another one than its words speak of.
    """
    entries: list[nodes.Node] = []
    for name, verdict, text in FINDINGS:
        if name not in items:
            continue
        item = items[name]
        if item.verdict != verdict:
            raise InvalidInput(
                f"{name}: the first page says {verdict!r}, the ledger {item.verdict!r}."
            )
        row = found.get(name)
        paper = PAPERS[item.paper]
        what = element(
            "p",
            text,
            " ",
            ledger_link(page, item),
            f" ({paper}) ",
            chip(verdict, row.strength if row else ""),
        )
        witness = shortest_witness(row.found) if row else ""
        entries.append(
            element("li", what, element("p", *words(witness), class_="witness"))
            if witness
            else element("li", what)
        )
    return entries


def shortest_witness(found: str) -> str:
    """The smallest case of what a check found; the whole where nothing was refuted.

    >>> shortest_witness("Fails in 2 of 3 cases; smallest: n = 1: a = 2, b = 1. More.")
    'Smallest case: n = 1: a = 2, b = 1.'
    """
    if "smallest: " not in found:
        return found
    case = found.split("smallest: ", 1)[1]
    end = case.find(". ")
    return "Smallest case: " + (case if end < 0 else case[: end + 1])


def _scoreboard(items: Mapping[str, ledger.Item], page: str) -> nodes.Node:
    """One bar for each paper; its parts differ in pattern and place, and lead to their lists."""
    bars = [_bar(paper, title, items, page) for paper, title in PAPERS.items()]
    keys = [
        element("span", element("i", class_=f"bar-{place}"), name)
        for place, (name, _) in enumerate(COLUMNS)
    ]
    caption = element("figcaption", "How the statements fared. A number leads to its list.")
    return element(
        "figure", *bars, element("div", *keys, class_="keys"), caption, class_="scoreboard"
    )


def _bar(paper: str, title: str, items: Mapping[str, ledger.Item], page: str) -> nodes.Node:
    count = Counter(item.verdict for item in items.values() if item.paper == paper)
    parts = []
    for place, (name, verdicts) in enumerate(COLUMNS):
        number = sum(count[verdict] for verdict in verdicts)
        if number:
            query = [("paper", paper), *(("verdict", verdict) for verdict in verdicts)]
            address = f"{relative(page, LEDGER_PAGE + '.html')}?{urlencode(query)}#explorer"
            parts.append(
                element(
                    "a",
                    str(number),
                    href=address,
                    class_=f"bar-{place}",
                    style=f"flex: {number} 1 0",
                    aria_label=f"{number}: {name}, {title}",
                )
            )
    return element("div", element("b", title), element("div", *parts, class_="bar"))
