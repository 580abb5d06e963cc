"""The ledger against its claims: what the file claims must be what the numbers say.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gnnconv_lib import audit
from gnnconv_lib.claims import Claim
from gnnconv_lib.evidence import KINDS, VERDICTS as VERDICTS_OF_CLAIMS, Evidence, combine
from gnnconv_lib.ledger.items import REPAIRED, VERDICTS, Item, Ledger
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "Disagreement",
    "Judgement",
    "claim_names",
    "dependents",
    "evaluate",
    "foundation",
    "judge",
    "missing",
    "unlisted_claims",
    "verify",
]


@dataclass(frozen=True)
class Judgement:
    """What the evidence says of an item.

    Fields:
        verdict: that of its weakest claim.
        strength: the kind of evidence that covers the whole statement: over its clauses the weakest,
            within a clause the strongest. A false item is refuted by one of its claims: the
            strongest of those.
        summary: what was found for the claims that decide the verdict.
        problems: sentences on corrections that fail, are not tested or are not stated.
    """

    verdict: str
    strength: str
    summary: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Disagreement:
    """An item on which the file and the evidence disagree.

    Fields:
        item: the id.
        written: the verdict in the file.
        computed: the verdict of the claims.
        problem: what else is wrong, as a sentence; empty for a verdict that differs.
    """

    item: str
    written: str
    computed: str
    problem: str = ""

    def __str__(self) -> str:
        differs = f"the file says {self.written!r}, the claims say {self.computed!r}."
        return f"{self.item}: {self.problem or differs}"


def claim_names(item: Item) -> tuple[str, ...]:
    """The ids of an item's claims."""
    return tuple(entry.id for entry in audit.claims_of(item.id))


def judge(item: Item, found: Mapping[str, Evidence]) -> Judgement:
    """The verdict on an item, for the ledger, the command line and the chapters alike.

    Args:
        item: an item with claims.
        found: the evidence by name, at least of this item.

    Raises:
        InvalidInput: for an item without a claim.
    """
    entries = audit.claims_of(item.id)
    printed = [found[entry.id] for entry in entries if entry.role == "printed"]
    if not printed:
        raise InvalidInput(f"{item.id}: an item with a verdict must have a claim.")
    problems = [
        f"the correction as tested by {entry.id} fails: {found[entry.id].summary}"
        for entry in entries
        if found[entry.id].corrected is False
    ]
    tested = any(found[entry.id].corrected is not None for entry in entries)
    if item.correction and not tested:
        problems.append("no claim tests the correction.")
    if tested and not item.correction and combine(printed) in REPAIRED:
        problems.append("a correction is tested that the ledger does not state.")
    strength = _strength(item, found, entries)
    return Judgement(combine(printed), strength, _summary(printed), tuple(problems))


def _summary(printed: list[Evidence]) -> str:
    """The summaries of the weakest claims; of several that hold, their number by kind."""
    verdict = combine(printed)
    weakest = [entry for entry in printed if entry.verdict == verdict]
    if verdict != "holds" or len(weakest) == 1:
        return " ".join(entry.summary for entry in weakest)
    kinds = Counter(entry.kind for entry in weakest)
    listed = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind])
    return f"{len(weakest)} claims hold ({listed})."


def _strength(item: Item, found: Mapping[str, Evidence], entries: Iterable[Claim]) -> str:
    printed = [found[entry.id] for entry in entries if entry.role == "printed"]
    refuting = [entry.kind for entry in printed if entry.verdict == "false"]
    if refuting:
        return min(refuting, key=KINDS.index)
    clauses: dict[str, list[str]] = {}
    for entry in entries:
        if entry.role == "printed":
            clauses.setdefault(entry.clause, []).append(found[entry.id].kind)
    if item.proof:
        for kinds in clauses.values():
            kinds.append("proved")
    strongest = [min(kinds, key=KINDS.index) for kinds in clauses.values()]
    return max(strongest, key=KINDS.index)


def evaluate(
    ledgers: Ledger | Iterable[Ledger],
    budget: str = "quick",
    run: Callable[[str, str], Evidence] = audit.run,
    progress: Callable[[str], None] | None = None,
    verdicts: Iterable[str] | None = None,
) -> dict[str, Evidence]:
    """The evidence of every claim of the ledgers' items, each computed once.

    Args:
        ledgers: one ledger or several.
        budget: `"quick"` or `"full"`.
        run: what runs a claim by its id.
        progress: called with the id of each claim before it runs.
        verdicts: only the claims of items with one of these written verdicts; by default all.
    """
    found: dict[str, Evidence] = {}
    items = _with_verdicts(_tuple(ledgers), verdicts)
    for name in dict.fromkeys(name for item in items for name in claim_names(item)):
        if progress is not None:
            progress(name)
        found[name] = run(name, budget)
    return found


