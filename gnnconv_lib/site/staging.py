"""The staging copy that pages are rendered from: the book's sources and its settings.

Chapters read nothing from the copy but the pages: what they compute with is found from the book
itself (`finding.find_book`).
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from gnnconv_lib.page.finding import repository_address
from gnnconv_lib.validation import InvalidInput

__all__ = ["API_PAGE", "page_sources", "stage_book"]

API_PAGE = "book/back/api"


def page_sources(root: Path) -> list[Path]:
    """The files that `_toc.yml` names, in the order of the book.

    Args:
        root: the folder that holds `_toc.yml`.

    Returns:
        Paths relative to `root`; notebooks and Markdown files.

    Raises:
        InvalidInput: if there is no `_toc.yml`, or it names a page that does not exist, or one twice.
    """
    contents = root / "_toc.yml"
    if not contents.is_file():
        raise InvalidInput(f"root must be a folder with a _toc.yml, got {str(root)!r}.")
    sources = []
    for name in _page_names(yaml.safe_load(contents.read_text(encoding="utf-8"))):
        found = [
            Path(name + suffix)
            for suffix in (".ipynb", ".md")
            if (root / (name + suffix)).is_file()
        ]
        if not found:
            raise InvalidInput(f"_toc.yml must name existing pages, got {name!r}.")
        if found[0] in sources:
            raise InvalidInput(f"_toc.yml must name each page once, got {name!r} twice.")
        sources.append(found[0])
    return sources


def stage_book(root: Path, stage: Path) -> list[Path]:
    """A copy of the book's sources whose settings leave execution to `build_book`.

    The published address, if `GNNCONV_REPOSITORY_URL` names one, enters the settings here.

    Args:
        root: the folder that holds `_config.yml`, `_toc.yml` and `book/`.
        stage: the folder to fill; what it held is removed.

    Returns:
        The pages, as paths relative to both folders.

    Raises:
        InvalidInput: for a missing page, or an address that is no https URL of a repository.
    """
    sources = page_sources(root)
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    settings.setdefault("execute", {})["execute_notebooks"] = "off"
    context = (
        settings.setdefault("sphinx", {}).setdefault("config", {}).setdefault("html_context", {})
    )
    context["commit"] = _commit(root)
    _add_repository(settings, repository_address())
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    for folder in sorted({source.parts[0] for source in sources if len(source.parts) > 1}):
        ignore = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        shutil.copytree(root / folder, stage / folder, ignore=ignore)
    for source in sources:
        if len(source.parts) == 1:
            shutil.copyfile(root / source, stage / source)
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    _split_api(contents, stage)
    (stage / "_toc.yml").write_text(yaml.safe_dump(contents, sort_keys=False), encoding="utf-8")
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    (stage / "_config.yml").write_text(text, encoding="utf-8")
    return sources


def _split_api(contents: Any, stage: Path) -> None:
    """Below the page of the API one page for each module, where the book has such a page."""
    if isinstance(contents, list):
        for value in contents:
            _split_api(value, stage)
    elif isinstance(contents, dict):
        if contents.get("file") == API_PAGE:
            from gnnconv_lib.site.api_page import api_pages

            (stage / API_PAGE).mkdir()
            pages = api_pages()
            for name, text in pages.items():
                (stage / API_PAGE / f"{name}.md").write_text(text + "\n", encoding="utf-8")
            contents["sections"] = [{"file": f"{API_PAGE}/{name}"} for name in pages]
        for value in contents.values():
            _split_api(value, stage)


def _commit(root: Path) -> str:
    """The commit of the book's sources; empty where there is none."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=+", "--abbrev=10"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


def _page_names(contents: Any) -> Iterator[str]:
    if isinstance(contents, dict):
        for key in ("root", "file"):
            if key in contents:
                yield str(contents[key])
        for value in contents.values():
            yield from _page_names(value)
    elif isinstance(contents, list):
        for value in contents:
            yield from _page_names(value)


def _add_repository(settings: dict[str, Any], url: str) -> None:
    if not url:
        return
    settings.setdefault("repository", {})["url"] = url
    html = settings.setdefault("html", {})
    html["use_repository_button"] = True
    html["use_issues_button"] = True
    settings["launch_buttons"] = {
        "notebook_interface": "jupyterlab",
        "binderhub_url": "https://mybinder.org",
    }
