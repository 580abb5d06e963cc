"""The ledger: every claim of both papers, with the claims behind its verdict.

`load(path)` reads and validates a file, `verify(ledger)` runs its claims and lists where the file
and the numbers disagree, `cards` renders it for a page and `entries` lists the errata. The schema
of the files is described in `gnnconv_lib.ledger.items`.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

from gnnconv_lib.ledger.errata import (
    GROUPS,
    Erratum,
    consequential,
    entries,
    erratum,
    what_it_changes,
)
from gnnconv_lib.ledger.items import CORRECTED, KINDS, REPAIRED, VERDICTS, Item, Ledger, check_uses
from gnnconv_lib.ledger.reading import load, parse
from gnnconv_lib.ledger.rendering import (
    BADGES,
    badge,
    cards,
    counts_line,
    counts_table,
    foundations,
    strength_table,
)
from gnnconv_lib.ledger.verification import (
    Disagreement,
    Judgement,
    claim_names,
    dependents,
    evaluate,
    foundation,
    judge,
    missing,
    unlisted_claims,
    verify,
)

__all__ = [
    "BADGES",
    "CORRECTED",
    "GROUPS",
    "KINDS",
    "REPAIRED",
    "VERDICTS",
    "Disagreement",
    "Erratum",
    "Item",
    "Judgement",
    "Ledger",
    "badge",
    "cards",
    "check_uses",
    "claim_names",
    "consequential",
    "counts_line",
    "counts_table",
    "dependents",
    "entries",
    "erratum",
    "evaluate",
    "foundation",
    "foundations",
    "judge",
    "load",
    "missing",
    "parse",
    "strength_table",
    "unlisted_claims",
    "verify",
    "what_it_changes",
]
