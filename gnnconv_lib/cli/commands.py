"""What each `gnnconv` command does; one function per command, each returning the exit status."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from gnnconv_lib.page import finding
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = [
    "audit",
    "chapters",
    "check",
    "completion",
    "execute",
    "figure",
    "graph",
    "normalise",
    "report",
    "run",
    "sweep",
]


def chapters(options: Namespace) -> int:
    """List the chapters with their parameters, as text or as JSON; or execute all of them."""
    from gnnconv_lib.chapters import rerun

    book = finding.find_book(options.book)
    if options.execute:
        return _execute(list(finding.chapter_paths(book).values()), book, None, None)
    entries: list[dict[str, Any]] = [
        {
            "chapter": name,
            "title": finding.title(path),
            "path": path.relative_to(book).as_posix(),
            "parameters": [
                {
                    "name": entry.name,
                    "type": entry.type,
                    "default": entry.default,
                    "help": entry.help,
                    "range": entry.range,
                }
                for entry in rerun.declared(path).values()
            ],
            "rules": [str(rule) for rule in rerun.rules(path)],
        }
        for name, path in finding.chapter_paths(book).items()
    ]
    if options.json:
        print(json.dumps(entries, indent=2, ensure_ascii=False))
        return 0
    for entry in entries:
        print(f"{entry['chapter']}: {entry['title']}")
        for parameter in entry["parameters"]:
            value = json.dumps(parameter["default"], ensure_ascii=False)
            print(
                f"    {parameter['name']}: {parameter['type']} = {value}  {parameter['help']}"
                f" {parameter['range']}".rstrip()
            )
        for rule in entry["rules"]:
            print(f"    {rule}")
    return 0


def run(options: Namespace) -> int:
    """Rerun one chapter with other parameters."""
    from gnnconv_lib.chapters import rerun

    book = finding.find_book(options.book)
    path = finding.chapter_path(book, options.chapter)
    values = rerun.assignments(path, options.parameter)
    target = rerun.output_file(options.output, book, options.force)
    try:
        rerun.rerun(path, values, target, keep_failed=options.keep_failed)
    except rerun.ChapterFailed as error:
        print(f"gnnconv: {error}", file=sys.stderr)
        return 1
    print(f"chapter {path.stem} is in {target}")
    return 0


def graph(options: Namespace) -> int:
    """Say what is in a graph file."""
    from gnnconv_lib.cli.graph_file import graph_command

    return graph_command(options)


def figure(options: Namespace) -> int:
    """Make a figure of li2021 from its seeds."""
    from gnnconv_lib.page import figures

    paper, _, name = options.figure.partition(":")
    if paper == "awasthi2021" and name in ("figure-1", "figure-2"):
        raise InvalidInput(
            f"{options.figure} is made by its chapter: use gnnconv run {name} --output mine.html "
            "here, since gnnconv figure makes li2021:figure-1 and li2021:figure-2 only."
        )
    folder = options.output or options.figure.replace(":", "-")
    for path in figures.make(options.figure, folder, options.seeds, options.force):
        print(path)
    return 0


def sweep(options: Namespace) -> int:
    """Run a chapter with every combination of a grid; 1 if a run fails."""
    from gnnconv_lib.cli.sweeping import sweep_command

    return sweep_command(options)


def execute(options: Namespace) -> int:
    """Execute chapters and store them, in place or in another folder."""
    book = finding.find_book(options.book)
    if options.in_place and options.output:
        raise InvalidInput("output must not be given together with --in-place.")
    if options.output and Path(options.output).is_file():
        raise InvalidInput(f"output must be a folder, got the file {options.output}.")
    if options.jobs is not None:
        require_integer("jobs", options.jobs, 1)
    return _execute(_chosen(book, options.chapter), book, options.output, options.jobs)


def report(options: Namespace) -> int:
    """Write a page, or JSON, on the graph in a file."""
    from gnnconv_lib.cli.graph_report import report_command

    return report_command(options)


def normalise(options: Namespace) -> int:
    """Bring chapters into their normal form."""
    from gnnconv_lib.chapters import notebooks

    paths = _chosen(finding.find_book(options.book), options.chapter)
    for path in paths:
        print(f"{path.stem}: {'changed' if notebooks.normalise(path) else 'as it was'}")
    return 0


def check(options: Namespace) -> int:
    """Check the hygiene of stored chapters; 1 if any has a violation."""
    from gnnconv_lib.chapters.hygiene import hygiene

    paths = _chosen(finding.find_book(options.book), options.chapter)
    found = {path.stem: hygiene(path) for path in paths}
    for name, sentences in found.items():
        for sentence in sentences:
            print(f"{name}: {sentence}")
    bad = sum(bool(sentences) for sentences in found.values())
    print(f"{len(found)} chapters checked, {bad} with violations")
    return 1 if bad else 0


def audit(options: Namespace) -> int:
    """Run the checks of the ledger's items; 1 if one disagrees with its verdict in the ledger."""
    from gnnconv_lib.cli.auditing import audit_command

    return audit_command(options)


def completion(options: Namespace) -> int:
    """Print what a shell needs to complete the words of the command."""
    from gnnconv_lib.cli.completion import completion_command

    return completion_command(options)


def _chosen(book: Path, names: list[str]) -> list[Path]:
    if names:
        return [finding.chapter_path(book, name) for name in names]
    paths = list(finding.chapter_paths(book).values())
    if not paths:
        raise InvalidInput(f"book must hold notebooks under {book / 'book'}, got none.")
    return paths


def _execute(paths: list[Path], book: Path, output: str | None, jobs: int | None) -> int:
    from gnnconv_lib.chapters.execute import execute_all

    runs = execute_all(paths, root=book, target=output, jobs=jobs)
    for outcome in runs:
        state = "FAILED" if outcome.error else "changed" if outcome.changed else "as it was"
        print(f"{outcome.path.stem}: {state}, {outcome.seconds:.1f} s")
    for outcome in runs:
        if outcome.error:
            print(f"\n{outcome.error}", file=sys.stderr)
    return 1 if any(outcome.error for outcome in runs) else 0
