"""NumPy's .npy and .npz files: matrices, SciPy's sparse matrices, edge lists and edge indices.

Nothing is unpickled, and what a header announces is compared with what is there before anything is
allocated. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse

from gnnconv_lib.graphs.listing import Listing
from gnnconv_lib.graphs.matrix_table import both_ways, dense_listing, index_listing
from gnnconv_lib.graphs.memory import require_graph_memory, require_memory
from gnnconv_lib.graphs.node_labels import numbered
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["array_listing", "parse_arrays", "sparse_listing", "with_weights"]

_NAMES = ("edge_index", "edges", "edge_list", "adjacency", "adj", "A")
_WEIGHTS = ("edge_weight", "edge_weights", "weights", "weight")
_NOTHING = np.empty(0)
_LAYOUTS: dict[str, Any] = {
    "csr": scipy.sparse.csr_array,
    "csc": scipy.sparse.csc_array,
}


def parse_arrays(name: str, content: bytes, kind: str | None, nodes: int | None) -> Listing:
    """What a .npy or .npz file lists.

    A .npz file holds a sparse matrix as SciPy saves it (or under the names `adj_data`,
    `adj_indices`, `adj_indptr`, `adj_shape`), or one array, or an array called `edge_index`,
    `edges`, `adjacency` or `adj`; with `num_nodes` and, for pairs, `edge_weight`, if it likes. See
    `array_listing`.

    Raises:
        InvalidInput: for pickles, damaged files, and arrays that are no graph.
    """
    if content[:6] == b"\x93NUMPY":
        return array_listing(f"'{name}'", _array(name, content), kind, nodes)
    arrays = _members(name, content)
    for prefix in ("", "adj_", "adj_matrix."):
        keys = [prefix + key for key in ("data", "indices", "indptr", "shape")]
        if all(key in arrays for key in keys):
            layout = _word(arrays.get("format"), "csr") if not prefix else "csr"
            return _compressed(name, [arrays[key] for key in keys], layout)
    if all(key in arrays for key in ("data", "row", "col", "shape")):
        return _triplets(name, arrays)
    notes = []
    if nodes is None and "num_nodes" in arrays and arrays["num_nodes"].size == 1:
        nodes = require_integer("num_nodes", arrays["num_nodes"].item(), minimum=1)
    elif nodes is None and "edge_index" in arrays and arrays.get("x", _NOTHING).ndim == 2:
        nodes = max(len(arrays["x"]), 1)
        notes.append(f"there are as many nodes as rows of features in 'x': {nodes}")
    if _word(arrays.get("format"), "") in ("bsr", "dia", "dok", "lil"):
        raise InvalidInput(
            f"'{name}' must hold a matrix in CSR, CSC or COO form, got "
            f"{_word(arrays['format'], '')!r}."
        )
    found = [key for key in _NAMES if key in arrays]
    if len(arrays) == 1:
        found = list(arrays)
    if len(found) != 1:
        raise InvalidInput(
            f"'{name}' must hold a graph under one of the names {', '.join(_NAMES)}, got "
            f"{', '.join(found or arrays)[:80] or 'nothing'}."
        )
    if found[0] == "edge_index":
        kind = kind or "edgeindex"
    listing = array_listing(f"'{name}'", arrays[found[0]], kind, nodes)
    listing.notes += notes
    known = {found[0], "num_nodes", "x", "y", *(_WEIGHTS if listing.kind == "edge" else ())}
    others = [key for key in arrays if key not in known]
    listing.notes += [f"the array {key[:40]!r} was ignored" for key in others[:5]]
    given = [arrays[key] for key in _WEIGHTS if key in arrays and listing.kind == "edge"]
    return with_weights(listing, given[0], "weight") if given else listing


def with_weights(listing: Listing, weights: np.ndarray, name: str) -> Listing:
    """A listing of pairs with a weight for each.

    Raises:
        InvalidInput: for another number of weights, or weights that are no real numbers.
    """
    if weights.size != len(listing.ends) or weights.dtype.kind not in "biuf":
        raise InvalidInput(
            f"{listing.source} must have one real {name} for each of {len(listing.ends)} edges, got "
            f"{weights.dtype} of shape {weights.shape}."
        )
    listing.weights = weights.astype(float).reshape(-1)
    return listing


def array_listing(
    source: str, array: np.ndarray, kind: str | None = None, nodes: int | None = None
) -> Listing:
    """What an array lists: a square matrix, an edge index (2, E), or an edge list (E, 2).

    An edge index names nodes by position, 0 to the largest one; in an edge list the nodes are the
    integers that occur. Both with `nodes` given: 0, ..., nodes - 1.

    Args:
        source: the subject of sentences.
        array: two axes.
        kind: "adjacency", "edgeindex" or "edgelist", to say which; needed where two of them fit
            and are different graphs.
        nodes: their number.

    Raises:
        InvalidInput: for another shape, or integers expected and not found.

    >>> array_listing("A", np.array([[0, 1, 2], [1, 2, 0]]), "edgeindex").nodes
    3
    """
    if kind == "edgeindex" and nodes is not None and array.shape == (2, 0):
        return index_listing(source, array, nodes)
    if array.ndim != 2 or 0 in array.shape:
        raise InvalidInput(
            f"{source} must be a square matrix or an array of pairs of nodes, got the shape "
            f"{array.shape}."
        )
    rows, columns = array.shape
    integers = array.dtype.kind in "iu"
    if kind is None:
        fitting = [
            *(["adjacency"] if rows == columns and (rows > 2 or _binary(array)) else []),
            *(["edgelist"] if columns == 2 and integers and rows != 2 else []),
            *(["edgeindex"] if rows == 2 and integers and columns != 2 else []),
        ]
        if not fitting and array.shape == (2, 2) and integers and array[0, 1] == array[1, 0]:
            fitting = ["edgelist"]  # the same pairs in rows and in columns
        if not fitting:
            which = "; format='edgelist', 'edgeindex' or 'adjacency' says which" if integers else ""
            raise InvalidInput(
                f"{source} must be a square matrix or an integer array of shape (E, 2) or (2, E), "
                f"got {array.dtype} of shape {array.shape}{which}."
            )
        kind = fitting[0]
    if kind == "adjacency":
        return dense_listing(source, array)
    if not integers or (columns if kind == "edgelist" else rows) != 2:
        raise InvalidInput(
            f"{source} must hold integers of shape {'(E, 2)' if kind == 'edgelist' else '(2, E)'}, "
            f"got {array.dtype} of shape {array.shape}."
        )
    if array.min() < 0 or array.max() > 2**63 - 1:
        odd = array.min() if array.min() < 0 else array.max()
        raise InvalidInput(f"{source} must hold integers from 0 to 2^63 - 1, got {odd}.")
    if kind == "edgeindex" or nodes is not None:
        pairs = array if kind == "edgeindex" else array.T
        count = nodes if nodes is not None else int(pairs.max()) + 1
        require_graph_memory(f"{source}, which has {count} nodes,", count, pairs.shape[1])
        listing = index_listing(source, pairs, count)
        listing.arcs = kind == "edgeindex" or both_ways(listing.ends)
        if nodes is None:
            listing.notes.append(
                "the nodes are 0 to the largest of the edge index; nodes=N adds more"
            )
        return listing
    flat = np.ascontiguousarray(array).reshape(-1).astype(np.int64)
    found, index = numbered(source, flat, np.empty(0, np.int64))
    return Listing(source, len(found), index.reshape(-1, 2), labels=found)


def sparse_listing(source: str, matrix: Any) -> Listing:
    """What a sparse matrix lists; entries given more than once are added up, without overflow.

    Raises:
        InvalidInput: for a matrix that is not square, is empty, or not of numbers.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidInput(f"{source} must be a square matrix, got the shape {matrix.shape}.")
    if matrix.shape[0] == 0:
        raise InvalidInput(f"{source} must have at least one row, got a 0 x 0 matrix.")
    kind = matrix.dtype.kind
    if kind not in "biufc":
        raise InvalidInput(
            f"{source} must be a matrix of real numbers, got the type {matrix.dtype}."
        )
    wide = {"b": np.int64, "i": np.int64, "u": np.float64, "f": np.float64, "c": np.complex128}
    coo = matrix.astype(wide[kind]).tocoo()
    whole = scipy.sparse.coo_array((coo.data, (coo.row, coo.col)), shape=coo.shape).tocsr()
    whole.sum_duplicates()
    whole.eliminate_zeros()
    rows = np.repeat(np.arange(whole.shape[0]), np.diff(whole.indptr))
    ends = np.stack([rows, whole.indices], axis=1).astype(np.int64)
    return Listing(source, whole.shape[0], ends, whole.data, arcs=True, kind="entry")


