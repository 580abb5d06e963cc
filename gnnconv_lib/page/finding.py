"""Where the book is, and which chapters it has.

The book's folder is the one that holds `_toc.yml`. A chapter is a notebook under its `book/`
folder; its id is the stem of the file (`figure-1` for `book/awasthi2021/figure-1.ipynb`).
"""

from __future__ import annotations

import json
import os
import re
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = [
    "REPOSITORY_VARIABLE",
    "chapter_path",
    "chapter_paths",
    "find_book",
    "is_left_alone",
    "left_alone",
    "repository_address",
    "title",
]

#: Names the repository that the book is published from.
REPOSITORY_VARIABLE = "GNNCONV_REPOSITORY_URL"
_LEFT_ALONE = "GNNCONV_BOOK_LEFT_ALONE"


def find_book(start: str | Path | None = None) -> Path:
    """The nearest folder with a `_toc.yml`, from `start` (or the current folder) upwards.

    The copy that a build stages under `_build` leads to the book itself: whatever a chapter reads
    is found in one place, wherever its kernel runs. Without a book there, the folder beside the
    installed library is tried, which is the book's when the library is installed from a clone in
    editable mode.

    Raises:
        InvalidInput: when there is none, or when `start` is given and leads to none.
    """
    here = Path(start) if start is not None else Path.cwd()
    for folder in (here.resolve(), *here.resolve().parents):
        if (folder / "_toc.yml").is_file() and not _is_staged(folder):
            return folder
    beside = Path(__file__).resolve().parents[2]
    installed = Path(sysconfig.get_path("data")) / "share" / "gnnconv-book"
    for folder in (beside, installed):
        if start is None and (folder / "_toc.yml").is_file():
            return folder
    raise InvalidInput(
        f"book must be a folder with a _toc.yml, or lie below one, got {here}; "
        "run the command inside a clone of the book or name it with --book."
    )


@contextmanager
def left_alone(book: str | Path | None) -> Iterator[None]:
    """Nothing is kept in the folder of a book that is only named, inside the block.

    A book keeps compiled code and the evidence of checks for the next run. One that the user named
    with `--book` is not theirs to fill, unless they stand in it or the library lies beside it.

    Args:
        book: the folder that was named; None for none.
    """
    try:
        root = None if book is None else find_book(book)
    except InvalidInput:
        root = None
    beside = Path(__file__).resolve().parents[2]
    before = os.environ.get(_LEFT_ALONE)
    if root is not None and root != beside and not Path.cwd().resolve().is_relative_to(root):
        os.environ[_LEFT_ALONE] = str(root)
    try:
        yield
    finally:
        os.environ.pop(_LEFT_ALONE, None)
        if before is not None:
            os.environ[_LEFT_ALONE] = before


def is_left_alone(root: Path) -> bool:
    """Whether nothing may be kept in the folder of this book (see `left_alone`)."""
    return os.environ.get(_LEFT_ALONE) == str(root)


def _is_staged(folder: Path) -> bool:
    return folder.parent.name == "_build" and (folder.parents[1] / "_toc.yml").is_file()


def chapter_paths(book: Path) -> dict[str, Path]:
    """The notebooks of the book by id: first in the order of `_toc.yml`, then the others by path.

    Raises:
        InvalidInput: when two notebooks share an id.
    """
    found: dict[str, Path] = {}
    for path in sorted((book / "book").rglob("*.ipynb")):
        inside = path.relative_to(book).parts
        if any(part.startswith((".", "_")) for part in inside):
            continue
        if path.stem in found:
            raise InvalidInput(
                f"chapter ids must be unique, got two notebooks named {path.stem}.ipynb."
            )
        found[path.stem] = path
    contents = (book / "_toc.yml").read_text(encoding="utf-8")
    listed = [
        Path(entry).stem for entry in re.findall(r"(?:file|root):\s*['\"]?([^\s'\"#]+)", contents)
    ]
    order = {name: place for place, name in enumerate(listed)}
    return dict(
        sorted(found.items(), key=lambda entry: (order.get(entry[0], len(order)), entry[1]))
    )


def chapter_path(book: Path, chapter: str) -> Path:
    """The notebook of `chapter`, given as an id or as a path to a notebook of the book.

    Raises:
        InvalidInput: for an unknown chapter, with the nearest known one.
    """
    paths = chapter_paths(book)
    if chapter.endswith(".ipynb"):
        candidate = Path(chapter).resolve()
        for path in paths.values():
            if path.resolve() == candidate:
                return path
        chapter = candidate.stem
    return paths[require_choice("chapter", chapter, paths)]


def title(path: str | Path) -> str:
    """The title of the notebook at `path`: its first heading, or the stem of the file."""
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, KeyError, TypeError):
        texts = []
    headings = (re.search(r"^# (.+)$", text, re.MULTILINE) for text in texts)
    return next((found[1].strip() for found in headings if found), Path(path).stem)


def repository_address() -> str:
    """The published address of the repository, "" where `GNNCONV_REPOSITORY_URL` names none.

    Raises:
        InvalidInput: for an address that is no https URL of a repository.
    """
    url = os.environ.get(REPOSITORY_VARIABLE, "")
    if url and not re.fullmatch(r"https://(github|gitlab)\.com/[\w.-]+/[\w.-]+", url):
        raise InvalidInput(
            f"{REPOSITORY_VARIABLE} must be like https://github.com/owner/name, got {url!r}."
        )
    return url
