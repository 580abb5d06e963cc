"""What stands on the first line of a list of edges. Book: `book/setting.ipynb`.

It is an edge, the names of the columns, or the numbers of nodes and edges; what may be two of these
is refused.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from gnnconv_lib.graphs.announced import Announced
from gnnconv_lib.graphs.columns import Columns, columns_named
from gnnconv_lib.validation import InvalidInput

__all__ = ["NUMBER", "header_of", "require_an_edge", "require_names", "require_no_counts"]

_INTEGER = re.compile(r"\d+", re.ASCII)
#: A number as a field of a table.
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|[+-]?inf", re.ASCII)


def header_of(rows: list[list[str]]) -> Columns | None:
    """The columns that the first row names, or None if it is an edge.

    >>> header_of([["from", "to"], ["a", "b"]]).ends
    (0, 1)
    """
    first, others = rows[0], rows[1:]
    if len(first) < 2 or any(NUMBER.fullmatch(word) for word in first if word):
        return None
    named = columns_named(first)
    if named is not None and named.certain:
        one, other = (first[place] for place in named.ends)
        if not any(one in row or other in row for row in others):
            return named
    ends = named.ends if named else (0, 1)
    sample = others[:1000]
    integers = all(
        len(row) > max(ends) and all(_INTEGER.fullmatch(row[place]) for place in ends)
        for row in sample
    )
    return columns_named(first, others_too=True) if sample and integers else None


def require_names(name: str, rows: list[list[str]], lines: np.ndarray) -> None:
    """No row is wider than the header: its first field could be the name of the row, as R writes."""
    for row, line in zip(rows[1:], lines[1:], strict=True):
        if len(row) > len(rows[0]):
            raise InvalidInput(
                f"'{name}' must name every column, but line {lines[0]} names {len(rows[0])} and line "
                f"{line} has {len(row)}."
            )


def require_an_edge(name: str, ends: list[str], lines: np.ndarray) -> None:
    """The first line must not be what others write there: names of columns that are not known here."""
    if not ends or any(NUMBER.fullmatch(word) for word in ends[:2]):
        return
    often: Counter[str] = Counter()
    pairs = [{*ends[k : k + 2]} for k in range(0, len(ends), 2)]
    for pair in pairs:
        often.update(pair)
    alone = [all(often[word] == 1 for word in pair) for pair in pairs]
    if len(pairs) > 1 and alone[0] and len(pairs[0]) == 2 and not any(alone[1:]):
        raise InvalidInput(
            f"Line {lines[0]} of '{name}' may be an edge or the names of columns: {ends[0][:40]!r} and "
            f"{ends[1][:40]!r} stand nowhere else; '#' before it makes it a comment, and "
            "labels='text' takes it as an edge."
        )


def require_no_counts(
    name: str, rows: list[list[str]] | np.ndarray, said: Announced, header: Columns | None
) -> None:
    """The first line must not be what other programs write there: the numbers of nodes and edges."""
    if not isinstance(rows, np.ndarray) or header is not None or len(rows) < 2:
        return
    if said.nodes is not None or said.edges is not None or rows.shape[1] != 2:
        return
    nodes, edges = (int(value) for value in rows[0])
    others = rows[1:]
    if edges == len(others) and others.max() <= nodes and nodes > 1:
        raise InvalidInput(
            f"The first line of '{name}' may be an edge or the numbers of nodes and edges "
            f"({nodes} and {edges}, and {edges} lines follow); make it '# nodes: {nodes}' or put "
            f"'# edges: {edges + 1}' above it."
        )
