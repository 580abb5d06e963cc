"""Where an executed chapter differs from the stored one: the same answer as nbval gives."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gnnconv_lib.chapters import hygiene
from gnnconv_lib.chapters.differences import MAY_DIFFER, Difference, differences, with_banner


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def shown(**data):
    names = {"text": "text/plain", "markdown": "text/markdown", "png": "image/png"}
    return new_output("display_data", data={names[k]: v for k, v in data.items()})


def chapter(*outputs, tags=()):
    cell = new_code_cell("1", outputs=list(outputs), execution_count=1)
    cell.metadata["tags"] = list(tags)
    return new_notebook(cells=[new_markdown_cell("# Title"), cell])


@pytest.mark.parametrize(
    ("stored", "executed"),
    [
        ([stream("a\nb\n")], [stream("a\n"), stream("b\n")]),
        ([shown(png="AAAA", text="x")], [shown(png="BBBB", text="x")]),
        ([stream("a"), shown(text="x")], [shown(text="x"), stream("a")]),
    ],
)
def test_what_nbval_passes_is_no_difference(stored, executed):
    assert differences(chapter(*stored), chapter(*executed)) == []


@pytest.mark.parametrize(
    ("stored", "executed", "lines"),
    [
        ([stream("a\nb = 1\nc")], [stream("a\nb = 2\nc")], ("b = 1", "b = 2")),
        ([stream("a\n")], [stream("a\nb\n")], ("", "b")),
        ([stream("a")], [], ("a", "(nothing)")),
        ([stream("a")], [stream("a", "stderr")], ("(nothing)", "a")),
        ([shown(text="x")], [shown(text="x"), shown(text="y")], ("(nothing)", "y")),
        ([shown(text="x", markdown="| 1")], [shown(text="x", markdown="| 2")], ("| 1", "| 2")),
        ([shown(text="x y")], [shown(text="x"), shown(text=" y")], ("x y", "x")),
    ],
)
def test_the_first_differing_line_is_named(stored, executed, lines):
    found = differences(chapter(*stored), chapter(*executed))
    assert found == [Difference(2, *lines)]


def test_a_cell_may_declare_that_it_differs():
    stored, executed = (chapter(stream(text), tags=[MAY_DIFFER]) for text in "ab")
    assert differences(stored, executed) == []
    assert not any(MAY_DIFFER in text for text in hygiene.violations(stored))


def test_the_banner_stands_below_the_title_and_names_the_lines():
    notebook = with_banner(chapter(stream("b")), [Difference(2, "x = 1", "x = 2 ```")])
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "markdown", "code"]
    text = notebook.cells[1].source
    assert "x = 1" in text
    assert "not the stored ones" in text
    assert text.count("```") == 2
    assert len(with_banner(chapter(), []).cells) == 2
