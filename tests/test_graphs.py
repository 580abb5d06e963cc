"""Graphs: structure of every family, conversions, and what is refused."""

import networkx
import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, strategies as st

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.graphs import Graph, memory


def refusal(function, *arguments, **options):
    """The message of the InvalidInput that a call raises: one sentence on one line."""
    with pytest.raises(InvalidInput) as caught:
        function(*arguments, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


@st.composite
def edge_sets(draw):
    n = draw(st.integers(1, 12))
    pairs = [(i, j) for i in range(n) for j in range(i)]
    return n, draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []


@given(edge_sets())
def test_from_edges_agrees_with_networkx(case):
    n, edges = case
    reference = networkx.empty_graph(n)
    reference.add_edges_from(edges)
    for graph in (graphs.from_edges(n, edges), graphs.from_networkx(reference)):
        assert np.array_equal(graph.adjacency.toarray(), networkx.to_numpy_array(reference))
        assert graph.edges == len(edges)
        assert graph.degrees.dtype == np.int64
        assert graph.degrees.tolist() == [degree for _, degree in reference.degree]
        for node in range(n):
            assert graph.neighbors(node).tolist() == sorted(reference[node])


@pytest.mark.parametrize(
    ("graph", "reference"),
    [
        (graphs.path(6), networkx.path_graph(6)),
        (graphs.path(1), networkx.path_graph(1)),
        (graphs.cycle(3), networkx.cycle_graph(3)),
        (graphs.cycle(7), networkx.cycle_graph(7)),
        (graphs.star(5), networkx.star_graph(5)),
        (graphs.complete(1), networkx.complete_graph(1)),
        (graphs.complete(6), networkx.complete_graph(6)),
        (graphs.petersen(), networkx.petersen_graph()),
        (graphs.empty(4), networkx.empty_graph(4)),
        (graphs.grid(1, 1), networkx.empty_graph(1)),
        (graphs.grid(3, 4), networkx.grid_2d_graph(3, 4)),
        (
            graphs.disjoint_cliques(3, 4),
            networkx.disjoint_union_all([networkx.complete_graph(4)] * 3),
        ),
        (graphs.disjoint_cliques(3, 1), networkx.empty_graph(3)),
        (
            graphs.disjoint_union(graphs.star(2), graphs.empty(2), graphs.cycle(3)),
            networkx.disjoint_union_all(
                [networkx.star_graph(2), networkx.empty_graph(2), networkx.cycle_graph(3)]
            ),
        ),
        (graphs.complement(graphs.cycle(6)), networkx.complement(networkx.cycle_graph(6))),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_family_equals_networkx(graph, reference):
    assert np.array_equal(graph.adjacency.toarray(), networkx.to_numpy_array(reference))


def test_from_scipy_accepts_every_layout():
    dense = networkx.to_numpy_array(networkx.petersen_graph())
    for matrix in (
        dense,
        dense.astype(bool),
        scipy.sparse.csr_matrix(dense),
        scipy.sparse.coo_array(dense.astype(np.int8)),
        scipy.sparse.csc_array(dense),
    ):
        assert np.array_equal(graphs.from_scipy(matrix).adjacency.toarray(), dense)


def test_from_scipy_leaves_its_argument_alone():
    matrix = scipy.sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    matrix.data[:] = [1.0, 1.0]
    matrix = matrix + scipy.sparse.csr_array(([0.0], ([0], [0])), shape=(2, 2))
    stored = matrix.nnz
    graphs.from_scipy(matrix)
    assert matrix.nnz == stored


def test_graph_cannot_be_changed():
    graph = graphs.cycle(5)
    with pytest.raises(ValueError, match="read-only"):
        graph.indices[0] = 3
    with pytest.raises(AttributeError):
        graph.nodes = 6


def test_arrays_of_the_caller_stay_writable():
    indptr, indices = np.array([0, 1, 2]), np.array([1, 0])
    graph = Graph(2, indptr, indices)
    indices[:] = 0
    assert graph.indices.tolist() == [1, 0]


def test_merge():
    edges = [(0, 1), (1, 0), (1, 2), (1, 2)]
    assert "(0, 1) occurs 2 times" in refusal(graphs.from_edges, 3, edges)
    assert graphs.from_edges(3, edges, merge=True).degrees.tolist() == [1, 2, 1]
    multigraph = networkx.MultiGraph(edges)
    assert "repeated='merge'" in refusal(graphs.from_networkx, multigraph)
    assert graphs.from_networkx(multigraph, merge=True).edges == 2


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ([(0, 0)], "self loops"),
        ([(0, 3)], "0, ..., 2"),
        ([(0, -1)], "0, ..., 2"),
        ([(0, 1.5)], "integers"),
        ([(0, float("nan"))], "integers"),
        ([(0, 1, 2)], "pairs"),
        ([(0, 1), (2,)], "pairs"),
        ([("a", "b")], "integers"),
        ([(0, 10**30)], "integers"),
        (np.array([[0, 2**63]], np.uint64), "2^63"),
        (np.zeros((2, 2), bool), "integers"),
    ],
)
def test_bad_edges(edges, words):
    assert words in refusal(graphs.from_edges, 3, edges)


@pytest.mark.parametrize("n", [0, -1, 2.0, 2.5, True, "3", None, float("nan")])
@pytest.mark.parametrize(
    "make",
    [
        lambda n: graphs.from_edges(n, []),
        graphs.empty,
        graphs.path,
        graphs.cycle,
        graphs.star,
        graphs.complete,
        lambda n: graphs.grid(n, 2),
        lambda n: graphs.grid(2, n),
        lambda n: graphs.disjoint_cliques(n, 2),
        lambda n: graphs.disjoint_cliques(2, n),
        lambda n: graphs.random_regular(n, 0, 0),
        lambda n: graphs.erdos_renyi(n, 0.5, 0),
        lambda n: graphs.barabasi_albert(n, 1, 0),
    ],
)
def test_bad_number_of_nodes(make, n):
    assert "must be an integer" in refusal(make, n)


@pytest.mark.parametrize("n", [10**12, 10**30, 10**400])
@pytest.mark.parametrize(
    "make",
    [
        lambda n: graphs.from_edges(n, [(0, 1)]),
        graphs.empty,
        graphs.path,
        graphs.cycle,
        graphs.star,
        graphs.complete,
        lambda n: graphs.grid(n, n),
        lambda n: graphs.disjoint_cliques(n, 2),
        lambda n: graphs.random_regular(n, 4, 0),
        lambda n: graphs.erdos_renyi(n, 0.5, 0),
        lambda n: graphs.barabasi_albert(n, 3, 0),
    ],
)
def test_huge_number_of_nodes_is_refused_before_allocation(make, n):
    message = refusal(make, n)
    assert "memory" in message
    assert "would fit" in message


def test_dense_graph_that_would_not_fit_says_what_would(monkeypatch):
    monkeypatch.setattr(memory, "memory_available", lambda: 1 << 30)
    message = refusal(graphs.erdos_renyi, 100_000, 0.5, 0)
    assert "GiB of memory, but 1 GiB is available" in message
    assert "nodes of the same average degree would fit" in message
    assert graphs.erdos_renyi(100, 0.5, 0).nodes == 100


def test_memory_estimate_covers_the_peak():
    import tracemalloc

    tracemalloc.start()
    graph = graphs.erdos_renyi(1500, 0.5, seed=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    estimate = graph.nodes * memory._BYTES_PER_NODE + graph.edges * memory._BYTES_PER_EDGE
    assert peak <= estimate
    assert peak >= estimate / 3


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.zeros((2, 3)), "square"),
        (np.zeros(4), "square"),
        (np.zeros((0, 0)), "0 x 0"),
        (scipy.sparse.csr_array((0, 0)), "0 x 0"),
        (np.array([[0, 1], [0, 0]]), "directed"),
        (np.array([[0, 0, 0], [0, 0, 0], [1, 0, 0]]), "(0, 2) and (2, 0)"),
        (np.array([[0, 2.0], [2.0, 0]]), "no weights"),
        (np.array([[0, -1], [-1, 0]]), "no weights"),
        (np.array([[0, np.nan], [np.nan, 0]]), "no weights"),
        (np.array([[0, np.inf], [np.inf, 0]]), "no weights"),
        (np.array([[1, 1], [1, 0]]), "self loops"),
        (np.array([[0, 1j], [1j, 0]]), "real"),
        (np.array([["0", "1"], ["1", "0"]]), "real"),
        (None, "real"),
    ],
)
def test_bad_adjacency(matrix, words):
    assert words in refusal(graphs.from_scipy, matrix)


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (networkx.DiGraph([(0, 1)]), "directed"),
        (networkx.Graph([(0, 0)]), "self loops"),
        (networkx.Graph([(0, 1, {"weight": 2})]), "unweighted"),
        (networkx.Graph([(0, 1, {"weight": None})]), "unweighted"),
        (networkx.Graph(), "at least one node"),
        ([(0, 1)], "NetworkX graph"),
    ],
)
def test_bad_networkx_graph(graph, words):
    assert words in refusal(graphs.from_networkx, graph)


@pytest.mark.parametrize(
    ("indptr", "indices", "words"),
    [
        ([0, 1, 1], [1], "both directions"),
        ([0, 1, 2], [0, 1], "self loops"),
        ([0, 2, 4], [1, 1, 0, 0], "increase"),
        ([0, 1, 2], [1, 2], "0, ..., 1"),
        ([0, 1, 2], [1, -1], "0, ..., 1"),
        ([0, 1], [1], "shape"),
        ([0, 2, 1], [1], "increase"),
        ([0.0, 1.0, 2.0], [1, 0], "integers"),
    ],
)
def test_bad_arrays(indptr, indices, words):
    assert words in refusal(Graph, 2, np.array(indptr), np.array(indices))


def test_small_refusals():
    assert "at least 3" in refusal(graphs.cycle, 2)
    assert "at least one graph" in refusal(graphs.disjoint_union)
    assert "[0, 4]" in refusal(graphs.cycle(5).neighbors, 5)
    assert "at least 1" in refusal(graphs.star, 0)
