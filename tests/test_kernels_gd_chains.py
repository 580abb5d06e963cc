"""gd_chains: both implementations against Eq. (8) itself, statuses, edges, devices, the CUDA gate."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from kernels_support import MODES, lowers_for_cuda, output_on_devices

import gnnconv_lib as gc
from gnnconv_lib import descent, relu_gnn
from gnnconv_lib.kernels import implementation
from gnnconv_lib.kernels.gd_chains import LARGEST_UNITS, gd_chains, pallas, xla
from gnnconv_lib.kernels.sharding import device_mesh
from gnnconv_lib.relu_gnn.geometry import read_measure

OVERLAP = gc.summaries.overlap(gc.graphs.random_regular(20, 4, seed=0))
TABLE = relu_gnn.reduced_model(OVERLAP).table
A = float(relu_gnn.sums(OVERLAP, 1.0)[0])
GAPS = np.array([0, 1, 4, 25, 170])
# Largest relative error of u, beta and loss after 200 steps; measured: 3e-15 and 2e-6.
TOLERANCE = {"float64": 5e-14, "float32": 2e-5}


def starts(chains=11, units=3, dtype="float64"):
    random = np.random.default_rng(0)
    u, beta = random.normal(size=(2, chains, units))
    return u.astype(dtype), np.abs(beta).astype(dtype)


@cache
def gradient_descent(dtype):
    """Eq. (8) on the weights w = (1 + u, beta), by the general driver, in float64."""
    u, beta = starts(dtype=dtype)
    weights = jnp.stack([1 + jnp.asarray(u, float), jnp.asarray(beta, float)], axis=-1)
    model = relu_gnn.full_model(OVERLAP, np.eye(2)[[0, 0, 0]])
    rate = float(np.asarray(0.1 / A, dtype))
    return descent.run(model, weights, rate, 30, records=[30], chains=11).parameters[-1]


@cache
def statuses(rates):
    """Statuses and last steps by the general driver."""
    u, beta = starts()
    model = relu_gnn.full_model(OVERLAP, np.eye(2)[[0, 0, 0]])
    weights = jnp.stack([1 + u, beta], axis=-1)
    path = descent.run(model, weights, rates, 60, target=1e-5, records=[30], chains=11)
    return path.status.tolist(), path.stopped_at.tolist()


@cache
def reference(dtype):
    """The plain-JAX implementation in float64."""
    u, beta = starts(dtype=dtype)
    rate = float(np.asarray(0.1 / A, dtype))
    return gd_chains(TABLE, u.astype(float), beta.astype(float), rate, GAPS, implementation="xla")


class Cases:
    """What every implementation must do; `self.options` says which one it is."""

    def run(self, *arguments, **more):
        return gd_chains(*arguments, **self.options, **more)

    @pytest.mark.parametrize("dtype", ["float64", "float32"])
    def test_against_gradient_descent_on_the_weights(self, dtype):
        u, beta = starts(dtype=dtype)
        path = self.run(TABLE, u, beta, np.asarray(0.1 / A, dtype), GAPS)
        assert path.u.dtype == dtype
        assert path.step[:, 0].tolist() == [0, 1, 5, 30, 200]
        got = np.stack([1 + path.u[3], path.beta[3]], axis=-1)
        np.testing.assert_allclose(got, gradient_descent(dtype), rtol=0, atol=TOLERANCE[dtype])
        plain = reference(dtype)
        for name in ("u", "beta", "loss"):
            wanted = np.asarray(getattr(plain, name))
            size = np.maximum(np.abs(wanted), np.abs(np.asarray(plain.beta)).min())
            error = np.max(np.abs(np.asarray(getattr(path, name)) - wanted) / size)
            assert error < TOLERANCE[dtype], name

    def test_statuses_are_those_of_the_driver(self):
        u, beta = starts()
        rates = np.full(11, 0.5 / A)
        rates[3], rates[4] = 10 / A, 1e200
        wanted, stopped = statuses(tuple(rates))
        path = self.run(TABLE, u, beta, rates, np.array([0, 30, 30]), target=1e-5)
        names = np.array(descent.STATUSES)[np.asarray(path.code[-1])]
        assert names.tolist() == wanted
        assert {"converged", "diverged"} <= set(names)
        assert np.asarray(path.step[-1]).tolist() == stopped
        assert np.all(np.isfinite(path.loss))
        np.testing.assert_array_equal(path.u[-1, 4], u[4])  # the last finite state

    def test_graphs_and_teachers_of_their_own(self):
        u, beta = starts(3, 2)
        graphs = [gc.graphs.star(6), gc.graphs.complete(5), gc.graphs.cycle(9)]
        tables = relu_gnn.reduced_model(graphs).table
        teacher = np.array([[1.0, 2.0], [0.5, 1.0], [1.0, 1.0]])
        path = self.run(tables, u, beta, 0.001, np.array([0, 20]), teacher=teacher)
        for k, graph in enumerate(graphs):
            one = self.run(
                relu_gnn.reduced_model(graph).table,
                u[k : k + 1],
                beta[k : k + 1],
                0.001,
                np.array([0, 20]),
                teacher=teacher[k],
            )
            np.testing.assert_allclose(path.loss[:, k], one.loss[:, 0], rtol=1e-14)
            np.testing.assert_allclose(path.u[:, k], one.u[:, 0], rtol=1e-14)

    def test_degenerate_starts_stay_finite(self):
        u = np.array([[0.0], [-1.0], [-2.0], [1e-30], [0.0]])
        beta = np.array([[0.0], [0.0], [0.0], [1e-30], [1e-300]])
        path = self.run(TABLE, u, beta, 0.5 / A, np.array([0, 1, 100]), target=-1.0)
        for leaf in path:
            assert np.all(np.isfinite(leaf))
        assert path.loss[0].tolist()[0] == 0.0
        messages = float(read_measure(OVERLAP, float).messages)
        assert float(path.u[1, 1, 0]) == pytest.approx(-1 + 0.5 / A * messages, rel=1e-15)
        B = float(relu_gnn.sums(OVERLAP, -1.0)[1])
        assert float(path.u[2, 2, 0]) + 1 == pytest.approx(-B / A, rel=1e-12)
        full = A * 1e-60 / 2 + float(relu_gnn.sums(OVERLAP, 1.0)[2]) * 1e-60 / 2
        assert float(path.loss[0, 3]) == pytest.approx(full, rel=1e-14)

    def test_no_gaps_no_records(self):
        u, beta = starts(2, 3)
        for gaps in ([], np.zeros(0, np.int8), jnp.zeros(0, jnp.int32)):
            path = self.run(TABLE, u, beta, 0.1 / A, gaps)
            assert path.u.shape == path.beta.shape == (0, 2, 3)
            assert path.loss.shape == path.step.shape == path.code.shape == (0, 2)
            assert path.loss.dtype == np.float64
            assert path.step.dtype == np.int64

    @pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64"])
    def test_steps_are_counted_in_64_bits(self, dtype):
        """Three gaps of 120 pass the 127 and 255 at which small integers would start anew."""
        u, beta = starts(2, 1)
        wanted = self.run(TABLE, u, beta, 0.01 / A, np.array([120, 120, 120]))
        path = self.run(TABLE, u, beta, 0.01 / A, np.array([120, 120, 120], dtype))
        assert path.step.dtype == np.int64
        assert path.step[:, 0].tolist() == [120, 240, 360]
        np.testing.assert_array_equal(path.loss, wanted.loss)

    @pytest.mark.parametrize("length", [1e30, 1e-30, np.inf])
    def test_lengths_whose_squares_leave_float32_are_refused(self, length):
        u, beta = starts(2, 1, "float32")
        with pytest.raises(gc.InvalidInput, match="squares float32 can hold, got"):
            self.run(TABLE, u, beta, np.float32(0.1), [1], teacher=np.float32(length))

    @pytest.mark.parametrize("length", [1e15, 1e-15])
    def test_lengths_of_any_other_size_scale_the_loss(self, length):
        u, beta = starts(2, 1, "float32")
        rate = np.float32(0.1 / A)
        path = self.run(TABLE, u, beta, rate, [0, 3], teacher=np.float32(length), target=-1.0)
        one = self.run(TABLE, u, beta, rate, [0, 3], target=-1.0)
        np.testing.assert_allclose(path.u, one.u, rtol=1e-5)
        np.testing.assert_allclose(path.loss / length**2, one.loss, rtol=1e-5)

    def test_weights_of_extreme_size_have_a_status(self):
        """u = 1e30: the loss is infinite in float32, and the start is kept. u + 1 = 1e-30: finite."""
        u = np.array([[1e30], [-1.0]], np.float32)
        beta = np.array([[1e30], [1e-30]], np.float32)
        path = self.run(TABLE, u, beta, np.float32(0.1 / A), [0, 5], target=-1.0)
        assert np.asarray(path.code).T.tolist() == [[2, 2], [0, 0]]
        np.testing.assert_array_equal(path.u[-1, 0], u[0])
        assert np.isinf(path.loss[:, 0]).all()
        assert not np.isnan(np.asarray(path.loss)).any()
        assert np.isfinite(path.loss[:, 1]).all()

    def test_no_derivative_in_one_sentence(self):
        u, beta = starts(2, 1)

        def last(u):
            return jnp.sum(self.run(TABLE, u, beta, 0.1 / A, np.array([3])).u)

        with pytest.raises(gc.InvalidInput, match="gd_chains has no derivative"):
            jax.grad(last)(jnp.asarray(u))


class TestXla(Cases):
    @pytest.fixture(autouse=True)
    def choose_implementation(self):
        self.options = {"implementation": "xla"}

    def test_many_pairs_in_blocks(self, monkeypatch):
        u, beta = starts()
        whole = self.run(TABLE, u, beta, 0.1 / A, np.array([0, 20]))
        monkeypatch.setattr(xla, "_PAIRS_AT_ONCE", 2)
        monkeypatch.setattr(xla, "_ENTRIES_AT_ONCE", 1)
        gaps = np.array([0, 19, 1])  # another shape, traced anew
        cut = self.run(TABLE, u, beta, 0.1 / A, gaps)
        np.testing.assert_allclose(cut.loss[::2], whole.loss, rtol=1e-14)

    def test_loops_of_fixed_length_take_the_same_steps(self, monkeypatch):
        """What a GPU runs, here on a CPU: gaps that are no multiples of the length."""
        u, beta = starts()
        rates = np.full(11, 0.5 / A)
        rates[4] = 1e200
        # A GPU has no one machine function for a few chains, which rounds otherwise.
        monkeypatch.setattr(xla, "_SMALL", 0)
        jax.clear_caches()
        usual = self.run(TABLE, u, beta, rates, np.array([0, 1, 7, 13, 64]), target=1e-5)
        monkeypatch.setattr(
            jax.lax, "platform_dependent", lambda *args, cuda, rocm, default: cuda(*args)
        )
        jax.clear_caches()
        fixed = self.run(TABLE, u, beta, rates, np.array([0, 1, 7, 13, 64]), target=1e-5)
        jax.clear_caches()
        assert set(np.ravel(usual.code)) == {0, 1, 2}
        for one, other in zip(usual, fixed, strict=True):
            np.testing.assert_array_equal(one, other)

    def test_a_batch_is_its_single_chains(self):
        u, beta = starts(64, 2)
        many = self.run(TABLE, u, beta, 0.1 / A, GAPS)
        for k in (0, 17, 63):
            one = self.run(TABLE, u[k : k + 1], beta[k : k + 1], 0.1 / A, GAPS)
            np.testing.assert_allclose(many.loss[:, k], one.loss[:, 0], rtol=1e-13)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"u": np.ones(3)}, "one shape"),
            ({"learning_rate": np.ones(5)}, "learning_rate must have shape"),
            ({"gaps": np.array([1.5])}, "gaps must be integers"),
            ({"gaps": np.array([-1])}, "gaps must be at least 0"),
            ({"gaps": np.array([2**62], np.uint64)}, "gaps must add up to at most"),
            ({"gaps": [[1]]}, "gaps must be integers of shape"),
            ({"table": OVERLAP}, "table must be a PairTable, .*, got OverlapMeasure"),
            ({"implementation": "cuda"}, "implementation must be one of"),
        ],
    )
    def test_refusals(self, change, words):
        u, beta = starts()
        arguments = {"table": TABLE, "u": u, "beta": beta, "learning_rate": 0.1, "gaps": GAPS}
        with pytest.raises(gc.InvalidInput, match=words):
            gd_chains(**(arguments | change))


@pytest.mark.parametrize("interpret", MODES, scope="class")
class TestPallas(Cases):
    @pytest.fixture(autouse=True)
    def choose_mode(self, interpret):
        self.options = {"implementation": "pallas", "interpret": interpret, "block": 4}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shared", [True, False])
def test_lowers_for_cuda(dtype, shared):
    u, beta = starts(40, 3, dtype)
    graphs = [gc.graphs.star(6)] * 40
    measure = TABLE if shared else relu_gnn.reduced_model(graphs).table

    def run(u, beta):
        return gd_chains(
            measure,
            u,
            beta,
            np.asarray(1e-3, dtype),
            GAPS,
            implementation="pallas",
            interpret=False,
            block=32,
        )

    assert lowers_for_cuda(run, u, beta) == 1


@pytest.mark.parametrize("units", [1, 3, 8, 32, 100, 512])
def test_every_thread_holds_one_unit(units):
    """128 chains in 4 warps hold 32 units of 32 each: what spilled 65,068 bytes in float64."""
    block = pallas.block_for(units)
    rows = 1 << (units - 1).bit_length()
    assert rows * block == max(128, rows)
    assert rows * block / (32 * pallas.warps_for(units, block)) <= 1


def test_more_units_than_registers_hold_go_to_plain_jax(monkeypatch):
    u, beta = np.zeros((1, LARGEST_UNITS + 1)), np.ones((1, LARGEST_UNITS + 1))
    with pytest.raises(gc.InvalidInput, match="'pallas' takes at most 512 units per chain"):
        gd_chains(TABLE, u, beta, 0.1 / A, [1], implementation="pallas")
    monkeypatch.setattr(implementation, "platform_name", lambda: "cuda")
    with pytest.warns(implementation.PlainJax, match="gd_chains runs in plain JAX: Pallas takes"):
        path = gd_chains(TABLE, u, beta, 0.1 / A, [1])
    assert path.loss.shape == (1, 1)


def test_a_mesh_of_one_device_gives_the_blocks_of_the_whole():
    u, beta = starts()
    whole = gd_chains(TABLE, u, beta, 0.5 / A, GAPS, target=1e-5)
    spread = gd_chains(TABLE, u, beta, 0.5 / A, GAPS, target=1e-5, block=4, mesh=device_mesh(1))
    assert np.asarray(whole.step).tolist() == spread.step.tolist()
    np.testing.assert_allclose(spread.loss, whole.loss, rtol=1e-12)


FOUR_DEVICES = """
import numpy as np, jax
import gnnconv_lib as gc
from gnnconv_lib import relu_gnn
from gnnconv_lib.kernels.gd_chains import gd_chains
from gnnconv_lib.kernels.sharding import device_mesh
assert len(jax.devices()) == 4
u, beta = np.abs(np.random.default_rng(0).normal(size=(2, 22, 2)))
graph = gc.graphs.star(6)
tables = relu_gnn.reduced_model([graph, gc.graphs.cycle(9)] * 11).table
for measure, implementation in ((relu_gnn.reduced_model(graph).table, "xla"), (tables, "pallas")):
    paths = [
        gd_chains(measure, u, beta, 1e-3, [3, 40], target=5.0, block=4,
                  implementation=implementation, mesh=device_mesh(count))
        for count in (1, 4)
    ]
    for one, other in zip(*paths):
        np.testing.assert_array_equal(one, other)
    assert set(np.ravel(paths[0].code)) == {0, 1}
print("equal")
"""


def test_four_devices_give_the_bits_of_one():
    assert output_on_devices(4, FOUR_DEVICES) == "equal"
