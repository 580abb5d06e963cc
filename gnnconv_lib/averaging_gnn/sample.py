"""A data set of li2021 in the form that training touches: averaged features, labels, read-out.

The averages X = D^-1 A H do not depend on the weights, so they are computed once. They are stored
with one row per feature, because then each training step is a few products of contiguous
matrices, for one data set or for many at once. Book page `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib import activations
from gnnconv_lib.averaging_gnn import readouts
from gnnconv_lib.averaging_gnn.graph_collection import GraphCollection, average, collect
from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = [
    "Sample",
    "graph_sample",
    "label_sums",
    "node_sample",
    "pool",
    "spread",
    "stack",
]


@jax.tree_util.register_dataclass
@dataclass(frozen=True, eq=False)
class Sample:
    """Averaged features with labels, for a node-level or graph-level network.

    Leading axes, if any, run over independent data sets of one shape ("seeds").

    Fields:
        features: (..., d, N), the transpose of X = D^-1 A H, nodes with read-out weight 0 left out.
        labels: (..., m), one per node or one per graph.
        weights: (..., N) read-out weights, or `None` at node level (one label per node).
        owner: (N,) the graph of each node, or `None` where all graphs hold equally many nodes.
        activation: the activation sigma.
    """

    features: Float[jax.Array, "*batch features nodes"]
    labels: Float[jax.Array, "*batch labels"]
    weights: Float[jax.Array, "*batch nodes"] | None
    owner: Int[jax.Array, " nodes"] | None
    activation: activations.Activation = field(metadata={"static": True})

    @property
    def dimension(self) -> int:
        """The number of features d."""
        return int(self.features.shape[-2])

    @property
    def size(self) -> int:
        """The number of labels: nodes (node level) or graphs (graph level)."""
        return int(self.labels.shape[-1])

    def with_labels(self, labels: Numbers[ArrayLike, "*batch labels"]) -> Sample:
        """The same features with other labels of shape (..., m)."""
        return replace(self, labels=jnp.asarray(labels, self.features.dtype))


def node_sample(
    graph: Graph,
    H: Numbers[ArrayLike, "nodes features"],
    y: Numbers[ArrayLike, " nodes"],
    activation: Any = "relu",
) -> Sample:
    """The node-level data set: one label per node of one graph.

    Args:
        graph: n nodes; isolated nodes and n = 1 are allowed.
        H: (n, d) features. y: (n,) labels. activation: a name or an `Activation`.

    Raises:
        InvalidInput: for shapes that do not fit or values that are not finite.

    Reference: li2021, Eqs. (3)-(4).

    >>> from gnnconv_lib import graphs
    >>> node_sample(graphs.complete(2), [[0.0], [4.0]], [1.0, 2.0]).features.tolist()
    [[2.0, 2.0]]
    """
    graph = as_graph(graph)
    features, labels = _checked(H, y, graph.nodes, graph.nodes)
    averaged = np.ascontiguousarray(average(graph, features).T)
    X, y = as_float_array(averaged, labels)
    return Sample(X, y, None, None, activations.get(activation))


def graph_sample(
    graphs: Sequence[Graph] | GraphCollection,
    H: Any,
    y: Numbers[ArrayLike, " graphs"],
    readout: Any = "average",
    activation: Any = "relu",
) -> Sample:
    """The graph-level data set: one label per graph.

    Args:
        graphs: n graphs, also of different sizes.
        H: one array (n_j, d) per graph, or all of them stacked, (N, d).
        y: (n,) labels.
        readout: `"average"`, `"one node"`, a node number or attention weights (see `readouts`).
        activation: a name or an `Activation`.

    Raises:
        InvalidInput: for shapes that do not fit or values that are not finite.

    Reference: li2021, Eqs. (5)-(10).

    >>> from gnnconv_lib import graphs
    >>> two = [graphs.complete(2), graphs.empty(1)]
    >>> graph_sample(two, [[[0.0], [4.0]], [[5.0]]], [1.0, 2.0]).features.tolist()
    [[2.0, 2.0, 5.0]]
    """
    collection = collect(graphs)
    stacked = H if hasattr(H, "ndim") else np.concatenate([np.atleast_2d(part) for part in H])
    features, labels = _checked(stacked, y, collection.union.nodes, collection.number)
    weight = readouts.weights(collection, readout)
    kept = np.flatnonzero(weight)
    averaged = np.ascontiguousarray(average(collection.union, features)[kept].T)
    owner = collection.owner[kept]
    counts = np.bincount(owner, minlength=collection.number)
    equal = bool(np.all(counts == counts[0]))
    X, y, a = as_float_array(averaged, labels, weight[kept])
    return Sample(X, y, a, None if equal else jnp.asarray(owner), activations.get(activation))


def stack(samples: Sequence[Sample]) -> Sample:
    """Data sets of one shape as one, with a new leading axis of length S.

    Raises:
        InvalidInput: for an empty list, or samples that differ in shape, activation or sizes.
    """
    if not samples:
        raise InvalidInput("samples must hold at least one data set, got none.")
    first = samples[0]
    for other in samples[1:]:
        same_owner = (
            first.owner is other.owner
            if first.owner is None or other.owner is None
            else np.array_equal(first.owner, other.owner)
        )
        if (
            other.features.shape != first.features.shape
            or other.labels.shape != first.labels.shape
            or (other.weights is None) != (first.weights is None)
            or not same_owner
            or other.activation != first.activation
        ):
            raise InvalidInput("samples must agree in shape, graph sizes and activation.")
    shared = None if first.weights is None else jnp.stack([s.weights for s in samples])  # type: ignore[misc]
    return Sample(
        jnp.stack([s.features for s in samples]),
        jnp.stack([s.labels for s in samples]),
        shared,
        first.owner,
        first.activation,
    )


def pool(
    sample: Sample, values: Float[jax.Array, "*batch nodes"]
) -> Float[jax.Array, "*batch labels"]:
    """The weighted sum over the nodes behind each label: (..., N) to (..., m)."""
    if sample.weights is None:
        return values
    weighted = values * sample.weights
    if sample.owner is None:
        return weighted.reshape(*weighted.shape[:-1], sample.size, -1).sum(-1)
    empty = jnp.zeros((*weighted.shape[:-1], sample.size), weighted.dtype)
    return empty.at[..., sample.owner].add(weighted, indices_are_sorted=True)


def label_sums(
    sample: Sample, values: Float[jax.Array, "*batch rows nodes"]
) -> Float[jax.Array, "*batch rows labels"]:
    """`pool` for each row: (..., k, N) to (..., k, m)."""
    return jax.vmap(pool, in_axes=(None, -2), out_axes=-2)(sample, values)


def spread(
    sample: Sample, values: Float[jax.Array, "*batch labels"]
) -> Float[jax.Array, "*batch nodes"]:
    """The transpose of `pool`: (..., m) to (..., N)."""
    if sample.weights is None:
        return values
    if sample.owner is None:
        repeated = jnp.repeat(values, sample.features.shape[-1] // sample.size, axis=-1)
    else:
        repeated = values[..., sample.owner]
    return repeated * sample.weights


def _checked(H: Any, y: Any, nodes: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    features, labels = np.asarray(H), np.asarray(y)
    for name, values in (("H", features), ("y", labels)):
        if values.dtype.kind not in "fiu" or not np.all(np.isfinite(values)):
            raise InvalidInput(f"{name} must hold finite numbers.")
    if features.ndim != 2 or features.shape[0] != nodes or features.shape[1] < 1:
        raise InvalidInput(f"H must have shape ({nodes}, d), got {features.shape}.")
    if labels.shape != (number,):
        raise InvalidInput(f"y must have shape ({number},), got {labels.shape}.")
    return features, labels
