"""The words of the built pages are those of a dictionary or of the project's own list.

The list, `words.txt`, holds names, terms of the field and British forms that the dictionary lacks.
Code, formulas, addresses and names with capitals inside are no prose.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from spellchecker import SpellChecker

WORDS = Path(__file__).parent / "words.txt"
#: What is no prose: code and what programs print, formulas, file names, the frame around a page.
NO_PROSE = {"code", "pre", "script", "style", "svg", "kbd", "samp"}
NO_PROSE_CLASSES = ({"math"}, {"output"}, {"sig"}, {"headerlink"}, {"docutils", "literal"})
SHORTEST = 4
#: Indices of names, names of authors, and what the machine of the build says of itself.
NO_PAGES = ("genindex", "py-modindex", "search", "book/back/references", "book/back/status")


def own_words() -> list[str]:
    return WORDS.read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def dictionary():
    checker = SpellChecker()
    checker.word_frequency.load_words(own_words())
    return checker


class Prose(HTMLParser):
    """The prose of an article. A tree of its elements would take five times as long."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        # The name of the element that is left out, and how many of that name are open.
        self.left_out, self.depth = "", 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if not self.depth:
            classes = set((dict(attributes).get("class") or "").split())
            if tag in NO_PROSE or any(wanted <= classes for wanted in NO_PROSE_CLASSES):
                self.left_out, self.depth = tag, 1
        elif tag == self.left_out:
            self.depth += 1

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """An element without content."""

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag == self.left_out:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.parts.append(data)


def words_of(html: str) -> set[str]:
    """The words of a page's article, in lower case, without the possessive."""
    article = html[html.find("<article") : html.rfind("</article>")] if "<article" in html else ""
    text = " ".join(Prose(article).parts)
    text = re.sub(r"\S*[@/\\_]\S*|\w+\.(?:py|csv|json|html|ipynb)\b", " ", text)
    found = re.findall(r"(?<![\w-])[A-Za-zÀ-ž]+(?:['’][a-z]+)?(?!\w)", text)
    plain = (re.sub(r"['’]s?$", "", word) for word in found)
    return {word.lower() for word in plain if not re.search("[a-z][A-Z]", word)}


def unknown(dictionary, html: str) -> list[str]:
    return sorted(dictionary.unknown(word for word in words_of(html) if len(word) >= SHORTEST))


def test_every_word_is_known(pages, dictionary):
    wrong = {}
    for path in sorted(pages.rglob("*.html")):
        name = path.relative_to(pages).as_posix()
        if name.startswith(("_static/", "code/", *NO_PAGES)):
            continue
        found = unknown(dictionary, path.read_text(encoding="utf-8"))
        wrong |= dict.fromkeys(found, name)
    assert not wrong


def test_a_misspelled_word_is_found_and_code_is_left_alone(dictionary):
    page = (
        "<main>mispelt<article><p>The gradiant of <code>nhbrs</code>, Chebyshev&#8217;s bound "
        "<span class='pre'>a wrod</span><span class='docutils literal'><span>nhbr</span>pqrs</span>"
        "<span class='x math'>qqqq<br>rrrr</span> &amp; <b>recieved</b>.</p></article></main>"
    )
    assert unknown(dictionary, page) == ["gradiant", "recieved", "wrod"]


def test_the_list_is_sorted_and_holds_no_word_of_the_dictionary():
    words = own_words()
    assert words == sorted(set(words))
    assert SpellChecker().unknown(words) == set(words)
