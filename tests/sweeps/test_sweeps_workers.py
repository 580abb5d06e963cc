"""Workers that die, do not start or are lost: a sweep ends, and says what became of each run."""

import subprocess
import sys
from pathlib import Path

import pytest
import sweep_functions
from sweep_functions import rows

import gnnconv_lib as gc
from gnnconv_lib import InvalidInput
from gnnconv_lib.sweeps import cluster, driver, local_workers

distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")


def test_killed_workers_are_replaced(tmp_path, log) -> None:
    outcome = gc.sweeps.sweep(
        sweep_functions.mortal,
        {"run": ["once", "always", "never", "interrupted"]},
        tmp_path / "out",
        fixed={"log": str(log)},
        workers=1,
    )
    # With no second attempt at once, "once" succeeds because suspects are tried again, alone.
    once, always, never, interrupted = outcome.runs
    assert [run.status for run in outcome.runs] == [
        "finished",
        "failed",
        "finished",
        "finished",
    ]
    assert once.values["attempt"] == 2
    # It may have waited on the worker that another run killed; then it is tried again too.
    assert never.values["attempt"] <= 2
    assert "was killed" in always.error
    # Ctrl-C on a terminal reaches the workers too; they leave it to the sweep.
    assert interrupted.values["attempt"] <= 2


@pytest.mark.parametrize("number", [1, 2])
def test_runs_that_all_kill_their_workers_end(tmp_path, number: int) -> None:
    outcome = gc.sweeps.sweep(
        sweep_functions.killed, {"run": [1, 2, 3]}, tmp_path / "out", workers=number
    )
    assert [run.status for run in outcome.runs] == ["failed"] * 3
    assert {run.error for run in outcome.runs} == {cluster._GIVEN_UP}


def test_what_is_no_exception_fails_the_run_only(tmp_path, scheduler) -> None:
    outcome = gc.sweeps.sweep(
        sweep_functions.leaves,
        {"how": ["exit", "interrupt", "mute"]},
        tmp_path / "out",
        scheduler=scheduler,
    )
    assert [run.error for run in outcome.runs] == ["SystemExit: 3", "KeyboardInterrupt", "Mute"]


def test_how_workers_start_is_not_left_to_the_configuration_of_dask(tmp_path) -> None:
    import dask
    import jax.numpy as jnp

    # JAX has threads now, and a fork of this process would hang in them.
    jnp.ones(3).sum().block_until_ready()
    settings = {
        "distributed.worker.multiprocessing-method": "fork",
        "distributed.scheduler.allowed-failures": 3,
        "distributed.worker.preload": ["a_module_that_is_not_there"],
    }
    with dask.config.set(settings):
        outcome = gc.sweeps.sweep(
            sweep_functions.computes, {"n": [5, 7]}, tmp_path / "out", workers=2
        )
    assert [run.values for run in outcome.runs] == [
        sweep_functions.computes(5),
        sweep_functions.computes(7),
    ]


def test_workers_that_cannot_start_are_one_sentence(tmp_path, monkeypatch) -> None:
    program = local_workers._PROGRAM.replace("serve(**settings)", "raise SystemExit(7)")
    monkeypatch.setattr(local_workers, "_PROGRAM", program)
    with pytest.raises(InvalidInput, match=r"^the workers could not be started \(exit status 7\)"):
        gc.sweeps.sweep(sweep_functions.total, {"a": [1]}, tmp_path / "out", workers=2)


def test_the_last_worker_of_a_cluster_is_lost(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 8)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, protocol="tcp", dashboard_address="127.0.0.1:0"
        ) as running,
        local_workers.LocalWorkers(running.scheduler_address, 1) as lost,
    ):
        with distributed.Client(running.scheduler_address, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=240)
        # Nobody replaces what dies.
        lost._leaving.set()
        with pytest.raises(gc.sweeps.ConnectionLost, match="no worker of the scheduler answers"):
            gc.sweeps.sweep(
                sweep_functions.mortal,
                {"run": ["never", "always"]},
                tmp_path / "out",
                fixed={"log": str(tmp_path)},
                scheduler=running.scheduler_address,
            )
    assert {row["status"] for row in rows(tmp_path / "out" / "summary.csv")} <= {
        "finished",
        "not run",
    }


