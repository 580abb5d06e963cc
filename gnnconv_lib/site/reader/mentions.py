"""Where a text names a numbered statement of a paper: "Eq. (12)", "Lemmas 1 and 6", "(39)".

Only statements that the ledger has are found. Which paper is meant follows from the page: a chapter
of Part I speaks of the first paper, one of Part II of the second.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["Mention", "mentions", "paper_of"]

_KINDS = {
    "eq": "eq",
    "equation": "eq",
    "lemma": "lemma",
    "theorem": "theorem",
    "assumption": "assumption",
    "remark": "remark",
    "algorithm": "algorithm",
    "definition": "definition",
    "figure": "figure",
}
# Equations may stand in parentheses, nothing else does.
_NUMBER = r"\(?\d{1,2}[a-f]?\)?(?![\w.]*\d)"
_PLAIN = r"\d{1,2}[a-f]?(?![\w.]*\d)"
_AND = r"(?:\s*,\s*(?:and\s+)?|\s+(?:and|or|to)\s+)"
_NAMED = (
    rf"\b(?P<kind>Eqs?\.|Equations?)\s+(?P<list>{_NUMBER}(?:{_AND}{_NUMBER})*)"
    r"|\b(?P<other>(?:Lemma|Theorem|Assumption|Remark|Algorithm|Definition|Figure)s?)\s+"
    rf"(?P<others>{_PLAIN}(?:{_AND}{_PLAIN})*)"
)
_BARE = r"(?<![\w\])}])(?P<bare>\((?P<number>\d{1,2})\))(?!\w)"


@dataclass(frozen=True)
class Mention:
    """A piece of a text that names an item.

    Fields:
        start, end: where it stands in the text.
        item: the id of the item.
        between: the ids between it and the one before, of which it ends a range.
    """

    start: int
    end: int
    item: str
    between: tuple[str, ...] = ()


def paper_of(page: str) -> str:
    """The paper that a page speaks of; empty where it speaks of both.

    >>> paper_of("book/li2021/convergence")
    'li2021'
    >>> paper_of("book/setting")
    ''
    """
    parts = page.split("/")
    return parts[1] if len(parts) > 2 and parts[1] in ("awasthi2021", "li2021") else ""


def mentions(text: str, paper: str, known: Collection[str]) -> list[Mention]:
    """The items that a text names, in its order; a range names its ends.

    Args:
        text: words without formulas.
        paper: the paper that is meant.
        known: the ids of all items.

    >>> known = {"li2021:eq-39", "li2021:lemma-1", "li2021:lemma-2"}
    >>> [found.item for found in mentions("By Lemmas 1 and 2, (39) and f(3)", "li2021", known)]
    ['li2021:lemma-1', 'li2021:lemma-2', 'li2021:eq-39']
    """
    found = []
    for match in re.finditer(f"{_NAMED}|{_BARE}", text):
        if match["bare"]:
            found.append(Mention(match.start(), match.end(), f"{paper}:eq-{match['number']}"))
            continue
        word, group = (match["kind"], "list") if match["kind"] else (match["other"], "others")
        kind = _KINDS[word.rstrip(".").removesuffix("s").lower()]
        numbers = list(re.finditer(_NUMBER, match[group]))
        offset = match.start(group)
        for place, number in enumerate(numbers):
            # The word belongs to the first number.
            start = match.start() if place == 0 else offset + number.start()
            end = offset + number.end()
            # "(Eq. 7)": the second parenthesis is not the number's.
            if number[0].endswith(")") and not number[0].startswith("("):
                end -= 1
            name = number[0].strip("()")
            inner: list[str] = []
            if place and " to " in match[group][numbers[place - 1].end() : number.start()]:
                first = numbers[place - 1][0].strip("()")
                if first.isdigit() and name.isdigit():
                    inner = [f"{paper}:{kind}-{k}" for k in range(int(first) + 1, int(name))]
            between = tuple(item for item in inner if item in known)
            found.append(Mention(start, end, f"{paper}:{kind}-{name}", between))
    return [mention for mention in found if mention.item in known]
