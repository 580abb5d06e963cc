"""What starts quickly, and what is said when Dask is not there."""

import subprocess
import sys

import pytest
import sweep_functions

import gnnconv_lib as gc
from gnnconv_lib import InvalidInput
from gnnconv_lib.cli import main

HEAVY = {
    "IPython",
    "dask",
    "distributed",
    "ipykernel",
    "jupyter_client",
    "jupyter_core",
    "matplotlib",
    "nbclient",
    "nbformat",
    "numba",
    "papermill",
    "sympy",
    "tqdm",
    "traitlets",
}
HELP = (
    "from gnnconv_lib.cli import main\ntry: main({})\nexcept SystemExit as end: assert not end.code"
)


def loaded(program: str) -> tuple[set[str], float]:
    """The heavy packages that a program loads, and the seconds of processor time that it takes."""
    end = (
        "\nimport sys, time"
        f"\nprint('---', *sorted({HEAVY!r} & sys.modules.keys()), time.process_time(), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + end], capture_output=True, text=True, check=True
    )
    *names, seconds = done.stdout.rpartition("---\n")[2].split()
    return set(names), float(seconds)


def test_the_probe_sees_what_is_loaded() -> None:
    assert loaded("import tqdm")[0] == {"tqdm"}


@pytest.mark.parametrize(
    "program",
    [
        "import gnnconv_lib",
        "import gnnconv_lib as gc; gc.sweeps.sweep",
        HELP.format(["--help"]),
        HELP.format(["sweep", "--help"]),
    ],
)
def test_nothing_heavy_is_loaded(program: str) -> None:
    names, seconds = loaded(program)
    assert names == set()
    # Processor time: other work on the machine does not count.
    assert seconds < 1.0


def test_the_library_itself_loads_nothing_heavy() -> None:
    program = (
        "import gnnconv_lib as gc\n"
        "overlap = gc.summaries.overlap(gc.graphs.complete(2))\n"
        "assert float(gc.relu_gnn.sums(overlap, 1.0)[0]) == 8.0"
    )
    assert loaded(program)[0] == set()


def test_without_dask_a_sweep_is_refused_in_one_sentence(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidInput, match=r"needs Dask distributed .* install gnnconv-lib\[cl"):
        gc.sweeps.sweep(sweep_functions.total, {"a": [1]}, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    out = tmp_path / "cli"
    assert main(["sweep", "figure-1", "--grid", "n=10,20", "--output", str(out)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not out.exists()
