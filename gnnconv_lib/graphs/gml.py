"""GML: nodes with integer ids and edges between them. Book: `book/setting.ipynb`.

Only `directed`, the `id` and `label` of nodes, and the `source`, `target` and `weight` of edges
matter (or `value`, the weight in M. Newman's collection); other attributes, however deep, are skipped.
"""

from __future__ import annotations

import html
import math
import re
from typing import Any, NoReturn

import numpy as np

from gnnconv_lib.graphs.listing import Listing
from gnnconv_lib.validation import InvalidInput

__all__ = ["parse_gml"]

_TOKEN = re.compile(
    r"""\s*(?:(?P<comment>\#[^\n]*)
    |(?P<open>\[)|(?P<close>\])
    |(?P<text>"[^"]*")
    |(?P<word>[^\s\[\]"]+))""",
    re.VERBOSE,
)
_DEEPEST = 100


def parse_gml(name: str, text: str) -> Listing:
    """What a GML file lists; nodes in their order in the file.

    Labels are those of the file if all nodes have one and all differ, else the ids.

    Raises:
        InvalidInput: for text that is not GML, a second graph, a node declared twice, and an edge
            that ends at an undeclared node.

    >>> parse_gml("g.gml", "graph [ node [ id 3 ] node [ id 5 ] edge [ source 3 target 5 ] ]").nodes
    2
    """
    reader = _Reader(name)
    where: list[str] = []
    key = ""
    place, line, counted = 0, 1, 0
    length = len(text.rstrip())
    while place < length:
        match = _TOKEN.match(text, place)
        if match is None:
            reader.refuse("an unbalanced quote", line)
        start = match.end()
        line += text.count("\n", counted, match.start(match.lastgroup or 0))
        counted = match.start(match.lastgroup or 0)
        place = start
        kind, word = match.lastgroup, match.group(match.lastgroup or 0)
        if kind == "comment":
            continue
        if kind == "open":
            if not key:
                reader.refuse("a list without a name", line)
            where.append(key)
            if len(where) > _DEEPEST:
                reader.refuse(f"lists nested more than {_DEEPEST} deep", line)
            reader.enter(where, line)
            key = ""
        elif kind == "close":
            if not where or key:
                reader.refuse("a bracket too many", line)
            reader.leave(where, line)
            where.pop()
        elif not key:
            if kind == "text":
                reader.refuse(f"the text {word[1:-1][:40]!r} without a name", line)
            key = word.lower()
        else:
            reader.value(where, key, word, line)
            key = ""
    if where or key:
        reader.refuse("an end before the last bracket: it is truncated", line)
    return reader.listing()


class _Reader:
    """What has been found so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.graphs = 0
        self.directed = False
        self.position: dict[int, int] = {}
        self.labels: list[str | None] = []
        self.edges: list[tuple[int, int, float, int]] = []
        self.words: dict[int, str] = {}
        self.now: dict[str, Any] = {}

    def refuse(self, words: str, line: int) -> NoReturn:
        raise InvalidInput(f"'{self.name}' could not be read as GML: {words} (line {line}).")

    def enter(self, where: list[str], line: int) -> None:
        if where == ["graph"]:
            self.graphs += 1
            if self.graphs > 1:
                self.refuse("a second graph", line)
        if where in (["graph", "node"], ["graph", "edge"]):
            self.now = {}

    def value(self, where: list[str], key: str, word: str, line: int) -> None:
        if where == ["graph"] and key == "directed":
            self.directed = self.integer(word, line) != 0
        elif where in (["graph", "node"], ["graph", "edge"]):
            if key in self.now and key in ("id", "source", "target", "weight", "value"):
                self.refuse(f"{key} given twice", line)
            self.now[key] = word

    def leave(self, where: list[str], line: int) -> None:
        if where == ["graph", "node"]:
            if "id" not in self.now:
                self.refuse("a node without an id", line)
            identifier = self.integer(self.now["id"], line)
            if identifier in self.position:
                self.refuse(f"the node {identifier} declared twice", line)
            self.position[identifier] = len(self.position)
            label = self.now.get("label")
            self.labels.append(None if label is None else html.unescape(label.strip('"')))
        elif where == ["graph", "edge"]:
            if "source" not in self.now or "target" not in self.now:
                self.refuse("an edge without source or target", line)
            one, other = (self.integer(self.now[key], line) for key in ("source", "target"))
            weight = self.now.get("weight", self.now.get("value", "1"))
            if math.isnan(_weight(weight)):
                self.words[len(self.edges)] = weight.strip('"')
            self.edges.append((one, other, _weight(weight), line))

    def integer(self, word: str, line: int) -> int:
        word = word.strip('"')
        if not re.fullmatch(r"[+-]?\d{1,18}", word, re.ASCII):
            self.refuse(f"{word[:40]!r} where an integer is expected", line)
        return int(word)

    def listing(self) -> Listing:
        if not self.graphs:
            raise InvalidInput(f"'{self.name}' could not be read as GML: it has no graph.")
        if not self.position:
            raise InvalidInput(f"'{self.name}' must have at least one node, got an empty graph.")
        ends = np.empty((len(self.edges), 2), np.int64)
        for place, (one, other, _, line) in enumerate(self.edges):
            for side, end in enumerate((one, other)):
                if end not in self.position:
                    raise InvalidInput(
                        f"'{self.name}' must declare the nodes of its edges, but the edge that "
                        f"closes on line {line} ends at {end}, which is no node."
                    )
                ends[place, side] = self.position[end]
        weights = np.array([weight for _, _, weight, _ in self.edges])
        listing = Listing(f"'{self.name}'", len(self.position), ends, weights, self.directed)
        named = None not in self.labels and len(set(self.labels)) == len(self.labels)
        listing.labels = tuple(self.labels) if named else tuple(self.position)
        listing.lines = np.array([line for _, _, _, line in self.edges], np.int64)
        listing.words = self.words
        return listing


def _weight(word: str) -> float:
    try:
        return float(word.strip('"').replace("_", "?"))
    except ValueError:
        return float("nan")
