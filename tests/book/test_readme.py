"""The README says of the findings what the ledger says."""

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from gnnconv_lib.site import readme
from gnnconv_lib.site.reader.statements import statements
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[2]
ITEMS = statements(ROOT)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_findings_are_those_of_the_ledger():
    assert readme.with_findings(README, ITEMS) == README
    assert (ROOT / readme.PICTURE).read_text(encoding="utf-8") == readme.picture(ITEMS)


def test_every_statement_is_counted_once():
    numbers = [int(found) for found in re.findall(r"\| (\d+)(?= \|)", readme.text(ITEMS))]
    assert sum(numbers) == len(ITEMS)


def test_another_count_is_seen():
    fewer = dict(list(ITEMS.items())[1:])
    assert readme.with_findings(README, fewer) != README
    assert readme.picture(fewer) != readme.picture(ITEMS)


def test_a_finding_of_another_verdict_is_refused(monkeypatch):
    (name, verdict, words), *_ = readme.FINDINGS
    monkeypatch.setattr(readme, "FINDINGS", [(name, "holds", words)])
    assert verdict != "holds"
    with pytest.raises(InvalidInput, match="README says 'holds'"):
        readme.text(ITEMS)


def test_a_readme_without_the_marks_is_refused():
    with pytest.raises(InvalidInput, match="must hold the lines"):
        readme.with_findings("# A title", ITEMS)


def test_the_picture_is_drawn_in_proportion_and_says_its_numbers():
    tree = ElementTree.fromstring(readme.picture(ITEMS))
    space = {"svg": "http://www.w3.org/2000/svg"}
    title = tree.find("svg:title", space).text
    widths = [
        float(bar.get("width"))
        for bar in tree.findall("svg:rect", space)
        if bar.get("height") == "32"
    ]
    papers = Counter(item.paper for item in ITEMS.values())
    assert sum(widths) == pytest.approx(len(papers) * 620, abs=1)
    assert [int(number) for number in re.findall(r"(\d+) (?=[a-z])", title)] == [
        number for paper in readme.PAPERS for number in readme.counts(ITEMS, paper) if number
    ]
