"""Sweeps of a chapter, from the command line and as a function."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from sweep_functions import rows

import gnnconv_lib as gc
from gnnconv_lib import InvalidInput
from gnnconv_lib.chapters import notebooks, rerun
from gnnconv_lib.cli import main
from gnnconv_lib.sweeps import cluster, driver, tasks
from gnnconv_lib.sweeps.identity import Work

pytest.importorskip("distributed", reason="Dask distributed is not installed")

ROOT = Path(__file__).resolve().parents[2]


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
