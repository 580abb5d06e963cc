"""The content of a graph file: compressed or not, as bytes or as text, within bounded memory.

Files are untrusted. What is not a regular file is refused, a compressed file is unpacked piece by
piece and refused as soon as it would not fit, and whatever goes wrong becomes one sentence.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, NamedTuple

from gnnconv_lib.graphs.memory import require_memory
from gnnconv_lib.validation import InvalidInput

__all__ = ["Content", "content_of", "decoded"]

#: Memory needed to read a file, in multiples of its (unpacked) size.
_TIMES = 8
_PIECE = 1 << 24
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


class Content(NamedTuple):
    """What is in a file.

    Fields:
        name: the file as it was given, with its member if it is an archive, for sentences.
        inner: the name whose ending says the format, without that of the compression.
        data: the bytes, unpacked.
    """

    name: str
    inner: str
    data: bytes


def content_of(path: str | os.PathLike[str]) -> Content:
    """What is in a file, unpacked.

    gzip, bzip2 and xz are unpacked, as is a zip archive of one file; which of them it is, the
    first bytes say, not the name.

    Raises:
        InvalidInput: if there is no such file, it cannot be read or unpacked, is too large, empty,
            or an archive of several files.
    """
    found = _unpacked_content(path)
    if not found.data or found.data.isspace():
        raise InvalidInput(f"'{found.name}' must hold a graph, but it is empty.")
    if found.data[257:262] == b"ustar":
        raise InvalidInput(
            f"'{found.name}' must hold one graph, but it is a tar archive; unpack it."
        )
    return found


def _unpacked_content(path: str | os.PathLike[str]) -> Content:
    try:
        file = Path(path)
    except TypeError:
        raise InvalidInput(f"path must name a file, got {path!r}.") from None
    try:
        if file.is_dir():
            raise InvalidInput(f"path must name a file, but '{file}' is a folder.")
        if not file.exists():
            looked = "" if file.is_absolute() else f" in {Path.cwd()}"
            raise InvalidInput(f"path must name a file, but '{file}' does not exist{looked}.")
        if not file.is_file():
            raise InvalidInput(f"path must name a regular file, but '{file}' is not one.")
        _require_room(file.name, file.stat().st_size)
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"path must name a readable file, but '{file}': {reason}.") from None
    if content[:4] == b"PK\x03\x04" and file.suffix.lower() != ".npz":
        return _from_zip(file.name, content)
    # A browser may have unpacked a file and kept its name.
    inner = file.stem if file.suffix.lower() in (".gz", ".bz2", ".xz") else file.name
    for mark, kind in _PACKED.items():
        if content.startswith(mark):
            return Content(file.name, inner, _unpacked(file.name, content, kind))
    return Content(file.name, inner, content)


def decoded(name: str, content: bytes, encoding: str | None = None) -> str:
    """The text of a file: by its byte order mark, as UTF-8, or as `encoding` says.

    A text that is not UTF-8 is read as Latin-1, in which every byte is some letter; a reader that
    keeps a word with such a letter must refuse it (see `edge_list`).

    Raises:
        InvalidInput: if it holds binary data, or `encoding` is unknown or does not fit.

    >>> decoded("g.txt", b"0 1")
    '0 1'
    >>> decoded("g.txt", "0 1".encode("utf-16"))
    '0 1'
    """
    if encoding is not None:
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except (LookupError, UnicodeError, TypeError) as error:
            raise InvalidInput(
                f"encoding must be that of '{name}', got {encoding!r}: {error}."
            ) from None
    for mark, codec in _MARKS:
        if content.startswith(mark):
            try:
                text = content.decode(codec)
            except UnicodeDecodeError:
                break
            if "\0" not in text:
                return text
            break
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if _CONTROL.search(content) else content.decode("latin-1")
    if "\0" in text:
        raise InvalidInput(
            f"'{name}' must be a text file, but it holds binary data (UTF-16 without a byte order "
            "mark is read with encoding='utf-16-le')."
        )
    return text


def _require_room(name: str, size: int) -> None:
    require_memory(f"Reading '{name}'", _TIMES * size, "a smaller file would fit")


def _unpacked(name: str, content: bytes, kind: str) -> bytes:
    stream = io.BytesIO(content)
    try:
        if kind == "gzip":
            with gzip.GzipFile(fileobj=stream) as unpacked:
                return _whole(name, unpacked)
        if kind == "bzip2":
            with bz2.BZ2File(stream) as unpacked:
                return _whole(name, unpacked)
        with lzma.LZMAFile(stream) as unpacked:
            return _whole(name, unpacked)
    except EOFError:
        raise InvalidInput(f"'{name}' must be a whole {kind} file, but it is truncated.") from None
    except (OSError, zlib.error, lzma.LZMAError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"'{name}' could not be unpacked as {kind}: {error}.") from None


def _from_zip(name: str, content: bytes) -> Content:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [
                entry
                for entry in archive.infolist()
                if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
            ]
            if len(members) != 1:
                names = ", ".join(Path(entry.filename).name for entry in members[:3])
                more = ", ..." if len(members) > 3 else ""
                raise InvalidInput(
                    f"'{name}' must hold one file, got an archive of {len(members)} "
                    f"({names[:80]}{more}); unpack it."
                )
            with archive.open(members[0]) as member:
                inner = Path(members[0].filename).name
                return Content(f"{name}/{inner}", inner, _whole(name, member))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        reason = str(error) or "it is truncated"
        raise InvalidInput(f"'{name}' could not be unpacked as zip: {reason}.") from None
    except NotImplementedError as error:
        raise InvalidInput(f"'{name}' could not be unpacked as zip: {error}.") from None


def _whole(name: str, stream: IO[bytes] | gzip.GzipFile) -> bytes:
    """Everything in a stream, as long as it may fit."""
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        _require_room(name, size)
        pieces.append(piece)
    return b"".join(pieces)
