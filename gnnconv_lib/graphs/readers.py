"""Graphs from files: edge list, Matrix Market, GraphML, GML, graph6.

Files are untrusted: what a header announces is checked against the size of the file and the
memory of the machine before anything is allocated, XML with a document type is refused, and
whatever goes wrong becomes one sentence. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import scipy.io

from gnnconv_lib.graphs.convert import from_networkx, from_scipy
from gnnconv_lib.graphs.edge_list import decoded, parse_edge_list
from gnnconv_lib.graphs.graph import Graph
from gnnconv_lib.graphs.matrix_market import parse_body
from gnnconv_lib.graphs.memory import require_graph_memory, require_memory
from gnnconv_lib.graphs.xml_safety import require_plain_xml
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["FORMATS", "read"]

#: Format names with the file endings that stand for them.
FORMATS: dict[str, tuple[str, ...]] = {
    "edgelist": (".txt", ".edges", ".edgelist", ".csv", ".tsv"),
    "matrixmarket": (".mtx", ".mm"),
    "graphml": (".graphml", ".xml"),
    "gml": (".gml",),
    "graph6": (".g6", ".graph6"),
}


def read(path: str | os.PathLike[str], format: str | None = None, merge: bool = False) -> Graph:
    """The graph in a file.

    - `edgelist`: one pair of non-negative integers per line, separated by spaces, tabs, commas or
      semicolons; `#` and `%` start comments. A third column must be 1 (or `{}`). The nodes are
      the integers that occur, in numeric order. A leading comment `# nodes: N` makes them
      0, ..., N - 1 instead, so that isolated nodes can be given; labels of N or more are then
      accepted only if exactly N different ones occur.
    - `matrixmarket`: row i is node i; entries 0 or 1, symmetric, zero diagonal.
    - `graphml`, `gml`: nodes in their order in the file. XML with a document type declaration,
      which entities and external references need, is refused.
    - `graph6`: one graph, one line.

    Args:
        path: the file.
        format: one of `FORMATS`; from the ending of the file name if not given.
        merge: whether repeated edges become one (edge list, GraphML, GML).

    Raises:
        InvalidInput: if the file cannot be read or does not hold a graph of the papers' kind.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "triangle.txt"
    ...     _ = file.write_text("10 20\\n20 30\\n10 30\\n")
    ...     read(file)
    Graph(nodes=3, edges=3, name='triangle.txt')
    """
    try:
        file = Path(path)
    except TypeError:
        raise InvalidInput(f"path must name a file, got {path!r}.") from None
    name = _format_of(file, format)
    return _READERS[name](file, _content(file), merge)


def _format_of(file: Path, format: str | None) -> str:
    if format is not None:
        return require_choice("format", format, FORMATS)
    for name, endings in FORMATS.items():
        if file.suffix.lower() in endings:
            return name
    raise InvalidInput(
        f"format must be given for '{file.name}', whose ending stands for none of "
        f"{', '.join(FORMATS)}."
    )


def _content(file: Path) -> bytes:
    try:
        if file.is_dir():
            raise InvalidInput(f"path must name a file, but '{file}' is a folder.")
        if not file.exists():
            raise InvalidInput(f"path must name a file, but '{file}' does not exist.")
        if not file.is_file():
            raise InvalidInput(f"path must name a regular file, but '{file}' is not one.")
        size = file.stat().st_size
        require_memory(f"Reading '{file.name}'", 8 * size, "a smaller file would fit")
        return file.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"path must name a readable file, but '{file}': {reason}.") from None


def _read_edge_list(file: Path, content: bytes, merge: bool) -> Graph:
    return parse_edge_list(file.name, content, merge)


def _read_matrix_market(file: Path, content: bytes, merge: bool) -> Graph:
    try:
        header = scipy.io.mminfo(io.BytesIO(content))
    except Exception as error:
        raise _unreadable(file, "Matrix Market", error) from None
    rows, columns, entries, layout, field, symmetry = header
    if rows != columns:
        raise InvalidInput(f"'{file.name}' must hold a square matrix, got {rows} x {columns}.")
    if rows < 1:
        raise InvalidInput(f"'{file.name}' must hold at least one row, got a 0 x 0 matrix.")
    if field == "complex" or symmetry not in ("general", "symmetric"):
        raise InvalidInput(
            f"'{file.name}' must hold a real general or symmetric matrix, got {field} {symmetry}."
        )
    require_graph_memory(f"'{file.name}', which announces {rows} nodes,", rows, entries)
    # The shortest entry is "1 1\n" (coordinates) or "1\n" (dense, one triangle if symmetric).
    shortest = 4 * entries if layout == "coordinate" else rows * (rows - 1)
    if shortest > len(content) + 1:
        raise InvalidInput(
            f"'{file.name}' announces {entries} entries, but ends after {len(content)} bytes: "
            "it is truncated."
        )
    symmetric = symmetry == "symmetric"
    matrix = parse_body(file.name, content, rows, entries, layout, field, symmetric)
    return from_scipy(matrix, name=file.name)


def _read_graphml(file: Path, content: bytes, merge: bool) -> Graph:
    require_plain_xml(content, file.name)
    return _through_networkx(file, "GraphML", networkx.read_graphml, content, merge)


def _read_gml(file: Path, content: bytes, merge: bool) -> Graph:
    decoded(file.name, content)

    def parse(stream: io.BytesIO) -> Any:
        return networkx.read_gml(stream, label="id")

    return _through_networkx(file, "GML", parse, content, merge)


def _read_graph6(file: Path, content: bytes, merge: bool) -> Graph:
    def parse(stream: io.BytesIO) -> Any:
        return networkx.from_graph6_bytes(stream.read().strip())

    if content.strip().count(b"\n"):
        raise InvalidInput(f"'{file.name}' must hold one graph on one line.")
    # Six pairs of nodes per byte: NetworkX compares the length before it allocates.
    return _through_networkx(file, "graph6", parse, content, merge, bytes_each=2_000)


def _through_networkx(
    file: Path,
    kind: str,
    parse: Callable[[io.BytesIO], Any],
    content: bytes,
    merge: bool,
    bytes_each: int = 60,
) -> Graph:
    require_memory(
        f"Reading '{file.name}' through NetworkX",
        bytes_each * len(content),
        "the same graph as an edge list or in Matrix Market format would need less",
    )
    try:
        parsed = parse(io.BytesIO(content))
    except Exception as error:
        raise _unreadable(file, kind, error) from None
    return from_networkx(parsed, merge=merge, name=file.name)


def _unreadable(file: Path, kind: str, error: Exception) -> InvalidInput:
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    return InvalidInput(f"'{file.name}' could not be read as {kind}: {reason.rstrip('.')}.")


_READERS: dict[str, Callable[[Path, bytes, bool], Graph]] = {
    "edgelist": _read_edge_list,
    "matrixmarket": _read_matrix_market,
    "graphml": _read_graphml,
    "gml": _read_gml,
    "graph6": _read_graph6,
}
