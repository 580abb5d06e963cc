"""Files that are there whole or not at all.

`write` is the only way in which the library replaces a file: whoever reads it sees the old content
or the new one, also after a crash or a loss of power.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from gnnconv_lib.validation import InvalidInput

__all__ = ["output_file", "write"]


def write(path: str | os.PathLike[str], content: str | bytes) -> bool:
    """Put `content` under `path` in one step; whether the bytes of the file changed.

    It is written under a hidden name in the same folder, brought to the disk and moved. Equal
    content is left alone; after an error the old file stands and nothing else.

    Args:
        path: the file; its folder must exist.
        content: bytes, or text, which is stored as UTF-8 with the line ends that it has.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(f"{folder}/note", "one"), write(f"{folder}/note", "one"), os.listdir(folder)
    (True, False, ['note'])
    """
    target = Path(path)
    data = content.encode() if isinstance(content, str) else content
    if target.is_file() and target.read_bytes() == data:
        return False
    descriptor, temporary = tempfile.mkstemp(".part", f".{target.name}-", target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _keep_name(target.parent)
    return True


def output_file(output: str | os.PathLike[str], force: bool = False) -> Path:
    """The file that a command is to write, if it can be written.

    Args:
        output: the file that a user named.
        force: whether a file of that name may be replaced.

    Raises:
        InvalidInput: for a folder, a file that exists (without `force`), and a parent that is
            missing or read-only.

    >>> output_file(".")
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: output must be a file, got the folder ..
    """
    target = Path(output)
    if target.is_dir():
        raise InvalidInput(f"output must be a file, got the folder {target}.")
    if target.exists() and not force:
        raise InvalidInput(f"output must not exist, got {target}; --force replaces it.")
    if not target.parent.is_dir():
        raise InvalidInput(f"output must lie in an existing folder, got {target}.")
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise InvalidInput(
            f"output must lie in a folder that can be written, got {target} ({error.strerror})."
        ) from None
    return target


def _keep_name(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system lets one open a folder."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
