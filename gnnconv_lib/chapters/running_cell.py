"""Which cell of a chapter runs, and the one sentence for a chapter that failed.

The client that sends the cells to the kernel knows which one it has started. What a kernel says
about that arrives later, and never from a kernel that dies.
"""

from __future__ import annotations

from typing import Any

__all__ = ["ChapterFailed", "RunningCell"]


class ChapterFailed(RuntimeError):
    """A chapter that raised an error while it ran; the message is one sentence per line.

    Fields:
        notebook: the notebook up to the error, if there is one.
    """

    def __init__(self, message: str, notebook: Any = None) -> None:
        super().__init__(message)
        self.notebook = notebook


class RunningCell:
    """The cell that a notebook client has started last; its `hooks` are settings of the client.

    Fields:
        number: its place among all cells of the stored chapter, from 1; 0 before the first.
        source: its text.
        error: the name, the value and the traceback of the first error that a cell answered with.
    """

    def __init__(self) -> None:
        self.number = 0
        self.source = ""
        self.error: tuple[str, str, list[str]] | None = None
        self._place = 0

    @property
    def hooks(self) -> dict[str, Any]:
        """What the client calls before each cell and after an error."""
        return {"on_cell_start": self._start, "on_cell_error": self._failed}

    def failure(self, chapter: str, reason: str | BaseException = "") -> str:
        """The sentence that names chapter and cell, with `reason` or the error of the cell.

        >>> RunningCell().failure("line", RuntimeError("Kernel died"))
        'chapter line failed: Kernel died'
        """
        if not reason and self.error is not None:
            name, value, _ = self.error
            reason = f"{name}: {value}".removesuffix(": ").strip()
        elif isinstance(reason, BaseException):
            lines = str(reason).strip().splitlines()
            reason = lines[0] if lines else type(reason).__name__
        where = f" in cell {self.number}" if self.number else ""
        return f"chapter {chapter} failed{where}: {reason}"

    def _start(self, cell: Any, cell_index: int) -> None:
        del cell_index
        # The cell of values that a rerun inserts is not one of the chapter.
        self._place += "injected-parameters" not in cell.metadata.get("tags", [])
        if self.error is None and cell.cell_type == "code" and cell.source.strip():
            self.number, self.source = self._place, cell.source

    def _failed(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        del cell, cell_index
        if self.error is None:
            content = execute_reply["content"]
            self.error = (content["ename"], content["evalue"], list(content["traceback"]))
