"""Sweeps on Dask: each run once, failures told, kills survived, the same table in the end."""

import asyncio
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sweep_functions
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import gnnconv_lib as gc
from gnnconv_lib import InvalidInput
from gnnconv_lib.chapters import notebooks, rerun
from gnnconv_lib.cli import main
from gnnconv_lib.sweeps import cluster, driver, local_workers, tasks
from gnnconv_lib.sweeps.identity import Work, library_digest

distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")

ROOT = Path(__file__).resolve().parents[1]
DECLARATION = """\
a: int = 1  # first number [0, 99]
b: float = 0.5  # second number [0, 1]
family: str = "regular"  # kind of graph {regular, star}
"""


@pytest.fixture(autouse=True, scope="module")
def still_library():
    """The library as it was at the beginning, so that an edit does not disturb these tests."""
    patch = pytest.MonkeyPatch()
    now = library_digest()
    for module in (cluster, tasks, driver.identity):
        patch.setattr(module, "library_digest", lambda: now)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def scheduler():
    """The address of a running scheduler with two workers, in threads of this process."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address="127.0.0.1:0",
    ) as running:
        yield running.scheduler_address


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A folder in which every call leaves a mark."""
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    """A book with one chapter, `line`, that prints in every way and fails at a = 3."""
    root = tmp_path_factory.mktemp("clone")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/line\n")
    cells = [
        new_markdown_cell("# A line"),
        new_code_cell("from gnnconv_lib.page import parameters, report"),
        new_code_cell(DECLARATION, metadata={"tags": ["parameters"]}),
        new_code_cell("with parameters.check(globals()):\n    pass"),
        new_code_cell("import os; a == 13 and os._exit(1)"),
        new_code_cell("if a == 3:\n    raise ZeroDivisionError('on request')"),
        new_code_cell("report.glue('product', a * b)\nreport.show('sum, n = 1', a + b)"),
        new_code_cell("report.table([[a, b / 3]], ['a', 'third | b'])"),
        new_code_cell("report.result('steps', 'diverged' if a == 4 else b / 7)"),
        new_code_cell("report.glue('folder', os.path.basename(os.getcwd()))"),
        new_code_cell("report.table([[a, 1 / 3], [2 * a, None]], ['a', 'last'], name='long')"),
    ]
    (root / "book").mkdir()
    notebooks.write(root / "book" / "line.ipynb", new_notebook(cells=cells))
    return root


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_function_is_swept_once_and_the_table_stays(scheduler, tmp_path, log) -> None:
    grid = {"a": [2, 3, 4], "b": [0.1, 0.30000000000000004]}

    def again() -> driver.Sweep:
        return gc.sweeps.sweep(
            sweep_functions.total,
            grid,
            tmp_path / "out",
            fixed={"log": str(log)},
            scheduler=scheduler,
        )

    first = again()
    assert [run.status for run in first.runs] == ["finished"] * 2 + ["failed"] * 2 + [
        "finished"
    ] * 2
    assert first.runs[1].values == {"sum": 2.3, "even": True}
    assert first.runs[2].error == "ZeroDivisionError: on request"
    table = rows(first.table)
    assert [(row["a"], row["b"]) for row in table[1:3]] == [
        ("2", "0.30000000000000004"),
        ("3", "0.1"),
    ]
    assert list(table[0]) == ["a", "b", "log", "status", "sum", "even", "error"]
    content = first.table.read_bytes()
    assert len(list(log.iterdir())) == 6
    second = again()
    assert second.table.read_bytes() == content
    assert [run.reused for run in second.runs] == [True, True, False, False, True, True]
    # The two failures only are tried again.
    assert len(list(log.iterdir())) == 8


def test_odd_results(scheduler, tmp_path) -> None:
    outcome = gc.sweeps.sweep(
        sweep_functions.odd_numbers, {"x": [0.1, 1e-300]}, tmp_path / "out", scheduler=scheduler
    )
    row = rows(outcome.table)[1]
    assert (row["x"], row["x (result)"], row["inf"], row["nan"]) == (
        "1e-300",
        "1e-300",
        "inf",
        "nan",
    )
    assert (row["status"], row["status (result)"]) == ("finished", 'a,"b"')
    assert float(rows(outcome.table)[0]["third"]) == 0.1 / 3
    nested = gc.sweeps.sweep(
        sweep_functions.nested, {"depth": [1]}, tmp_path / "no", scheduler=scheduler
    )
    assert nested.runs[0].error.startswith("result inner must be a number, a bool or a string")


