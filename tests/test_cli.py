"""The `gnnconv` command: exit status, one sentence for bad input, nothing written by mistake."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gnnconv_lib import evidence
from gnnconv_lib.chapters import notebooks
from gnnconv_lib.cli import main
from gnnconv_lib.page import verdicts

DECLARATION = """\
nodes: int = 4  # number of nodes [1, 100]
degree: int = 2  # degree [0, 99]
family: str = "regular"  # kind of graph {regular, star}
fail: bool = False  # raise an error
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    """A book with one chapter, `figure-1`."""
    root = tmp_path_factory.mktemp("clone")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/part/figure-1\n")
    cells = [
        new_markdown_cell("# A figure"),
        new_code_cell("import gnnconv_lib as gc\nfrom gnnconv_lib.page import parameters"),
        new_code_cell(DECLARATION, metadata={"tags": ["parameters"]}),
        new_code_cell(
            "with parameters.check(globals()):\n"
            "    graph = gc.graphs.random_regular(nodes, degree, 0)"
        ),
        new_code_cell("if fail:\n    raise ZeroDivisionError('on request')\nprint(graph.edges)"),
    ]
    (root / "book" / "part").mkdir(parents=True)
    notebooks.write(root / "book" / "part" / "figure-1.ipynb", new_notebook(cells=cells))
    return root


@pytest.fixture
def run(book, capsys, monkeypatch, tmp_path):
    """A function that runs the command inside the book and gives status, stdout and stderr."""
    monkeypatch.chdir(book / "book")

    def call(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def one_sentence(text: str) -> bool:
    return text.startswith("gnnconv: ") and text.count("\n") == 1 and "Traceback" not in text


def test_chapters_are_listed_as_text_and_as_json(run) -> None:
    status, out, _ = run("chapters")
    assert status == 0
    assert out.splitlines()[:2] == [
        "figure-1: A figure",
        "    nodes: int = 4  number of nodes [1, 100]",
    ]
    status, out, _ = run("chapters", "--json")
    (entry,) = json.loads(out)
    assert entry["path"] == "book/part/figure-1.ipynb"
    assert entry["parameters"][2] == {
        "name": "family",
        "type": "str",
        "default": "regular",
        "help": "kind of graph",
        "range": "{regular, star}",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-p", "node=5"], "did you mean 'nodes'"),
        (["-p", "nodes=5.5"], "nodes must be an integer in [1, 100], got '5.5'"),
        (["-p", "nodes=0"], "nodes must be an integer in [1, 100], got 0"),
        (["-p", "nodes=-3"], "nodes must be an integer in [1, 100], got -3"),
        (["-p", "nodes=1000000000000"], "nodes must be an integer in [1, 100]"),
        (["-p", "family=tsar"], "did you mean 'star'"),
        (["-p", "fail=perhaps"], "fail must be True or False"),
        (["-p", "nodes"], "given as name=value"),
        (["-p", "nodes=5", "-p", "nodes=6"], "given once"),
    ],
)
def test_bad_parameters_are_one_sentence_and_write_nothing(run, tmp_path, arguments, words) -> None:
    target = tmp_path / "out.ipynb"
    status, _, err = run("run", "figure-1", *arguments, "--output", target)
    assert status == 2
    assert one_sentence(err)
    assert words in err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_chapter_is_one_sentence(run, tmp_path) -> None:
    status, _, err = run("run", "figure-2", "--output", tmp_path / "out.ipynb")
    assert status == 2
    assert one_sentence(err)
    assert "did you mean 'figure-1'" in err


def test_outputs_that_cannot_be_written_are_refused_before_anything_runs(
    run, book, tmp_path
) -> None:
    existing = tmp_path / "old.ipynb"
    existing.write_text("mine")
    chapter = book / "book" / "part" / "figure-1.ipynb"
    before = chapter.read_bytes()
    for target, words in [
        (tmp_path, "must be a file, got the folder"),
        (existing, "must not exist"),
        (tmp_path / "out.txt", "must end in .ipynb"),
        (tmp_path / "missing" / "out.ipynb", "existing folder"),
        (chapter, "must not be a chapter of the book"),
    ]:
        status, _, err = run("run", "figure-1", "--output", target)
        assert (status, one_sentence(err)) == (2, True)
        assert words in err
    status, _, err = run("run", "figure-1", "--output", chapter, "--force")
    assert status == 2
    assert existing.read_text() == "mine"
    assert chapter.read_bytes() == before


def test_a_read_only_folder_is_refused(run, tmp_path, monkeypatch) -> None:
    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("gnnconv_lib.chapters.rerun.tempfile.TemporaryFile", refuse)
    status, _, err = run("run", "figure-1", "--output", tmp_path / "out.ipynb")
    assert status == 2
    assert one_sentence(err)
    assert "folder that can be written" in err
    assert "Permission denied" in err


def test_a_rerun_writes_a_correct_notebook(run, tmp_path) -> None:
    target = tmp_path / "out.ipynb"
    status, out, err = run("run", "figure-1", "-p", "nodes=10", "-p", "degree=3", "-o", target)
    assert (status, err) == (0, "")
    assert str(target) in out
    cells = notebooks.read(target).cells
    assert cells[-1].outputs[0].text == "15\n"
    assert "injected-parameters" in cells[3].metadata.tags
    assert [path.name for path in tmp_path.iterdir()] == ["out.ipynb"]
    status, _, err = run("run", "figure-1", "-p", "nodes=6", "-o", target, "--force")
    assert status == 0
    assert notebooks.read(target).cells[-1].outputs[0].text == "6\n"


