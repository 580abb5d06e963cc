"""The structure of the pages: what is mended, tables without a name, tab stops."""

import re

import chromium
import pytest

from gnnconv_lib.site.reader.frame import mended_frame
from gnnconv_lib.site.reader.structure import mended

# Sphinx lays out its indexes, which list and show no results, in tables of the class `indextable`.
UNNAMED = re.compile(r"<table\b(?![^>]*(?:aria-label|indextable))[^>]*>(?!\s*<caption)")
# A proof that begins with a list, written on as one paragraph.
RUN_ON = re.compile(r"<p>Proof\. (?:1[.)]|[-*+]) ")

# A name that only voices read, with TeX in it.
TEX = re.compile(r'\baria-label="[^"]*\\[(A-Za-z][^"]*"')

TABLE, ROW, CELL, COLUMN = (f'role="{name}"' for name in ("table", "row", "cell", "columnheader"))
FORMULA = r'<span class="math notranslate nohighlight">\(d\)</span>'
# A tag of a table without its role: on a phone a browser would not say what it is.
WITHOUT_ROLE = re.compile(r"<(?:table|thead|tbody|tr|th|td)\b(?![^>]*(?:role=|indextable))[^>]*>")

MENDED = {
    '<p id="a">x</p><p id="a">y</p>': '<p id="a">x</p><p>y</p>',
    '<table aria-label="n"><tr><th></th></tr></table>': (
        f'<table aria-label="n" {TABLE}><tr {ROW}><td {CELL}></td></tr></table>'
    ),
    '<table aria-label="n"><tr><th><p> </p></th></tr></table>': (
        f'<table aria-label="n" {TABLE}><tr {ROW}><td {CELL}><p> </p></td></tr></table>'
    ),
    '<details><summary aria-label="Toggle hidden content"><p>x</p></summary></details>': (
        "<details><summary><span>x</span></summary></details>"
    ),
    "<table><tr><td>x</td></tr></table>": (
        f'<table aria-label="Sizes" {TABLE}><tr {ROW}><td {CELL}>x</td></tr></table>'
    ),
    f"({FORMULA}), so": f'<span class="unbroken">({FORMULA}),</span> so',
    f"a {FORMULA}-regular graph": f'a <span class="unbroken">{FORMULA}-regular</span> graph',
}
CLEAN = (
    f'<h2 id="a">Sizes<a class="headerlink" href="#a">#</a></h2><table {TABLE}>'
    f"<caption>n</caption><tr {ROW}><th {COLUMN}>n</th></tr></table>"
    f'<table aria-label="m" {TABLE}><tr {ROW}><th {COLUMN}><img alt="n"></th></tr></table>'
    f"<p>{FORMULA} is {FORMULA}</p>"
    '<table class="indextable" aria-label="i"><tr role="presentation"></tr></table>'
    "<details><summary><span>x</span></summary><p>y</p></details>"
)
HEAD = '<table aria-label="n"><thead><tr><th>{}</th><th>A</th></tr></thead><tbody>'
FRAME = {
    '<button class="toggle" title="Side bar"></button>': (
        '<button type="button" class="toggle" title="Side bar" aria-label="Side bar"></button>'
    ),
    '<button class="search-button-field" title="Search" aria-label="Search">Search</button>': (
        '<button type="button" class="search-button-field">Search</button>'
    ),
    '<div id="jb-print-docs-body" class="onlyprint"><h1>A</h1></div><h1>A</h1>': (
        '<div id="jb-print-docs-body" class="onlyprint"><p class="h1">A</p></div><h1>A</h1>'
    ),
    '<a class="internal" href="a.html">The &amp; b</a><details><summary><span class="toctree-toggle"': (
        '<a class="internal" href="a.html">The &amp; b</a><details>'
        '<summary aria-label="Pages of: The &amp; b"><span class="toctree-toggle"'
    ),
}


@pytest.mark.parametrize(("planted", "shown"), MENDED.items())
def test_each_fault_is_mended(planted, shown):
    assert mended(planted, "Sizes") == shown


def test_what_is_in_order_is_left_alone():
    assert mended(CLEAN) == CLEAN


@pytest.mark.parametrize(("planted", "shown"), FRAME.items())
def test_the_frame_is_mended_once(planted, shown):
    assert mended_frame(planted) == shown
    assert mended_frame(shown) == shown


@pytest.mark.parametrize(
    ("heading", "first", "named"),
    [
        ("n", ["1", "2"], True),
        ("n", ["1", "1"], False),
        ("n", ["1", ""], False),
        ("", ["a", "b"], False),
    ],
)
def test_a_first_column_that_names_the_rows_is_one_of_headers(heading, first, named):
    rows = "".join(f"<tr><td class='c'>{text}</td><td>0</td></tr>" for text in first)
    page = mended(HEAD.format(heading) + rows + "</tbody></table>")
    assert page.count('scope="row" class=') == 2 * named
    assert page.count('scope="col"') == 1 + bool(heading)


