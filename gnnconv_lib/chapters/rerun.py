"""Rerunning one chapter with other parameters, through papermill.

papermill runs a chapter with its defaults when a name is mistyped, and says so in a log line only.
Here everything is checked against the chapter's declaration before a kernel starts, and the output
appears under its name only when the chapter has run to its end.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gnnconv_lib import files
from gnnconv_lib.chapters import notebooks
from gnnconv_lib.chapters.running_cell import ChapterFailed, RunningCell
from gnnconv_lib.page import finding, parameters
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "ChapterFailed",
    "assignments",
    "declared",
    "executed",
    "output_file",
    "rerun",
    "user_file",
]


def declared(path: str | Path) -> dict[str, parameters.Parameter]:
    """The parameters that the notebook at `path` declares, by name, without executing it.

    Raises:
        InvalidInput: for a file that is no notebook, or that has no readable parameters cell.
    """
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            return {entry.name: entry for entry in parameters.parse(cell.source)}
    raise InvalidInput(f"chapter {Path(path).stem} must have a cell tagged 'parameters'.")


def assignments(path: str | Path, texts: Sequence[str]) -> dict[str, Any]:
    """The values in `texts`, each `name=value`, for the parameters of the notebook at `path`.

    Raises:
        InvalidInput: for a text of another form, a repeated or unknown name, a value of the wrong
            type or out of range.
    """
    known = declared(path)
    values: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InvalidInput(f"a parameter must be given as name=value, got {text!r}.")
        entry = parameters.require(known, name)
        if name in values:
            raise InvalidInput(f"parameter {name} must be given once.")
        values[name] = user_file(name, parameters.from_text(entry, value))
    return values


def user_file(name: str, value: Any) -> Any:
    """The value of a parameter, with the path of a graph file made absolute and the file read once.

    A chapter's kernel runs in the folder of the chapter; a path means the folder of the user. Every
    parameter called `graph_file` is one.

    Raises:
        InvalidInput: if the file is not there or holds no graph.
    """
    if name != "graph_file" or not isinstance(value, str) or not value:
        return value
    # Imported here: a chapter without a graph file needs none of it.
    from gnnconv_lib import graphs
    from gnnconv_lib.graphs.path_options import absolute

    path = absolute(value)
    try:
        graphs.read(path)
    except InvalidInput as error:
        wanted = re.findall(r"(\w+)='(symmetrise|ignore|merge|text|utf-16-le)'", str(error))
        options = "&".join("=".join(pair) for pair in wanted)
        there = "&" if "?" in value else "?"
        how = f" Here it is written {name}={value}{there}{options}." if options else ""
        raise InvalidInput(f"{name} {value!r} cannot be used: {error}{how}") from None
    return path


def output_file(output: str | Path, book: Path | None = None, force: bool = False) -> Path:
    """The file to write, if it can be written.

    Raises:
        InvalidInput: for a name that does not end in .ipynb, a folder, a file that exists (without
            `force`), a stored chapter of the book, and a parent that is missing or read-only.
    """
    target = Path(output)
    if not target.is_dir() and target.suffix != ".ipynb":
        raise InvalidInput(f"output must end in .ipynb, got {target}.")
    if book is not None and target.resolve() in {
        path.resolve() for path in finding.chapter_paths(book).values()
    }:
        raise InvalidInput(f"output must not be a chapter of the book, got {target}.")
    return files.output_file(target, force)


def rerun(
    path: str | Path,
    values: Mapping[str, Any],
    target: str | Path,
    keep_failed: bool = False,
    progress: bool | None = None,
) -> None:
    """Execute the notebook at `path` with `values` and write it, normalised, to `target`.

    Args:
        path: the notebook; its kernel runs in its folder.
        values: parameter values, checked against the declaration.
        target: the file to write; it appears when the chapter has succeeded.
        keep_failed: whether a failed run is kept, as `<stem>.failed.ipynb` beside the target.
        progress: a progress bar over the cells; by default only on a terminal.

    Raises:
        InvalidInput: for values that the chapter refuses.
        ChapterFailed: when a cell raises an error.
    """
    goal = Path(target).resolve()
    try:
        notebook = executed(path, values, progress=progress)
    except ChapterFailed as error:
        if not keep_failed or error.notebook is None:
            raise
        failed = goal.with_name(f"{goal.stem}.failed.ipynb")
        notebooks.write(failed, error.notebook)
        raise ChapterFailed(
            f"{error} The failed run is kept in {failed}.", error.notebook
        ) from None
    notebooks.write(goal, notebook)


def executed(
    path: str | Path,
    values: Mapping[str, Any],
    folder: str | Path | None = None,
    progress: bool | None = None,
) -> Any:
    """The notebook at `path` after its execution with `values`; the file stays as it is.

    Args:
        path: the notebook.
        values: parameter values, checked against the declaration.
        folder: where the kernel runs; by default the notebook's folder.
        progress: a progress bar over the cells; by default only on a terminal.

    Raises:
        InvalidInput: for values that the chapter refuses.
        ChapterFailed: when a cell raises an error, takes too long, or its kernel dies.
    """
    # Imported here: reading declarations needs neither papermill nor a kernel.
    import papermill
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillExecutionError

    from gnnconv_lib.chapters.execute import CELL_TIMEOUT, START_TIMEOUT, kernel_settings

    source = Path(path).resolve()
    place = source.parent if folder is None else Path(folder).resolve()
    known = declared(source)
    checked = {k: user_file(k, parameters.require(known, k).accept(v)) for k, v in values.items()}
    shown = sys.stderr.isatty() if progress is None else progress
    with tempfile.TemporaryDirectory(prefix="gnnconv-run-") as scratch:
        result = Path(scratch) / "result.ipynb"
        copy = Path(scratch) / "chapter.ipynb"
        copy.write_bytes(source.read_bytes())
        cell = RunningCell()
        try:
            with kernel_settings(chapter_folder=place) as client:
                papermill.execute_notebook(
                    str(copy),
                    str(result),
                    checked,
                    kernel_name="python3",
                    progress_bar=shown,
                    # Not cwd: papermill would move this whole process, and so every other thread.
                    resources={"metadata": {"path": str(place)}},
                    start_timeout=START_TIMEOUT,
                    execution_timeout=CELL_TIMEOUT,
                    request_save_on_cell_execute=False,
                    **cell.hooks,
                    **client,
                )
        except PapermillExecutionError as error:
            if error.ename == "InvalidParameter":
                raise InvalidInput(error.evalue) from None
            raise ChapterFailed(cell.failure(source.stem), notebooks.read(result)) from None
        except (CellTimeoutError, RuntimeError) as error:
            raise ChapterFailed(cell.failure(source.stem, error)) from None
        return notebooks.read(result)