def _binary(array: np.ndarray) -> bool:
    return bool(np.all((array == 0) | (array == 1)))


def _array(name: str, content: bytes) -> np.ndarray:
    """The array in the bytes of a .npy file, if they are as many as its header says."""
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a header that NumPy had to mend
            shape, _, dtype = read(stream)
            if dtype.hasobject:
                raise InvalidInput(f"'{name}' must hold plain numbers, but it holds a pickle.")
            expected, there = math.prod(shape) * dtype.itemsize, len(content) - stream.tell()
            if expected != there:
                raise InvalidInput(
                    f"'{name}' announces {expected} bytes of numbers, but holds {there}: it is "
                    "truncated or damaged."
                )
            return np.load(io.BytesIO(content), allow_pickle=False)
    except InvalidInput:
        raise
    except Exception as error:  # the header is parsed as Python, which fails in many ways
        reason = " ".join(str(error).split())[:120].rstrip(".")
        raise InvalidInput(f"'{name}' could not be read as .npy: {reason}.") from None


def _members(name: str, content: bytes) -> dict[str, np.ndarray]:
    try:
        arrays = {}
        total = 0
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                key = entry.filename.removesuffix(".npy")
                if not _of_interest(key):
                    continue
                with archive.open(entry) as member:
                    pieces = []
                    while piece := member.read(1 << 24):
                        total += len(piece)
                        require_memory(f"Reading '{name}'", 8 * total, "a smaller file would fit")
                        pieces.append(piece)
                arrays[key] = _array(name, b"".join(pieces))
        return arrays
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        reason = " ".join(str(error).split())[:120].rstrip(".") or "it is truncated"
        raise InvalidInput(f"'{name}' could not be read as .npz: {reason}.") from None


