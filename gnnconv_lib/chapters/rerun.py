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

from gnnconv_lib.chapters import finding, notebooks, parameters
from gnnconv_lib.validation import InvalidInput

__all__ = ["ChapterFailed", "assignments", "declared", "executed", "output_file", "rerun", "title"]


class ChapterFailed(RuntimeError):
    """A chapter that raised an error while it ran; the message is one sentence per line.

    Fields:
        notebook: the notebook up to the error, if there is one.
    """

    def __init__(self, message: str, notebook: Any = None) -> None:
        super().__init__(message)
        self.notebook = notebook


def declared(path: str | Path) -> dict[str, parameters.Parameter]:
    """The parameters that the notebook at `path` declares, by name, without executing it.

    Raises:
        InvalidInput: for a file that is no notebook, or that has no readable parameters cell.
    """
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            return {entry.name: entry for entry in parameters.parse(cell.source)}
    raise InvalidInput(f"chapter {Path(path).stem} must have a cell tagged 'parameters'.")


def title(path: str | Path) -> str:
    """The title of the notebook at `path`: its first heading, or the stem of the file."""
    for cell in notebooks.read(path).cells:
        found = re.search(r"^# (.+)$", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and found:
            return found[1].strip()
    return Path(path).stem


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
        values[name] = parameters.from_text(entry, value)
    return values


def output_file(output: str | Path, book: Path | None = None, force: bool = False) -> Path:
    """The file to write, if it can be written.

    Raises:
        InvalidInput: for a name that does not end in .ipynb, a folder, a file that exists (without
            `force`), a stored chapter of the book, and a parent that is missing or read-only.
    """
    target = Path(output)
    if target.is_dir():
        raise InvalidInput(f"output must be a file, got the folder {target}.")
    if target.suffix != ".ipynb":
        raise InvalidInput(f"output must end in .ipynb, got {target}.")
    if book is not None and target.resolve() in {
        path.resolve() for path in finding.chapter_paths(book).values()
    }:
        raise InvalidInput(f"output must not be a chapter of the book, got {target}.")
    if target.exists() and not force:
        raise InvalidInput(f"output must not exist, got {target}; --force replaces it.")
    if not target.parent.is_dir():
        raise InvalidInput(f"output must lie in an existing folder, got {target}.")
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise InvalidInput(
            f"output must lie in a folder that can be written, got {target} ({error.strerror})."
        ) from None
    return target


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
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from gnnconv_lib.chapters.execute import CELL_TIMEOUT, kernel_settings

    source = Path(path).resolve()
    place = source.parent if folder is None else Path(folder).resolve()
    known = declared(source)
    checked = {k: parameters.require(known, k).accept(v) for k, v in values.items()}
    shown = sys.stderr.isatty() if progress is None else progress
    with tempfile.TemporaryDirectory(prefix="gnnconv-run-") as scratch:
        result = Path(scratch) / "result.ipynb"
        copy = Path(scratch) / "chapter.ipynb"
        copy.write_bytes(source.read_bytes())
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
                    execution_timeout=CELL_TIMEOUT,
                    request_save_on_cell_execute=False,
                    **client,
                )
        except PapermillExecutionError as error:
            if error.ename == "InvalidParameter":
                raise InvalidInput(error.evalue) from None
            raise ChapterFailed(
                f"chapter {source.stem} failed in its code cell {error.exec_count}: "
                f"{error.ename}: {error.evalue}",
                notebooks.read(result),
            ) from None
        except (CellTimeoutError, DeadKernelError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ChapterFailed(f"chapter {source.stem} failed: {reason}") from None
        return notebooks.read(result)
