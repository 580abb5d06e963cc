"""The exact overlap measure: brute force over n^2 pairs, invariants, routes, JAX."""

import math
from collections import defaultdict
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, strategies as st

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.summaries import overlap, overlap_blocks, overlap_counting as counting, stack

FAMILIES = [
    graphs.empty(1),
    graphs.empty(5),
    graphs.path(1),
    graphs.path(2),
    graphs.path(9),
    graphs.cycle(3),
    graphs.cycle(5),
    graphs.cycle(12),
    graphs.star(1),
    graphs.star(2),
    graphs.star(20),
    graphs.complete(2),
    graphs.complete(30),
    graphs.petersen(),
    graphs.grid(5, 7),
    graphs.disjoint_cliques(4, 5),
    graphs.disjoint_union(graphs.star(4), graphs.complete(3), graphs.empty(3)),
    graphs.random_regular(60, 5, 1),
    graphs.random_regular(60, 30, 1),
    graphs.random_regular(100, 99, 1),
    graphs.erdos_renyi(60, 0.05, 1),
    graphs.erdos_renyi(60, 0.5, 1),
    graphs.erdos_renyi(60, 0.95, 1),
    graphs.barabasi_albert(80, 3, 1),
]


@pytest.fixture(params=["dense", "sparse"])
def route(request, monkeypatch):
    """Runs a test through either way of multiplying, with blocks of a few rows."""
    monkeypatch.setattr(overlap_blocks, "prefers_dense", lambda graph: request.param == "dense")
    return request.param


def brute_force(graph):
    """{rho^2: (mass, count)} from the definition, over all n^2 ordered pairs, exact keys."""
    closed = [{node, *graph.neighbors(node).tolist()} for node in range(graph.nodes)]
    mass, count = defaultdict(list), defaultdict(int)
    for first in closed:
        for second in closed:
            product = len(first) * len(second)
            key = Fraction(len(first & second) ** 2, product)
            mass[key].append(math.sqrt(product))
            count[key] += 1
    return {key: (math.fsum(mass[key]), count[key]) for key in count}


def assert_measures(measure, expected, tolerance=4e-16):
    keys = sorted(expected)
    assert measure.count.tolist() == [expected[key][1] for key in keys]
    np.testing.assert_allclose(measure.rho, [math.sqrt(key) for key in keys], rtol=2e-16)
    np.testing.assert_allclose(measure.mass, [expected[key][0] for key in keys], rtol=tolerance * 4)


def assert_same(one, other):
    assert one.count.tolist() == other.count.tolist()
    assert one.rho.tolist() == other.rho.tolist()
    np.testing.assert_allclose(one.mass, other.mass, rtol=1e-15)


@pytest.mark.parametrize("graph", FAMILIES, ids=lambda graph: graph.name)
@pytest.mark.parametrize("small_blocks", [False, True])
def test_agrees_with_brute_force(graph, route, small_blocks):
    needed = 96 * graph.nodes if route == "sparse" else 16 * graph.nodes + 512
    working_set = needed if small_blocks else overlap_blocks.WORKING_SET
    measure = overlap(graph, method="exact", working_set=working_set)
    assert_measures(measure, brute_force(graph))
    assert (measure.method, measure.error, measure.nodes) == ("exact", 0.0, graph.nodes)
    assert measure.total_pairs == graph.nodes**2
    assert measure.shared_messages == int(np.sum((graph.degrees + 1) ** 2))
    assert np.all(np.diff(measure.rho) > 0)
    assert measure.rho[-1] == 1.0