def verify(
    ledgers: Ledger | Iterable[Ledger],
    budget: str = "quick",
    found: Mapping[str, Evidence] | None = None,
    verdicts: Iterable[str] | None = None,
) -> list[Disagreement]:
    """Where the file and the evidence disagree: verdicts, and corrections that fail or are untested.

    An item with a verdict and without a claim is one, too; so is a pending item whose claims hold
    or fail, since it could be decided.

    Args:
        ledgers: one ledger or several.
        budget: `"quick"` or `"full"`.
        found: the evidence, if `evaluate` has run already.
        verdicts: only the items with one of these written verdicts; by default all.
    """
    wanted = _tuple(ledgers)
    evidence = evaluate(wanted, budget, verdicts=verdicts) if found is None else found
    disagreements = []
    for item in _with_verdicts(wanted, verdicts):
        if item.restates:
            continue
        if not claim_names(item):
            if item.verdict in VERDICTS_OF_CLAIMS:
                disagreements.append(
                    Disagreement(item.id, item.verdict, "", "a verdict must rest on a claim.")
                )
            continue
        judged = judge(item, evidence)
        if judged.verdict != item.verdict:
            disagreements.append(Disagreement(item.id, item.verdict, judged.verdict))
        for problem in judged.problems:
            disagreements.append(Disagreement(item.id, item.verdict, judged.verdict, problem))
    return disagreements


def unlisted_claims(
    ledgers: Ledger | Iterable[Ledger], known: Iterable[str] | None = None
) -> list[str]:
    """The claims in `known` (by default all of the audit) of no item of the ledgers."""
    items = [item for ledger in _tuple(ledgers) for item in ledger]
    listed = {name for item in items for name in claim_names(item)}
    return sorted(set(audit.names() if known is None else known) - listed)


def missing(ledger: Ledger, required: Iterable[str]) -> list[str]:
    """The ids in `required` that the ledger lacks, in the order given."""
    return [identifier for identifier in required if identifier not in ledger.by_id]


def foundation(identifier: str, ledgers: Ledger | Iterable[Ledger]) -> dict[str, int]:
    """How the items stand on which an item rests, directly or not: counts by verdict.

    >>> from gnnconv_lib.ledger import parse
    >>> base = {"kind": "equation", "place": "Section 1", "statement": "A sum.", "page": "setting"}
    >>> ledger = parse({"paper": "li2021", "items": [
    ...     base | {"id": "li2021:eq-1"},
    ...     base | {"id": "li2021:eq-2", "uses": ["li2021:eq-1"]}]})
    >>> foundation("li2021:eq-2", ledger)["pending"]
    1
    """
    items = _items(ledgers)
    below = _closure(identifier, {name: _targets(item) for name, item in items.items()})
    counts = dict.fromkeys(VERDICTS, 0)
    for name in below:
        counts[items[name].verdict] += 1
    return counts


def dependents(identifier: str, ledgers: Ledger | Iterable[Ledger]) -> list[str]:
    """The ids of the items that rest on an item, directly or not, in the order of the ledgers."""
    items = _items(ledgers)
    reverse: dict[str, list[str]] = {name: [] for name in items}
    for item in items.values():
        for target in _targets(item):
            if target in reverse:
                reverse[target].append(item.id)
    above = _closure(identifier, reverse)
    return [name for name in items if name in above]


def _tuple(ledgers: Ledger | Iterable[Ledger]) -> tuple[Ledger, ...]:
    return (ledgers,) if isinstance(ledgers, Ledger) else tuple(ledgers)


def _with_verdicts(ledgers: Iterable[Ledger], verdicts: Iterable[str] | None) -> list[Item]:
    chosen = None if verdicts is None else set(verdicts)
    return [i for ledger in ledgers for i in ledger if chosen is None or i.verdict in chosen]


def _items(ledgers: Ledger | Iterable[Ledger]) -> dict[str, Item]:
    return {item.id: item for ledger in _tuple(ledgers) for item in ledger}


def _targets(item: Item) -> list[str]:
    return [*item.uses, *([item.restates] if item.restates else [])]


def _closure(start: str, edges: Mapping[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        name = waiting.pop()
        if name not in seen and name in edges:
            seen.add(name)
            waiting += edges[name]
    return seen
