"""Matrix Market files: the header by SciPy, the body by NumPy.

SciPy's compiled reader of the body ends the process on some damaged files, which no exception
handler can catch; its reader of the header is used. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import io

import numpy as np
import scipy.io

from gnnconv_lib.graphs.listing import Listing
from gnnconv_lib.graphs.memory import require_graph_memory
from gnnconv_lib.validation import InvalidInput

__all__ = ["parse_matrix_market"]

_WIDTHS = {"pattern": 2, "integer": 3, "unsigned-integer": 3, "real": 3, "complex": 4}


def parse_matrix_market(name: str, content: bytes) -> Listing:
    """What a Matrix Market file lists: its entries other than 0; row i is node i - 1.

    Raises:
        InvalidInput: if the file is damaged, or not a square matrix.

    >>> body = b"%%MatrixMarket matrix coordinate pattern symmetric\\n2 2 1\\n2 1\\n"
    >>> parse_matrix_market("g.mtx", body).ends.tolist()
    [[1, 0], [0, 1]]
    """
    try:
        rows, columns, entries, layout, field, symmetry = scipy.io.mminfo(io.BytesIO(content))
    except Exception as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InvalidInput(
            f"'{name}' could not be read as Matrix Market: {reason.rstrip('.')}."
        ) from None
    if rows != columns:
        raise InvalidInput(f"'{name}' must hold a square matrix, got {rows} x {columns}.")
    if rows < 1:
        raise InvalidInput(f"'{name}' must hold at least one row, got a 0 x 0 matrix.")
    if field not in _WIDTHS or layout not in ("coordinate", "array"):
        raise InvalidInput(f"'{name}' must hold numbers, got {layout} {field} {symmetry}.")
    require_graph_memory(f"'{name}', which announces {rows} nodes,", rows, entries)
    # The shortest entry is "1 1\n" (coordinates) or "1\n" (dense, one triangle if symmetric).
    shortest = 4 * entries if layout == "coordinate" else rows * (rows - 1)
    if shortest > len(content) + 1:
        raise InvalidInput(
            f"'{name}' announces {entries} entries, but ends after {len(content)} bytes: it is "
            "truncated."
        )
    numbers, lines = _numbers(name, content)
    if layout == "array":
        matrix = _dense(name, numbers, rows, field == "complex", symmetry)
        ends = np.argwhere(matrix != 0).astype(np.int64)
        listing = Listing(f"'{name}'", rows, ends, matrix[ends[:, 0], ends[:, 1]], arcs=True)
        listing.kind = "entry"
        return _labelled(listing)
    return _labelled(_coordinates(name, numbers, lines, rows, entries, field, symmetry))


def _labelled(listing: Listing) -> Listing:
    """With the numbers of rows as the file counts them, from 1."""
    listing.labels = range(1, listing.nodes + 1)
    return listing


def _coordinates(
    name: str,
    numbers: np.ndarray,
    lines: np.ndarray,
    nodes: int,
    entries: int,
    field: str,
    symmetry: str,
) -> Listing:
    width = _WIDTHS[field]
    if numbers.size != width * entries or (entries and numbers.shape[1] != width):
        raise InvalidInput(
            f"'{name}' announces {entries} entries of {width} numbers, but holds {numbers.size} "
            "numbers: it is truncated or damaged."
        )
    numbers = numbers.reshape(entries, width)
    places = numbers[:, :2]
    inside = np.all((places >= 1) & (places <= nodes) & (places == np.floor(places)), axis=1)
    if not inside.all():
        row, column = places[first := int(np.argmin(inside))]
        raise InvalidInput(
            f"'{name}' must hold row and column numbers from 1 to {nodes}, got {row:g} and {column:g} "
            f"on line {lines[first]}."
        )
    ends = places.astype(np.int64) - 1
    weights: np.ndarray = np.ones(entries)
    if width == 3:
        weights = numbers[:, 2]
    elif width == 4:
        weights = numbers[:, 2] + 1j * numbers[:, 3]
    if symmetry != "general":
        if np.any(ends[:, 0] < ends[:, 1]):
            raise InvalidInput(f"'{name}' is {symmetry} and must hold its lower triangle only.")
        mirrored = ends[:, 0] != ends[:, 1]
        other = weights[mirrored]
        if symmetry == "skew-symmetric":
            other = -other
        elif symmetry == "hermitian":
            other = np.conj(other)
        ends = np.concatenate([ends, ends[mirrored][:, ::-1]])
        weights = np.concatenate([weights, other])
        lines = np.concatenate([lines, lines[mirrored]])
    there = weights != 0
    listing = Listing(f"'{name}'", nodes, ends[there], weights[there], arcs=True)
    listing.lines = lines[there]
    if np.iscomplexobj(weights) or symmetry == "skew-symmetric":
        listing.notes.append(f"the matrix is {field} {symmetry}")
    return listing


def _numbers(name: str, content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The rows of numbers after banner, comments and sizes, and their lines."""
    lines = content.split(b"\n")
    start = 1
    while start < len(lines) and (not lines[start].strip() or lines[start].lstrip()[:1] == b"%"):
        start += 1
    numbered = [
        (number, line)
        for number, line in enumerate(lines[start + 1 :], start + 2)
        if (text := line.strip()) and text[:1] != b"%"
    ]
    if not numbered:
        return np.empty((0, 0)), np.empty(0, np.int64)
    text = b"\n".join(line for _, line in numbered)
    try:
        rows = np.loadtxt(io.BytesIO(text), ndmin=2, comments="%", encoding="ascii")
    except (ValueError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise InvalidInput(
            f"'{name}' could not be read as a Matrix Market file: {reason}."
        ) from None
    return rows, np.array([number for number, _ in numbered], np.int64)


def _dense(
    name: str, numbers: np.ndarray, nodes: int, is_complex: bool, symmetry: str
) -> np.ndarray:
    """Column by column; only the lower triangle if symmetric, without the diagonal if skew."""
    skew = symmetry == "skew-symmetric"
    expected = nodes * nodes
    if symmetry != "general":
        expected = nodes * (nodes - 1) // 2 if skew else nodes * (nodes + 1) // 2
    if numbers.size != expected * (1 + is_complex):
        raise InvalidInput(
            f"'{name}' announces {expected} values, but holds {numbers.size}: it is truncated or "
            "damaged."
        )
    values = numbers.reshape(-1, 2) @ np.array([1, 1j]) if is_complex else numbers.ravel()
    if symmetry == "general":
        return values.reshape(nodes, nodes).T
    matrix = np.zeros((nodes, nodes), values.dtype)
    matrix[np.triu_indices(nodes, k=int(skew))] = values
    other = np.conj(matrix) if symmetry == "hermitian" else -matrix if skew else matrix
    return np.triu(matrix, 1) + np.triu(other, 1).T + np.diag(np.diag(matrix))