def test_tables_are_called_by_the_heading_above_them():
    table = "<table><tr><td>1</td></tr></table>"
    page = mended(f'<h2>A &amp; B<a class="headerlink" href="#a">#</a></h2>{table}{table}')
    assert page.count(f'<table aria-label="A &amp; B" {TABLE}>') == 1
    assert page.count(f'<table aria-label="A &amp; B, table 2" {TABLE}>') == 1


def test_formulas_in_the_names_of_tables_are_words():
    table = "<table><tr><td>1</td></tr></table>"
    heading = r'<h2>Of <span class="math notranslate nohighlight">\(W_1 + d\,\eta^2\)</span></h2>'
    assert f'<table aria-label="Of W 1 + d eta squared" {TABLE}>' in mended(heading + table)
    assert f'aria-label="At most n over d, square root of n" {TABLE}' in mended(
        table, r"At most \(\frac{n}{d}\), \(\sqrt n\)"
    )


def test_no_name_holds_tex(pages):
    assert TEX.search(r'<table aria-label="The law of \(n\)">')
    for path in sorted(pages.rglob("*.html")):
        assert TEX.findall(path.read_text(encoding="utf-8")) == [], path


def test_every_table_has_a_name(pages):
    every = sorted(pages.rglob("*.html"))
    assert len(every) > 40
    assert UNNAMED.search("<table class='table'><tr>")
    assert [path for path in every if UNNAMED.search(path.read_text(encoding="utf-8"))] == []


def test_parts_of_tables_say_what_they_are():
    table = HEAD.format("n") + "<tr><td>1</td><td>2</td></tr></tbody></table>"
    assert len(WITHOUT_ROLE.findall(table)) == 9
    shown = mended(table)
    assert WITHOUT_ROLE.findall(shown) == []
    assert '<th scope="row" role="rowheader">1</th><td role="cell">2</td>' in shown


def test_no_table_of_a_page_has_a_part_without_a_role(pages):
    for path in sorted((pages / "book").rglob("*.html")):
        for table in re.findall(
            r"<table\b.*?</table>", path.read_text(encoding="utf-8"), re.DOTALL
        ):
            if "indextable" not in table:
                assert WITHOUT_ROLE.findall(table) == [], path


def test_no_proof_that_is_a_list_runs_on(pages):
    assert RUN_ON.search("<p>Proof. 1. First. 2. Second.</p>")
    every = {path: path.read_text(encoding="utf-8") for path in pages.rglob("*.html")}
    assert [path for path, text in every.items() if RUN_ON.search(text)] == []
    assert sum(len(re.findall(r"<p>Proof\. ?</p>\s*<ol", text)) for text in every.values()) > 3


TAB_STOPS = """
const boxes = [...document.querySelectorAll('mjx-container[display="true"], span.math')];
// What is drawn, not the copy for screen readers.
const drawn = box => box.querySelector('mjx-math')?.getBoundingClientRect().width ?? 0;
const scrolls = box => box.clientWidth > 0 && drawn(box) > box.clientWidth + 1;
const wide = boxes.filter(scrolls);
return {
  all: boxes.length,
  needless: boxes.filter(box => box.tabIndex >= 0 && !scrolls(box)).length,
  wide: wide.length,
  lines: wide.filter(box => box.matches('span')).length,
  unreachable: wide.filter(box => box.tabIndex < 0).length,
};
"""


# How far formulas in lines are from the room that they had before, each, in heights of an x.
ROOMS = """
const probe = document.querySelector('.bd-article p').appendChild(document.createElement('span'));
probe.style.cssText = 'display: inline-block; width: 100ex';
const ex = probe.getBoundingClientRect().width / 100;
probe.remove();
const off = [...document.querySelectorAll('.bd-article p .math[style*="--width"] > mjx-container')]
  .map(formula => Math.abs(parseFloat(formula.parentElement.style.getPropertyValue('--width'))
    - formula.querySelector('mjx-math').getBoundingClientRect().width / ex));
return off.sort((one, other) => one - other);
"""


@pytest.mark.browser
def test_formulas_have_the_room_that_they_need_before_they_are_set(browser, address):
    chromium.set_width(browser, chromium.WIDE)
    browser.get(f"{address}/book/awasthi2021/pl-condition.html")
    browser.execute_async_script(chromium.WAIT_UNTIL_RENDERED)
    off = browser.execute_script(ROOMS)
    assert len(off) > 50
    # A formula that matplotlib cannot read has the room of its source.
    assert off[len(off) // 2] < 0.25
    assert off[9 * len(off) // 10] < 1


@pytest.mark.browser
def test_formulas_are_no_tab_stops_unless_they_scroll(browser, pages):
    with chromium.served(pages) as address:
        chromium.set_width(browser, chromium.PHONE)
        browser.get(f"{address}/book/awasthi2021/pl-condition.html")
        browser.execute_async_script(chromium.WAIT_UNTIL_RENDERED)
        browser.execute_async_script(chromium.SETTLED)
        found = browser.execute_script(TAB_STOPS)
        chromium.set_width(browser, chromium.WIDE)
    assert found["all"] > 100
    assert found["wide"] > found["lines"] > 0
    assert (found["needless"], found["unreachable"]) == (0, 0), found
