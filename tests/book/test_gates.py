"""Each gate of the pipeline catches the failure it is there for.

Every test plants one failure in a book of one chapter and expects red; the first test shows that
the same book without a failure is green.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import chromium
import nbformat
import pytest
from conftest import build

from gnnconv_lib.chapters.execute import execute
from gnnconv_lib.chapters.hygiene import hygiene
from gnnconv_lib.chapters.notebooks import write
from gnnconv_lib.site.reader.figure_links import PICTURE

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = "slope: float = 2.0  # slope of the line (0, 10]"
CHECK = "with parameters.check(globals()):\n    line = [slope * step for step in range(5)]"
IMPORTS = """import matplotlib.pyplot as plt

from gnnconv_lib.page import parameters, report"""
FIGURE = """figure, axes = plt.subplots()
axes.plot(line)
report.drawn(figure, "fig-line")"""
DATA = "book/figure-data/line.fig-line.csv"


@pytest.fixture(scope="module")
def sound_book(tmp_path_factory, started_quickly):
    """A book of one sound chapter with stored outputs, with the settings of the real one."""
    root = tmp_path_factory.mktemp("sound")
    (root / "book/back").mkdir(parents=True)
    shutil.copyfile(ROOT / "_config.yml", root / "_config.yml")
    shutil.copytree(ROOT / "book/_static", root / "book/_static")
    shutil.copyfile(ROOT / "book/back/references.bib", root / "book/back/references.bib")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/line\n")
    write_chapter(root, IMPORTS, PARAMETERS, CHECK, FIGURE)
    run = execute(root / "book/line.ipynb")
    assert not run.error
    return root


@pytest.fixture
def book(sound_book, tmp_path):
    """A copy of the sound book, to plant a failure in."""
    return shutil.copytree(sound_book, tmp_path / "root")


@pytest.fixture(scope="module")
def built_book(sound_book, tmp_path_factory):
    """The sound book after a build that was green, not to be changed, and what the build said."""
    root = shutil.copytree(sound_book, tmp_path_factory.mktemp("built") / "root")
    return root, build(root)


@pytest.fixture(scope="module")
def built_differing_book(sound_book, tmp_path_factory):
    """A book whose stored output is another one after its build, and what the build said."""
    root = shutil.copytree(sound_book, tmp_path_factory.mktemp("differing") / "root")
    differing(root)
    return root, build(root)


def moved(built, tmp_path):
    """A copy of a built book, as one who moves the folder has it, to plant a failure in."""
    return shutil.copytree(built[0], tmp_path / "moved")


def write_chapter(root, *cells):
    """Write book/line.ipynb from the sources of its code cells, without outputs."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    notebook.cells = [nbformat.v4.new_markdown_cell("# A line")]
    for source in cells:
        cell = nbformat.v4.new_code_cell(source)
        if source == PARAMETERS:
            cell.metadata["tags"] = ["parameters"]
        if source == FIGURE:
            cell.metadata["mystnb"] = {
                "figure": {"name": "fig-line", "caption": "A line."},
                "image": {"alt": "A straight line that rises from left to right."},
            }
        notebook.cells.append(cell)
    write(root / "book/line.ipynb", notebook)


def edit(root, change):
    """Apply `change` to the stored notebook and write it back."""
    path = root / "book/line.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    write(path, notebook)
    return path


