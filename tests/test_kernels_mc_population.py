"""The kernel `mc_population`: exact values, agreement of implementations and types, tables."""

import dataclasses
import os
import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest
from kernels_support import MODES, lowers_for_cuda

import gnnconv_lib as gc
from gnnconv_lib import monte_carlo, relu_gnn
from gnnconv_lib.kernels import generator, mc_population
from gnnconv_lib.kernels.mc_population import pallas, xla
from gnnconv_lib.kernels.mc_population.chunk import NOT_IN_TRITON, Plan
from gnnconv_lib.kernels.mc_population.segments import neighbor_segments

GRAPHS = [
    gc.graphs.empty(1),
    gc.graphs.complete(2),
    gc.graphs.petersen(),
    gc.graphs.star(30),
    gc.graphs.erdos_renyi(13, 0.3, 1),
    gc.graphs.disjoint_union(gc.graphs.empty(2), gc.graphs.star(4), gc.graphs.complete(20)),
]
graphs = pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.name)
two_graphs = pytest.mark.parametrize("graph", [GRAPHS[0], GRAPHS[-1]], ids=lambda graph: graph.name)
TYPES = ("float32", "float64")


def weights(shape, seed=1):
    random = np.random.default_rng(seed)
    return random.normal(size=shape), random.normal(size=shape)


def numbers(estimate):
    return np.array([estimate.mean, estimate.standard_error])


