"""What one page needs of the others: their titles, labels and numbers, without their content.

A rerun renders a single chapter. Its references to other pages keep their words and numbers when
each of those pages is reduced to what can be referred to, in the order in which it is numbered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["WHOLE", "stub"]

#: Pages that are kept as they are: entries of the glossary, and of the bibliography.
WHOLE = ("book/back/glossary", "book/back/references")
#: What a figure of another page shows: nothing of it is rendered.
_PICTURE = "/book/_static/favicon.svg"

_FENCE = re.compile(r"^\s*(?P<fence>`{3,}|:{3,})(?:\{(?P<name>[\w:-]+)\}\s*(?P<title>.*))?")
_TARGET = re.compile(r"^\([\w:.-]+\)=\s*$")
_HEADING = re.compile(r"^#{1,4} \S")
_LABEL = re.compile(r"^\s*:label:\s*(\S+)\s*$")
_EQUATION = re.compile(r"^\s*.*\$\$\s*\((?P<label>[\w:.-]+)\)\s*$")
_ROLE = re.compile(r"\{[\w:-]+\}`(?:([^`<]*?)\s*<[^`>]*>|([^`]*))`")


def stub(path: Path) -> str:
    """The Markdown that stands for a page.

    Args:
        path: a chapter (`.ipynb`) or a page in Markdown.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return "\n".join(_kept(text)) + "\n"
    lines: list[str] = []
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "markdown":
            lines += _kept("".join(cell["source"]))
        else:
            figure = cell["metadata"].get("mystnb", {}).get("figure", {})
            if figure.get("name"):
                lines += [
                    f"```{{figure}} {_PICTURE}",
                    f":name: {figure['name']}",
                    "",
                    "Elsewhere.",
                    "```",
                ]
                lines.append("")
    return "\n".join(lines) + "\n"


def _kept(text: str) -> Iterator[str]:
    """Headings, targets, numbered statements and labelled formulas of a Markdown text."""
    statement: list[str] = []
    code = ""
    for line in text.splitlines():
        fence = _FENCE.match(line)
        if code:
            code = "" if fence and fence["fence"] == code and not fence["name"] else code
        elif fence and fence["fence"].startswith("`") and not fence["name"]:
            code = fence["fence"]
        elif fence and (fence["name"] or "").startswith("prf:") and fence["name"] != "prf:proof":
            statement = [f":::{{{fence['name']}}} {_plain(fence['title'])}".rstrip()]
        elif statement and (label := _LABEL.match(line)):
            statement.append(f":label: {label[1]}")
        elif statement and not line.strip().startswith(":"):
            yield from (*statement, "", "Elsewhere.", ":::", "")
            statement = []
        elif _TARGET.match(line):
            yield line
        elif _HEADING.match(line):
            yield from (_plain(line), "")
        if not code and (equation := _EQUATION.match(line)):
            yield from ("$$", "0", f"$$ ({equation['label']})", "")


def _plain(text: str) -> str:
    """A title without roles, whose targets lie elsewhere.

    >>> _plain("The bound of {doc}`another page <other>`")
    'The bound of another page'
    """
    return _ROLE.sub(lambda found: found[1] or found[2] or "", text)
