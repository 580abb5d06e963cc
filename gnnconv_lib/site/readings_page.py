"""What the page on the source says of the readings: every statement whose transcription is uncertain.

Book page: `book/back/source-and-readings`.
"""

from __future__ import annotations

from pathlib import Path

from gnnconv_lib.ledger import badge
from gnnconv_lib.page.ledger_pages import ledgers
from gnnconv_lib.site.reader.elements import as_html

__all__ = ["readings_text"]


def readings_text(folder: Path) -> str:
    """The Markdown list of all uncertain readings, by paper, with the verdicts that they lead to.

    Args:
        folder: the folder with `_toc.yml`.
    """
    parts = []
    for entry in ledgers(folder):
        uncertain = [item for item in entry if item.readings]
        if not uncertain:
            continue
        lines = [
            f"- [{as_html(item.short_heading)}](ledger.ipynb) ({item.place}) {badge(item.verdict)}: "
            f"{' '.join(str(item.readings).split())}"
            for item in uncertain
        ]
        count = f"{len(uncertain)} of {len(entry)} items"
        parts.append(f"**{entry.paper}**: {count}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) or "Every reading is certain."
