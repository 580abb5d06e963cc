"""One chapter as one file of HTML, made by what renders the book; for reruns.

The chapter is staged with the settings of the book and with stubs of all other pages, so that
numbers and titles are those of the book. What a browser needs is inside of the file: styles, fonts,
pictures and MathJax. Links to other pages of the book are their words. Hidden cells and experiments
are left out.
"""

from __future__ import annotations

import copy
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.site.single_file import single_file
from gnnconv_lib.site.staging import page_sources
from gnnconv_lib.site.stubs import WHOLE, stub
from gnnconv_lib.validation import InvalidInput

__all__ = ["page_of_rerun", "require_renderer"]

_SETTINGS_FOLDERS = ("book/_static", "book/ledger", "book/data")
_LINK = re.compile(r"\]\(([\w./-]+\.ipynb)(#[\w:.-]*)?\)")
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
        return single_file(page, output)


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
    notebooks.write(stage / source, _to_stubs(notebook, source.name))
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


def _to_stubs(notebook: Any, own: str) -> Any:
    """The notebook with its links to other chapters, in text and tables, led to their stubs."""

    def lead(text: str) -> str:
        return _LINK.sub(
            lambda found: (
                found[0] if found[1].endswith(own) else f"]({found[1][:-6]}.md{found[2] or ''})"
            ),
            text,
        )

    changed = copy.deepcopy(notebook)
    for cell in changed.cells:
        if cell.cell_type == "markdown":
            cell.source = lead(cell.source)
        for output in cell.get("outputs", []):
            if isinstance(output.get("data", {}).get("text/markdown"), str):
                output.data["text/markdown"] = lead(output.data["text/markdown"])
    return changed
