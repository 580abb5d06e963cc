"""The slow reference: message passing over the nodes of the graph, as the definition has it.

Section 4 of awasthi2021, book page `book/awasthi2021/deep-linear`.

Nothing here knows of eigenvalues or walks. `forward` runs Eqs. (18)-(19) on given features.
`loss_by_recursion` builds the linear map from all features to the output by one matrix per node
and takes its squared norm, which is the expectation over standard Gaussian features. Cost and
memory of the second grow with the number of nodes and edges; differentiate it with `jax.grad`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.linear_gnn.population import matrices
from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput, require_integer

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["forward", "loss_by_recursion", "node_blocks"]


def forward(
    features: Numbers[ArrayLike, "*samples nodes features"],
    W1: Numbers[ArrayLike, "features features"],
    W2: Numbers[ArrayLike, "features features"],
    graph: Graph,
    rounds: int,
) -> Float[jax.Array, "*samples features"]:
    """Output y = sum_i x_i^{(L)} of the linear GNN.

    One round is x_i^{(l)} = W1 x_i^{(l-1)} + W2 sum_{j~i} x_j^{(l-1)}.

    Args:
        features: (..., n, r) node features; leading axes are samples.
        W1, W2: (r, r). graph: n nodes. rounds: L, at least 1.

    Returns:
        Array (..., r).

    Raises:
        InvalidInput: if the features do not have one row per node.

    Reference: awasthi2021, Eqs. (18)-(19).

    >>> from gnnconv_lib import graphs
    >>> forward([[1.0], [10.0], [100.0]], [[0.0]], [[1.0]], graphs.path(3), 1).tolist()
    [121.0]
    """
    graph = as_graph(graph)
    W1, W2 = matrices(W1, W2)
    (embedding,) = as_float_array(features)
    if embedding.shape[-2:] != (graph.nodes, len(W1)):
        raise InvalidInput(
            f"features must have shape (..., {graph.nodes}, {len(W1)}), got {embedding.shape}."
        )
    return _forward(
        embedding, W1, W2, *_messages(graph), require_integer("rounds", rounds, minimum=1)
    )


@partial(jax.jit, static_argnames="rounds")
def _forward(
    embedding: jax.Array,
    W1: jax.Array,
    W2: jax.Array,
    receivers: jax.Array,
    senders: jax.Array,
    rounds: int,
) -> jax.Array:
    for _ in range(rounds):
        messages = jnp.zeros_like(embedding).at[..., receivers, :].add(embedding[..., senders, :])
        embedding = embedding @ W1.T + messages @ W2.T
    return embedding.sum(axis=-2)


def node_blocks(
    W1: Numbers[ArrayLike, "features features"],
    W2: Numbers[ArrayLike, "features features"],
    graph: Graph,
    rounds: int,
) -> Float[jax.Array, "nodes features features"]:
    """The (r, r) blocks T_j with y = sum_j T_j x_j, by the recursion backwards through the rounds.

    T_j = T_j W1 + (sum_{i~j} T_i) W2, repeated L times from T_j = I.

    Returns:
        Array (n, r, r).

    >>> from gnnconv_lib import graphs
    >>> node_blocks([[0.0]], [[1.0]], graphs.path(3), 1)[:, 0, 0].tolist()
    [1.0, 2.0, 1.0]
    """
    graph = as_graph(graph)
    W1, W2 = matrices(W1, W2)
    receivers, senders = _messages(graph)
    rounds = require_integer("rounds", rounds, minimum=1)
    start = jnp.broadcast_to(jnp.eye(len(W1), dtype=W1.dtype), (graph.nodes, *W1.shape))
    return _node_blocks(start, W1, W2, receivers, senders, rounds)


@partial(jax.jit, static_argnames="rounds")
def _node_blocks(
    blocks: jax.Array,
    W1: jax.Array,
    W2: jax.Array,
    receivers: jax.Array,
    senders: jax.Array,
    rounds: int,
) -> jax.Array:
    for _ in range(rounds):
        sums = jnp.zeros_like(blocks).at[receivers].add(blocks[senders])
        blocks = blocks @ W1 + sums @ W2
    return blocks


def loss_by_recursion(
    W1: Numbers[ArrayLike, "features features"],
    W2: Numbers[ArrayLike, "features features"],
    W1_star: Numbers[ArrayLike, "features features"],
    W2_star: Numbers[ArrayLike, "features features"],
    graph: Graph,
    rounds: int,
) -> Float[jax.Array, ""]:
    """Population loss 1/2 sum_j |T_j - T_j*|_F^2 with the blocks of `node_blocks`.

    Args and Raises: as `population.loss`, for a `Graph` only.

    Reference: awasthi2021, Eqs. (20)-(21).

    >>> from gnnconv_lib import graphs
    >>> float(loss_by_recursion([[0.0]], [[1.0]], [[0.0]], [[0.0]], graphs.path(3), 2))
    6.0
    """
    student = node_blocks(W1, W2, graph, rounds)
    teacher = node_blocks(W1_star, W2_star, graph, rounds)
    return 0.5 * jnp.sum((student - teacher) ** 2)


def _messages(graph: Graph) -> tuple[np.ndarray, np.ndarray]:
    """Receiving and sending node of every message of one round."""
    return np.repeat(np.arange(graph.nodes), graph.degrees), np.asarray(graph.indices)
