"""Options behind the name of a file, `g.txt?weights=ignore&loops=ignore`.

A chapter has one parameter for its graph, a text; so the options of `read` fit into that text, for
the command line, papermill and sweeps alike.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gnnconv_lib.graphs.policies import CHOICES
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["NAMES", "absolute", "split_options"]

#: The options of `read` that may stand there.
NAMES = (*CHOICES, "format", "labels", "nodes", "encoding")


def split_options(path: Any) -> tuple[Any, dict[str, Any]]:
    """A path and the options behind it; a file whose name holds the `?` is meant itself.

    Raises:
        InvalidInput: for an unknown option.

    >>> split_options("g.txt?loops=ignore&nodes=5")
    ('g.txt', {'loops': 'ignore', 'nodes': 5})
    >>> split_options("g.txt")
    ('g.txt', {})
    """
    text = os.fspath(path) if hasattr(path, "__fspath__") else path
    if not isinstance(text, str) or "?" not in text or os.path.exists(text):
        return path, {}
    name, _, rest = text.partition("?")
    options: dict[str, Any] = {}
    for part in rest.split("&"):
        key, equals, value = part.partition("=")
        if not equals:
            raise InvalidInput(
                f"options behind a path must be given as name=value, got {part[:40]!r}."
            )
        key = require_choice("options behind a path", key, NAMES)
        options[key] = int(value) if key == "nodes" and value.isdecimal() else value
    return name, options


def absolute(path: str) -> str:
    """A path from the current folder, with the options behind it.

    >>> absolute("/tmp/g.txt?loops=ignore")
    '/tmp/g.txt?loops=ignore'
    """
    name, _ = split_options(path)
    return f"{Path(name).expanduser().absolute()}{path[len(name) :]}"
