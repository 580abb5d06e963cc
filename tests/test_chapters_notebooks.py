"""Normal form and hygiene of notebooks; every violation is planted once and must be found."""

import base64
import copy
import functools
import io

import matplotlib.pyplot as plt
import nbformat
import pytest
from matplotlib.image import imread
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gnnconv_lib import InvalidInput, plotting
from gnnconv_lib.chapters import figures, hygiene, notebooks

FIGURE = {
    "figure": {"name": "fig-a", "caption": "A line."},
    "image": {"alt": "A straight line that rises from left to right."},
}


@functools.cache
def picture() -> str:
    figure, axes = plotting.figure()
    axes.plot([0, 1], [0, 1])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=30)
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def chapter():
    """A chapter without any violation."""
    shown = new_output("display_data", {"image/png": picture(), "text/plain": ["<Figure>"]})
    cells = [
        new_markdown_cell("# Title\n\nClaim."),
        new_code_cell("from gnnconv_lib.page import parameters", execution_count=1),
        new_code_cell(
            "n: int = 3  # nodes [1, 9]", execution_count=2, metadata={"tags": ["parameters"]}
        ),
        new_code_cell("parameters.check(globals())", execution_count=3),
        new_code_cell("draw()", execution_count=4, outputs=[shown], metadata={"mystnb": FIGURE}),
        new_code_cell('report.drawn(figure, "fig-a")', execution_count=5),
    ]
    return nbformat.reads(notebooks.normal_form(new_notebook(cells=cells)), 4)


def store(path):
    """Write the chapter and the data of its figure."""
    notebooks.write(path, chapter())
    drawn = path.with_name("fig-a.csv")
    drawn.write_text("data")
    figures.store({"fig-a": drawn}, path)


def found(notebook) -> str:
    return "\n".join(hygiene.violations(notebook))


def test_a_clean_chapter_has_no_violation(tmp_path) -> None:
    path = tmp_path / "clean.ipynb"
    store(path)
    assert hygiene.hygiene(path) == []


def test_figures_and_stored_data_belong_together(tmp_path) -> None:
    path = tmp_path / "clean.ipynb"
    store(path)
    (data,) = figures.data_files(path).values()
    data.rename(data.with_name("clean.fig-old.csv"))
    assert hygiene.hygiene(path) == [
        "the data of fig-a are not stored; run `gnnconv execute` on the chapter.",
        "the stored data fig-old.csv belong to no figure of the chapter; remove the file.",
    ]


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_other_ends_of_lines_are_not_normal(tmp_path, end) -> None:
    path = tmp_path / "clean.ipynb"
    store(path)
    normal = path.read_bytes()
    path.write_bytes(normal.replace(b"\n", end))
    assert hygiene.hygiene(path) == [
        "the file is not in normal form; run `gnnconv normalise` on it."
    ]
    assert notebooks.normalise(path)
    assert path.read_bytes() == normal
    assert not notebooks.normalise(path)


def test_other_ends_of_lines_inside_of_cells(tmp_path) -> None:
    changed = chapter()
    for cell in changed.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    assert notebooks.normal_form(changed) == notebooks.normal_form(chapter())


def planted(change):
    notebook = copy.deepcopy(chapter())
    change(notebook.cells)
    return found(notebook)


def output(kind, **fields):
    return nbformat.from_dict({"output_type": kind, **fields})


def cell_update(index, **fields):
    return lambda cells: cells[index].update(fields)


def adds_output(index, new):
    return lambda cells: cells[index].outputs.append(new)


