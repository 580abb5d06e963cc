"""Work over several devices and processes: bit-equal results, in fresh processes of their own."""

import json
import os
import socket
import subprocess
import sys

import jax
import numpy as np
import pytest

import gnnconv_lib as gc
from gnnconv_lib.kernels import mc_population, sharding

# Both programs print what `mc_population` finds, exactly (floats as hexadecimal).
RUN = '''
import hashlib, json
import jax, numpy as np
import gnnconv_lib as gc
from gnnconv_lib.kernels import gd_chains, mc_population, overlap_tiles, sharding

def exact(estimate):
    return [float(estimate.mean).hex(), float(estimate.standard_error).hex()]

def found(mesh, samples=6000, implementation="xla"):
    graph = gc.graphs.star(6)
    w, v = np.array([0.3, -1.2, 0.7]), np.array([1.0, 0.4, 0.1])
    options = {"implementation": implementation, "mesh": mesh}
    values = [mc_population.loss(w, v, graph, samples, 7, **options)]
    if implementation == "xla":
        values += mc_population.sums(graph, 0.3, samples, 7, **options)
    return [exact(value) for value in values]

def bits(mesh):
    """Digests of whole runs of 10 chains and of the overlaps of a dense graph."""
    u, beta = np.abs(np.random.default_rng(0).normal(size=(2, 10, 2)))
    dense = gc.graphs.erdos_renyi(60, 0.4, 0)
    table = gc.relu_gnn.reduced_model(gc.graphs.star(6)).table
    chains = gd_chains.gd_chains(table, u, beta, 1e-3, [3, 40], block=4, mesh=mesh)
    leaves = [*chains, overlap_tiles.overlap_histogram(dense, tile=16, mesh=mesh)]
    leaves += overlap_tiles.overlap_moments(dense, tile=16, mesh=mesh)
    return [hashlib.sha256(np.asarray(leaf).tobytes()).hexdigest() for leaf in leaves]
'''

FOUR_DEVICES = (
    RUN
    + """
results = {count: found(sharding.device_mesh(count)) for count in (1, 3, 4)}
results[0] = found(None)
results["bits"] = [bits(sharding.device_mesh(count)) for count in (1, 3, 4)]
mesh = sharding.device_mesh()
results["grid"] = found(jax.sharding.Mesh(mesh.devices.reshape(2, 2), ("a", "b")))
results["pallas"] = [found(m, 300, "pallas") for m in (None, mesh)]
spread = sharding.map_items(lambda x, c: {"y": c * x}, np.arange(5.0), 2.0, mesh=mesh)
results["items"] = spread["y"].tolist()
results["devices"] = mesh.size
print(json.dumps(results))
"""
)

TWO_PROCESSES = (
    """
import sys
import jax
jax.config.update("jax_cpu_collectives_implementation", "gloo")
jax.distributed.initialize(sys.argv[1], num_processes=2, process_id=int(sys.argv[2]))
"""
    + RUN
    + """
mesh = sharding.device_mesh()
local = sharding.device_mesh(jax.local_devices())
print(json.dumps({"all": found(mesh), "local": found(local), "bits": bits(mesh), "devices": mesh.size}))
"""
)


def start(program, *arguments, devices=1):
    environment = {
        **os.environ,
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
        "JAX_PLATFORMS": "cpu",
    }
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process):
    try:
        output, errors = process.communicate(timeout=240)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    return json.loads(output.splitlines()[-1])


@pytest.fixture(scope="module")
def four_devices():
    return answer(start(FOUR_DEVICES, devices=4))


class TestFourDevices:
    def test_results_are_bit_equal_for_any_number_of_devices(self, four_devices):
        assert four_devices["devices"] == 4
        for count in ("1", "3", "4", "grid"):
            assert four_devices[count] == four_devices["0"]

    def test_chains_and_overlaps_are_bit_equal_too(self, four_devices):
        one, three, four = four_devices["bits"]
        assert one == three == four
        assert len(one) == 5 + 4  # fields of the records, the histogram, three sums of the moments

    def test_results_are_right(self, four_devices):
        exact = gc.relu_gnn.sums(gc.graphs.star(6), 0.3)
        for (mean, error), value in zip(four_devices["4"][1:], exact, strict=True):
            assert abs(float.fromhex(mean) - float(value)) < 4.5 * float.fromhex(error)

    def test_an_interpreted_kernel_runs_on_a_mesh(self, four_devices):
        alone, spread = four_devices["pallas"]
        assert spread == alone

    def test_a_number_of_items_that_devices_do_not_divide(self, four_devices):
        assert four_devices["items"] == [0.0, 2.0, 4.0, 6.0, 8.0]


def test_two_processes_give_the_results_of_one(four_devices):
    """Each process has two devices; both receive the whole result, bit for bit that of one."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        address = f"localhost:{probe.getsockname()[1]}"
    processes = [start(TWO_PROCESSES, address, str(rank), devices=2) for rank in range(2)]
    for found in [answer(process) for process in processes]:
        assert found["devices"] == 4
        assert found["all"] == found["local"] == four_devices["0"]
        assert found["bits"] == four_devices["bits"][0]


class TestInThisProcess:
    def test_one_device_is_the_default_device(self):
        graph, w, v = gc.graphs.petersen(), np.array([1.0, 2.0]), np.array([0.5, -1.0])
        call = lambda mesh: mc_population.loss(w, v, graph, 3000, 1, "tanh", mesh=mesh)  # noqa: E731
        assert call(sharding.device_mesh(1)) == call(None)

    def test_items_and_constants_are_pytrees(self):
        items = {"a": np.arange(3), "b": np.ones((3, 2))}
        double = lambda x, c: (x["a"] * c["k"], x["b"].sum(1))  # noqa: E731
        first, second = sharding.map_items(double, items, {"k": 2}, mesh=sharding.device_mesh(1))
        np.testing.assert_array_equal(first, [0, 2, 4])
        np.testing.assert_array_equal(second, [2, 2, 2])

    @pytest.mark.parametrize("devices", [0, -1, 10_000, []])
    def test_a_mesh_needs_devices_that_exist(self, devices):
        with pytest.raises(gc.InvalidInput, match="devices must"):
            sharding.device_mesh(devices)

    def test_there_must_be_an_item(self):
        with pytest.raises(gc.InvalidInput, match="at least one item"):
            sharding.map_items(jax.numpy.square, np.zeros(0))
