"""What the labels of a chapter stand for, in words, where nothing numbers them.

Figures and formulas of the chapter are counted; statements and other pages have their titles, items
of the ledger their headings, papers their authors and year.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Any

from gnnconv_lib.page import finding
from gnnconv_lib.validation import InvalidInput

__all__ = ["Names", "own_names"]

_STATEMENT = re.compile(
    r"^\s*:{3,}\{prf:(?P<kind>\w+)\}[ \t]*(?P<title>.*)\n(?:\s*:(?!label)\w+:.*\n)*"
    r"\s*:label:\s*(?P<label>\S+)",
    re.MULTILINE,
)
_EQUATION = re.compile(r"\$\$[ \t]*\((?P<label>[\w:.-]+)\)")
_ENTRY = re.compile(r"@\w+\{(?P<key>[^,\s]+),(?P<body>.*?)\n\}", re.DOTALL)
_FIELD = r"\b{}\s*=\s*\{{(.*?)\}}\s*,?\s*$"


class Names:
    """Words for labels.

    Fields:
        figures, equations: their numbers in the chapter, by label.
        statements: kind and title, by label.

    Args:
        book: the folder of the book, for what other pages hold; None for none.
    """

    def __init__(self, book: Path | None = None) -> None:
        self.figures: dict[str, int] = {}
        self.equations: dict[str, int] = {}
        self.statements: dict[str, tuple[str, str]] = {}
        self._book = book

    def number(self, label: str) -> str:
        """The number of a formula."""
        return str(self.equations.get(label, label))

    def equation(self, label: str) -> str:
        """A formula in words: its number, or the page that has it."""
        if label in self.equations:
            return f"({self.equations[label]})"
        return f"a formula of {self._place(label)}"

    def figure(self, label: str) -> str:
        """A figure in words."""
        if label in self.figures:
            return f"Figure {self.figures[label]}"
        return f"a figure of {self._place(label)}"

    def statement(self, label: str) -> str:
        """A statement in words: kind and title, and its page if that is another one."""
        if label in self.statements:
            kind, title = self.statements[label]
            return f"{kind} ({title})" if title else f"the {kind.lower()} of this page"
        return _pages(self._book)[1].get(label, f"a statement of {self._place(label)}")

    def page(self, target: str) -> str:
        """The title of a page that a chapter names by a relative path."""
        name = posixpath.basename(target).removesuffix(".md").removesuffix(".ipynb")
        return _pages(self._book)[0].get(name, name)

    def item(self, identifier: str) -> str:
        """The heading of an item of the ledger."""
        from gnnconv_lib.page.verdicts import ledger_items

        try:
            found = ledger_items(self._book).get(identifier)
        except InvalidInput:
            found = None
        return found.short_heading if found else identifier

    def citation(self, keys: str) -> str:
        """Authors and year of papers, from the bibliography of the book."""
        known = _bibliography(self._book)
        return f"[{'; '.join(known.get(key.strip(), key.strip()) for key in keys.split(','))}]"

    def _place(self, label: str) -> str:
        return _pages(self._book)[1].get(label, "another page")


def own_names(notebook: Any, names: Names) -> Names:
    """`names` with what the notebook itself defines, as JSON or `nbformat` has it."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            for found in _STATEMENT.finditer(text):
                title = re.sub(r"\{[\w:-]+\}`([^`<]*?)\s*(?:<[^`]*)?`", r"\1", found["title"])
                names.statements[found["label"]] = (found["kind"].capitalize(), title.strip())
            for found in _EQUATION.finditer(text):
                names.equations.setdefault(found["label"], len(names.equations) + 1)
        else:
            figure = cell["metadata"].get("mystnb", {}).get("figure", {})
            if figure.get("name"):
                names.figures.setdefault(figure["name"], len(names.figures) + 1)
    return names


@cache
def _pages(book: Path | None) -> tuple[dict[str, str], dict[str, str]]:
    """The titles of all pages by name, and where the labels of all chapters are, in words."""
    titles: dict[str, str] = {}
    places: dict[str, str] = {}
    for path in sorted((book / "book").rglob("*")) if book else []:
        if path.suffix == ".md":
            title = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            titles[path.stem] = title[1].strip() if title else path.stem
        elif path.suffix == ".ipynb" and not path.parent.name.startswith("."):
            titles[path.stem] = here = finding.title(path)
            other = own_names(json.loads(path.read_text(encoding="utf-8")), Names())
            for label, (kind, words) in other.statements.items():
                places[label] = f"{kind}{f' ({words})' if words else ''}, *{here}*"
            for label in (*other.figures, *other.equations):
                places.setdefault(label, f"*{here}*")
    return titles, places


@cache
def _bibliography(book: Path | None) -> dict[str, str]:
    """Authors and year by key."""
    path = (book or Path()) / "book" / "back" / "references.bib"
    text = path.read_text(encoding="utf-8") if book and path.is_file() else ""
    found = {}
    for entry in _ENTRY.finditer(text):
        author, year = (
            re.search(_FIELD.format(name), entry["body"], re.MULTILINE)
            for name in ("author", "year")
        )
        if author and year:
            names = [name.split(",")[0].strip("{} ") for name in author[1].split(" and ")]
            first = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
            found[entry["key"]] = f"{first}, {year[1]}"
    return found
