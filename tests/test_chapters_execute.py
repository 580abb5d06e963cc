"""Executing chapters: fresh kernels of the running Python, the same bytes again, loud failures."""

import sys
import tempfile
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gnnconv_lib.chapters import execute as execution, notebooks
from gnnconv_lib.chapters.execute import RunningInterpreter, execute, execute_all

REFUSES = KernelSpec(argv=[sys.executable, "-c", "raise SystemExit(1)"], language="python")


def store(path: Path, *sources: str) -> Path:
    cells = [new_markdown_cell("# Title"), *(new_code_cell(source) for source in sources)]
    path.parent.mkdir(parents=True, exist_ok=True)
    notebooks.write(path, new_notebook(cells=cells))
    return path


def printed(path: Path) -> list[str]:
    cells = notebooks.read(path).cells
    return [
        o.text for cell in cells if cell.cell_type == "code" for o in cell.outputs if "text" in o
    ]


def test_execution_is_fresh_reproducible_and_in_the_running_python(tmp_path) -> None:
    path = store(
        tmp_path / "a.ipynb",
        "import os, sys; print(sys.executable)",
        "print(os.path.basename(os.getcwd()), hash('x') == hash('x'), os.environ['PYTHONHASHSEED'])",
        "print('kept' if 'kept' in globals() else 'fresh'); kept = 1",
    )
    first = execute(path)
    assert first.error == ""
    assert first.changed
    content = path.read_bytes()
    assert printed(path) == [f"{sys.executable}\n", f"{tmp_path.name} True 0\n", "fresh\n"]
    again = execute(path)
    assert not again.changed
    assert path.read_bytes() == content
    counts = [cell.get("execution_count") for cell in notebooks.read(path).cells]
    assert counts == [None, 1, 2, 3]
    assert again.seconds > 0


def test_several_chapters_go_to_a_folder_and_failures_name_chapter_cell_and_error(tmp_path) -> None:
    book = tmp_path / "book"
    good = store(book / "good.ipynb", "print(1)")
    bad = store(
        book / "part" / "bad.ipynb", "x = 1", "print('before')\nraise ValueError('no')", "x"
    )
    before = bad.read_bytes()
    runs = execute_all([good, bad], root=tmp_path, target=tmp_path / "out", jobs=2)
    assert [run.path.stem for run in runs] == ["good", "bad"]
    assert runs[0].error == ""
    assert printed(tmp_path / "out" / "book" / "good.ipynb") == ["1\n"]
    assert printed(good) == []
    assert runs[1].error.startswith("chapter bad failed in cell 3: ValueError: no\n")
    assert "    | raise ValueError('no')" in runs[1].error
    assert "\x1b" not in runs[1].error
    assert not (tmp_path / "out" / "book" / "part" / "bad.ipynb").exists()
    assert bad.read_bytes() == before


def test_a_failing_chapter_fails_again_and_is_never_stored(tmp_path) -> None:
    path = store(tmp_path / "bad.ipynb", "raise ValueError('no')")
    before = path.read_bytes()
    assert all(execute(path).error for _ in range(2))
    assert path.read_bytes() == before


DIES = {
    "at once": "import os; os._exit(1)",
    "before it can speak": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "after it has spoken": "print('x', flush=True); import os; os._exit(1)",
}


@pytest.mark.parametrize("how", DIES)
def test_a_kernel_that_dies_is_reported(tmp_path, how: str) -> None:
    path = store(tmp_path / "dead.ipynb", "x = 1", DIES[how], "y = 2")
    run = execute(path)
    assert run.error == f"chapter dead failed in cell 3: Kernel died\n    | {DIES[how]}"


def test_the_running_cell_is_known_when_the_kernel_says_nothing(tmp_path, monkeypatch) -> None:
    # As from a kernel whose last messages never arrive.
    monkeypatch.setattr(NotebookClient, "process_message", lambda *_: None)
    path = store(tmp_path / "dead.ipynb", "import os; os._exit(1)")
    assert execute(path).error.startswith("chapter dead failed in cell 2: Kernel died\n")


def test_a_kernel_that_cannot_start_is_one_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(RunningInterpreter, "kernel_spec", REFUSES)
    path = store(tmp_path / "dead.ipynb", "x = 1")
    assert execute(path).error == (
        "chapter dead failed: Kernel died before replying to kernel_info"
    )


def test_a_folder_for_temporary_files_with_a_long_name(tmp_path, monkeypatch) -> None:
    long = tmp_path / ("x" * 110)
    long.mkdir()
    path = store(tmp_path / "a.ipynb", "print(1)")
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert execute(path).error == ""
    assert printed(path) == ["1\n"]
    # Where no short name is to be had, the kernel is reached through ports.
    monkeypatch.setattr(execution, "_SHORT", str(tmp_path / "missing"))
    assert execute(path).error == ""


@pytest.mark.parametrize("jobs", [1, 5])
def test_outcomes_are_in_the_order_of_the_paths(tmp_path, jobs: int) -> None:
    paths = [store(tmp_path / f"{name}.ipynb", "print(1)") for name in "ba"]
    assert [run.path.stem for run in execute_all(paths, jobs=jobs)] == ["b", "a"]
