"""One chapter as one file of HTML, made by what renders the book; for reruns.

The chapter is staged with the settings of the book and with stubs of all other pages, so that
numbers and titles are those of the book. What a browser needs is inside of the file: styles, fonts,
pictures and MathJax. Links to other pages of the book are their words. Digests of figures, which
only tests read, and experiments are left out.
"""

from __future__ import annotations

import base64
import html
import importlib.util
import mimetypes
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.site.staging import page_sources
from gnnconv_lib.site.stubs import WHOLE, stub
from gnnconv_lib.validation import InvalidInput

__all__ = ["page_of_rerun", "require_renderer"]

_LEFT_OUT = (
    "script, .headerlink, .cell.tag_hide-cell, button, .explorer, .experiment, noscript, .paper-notes, "
    ".as-printed-links"
)
_SETTINGS_FOLDERS = ("book/_static", "book/ledger", "book/data")
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
_RENDER = """
import sys
from jupyter_book.sphinx import build_sphinx
stage, output, page = sys.argv[1:]
sys.exit(build_sphinx(stage, output, noconfig=True, path_config=f"{stage}/_config.yml",
    filenames=[page], freshenv=True, quiet=True, confoverrides={"latex_individualpages": False}))
"""


def require_renderer(book: Path) -> None:
    """See before a chapter runs whether it can be rendered afterwards.

    Raises:
        InvalidInput: for a book without settings, and where the renderer is not installed.
    """
    if not (book / "_config.yml").is_file():
        raise InvalidInput(f"a page needs the settings of the book, got no _config.yml in {book}.")
    for package in ("jupyter_book", "mathjax"):
        if importlib.util.find_spec(package) is None:
            raise InvalidInput(
                f"a page needs the package {package}, which is not installed; install "
                "gnnconv-lib[book], or name an output that ends in .ipynb."
            )


def page_of_rerun(notebook: Any, path: Path, book: Path) -> str:
    """The page, in HTML.

    Args:
        notebook: the executed chapter.
        path: the chapter in the book that it is a rerun of.
        book: the folder that holds `_config.yml`, `_toc.yml` and `book/`.

    Raises:
        InvalidInput: where the book has no settings.
        RuntimeError: where the renderer gives no page.
    """
    require_renderer(book)
    source = path.resolve().relative_to(book.resolve())
    with tempfile.TemporaryDirectory(prefix="gnnconv-page-") as folder:
        stage, output = Path(folder) / "stage", Path(folder) / "html"
        _stage(notebook, source, book, stage)
        command = [sys.executable, "-c", _RENDER, str(stage), str(output), str(stage / source)]
        known = os.pathsep.join(entry for entry in sys.path if entry)
        done = subprocess.run(
            command,
            # Some settings of the book are paths from its folder.
            cwd=stage,
            env=os.environ | {"PYTHONPATH": known},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        page = output / source.with_suffix(".html")
        if not page.is_file():
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise RuntimeError(f"the page of {path.stem} was not rendered: {last}")
        return _single_file(page, output)


def _stage(notebook: Any, source: Path, book: Path, stage: Path) -> None:
    settings = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    settings.setdefault("execute", {})["execute_notebooks"] = "off"
    config = settings.setdefault("sphinx", {}).setdefault("config", {})
    config.setdefault("html_context", {})["single_page"] = True
    stage.mkdir(parents=True)
    for name in _SETTINGS_FOLDERS:
        if (book / name).is_dir():
            shutil.copytree(book / name, stage / name)
    for bibliography in settings.get("bibtex_bibfiles", []):
        (stage / bibliography).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(book / bibliography, stage / bibliography)
    sources = page_sources(book)
    for page in sources:
        goal = (stage / page).with_suffix(".md")
        goal.parent.mkdir(parents=True, exist_ok=True)
        if page != source:
            whole = page.with_suffix("").as_posix() in WHOLE
            text = (book / page).read_text(encoding="utf-8") if whole else stub(book / page)
            goal.write_text(text, encoding="utf-8")
    (stage / source).parent.mkdir(parents=True, exist_ok=True)
    notebooks.write(stage / source, notebook)
    contents = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))
    if source not in sources:
        entry = {"file": source.with_suffix("").as_posix()}
        parts = contents.setdefault("parts", []) if "chapters" not in contents else None
        if parts is None:
            contents["chapters"].append(entry)
        else:
            parts.append({"chapters": [entry]})
    for name, values in (("_toc.yml", contents), ("_config.yml", settings)):
        text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
        (stage / name).write_text(text, encoding="utf-8")


def _single_file(page: Path, output: Path) -> str:
    """The article of a rendered page with all that it needs."""
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
    before, after = link.previous_sibling, link.next_sibling
    if link.get_text() == "code" and str(before).endswith("(") and str(after).startswith(")"):
        before.replace_with(str(before)[:-1].rstrip())  # type: ignore[union-attr]
        after.replace_with(str(after)[1:])  # type: ignore[union-attr]
        link.decompose()
        return
    link.name = "span"
    for name in [name for name in link.attrs if name != "class"]:
        del link[name]
    words = [str(name) for name in link.get_attribute_list("class") if name]
    link["class"] = " ".join([*words, "elsewhere"])


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
