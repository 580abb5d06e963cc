"""What a stored chapter may not contain; one sentence per violation.

Tests run it on every chapter. nbval passes a cell that was never executed, cannot tell in which
order the cells ran, and compares no picture: these gaps are closed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.chapters.figures import data_files
from gnnconv_lib.page import parameters, ties
from gnnconv_lib.validation import InvalidInput

__all__ = ["hygiene", "violations"]

# `nbval-ignore-output` is the open declaration that a cell may differ; a test lists the cells that have it.
_FORBIDDEN_TAGS = ("raises-exception", "skip-execution", "nbval-skip")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}")
_DRAWN = re.compile(r"^report\.drawn\(\w+, \"([\w-]+)\"", re.MULTILINE)


def hygiene(path: str | Path) -> list[str]:
    """The violations of the chapter at `path`: form, order of execution, parameters, figures."""
    file = Path(path)
    try:
        notebook = notebooks.read(file)
    except InvalidInput as error:
        return [str(error)]
    found = list(violations(notebook))
    if file.read_bytes() != notebooks.normal_form(notebook).encode():
        found.append("the file is not in normal form; run `gnnconv normalise` on it.")
    return [*found, *_stored_data(file, notebook)]


def _stored_data(file: Path, notebook: Any) -> Iterator[str]:
    """Figures without stored data, and stored data without a figure."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    drawn = {name for source in code for name in _DRAWN.findall(source)}
    stored = data_files(file).keys()
    for name in sorted(drawn - stored):
        yield f"the data of {name} are not stored; run `gnnconv execute` on the chapter."
    for name in sorted(stored - drawn):
        yield f"the stored data {name}.csv belong to no figure of the chapter; remove the file."


def violations(notebook: Any) -> Iterator[str]:
    """The violations that show in the notebook itself, each naming its cell (counted from 1)."""
    code = [(n, cell) for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    first = notebook.cells[0] if notebook.cells else None
    if first is None or first.cell_type != "markdown" or not _headings(first.source):
        yield "the first cell must be Markdown and begin with the title, '# ...'."
    titles = [
        h for cell in notebook.cells if cell.cell_type == "markdown" for h in _headings(cell.source)
    ]
    if len(titles) > 1:
        yield f"the chapter must have one title, got {len(titles)}."
    yield from _order(code)
    yield from _parameters(notebook)
    for number, cell in code:
        yield from (f"cell {number}: {text}" for text in _cell(cell))
    for place, (number, cell) in enumerate(code):
        nearby = "\n".join(near.source for _, near in code[place : place + 2])
        name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name", "")
        if _pictures(cell) and name not in _DRAWN.findall(nearby):
            yield (
                f"cell {number}: the figure must hand over its data, report.drawn(figure, "
                f'"{name}"), in the same or the next code cell.'
            )


def _order(code: list[tuple[int, Any]]) -> Iterator[str]:
    expected = 1
    for number, cell in code:
        if not cell.source.strip():
            yield f"cell {number}: an empty code cell must be removed."
            continue
        if cell.execution_count is None:
            yield f"cell {number}: the cell was never executed."
        elif cell.execution_count != expected:
            yield (
                f"cell {number}: executed out of order, its count is {cell.execution_count} and "
                f"should be {expected}."
            )
        expected += 1


def _parameters(notebook: Any) -> Iterator[str]:
    cells = notebook.cells
    tagged = [n for n, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1 or cells[tagged[0]].cell_type != "code":
        yield f"exactly one code cell must be tagged 'parameters', got {len(tagged)}."
        return
    place = tagged[0]
    try:
        declared = parameters.parse(cells[place].source)
        if not declared:
            yield f"cell {place + 1}: the parameters cell must declare at least one parameter."
        defaults = {entry.name: entry.default for entry in declared}
        ties.require_ties(cells[place].source, defaults)
    except InvalidInput as error:
        yield f"cell {place + 1}: {error}"
    following = cells[place + 1] if place + 1 < len(cells) else None
    if following is None or "parameters.check(globals()" not in following.source:
        yield f"cell {place + 2}: the cell after the parameters must check them (parameters.check)."
    if any("injected-parameters" in cell.metadata.get("tags", []) for cell in cells):
        yield "a stored chapter must not hold parameters injected by a rerun."


def _cell(cell: Any) -> Iterator[str]:
    if cell.source.rstrip().endswith(";"):
        yield "a ';' at the end silences nothing under nbval; end with a call that returns nothing."
    for tag in cell.metadata.get("tags", []):
        if tag in _FORBIDDEN_TAGS:
            yield f"the tag {tag!r} hides errors or changes."
    for output in cell.outputs:
        kind = output.output_type
        if kind == "error":
            yield f"the cell failed with {output.ename}: {output.evalue}"
        if kind == "stream" and output.name == "stderr":
            yield f"the cell wrote to stderr: {output.text.strip().splitlines()[-1:] or ['']}"
        if "image/svg+xml" in output.get("data", {}):
            yield "figures must be PNG, got SVG."
    printed = _printed(cell)
    if _ADDRESS.search(printed):
        yield "the output holds a memory address."
    if str(Path.home()) + "/" in printed or "/tmp/" in printed:
        yield "the output holds a path of this machine."
    if re.search(r"(?<![\w.])nan(?![\w.])", printed):
        yield "the output holds NaN; a status in words must stand there."
    count = _pictures(cell)
    if count > 1:
        yield f"a cell must show one figure, got {count}."
    if count == 1:
        yield from _figure(cell.metadata.get("mystnb", {}))


def _figure(settings: Any) -> Iterator[str]:
    figure, image = settings.get("figure", {}), settings.get("image", {})
    if not str(figure.get("caption", "")).strip():
        yield "the figure needs a caption (cell metadata mystnb.figure.caption)."
    if not str(figure.get("name", "")).strip():
        yield "the figure needs a name (cell metadata mystnb.figure.name)."
    alternative = str(image.get("alt", "")).strip()
    if len(alternative) < 20:
        yield "the figure needs alt text of a sentence (cell metadata mystnb.image.alt)."


def _pictures(cell: Any) -> int:
    return sum("image/png" in output.get("data", {}) for output in cell.outputs)


def _printed(cell: Any) -> str:
    parts = []
    for output in cell.outputs:
        parts.append(str(output.get("text", "")))
        parts += [
            str(value) for kind, value in output.get("data", {}).items() if kind.startswith("text/")
        ]
    return "\n".join(parts)


def _headings(source: str) -> list[str]:
    inside, found = False, []
    for line in source.splitlines():
        if line.startswith("```"):
            inside = not inside
        if not inside and re.match(r"# \S", line):
            found.append(line)
    return found
