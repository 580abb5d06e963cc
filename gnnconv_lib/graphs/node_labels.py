"""From what a text calls its nodes to positions 0, ..., n - 1."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["numbered"]

_LARGEST = 2**63 - 1
_NUMERIC = re.compile(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?")


def numbered(
    name: str,
    ends: np.ndarray | list[str],
    lines: np.ndarray,
    labels: str | None = None,
    utf8: bool = True,
) -> tuple[np.ndarray | tuple[str, ...], np.ndarray]:
    """The different labels and, for each end, its position among them.

    Integers come in numeric order, text in the order of its first appearance.

    Args:
        name: what the file is called in sentences.
        ends: labels, two for each edge.
        lines: the line of each edge.
        labels: "integers", "text", or None: text if no label of the first edge is an integer.
        utf8: whether names may hold letters beyond ASCII.

    Raises:
        InvalidInput: if labels of both kinds occur, and for integers that are negative or too large,
            and, unless told to read text, for one that ends within brackets, such as `(0` of `(0, 1)`.

    >>> numbered("g.txt", ["b", "a", "a", "c"], np.array([1, 2]))
    (('b', 'a', 'c'), array([0, 1, 1, 2]))
    """
    if labels is not None:
        require_choice("labels", labels, ("integers", "text"))
    if isinstance(ends, np.ndarray):
        if labels == "text":
            ends = [str(value) for value in ends.tolist()]
        else:
            return _distinct(ends)
    told = labels is not None
    if labels is None and ends:
        labels = "integers" if any(word.isdigit() for word in ends[:2]) else "text"
        if labels == "text" and all(_NUMERIC.fullmatch(word) for word in ends[:2]):
            labels = "integers"
        if labels == "text":
            _require_no_integers(name, ends, lines)
    if labels == "text":
        if not utf8:
            _require_ascii(name, ends, lines)
        position: dict[str, int] = {}
        index = [position.setdefault(word, len(position)) for word in ends]
        if not told:
            _require_whole(name, position, ends, lines)
        return tuple(position), np.array(index, np.int64)
    if max(map(len, ends), default=0) < 19 and all(map(str.isdigit, ends)):
        joined = " ".join(ends)
        if joined.isascii():
            if not told:
                _require_one_spelling(name, ends, lines)
            return _distinct(np.fromstring(joined, np.int64, sep=" "))
    values = np.array(
        [_integer(name, word, k // 2, lines) for k, word in enumerate(ends)], np.int64
    )
    return _distinct(values)


def _distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `np.unique` with `return_inverse`, and faster where the labels are not sparse."""
    if values.size and values.min() >= 0 and values.max() < 4 * values.size:
        seen = np.zeros(int(values.max()) + 1, bool)
        seen[values] = True
        found = np.flatnonzero(seen)
        position = np.cumsum(seen) - 1
        return found, position[values]
    found, index = np.unique(values, return_inverse=True)
    return found, index


def _integer(name: str, word: str, edge: int, lines: np.ndarray) -> int:
    if not (word.isascii() and word.isdigit()):
        raise InvalidInput(
            f"Nodes must be non-negative integers, but line {lines[edge]} of '{name}' holds "
            f"{word[:40]!r}; labels='text' reads names."
        )
    value = int(word) if len(word) <= 40 else _LARGEST + 1
    if value > _LARGEST:
        raise InvalidInput(
            f"Nodes must be integers below 2^63, but line {lines[edge]} of '{name}' holds "
            f"{word[:40]}; labels='text' reads names."
        )
    return value


def _require_no_integers(name: str, ends: list[str], lines: np.ndarray) -> None:
    numeric = {word for word in set(ends) if _NUMERIC.fullmatch(word)}
    for place, word in enumerate(ends if numeric else ()):
        if word in numeric:
            raise InvalidInput(
                f"Nodes must be integers throughout or names throughout, but line "
                f"{lines[place // 2]} of '{name}' holds {word[:40]!r} among names; labels='text' "
                "takes all of them as names."
            )


def _require_one_spelling(name: str, ends: list[str], lines: np.ndarray) -> None:
    """No number is written in two ways: 007 and 7 may be two nodes."""
    padded = {int(word): word for word in set(ends) if word[0] == "0" and len(word) > 1}
    for place, word in enumerate(ends if padded else ()):
        other = padded.get(int(word), word)
        if other != word:
            raise InvalidInput(
                f"Nodes must be written alike, but line {lines[place // 2]} of '{name}' holds "
                f"{word[:40]} where another one holds {other[:40]}; labels='integers' takes them as "
                "one node, labels='text' as two."
            )


def _require_whole(name: str, found: Iterable[str], ends: list[str], lines: np.ndarray) -> None:
    for word in found:
        if any(word.count(one) != word.count(other) for one, other in ("()", "[]")):
            raise InvalidInput(
                f"Names must not be cut within brackets, but line {lines[ends.index(word) // 2]} of "
                f"'{name}' holds {word[:40]!r}; labels='text' takes it as a name."
            )


def _require_ascii(name: str, ends: list[str], lines: np.ndarray) -> None:
    for place, word in enumerate(ends):
        if not word.isascii():
            raise InvalidInput(
                f"Names must be UTF-8 text, but line {lines[place // 2]} of '{name}' holds other "
                "bytes; encoding='latin-1' or another one reads them."
            )
