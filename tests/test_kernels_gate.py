"""The compile gate: what it must call red, with and without the compilers of `make kernels`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from kernels_support import needs_compilers, run_with_compilers

from gnnconv_lib.kernels.gd_chains import LARGEST_UNITS
from gnnconv_lib.kernels.overlap_tiles import LARGEST_TILE, TILE

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import kernel_compilation, kernel_corners, kernel_gate  # noqa: E402

FINE = kernel_compilation.Taken(40, 0, 128, 48, "mma.sync.m16n8k32")


def corner(**changes):
    plain = kernel_corners.Corner("a kernel", "a_kernel", np.sin, (np.zeros(3),), True)
    return plain._replace(**changes)


class TestVerdicts:
    """The gate's own decisions, from what a compiler would say."""

    def verdict(self, monkeypatch, taken):
        def compiled(*_):
            if isinstance(taken, Exception):
                raise taken
            return taken

        monkeypatch.setattr(kernel_gate, "compiled", compiled)
        return kernel_gate.check([corner()], "sm_80")

    def test_green(self, monkeypatch):
        rows, wrong = self.verdict(monkeypatch, FINE)
        assert wrong == []
        assert rows[0]["registers"] == 40

    @pytest.mark.parametrize(
        ("taken", "words"),
        [
            (kernel_compilation.Taken(255, 520, 256, 8, "mma"), "520 bytes of registers spill"),
            (kernel_compilation.Taken(40, 0, 128, 48, ""), "no matrix instruction"),
            (NotImplementedError("Unimplemented primitive: erf"), "NotImplementedError: Unimpl"),
            (RuntimeError("ptxas refuses the kernel"), "RuntimeError: ptxas refuses"),
        ],
    )
    def test_red(self, monkeypatch, taken, words):
        _, (line,) = self.verdict(monkeypatch, taken)
        assert line.startswith("RED sm_80 a kernel: ")
        assert words in line

    def test_without_compilers_it_says_so_and_is_not_green(self, monkeypatch, capsys):
        monkeypatch.setattr(kernel_gate.importlib.util, "find_spec", lambda _: None)
        monkeypatch.setattr(kernel_gate.shutil, "which", lambda _: None)
        assert kernel_gate.main([]) == 2
        said = capsys.readouterr().out
        assert said == (
            "The kernels were not compiled: JAX's CUDA plugin and ptxas could not be had.\n"
        )

    def test_make_fails_with_a_sentence_where_the_wheels_cannot_be_had(self, tmp_path):
        """The recipe with an index that has nothing, on a copy of what it reads."""
        if shutil.which("make") is None:
            pytest.skip("make is not installed")
        (tmp_path / "benchmarks").mkdir()
        for name in ("Makefile", "requirements.lock", "pyproject.toml"):
            shutil.copy(ROOT / name, tmp_path / name)
        name = "benchmarks/requirements-kernels.txt"
        shutil.copy(ROOT / name, tmp_path / name)
        (tmp_path / ".venv").mkdir()  # stands for one that is ready; its programs are those here
        (tmp_path / ".venv" / ".synced-{}.{}".format(*sys.version_info)).touch()
        here = f"BIN={Path(sys.executable).parent}"
        done = subprocess.run(
            ["make", "kernels", here, f"PYTHON={sys.executable}"],
            cwd=tmp_path,
            env={
                **os.environ,
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(tmp_path),
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_NO_CACHE_DIR": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert "The kernels were not compiled" in done.stderr
        assert not list((tmp_path / ".envs").glob("kernels/.synced*"))


def test_the_corners_are_those_of_the_documented_domains():
    names = [entry.name for entry in kernel_corners.corners()]
    assert len(set(names)) == len(names)
    for dtype in kernel_corners.TYPES:
        assert any(f"gd_chains {dtype} h={LARGEST_UNITS} " in name for name in names)
        assert any(f"mc_population {dtype}" in name and "n=1 " in name for name in names)
        for size in ("h=5 axes=8", "h=17 axes=2"):
            assert any(f"mc_population {dtype} tanh n=100 {size}" in name for name in names)
    for quantity in ("histogram", "moments"):
        for side in (16, TILE["pallas", quantity], LARGEST_TILE[quantity]):
            assert f"overlap_tiles {quantity} n=300 tile={side}" in names


def test_wheels_are_pinned_by_hash_and_fit_the_lock():
    """The plugin is that of the JAX in requirements.lock, for each Python."""
    text = (ROOT / "benchmarks" / "requirements-kernels.txt").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if "==" in line]
    assert len(pins) == 5
    assert text.count("--hash=sha256:") >= len(pins)
    for line in pins:
        name, _, rest = line.partition("==")
        if name.startswith("jax-"):
            assert f"\njax=={rest}" in lock


PLANTED = """
import sys
import numpy as np, jax.numpy as jnp
import gnnconv_lib as gc
from benchmarks import kernel_corners, kernel_gate
from gnnconv_lib.kernels.gd_chains import gd_chains
table = gc.relu_gnn.reduced_model(gc.graphs.random_regular(100, 10, 0)).table
def wide(u, beta):  # 128 chains of 16 units in one program: 16 units per thread
    rate = jnp.asarray(1e-3)
    return gd_chains(table, u, beta, rate, np.array([9]), implementation="pallas", interpret=False, block=128)
def plain(x):
    return jnp.sin(x)
start = np.zeros((128, 16))
corners = [
    kernel_corners.Corner("a spill", "gd_chains", wide, (start, start)),
    kernel_corners._sampled("loss", "gelu", "float64", gc.graphs.complete(1), 1, 1),
    kernel_corners.Corner("no kernel", "gd_chains", plain, (start,)),
    next(kernel_corners._chains("float32")),
]
for line in kernel_gate.check(corners, sys.argv[1])[1]:
    print(line)
"""


def output_with_compilers(program, *arguments):
    """What a program prints in a process of its own that finds the compilers."""
    done = run_with_compilers("-c", program, *arguments)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


WAITS = """
import jax, numpy as np, jax.numpy as jnp
import gnnconv_lib as gc
from benchmarks.kernel_compilation import waits_for_the_host
from gnnconv_lib.kernels.gd_chains import gd_chains
from gnnconv_lib.kernels.mc_population import xla
from gnnconv_lib.kernels.mc_population.chunk import Plan
from gnnconv_lib.kernels.mc_population.segments import neighbor_segments
graph = gc.graphs.random_regular(100, 10, 0)
table = gc.relu_gnn.reduced_model(graph).table
def chains(u, beta):
    return gd_chains(table, u, beta, jnp.asarray(1e-3), np.array([9, 90]), implementation="xla")
def planted(count, x):
    return jax.lax.fori_loop(0, count, lambda _, x: jnp.sin(x), x)
start = np.zeros((128, 1))
plan = Plan("loss", gc.activations.get("gelu"), 100, 2, 1, 512, "float64")
items, key = np.zeros((8, 3), np.uint32), np.zeros(2, np.uint32)
sampled = items, neighbor_segments(graph), np.zeros((2, 2)), key
for function, args in (
    (planted, (3, start)),
    (lambda x: jax.lax.fori_loop(0, 3, lambda _, x: jnp.sin(x), x), (start,)),
    (chains, (start, start)),
    (xla.kernel(plan), sampled),
):
    print(waits_for_the_host(function, args, "sm_90a"))
"""


@needs_compilers
def test_plain_jax_on_a_gpu_waits_for_the_host_seldom():
    """Once for eight steps of gradient descent, once for a chunk of samples; a planted loop counts."""
    planted, known, chains, samples = output_with_compilers(WAITS).split()
    assert (planted, known) == ("1", "0")
    assert (chains, samples) == ("1", "1")


@needs_compilers
@pytest.mark.parametrize("architecture", ["sm_80", "sm_90a"])
def test_a_planted_spill_and_an_unsupported_primitive_are_red(architecture):
    said = output_with_compilers(PLANTED, architecture)
    red = [line for line in said.splitlines() if line.startswith("RED")]
    spill, erf, nothing = red[-3:]
    assert "a spill" in spill
    assert "bytes of registers spill" in spill
    assert "gelu" in erf
    assert "NotImplementedError" in erf
    assert "no kernel named gd_chains" in nothing


def test_the_table_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel_gate.importlib.util, "find_spec", lambda _: True)
    monkeypatch.setattr(kernel_gate.shutil, "which", lambda _: "ptxas")
    monkeypatch.setattr(kernel_gate, "compiled", lambda *_: FINE)
    out = tmp_path / "new" / "kernels.json"
    assert kernel_gate.main(["sm_80", "--only", "overlap_tiles", "--out", str(out)]) == 0
    rows = json.loads(out.read_text(encoding="utf-8"))["kernels"]
    assert {row["architecture"] for row in rows} == {"sm_80"}
    assert len(rows) == 7
