"""What the built pages add for a reader to what the chapters hold: all of it made at build time.

Verdict tables that can be read, a box with the statement as printed where a section judges one,
links from the numbers of a paper to the ledger and from figures to their data. The stored chapters
know nothing of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from gnnconv_lib.site.reader.as_printed import AsPrinted, insert_boxes
from gnnconv_lib.site.reader.elements import LEDGER_PAGE, depart_html, html_element, visit_html
from gnnconv_lib.site.reader.experiments import (
    EXPERIMENTS,
    Experiment,
    add_scripts,
    insert_experiment,
)
from gnnconv_lib.site.reader.figure_links import link_data
from gnnconv_lib.site.reader.first_page import FirstPage
from gnnconv_lib.site.reader.footer import add_footer
from gnnconv_lib.site.reader.frame import mend_frames
from gnnconv_lib.site.reader.judged import judged_in, judged_statements, table_output
from gnnconv_lib.site.reader.ledger_page import (
    ERRATA_PAGES,
    LedgerExplorer,
    arrange_ledger,
    show_programs_only,
)
from gnnconv_lib.site.reader.named_claims import NamedClaims
from gnnconv_lib.site.reader.paper_references import (
    PaperReferences,
    paper_role,
)
from gnnconv_lib.site.reader.plain_formulas import PlainFormulas
from gnnconv_lib.site.reader.searching import PublicPython, Statements
from gnnconv_lib.site.reader.statements import statements
from gnnconv_lib.site.reader.structure import mend_structure
from gnnconv_lib.site.reader.verdict_table import VerdictTable, as_directive

__all__ = ["open_with_findings", "setup", "with_reading_aids"]


def setup(app: Sphinx) -> dict[str, Any]:
    """The entry point that Sphinx calls.

    Args:
        app: the running application.

    Returns:
        The extension's metadata.
    """
    app.add_node(html_element, html=(visit_html, depart_html))
    app.add_directive("verdicts", VerdictTable)
    app.add_directive("as-printed", AsPrinted)
    app.add_directive("first-page", FirstPage)
    app.add_directive("ledger-explorer", LedgerExplorer)
    app.add_directive("experiment", Experiment)
    app.add_role("paper", paper_role)
    app.add_transform(NamedClaims)
    app.add_transform(PlainFormulas)
    app.add_transform(PaperReferences)
    app.add_domain(PublicPython, override=True)
    app.add_domain(Statements)
    app.connect("source-read", _change_notebook)
    app.connect("html-page-context", add_footer)
    app.connect("html-page-context", add_scripts)
    app.connect("html-page-context", mend_structure)
    app.connect("build-finished", mend_frames)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def with_reading_aids(notebook: dict[str, Any], book: Path, boxes: bool = True) -> dict[str, Any]:
    """A notebook, changed in place, whose verdict tables and judged statements are directives.

    Args:
        notebook: the content of a file, as JSON has it.
        book: the folder that holds `book/`.
        boxes: whether judged statements have boxes.
    """
    items = statements(book)
    judged: list[str] = []
    for cell in notebook["cells"]:
        rows = judged_in(cell, items)
        if rows is None:
            continue
        judged += [row.item for row in rows]
        for output in cell["outputs"]:
            if output == table_output(cell):
                output["data"]["text/markdown"] = as_directive(rows)
                break
    if boxes:
        insert_boxes(notebook["cells"], judged, set(items))
    return notebook


def open_with_findings(notebook: dict[str, Any]) -> None:
    """Put the findings below the claim that opens the first page."""
    first = notebook["cells"][0]
    first["source"] = "".join(first["source"]) + "\n\n```{first-page}\n```\n"


def _change_notebook(app: Sphinx, name: str, source: list[str]) -> None:
    if Path(app.env.doc2path(name)).suffix == ".ipynb":
        first = name == app.config.root_doc
        changed = with_reading_aids(json.loads(source[0]), Path(app.srcdir), boxes=not first)
        link_data(changed["cells"], app.env.doc2path(name))
        # The page of a rerun is one file, without scripts of its own.
        if name in EXPERIMENTS and not app.config.html_context.get("single_page"):
            insert_experiment(changed["cells"], EXPERIMENTS[name])
        if first:
            open_with_findings(changed)
        elif name == LEDGER_PAGE:
            arrange_ledger(changed["cells"], statements(app.srcdir), judged_statements(app))
        elif name in ERRATA_PAGES:
            show_programs_only(changed["cells"])
        source[0] = json.dumps(changed, ensure_ascii=False)
