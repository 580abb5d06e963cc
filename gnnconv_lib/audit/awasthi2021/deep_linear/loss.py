"""Eqs. (18)-(21) and Lemma 10: the model and its population loss on regular graphs.

Reference: awasthi2021, Section 4 and appendix C.1. Book page: book/awasthi2021/deep-linear.
"""

# mypy cannot count the matrices in *weights.
# mypy: disable-error-code="call-arg"

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import graphs, linear_gnn
from gnnconv_lib.audit._linear_regular import EDGES, networks
from gnnconv_lib.claims import (
    claim,
    domain,
    drawn,
    equal,
    fixed,
    graph,
    integer,
    sampled,
)
from gnnconv_lib.witnesses import linear_network

_DEPTH, _SIZE = integer("L", "[1, inf)"), integer("r", "[1, inf)")
_WEIGHTS = drawn("weights", "any W1, W2; symmetric positive definite W1*, W2*")
_GAUSSIAN = fixed("standard Gaussian features")


def _words(graph: Any, L: Any, r: Any) -> str:
    return f"{graph.name}, L = {L}, r = {r}"


NETWORKS = domain(
    graph(),
    _DEPTH,
    _SIZE,
    _WEIGHTS,
    fixed("any features"),
    derived=("seed",),
    cases=lambda budget: _few(networks(budget, regular=False)),
    words=_words,
)
SAMPLED = domain(
    graph(),
    _DEPTH,
    _SIZE,
    _WEIGHTS,
    _GAUSSIAN,
    derived=("seed", "samples"),
    cases=lambda budget: _sampled(budget, _few(networks(budget, regular=False))),
    words=_words,
)
REGULAR = domain(
    graph(among="every regular graph"),
    _DEPTH,
    _SIZE,
    _WEIGHTS,
    _GAUSSIAN,
    derived=("seed",),
    regime=EDGES,
    cases=networks,
    words=_words,
)
SAMPLED_REGULAR = domain(
    graph(among="every regular graph"),
    _DEPTH,
    _SIZE,
    _WEIGHTS,
    _GAUSSIAN,
    derived=("seed", "samples"),
    regime=EDGES,
    cases=lambda budget: _sampled(budget, networks(budget)),
    words=_words,
)


