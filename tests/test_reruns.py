"""Reruns that can be read: the page, the notebook, the banner, and what is refused before a kernel."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gnnconv_lib.chapters import notebooks, rerun
from gnnconv_lib.chapters.hygiene import violations
from gnnconv_lib.chapters.readable import glued, readable, with_banner_on_top
from gnnconv_lib.cli import main
from gnnconv_lib.page import banner, parameters, ties
from gnnconv_lib.page.parameters import InvalidParameter
from gnnconv_lib.site.stubs import stub

pytestmark = pytest.mark.usefixtures("started_quickly")
ROOT = Path(__file__).resolve().parents[1]
DECLARATION = """\
nodes: int = 4  # number of nodes [1, 100]
degree: int = 2  # degree [0, 99]
# needs: degree < nodes
# needs: nodes * degree % 2 is 0 when degree > 0
data_folder: str = ""  # a folder, or nothing
"""
TEXT = """\
(page-line)=
# A line

There are {glue:}`edges` edges, see {eq}`eq-line`, {numref}`fig-line`, {prf:ref}`line-lemma`,
{prf:ref}`other-lemma` and {doc}`other`.

$$
x = 1
$$ (eq-line)

:::{prf:lemma} One
:label: line-lemma

It is one.
:::

:::{prf:proof}
Count.
:::

:::{dropdown} Solution
Here.
:::
"""
OTHER = """\
(page-other)=
# Another page

:::{prf:lemma} Two
:label: other-lemma

It is {glue:}`two`.
:::
"""
DRAWING = """\
from gnnconv_lib import plotting
figure, axes = plotting.figure()
axes.plot([1, 2])
plotting.label(axes, "x", "y")"""
FIGURE = {
    "figure": {"name": "fig-line", "caption": "A line."},
    "image": {"alt": "A straight line that rises from left to right."},
}


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    """A book of two chapters with the settings of the real one."""
    root = tmp_path_factory.mktemp("clone")
    (root / "book" / "back").mkdir(parents=True)
    shutil.copyfile(ROOT / "_config.yml", root / "_config.yml")
    shutil.copytree(ROOT / "book/_static", root / "book/_static")
    shutil.copyfile(ROOT / "book/back/references.bib", root / "book/back/references.bib")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/other\nparts:\n"
        "  - numbered: true\n    chapters:\n      - file: book/line\n"
    )
    cells = [
        new_markdown_cell(TEXT),
        new_code_cell(
            "import gnnconv_lib as gc\nfrom gnnconv_lib.page import parameters, report",
            metadata={"tags": ["hide-input"]},
        ),
        new_code_cell(DECLARATION, metadata={"tags": ["parameters"]}),
        new_code_cell(
            "with parameters.check(globals()):\n"
            "    graph = gc.graphs.random_regular(nodes, degree, 0)\n"
            'report.glue("edges", graph.edges)'
        ),
        new_code_cell(DRAWING, metadata={"mystnb": FIGURE}),
        new_code_cell('report.drawn(figure, "fig-line")', metadata={"tags": ["remove-cell"]}),
    ]
    notebooks.write(root / "book" / "line.ipynb", new_notebook(cells=cells))
    other = [new_markdown_cell(OTHER)]
    notebooks.write(root / "book" / "other.ipynb", new_notebook(cells=other))
    return root


@pytest.fixture
def run(book, capsys, monkeypatch, tmp_path):
    """A function that runs the command beside the book and gives status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        status = main(["--book", str(book), *(str(argument) for argument in arguments)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def one_sentence(text: str) -> bool:
    return text.startswith("gnnconv: ") and text.count("\n") == 1 and "Traceback" not in text


def test_a_rerun_as_a_page_is_one_file_of_the_book(run, tmp_path) -> None:
    status, _, err = run("run", "line", "-p", "nodes=10", "-p", "degree=3", "-o", "mine.html")
    assert (status, err) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.html"]
    page = (tmp_path / "mine.html").read_text(encoding="utf-8")
    text = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", "", page, flags=re.DOTALL)
    words = " ".join(text.split())
    assert "There are 15 edges, see (1.1), Fig. 1.1, Lemma 1.1, Lemma 1 and Another page." in words
    assert "Not as on the page: nodes = 10 (there 4), degree = 3 (there 2)." in words
    assert words.index("This is a rerun") < words.index("There are 15 edges")
    assert "values, first" not in words
    assert re.findall(r"(?:src|href)=\"(?!data:|#|https://)[^\"]+", page) == []
    assert page.count("data:image/png;base64,") == 1
    assert "<mjx" not in page
    assert "window.MathJax" in page


def test_a_rerun_as_a_notebook_needs_no_myst(run, tmp_path) -> None:
    status, _, err = run("run", "line", "-p", "nodes=10", "-p", "degree=3", "-o", "mine.ipynb")
    assert (status, err) == (0, "")
    cells = notebooks.read(tmp_path / "mine.ipynb").cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert "There are 15 edges, see (1), Figure 1, Lemma (One)," in text
    assert "Lemma (Two), *Another page* and *Another page*." in text
    assert "x = 1\n\\tag{1}\n$$" in text
    assert "**Lemma (One).**\n\nIt is one.\n\n*Proof.*\n\nCount.\n\n∎" in text
    assert "<details><summary>Solution</summary>\n\nHere.\n\n</details>" in text
    assert "**Figure 1.** A line." in text
    assert not re.search(r"\{[\w:]+\}`|:::|\)=$", text, re.MULTILINE)
    assert cells[0].source.startswith(f"# A line\n\n> **{banner.TITLE}** Not as on the page:")


def test_the_page_itself_has_no_banner(run, tmp_path) -> None:
    status, _, _ = run("run", "line", "-p", "nodes=4", "-o", "same.ipynb")
    assert status == 0
    assert banner.TITLE not in (tmp_path / "same.ipynb").read_text(encoding="utf-8")


def test_papermill_shows_the_same_banner(book, tmp_path) -> None:
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--no-progress-bar",
        str(book / "book/line.ipynb"),
    ]
    subprocess.run([*command, str(tmp_path / "out.ipynb"), "-p", "nodes", "10"], check=True)
    (found,) = [
        output.data["text/markdown"]
        for cell in notebooks.read(tmp_path / "out.ipynb").cells
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    declared = rerun.declared(book / "book/line.ipynb").values()
    expected = banner.banner(declared, {"nodes": 10})
    assert expected is not None
    assert found == expected.markdown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-p", "degree=4"], "degree < nodes must hold, got degree = 4, nodes = 4."),
        (
            ["-p", "nodes=5", "-p", "degree=3"],
            "nodes * degree % 2 is 0 must hold when degree > 0, got nodes = 5, degree = 3.",
        ),
        (["-p", "data_folder=nowhere"], "data_folder must be an existing folder, got nowhere."),
    ],
)
def test_what_does_not_fit_is_refused_before_a_kernel_starts(
    run, monkeypatch, tmp_path, arguments, words
) -> None:
    def never(*_arguments, **_options):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("gnnconv_lib.chapters.execute.kernel_settings", never)
    status, _, err = run("run", "line", *arguments, "-o", "mine.html")
    assert (status, one_sentence(err)) == (2, True)
    assert words in err
    assert list(tmp_path.iterdir()) == []


