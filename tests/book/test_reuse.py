"""A build uses a chapter again only if nothing that it depends on has changed; each ingredient."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import build
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gnnconv_lib import provenance
from gnnconv_lib.chapters import executed, notebooks, reuse
from gnnconv_lib.chapters.executed import executed_chapters
from gnnconv_lib.page import finding

ROOT = Path(__file__).resolve().parents[2]
LINE = Path("book/line.ipynb")


@pytest.fixture
def book(tmp_path):
    """A book of one chapter that reads a stored measurement, a table and nothing else."""
    for folder in ("book/data", "book/ledger", "benchmarks/results"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/line\n")
    shutil.copyfile(ROOT / "_config.yml", tmp_path / "_config.yml")
    shutil.copytree(ROOT / "book/_static", tmp_path / "book/_static")
    (tmp_path / "book/back").mkdir()
    shutil.copyfile(ROOT / "book/back/references.bib", tmp_path / "book/back/references.bib")
    (tmp_path / "requirements.lock").write_text("numpy==2\n")
    (tmp_path / "benchmarks/results/cpu.json").write_text('{"schema": 1, "value": 3}')
    source = (
        "from gnnconv_lib.page import benchmark_results as stored\n\n"
        "print('value', stored.load(stored.find_results() / 'cpu.json')['value'])"
    )
    write(tmp_path, "# A line", source)
    return tmp_path


def write(root, text, source, name=LINE):
    cells = [new_markdown_cell(text), new_code_cell(source)]
    notebooks.write(root / name, new_notebook(cells=cells))


@pytest.fixture
def counted(monkeypatch):
    """Executions without kernels: how often each chapter would have run."""
    from gnnconv_lib.chapters import execute

    runs = []

    def execute_all(paths, root, target, jobs, finished):
        for path in paths:
            source = Path(path).relative_to(root)
            (target / source).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / source)
            runs.append(source.as_posix())
            finished(execute.ChapterRun(Path(path), 1.0))

    monkeypatch.setattr(execute, "execute_all", execute_all)
    return runs


def run(book, **options):
    return executed_chapters(book, [LINE], **options)


def test_an_unchanged_chapter_is_used_again_and_the_build_says_so(book, counted, capsys):
    assert not run(book)[0].again
    assert "Executing 1 chapters, 2 at a time ..." in capsys.readouterr().out
    (again,) = run(book)
    assert again.again
    assert again.seconds == 1.0
    assert len(counted) == 1
    assert "Nothing to execute: 1 chapters are as they were" in capsys.readouterr().out
    run(book, fresh=True)
    assert len(counted) == 2


CHANGES = {
    "notebook": lambda book: write(book, "# A line", "print(2)"),
    "data": lambda book: (book / "book/data/table.csv").write_text("1,2\n"),
    "contents": lambda book: write(book, "# A page", "1", Path("book/other.ipynb")),
    "lock file": lambda book: (book / "requirements.lock").write_text("numpy==3\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_file_executes_again(book, counted, capsys, name):
    run(book)
    CHANGES[name](book)
    assert not run(book)[0].again
    assert counted == [LINE.as_posix()] * 2
    assert name in capsys.readouterr().out.splitlines()[-2]


@pytest.mark.parametrize("folder", reuse.DATA)
def test_every_folder_of_data_counts(book, counted, folder):
    run(book)
    path = book / folder / "new.file"
    path.write_text("1")
    run(book)
    path.write_text("2")
    run(book)
    path.unlink()
    run(book)
    assert len(counted) == 4


@pytest.mark.parametrize(
    ("ingredient", "function"),
    [("library", "library_digest"), ("Python", "packages"), ("processor", "machine")],
)
def test_a_change_of_what_computes_executes_again(
    book, counted, capsys, monkeypatch, ingredient, function
):
    run(book)
    monkeypatch.setattr(provenance, function, lambda **_: "planted")
    run(book)
    assert len(counted) == 2
    assert ingredient in capsys.readouterr().out


def test_another_python_executes_again(book, counted, monkeypatch):
    run(book)
    monkeypatch.setattr("platform.python_version", lambda: "3.99.0")
    run(book)
    assert len(counted) == 2


def test_a_setting_of_jax_executes_again_and_the_place_of_its_cache_does_not(
    book, counted, monkeypatch
):
    monkeypatch.delenv("JAX_PLATFORMS", raising=False)
    run(book)
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")  # the default of a chapter
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "elsewhere")
    run(book)
    assert len(counted) == 1
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_max_isa=SSE4_2")
    run(book)
    assert len(counted) == 2


def test_a_file_of_the_library_enters_its_digest(tmp_path):
    (tmp_path / "a.py").write_text("x = 1")
    before = provenance.library_digest(tmp_path), provenance.library_state(tmp_path)
    (tmp_path / "a.py").write_text("x = 2")
    os.utime(tmp_path / "a.py", (1, 1))
    after = provenance.library_digest(tmp_path), provenance.library_state(tmp_path)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_an_edit_of_a_module_that_does_not_count_changes_nothing(tmp_path):
    for name in ("site/build.py", "cli.py", "dual/site.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1")

    def now():
        chosen = {"root": tmp_path, "without": ("site", "cli")}
        return provenance.library_digest(**chosen), provenance.library_state(**chosen)

    before = now()
    (tmp_path / "site" / "build.py").write_text("x = 10")
    (tmp_path / "cli.py").write_text("x = 10")
    assert now() == before
    (tmp_path / "dual" / "site.py").write_text("x = 10")
    assert now()[0] != before[0]
    assert now()[1] != before[1]


def test_no_chapter_imports_what_does_not_count():
    rooms = "|".join(provenance.ABOVE_CHAPTERS)
    pattern = re.compile(rf"gnnconv_lib\.({rooms})\b|gnnconv_lib import .*\b({rooms})\b")
    for path in finding.chapter_paths(finding.find_book()).values():
        assert not pattern.search(path.read_text(encoding="utf-8")), path


def test_an_edit_of_the_library_during_a_run_is_not_kept(book, counted, monkeypatch):
    states = iter("abc")
    monkeypatch.setattr(provenance, "library_state", lambda **_: next(states))
    run(book)
    monkeypatch.undo()
    assert reuse.changed(book, LINE, reuse.ingredients(book, LINE, reuse.surroundings(book)))


def test_a_damaged_run_executes_again(book, counted):
    run(book)
    path = reuse.executed_path(book, LINE)
    path.write_bytes(path.read_bytes()[:-5])
    run(book)
    record = path.with_suffix(".json")
    record.write_text(record.read_text(encoding="utf-8")[:-5])
    run(book)
    assert len(counted) == 3


def test_a_chapter_finds_its_data_in_place_and_in_the_staging_copy(book, monkeypatch):
    stage = book / "_build/stage"
    (stage / "book").mkdir(parents=True)
    shutil.copyfile(book / "_toc.yml", stage / "_toc.yml")
    for place in (book, book / "book", stage / "book", stage):
        monkeypatch.chdir(place)
        assert finding.find_book() == book.resolve()


def test_a_book_in_a_folder_named_build_is_a_book(tmp_path, monkeypatch):
    place = tmp_path / "_build" / "mine"
    place.mkdir(parents=True)
    (place / "_toc.yml").write_text("root: book/line\n")
    assert finding.find_book(place) == place.resolve()


@pytest.mark.usefixtures("started_quickly")
def test_a_build_shows_the_measurements_and_renders_nothing_twice(book):
    first = build(book)
    assert first.returncode == 0, first.stderr
    page = book / "_build/html/book/line.html"
    assert "value 3" in page.read_text(encoding="utf-8")
    written = page.stat().st_mtime_ns
    second = build(book)
    assert "Nothing to execute" in second.stdout
    assert "Nothing to render" in second.stdout
    assert page.stat().st_mtime_ns == written

    page.write_text("damaged")
    assert "Rendering" in build(book).stdout
    assert "value 3" in page.read_text(encoding="utf-8")

    (book / "benchmarks/results/cpu.json").write_text('{"schema": 1, "value": 4}')
    third = build(book)
    assert "changed: data" in third.stdout
    assert "value 4" in page.read_text(encoding="utf-8")
    assert json.loads((book / "_build/html.json").read_text())["inputs"]


def test_the_record_names_every_ingredient(book, counted):
    run(book)
    record = reuse.kept(book, LINE)
    assert set(record.ingredients) == {"notebook", *reuse.surroundings(book)}
    assert executed.Executed(LINE, book, 1.0).error == ""
