"""The ids that the ledgers must hold, so that no claim of the papers can drop out unnoticed.

The numbered items of awasthi2021 are counted here; the other ids stand in text files, one a line.
"""

from pathlib import Path

__all__ = ["REQUIRED"]

_HERE = Path(__file__).parent


def _listed(paper: str) -> list[str]:
    return (_HERE / f"ledger_ids_{paper}.txt").read_text(encoding="utf-8").split()


def _numbered(kind: str, last: int) -> list[str]:
    return [f"awasthi2021:{kind}-{number}" for number in range(1, last + 1)]


REQUIRED: dict[str, list[str]] = {
    "awasthi2021": [
        *(f"awasthi2021:eq-{number}" for number in range(1, 60)),
        *_numbered("definition", 1),
        *_numbered("lemma", 14),
        *_numbered("theorem", 4),
        *_numbered("figure", 2),
        *_listed("awasthi2021"),
    ],
    "companion": _listed("companion"),
    "li2021": _listed("li2021"),
}
