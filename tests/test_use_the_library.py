"""The recipes of the page *Use the library* print what it shows."""

import doctest
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "book" / "back" / "use-the-library.md"


def test_every_recipe_prints_what_the_page_shows():
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.attempted > 20
    assert result.failed == 0


def test_a_wrong_output_would_be_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(">>> print(1 + 1)\n3\n\n", encoding="utf-8")
    assert (
        doctest.testfile(str(page), module_relative=False, report=False, verbose=False).failed == 1
    )
