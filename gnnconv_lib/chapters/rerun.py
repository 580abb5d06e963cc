"""Rerunning one chapter with other parameters, through papermill.

papermill runs a chapter with its defaults when a name is mistyped, and says so in a log line only.
Here everything is checked against the chapter's declaration before a kernel starts, and the output
appears under its name only when the chapter has run to its end.
"""

from __future__ import annotations

import copy
import re
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gnnconv_lib import files
from gnnconv_lib.chapters import notebooks
from gnnconv_lib.chapters.readable import readable, with_banner_on_top
from gnnconv_lib.chapters.running_cell import ChapterFailed, RunningCell
from gnnconv_lib.page import finding, parameters, ties
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "ChapterFailed",
    "assignments",
    "declared",
    "executed",
    "output_file",
    "require_used",
    "rerun",
    "rules",
    "user_file",
]

_PATHS = ("_file", "_folder")


def declared(path: str | Path) -> dict[str, parameters.Parameter]:
    """The parameters that the notebook at `path` declares, by name, without executing it.

    Raises:
        InvalidInput: for a file that is no notebook, or that has no readable parameters cell.
    """
    return {entry.name: entry for entry in parameters.parse(_declaration(path))}


def rules(path: str | Path) -> list[ties.Tie | ties.Unused]:
    """The rules that tie the parameters of the notebook at `path` to each other.

    Raises:
        InvalidInput: as `declared`, and for a rule that cannot be read.
    """
    return ties.ties(_declaration(path))


def _declaration(path: str | Path) -> str:
    """The source of the cell tagged `parameters`."""
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            return str(cell.source)
    raise InvalidInput(f"chapter {Path(path).stem} must have a cell tagged 'parameters'.")


def _require_fit(
    path: str | Path,
    values: Mapping[str, Any],
    given: Collection[str],
    undecided: Collection[str] = (),
) -> None:
    """See that the rules that tie parameters hold for `values` and the defaults of the others."""
    source = _declaration(path)
    defaults = {entry.name: entry.default for entry in parameters.parse(source)}
    ties.require_ties(source, {**defaults, **values}, given, undecided)


def require_used(path: str | Path, combinations: Iterable[Mapping[str, Any]]) -> None:
    """See that no combination sets a parameter that nothing would use in it.

    Raises:
        InvalidInput: for the first that does.
    """
    defaults = {name: entry.default for name, entry in declared(path).items()}
    unused = [rule for rule in rules(path) if isinstance(rule, ties.Unused)]
    for values in combinations:
        for rule in unused:
            rule.require({**defaults, **values}, values.keys())


def assignments(
    path: str | Path, texts: Sequence[str], swept: Collection[str] = ()
) -> dict[str, Any]:
    """The values in `texts`, each `name=value`, for the parameters of the notebook at `path`.

    Args:
        path: the notebook.
        texts: what the user has set.
        swept: parameters that a sweep sets; rules that name one of them are left to its runs.

    Raises:
        InvalidInput: for a text of another form, a repeated or unknown name, a value of the wrong
            type or out of range, a path that leads nowhere, values that do not fit together, a
            parameter that nothing would use.
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
    _require_fit(path, values, values.keys(), swept)
    return {name: user_file(name, value) for name, value in values.items()}


def user_file(name: str, value: Any) -> Any:
    """The value of a parameter, with a path made absolute and checked; a graph file is read once.

    A chapter's kernel runs in the folder of the chapter; a path means the folder of the user. Every
    parameter whose name ends in `_file` or `_folder` is one.

    Raises:
        InvalidInput: if the file or folder is not there, or a `graph_file` holds no graph.
    """
    if not name.endswith(_PATHS) or not isinstance(value, str) or not value:
        return value
    if name != "graph_file":
        place = Path(value).expanduser().absolute()
        if not (place.is_dir() if name.endswith("_folder") else place.is_file()):
            kind = "folder" if name.endswith("_folder") else "file"
            raise InvalidInput(f"{name} must be an existing {kind}, got {value}.")
        return str(place)
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
        InvalidInput: for a name that ends neither in .ipynb nor in .html, a folder, a file that
            exists (without `force`), a stored chapter of the book, a parent that is missing or
            read-only, and for a page that could not be rendered.
    """
    target = Path(output)
    if not target.is_dir() and target.suffix not in (".ipynb", ".html"):
        raise InvalidInput(f"output must end in .ipynb or .html, got {target}.")
    if book is not None and target.resolve() in {
        path.resolve() for path in finding.chapter_paths(book).values()
    }:
        raise InvalidInput(f"output must not be a chapter of the book, got {target}.")
    if book is not None and target.suffix == ".html":
        from gnnconv_lib.site.rerun_page import require_renderer

        require_renderer(book)
    return files.output_file(target, force)


