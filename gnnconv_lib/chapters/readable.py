"""An executed chapter for readers of notebooks: MyST markup becomes plain Markdown.

JupyterLab knows no roles and no directives. Glued numbers become the numbers, references become
words, statements and exercises become headings in bold, solutions fold, formulas that have a label
have a number, and captions stand below their figures. Code and outputs stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from gnnconv_lib.chapters.names import Names, own_names
from gnnconv_lib.page import banner as banners

__all__ = ["glued", "readable", "with_banner_on_top"]

_FENCE = re.compile(r"^\s*(?P<fence>:{3,}|`{3,})(?:\{(?P<name>[\w:-]+)\}\s*(?P<title>.*))?\s*$")
_OPTION = re.compile(r"^\s*:(?P<name>[\w-]+):\s*(?P<value>.*)$")
_TARGET = re.compile(r"^\([\w:.-]+\)=\s*$")
_ROLE = re.compile(r"\{(?P<name>[\w:-]+)\}`(?P<text>[^`]+)`")
_WITH_TARGET = re.compile(r"(?s)(?P<words>.*?)\s*<(?P<target>[^<>]+)>")
_EQUATION = re.compile(r"\s*\$\$[ \t]*\((?P<label>[\w:.-]+)\)")
_GLUED = "application/papermill.record/text/plain"


def readable(notebook: Any, book: Path | None = None) -> Any:
    """The notebook, changed in place.

    Args:
        notebook: an executed chapter, as `nbformat` has it.
        book: the folder of the book, for the titles of its other pages.
    """
    names = own_names(notebook, Names(book))
    values = glued(notebook)
    roles = _roles(names, values)
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _plain(cell.source, roles, names)
        cells.append(cell)
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if cell.cell_type == "code" and figure.get("name") in names.figures:
            caption = _with_roles(str(figure.get("caption", "")), roles)
            words = f"**Figure {names.figures[figure['name']]}.** {caption}".rstrip()
            cells.append(nbformat.v4.new_markdown_cell(words))
    notebook.cells = cells
    return notebook


def glued(notebook: Any) -> dict[str, str]:
    """The values that `report.glue` kept in an executed notebook, by name."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if name and _GLUED in output.get("data", {}):
                found[str(name)] = str(output["data"][_GLUED]).strip("'")
    return found


def with_banner_on_top(notebook: Any, admonition: bool = False) -> Any:
    """The notebook with its banner, if it has one, below the title; changed in place.

    Args:
        notebook: an executed chapter.
        admonition: whether the page is rendered, and can have a box.
    """
    first = notebook.cells[0]
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = str(output.get("data", {}).get("text/markdown", ""))
            if text.startswith(f"> **{banners.TITLE}**") and first.cell_type == "markdown":
                cell.outputs.remove(output)
                title = re.search(r"^# .+$", first.source, re.MULTILINE)
                place = title.end() if title else 0
                if admonition:
                    words = re.sub(r"(?m)^> ?", "", text).replace(f"**{banners.TITLE}** ", "", 1)
                    title_of_box = banners.TITLE.rstrip(".")
                    text = f":::{{admonition}} {title_of_box}\n:class: warning\n{words}\n:::"
                first.source = f"{first.source[:place]}\n\n{text}\n{first.source[place:]}".strip()
                return notebook
    return notebook


def _roles(names: Names, values: Mapping[str, str]) -> dict[str, Callable[[str, str], str]]:
    """What stands for each role, from the words that it has, if any, and its target."""
    return {
        "glue:": lambda words, target: values.get(target, target),
        "eq": lambda words, target: names.equation(target),
        "numref": lambda words, target: names.figure(target),
        "prf:ref": lambda words, target: words or names.statement(target),
        "doc": lambda words, target: f"*{words or names.page(target)}*",
        "paper": lambda words, target: names.item(target),
        "cite": lambda words, target: names.citation(target),
    }


def _with_roles(text: str, roles: Mapping[str, Callable[[str, str], str]]) -> str:
    def words(found: re.Match[str]) -> str:
        pair = _WITH_TARGET.fullmatch(found["text"])
        shown, target = (pair["words"], pair["target"]) if pair else ("", found["text"])
        role = roles.get(found["name"])
        return role(shown, target) if role else shown or target

    return _ROLE.sub(words, text)


def _plain(text: str, roles: Mapping[str, Callable[[str, str], str]], names: Names) -> str:
    lines = list(_without_directives(text.split("\n")))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    text = _EQUATION.sub(lambda found: f"\n\\tag{{{names.number(found['label'])}}}\n$$", text)
    return _with_roles(text, roles)


def _without_directives(lines: list[str]) -> Iterator[str]:
    """The lines; each directive becomes a title in bold, its text and, for a proof, an end mark."""
    ends: list[tuple[str, str]] = []  # fence, and what stands where it closes
    code = ""
    options = False
    for line in lines:
        found = _FENCE.match(line)
        if options and _OPTION.match(line):
            continue
        options = False
        if code:
            code = "" if found and found["fence"] == code and not found["name"] else code
            yield line
        elif found and found["name"]:
            start, end = _title(found["name"], (found["title"] or "").strip())
            ends.append((found["fence"], end))
            options = True
            yield from ("", start, "")
        elif found and ends and found["fence"] == ends[-1][0]:
            yield from ("", ends.pop()[1], "")
        elif line.lstrip().startswith("```"):
            code = line.lstrip()[: len(line.lstrip()) - len(line.lstrip().lstrip("`"))]
            yield line
        elif not _TARGET.match(line):
            yield line


def _title(name: str, title: str) -> tuple[str, str]:
    """What stands for the first and for the last line of a directive."""
    kind = name.removeprefix("prf:")
    if name == "prf:proof":
        return f"*Proof{f' ({title})' if title else ''}.*", "∎"
    if name.startswith("prf:"):
        return f"**{kind.capitalize()}{f' ({title})' if title else ''}.**", ""
    if name == "dropdown":
        return f"<details><summary>{title or 'More'}</summary>", "</details>"
    return f"**{title or kind.capitalize()}**", ""