def validate(root, *options):
    """Run nbval on the chapter: by itself as `make test-chapters`, or as `make test` does."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    command += [*options, "-p", "tests.figure_data", "--nbval", "--nbval-current-env", "book"]
    return subprocess.run(
        command,
        cwd=root,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_sound_book_passes_every_gate(built_book):
    book, finished = built_book
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.rstrip().endswith(str(book / "_build/html/index.html"))
    assert "line.ipynb" in finished.stdout
    status = validate(book)
    assert status.returncode == 0, status.stdout
    assert "5 passed" in status.stdout  # four cells, and the data of the figure
    assert hygiene(book / "book/line.ipynb") == []


def test_the_data_of_a_figure_are_below_its_caption(built_book):
    book, _ = built_book
    page = book / "_build/html/book/line.html"
    text = page.read_text(encoding="utf-8")
    (address,) = re.findall(r'<a [^>]*href="([^"]+\.csv)"', text)
    assert (page.parent / address).read_bytes() == (book / DATA).read_bytes()
    caption = re.search(r"<figcaption>.*?</figcaption>", text, re.DOTALL)[0]
    assert "A line." in caption
    assert address in caption
    (picture,) = re.findall(rf'<a href="([^"]+)">{PICTURE}</a>', caption)
    assert f'src="{picture}"' in text
    assert (page.parent / picture).read_bytes().startswith(b"\x89PNG")


def test_a_raising_cell_fails_the_first_and_the_second_build(book):
    old_page = book / "_build/html/index.html"
    old_page.parent.mkdir(parents=True)
    old_page.write_text("an earlier build")
    write_chapter(book, "raise ArithmeticError('planted')")
    for _ in range(2):
        finished = build(book)
        assert finished.returncode == 1
        assert "chapter line failed in cell 2: ArithmeticError: planted" in finished.stderr
        assert not old_page.parent.exists()


def test_a_raising_cell_fails_plain_jupyter_book_twice(book):
    write_chapter(book, "raise ArithmeticError('planted')")
    program = "from jupyter_book.cli.main import main; main()"
    for _ in range(2):
        command = [sys.executable, "-c", program, "build", str(book), "-q"]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        assert finished.returncode != 0
        assert "planted" in finished.stdout + finished.stderr


def test_a_change_of_the_library_shows_in_stored_outputs_and_in_the_book(book, monkeypatch):
    library = book / "library"
    library.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(library))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    write_chapter(book, "import planted_library\n\nprint('answer', planted_library.answer)")
    (library / "planted_library.py").write_text("answer = 41")
    assert not execute(book / "book/line.ipynb").error
    (library / "planted_library.py").write_text("answer = 42")
    finished = validate(book)
    assert finished.returncode == 1
    assert "answer 42" in finished.stdout
    assert build(book).returncode == 0
    page = (book / "_build/html/book/line.html").read_text(encoding="utf-8")
    assert "answer 42" in page
    assert page.count("answer 41") == 1  # in the banner that names the difference


def differing(root):
    """A book whose stored output is not what its chapter gives."""
    write_chapter(root, "print('answer', 41)", "print('same')")
    assert not execute(root / "book/line.ipynb").error

    def falsify(notebook):
        notebook.cells[1].outputs[0].text = "answer 40\n"

    edit(root, falsify)


def test_a_page_that_differs_from_what_is_stored_says_so_and_names_cell_and_line(
    built_differing_book,
):
    book, finished = built_differing_book
    assert finished.returncode == 0, finished.stderr
    assert "line.ipynb: " in finished.stdout
    assert "differs from what is stored" in finished.stdout
    named = "chapter line, cell 2: stored `answer 40`, now `answer 41`"
    assert named in finished.stderr
    page = (book / "_build/html/book/line.html").read_text(encoding="utf-8")
    assert "not the stored ones" in page
    assert "answer 40" in page
    record = json.loads((book / "_build/stage/build-record.json").read_text(encoding="utf-8"))
    assert record["differences"]["line"][0]["cell"] == 2
    # Said again when nothing is executed again.
    again = build(book)
    assert "Nothing to execute" in again.stdout
    assert named in again.stderr


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (("--strict",), {}),
        ((), {"CI": "true"}),
        ((), {"GNNCONV_REPOSITORY_URL": "https://github.com/owner/name"}),
    ],
)
def test_a_page_that_differs_is_not_published(built_differing_book, tmp_path, options, variables):
    assert built_differing_book[1].returncode == 0
    book = moved(built_differing_book, tmp_path)
    assert (book / "_build/html").exists()
    private = {k: v for k, v in os.environ.items() if k not in ("CI", "GNNCONV_REPOSITORY_URL")}
    finished = build(book, *options, environment=private | variables)
    assert finished.returncode == 1
    assert "would differ from what is stored and tested: line." in finished.stderr
    assert not (book / "_build/html").exists()


def test_a_cell_that_declares_that_it_may_differ_is_published(book):
    differing(book)
    edit(book, lambda notebook: notebook.cells[1].metadata.update(tags=["nbval-ignore-output"]))
    finished = build(book, "--strict")
    assert finished.returncode == 0, finished.stderr
    assert "differs" not in finished.stdout
    page = (book / "_build/html/book/line.html").read_text(encoding="utf-8")
    assert "answer 41" in page
    assert "not the stored ones" not in page
    assert validate(book).returncode == 0


def test_nbval_compares_the_chapters_that_a_build_has_executed(book, built_book, tmp_path):
    plugin = ("-p", "tests.executed_chapters")
    missing = validate(book, *plugin)
    assert missing.returncode == 1
    assert "has not run as it is" in missing.stdout
    assert built_book[1].returncode == 0
    book = moved(built_book, tmp_path)
    finished = validate(book, *plugin)
    assert finished.returncode == 0, finished.stdout
    assert "5 passed" in finished.stdout

    differing(book)
    stale = validate(book, *plugin)
    assert "has not run as it is (notebook)" in stale.stdout
    assert build(book).returncode == 0
    finished = validate(book, *plugin)
    assert finished.returncode == 1
    assert "1 failed, 2 passed" in finished.stdout
    assert "answer 40" in finished.stdout

    write_chapter(book, "raise ArithmeticError('planted')")
    assert build(book).returncode == 1
    finished = validate(book, *plugin)
    assert finished.returncode == 1
    assert "ArithmeticError: planted" in finished.stdout


def test_a_cell_that_was_never_executed_is_found(book):
    def forget(notebook):
        notebook.cells[-1].outputs, notebook.cells[-1].execution_count = [], None

    problems = hygiene(edit(book, forget))
    assert any("never executed" in problem for problem in problems)


def test_a_cell_executed_out_of_order_is_found(book):
    path = book / "book/line.ipynb"
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[0].execution_count, code[1].execution_count = 2, 1
    nbformat.write(notebook, path)
    assert any("out of order" in problem for problem in hygiene(path))


def test_a_wrong_figure_is_found_by_its_data(book):
    def bend(notebook):
        notebook.cells[-1].source = FIGURE.replace("line)", "[*line[:4], 8.001])")

    edit(book, bend)
    finished = validate(book)
    assert finished.returncode == 1
    assert "1 failed, 4 passed" in finished.stdout
    assert "cell 5, fig-line, panel 1, line 1, point 5: stored `y = 8`, now" in finished.stdout


def move_a_point(data):
    data.write_text(data.read_text().replace("1,line 1,3,6", "1,line 1,3,6.001"))


def rename_a_series(data):
    data.write_text(data.read_text().replace("line 1", "line 2"))


def add_a_file(data):
    shutil.copyfile(data, data.with_name("line.fig-old.csv"))


#: What is planted in the stored data, and what the gates say.
WRONG_DATA = {
    "a point": (
        move_a_point,
        "cell 5, fig-line, panel 1, line 1, point 4: stored `y = 6.001`, now `y = 6`",
    ),
    "a series": (
        rename_a_series,
        "cell 5, fig-line, panel 1, line 2: stored `5 points`, now `(nothing)`",
    ),
    "nothing stored": (
        Path.unlink,
        "cell 5, fig-line: stored `(nothing)`, now `line.fig-line.csv`",
    ),
    "a file nobody makes": (
        add_a_file,
        "cell 1, fig-old: stored `line.fig-old.csv`, now `(nothing)`",
    ),
}


@pytest.mark.parametrize("name", WRONG_DATA)
def test_wrong_data_of_a_figure_are_treated_as_a_differing_line(book, name):
    plant, words = WRONG_DATA[name]
    plant(book / DATA)
    assert build(book, "--strict").returncode == 1
    # As in `make test`, from the run of the build.
    finished = build(book)
    assert finished.returncode == 0, finished.stderr
    assert f"chapter line, {words}" in finished.stderr
    page = (book / "_build/html/book/line.html").read_text(encoding="utf-8")
    assert "not the stored ones" in page
    finished = validate(book, "-p", "tests.executed_chapters")
    assert finished.returncode == 1
    assert "1 failed, 4 passed" in finished.stdout
    assert words in finished.stdout
    missing = name in ("nothing stored", "a file nobody makes")
    assert len(hygiene(book / "book/line.ipynb")) == missing


def test_last_bits_of_the_data_of_a_figure_do_not_count(book):
    data = book / DATA
    data.write_text(data.read_text().replace("1,line 1,3,6", "1,line 1,3,6.0000001"))
    finished = build(book, "--strict")
    assert finished.returncode == 0, finished.stderr
    assert validate(book).returncode == 0


def test_a_run_whose_data_were_damaged_is_not_used_again(built_book, tmp_path):
    assert built_book[1].returncode == 0
    book = moved(built_book, tmp_path)
    move_a_point(book / "_build/executed" / DATA)
    finished = build(book)
    assert "the kept run is damaged" in finished.stdout
    assert "differs" not in finished.stdout


def test_a_figure_that_hands_over_no_data_is_found(book):
    def drop(notebook):
        notebook.cells[-1].source = FIGURE.partition("report")[0]

    problems = hygiene(edit(book, drop))
    assert any("must hand over its data" in problem for problem in problems)


def test_output_to_stderr_is_found_stored_or_not(book):
    write_chapter(book, "import sys")
    assert not execute(book / "book/line.ipynb").error
    noisy = "import sys\n\nprint('planted', file=sys.stderr)"
    edit(book, lambda notebook: setattr(notebook.cells[1], "source", noisy))
    assert validate(book).returncode == 1

    assert not execute(book / "book/line.ipynb").error
    assert any("stderr" in problem for problem in hygiene(book / "book/line.ipynb"))
    finished = build(book, "--stored")
    assert finished.returncode == 1
    assert "stderr was found" in finished.stderr


def test_broken_references_fail_the_build_and_are_named(book):
    references = {
        "{ref}`planted-label`": "planted-label",
        "{py:func}`gnnconv_lib.planted`": "gnnconv_lib.planted",
        "{cite}`planted2021`": "planted2021",
        "[text](planted-page.md)": "planted-page.md",
    }
    text = "# A line\n\n" + "\n\n".join(references)
    edit(book, lambda notebook: setattr(notebook.cells[0], "source", text))
    finished = build(book, "--stored")
    assert finished.returncode == 1
    assert not (book / "_build/html").exists()
    warnings = [line for line in finished.stderr.splitlines() if "WARNING" in line]
    for name in references.values():
        assert any(name in line for line in warnings), name


def test_a_page_that_does_not_exist_stops_the_build_with_one_sentence(book):
    (book / "_toc.yml").write_text("format: jb-book\nroot: book/lime\n")
    finished = build(book, "--stored")
    assert finished.returncode == 2
    assert finished.stderr.strip() == "error: _toc.yml must name existing pages, got 'book/lime'."


@pytest.mark.parametrize(
    ("assignment", "words"),
    [("slpoe=3", "did you mean 'slope'"), ("slope=11", "(0, 10]")],
)
def test_a_mistyped_parameter_is_refused(book, assignment, words):
    output = book / "rerun.ipynb"
    command = [sys.executable, "-m", "gnnconv_lib.cli", "--book", str(book), "run", "line"]
    finished = subprocess.run(
        [*command, "-p", assignment, "--output", str(output)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 2
    assert words in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1
    assert not output.exists()


def test_a_published_address_that_is_none_is_refused(book, monkeypatch):
    monkeypatch.setenv("GNNCONV_REPOSITORY_URL", "ftp://example.org/book")
    finished = build(book, "--stored", environment=os.environ)
    assert finished.returncode == 2
    assert "GNNCONV_REPOSITORY_URL must be like" in finished.stderr


@pytest.mark.browser
def test_a_third_party_request_in_a_built_page_is_seen(book, browser):
    image = '<img src="https://third-party.invalid/x.png" alt="A planted image.">'
    edit(book, lambda notebook: setattr(notebook.cells[0], "source", f"# A line\n\n{image}"))
    assert build(book, "--stored").returncode == 0
    with chromium.served(book / "_build/html") as address:
        seen = chromium.look(browser, address, "book/line.html")
    assert seen.foreign == ["https://third-party.invalid/x.png"]
    assert any("third-party.invalid" in text for text in seen.failed)


@pytest.mark.browser
def test_every_other_fault_of_a_page_is_seen(tmp_path, browser):
    (tmp_path / "page.html").write_text(
        "<!doctype html><html><meta name='viewport' content='width=device-width'>"
        "<body><main class='bd-content'>"
        "<p>A raw \\(formula\\)</p><p>What is left of one: t\\sqrt 2</p>"
        "<span class='math notranslate nohighlight'>x</span>"
        "<p style='width: 900px'>too wide</p><img src='missing.png'>"
        "<div class='cell_output'><img alt='A figure' src='data:image/gif;base64,"
        "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'></div>"
        "<script>throw new Error('planted')</script></main></body></html>"
    )
    with chromium.served(tmp_path) as address:
        seen = chromium.look(browser, address, "page.html")
    assert any("missing.png" in text for text in seen.failed)
    assert any("planted" in text for text in seen.console)
    assert sum("raw formula" in text for text in seen.formulas) == 2
    assert any("not typeset" in text for text in seen.formulas)
    assert any("no alternative text: missing.png" in text for text in seen.images)
    assert any("not shown: missing.png" in text for text in seen.images)
    assert any("390 px" in text for text in seen.overflow)
    assert not any("1280 px" in text for text in seen.overflow)
    assert seen.cards
