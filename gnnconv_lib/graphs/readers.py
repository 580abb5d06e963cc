"""Graphs from files: `read`, the one entry for all formats, and `read_settled`, which also says what
had to be done.

Files are untrusted: what a header announces is checked against the size of the file and the
memory of the machine before anything is allocated, XML with a document type is refused, and
whatever goes wrong becomes one sentence. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gnnconv_lib.graphs.arrays import parse_arrays
from gnnconv_lib.graphs.edge_list import parse_edge_list
from gnnconv_lib.graphs.files import Content, content_of, decoded
from gnnconv_lib.graphs.gml import parse_gml
from gnnconv_lib.graphs.graph import Graph
from gnnconv_lib.graphs.listing import Listing, Settled, settle
from gnnconv_lib.graphs.matrix_market import parse_matrix_market
from gnnconv_lib.graphs.memory import require_memory
from gnnconv_lib.graphs.pajek import parse_pajek
from gnnconv_lib.graphs.path_options import split_options
from gnnconv_lib.graphs.policies import Policies, policies
from gnnconv_lib.graphs.short_formats import (
    parse_adjacency_list,
    parse_graph6,
    parse_json,
    parse_metis,
)
from gnnconv_lib.graphs.xml_graphs import parse_xml_graph
from gnnconv_lib.validation import InvalidInput, require_choice, require_integer

__all__ = ["FORMATS", "read", "read_settled"]

#: Format names with the file endings that stand for them.
FORMATS: dict[str, tuple[str, ...]] = {
    "edgelist": (".txt", ".edges", ".edgelist", ".csv", ".tsv", ".el", ".ncol", ".links"),
    "matrixmarket": (".mtx", ".mm"),
    "graphml": (".graphml", ".xml"),
    "gexf": (".gexf",),
    "gml": (".gml",),
    "pajek": (".net", ".paj"),
    "graph6": (".g6", ".graph6", ".s6", ".sparse6"),
    "json": (".json",),
    "adjlist": (".adjlist",),
    "metis": (".graph", ".metis"),
    "numpy": (".npz", ".npy"),
    "adjacency": (),
    "edgeindex": (),
}

# How a file begins that is of another format than its ending, or the caller, says.
_BEGINNINGS = {
    b"%%matrixmarket": "matrixmarket",
    b"<?xml": "graphml",
    b"<graphml": "graphml",
    b"<gexf": "gexf",
    b"*vertices": "pajek",
    b"*network": "pajek",
    b">>graph6<<": "graph6",
    b">>sparse6<<": "graph6",
    b"\x93numpy": "numpy",
}

# How a text begins that no reader here takes, though it could pass for a list of edges.
_OTHERS = {
    "GDF": re.compile(rb"nodedef\s*>"),
    "DIMACS": re.compile(rb"(?:c\b[^\n]*\n)*p\s+[a-z]+\s+\d+\s+\d+"),
    "DL": re.compile(rb"dl\s+n\s*="),
    "DOT": re.compile(rb"(?:strict\s+)?(?:di)?graph\b[^\[\n]*\{"),
}

_AS_LINES = ("edgelist", "adjacency", "edgeindex", "adjlist", "metis")


@dataclass(frozen=True)
class _Options:
    """The options of `read`."""

    format: str | None = None
    merge: bool = False
    directed: str = "refuse"
    weights: str = "refuse"
    loops: str = "refuse"
    repeated: str = "refuse"
    labels: str | None = None
    nodes: int | None = None
    encoding: str | None = None

    def __post_init__(self) -> None:
        if self.labels is not None:
            require_choice("labels", self.labels, ("integers", "text"))
        if self.nodes is not None:
            require_integer("nodes", self.nodes, minimum=1)
        if self.format is not None:
            require_choice("format", self.format, FORMATS)

    @property
    def policies(self) -> Policies:
        return policies(self.directed, self.weights, self.loops, self.repeated, self.merge)


def read(
    path: str | os.PathLike[str],
    format: str | None = None,
    merge: bool = False,
    *,
    directed: str = "refuse",
    weights: str = "refuse",
    loops: str = "refuse",
    repeated: str = "refuse",
    labels: str | None = None,
    nodes: int | None = None,
    encoding: str | None = None,
) -> Graph:
    """The graph in a file, compressed (gzip, bzip2, xz, zip) or not.

    - `edgelist`: one edge per line, its fields separated by spaces, tabs, commas or semicolons and
      perhaps in quotes; `#` and `%` start comments. The nodes are the labels that occur: integers
      in numeric order, or names in the order of their appearance. A comment `# nodes: N` makes
      them 0, ..., N - 1 instead, so that isolated nodes can be given; labels of N or more are then
      accepted only if exactly N different ones occur. A first line of names (`source,target,weight`)
      says what the columns are; without one the third is a weight. A first line that may be names
      of other columns, and a number written in two ways (007 and 7), are refused unless `labels`
      says what they are. The headers of SNAP and KONECT are understood and compared with what
      follows. A square table is an adjacency matrix, and two long rows are an edge index.
    - `matrixmarket`: row i is node i; entries 0 or 1, symmetric, zero diagonal.
    - `graphml`, `gexf`, `gml`, `pajek`, `json` (node-link): nodes in their order in the file. XML
      with a document type declaration, which entities and external references need, is refused.
    - `graph6`: one graph, one line, in graph6 or sparse6.
    - `adjlist`, `metis`: lists of neighbours.
    - `numpy`: .npz and .npy; a SciPy matrix, a dense one, an edge list (E, 2) or an edge index
      (2, E), which has `num_nodes` nodes, or as many as `x` has rows, or up to its largest.
    - `adjacency`, `edgeindex`: say which of these a table or array is.

    Args:
        path: the file; options may follow a question mark, `g.txt?weights=ignore&loops=ignore`,
            which is how a chapter's parameter takes them.
        format: one of `FORMATS`; from the ending of the file name if not given.
        merge: the same as `repeated="merge"`.
        directed: "refuse", or "symmetrise": every arc becomes an edge.
        weights: "refuse" weights other than 1, or "ignore" them, with whatever else stands behind
            the two ends of an edge.
        loops: "refuse" self loops, or "ignore" them.
        repeated: "refuse" edges that are listed twice, in whichever direction, or "merge" them.
        labels: "integers" or "text"; None to see from the first edge (edge lists only).
        nodes: their number, as a line `# nodes: N` would give it (edge lists and indices).
        encoding: of a text that is not UTF-8 and has no byte order mark.

    Raises:
        InvalidInput: if the file cannot be read or does not hold a graph of the papers' kind; the
            sentence names the option that would let it pass, if there is one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "triangle.txt"
    ...     _ = file.write_text("10 20\\n20 30\\n10 30\\n")
    ...     read(file), read(file).labels.tolist()
    (Graph(nodes=3, edges=3, name='triangle.txt'), [10, 20, 30])
    """
    options = _Options(format, merge, directed, weights, loops, repeated, labels, nodes, encoding)
    return read_settled(path, **vars(options)).graph


def read_settled(path: str | os.PathLike[str], **options: Any) -> Settled:
    """The graph in a file with what was dropped, merged and noticed; arguments as in `read`.

    Raises:
        InvalidInput: as in `read`.
    """
    path, behind = split_options(path)
    chosen = _Options(**{**options, **behind})
    policy = chosen.policies
    content = content_of(path)
    format = _format_of(content, chosen.format)
    return settle(_listing(content, format, chosen), policy, Path(path).name)


def _format_of(file: Content, format: str | None) -> str:
    name, inner, content = file
    start = _start(content)[:64]
    seen = next((kind for mark, kind in _BEGINNINGS.items() if start.startswith(mark)), None)
    other = next((kind for kind, mark in _OTHERS.items() if mark.match(_start(content))), None)
    if other is not None and format in (None, *_AS_LINES):
        raise InvalidInput(
            f"'{name}' must be in a format that is read, such as an edge list, but it is {other}."
        )
    if seen == "graphml" and b"<gexf" in content[:4096]:
        seen = "gexf"
    if format is not None:
        if format in _AS_LINES and seen is not None and seen != "numpy":
            raise InvalidInput(f"'{name}' must be of the format {format}, but it is {seen}.")
        return format
    suffix = Path(inner).suffix.lower()
    for kind, endings in FORMATS.items():
        if suffix in endings:
            misleading = kind in ("edgelist", "graphml") and seen is not None
            return seen if misleading and seen else kind
    if inner.startswith("out."):  # KONECT
        return "edgelist"
    if seen is not None:
        return seen
    raise InvalidInput(
        f"format must be given for '{name}', whose ending stands for none of {', '.join(FORMATS)}."
    )


def _start(content: bytes) -> bytes:
    return content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()


def _listing(file: Content, format: str, options: _Options) -> Listing:
    name, inner, content = file
    labels, nodes, encoding = options.labels, options.nodes, options.encoding
    utf8 = encoding is not None or _is_utf8(content)
    if format in ("edgelist", "adjacency", "edgeindex"):
        kind = options.format
        if content[:6] == b"\x93NUMPY" or inner.lower().endswith(".npz"):
            return parse_arrays(name, content, kind, nodes)
        ignore = options.weights == "ignore"
        text = decoded(name, content, encoding)
        return parse_edge_list(name, text, ignore, labels, nodes, kind, utf8)
    if format == "numpy":
        return parse_arrays(name, content, None, nodes)
    if format in ("graphml", "gexf"):
        _require_memory(name, content, 20)
        return parse_xml_graph(name, content, {"graphml": "GraphML", "gexf": "GEXF"}[format])
    if format == "graph6":
        return parse_graph6(name, content)
    if format == "matrixmarket":
        return parse_matrix_market(name, _without_mark(name, content, encoding))
    _require_memory(name, content, 60)
    text = decoded(name, content, encoding)
    if format == "adjlist":
        return parse_adjacency_list(name, text, labels, utf8)
    parse = {"gml": parse_gml, "pajek": parse_pajek, "json": parse_json, "metis": parse_metis}
    return parse[format](name, text)


def _require_memory(name: str, content: bytes, times: int) -> None:
    require_memory(
        f"Reading '{name}'",
        times * len(content),
        "the same graph as an edge list or in Matrix Market format would need less",
    )


def _is_utf8(content: bytes) -> bool:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(name: str, content: bytes, encoding: str | None) -> bytes:
    """Matrix Market as plain bytes, without a byte order mark."""
    if (
        encoding is None
        and content[:3] != b"\xef\xbb\xbf"
        and content[:1] not in (b"\xff", b"\xfe")
    ):
        return content
    return decoded(name, content, encoding).encode("utf-8")
