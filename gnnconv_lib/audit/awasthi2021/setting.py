"""The model and the notation: closed neighbourhoods, shared messages, harmless normalisations.

Reference: awasthi2021, sections 2 and 3. Book page: book/setting.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import graphs, relu_gnn
from gnnconv_lib.claims import (
    both,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    graph,
    integer,
    readings,
    real,
    sampled,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_network, relu_pairs
from gnnconv_lib.witnesses.dual_activation import dual_activation

_SAMPLES = {"quick": 20_000, "full": 60_000}


def regular_graphs(budget: str) -> list[Graph]:
    """Small and extreme regular graphs, smallest first; larger random ones in the full budget."""
    small = [
        graphs.complete(1),
        graphs.complete(2),
        graphs.empty(3),
        graphs.cycle(5),
        graphs.complete(5),
        graphs.disjoint_cliques(2, 3),
        graphs.petersen(),
    ]
    if budget == "quick":
        return small
    return [*small, *(graphs.random_regular(40, d, seed=d) for d in (3, 10, 30))]


def small_graphs(budget: str) -> list[Graph]:
    """Small and extreme graphs, regular and not, smallest first."""
    small = [
        *regular_graphs("quick"),
        graphs.path(3),
        graphs.star(4),
        graphs.disjoint_union(graphs.star(3), graphs.path(1)),
        graphs.erdos_renyi(12, 0.3, 1),
    ]
    if budget == "full":
        small += [graphs.erdos_renyi(30, p, seed) for seed, p in enumerate((0.05, 0.2, 0.7))]
        small += [graphs.barabasi_albert(40, 3, 1), graphs.grid(5, 6)]
    return sorted(small, key=lambda entry: (entry.nodes, entry.edges))


def weights(units: int, width: int, seed: int) -> tuple[Any, Any]:
    """Gaussian weights W and teachers W* with rows of length 1, shape (h, r).

    In two of three cases the first row is parallel or opposite to its teacher.
    """
    W, W_star = np.random.default_rng(seed).normal(size=(2, units, width))
    W_star /= np.linalg.norm(W_star, axis=1, keepdims=True)
    if seed % 3:
        W[0] = (1.7 if seed % 3 == 1 else -0.4) * W_star[0]
    return W, W_star


_SHAPES = [(1, 1), (4, 5), (1, 5), (4, 1)]


def on_graphs(chosen: Any, **more: Any) -> Any:
    """Rows (graph, r, h, W, W*), smallest first."""

    def cases(budget: str) -> list[dict[str, Any]]:
        rows = []
        shapes = _SHAPES if budget == "full" else [None]
        for number, (entry, shape) in enumerate(product(chosen(budget), shapes)):
            h, r = shape or _SHAPES[number % 2]
            W, W_star = weights(h, r, number)
            row = {"graph": entry, "r": r, "h": h, "W": W, "W_star": W_star, "seed": number}
            extra = [dict(zip(more, values, strict=True)) for values in product(*more.values())]
            rows += [{**row, **entry_of} for entry_of in extra]
        return rows

    return cases


def say(graph: Graph, r: int, h: int) -> str:
    """A case in words."""
    return f"{graph.name}, r = {r}, h = {h}"


WIDTH, UNITS = integer("r", "[1, inf)"), integer("h", "[1, inf)")
WEIGHTS = (
    drawn("W", "weights W"),
    drawn("W_star", "teacher W* with rows of length 1"),
)
REGULAR = domain(
    graph(among="every regular graph"),
    WIDTH,
    UNITS,
    *WEIGHTS,
    cases=on_graphs(regular_graphs),
    derived=("seed",),
    words=say,
)
ANY = domain(
    graph(),
    WIDTH,
    UNITS,
    *WEIGHTS,
    cases=on_graphs(small_graphs),
    derived=("seed",),
    words=say,
)
SCALED = domain(
    graph(),
    WIDTH,
    UNITS,
    *WEIGHTS,
    real("scale", "(0, inf)", "length |w*| of the rows of the teacher"),
    cases=on_graphs(small_graphs, scale=(0.3, 1e-6, 7.0, 1e6)),
    derived=("seed",),
    words=lambda graph, r, h, scale: f"{say(graph, r, h)}, |w*| = {scale:g}",
)
SAMPLED_REGULAR = domain(
    graph(among="every regular graph"),
    WIDTH,
    UNITS,
    *WEIGHTS,
    fixed("independent standard normal features"),
    cases=lambda budget: on_graphs(regular_graphs, samples=(_SAMPLES[budget],))(budget),
    derived=("seed", "samples"),
    words=say,
)
NEIGHBORHOODS = domain(
    graph(among="every regular graph"),
    fixed("neighbourhoods that contain the node itself"),
    derived=("neighborhood",),
    cases=lambda budget: [
        {"graph": entry, "neighborhood": "closed"} for entry in regular_graphs(budget)
    ],
)
GRAPHS = domain(graph(), cases=lambda budget: [{"graph": entry} for entry in small_graphs(budget)])


@claim("awasthi2021:definition-shared-messages/count", GRAPHS, each=True)
def shared_messages(graph: Graph) -> Any:
    """d_ij counts the common members of two closed neighbourhoods and is entry (i, j) of (Adj + I)²;
    the overlap measure has the same total."""
    counted = relu_pairs.shared_messages(graph)
    matrix = np.asarray(graph.adjacency.todense()) + np.eye(graph.nodes, dtype=np.int64)
    total = float(overlap(graph).shared_messages)
    return both(
        equal(counted, matrix @ matrix, ("common members", "entry of (Adj + I)²")),
        equal(counted.sum(), total, ("all common members", "total of the overlap measure")),
    )


@claim("awasthi2021:definition-shared-messages/diagonal", GRAPHS, each=True)
def own_messages(graph: Graph) -> Any:
    """d_ii = d_i + 1."""
    counted = np.diag(relu_pairs.shared_messages(graph))
    return equal(counted, graph.degrees + 1, ("d_ii", "d_i + 1"))


@claim("awasthi2021:remark-neighbourhood-sum", NEIGHBORHOODS, each=True)
def neighborhood_sum(graph: Graph, neighborhood: str) -> Any:
    """Each x̄_i is a sum of d + 1 different features, so that it is N(0, (d+1) I)."""
    one_by_one = np.eye(graph.nodes)[:, :, None]
    coefficients = relu_network.neighborhood_sums(one_by_one, graph, neighborhood)[:, :, 0]
    degree = float(graph.degrees[0])
    return both(
        equal((coefficients**2).sum(axis=0), degree + 1, ("variance of x̄_i", "d + 1")),
        equal((coefficients != 0).sum(axis=0), degree + 1, ("messages in x̄_i", "d + 1")),
    )


@claim("awasthi2021:eq-4", SAMPLED_REGULAR, each=True)
def data_of_the_network(
    graph: Graph, W: np.ndarray, W_star: np.ndarray, seed: int, samples: int
) -> Any:
    """The data of Eq. (4) have the loss of Eq. (12)."""
    features = np.random.default_rng(seed).normal(size=(samples, graph.nodes, W.shape[1]))
    expected = float(relu_gnn.loss(W, W_star, overlap(graph)))

    def against(neighborhood: str) -> Any:
        ours, theirs = (
            relu_network.outputs(features, weights, graph, neighborhood) for weights in (W, W_star)
        )
        losses = ((ours - theirs) ** 2).sum(axis=1) / 2
        error = losses.std(ddof=1) / np.sqrt(samples)
        names = ("mean loss of samples", "loss of Eq. (12)")
        return sampled(losses.mean(), error, expected, names)

    return readings(
        N_without_the_node_itself=against("open"), N_with_the_node_itself=against("closed")
    )


@claim("awasthi2021:remark-factor-sqrt-2/loss", ANY, each=True)
def loss_without_the_factor(graph: Graph, W: np.ndarray, W_star: np.ndarray, seed: int) -> Any:
    """With max(t, 0) for √2 max(t, 0) every loss is halved, on every set of features."""
    features = np.random.default_rng(seed).normal(size=(16, graph.nodes, W.shape[1]))
    losses = []
    for activation in ("relu", "scaled_relu"):
        ours, theirs = (
            relu_network.outputs(features, rows, graph, activation=activation)
            for rows in (W, W_star)
        )
        losses.append(((ours - theirs) ** 2).sum(axis=1) / 2)
    return equal(losses[0], losses[1] / 2, ("loss without the factor", "half the loss"))


@claim("awasthi2021:remark-factor-sqrt-2/iterates", ANY, tolerance=1e-11, each=True)
def iterates_without_the_factor(graph: Graph, W: np.ndarray, W_star: np.ndarray) -> Any:
    """With max(t, 0) and twice the learning rate gradient descent has the same iterates."""
    measure = overlap(graph)
    rate = 0.3 / float(relu_gnn.sums(measure, 1.0)[0])
    ours, theirs = W, W
    for _ in range(5):
        ours = ours - rate * np.asarray(relu_gnn.gradient(ours, W_star, measure))
        theirs = theirs - 2 * rate * _gradient_without_the_factor(graph, theirs, W_star)
    return equal(theirs, ours, ("iterate without the factor", "iterate with it"), 1.0 + abs(ours))


def _gradient_without_the_factor(graph: Graph, W: np.ndarray, W_star: np.ndarray) -> np.ndarray:
    """The gradient of the loss with the dual of max(t, 0) in Eq. (12), by the chain rule."""
    shared = relu_pairs.shared_messages(graph).astype(float)
    size = np.sqrt(np.outer(np.diag(shared), np.diag(shared)))
    rho = np.clip(shared / size, -1.0, 1.0)
    rows = []
    for w, v in zip(W, W_star, strict=True):
        length, teacher = float(np.linalg.norm(w)), float(np.linalg.norm(v))
        cos = float(np.clip(w @ v / (length * teacher), -1.0, 1.0))
        at = rho * cos
        full = float((size * dual_activation("relu", rho)).sum())
        mixed = float((size * dual_activation("relu", at)).sum())
        slope = float((shared * dual_activation("relu", at, derivative=True)).sum())
        turned = slope * (v - teacher * cos * w / length)
        rows.append(full * w - teacher * mixed * w / length - turned)
    return np.array(rows)


@claim("awasthi2021:remark-unit-norms/iterates", SCALED, tolerance=1e-11, each=True)
def iterates_of_another_length(
    graph: Graph, W: np.ndarray, W_star: np.ndarray, scale: float
) -> Any:
    """A teacher with rows of length |w*| and a start |w*| W_0 give |w*| times the iterates, and |w*|²
    times the losses, of a unit teacher and W_0, with the same learning rate."""
    measure = overlap(graph)
    rate = 0.7 / float(relu_gnn.sums(measure, 1.0)[0])
    ours, theirs = W, scale * W
    for _ in range(5):
        ours = ours - rate * relu_pairs.gradient(graph, ours, W_star)
        theirs = theirs - rate * np.asarray(relu_gnn.gradient(theirs, scale * W_star, measure))
    loss = float(relu_gnn.loss(scale * W, scale * W_star, measure))
    names = ("iterate / |w*|", "iterate with a unit teacher")
    return both(
        equal(theirs / scale, ours, names, 1.0 + np.abs(ours)),
        equal(
            loss / scale**2,
            relu_pairs.loss(graph, W, W_star),
            ("loss / |w*|²", "loss for |w*| = 1"),
        ),
    )
