"""The book's Sphinx extension: formulas without a third party, generated pages, plain docstrings.

It serves MathJax with the pages, fills the pages `book/back/api`, `book/back/status` and
`book/back/what-is-trusted`, and lets formulas in docstrings be plain text.
"""

from __future__ import annotations

import importlib.util
import inspect
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from gnnconv_lib.proofs.page import theorems_text
from gnnconv_lib.site.api_page import api_text, protect_formulas
from gnnconv_lib.site.code_pages import SharedContents, code_pages
from gnnconv_lib.site.numbered_proofs import NumberedProof
from gnnconv_lib.site.readings_page import readings_text
from gnnconv_lib.site.status_page import status_text

__all__ = ["GENERATED_PAGES", "setup"]

GENERATED_PAGES = {
    "book/back/api": "<!-- modules -->",
    "book/back/source-and-readings": "<!-- readings -->",
    "book/back/status": "<!-- status -->",
    "book/back/what-is-trusted": "<!-- theorems -->",
}

# What a page can ask for: the component itself, TeX extensions loaded on demand, the fonts, and
# the menu with its accessibility tools. The package also holds other input and output formats.
MATHJAX_PARTS = (
    "tex-chtml.js",
    "a11y",
    "input/tex/extensions",
    "output/chtml/fonts/woff-v2",
    "sre/mathmaps/base.json",
    "sre/mathmaps/en.json",
    "sre/mathmaps/nemeth.json",
    "ui",
)


def setup(app: Sphinx) -> dict[str, Any]:
    """The entry point that Sphinx calls.

    Args:
        app: the running application.

    Returns:
        The extension's metadata.
    """
    app.setup_extension("sphinx_proof")
    app.add_directive_to_domain("prf", "proof", NumberedProof, override=True)
    app.connect("config-inited", _point_to_local_mathjax)
    app.connect("env-get-outdated", _generated_pages_are_outdated)
    app.connect("source-read", _fill_generated_page)
    app.connect("html-collect-pages", code_pages)
    app.connect("html-page-context", SharedContents())
    # Before napoleon (500), which would read `*` at the start of a name as markup.
    app.connect("autodoc-process-docstring", _protect_docstring, priority=400)
    app.connect("autodoc-skip-member", _skip_fields)
    app.connect("build-finished", _copy_mathjax)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _point_to_local_mathjax(app: Sphinx, config: Config) -> None:
    config.mathjax_path = "mathjax/tex-chtml.js"
    # A page with 400 formulas would have 400 tab stops. Those that scroll get one (`fit-formulas.js`).
    settings = dict(config.mathjax3_config or {})
    options = dict(settings.get("options", {}))
    config.mathjax3_config = settings | {
        "options": options | {"menuOptions": {"settings": {"inTabOrder": False}}}
    }


def _generated_pages_are_outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    return [name for name in GENERATED_PAGES if name in env.found_docs]


def _fill_generated_page(app: Sphinx, name: str, source: list[str]) -> None:
    marker = GENERATED_PAGES.get(name)
    if marker is None or app.config.html_context.get("single_page"):
        return
    if marker not in source[0]:
        raise ExtensionError(f"{name} must contain the line {marker}.")
    if name == "book/back/api":
        split = (Path(app.srcdir) / name).is_dir()
        text = "```{tableofcontents}\n```" if split else api_text()
    elif name == "book/back/source-and-readings":
        text = readings_text(Path(app.srcdir))
    elif name == "book/back/what-is-trusted":
        text = theorems_text(Path(app.srcdir))
    else:
        text = status_text(Path(app.srcdir), app.config.nb_execution_mode != "off")
    source[0] = source[0].replace(marker, text)


def _protect_docstring(
    app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]
) -> None:
    if what == "data" and "\n".join(lines).strip() == (inspect.getdoc(type(value)) or "").strip():
        # A constant without words of its own would show those of its type.
        lines.clear()
    lines[:] = protect_formulas(lines)
    if what in ("attribute", "data", "property"):
        # On a first line napoleon would read what stands before a colon as a type; an empty
        # comment shows nothing.
        lines[:0] = ["..", ""]


def _skip_fields(
    app: Sphinx, what: str, name: str, value: Any, skip: bool, options: Any
) -> bool | None:
    """The fields of a named tuple stand with their class."""
    return True if (inspect.getdoc(value) or "").startswith("Alias for field number") else None


def _copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    # Found and not imported: the carrier is made for Django, and needs nothing of it here.
    package = importlib.util.find_spec("mathjax")
    origin = Path(package.origin or "").parent / "static" / "mathjax" / "es5" if package else None
    if origin is None or not origin.is_dir():
        raise ExtensionError("The package django-static-mathjax is not installed.")
    target = Path(app.outdir) / "_static" / "mathjax"
    for part in MATHJAX_PARTS:
        source = origin / part
        if source.is_dir():
            shutil.copytree(source, target / part, dirs_exist_ok=True)
        else:
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / part)
