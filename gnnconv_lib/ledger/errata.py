"""The errata of a paper: what to correct, in the order of what it changes, one entry for one correction.

Items that need the same correction share an entry (a theorem has one of its own), and a restatement
stands with what it restates.
What the text leaves open is no error and comes last. Each text is that of the ledger.

Book pages: `book/back/errata-awasthi2021`, `book/back/errata-li2021`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gnnconv_lib import audit
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.ledger.items import CORRECTED, Item, Ledger
from gnnconv_lib.ledger.rendering import badge, heading_of, link_to, literal
from gnnconv_lib.ledger.verification import dependents, judge

__all__ = ["GROUPS", "Erratum", "consequential", "entries", "erratum", "what_it_changes"]

GROUPS = (
    "Theorems",
    "Steps of a proof",
    "Other statements",
    "Slips, which change nothing else",
    "Left open by the text, which is no error",
)
_OPEN = ("depends on the reading", "not reproducible as described")
_WEIGHTS = ("theorem", "lemma")


@dataclass(frozen=True)
class Erratum:
    """One correction.

    Fields:
        group: one of `GROUPS`.
        items: the items that it is for, that with the most weight first.
        again: the items that restate one of them.
        like: the item of an earlier entry with the same correction.
    """

    group: str
    items: tuple[Item, ...]
    again: tuple[Item, ...] = ()
    like: Item | None = None

    @property
    def first(self) -> Item:
        """The item that the entry is about."""
        return self.items[0]


def what_it_changes(item: Item, ledger: Ledger) -> str:
    """The group of a corrected item: one of `GROUPS`."""
    if item.verdict in _OPEN:
        return GROUPS[4]
    if item.verdict == "slip":
        return GROUPS[3]
    if item.kind == "theorem":
        return GROUPS[0]
    above = {ledger[name].kind for name in dependents(item.id, ledger)}
    return GROUPS[1] if item.kind == "lemma" or above & {"lemma", "theorem"} else GROUPS[2]


def consequential(ledger: Ledger) -> list[Item]:
    """The theorems that need a correction, and such lemmas below one: each has a program on the page."""
    found = []
    for item in ledger:
        if item.verdict not in CORRECTED or item.verdict in (*_OPEN, "slip") or item.restates:
            continue
        above = [ledger[name].kind for name in dependents(item.id, ledger)]
        if item.kind == "theorem" or (item.kind == "lemma" and "theorem" in above):
            found.append(item)
    return found


def entries(ledger: Ledger) -> list[Erratum]:
    """All errata of a paper, by group; in a group theorems, lemmas, then the paper's order."""
    merged: dict[tuple[str, ...], list[Item]] = {}
    again: dict[str, list[Item]] = {}
    for item in ledger:
        if item.verdict not in CORRECTED:
            continue
        if item.restates:
            again.setdefault(item.restates, []).append(item)
            continue
        text = item.correction or item.readings
        key = (text,) if text and item.kind != "theorem" else (text or "", item.id)
        merged.setdefault(key, []).append(item)
    found = []
    seen: dict[str, Item] = {}
    for items in merged.values():
        items.sort(key=_weight)
        groups = [what_it_changes(item, ledger) for item in items]
        more = [other for item in items for other in again.get(item.id, ())]
        text = items[0].correction or ""
        like = seen.setdefault(text, items[0]) if text else None
        like = None if like is items[0] else like
        group = min(groups, key=GROUPS.index)
        found.append(Erratum(group, tuple(items), tuple(more), like))
    return sorted(found, key=lambda entry: (GROUPS.index(entry.group), _weight(entry.first)))


def erratum(
    entry: Erratum,
    ledger: Ledger,
    found: Mapping[str, Evidence],
    claim: str | None = None,
    page: str = "ledger.html",
) -> str:
    """An entry as Markdown: as printed, what to read instead, where the printed statement fails.

    Args:
        entry: one of `entries(ledger)`.
        ledger: the ledger of the paper.
        found: the evidence by id of the claim, from `evaluate`.
        claim: the id of the claim with the witness to show; by default the first one that refutes.
        page: the address of the page with all items.
    """
    item = entry.first
    lines = [
        f"**{heading_of(item)}** ({item.place}) {badge(item.verdict)} {judge(item, found).strength}, "
        f'<a href="{page}#{item.anchor}">in the ledger</a>',
        _printed(item),
    ]
    others = (*entry.items[1:], *entry.again)
    if others:
        lines.append(f"*The same for* {_links(others, page)}.")
    is_open = entry.group == GROUPS[4]
    if is_open and item.readings:
        lines.append(f"*Open.* {item.readings}")
    if entry.like:
        lines.append(f"*Read instead.* What is said for {link_to(entry.like, page)}.")
    elif item.correction:
        lines.append(f"*{'What holds' if is_open else 'Read instead'}.* {item.correction}")
    witness = found[claim].witness if claim else _decisive(item, found)
    if witness is not None and entry.group not in (GROUPS[3], GROUPS[4]):
        lines.append(f"*Where it fails.* {literal(_told(witness))}")
    above = [ledger[name] for name in dependents(item.id, ledger)]
    heavy = [other for other in above if other.kind in _WEIGHTS and not other.restates]
    heavy = [other for other in heavy if other not in entry.items]
    if heavy and entry.group != GROUPS[3]:
        lines.append(f"*Used by* {_links(heavy, page)}.")
    return "\n\n".join(lines)


def _decisive(item: Item, found: Mapping[str, Evidence]) -> Witness | None:
    """The witness of the first claim that refutes the printed statement in its own regime."""
    refuted = [
        found[claim.id].witness
        for claim in audit.claims_of(item.id)
        if claim.role == "printed" and found[claim.id].verdict in CORRECTED
    ]
    known = [witness for witness in refuted if witness is not None]
    return min(known, key=lambda witness: witness.degenerate, default=None)


def _printed(item: Item) -> str:
    if item.printed:
        return f"*Printed.* {item.printed}"
    if item.quote:
        return f"*Printed.* “{item.quote}”"
    return f"*Stated.* {item.statement}"


def _told(witness: Witness) -> str:
    """A witness in one sentence, to four digits: a program or the ledger has them all."""
    left = _side(witness.left_name, witness.left)
    right = _side(witness.right_name, witness.right)
    relation = {"<=": "≤"}.get(witness.relation, witness.relation)
    return f"{witness.case}: {left}, said to be {relation} {right}."


def _side(name: str, value: float) -> str:
    number = f"{value:.4g}".replace("inf", "∞")
    return name if name == f"{value:g}" else f"{name} = {number}"


def _links(items: Iterable[Item], page: str) -> str:
    return ", ".join(link_to(item, page) for item in items)


def _weight(item: Item) -> int:
    return _WEIGHTS.index(item.kind) if item.kind in _WEIGHTS else len(_WEIGHTS)
