"""The ledger: every claim of both papers, with the checks behind its verdict.

`load(path)` reads and validates a file, `verify(ledger)` runs its checks and lists where the file
and the numbers disagree, `cards` and `errata` render it for a page. The schema of the files is
described in `gnnconv_lib.ledger.items`.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

from gnnconv_lib.ledger.items import CORRECTED, KINDS, VERDICTS, Item, Ledger, check_uses
from gnnconv_lib.ledger.reading import load, parse
from gnnconv_lib.ledger.rendering import (
    BADGES,
    badge,
    cards,
    counts_line,
    counts_table,
    errata,
    foundations,
)
from gnnconv_lib.ledger.verification import (
    Disagreement,
    dependents,
    evaluate,
    evidence_of,
    foundation,
    missing,
    unknown_checks,
    unlisted_checks,
    verify,
)

__all__ = [
    "BADGES",
    "CORRECTED",
    "KINDS",
    "VERDICTS",
    "Disagreement",
    "Item",
    "Ledger",
    "badge",
    "cards",
    "check_uses",
    "counts_line",
    "counts_table",
    "dependents",
    "errata",
    "evaluate",
    "evidence_of",
    "foundation",
    "foundations",
    "load",
    "missing",
    "parse",
    "unknown_checks",
    "unlisted_checks",
    "verify",
]
