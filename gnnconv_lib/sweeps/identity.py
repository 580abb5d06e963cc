"""What the result of a run depends on, as a digest.

identity = SHA-256 of (kind and name, digest of the chapter's file or of the function's module,
digest of the library, parameters), where the parameters of a chapter include its defaults. Floats
enter with all their digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["Work", "canonical", "digest", "identity", "library_digest"]


@dataclass(frozen=True)
class Work:
    """What is swept.

    Fields:
        kind: "chapter" or "function".
        name: the id of the chapter, or `module:function`.
        source: the digest of the chapter's file, or of the file of the function's module.
        library: the digest of gnnconv_lib.
    """

    kind: str
    name: str
    source: str
    library: str


def canonical(content: Any) -> bytes:
    """One text per content: JSON with sorted keys.

    >>> canonical({"b": 0.1, "a": True})
    b'{"a":true,"b":0.1}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """The SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def identity(work: Work, parameters: Mapping[str, Any]) -> str:
    """The identity of the run of `work` with `parameters`: 64 hexadecimal digits."""
    return digest(canonical({"work": asdict(work), "parameters": dict(parameters)}))


def library_digest() -> str:
    """The digest of the names and bytes of all Python files of gnnconv_lib, as they are now."""
    root = Path(__file__).resolve().parents[1]
    state = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        content = path.read_bytes()
        state.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        state.update(content)
    return state.hexdigest()
