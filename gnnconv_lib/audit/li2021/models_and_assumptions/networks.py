"""Eqs. (1)-(10): the library against loops over nodes, and the shapes that the text gives.

Reference: li2021, The Graph Neural Network. Book page: `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit._averaging_cases import Failure, averages, outcome, small_graphs, values
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "attention_readout",
    "average_readout",
    "closed_neighbourhood",
    "convolutional_networks",
    "embedding_dimension",
    "graph_convolution",
    "node_network",
    "node_update",
    "one_node_readout",
]

_TOLERANCE = 1e-13
_D, _Q = 3, 2
_SIGMA = "swish"


def closed_neighbourhood(budget: str = "quick") -> Evidence:
    """Row i of D^-1 A H is the average over node i and its neighbours: with the zero diagonal of an
    adjacency matrix as usually defined, and with a unit diagonal."""
    failures: list[Failure] = []
    worst = 0.0
    for graph in small_graphs(budget):
        features = _features(graph.nodes)
        wanted = averages(graph, features)
        plain = np.asarray(graph.adjacency.todense(), dtype=float)
        sizes = np.maximum(plain.sum(axis=1), 1.0)  # an isolated node would divide 0 by 0
        gap = np.abs(plain @ features / sizes[:, None] - wanted)
        if gap.max() > _TOLERANCE:
            i, a = np.unravel_index(gap.argmax(), gap.shape)
            found = float((plain @ features)[i, a] / sizes[i])
            words = f"{graph.nodes} node(s), {graph.edges} edge(s), zero diagonal"
            failures.append((words, float(wanted[i, a]), found))
        closed = plain + np.eye(graph.nodes)
        gap = np.abs(closed @ features / closed.sum(axis=1)[:, None] - wanted)
        gap = np.maximum(gap, np.abs(ag.average(graph, features) - wanted))
        worst = max(worst, float(gap.max()))
    return outcome(
        "numerical",
        failures,
        "Sets, matrices and the library give the same averages.",
        {"largest gap with a unit diagonal": worst},
        _TOLERANCE,
        "A has ones on its diagonal and D = diag(|N_i|) counts the node itself.",
        worst <= _TOLERANCE,
    )


def node_update(budget: str = "quick") -> Evidence:
    """Eq. (1) node by node against the library's hidden features."""
    return _node_level(budget, hidden=True)


def graph_convolution(budget: str = "quick") -> Evidence:
    """Eqs. (2) and (5): one product on the union of several graphs against loops on each of them."""
    members = small_graphs(budget)
    sigma = activations.get(_SIGMA)
    W = _weights()[0]
    parts = [_features(graph.nodes, seed) for seed, graph in enumerate(members)]
    data = ag.graph_sample(members, parts, np.zeros(len(members)), "average", sigma)
    hidden = np.asarray(ag.hidden(jnp.asarray(W), data)).T
    wanted = [values(sigma, averages(g, H) @ W) for g, H in zip(members, parts, strict=True)]
    gap = float(np.abs(hidden - np.concatenate(wanted)).max())
    failures: list[Failure] = [] if gap <= _TOLERANCE else [("several graphs", 0.0, gap)]
    summary = (
        f"{len(members)} graphs of 1 to 10 nodes, isolated nodes among them, all entries agree."
    )
    return outcome("numerical", failures, summary, {"largest gap": gap}, _TOLERANCE)


def node_network(budget: str = "quick") -> Evidence:
    """Eq. (3): the output sigma(D^-1 A H W) v against loops."""
    return _node_level(budget, hidden=False)


def one_node_readout(budget: str = "quick") -> Evidence:
    """Eq. (6): a_j picks one row of the hidden features of graph j."""
    return _read_out(budget, "one node")


def attention_readout(budget: str = "quick") -> Evidence:
    """Eqs. (7) and (9): nonnegative weights with sum 1."""
    return _read_out(budget, "attention")


def average_readout(budget: str = "quick") -> Evidence:
    """Eq. (8) is Eq. (7) with equal weights."""
    return _read_out(budget, "average")