def test_a_scheduler_that_is_not_there_is_one_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECT", 0.1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "127.0.0.1:notaport"):
        with pytest.raises(InvalidInput, match="address of a running Dask scheduler") as caught:
            gc.sweeps.sweep(sweep_functions.total, {"a": [1]}, tmp_path, scheduler=address)
        assert "\n" not in str(caught.value)
    monkeypatch.undo()
    monkeypatch.setattr(cluster, "_PATIENCE", 0.3)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address="127.0.0.1:0"
        ) as empty,
        pytest.raises(InvalidInput, match="must have a worker"),
    ):
        gc.sweeps.sweep(
            sweep_functions.total, {"a": [1]}, tmp_path, scheduler=empty.scheduler_address
        )
    with pytest.raises(InvalidInput, match="workers must not be given together"):
        gc.sweeps.sweep(
            sweep_functions.total, {"a": [1]}, tmp_path, scheduler="tcp://x:1", workers=2
        )
    with pytest.raises(InvalidInput, match="workers must be an integer"):
        gc.sweeps.sweep(sweep_functions.total, {"a": [1]}, tmp_path, workers=0)


def test_a_scheduler_that_goes_away_leaves_a_state_to_go_on_from(tmp_path, monkeypatch) -> None:
    store = driver.Folder.store
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=":0"
    ) as running:

        def store_and_stop(*arguments: object) -> None:
            store(*arguments)
            monkeypatch.setattr(cluster, "_PATIENCE", 3)
            running.close()

        monkeypatch.setattr(driver.Folder, "store", store_and_stop)
        with pytest.raises(gc.sweeps.ConnectionLost):
            gc.sweeps.sweep(
                sweep_functions.total,
                {"a": [4, 5, 6]},
                tmp_path / "out",
                scheduler=running.scheduler_address,
            )
    states = [row["status"] for row in rows(tmp_path / "out" / "summary.csv")]
    assert "finished" in states
    assert "not run" in states


SWEEPS = """\
import sys
sys.path.insert(0, {tests!r})
import gnnconv_lib as gc, sweep_functions

def twice(a):
    return {{"twice": 2 * a}}

def go(function, name):
    outcome = gc.sweeps.sweep(function, {{"a": [1, 2]}}, {out!r} + name, workers=1)
    print(*[run.error or run.values for run in outcome.runs])
"""


def script(folder: Path, name: str, end: str) -> subprocess.CompletedProcess[str]:
    """The outcome of a script in `folder` that defines a function and ends so."""
    text = SWEEPS.format(tests=str(Path(__file__).parent), out=str(folder / "out"))
    (folder / name).write_text(text + end)
    return subprocess.run(
        [sys.executable, "-c", f"import {Path(name).stem}"]
        if "import" in name
        else [sys.executable, name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )


def test_a_script_needs_no_guard(tmp_path) -> None:
    done = script(tmp_path, "script.py", "go(sweep_functions.total, 'a')\n")
    assert (done.stdout, done.stderr) == (
        "{'sum': 1.5, 'even': False} {'sum': 2.5, 'even': True}\n",
        "",
    )


def test_a_module_that_sweeps_while_it_is_imported_is_one_sentence(tmp_path) -> None:
    done = script(tmp_path, "to_import.py", "go(twice, 'b')\n")
    sentence = (
        "the module to_import begins a sweep when a worker imports it; it must do so under "
        '`if __name__ == "__main__":`.'
    )
    assert (done.stdout, done.stderr) == (f"{sentence} {sentence}\n", "")
