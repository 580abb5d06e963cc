"""Planted evidence and planted ledgers."""

from gnnconv_lib import ledger
from gnnconv_lib.evidence import Evidence, Witness

HOLDS = Evidence("numerical", "holds", "Both routes agree to 1e-12.")
FALSE = Evidence(
    "search", "false", "One graph fails.", witness=Witness("path on 3 nodes", 1.0, 2.0)
)
CORRECTED = Evidence(
    "symbolic", "holds with correction", "Off by 2.", witness=FALSE.witness, corrected=True
)


def entry(name="eq-1", **changes):
    base = {
        "id": f"planted2026:{name}",
        "kind": "equation",
        "place": "Section 1, first line",
        "statement": "A sum of $n$ terms.",
        "page": "setting",
    }
    return {key: value for key, value in {**base, **changes}.items() if value is not None}


def small(*entries):
    return ledger.parse({"paper": "planted2026", "items": list(entries)})