def _few(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # The library compiles once for every shape: each graph has one r and one L, the ends first.
    kinds = sorted({(row["r"], row["L"]) for row in rows}, key=lambda kind: -kind[0] * kind[1])
    kinds = [kinds[0], kinds[-1], *(kinds[1:-1] if len(rows) >= 200 else [])]
    order = list({id(row["graph"]): None for row in rows})
    wanted = {place: kinds[k % len(kinds)] for k, place in enumerate(order)}
    return [row for row in rows if (row["r"], row["L"]) == wanted[id(row["graph"])]]


def _sampled(budget: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    count = 2000 if budget == "quick" else 20_000
    return [row | {"samples": count} for row in rows if row["seed"] % 2]


def _features(graph: Any, r: int, seed: int, samples: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(samples, graph.nodes, r))


def _dense(graph: graphs.Graph) -> np.ndarray:
    return np.asarray(graph.adjacency.toarray(), float)


@claim("awasthi2021:eq-18", NETWORKS, each=True)
def message(graph: Any, r: int, weights: Any, seed: int) -> Any:
    """A node hears W2 times the sum over its neighbours, without itself."""
    features = _features(graph, r, seed)[0]
    heard = [sum(features[j] for j in graph.neighbors(i).tolist()) for i in range(graph.nodes)]
    summed = weights[3] @ sum(heard, np.zeros(r))
    found = linear_gnn.forward(features, np.zeros((r, r)), weights[3], graph, 1)
    return equal(found, summed, ("library", "sum over neighbours"), _size(features, summed))


@claim("awasthi2021:eq-19", NETWORKS, each=True)
def rounds(graph: Any, r: int, L: int, weights: Any, seed: int) -> Any:
    """In every round the embedding becomes W1 times itself plus what is heard, with one W1, W2."""
    features = _features(graph, r, seed)[0]
    summed = linear_network.embeddings(features, *weights[2:], _dense(graph), L).sum(axis=0)
    found = linear_gnn.forward(features, *weights[2:], graph, L)
    return equal(found, summed, ("library", "recursion over nodes"), _size(features, summed))


@claim("awasthi2021:definition-linear-output", NETWORKS, each=True)
def output(graph: Any, r: int, L: int, weights: Any, seed: int) -> Any:
    """The output is the sum of the embeddings of all nodes after L rounds."""
    features = _features(graph, r, seed)[0]
    summed = linear_network.embeddings(features, *weights[:2], _dense(graph), L).sum(axis=0)
    blocks = np.asarray(linear_gnn.node_blocks(*weights[:2], graph, L))
    by_blocks = np.einsum("nab,nb->a", blocks, features)
    return equal(by_blocks, summed, ("blocks of the library", "sum"), _size(features, summed))


def _size(features: Any, summed: Any) -> float:
    return float(np.linalg.norm(features) + np.linalg.norm(summed))


def _draws(graph: Any, r: int, L: int, weights: Any, seed: int, samples: int) -> np.ndarray:
    """Sampled values of |y^ - y|^2 / 2."""
    features, dense = _features(graph, r, seed, samples), _dense(graph)
    student, teacher = (
        linear_network.embeddings(features, *pair, dense, L).sum(axis=1)
        for pair in (weights[:2], weights[2:])
    )
    return np.asarray(0.5 * np.sum((student - teacher) ** 2, axis=1))


def _mean(draws: np.ndarray) -> tuple[float, float]:
    return float(draws.mean()), float(draws.std(ddof=1)) / math.sqrt(len(draws))


@claim("awasthi2021:eq-20", SAMPLED, each=True)
def expected_loss(graph: Any, r: int, L: int, weights: Any, seed: int, samples: int) -> Any:
    """The population loss is half the expected squared difference of the outputs."""
    mean, error = _mean(_draws(graph, r, L, weights, seed, samples))
    exact = float(linear_gnn.loss(*weights, graph, L))
    return sampled(mean, error, exact, ("sample mean", "loss of the library"))


@claim("awasthi2021:eq-21", NETWORKS, each=True)
def loss_of_sums(graph: Any, L: int, weights: Any) -> Any:
    """The loss is half the expected squared difference of the sums of the embeddings."""
    slow = linear_network.loss(weights, _dense(graph), L)
    fast = float(linear_gnn.loss(*weights, graph, L))
    return equal(fast, slow, ("loss of the library", "sum over unit features"))


def _formula(graph: Any, L: int, weights: Any) -> float:
    """Eq. (37)."""
    d, (W1, W2, S1, S2) = int(graph.degrees[0]), weights
    return float(linear_gnn.regular.loss(W1 + d * W2, S1 + d * S2, graph.nodes, L))


@claim("awasthi2021:lemma-10", SAMPLED_REGULAR, each=True)
def loss_on_regular_graphs(
    graph: Any, r: int, L: int, weights: Any, seed: int, samples: int
) -> Any:
    """The expected loss is n/2 |M^L - M*^L|_F^2, M = W1 + d W2, M* = W1* + d W2*."""
    mean, error = _mean(_draws(graph, r, L, weights, seed, samples))
    return sampled(mean, error, _formula(graph, L, weights), ("sample mean", "n/2 |M^L - M*^L|^2"))


@claim("awasthi2021:eq-37", REGULAR, each=True)
def closed_form(graph: Any, L: int, weights: Any) -> Any:
    """The loss is n/2 |M^L - M*^L|_F^2."""
    slow = linear_network.loss(weights, _dense(graph), L)
    return equal(_formula(graph, L, weights), slow, ("n/2 |M^L - M*^L|^2", "over unit features"))


@claim(
    "awasthi2021:remark-sum-of-embeddings",
    REGULAR,
    each=True,
    theorem="LinearNetwork.sum_of_embeddings",
)
def embeddings_sum(graph: Any, r: int, L: int, weights: Any, seed: int) -> Any:
    """After k rounds the embeddings sum to M^k times the sum of the features, for every k <= L."""
    features, d = _features(graph, r, seed)[0], int(graph.degrees[0])
    M, dense = weights[0] + d * weights[1], _dense(graph)
    left = [linear_network.embeddings(features, *weights[:2], dense, k) for k in range(L + 1)]
    right = [np.linalg.matrix_power(M, k) @ features.sum(axis=0) for k in range(L + 1)]
    scale = max(1.0, float(np.linalg.norm(M))) ** L * float(np.linalg.norm(features))
    return equal([x.sum(axis=0) for x in left], right, ("sum of embeddings", "M^k sum"), scale)


@claim("awasthi2021:remark-expectation-of-lemma-10", SAMPLED_REGULAR, each=True, repair="slip")
def expectation(graph: Any, r: int, L: int, weights: Any, seed: int, samples: int) -> Any:
    """Half the expected norm of (M^L - M*^L) mu is n/2 |M^L - M*^L|_F^2, mu the sum of features."""
    d, (W1, W2, S1, S2) = int(graph.degrees[0]), weights
    power = np.linalg.matrix_power
    E = power(W1 + d * W2, L) - power(S1 + d * S2, L)
    mu = _features(graph, r, seed, samples).sum(axis=1)
    norms = np.linalg.norm(mu @ E.T, axis=1)
    exact = graph.nodes / 2 * float(np.sum(E**2))
    names = ("n/2 |M^L - M*^L|^2 expected, sample mean", "n/2 |M^L - M*^L|^2")
    return (
        sampled(*_mean(norms / 2), exact, names),
        sampled(*_mean(norms**2 / 2), exact, names),
    )
