"""What the README says of the findings: the counts, the five findings and the picture, from the ledger.

`python -m gnnconv_lib.site.readme` writes them; a test compares. Nothing in them is typed twice.
"""

from __future__ import annotations

import html
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from gnnconv_lib import files, ledger
from gnnconv_lib.page.finding import find_book
from gnnconv_lib.site.reader.elements import PAPERS
from gnnconv_lib.site.reader.first_page import COLUMNS, FINDINGS
from gnnconv_lib.site.reader.statements import statements
from gnnconv_lib.validation import InvalidInput

__all__ = ["PICTURE", "main", "picture", "text", "with_findings"]

PICTURE = "book/_static/scoreboard.svg"
BEGIN, END = "<!-- findings: written by python -m gnnconv_lib.site.readme -->", "<!-- end -->"
_FILLS = ("#cfe8dc", "#f3e3b3", "#fbf1d5", "#b3261e", "#e3e3e8")
_INKS = ("#14432f", "#5a4300", "#5a4300", "#ffffff", "#3c3c46")
_LEFT, _WIDTH, _ROW = 230, 620, 44


def counts(items: Mapping[str, ledger.Item], paper: str) -> list[int]:
    """How many statements of a paper stand, need a correction, and so on, as the first page counts."""
    found = Counter(item.verdict for item in items.values() if item.paper == paper)
    return [sum(found[verdict] for verdict in verdicts) for _, verdicts in COLUMNS]


def picture(items: Mapping[str, ledger.Item]) -> str:
    """The scoreboard as SVG: one bar for each paper, a number in each part."""
    rows, words = [], []
    for row, (paper, title) in enumerate(PAPERS.items()):
        numbers = counts(items, paper)
        top = 10 + row * _ROW
        rows.append(f'<text x="10" y="{top + 21}">{html.escape(title)}</text>')
        left = float(_LEFT)
        for place, number in enumerate(numbers):
            width = _WIDTH * number / max(1, sum(numbers))
            if number:
                rows.append(
                    f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="32" fill="{_FILLS[place]}" '
                    f'stroke="#ffffff" stroke-width="2"/><text x="{left + width / 2:.1f}" y="{top + 21}" '
                    f'text-anchor="middle" fill="{_INKS[place]}">{number}</text>'
                )
            left += width
        names = ", ".join(
            f"{number} {name}" for number, (name, _) in zip(numbers, COLUMNS, strict=True) if number
        )
        words.append(f"{title}: {names}.")
    base, keys, left = 10 + len(PAPERS) * _ROW + 14, [], 10
    for place, (name, _) in enumerate(COLUMNS):
        keys.append(
            f'<rect x="{left}" y="{base - 11}" width="14" height="14" fill="{_FILLS[place]}" '
            f'stroke="#8a8a94"/><text x="{left + 20}" y="{base + 1}">{name}</text>'
        )
        left += 46 + 8 * len(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 870 {base + 16}" role="img" '
        f'font-family="sans-serif" font-size="15" fill="#222222">'
        f"<title>{html.escape(' '.join(words))}</title>"
        f'<rect width="100%" height="100%" fill="#fcfcf9"/>{"".join(rows + keys)}</svg>\n'
    )


def text(items: Mapping[str, ledger.Item]) -> str:
    """The block of the README, in Markdown.

    Raises:
        InvalidInput: for a finding whose verdict is another one than its words speak of.
    """
    lines = [f"![How the statements fared; the table has the numbers.]({PICTURE})", ""]
    lines += [f"| | {' | '.join(name for name, _ in COLUMNS)} |", f"|---|{'--:|' * len(COLUMNS)}"]
    for paper, title in PAPERS.items():
        lines.append(f"| {title} | {' | '.join(map(str, counts(items, paper)))} |")
    lines.append("")
    for place, (name, verdict, words) in enumerate(FINDINGS, 1):
        item = items[name]
        if item.verdict != verdict:
            raise InvalidInput(f"{name}: README says {verdict!r}, the ledger {item.verdict!r}.")
        lines.append(f"{place}. {words} ({item.short_heading}, {PAPERS[item.paper]}: {verdict})")
    return "\n".join(lines)


def with_findings(readme: str, items: Mapping[str, ledger.Item]) -> str:
    """The README with the block between its two marks as it should be.

    Raises:
        InvalidInput: where a mark is missing.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InvalidInput(f"README.md must hold the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{text(items)}\n{END}{after}"


def main(root: Path | None = None) -> int:
    """Write the block and the picture."""
    root = root or find_book()
    items = statements(root)
    readme = root / "README.md"
    files.write(readme, with_findings(readme.read_text(encoding="utf-8"), items))
    files.write(root / PICTURE, picture(items))
    return 0


if __name__ == "__main__":
    sys.exit(main())