def embedding_dimension(budget: str = "quick") -> Evidence:
    """The lengths of g_j and v in Eqs. (6)-(9): d in the text, q = d_out in the formulas."""
    graph = small_graphs(budget)[1]
    sigma = activations.get(_SIGMA)
    failures: list[Failure] = []
    right = True
    for d, q in ((1, 2), (3, 2), (2, 2)):
        W = np.ones((d, q))
        embedding = np.full(2, 0.5) @ values(sigma, averages(graph, _features(2)[:, :d]) @ W)
        data = ag.graph_sample([graph], _features(2)[:, :d], np.zeros(1), "average", sigma)
        right &= embedding.size == q and ag.predict(W, np.ones(q), data).shape == (1,)
        if embedding.size != d:
            failures.append((f"K_2, d = {d}, d_out = {q}: length of g_j", d, embedding.size))
            try:
                ag.predict(W, np.ones(d), data)
                right = False
            except InvalidInput:
                pass
    return outcome(
        "numerical",
        failures,
        "The embedding has the length d.",
        {"cases with d unlike d_out": len(failures)},
        0.0,
        "g_j and v have the length d_out; d is right only where d_out = d.",
        right,
    )


def convolutional_networks(budget: str = "quick") -> Evidence:
    """Exchanging the two neighbours of a node changes a convolution with a filter, never the
    average of Eq. (1)."""
    graph = graphs.path(3)
    failures: list[Failure] = []
    changed = 0.0
    for trial in range({"quick": 20, "full": 500}[budget]):
        generator = np.random.default_rng(trial)
        # Small integers: sums in any order are exact.
        H, W = generator.integers(-9, 10, (3, 2)) * 1.0, generator.standard_normal((2, 1))
        swapped = H[::-1]
        here, there = (
            values(activations.get("relu"), averages(graph, x) @ W)[1, 0] for x in (H, swapped)
        )
        changed = max(changed, abs(float(here - there)))
    filtered = [
        float(np.maximum(np.array([1.0, 0.0, 0.0]) @ np.array(x), 0.0))
        for x in ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    ]
    if changed <= 1e-12 and filtered[0] != filtered[1]:
        words = (
            "path of 3 nodes, filter (1, 0, 0): change at the centre when the ends swap features"
        )
        failures.append((words, filtered[0] - filtered[1], changed))
    return outcome(
        "search",
        failures,
        "The average tells the order of the neighbours.",
        {"largest change of the average": changed},
        1e-12,
    )


def _features(nodes: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed + 7).standard_normal((nodes, _D))


def _weights() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    return generator.standard_normal((_D, _Q)), generator.standard_normal(_Q)


def _node_level(budget: str, hidden: bool) -> Evidence:
    sigma = activations.get(_SIGMA)
    W, v = _weights()
    failures: list[Failure] = []
    worst = 0.0
    for graph in small_graphs(budget):
        H = _features(graph.nodes)
        wanted = values(sigma, averages(graph, H) @ W)
        data = ag.node_sample(graph, H, np.zeros(graph.nodes), sigma)
        found = (
            np.asarray(ag.hidden(jnp.asarray(W), data)).T
            if hidden
            else np.asarray(ag.predict(W, v, data))
        )
        gap = np.abs(found - (wanted if hidden else wanted @ v))
        worst = max(worst, float(gap.max()))
        if gap.max() > _TOLERANCE:
            failures.append(
                (f"{graph.nodes} node(s), {graph.edges} edge(s)", 0.0, float(gap.max()))
            )
    summary = "Loops over nodes and one matrix product agree on graphs of 1 to 10 nodes."
    return outcome("numerical", failures, summary, {"largest gap": worst}, _TOLERANCE)


def _read_out(budget: str, kind: str) -> Evidence:
    members = small_graphs(budget)
    generator = np.random.default_rng(5)
    sigma = activations.get(_SIGMA)
    W, v = _weights()
    shares = {
        "one node": lambda size: np.eye(size)[0],
        "attention": lambda size: generator.dirichlet(np.ones(size)),
        "average": lambda size: np.full(size, 1 / size),
    }[kind]
    weights = [shares(graph.nodes) for graph in members]
    parts = [_features(graph.nodes, seed) for seed, graph in enumerate(members)]
    wanted = [
        float(a @ values(sigma, averages(graph, H) @ W) @ v)
        for a, graph, H in zip(weights, members, parts, strict=True)
    ]
    readout = weights if kind == "attention" else kind
    data = ag.graph_sample(members, parts, np.zeros(len(members)), readout, sigma)
    gap = float(np.abs(np.asarray(ag.predict(W, v, data)) - wanted).max())
    failures: list[Failure] = [] if gap <= _TOLERANCE else [("several graphs", 0.0, gap)]
    summary = f"The outputs of {len(members)} graphs agree with loops."
    return outcome("numerical", failures, summary, {"largest gap": gap}, _TOLERANCE)
