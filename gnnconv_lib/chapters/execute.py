"""Executing chapters, each in its own fresh kernel, several at a time.

The kernel is the running interpreter, whatever kernels are installed on the machine, with an empty
IPython profile, hash seed 0 and JAX on the CPU unless the environment says otherwise. So a stored
output depends on the library and the notebook only.
"""

from __future__ import annotations

import atexit
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Dict as TraitDict
from traitlets.config import Config

from gnnconv_lib.audit._store import VARIABLE
from gnnconv_lib.chapters import figures, notebooks
from gnnconv_lib.chapters.compilation_cache import compilation_cache
from gnnconv_lib.chapters.running_cell import RunningCell
from gnnconv_lib.page.figure_data import VARIABLE as FIGURE_DATA
from gnnconv_lib.page.finding import find_book, is_left_alone
from gnnconv_lib.page.results import VARIABLE as RESULTS
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "ChapterRun",
    "RunningInterpreter",
    "evidence_variable",
    "execute",
    "execute_all",
    "kernel_settings",
]

CELL_TIMEOUT = 1800
# On a busy machine a kernel starts late, and its outputs arrive long after it says that it is done.
START_TIMEOUT = 600
_OUTPUT_TIMEOUT = 600
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# The kernel writes its own log to the terminal; what cells write is not affected.
_QUIET = ("--log-level=CRITICAL",)
# The client appends "-" and a number.
_SOCKET = "kernel"
_LONGEST_SOCKET = 90
_SHORT = "/tmp"
_ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class RunningInterpreter(AsyncKernelManager):
    """A kernel manager that starts the running Python, not an installed kernel specification."""

    environment = TraitDict(help="Variables set for the kernel.").tag(config=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification of the running interpreter as a kernel."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *_QUIET],
            display_name="Python 3",
            language="python",
            env=dict(self.environment),
        )


@dataclass(frozen=True)
class ChapterRun:
    """The outcome of executing one chapter.

    Fields:
        path: the notebook.
        seconds: wall-clock time.
        changed: whether the bytes of the target file changed; False for a failure.
        error: a block of text naming the chapter, the cell and the error; empty for a success.
    """

    path: Path
    seconds: float
    changed: bool = False
    error: str = ""


def execute(path: str | Path, target: str | Path | None = None) -> ChapterRun:
    """Execute the notebook at `path` in a fresh kernel and write it, normalised, to `target`.

    The data of its figures go beside the target (`figures`).

    Args:
        path: the notebook; the kernel runs in its folder.
        target: where the result goes; by default back to `path`. A failed chapter is not written.
    """
    source = Path(path)
    goal = source if target is None else Path(target)
    started = time.perf_counter()
    notebook = notebooks.read(source)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory(prefix="gnnconv-figures-") as drawn:
        error = _run_cells(notebook, source, drawn)
        seconds = time.perf_counter() - started
        if error:
            return ChapterRun(source, seconds, error=error)
        goal.parent.mkdir(parents=True, exist_ok=True)
        changed = figures.store(figures.drawn_files(drawn), goal)
    return ChapterRun(source, seconds, notebooks.write(goal, notebook) or changed)


