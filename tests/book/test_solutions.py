"""The exercises of the chapters: their form, the code in their solutions, the numbers that they quote."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.site.staging import page_sources

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^:::\{(\w+)\} (.*?)\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
GLUED = re.compile(r"\{glue:\}`([^`]+)`")
SECTION = "## Exercises\n"


def section_of(notebook):
    """The text of the section with the exercises; empty where a chapter has none."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return SECTION + text.split(SECTION, 1)[1] if SECTION in text else ""


def faults(section):
    """What is wrong with the form of a section, one sentence each."""
    blocks = [(kind, title, body) for kind, title, body in BLOCK.findall(section)]
    if re.search(r"^## ", section[len(SECTION) :], re.MULTILINE):
        yield "exercises must be the last section."
    if len(blocks) < 6 or len(blocks) % 2:
        yield f"at least three exercises, each with a solution, got {len(blocks)} blocks."
    for place, (kind, title, body) in enumerate(blocks):
        if place % 2:
            if (kind, title) != ("dropdown", "Solution"):
                yield f"block {place + 1} must be a solution, got {kind} {title!r}."
        elif kind != "admonition" or not title.startswith(f"Exercise {place // 2 + 1}: "):
            yield f"block {place + 1} must be exercise {place // 2 + 1}, got {kind} {title!r}."
        elif not body.startswith(":class: exercise\n"):
            yield f"exercise {place // 2 + 1} must have the class 'exercise'."
    if not CODE.search(section):
        yield "one solution at least must hold code."


def unchecked(notebook):
    """The numbers of the section that no cell with a check keeps."""
    cells = [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and "report.agree(" in cell.source
    ]
    kept = "\n".join(cells)
    for name in GLUED.findall(section_of(notebook)):
        stem = name.rsplit("-", 1)[0]
        if f'glue("{name}"' not in kept and f'glue(f"{stem}-{{' not in kept:
            yield name


CHAPTERS = {
    source.stem: notebooks.read(ROOT / source)
    for source in page_sources(ROOT)
    if source.suffix == ".ipynb" and section_of(notebooks.read(ROOT / source))
}


def test_the_chapters_on_the_second_paper_and_on_scale_have_exercises():
    folders = ("li2021", "scale")
    expected = {
        path.stem for folder in folders for path in (ROOT / "book" / folder).glob("*.ipynb")
    }
    assert expected <= set(CHAPTERS)


@pytest.mark.parametrize("name", CHAPTERS)
def test_exercises_have_their_form_and_checked_numbers(name):
    assert list(faults(section_of(CHAPTERS[name]))) == []
    assert list(unchecked(CHAPTERS[name])) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_code_of_a_solution_is_that_of_a_cell_or_runs_after_the_imports(name):
    code = [cell.source for cell in CHAPTERS[name].cells if cell.cell_type == "code"]
    blocks = CODE.findall(section_of(CHAPTERS[name]))
    assert blocks
    alone = [block for block in blocks if not any(block.strip() in source for source in code)]
    names = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code[0], names)
        for block in alone:
            exec(block, names)
    assert not alone or printed.getvalue().strip()


GOOD = SECTION + "".join(
    f"\n:::{{admonition}} Exercise {k}: a sum\n:class: exercise\n\nAdd.\n:::\n"
    "\n:::{dropdown} Solution\n{glue:}`ex-sum`.\n\n```python\n1 + 1\n```\n:::\n"
    for k in (1, 2, 3)
)


def test_planted_faults_of_form_are_found():
    assert list(faults(GOOD)) == []
    for old, new, words in [
        ("Exercise 2", "Exercise 3", "must be exercise 2"),
        (":class: exercise\n", "", "must have the class"),
        ("{dropdown} Solution", "{note} Answer", "must be a solution"),
        ("```python", "```", "must hold code"),
    ]:
        assert words in " ".join(faults(GOOD.replace(old, new)))
    assert "the last section" in " ".join(faults(GOOD + "\n## More\n"))
    assert "got 4 blocks" in " ".join(faults(GOOD[: GOOD.index(":::{admonition} Exercise 3")]))


def test_a_number_that_nothing_checks_is_found():
    notebook = notebooks.read(ROOT / "book/li2021/algorithm-1.ipynb")
    assert list(unchecked(notebook)) == []
    for cell in notebook.cells:
        cell.source = cell.source.replace('report.glue("ex-star-sum"', "report.show('sum'")
    assert list(unchecked(notebook)) == ["ex-star-sum"]
