"""What the arrays and labels of a `Graph` must satisfy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse

from gnnconv_lib.validation import InvalidInput

__all__ = ["as_labels", "index_type", "require_neighbors"]


def index_type(nodes: int, entries: int) -> type[np.signedinteger[Any]]:
    """The integer type that holds every node and every position among `entries`.

    >>> index_type(10, 20).__name__
    'int32'
    """
    return np.int32 if max(nodes, entries) < 2**31 - 1 else np.int64


def as_labels(labels: Any, nodes: int) -> Sequence[Any] | np.ndarray:
    """One different label for each node: a range, an array of integers that is read-only, a tuple."""
    if labels is None or (isinstance(labels, range) and labels == range(nodes)):
        return range(nodes)
    if isinstance(labels, np.ndarray) and labels.ndim == 1 and labels.dtype.kind in "iu":
        labels = labels.copy()
        labels.flags.writeable = False
        different = np.unique(labels).size
    else:
        labels = tuple(labels.tolist() if isinstance(labels, np.ndarray) else labels)
        try:
            different = len(set(labels))
        except TypeError:
            raise InvalidInput("labels must be hashable, such as integers or text.") from None
    if len(labels) != nodes or different != nodes:
        raise InvalidInput(
            f"labels must be {nodes} different ones, got {different} among {len(labels)}."
        )
    return labels


def require_neighbors(nodes: int, indptr: np.ndarray, indices: np.ndarray) -> None:
    """Each row strictly increasing, in range, off the diagonal, and the whole symmetric."""
    if indices.size == 0:
        return
    if indices.min() < 0 or indices.max() >= nodes:
        raise InvalidInput(f"indices must lie in 0, ..., {nodes - 1}.")
    rows = np.repeat(np.arange(nodes, dtype=indices.dtype), np.diff(indptr))
    if np.any(rows == indices):
        raise InvalidInput("indices must not hold self loops.")
    if np.any((indices[1:] <= indices[:-1]) & (rows[1:] == rows[:-1])):
        raise InvalidInput("indices must increase within each row and not repeat.")
    marks = np.broadcast_to(np.int8(1), indices.shape)
    matrix = scipy.sparse.csr_array((marks, indices, indptr), shape=(nodes, nodes))
    transposed = matrix.T.tocsr()
    if not (
        np.array_equal(transposed.indptr, indptr) and np.array_equal(transposed.indices, indices)
    ):
        raise InvalidInput("indices must hold both directions of every edge.")
