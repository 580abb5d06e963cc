"""The structure of the pages: ids, headers, summaries, names of tables, tab stops."""

import chromium
import pytest
from structure import of_pages, problems

from gnnconv_lib.site.reader.structure import mended

PLANTED = {
    '<p id="a">x</p><p id="a">y</p>': "id a 2 times",
    '<table aria-label="n"><tr><th></th></tr></table>': "empty <th>",
    '<table aria-label="n"><tr><th><p> </p></th></tr></table>': "empty <th>",
    "<details><summary><p>x</p></summary></details>": "<p> in <summary>",
    "<table><tr><td>x</td></tr></table>": "a table without a name",
}
CLEAN = (
    '<h2 id="a">Sizes<a class="headerlink" href="#a">#</a></h2><table><caption>n</caption><tr>'
    '<th>n</th></tr></table><table aria-label="m"><tr><th><img alt="n"></th></tr></table>'
    "<details><summary><span>x</span></summary><p>y</p></details>"
)


@pytest.mark.parametrize(("planted", "said"), PLANTED.items())
def test_each_fault_is_found_and_mended(planted, said):
    assert problems(planted) == [said]
    assert problems(mended(planted, "Sizes")) == []


def test_what_is_in_order_is_left_alone():
    assert problems(CLEAN) == []
    assert mended(CLEAN) == CLEAN


def test_tables_are_called_by_the_heading_above_them():
    table = "<table><tr><td>1</td></tr></table>"
    page = mended(f'<h2>A &amp; B<a class="headerlink" href="#a">#</a></h2>{table}{table}')
    assert page.count('<table aria-label="A &amp; B">') == 1
    assert page.count('<table aria-label="A &amp; B, table 2">') == 1


def test_no_page_has_such_a_fault(pages):
    every = sorted(pages.rglob("*.html"))
    assert len(every) > 40
    assert of_pages(every) == []


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
