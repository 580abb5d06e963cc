"""Pajek's .net files: numbered vertices, then edges, arcs, their lists, or a matrix.

Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import math
import re
from typing import NoReturn

import numpy as np

from gnnconv_lib.graphs.listing import Listing
from gnnconv_lib.graphs.memory import require_graph_memory
from gnnconv_lib.validation import InvalidInput

__all__ = ["parse_pajek"]

_WORDS = re.compile(r'"([^"]*)"|(\S+)')
_SECTIONS = ("edges", "arcs", "edgeslist", "arcslist", "matrix")


def parse_pajek(name: str, text: str) -> Listing:
    """What a Pajek network lists; vertex k is node k - 1, its label the file's if all differ.

    Raises:
        InvalidInput: for another section, a vertex outside of 1, ..., n, two networks or relations,
            and vertices of two modes.

    >>> parse_pajek("g.net", "*Vertices 3\\n*Edges\\n1 2\\n2 3\\n").ends.tolist()
    [[0, 1], [1, 2]]
    """
    count = 0
    section = ""
    labels: dict[int, str] = {}
    ends: list[tuple[int, int]] = []
    weights: list[float] = []
    lines: list[int] = []
    odd: dict[int, str] = {}
    rows: list[list[str]] = []
    directed = False
    relations: set[str] = set()

    def refuse(words: str, line: int) -> NoReturn:
        raise InvalidInput(f"'{name}' could not be read as Pajek: {words} (line {line}).")

    def vertex(word: str, line: int) -> int:
        if not (word.isascii() and word.isdigit() and len(word) < 19 and 1 <= int(word) <= count):
            refuse(f"{word[:40]!r} is no vertex from 1 to {count}", line)
        return int(word) - 1

    for line, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        content = raw.strip()
        if not content or content[0] == "%":
            continue
        words = [inner or outer for inner, outer in _WORDS.findall(content)]
        if content[0] == "*":
            section = words[0][1:].lower()
            if section == "network":
                if count:
                    refuse("a second network", line)
            elif section == "vertices":
                if count or len(words) < 2 or not words[1].isdigit():
                    refuse("a second list of vertices, or one without their number", line)
                if len(words) > 2:
                    refuse("vertices of two modes", line)
                if len(words[1]) > 18 or int(words[1]) < 1:
                    refuse(f"{words[1][:40]} vertices", line)
                count = int(words[1])
                require_graph_memory(f"'{name}', which announces {count} nodes,", count, 0)
            elif section not in _SECTIONS:
                refuse(f"a section {words[0][:40]}", line)
            elif not count:
                refuse("no vertices before the edges", line)
            elif section.startswith("arcs"):
                directed = True
            if section in _SECTIONS:
                relations.update(words[1:2])
                if len(relations) > 1:
                    refuse("a second relation", line)
            continue
        if section == "network":
            continue
        if section == "vertices":
            place = vertex(words[0], line)
            if place in labels:
                refuse(f"the vertex {place + 1} twice", line)
            labels[place] = words[1] if len(words) > 1 else str(place + 1)
        elif section in ("edges", "arcs"):
            if len(words) < 2:
                refuse("an edge with one end", line)
            ends.append((vertex(words[0], line), vertex(words[1], line)))
            weights.append(_weight(words[2]) if len(words) > 2 else 1.0)
            if math.isnan(weights[-1]):
                odd[len(lines)] = words[2]
            lines.append(line)
        elif section in ("edgeslist", "arcslist"):
            for word in words[1:]:
                ends.append((vertex(words[0], line), vertex(word, line)))
                weights.append(1.0)
                lines.append(line)
        elif section == "matrix":
            if len(words) != count or len(rows) == count:
                refuse(f"a matrix that is not {count} x {count}", line)
            rows.append(words)
        else:
            refuse("a line before the vertices", line)
    if not count:
        raise InvalidInput(f"'{name}' could not be read as Pajek: it has no '*Vertices N'.")
    source = f"'{name}'"
    listing = Listing(source, count, np.array(ends, np.int64).reshape(-1, 2), np.array(weights))
    listing.directed, listing.lines = directed, np.array(lines, np.int64)
    listing.words = odd
    if rows:
        if ends or len(rows) != count:
            raise InvalidInput(f"{source} must hold {count} rows of a matrix and nothing else.")
        values = np.array([[_weight(word) for word in row] for row in rows])
        there = np.argwhere(values != 0)
        listing = Listing(source, count, there, values[there[:, 0], there[:, 1]], arcs=True)
    listing.labels = _labels(labels, count)
    return listing


def _labels(labels: dict[int, str], count: int) -> tuple[str, ...] | range:
    if len(labels) == count and len(set(labels.values())) == count:
        return tuple(labels[place] for place in range(count))
    return range(1, count + 1)


def _weight(word: str) -> float:
    try:
        return float(word.replace("_", "?"))
    except ValueError:
        return 1.0 if word.isalpha() else float("nan")
