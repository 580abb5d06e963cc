"""The chapters of a build: executed, or used again, and compared with what is stored."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gnnconv_lib import provenance
from gnnconv_lib.chapters import notebooks, reuse
from gnnconv_lib.chapters.differences import Difference, differences
from gnnconv_lib.chapters.figure_differences import figure_differences
from gnnconv_lib.chapters.figures import data_files

__all__ = ["Executed", "executed_chapters"]


@dataclass(frozen=True)
class Executed:
    """One executed chapter of the book.

    Fields:
        source: its notebook, relative to the folder with `_toc.yml`.
        path: the executed notebook; absent after a failure.
        seconds: how long it took when it ran.
        again: whether an earlier run is used again.
        error: the text of a failure, naming chapter, cell and error; empty for a success.
        differences: where its outputs, or the data of its figures, are not the stored ones.
    """

    source: Path
    path: Path
    seconds: float
    again: bool = False
    error: str = ""
    differences: tuple[Difference, ...] = ()


def executed_chapters(
    root: Path, sources: Sequence[Path], jobs: int = 2, fresh: bool = False
) -> list[Executed]:
    """Every chapter executed with the library as it is; says on standard output what it does.

    A chapter whose ingredients have not changed since it ran is not executed again.

    Args:
        root: the folder with `_toc.yml`.
        sources: the notebooks, relative to `root`.
        jobs: how many chapters run at once.
        fresh: whether to execute all of them in any case.
    """
    shared = reuse.surroundings(root)
    wanted = {source: reuse.ingredients(root, source, shared) for source in sources}
    reasons = {
        source: ["all are wanted"] if fresh else reuse.changed(root, source, now)
        for source, now in wanted.items()
    }
    pending = [source for source, reason in reasons.items() if reason]
    _announce([reasons[source] for source in pending], len(sources) - len(pending), jobs)
    fresh_runs = _run(root, {source: wanted[source] for source in pending}, jobs)
    found = []
    for source in sources:
        if source in fresh_runs:
            found.append(fresh_runs[source])
            continue
        record = reuse.kept(root, source)
        assert record is not None  # `changed` has read it
        path = reuse.executed_path(root, source)
        again = Executed(source, path, record.seconds, again=True)
        found.append(_compared(root, again))
    return found


def _run(root: Path, wanted: Mapping[Path, dict[str, str]], jobs: int) -> dict[Path, Executed]:
    if not wanted:
        return {}
    # Imported here: chapters that are used again need no kernels.
    from tqdm import tqdm

    from gnnconv_lib.chapters.execute import ChapterRun, execute_all

    started = provenance.library_state(without=provenance.ABOVE_CHAPTERS)
    found: dict[Path, Executed] = {}

    def finished(run: ChapterRun) -> None:
        source = run.path.relative_to(root.resolve())
        path = reuse.executed_path(root, source)
        content = "" if run.error else reuse.content_digest(root, source)
        record = reuse.Kept(wanted[source], run.seconds, content, run.error)
        # After an edit in the middle the run belongs to neither version of the library.
        if provenance.library_state(without=provenance.ABOVE_CHAPTERS) != started:
            record = replace(record, ingredients={})
        reuse.keep(root, source, record)
        chapter = _compared(root, Executed(source, path, run.seconds, error=run.error))
        found[source] = chapter
        outcome = "differs from what is stored" if chapter.differences else "ok"
        # Stays above the progress bar on a terminal; a plain line elsewhere.
        tqdm.write(f"  {source}: {run.seconds:.1f} s, {'FAILED' if run.error else outcome}")
        sys.stdout.flush()

    target = reuse.executed_path(root, Path())
    paths = [root / source for source in wanted]
    execute_all(paths, root=root, target=target, jobs=jobs, finished=finished)
    return found


def _compared(root: Path, chapter: Executed) -> Executed:
    if chapter.error:
        return chapter
    stored, now = notebooks.read(root / chapter.source), notebooks.read(chapter.path)
    found = differences(stored, now)
    found += figure_differences(stored, data_files(root / chapter.source), data_files(chapter.path))
    return replace(chapter, differences=tuple(found))


def _announce(reasons: list[list[str]], again: int, jobs: int) -> None:
    kept = f"{again} chapters are as they were when they ran and are used again"
    if not reasons:
        print(f"Nothing to execute: {kept}.", flush=True)
        return
    why = ", ".join(dict.fromkeys(reason for entry in reasons for reason in entry))
    words = f"Executing {len(reasons)} chapters, {jobs} at a time (changed: {why})"
    if why in ("not executed yet", "all are wanted"):
        words = f"Executing {len(reasons)} chapters, {jobs} at a time"
    print(f"{words}; {kept} ..." if again else f"{words} ...", flush=True)
