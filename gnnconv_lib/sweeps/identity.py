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
from typing import Any

from gnnconv_lib.provenance import library_digest

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
