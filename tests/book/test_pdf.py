"""The book as one PDF: links stay inside, hidden code is left out, what is shown on demand is shown."""

import re

import pytest
from bs4 import BeautifulSoup

from gnnconv_lib.site import pdf
from gnnconv_lib.site.one_page import one_page
from gnnconv_lib.validation import InvalidInput

HEAD = (
    '<html><head><link rel="stylesheet" href="../_static/a.css?v=1">'
    '<script>window.MathJax = {"options": {}}</script>'
    '<script src="../_static/mathjax/tex-chtml.js"></script><script src="../_static/explorer.js">'
    '</script></head><body><article class="bd-article">'
)
FIRST = (
    HEAD + '<section id="top"><h1>First<a class="headerlink" href="#top">#</a></h1>'
    '<p><a href="part/second.html#lemma">Lemma</a> <a href="back/api/x.html">code</a> '
    '<a href="https://arxiv.org/abs/2012.03429">paper</a> <a href="#top">here</a></p>'
    '<details class="hide above-input"><pre>hidden = 1</pre></details>'
    '<div class="cell tag_hide-cell">hidden cell</div><p class="figure-data"><a>data</a></p>'
    '<p class="as-printed-links">Section 1. <a href="part/second.html">Ledger</a>. Code: '
    '<a href="../code/a.html">upper</a> · <a href="../code/b.html">lower</a></p>'
    '<ul><li>It holds. (<a href="../code/a.html">code</a>)</li></ul>'
    '<details class="ledger-item"><p><a href="../code/a.html">The code of this claim</a></p></details>'
    '<details><summary>Solution</summary><span class="math-later">\\(x\\)</span></details>'
    '<img src="../_images/a.png" alt="A picture."></section></article>'
    '<div class="book-foot"><p>Version 0, commit <code>abc</code>.</p></div></body></html>'
)
SECOND = HEAD.replace("../", "../../") + (
    '<h1 id="top">Second</h1><p id="lemma">Text</p><img src="../../_images/b.png"></article></body>'
)


@pytest.fixture
def built(tmp_path):
    pages = tmp_path / "_build" / "html"
    for name, text in {"book/first": FIRST, "book/part/second": SECOND}.items():
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / f"{name}.html").write_text(text)
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.md").write_text("# A page\n")
    (pages / "index.html").write_text(FIRST)
    (tmp_path / "_config.yml").write_text("title: A title\nauthor: The authors\n")
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/first\nparts:\n  - caption: A part\n    chapters:\n"
        "      - file: book/part/second\n"
    )
    return tmp_path


@pytest.fixture
def document(built):
    return BeautifulSoup(one_page(built, built / "_build" / "html"), "html.parser")


def test_every_link_leads_into_the_document_or_to_another_site(document):
    addresses = [link["href"] for link in document.select("a[href]")]
    inside = {address[1:] for address in addresses if address.startswith("#")}
    assert {"book-part-second--lemma", "book-first--top", "book-first"} <= inside
    assert inside <= {element["id"] for element in document.select("[id]")}
    assert [address for address in addresses if not address.startswith("#")] == [
        "https://arxiv.org/abs/2012.03429"
    ]


def test_no_id_stands_twice(document):
    ids = [element["id"] for element in document.select("[id]")]
    assert len(ids) == len(set(ids)) > 4


def test_hidden_code_is_left_out_and_what_opens_is_open(document):
    text = document.get_text()
    assert "hidden = 1" not in text
    assert "hidden cell" not in text
    assert "data" not in text
    assert document.select_one(".as-printed-links").get_text() == "Section 1. Ledger."
    assert "It holds.Solution" in text
    assert "(code)" not in text
    assert "The code of this claim" not in text
    assert document.select_one("details")["open"] == "open"
    assert document.select_one(".math").get_text() == "\\(x\\)"
    assert document.select(".headerlink") == []


def test_pictures_and_styles_are_found_from_the_folder_of_the_pages(document):
    assert [image["src"] for image in document.select("img")] == ["_images/a.png", "_images/b.png"]
    assert document.select_one("link")["href"] == "_static/a.css"
    assert [script["src"] for script in document.select("script[src]")] == [
        "_static/mathjax/tex-chtml.js"
    ]


def test_the_title_page_says_what_was_printed(document):
    words = document.select_one(".title-page").get_text(" ")
    assert re.search(r"A title.*The authors.*commit\s+abc", words, re.DOTALL)


def test_without_pages_or_a_browser_there_is_one_sentence(tmp_path, built, monkeypatch, capsys):
    assert pdf.main(["--root", str(tmp_path / "elsewhere")]) == 2
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InvalidInput, match="a browser must be on the path"):
        pdf.print_book(built)
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(built.rglob("printed-*"))


@pytest.mark.browser
def test_the_pdf_has_pages_an_outline_and_links(tmp_path, browser):
    page = tmp_path / "page.html"
    page.write_text(
        "<style>section { break-before: page }</style><h1>One</h1><a href='#two'>to two</a>"
        "<section id='two'><h1>Two</h1></section>"
    )
    content = pdf.to_pdf(page, tmp_path / "book.pdf", pdf.find_browser()).read_bytes()
    assert len(re.findall(rb"/Type /Page\b", content)) == 2
    assert b"/Outlines" in content
    assert b"/Link" in content


def test_a_browser_that_prints_nothing_is_reported(tmp_path):
    (tmp_path / "page.html").write_text("<p>text</p>")
    with pytest.raises(RuntimeError, match="printed nothing"):
        pdf.to_pdf(tmp_path / "page.html", tmp_path / "book.pdf", "true")
    assert not (tmp_path / "book.pdf").exists()
