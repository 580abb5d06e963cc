"""The items of the ledgers beside the sources of the pages, read once for each build."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gnnconv_lib import ledger
from gnnconv_lib.page.verdicts import ledger_items

__all__ = ["statements"]


def statements(book: str | Path) -> dict[str, ledger.Item]:
    """All items by id, in the order of the files.

    Args:
        book: the folder that holds `book/`.
    """
    files = sorted((Path(book) / "book" / "ledger").glob("*.yml"))
    return _read(str(book), tuple((file.name, file.stat().st_mtime_ns) for file in files))


@cache
def _read(book: str, state: tuple[tuple[str, int], ...]) -> dict[str, ledger.Item]:
    del state
    return ledger_items(Path(book))