@st.composite
def random_graphs(draw):
    n = draw(st.integers(1, 14))
    pairs = [(i, j) for i in range(n) for j in range(i)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return graphs.from_edges(n, edges)


@given(random_graphs())
def test_random_small_graphs(graph):
    measure = overlap(graph)
    assert_measures(measure, brute_force(graph))
    assert measure.total_pairs == graph.nodes**2
    assert measure.shared_messages == int(np.sum((graph.degrees + 1) ** 2))


@given(random_graphs(), st.randoms(use_true_random=False))
def test_numbering_does_not_matter(graph, random):
    order = list(range(graph.nodes))
    random.shuffle(order)
    renumbered = graphs.from_edges(graph.nodes, np.array(order)[graph.edge_pairs])
    assert_same(overlap(graph), overlap(renumbered))


@given(random_graphs(), random_graphs())
def test_disjoint_union_adds_up_beside_the_pairs_without_overlap(one, other):
    union = overlap(graphs.disjoint_union(one, other))
    parts = defaultdict(lambda: [0.0, 0])
    for measure in (overlap(one), overlap(other)):
        for rho, mass, count in zip(measure.rho, measure.mass, measure.count, strict=True):
            parts[rho][0] += mass
            parts[rho][1] += count
    roots = [np.sum(np.sqrt(graph.degrees + 1.0)) for graph in (one, other)]
    parts[0.0][0] += 2 * roots[0] * roots[1]
    parts[0.0][1] += 2 * one.nodes * other.nodes
    assert union.rho.tolist() == sorted(parts)
    np.testing.assert_allclose(union.mass, [parts[r][0] for r in sorted(parts)], rtol=1e-14)
    assert union.count.tolist() == [parts[r][1] for r in sorted(parts)]


@pytest.mark.parametrize("d", [0, 3, 10, 30, 99])
def test_regular_graphs_have_at_most_d_plus_2_values(d):
    measure = overlap(graphs.random_regular(100, d, seed=1))
    assert measure.values <= d + 2
    np.testing.assert_allclose(measure.rho * (d + 1), np.round(measure.rho * (d + 1)), atol=1e-13)
    np.testing.assert_allclose(measure.mass, (d + 1) * measure.count, rtol=1e-15)


def test_mass_of_few_disjoint_pairs_does_not_cancel():
    """Two big stars joined at the centres: only leaf-leaf pairs across miss each other."""
    leaves = 300
    edges = [(0, 1)]
    edges += [(0, 2 + k) for k in range(leaves)] + [(1, 2 + leaves + k) for k in range(leaves)]
    measure = overlap(graphs.from_edges(2 + 2 * leaves, edges))
    assert measure.rho[0] == 0.0
    assert measure.count[0] == 2 * leaves**2
    assert measure.mass[0] == 2.0 * 2 * leaves**2
    almost = graphs.complement(graphs.star(1))
    assert overlap(graphs.disjoint_union(almost, graphs.empty(1))).mass[0] == 6.0


def test_groups_are_exact_integers(route):
    graph = graphs.erdos_renyi(200, 0.2, seed=3)
    groups = counting.overlapping_pairs(graph)
    shared = (graph.adjacency.toarray() + np.eye(200, dtype=np.int64)) @ (
        graph.adjacency.toarray() + np.eye(200, dtype=np.int64)
    )
    closed = graph.degrees + 1
    expected = defaultdict(int)
    for i in range(200):
        for j in range(200):
            if shared[i, j]:
                low, high = sorted((int(closed[i]), int(closed[j])))
                expected[low, high, int(shared[i, j])] += 1
    found = np.stack([groups.first, groups.second, groups.shared, groups.count]).T.tolist()
    assert {tuple(row[:3]): row[3] for row in found} == expected
    assert int(np.sum(groups.shared * groups.count)) == int(np.sum(closed**2))


def test_large_key_spaces_count_the_same(monkeypatch):
    graph = graphs.barabasi_albert(300, 4, seed=2)
    table = overlap(graph, method="exact")
    monkeypatch.setattr(counting, "_TABLE_LIMIT", 0)
    assert_same(table, overlap(graph, method="exact", working_set=200_000))


def test_large_sparse_graph_in_bounded_memory():
    """The blocks stay within the working set, well below the size of the whole product."""
    import tracemalloc

    graph = graphs.random_regular(30_000, 10, seed=1)
    working_set = 16 << 20
    tracemalloc.start()
    measure = overlap(graph, working_set=working_set)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert measure.total_pairs == graph.nodes**2
    assert measure.shared_messages == 30_000 * 121
    assert peak < working_set + 40 * (graph.indices.size + graph.nodes)


def test_stack_and_padding():
    measures = [overlap(graph) for graph in (graphs.star(3), graphs.cycle(6), graphs.complete(4))]
    batch = stack(measures)
    assert batch.rho.shape == (3, max(m.values for m in measures))
    assert batch.nodes == (4, 6, 4)
    assert batch.total_pairs.tolist() == [16, 36, 16]
    assert batch.shared_messages.tolist() == [m.shared_messages for m in measures]
    assert np.all(batch.mass[2, measures[2].values :] == 0)
    assert stack([batch_of_one := measures[0]]).rho.tolist() == [batch_of_one.rho.tolist()]
    assert measures[0].padded(10).shared_messages == measures[0].shared_messages


def test_passes_through_jax():
    def total(measure, cosine):
        return jnp.sum(measure.mass * jnp.exp(measure.rho * cosine))

    measures = [overlap(graph) for graph in (graphs.star(3), graphs.cycle(6), graphs.complete(4))]
    direct = [float(np.sum(m.mass * np.exp(m.rho * 0.5))) for m in measures]
    for measure, value in zip(measures, direct, strict=True):
        assert float(jax.jit(total)(measure, 0.5)) == pytest.approx(value, rel=1e-14)
        slope = float(jax.grad(total, argnums=1)(measure, 0.5))
        by_hand = float(np.sum(measure.mass * measure.rho * np.exp(measure.rho * 0.5)))
        assert slope == pytest.approx(by_hand, rel=1e-14)
    batched = jax.jit(jax.vmap(total, in_axes=(0, None)))(stack(measures), 0.5)
    np.testing.assert_allclose(batched, direct, rtol=1e-14)
    leaves, structure = jax.tree_util.tree_flatten(measures[0])
    assert len(leaves) == 3
    assert jax.tree_util.tree_unflatten(structure, leaves).nodes == 4


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: overlap(graphs.star(2), method="fast"), "method must be one of"),
        (lambda: overlap([(0, 1)]), "graph must be a Graph, got list"),
        (lambda: overlap(graphs.star(2), working_set=0), "working_set must be an integer"),
        (lambda: overlap(graphs.complete(50), working_set=100), "528 bytes would do"),
        (lambda: overlap(graphs.cycle(500), working_set=100), "864 bytes would do"),
        (lambda: stack([]), "got an empty list"),
        (lambda: stack([stack([overlap(graphs.star(2))])]), "got a stack among them"),
        (lambda: overlap(graphs.star(2)).padded(1), "values must be an integer of at least 3"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(InvalidInput) as caught:
        call()
    assert words in str(caught.value)


def test_exact_measure_that_would_not_fit_says_what_would(monkeypatch):
    from gnnconv_lib.graphs import memory

    graph = graphs.erdos_renyi(200, 0.5, seed=1)
    monkeypatch.setattr(counting, "_TABLE_LIMIT", 0)
    monkeypatch.setattr(counting, "_MEMORY_FROM", 0)
    monkeypatch.setattr(memory, "memory_available", lambda: 100_000)
    with pytest.raises(InvalidInput, match="method='compressed' would fit"):
        overlap(graph, method="exact")
    assert overlap(graph).method == "compressed"
