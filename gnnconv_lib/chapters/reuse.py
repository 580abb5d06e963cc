"""Executed chapters that a build may use again, since nothing that they depend on has changed.

What a run depends on, its *ingredients*: the notebook's bytes, the library, the data that chapters
read, the list of contents, the lock file, Python with all installed packages, the processor, and
the settings of JAX. An executed chapter is kept in `_build/executed` under the path of its
notebook, with the data of its figures; the record beside it has its ingredients and the digest of
what was kept.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gnnconv_lib import files, provenance
from gnnconv_lib.chapters.figures import data_files
from gnnconv_lib.page.finding import chapter_paths, title

__all__ = [
    "DATA",
    "Kept",
    "changed",
    "content_digest",
    "executed_path",
    "ingredients",
    "keep",
    "kept",
    "surroundings",
]

#: Folders whose files chapters read, relative to the folder with `_toc.yml`.
DATA = ("book/data", "book/ledger", "benchmarks/results")
FOLDER = "_build/executed"


@dataclass(frozen=True)
class Kept:
    """The record of one execution.

    Fields:
        ingredients: the digest of each thing that it depended on, by name.
        seconds: how long it took.
        content: the digest of the executed notebook and of the data of its figures; empty for a
            failure.
        error: the text of a failure.
    """

    ingredients: dict[str, str]
    seconds: float
    content: str = ""
    error: str = ""


def ingredients(root: Path, source: Path, shared: Mapping[str, str]) -> dict[str, str]:
    """The digest of each thing that the run of a chapter depends on, by name.

    Args:
        root: the folder with `_toc.yml`.
        source: the notebook, relative to `root`.
        shared: the `surroundings` of the book.
    """
    return {"notebook": _digest((root / source).read_bytes()), **shared}


def surroundings(root: Path) -> dict[str, str]:
    """The ingredients that all chapters of the book in `root` share."""
    return {
        "library": provenance.library_digest(without=provenance.ABOVE_CHAPTERS),
        "data": _folders(root, DATA),
        # The pages of the ledger link to the other chapters by their titles.
        "contents": _digest("\n".join(_contents(root)).encode()),
        "lock file": _digest(_bytes(root / "requirements.lock")),
        "Python": _digest(f"{platform.python_version()}\n{provenance.packages()}".encode()),
        "processor": provenance.machine(),
        "settings": _digest(provenance.settings(JAX_PLATFORMS="cpu").encode()),
    }


def changed(root: Path, source: Path, now: dict[str, str]) -> list[str]:
    """What keeps the kept run of a chapter from being used again; empty if nothing does.

    Args:
        root: the folder with `_toc.yml`.
        source: the notebook, relative to `root`.
        now: its ingredients as they are.
    """
    record = kept(root, source)
    if record is None:
        return ["not executed yet"]
    if record.error:
        return ["failed before"]
    found = [name for name, value in now.items() if record.ingredients.get(name) != value]
    if not found and content_digest(root, source) != record.content:
        found.append("the kept run is damaged")
    return found


def kept(root: Path, source: Path) -> Kept | None:
    """The record of the last run of a chapter; None where there is none that can be read."""
    try:
        content = json.loads(_record_path(root, source).read_text(encoding="utf-8"))
        return Kept(**content)
    except (OSError, ValueError, TypeError):
        return None


def keep(root: Path, source: Path, record: Kept) -> None:
    """Write the record of a run, in one step."""
    path = _record_path(root, source)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, json.dumps(vars(record), indent=1) + "\n")


def executed_path(root: Path, source: Path) -> Path:
    """Where the executed notebook is kept."""
    return root / FOLDER / source


def content_digest(root: Path, source: Path) -> str:
    """The digest of the executed notebook and of the data of its figures, as they are."""
    path = executed_path(root, source)
    state = hashlib.sha256(_bytes(path))
    for name, file in data_files(path).items():
        state.update(f"\0{name}\0".encode() + _bytes(file))
    return state.hexdigest()


def _record_path(root: Path, source: Path) -> Path:
    return executed_path(root, source).with_suffix(".json")


def _contents(root: Path) -> Iterator[str]:
    for name, path in chapter_paths(root).items():
        yield f"{name}\0{path.relative_to(root).as_posix()}\0{title(path)}"


def _folders(root: Path, folders: tuple[str, ...]) -> str:
    state = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                name = path.relative_to(root).as_posix()
                state.update(f"{name}\0{len(content)}\0".encode() + content)
    return state.hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
