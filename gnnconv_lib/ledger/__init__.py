"""The ledger: every claim of both papers, with the checks behind its verdict.

`load(path)` reads and validates a file, `verify(ledger)` runs its checks and lists where the file
and the numbers disagree, `table(ledger)` renders it for a page. The schema of the files is
described in `gnnconv_lib.ledger.items`.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

from gnnconv_lib.ledger.items import CORRECTED, KINDS, VERDICTS, Item, Ledger, check_uses
from gnnconv_lib.ledger.reading import load, parse

__all__ = [
    "CORRECTED",
    "KINDS",
    "VERDICTS",
    "Item",
    "Ledger",
    "check_uses",
    "load",
    "parse",
]
