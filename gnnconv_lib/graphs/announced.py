"""What the comments of an edge list say of the graph, where they say it in a form that is known.

A number in a comment is the number of nodes only in one of these forms; in all others it is prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from gnnconv_lib.validation import InvalidInput

__all__ = ["Announced", "announced_by"]

_NODES = r"(?:(?:number|no\.?|num|#)[ _]?(?:of[ _])?)?(?:nodes|vertices)"
_EDGES = r"(?:(?:number|no\.?|num|#)[ _]?(?:of[ _])?)?(?:edges|links|arcs)"
_COUNT = r"\d+(?:,\d{3})*(?![\w,.'’]*\d)"
_NAMED = re.compile(rf"^{_NODES}\s*[:=]\s*(\S+)(?:[\s,;|]+(\S.*))?$", re.IGNORECASE)
_NAMED_EDGES = re.compile(rf"^{_EDGES}\s*[:=]\s*(\S+)(?:[\s,;|]+(\S.*))?$", re.IGNORECASE)
_BARE = re.compile(rf"^nodes\s+({_COUNT})(?:[\s,;|]+edges\s+({_COUNT}))?\.?$", re.IGNORECASE)
_REVERSED = re.compile(
    rf"^({_COUNT})\s+(?:nodes|vertices)(?:[\s,;|]+(?:and\s+)?({_COUNT})\s+(?:edges|links))?\.?$",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_KIND = re.compile(r"^(un)?directed\s+graph\b", re.IGNORECASE)
_KONECT = re.compile(r"^%\s*(sym|asym|bip)\s+([a-z]+)\s*$")
_KONECT_SIZES = re.compile(r"^%\s*(\d+)\s+(\d+)\s+(\d+)\s*$")
_LARGEST = 2**63 - 1


@dataclass
class Announced:
    """What a file says of itself.

    Fields:
        nodes, edges: their numbers, if it says them; with the line that does.
        directed: whether it says that it is directed.
        one_based: whether its nodes are 1, ..., nodes (KONECT).
        prose: lines that speak of nodes and hold a number, but in no known form.
    """

    nodes: int | None = None
    nodes_line: int = 0
    edges: int | None = None
    edges_line: int = 0
    directed: bool = False
    one_based: bool = False
    prose: tuple[int, ...] = ()


def announced_by(name: str, comments: list[tuple[int, str]]) -> Announced:
    """What the comments of a file say, in one of these forms:

    `# nodes: N`, `# nodes: N edges: M`, `# nodes N edges M`, `# N nodes, M edges` (SNAP and others;
    `vertices`, `number of nodes` and `=` are understood, and 5,000 is 5000), `# Directed graph`,
    and KONECT's `% sym unweighted` followed by `% M N N`.

    Raises:
        InvalidInput: for a number that cannot be read or that another line contradicts, and for
            KONECT's bipartite graphs, whose two sides number their nodes independently.

    >>> announced_by("g.txt", [(1, "# 4 nodes 5 edges")]).nodes
    4
    >>> announced_by("g.txt", [(1, "# all nodes of release 2019")]).nodes is None
    True
    """
    found = Announced()
    prose = []
    for place, (line, comment) in enumerate(comments):
        words = comment.lstrip("#% \t").strip()
        if _konect(name, found, comments, place):
            continue
        if kind := _KIND.match(words):
            found.directed = found.directed or kind[1] is None
        match = _NAMED.match(words)
        edges: str | None = None
        if match:
            rest = match[2] or ""
            if rest[:1].isdigit():
                _unclear(name, line, words)
            _say(name, found, "nodes", line, match[1])
            following = _NAMED_EDGES.match(rest)
            edges = following[1] if following else None
        elif match := _NAMED_EDGES.match(words):
            edges = match[1]
        elif match := (_BARE.match(words) or _REVERSED.match(words)):
            _say(name, found, "nodes", line, match[1])
            edges = match[2]
        elif re.search(r"\b(?:nodes|vertices)\b", words, re.IGNORECASE) and re.search(r"\d", words):
            prose.append(line)
        if edges is not None:
            _say(name, found, "edges", line, edges)
    found.prose = tuple(prose)
    return found


def _konect(name: str, found: Announced, comments: list[tuple[int, str]], place: int) -> bool:
    line, comment = comments[place]
    kind = _KONECT.match(comment)
    if kind is None or line != 1:
        return False
    if kind[1] == "bip":
        raise InvalidInput(
            f"'{name}' must number all nodes alike, but line 1 says that it is bipartite (KONECT "
            "'bip'), where node 1 on the left and node 1 on the right are two nodes."
        )
    found.directed = kind[1] == "asym"
    if place + 1 < len(comments) and (sizes := _KONECT_SIZES.match(comments[place + 1][1])):
        if sizes[2] != sizes[3]:
            _unclear(name, comments[place + 1][0], comments[place + 1][1])
        _say(name, found, "nodes", comments[place + 1][0], sizes[2])
        found.one_based = True
        if kind[2] == "unweighted":
            _say(name, found, "edges", comments[place + 1][0], sizes[1])
    return True


def _say(name: str, found: Announced, what: str, line: int, word: str) -> None:
    """Keep the number of nodes or of edges that a line announces."""
    number, known = _number(name, line, word), getattr(found, what)
    if known not in (None, number):
        before = getattr(found, f"{what}_line")
        raise InvalidInput(
            f"'{name}' must announce one number of {what}, but line {before} says {known} and line "
            f"{line} says {number}."
        )
    setattr(found, what, number)
    setattr(found, f"{what}_line", line)


def _number(name: str, line: int, word: str) -> int:
    text = word.rstrip(",;.|")
    if not _WHOLE.fullmatch(text) or not text.isascii():
        _unclear(name, line, word)
    digits = text.replace(",", "")
    if len(digits) > 19 or int(digits) > _LARGEST:
        raise InvalidInput(
            f"'{name}' must announce numbers below 2^63, but line {line} says {digits[:40]}."
        )
    return int(digits)


def _unclear(name: str, line: int, words: str) -> NoReturn:
    raise InvalidInput(
        f"'{name}' must announce a whole number such as '# nodes: 5', but line {line} says "
        f"{words[:40]!r}."
    )
