"""The structure of a built page, mended: what the packages behind the pages leave for a validator to find.

Sphinx-proof gives every statement the same id, a table without headings gets empty ones, a closed cell
has paragraphs in its summary, and a table of Markdown has no name for who cannot see what stands above it.
A browser breaks lines on both sides of a formula: the comma after it would begin the next one.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any

from sphinx.application import Sphinx

from gnnconv_lib.site.reader.figure_links import with_pictures
from gnnconv_lib.site.reader.headers import with_headers, with_roles
from gnnconv_lib.site.reader.spoken import spoken

__all__ = ["mend_structure", "mended"]

_EMPTY_HEADER = re.compile(r"<th\b([^>]*)>(\s*(?:<p[^>]*>\s*</p>)?\s*)</th>")
_SUMMARY = re.compile(r"<summary\b[^>]*>.*?</summary>", re.DOTALL)
_ID = re.compile(r'(<[a-zA-Z][^<>]*?)\sid="([^"]*)"')
_HEADING_OR_TABLE = re.compile(
    r"<h[1-6]\b[^>]*>(?P<heading>.*?)</h[1-6]>|<table\b(?P<table>[^>]*)>(?P<caption>\s*<caption)?",
    re.DOTALL,
)
_LINK_TO_HEADING = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_FORMULA = re.compile(
    r'(?P<before>\(?)(?P<formula><span class="math(?:-later)? notranslate(?: nohighlight)?">[^<]*</span>)'
    r"(?P<after>(?:[,.;:!?)\]”’]|&#8217;|&#8221;){1,3}|-[a-z]{1,8}\b)?"
)


def mended(body: str, title: str = "") -> str:
    """The HTML of a page's text with one element per id, no empty header, named tables, plain summaries.

    Args:
        body: the HTML.
        title: the title of the page, for a table above all headings.

    >>> mended('<i id="a"></i><i id="a"></i>')
    '<i id="a"></i><i></i>'
    >>> mended("<table><tr><th></th></tr></table>", "Sizes")
    '<table aria-label="Sizes" role="table"><tr role="row"><td role="cell"></td></tr></table>'
    >>> mended('<span class="math notranslate">n</span>, so')
    '<span class="unbroken"><span class="math notranslate">n</span>,</span> so'
    """
    body = _EMPTY_HEADER.sub(r"<td\1>\2</td>", body)
    body = _SUMMARY.sub(lambda found: _plain(found[0]), body)
    # docutils gives the entries of its list a role that is none of a list, and deprecated.
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    body = _FORMULA.sub(_unbroken, body)
    return with_roles(with_headers(_named_tables(_single_ids(body), title)))


def mend_structure(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Mend the text of a page before it is put into its frame."""
    if context.get("body"):
        title = html.unescape(_TAG.sub("", str(context.get("title", ""))))
        context["body"] = with_pictures(mended(context["body"], title))


def _unbroken(found: re.Match[str]) -> str:
    """A formula and the signs beside it on one line."""
    if not found["before"] and not found["after"]:
        return found[0]
    return f'<span class="unbroken">{found[0]}</span>'


def _plain(summary: str) -> str:
    """Without paragraphs, and called by its words, which say what is hidden."""
    summary = summary.replace(' aria-label="Toggle hidden content"', "")
    return re.sub(r"<(/?)p\b", r"<\1span", summary)


def _single_ids(body: str) -> str:
    """The first element with an id keeps it: that is where links to it lead."""
    seen: set[str] = set()

    def once(found: re.Match[str]) -> str:
        if found[2] in seen:
            return found[1]
        seen.add(found[2])
        return found[0]

    return _ID.sub(once, body)


def _named_tables(body: str, title: str) -> str:
    """A table without a caption is called by the heading above it, with a number from the second on."""
    heading, count = title, Counter[str]()

    def name(found: re.Match[str]) -> str:
        nonlocal heading
        if found["table"] is None:
            text = _TAG.sub("", _LINK_TO_HEADING.sub("", found["heading"]))
            heading = html.unescape(text).strip()
            return found[0]
        if found["caption"] or "aria-label" in found["table"]:
            return found[0]
        count[heading] += 1
        number = f", table {count[heading]}" if count[heading] > 1 else ""
        label = html.escape(spoken(heading or "Table") + number)
        return found[0].replace("<table", f'<table aria-label="{label}"', 1)

    return _HEADING_OR_TABLE.sub(name, body)