def _run_cells(notebook: Any, source: Path, drawn: str) -> str:
    """Execute the cells of `notebook` as the chapter at `source`; the text of a failure, or none."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    cell = RunningCell()
    try:
        folder = source.resolve().parent
        with kernel_settings({"JAX_PLATFORMS": "cpu"}, folder, figure_data=drawn) as settings:
            client = NotebookClient(
                notebook,
                timeout=CELL_TIMEOUT,
                startup_timeout=START_TIMEOUT,
                record_timing=False,
                resources={"metadata": {"path": str(folder)}},
                **cell.hooks,
                **settings,
            )
            try:
                client.execute()
            finally:
                # After a kernel that never came it is left behind, and fails when Python ends.
                atexit.unregister(client._cleanup_kernel)
    except CellExecutionError:
        return _block(cell, cell.failure(source.stem))
    except (CellTimeoutError, DeadKernelError, RuntimeError) as failure:
        return _block(cell, cell.failure(source.stem, failure))
    return ""


def execute_all(
    paths: Sequence[str | Path],
    root: str | Path | None = None,
    target: str | Path | None = None,
    jobs: int | None = None,
    progress: bool | None = None,
    finished: Callable[[ChapterRun], None] | None = None,
) -> list[ChapterRun]:
    """Execute several notebooks, `jobs` at a time, each in its own kernel process.

    Args:
        paths: the notebooks.
        root: the folder that paths under `target` are relative to; by default the common parent.
        target: the folder for the results; by default each notebook is replaced.
        jobs: how many at once; by default the number of CPU cores.
        progress: a progress bar; by default only on a terminal.
        finished: what to do with each outcome as soon as it is there.

    Returns:
        One outcome per notebook, in the order of `paths`.
    """
    from tqdm import tqdm

    sources = [Path(path).resolve() for path in paths]
    base = Path(root).resolve() if root is not None else Path(os.path.commonpath(sources))
    if base.is_file():
        base = base.parent

    def goal(source: Path) -> Path | None:
        return None if target is None else Path(target) / source.relative_to(base)

    shown = sys.stderr.isatty() if progress is None else progress
    workers = max(1, min(jobs or os.cpu_count() or 1, len(sources)))
    runs: dict[Path, ChapterRun] = {}
    with (
        ThreadPoolExecutor(workers) as pool,
        tqdm(total=len(sources), desc="chapters", unit="chapter", disable=not shown) as bar,
    ):
        futures = [pool.submit(execute, source, goal(source)) for source in sources]
        try:
            for future in as_completed(futures):
                run = future.result()
                runs[run.path] = run
                bar.set_postfix_str(run.path.stem)
                bar.update()
                if finished is not None:
                    finished(run)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [runs[source] for source in sources]


def _block(cell: RunningCell, sentence: str) -> str:
    """The sentence, the first lines of the cell, and the end of its traceback."""
    trace = cell.error[2] if cell.error is not None else []
    shown = trace[-3:-1] if len(trace) >= 3 else []
    lines = [sentence, *(f"    | {line}" for line in cell.source.splitlines()[:12])]
    lines += [f"    {line}" for part in shown for line in _ANSI.sub("", part).splitlines()[:12]]
    return "\n".join(lines)


@contextmanager
def kernel_settings(
    variables: Mapping[str, str] | None = None,
    chapter_folder: str | Path | None = None,
    results: str | Path | None = None,
    figure_data: str | Path | None = None,
) -> Iterator[dict[str, Any]]:
    """The settings of a notebook client for one run, valid inside the block.

    Where the system has Unix sockets the kernel is reached through them: nothing listens on a port,
    and kernels that start together cannot compete for one.

    Args:
        variables: environment variables of the kernel that are set unless they are set already.
        chapter_folder: where the notebook lies, to use what its book keeps: compiled code, and
            the evidence of checks.
        results: the file to which the chapter's results go unrounded; by default nowhere.
        figure_data: the folder to which the data of its figures go; by default nowhere.
    """
    with (
        tempfile.TemporaryDirectory(prefix="gnnconv-", ignore_cleanup_errors=True) as folder,
        _socket_folder(folder) as sockets,
        _cache(chapter_folder) as cache,
    ):
        wanted = dict(variables or {}) | cache | evidence_variable(chapter_folder)
        missing = {k: v for k, v in wanted.items() if k not in os.environ}
        config = Config()
        own = {"IPYTHONDIR": folder, FIGURE_DATA: str(figure_data or "")}
        own |= {RESULTS: str(results)} if results else {}
        config.RunningInterpreter.environment = missing | _ENVIRONMENT | own
        if sockets is not None:
            config.RunningInterpreter.transport = "ipc"
            config.RunningInterpreter.ip = os.path.join(sockets, _SOCKET)
        yield {
            "kernel_manager_class": RunningInterpreter,
            "config": config,
            "iopub_timeout": _OUTPUT_TIMEOUT,
            "raise_on_iopub_timeout": True,
        }


@contextmanager
def _socket_folder(folder: str) -> Iterator[str | None]:
    """A folder whose sockets have names that the system allows; None where there is none.

    The name of a socket may have about a hundred bytes, and a `TMPDIR` alone can be longer.
    """
    if not hasattr(socket, "AF_UNIX"):
        yield None
    elif len(os.fsencode(os.path.join(folder, _SOCKET))) <= _LONGEST_SOCKET:
        yield folder
    else:
        try:
            short = tempfile.TemporaryDirectory(
                prefix="gnnconv-", dir=_SHORT, ignore_cleanup_errors=True
            )
        except OSError:
            yield None
            return
        with short as name:
            yield name


def evidence_variable(folder: str | Path | None) -> dict[str, str]:
    """The variable that lets checks of a kernel be kept with the book around `folder`, if any."""
    try:
        root = None if folder is None else find_book(folder)
    except InvalidInput:
        root = None
    if root is None or is_left_alone(root):
        return {}
    return {VARIABLE: str(root / "_build" / "evidence")}


def _cache(folder: str | Path | None) -> AbstractContextManager[dict[str, str]]:
    return nullcontext({}) if folder is None else compilation_cache(folder)
