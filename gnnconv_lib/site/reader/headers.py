"""The parts of a table, said to who cannot see it: headers of columns, of rows whose first cell names them.

On a phone a table is laid out as blocks, and a browser then no longer says that it is one: every part
carries its role.
"""

from __future__ import annotations

import html
import re

__all__ = ["with_headers", "with_roles"]

_TABLE = re.compile(r"(<table\b[^>]*>)(.*?)(</table>)", re.DOTALL)
_HEAD = re.compile(r"<thead\b[^>]*>(.*?)</thead>", re.DOTALL)
_BODY = re.compile(r"<tbody\b[^>]*>.*?</tbody>", re.DOTALL)
_HEADER = re.compile(r"<th\b(?![^>]*\bscope=)")
_FIRST = re.compile(
    r"(?P<row><tr\b[^>]*>\s*)<td\b(?P<attributes>[^>]*)>(?P<cell>.*?)</td>", re.DOTALL
)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PART = re.compile(r"<(?P<tag>table|thead|tbody|tfoot|tr|th|td)\b(?P<attributes>[^>]*)>")
_ROLES = {"table": "table", "tr": "row", "td": "cell"}
_ROLES |= dict.fromkeys(("thead", "tbody", "tfoot"), "rowgroup")


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


def with_roles(body: str) -> str:
    """The HTML of a page whose tables say by roles what each part is, however it is laid out.

    Sphinx lays out its indexes in tables of the class `indextable`, which are none.

    >>> with_roles('<table><tr><th scope="row">n</th><td>1</td></tr></table>')[:48]
    '<table role="table"><tr role="row"><th scope="ro'
    """
    return _TABLE.sub(lambda found: _PART.sub(_with_role, found[0]), body)


def _with_role(found: re.Match[str]) -> str:
    tag, attributes = found["tag"], found["attributes"]
    if "role=" in attributes or "indextable" in attributes:
        return found[0]
    header = "rowheader" if 'scope="row"' in attributes else "columnheader"
    return f'<{tag}{attributes} role="{_ROLES.get(tag, header)}">'


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
