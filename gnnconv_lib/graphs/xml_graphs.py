"""GraphML and GEXF, read by expat: nodes, edges, direction, weights, and nothing else.

A general parser converts attributes that no one asked for, and drops what it does not know. This
one looks at the elements that make the graph, and refuses those that it cannot hold.
Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

import numpy as np

from gnnconv_lib.graphs.listing import Listing
from gnnconv_lib.graphs.xml_safety import require_plain_xml
from gnnconv_lib.validation import InvalidInput

__all__ = ["parse_xml_graph"]

_TRUE = {"true", "1"}


def parse_xml_graph(name: str, content: bytes, kind: str) -> Listing:
    """What a GraphML or GEXF file lists; nodes in their order in the file.

    Graphs nested in a node are part of the one graph. An edge may say its own direction.

    Args:
        name: what the file is called in sentences.
        content: the file; it may declare no document type.
        kind: "GraphML" or "GEXF".

    Raises:
        InvalidInput: for other XML, a second graph, hyperedges, nodes declared twice, edges that
            end at an undeclared node, and weights that are no numbers.

    >>> text = b'<graphml><graph edgedefault="undirected"><node id="a"/></graph></graphml>'
    >>> parse_xml_graph("g.graphml", text, "GraphML").nodes
    1
    """
    require_plain_xml(content, name)
    reader = _Reader(name, kind)
    parser = expat.ParserCreate(namespace_separator=" ")
    reader.line = lambda: parser.CurrentLineNumber
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InvalidInput(f"'{name}' could not be read as {kind}: {error}.") from None
    return reader.listing()


class _Reader:
    """The state of the parser and what it has found."""

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        self.line: Any = None
        self.root = ""
        self.path: list[str] = []
        self.graphs = 0
        self.defaults: list[bool] = []
        self.position: dict[str, int] = {}
        self.edges: list[tuple[str, str, int]] = []
        self.arcs = 0
        self.weights: list[float | None] = []
        self.keys: dict[str, float] = {}
        self.edge_attributes = False
        self.keeping: list[str] | None = None
        self.key = ""

    def refuse(self, words: str) -> None:
        raise InvalidInput(f"'{self.name}' {words} (line {self.line()}).")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(" ")[2]
        if not self.path:
            self.root = tag
            if tag != self.kind.lower():
                self.refuse(f"could not be read as {self.kind}: its root element is <{tag[:40]}>")
        inside = self.path[-1] if self.path else ""
        self.path.append(tag)
        timed = inside in ("nodes", "edges") and not {"start", "end"}.isdisjoint(attributes)
        if self.kind == "GEXF" and (timed or tag == "spell"):
            self.refuse(f"must hold one graph, but a <{tag}> says when a part of it is there")
        if tag == "graph" and inside in ("graphml", "gexf", "node"):
            self.graph(attributes, inside)
        elif tag == "node" and inside in ("graph", "nodes"):
            self.node(attributes.get("id"))
        elif tag == "edge" and inside in ("graph", "edges"):
            self.edge(attributes)
        elif tag == "hyperedge":
            self.refuse("must hold edges between two nodes, but it has a hyperedge")
        elif tag == "key" and attributes.get("attr.name", "").lower() == "weight":
            if attributes.get("for", "all") in ("edge", "all"):
                self.key = attributes.get("id", "")
                self.keys[self.key] = 1.0
        elif tag == "default" and inside in ("key", "attribute") and self.key:
            self.keeping = []
        elif tag == "data" and inside == "edge":
            if attributes.get("key") in {*self.keys, "weight"}:
                self.keeping = []
        elif tag == "attributes":
            self.edge_attributes = attributes.get("class") == "edge"
        elif tag == "attvalue" and self.path[-3:-1] == ["edge", "attvalues"]:
            if attributes.get("for", attributes.get("id")) in self.keys:
                self.weigh(attributes.get("value", ""))
        elif tag == "attribute" and self.edge_attributes:
            self.attribute(attributes)

    def attribute(self, attributes: dict[str, str]) -> None:
        if attributes.get("title", "").lower() == "weight":
            self.key = attributes.get("id", "")
            self.keys[self.key] = 1.0

    def graph(self, attributes: dict[str, str], inside: str) -> None:
        if inside != "node":
            self.graphs += 1
            if self.graphs > 1:
                self.refuse("must hold one graph, got a second one")
        default = attributes.get("edgedefault", attributes.get("defaultedgetype", "undirected"))
        if attributes.get("mode") == "dynamic":
            self.refuse("must hold one graph, but its edges change with time (mode 'dynamic')")
        self.defaults.append(default == "directed")

    def node(self, identifier: str | None) -> None:
        if identifier is None:
            self.refuse("must give each node an id")
            return
        if identifier in self.position:
            self.refuse(f"must declare each node once, but {identifier[:40]!r} occurs again")
        self.position[identifier] = len(self.position)

    def edge(self, attributes: dict[str, str]) -> None:
        ends = attributes.get("source"), attributes.get("target")
        if ends[0] is None or ends[1] is None:
            self.refuse("must give each edge a source and a target")
            return
        directed = self.defaults[-1] if self.defaults else False
        if "directed" in attributes:
            directed = attributes["directed"].strip().lower() in _TRUE
        if self.kind == "GEXF" and "type" in attributes:
            directed = attributes["type"] == "directed"  # mutual: an edge
        self.arcs += directed
        self.edges.append((ends[0], ends[1], self.line()))
        self.weights.append(None)
        if self.kind == "GEXF" and "weight" in attributes:
            self.weigh(attributes["weight"])

    def text(self, words: str) -> None:
        if self.keeping is not None:
            self.keeping.append(words)

    def end(self, tag: str) -> None:
        tag = self.path.pop()
        if self.keeping is not None and tag in ("data", "default"):
            words = "".join(self.keeping)
            if tag == "default":
                self.keys[self.key] = self.number(words)
            else:
                self.weigh(words)
            self.keeping = None
        elif tag in ("key", "attribute"):
            self.key = ""
        elif tag == "graph" and self.defaults:
            self.defaults.pop()

    def weigh(self, words: str) -> None:
        weight = self.number(words)
        if self.weights[-1] not in (None, weight):
            self.refuse(f"must give each edge one weight, got {self.weights[-1]:g} and {weight:g}")
        self.weights[-1] = weight

    def number(self, words: str) -> float:
        text = words.strip()
        if len(text) < 50 and re.fullmatch(r"[+-]?[\w.]+(?:[eE][+-]?\d+)?", text, re.ASCII):
            try:
                return 1.0 if text.lower() == "true" else float(text.replace("_", "?"))
            except ValueError:
                pass
        self.refuse(f"must have numbers as weights, got {text[:40]!r}")
        return 0.0

    def listing(self) -> Listing:
        if not self.graphs:
            raise InvalidInput(f"'{self.name}' could not be read as {self.kind}: it has no graph.")
        if not self.position:
            raise InvalidInput(f"'{self.name}' must have at least one node, got an empty graph.")
        flat = np.empty(2 * len(self.edges), np.int64)
        for place, (one, other, line) in enumerate(self.edges):
            for side, end in enumerate((one, other)):
                if end not in self.position:
                    raise InvalidInput(
                        f"'{self.name}' must declare the nodes of its edges, but the edge on line "
                        f"{line} ends at {end[:40]!r}, which is no node."
                    )
                flat[2 * place + side] = self.position[end]
        default = next((value for value in self.keys.values() if value != 1), 1.0)
        weights = np.array([default if w is None else w for w in self.weights], float)
        listing = Listing(f"'{self.name}'", len(self.position), flat.reshape(-1, 2), weights)
        listing.directed = self.arcs > 0
        listing.labels = tuple(self.position)
        listing.lines = np.array([line for _, _, line in self.edges], np.int64)
        if 0 < self.arcs < len(self.edges):
            listing.notes.append(
                f"{self.arcs} of {len(self.edges)} edges say that they are directed"
            )
        return listing
