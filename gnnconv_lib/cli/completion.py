"""`gnnconv completion SHELL`: a script that completes commands, options, chapters and items.

The words of the parser are in the script; chapters, parameters and items are asked for when a key
is pressed, of the book that is there.
"""

from __future__ import annotations

import argparse
import shlex
from argparse import Namespace

from gnnconv_lib.cli.parser import command_line
from gnnconv_lib.validation import InvalidInput

__all__ = ["completion_command", "script"]

_OF_CHAPTERS = ("run", "sweep", "execute", "normalise", "check")
_BASH = """\
_gnnconv() {{
  local line=${{COMP_LINE:0:COMP_POINT}} current previous word command= chapter= found= options=
  current=${{line##*[[:space:]]}}
  local before=${{line%"$current"}}
  local typed=($before)
  previous=${{typed[${{#typed[@]}}-1]}}
  for word in "${{typed[@]:1}}"; do
    case "$word" in -*) ;; *) if [ -z "$command" ]; then command=$word
      elif [ -z "$chapter" ]; then chapter=$word; fi ;; esac
  done
  case "$previous" in
    -o|--output|--book) COMPREPLY=($(compgen -f -- "$current")); return ;;
    -p|--parameter|-g|--grid) found=$(gnnconv completion bash --words "parameters:$chapter" 2>/dev/null)
      compopt -o nospace 2>/dev/null ;;
    --item) found=$(gnnconv completion bash --words items 2>/dev/null) ;;
    --paper) found="awasthi2021 companion li2021" ;;
    --kind) found="{kinds}" ;;
    *) case "$command" in
        "") found="{commands} --book --help --version" ;;
{cases}
      esac
      case "$command" in {chapters})
        case "$current" in -*) ;; *) [ -z "$chapter" ] &&
          found="$(gnnconv completion bash --words chapters 2>/dev/null)" ;; esac ;; esac
      case "$command" in graph|report)
        case "$current" in -*) ;; *) COMPREPLY=($(compgen -f -- "$current")); return ;; esac ;; esac ;;
  esac
  COMPREPLY=($(compgen -W "$found" -- "$current"))
  # Readline sees only what follows the last colon.
  case "$current" in *:*) COMPREPLY=("${{COMPREPLY[@]#"${{current%:*}}:"}}") ;; esac
}}
complete -F _gnnconv gnnconv
"""
_ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"


def completion_command(options: Namespace) -> int:
    """Print the script, or the words that it asks for."""
    if options.words:
        print("\n".join(_words(options.words)))
    else:
        print(script(options.shell), end="")
    return 0


def script(shell: str) -> str:
    """The text of the script for bash, zsh or fish."""
    from gnnconv_lib.ledger.items import KINDS

    options = _options()
    if shell == "fish":
        return _fish(options)
    cases = "\n".join(
        f'        {name}) found="{" ".join(flags)}" ;;' for name, flags in options.items()
    )
    text = _BASH.format(
        commands=" ".join(options),
        cases=cases,
        chapters="|".join(_OF_CHAPTERS),
        kinds=" ".join(KINDS),
    )
    return _ZSH + text if shell == "zsh" else text


def _options() -> dict[str, list[str]]:
    """The long options of each command; all commands in the order of the help."""
    (action,) = (
        entry for entry in command_line()._actions if isinstance(entry, argparse._SubParsersAction)
    )
    return {
        str(name): sorted(
            flag
            for option in parser._actions
            if option.help != argparse.SUPPRESS
            for flag in option.option_strings
            if flag.startswith("--")
        )
        + (["bash", "zsh", "fish"] if name == "completion" else [])
        for name, parser in action.choices.items()
    }


def _fish(options: dict[str, list[str]]) -> str:
    lines = [f"complete -c gnnconv -f -n __fish_use_subcommand -a {shlex.quote(' '.join(options))}"]
    asked = "'(gnnconv completion fish --words {} 2>/dev/null)'"
    for name, flags in options.items():
        here = f"'__fish_seen_subcommand_from {name}'"
        for flag in flags:
            if not flag.startswith("--"):
                lines.append(f"complete -c gnnconv -f -n {here} -a {flag}")
                continue
            lines.append(f"complete -c gnnconv -n {here} -l {flag[2:]}{_argument(flag, asked)}")
        if name in _OF_CHAPTERS:
            lines.append(f"complete -c gnnconv -f -n {here} -a {asked.format('chapters')}")
        if name in ("graph", "report"):
            lines.append(f"complete -c gnnconv -F -n {here}")
    return "\n".join(lines) + "\n"


def _argument(flag: str, asked: str) -> str:
    if flag in ("--output", "--book"):
        return " -r -F"
    if flag == "--item":
        return f" -x -a {asked.format('items')}"
    return ""


def _words(wanted: str) -> list[str]:
    """Chapters, items, or the parameters of a chapter with `=` behind them; nothing without a book."""
    from gnnconv_lib.page import finding

    kind, _, chapter = wanted.partition(":")
    try:
        book = finding.find_book()
        if kind == "chapters":
            return list(finding.chapter_paths(book))
        if kind == "parameters":
            from gnnconv_lib.chapters import rerun

            declared = rerun.declared(finding.chapter_path(book, chapter))
            return [f"{name}=" for name in declared]
        from gnnconv_lib.page.verdicts import ledger_items

        return list(ledger_items(book))
    except InvalidInput:
        return []
