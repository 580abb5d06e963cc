"""What the pages add for a reader: verdict tables, boxes, links; each refuses what is planted."""

import json
import re
import shutil
from pathlib import Path

import chromium
import pytest
from conftest import build
from docutils import nodes
from selenium.webdriver.common.action_chains import ActionChains
from sphinx import addnodes

from gnnconv_lib import ledger
from gnnconv_lib.site.reader import with_reading_aids
from gnnconv_lib.site.reader.as_printed import insert_boxes, sections_that_judge
from gnnconv_lib.site.reader.elements import words
from gnnconv_lib.site.reader.judged import book_judges, judged_in, named_items
from gnnconv_lib.site.reader.mentions import mentions
from gnnconv_lib.site.reader.named_claims import parts_of
from gnnconv_lib.site.reader.plain_formulas import set_formulas
from gnnconv_lib.site.reader.statements import statements
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[2]
HEAD = "| item | claim | evidence | verdict | found |\n| :--- | :--- | :--- | :--- | :--- |\n"
ITEMS = {
    name: ledger.Item(name, kind, "Section 1", "A sum.", "line", verdict)
    for name, kind, verdict in [
        ("li2021:lemma-1", "lemma", "holds"),
        ("li2021:lemma-2", "lemma", "pending"),
        ("li2021:eq-39", "equation", "pending"),
        ("li2021:eq-40", "equation", "pending"),
        ("li2021:eq-41", "equation", "pending"),
    ]
}


def cell(source, markdown):
    return {
        "cell_type": "code",
        "source": source,
        "outputs": [{"output_type": "execute_result", "data": {"text/markdown": markdown}}],
    }


CALL = 'report.verdict_table(["li2021:lemma-1"])'
ROW = "| Lemma 1 | A sum. | search | ✓ holds | No \\| violation. |"


def test_a_row_is_read_from_call_and_output():
    (row,) = judged_in(cell(CALL, HEAD + ROW), ITEMS)
    assert vars(row) == {
        "item": "li2021:lemma-1",
        "strength": "search",
        "verdict": "holds",
        "found": "No | violation.",
    }
    assert judged_in(cell("report.show('a', 1)", ""), ITEMS) is None


def test_a_table_that_is_not_of_its_call_or_not_of_the_ledger_is_refused():
    with pytest.raises(InvalidInput, match="one row for each item, got 2 rows for 1 items"):
        judged_in(cell(CALL, f"{HEAD}{ROW}\n{ROW}"), ITEMS)
    with pytest.raises(InvalidInput, match="the ledger says 'holds', the stored table '✗ false'"):
        judged_in(cell(CALL, HEAD + ROW.replace("✓ holds", "✗ false")), ITEMS)


def test_every_verdict_table_of_the_book_is_understood():
    found = book_judges(ROOT)
    tables = 0
    for path in (ROOT / "book").rglob("*.ipynb"):
        for entry in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(entry["source"])
            if entry["cell_type"] == "code" and "verdict_table(" in source:
                assert named_items(source, statements(ROOT)), path
                tables += 1
    assert tables > 20
    judged = {item.id for item in statements(ROOT).values() if ledger.claim_names(item)}
    printed = {name for name in judged if not name.startswith("companion")}
    assert printed <= set(found)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("By Lemmas 1 and 2, (39) and (40) hold.", ["lemma-1", "lemma-2", "eq-39", "eq-40"]),
        ("(Eq. 39) and Eqs. 40, 41", ["eq-39", "eq-40", "eq-41"]),
        ("s(39), [1](40), Lemma 3, 1.39 and (7)", []),
        ("Eqs. (39) to (41)", ["eq-39", "eq-41"]),
    ],
)
def test_the_numbers_of_a_paper_are_found(text, items):
    found = mentions(text, "li2021", ITEMS)
    assert [entry.item.split(":")[1] for entry in found] == items
    for entry in found:
        number = entry.item.rsplit("-", 1)[1]
        assert text[entry.start : entry.end].strip("()").endswith(number)


def test_a_range_covers_what_lies_between():
    last = mentions("Eqs. (39) to (41)", "li2021", ITEMS)[-1]
    assert last.between == ("li2021:eq-40",)


