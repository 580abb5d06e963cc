"""A sweep from beginning to end: check, find what is done, run the rest, write the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gnnconv_lib import files
from gnnconv_lib.sweeps import checks, cluster, grids, identity
from gnnconv_lib.sweeps.progress import progress_bar
from gnnconv_lib.sweeps.records import Folder, run_name
from gnnconv_lib.sweeps.table import Run, long_text, wide_text
from gnnconv_lib.sweeps.tasks import Outcome, Task

__all__ = ["Run", "Sweep", "sweep", "sweep_chapter"]

Grid = Mapping[str, Iterable[Any]]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Sweep:
    """The outcome of a sweep.

    Fields:
        table: the CSV file with one row per run.
        results: the CSV file with one row per number, those of tables too.
        runs: in the order of the grid, the last parameter varying fastest.
    """

    table: Path
    results: Path
    runs: tuple[Run, ...]

    def count(self, status: str) -> int:
        """How many runs are "finished", "failed" or "not run"."""
        return sum(run.status == status for run in self.runs)


def sweep(
    function: Callable[..., Mapping[str, Any]],
    grid: Grid,
    folder: str | Path,
    *,
    fixed: Mapping[str, Any] | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    limit: int = grids.LARGEST,
    progress: bool | None = None,
    tell: Tell | None = None,
) -> Sweep:
    """Call `function` with every combination of `grid`, and keep what it returns.

    Args:
        function: a function of a module that the workers can import. It returns a flat dictionary
            of numbers, bools and strings.
        grid: the values of each swept argument.
        folder: where results and table go. Runs that have finished there are not repeated, unless
            the library, the function's module or the arguments have changed.
        fixed: arguments that are the same in all runs.
        scheduler: the address of a Dask scheduler; by default processes on this machine.
        workers: how many processes; by default the number of CPU cores.
        limit: the largest number of runs.
        progress: a progress bar; by default only on a terminal.
        tell: what to do with remarks about earlier results in the folder; by default nothing.

    Returns:
        The tables' files and all runs. A run that failed has its error in one line.

    Raises:
        InvalidInput: before anything runs; see `grids.require_grid` and `cluster.workers`.
        ConnectionLost: if the scheduler goes away, or its last worker; the same call goes on from
            there.
    """
    name, source = checks.importable_name(function)
    swept = grids.require_grid(grid, limit)
    same = {key: grids.plain(key, value) for key, value in (fixed or {}).items()}
    checks.require_arguments(function, swept, same)
    work = identity.Work("function", name, source, identity.library_digest())
    return _sweep(
        [Task(work, point | same) for point in grids.combinations(swept)],
        folder,
        {},
        scheduler=scheduler,
        workers=workers,
        progress=progress,
        tell=tell,
    )


def sweep_chapter(
    path: str | Path,
    grid: Grid,
    folder: str | Path,
    *,
    fixed: Mapping[str, Any] | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    limit: int = grids.LARGEST,
    progress: bool | None = None,
    tell: Tell | None = None,
) -> Sweep:
    """Run the notebook at `path` with every combination of `grid`; the rest is as in `sweep`.

    Args:
        path: a notebook with a parameters cell; see `gnnconv_lib.page.declarations`.
        grid: the values of each swept parameter.
        folder: where results and table go.
        fixed: parameters with one value in all runs; the others have their defaults.
        scheduler, workers, limit, progress, tell: as in `sweep`.

    Returns:
        The tables' files and all runs, whose values are what the chapter gave to `page.report`,
        with all digits. A run that reports nothing has failed.

    Raises:
        InvalidInput: before anything runs, for a name, type or range that the chapter does not
            declare, for a parameter that nothing would use in one of the combinations, and for a
            chapter that reports no result.
    """
    # Imported here: sweeps of functions need nothing of the book.
    from gnnconv_lib.chapters import notebooks, rerun
    from gnnconv_lib.page import parameters

    file = Path(path).resolve()
    declared = rerun.declared(file)
    swept = grids.require_grid(grid, limit, declared)
    same = {key: parameters.require(declared, key).accept(v) for key, v in (fixed or {}).items()}
    checks.require_disjoint(swept, same)
    rerun.require_used(file, (point | same for point in grids.combinations(swept)))
    rest = {key: same.get(key, entry.default) for key, entry in declared.items()}
    notebook = notebooks.read(file)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checks.require_results(file.stem, (cell.source for cell in code))
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    text = notebooks.normal_form(notebook)
    source = identity.digest(file.read_bytes())
    work = identity.Work("chapter", file.stem, source, identity.library_digest())
    return _sweep(
        [
            Task(
                work,
                point | {k: v for k, v in rest.items() if k not in point},
                text,
                str(file.parent),
            )
            for point in grids.combinations(swept)
        ],
        folder,
        {key: entry.default for key, entry in declared.items()},
        scheduler=scheduler,
        workers=workers,
        progress=progress,
        tell=tell,
    )


def _sweep(
    tasks: list[Task],
    path: str | Path,
    defaults: Mapping[str, Any],
    *,
    scheduler: str | None,
    workers: int | None,
    progress: bool | None,
    tell: Tell | None,
) -> Sweep:
    cluster.require_dask()
    by_identity = {identity.identity(task.work, task.parameters): task for task in tasks}
    folder = Folder(
        path, {run: run_name(task.parameters, defaults) for run, task in by_identity.items()}
    )
    runs: dict[str, Run] = {}

    def finished(run: str, reused: bool) -> bool:
        values = folder.load(run)
        if values is not None:
            task = by_identity[run]
            notebook = folder.notebook(run) if task.notebook else None
            runs[run] = Run(task.parameters, "finished", values, "", notebook, reused)
        return values is not None

    todo = [run for run in by_identity if not finished(run, True)]
    for remark in _remarks(folder, tasks[0].work, list(by_identity), todo):
        (tell or _say_nothing)(remark)

    def unfinished() -> Iterable[tuple[str, Task]]:
        # Another sweep in the same folder may have done it meanwhile.
        for run in todo:
            if not finished(run, True):
                yield run, by_identity[run]

    table, numbers = folder.path / "summary.csv", folder.path / "results.csv"
    try:
        if todo:
            with (
                cluster.workers(scheduler, workers) as pool,
                closing(progress_bar(len(by_identity), len(runs), progress)) as bar,
                closing(cluster.outcomes(pool, unfinished())) as results,
            ):
                for run, outcome in results:
                    runs[run] = _kept(folder, run, by_identity[run], outcome)
                    bar.update(len(runs) - bar.n)
    finally:
        rows = tuple(
            runs.get(run, Run(task.parameters, "not run")) for run, task in by_identity.items()
        )
        files.write(table, wide_text(rows, folder.path))
        files.write(numbers, long_text(rows))
    return Sweep(table, numbers, rows)


def _kept(folder: Folder, run: str, task: Task, outcome: Outcome) -> Run:
    """The run, after its result is on the disk."""
    if outcome.error:
        if outcome.notebook is None:
            return Run(task.parameters, "failed", error=outcome.error)
        folder.store_failed(run, outcome.notebook)
        place = folder.notebook(run, failed=True)
        return Run(task.parameters, "failed", error=outcome.error, notebook=place)
    folder.store(task.work, task.parameters, outcome.values, outcome.notebook, outcome.versions)
    notebook = folder.notebook(run) if outcome.notebook is not None else None
    return Run(task.parameters, "finished", outcome.values, "", notebook)


def _remarks(
    folder: Folder, work: identity.Work, runs: list[str], todo: list[str]
) -> Iterable[str]:
    for changed, number in sorted(folder.others(work, runs).items()):
        yield (
            f"the {changed} changed since {number} of the runs in {folder.path}; "
            "they are kept but not used."
        )
    damaged = sum(folder.damaged(run) for run in todo)
    if damaged:
        yield f"{damaged} of the runs in {folder.path} are damaged and will be repeated."


def _say_nothing(remark: str) -> None:
    del remark