def by_hand(graph, weights, samples, seed, activation):
    """The estimate from features taken word by word, in NumPy, without chunks or tables."""
    axes, units = weights.shape[1], len(weights) // 2
    groups = -(-graph.nodes * axes // 4)
    sample, group = np.meshgrid(np.arange(samples), np.arange(groups))
    counter = [jnp.asarray(x, jnp.uint32) for x in (sample, 0 * sample, group, 0 * sample)]
    words = generator.philox(tuple(counter), generator.key_words(seed))
    drawn = np.concatenate(generator.normals(words, "float64"))[: graph.nodes * axes]
    features = drawn.reshape(graph.nodes, axes, samples)
    gather = graph.adjacency.toarray() + np.eye(graph.nodes)
    outputs = np.einsum(
        "uns->us", activation(np.einsum("uj,mn,njs->ums", weights, gather, features))
    )
    values = ((outputs[:units] - outputs[units:]) ** 2).sum(axis=0) / 2
    return np.array([values.mean(), values.std(ddof=1) / np.sqrt(samples)])


class TestReference:
    @pytest.mark.parametrize("graph", GRAPHS[2:], ids=lambda graph: graph.name)
    def test_loss_and_sums_agree_with_the_exact_ones(self, graph):
        W, W_star = weights((2, 3))
        value = mc_population.loss(W, W_star, graph, 20_000, seed=5, implementation="xla")
        assert abs(value.z_score(relu_gnn.loss(W, W_star, graph))) < 4.5
        assert value.samples == 20_000
        for cos in (-0.8, 0.4):
            found = mc_population.sums(graph, cos, 20_000, seed=6, implementation="xla")
            for estimate, exact in zip(found, relu_gnn.sums(graph, cos), strict=True):
                assert abs(estimate.z_score(exact)) < 4.5

    def test_a_planted_error_is_seen(self):
        graph, (W, W_star) = gc.graphs.petersen(), weights(3)
        value = mc_population.loss(W, W_star, graph, 20_000, seed=5)
        assert abs(value.z_score(1.1 * float(relu_gnn.loss(W, W_star, graph)))) > 4.5

    @two_graphs
    def test_the_numbers_are_those_of_the_stated_counters(self, graph):
        samples = 2 if graph.nodes == 1 else 257
        W, W_star = weights((2, 4))
        basis = np.linalg.qr(np.concatenate([W_star, W - W_star]).T)[0]
        both = np.concatenate([W, W_star]) @ basis
        expected = by_hand(graph, both, samples, 2**35 + 1, np.tanh)
        value = mc_population.loss(
            W, W_star, graph, samples, 2**35 + 1, "tanh", implementation="xla"
        )
        np.testing.assert_allclose(numbers(value), expected, rtol=1e-11)

    def test_many_units_take_the_matrix_product(self):
        graph, (W, W_star) = gc.graphs.cycle(5), weights((5, 30))
        value = mc_population.loss(W, W_star, graph, 20_000, seed=2, implementation="xla")
        assert abs(value.z_score(relu_gnn.loss(W, W_star, graph))) < 4.5

    def test_blocks_do_not_matter(self, monkeypatch):
        graph, (W, W_star) = gc.graphs.star(4), weights(2)
        call = lambda: numbers(  # noqa: E731
            mc_population.loss(W, W_star, graph, 5001, seed=3, implementation="xla")
        )
        whole = call()
        for chunk, chunks in ((256, 1), (1024, 2)):
            monkeypatch.setattr(xla, "LARGEST_CHUNK", chunk)
            monkeypatch.setattr(mc_population, "CHUNKS_PER_CALL", chunks)
            np.testing.assert_allclose(call(), whole, rtol=1e-13)

    def test_samples_past_32_bits_have_their_own_words(self):
        plan = Plan("loss", None, 3, 2, 1, 16, "float64")
        draw = lambda low, high: np.asarray(  # noqa: E731
            xla.features(plan, np.uint32(low), np.uint32(high), generator.key_words(1), 1)
        )
        first, later = draw(16, 0), draw(16, 1)
        assert np.all(first[:6] != later[:6])
        assert not first[6:].any()
        counts, items = mc_population._items(2**32 - 32, 40, 16)
        assert items[:3].tolist() == [[2**32 - 32, 0, 16], [2**32 - 16, 0, 16], [0, 1, 8]]
        assert counts.tolist() == [16, 16, 8]
        assert items[3:].tolist() == [[0, 0, 0]]

    def test_features_of_a_gpu_are_those_of_a_cpu(self, monkeypatch):
        """There a barrier keeps the words, since a loop would wait for the host."""
        plan = Plan("loss", None, 5, 3, 1, 16, "float64")
        draw = lambda: xla.features(plan, np.uint32(16), np.uint32(0), generator.key_words(1), 1)  # noqa: E731
        usual = draw()
        monkeypatch.setattr(
            xla.lax, "platform_dependent", lambda *args, cuda, rocm, default: cuda(*args)
        )
        np.testing.assert_array_equal(draw(), usual)

    def test_relative_accuracy_next_to_the_optimum(self):
        graph, w_star = gc.graphs.petersen(), np.array([1.0, 2.0])
        step = np.array([2.0**-30, -(2.0**-31)])
        near = mc_population.loss(w_star + step, w_star, graph, 20_000, seed=4)
        assert abs(near.z_score(relu_gnn.loss(w_star + step, w_star, graph))) < 4.5
        at = mc_population.loss(w_star, w_star, graph, 2000, seed=4)
        assert 0 <= at.mean < 1e-29  # rounding errors, squared

    @pytest.mark.parametrize("dtype", TYPES)
    @pytest.mark.parametrize("quantity", ["loss", "sums"])
    def test_large_graphs_keep_every_processor_busy(self, quantity, dtype):
        """At 10,000 nodes the cache holds the pieces of two programs; a GPU has 108 processors."""
        for nodes, axes in ((1, 1), (100, 2), (1000, 8), (10_000, 2), (10_000, 8), (10**6, 8)):
            plan = Plan(quantity, None, nodes, axes, 1, 128, dtype)
            count = pallas.programs(plan)
            taken = count * pallas.scratch_rows(plan) * 128 * np.dtype(dtype).itemsize
            assert count & (count - 1) == 0
            assert count == 1 or taken <= 2**33
            if nodes * axes <= 20_000:
                assert 108 <= count <= 512

    def test_memory_of_a_chunk_is_bounded(self):
        for count in (1, 200, 10**5, 10**7):
            size = xla.chunk_size(count)
            small = size == xla.SMALLEST_CHUNK
            assert size * count <= xla.NUMBERS_PER_CHUNK or small


@pytest.mark.parametrize("interpret", MODES)
class TestPallas:
    """In interpret mode on a CPU, compiled on a GPU; `implementation="pallas"` picks the mode."""

    @two_graphs
    def test_implementations_and_types_agree(self, graph, interpret):
        """The draws are the same, so that every gap is rounding, far below a standard error."""
        W, W_star = weights((1, 3))

        def call(word, dtype):
            options = {"dtype": dtype, "implementation": word}
            loss = mc_population.loss(W, W_star, graph, 300, 5, **options)
            alone = graph.nodes == 1
            sums = () if alone else mc_population.sums(graph, 0.3, 300, 5, **options)
            return np.stack([numbers(estimate) for estimate in (loss, *sums)])

        reference = call("xla", "float64")
        np.testing.assert_allclose(call("pallas", "float64"), reference, rtol=1e-12)
        if graph.nodes == 1:  # the types are told apart on the larger graph
            return
        np.testing.assert_allclose(call("xla", "float32"), reference, rtol=3e-6)
        np.testing.assert_allclose(call("pallas", "float32"), reference, rtol=3e-6)

    def test_programs_take_turns(self, interpret):
        """Each program works through several chunks in the same piece of memory."""
        graph, plan = gc.graphs.star(5), Plan("sums", None, 6, 2, 1, 128, "float64")
        items = mc_population._items(0, 900, 128)[1]
        constants = (
            neighbor_segments(graph, widest=2),
            jnp.array([[1.0, 0.0], [0.6, 0.8]]),
            jnp.asarray(generator.key_words(3)),
        )
        alone = pallas.kernel(plan, interpret)(jnp.asarray(items), *constants)
        shared = pallas.kernel(plan, interpret, 3)(jnp.asarray(items), *constants)
        np.testing.assert_array_equal(shared, alone)

    @pytest.mark.parametrize("shape", [(5, 8), (5, 7), (8, 5), (17, 2), (9, 4)])
    def test_networks_of_more_than_64_products(self, shape, interpret):
        """2 h axes > 64, h no multiple of the units that are taken at once."""
        graph, (W, W_star) = gc.graphs.path(3), weights(shape)
        call = lambda word: numbers(  # noqa: E731
            mc_population.loss(W, W_star, graph, 300, 7, "tanh", implementation=word)
        )
        np.testing.assert_allclose(call("pallas"), call("xla"), rtol=1e-11)

    @pytest.mark.parametrize("size", [1e30, 1e18, 1e-18, 1e-30])
    def test_weights_of_extreme_size_keep_their_digits_in_float32(self, size, interpret):
        """The loss is of degree two: what leaves float32 is held as a number of its own."""
        graph, (W, W_star) = gc.graphs.petersen(), weights((1, 3))

        def call(word, scale):
            found = mc_population.loss(
                scale * W, scale * W_star, graph, 200, 7, dtype="float32", implementation=word
            )
            return numbers(found)

        for word in ("xla", "pallas"):
            np.testing.assert_allclose(call(word, size) / size**2, call(word, 1.0), rtol=3e-6)

    @pytest.mark.parametrize(
        ("size", "dtype", "activation", "value"),
        [
            (1e200, "float64", "relu", np.inf),  # the loss is 1e400
            (1e-200, "float64", "relu", 0.0),  # and 1e-400
            (1e30, "float32", "square", np.inf),  # outputs of 1e60
            (1e-30, "float32", "square", 0.0),
            (0.0, "float32", "relu", 0.0),
        ],
    )
    def test_what_no_number_can_hold_is_infinite_or_zero(
        self, size, dtype, activation, value, interpret
    ):
        if activation == "square":
            tanh = gc.activations.get("tanh")
            activation = dataclasses.replace(tanh, name="square", function=lambda t: t * t)
        W, W_star = weights((1, 3))
        for word in ("xla", "pallas"):
            found = mc_population.loss(
                size * W,
                size * W_star / 3,
                gc.graphs.petersen(),
                200,
                7,
                activation,
                dtype=dtype,
                implementation=word,
            )
            assert (found.mean, found.standard_error, found.samples) == (value, value, 200)
            assert found.z_score(1.0) == (0.0 if value else -np.inf)

    def test_weights_beyond_the_type_are_refused(self, interpret):
        for word in ("xla", "pallas"):
            with pytest.raises(gc.InvalidInput, match="must be finite in float32, got 1e"):
                mc_population.loss(
                    [1e40], [1.0], gc.graphs.path(2), 10, 0, dtype="float32", implementation=word
                )

    def test_two_units_and_another_activation(self, interpret):
        graph, (W, W_star) = gc.graphs.petersen(), weights((2, 4))
        call = lambda word: numbers(  # noqa: E731
            mc_population.loss(W, W_star, graph, 200, 7, "swish", implementation=word)
        )
        np.testing.assert_allclose(call("pallas"), call("xla"), rtol=1e-12)


def test_without_64_bit_types_the_words_are_the_same():
    """Another process, since the mode is of a process; there every type is float32."""
    program = (
        "import gnnconv_lib as gc; from gnnconv_lib.kernels import mc_population as m\n"
        "print(m.loss([1.0, 0.2], [0.3, 1.0], gc.graphs.star(6), 2000, 3, 'tanh').mean)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "JAX_ENABLE_X64": "0", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        check=True,
    )
    wide = mc_population.loss([1.0, 0.2], [0.3, 1.0], gc.graphs.star(6), 2000, 3, "tanh")
    assert float(finished.stdout) == pytest.approx(wide.mean, rel=3e-6)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    ("quantity", "shape"),
    [("sums", (1, 2)), *((name, (2, 4)) for name in gc.activations.names())]
    + [("tanh", shape) for shape in ((5, 8), (5, 7), (8, 5), (17, 2))],
)
def test_lowers_for_cuda(quantity, shape, dtype):
    graph = gc.graphs.erdos_renyi(40, 0.2, 2)
    units, axes = shape
    sigma = None if quantity == "sums" else gc.activations.get(quantity)
    plan = Plan("loss" if sigma else "sums", sigma, 40, axes, units, 128, dtype)
    arguments = (
        jnp.zeros((64, 3), jnp.uint32),
        neighbor_segments(graph),
        jnp.zeros((2 * units, axes), dtype),
        jnp.zeros(2, jnp.uint32),
    )
    kernel = pallas.kernel(plan, False)
    if quantity in NOT_IN_TRITON:
        with pytest.raises(NotImplementedError, match="erf"):  # once it lowers: mend the list
            lowers_for_cuda(kernel, *arguments)
    else:
        assert lowers_for_cuda(kernel, *arguments) == 1


