"""`make pdf`: the built book as one PDF, printed by Chromium.

`python -m gnnconv_lib.site.pdf` prints the pages that `make book` has made. The file is
`_build/book.pdf`, with the contents at its front, an outline and page numbers.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gnnconv_lib.site.one_page import one_page
from gnnconv_lib.validation import InvalidInput

__all__ = ["main", "print_book", "to_pdf"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: What the document may take, in milliseconds of its own clock, which stands still while it works.
PATIENCE = 600_000
LIMIT = 1200


def print_book(root: Path) -> Path:
    """The path of the PDF.

    Args:
        root: the folder with `_build/html`.

    Raises:
        InvalidInput: where the book has not been built, or there is no Chromium.
        RuntimeError: where Chromium gives no PDF.
    """
    pages = root / "_build" / "html"
    if not (pages / "index.html").is_file():
        raise InvalidInput(f"the book must be built first (make book), got no pages in {pages}.")
    browser = find_browser()
    with tempfile.NamedTemporaryFile(
        "w", dir=pages, prefix="printed-", suffix=".html", encoding="utf-8", delete=False
    ) as stream:
        stream.write(one_page(root, pages))
    try:
        return to_pdf(Path(stream.name), root / "_build" / "book.pdf", browser)
    finally:
        os.unlink(stream.name)


def find_browser() -> str:
    """The first Chromium or Chrome on the path.

    Raises:
        InvalidInput: where there is none.
    """
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise InvalidInput(f"a browser must be on the path, one of {', '.join(BROWSERS)}.")


def to_pdf(page: Path, target: Path, browser: str) -> Path:
    """Print one HTML file, formulas typeset, in one step or not at all.

    Args:
        page: the file.
        target: the PDF to write.
        browser: the command of a Chromium.

    Raises:
        RuntimeError: where Chromium gives no PDF.
    """
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "book.pdf"
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--allow-file-access-from-files",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            "--generate-pdf-document-outline",
            f"--virtual-time-budget={PATIENCE}",
            f"--print-to-pdf={printed}",
            page.resolve().as_uri(),
        ]
        try:
            finished = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=LIMIT
            )
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{browser} did not print within {LIMIT} seconds.") from None
        if not printed.is_file() or not printed.read_bytes().startswith(b"%PDF-"):
            raise RuntimeError(f"{browser} printed nothing: {finished.stderr.strip()[-300:]}")
        shutil.move(printed, target.with_suffix(".part"))
    os.replace(target.with_suffix(".part"), target)
    return target


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command: 0, 1 (nothing printed) or 2 (bad input)."""
    parser = argparse.ArgumentParser(prog="python -m gnnconv_lib.site.pdf", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("."), help="the folder with _build/html")
    options = parser.parse_args(arguments)
    try:
        path = print_book(options.root.resolve())
    except InvalidInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except RuntimeError as error:
        print(f"\nThe book was not printed. {error}", file=sys.stderr)
        return 1
    print(f"The book is printed: {path} ({path.stat().st_size / 2**20:.1f} MiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
