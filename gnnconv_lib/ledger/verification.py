"""The ledger against its checks: what the file claims must be what the numbers say.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gnnconv_lib import audit
from gnnconv_lib.evidence import Evidence, combine
from gnnconv_lib.ledger.items import VERDICTS, Item, Ledger
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "Disagreement",
    "dependents",
    "evaluate",
    "evidence_of",
    "foundation",
    "missing",
    "unknown_checks",
    "unlisted_checks",
    "verify",
]


@dataclass(frozen=True)
class Disagreement:
    """An item whose verdict in the file is not the one that its checks reach.

    Fields:
        item: the id.
        written: the verdict in the file.
        computed: the verdict of the checks.
    """

    item: str
    written: str
    computed: str

    def __str__(self) -> str:
        return f"{self.item}: the file says {self.written!r}, the checks say {self.computed!r}."


def evaluate(
    ledgers: Ledger | Iterable[Ledger],
    budget: str = "quick",
    run: Callable[[str, str], Evidence] = audit.run,
    progress: Callable[[str], None] | None = None,
    verdicts: Iterable[str] | None = None,
) -> dict[str, Evidence]:
    """The evidence of every check that the ledgers name, each run once.

    Args:
        ledgers: one ledger or several.
        budget: `"quick"` or `"full"`.
        run: what runs a check by its name.
        progress: called with the name of each check before it runs.
        verdicts: only the checks of items with one of these written verdicts; by default all.

    Raises:
        InvalidInput: naming the item, for a check that does not exist.
    """
    wanted = _tuple(ledgers)
    if run is audit.run:
        unknown = unknown_checks(wanted)
        if unknown:
            raise InvalidInput(unknown[0])
    found: dict[str, Evidence] = {}
    items = _with_verdicts(wanted, verdicts)
    for name in dict.fromkeys(check for item in items for check in item.checks):
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
    """The items whose written verdict is not that of their checks; empty when all agree.

    The verdict of several checks is the least favourable one (`evidence.combine`). A pending item
    may name checks of a part of it; it disagrees as soon as one of them fails.

    Args:
        ledgers: one ledger or several.
        budget: `"quick"` or `"full"`.
        found: the evidence, if `evaluate` has run already.
        verdicts: only the items with one of these written verdicts; by default all.

    Raises:
        InvalidInput: naming the item, for a check that does not exist.
    """
    wanted = _tuple(ledgers)
    evidence = evaluate(wanted, budget, verdicts=verdicts) if found is None else found
    disagreements = []
    for item in (item for item in _with_verdicts(wanted, verdicts) if item.checks):
        computed = combine([evidence[name] for name in item.checks])
        agrees = computed == ("holds" if item.verdict == "pending" else item.verdict)
        if not agrees:
            disagreements.append(Disagreement(item.id, item.verdict, computed))
    return disagreements


def unknown_checks(
    ledgers: Ledger | Iterable[Ledger], known: Iterable[str] | None = None
) -> list[str]:
    """One sentence per check that an item names and that `known` (by default the audit) lacks."""
    names = set(audit.names() if known is None else known)
    return [
        f"{item.id}: check {check!r} does not exist."
        for ledger in _tuple(ledgers)
        for item in ledger
        for check in item.checks
        if check not in names
    ]


def unlisted_checks(
    ledgers: Ledger | Iterable[Ledger], known: Iterable[str] | None = None
) -> list[str]:
    """The checks in `known` (by default the audit) that no item of the ledgers names."""
    listed = {check for ledger in _tuple(ledgers) for check in ledger.checks}
    return sorted(set(audit.names() if known is None else known) - listed)


def missing(ledger: Ledger, required: Iterable[str]) -> list[str]:
    """The ids in `required` that the ledger lacks, in the order given."""
    return [identifier for identifier in required if identifier not in ledger.by_id]


def evidence_of(
    item: Item, ledgers: Ledger | Iterable[Ledger], found: Mapping[str, Evidence]
) -> list[Evidence]:
    """The evidence behind an item; for a restatement, that behind the item it restates."""
    items = _items(ledgers)
    original = items[item.restates] if item.restates else item
    return [found[name] for name in original.checks]


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
