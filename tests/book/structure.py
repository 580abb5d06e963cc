"""What a validator and a screen reader would say of a page's structure, without a browser."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
    *("track", "wbr"),
}
BLOCKS = {"p", "div", "ul", "ol", "table", "pre", "section"}


def problems(page: str) -> list[str]:
    """What is wrong with a page: repeated ids, empty headers, blocks in a summary, tables without a name."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    repeated = [f"id {name} {times} times" for name, times in reader.ids.items() if times > 1]
    return repeated + reader.found


def of_pages(pages: list[Path]) -> list[str]:
    """The problems of all pages, each with the name of its page."""
    return [
        f"{path.name}: {problem}"
        for path in pages
        for problem in problems(path.read_text(encoding="utf-8"))
    ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.found: list[str] = []
        self.open: list[str] = []
        self.header = ""
        self.tables: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids[str(values["id"])] += 1
        if tag in BLOCKS and "summary" in self.open:
            self.found.append(f"<{tag}> in <summary>")
        if tag == "table":
            # Sphinx lays out its indexes, which list and show no results, in tables of this class.
            layout = "indextable" in str(values.get("class"))
            named = values.get("aria-label") or values.get("aria-labelledby")
            self.tables.append(bool(layout or named))
        elif tag == "caption" and self.tables:
            self.tables[-1] = True
        elif tag == "th":
            self.header = str(values.get("aria-label") or "")
        elif "th" in self.open and tag == "img":
            self.header += str(values.get("alt") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_data(self, data: str) -> None:
        if "th" in self.open:
            self.header += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "th" and not self.header:
            self.found.append("empty <th>")
        if tag == "table" and self.tables and not self.tables.pop():
            self.found.append("a table without a name")
        if tag in self.open:
            while self.open.pop() != tag:
                pass
