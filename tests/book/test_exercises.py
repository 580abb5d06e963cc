"""What a chapter owes a student: code to copy, exercises with solutions, statements with labels."""

import ast
import builtins
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.site.staging import page_sources

ROOT = Path(__file__).resolve().parents[2]
FEWEST = 3
LONGEST = 12
HIDDEN = ("hide-input", "hide-cell", "hide-output", "remove-input", "remove-cell", "remove-output")
EXERCISE = re.compile(
    r"^:::\{admonition\} Exercise (\d+): \S.*\n:class: exercise\n\n(?P<task>(?:(?!^:::).*\n)+):::\n+"
    r"(?::::\{dropdown\} Solution\n(?P<solution>(?:(?!^:::).*\n)+):::)?",
    re.MULTILINE,
)
STATEMENT = re.compile(r"^:::\{prf:(?!proof)\w+\}.*\n(?::label: (\S+))?", re.MULTILINE)
END_MARK = re.compile(r"\\square|∎|^```\{admonition\} (?:Theorem|Proposition|Lemma)", re.MULTILINE)

# Chapters that owe nothing, with the reason.
EXCEPTIONS = {
    "book/two-papers": "the first page states what was found and derives nothing",
    "book/back/ledger": "a list",
    "book/back/errata-awasthi2021": "a list",
    "book/back/errata-li2021": "a list",
}


def with_parameters():
    found = {}
    for source in page_sources(ROOT):
        if source.suffix == ".ipynb":
            notebook = notebooks.read(ROOT / source)
            if any("parameters" in tags(cell) for cell in notebook.cells):
                found[source.with_suffix("").as_posix()] = notebook
    return found


def tags(cell):
    return cell.metadata.get("tags", [])


CHAPTERS = with_parameters()
OWING = [name for name in CHAPTERS if name not in EXCEPTIONS]


def exercises(notebook):
    """The exercises of the last section, each with its solution or None."""
    text = markdown(notebook)
    last = re.split(r"^## ", text, flags=re.MULTILINE)[-1]
    return list(EXERCISE.finditer(last)) if last.startswith("Exercises\n") else []


def markdown(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def visible_cells(notebook):
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and not {*HIDDEN, "parameters"} & set(tags(cell))
    ]


def faults(notebook):
    """What is wrong, one sentence each."""
    found = exercises(notebook)
    if [int(exercise[1]) for exercise in found] != list(range(1, len(found) + 1)):
        yield "the exercises must be numbered from 1."
    if len(found) < FEWEST:
        yield f"the last section must hold {FEWEST} exercises, got {len(found)}."
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for exercise in found:
        if not (exercise["solution"] or "").strip():
            yield f"exercise {exercise[1]} needs a solution."
            continue
    cells = visible_cells(notebook)
    if len(cells) < FEWEST:
        yield f"{FEWEST} cells must be visible, got {len(cells)}."
    # The first code cell holds the imports, the next two the parameters and what they make; a visible
    # cell may build on these and on the visible ones before it.
    names = set(dir(builtins)) | _imported(code[0]) if code else set()
    for place, cell in enumerate(notebook.cells):
        if "parameters" in tags(cell):
            for near in notebook.cells[place : place + 2]:
                names |= {node.id for node in ast.walk(ast.parse(near.source)) if _is_stored(node)}
    for source in cells:
        lines = [line for line in source.splitlines() if line.strip()]
        if len(lines) > LONGEST:
            yield f"a visible cell must have at most {LONGEST} lines, got {len(lines)}: {lines[0]}"
        tree = ast.parse(source)
        names |= {node.id for node in ast.walk(tree) if _is_stored(node)}
        names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        for name in sorted(_used(tree)):
            if name.split(".")[-1].startswith("_"):
                yield f"a visible cell must use public names only, got {name}."
            elif "." not in name and name not in names:
                yield f"a visible cell must run after those above it, got the name {name}."


