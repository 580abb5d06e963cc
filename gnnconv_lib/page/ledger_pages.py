"""What the pages of the ledger need of the book: its ledgers, and the way to each chapter.

Book page: `book/back/ledger`.
"""

from __future__ import annotations

import os
from pathlib import Path

from gnnconv_lib import ledger
from gnnconv_lib.page.finding import chapter_paths, find_book, title

__all__ = ["ledgers", "page_links"]


def ledgers(book: Path | None = None) -> list[ledger.Ledger]:
    """The ledgers of all papers, by name of the file.

    Args:
        book: the folder with `_toc.yml`; by default it is looked for.
    """
    folder = (book or find_book()) / "book" / "ledger"
    return [ledger.load(path) for path in sorted(folder.glob("*.yml"))]


def page_links(start: str = "back", book: Path | None = None) -> dict[str, tuple[str, str]]:
    """The title and the address of every chapter of the book, by chapter id.

    Args:
        start: the folder under `book/` that holds the page with the links.
        book: the folder with `_toc.yml`; by default it is looked for.
    """
    root = book or find_book()
    links = {}
    for chapter, path in chapter_paths(root).items():
        address = os.path.relpath(path, root / "book" / start).replace(os.sep, "/")
        links[chapter] = (title(path), address)
    return links