@pytest.mark.parametrize(
    ("axes", "name", "words"),
    [(9, "tanh", "at most 8 dimensions, got 9"), (2, "gelu", "lacks .*, got 'gelu'")],
)
def test_what_pallas_cannot_do_goes_to_xla_or_is_refused(monkeypatch, axes, name, words):
    sigma = gc.activations.get(name)
    with pytest.raises(gc.InvalidInput, match=words):
        mc_population._chosen("pallas", axes, sigma)
    monkeypatch.setattr(mc_population.implementation, "platform_name", lambda: "cuda")
    with pytest.warns(mc_population.implementation.PlainJax, match=words):
        assert mc_population._chosen(None, axes, sigma) == "xla"
    assert mc_population._chosen(None, 8, gc.activations.get("tanh")) == "pallas"


@graphs
@pytest.mark.parametrize("widest", [1, 3, 16])
def test_segments_hold_each_closed_neighbourhood_once(graph, widest):
    segments = neighbor_segments(graph, widest)
    assert segments.rows.shape[1] <= widest
    assert segments.rows.size <= (widest + 1) * (2 * graph.edges + graph.nodes)
    counted = np.zeros((graph.nodes, graph.nodes + 1), dtype=int)
    np.add.at(counted, (segments.node[:, None], segments.rows), 1)
    closed = graph.adjacency.toarray() + np.eye(graph.nodes)
    np.testing.assert_array_equal(counted[:, :-1], closed)
    assert (np.diff(segments.node) >= 0).all()
    ends = np.flatnonzero(segments.last)
    np.testing.assert_array_equal(segments.node[ends], np.arange(graph.nodes))
    assert (np.diff(segments.node)[ends[:-1]] == 1).all()


