"""The foot of every page: version and commit, licence, how to cite, both papers."""

from __future__ import annotations

import html
from typing import Any

from sphinx.application import Sphinx

import gnnconv_lib

__all__ = ["add_footer", "footer"]

# The identifiers are those of CITATION.cff.
PAPERS = (
    ("Awasthi, Das, Gollapudi, NeurIPS 2021", ""),
    ("Li, Zou, Zhong, AAAI 2021", "https://arxiv.org/abs/2012.03429"),
)


def footer(references: str, commit: str = "", copying: str = "") -> str:
    """The HTML of the foot.

    Args:
        references: the address of the page with all references.
        commit: what the pages were built from; empty where that is unknown.
        copying: the address of the section on how to cite, if it is another page.

    >>> "version" in footer("references.html")
    True
    """
    version = f"gnnconv_lib, version {gnnconv_lib.__version__}"
    if commit:
        version += f", commit <code>{html.escape(commit)}</code>"
    papers = " · ".join(
        f'<a href="{address or references}">{html.escape(name)}</a>' for name, address in PAPERS
    )
    cite = copying or references
    return (
        f'<div class="book-foot"><p>{version}. Licence: Apache-2.0. '
        f'<a href="{cite}">How to cite</a>.</p><p>The papers: {papers}.</p></div>'
    )


def add_footer(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the foot into the context of a page."""
    pathto = context.get("pathto")
    if pathto is None or "book/back/references" not in app.env.found_docs:
        return
    references = pathto("book/back/references")
    commit = str(app.config.html_context.get("commit", ""))
    context["theme_extra_footer"] = footer(references, commit, f"{references}#how-to-cite")
