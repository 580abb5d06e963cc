"""The words of the command line: what each command takes, with examples. Imports nothing heavy."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

__all__ = ["AUTHORS", "command_line"]

#: Commands for those who write the book; they have a group of their own.
AUTHORS = {
    "execute": "execute chapters in fresh kernels and store their outputs",
    "normalise": "bring chapters into their normal form",
    "check": "check the hygiene of stored chapters",
}

_EXAMPLES = {
    "": [
        "chapters",
        "graph mine.csv --weights ignore --repeated merge",
        "run figure-1 -p n=400 -p degree=12 --output mine.html",
        "run relu-unequal-degrees -p graph_file=mine.csv --output mine.html",
        "sweep figure-1 --grid degree=5,10,30 -p seeds=5",
        "audit --item awasthi2021:eq-13",
    ],
    "chapters": ["chapters", "chapters --json"],
    "run": [
        "run figure-1 -p n=400 -p degree=12 --output mine.html    # a page",
        "run figure-1 -p seeds=3 --output mine.ipynb              # a notebook",
        "run figure-2 -p 'graph_file=mine.csv?weights=ignore' --output mine.html",
    ],
    "graph": ["graph mine.csv --weights ignore --repeated merge", "graph mine.mtx --json"],
    "report": ["report mine.csv --output mine.html", "report mine.csv --output mine.json"],
    "figure": ["figure li2021:figure-1 --output figures --seeds 5"],
    "sweep": [
        "sweep figure-1 --grid degree=5,10,30 -p seeds=5",
        "sweep figure-1 --grid n=20:100:20 --grid learning_rate=1e-6:1e-3:x10 --output sweep",
    ],
    "audit": [
        "audit --item awasthi2021:eq-13",
        "audit --paper li2021 --verdict false --list",
        "audit --kind lemma --full",
    ],
    "completion": [
        "completion bash >> ~/.bashrc",
        "completion zsh >> ~/.zshrc",
        "completion fish > ~/.config/fish/completions/gnnconv.fish",
    ],
    "execute": ["execute figure-1", "execute --output executed --jobs 2"],
    "normalise": ["normalise figure-1"],
    "check": ["check", "check figure-1"],
}


class _Parser(argparse.ArgumentParser):
    """Answers bad input with one sentence, and a mistyped word with the nearest known one."""

    def error(self, message: str) -> NoReturn:
        words = message.removeprefix("argument ").rstrip(".")
        print(f"gnnconv: {words}; see {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's; what a command does not know is refused by the command itself."""
        found, left = super().parse_known_args(args, namespace)
        if left and self.prog != "gnnconv":
            self.error(self._unknown(left[0].partition("=")[0], left[0]))
        return found, left

    def _unknown(self, option: str, whole: str) -> str:
        if not whole.startswith("-"):
            hint = " (a parameter is set by -p name=value)" if "=" in whole else ""
            return f"{whole!r} is one argument too many{hint}"
        near = difflib.get_close_matches(option, self._option_string_actions, n=1, cutoff=0.75)
        return f"{option} is no option" + (f" (did you mean {near[0]}?)" if near else "")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        near = difflib.get_close_matches(str(value), known, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        name = str(action.metavar or action.dest).lower()
        raise argparse.ArgumentError(
            None, f"{name} must be one of {', '.join(known)}, got {value!r}{hint}"
        )


class _Version(argparse.Action):
    """Print the version; looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        import gnnconv_lib

        print(f"gnnconv {gnnconv_lib.__version__}")
        parser.exit()


def command_line() -> argparse.ArgumentParser:
    """The parser of the command."""
    authors = "\n".join(f"  {name:<11}{words}" for name, words in AUTHORS.items())
    parser = _Parser(
        prog="gnnconv",
        description="Chapters and checks of the executable companion to two papers on GNNs.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"commands for authors of the book:\n{authors}\n\n{_examples('')}",
    )
    where = "the folder with _toc.yml (default: found upwards)"
    parser.add_argument("--book", metavar="FOLDER", help=where)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="commands"
    )

    def command(name: str, words: str) -> argparse.ArgumentParser:
        shown: dict[str, Any] = {} if name in AUTHORS else {"help": words}
        entry: argparse.ArgumentParser = commands.add_parser(
            name,
            description=f"{words[0].upper()}{words[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            epilog=_examples(name),
            **shown,
        )
        entry.add_argument("--book", metavar="FOLDER", default=argparse.SUPPRESS, help=where)
        return entry

    chapters = command("chapters", "list the chapters with their parameters")
    chapters.add_argument("--json", action="store_true", help="machine-readable output")
    chapters.add_argument("--execute", action="store_true", help="execute all of them in place")

    run = command("run", "rerun a chapter with other parameters, as a page or as a notebook")
    run.add_argument("chapter", metavar="CHAPTER", help="an id such as figure-1")
    _takes_parameters(run, "a parameter and its value; may be repeated")
    _writes(run, "FILE", "what to write: a page (.html) or a notebook (.ipynb)")
    run.add_argument(
        "--keep-failed", action="store_true", help="keep the notebook of a run that fails"
    )

    graph = command("graph", "say what is read from a graph file, without running anything")
    report = command("report", "write a page with the papers' numbers on a graph file")
    _writes(report, "FILE", "a page in .html, or numbers in .json")
    for entry in (graph, report):
        _reads_a_graph(entry)
    graph.epilog = (
        "A chapter takes the same options behind the name of its file:\n"
        "  gnnconv run CHAPTER -p 'graph_file=mine.txt?weights=ignore&loops=ignore' -o out.html\n\n"
        f"{graph.epilog}"
    )

    figure = command("figure", "make a figure of li2021: its data with their seeds, and pictures")
    figure.add_argument("figure", metavar="FIGURE", help="li2021:figure-1 or li2021:figure-2")
    _writes(
        figure, "FOLDER", "where to write (default: a folder named like the figure)", needed=False
    )
    figure.add_argument("--seeds", type=int, default=20, metavar="N", help="(20)")

    sweep = command("sweep", "run a chapter with every combination of parameters")
    sweep.add_argument("chapter", metavar="CHAPTER", help="an id such as figure-1")
    sweep.add_argument(
        "-g",
        "--grid",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="values such as 5,10,30; 0.1:0.5:0.1 counts in steps and 1e-6:1:x10 multiplies, both "
        "without their stop; repeatable",
    )
    _takes_parameters(sweep, "a parameter with one value in all runs; may be repeated")
    sweep.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        help="for summary.csv, results.csv and the notebooks (default: CHAPTER-sweep)",
    )
    sweep.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler (default: this machine)"
    )
    sweep.add_argument("--workers", type=int, metavar="N", help="processes (default: cores)")
    sweep.add_argument(
        "--limit", type=int, default=10000, metavar="N", help="most runs allowed (10000)"
    )

    audit = command("audit", "run the checks of the ledger")
    audit.add_argument("--full", action="store_true", help="with the full budget")
    audit.add_argument("--budget", choices=["quick", "full"], default="quick", help="(quick)")
    for option, value, words in (
        ("item", "ID", "one item"),
        ("paper", "PAPER", "the items of one paper: awasthi2021, li2021 or companion"),
        ("kind", "KIND", "the items of one kind, such as lemma"),
        ("verdict", "VERDICT", "the items of one verdict, such as 'depends on the reading'"),
    ):
        audit.add_argument(
            f"--{option}",
            action="append",
            default=[],
            metavar=value,
            help=f"{words}; may be repeated",
        )
    audit.add_argument("--list", action="store_true", help="list the items, run nothing")

    completion = command("completion", "print the completion of this command for a shell")
    completion.add_argument("shell", choices=["bash", "zsh", "fish"], metavar="SHELL")
    # What the scripts ask for; nothing for a reader.
    completion.add_argument("--words", help=argparse.SUPPRESS)

    for name, words in AUTHORS.items():
        entry = command(name, words)
        entry.add_argument("chapter", nargs="*", metavar="CHAPTER", help="ids (default: all)")
        if name == "execute":
            entry.add_argument("--output", metavar="FOLDER", help="write there (default: in place)")
            entry.add_argument("--in-place", action="store_true", help="the default, said openly")
            entry.add_argument(
                "--jobs", type=int, metavar="N", help="how many at once (default: cores)"
            )
    return parser


def _examples(command: str) -> str:
    return "examples:\n" + "\n".join(f"  gnnconv {line}" for line in _EXAMPLES[command])


def _takes_parameters(entry: argparse.ArgumentParser, words: str) -> None:
    entry.add_argument(
        "-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", help=words
    )


def _writes(entry: argparse.ArgumentParser, metavar: str, words: str, needed: bool = True) -> None:
    entry.add_argument("-o", "--output", required=needed, metavar=metavar, help=words)
    entry.add_argument("--force", action="store_true", help="replace what is there")


def _reads_a_graph(entry: argparse.ArgumentParser) -> None:
    """The options of a command that reads a graph file."""
    entry.add_argument("file", metavar="FILE", help="compressed or not")
    entry.add_argument("--json", action="store_true", help="machine-readable output")
    entry.add_argument("--format", metavar="NAME", help="instead of what the file's name says")
    options: Sequence[tuple[str, str, str]] = (
        ("directed", "symmetrise", "make an edge of every arc"),
        ("weights", "ignore", "drop weights and further columns"),
        ("loops", "ignore", "drop self loops"),
        ("repeated", "merge", "count an edge that is listed more than once as one"),
    )
    for option, value, words in options:
        entry.add_argument(f"--{option}", metavar="POLICY", help=f"{value}: {words} (refuse)")
    entry.add_argument("--labels", metavar="KIND", help="integers or text (as the first edge has)")
    entry.add_argument("--nodes", type=int, metavar="N", help="the nodes are 0, ..., N - 1")
    entry.add_argument("--encoding", metavar="NAME", help="of a text that is not UTF-8")
