"""The auxiliary matrix of Algorithm 1 in closed form: a multiple of the identity.

Eq. (11): Xi_N = E[X' sigma(X)] with X = D^-1 A H. The entries of a row X_i are independent with
variance tau_i^2 = 1/|N_i|, so E[X_ia sigma(X_ib)] = 0 for a != b, and Stein's identity gives
E[X_ia sigma(X_ia)] = tau_i^2 E sigma'(tau_i Z). Eq. (12): E[X_ka sigma(X_la)] = (P P')_kl E sigma'(tau_l Z)
with P = D^-1 A, so the read-out a_j contributes (P' a)' (P' (a * e)), e_l = E sigma'(tau_l Z).
No pass over data is needed. Book page `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from gnnconv_lib.averaging_gnn import readouts
from gnnconv_lib.averaging_gnn.gaussian_means import mean_derivative
from gnnconv_lib.averaging_gnn.graph_collection import (
    GraphCollection,
    average_transposed,
    collect,
)
from gnnconv_lib.averaging_gnn.sample import Sample, label_sums
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.degrees import DegreeMeasure, degrees
from gnnconv_lib.validation import require_choice

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["NORMALIZATIONS", "as_degrees", "xi_empirical", "xi_graph", "xi_node"]

NORMALIZATIONS: tuple[str, ...] = ("sum", "mean")


def xi_node(
    graph: Graph | DegreeMeasure, activation: Any = "relu", normalization: str = "sum"
) -> float:
    """The scalar xi with Xi_N = xi I: xi = sum_i tau_i^2 E sigma'(tau_i Z), tau_i^2 = 1/|N_i|.

    Args:
        graph: n nodes, |N_i| = d_i + 1; or its `summaries.degrees`.
        activation: a name or an `Activation`.
        normalization: `"sum"` as printed in Eq. (11), or `"mean"`, the sum divided by n. Line 4 of
            Algorithm 1 divides by n as well, so that with "sum" it divides twice.

    Raises:
        InvalidInput: for an unknown activation or normalisation.

    Reference: li2021, Eq. (11).

    On K_2 both nodes average two features (tau^2 = 1/2), and E sigma' = 1/2 for ReLU.

    >>> from gnnconv_lib import graphs
    >>> round(xi_node(graphs.complete(2), "relu"), 12)
    0.5
    >>> round(xi_node(graphs.complete(2), "relu", "mean"), 12)
    0.25
    """
    require_choice("normalization", normalization, NORMALIZATIONS)
    measure = as_degrees(graph)
    total = float(measure.total(lambda size: mean_derivative(activation, size**-0.5) / size))
    return total if normalization == "sum" else total / measure.nodes


def xi_graph(
    graphs: Sequence[Graph] | GraphCollection, readout: Any = "average", activation: Any = "relu"
) -> float:
    """The scalar xi with Xi_G = xi I: xi = (1/n) sum_j (P_j' a_j)' (P_j' (a_j * e_j)).

    Here P_j = D_j^-1 A_j, e_l = E sigma'(tau_l Z) and tau_l^2 = 1/|N_l|.

    Args:
        graphs: n graphs, also of different sizes.
        readout: `"average"`, `"one node"`, a node number or attention weights.
        activation: a name or an `Activation`.

    Raises:
        InvalidInput: for an unknown activation or read-out.

    Reference: li2021, Eq. (12).

    The average over K_2 has the variance of one row, 1/2, and E sigma' = 1/2 for ReLU.

    >>> from gnnconv_lib import graphs
    >>> round(xi_graph([graphs.complete(2)], "average", "relu"), 12)
    0.25
    """
    collection = collect(graphs)
    weight = readouts.weights(collection, readout)
    means = mean_derivative(activation, (collection.union.degrees + 1.0) ** -0.5)
    left = average_transposed(collection.union, weight)
    right = average_transposed(collection.union, weight * means)
    return float(left @ right) / collection.number


def xi_empirical(
    data: Sample, normalization: str = "mean"
) -> Float[jax.Array, "*batch features features"]:
    """The one-pass estimate X' sigma(X) / m from the data themselves, a full matrix.

    At graph level it is (1/m) sum_j X_j' a_j' a_j sigma(X_j). It needs no labels.

    Args:
        data: a `Sample` with m labels.
        normalization: `"mean"`, or `"sum"` to leave out the factor 1/m (node level as printed).

    Returns:
        Array of shape (..., d, d), not symmetric in general.

    Reference: li2021, Eqs. (11)-(12) and the sentence on one pass below them.

    >>> from gnnconv_lib import graphs
    >>> from gnnconv_lib.averaging_gnn import node_sample
    >>> xi_empirical(node_sample(graphs.empty(2), [[1.0], [-3.0]], [0.0, 0.0])).tolist()
    [[0.5]]
    """
    require_choice("normalization", normalization, NORMALIZATIONS)
    X = data.features
    images = label_sums(data, data.activation.function(X))
    total = jnp.einsum("...am,...bm->...ab", label_sums(data, X), images)
    return total / data.size if normalization == "mean" else total


def as_degrees(graph: Graph | DegreeMeasure) -> DegreeMeasure:
    """The degree measure of a graph; a measure is handed back as it is."""
    return graph if isinstance(graph, DegreeMeasure) else degrees(graph)
