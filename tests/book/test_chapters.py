"""The stored chapters are in order: form, execution, parameters, figures (nbval compares outputs)."""

import ast
from pathlib import Path

import nbformat
import pytest

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.chapters.differences import MAY_DIFFER
from gnnconv_lib.chapters.figures import FOLDER, data_files
from gnnconv_lib.chapters.hygiene import hygiene
from gnnconv_lib.page import parameters
from gnnconv_lib.site.staging import page_sources

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [source for source in page_sources(ROOT) if source.suffix == ".ipynb"]


@pytest.mark.parametrize("source", CHAPTERS, ids=str)
def test_chapter_is_in_order(source):
    assert hygiene(ROOT / source) == []


def test_stored_data_belong_to_a_chapter():
    known = {file for source in CHAPTERS for file in data_files(ROOT / source).values()}
    stored = {path for path in (ROOT / "book").rglob(f"{FOLDER}/*") if path.is_file()}
    assert stored == known


def test_no_cell_declares_that_its_outputs_may_differ():
    # A cell that must be compared with nothing is listed here, with its reason.
    declared = [
        (source.as_posix(), number)
        for source in CHAPTERS
        for number, cell in enumerate(notebooks.read(ROOT / source).cells, start=1)
        if MAY_DIFFER in cell.metadata.get("tags", []) or "NBVAL_IGNORE_OUTPUT" in cell.source
    ]
    assert declared == []


SCOPES = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp)


def stored_names(tree):
    """The names that a cell assigns, not those inside of functions and comprehensions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if not isinstance(node, (*SCOPES, ast.GeneratorExp)):
            yield from stored_names(node)


def overwritten(notebook):
    """Parameters that a cell after the check assigns: from there on a reader's value is ignored."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    place = next(k for k, cell in enumerate(code) if "parameters" in cell.metadata.get("tags", []))
    declared = {declaration.name for declaration in parameters.parse(code[place].source)}
    for cell in code[place + 2 :]:
        yield from declared & set(stored_names(ast.parse(cell.source)))


@pytest.mark.parametrize("source", CHAPTERS, ids=str)
def test_no_cell_overwrites_a_parameter(source):
    assert list(overwritten(notebooks.read(ROOT / source))) == []


def test_a_cell_that_overwrites_a_parameter_is_found():
    cell = nbformat.v4.new_code_cell
    notebook = nbformat.v4.new_notebook(
        cells=[
            cell("steps: int = 300  # steps [1, 1000]", metadata={"tags": ["parameters"]}),
            cell("with parameters.check(globals()):\n    steps = 2 * steps"),
            cell("squares = [steps**2 for steps in range(3)]"),
            cell("rate, steps = 0.5, 60"),
        ]
    )
    assert list(overwritten(notebook)) == ["steps"]
