"""Eqs. (1)-(10): the library against loops over nodes, and the shapes that the text gives.

Reference: li2021, The Graph Neural Network. Book page: `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations, averaging_gnn as ag, graphs
from gnnconv_lib.audit._averaging_cases import ACTIVATIONS, small_graphs
from gnnconv_lib.claims import choice, claim, domain, equal, fixed, graph, integer, readings
from gnnconv_lib.witnesses import averaging_network as witness

_D, _Q = 3, 2


def _features(nodes: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed + 7).standard_normal((nodes, _D))


def _weights() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    return generator.standard_normal((_D, _Q)), generator.standard_normal(_Q)


NODES = domain(
    graph(),
    choice("activation", *ACTIVATIONS),
    fixed("random H, W, v with d = 3, q = 2"),
    cases=lambda budget: [
        {"graph": g, "activation": name} for g in small_graphs(budget) for name in ACTIVATIONS
    ],
)


@claim("li2021:definition-neighbourhood", NODES, each=True, tolerance=1e-13)
def closed_neighbourhood(graph: Any, activation: str) -> Any:
    """Row i of D⁻¹AH is the average over N_i, A the adjacency matrix and D its degrees."""
    features = _features(graph.nodes)
    wanted = witness.averages(graph, features)
    plain = np.asarray(graph.adjacency.todense(), dtype=float)
    sizes = np.maximum(plain.sum(axis=1), 1.0)  # an isolated node would divide 0 by 0
    closed = plain + np.eye(graph.nodes)
    names = ("row of D^-1 A H", "average over N_i")
    scale = 1.0
    return readings(
        adjacency_matrix_of_the_graph=equal(
            plain @ features / sizes[:, None], wanted, names, scale
        ),
        with_a_unit_diagonal=equal(
            closed @ features / closed.sum(axis=1)[:, None], wanted, names, scale
        ),
    )


@claim("li2021:eq-1", NODES, each=True, tolerance=1e-13)
def node_update(graph: Any, activation: str) -> Any:
    """The updated feature of node i is σ(1/|N_i| Σ_{j ∈ N_i} H_j W)."""
    sigma, (W, _) = activations.get(activation), _weights()
    data = ag.node_sample(graph, _features(graph.nodes), np.zeros(graph.nodes), sigma)
    found = np.asarray(ag.hidden(jnp.asarray(W), data)).T
    wanted = witness.hidden(graph, _features(graph.nodes), sigma, W)
    return equal(found, wanted, ("library", "loop over N_i"), 1.0)


@claim("li2021:eq-2", NODES, each=True, tolerance=1e-13)
def convolution_of_all_nodes(graph: Any, activation: str) -> Any:
    """For all nodes the update is σ(D⁻¹AHW), A with ones on its diagonal."""
    sigma, (W, _) = activations.get(activation), _weights()
    closed = np.asarray(graph.adjacency.todense(), dtype=float) + np.eye(graph.nodes)
    product = closed @ _features(graph.nodes) @ W / closed.sum(axis=1)[:, None]
    wanted = witness.hidden(graph, _features(graph.nodes), sigma, W)
    return equal(np.asarray(sigma.function(product)), wanted, ("product", "loop over N_i"), 1.0)


@claim("li2021:eq-3", NODES, each=True, tolerance=1e-13)
def node_network(graph: Any, activation: str) -> Any:
    """The node-level network has the output σ(D⁻¹AHW) v."""
    sigma, (W, v) = activations.get(activation), _weights()
    data = ag.node_sample(graph, _features(graph.nodes), np.zeros(graph.nodes), sigma)
    wanted = witness.node_output(graph, _features(graph.nodes), sigma, W, v)
    return equal(np.asarray(ag.predict(W, v, data)), wanted, ("library", "loop over N_i"), 1.0)


# Several graphs at once.

ORDER = "loops and library add the weighted outputs in one order"


def _shares(readout: str, nodes: int, seed: int) -> np.ndarray:
    if readout == "one node":
        return np.eye(nodes)[0]
    if readout == "average":
        return np.full(nodes, 1 / nodes)
    return np.random.default_rng(seed).dirichlet(np.ones(nodes))


def _outputs(readout: str, activation: str, budget: str = "quick") -> tuple[Any, Any]:
    """The outputs of the small graphs together, by the library and by loops."""
    members = small_graphs(budget)
    sigma, (W, v) = activations.get(activation), _weights()
    weights = [_shares(readout, g.nodes, seed) for seed, g in enumerate(members)]
    parts = [_features(g.nodes, seed) for seed, g in enumerate(members)]
    wanted = [
        witness.graph_output(g, H, sigma, W, v, a)
        for g, H, a in zip(members, parts, weights, strict=True)
    ]
    given = weights if readout == "attention" else readout
    data = ag.graph_sample(members, parts, np.zeros(len(members)), given, sigma)
    return np.asarray(ag.predict(W, v, data)), np.array(wanted)


BY_ACTIVATION = domain(
    fixed("the small graphs of the audit, 1 to 10 nodes, read out together"),
    choice("activation", *ACTIVATIONS),
    fixed("random H_j, W, v with d = 3, q = 2"),
    cases=lambda budget: [{"activation": name} for name in ACTIVATIONS],
)


@claim("li2021:eq-5", BY_ACTIVATION, each=True, tolerance=1e-13)
def convolution_of_several_graphs(activation: str) -> Any:
    """On graph j the updated features are σ(D_j⁻¹A_jH_jW), with one W for all graphs."""
    members, sigma = small_graphs("quick"), activations.get(activation)
    W = _weights()[0]
    parts = [_features(g.nodes, seed) for seed, g in enumerate(members)]
    data = ag.graph_sample(members, parts, np.zeros(len(members)), "average", sigma)
    wanted = [witness.hidden(g, H, sigma, W) for g, H in zip(members, parts, strict=True)]
    found = np.asarray(ag.hidden(jnp.asarray(W), data)).T
    return equal(found, np.concatenate(wanted), ("library", "loops over N_i"), 1.0)


@claim("li2021:eq-6/value", BY_ACTIVATION, each=True, tolerance=1e-13)
def one_node_readout(activation: str) -> Any:
    """With a_j a unit vector the network reads the feature of the chosen node."""
    return equal(*_outputs("one node", activation), ("library", "loop"), 1.0)


@claim("li2021:eq-7", BY_ACTIVATION, each=True, tolerance=1e-13, exempt=ORDER)
def attention_readout(activation: str) -> Any:
    """With nonnegative a_j of sum 1 the network reads the weighted sum of the features."""
    return equal(*_outputs("attention", activation), ("library", "loop"), 1.0)


@claim("li2021:eq-8", BY_ACTIVATION, each=True, tolerance=1e-13)
def average_readout(activation: str) -> Any:
    """The average is the read-out with equal weights 1/n_j."""
    return equal(*_outputs("average", activation), ("library", "loop"), 1.0)


@claim("li2021:eq-9/value", BY_ACTIVATION, each=True, tolerance=1e-13, exempt=ORDER)
def graph_network(activation: str) -> Any:
    """The output of graph j is a_j σ(D_j⁻¹A_jH_jW) v."""
    return equal(*_outputs("attention", activation), ("library", "loop"), 1.0)


SHAPES = domain(
    integer("d", "[1, inf)", "input dimension d"),
    integer("q", "[1, inf)", "output dimension d_out"),
    fixed("K_2"),
    cases=lambda budget: [{"d": d, "q": q} for d in (1, 2, 3, 5) for q in (1, 2, 3, 5)],
)


def _length(d: int, q: int) -> int:
    """The length of g_j from the definition."""
    sigma = activations.get("relu")
    found = witness.hidden(graphs.complete(2), np.ones((2, d)), sigma, np.ones((d, q)))
    return int((np.full(2, 0.5) @ found).size)


@claim("li2021:eq-6/shape", SHAPES, each=True, repair="slip")
def embedding_dimension(d: int, q: int) -> Any:
    """g_j has the length d."""
    names = ("length of g_j", "stated length")
    return equal(_length(d, q), d, names), equal(_length(d, q), q, names)


@claim("li2021:eq-9/shape", SHAPES, each=True, repair="slip")
def readout_dimension(d: int, q: int) -> Any:
    """v has the length d."""
    names = ("length of v", "stated length")
    return equal(_length(d, q), d, names), equal(_length(d, q), q, names)
