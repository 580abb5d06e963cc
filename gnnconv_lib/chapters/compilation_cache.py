"""What JAX has compiled for the chapters, kept from one execution to the next.

Chapters compile the same functions each time they run; from a warm cache they need less processor
time and give the same bits, since the same machine code runs. The cache is `_build/jax-cache` of
the book, one folder per kind of machine: processor, versions of JAX and `XLA_FLAGS`. So code for one
instruction set is never loaded under another.

JAX writes an entry in place, so a second process can read half of it and warn in the middle of a
chapter. Here every run has a private folder of hard links; entries that it added are moved to the
shared folder, each in one step, when the run has succeeded. There the name of an entry begins with
the digest of its bytes: one that was damaged since is removed, and compiled again.

A user who sets `JAX_COMPILATION_CACHE_DIR` or `JAX_ENABLE_COMPILATION_CACHE` decides alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gnnconv_lib.page import finding
from gnnconv_lib.provenance import machine
from gnnconv_lib.validation import InvalidInput

__all__ = ["LARGEST", "cache_folder", "compilation_cache"]

LARGEST = 256 * 2**20
_DECIDED_BY_USER = ("JAX_COMPILATION_CACHE_DIR", "JAX_ENABLE_COMPILATION_CACHE")
_PRIVATE = "running-"
_ABANDONED = 86400.0


@contextmanager
def compilation_cache(folder: str | Path, largest: int = LARGEST) -> Iterator[dict[str, str]]:
    """The variables that let a kernel use the cache of the book around `folder`, inside the block.

    What the kernel compiled is kept when the block ends without an exception.

    Args:
        folder: where the notebook lies.
        largest: the bytes that all entries together may take; the oldest go first.

    Returns:
        Nothing at all if the user has decided, no book is found, or its folder cannot be written.
    """
    shared = None if any(name in os.environ for name in _DECIDED_BY_USER) else cache_folder(folder)
    private = _private_folder(shared) if shared is not None else None
    if shared is None or private is None:
        yield {}
        return
    try:
        known = set(os.listdir(private))
        yield {
            "JAX_COMPILATION_CACHE_DIR": str(private),
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            # Otherwise the name of the private folder enters the keys, and nothing is ever found.
            "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
        }
        with suppress(OSError):
            for entry in sorted(private.glob("*-cache")):
                if entry.name not in known:
                    os.replace(entry, shared / f"{_digest(entry)}-{entry.name}")
            _bound(shared.parent, largest)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def cache_folder(folder: str | Path) -> Path | None:
    """The cache of the book around `folder` for this kind of machine; None without one to fill.

    A copy of the book that is staged under `_build` shares the cache of the book.
    """
    try:
        root = finding.find_book(folder)
    except InvalidInput:
        return None
    if finding.is_left_alone(root):
        return None
    return root / "_build" / "jax-cache" / machine()


def _private_folder(shared: Path) -> Path | None:
    """A new folder with a link to every entry of `shared`; None where nothing can be written."""
    try:
        shared.mkdir(parents=True, exist_ok=True)
        private = Path(tempfile.mkdtemp(prefix=_PRIVATE, dir=shared.parent))
    except OSError:
        return None
    with suppress(OSError):
        for entry in os.scandir(shared):
            # Another process may remove an entry at any time; then it is compiled again.
            with suppress(FileNotFoundError):
                digest, _, name = entry.name.partition("-")
                if digest == _digest(Path(entry.path)):
                    with suppress(FileExistsError):  # compiled twice, with other bytes
                        os.link(entry.path, private / name)
                else:
                    os.unlink(entry.path)
    return private


def _digest(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()


def _bound(root: Path, largest: int) -> None:
    """Remove the oldest entries until the rest fits, and private folders that nobody uses."""
    ages: list[tuple[float, int, Path]] = []
    for path in root.glob("*/*-cache"):
        if path.parent.name.startswith(_PRIVATE):
            continue
        with suppress(FileNotFoundError):
            status = path.stat()
            ages.append((status.st_mtime, status.st_size, path))
    total = sum(size for _, size, _ in ages)
    for _, size, path in sorted(ages):
        if total <= largest:
            break
        path.unlink(missing_ok=True)
        total -= size
    for path in root.glob(f"{_PRIVATE}*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
