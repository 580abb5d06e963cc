"""What a file or an object lists, before anything is decided: `settle` makes the graph of it.

Every reader and converter ends here, so that direction, weights, loops and repetitions are treated
alike everywhere, and spoken of in the labels and line numbers of the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse

from gnnconv_lib.graphs.graph import Graph, index_type
from gnnconv_lib.graphs.memory import require_graph_memory
from gnnconv_lib.graphs.policies import Policies
from gnnconv_lib.validation import InvalidInput

__all__ = ["Listing", "Settled", "settle"]


@dataclass
class Listing:
    """Edges as they are listed.

    Fields:
        source: the subject of sentences, such as "'g.txt'" or "A".
        nodes: their number n.
        ends: int64 of shape (E, 2), positions of the nodes.
        weights: shape (E,), or None if there are none.
        directed: whether the source says so.
        arcs: whether both (i, j) and (j, i) are expected for an edge, as in a matrix; if one of
            them is missing, the source is directed.
        labels: what the source calls the nodes; None for 0, ..., n - 1.
        lines: the line of each edge in a text, or None.
        words: what stands in place of a weight where that is no number, by the place of the edge.
        kind: "edge" or "entry".
        notes: sentences about what else was seen.
    """

    source: str
    nodes: int
    ends: np.ndarray
    weights: np.ndarray | None = None
    directed: bool = False
    arcs: bool = False
    labels: Sequence[Any] | np.ndarray | None = None
    lines: np.ndarray | None = None
    kind: str = "edge"
    words: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def label(self, node: int) -> str:
        """What the source calls a node, as it stands in sentences."""
        value = node if self.labels is None else self.labels[node]
        return str(value) if isinstance(value, int | np.integer) else _shortened(repr(value))

    def pair(self, index: int) -> str:
        """An edge in the words of the source."""
        one, other = (int(node) for node in self.ends[index])
        return f"({self.label(one)}, {self.label(other)})"

    def place(self, index: int) -> str:
        """Where an edge stands: its line, if it has one, and its ends."""
        if self.lines is None:
            return f"the {self.kind} {self.pair(index)}"
        return f"the edge {self.pair(index)} on line {self.lines[index]}"


@dataclass(frozen=True)
class Settled:
    """A graph and what had to be done to get it.

    Fields:
        graph: the graph.
        listed: how many edges (or entries) the source lists.
        symmetrised: arcs without a reverse that became edges.
        unweighted: edges that lost a weight other than 1.
        loops: self loops that were dropped.
        merged: listed edges that were another listing of the same edge.
        notes: as in `Listing`.
    """

    graph: Graph
    listed: int
    symmetrised: int = 0
    unweighted: int = 0
    loops: int = 0
    merged: int = 0
    notes: tuple[str, ...] = ()


class _Refused(InvalidInput):
    """A refusal that an option would lift."""


def settle(listing: Listing, policy: Policies, name: str) -> Settled:
    """The graph of a listing.

    Raises:
        InvalidInput: for direction, weights, loops and repetitions that the policy refuses; the
            sentence says where the first one stands, and which options would let the graph pass.

    >>> twice = Listing("'g.txt'", 2, np.array([[0, 1], [1, 0]]), labels=[100, 200])
    >>> settle(twice, Policies(repeated="merge"), "g").graph.edges
    1
    """
    try:
        return _settle(listing, policy, name)
    except _Refused as refusal:
        words = str(refusal).removesuffix(".")
        more = [option for option in _needed(listing, policy) if option not in words]
        also = f", and {' and '.join(more)} would be needed as well" if more else ""
        raise InvalidInput(f"{words}{also}.") from None


def _needed(listing: Listing, policy: Policies) -> list[str]:
    """The options without which this listing is refused."""
    found = _settle(listing, Policies("symmetrise", "ignore", "ignore", "merge"), "")
    one_way = listing.directed or (listing.arcs and found.symmetrised)
    twice = found.merged
    if listing.directed:  # an arc and its reverse are one edge without further ado
        kept = listing.ends[listing.ends[:, 0] != listing.ends[:, 1]]
        twice = len(kept) - np.unique(kept[:, 0] * listing.nodes + kept[:, 1]).size
    wanted = {
        "directed='symmetrise'": one_way and policy.directed == "refuse",
        "weights='ignore'": found.unweighted and policy.weights == "refuse",
        "loops='ignore'": found.loops and policy.loops == "refuse",
        "repeated='merge'": twice and policy.repeated == "refuse",
    }
    return [option for option, needed in wanted.items() if needed]


def _settle(listing: Listing, policy: Policies, name: str) -> Settled:
    count = len(listing.ends)
    require_graph_memory(
        f"A graph of {listing.nodes} nodes and {count} edges", listing.nodes, count
    )
    unweighted = _weights(listing, policy)
    if listing.directed and policy.directed == "refuse":
        raise _Refused(
            f"{listing.source} must be undirected, but it says that it is directed; "
            "directed='symmetrise' would make an edge of every arc."
        )
    loops = listing.ends[:, 0] == listing.ends[:, 1]
    dropped = int(np.count_nonzero(loops))
    kept = np.arange(count)
    if dropped:
        if policy.loops == "refuse":
            first = int(np.argmax(loops))
            total = f" ({dropped} in all)" if dropped > 1 else ""
            raise _Refused(
                f"{listing.source} must have no self loops, got {listing.place(first)}{total}; "
                "loops='ignore' would drop them."
            )
        kept = np.flatnonzero(~loops)
    one_way = listing.directed or listing.arcs
    matrix, repetitions = _counted(listing, kept, one_way, policy)
    symmetrised = merged = 0
    if one_way:
        pattern = scipy.sparse.csr_array(
            (np.ones(matrix.nnz, np.int8), matrix.indices, matrix.indptr), shape=matrix.shape
        )
        reverse = pattern.T.tocsr()
        reverse.sort_indices()
        alone = pattern - reverse
        alone.eliminate_zeros()
        symmetrised = alone.nnz // 2
        if symmetrised and not listing.directed and policy.directed == "refuse":
            raise _Refused(_asymmetric(listing, alone))
        pairs = pattern.nnz - symmetrised
        merged = repetitions + (pairs // 2 if listing.directed else 0)
        whole = pattern + reverse
    else:
        merged = repetitions
        whole = matrix + matrix.T.tocsr()
    whole.sort_indices()
    labels = listing.labels
    graph = Graph(listing.nodes, whole.indptr, whole.indices, name, labels)
    return Settled(graph, count, symmetrised, unweighted, dropped, merged, tuple(listing.notes))


def _weights(listing: Listing, policy: Policies) -> int:
    if listing.weights is None:
        return 0
    odd = listing.weights != 1
    number = int(np.count_nonzero(odd))
    if number and policy.weights == "refuse":
        first = int(np.argmax(odd))
        word = listing.words.get(first)
        weight = _number(listing.weights[first]) if word is None else _shortened(repr(word))
        raise _Refused(
            f"{listing.source} must be unweighted (no weights other than 1), but "
            f"{listing.place(first)} has the weight {weight}; "
            "weights='ignore' would drop all weights."
        )
    return number


def _counted(
    listing: Listing, kept: np.ndarray, one_way: bool, policy: Policies
) -> tuple[scipy.sparse.csr_array, int]:
    """How often each arc (or each pair i < j) is listed, and how many listings are one too many."""
    n = listing.nodes
    dtype = index_type(n, 2 * len(kept))
    ends = (listing.ends if len(kept) == len(listing.ends) else listing.ends[kept]).astype(dtype)
    if one_way:
        rows, columns = ends[:, 0], ends[:, 1]
    else:
        rows, columns = ends.min(axis=1, initial=n), ends.max(axis=1, initial=0)
    ones = np.ones(len(kept), np.int64)
    matrix = scipy.sparse.coo_array((ones, (rows, columns)), shape=(n, n)).tocsr()
    matrix.sum_duplicates()
    repetitions = len(kept) - matrix.nnz
    if repetitions and policy.repeated == "refuse":
        first = int(np.argmax(matrix.data > 1))
        row = int(np.searchsorted(matrix.indptr, first, side="right")) - 1
        same = kept[(rows == row) & (columns == matrix.indices[first])]
        times = f"occurs {len(same)} times"
        if listing.lines is not None:
            times += f" (lines {listing.lines[same[0]]} and {listing.lines[same[1]]})"
        every = bool(np.all(matrix.data == 2)) and not one_way
        both = every and _both_ways(ends, n)
        hint = "; every edge is listed in both directions, and" if both else ";"
        raise _Refused(
            f"{listing.source} must not repeat edges, but {listing.pair(int(same[0]))} {times}"
            f"{hint} repeated='merge' would count each once."
        )
    return matrix, repetitions


def _both_ways(ends: np.ndarray, n: int) -> bool:
    """Whether the arcs and their reverses are the same set."""
    there = np.sort(ends[:, 0].astype(np.int64) * n + ends[:, 1])
    back = np.sort(ends[:, 1].astype(np.int64) * n + ends[:, 0])
    return bool(np.array_equal(there, back))


def _asymmetric(listing: Listing, alone: scipy.sparse.csr_array) -> str:
    column = int(alone.indices[0])
    row = int(np.searchsorted(alone.indptr, 0, side="right")) - 1
    one, other = listing.label(row), listing.label(column)
    return (
        f"{listing.source} must be symmetric, but the entries ({one}, {other}) and "
        f"({other}, {one}) differ: the graph is directed; directed='symmetrise' would make an edge "
        "of every arc."
    )


def _number(value: Any) -> str:
    if not isinstance(value, float):
        return _shortened(str(value))
    short = f"{value:g}"
    return short if float(short) == value or value != value else repr(float(value))


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
