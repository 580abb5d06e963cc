"""Experiments in a page: a reader changes the numbers of a map and sees what it does.

The maps are in `book/_static/experiments`, formula by formula those of the library; they run in the
browser, without a kernel and without a network. Where scripts do not run a sentence stands instead.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from gnnconv_lib.site.reader.elements import element

__all__ = ["EXPERIMENTS", "Experiment", "add_scripts", "insert_experiment"]

#: The experiment of each chapter that has one.
EXPERIMENTS = {
    "book/awasthi2021/figure-1": "relu-descent",
    "book/awasthi2021/deep-linear": "singular-value",
    "book/awasthi2021/linear-unequal-degrees": "star-trap",
    "book/li2021/algorithm-1": "averaging-map",
}
VERDICTS = re.compile(r"^## Verdicts\s*$", re.MULTILINE)
SCRIPTS = ("dynamics", "chart", "panels")
WITHOUT_SCRIPTS = (
    "This experiment needs scripts in the browser. The figures of this chapter show the same maps."
)


class Experiment(Directive):
    """The place of one experiment."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in EXPERIMENTS.values():
            raise self.error(f"there is no experiment {name!r}.")
        return [
            element("div", element("p", WITHOUT_SCRIPTS), class_="experiment", data_experiment=name)
        ]


def insert_experiment(cells: list[dict[str, Any]], name: str) -> None:
    """Put the section with an experiment before the verdicts of a chapter.

    Args:
        cells: the cells of a notebook, changed in place.
        name: the experiment.

    >>> cells = [{"cell_type": "markdown", "source": "Text.\\n\\n## Verdicts\\n", "metadata": {}}]
    >>> insert_experiment(cells, "star-trap")
    >>> [cell["source"].splitlines()[0] for cell in cells]
    ['Text.', '## Try it', '## Verdicts']
    """
    place, rest = len(cells), ""
    for index, cell in enumerate(cells):
        text = "".join(cell["source"])
        found = VERDICTS.search(text) if cell["cell_type"] == "markdown" else None
        if found:
            cell["source"], rest = text[: found.start()], text[found.start() :]
            place = index + 1
    source = (
        "## Try it\n\nChange a number and the map runs again, in this page. The address keeps the "
        f"numbers.\n\n```{{experiment}} {name}\n```\n"
    )
    cells[place:place] = [
        {"cell_type": "markdown", "id": f"{part}-{name}", "metadata": {}, "source": text}
        for part, text in (("try", source), ("after", rest))
        if text
    ]


def add_scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """The scripts of the experiments, on the pages that have one."""
    if page in EXPERIMENTS:
        for name in SCRIPTS:
            app.add_js_file(f"experiments/{name}.js", loading_method="defer")
