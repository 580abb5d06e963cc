"""Everything that a chapter prints: single numbers, tables, numbers in prose, figures.

All of it goes through `rounding.as_text`, so that a stored output is the same text on every CPU
type. What is displayed is Markdown with a plain-text twin; both are compared on every test run.
The unrounded values go to whoever sweeps the chapter (`results`).

Book page: `book/two-papers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gnnconv_lib.page import figure_data, results
from gnnconv_lib.page.rounding import AtMost, as_text
from gnnconv_lib.validation import InvalidInput

__all__ = ["AtMost", "Text", "agree", "drawn", "glue", "result", "show", "table", "verdict_table"]


class Text:
    """A piece of Markdown with its plain-text twin, as a notebook displays it."""

    def __init__(self, plain: str, markdown: str | None = None) -> None:
        self.plain = plain
        self.markdown = markdown

    def __repr__(self) -> str:
        return self.plain

    def _repr_markdown_(self) -> str | None:
        return self.markdown


def result(name: str, value: Any) -> None:
    """Give `value` to a sweep under `name`, with all its digits, and print nothing.

    Args:
        name: the heading in the sweep's tables.
        value: a number, a bool or a text such as `diverged`.

    Raises:
        InvalidInput: for NaN, infinities, arrays and other objects.

    >>> result("steps to 1e-08", 148.5)
    """
    as_text(value)
    results.keep(name, value)


def show(name: str, value: Any, digits: int = 4, zero: float = 0.0) -> None:
    """Print one line `name = value`, rounded.

    A flat sequence is printed entry by entry. NaN and infinities are refused.

    >>> show("A", 8.000000000000002)
    A = 8
    >>> show("roots", [0.5, 1 / 3], digits=2)
    roots = 0.5, 0.33
    >>> show("error", AtMost(2e-16, 1e-12))
    error <= 1e-12
    """
    if not isinstance(value, str) and getattr(value, "ndim", 0 if not _is_list(value) else 1) == 1:
        text = ", ".join(as_text(entry, digits, zero) for entry in value)
        results.keep_table(name, [""], [[entry] for entry in value])
    else:
        text = as_text(value, digits, zero)
        results.keep(name, value)
    print(f"{name} {text}" if isinstance(value, AtMost) else f"{name} = {text}")


def agree(name: str, value: Any, reference: Any, tolerance: float, digits: int = 4) -> None:
    """Check `|value - reference| <= tolerance * max(1, |reference|)` and print the outcome.

    Raises:
        InvalidInput: when the two do not agree; the cell, and with it the build, fails.

    >>> agree("loss", 0.25 + 1e-15, 0.25, 1e-12)
    loss = 0.25 (two routes agree to 1e-12)
    >>> agree("loss", 0.3, 0.25, 1e-12)
    Traceback (most recent call last):
    ...
    gnnconv_lib.validation.InvalidInput: loss must agree to 1e-12 with 0.25, got 0.3.
    """
    ours, theirs = float(value), float(reference)
    if not abs(ours - theirs) <= tolerance * max(1.0, abs(theirs)):
        raise InvalidInput(
            f"{name} must agree to {tolerance:g} with {theirs:.12g}, got {ours:.12g}."
        )
    # The reference is printed: within the tolerance it stands for both.
    print(f"{name} = {as_text(theirs, digits)} (two routes agree to {tolerance:g})")
    results.keep(name, ours)


def table(
    rows: Sequence[Sequence[Any] | Mapping[str, Any]],
    columns: Sequence[str],
    digits: int | Mapping[str, int] = 4,
    zero: float = 0.0,
    name: str = "table",
) -> Text:
    """A table of `rows` under `columns`, rounded; return it as the last line of a cell.

    Args:
        rows: one sequence, or one mapping from column to value, per row. Strings may hold Markdown
            and `$formulas$`; a `|` in them is escaped. `"-"` stands for a number that there is not.
        columns: the headings.
        digits: significant digits, for all columns or by heading.
        zero: numbers of at most this absolute value are printed as 0.
        name: under which a sweep finds it; the page does not show it. Empty: not for sweeps.

    Raises:
        InvalidInput: for NaN, infinities, rows of the wrong length, unknown headings.

    >>> table([["star", 3, 0.5], ["path", 12, 2 / 3]], ["graph", "nodes", "overlap"], digits=2)
    graph  nodes  overlap
    -----  -----  -------
    star       3      0.5
    path      12     0.67
    """
    headings = [str(c) for c in columns]
    per_column = _digits_by_column(headings, digits)
    cells: list[list[str]] = []
    unrounded = [_row_values(row, headings, index) for index, row in enumerate(rows)]
    for values in unrounded:
        cells.append([as_text(v, d, zero) for v, d in zip(values, per_column, strict=True)])
    numeric = [_is_numeric(column) for column in zip(*unrounded, strict=True)]
    numeric = numeric or [True] * len(headings)
    if name:
        results.keep_table(name, headings, unrounded)
    return Text(_plain_table(headings, cells, numeric), _markdown_table(headings, cells, numeric))


def drawn(figure: Any, name: str, digits: int = 6) -> None:
    """Hand over the data of a figure, which are compared in place of the picture; print nothing.

    Whoever executes the chapter compares all points of all series with the stored ones, and the
    page offers them for download (`figure_data`).

    Args:
        figure: a Matplotlib figure, when it is complete.
        name: its name, as in the metadata of its cell.
        digits: two runs may differ by 10^-digits of the extent of a series, on a logarithmic axis by
            that part of each value.

    Raises:
        InvalidInput: for another name, a figure without data, values that are NaN or infinite.
    """
    figure_data.keep(figure, name, digits)


def glue(name: str, value: Any, digits: int = 4, zero: float = 0.0) -> None:
    """Keep a rounded number under `name`, for use in prose with the role `glue`.

    Outside of a notebook there is no prose.
    """
    text = Text(as_text(value, digits, zero))
    results.keep(name, value)
    from IPython import get_ipython

    if get_ipython() is None:
        return
    from myst_nb import glue as myst_glue

    myst_glue(name, text, display=False)


def verdict_table(items: Sequence[str], budget: str = "quick") -> Text:
    """Run the checks of the ledger's `items` now and show their verdicts.

    Args:
        items: ledger ids such as `"awasthi2021:eq-13"`.
        budget: `"quick"` or `"full"`.

    Columns: item, claim, kind of evidence, verdict, what the check found.

    Raises:
        InvalidInput: for an id that the ledger lacks.
    """
    from gnnconv_lib.page.verdicts import verdict_rows

    columns = ["item", "claim", "evidence", "verdict", "found"]
    return table(verdict_rows(items, budget), columns, name="")


def _is_numeric(column: Sequence[Any]) -> bool:
    """Whether a column holds numbers, some of which may be missing."""
    words = [value for value in column if isinstance(value, str)]
    return not words or (set(words) == {"-"} and len(words) < len(column))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _digits_by_column(headings: list[str], digits: int | Mapping[str, int]) -> list[int]:
    if isinstance(digits, Mapping):
        unknown = sorted(set(digits) - set(headings))
        if unknown:
            raise InvalidInput(f"digits must name columns of the table, got {unknown[0]!r}.")
        return [int(digits.get(heading, 4)) for heading in headings]
    return [int(digits)] * len(headings)


def _row_values(
    row: Sequence[Any] | Mapping[str, Any], headings: list[str], index: int
) -> list[Any]:
    if isinstance(row, Mapping):
        if set(row) != set(headings):
            raise InvalidInput(
                f"rows must have the columns {', '.join(headings)}, got {', '.join(map(str, row))} "
                f"in row {index}."
            )
        return [row[heading] for heading in headings]
    if len(row) != len(headings):
        raise InvalidInput(
            f"rows must have {len(headings)} entries each, got {len(row)} in row {index}."
        )
    return list(row)


def _plain_table(headings: list[str], cells: list[list[str]], numeric: list[bool]) -> str:
    widths = [max(len(text) for text in column) for column in zip(headings, *cells, strict=True)]
    lines = [headings, ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def _markdown_table(headings: list[str], cells: list[list[str]], numeric: list[bool]) -> str:
    def line(texts: Sequence[str]) -> str:
        return "| " + " | ".join(t.replace("|", "\\|").replace("\n", " ") for t in texts) + " |"

    rules = ["---:" if right else ":---" for right in numeric]
    return "\n".join([line(headings), line(rules), *(line(row) for row in cells)])