def test_an_interrupted_sweep_goes_on_where_it_stopped(
    scheduler, tmp_path, log, monkeypatch
) -> None:
    def go() -> driver.Sweep:
        return gc.sweeps.sweep(
            sweep_functions.total,
            {"a": [4, 5, 6, 7]},
            tmp_path / "out",
            fixed={"log": str(log)},
            scheduler=scheduler,
        )

    store = driver.Folder.store
    stored = []

    def interrupt(*arguments: object) -> None:
        if len(stored) == 2:
            raise KeyboardInterrupt
        stored.append(store(*arguments))

    with monkeypatch.context() as patch:
        patch.setattr(driver.Folder, "store", interrupt)
        with pytest.raises(KeyboardInterrupt):
            go()
    states = [row["status"] for row in rows(tmp_path / "out" / "summary.csv")]
    assert sorted(states) == ["finished", "finished", "not run", "not run"]
    outcome = go()
    assert outcome.count("finished") == 4
    assert sum(run.reused for run in outcome.runs) == 2
    whole = gc.sweeps.sweep(
        sweep_functions.total,
        {"a": [4, 5, 6, 7]},
        tmp_path / "whole",
        fixed={"log": str(log)},
        scheduler=scheduler,
    )
    assert whole.table.read_bytes() == outcome.table.read_bytes()


def test_two_sweeps_in_one_folder_at_once(scheduler, tmp_path, log) -> None:
    def go(_: int) -> driver.Sweep:
        return gc.sweeps.sweep(
            sweep_functions.total,
            {"a": list(range(4, 12)), "b": [0.1, 0.2, 0.3]},
            tmp_path / "out",
            fixed={"log": str(log)},
            scheduler=scheduler,
        )

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(go, range(2))
    assert first.count("finished") == second.count("finished") == 24
    assert len(rows(first.table)) == 24
    whole = first.table.read_bytes()
    assert all(run.reused for run in go(0).runs)
    assert first.table.read_bytes() == whole


def test_a_change_of_the_library_is_said_and_gives_new_runs(
    scheduler, tmp_path, monkeypatch
) -> None:
    said: list[str] = []

    def go() -> driver.Sweep:
        return gc.sweeps.sweep(
            sweep_functions.total,
            {"a": [1, 2]},
            tmp_path / "out",
            scheduler=scheduler,
            tell=said.append,
        )

    with monkeypatch.context() as patch:
        for module in (cluster, tasks, driver.identity):
            patch.setattr(module, "library_digest", lambda: "e" * 64)
        go()
    assert said == []
    (record, _) = sorted((tmp_path / "out" / "runs").glob("*.json"))
    outcome = go()
    assert not any(run.reused for run in outcome.runs)
    assert len(said) == 1
    assert said[0].startswith("the library changed since 2 of the runs in ")
    assert record.exists()
    for path in (tmp_path / "out" / "runs").glob("*.json"):
        path.write_bytes(path.read_bytes()[:-9])
    assert go().count("finished") == 2
    assert said[-1].startswith("2 of the runs in ")


def test_a_worker_with_another_library_refuses(tmp_path, scheduler, monkeypatch) -> None:
    answers = iter(["f" * 64] * 50)
    monkeypatch.setattr(tasks, "library_digest", lambda: next(answers))
    outcome = gc.sweeps.sweep(
        sweep_functions.total, {"a": [1]}, tmp_path / "out", scheduler=scheduler
    )
    assert outcome.runs[0].error == (
        "gnnconv_lib must stay the same during a sweep, on every worker."
    )


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
    monkeypatch.setattr(cluster, "_PATIENCE", 0.3)
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "127.0.0.1:notaport"):
        with pytest.raises(InvalidInput, match="address of a running Dask scheduler") as caught:
            gc.sweeps.sweep(sweep_functions.total, {"a": [1]}, tmp_path, scheduler=address)
        assert "\n" not in str(caught.value)
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
    monkeypatch.setattr(cluster, "_PATIENCE", 3)
    store = driver.Folder.store
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=":0"
    ) as running:

        def store_and_stop(*arguments: object) -> None:
            store(*arguments)
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
    text = SWEEPS.format(tests=str(ROOT / "tests"), out=str(folder / "out"))
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


