"""Evidence kept on disk, so that one check is computed once for all who read it.

The variable `GNNCONV_EVIDENCE` names the folder; without it nothing is kept and nothing is read,
so that whoever changes a function in a running process sees the change. Builds of the book set it
for their kernels.

An entry is found under the digest of every source file of the library, the versions of Python and
of all packages, the processor and the settings of JAX. It is written in one step, and read only
if its own digest is right; otherwise the check is computed again. While one process computes a
check, others that want it wait.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, TypeVar

from gnnconv_lib import files, provenance

__all__ = ["VARIABLE", "evidence", "key"]

VARIABLE = "GNNCONV_EVIDENCE"
_KEPT = 4
_LENGTH = hashlib.sha256().digest_size

Found = TypeVar("Found")


def evidence(name: str, budget: str, compute: Callable[[], Found]) -> Found:
    """What `compute()` returns, from the store if it is there.

    Args:
        name: the name of the check.
        budget: the budget of the check.
        compute: what runs it.
    """
    root = os.environ.get(VARIABLE, "")
    folder = _folder(Path(root)) if root else None
    if folder is None:
        return compute()
    # The ids of claims hold a slash.
    file = f"{name.replace('/', '~')}.{budget}"
    entry = folder / file
    with _alone(folder / f".{file}.lock"):
        stored: Found | None = _read(entry)
        if stored is None:
            stored = compute()
            # An edit in the middle: what was computed belongs to neither version.
            if _state() == _started()[1]:
                _write(entry, stored)
    return stored


def key() -> str:
    """The digest of all that evidence depends on."""
    parts = [
        _started()[0],
        platform.python_version(),
        _packages(),
        provenance.machine(),
        provenance.settings(),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _started() -> tuple[str, frozenset[tuple[str, int, int]]]:
    return provenance.library_digest(without=provenance.ABOVE_CLAIMS), _state()


def _state() -> frozenset[tuple[str, int, int]]:
    return provenance.library_state(without=provenance.ABOVE_CLAIMS)


@cache
def _packages() -> str:
    return provenance.packages()


def _folder(root: Path) -> Path | None:
    """The folder for this library and machine; None where none can be made."""
    folder = root / key()[:32]
    with suppress(OSError):
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _forget(root)
        return folder
    return None


def _forget(root: Path) -> None:
    """Remove all but the newest folders."""
    ages = []
    for path in root.iterdir():
        with suppress(OSError):
            ages.append((path.stat().st_mtime, path))
    for _, path in sorted(ages, reverse=True)[_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _read(entry: Path) -> Found | None:
    try:
        content = entry.read_bytes()
    except OSError:
        return None
    digest, body = content[:_LENGTH], content[_LENGTH:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        found: Found = pickle.loads(body)
    except Exception:
        return None
    return found


def _write(entry: Path, found: object) -> None:
    with suppress(OSError, pickle.PicklingError, TypeError, AttributeError):
        body = pickle.dumps(found)
        files.write(entry, hashlib.sha256(body).digest() + body)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """No other process is inside the block for the same file, where the system has such locks."""
    stream = _locked(lock)
    try:
        yield
    finally:
        if stream is not None:
            stream.close()


def _locked(lock: Path) -> IO[str] | None:
    try:
        import fcntl

        stream = lock.open("w")
    except (ImportError, OSError):
        return None
    with suppress(OSError):
        fcntl.flock(stream, fcntl.LOCK_EX)
    return stream
