"""The `gnnconv` command.

    gnnconv chapters                      list the chapters and their parameters
    gnnconv run figure-1 -p n=400 --output mine.html      or mine.ipynb
    gnnconv figure li2021:figure-1 --output FOLDER
    gnnconv sweep figure-1 --grid degree=5,10,30 --grid inner_dimension=2:20:2
    gnnconv graph mine.txt --weights ignore        what the library sees in a file
    gnnconv report mine.txt --output mine.html     the papers' numbers on a graph, as a page
    gnnconv audit --item awasthi2021:eq-13
    gnnconv completion bash               for the shell
    gnnconv execute | normalise | check   for authors

Exit status: 0; 1 when a chapter or a run of a sweep fails, or a check disagrees; 2 for bad input;
130 when interrupted.
This module imports nothing heavy, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gnnconv_lib.cli.parser import AUTHORS, command_line
from gnnconv_lib.cli.terminal import plain_where_needed

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command with `arguments` (by default those of the process)."""
    plain_where_needed()
    options = command_line().parse_args(arguments)
    from gnnconv_lib.cli import commands
    from gnnconv_lib.page.finding import left_alone
    from gnnconv_lib.validation import InvalidInput

    authors = options.command in AUTHORS or getattr(options, "execute", False)
    try:
        with left_alone(None if authors else options.book):
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
