"""The `gnnconv` command.

    gnnconv chapters                      list the chapters and their parameters
    gnnconv run figure-1 -p nodes=400 --output mine.ipynb
    gnnconv figure li2021:figure-1 --output FOLDER
    gnnconv sweep figure-1 --grid degree=5,10,30 --grid inner_dimension=2:20:2
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


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command with `arguments` (by default those of the process)."""
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gnnconv",
        description="Chapters and checks of the executable companion to two papers on GNNs.",
    )
    where = "the folder with _toc.yml (default: found upwards)"
    parser.add_argument("--book", metavar="FOLDER", help=where)
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
