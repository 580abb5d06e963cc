"""The ledger as Markdown: one collapsible block per item, readable at the width of a phone.

A verdict is shown as a symbol and a word in a frame of its own style, so that it reads without
colour. Everything is Markdown with a few HTML tags; formulas stay Markdown formulas.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from gnnconv_lib import audit
from gnnconv_lib.evidence import KINDS, Evidence
from gnnconv_lib.ledger.code import code_address
from gnnconv_lib.ledger.items import VERDICTS, Item, Ledger
from gnnconv_lib.ledger.verification import claim_names, foundation, judge

__all__ = [
    "BADGES",
    "CODE_OF_CLAIM",
    "badge",
    "cards",
    "counts_line",
    "counts_table",
    "foundations",
    "heading_of",
    "link_to",
    "literal",
    "strength_table",
]

BADGES: dict[str, tuple[str, str]] = {
    "holds": ("✓ holds", "verdict-holds"),
    "open": ("? open", "verdict-pending"),
    "slip": ("◔ slip", "verdict-corrected"),
    "holds with correction": ("◐ holds with correction", "verdict-corrected"),
    "depends on the reading": ("◑ depends on the reading", "verdict-corrected"),
    "not reproducible as described": ("△ not reproducible as described", "verdict-corrected"),
    "false": ("✗ false", "verdict-false"),
    "not checkable": ("○ not checkable", "verdict-pending verdict-not-checkable"),
    "pending": ("… pending", "verdict-pending"),
}

#: The words of the link to the code of a claim.
CODE_OF_CLAIM = "The code of this claim"


def badge(verdict: str) -> str:
    """The verdict as a framed word with its symbol.

    >>> badge("holds")
    '<span class="verdict verdict-holds">✓ holds</span>'
    """
    words, classes = BADGES[verdict]
    return f'<span class="verdict {classes}">{words}</span>'


def counts_line(counts: Mapping[str, int]) -> str:
    """The counts by verdict in words, without those that are zero.

    >>> counts_line({"holds": 2, "false": 0, "pending": 1})
    '2 ✓ holds, 1 … pending'
    """
    return ", ".join(f"{number} {BADGES[v][0]}" for v, number in counts.items() if number)


def counts_table(ledgers: Iterable[Ledger]) -> str:
    """A table of the number of items by verdict and paper."""
    ledgers = tuple(ledgers)
    head = "| verdict | " + " | ".join(ledger.paper for ledger in ledgers) + " |"
    rule = "|:---|" + "---:|" * len(ledgers)
    rows = [
        f"| {badge(verdict)} | " + " | ".join(str(led.counts()[verdict]) for led in ledgers) + " |"
        for verdict in VERDICTS
    ]
    total = "| all items | " + " | ".join(str(len(ledger)) for ledger in ledgers) + " |"
    return "\n".join([head, rule, *rows, total])


def strength_table(ledger: Ledger, found: Mapping[str, Evidence]) -> str:
    """A table of a ledger's items: verdicts in rows, the strength of the evidence in columns.

    Args:
        ledger: the ledger of one paper.
        found: the evidence by id of the claim, from `evaluate`.
    """
    counts: dict[str, Counter[str]] = {}
    for item in ledger:
        if not item.restates and claim_names(item):
            judged = judge(item, found)
            counts.setdefault(judged.verdict, Counter())[judged.strength] += 1
    kinds = [kind for kind in KINDS if any(row[kind] for row in counts.values())]
    lines = [f"| verdict | {' | '.join(kinds)} |", "|:---|" + "---:|" * len(kinds)]
    for verdict in VERDICTS:
        if verdict in counts:
            cells = " | ".join(str(counts[verdict][kind] or "") for kind in kinds)
            lines.append(f"| {badge(verdict)} | {cells} |")
    totals = " | ".join(str(sum(row[kind] for row in counts.values())) for kind in kinds)
    return "\n".join([*lines, f"| all with claims | {totals} |"])


def cards(
    ledger: Ledger,
    ledgers: Iterable[Ledger],
    found: Mapping[str, Evidence],
    pages: Mapping[str, tuple[str, str]],
    only: str | None = None,
) -> str:
    """All items of a ledger, grouped by section, each in a block that opens on a click.

    Args:
        ledger: the ledger to show.
        ledgers: all ledgers, for links between papers.
        found: the evidence by id of the claim, from `evaluate`.
        pages: (title, address) of each chapter that exists, by chapter id.
        only: show the items of this verdict; by default all.
    """
    everything = tuple(ledgers)
    names = {item.id: item for led in everything for item in led}
    parts = []
    for section, items in ledger.sections().items():
        counts = {v: sum(item.verdict == v for item in items) for v in VERDICTS}
        word = "item" if len(items) == 1 else "items"
        heading = f"<b>{section}</b>: {len(items)} {word} ({counts_line(counts)})"
        parts.append(f'<p class="ledger-section" style="margin: 1.8em 0 0.6em">{heading}</p>')
        shown = [item for item in items if only in (None, item.verdict)]
        parts += [_card(item, names, everything, found, pages) for item in shown]
    return "\n\n".join(parts)


def foundations(ledger: Ledger, ledgers: Iterable[Ledger]) -> str:
    """For each lemma, theorem and figure: how the items stand on which it rests."""
    everything = tuple(ledgers)
    lines = []
    for item in ledger:
        if item.kind not in ("lemma", "theorem", "figure") or item.restates:
            continue
        below = foundation(item.id, everything)
        total = sum(below.values())
        rests = f"rests on {total}: {counts_line(below)}" if total else "rests on no other item"
        lines.append(f"- {link_to(item)} {badge(item.verdict)} {rests}")
    return "\n".join(lines)


def _card(
    item: Item,
    names: Mapping[str, Item],
    everything: tuple[Ledger, ...],
    found: Mapping[str, Evidence],
    pages: Mapping[str, tuple[str, str]],
) -> str:
    lines = _stated(item)
    if item.correction:
        lines.append(f"*Corrected.* {item.correction}")
    if item.reason:
        lines.append(f"*Why not.* {item.reason}")
    if item.restates:
        lines.append(f"*Restates* {link_to(names[item.restates])}.")
    lines += _evidence_lines(names[item.restates] if item.restates else item, found)
    lines += _proof_line(item, pages)
    if item.uses:
        lines.append("*Rests on* " + ", ".join(link_to(names[name]) for name in item.uses) + ".")
    lines += _page_line(item, pages)
    summary = f"<summary><b>{heading_of(item)}</b> {badge(item.verdict)}</summary>"
    place = f"*{item.place}.*"
    body = "\n\n".join([place, *lines])
    opening = f'<details id="{item.anchor}" class="ledger-item" style="margin: 0.5em 0">'
    return f"{opening}{summary}\n\n{body}\n\n</details>"


def _stated(item: Item) -> list[str]:
    """The statement: as printed, as we read it, and what else it could be read as."""
    lines = []
    if item.printed:
        lines.append(f"*As printed.* {item.printed}")
    if item.quote:
        lines.append(f"*In its words.* “{item.quote}”")
    lines.append(f"*{'Our reading' if item.printed else 'Statement'}.* {item.statement}")
    if item.readings:
        lines.append(f"*The reading is uncertain.* {item.readings}")
    return lines


def _evidence_lines(item: Item, found: Mapping[str, Evidence]) -> list[str]:
    lines = []
    for claim in audit.claims_of(item.id):
        evidence = found[claim.id]
        clause = claim.clause.replace("-", " ")
        what = f"{evidence.kind}, {clause}" if clause else evidence.kind
        lines.append(f"*Evidence* ({what}). {literal(evidence.summary)}")
        lines.append(f"*For* {literal(evidence.hypotheses)}.")
        if evidence.kind == "machine-checked":
            listed = ", ".join(f"`{theorem}`" for theorem in claim.theorems)
            lines.append(f"*Machine-checked* as {listed} ([what is trusted](what-is-trusted.md)).")
        lines.append(f'<a href="{code_address(claim)}">{CODE_OF_CLAIM}</a>')
    if item.unchecked:
        lines.append(f"*Not checked.* {item.unchecked}")
    return lines


def literal(text: str) -> str:
    """The text with `<` and `*` kept as they are outside of formulas."""
    parts = text.split("$")
    parts[::2] = [part.replace("<", "\\<").replace("*", "\\*") for part in parts[::2]]
    return "$".join(parts)


def _page_line(item: Item, pages: Mapping[str, tuple[str, str]]) -> list[str]:
    if item.page not in pages:
        return []
    title, address = pages[item.page]
    return [f"*Chapter.* [{title}]({address})"]


def _proof_line(item: Item, pages: Mapping[str, tuple[str, str]]) -> list[str]:
    """A link to the statement with the numbered proof, and the claims that test its steps."""
    if item.proof is None:
        return []
    page, label = item.proof.split("#")
    where = "on a page"
    if page in pages:
        where = f'<a href="{pages[page][1].removesuffix(".ipynb")}.html#{label}">on the page</a>'
    return [f"*Proved* {where}; its steps name {', '.join(f'`{step}`' for step in item.steps)}."]


def heading_of(item: Item) -> str:
    """The heading of an item, as Markdown takes it."""
    return item.heading.replace("<", "&lt;")


def link_to(item: Item, page: str = "") -> str:
    """A link to an item on the page of its ledger."""
    return f'<a href="{page}#{item.anchor}">{item.short_heading}</a>'
