"""Edge lists: one edge per line, as text. Book: `book/setting.ipynb`.

`text_table` takes the lines apart, `announced` reads the comments, `first_line` and `columns` the
header; here the rows become a `Listing`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnconv_lib.graphs.announced import Announced, announced_by
from gnnconv_lib.graphs.columns import Columns, columns_named
from gnnconv_lib.graphs.first_line import (
    NUMBER,
    header_of,
    require_an_edge,
    require_names,
    require_no_counts,
)
from gnnconv_lib.graphs.listing import Listing
from gnnconv_lib.graphs.matrix_table import both_ways, index_listing, matrix_listing
from gnnconv_lib.graphs.memory import require_graph_memory
from gnnconv_lib.graphs.node_labels import numbered
from gnnconv_lib.graphs.text_table import Table, table_of
from gnnconv_lib.validation import InvalidInput

__all__ = ["parse_edge_list"]

_YES = {"true", "t", "yes", "y", "1", "directed"}
_IGNORED = "what stands behind the two nodes of a line was ignored"
_ARROWS = ("->", "<-", "<->", "--", "-", "=>", "→", "|")


@dataclass(frozen=True)
class _Rest:
    """What stands behind the two ends: weights or None, and whether there is more than a weight."""

    weights: np.ndarray | None
    notes: tuple[str, ...] = ()
    directed: bool = False
    words: dict[int, str] | None = None


def parse_edge_list(
    name: str,
    text: str,
    ignore_weights: bool = False,
    labels: str | None = None,
    nodes: int | None = None,
    kind: str | None = None,
    utf8: bool = True,
) -> Listing:
    """What an edge list (or a matrix or an edge index as a table of numbers) lists.

    Args:
        name: what the file is called in sentences.
        text: its content.
        ignore_weights: whether columns behind the two ends may hold anything.
        labels: "integers", "text" or None to see from the first line.
        nodes: their number, as a line `# nodes: N` would give it.
        kind: "edgelist", "edgeindex", "adjacency", or None to see from the numbers.
        utf8: whether the text is UTF-8; if not, a name must be ASCII.

    Raises:
        InvalidInput: for a line that is not an edge, labels of both kinds, and an announced number
            that does not agree with what is there.

    >>> parse_edge_list("g.txt", "# nodes: 3\\n0 1\\n").nodes
    3
    """
    table = table_of(name, text)
    said = announced_by(name, table.comments)
    if nodes is not None:
        said.nodes, said.one_based = nodes, False
    if kind is None and (said.one_based or said.edges is not None):
        kind = "edgelist"
    special = _other_table(name, table, kind, ignore_weights)
    if special is not None:
        return special
    rows: list[list[str]] | np.ndarray = table.rows
    lines = table.lines
    header, notes = None, []
    if table.head is not None:
        header = columns_named(table.head, others_too=True)
        notes.append(
            f"the line {' '.join(table.head)[:40]!r} was taken as the names of the columns"
        )
    elif isinstance(rows, list) and rows:
        header = header_of(rows)
        if header is not None:
            notes.append(f"line {lines[0]} was taken as the names of the columns")
            require_names(name, rows, lines)
            rows, lines = rows[1:], lines[1:]
    ends, rest = _columns(name, rows, lines, header, ignore_weights)
    require_no_counts(name, rows, said, header)
    listing = Listing(f"'{name}'", 0, np.empty((0, 2), np.int64), rest.weights, lines=lines)
    listing.directed = said.directed or rest.directed
    listing.words = rest.words or {}
    if header is None and labels is None and isinstance(ends, list):
        require_an_edge(name, ends, lines)
    listing.notes = [*notes, *rest.notes]
    if said.prose:
        listing.notes.append(
            f"the comment on line {said.prose[0]} speaks of nodes, but in no form that is taken as "
            "their number"
        )
    _number_nodes(name, listing, ends, said, labels, utf8)
    _require_edges(name, listing, said)
    return listing


def _other_table(name: str, table: Table, kind: str | None, ignore: bool) -> Listing | None:
    """A table of numbers that is no list of edges: a matrix, or the two rows of an edge index.

    Without being told, it is taken for one only if it cannot be read as unweighted edges.
    """
    rows = table.rows
    named = columns_named(table.head or (rows[0] if isinstance(rows, list) and rows else []))
    if kind is None and named and (named.certain or named.weight is not None):
        return None
    if table.head is not None and abs(len(rows) + 1 - len(table.head)) <= 1 and len(rows) > 2:
        assert isinstance(rows, np.ndarray)
        rows = [table.head, *rows.astype(str).tolist()]
    shape = (len(rows), len(rows[0]) if len(rows) else 0)
    if kind == "adjacency":
        found = matrix_listing(name, rows, told=True)
        if found is None:
            raise InvalidInput(f"'{name}' must hold as many numbers per row as there are rows.")
        return found
    if kind == "edgeindex" or (kind is None and shape[0] == 2 and shape[1] >= 4):
        if not isinstance(rows, np.ndarray) or len(rows) != 2:
            if kind is None:
                return None
            raise InvalidInput(f"'{name}' must hold two rows of equally many node numbers.")
        found = index_listing(f"'{name}'", rows)
        if kind == "edgeindex" or both_ways(found.ends):
            return found
    elif kind is None and shape[1] >= 3 and shape[0] - shape[1] in (-1, 0, 1):
        found = matrix_listing(name, rows)
        if found is not None:
            return found
    else:
        return None
    if ignore and kind is None and shape[1] > 3 and _all_numbers(rows):
        raise InvalidInput(
            f"'{name}' may list edges or hold a matrix ({shape[0]} rows of {shape[1]} columns); "
            "format='edgelist', format='edgeindex' or format='adjacency' says which."
        )
    return None


def _all_numbers(rows: Any) -> bool:
    """Whether a table may be a matrix, with or without names on its first row and column."""
    if isinstance(rows, np.ndarray):
        return True
    return all(NUMBER.fullmatch(word) for row in rows[1:] for word in row[1:] if word)


def _columns(
    name: str,
    rows: list[list[str]] | np.ndarray,
    lines: np.ndarray,
    header: Columns | None,
    ignore: bool,
) -> tuple[np.ndarray | list[str], _Rest]:
    """The ends, one after the other, and what stands behind them."""
    one, other = header.ends if header else (0, 1)
    if isinstance(rows, np.ndarray):
        if rows.shape[1] <= max(one, other):
            raise InvalidInput(
                f"An edge must have two nodes, but line {lines[0]} of '{name}' holds only "
                f"'{rows[0, 0]}'."
            )
        flat = np.ascontiguousarray(rows[:, [one, other]]).reshape(-1)
        if header is not None:
            return flat, _named_rest(rows, header)
        if rows.shape[1] == 2:
            return flat, _Rest(None)
        if rows.shape[1] > 3 and ignore:
            return flat, _Rest(None, (_IGNORED,))
        if rows.shape[1] > 3:
            _goes_on(name, lines[0], [str(value) for value in rows[0, 2:]])
        return flat, _Rest(rows[:, 2])
    short = next((place for place, row in enumerate(rows) if len(row) <= max(one, other)), None)
    if short is not None:
        raise InvalidInput(
            f"An edge must have two nodes, but line {lines[short]} of '{name}' holds only "
            f"{' '.join(rows[short])[:40]!r}."
        )
    flat_words = [word for row in rows for word in (row[one], row[other])]
    if "" in flat_words:
        line = lines[flat_words.index("") // 2]
        raise InvalidInput(
            f"An edge must have two nodes, but line {line} of '{name}' leaves one out."
        )
    if header is not None:
        return flat_words, _named_rest(rows, header)
    if rows and rows[0][1] in _ARROWS and len(rows[0]) > 2:
        raise InvalidInput(
            f"An edge must have its two nodes first, but line {lines[0]} of '{name}' has "
            f"{rows[0][1]!r} between them."
        )
    return flat_words, _unnamed_rest(name, rows, lines, ignore)


def _named_rest(rows: list[list[str]] | np.ndarray, header: Columns) -> _Rest:
    notes = tuple(f"the column {other!r} was ignored" for other in header.others)
    at = header.weight
    if isinstance(rows, np.ndarray):
        weights = None if at is None or at >= rows.shape[1] else rows[:, at]
        return _Rest(weights, notes, header.arcs is not None and bool(rows[:, header.arcs].any()))
    directed = any(
        place is not None and any(len(row) > place and row[place].lower() in words for row in rows)
        for place, words in ((header.kind, {"directed"}), (header.arcs, _YES))
    )
    if at is None:
        return _Rest(None, notes, directed)
    words = [row[at] if len(row) > at and row[at] else "1" for row in rows]
    weights = np.array([_weight(word) for word in words])
    odd = {int(place): words[place] for place in np.flatnonzero(np.isnan(weights))}
    return _Rest(weights, notes, directed, odd)


def _unnamed_rest(name: str, rows: list[list[str]], lines: np.ndarray, ignore: bool) -> _Rest:
    widths = {len(row) for row in rows}
    weights = np.ones(len(rows))
    if widths <= {2}:
        return _Rest(None)
    if widths == {3}:
        try:
            return _Rest(np.array([row[2] for row in rows]).astype(float))
        except ValueError:  # not all of them are numbers
            if ignore and all(row[2].startswith("{") for row in rows):
                return _Rest(np.array([_weight(row[2]) for row in rows]))
    if ignore and len(widths) == 1:
        return _Rest(None, (_IGNORED,))
    for place, row in enumerate(rows):
        if len(row) == 2 and not (ignore and len(widths) > 1):
            continue
        weight = _weight(row[2]) if len(row) == 3 else float("nan") if len(row) > 3 else 1.0
        if len(widths) > 1 and weight != 1:
            raise InvalidInput(
                f"'{name}' must have as many columns on every line (it is an unweighted edge list, "
                f"or weighted throughout), but line {lines[place]} has {len(row)} and others have "
                f"{min(widths - {len(row)})}; format='adjlist' reads lists of neighbours."
            )
        if len(row) > 3 or (np.isnan(weight) and not NUMBER.fullmatch(row[2])):
            _goes_on(name, lines[place], row[2:])
        weights[place] = weight
    return _Rest(weights)


def _goes_on(name: str, line: Any, words: Sequence[str]) -> None:
    rest = " ".join(words)[:40]
    raise InvalidInput(
        f"Edges must be unweighted pairs, but line {line} of '{name}' goes on with {rest!r}; "
        "weights='ignore' would drop what stands behind the two nodes."
    )


def _weight(word: str) -> float:
    """The number in a word, or the weight among the attributes that NetworkX writes; else NaN."""
    if word.startswith("{") and len(word) < 5000:
        try:
            attributes = ast.literal_eval(word)
            word = str(attributes.get("weight", 1)) if isinstance(attributes, dict) else ""
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return float("nan")
    return float(word) if NUMBER.fullmatch(word) else float("nan")


def _number_nodes(
    name: str,
    listing: Listing,
    ends: np.ndarray | list[str],
    said: Announced,
    labels: str | None,
    utf8: bool,
) -> None:
    """Positions instead of labels, and how many nodes there are."""
    announced = said.nodes
    if announced is not None:
        require_graph_memory(
            f"'{name}', which announces {announced} nodes,", announced, len(ends) // 2
        )
    lines = listing.lines
    assert lines is not None
    found, index = numbered(name, ends, lines, labels, utf8)
    listing.ends = index.reshape(-1, 2)
    integers = isinstance(found, np.ndarray)
    if announced is not None and integers:
        first = 1 if said.one_based else 0
        known = found if isinstance(found, np.ndarray) else np.empty(0, np.int64)
        if not known.size or (known[0] >= first and known[-1] < announced + first):
            if announced < 1:
                raise InvalidInput(f"'{name}' must have at least one node, but announces none.")
            listing.nodes = announced
            listing.ends = (known[index] - first).reshape(-1, 2)
            listing.labels = range(first, announced + first)
            return
    if not len(found):
        raise InvalidInput(f"'{name}' must hold at least one edge or the line '# nodes: N'.")
    if announced is not None and announced != len(found):
        largest = f" up to {found[-1]}" if integers else ""
        raise InvalidInput(
            f"'{name}' announces {announced} nodes, but holds {len(found)} different labels"
            f"{largest}."
        )
    listing.nodes, listing.labels = len(found), found


def _require_edges(name: str, listing: Listing, said: Announced) -> None:
    """The announced number is that of the lines, or of the edges that they hold."""
    listed = len(listing.ends)
    if said.edges is None or said.edges == listed:
        return
    low, high = listing.ends.min(axis=1), listing.ends.max(axis=1)
    keys = np.unique(low * max(listing.nodes, 1) + high)
    loops = np.count_nonzero(keys // max(listing.nodes, 1) == keys % max(listing.nodes, 1))
    if said.edges in (keys.size, keys.size - loops):
        return
    word = "it is truncated" if said.edges > listed else "one of them is wrong"
    raise InvalidInput(
        f"'{name}' announces {said.edges} edges on line {said.edges_line}, but holds {listed}: {word}."
    )
