"""overlap_tiles: counts against the plain product, sums against the exact measure, devices, gate."""

import re
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from kernels_support import MODES, lowers_for_cuda, output_on_devices

import gnnconv_lib as gc
from gnnconv_lib import relu_gnn, summaries
from gnnconv_lib.kernels import overlap_tiles
from gnnconv_lib.kernels.overlap_tiles import overlap_histogram, overlap_moments, pallas
from gnnconv_lib.kernels.sharding import device_mesh
from gnnconv_lib.summaries.overlap_tiled import tiled_overlap

GRAPHS = {
    "dense": gc.graphs.erdos_renyi(70, 0.5, seed=0),
    "sparse": gc.graphs.erdos_renyi(45, 0.05, seed=1),
    "regular": gc.graphs.random_regular(40, 9, seed=0),
    "star": gc.graphs.star(12),
    "clique": gc.graphs.complete(17),
    "one": gc.graphs.path(1),
}


def plain_counts(graph):
    """The histogram from the whole product."""
    matrix = graph.adjacency.toarray() + np.eye(graph.nodes, dtype=np.int64)
    above = np.triu_indices(graph.nodes, 1)
    return np.bincount((matrix @ matrix)[above], minlength=int(graph.degrees.max()) + 2)


class Cases:
    """What every implementation must do; `self.options` says which one it is."""

    @pytest.mark.parametrize("name", GRAPHS)
    def test_counts_to_the_last_pair(self, name):
        graph = GRAPHS[name]
        got = overlap_histogram(graph, tile=16, **self.options)
        np.testing.assert_array_equal(got, plain_counts(graph))

    @pytest.mark.parametrize("name", ["dense", "sparse", "star"])
    def test_moments_against_pairs_one_by_one(self, name):
        """The first two moments of each panel are sums of m, 1, m x, x: here pair by pair."""
        graph = GRAPHS[name]
        sums = overlap_moments(graph, tile=16, **self.options)
        matrix = graph.adjacency.toarray() + np.eye(graph.nodes, dtype=np.int64)
        closed = graph.degrees + 1
        wanted = np.zeros((64, 2, 2, 2))
        zero, one = np.zeros(2), np.zeros(2)
        product = matrix @ matrix
        for i in range(graph.nodes):
            for j in range(i + 1, graph.nodes):
                d, square = int(product[i, j]), int(closed[i] * closed[j])
                mass = np.sqrt(square)
                if d == 0:
                    zero += [mass, 1]
                elif d * d == square:
                    one += [mass, 1]
                else:
                    rho = d / mass
                    gap = (square - d * d) / (mass * (mass + d))
                    k, size = 0, 0.25
                    while min(rho, gap) <= size:
                        k, size = k + 1, size / 2
                    x = 2 * min(rho, gap) / size - 3
                    wanted[k, int(gap < rho)] += np.array([[mass, mass * x], [1, x]])
        np.testing.assert_allclose(sums.moments[..., :2], wanted, rtol=1e-12, atol=1e-10)
        np.testing.assert_allclose([sums.zero, sums.one], [zero, one], rtol=1e-13)

    @pytest.mark.parametrize("name", ["dense", "regular", "one"])
    def test_the_measure_has_the_sums_of_the_exact_one(self, name):
        graph = GRAPHS[name]
        measure = tiled_overlap(graph, tile=16, **self.options)
        exact = summaries.overlap(graph, method="exact")
        for cosine in (1.0, 0.4, 0.0, -0.7):
            wanted = np.array(relu_gnn.sums(exact, cosine))
            got = np.array(relu_gnn.sums(measure, cosine))
            np.testing.assert_allclose(got, wanted, rtol=5e-15)
        assert measure.total_pairs == graph.nodes**2
        assert measure.shared_messages == int(np.sum((graph.degrees + 1) ** 2))


class TestXla(Cases):
    @pytest.fixture(autouse=True)
    def choose_implementation(self):
        self.options = {"implementation": "xla"}

    def test_no_square_array_and_no_square_of_floats(self):
        """The compiled program of one strip holds tiles, words and columns, nothing of n x n."""
        nodes, side = 4096, 128
        packed = overlap_tiles.Packed(
            jax.ShapeDtypeStruct((nodes // 32, nodes), jnp.uint32),
            jax.ShapeDtypeStruct((nodes,), jnp.float64),
        )
        for program in ("histogram", "moments"):
            function = overlap_tiles._program("xla", program, side, 10, True)
            strips = jax.ShapeDtypeStruct((2,), jnp.int32)
            compiled = jax.jit(function).lower(strips, packed).compile()
            memory = compiled.memory_analysis().temp_size_in_bytes
            assert memory < nodes * nodes  # one byte per pair would be 16 MiB

    def test_sparse_graphs_agree_with_the_sparse_route(self):
        graph = gc.graphs.erdos_renyi(600, 0.01, seed=3)
        one, other = tiled_overlap(graph), summaries.overlap(graph)
        for cosine in (1.0, -0.5):
            np.testing.assert_allclose(
                np.array(relu_gnn.sums(one, cosine)),
                np.array(relu_gnn.sums(other, cosine)),
                rtol=5e-15,
            )

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"tile": 48}, "tile must be a power of two"),
            ({"tile": 8}, "tile must be"),
            ({"implementation": "blas"}, "implementation must be one of"),
        ],
    )
    def test_refusals(self, change, words):
        with pytest.raises(gc.InvalidInput, match=words):
            tiled_overlap(GRAPHS["star"], **change)
        with pytest.raises(gc.InvalidInput, match="graph must be a Graph"):
            tiled_overlap([(0, 1)])