def test_folders_are_those_of_the_user(book, monkeypatch, tmp_path) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    values = rerun.assignments(book / "book/line.ipynb", ["data_folder=mine"])
    assert values == {"data_folder": str(tmp_path / "mine")}


def test_papermill_enforces_the_rules_too() -> None:
    known = {"nodes": 4, "degree": 4, "data_folder": "", "In": ["", DECLARATION, "check"]}
    with pytest.raises(InvalidParameter, match="degree < nodes must hold"):
        parameters.check(known)


@pytest.mark.parametrize(
    "rule", ["__import__('os')", "nodes.real > 1", "[nodes]", "nodes <", "(lambda: 1)()"]
)
def test_rules_are_comparisons_and_nothing_else(rule: str) -> None:
    with pytest.raises(InvalidParameter, match="a rule must be"):
        ties.ties(f"# needs: {rule}")


def test_a_chapter_whose_own_values_break_its_rule_is_found() -> None:
    for rule, words in (("degree > nodes", "must hold"), ("size > 1", "a rule must name")):
        cells = [
            new_markdown_cell("# A"),
            new_code_cell(f"{DECLARATION}# needs: {rule}", metadata={"tags": ["parameters"]}),
            new_code_cell("parameters.check(globals())"),
        ]
        assert any(words in text for text in violations(new_notebook(cells=cells)))


def test_numbers_that_were_glued_are_found() -> None:
    output = new_output(
        "display_data",
        data={"application/papermill.record/text/plain": "0.5"},
        metadata={"scrapbook": {"name": "half", "mime_prefix": "application/papermill.record/"}},
    )
    notebook = new_notebook(cells=[new_code_cell("", outputs=[output])])
    assert glued(notebook) == {"half": "0.5"}


def test_no_chapter_of_the_book_keeps_markup_that_a_notebook_cannot_show() -> None:
    for path in sorted((ROOT / "book").rglob("*.ipynb")):
        shown = readable(with_banner_on_top(notebooks.read(path)), ROOT)
        for cell in shown.cells:
            if cell.cell_type == "markdown":
                left = re.findall(r"\{[\w:]+\}`[^`]*`|^:::.*|^\([\w:.-]+\)=$", cell.source, re.M)
                assert left == [], path


def test_a_stub_keeps_what_can_be_referred_to(book) -> None:
    text = stub(book / "book" / "line.ipynb")
    for kept in ("(page-line)=\n# A line", ":label: line-lemma", ":name: fig-line", "$$ (eq-line)"):
        assert kept in text
    for dropped in ("glue", "Count", "There are", "Here."):
        assert dropped not in text


def test_a_book_that_is_only_named_is_left_as_it_is(run, book, monkeypatch) -> None:
    for name in ("JAX_COMPILATION_CACHE_DIR", "JAX_ENABLE_COMPILATION_CACHE"):
        monkeypatch.delenv(name, raising=False)
    before = sorted(str(path) for path in book.rglob("*"))
    assert run("run", "line", "-o", "mine.ipynb")[0] == 0
    assert sorted(str(path) for path in book.rglob("*")) == before
    # Inside of the book the same command keeps what was compiled.
    monkeypatch.chdir(book / "book")
    assert run("run", "line", "-p", "nodes=6", "-o", book / "mine.ipynb")[0] == 0
    assert (book / "_build" / "jax-cache").is_dir()


def test_a_chapter_whose_cells_end_their_lines_as_windows_does_is_run(book, tmp_path) -> None:
    notebook = notebooks.read(book / "book" / "line.ipynb")
    text = nbformat.writes(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    path = tmp_path / "line.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    values = rerun.assignments(path, ["nodes=10", "degree=3"])
    rerun.rerun(path, values, tmp_path / "mine.ipynb")
    mine = notebooks.read(tmp_path / "mine.ipynb")
    assert "There are 15 edges" in mine.cells[0].source
    with pytest.raises(InvalidParameter, match="degree < nodes must hold"):
        rerun.assignments(path, ["degree=4"])
