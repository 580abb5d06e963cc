"""The headers of a table, said to who cannot see it: of columns, and of rows whose first cell names them."""

from __future__ import annotations

import html
import re

__all__ = ["with_headers"]

_TABLE = re.compile(r"(<table\b[^>]*>)(.*?)(</table>)", re.DOTALL)
_HEAD = re.compile(r"<thead\b[^>]*>(.*?)</thead>", re.DOTALL)
_BODY = re.compile(r"<tbody\b[^>]*>.*?</tbody>", re.DOTALL)
_HEADER = re.compile(r"<th\b(?![^>]*\bscope=)")
_FIRST = re.compile(
    r"(?P<row><tr\b[^>]*>\s*)<td\b(?P<attributes>[^>]*)>(?P<cell>.*?)</td>", re.DOTALL
)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def with_headers(body: str) -> str:
    """The HTML of a page whose tables say what their headers are for.

    A header of the head is one of its column. The first cell of a row is its header where the first
    column has a heading and no text in it stands twice or is missing.

    >>> table = "<table><thead><tr><th>n</th><th>A</th></tr></thead><tbody>{}</tbody></table>"
    >>> with_headers(table.format("<tr><td>1</td><td>2</td></tr>")).partition("</thead>")[2]
    '<tbody><tr><th scope="row">1</th><td>2</td></tr></tbody></table>'
    >>> with_headers(table.format("<tr><td></td><td>2</td></tr>")).partition("</thead>")[2]
    '<tbody><tr><td></td><td>2</td></tr></tbody></table>'
    """
    return _TABLE.sub(lambda found: found[1] + _table(found[2]) + found[3], body)


def _table(content: str) -> str:
    head, rows = _HEAD.search(content), _BODY.search(content)
    if head is None or rows is None or "<table" in content:
        return content
    columns = [_text(found[1]) for found in _CELL.finditer(head[1])]
    named = [_text(found["cell"]) for found in _FIRST.finditer(rows[0])]
    shown = rows[0]
    if columns[:1] != [""] and len(columns) > 1 and all(named) and len(set(named)) == len(named):
        shown = _FIRST.sub(r'\g<row><th scope="row"\g<attributes>>\g<cell></th>', shown)
    scoped = _HEADER.sub('<th scope="col"', head[0])
    return content.replace(head[0], scoped, 1).replace(rows[0], shown, 1)


def _text(cell: str) -> str:
    return html.unescape(_TAG.sub("", cell)).strip()
