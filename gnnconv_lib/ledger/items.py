"""The ledger's data: items of a paper, what each one says, rests on, and how it fared.

Each paper has one file, `book/ledger/<paper>.yml`; this book's own theorems are in `companion.yml`
under the key `companion`:

    paper: awasthi2021
    items:
      - id: awasthi2021:lemma-5      # <paper>:<kind>-<number> or <paper>:remark-<words>
        kind: lemma                  # one of KINDS
        title: Bounds on A, B, C     # optional; required for a remark
        place: Appendix B, opening   # the part before the first comma is the section
        printed: |                   # the formula exactly as printed, in the paper's notation
        quote: ...                   # at most a dozen words, where the wording itself decides
        statement: |                 # our reading: our words, our notation, complete, no clause added
          If ..., then ...
        readings: ...                # other plausible readings; without it the reading is certain
        uses: [awasthi2021:eq-9]     # what its proof or meaning rests on; ids of either paper
        restates: awasthi2021:...    # optional: the item that this one repeats
        page: bounded-iterates       # stem of the chapter that treats it
        verdict: pending             # one of VERDICTS: what the claims are expected to find
        correction: ...              # what is true instead, once, in words
        unchecked: ...               # clauses without a claim, and why
        proof: global-linear-rate#global-linear-rate-thm-escape   # page, label of what it proves
        steps: [companion:lemma-sums/slope]      # the claims that the steps of the proof name
        reason: ...                  # why it is not checkable

The claims of an item are found by its id (`gnnconv_lib.claims`); the file never lists them. Rules on
top of the types: a correction goes with a verdict that refutes and only with one, and must be there
for `slip` and `holds with correction`; `not checkable` needs a reason and has no claims; an item with
`restates` has no claims of its own and the verdict of the item it restates; `open` is a question or
a conjecture, whatever was found for it.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from gnnconv_lib import evidence
from gnnconv_lib.validation import InvalidInput

__all__ = ["CORRECTED", "KINDS", "REPAIRED", "VERDICTS", "Item", "Ledger", "check_uses"]

KINDS: tuple[str, ...] = (
    "definition",
    "equation",
    "assumption",
    "lemma",
    "theorem",
    "algorithm",
    "figure",
    "remark",
)
VERDICTS: tuple[str, ...] = (*evidence.VERDICTS, "not checkable", "pending")
# Verdicts of statements that do not stand as printed, and those that need a corrected one.
CORRECTED: tuple[str, ...] = evidence.REFUTED
REPAIRED: tuple[str, ...] = ("slip", "holds with correction")

_ID = re.compile(r"(?P<paper>[a-z]+([0-9]{4})?):(?P<name>[a-z0-9]+(-[a-z0-9]+)+)")


@dataclass(frozen=True)
class Item:
    """One claim of a paper; the fields are those of the file (see the module docstring).

    Raises:
        InvalidInput: one sentence that begins with the item's id, for anything out of the schema.
    """

    id: str
    kind: str
    place: str
    statement: str
    page: str
    verdict: str = "pending"
    title: str | None = None
    uses: tuple[str, ...] = ()
    restates: str | None = None
    correction: str | None = None
    reason: str | None = None
    printed: str | None = None
    quote: str | None = None
    readings: str | None = None
    unchecked: str | None = None
    proof: str | None = None
    steps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        def require(condition: object, sentence: str) -> None:
            if not condition:
                raise InvalidInput(f"{self.id}: {sentence}")

        require(_ID.fullmatch(self.id), "id must read <paper>:<kind>-<number or words>.")
        require(self.kind in KINDS, f"kind must be one of {', '.join(KINDS)}, got {self.kind!r}.")
        require(
            self.verdict in VERDICTS,
            f"verdict must be one of {', '.join(VERDICTS)}, got {self.verdict!r}.",
        )
        stem = {"equation": "eq"}.get(self.kind, self.kind)
        require(
            self.name.startswith(f"{stem}-"), f"the id of a {self.kind} must start with {stem}-."
        )
        for key in ("place", "statement", "page"):
            require(getattr(self, key).strip(), f"{key} must not be empty.")
        numbered = self.name.split("-", 1)[1][0].isdigit() and self.kind != "remark"
        require(self.title or numbered, "an item without a number must have a title.")
        require(len(set(self.uses)) == len(self.uses), "uses must not repeat an id.")
        require(
            self.correction is None or self.verdict in CORRECTED or self.restates,
            f"correction must go with the verdicts {', '.join(CORRECTED)} only.",
        )
        require(
            self.correction or self.restates or self.verdict not in REPAIRED,
            f"correction must be stated for the verdicts {' and '.join(REPAIRED)}.",
        )
        require(
            self.quote is None or len(self.quote.split()) <= 12,
            "quote must be a dozen words at most.",
        )
        require(bool(self.proof) or not self.steps, "steps must go with a proof.")
        require(
            self.proof is None or re.fullmatch(r"[a-z0-9-]+#[a-z0-9-]+", self.proof),
            "proof must read <page>#<label>.",
        )
        uncheckable = self.verdict == "not checkable"
        require(bool(self.reason) == uncheckable, "reason must go with 'not checkable' only.")

    @property
    def paper(self) -> str:
        """The paper's key, the part of the id before the colon."""
        return self.id.split(":")[0]

    @property
    def name(self) -> str:
        """The part of the id after the colon."""
        return self.id.split(":")[1]

    @property
    def section(self) -> str:
        """The section or appendix: the part of `place` before the first comma."""
        return self.place.split(",")[0].strip()

    @property
    def anchor(self) -> str:
        """The id as an HTML anchor.

        >>> Item("li2021:eq-11", "equation", "Section 3", "Xi.", "algorithm-1").anchor
        'li2021-eq-11'
        """
        return self.id.replace(":", "-")

    @property
    def heading(self) -> str:
        """The name a reader knows the item by.

        >>> Item("li2021:eq-11", "equation", "Section 3", "Xi.", "algorithm-1").heading
        'Eq. (11)'
        """
        if self.kind == "remark":
            return str(self.title)
        _, number = self.name.split("-", 1)
        if not number[0].isdigit():
            return f"{self.kind.title()}: {self.title}"
        known = f"Eq. ({number})" if self.kind == "equation" else f"{self.kind.title()} {number}"
        return f"{known}: {self.title}" if self.title else known

    @property
    def short_heading(self) -> str:
        """The heading without the title of a numbered item, for links.

        >>> Item("li2021:lemma-2", "lemma", "Proof", "A bound.", "x", title="Size").short_heading
        'Lemma 2'
        """
        numbered = self.kind != "remark" and self.name.split("-", 1)[1][0].isdigit()
        return self.heading.split(":")[0] if numbered else str(self.title)