def _of_interest(key: str) -> bool:
    """Not the features and labels that data sets keep beside their graph."""
    return not key.startswith(
        ("attr", "feature", "label", "x_", "y_", "train", "val", "test", "idx_")
    )


def _compressed(name: str, parts: list[np.ndarray], layout: str) -> Listing:
    if layout not in _LAYOUTS:
        raise InvalidInput(f"'{name}' must hold a matrix in CSR, CSC or COO form, got {layout!r}.")
    data, indices, indptr, shape = parts
    rows, columns = _shape(name, shape)
    require_graph_memory(f"'{name}', which announces {rows} nodes,", rows, data.size)
    try:
        matrix = _LAYOUTS[layout]((data, indices, indptr), shape=(rows, columns))
        matrix.check_format(full_check=True)
    except (ValueError, TypeError, IndexError) as error:
        reason = " ".join(str(error).split())[:120].rstrip(".")
        raise InvalidInput(f"'{name}' does not hold a sparse matrix: {reason}.") from None
    return sparse_listing(f"'{name}'", matrix)


def _triplets(name: str, arrays: Mapping[str, np.ndarray]) -> Listing:
    rows, columns = _shape(name, arrays["shape"])
    require_graph_memory(f"'{name}', which announces {rows} nodes,", rows, arrays["data"].size)
    try:
        places = (arrays["row"], arrays["col"])
        matrix = scipy.sparse.coo_array((arrays["data"], places), shape=(rows, columns))
    except (ValueError, TypeError, IndexError) as error:
        reason = " ".join(str(error).split())[:120].rstrip(".")
        raise InvalidInput(f"'{name}' does not hold a sparse matrix: {reason}.") from None
    return sparse_listing(f"'{name}'", matrix)


def _shape(name: str, shape: np.ndarray) -> tuple[int, int]:
    if shape.shape != (2,) or shape.dtype.kind not in "iu" or shape.min() < 0:
        raise InvalidInput(f"'{name}' must hold the shape of a matrix, got {shape!r:.60}.")
    return int(shape[0]), int(shape[1])


def _word(value: np.ndarray | None, default: str) -> str:
    if value is None:
        return default
    word = value.item() if value.size == 1 else default
    return word.decode("ascii", "replace") if isinstance(word, bytes) else str(word)
