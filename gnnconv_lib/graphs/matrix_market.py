"""The body of a Matrix Market file, parsed by NumPy.

SciPy's compiled reader of the body ends the process on some damaged files, which no exception
handler can catch; its reader of the header is used. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import io

import numpy as np
import scipy.sparse

from gnnconv_lib.validation import InvalidInput

__all__ = ["parse_body"]


def parse_body(
    name: str, content: bytes, nodes: int, entries: int, layout: str, field: str, symmetric: bool
) -> scipy.sparse.coo_array:
    """The square matrix behind the header of a Matrix Market file.

    Args:
        name: what the file is called in error messages.
        content: the whole file.
        nodes, entries, layout, field, symmetric: what the header says; `layout` is "coordinate"
            or "array", `field` one of "pattern", "integer", "real".

    Raises:
        InvalidInput: if the body does not hold what the header announces.

    >>> body = b"%%MatrixMarket matrix coordinate pattern symmetric\\n2 2 1\\n2 1\\n"
    >>> parse_body("g.mtx", body, 2, 1, "coordinate", "pattern", True).toarray().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    numbers = _numbers(name, content)
    if layout == "array":
        return scipy.sparse.coo_array(_dense(name, numbers, nodes, symmetric))
    width = 2 if field == "pattern" else 3
    if numbers.size != width * entries or (entries and numbers.shape[1] != width):
        raise InvalidInput(
            f"'{name}' announces {entries} entries of {width} numbers, but holds {numbers.size} "
            "numbers: it is truncated or damaged."
        )
    numbers = numbers.reshape(entries, width)
    places = numbers[:, :2]
    if not np.all((places >= 1) & (places <= nodes) & (places == np.floor(places))):
        raise InvalidInput(f"'{name}' must hold row and column numbers from 1 to {nodes}.")
    row, column = places.astype(np.int64).T - 1
    value = numbers[:, 2] if width == 3 else np.ones(entries)
    if symmetric:
        if np.any(row < column):
            raise InvalidInput(f"'{name}' is symmetric and must hold its lower triangle only.")
        mirrored = row != column
        row, column, value = (
            np.concatenate([row, column[mirrored]]),
            np.concatenate([column, row[mirrored]]),
            np.concatenate([value, value[mirrored]]),
        )
    return scipy.sparse.coo_array((value, (row, column)), shape=(nodes, nodes))


def _numbers(name: str, content: bytes) -> np.ndarray:
    """The rows of numbers after the header: banner, comments, one line of sizes."""
    lines = content.split(b"\n")
    start = 1
    while start < len(lines) and (not lines[start].strip() or lines[start].lstrip()[:1] == b"%"):
        start += 1
    body = [line for line in lines[start + 1 :] if line.strip()]
    if not body:
        return np.empty((0, 0))
    try:
        return np.loadtxt(io.BytesIO(b"\n".join(body)), ndmin=2, comments="%", encoding="ascii")
    except (ValueError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise InvalidInput(
            f"'{name}' could not be read as a Matrix Market file: {reason}."
        ) from None


def _dense(name: str, numbers: np.ndarray, nodes: int, symmetric: bool) -> np.ndarray:
    """Column by column; only the lower triangle if symmetric."""
    expected = nodes * (nodes + 1) // 2 if symmetric else nodes * nodes
    if numbers.size != expected:
        raise InvalidInput(
            f"'{name}' announces {expected} values, but holds {numbers.size}: it is truncated or "
            "damaged."
        )
    if not symmetric:
        return numbers.reshape(nodes, nodes).T
    matrix = np.zeros((nodes, nodes))
    upper = np.triu_indices(nodes)
    matrix[upper] = numbers.ravel()
    return matrix + np.triu(matrix, 1).T
