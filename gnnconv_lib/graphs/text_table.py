"""Lines of text as rows of fields, with their line numbers and the comments between them.

Rows of nothing but integers are taken apart by NumPy, a few million characters at a time; all
others field by field. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

import numpy as np

from gnnconv_lib.graphs.memory import require_memory
from gnnconv_lib.validation import InvalidInput

__all__ = ["Table", "table_of"]

_BLOCK = 1 << 22
_PLAIN = b"0123456789 \t,;\n"
_SPACES = bytes.maketrans(b"\t,;", b"   ")
_SEPARATOR = re.compile(r"sep=[,;\t|]?")  # what Excel writes first
_COMMA = re.compile(rb"\d,\d")
_BLANK = re.compile(rb"\d +\d")
_NUMBERS = re.compile(r"\d+(?: +\d+)+", re.ASCII)
_GAP = re.compile(rb"[,;][ \t]*(?:[,;\n]|$)|(?:^|\n)[ \t]*[,;]")
_INLINE = re.compile(r"\s[#%]")
_QUOTED_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_LONGEST_LINE = 1 << 20
_MARKS = {"\t": "a tab", ";": "a semicolon", ",": "a comma", None: "no tab, semicolon or comma"}


@dataclass
class Table:
    """What stands in a text.

    Fields:
        rows: fields as text, one list per line that is not empty; or int64 of shape (rows, columns).
        lines: their line numbers, from 1.
        comments: line number and text of each line that starts with `#` or `%`.
        head: the first row, if it holds words and all others are integers.
    """

    rows: list[list[str]] | np.ndarray
    lines: np.ndarray
    comments: list[tuple[int, str]]
    head: list[str] | None = None


def table_of(name: str, text: str) -> Table:
    """The rows of a text.

    Fields are separated by tabs, semicolons, commas or, where a line has none of them, spaces.
    Quotes around a field are taken off. What follows ` #` or ` %` is a comment. Several tabs are one
    where the first line has several, else an empty field stands between them.

    Raises:
        InvalidInput: for an unbalanced quote, a line of more than a million characters, and fields
            other than integers that are not separated alike on every line.

    >>> table_of("g.txt", "# two\\n1 2\\n\\n2 3\\n").rows.tolist()
    [[1, 2], [2, 3]]
    >>> table_of("g.csv", 'a,"b, c"\\n').rows
    [['a', 'b, c']]
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    comments: list[tuple[int, str]] = []
    place, number = 0, 1
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        line = text[place:end].strip()
        if line and line[0] not in "#%" and not (number == 1 and _SEPARATOR.fullmatch(line)):
            break
        if line:
            comments.append((number, line))
        place, number = end + 1, number + 1
    body = text[place:] if place else text
    fast = _integers(body, number)
    if fast is not None:
        return Table(*fast, comments)
    end = body.find("\n")
    if 0 <= end < 1000 and not body[0].isdigit():
        fast = _integers(body[end + 1 :], number + 1)
        if fast is not None and len(fast[1]):
            rows, lines = _fields(name, body[:end], number, [])
            alike = bool(rows) and len(rows[0]) == fast[0].shape[1] and "\t\t" not in body
            if alike and not any(word.isdigit() for word in rows[0]):
                return Table(*fast, comments, rows[0])
    require_memory(
        f"Reading '{name}'", 40 * len(body), "the same file with integers would need less"
    )
    above = len(comments)
    rows, lines = _fields(name, body, number, comments)
    _require_comments(name, rows, comments, above)
    return Table(rows, np.array(lines, np.int64), comments)


