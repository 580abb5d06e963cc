"""Which columns of a table hold the two ends of an edge and its weight, by the names above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Columns", "columns_named"]

_CERTAIN = (
    ("source", "target"),
    ("source", "destination"),
    ("source", "dest"),
    ("from", "to"),
    ("src", "dst"),
    ("src", "dest"),
    ("src", "tgt"),
    ("origin", "destination"),
    ("sender", "receiver"),
    ("follower", "followee"),
    ("node1", "node2"),
    ("nodea", "nodeb"),
    ("vertex1", "vertex2"),
    ("user1", "user2"),
    ("protein1", "protein2"),
    ("gene1", "gene2"),
    ("id1", "id2"),
)
# Names that nodes may have as well: a header only above integers.
_LIKELY = (
    ("start", "end"),
    ("head", "tail"),
    ("tail", "head"),
    ("left", "right"),
    ("first", "second"),
    ("parent", "child"),
    ("row", "col"),
    ("row", "column"),
    ("node", "neighbor"),
    ("node", "neighbour"),
    ("u", "v"),
    ("i", "j"),
    ("a", "b"),
    ("x", "y"),
    ("n1", "n2"),
    ("v1", "v2"),
)
_WEIGHTS = {
    "weight", "weights", "w", "wt", "value", "val", "count", "counts", "strength", "multiplicity",
    "capacity", "cost", "distance", "dist", "length", "similarity", "score", "probability", "rating",
    "sign", "combinedscore",
}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Positions of columns.

    Fields:
        ends: of the two nodes.
        weight: of the weight, or None.
        kind: of Gephi's type (`Directed` or `Undirected`), or None.
        arcs: of a column called `directed`, which says yes or no, or None.
        others: the names of all others.
        certain: whether no node would be called like that.
    """

    ends: tuple[int, int]
    weight: int | None
    kind: int | None
    arcs: int | None
    others: tuple[str, ...]
    certain: bool


def columns_named(names: Sequence[str], others_too: bool = False) -> Columns | None:
    """The columns of a header line, or None if it names no pair of ends.

    With `others_too` the first two columns are the ends, whatever they are called.

    >>> columns_named(["Source", "Target", "Weight", "time"])
    Columns(ends=(0, 1), weight=2, kind=None, arcs=None, others=('time',), certain=True)
    >>> columns_named(["anna", "boris"]) is None
    True
    """
    plain = [_plain(name) for name in names]
    for pair in (*_CERTAIN, *_LIKELY):
        if all(plain.count(name) == 1 for name in pair):
            ends = plain.index(pair[0]), plain.index(pair[1])
            break
    else:
        if not others_too or len(names) < 2:
            return None
        pair, ends = ("", ""), (0, 1)
    rest = [place for place in range(len(plain)) if place not in ends]
    weight = next((place for place in rest if plain[place] in _WEIGHTS), None)
    kind = next((place for place in rest if plain[place] == "type"), None)
    arcs = next((place for place in rest if plain[place] == "directed"), None)
    read = (weight, kind, arcs)
    others = tuple(names[place] for place in rest if place not in read and names[place])
    return Columns(ends, weight, kind, arcs, others, pair in _CERTAIN)


def _plain(name: str) -> str:
    """A name without case, spaces, and the words that add nothing: FromNodeId is from."""
    word = re.sub(r"[\s_\-.#]", "", name.strip().lower())
    short = re.sub(
        r"(?:nodeid|vertexid|userid|pageid|node|vertex|name|label|id|index|idx)$", "", word
    )
    return short or word
