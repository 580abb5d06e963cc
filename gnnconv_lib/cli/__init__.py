"""The `gnnconv` command.

    gnnconv chapters                      list the chapters and their parameters
    gnnconv run figure-1 -p nodes=400 --output mine.ipynb
    gnnconv figure li2021:figure-1 --output FOLDER
    gnnconv sweep figure-1 --grid degree=5,10,30 --grid inner_dimension=2:20:2
    gnnconv graph mine.txt --weights ignore        what the library sees in a file
    gnnconv report mine.txt --output mine.html     the papers' numbers on a graph, as a page
    gnnconv audit --item awasthi2021:eq-13
    gnnconv execute | normalise | check   for authors

Exit status: 0; 1 when a chapter or a run of a sweep fails, or a check disagrees; 2 for bad input;
130 when interrupted.
This module imports nothing heavy, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

__all__ = ["main"]

_EXAMPLES = """\
examples:
  gnnconv chapters
  gnnconv graph mine.csv --weights ignore --repeated merge
  gnnconv run figure-1 -p n=400 -p degree=12 --output mine.ipynb
  gnnconv run relu-unequal-degrees -p graph_file=mine.csv --output mine.ipynb
  gnnconv sweep figure-1 --grid degree=5,10,30 -p seeds=5
  gnnconv audit --item awasthi2021:eq-13
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command with `arguments` (by default those of the process)."""
    _plain_where_the_terminal_is()
    options = _parser().parse_args(arguments)
    from gnnconv_lib.cli import commands
    from gnnconv_lib.validation import InvalidInput

    try:
        return int(getattr(commands, options.command)(options))
    except InvalidInput as error:
        print(f"gnnconv: {error}", file=sys.stderr)
        return 2
    except ImportError as error:
        print(
            f"gnnconv: the command {options.command!r} needs the book's packages ({error}); "
            "install gnnconv-lib[book].",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("gnnconv: interrupted; nothing was written under the output's name.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _plain_where_the_terminal_is() -> None:
    """What a terminal cannot show becomes `?` instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
        if reconfigure is not None and encoding not in ("utf8", "utf8sig"):
            reconfigure(errors="replace")


class _Version(argparse.Action):
    """Print the version; looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        import gnnconv_lib

        print(f"gnnconv {gnnconv_lib.__version__}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gnnconv",
        description="Chapters and checks of the executable companion to two papers on GNNs.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_EXAMPLES,
    )
    where = "the folder with _toc.yml (default: found upwards)"
    parser.add_argument("--book", metavar="FOLDER", help=where)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, words: str) -> argparse.ArgumentParser:
        entry = commands.add_parser(name, help=words, description=f"{words.capitalize()}.")
        entry.add_argument("--book", metavar="FOLDER", default=argparse.SUPPRESS, help=where)
        return entry

    chapters = command("chapters", "list the chapters with their parameters")
    chapters.add_argument("--json", action="store_true", help="machine-readable output")
    chapters.add_argument("--execute", action="store_true", help="execute all of them in place")

    run = command("run", "rerun a chapter with other parameters")
    run.add_argument("chapter", metavar="CHAPTER", help="an id such as figure-1")
    run.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter and its value; may be repeated",
    )
    run.add_argument("-o", "--output", required=True, metavar="FILE", help="the notebook to write")
    run.add_argument("--force", action="store_true", help="replace the output if it exists")
    run.add_argument(
        "--keep-failed", action="store_true", help="keep the notebook of a run that fails"
    )

    graph = command("graph", "say what is read from a graph file, without running anything")
    report = command("report", "write a page with the papers' numbers on a graph file")
    report.add_argument("-o", "--output", required=True, metavar="FILE", help="the page to write")
    report.add_argument("--force", action="store_true", help="replace the output if it exists")
    for entry in (graph, report):
        _reads_a_graph(entry)
    graph.epilog = (
        "A chapter takes the same options behind the name of its file: "
        "gnnconv run CHAPTER -p 'graph_file=mine.txt?weights=ignore&loops=ignore' -o out.ipynb"
    )

    figure = command("figure", "make a figure of li2021: its data with their seeds, and pictures")
    figure.add_argument("figure", metavar="FIGURE", help="li2021:figure-1 or li2021:figure-2")
    figure.add_argument("-o", "--output", required=True, metavar="FOLDER", help="where to write")
    figure.add_argument("--seeds", type=int, default=20, metavar="N", help="(20)")

    sweep = command("sweep", "run a chapter with every combination of parameters")
    sweep.add_argument("chapter", metavar="CHAPTER", help="an id such as figure-1")
    sweep.add_argument(
        "-g",
        "--grid",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="values such as 5,10,30 or, for integers, start:stop:step without stop; repeatable",
    )
    sweep.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter with one value in all runs; may be repeated",
    )
    sweep.add_argument(
        "-o", "--output", metavar="FOLDER", help="for runs and table (default: CHAPTER-sweep)"
    )
    sweep.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler (default: this machine)"
    )
    sweep.add_argument("--workers", type=int, metavar="N", help="processes (default: cores)")
    sweep.add_argument(
        "--limit", type=int, default=10000, metavar="N", help="most runs allowed (10000)"
    )

    execute = command("execute", "execute chapters in fresh kernels and store their outputs")
    execute.add_argument("chapter", nargs="*", metavar="CHAPTER", help="ids (default: all)")
    execute.add_argument("--output", metavar="FOLDER", help="write there (default: in place)")
    execute.add_argument("--in-place", action="store_true", help="the default, said openly")
    execute.add_argument("--jobs", type=int, metavar="N", help="how many at once (default: cores)")

    for name, words in (
        ("normalise", "bring chapters into their normal form"),
        ("check", "check the hygiene of stored chapters"),
    ):
        entry = command(name, words)
        entry.add_argument("chapter", nargs="*", metavar="CHAPTER", help="ids (default: all)")

    audit = command("audit", "run the checks of the ledger")
    audit.add_argument("--full", action="store_true", help="with the full budget")
    audit.add_argument("--budget", choices=["quick", "full"], default="quick", help="(quick)")
    audit.add_argument(
        "--item", action="append", default=[], metavar="ID", help="one item; may be repeated"
    )
    return parser


def _reads_a_graph(entry: argparse.ArgumentParser) -> None:
    """The options of a command that reads a graph file."""
    entry.add_argument("file", metavar="FILE", help="compressed or not")
    entry.add_argument("--json", action="store_true", help="machine-readable output")
    entry.add_argument("--format", metavar="NAME", help="instead of what the file's name says")
    for option, value, words in (
        ("directed", "symmetrise", "make an edge of every arc"),
        ("weights", "ignore", "drop weights and further columns"),
        ("loops", "ignore", "drop self loops"),
        ("repeated", "merge", "count an edge that is listed more than once as one"),
    ):
        entry.add_argument(f"--{option}", metavar="POLICY", help=f"{value}: {words} (refuse)")
    entry.add_argument("--labels", metavar="KIND", help="integers or text (as the first edge has)")
    entry.add_argument("--nodes", type=int, metavar="N", help="the nodes are 0, ..., N - 1")
    entry.add_argument("--encoding", metavar="NAME", help="of a text that is not UTF-8")