def _integers(body: str, first: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Rows of equally many integers below 10^18 and their lines; None if there is anything else."""
    if not body.isascii():
        return None
    data = body.encode("ascii")
    values, lines = [], []
    start, columns = 0, 0
    while start < len(data):
        stop = len(data)
        if start + _BLOCK < stop:
            stop = data.find(b"\n", start + _BLOCK) + 1 or stop
        block = data[start:stop]
        start = stop
        if block.translate(None, _PLAIN) or _GAP.search(block):
            return None
        if _mixed(block):
            return None
        block = block.translate(_SPACES) + (b"" if block.endswith(b"\n") else b"\n")
        characters = np.frombuffer(block, np.uint8)
        digit = characters >= ord("0")
        change = np.flatnonzero(digit[1:] != digit[:-1]) + 1
        begins = np.concatenate([[0], change])[not digit[0] :: 2]
        ends = np.concatenate([[0], change])[1 if digit[0] else 2 :: 2]
        if not begins.size:
            first += block.count(b"\n")
            continue
        lengths = ends - begins
        if lengths.max() > 18 or np.any((lengths > 1) & (characters[begins] == ord("0"))):
            return None  # 007 may be another label than 7
        newlines = np.flatnonzero(characters == ord("\n"))
        counts = np.diff(np.searchsorted(begins, newlines), prepend=0)
        filled = counts > 0
        columns = columns or int(counts[filled][0])
        if np.any(counts[filled] != columns):
            return None
        values.append(np.fromstring(block, np.int64, sep=" ").reshape(-1, columns))
        lines.append(np.flatnonzero(filled) + first)
        first += newlines.size
    if not values:
        return np.empty((0, 2), np.int64), np.empty(0, np.int64)
    return np.concatenate(values), np.concatenate(lines)


def _require_comments(
    name: str, rows: list[list[str]], comments: list[tuple[int, str]], above: int
) -> None:
    """No line that starts with # or % looks like an edge of a node so called, such as a hashtag."""
    width = len(rows[0]) if rows else 0
    alike = []
    for place, (line, text) in enumerate(comments):
        words, mark = _split(text) if '"' not in text else ([], None)
        if mark and len(words) == width and not text[1:2].isspace():
            alike.append((place >= above, line, text))
    if alike and (alike[-1][0] or len(alike) > 1):
        _, line, text = alike[-1]
        raise InvalidInput(
            f"'{name}' must quote names that start with # or %, or put a blank behind the sign of a "
            f"comment, but line {line} is {text[:40]!r}."
        )


def _mixed(block: bytes) -> bool:
    """Whether commas stand within what other marks or spaces separate, as in `1;2;0,5`."""
    if b"," not in block or not _COMMA.search(block):
        return False
    return b";" in block or b"\t" in block or bool(_BLANK.search(block))


def _fields(
    name: str, body: str, first: int, comments: list[tuple[int, str]]
) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    lines: list[int] = []
    if not any(mark in body for mark in "\"'{}#%\t;"):
        mark = "," if "," in body and " " not in body else None
        if mark or "," not in body:
            whole = body.split("\n")
            places = [place for place, line in enumerate(whole) if line and not line.isspace()]
            rows = [whole[place].split(mark) for place in places]
            if mark is None or not any(row[-1] == "" for row in rows):
                return rows, [place + first for place in places]
            rows = []
    marks: dict[str | None, int] = {}
    padded = False
    for number, line in enumerate(body.split("\n"), start=first):
        text = line.strip(" ")
        if not text.strip():
            continue
        if len(text) > _LONGEST_LINE and len(set(text) & set("\t,; ")) == 0:
            raise InvalidInput(
                f"'{name}' must hold lines of fields, but line {number} is one word."
            )
        if text[0] in "#%":
            comments.append((number, text.strip()))
            continue
        row, mark = _quoted(name, text, number) if '"' in text else _split(text)
        if mark and '"' not in text and _INLINE.search(text) and not all(map(str.isdigit, row)):
            raise InvalidInput(
                f"'{name}' must quote names that hold ' #' or ' %', but line {number} may have such a "
                "name or end in a comment."
            )
        padded = padded or (not rows and "\t\t" in text.rstrip())
        if mark == "\t" and padded:
            row = [word for word in row if word]
        while row and not row[-1]:
            row.pop()
        if not row:  # of nothing but separators, as spreadsheets write
            continue
        if mark == "," and (odd := next(filter(_NUMBERS.fullmatch, row), None)):
            raise InvalidInput(
                f"'{name}' must separate fields alike, but line {number} has a comma and {odd[:40]!r}."
            )
        rows.append(row)
        lines.append(number)
        marks.setdefault(mark, number)
    if len(marks) > 1 and not all(word.isdigit() for row in rows for word in row):
        where = " and ".join(f"{_MARKS[mark]} on line {line}" for mark, line in marks.items())
        raise InvalidInput(f"'{name}' must separate names alike on every line, got {where}.")
    return rows, lines


def _split(text: str) -> tuple[list[str], str | None]:
    if ("#" in text or "%" in text) and (comment := _INLINE.search(text)):
        text = text[: comment.start()]
    data = ""
    if text.rstrip().endswith("}") and "{" in text:  # the attributes of NetworkX's edge lists
        text, _, data = text.partition("{")
    mark = _mark(text)
    words = [word.strip() for word in text.split(mark)]
    for place, word in enumerate(words):
        if len(word) > 1 and word[0] == word[-1] == "'":
            words[place] = word[1:-1]
    if data:
        words = [*(word for word in words if word), "{" + data.strip()]
    return words, mark


def _mark(text: str) -> str | None:
    return next((mark for mark in "\t;," if mark in text), None)


def _quoted(name: str, text: str, number: int) -> tuple[list[str], str | None]:
    outside = re.sub(r'"[^"]*"', "", text)
    if '"' in outside:
        raise InvalidInput(f"'{name}' must close its quotes, but line {number} does not.")
    mark = _mark(outside)
    if mark is None:
        return [inner or outer for inner, outer in _QUOTED_WORDS.findall(text)], None
    try:
        (row,) = csv.reader([text], delimiter=mark, skipinitialspace=True, strict=True)
    except (csv.Error, ValueError) as error:
        raise InvalidInput(
            f"'{name}' must hold lines of fields, but line {number}: {error}."
        ) from None
    return [word.strip() for word in row], mark
