"""The rows of a chapter's verdict table, decided by running the checks now.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from gnnconv_lib import audit, ledger
from gnnconv_lib.page.finding import find_book
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["first_sentence", "ledger_items", "verdict_rows"]


def verdict_rows(items: Sequence[str], budget: str = "quick") -> list[list[str]]:
    """One row per ledger id: item, claim, kind of evidence, verdict, what the checks found.

    The verdict is that of the checks, which run now. An item without a check keeps the ledger's
    word (`pending` or `not checkable`).

    Raises:
        InvalidInput: for an unknown id, and when the checks contradict the ledger's verdict.
    """
    known = ledger_items()
    rows = []
    for identifier in items:
        item = known[require_choice("item", identifier, known)]
        name = "Remark" if item.kind == "remark" else item.heading.split(":")[0]
        rows.append([name, _claim(item), *_outcome(item, known, budget)])
    return rows


def ledger_items(book: Path | None = None) -> dict[str, ledger.Item]:
    """All items of all ledgers by id, in the order of the files."""
    folder = (book or find_book()) / "book" / "ledger"
    found = [ledger.load(path) for path in sorted(folder.glob("*.yml"))]
    return {item.id: item for entry in found for item in entry}


def first_sentence(text: str, length: int = 160) -> str:
    """The first sentence of `text`, on one line, cut at a word after `length` characters.

    >>> first_sentence("The loss is convex. It has one minimum.")
    'The loss is convex.'
    >>> first_sentence("See Eq. (1) for the sum. It is finite.")
    'See Eq. (1) for the sum.'
    """
    words = " ".join(text.split())
    # "Eq. (1)" and the like do not end a sentence.
    sentence = re.split(r"(?<!\bEq)(?<!\bEqs)(?<!\be\.g)(?<!\bi\.e)\. ", words)[0].rstrip(".") + "."
    if len(sentence) <= length:
        return sentence
    cut = sentence[:length].rsplit(" ", 1)[0]
    # A formula is not cut in the middle.
    if cut.count("$") % 2:
        cut = cut[: cut.rindex("$")].rstrip()
    return cut + " …"


def _claim(item: ledger.Item) -> str:
    return item.title or first_sentence(item.statement)


def _outcome(item: ledger.Item, known: dict[str, ledger.Item], budget: str) -> list[str]:
    original = known[item.restates] if item.restates else item
    names = ledger.claim_names(original)
    if not names:
        return ["-", ledger.BADGES[item.verdict][0], item.reason or "No claim yet."]
    found = {name: audit.run(name, budget) for name in names}
    judged = ledger.judge(original, found)
    if judged.verdict != item.verdict:
        raise InvalidInput(
            f"{item.id}: the ledger says {item.verdict!r}, its checks say {judged.verdict!r}."
        )
    if judged.problems:
        raise InvalidInput(f"{item.id}: {judged.problems[0]}")
    return [judged.strength, ledger.BADGES[judged.verdict][0], judged.summary]
