"""What a computed number depends on besides its inputs: the library, the packages, the machine.

Two processes with the same answers here compute the same bits. What is kept from one run to the
next (compiled code, evidence, executed chapters, runs of a sweep) is found again under them only.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Collection, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path

__all__ = [
    "ABOVE_CHAPTERS",
    "ABOVE_CLAIMS",
    "library_digest",
    "library_state",
    "machine",
    "packages",
    "settings",
]

#: What no cell of a chapter imports: an edit there changes no executed chapter.
ABOVE_CHAPTERS = ("cli", "site")

#: The floors above the claims: an edit there changes no evidence.
ABOVE_CLAIMS = (
    "chapters",
    "cli",
    "graph_report",
    "ledger",
    "page",
    "plotting",
    "site",
    "sweeps",
)

_PLACES = ("CACHE", "DUMP", "LOG")


def library_digest(root: Path | None = None, without: Collection[str] = ()) -> str:
    """The digest of the names and bytes of all Python files of a package, as they are now.

    Args:
        root: the folder of the package; by default that of gnnconv_lib.
        without: modules of the package that do not count.
    """
    base = root or Path(__file__).resolve().parent
    state = hashlib.sha256()
    for path in sorted(_files(base, without)):
        content = path.read_bytes()
        state.update(f"{path.relative_to(base).as_posix()}\0{len(content)}\0".encode())
        state.update(content)
    return state.hexdigest()


def library_state(
    root: Path | None = None, without: Collection[str] = ()
) -> frozenset[tuple[str, int, int]]:
    """Names, sizes and times of the same files: tells quickly whether one of them was edited."""
    base = root or Path(__file__).resolve().parent
    found = [(str(path), path.stat()) for path in _files(base, without)]
    return frozenset((name, status.st_size, status.st_mtime_ns) for name, status in found)


def _files(base: Path, without: Collection[str]) -> Iterator[Path]:
    for path in base.rglob("*.py"):
        if path.relative_to(base).parts[0].removesuffix(".py") not in without:
            yield path


def packages() -> str:
    """Name and version of every installed package, one a line."""
    lines = set()
    for entry in distributions():
        with suppress(Exception):  # a broken installation elsewhere is not ours to judge
            lines.add(f"{entry.metadata['Name']} {entry.version}".lower())
    return "\n".join(sorted(lines))


def settings(**defaults: str) -> str:
    """The environment variables that change what JAX computes, one a line; not where it keeps it.

    Args:
        defaults: values of variables that are not set.
    """
    return "\n".join(
        f"{name}={value}"
        for name, value in sorted({**defaults, **os.environ}.items())
        if name.startswith(("JAX_", "XLA_")) and not any(word in name for word in _PLACES) and value
    )


def machine() -> str:
    """A name for what compiled code depends on: processor, versions of JAX, `XLA_FLAGS`."""
    parts = [platform.system(), platform.machine(), platform.processor(), *_processor()]
    for package in ("jax", "jaxlib"):
        with suppress(PackageNotFoundError):
            parts.append(f"{package} {version(package)}")
    parts.append(os.environ.get("XLA_FLAGS", ""))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _processor() -> list[str]:
    """Model and instruction sets of the first processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0].splitlines()
    except OSError:
        return []
    return [line for line in lines if line.startswith(("model name", "flags", "Features", "CPU"))]