def test_boxes_stand_below_the_headings_of_the_sections_that_judge():
    text = "(page)=\n# Page\n\nOf Eq. (41).\n\n## Lemma 1\n\nWords on Eq. (39).\n\n## Verdicts\n\nEq. (40)."
    judged = ["li2021:lemma-1", "li2021:lemma-2", *(f"li2021:eq-{k}" for k in (39, 40, 41))]
    assert sections_that_judge(text, judged, set(ITEMS)) == {
        "Page": ["li2021:eq-41"],
        "Lemma 1": ["li2021:lemma-1", "li2021:eq-39"],
    }
    few = judged[2:4]
    assert sections_that_judge(text, few, set(ITEMS))["Page"] == ["li2021:eq-40"]
    cells = [{"cell_type": "markdown", "source": text}]
    insert_boxes(cells, judged, set(ITEMS))
    first, second = (part.start() for part in re.finditer("as-printed", cells[0]["source"]))
    assert cells[0]["source"].index("Of Eq. (41).") < first < cells[0]["source"].index("## Lemma 1")
    assert cells[0]["source"].index("## Lemma 1") < second < cells[0]["source"].index("Words on")
    assert cells[0]["source"].replace(" ", "").count("##") == 2


def test_every_chapter_of_a_paper_has_boxes_and_no_box_twice():
    items = statements(ROOT)
    for path in sorted((ROOT / "book").glob("*2021/*.ipynb")):
        changed = with_reading_aids(json.loads(path.read_text(encoding="utf-8")), ROOT)
        text = "\n".join("".join(entry["source"]) for entry in changed["cells"])
        boxes = re.findall(r"```\{as-printed\}\n(.+)\n```", text)
        names = " ".join(boxes).split()
        assert names, path
        assert len(set(names)) == len(names)
        assert set(names) <= set(items)


def test_plain_findings_are_set_as_mathematics():
    assert (
        "".join(node.astext() for node in words("gamma_2^2 <= 1e-12 |w|^2")) == "γ22 ≤ 10−12 |w|2"
    )
    assert "".join(node.astext() for node in words("eps = 1/pi, alphabet")) == "ε = 1/π, alphabet"
    assert "".join(node.astext() for node in words("L_sigma |0|, W_first")) == "Lσ |0|, W_first"
    told = "alpha_star = 1, |σ^L - σ*^L| <= sqrt(n r), ℓ_t², W_star_2"
    assert (
        "".join(node.astext() for node in words(told))
        == "α* = 1, |σL − σ*L| ≤ √(n r), ℓt², W_star_2"
    )
    assert "".join(node.astext() for node in words("1e+03, 8.7e+17")) == "103, 8.7\u00a0·\u00a01017"
    told = "li2021, Theorem 2, and awasthi2021:eq-7 of a companion"
    assert (
        "".join(node.astext() for node in words(told))
        == "Li, Zou, Zhong 2021, Theorem 2, and awasthi2021:eq-7 of a companion"
    )
    assert words("companion")[0].astext() == "This book"
    told = (
        "λ_max(H) >= ℓ_t(1 - x), B^(2L-2), Tr(W*'W_0), s'(0), ā_W = -12.2, [-1, 1], up-to-date, 1-2"
    )
    assert (
        "".join(node.astext() for node in words(told))
        == "λmax(H) ≥ ℓt(1 − x), B2L−2, Tr(W*⊤W0), s'(0), āW = −12.2, [−1, 1], up-to-date, 1-2"
    )
    assert [node.tagname for node in words("log10 of x")] == ["#text", "subscript", "#text"]
    kinds = [node.tagname for node in words("w_0 <= $x$")]
    assert kinds == ["emphasis", "subscript", "#text", "#text", "#text", "math"]


def test_powers_of_ten_are_set_in_prose_and_not_in_code_or_signatures():
    signature = addnodes.desc_signature("", "", nodes.inline("", "tolerance=1e-12"))
    page = nodes.container(
        "", nodes.paragraph("", "4e+11 times eps"), nodes.literal("", "1e-9"), signature
    )
    set_formulas(page)
    shown = [child.astext() for child in page.children]
    assert shown == ["4\u00a0·\u00a01011 times eps", "1e-9", "tolerance=1e-12"]
    assert [node.astext() for node in page.findall(nodes.superscript)] == ["11"]


def test_the_tables_of_a_page_are_set_and_its_prose_only_where_it_is_told_to():
    def page():
        entry = nodes.entry("", nodes.paragraph("", "eps <= 1e-12"))
        code = nodes.paragraph(
            "", "", nodes.literal("", "eps <= 1"), nodes.Text(" eps"), nodes.Text("")
        )
        return nodes.container("", nodes.table("", entry), code)

    tables, everything = page(), page()
    set_formulas(tables)
    set_formulas(everything, everywhere=True)
    assert tables.children[0].astext() == everything.children[0].astext() == "ε ≤ 10−12"
    assert tables.children[1].astext() == "eps <= 1 eps"
    assert everything.children[1].astext() == "eps <= 1 ε"


def test_ids_of_the_ledger_are_told_from_other_code():
    items = statements(ROOT)
    item, clause = parts_of("lemma-sums/slope", items)
    assert (item.id, clause) == ("companion:lemma-sums", "slope")
    assert parts_of("awasthi2021:eq-7", items)[0].id == "awasthi2021:eq-7"
    for other in ("figure-1", "custom.css", "W_star", "awasthi2021:eq-999"):
        assert parts_of(other, items) is None