STDERR = output("stream", name="stderr", text="UserWarning: careful\n")
ADDRESS = output("stream", name="stdout", text="<object at 0x7f0011223344>\n")
NAN = output("stream", name="stdout", text="loss = nan\n")
ERROR = output("error", ename="ValueError", evalue="no", traceback=[])
SVG = output("display_data", data={"image/svg+xml": "<svg/>"}, metadata={})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cell_update(3, execution_count=None), "cell 4: the cell was never executed"),
        (cell_update(3, execution_count=7), "cell 4: executed out of order"),
        (lambda cells: cells.insert(3, cells.pop(4)), "executed out of order"),
        (cell_update(3, source=" "), "empty code cell"),
        (cell_update(4, source="axes.legend();"), "silences nothing under nbval"),
        (adds_output(3, STDERR), "cell 4: the cell wrote to stderr"),
        (adds_output(3, ERROR), "cell 4: the cell failed with ValueError"),
        (adds_output(3, ADDRESS), "memory address"),
        (adds_output(3, NAN), "holds NaN"),
        (adds_output(3, SVG), "must be PNG"),
        (cell_update(2, metadata={}), "exactly one code cell must be tagged 'parameters', got 0"),
        (cell_update(1, metadata={"tags": ["parameters"]}), "got 2"),
        (cell_update(2, source="n: int = 3  # nodes >= 1"), "exactly one '='"),
        (cell_update(2, source="# nothing"), "at least one parameter"),
        (cell_update(3, source="pass"), "after the parameters must check them"),
        (cell_update(4, metadata={}), "needs a caption"),
        (cell_update(4, metadata={"mystnb": {**FIGURE, "image": {"alt": "x"}}}), "needs alt text"),
        (cell_update(4, metadata={"mystnb": {**FIGURE, "figure": {"caption": "x"}}}), "a name"),
        (cell_update(5, source="1"), "cell 5: the figure must hand over its data"),
        (cell_update(5, source='report.drawn(figure, "fig-b")'), 'report.drawn(figure, "fig-a")'),
        (lambda cells: cells[4].outputs.append(cells[4].outputs[0]), "one figure, got 2"),
        (cell_update(4, metadata={"mystnb": FIGURE, "tags": ["raises-exception"]}), "hides errors"),
        (cell_update(0, source="Claim."), "begin with the title"),
        (lambda cells: cells.append(new_markdown_cell("# Second")), "one title, got 2"),
        (cell_update(1, metadata={"tags": ["injected-parameters"]}), "injected by a rerun"),
    ],
)
def test_planted_violations_are_found(change, words: str) -> None:
    assert words in planted(change)


def test_a_file_out_of_normal_form_is_found(tmp_path) -> None:
    path = tmp_path / "loose.ipynb"
    store(path)
    path.write_text(notebooks.normal_form(chapter()) + "\n")
    assert hygiene.hygiene(path) == [
        "the file is not in normal form; run `gnnconv normalise` on it."
    ]
    assert notebooks.normalise(path)
    assert not notebooks.normalise(path)
    assert hygiene.hygiene(path) == []


def test_normal_form_drops_what_depends_on_the_machine_and_the_moment() -> None:
    clean = chapter()
    noisy = copy.deepcopy(clean)
    noisy.metadata = {"language_info": {"version": "3.12.1"}, "papermill": {"duration": 3}}
    for number, cell in enumerate(noisy.cells):
        cell.id = f"random-{number}"
        cell.metadata["execution"] = {"iopub.status.busy": "2021-01-01T00:00:00Z"}
        cell.metadata["papermill"] = {"duration": 1.5}
        cell.source += "  "
    assert notebooks.normal_form(noisy) == notebooks.normal_form(clean)


def test_normal_form_merges_streams_and_strips_the_drawing_program() -> None:
    notebook = copy.deepcopy(chapter())
    with_program = base64.b64decode(picture())
    assert b"Software" in with_program
    notebook.cells[4].outputs[0].data["image/png"] = base64.b64encode(with_program).decode()
    parts = [output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    notebook.cells[3].outputs = parts
    normal = nbformat.reads(notebooks.normal_form(notebook), 4)
    bare = base64.b64decode(normal.cells[4].outputs[0].data["image/png"])
    assert b"Software" not in bare
    assert [o.text for o in normal.cells[3].outputs] == ["a\nb\n"]
    assert (imread(io.BytesIO(bare)) == imread(io.BytesIO(with_program))).all()


def test_normal_form_leaves_the_trace_of_execution_alone() -> None:
    notebook = copy.deepcopy(chapter())
    notebook.cells[3].execution_count = None
    notebook.cells[4].execution_count = 9
    normal = nbformat.reads(notebooks.normal_form(notebook), 4)
    assert [cell.get("execution_count") for cell in normal.cells[1:]] == [1, 2, None, 9, 5]


def test_cell_ids_depend_on_text_only_and_are_unique() -> None:
    notebook = new_notebook(cells=[new_code_cell("x"), new_code_cell("x"), new_code_cell("y")])
    ids = [cell.id for cell in nbformat.reads(notebooks.normal_form(notebook), 4).cells]
    assert len(set(ids)) == 3
    assert ids == [cell.id for cell in nbformat.reads(notebooks.normal_form(notebook), 4).cells]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"nbformat": 4}'])
def test_files_that_are_no_notebook_are_refused(tmp_path, text: str) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(text)
    with pytest.raises(InvalidInput, match="must be a Jupyter notebook"):
        notebooks.read(path)
    with pytest.raises(InvalidInput, match="must be a readable file"):
        notebooks.read(tmp_path / "missing.ipynb")
