"""Random families: degrees, laws, seeds, and the array route against NetworkX."""

import math
from collections import Counter

import numpy as np
import pytest

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.graphs import random_families


@pytest.fixture(params=[0, 10**9], ids=["arrays", "networkx"])
def route(request, monkeypatch):
    """Runs a test once through the array algorithms and once through NetworkX."""
    monkeypatch.setattr(random_families, "_NETWORKX_LIMIT", request.param)
    return request.param


@pytest.mark.parametrize("d", [0, 1, 2, 5, 10, 30, 49, 50, 80, 98, 99])
def test_random_regular_is_regular(route, d):
    graph = graphs.random_regular(100, d, seed=d)
    assert np.all(graph.degrees == d)
    assert graph.edges == 50 * d


def test_random_regular_extremes(route):
    complete = graphs.random_regular(100, 99, seed=3)
    assert np.array_equal(complete.indices, graphs.complete(100).indices)
    assert graphs.random_regular(1, 0, seed=0).nodes == 1
    assert graphs.random_regular(2, 1, seed=0).edge_pairs.tolist() == [[0, 1]]


def test_small_and_dense_regular_graphs_never_hang(route):
    for n in range(1, 9):
        for d in range(n):
            if n * d % 2 == 0:
                for seed in range(5):
                    assert np.all(graphs.random_regular(n, d, seed).degrees == d)


def test_seed_decides(route):
    for make in (
        lambda seed: graphs.random_regular(50, 4, seed),
        lambda seed: graphs.erdos_renyi(50, 0.2, seed),
        lambda seed: graphs.barabasi_albert(50, 3, seed),
    ):
        assert np.array_equal(make(7).indices, make(7).indices)
        assert not np.array_equal(make(7).edge_pairs, make(8).edge_pairs)


def test_two_regular_graphs_on_six_nodes_follow_the_pairing_law(route):
    """Two triangles or a hexagon: both routes draw the triangles equally often.

    Reference value: NetworkX with independent seeds; the difference must be within 5 standard
    errors. Within a type all labelings are equally likely, tested through edge frequencies.
    """
    draws = 3000
    triangles = 0
    edges = Counter()
    for seed in range(draws):
        graph = graphs.random_regular(6, 2, seed)
        edges.update(map(tuple, graph.edge_pairs.tolist()))
        closed = (graph.adjacency @ graph.adjacency).multiply(graph.adjacency).sum()
        triangles += closed > 0
    probability = 0.4  # each of the 15 edges is in the graph with probability 6 / 15
    for pair in ((i, j) for j in range(6) for i in range(j)):
        error = math.sqrt(draws * probability * (1 - probability))
        assert abs(edges[pair] - draws * probability) < 5 * error
    import networkx

    reference = sum(
        sum(networkx.triangles(networkx.random_regular_graph(2, 6, seed=10**6 + seed)).values()) > 0
        for seed in range(draws)
    )
    assert abs(triangles - reference) < 5 * math.sqrt(2 * draws * 0.25)


def test_erdos_renyi_law(route):
    """Each edge has probability p and pairs of edges are uncorrelated, within 5 standard errors."""
    draws, p = 3000, 0.3
    flags = np.zeros((draws, 10))
    position = {pair: k for k, pair in enumerate((i, j) for j in range(5) for i in range(j))}
    for seed in range(draws):
        for pair in graphs.erdos_renyi(5, p, seed).edge_pairs.tolist():
            flags[seed, position[tuple(pair)]] = 1
    assert np.all(np.abs(flags.mean(0) - p) < 5 * math.sqrt(p * (1 - p) / draws))
    correlation = np.corrcoef(flags.T) - np.eye(10)
    assert np.abs(correlation).max() < 5 / math.sqrt(draws)


@pytest.mark.parametrize("p", [1e-300, 1e-12, 0.001, 0.5, 0.999, 1 - 1e-16])
def test_erdos_renyi_number_of_edges(p):
    n = 400
    pairs = n * (n - 1) // 2
    edges = graphs.erdos_renyi(n, p, seed=5).edges
    assert abs(edges - p * pairs) <= 5 * math.sqrt(p * (1 - p) * pairs) + 1e-6


def test_pair_numbers_are_inverted_exactly(monkeypatch):
    """With p next to 1 nearly every pair is chosen, up to the last of the 4950."""
    chosen = random_families._skip_pairs(100, 1 - 1e-16, seed=0)
    assert {tuple(pair) for pair in chosen.tolist()} == {
        (i, j) for j in range(100) for i in range(j)
    }


def test_barabasi_albert():
    graph = graphs.barabasi_albert(200, 3, seed=1)
    assert graph.edges == 3 * 197
    assert graph.degrees[4:].min() >= 3  # the first four nodes are the star it starts from


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: graphs.random_regular(5, 3, 0), "n * d must be even"),
        (lambda: graphs.random_regular(5, 5, 0), "d must be smaller than n"),
        (lambda: graphs.random_regular(5, 6, 0), "d must be smaller than n"),
        (lambda: graphs.random_regular(5, -1, 0), "d must be an integer of at least 0"),
        (lambda: graphs.random_regular(6, 2.5, 0), "d must be an integer"),
        (lambda: graphs.random_regular(6, 2, -1), "seed must be an integer of at least 0"),
        (lambda: graphs.random_regular(6, 2, None), "seed must be an integer"),
        (lambda: graphs.erdos_renyi(5, -0.1, 0), "p must be a finite number in [0, 1]"),
        (lambda: graphs.erdos_renyi(5, 1.1, 0), "p must be a finite number in [0, 1]"),
        (lambda: graphs.erdos_renyi(5, float("nan"), 0), "got nan"),
        (lambda: graphs.erdos_renyi(5, float("inf"), 0), "got inf"),
        (lambda: graphs.erdos_renyi(5, "0.5", 0), "p must be a finite number"),
        (lambda: graphs.barabasi_albert(5, 5, 0), "m must be smaller than n"),
        (lambda: graphs.barabasi_albert(5, 0, 0), "m must be an integer of at least 1"),
    ],
)
def test_bad_parameters(make, words):
    with pytest.raises(InvalidInput) as caught:
        make()
    assert words in str(caught.value)