@pytest.mark.parametrize("interpret", MODES, scope="class")
class TestPallas(Cases):
    @pytest.fixture(autouse=True)
    def choose_mode(self, interpret):
        self.options = {"implementation": "pallas", "interpret": interpret}


def test_lowers_for_cuda():
    packed = jax.tree.map(jnp.asarray, overlap_tiles.pack(GRAPHS["dense"], 64))
    strips = jnp.arange(2, dtype=jnp.int32)
    for program in (
        partial(pallas.histograms, side=64, bins=71, interpret=False),
        partial(pallas.moments, side=64, interpret=False),
    ):
        assert lowers_for_cuda(program, strips, packed) == 1


def test_every_strip_is_computed_once():
    """The order in which strips are dealt out is a permutation, for even and odd numbers."""
    for nodes in (32, 80):
        graph = gc.graphs.cycle(nodes)
        counts = overlap_histogram(graph, tile=16)
        assert counts.sum() == nodes * (nodes - 1) // 2


@pytest.mark.parametrize("nodes", [16, 17, 32, 33, 48, 65, 80, 130])
def test_each_pair_of_blocks_is_met_once(nodes):
    """Numbers of strips from one on, even and odd, with and without empty nodes in the last one."""
    graph = gc.graphs.erdos_renyi(nodes, 0.4, nodes)
    counts = overlap_histogram(graph, implementation="xla", tile=16)
    np.testing.assert_array_equal(counts, plain_counts(graph))


def loops_of_unknown_length(function, *args):
    """Loops of a compiled program before each turn of which a GPU would wait for the host."""
    program = jax.jit(function).lower(*args).compile().as_text()
    loops = [line for line in program.splitlines() if re.search(r"= .* while\(", line)]
    assert loops
    return sum("known_trip_count" not in line for line in loops)


def test_the_histogram_in_plain_jax_has_loops_of_known_length():
    """So a GPU does not wait for the host at every tile. A planted strip j > i is seen."""
    packed = overlap_tiles.pack(GRAPHS["dense"], 16)
    strips = np.arange(packed.closed.shape[0] // 16, dtype=np.int32)
    counted = overlap_tiles._program("xla", "histogram", 16, 100, False)
    assert loops_of_unknown_length(counted, strips, packed) == 0

    def planted(strips, packed):
        one = lambda strip: jax.lax.fori_loop(  # noqa: E731
            strip, packed.closed.shape[0] // 16, lambda k, sum_: sum_ + packed.closed[k], 0.0
        )
        return jax.lax.map(one, strips)

    assert loops_of_unknown_length(planted, strips, jax.tree.map(jnp.asarray, packed)) == 1


FOUR_DEVICES = """
import numpy as np, jax
import gnnconv_lib as gc
from gnnconv_lib.kernels.overlap_tiles import overlap_histogram, overlap_moments
from gnnconv_lib.kernels.sharding import device_mesh
assert len(jax.devices()) == 4
graph = gc.graphs.erdos_renyi(90, 0.4, 0)
alone = overlap_moments(graph, tile=16)
for count in (1, 4):
    mesh = device_mesh(count)
    for one, other in zip(alone, overlap_moments(graph, tile=16, mesh=mesh)):
        np.testing.assert_array_equal(one, other)
    for implementation in ("xla", "pallas"):
        counts = overlap_histogram(graph, tile=16, implementation=implementation, mesh=mesh)
        np.testing.assert_array_equal(counts, overlap_histogram(graph, tile=32))
print("equal")
"""


def test_four_devices_give_the_bits_of_one():
    assert output_on_devices(4, FOUR_DEVICES) == "equal"


def test_a_mesh_of_one_device():
    graph = GRAPHS["dense"]
    one, other = tiled_overlap(graph), tiled_overlap(graph, mesh=device_mesh(1))
    np.testing.assert_array_equal(one.mass, other.mass)
