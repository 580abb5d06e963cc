"""A pytest plugin: nbval compares the chapters that the build of the book has executed.

`make test` executes every chapter once, for the pages. With `-p tests.executed_chapters` nbval
starts no kernels: each cell's outputs come from that run, and the comparison is nbval's own; the
data of figures are compared by `tests.figure_data`. A
chapter that did not run with the notebook, library, data and packages as they are now is an error.
Without this plugin (`make test-chapters`) nbval executes the chapters itself.
"""

from collections import deque
from functools import cache
from pathlib import Path

import nbval.plugin
import pytest

from gnnconv_lib.chapters import figures, notebooks, reuse

ADVICE = "`make book` executes what has changed, `make test` everything."


class NotExecuted(Exception):
    """The build has no run of this chapter as it is now."""


class RecordedKernel:
    """What nbval asks of a kernel, answered from an executed notebook."""

    def __init__(self, root: Path, path: Path) -> None:
        source = path.relative_to(root)
        record = reuse.kept(root, source)
        if record is not None and record.error:
            raise NotExecuted(record.error)
        reasons = reuse.changed(root, source, reuse.ingredients(root, source, shared(root)))
        if reasons:
            raise NotExecuted(f"{source} has not run as it is ({', '.join(reasons)}). {ADVICE}")
        cells = notebooks.read(reuse.executed_path(root, source)).cells
        self.waiting = deque(cell for cell in cells if cell.cell_type == "code")
        self.messages: deque[dict] = deque()

    def execute_cell_input(self, source: str, allow_stdin: bool | None = None) -> str:
        cell = self.waiting.popleft()
        if cell.source != source:
            raise NotExecuted(f"the executed cell is another one. {ADVICE}")
        contents = [(output.output_type, dict(output)) for output in cell.outputs]
        contents.append(("status", {"execution_state": "idle"}))
        self.messages = deque(
            {"msg_type": kind, "content": content, "parent_header": {"msg_id": cell.id}}
            for kind, content in contents
        )
        return cell.id

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        return self.messages.popleft()

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        pass

    def is_alive(self) -> bool:
        return True

    def stop(self) -> None:
        pass


@cache
def shared(root: Path) -> dict[str, str]:
    return reuse.surroundings(root)


def pytest_configure(config: pytest.Config) -> None:
    def setup(file: nbval.plugin.IPyNbFile) -> None:
        source = file.path.relative_to(config.rootpath)
        file.kernel = RecordedKernel(config.rootpath, file.path)
        file.figure_data = figures.data_files(reuse.executed_path(config.rootpath, source))
        file.setup_sanitize_files()

    original = nbval.plugin.IPyNbFile.setup
    nbval.plugin.IPyNbFile.setup = setup
    config.add_cleanup(lambda: setattr(nbval.plugin.IPyNbFile, "setup", original))
