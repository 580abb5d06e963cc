"""Edge lists: one pair of non-negative integers per line. Book: `book/setting.ipynb`."""

from __future__ import annotations

import io
import re
from array import array

import numpy as np

from gnnconv_lib.graphs.graph import Graph, from_edges
from gnnconv_lib.graphs.memory import require_graph_memory
from gnnconv_lib.validation import InvalidInput

__all__ = ["decoded", "parse_edge_list"]

_HEADER = re.compile(r"nodes\s*[:=]?\s*(\d+)", re.IGNORECASE)
_LARGEST_LABEL = 2**63 - 1


def decoded(name: str, content: bytes) -> str:
    """The text of a file.

    Raises:
        InvalidInput: if it is not UTF-8 or holds a NUL.

    >>> decoded("g.txt", b"0 1")
    '0 1'
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InvalidInput(f"'{name}' must be a text file, but it holds binary data.")
    return text


def parse_edge_list(name: str, content: bytes, merge: bool) -> Graph:
    """The graph of an edge list, in the format that `gnnconv_lib.graphs.read` describes.

    Raises:
        InvalidInput: for a line that is not an unweighted pair of non-negative integers, or a
            header that does not agree with the labels or with the memory of the machine.

    >>> parse_edge_list("g.txt", b"# nodes: 3\\n0 1\\n", merge=False)
    Graph(nodes=3, edges=1, name='g.txt')
    """
    announced: int | None = None
    labels = array("q")
    for number, line in enumerate(io.StringIO(decoded(name, content)), start=1):
        body = re.split("[#%]", line, maxsplit=1)[0] if "#" in line or "%" in line else line
        words = body.replace(",", " ").replace(";", " ").split()
        if words:
            _add_edge(labels, words, f"line {number} of '{name}'")
        elif announced is None and not labels and (match := _HEADER.search(line)):
            announced = _label(match[1], f"the header of '{name}'")
    flat = np.frombuffer(labels, np.int64) if labels else np.empty(0, np.int64)
    if announced is not None:
        require_graph_memory(
            f"'{name}', which announces {announced} nodes,", announced, flat.size // 2
        )
        if not flat.size or flat.max() < announced:
            return from_edges(announced, flat.reshape(-1, 2), merge=merge, name=name)
    distinct, index = np.unique(flat, return_inverse=True)
    if not distinct.size:
        raise InvalidInput(f"'{name}' must hold at least one edge or the line '# nodes: N'.")
    if announced is not None and announced != distinct.size:
        raise InvalidInput(
            f"'{name}' announces {announced} nodes, but holds {distinct.size} different "
            f"labels up to {distinct[-1]}."
        )
    return from_edges(distinct.size, index.reshape(-1, 2), merge=merge, name=name)


def _add_edge(labels: array[int], words: list[str], place: str) -> None:
    if len(words) < 2:
        raise InvalidInput(
            f"An edge must have two nodes, but {place} holds only {words[0][:40]!r}."
        )
    if len(words) > 2 and words[2:] not in (["1"], ["{}"], ["1.0"]):
        rest = " ".join(words[2:])[:40]
        raise InvalidInput(f"Edges must be unweighted pairs, but {place} goes on with {rest!r}.")
    labels.append(_label(words[0], place))
    labels.append(_label(words[1], place))


def _label(word: str, place: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise InvalidInput(f"Nodes must be non-negative integers, but {place} holds {word[:40]!r}.")
    value = int(word) if len(word) <= 40 else _LARGEST_LABEL + 1
    if value > _LARGEST_LABEL:
        raise InvalidInput(f"Nodes must be integers below 2^63, but {place} holds {word[:40]}.")
    return value