def test_no_page_shows_an_id_of_the_ledger_to_a_reader(pages):
    code = re.compile(r'<code class="docutils[^>]*><span class="pre">([^<]*)</span></code>')
    items = statements(ROOT)
    for path in sorted((pages / "book").rglob("*.html")):
        if "api" not in path.parts:
            shown = code.findall(path.read_text(encoding="utf-8"))
            assert [name for name in shown if parts_of(name, items)] == [], path


def test_the_page_of_the_ledger_shows_no_digest(pages):
    assert "panel 1" not in (pages / "book/back/ledger.html").read_text(encoding="utf-8")


@pytest.mark.browser
def test_a_number_of_a_paper_shows_its_formula_to_mouse_and_keyboard(browser, address):
    browser.get(f"{address}/book/li2021/convergence.html")
    browser.execute_async_script(chromium.WAIT_UNTIL_RENDERED)
    links = browser.find_elements(
        "css selector", "a.paper-reference[data-note='note-li2021-eq-40']"
    )
    link = next(found for found in links if found.is_displayed())
    browser.execute_script("arguments[0].focus()", link)
    browser.execute_async_script(chromium.SETTLED)
    shown = browser.find_element("css selector", ".paper-note")
    assert shown.is_displayed()
    assert "Eq. (40)" in shown.text
    assert shown.find_elements("css selector", "mjx-container")
    assert link.get_attribute("aria-describedby") == shown.get_attribute("id")
    link.send_keys("\ue00c")
    assert not browser.find_elements("css selector", ".paper-note")
    assert link.get_attribute("href").endswith("ledger.html#li2021-eq-40")
    browser.execute_script("arguments[0].blur()", link)
    ActionChains(browser).move_to_element(link).perform()
    assert browser.find_element("css selector", ".paper-note").is_displayed()


@pytest.mark.browser
def test_what_is_closed_is_typeset_when_it_is_opened(browser, address):
    browser.get(f"{address}/book/li2021/convergence.html")
    browser.execute_async_script(chromium.WAIT_UNTIL_RENDERED)
    box = browser.find_element("css selector", ".as-printed details:not([open])")
    assert not box.find_elements("css selector", "mjx-container")
    box.find_element("css selector", "summary").click()
    browser.execute_async_script(chromium.SETTLED)
    assert box.find_elements("css selector", "mjx-container")
    assert not box.find_elements("css selector", ".math-later")


def test_links_to_the_ledger_lead_to_what_is_there(pages):
    anchors = set(
        re.findall(r'id="([^"]+)"', (pages / "book/back/ledger.html").read_text(encoding="utf-8"))
    )
    links = 0
    for path in (pages / "book").rglob("*.html"):
        for anchor in re.findall(r'href="[^"#]*ledger\.html#([^"]+)"', path.read_text("utf-8")):
            assert anchor in anchors, (path, anchor)
            links += 1
    assert links > 1000


@pytest.mark.browser
def test_a_clipped_column_is_counted(tmp_path, browser):
    wide = "<th style='min-width: 300px'>a</th>" * 4
    (tmp_path / "page.html").write_text(
        "<!doctype html><html><meta name='viewport' content='width=device-width'><body>"
        "<main class='bd-content'><div style='overflow-x: auto'><table><tr>"
        f"{wide}</tr></table></div><table><tr><td>fits</td></tr></table></main></body></html>"
    )
    with chromium.served(tmp_path) as address:
        seen = chromium.look(browser, address, "page.html")
    assert [text.split(",")[0] for text in seen.clipped] == [
        "table 1: 2 clipped columns",
        "table 1: 3 clipped columns",
    ]


def test_a_stored_table_against_the_ledger_fails_the_build(tmp_path):
    root = tmp_path / "root"
    (root / "book/ledger").mkdir(parents=True)
    for name in ("_config.yml", "book/ledger/li2021.yml"):
        (root / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    shutil.copytree(ROOT / "book/_static", root / "book/_static")
    (root / "book/back").mkdir()
    (root / "book/back/references.bib").write_bytes(
        (ROOT / "book/back/references.bib").read_bytes()
    )
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/line\n")
    table = HEAD + ROW.replace("✓ holds", "✗ false")
    notebook = {
        "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A line"},
            cell(CALL, table) | {"id": "b", "metadata": {}, "execution_count": 1},
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    notebook["cells"][1]["outputs"][0] |= {"metadata": {}, "execution_count": 1}
    (root / "book/line.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    finished = build(root, "--stored")
    assert finished.returncode == 1
    assert "the chapter must be executed again" in finished.stdout + finished.stderr