def test_segments_of_a_star_take_memory_of_its_edges():
    assert neighbor_segments(gc.graphs.star(10_000)).rows.size < 60_000


def test_agrees_with_the_independent_estimator():
    graph, (W, W_star) = gc.graphs.random_regular(20, 4, 0), weights((2, 6))
    one = mc_population.loss(W, W_star, graph, 40_000, seed=1, activation="swish")
    two = monte_carlo.loss(W, W_star, graph, 40_000, seed=1, activation="swish")
    assert abs(one.mean - two.mean) < 4.5 * np.hypot(one.standard_error, two.standard_error)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda g: mc_population.loss([1.0], [1.0], g, 1, 0), "samples must be"),
        (lambda g: mc_population.loss([1.0], [1.0], g, 10, -1), "seed must be"),
        (lambda g: mc_population.loss([1.0], [1.0, 2.0], g, 10, 0), "W_star must have"),
        (lambda g: mc_population.loss([float("nan")], [1.0], g, 10, 0), "W must be finite"),
        (lambda g: mc_population.loss([1.0], [1.0], g, 10, 0, "tanhh"), "did you mean 'tanh'"),
        (lambda g: mc_population.loss([1.0], [1.0], g, 10, 0, dtype="float16"), "dtype must be"),
        (
            lambda g: mc_population.loss([1.0], [1.0], g, 10, 0, implementation="cuda"),
            "implementation must be",
        ),
        (lambda g: mc_population.sums(g, 1.5, 10, 0), "cos must be"),
    ],
)
def test_bad_input_is_one_sentence(call, words):
    with pytest.raises(gc.InvalidInput, match=words):
        call(gc.graphs.complete(2))
