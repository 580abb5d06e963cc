"""Tables of numbers that are a graph as a whole: an adjacency matrix, or an edge index (2, E)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gnnconv_lib.graphs.listing import Listing
from gnnconv_lib.validation import InvalidInput

__all__ = ["both_ways", "dense_listing", "index_listing", "matrix_listing"]


def index_listing(source: str, index: np.ndarray, nodes: int | None = None) -> Listing:
    """What an edge index (2, E) of sources and targets lists; its nodes are 0, ..., nodes - 1.

    Both directions of an edge are expected, as in PyTorch Geometric.

    Raises:
        InvalidInput: for a node outside of that range.

    >>> index_listing("A", np.array([[0, 1], [1, 0]])).nodes
    2
    """
    ends = np.ascontiguousarray(index.T).astype(np.int64)
    count = nodes if nodes is not None else int(ends.max(initial=-1)) + 1
    if ends.size and (ends.min() < 0 or ends.max() >= count):
        raise InvalidInput(
            f"{source} must hold nodes in 0, ..., {count - 1}, got {ends.min()} to {ends.max()}."
        )
    if count < 1:
        raise InvalidInput(f"{source} must have at least one node, got an empty edge index.")
    return Listing(source, count, ends, arcs=True)


def dense_listing(source: str, matrix: np.ndarray, labels: Sequence[Any] | None = None) -> Listing:
    """What a square matrix lists: its entries other than 0 (NaN is one).

    >>> dense_listing("A", np.array([[0, 1], [1, 0]])).ends.tolist()
    [[0, 1], [1, 0]]
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidInput(f"{source} must be a square matrix, got the shape {matrix.shape}.")
    if matrix.shape[0] == 0:
        raise InvalidInput(f"{source} must have at least one row, got a 0 x 0 matrix.")
    if matrix.dtype.kind not in "biufc":
        raise InvalidInput(f"{source} must hold real numbers, got the type {matrix.dtype}.")
    rows, columns = np.nonzero(matrix)
    ends = np.stack([rows, columns], axis=1).astype(np.int64)
    weights = matrix[rows, columns]
    return Listing(source, len(matrix), ends, weights, arcs=True, labels=labels, kind="entry")


def both_ways(ends: np.ndarray) -> bool:
    """Whether every edge is listed in both directions, and as often.

    >>> both_ways(np.array([[0, 1], [1, 0]])), both_ways(np.array([[0, 1], [1, 2]]))
    (True, False)
    """
    size = int(ends.max(initial=0)) + 1
    there, back = ends[:, 0] * size + ends[:, 1], ends[:, 1] * size + ends[:, 0]
    return bool(np.array_equal(np.sort(there), np.sort(back)))


def matrix_listing(
    name: str, rows: list[list[str]] | np.ndarray, told: bool = False
) -> Listing | None:
    """The adjacency matrix in a table, with or without labels above and beside it; None if it is no
    matrix.

    Unless `told` so, a table without labels is a matrix only if it is symmetric with an empty
    diagonal, or of zeros and ones; three rows of three must be both. No list of edges is.
    """
    labels: Any = None
    body = rows
    if isinstance(rows, list):
        head = rows[0]
        if len(rows) > 1 and len(rows) == len(rows[1]) and len(head) in (len(rows), len(rows) - 1):
            beside = [row[0] for row in rows[1:]]
            above = head[1:] if len(head) == len(rows) else head
            if sorted(above) == sorted(beside) and (len(head) < len(rows) or not head[0]):
                if len(set(above)) < len(above):
                    raise InvalidInput(f"'{name}' must give each row another label.")
                by_label = {row[0]: row[1:] for row in rows[1:]}
                labels, body = above, [by_label[label] for label in above]
        elif len(rows) == len(head) + 1 and not _numbers([head]):
            labels, body = head, rows[1:]
    if not len(body) or any(len(row) != len(body) for row in body):
        return None
    matrix = body if isinstance(body, np.ndarray) else _matrix(body)
    if matrix is None:
        return None
    if labels is None and not told:
        symmetric = np.array_equal(matrix, matrix.T) and not np.any(np.diag(matrix))
        binary = bool(np.all((matrix == 0) | (matrix == 1)))
        if not (symmetric and binary if len(matrix) < 4 else symmetric or binary):
            return None
    if labels is not None and all(label.isdigit() and label.isascii() for label in labels):
        labels = np.array([int(label) for label in labels])
    return dense_listing(f"'{name}'", matrix, labels)


def _numbers(rows: list[list[str]]) -> bool:
    return _matrix(rows) is not None


def _matrix(rows: list[list[str]]) -> np.ndarray | None:
    try:
        return np.array([[float(word) for word in row] for row in rows])
    except ValueError:
        return None
