"""One rendered page as one file: styles, fonts, pictures and MathJax are inside of it.

Links to other pages of the book are their words. Hidden cells and
what needs the scripts of the book are left out.
"""

from __future__ import annotations

import base64
import html
import importlib.util
import mimetypes
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

__all__ = ["single_file", "without_code"]

_LEFT_OUT = (
    "script, .headerlink, .cell.tag_hide-cell, button, .explorer, .experiment, noscript, .paper-notes, "
    ".as-printed-links, .figure-data"
)
# SVG needs no font files, which a single file could not hold.
_MATHJAX = "tex-svg-full.js"
_SCRIPTS = ("fit-formulas.js", "later-formulas.js")
_STYLE = """
body { display: block; }
.rerun { box-sizing: border-box; width: 100%; max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.5rem 4rem; }
.rerun.bd-content { display: block; }
.rerun .bd-article { max-width: 100%; padding: 0; }
.rerun img { max-width: 100%; height: auto; }
"""


def single_file(page: Path, output: Path) -> str:
    """The article of a rendered page with all that it needs, in HTML.

    Args:
        page: the file of the rendered page.
        output: the folder of the rendered pages.

    Raises:
        RuntimeError: for a page without an article.
    """
    whole = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    article = whole.select_one("article.bd-article")
    if article is None:
        raise RuntimeError(f"{page.name} has no article.")
    for element in article.select(_LEFT_OUT):
        element.decompose()
    for link in article.find_all("a", href=True):
        _stay_here(link)
    for picture in article.find_all("img", src=True):
        address = str(picture["src"])
        if not urlsplit(address).scheme:
            picture["src"] = _data_address(page.parent / unquote(address))
    title = whole.title.get_text(" ", strip=True) if whole.title else page.stem
    return (
        '<!DOCTYPE html>\n<html lang="en" data-theme="light" data-mode="light"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title>{''.join(_head(whole, page))}"
        f"<style>{_STYLE}</style>{''.join(_scripts(output))}</head>"
        '<body><main class="rerun bd-content"><article class="bd-article">'
        f"{article.decode_contents()}</article></main></body></html>\n"
    )


def _stay_here(link: Tag) -> None:
    """Links within the page and to the network stay; one to another page is only its words."""
    address = urlsplit(str(link["href"]))
    if address.scheme or not address.path:
        return
    if without_code(link):
        return
    link.name = "span"
    for name in [name for name in link.attrs if name != "class"]:
        del link[name]
    words = [str(name) for name in link.get_attribute_list("class") if name]
    link["class"] = " ".join([*words, "elsewhere"])


def without_code(link: Tag) -> bool:
    """Take a link "(code)" out with its brackets; whether it was one."""
    before, after = link.previous_sibling, link.next_sibling
    if link.get_text() != "code" or not str(before).endswith("(") or str(after)[:1] != ")":
        return False
    before.replace_with(str(before)[:-1].rstrip())  # type: ignore[union-attr]
    after.replace_with(str(after)[1:])  # type: ignore[union-attr]
    link.decompose()
    return True


def _head(whole: BeautifulSoup, page: Path) -> Iterator[str]:
    """The styles of the page, and the settings of MathJax."""
    for element in whole.select("head link[rel=stylesheet], head style, head script"):
        if element.name == "link":
            address = urlsplit(str(element["href"]))
            file = page.parent / unquote(address.path)
            if not address.scheme and file.is_file():
                yield f"<style>{_with_fonts(file)}</style>"
        elif element.name == "style" or "window.MathJax" in element.text:
            yield str(element)


def _with_fonts(style: Path) -> str:
    """A style sheet whose files are inside of it; what is missing or old-fashioned is left out."""

    def inside(found: re.Match[str]) -> str:
        address = found[1].strip("'\"")
        if address.startswith(("data:", "#")):
            return found[0]
        file = style.parent / posixpath.normpath(urlsplit(address).path)
        wanted = file.suffix in (".woff2", ".svg", ".png") and file.is_file()
        return f'url("{_data_address(file)}")' if wanted else 'url("data:,")'

    text = style.read_text(encoding="utf-8")
    return re.sub(r"url\(([^)]*)\)", inside, text).replace("</style", "<\\/style")


def _scripts(output: Path) -> Iterator[str]:
    package = importlib.util.find_spec("mathjax")
    origin = Path(package.origin or "").parent if package else Path()
    files = [origin / "static" / "mathjax" / "es5" / _MATHJAX]
    files += [output / "_static" / name for name in _SCRIPTS]
    for file in files:
        if file.is_file():
            text = file.read_text(encoding="utf-8").replace("</script", "<\\/script")
            yield f"<script>{text}</script>"


def _data_address(file: Path) -> str:
    kind = "font/woff2" if file.suffix == ".woff2" else mimetypes.guess_type(file.name)[0]
    content = base64.b64encode(file.read_bytes()).decode()
    return f"data:{kind or 'application/octet-stream'};base64,{content}"
