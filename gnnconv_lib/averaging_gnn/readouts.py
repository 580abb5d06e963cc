"""Read-outs of a graph-level network: one node, attention weights, the average.

li2021, Eqs. (6)-(8). Every read-out is a nonnegative weight per node, with sum 1 in each graph.
Book page `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gnnconv_lib.averaging_gnn.graph_collection import GraphCollection
from gnnconv_lib.validation import InvalidInput, require_choice, require_integer, require_seed

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["READOUTS", "random_attention", "weights"]

READOUTS: tuple[str, ...] = ("average", "one node")


def weights(collection: GraphCollection, readout: Any) -> Float[np.ndarray, " nodes"]:
    """The weights a_j of all graphs, one after the other.

    Args:
        collection: n graphs with N nodes in all.
        readout: `"average"` (Eq. 8), `"one node"` (Eq. 6, node 0 of each graph), an integer i (node
            i of each graph), or the attention weights themselves (Eq. 7): an array of shape (N,) or
            one array per graph, nonnegative with sum 1 in each graph.

    Returns:
        float64 of shape (N,).

    Raises:
        InvalidInput: for an unknown name, a node that a graph does not have, or weights of a wrong
            shape, sign or sum.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn.graph_collection import collect
    >>> pair = collect([graphs.complete(2), graphs.empty(1)])
    >>> weights(pair, "average").tolist(), weights(pair, "one node").tolist()
    ([0.5, 0.5, 1.0], [1.0, 0.0, 1.0])
    """
    if isinstance(readout, str):
        if require_choice("readout", readout, READOUTS) == "average":
            return np.repeat(1.0 / collection.sizes, collection.sizes)
        readout = 0
    if isinstance(readout, int | np.integer):
        smallest = int(collection.sizes.min())
        node = require_integer("readout", readout, minimum=0, maximum=smallest - 1)
        result = np.zeros(collection.union.nodes)
        result[collection.starts + node] = 1.0
        return result
    return _attention(collection, readout)


def random_attention(collection: GraphCollection, seed: int) -> Float[np.ndarray, " nodes"]:
    """Attention weights drawn uniformly from the simplex, independently for each graph.

    Returns:
        float64 of shape (N,).

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn.graph_collection import collect
    >>> random_attention(collect([graphs.empty(1)]), seed=0).tolist()
    [1.0]
    """
    generator = np.random.default_rng(require_seed("seed", seed))
    draws = generator.standard_exponential(collection.union.nodes)
    return draws / np.repeat(np.add.reduceat(draws, collection.starts), collection.sizes)


def _attention(collection: GraphCollection, readout: Any) -> np.ndarray:
    try:
        values = (
            readout
            if isinstance(readout, np.ndarray)
            else np.concatenate([np.atleast_1d(np.asarray(part, float)) for part in readout])
        ).astype(np.float64)
    except (TypeError, ValueError):
        raise InvalidInput(
            "readout must be 'average', 'one node', a node number or attention weights."
        ) from None
    values = values.reshape(-1)
    if values.shape != (collection.union.nodes,):
        raise InvalidInput(
            f"readout must hold one attention weight per node ({collection.union.nodes}), "
            f"got {values.size}."
        )
    if not np.all(np.isfinite(values)) or values.min() < 0:
        raise InvalidInput("readout must hold finite, nonnegative attention weights.")
    sums = np.add.reduceat(values, collection.starts)
    if np.abs(sums - 1.0).max() > 1e-9:
        worst = int(np.argmax(np.abs(sums - 1.0)))
        raise InvalidInput(
            f"readout must hold attention weights with sum 1 in each graph, got {sums[worst]:g} "
            f"in graph {worst}."
        )
    return values
