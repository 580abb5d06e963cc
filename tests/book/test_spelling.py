"""The words of the built pages are those of a dictionary or of the project's own list.

The list, `words.txt`, holds names, terms of the field and British forms that the dictionary lacks.
Code, formulas, addresses and names with capitals inside are no prose.
"""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from spellchecker import SpellChecker

WORDS = Path(__file__).parent / "words.txt"
#: What is no prose: code and what programs print, formulas, file names, the frame around a page.
NO_PROSE = (
    "code, pre, script, style, svg, kbd, samp, .math, .output, .sig, .headerlink, .docutils.literal"
)
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


def words_of(html: str) -> set[str]:
    """The words of a page's article, in lower case, without the possessive."""
    article = BeautifulSoup(html, "html.parser").select_one("article")
    if article is None:
        return set()
    for element in article.select(NO_PROSE):
        element.replace_with(" ")
    text = re.sub(r"\S*[@/\\_]\S*|\w+\.(?:py|csv|json|html|ipynb)\b", " ", article.get_text(" "))
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
    page = "<article><p>The gradiant of <code>nhbrs</code>, Chebyshev's bound.</p></article>"
    assert unknown(dictionary, page) == ["gradiant"]


def test_the_list_is_sorted_and_holds_no_word_of_the_dictionary():
    words = own_words()
    assert words == sorted(set(words))
    assert SpellChecker().unknown(words) == set(words)
