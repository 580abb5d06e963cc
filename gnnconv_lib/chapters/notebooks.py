"""The normal form of a notebook: a rerun gives the same bytes.

Cell ids are hashes of the cells' text, metadata is reduced to what a page needs, pictures lose the
name of the program that drew them, streams are merged. Execution counts are never touched: they
are the trace of how the notebook was run, and `hygiene` reads them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat

from gnnconv_lib import files
from gnnconv_lib.validation import InvalidInput

__all__ = ["normal_form", "normalise", "read", "write"]

_CELL_METADATA = ("tags", "mystnb", "jupyter")
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT", b"IEND")


def read(path: str | Path) -> Any:
    """The notebook at `path`, in format 4.

    Raises:
        InvalidInput: for a file that cannot be read or is no notebook.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InvalidInput(f"notebook must be a readable file, got {path} ({reason}).") from None
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or "nbformat" not in content:
            raise ValueError("it has no nbformat")
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.ValidationError, ValueError, KeyError, AttributeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InvalidInput(f"notebook must be a Jupyter notebook, got {path} ({reason}).") from None
    return notebook


def normal_form(notebook: Any) -> str:
    """The text of the notebook's file in normal form, with a newline at its end."""
    cells = []
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        text = cell.source.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        source = "\n".join(line.rstrip() for line in text.split("\n"))
        seen[source] += 1
        identity = f"{cell.cell_type}\0{source}\0{seen[source]}"
        new: dict[str, Any] = {
            "cell_type": cell.cell_type,
            "id": hashlib.sha256(identity.encode()).hexdigest()[:12],
            "metadata": {k: cell.metadata[k] for k in _CELL_METADATA if cell.metadata.get(k)},
            "source": source,
        }
        if "tags" in new["metadata"]:
            new["metadata"]["tags"] = sorted(set(new["metadata"]["tags"]))
        if cell.cell_type == "code":
            new["execution_count"] = cell.execution_count
            new["outputs"] = _outputs(cell.outputs)
        cells.append(new)
    content = {
        "cells": cells,
        "metadata": {"kernelspec": _KERNEL, "language_info": _LANGUAGE},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return nbformat.writes(nbformat.from_dict(content), version=4).rstrip("\n") + "\n"


def write(path: str | Path, notebook: Any) -> bool:
    """Write the normal form to `path`, in one step; whether the bytes changed."""
    return files.write(path, normal_form(notebook))


def normalise(path: str | Path) -> bool:
    """Bring the notebook at `path` into its normal form; whether its bytes changed."""
    return write(path, read(path))


def _outputs(outputs: list[Any]) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = []
    for output in outputs:
        new = {key: value for key, value in output.items() if key != "transient"}
        if new["output_type"] == "stream":
            last = result[-1] if result else {}
            if last.get("output_type") == "stream" and last["name"] == new["name"]:
                last["text"] += new["text"]
                continue
        if "data" in new:
            new["data"] = {kind: _data(kind, value) for kind, value in new["data"].items()}
            new["metadata"] = {
                key: value for key, value in new["metadata"].items() if key == "scrapbook"
            }
        result.append(new)
    return result


def _data(kind: str, value: Any) -> Any:
    if kind == "image/png" and isinstance(value, str):
        return base64.b64encode(_bare_png(base64.b64decode(value))).decode()
    return value


def _bare_png(content: bytes) -> bytes:
    """The picture without its text chunks, which name a program and its version."""
    if not content.startswith(_PNG_SIGNATURE):
        return content
    kept, place = [_PNG_SIGNATURE], len(_PNG_SIGNATURE)
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        end = place + 12 + length
        if content[place + 4 : place + 8] in _PNG_CHUNKS:
            kept.append(content[place:end])
        place = end
    return b"".join(kept)
