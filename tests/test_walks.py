"""Walk counts, the walk measure and main eigenvalues, each by a second route."""

from __future__ import annotations

import jax
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.summaries import main_eigenvalues as main
from gnnconv_lib.summaries.walks import as_walks, from_measure, walk_counts, walks

FAMILIES = {
    "one node": graphs.empty(1),
    "isolated nodes": graphs.empty(4),
    "edge": graphs.complete(2),
    "path": graphs.path(7),
    "star": graphs.star(5),
    "cycle": graphs.cycle(9),
    "petersen": graphs.petersen(),
    "grid": graphs.grid(3, 4),
    "star, edge, isolated": graphs.disjoint_union(
        graphs.disjoint_union(graphs.star(3), graphs.complete(2)), graphs.empty(2)
    ),
    "erdos renyi": graphs.erdos_renyi(40, 0.15, 1),
    "preferential attachment": graphs.barabasi_albert(60, 3, 2),
}


def dense_counts(graph: graphs.Graph, length: int) -> list[int]:
    """1' A^k 1 with Python integers throughout."""
    adjacency = graph.adjacency.toarray().astype(object)
    vector = np.ones(graph.nodes, dtype=object)
    counts = []
    for _ in range(length + 1):
        counts.append(int(vector.sum()))
        vector = adjacency @ vector
    return counts


@pytest.mark.parametrize("name", FAMILIES)
def test_walk_counts_are_exact(name: str) -> None:
    counts = walk_counts(FAMILIES[name], 9)
    assert list(counts) == dense_counts(FAMILIES[name], 9)


def test_walk_counts_do_not_overflow() -> None:
    # A complete graph has n (n-1)^k walks of length k; 64 bits end at k = 6 here.
    counts = walk_counts(graphs.complete(1000), 30)
    assert counts == tuple(1000 * 999**k for k in range(31))


def test_overflow_in_the_inner_product_only() -> None:
    # A^4 1 fits into 64 bits here, its squared length does not.
    graph = graphs.star(100_000)
    assert walk_counts(graph, 8)[8] == 100_001 * 100_000**4
    assert 100_001 * 100_000**4 > 2**63


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("rounds", [1, 2, 3, 5])
def test_quadrature_reproduces_the_walk_counts(name: str, rounds: int) -> None:
    measure = walks(FAMILIES[name], rounds)
    exact = np.array(walk_counts(FAMILIES[name], 2 * rounds + 1), dtype=float)
    powers = np.arange(2 * rounds + 2)
    mu, weight = np.asarray(measure.mu), np.asarray(measure.weight)
    found = np.sum(weight[:, None] * mu[:, None] ** powers, axis=0)
    scale = np.sum(weight[:, None] * np.abs(mu[:, None]) ** powers, axis=0)
    np.testing.assert_array_less(np.abs(found - exact), 1e-13 * scale + 1e-300)
    np.testing.assert_allclose(measure.moments, exact[:-1], rtol=1e-15)
    assert len(mu) <= rounds + 1
    assert np.all(weight > 0)


@pytest.mark.parametrize("name", FAMILIES)
def test_exhausted_measures_are_the_main_eigenvalues(name: str) -> None:
    graph = FAMILIES[name]
    mu, weight = main.main_eigenvalues(graph)
    assert weight.sum() == pytest.approx(graph.nodes, rel=1e-12)
    if len(mu) <= 12:
        measure = walks(graph, len(mu))
        assert measure.exhausted
        np.testing.assert_allclose(measure.mu, mu, atol=1e-11)
        np.testing.assert_allclose(measure.weight, weight, atol=1e-10)


def test_regular_graphs_have_one_node_even_where_rounding_would_add_one() -> None:
    for graph, degree in [(graphs.random_regular(500, 7, 3), 7), (graphs.complete(333), 332)]:
        measure = walks(graph, 6)
        np.testing.assert_allclose(measure.mu, [degree], rtol=1e-15)
        np.testing.assert_allclose(measure.weight, [graph.nodes], rtol=1e-15)
        assert measure.exhausted


def test_star_has_two_main_eigenvalues_in_closed_form() -> None:
    for leaves in (2, 9, 10_000):
        measure = walks(graphs.star(leaves), 3)
        root = np.sqrt(leaves)
        np.testing.assert_allclose(measure.mu, [-root, root], rtol=1e-13)
        expected = np.array([(root - 1) ** 2 / 2, (root + 1) ** 2 / 2])
        np.testing.assert_allclose(measure.weight, expected, rtol=1e-12)


def test_number_of_main_eigenvalues_against_exact_rational_rank() -> None:
    for graph in nx.graph_atlas_g()[1:200]:
        made = graphs.from_networkx(graph)
        measure = walks(made, made.nodes)
        assert len(measure.mu) == main.number_of_main_eigenvalues(made)


def test_components_regular_is_the_walk_count_identity() -> None:
    for graph in nx.graph_atlas_g()[1:400]:
        made = graphs.from_networkx(graph)
        cubes = sum(int(d) ** 3 for d in made.degrees)
        assert main.components_regular(made) == (cubes == walk_counts(made, 3)[3])


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 25), p=st.floats(0, 1), seed=st.integers(0, 10**6))
def test_permuting_the_nodes_changes_nothing(n: int, p: float, seed: int) -> None:
    graph = nx.gnp_random_graph(n, p, seed=seed)
    order = np.random.default_rng(seed).permutation(n)
    renamed = nx.relabel_nodes(graph, {i: int(order[i]) for i in range(n)})
    first, second = graphs.from_networkx(graph), graphs.from_edges(n, list(renamed.edges))
    assert walk_counts(first, 7) == walk_counts(second, 7)
    assert np.array_equal(walks(first, 3).mu, walks(second, 3).mu)


def test_the_summary_is_a_pytree() -> None:
    measure = walks(graphs.path(5), 2)
    total = jax.jit(lambda m: (m.weight * m.mu**2).sum())(measure)
    assert float(total) == pytest.approx(walk_counts(graphs.path(5), 2)[2], rel=1e-14)


def test_bad_input() -> None:
    with pytest.raises(InvalidInput, match="rounds must be an integer of at least 1"):
        walks(graphs.path(3), 0)
    with pytest.raises(InvalidInput, match="length must be"):
        walk_counts(graphs.path(3), -1)
    with pytest.raises(InvalidInput, match="rounds must be at most 2"):
        as_walks(walks(graphs.path(9), 2), 3)
    assert as_walks(walks(graphs.star(3), 2), 9).rounds == 2  # exhausted: good for all
    with pytest.raises(InvalidInput, match="vectors of one length"):
        from_measure([1.0], [1.0, 2.0], 1)
    with pytest.raises(InvalidInput, match="at most 1500 nodes"):
        main.main_eigenvalues(graphs.empty(1501))
