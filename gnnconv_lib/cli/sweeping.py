"""`gnnconv sweep`: from the words of the command line to a sweep, and back to words."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from gnnconv_lib.page import finding
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["sweep_command"]

_SHOWN = 20


def sweep_command(options: Namespace) -> int:
    """The exit status of `gnnconv sweep`: 0, 1 if a run failed, 130 if interrupted."""
    from gnnconv_lib.chapters import rerun
    from gnnconv_lib.sweeps import ConnectionLost, grids, sweep_chapter

    book = finding.find_book(options.book)
    path = finding.chapter_path(book, options.chapter)
    limit = require_integer("limit", options.limit, 1)
    if not options.grid:
        raise InvalidInput("a sweep must have at least one --grid NAME=VALUES.")
    values = grids.grid_from_texts(options.grid, rerun.declared(path), limit)
    values = {
        name: [rerun.user_file(name, value) for value in entries]
        for name, entries in values.items()
    }
    fixed = rerun.assignments(path, options.parameter, swept=values.keys())
    folder = _folder(options.output or f"{path.stem}-sweep", book)
    try:
        outcome = sweep_chapter(
            path,
            values,
            folder,
            fixed=fixed,
            scheduler=options.scheduler,
            workers=options.workers,
            limit=limit,
            tell=_tell,
        )
    except KeyboardInterrupt:
        _tell(
            f"interrupted; what has finished is in {folder}, the same command goes on from there."
        )
        return 130
    except ConnectionLost as error:
        _tell(f"{error} What has finished is in {folder}, the same command goes on from there.")
        return 1
    failed = [run for run in outcome.runs if run.status == "failed"]
    for run in failed[:_SHOWN]:
        words = ", ".join(f"{name}={json.dumps(run.parameters[name])}" for name in values)
        _tell(f"the run {words} failed: {run.error}")
    if len(failed) > _SHOWN:
        _tell(f"{len(failed) - _SHOWN} more runs failed; the table tells why.")
    reused = sum(run.reused for run in outcome.runs)
    before = f" ({reused} of them earlier)" if reused else ""
    print(
        f"{len(outcome.runs)} runs of {path.stem}: {outcome.count('finished')} finished{before}, "
        f"{len(failed)} failed; one row per run is in {folder / outcome.table.name}, "
        f"one per number in {folder / outcome.results.name}"
    )
    return 1 if failed else 0


def _folder(text: str, book: Path) -> Path:
    folder = Path(text)
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(f"output must be a folder, got the file {folder}.")
    if folder.resolve().is_relative_to((book / "book").resolve()):
        raise InvalidInput(
            f"output must not lie among the chapters of the book, got {folder}; "
            "name a folder elsewhere with --output."
        )
    return folder


def _tell(sentence: str) -> None:
    print(f"gnnconv: {sentence}", file=sys.stderr)
