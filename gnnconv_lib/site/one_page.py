"""The pages of the built book as one document, for printing.

What is printed is what is published: the articles of the HTML pages, in the order of the book, with
links that stay inside of the document. Left out are the pages of the API, hidden code and
links to the data of figures; formulas, findings and solutions that a page shows on demand are shown.
"""

from __future__ import annotations

import html
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from gnnconv_lib.ledger.rendering import CODE_OF_CLAIM
from gnnconv_lib.site.single_file import without_code
from gnnconv_lib.site.staging import API_PAGE, page_sources

__all__ = ["one_page"]

_LEFT_OUT = (
    "script, .headerlink, .cell.tag_hide-cell, details.hide, button, .explorer, noscript, "
    ".figure-data"
)
_SCRIPTS = ("mathjax", "fit-formulas", "fit-tables")
_OWN_ATTRIBUTES = ("aria-labelledby", "aria-describedby", "for", "headers")

_STYLE = """
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-center { content: counter(page); font-size: 9pt; } }
html { font-size: 10.5pt; scroll-behavior: auto; }
body { background: white; color: black; }
.printed { width: 178mm; margin: 0; padding: 0; }
.printed > article > section { break-before: page; }
.printed h1 { font-size: 20pt; } .printed h2 { font-size: 14pt; } .printed h3 { font-size: 12pt; }
.printed h1, .printed h2, .printed h3, .printed h4, summary { break-after: avoid; }
.printed thead, .printed .as-printed-label { break-after: avoid; }
.printed figure, .printed .as-printed blockquote, .printed tr, .printed pre, .printed .cell_input,
mjx-container { break-inside: avoid; }
.printed .verdict-table tbody tr { break-inside: auto; }
.printed p { orphans: 3; widows: 3; }
.printed .ledger-item p { margin-bottom: 0.4rem; }
.printed img { max-width: 100%; max-height: 200mm; }
.printed pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.printed > article > .title-page { break-before: auto; }
.printed .title-page h1 { margin-top: 40mm; font-size: 28pt; }
.printed .contents li { break-inside: avoid; }
.printed mjx-container { overflow: visible !important; }
.printed .cell_output, .printed .output, .pst-scrollable-table-container { overflow: visible; }
"""

# Paper does not scroll: a formula that is still too wide becomes as small as it must.
_FIT = """
window.addEventListener("load", () => window.MathJax.startup.promise.then(() => {
  const limit = document.querySelector(".printed").getBoundingClientRect().right;
  for (const formula of document.querySelectorAll("mjx-container")) {
    const inner = (formula.querySelector("mjx-math") ?? formula).getBoundingClientRect();
    if (inner.right > limit) {
      const start = formula.parentElement.getBoundingClientRect().left;
      const size = parseFloat(getComputedStyle(formula).fontSize);
      const width = inner.right - Math.min(inner.left, start);
      formula.style.fontSize = `${(0.98 * size * (limit - start)) / width}px`;
    }
  }
}));
"""


def one_page(root: Path, pages: Path) -> str:
    """The document, in HTML; addresses of pictures and styles are relative to the folder of the pages.

    Args:
        root: the folder that holds `_config.yml`, `_toc.yml` and `book/`.
        pages: the folder of the built pages.
    """
    names = [path.with_suffix("").as_posix() for path in page_sources(root)]
    kept = [name for name in names if name != API_PAGE]
    articles = {name: _article(pages, name, set(kept)) for name in kept}
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    first = BeautifulSoup(_text(pages, kept[0]), "html.parser")
    body = "\n".join(
        f'<section id="{_slug(name)}">{article}</section>' for name, article in articles.items()
    )
    return (
        '<!DOCTYPE html>\n<html lang="en" data-theme="light" data-mode="light"><head>'
        f'<meta charset="utf-8"><title>{html.escape(settings["title"])}</title>'
        f"{''.join(_head(first, kept[0]))}<style>{_STYLE}</style><script>{_FIT}</script></head>"
        '<body><main class="printed bd-content"><article class="bd-article">'
        f"{_title_page(settings, first)}{_contents(contents, articles)}{body}"
        "</article></main></body></html>"
    )


def _text(pages: Path, name: str) -> str:
    return (pages / f"{name}.html").read_text(encoding="utf-8")


def _slug(name: str, fragment: str = "") -> str:
    return "--".join(part for part in (name.replace("/", "-"), fragment) if part)


