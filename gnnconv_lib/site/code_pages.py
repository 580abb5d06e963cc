"""Pages with the code of the claims: from a ledger item one click leads to what decides it.

Each module of the audit is shown with an anchor per claim; the ids in it lead back to the ledger.
"""

from __future__ import annotations

import ast
import html
import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gnnconv_lib import audit
from gnnconv_lib.ledger.code import FOLDER, place
from gnnconv_lib.site.reader.elements import LEDGER_PAGE

__all__ = ["SharedContents", "code_body", "code_pages"]

_ID = re.compile(r"\b((?:awasthi2021|li2021|companion):[a-z0-9]+(?:-[a-z0-9]+)+)")


def code_body(text: str, back: str = "../") -> str:
    """Highlighted Python source with an anchor before each function.

    Args:
        text: the source of a module.
        back: the way from its page to the top of the pages.

    >>> 'id="f"' in code_body("def f():\\n    return 1\\n")
    True
    """
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    shown = highlight(text, PythonLexer(), HtmlFormatter(linespans="line", wrapcode=True))
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(entry.lineno for entry in node.decorator_list)])
            line = f'<span id="line-{first}">'
            shown = shown.replace(line, f'<span class="anchor" id="{node.name}"></span>{line}')
    ledger = f"{back}{LEDGER_PAGE}.html"

    def link(found: re.Match[str]) -> str:
        anchor = found[1].replace(":", "-")
        return f'<a href="{ledger}#{anchor}">{html.escape(found[1])}</a>'

    return _ID.sub(link, shown)


def code_pages(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    """What Sphinx asks for: name, content and template of each page with code.

    A book without the ledger, or a single page, has no links to them, and none of them.
    """
    if LEDGER_PAGE not in app.env.found_docs or app.config.html_context.get("single_page"):
        return
    for found in pkgutil.walk_packages(audit.__path__, f"{audit.__name__}."):
        spec = importlib.util.find_spec(found.name)
        if found.ispkg or spec is None or spec.origin is None:
            continue
        text = Path(spec.origin).read_text(encoding="utf-8")
        path = place(found.name)
        back = "../" * (path.count("/") + 1)
        body = f"<h1><code>{found.name}</code></h1>\n{code_body(text, back)}"
        yield f"{FOLDER}/{path}", {"title": found.name, "body": body}, "page.html"


class SharedContents:
    """The book's contents in the side bar of the pages with code, made once for each depth.

    The contents name none of these pages, so they differ by the way to the top alone. Sphinx would
    resolve the whole tree for each, which takes longer than the pages themselves.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], str] = {}

    def __call__(
        self, app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
    ) -> None:
        """Put the shared contents into what the page's template is given."""
        if not pagename.startswith(f"{FOLDER}/"):
            return
        make = context["toctree"]

        def contents(**options: Any) -> str:
            key = (pagename.count("/"), *sorted(options.items()))
            if key not in self._made:
                self._made[key] = make(**options)
            return self._made[key]

        context["toctree"] = contents
