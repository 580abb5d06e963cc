"""Formats of a few lines each: lists of neighbours, METIS, JSON node-link, graph6 and sparse6.

Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import json
from typing import Any

import networkx
import numpy as np

from gnnconv_lib.graphs.listing import Listing
from gnnconv_lib.graphs.matrix_table import both_ways
from gnnconv_lib.graphs.memory import require_graph_memory, require_memory
from gnnconv_lib.graphs.node_labels import numbered
from gnnconv_lib.validation import InvalidInput

__all__ = ["parse_adjacency_list", "parse_graph6", "parse_json", "parse_metis"]


def parse_adjacency_list(
    name: str, text: str, labels: str | None = None, utf8: bool = True
) -> Listing:
    """What lines of a node and its neighbours list, as NetworkX writes them.

    If every edge stands in the lines of both its ends, it counts once.

    >>> parse_adjacency_list("g.adjlist", "0 1 2\\n1\\n2\\n3\\n").nodes
    4
    """
    words: list[str] = []
    lines: list[int] = []
    seen: set[str] = set()
    for line, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        row = raw.partition("#")[0].replace(",", " ").split()
        if row and row[0] in seen:
            raise InvalidInput(
                f"'{name}' must hold one line for each node, but line {line} is a second one of "
                f"{row[0][:40]!r}."
            )
        for word in row[1:]:
            words += [row[0], word]
            lines.append(line)
        if row:
            seen.add(row[0])
    alone = list(dict.fromkeys(seen.difference(words)))
    places = np.array([*lines, *[0] * (len(alone) + 1)], np.int64)
    padded = words + [word for word in sorted(alone) for _ in range(2)]
    if not padded:
        raise InvalidInput(f"'{name}' must hold at least one node.")
    found, index = numbered(name, padded, places, labels, utf8)
    ends = index[: len(words)].reshape(-1, 2)
    listing = Listing(f"'{name}'", len(found), ends, labels=found)
    listing.lines = np.array(lines, np.int64)
    listing.arcs = both_ways(ends)
    return listing


def parse_metis(name: str, text: str) -> Listing:
    """What a METIS graph lists: a line `n m`, then the neighbours of 1, ..., n, one line each.

    Raises:
        InvalidInput: unless there are n lines and m edges in both directions; weights (a third
            number in the first line) are not read.

    >>> parse_metis("g.graph", "3 2\\n2\\n1 3\\n2\\n").nodes
    3
    """
    rows = [
        (line, raw.split())
        for line, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1)
        if not raw.lstrip().startswith("%")
    ]
    while rows and not rows[-1][1]:
        rows.pop()
    head = rows[0][1] if rows else []
    if len(head) not in (2, 3) or not all(
        w.isascii() and w.isdigit() and len(w) < 19 for w in head
    ):
        raise InvalidInput(f"'{name}' could not be read as METIS: its first line is not 'n m'.")
    if len(head) == 3 and int(head[2]):
        raise InvalidInput(f"'{name}' must be unweighted, but its first line says {head[2]}.")
    n, m = int(head[0]), int(head[1])
    require_graph_memory(f"'{name}', which announces {n} nodes,", n, 0)
    body = rows[1:] + [(0, [])] * max(n - len(rows) + 1, 0) if n < 10**7 else rows[1:]
    ends, lines = [], []
    for node, (line, row) in enumerate(body):
        for word in row:
            if not (word.isascii() and word.isdigit() and len(word) < 19 and 1 <= int(word) <= n):
                raise InvalidInput(
                    f"'{name}' must hold nodes from 1 to {n}, but line {line} has {word[:40]!r}."
                )
            ends.append((node, int(word) - 1))
            lines.append(line)
    if n < 1 or len(body) != n or len(ends) != 2 * m:
        raise InvalidInput(
            f"'{name}' announces {n} nodes and {m} edges, but holds {len(rows) - 1} lines and "
            f"{len(ends)} neighbours instead of {2 * m}: it is truncated or damaged."
        )
    listing = Listing(f"'{name}'", n, np.array(ends, np.int64).reshape(-1, 2), arcs=True)
    listing.lines, listing.labels = np.array(lines, np.int64), range(1, n + 1)
    return listing


def parse_json(name: str, text: str) -> Listing:
    """What NetworkX's node-link JSON lists: `nodes` with ids, and `edges` or `links`.

    The weight of an edge is its `weight`, or its `value`, as in D3's examples.

    Raises:
        InvalidInput: for other JSON, a node declared twice and an edge that ends at none.

    >>> parse_json("g.json", '{"nodes": [{"id": "a"}, {"id": "b"}], "edges": []}').labels
    ('a', 'b')
    """
    require_memory(f"Reading '{name}'", 40 * len(text), "an edge list would need less")
    try:
        data = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"'{name}' could not be read as JSON: {str(error)[:120]}.") from None
    try:
        nodes = [
            _plain(name, node["id"] if isinstance(node, dict) else node) for node in data["nodes"]
        ]
        if "edges" in data and "links" in data:
            raise InvalidInput(f"'{name}' must hold its edges once, got both 'edges' and 'links'.")
        edges = data["edges"] if "edges" in data else data["links"]
        pairs = [
            (
                _plain(name, edge["source"]),
                _plain(name, edge["target"]),
                edge.get("weight", edge.get("value", 1)),
            )
            if isinstance(edge, dict)
            else (_plain(name, edge[0]), _plain(name, edge[1]), 1)
            for edge in edges
        ]
        position = {node: place for place, node in enumerate(nodes)}
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        missing = isinstance(error, KeyError)
        found = f"it has no {str(error)[:60]}" if missing else "something else stands there"
        raise InvalidInput(
            f"'{name}' must be node-link JSON with 'nodes' and 'edges' (or 'links'), but {found}."
        ) from None
    if not nodes or len(position) != len(nodes):
        raise InvalidInput(f"'{name}' must declare at least one node, and each node once.")
    for one, other, _ in pairs:
        for end in (one, other):
            if end not in position:
                raise InvalidInput(
                    f"'{name}' must declare the nodes of its edges, but one ends at {end!r}, which "
                    "is no node."
                )
    ends = np.array([(position[a], position[b]) for a, b, _ in pairs], np.int64).reshape(-1, 2)
    weights = np.array([_number(weight) for _, _, weight in pairs])
    listing = Listing(f"'{name}'", len(nodes), ends, weights, labels=tuple(nodes))
    listing.words = {
        place: weight if isinstance(weight, str) else json.dumps(weight)
        for place, (_, _, weight) in enumerate(pairs)
        if not isinstance(weight, int | float)
    }
    listing.directed = bool(data.get("directed", False))
    return listing


def parse_graph6(name: str, content: bytes) -> Listing:
    """What one line of graph6 or sparse6 lists, through NetworkX.

    >>> parse_graph6("g.g6", b"Bw").ends.tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    body = content.strip()
    if body.count(b"\n"):
        raise InvalidInput(f"'{name}' must hold one graph on one line.")
    sparse = body.startswith((b":", b">>sparse6<<"))
    # Six pairs of nodes per byte: NetworkX compares the length before it allocates.
    require_memory(
        f"Reading '{name}' through NetworkX",
        2_000 * len(body),
        "the same graph as an edge list or in Matrix Market format would need less",
    )
    kind = "sparse6" if sparse else "graph6"
    if body.startswith((b"&", b">>digraph6<<", b";")):
        raise InvalidInput(f"'{name}' must be graph6 or sparse6, got digraph6 or another variant.")
    try:
        if sparse:
            _require_sparse6(name, body)
        read: Any = networkx.from_sparse6_bytes if sparse else networkx.from_graph6_bytes
        graph = read(body)
    except InvalidInput:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InvalidInput(f"'{name}' could not be read as {kind}: {reason.rstrip('.')}.") from None
    if len(graph) == 0:
        raise InvalidInput(f"'{name}' must have at least one node, got an empty graph.")
    ends = np.array([pair[:2] for pair in graph.edges], np.int64).reshape(-1, 2)
    return Listing(f"'{name}'", len(graph), ends)


def _require_sparse6(name: str, body: bytes) -> None:
    """A few bytes can announce 2^36 nodes, and a wrong character is a negative number to NetworkX."""
    start = body.removeprefix(b">>sparse6<<")[1:]
    if any(not 63 <= value <= 126 for value in start):
        raise InvalidInput(f"'{name}' could not be read as sparse6: a character is out of range.")
    digits = start[2:8] if start[:2] == b"~~" else start[1:4] if start[:1] == b"~" else start[:1]
    nodes = 0
    for value in digits:
        nodes = 64 * nodes + max(value - 63, 0)
    require_memory(
        f"'{name}', which announces {nodes} nodes,", 400 * nodes, "a smaller graph would fit"
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _plain(name: str, label: Any) -> Any:
    if isinstance(label, bool) or label is None:  # true is no 1, which Python takes it for
        raise InvalidInput(
            f"'{name}' must have numbers or text as ids of nodes, got {json.dumps(label)}."
        )
    return tuple(_plain(name, part) for part in label) if isinstance(label, list) else label


def _number(weight: Any) -> float:
    return float(weight) if isinstance(weight, int | float) else float("nan")
