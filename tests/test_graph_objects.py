"""Graphs of other libraries, and what a `Graph` is to Python."""

import jax.numpy as jnp
import networkx
import numpy as np
import pytest
import scipy.sparse

import gnnconv_lib as gc
from gnnconv_lib.graphs import Graph, as_graph
from gnnconv_lib.summaries.overlap_tiled import tiled_overlap

RING = gc.graphs.cycle(5)
HALF = RING.edge_pairs.T


class Named:
    """Any object with these fields."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


class LikeIgraph:
    """What an igraph graph answers."""

    def __init__(self, pairs, weights=None, directed=False):
        self.pairs, self.weights, self.directed = pairs, weights, directed
        self.es = self

    def vcount(self):
        return 5

    def get_edgelist(self):
        return self.pairs

    def is_directed(self):
        return self.directed

    def attributes(self):
        return ["weight"] if self.weights else []

    def __getitem__(self, _):
        return self.weights


def like_geometric(index, **fields):
    return Named(edge_index=index, num_nodes=5, **{"edge_weight": None, **fields})


OBJECTS = [
    networkx.cycle_graph(5),
    RING.to_scipy(),
    scipy.sparse.coo_matrix(RING.to_scipy()),
    RING.to_scipy().toarray().astype(bool),
    jnp.asarray(RING.to_scipy().toarray()),
    LikeIgraph(HALF.T.tolist()),
    like_geometric(np.concatenate([HALF, HALF[::-1]], axis=1)),
]
FUNCTIONS = {
    "overlap": gc.summaries.overlap,
    "walks": lambda graph: gc.summaries.walks(graph, 2),
    "degrees": gc.summaries.degrees,
    "xi_node": gc.averaging_gnn.xi_node,
    "xi_graph": gc.averaging_gnn.xi_graph,
    "relu loss": lambda graph: gc.relu_gnn.loss(np.eye(2), np.eye(2)[::-1], graph),
    "linear loss": lambda graph: gc.linear_gnn.loss(*[np.eye(2)] * 3, np.ones((2, 2)), graph, 2),
    "monte carlo": lambda graph: gc.monte_carlo.sums(graph, 0.5, 100, 0),
    "mc_population": lambda graph: gc.kernels.mc_population.loss([2.0], [1.0], graph, 100, seed=0),
    "overlap_tiles": gc.kernels.overlap_tiles.overlap_histogram,
    "tiled overlap": lambda graph: tiled_overlap(graph).total_pairs,
}
STRANGERS = [
    (None, "NoneType"),
    (3, "int"),
    ("g.txt", "graphs.read"),
    ([(0, 1)], "list"),
    (object(), "object"),
    (np.zeros((2, 3)), "square"),
    (networkx.DiGraph([(0, 1)]), "directed='symmetrise'"),
    (networkx.Graph([(0, 1, {"weight": 2})]), "weights='ignore'"),
    (networkx.Graph(), "at least one node"),
    (LikeIgraph([(0, 1)], [2.0]), "weights='ignore'"),
    (LikeIgraph([(0, 1)], directed=True), "directed='symmetrise'"),
    (like_geometric(HALF), "directed='symmetrise'"),
    (like_geometric(np.array([[0, 9], [9, 0]])), "0, ..., 4"),
]


def plain(value):
    """Numbers and arrays instead of objects that hold them."""
    if hasattr(value, "__array__"):
        return np.asarray(value)
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    return {k: plain(v) for k, v in vars(value).items()} if hasattr(value, "__dict__") else value


@pytest.mark.parametrize("graph", OBJECTS, ids=lambda value: type(value).__name__)
def test_other_graphs_are_taken(graph):
    assert as_graph(graph) == RING


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_takes_them(function):
    for graph in OBJECTS:
        result, expected = function(graph), function(RING)
        assert type(result) is type(expected)
        np.testing.assert_equal(plain(result), plain(expected))


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_refuses_strangers_in_one_sentence(function):
    for stranger, words in STRANGERS:
        if isinstance(stranger, list) and function is gc.averaging_gnn.xi_graph:
            words = "tuple"  # a list of graphs is what this function is about
        with pytest.raises(gc.InvalidInput) as caught:
            function(stranger)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)


def test_options_for_objects():
    assert as_graph(networkx.DiGraph([(0, 1), (1, 0)]), directed="symmetrise").edges == 1
    assert as_graph(np.ones((3, 3)), loops="ignore").edges == 3
    assert as_graph(like_geometric(HALF), directed="symmetrise") == RING


def test_families_of_other_libraries_graphs():
    assert gc.graphs.complement(networkx.path_graph(3)).edge_pairs.tolist() == [[0, 2]]
    assert gc.graphs.disjoint_union(networkx.path_graph(2), gc.graphs.path(1)).nodes == 3
    with pytest.raises(gc.InvalidInput, match="graph must be"):
        gc.graphs.complement("a word")


def test_equality_length_and_hash():
    other = gc.graphs.from_edges(5, RING.edge_pairs[::-1], name="another name")
    assert other == RING
    assert hash(other) == hash(RING)
    assert gc.graphs.path(5) != RING
    assert RING != 5
    assert len(RING) == 5
    assert repr(RING) == "Graph(nodes=5, edges=5, name='cycle(5)')"


def test_labels():
    graph = as_graph(networkx.path_graph(["x", "y", "z"]))
    assert graph.labels == ("x", "y", "z")
    assert list(graph.to_networkx().edges) == [("x", "y"), ("y", "z")]
    assert list(RING.labels) == [0, 1, 2, 3, 4]
    with pytest.raises(gc.InvalidInput, match="labels must be 2 different ones"):
        Graph(2, np.array([0, 1, 2]), np.array([1, 0]), labels=["a", "a"])


def test_there_and_back():
    club = networkx.karate_club_graph()
    graph = gc.graphs.from_networkx(club, weights="ignore")
    assert gc.graphs.from_networkx(graph.to_networkx()) == graph
    assert gc.graphs.from_scipy(graph.to_scipy()) == graph