def test_values_that_do_not_fit_together_are_one_sentence(run, tmp_path) -> None:
    target = tmp_path / "out.ipynb"
    status, _, err = run("run", "figure-1", "-p", "nodes=5", "-p", "degree=3", "-o", target)
    assert status == 2
    assert one_sentence(err)
    assert not target.exists()


def test_a_chapter_that_fails_leaves_nothing_unless_asked(run, tmp_path) -> None:
    target = tmp_path / "out.ipynb"
    status, _, err = run("run", "figure-1", "-p", "fail=true", "--output", target)
    assert status == 1
    assert one_sentence(err)
    assert "ZeroDivisionError: on request" in err
    assert list(tmp_path.iterdir()) == []
    status, _, err = run("run", "figure-1", "-p", "fail=true", "--output", target, "--keep-failed")
    assert status == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out.failed.ipynb"]


def test_plain_papermill_refuses_an_unknown_name(book, tmp_path) -> None:
    command = [sys.executable, "-m", "papermill", "--no-progress-bar"]
    command += [str(book / "book/part/figure-1.ipynb"), str(tmp_path / "out.ipynb")]
    done = subprocess.run(
        [*command, "-p", "node", "5"], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "did you mean 'nodes'" in done.stderr


def test_authors_commands(run, tmp_path, book) -> None:
    status, out, _ = run("execute", "figure-1", "--output", tmp_path)
    assert status == 0
    assert "figure-1: changed" in out
    stored = tmp_path / "book" / "part" / "figure-1.ipynb"
    assert notebooks.read(stored).cells[-1].outputs[0].text == "4\n"
    status, out, _ = run("check")
    assert status == 1
    assert "figure-1: cell 2: the cell was never executed." in out
    assert "1 chapters checked, 1 with violations" in out
    status, out, _ = run("normalise")
    assert (status, out) == (0, "figure-1: as it was\n")
    status, _, err = run("execute", "--in-place", "--output", tmp_path)
    assert (status, one_sentence(err)) == (2, True)


def test_outside_of_a_book_the_command_says_so(capsys, tmp_path) -> None:
    assert main(["chapters", "--book", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert one_sentence(err)
    assert "_toc.yml" in err


def test_two_chapters_of_one_name_are_refused(capsys, tmp_path) -> None:
    (tmp_path / "_toc.yml").write_text("root: book/a\n")
    for folder in ("x", "y"):
        (tmp_path / "book" / folder).mkdir(parents=True)
        notebooks.write(tmp_path / "book" / folder / "a.ipynb", new_notebook())
    assert main(["chapters", "--book", str(tmp_path)]) == 2
    assert "must be unique" in capsys.readouterr().err


def test_an_interrupt_is_one_line(run, monkeypatch, tmp_path) -> None:
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("gnnconv_lib.chapters.rerun.rerun", interrupt)
    status, _, err = run("run", "figure-1", "--output", tmp_path / "out.ipynb")
    assert status == 130
    assert one_sentence(err)


def test_help_loads_nothing_that_it_does_not_need() -> None:
    program = (
        "import sys; from gnnconv_lib.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'papermill', 'nbformat', 'nbclient', 'matplotlib', 'sympy', 'networkx', 'yaml',\n"
        " 'numpy', 'scipy', 'jax', 'jaxtyping'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("usage: gnnconv")
    assert done.stderr == "[]\n"


LEDGER = """\
paper: planted2026
items:
  - id: planted2026:lemma-1
    kind: lemma
    place: Section 3
    statement: One is one.
    page: setting
    verdict: holds
"""


def test_audit_runs_the_claims_and_fails_when_they_disagree(
    run, book, monkeypatch, plant_claims
) -> None:
    plant_claims("planted2026:lemma-1")
    folder = book / "book" / "ledger"
    folder.mkdir(exist_ok=True)
    (folder / "planted2026.yml").write_text(LEDGER)
    budgets = []

    def holds(_name: str, budget: str) -> evidence.Evidence:
        budgets.append(budget)
        return evidence.Evidence("numerical", "holds", "Both sides are 1.")

    def fails(_name: str, _budget: str) -> evidence.Evidence:
        witness = evidence.Witness("n = 1", 1.0, 2.0)
        return evidence.Evidence("search", "false", "Not so.", witness=witness)

    monkeypatch.setattr(verdicts.audit, "run", holds)
    status, out, _ = run("audit", "--full", "--item", "planted2026:lemma-1")
    assert status == 0
    assert (
        "planted2026:lemma-1: ✓ holds [numerical]\n    planted2026:lemma-1: Both sides are 1.\n"
        in out
    )
    assert "1 items, 1 with checks, 0 disagreements" in out
    assert budgets == ["full"]
    monkeypatch.setattr(verdicts.audit, "run", fails)
    status, out, _ = run("audit")
    assert status == 1
    assert "✗ false (the ledger says holds)" in out
    status, _, err = run("audit", "--item", "planted2026:lemma1")
    assert (status, one_sentence(err)) == (2, True)
