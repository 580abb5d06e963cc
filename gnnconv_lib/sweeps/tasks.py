"""One run, on a worker: a chapter in its own kernel, or a call of a function.

A worker needs this package and nothing of the book: the notebook travels with the task, and what it
gave travels back. An error becomes one line, so that one bad combination does not stop the others.
"""

from __future__ import annotations

import contextvars
import importlib
import operator
import platform
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, cast

from gnnconv_lib.chapters.running_cell import ChapterFailed
from gnnconv_lib.sweeps.grids import plain
from gnnconv_lib.sweeps.identity import Work, digest, library_digest
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "Outcome",
    "Task",
    "being_imported",
    "module_digest",
    "named_function",
    "one_line",
    "perform",
]

_LONGEST = 300
_IMPORTING = contextvars.ContextVar("_IMPORTING", default="")


@dataclass(frozen=True)
class Task:
    """One run to do.

    Fields:
        work, parameters: what runs, and with what.
        notebook: the text of the chapter, without outputs; empty for a function.
        folder: where the chapter lies; its kernel runs there if the worker has this folder.
    """

    work: Work
    parameters: Mapping[str, Any]
    notebook: str = ""
    folder: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    Fields:
        values: what it gave, by name, tables too (see `page.results`); empty after a failure.
        error: one line; empty for a success.
        notebook: the executed notebook, also of a failure; None for a function.
        versions: of Python, JAX and NumPy on the worker.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    notebook: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


def perform(task: Task) -> Outcome:
    """Do one run, on the worker that this is called on."""
    try:
        _require_same_code(task.work)
        outcome = _chapter(task) if task.work.kind == "chapter" else _function(task)
        # Kernels import the library afresh: an edit in the middle must not pass unseen.
        _require_same_code(task.work)
        return outcome
    except BaseException as error:  # also an exit, which would take the worker's thread with it
        return Outcome(error=one_line(error), versions=_versions())


def one_line(error: BaseException) -> str:
    """The type and the first line of an error; sentences of this package stand alone."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # an error of the user's may not even have a text
        lines = []
    text = lines[0] if lines else ""
    if not isinstance(error, InvalidInput | ChapterFailed):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def named_function(name: str) -> Callable[..., Any]:
    """The function `module:qualified.name`."""
    module, _, inside = name.partition(":")
    return cast(Callable[..., Any], operator.attrgetter(inside)(_imported(module)))


def being_imported() -> str:
    """The module that a worker imports now for its function; empty outside of that."""
    return _IMPORTING.get()


def _imported(module: str) -> Any:
    token = _IMPORTING.set(module)
    try:
        return importlib.import_module(module)
    finally:
        _IMPORTING.reset(token)


def module_digest(name: str) -> str:
    """The digest of the file of the module in `module:qualified.name`; empty without a file."""
    file = getattr(_imported(name.partition(":")[0]), "__file__", None)
    return digest(Path(file).read_bytes()) if file else ""


def _require_same_code(work: Work) -> None:
    if library_digest() != work.library:
        raise InvalidInput("gnnconv_lib must stay the same during a sweep, on every worker.")
    if work.kind == "function" and module_digest(work.name) != work.source:
        raise InvalidInput(
            f"the module of {work.name} must stay the same during a sweep, on every worker."
        )


def _chapter(task: Task) -> Outcome:
    # Imported here: sweeps of functions need nothing of the book.
    from gnnconv_lib.chapters import notebooks, rerun
    from gnnconv_lib.page import results

    with tempfile.TemporaryDirectory(prefix="gnnconv-sweep-", ignore_cleanup_errors=True) as place:
        path = Path(place) / f"{task.work.name}.ipynb"
        path.write_text(task.notebook, encoding="utf-8")
        folder = task.folder if Path(task.folder).is_dir() else place
        file = Path(place) / "results"
        # A context of its own: an inherited one may name an event loop that runs elsewhere.
        fresh = contextvars.Context()
        try:
            notebook = fresh.run(
                rerun.executed,
                path,
                task.parameters,
                folder=folder,
                progress=False,
                results=file,
            )
        except rerun.ChapterFailed as error:
            kept = None if error.notebook is None else notebooks.normal_form(error.notebook)
            return Outcome(error=one_line(error), notebook=kept, versions=_versions())
        values = results.read(file)
    empty = "" if values else f"chapter {task.work.name} ran to its end and reported no result."
    return Outcome(values, empty, notebooks.normal_form(notebook), _versions())


def _function(task: Task) -> Outcome:
    result = named_function(task.work.name)(**task.parameters)
    if not isinstance(result, Mapping):
        raise InvalidInput(
            f"the function must return a dictionary of numbers, got {type(result).__name__}."
        )
    values = {str(name): plain(f"result {name}", value) for name, value in result.items()}
    return Outcome(values, versions=_versions())


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("jax", "numpy"):
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
