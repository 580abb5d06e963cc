"""Where the outputs of an executed chapter are not those that are stored.

What is compared is what nbval compares: text and data of every kind but pictures, not the order of
outputs of different kinds. A cell tagged `nbval-ignore-output` declares that it may differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import nbformat

__all__ = ["MAY_DIFFER", "Difference", "differences", "with_banner"]

MAY_DIFFER = "nbval-ignore-output"
_PICTURES = ("image/png", "image/jpeg")
_LONGEST = 120
_BANNER = """:::{{warning}}
**The outputs below are not the stored ones**, which every change of this book is tested against.
First differing lines of this build:

```text
{lines}
```
:::"""


@dataclass(frozen=True)
class Difference:
    """The first line in which a cell's outputs differ, or the first point of a figure.

    Fields:
        cell: the number of the cell, counted from 1 over all cells.
        stored: the stored line; "(nothing)" where there is none.
        executed: the line of the run.
        place: for the data of a figure its name, panel, series and point.
    """

    cell: int
    stored: str
    executed: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.where}: stored `{self.stored}`, now `{self.executed}`"

    @property
    def where(self) -> str:
        """The cell, and the place in a figure if it is one."""
        return ", ".join(part for part in (f"cell {self.cell}", self.place) if part)


def differences(stored: Any, executed: Any) -> list[Difference]:
    """One entry for each cell whose outputs differ and which does not declare that they may.

    Args:
        stored: the notebook with the stored outputs.
        executed: the same notebook after a run.
    """
    found = []
    pairs = zip(stored.cells, executed.cells, strict=True)
    for number, (old, new) in enumerate(pairs, start=1):
        if old.cell_type != "code" or MAY_DIFFER in old.metadata.get("tags", []):
            continue
        before, after = _texts(old.outputs), _texts(new.outputs)
        for kind in sorted(before.keys() | after.keys()):
            if before.get(kind) != after.get(kind):
                found.append(Difference(number, *_first(before.get(kind, []), after.get(kind, []))))
                break
    return found


def with_banner(notebook: Any, found: list[Difference]) -> Any:
    """The notebook with a visible warning below its title that names the differences."""
    if not found:
        return notebook
    lines = "\n".join(
        f"{entry.where}\n  stored: {entry.stored}\n  now:    {entry.executed}" for entry in found
    )
    cell = nbformat.v4.new_markdown_cell(_BANNER.format(lines=lines.replace("```", "'''")))
    notebook.cells.insert(1, cell)
    return notebook


def _texts(outputs: list[Any]) -> dict[str, list[str]]:
    """What is compared, by kind: one text per stream, one per output of any other kind."""
    texts: dict[str, list[str]] = {}
    for output in outputs:
        if output.output_type == "stream":
            before = texts.get(output.name, [""])[0]
            texts[output.name] = [before + output.text]
        elif output.output_type == "error":
            texts.setdefault("error", []).append(f"{output.ename}: {output.evalue}")
        for kind, value in output.get("data", {}).items():
            if kind not in _PICTURES:
                texts.setdefault(kind, []).append(
                    "".join(value) if isinstance(value, list) else str(value)
                )
    return texts


def _first(before: list[str], after: list[str]) -> tuple[str, str]:
    """The first line that differs between two lists of texts."""
    place = next(
        (k for k, (old, new) in enumerate(zip(before, after, strict=False)) if old != new),
        min(len(before), len(after)),
    )
    pair = [texts[place].split("\n") if place < len(texts) else [] for texts in (before, after)]
    line = next(
        (k for k, (old, new) in enumerate(zip(*pair, strict=False)) if old != new),
        min(map(len, pair)),
    )
    first, second = (_line(lines, line) for lines in pair)
    return first, second


def _line(lines: list[str], place: int) -> str:
    text = lines[place].strip() if place < len(lines) else "(nothing)"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
