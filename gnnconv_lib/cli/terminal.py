"""What a terminal cannot show is written with what it can: ASCII words instead of a traceback."""

from __future__ import annotations

import codecs
import sys
import unicodedata

__all__ = ["plain_where_needed"]

_NAME = "gnnconv-ascii"
_ASCII = {
    "✓": "+",
    "✗": "x",
    "◔": "~",
    "◐": "~",
    "◑": "~",
    "△": "!",
    "○": "o",
    "…": "...",
    "∎": "[]",
    "–": "-",
    "—": "-",
    "−": "-",
    "·": "*",
    "×": "x",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "√": "sqrt",
    "∞": "inf",
    "→": "->",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "ł": "l",
    "Ł": "L",
    "⋆": "*",
}


def plain_where_needed() -> None:
    """Make standard output and error write ASCII for what their encoding lacks.

    A stream in UTF-8 stays as it is.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
        if reconfigure is not None and encoding not in ("utf8", "utf8sig"):
            codecs.register_error(_NAME, _in_ascii)
            reconfigure(errors=_NAME)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    """What stands for the characters that could not be encoded.

    >>> "✓ Erdős: 1 ≤ ν".encode("ascii", "gnnconv-ascii")
    b'+ Erdos: 1 <= ?'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_ASCII.get(mark) or _letters(mark) for mark in text), error.end


def _letters(mark: str) -> str:
    bare = unicodedata.normalize("NFKD", mark).encode("ascii", "ignore").decode()
    return bare or "?"


codecs.register_error(_NAME, _in_ascii)
