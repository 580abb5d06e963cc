"""What the chapters judge: the items of their verdict tables, with what the stored outputs say.

The table of a chapter is an output, so it is what the checks found when the chapter ran. Which
items its rows are is read from the call itself; that both agree is checked here.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gnnconv_lib import ledger
from gnnconv_lib.site.reader.statements import statements
from gnnconv_lib.validation import InvalidInput

__all__ = [
    "HEADINGS",
    "Judged",
    "book_judges",
    "judged_in",
    "judged_statements",
    "named_items",
    "table_output",
]

HEADINGS = ("item", "claim", "evidence", "verdict", "found")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Judged:
    """A row of a verdict table.

    Fields:
        item: the id of the item.
        strength: the kind of evidence, empty for an item without claims.
        verdict: one of `ledger.VERDICTS`.
        found: what the checks found, in words.
    """

    item: str
    strength: str
    verdict: str
    found: str


def named_items(source: str, items: dict[str, ledger.Item]) -> list[str] | None:
    """The ids that a cell gives to `verdict_table`; None for a cell without such a call.

    Args:
        source: the text of the cell.
        items: the items of the ledgers, which a call may select from.

    >>> named_items('report.verdict_table([f"a:eq-{k}" for k in (1, 2)])', {})
    ['a:eq-1', 'a:eq-2']
    >>> named_items("report.show('verdict', 1)", {})
    """
    if "verdict_table" not in source:
        return None
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("verdict_table"):
            expression = compile(ast.Expression(node.args[0]), "cell", "eval")
            return list(eval(expression, {"ledger_items": lambda: items}))
    return None


def table_output(cell: dict[str, Any]) -> dict[str, Any] | None:
    """The output of a cell that holds a verdict table."""
    for output in cell.get("outputs", ()):
        text = "".join(output.get("data", {}).get("text/markdown", ""))
        if tuple(_cells(text.split("\n")[0])) == HEADINGS:
            return dict(output)
    return None


def judged_in(cell: dict[str, Any], items: dict[str, ledger.Item]) -> list[Judged] | None:
    """The rows of a cell's verdict table; None for a cell without one.

    Raises:
        InvalidInput: for rows that are not the items of the call, and a verdict that is not the
            ledger's.
    """
    names = named_items("".join(cell["source"]), items) if cell["cell_type"] == "code" else None
    output = table_output(cell) if names is not None else None
    if names is None or output is None:
        return None
    rows = "".join(output["data"]["text/markdown"]).strip().split("\n")[2:]
    if len(rows) != len(names):
        raise InvalidInput(
            f"a verdict table must have one row for each item, got {len(rows)} rows for "
            f"{len(names)} items; the chapter must be executed again."
        )
    return [_row(_cells(row), items[name]) for row, name in zip(rows, names, strict=True)]


def book_judges(book: Path) -> dict[str, Judged]:
    """The rows of all verdict tables of the book by item; of several rows, the first.

    Args:
        book: the folder that holds `book/`.
    """
    items = statements(book)
    found: dict[str, Judged] = {}
    for path in sorted((book / "book").rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for row in judged_in(cell, items) or ():
                found.setdefault(row.item, row)
    return found


def judged_statements(app: Any) -> dict[str, Judged]:
    """What `book_judges` finds, once for each build.

    Args:
        app: the Sphinx application.
    """
    known: dict[str, Judged] | None = getattr(app, "judged_statements", None)
    if known is None:
        known = book_judges(Path(app.srcdir))
        app.judged_statements = known
    return known


def _row(cells: list[str], item: ledger.Item) -> Judged:
    _, _, strength, shown, found = cells
    by_badge = {badge: verdict for verdict, (badge, _) in ledger.BADGES.items()}
    if by_badge.get(shown) != item.verdict:
        raise InvalidInput(
            f"{item.id}: the ledger says {item.verdict!r}, the stored table {shown!r}; "
            f"the chapter must be executed again."
        )
    return Judged(item.id, "" if strength == "-" else strength, item.verdict, found)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(inner)]
