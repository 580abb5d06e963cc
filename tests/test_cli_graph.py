"""`gnnconv graph`, the version, and graph files that a chapter is given."""

import json
import os
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from gnnconv_lib import InvalidInput
from gnnconv_lib.chapters import notebooks, rerun
from gnnconv_lib.cli import main

TWICE = "# Nodes: 3 Edges: 5\n1 2\n2 1\n2 3\n3 2\n3 3\n"


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """A function that runs the command in a folder of its own; status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_graph_says_what_is_there(call, tmp_path):
    (tmp_path / "g.txt").write_text("10 20\n20 30\n10 30\n30 40\n")
    status, out, err = call("graph", "g.txt")
    assert (status, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for line in (
        "nodes 4",
        "edges 4",
        "degrees 1 to 3, mean 2",
        "components 1",
        "labels 10, 20, 30, ...",
    ):
        assert line in lines
    assert any(line.startswith("no regular: degrees from 1 to 3") for line in lines)
    assert any(line.startswith("yes every node has a neighbour") for line in lines)


def test_graph_says_what_was_dropped_and_by_which_option(call, tmp_path):
    (tmp_path / "g.txt").write_text(TWICE)
    status, out, err = call("graph", "g.txt")
    assert (status, out) == (2, "")
    assert "--loops ignore would drop them, and --repeated merge would be needed as well" in err
    assert err.count("\n") == 1
    options = ("--loops", "ignore", "--repeated", "merge")
    status, out, _ = call("graph", "g.txt", *options)
    assert status == 0
    assert "self loops that were dropped (--loops ignore): 1" in out
    assert "merged (--repeated merge, or reverse arcs): 2" in out
    status, out, _ = call("graph", "g.txt", *options, "--json")
    about = json.loads(out)
    assert (about["nodes"], about["edges"], about["listed"]) == (3, 2, 5)
    assert [entry["met"] for entry in about["hypotheses"]] == [False, False, False, True, True]


def test_graph_without_a_file(call):
    status, _, err = call("graph", "nothing.txt")
    assert status == 2
    assert "'nothing.txt' does not exist in " in err
    status, _, err = call("graph", "nothing.txt", "--loops", "drop")
    assert "loops must be one of refuse, ignore" in err


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("gnnconv 0.")


def test_a_terminal_without_utf_8_gets_the_nearest_letters(tmp_path):
    (tmp_path / "g.txt").write_text("Zoë Łukasz\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "gnnconv_lib.cli", "graph", tmp_path / "g.txt"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert b"Zoe, Lukasz" in done.stdout


@pytest.fixture
def chapter(tmp_path):
    """A notebook with a graph file among its parameters."""
    source = 'graph_file: str = ""  # a graph file\nnodes: int = 4  # nodes [1, 9]\n'
    cell = new_code_cell(source, metadata={"tags": ["parameters"]})
    path = tmp_path / "book" / "part" / "page.ipynb"
    path.parent.mkdir(parents=True)
    notebooks.write(path, new_notebook(cells=[cell]))
    return path


def test_a_relative_graph_file_is_that_of_the_user(chapter, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.txt").write_text("0 1\n")
    values = rerun.assignments(chapter, ["graph_file=g.txt"])
    assert values == {"graph_file": str(tmp_path / "g.txt")}
    assert rerun.assignments(chapter, ["graph_file="]) == {"graph_file": ""}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("h.txt", "'h.txt' cannot be used: path must name a file"),
        ("g.txt", "Here it is written graph_file=g.txt?loops=ignore&repeated=merge."),
        ("g.txt?loops=ignore", "Here it is written graph_file=g.txt?loops=ignore&repeated=merge."),
        ("g.txt?loop=ignore", "did you mean 'loops'"),
        ("g.txt?loops", "name=value"),
    ],
)
def test_a_graph_file_is_checked_before_a_kernel_starts(
    chapter, tmp_path, monkeypatch, value, words
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.txt").write_text(TWICE)
    with pytest.raises(InvalidInput) as caught:
        rerun.assignments(chapter, [f"graph_file={value}"])
    assert words in str(caught.value)
    with pytest.raises(InvalidInput, match=r"cannot be used|behind a path"):
        rerun.executed(chapter, {"graph_file": value})


def test_options_behind_the_path(chapter, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.txt").write_text(TWICE)
    value = "g.txt?loops=ignore&repeated=merge"
    values = rerun.assignments(chapter, [f"graph_file={value}"])
    assert values == {"graph_file": str(tmp_path / value)}
