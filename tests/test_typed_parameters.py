"""Prose does not repeat the value of a parameter: it comes through glue, or is said to be the paper's.

A number counts as typed where it stands before the noun of a parameter with this default ("20 seeds",
"edge probability 0.5"), in a sentence that names neither the paper nor what it states.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.page import finding, parameters

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = finding.chapter_paths(ROOT)
BEFORE = {
    "nodes": "nodes?",
    "n": "nodes?",
    "graphs": "graphs",
    "seeds": "seeds",
    "starts": "starts",
    "steps": "steps",
    "node_epochs": "epochs",
    "graph_epochs": "epochs",
    "samples": "(?:samples|draws|data sets)",
    "repeats": "(?:samples|repetitions)",
    "inner_dimension": "features",
    "features": "features",
    "hidden_units": "(?:hidden )?units",
    "units": "(?:hidden )?units",
    "workers": "(?:workers|machines)",
    "hub": "neighbours",
}
AFTER = {
    "edge_probability": "probability",
    "noise": "noise of(?: deviation)?",
    "large_noise": "noise of(?: deviation)?",
    "learning_rate": "(?:learning rate|step size)",
    "node_rate": "learning rate",
    "graph_rate": "learning rate",
}
WORDS = (["four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], range(4, 13))
NUMBERS = dict(zip(*WORDS, strict=True)) | {"twenty": 20, "thirty": 30, "hundred": 100}
NUMBER = r"(?P<number>\d[\d,]*(?:\.\d+)?|" + "|".join(NUMBERS) + ")"
# Whose setting a sentence speaks of: that of the paper, of an exercise, of a loop over sizes.
SAID = re.compile(
    r"\b(?:papers?'?s?|stated|printed|experiments?|theorems?|figure \d)\b|\{cite\}", re.I
)


def texts(notebook: object) -> Iterator[tuple[int, str]]:
    """What a reader reads: text without code, formulas set apart, exercises, captions, alt texts."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            text = cell.source.split("## Exercises")[0]
            yield number, re.sub(r"```.*?```|\$\$.*?\$\$", " ", text, flags=re.S)
        for part in cell.metadata.get("mystnb", {}).values():
            yield from ((number, part[key]) for key in ("caption", "alt") if key in part)


def typed(notebook: object) -> list[str]:
    """The sentences that type the default of a parameter beside its noun."""
    source = next(c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    found = []
    for entry in parameters.parse(source):
        if entry.type not in ("int", "float") or entry.default in (0, 1, 2, 3):
            continue
        if entry.name in BEFORE:
            pattern = rf"(?<![\w.\\{{^])\$?{NUMBER}\$?[ \n-]{BEFORE[entry.name]}\b"
        elif entry.name in AFTER:
            pattern = rf"\b{AFTER[entry.name]}(?: of)?[ \n]\$?{NUMBER}"
        else:
            continue
        for number, text in texts(notebook):
            for sentence in re.split(r"(?<=[.|])\s+|\n\n", text):
                for match in re.finditer(pattern, sentence, re.I):
                    value = NUMBERS.get(match["number"].lower()) or match["number"]
                    same = float(str(value).replace(",", "")) == entry.default
                    if same and not SAID.search(sentence):
                        found.append(f"cell {number}, {entry.name}: {sentence.strip()}")
    return found


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_sentence_types_the_value_of_a_parameter(chapter) -> None:
    assert typed(notebooks.read(CHAPTERS[chapter])) == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The loss of 20 seeds falls.", True),
        ("Twenty\nseeds: the loss falls.", True),
        ("The loss of {glue:}`seeds` seeds falls.", False),
        ("The loss of 21 seeds falls.", False),
        ("A graph of $1000$ nodes is dense.", True),
        ("The 1,000-node graph is dense.", True),
        ("The paper's graph of 1000 nodes is dense.", False),
        ("An edge has the probability 0.5 and 1000 edges do not matter.", True),
        ("## Exercises\n\nTake 20 seeds.", False),
        ("```\nseeds 20 seeds\n```", False),
    ],
)
def test_a_typed_value_is_found(sentence, found) -> None:
    lines = [
        "seeds: int = 20  # number of seeds [1, 99]",
        "nodes: int = 1000  # nodes [1, 9999]",
        "edge_probability: float = 0.5  # edge probability [0, 1]",
    ]
    declaration = new_code_cell("\n".join(lines), metadata={"tags": ["parameters"]})
    assert bool(typed(new_notebook(cells=[declaration, new_markdown_cell(sentence)]))) is found


def test_captions_and_alt_texts_are_read_too() -> None:
    declaration = new_code_cell(
        "seeds: int = 20  # seeds [1, 99]", metadata={"tags": ["parameters"]}
    )
    for place in ({"figure": {"caption": "20 seeds."}}, {"image": {"alt": "Points of 20 seeds."}}):
        cell = new_code_cell("1", metadata={"mystnb": place})
        assert len(typed(new_notebook(cells=[declaration, cell]))) == 1