def rerun(
    path: str | Path,
    values: Mapping[str, Any],
    target: str | Path,
    keep_failed: bool = False,
    progress: bool | None = None,
) -> None:
    """Execute the notebook at `path` with `values` and write it to `target`, to be read there.

    A notebook has plain Markdown instead of the markup of the book (see `readable`); a page is made
    by what renders the book. A banner below the title names the values that are not the page's.

    Args:
        path: the notebook; its kernel runs in its folder.
        values: parameter values, checked against the declaration.
        target: the file to write, `.ipynb` or `.html`; it appears when the chapter has succeeded.
        keep_failed: whether a failed run is kept, as `<stem>.failed.ipynb` beside the target.
        progress: a progress bar over the cells; by default only on a terminal.

    Raises:
        InvalidInput: for values that the chapter refuses, and a page of a chapter without a book.
        ChapterFailed: when a cell raises an error, or nothing can be rendered.
    """
    goal = Path(target).resolve()
    try:
        notebook = executed(path, values, progress=progress)
        _write(goal, notebook, Path(path).resolve())
    except ChapterFailed as error:
        if not keep_failed or error.notebook is None:
            raise
        failed = goal.with_name(f"{goal.stem}.failed.ipynb")
        notebooks.write(failed, error.notebook)
        raise ChapterFailed(
            f"{error} The failed run is kept in {failed}.", error.notebook
        ) from None


def _write(goal: Path, notebook: Any, source: Path) -> None:
    """Write the run of the chapter at `source` for a reader; a failed run keeps its markup."""
    shown = with_banner_on_top(copy.deepcopy(notebook), admonition=goal.suffix == ".html")
    if goal.suffix != ".html":
        notebooks.write(goal, readable(shown, _book_around(source)))
        return
    from gnnconv_lib.site.rerun_page import page_of_rerun

    try:
        page = page_of_rerun(shown, source, finding.find_book(source.parent))
    except RuntimeError as error:
        raise ChapterFailed(str(error), notebook) from None
    files.write(goal, page)


def _book_around(path: str | Path) -> Path | None:
    try:
        return finding.find_book(Path(path).parent)
    except InvalidInput:
        return None


def executed(
    path: str | Path,
    values: Mapping[str, Any],
    folder: str | Path | None = None,
    progress: bool | None = None,
    results: str | Path | None = None,
) -> Any:
    """The notebook at `path` after its execution with `values`; the file stays as it is.

    Args:
        path: the notebook.
        values: parameter values, checked against the declaration.
        folder: where the kernel runs; by default the notebook's folder.
        progress: a progress bar over the cells; by default only on a terminal.
        results: the file to which the chapter's results go unrounded; by default nowhere.

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
    checked = {k: parameters.require(known, k).accept(v) for k, v in values.items()}
    # A sweep names all parameters; set are those that are not as on the page.
    checked = {k: value for k, value in checked.items() if value != known[k].default}
    _require_fit(source, checked, checked.keys())
    checked = {k: user_file(k, v) for k, v in checked.items()}
    shown = sys.stderr.isatty() if progress is None else progress
    with tempfile.TemporaryDirectory(prefix="gnnconv-run-") as scratch:
        result = Path(scratch) / "result.ipynb"
        copy = Path(scratch) / "chapter.ipynb"
        copy.write_bytes(source.read_bytes())
        cell = RunningCell()
        try:
            with kernel_settings(chapter_folder=place, results=results) as client:
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