def _article(pages: Path, name: str, kept: set[str]) -> str:
    """The article of one page: its own names and links made those of the document."""
    article = BeautifulSoup(_text(pages, name), "html.parser").select_one("article.bd-article")
    if article is None:
        raise ValueError(f"{name}.html has no article.")
    for element in article.select(_LEFT_OUT):
        element.decompose()
    for words in article.select(".as-printed-links"):
        _end_before_code(words)
    for link in article.select(".ledger-item p > a:only-child"):
        if link.get_text() == CODE_OF_CLAIM and link.parent is not None:
            link.parent.decompose()
    for details in article.find_all("details"):
        details["open"] = "open"
    for element in article.find_all(True):
        _rename(element, name)
    for link in article.find_all("a", href=True):
        _redirect(link, name, kept)
    for picture in article.find_all("img", src=True):
        source = str(picture["src"])
        if not urlsplit(source).scheme:
            picture["src"] = posixpath.normpath(posixpath.join(posixpath.dirname(name), source))
    for formula in article.select(".math-later"):
        formula["class"] = "math notranslate nohighlight"
    return article.decode_contents()


def _end_before_code(words: Tag) -> None:
    """What stands below a printed statement, without the names of programs that paper does not open."""
    mark = words.find(string=lambda text: "Code:" in str(text))
    if mark is None:
        return
    for after in list(mark.next_siblings):
        after.extract()
    mark.replace_with(str(mark).partition("Code:")[0].rstrip())


def _rename(element: Tag, name: str) -> None:
    if element.get("id"):
        element["id"] = _slug(name, str(element["id"]))
    for attribute in _OWN_ATTRIBUTES:
        if element.get(attribute):
            values = element.get_attribute_list(attribute)
            words = " ".join(str(value) for value in values).split()
            element[attribute] = " ".join(_slug(name, word) for word in words)


def _redirect(link: Tag, name: str, kept: set[str]) -> None:
    """A link to a page of the document leads into it; one to another page is only its words."""
    address = urlsplit(str(link["href"]))
    if address.scheme:
        return
    page = name
    if address.path:
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address.path)))
        page = joined.removesuffix(".html")
    if page in kept:
        link["href"] = "#" + _slug(page, unquote(address.fragment))
    elif not without_code(link):
        link.name = "span"
        del link["href"]


def _head(first: BeautifulSoup, name: str) -> Iterator[str]:
    """The styles of the pages, and what typesets their formulas."""
    up = posixpath.dirname(name)
    for element in first.select("head link[rel=stylesheet], head script"):
        place = "href" if element.name == "link" else "src"
        if element.get(place):
            address = str(element[place])
            if element.name == "script" and not any(name in address for name in _SCRIPTS):
                continue
            element[place] = posixpath.normpath(posixpath.join(up, address.partition("?")[0]))
        elif "window.MathJax" not in element.text:
            continue
        yield str(element)


def _title_page(settings: dict[str, Any], first: BeautifulSoup) -> str:
    footer = first.select_one(".book-foot p")
    details = footer.get_text(" ", strip=True) if footer else ""
    return (
        f'<section class="title-page"><h1>{html.escape(settings["title"])}</h1>'
        f"<p>{html.escape(settings['author'])}</p><p>{html.escape(details)}</p>"
        "<p>Printed from the pages of the book. Left out are the API, code that the pages hide, and "
        "what only that code prints; formulas, findings and solutions are open.</p></section>"
    )


def _contents(contents: dict[str, Any], articles: dict[str, str]) -> str:
    lines = [f"<li>{_entry(contents['root'], articles)}</li>"]
    for part in contents["parts"]:
        chapters = [entry["file"] for entry in part["chapters"] if entry["file"] in articles]
        entries = "".join(f"<li>{_entry(name, articles)}</li>" for name in chapters)
        lines.append(f"<li>{html.escape(part['caption'])}<ul>{entries}</ul></li>")
    return f'<section class="contents"><h1>Contents</h1><ul>{"".join(lines)}</ul></section>'


def _entry(name: str, articles: dict[str, str]) -> str:
    title = BeautifulSoup(articles[name], "html.parser").h1
    words = title.get_text(" ", strip=True) if title else name
    return f'<a href="#{_slug(name)}">{html.escape(words)}</a>'
