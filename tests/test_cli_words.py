"""What the command says and takes: help, completion, filters, terminals that lack characters."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gnnconv_lib.cli import main
from gnnconv_lib.cli.completion import script
from gnnconv_lib.cli.parser import AUTHORS, command_line

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = [
    "chapters",
    "run",
    "graph",
    "report",
    "figure",
    "sweep",
    "audit",
    "completion",
    *AUTHORS,
]


@pytest.fixture
def run(capsys, monkeypatch):
    """A function that runs the command in the book and gives status, stdout and stderr."""
    monkeypatch.chdir(ROOT)

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def one_sentence(text: str) -> bool:
    return text.startswith("gnnconv: ") and text.count("\n") == 1 and text.endswith(".\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_that_the_parser_takes(run, command) -> None:
    status, out, _ = run(command, "--help")
    assert status == 0
    examples = [line.split() for line in out.split("examples:\n")[1].splitlines()]
    for _, *words in examples:
        known = [word.strip("'") for word in words]
        for end in (">", ">>", "#"):
            known = known[: known.index(end)] if end in known else known
        assert command_line().parse_args(known).command == command


def test_help_lists_every_command_and_those_for_authors_apart(run) -> None:
    _, out, _ = run("--help")
    readers, authors = out.split("commands for authors of the book:")
    for name in COMMANDS:
        assert (f"\n    {name} " in readers) == (name not in AUTHORS)
        assert (f"\n  {name} " in authors) == (name in AUTHORS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["figur"], "did you mean 'figure'"),
        (["run"], "required: CHAPTER, -o/--output; see gnnconv run --help."),
        (["run", "figure-1", "--outptu", "x.html"], "see gnnconv"),
        (["figure", "li2021:figure-1", "-o", "x", "--seeds", "two"], "'two'"),
        (["figure", "awasthi2021:figure-1"], "use gnnconv run figure-1 --output mine.html here"),
        (["figure", "awasthi2021:figure-2", "-o", "x"], "use gnnconv run figure-2 --output"),
        (["figure", "figure-1"], "did you mean 'li2021:figure-1'"),
        (["completion", "bsh"], "did you mean 'bash'"),
        (["audit", "--list", "--item", "lemma-12"], "did you mean 'awasthi2021:lemma-12'"),
        (["audit", "--list", "--paper", "li2012"], "did you mean 'li2021'"),
        (["audit", "--list", "--kind", "lema"], "did you mean 'lemma'"),
        (["audit", "--list", "--verdict", "flase"], "did you mean 'false'"),
        (
            ["audit", "--item", "awasthi2021:lemma-12", "--paper", "li2021"],
            "none for item awasthi2021:lemma-12, paper li2021.",
        ),
    ],
)
def test_bad_input_is_one_sentence(run, arguments, words) -> None:
    status, out, err = run(*arguments)
    assert (status, out, one_sentence(err)) == (2, "", True)
    assert words in err


def test_filters_of_the_audit_hold_together(run) -> None:
    _, everything, _ = run("audit", "--list")
    _, some, _ = run("audit", "--list", "--paper", "li2021", "--kind", "lemma", "--kind", "theorem")
    lines = some.splitlines()
    assert 1 < len(lines) < len(everything.splitlines())
    assert all(line.startswith(("li2021:lemma-", "li2021:theorem-")) for line in lines[:-1])
    assert lines[-1] == f"{len(lines) - 1} items"


def test_the_version_is_that_of_the_library(run) -> None:
    import gnnconv_lib

    assert run("--version")[:2] == (0, f"gnnconv {gnnconv_lib.__version__}\n")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_a_terminal_without_the_characters_gets_ascii(encoding, tmp_path) -> None:
    (tmp_path / "g.txt").write_text("łódź é\né b\n", encoding="utf-8")
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    for arguments, words in (
        (
            ["--book", str(ROOT), "audit", "--list", "--verdict", "holds", "--kind", "lemma"],
            "+ holds",
        ),
        (["--book", str(ROOT), "chapters"], "figure-1: "),
        (["graph", "g.txt"], "l"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "gnnconv_lib.cli", *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert words in done.stdout.decode(encoding)


def complete(line: str, tmp_path: Path) -> list[str]:
    """What bash offers at the end of a line."""
    (tmp_path / "complete").write_text(script("bash"), encoding="utf-8")
    (tmp_path / "gnnconv").write_text(f'#!/bin/sh\nexec {sys.executable} -m gnnconv_lib.cli "$@"\n')
    (tmp_path / "gnnconv").chmod(0o755)
    program = (
        f'. "{tmp_path}/complete"; COMP_LINE="{line}"; COMP_POINT={len(line)}; '
        '_gnnconv 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = os.environ | {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        ["bash", "-c", program],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("gnnconv ru", ["run"]),
        ("gnnconv run figure-", ["figure-1", "figure-2"]),
        ("gnnconv run figure-1 -p hid", ["hidden_units="]),
        ("gnnconv audit --item awasthi2021:theorem-1", ["theorem-1"]),
        ("gnnconv run figure-1 --for", ["--force"]),
        ("gnnconv audit --kind theo", ["theorem"]),
    ],
)
def test_bash_completes(line, offered, tmp_path) -> None:
    assert complete(line, tmp_path) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_is_in_every_script(shell) -> None:
    text = script(shell)
    assert all(name in text for name in COMMANDS)
    assert "--words" not in text.replace("completion bash --words", "").replace(
        "completion fish --words", ""
    )


def test_a_figure_is_not_replaced_unless_asked(run, tmp_path, monkeypatch) -> None:
    from gnnconv_lib.page import figures

    def never(*_arguments, **_options):
        raise AssertionError("the figure was run")

    monkeypatch.setattr(figures, "runs", never)
    for name in ("li2021-figure-1.csv", "li2021-figure-1-noise-0.2.png"):
        (tmp_path / name).write_text("mine")
        status, _, err = run("figure", "li2021:figure-1", "-o", str(tmp_path))
        assert (status, one_sentence(err)) == (2, True)
        assert "--force replaces it" in err
        (tmp_path / name).unlink()


def test_chapters_say_what_ties_their_parameters(run) -> None:
    _, out, _ = run("chapters")
    chapter = out.split("figure-1: ")[1].split("\n\n")[0]
    assert "    needs degree < n when not graph_file\n" in chapter
    assert "    unused n, degree when graph_file\n" in chapter


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["graph", "g.txt", "--weigths", "ignore"],
            "--weigths is no option (did you mean --weights?); see gnnconv graph --help.",
        ),
        (["graph", "g.txt", "--fooo=3"], "--fooo is no option; see gnnconv graph --help."),
        (
            ["graph", "g.txt", "h.txt"],
            "'h.txt' is one argument too many; see gnnconv graph --help.",
        ),
        (
            ["run", "figure-1", "degree=4", "-o", "x.html"],
            "'degree=4' is one argument too many (a parameter is set by -p name=value); "
            "see gnnconv run --help.",
        ),
    ],
)
def test_what_a_command_does_not_know_is_named(run, words, sentence) -> None:
    assert run(*words) == (2, "", f"gnnconv: {sentence}\n")
