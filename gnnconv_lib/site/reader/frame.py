"""The frame of a built page, mended: what the theme leaves for a validator and a screen reader to find.

Buttons get a type and the name that their tooltip shows, names that hide the words of a button go,
the side bar is a landmark, what unfolds in it has a name, and the search can be sent by a button.
Scripts that only the page of the search runs, and icons a second time as a script, are not loaded. The
theme is known before anything is drawn: until then no colour and no border of it would be.
"""

from __future__ import annotations

import html
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sphinx.application import Sphinx

from gnnconv_lib.site.reader.formula_room import with_room

__all__ = ["mend_frames", "mended_frame"]

_BUTTON = re.compile(r"<button\b([^>]*)>")
_TITLE = re.compile(r'\stitle="([^"]*)"')
_SIDE_BAR = '<div id="pst-primary-sidebar" class='
_UNFOLDS = re.compile(
    r'<a class="[^"]*" href="[^"]*">(?P<name>[^<]*)</a><details(?P<open>[^>]*)>'
    r'<summary>(?=<span class="toctree-toggle")'
)
# The title that is printed only: of a page that is no chapter the theme knows none.
_PRINTED_TITLE = re.compile(r'(<div id="jb-print-docs-body" class="onlyprint">\s*)<h1>(.*?)</h1>')
_PRINTED_CONTENTS = re.compile(r'(<div id="jb-print-toc">\s*<div>\s*)<h2>(.*?)</h2>')
_SWITCH = re.compile(r'(<i class="theme-switch [^>]*?)\stitle="[^"]*"')
_SEARCH = re.compile(r'(<form class="bd-search.*?)(</form>)', re.DOTALL)
_ICONS = re.compile(
    r"\s*<!-- So that users can add custom icons -->\s*<script[^>]*fontawesome\.js[^>]*></script>"
)
_SEARCHING = re.compile(
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
)
_THEME = 'dataset.theme = localStorage.getItem("theme") || "auto";'
_THEME_OF_SYSTEM = _THEME.replace(
    '"auto"', '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")'
)
_SEND = '<button type="submit" class="visually-hidden-focusable">Search</button>'


def mended_frame(page: str) -> str:
    """The HTML of a page whose frame can be read by all; a second time changes nothing.

    >>> mended_frame('<button title="Side bar"></button>')
    '<button type="button" title="Side bar" aria-label="Side bar"></button>'
    """
    page = _BUTTON.sub(_button, page)
    page = _PRINTED_TITLE.sub(_as_words, page)
    page = _PRINTED_CONTENTS.sub(r'\1<p class="h2">\2</p>', page)
    page = _SWITCH.sub(r"\1", page)
    page = page.replace(
        _SIDE_BAR, _SIDE_BAR.replace("class=", 'role="complementary" aria-label="Book" class=')
    )
    page = _UNFOLDS.sub(_named_summary, page)
    page = _ICONS.sub("", page).replace(_THEME, _THEME_OF_SYSTEM)
    if 'id="search-results"' not in page:
        page = _SEARCHING.sub("", page)
    return _SEARCH.sub(
        lambda found: found[0] if _SEND in found[0] else found[1] + _SEND + found[2], page
    )


def mend_frames(app: Sphinx, exception: Exception | None) -> None:
    """Mend all pages, once they are written."""
    if exception is not None or app.builder.format != "html":
        return
    pages = sorted(Path(app.outdir).rglob("*.html"))
    # Most of the time goes into measuring formulas.
    with ProcessPoolExecutor() as workers:
        list(workers.map(_mend, pages, chunksize=4))


def _mend(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    mended = with_room(mended_frame(text))
    if mended != text:
        path.write_text(mended, encoding="utf-8")


def _button(found: re.Match[str]) -> str:
    attributes = found[1]
    if "search-button-field" in attributes:
        # Its words are its name: a voice says what an eye reads.
        attributes = attributes.replace(' aria-label="Search"', "").replace(' title="Search"', "")
    title = _TITLE.search(attributes)
    if title and "aria-label" not in attributes:
        attributes += f' aria-label="{title[1]}"'
    if not re.search(r"\stype=", attributes):
        attributes = ' type="button"' + attributes
    return f"<button{attributes}>"


def _as_words(found: re.Match[str]) -> str:
    """A page has one heading of the first level, its own."""
    return found[1] + (f'<p class="h1">{found[2]}</p>' if found[2] else "")


def _named_summary(found: re.Match[str]) -> str:
    name = html.escape("Pages of: " + " ".join(html.unescape(found["name"]).split()))
    return found[0].replace("<summary>", f'<summary aria-label="{name}">')