@pytest.fixture
def run(book, capsys, monkeypatch, tmp_path):
    """A function that runs the command beside the book and gives status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        status = main(["sweep", "line", "--book", str(book), *map(str, arguments)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_a_chapter_is_swept_from_the_command_line(run, scheduler, tmp_path, book) -> None:
    arguments = ["-g", "a=2:4", "-g", "b=0.30000000000000004", "--scheduler", scheduler]
    status, out, err = run(*arguments)
    assert status == 1
    assert err == (
        "gnnconv: the run a=3, b=0.30000000000000004 failed: chapter line failed in cell 6: "
        "ZeroDivisionError: on request\n"
    )
    assert out == (
        "2 runs of line: 1 finished, 1 failed; one row per run is in line-sweep/summary.csv, "
        "one per number in line-sweep/results.csv\n"
    )
    table = tmp_path / "line-sweep" / "summary.csv"
    good, bad = rows(table)
    assert list(good)[:5] == ["a", "b", "family", "status", "product"]
    b = 0.30000000000000004
    assert (good["product"], good["sum, n = 1"]) == (repr(2 * b), repr(2 + b))
    assert (good["table: a"], good["table: third | b"]) == ("2", repr(b / 3))
    assert good["steps"] == repr(b / 7)
    numbers = rows(tmp_path / "line-sweep" / "results.csv")
    assert {row["a"] for row in numbers} == {"2"}
    assert [tuple(row.values())[3:] for row in numbers if row["result"] == "long"] == [
        ("long", "1", "2", "a", "2"),
        ("long", "1", "2", "last", repr(1 / 3)),
        ("long", "2", "4", "a", "4"),
        ("long", "2", "4", "last", "-"),
    ]
    # The kernel runs in the chapter's folder, this process stays where it is.
    assert good["folder"] == "book"
    assert Path.cwd() == tmp_path
    assert (bad["status"], bad["product"]) == ("failed", "")
    executed = notebooks.read(tmp_path / "line-sweep" / good["notebook"])
    assert any("injected-parameters" in cell.metadata.get("tags", []) for cell in executed.cells)
    assert good["notebook"].startswith("runs/a=2,b=0.30000000000000004,")
    # What the page would hold is rounded, as without a sweep.
    assert repr(b / 3) not in json.dumps(executed)
    assert bad["notebook"].startswith("runs/a=3,b=0.30000000000000004,")
    assert bad["notebook"].endswith(".failed.ipynb")
    assert notebooks.read(tmp_path / "line-sweep" / bad["notebook"])
    content = table.read_bytes(), table.with_name("results.csv").read_bytes()
    # A value that equals the default is the same run as one that leaves it out.
    status, out, _ = run(*arguments[:1], "a=2", *arguments[2:], "-p", "family=regular")
    assert status == 0
    assert "1 finished (1 of them earlier), 0 failed" in out
    status, _, _ = run(*arguments)
    assert status == 1
    assert (table.read_bytes(), table.with_name("results.csv").read_bytes()) == content


def swept(path: Path, out: Path, scheduler: str, **grid: list) -> list[driver.Run]:
    return list(gc.sweeps.sweep_chapter(path, grid, out, scheduler=scheduler).runs)


def test_a_status_stays_a_word_and_the_file_is_the_one_of_the_run(
    book, scheduler, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("GNNCONV_RESULTS", str(tmp_path / "mine"))
    first, second = swept(book / "book" / "line.ipynb", tmp_path / "out", scheduler, a=[4, 5])
    assert (first.values["steps"], second.values["steps"]) == ("diverged", 0.5 / 7)
    assert not (tmp_path / "mine").exists()


@pytest.fixture
def changed(book, tmp_path):
    """A function that gives the chapter with other cells after its check."""

    def call(*sources: str) -> Path:
        notebook = notebooks.read(book / "book" / "line.ipynb")
        notebook.cells[4:] = [new_code_cell(source) for source in sources]
        notebooks.write(tmp_path / "other.ipynb", notebook)
        return tmp_path / "other.ipynb"

    return call


def test_a_chapter_without_results_is_refused_before_anything_runs(
    changed, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(cluster, "workers", lambda *_: pytest.fail("a cluster was started"))
    path = changed("print('x = 0.5')", "print('y = 0.5')")
    with pytest.raises(
        InvalidInput, match="chapter other must report a result to be swept"
    ) as said:
        gc.sweeps.sweep_chapter(path, {"a": [1]}, tmp_path / "out")
    assert "\n" not in str(said.value)
    assert not (tmp_path / "out").exists()


def test_a_run_that_comes_by_no_result_fails(changed, scheduler, tmp_path) -> None:
    path = changed("if a == 5:\n    report.show('a', a)")
    without, with_one = swept(path, tmp_path / "out", scheduler, a=[4, 5])
    assert (without.status, without.error) == (
        "failed",
        "chapter other ran to its end and reported no result.",
    )
    assert without.notebook is not None
    assert without.notebook.name.startswith("a=4,")
    assert with_one.values == {"a": 5}


def test_a_kernel_that_dies_is_a_failed_chapter(book) -> None:
    with pytest.raises(rerun.ChapterFailed, match=r"^chapter line failed in cell 5: Kernel died$"):
        rerun.executed(book / "book" / "line.ipynb", {"a": 13})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "at least one --grid"),
        (["-g", "aa=1"], "did you mean 'a'"),
        (["-g", "a=1,100"], "a must be an integer in [0, 99], got 100"),
        (["-g", "a=1", "-p", "a=2"], "not both"),
        (["-g", "a=1", "-p", "b=2"], "b must be a finite number in [0, 1]"),
        (["-g", "a=1", "-p", "family=sart"], "did you mean 'star'"),
        (["-g", "a=0:99", "-g", "b=0.1,0.2", "--limit", "100"], "at most 100 combinations"),
        (["-g", "a=1", "--limit", "0"], "limit must be an integer of at least 1"),
        (["-g", "a=1", "-o", "file"], "output must be a folder, got the file"),
        (["-g", "a=1", "-o", "BOOK/book/here"], "must not lie among the chapters"),
    ],
)
def test_mistakes_are_found_before_anything_runs(
    run, tmp_path, book, monkeypatch, arguments, words
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(cluster, "workers", lambda *_: pytest.fail("a cluster was started"))
    status, _, err = run(*[word.replace("BOOK", str(book)) for word in arguments])
    assert status == 2
    assert err.startswith("gnnconv: ")
    assert err.count("\n") == 1
    assert words in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_interrupt_of_the_command_is_one_line(tmp_path, book) -> None:
    # A copy, which nobody edits while the sweep runs.
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "gnnconv_lib", tmp_path / "lib" / "gnnconv_lib", ignore=ignored)
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from gnnconv_lib.cli import main; raise SystemExit(main())"
    )
    command = [sys.executable, "-c", program, "sweep", "line", "--book", str(book)]
    command += ["--grid", "a=10:60", "--workers", "1", "-o", str(tmp_path / "out")]
    started = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "lib")},
    )
    deadline = time.monotonic() + 120
    while started.poll() is None and time.monotonic() < deadline:
        if list(tmp_path.glob("out/runs/*.json")):
            break
        time.sleep(0.2)
    os.killpg(started.pid, signal.SIGINT)
    out, err = started.communicate(timeout=60)
    assert (started.returncode, out) == (130, "")
    assert err.startswith("gnnconv: interrupted; what has finished is in ")
    assert err.count("\n") == 1
    states = {row["status"] for row in rows(tmp_path / "out" / "summary.csv")}
    assert states == {"finished", "not run"}


def test_a_chapter_runs_where_another_event_loop_is_known(book) -> None:
    from jupyter_core.utils import ensure_event_loop

    task = tasks.Task(
        Work("chapter", "line", "", tasks.library_digest()),
        {"a": 2},
        (book / "book" / "line.ipynb").read_text(encoding="utf-8"),
        str(book / "book"),
    )

    async def inside() -> tasks.Outcome:
        ensure_event_loop()  # remembers this loop, which runs, in the context of the thread below
        return await asyncio.to_thread(tasks.perform, task)

    assert asyncio.run(inside()).error == ""