def _imported(source):
    """What the imports bind, private modules left out."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            for alias in node.names:
                if not any(part.startswith("_") for part in f"{module}.{alias.name}".split(".")):
                    found.add((alias.asname or alias.name).split(".")[0])
    return found


def _is_stored(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _used(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield f"{ast.unparse(node.value)}.{node.attr}"


@pytest.mark.parametrize("name", OWING)
def test_a_chapter_has_code_to_copy_and_exercises_with_solutions(name):
    assert list(faults(CHAPTERS[name])) == []


@pytest.mark.parametrize("name", OWING)
def test_the_statements_of_a_chapter_are_labelled_by_its_id_and_end_in_one_way(name):
    text = markdown(CHAPTERS[name])
    labels = [found[1] for found in STATEMENT.finditer(text)]
    chapter = name.rsplit("/", 1)[1]
    assert all(label and label.startswith(f"{chapter}-") for label in labels), labels
    assert not END_MARK.findall(text)


def test_labels_of_statements_are_unique_and_references_lead_to_them():
    labels, wanted = Counter(), set()
    for notebook in CHAPTERS.values():
        text = markdown(notebook)
        labels.update(found[1] for found in STATEMENT.finditer(text) if found[1])
        wanted |= set(re.findall(r"\{prf:ref\}`([^`<]+)`", text))
    assert [label for label, count in labels.items() if count > 1] == []
    assert wanted <= set(labels)


def test_exceptions_are_chapters_that_need_one():
    assert all(reason for reason in EXCEPTIONS.values())
    assert set(EXCEPTIONS) <= {page.with_suffix("").as_posix() for page in page_sources(ROOT)}
    kept = [name for name in EXCEPTIONS if name in CHAPTERS and not list(faults(CHAPTERS[name]))]
    assert kept == [], "These chapters have what they owe; take them from the list."


def chapter(*visible, last="", imports="import numpy as np"):
    """A notebook with one visible cell for each text."""
    hidden = SimpleNamespace(cell_type="code", source=imports, metadata={"tags": ["hide-input"]})
    shown = [SimpleNamespace(cell_type="code", source=text, metadata={}) for text in visible]
    end = SimpleNamespace(cell_type="markdown", source=f"## Exercises\n\n{last}", metadata={})
    return SimpleNamespace(cells=[hidden, *shown, end])


def exercise(number, solution="Two.\n"):
    box = f":::{{admonition}} Exercise {number}: sums\n:class: exercise\n\nAdd.\n:::\n\n"
    return box + (f":::{{dropdown}} Solution\n{solution}:::\n\n" if solution else "")


GOOD = ["one = np.ones(1)", "two = one + 1", "print(two)"]
PRIVATE = "import numpy as np\nfrom gnnconv_lib.audit import _cases as cases"
THREE = "".join(exercise(k) for k in (1, 2, 3))


def test_a_chapter_with_all_it_owes_has_no_fault():
    assert list(faults(chapter(*GOOD, last=THREE))) == []


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (chapter(*GOOD, last=exercise(1) + exercise(2)), "must hold 3 exercises, got 2"),
        (chapter(*GOOD, last=THREE + "\n## More"), "must hold 3 exercises, got 0"),
        (chapter(*GOOD, last=THREE + exercise(4, "")), "exercise 4 needs a solution"),
        (chapter(*GOOD, last=THREE + exercise(5)), "must be numbered from 1"),
        (chapter(*GOOD[:2], last=THREE), "3 cells must be visible, got 2"),
        (chapter(*GOOD, "np._core", last=THREE), "public names only, got np._core"),
        (chapter(*GOOD, "print(three)", last=THREE), "got the name three"),
        (
            chapter(*GOOD, "cases.run()", last=THREE, imports=PRIVATE),
            "got the name cases",
        ),
        (chapter(*GOOD, "\n".join(["print(two)"] * 13), last=THREE), "at most 12 lines, got 13"),
    ],
)  # fmt: skip
def test_what_a_chapter_lacks_is_said(made, fault):
    assert any(fault in text for text in faults(made))
