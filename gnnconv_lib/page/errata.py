"""The page with the errata of one paper: its entries one by one, and the programs that a stranger can run.

Book pages: `book/back/errata-awasthi2021`, `book/back/errata-li2021`.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from gnnconv_lib import audit, ledger
from gnnconv_lib.ledger.rendering import link_to
from gnnconv_lib.page.ledger_pages import ledgers
from gnnconv_lib.page.report import Text
from gnnconv_lib.validation import InvalidInput

__all__ = ["Errata"]

_BETWEEN = "\n\n---\n\n"
_TOLERANCE = 1e-5
# What the words of a correction write for an item.
_ID = re.compile(r"\b[a-z]+[0-9]*:[a-z0-9]+(?:-[a-z0-9]+)+")


class Errata:
    """The errata of one paper, shown in the order of what they change, each once.

    Args:
        paper: the name of its ledger.
        budget: `"quick"` or `"full"`.
        book: the folder with `_toc.yml`; by default it is looked for.

    Raises:
        InvalidInput: where the ledger and its claims disagree.
    """

    def __init__(self, paper: str, budget: str = "quick", book: Path | None = None) -> None:
        known = ledgers(book)
        self.items = {item.id: item for entry in known for item in entry}
        self.ledger = next(entry for entry in known if entry.paper == paper)
        self.found = ledger.evaluate(self.ledger, budget, verdicts=ledger.CORRECTED)
        wrong = ledger.verify(self.ledger, budget, self.found, ledger.CORRECTED)
        if wrong:
            raise InvalidInput(str(wrong[0]))
        self.waiting = ledger.entries(self.ledger)
        self.shown: list[ledger.Erratum] = []
        self.run: list[str] = []

    def entry(self, identifier: str, claim: str | None = None) -> Text:
        """The entry about an item, which has to be of the group at which the page is.

        Args:
            identifier: the item.
            claim: the claim with the witness to show; by default the first one that refutes.

        Raises:
            InvalidInput: for an item without an entry of its own, one that is shown already, and one that
                comes after an entry that changes less.
        """
        for entry in self.waiting:
            if entry.first.id == identifier:
                return self._show([entry], claim)
        raise InvalidInput(f"{identifier}: the page must show an entry of its own, once.")

    def others(self, group: str) -> Text:
        """All entries of a group that are not shown yet."""
        return self._show([entry for entry in self.waiting if entry.group == group])

    def witness(self, claim: str, left: float, right: float) -> None:
        """Compare what a program found with both sides at the witness of a claim.

        Raises:
            InvalidInput: where they differ, or do not contradict the statement.
        """
        theirs = audit.run(claim, "quick").witness
        if theirs is None:
            raise InvalidInput(f"{claim}: a program must be for a claim with a witness.")
        for name, ours, side in (("left", left, theirs.left), ("right", right, theirs.right)):
            if not math.isclose(ours, side, rel_tol=_TOLERANCE, abs_tol=1e-12):
                raise InvalidInput(
                    f"{claim}: the {name} side of the program must be {side:.6g}, that of the "
                    f"witness, got {ours:.6g}."
                )
        self.run.append(claim.split("/")[0])

    def standing_lemmas(self) -> str:
        """The numbers of the lemmas that hold as printed, as a sentence lists them.

        Raises:
            InvalidInput: where there is none.
        """
        found = (
            re.fullmatch(r".*:lemma-(\d+)", item.id)
            for item in self.ledger
            if item.kind == "lemma" and item.verdict == "holds"
        )
        numbers = [match[1] for match in found if match]
        if not numbers:
            raise InvalidInput(f"{self.ledger.paper}: a page must list a lemma that holds.")
        *before, last = sorted(numbers, key=int)
        return f"{', '.join(before)} and {last}" if before else last

    def finish(self) -> None:
        """Refuse a page that lacks an entry, or a program for one of consequence.

        Raises:
            InvalidInput: with the id of the first one.
        """
        for entry in self.waiting:
            raise InvalidInput(f"{entry.first.id}: the page must show this erratum.")
        for item in ledger.consequential(self.ledger):
            if item.id not in self.run:
                raise InvalidInput(f"{item.id}: the page must hold a program with its witness.")

    def _show(self, entries: list[ledger.Erratum], claim: str | None = None) -> Text:
        rank = ledger.GROUPS.index
        for entry in entries:
            if self.shown and rank(entry.group) < rank(self.shown[-1].group):
                raise InvalidInput(
                    f"{entry.first.id}: it must come before {self.shown[-1].first.id}, which changes less."
                )
            self.waiting.remove(entry)
            self.shown.append(entry)
        plain = [f"{item.id} {item.verdict}" for entry in entries for item in entry.items]
        blocks = [ledger.erratum(entry, self.ledger, self.found, claim) for entry in entries]
        return Text("\n".join(plain), _ID.sub(self._linked, _BETWEEN.join(blocks)))

    def _linked(self, found: re.Match[str]) -> str:
        item = self.items.get(found[0])
        return link_to(item, "ledger.html") if item else found[0]
