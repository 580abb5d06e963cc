"""Graphs: families, readers and their validation (floor 0).

Both papers: awasthi2021, Section 3; li2021, Section 2. Book: `book/setting.ipynb`.

>>> star(2)
Graph(nodes=3, edges=2, name='star(2)')
"""

from __future__ import annotations

from gnnconv_lib.graphs.coercion import as_graph
from gnnconv_lib.graphs.convert import from_networkx, from_scipy
from gnnconv_lib.graphs.facts import Facts, Hypothesis, facts
from gnnconv_lib.graphs.families import (
    complement,
    complete,
    cycle,
    disjoint_cliques,
    disjoint_union,
    empty,
    grid,
    path,
    petersen,
    star,
)
from gnnconv_lib.graphs.graph import Graph, from_edges
from gnnconv_lib.graphs.named import FAMILIES, named
from gnnconv_lib.graphs.random_families import barabasi_albert, erdos_renyi, random_regular
from gnnconv_lib.graphs.readers import FORMATS, read, read_settled
from gnnconv_lib.graphs.stored import StoredGraph, open_stored, store, store_rows

__all__ = [
    "FAMILIES",
    "FORMATS",
    "Facts",
    "Graph",
    "Hypothesis",
    "StoredGraph",
    "as_graph",
    "barabasi_albert",
    "complement",
    "complete",
    "cycle",
    "disjoint_cliques",
    "disjoint_union",
    "empty",
    "erdos_renyi",
    "facts",
    "from_edges",
    "from_networkx",
    "from_scipy",
    "grid",
    "named",
    "open_stored",
    "path",
    "petersen",
    "random_regular",
    "read",
    "read_settled",
    "star",
    "store",
    "store_rows",
]