@dataclass(frozen=True)
class Ledger:
    """All items of one paper, in the paper's order.

    Raises:
        InvalidInput: for repeated ids, an item of another paper, a link within the paper that leads
            nowhere, a restatement whose verdict differs, or a cycle of `uses`.
    """

    paper: str
    items: tuple[Item, ...] = field(repr=False)

    def __post_init__(self) -> None:
        for identifier, times in Counter(item.id for item in self.items).items():
            if times > 1:
                raise InvalidInput(f"{identifier}: the id must be unique, got {times} items.")
        for item in self.items:
            if item.paper != self.paper:
                raise InvalidInput(f"{item.id}: the id must begin with {self.paper}.")
            if item.restates is not None:
                original = self.by_id.get(item.restates)
                if original is None or original is item:
                    raise InvalidInput(
                        f"{item.id}: restates must be another item, got {item.restates}."
                    )
                if original.verdict != item.verdict:
                    raise InvalidInput(
                        f"{item.id}: the verdict must be that of {item.restates}, "
                        f"{original.verdict!r}, got {item.verdict!r}."
                    )
        check_uses([self], papers={self.paper})

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, identifier: str) -> Item:
        return self.by_id[identifier]

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """The items by id."""
        return {item.id: item for item in self.items}

    def counts(self) -> dict[str, int]:
        """The number of items per verdict, all verdicts listed."""
        found = Counter(item.verdict for item in self.items)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def sections(self) -> dict[str, list[Item]]:
        """The items grouped by section, in order of first appearance."""
        groups: dict[str, list[Item]] = {}
        for item in self.items:
            groups.setdefault(item.section, []).append(item)
        return groups


def check_uses(ledgers: list[Ledger], papers: set[str] | None = None) -> list[str]:
    """The ids of all `ledgers` in an order in which each item follows what it uses.

    Args:
        ledgers: one or more ledgers.
        papers: links to ids of other papers are skipped; `None` means that every link must resolve.

    Raises:
        InvalidInput: naming the item, for a link that leads nowhere and for a cycle.
    """
    items = {item.id: item for ledger in ledgers for item in ledger}
    edges: dict[str, list[str]] = {}
    for item in items.values():
        targets = [*item.uses, *([item.restates] if item.restates else [])]
        wanted = [t for t in targets if papers is None or t.split(":")[0] in papers]
        for target in wanted:
            if target not in items:
                raise InvalidInput(f"{item.id}: uses must name items of the ledger, got {target}.")
        edges[item.id] = wanted
    try:
        return list(TopologicalSorter(edges).static_order())
    except CycleError as error:
        cycle = error.args[1]
        raise InvalidInput(
            f"{cycle[0]}: uses must not form a cycle, got {' <- '.join(cycle)}."
        ) from None
