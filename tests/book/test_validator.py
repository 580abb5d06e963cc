"""Every built page before a validator: html-validate, with all that concerns a reader or a parser."""

import json

import pytest
from node_packages import LOCKED, Missing, faults_of, installed

PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head><title>A page</title></head>\n<body>\n'
    "<h1>A page</h1>\n{}\n</body>\n</html>\n"
)
CLEAN = (
    '<h2 id="a">Sizes</h2><table aria-label="Sizes"><thead><tr><th scope="col">n</th></tr></thead>'
    '<tbody><tr><th scope="row">1</th></tr></tbody></table><img src="a.png" alt="A line.">'
)
PLANTED = {
    "no-dup-id": '<p id="a">x</p><p id="a">y</p>',
    "close-order": "<p>x<ol><li>y</li></ol></p>",
    "element-permitted-content": "<p>x<span><div>y</div></span></p>",
    "attribute-allowed-values": '<input type="boolean" aria-label="x">',
    "wcag/h37": '<img src="a.png">',
    "wcag/h63": "<table><tr><th>n</th><td>1</td></tr></table>",
    "text-content": '<button type="button"><i></i></button>',
    "input-missing-label": '<input type="search" name="q">',
    "heading-level": "<h4>x</h4>",
    "empty-heading": "<h2></h2>",
    "no-unknown-elements": "<formula>x</formula>",
    "no-missing-references": '<p aria-labelledby="b">x</p>',
    "deprecated": "<center>x</center>",
    "unique-landmark": "<nav>x</nav><nav>y</nav>",
}


@pytest.fixture(scope="module")
def found(pages, packages, tmp_path_factory):
    """The faults of all pages; the theme's templates are no pages."""
    every = [path for path in sorted(pages.rglob("*.html")) if "_static" not in path.parts]
    assert len(every) > 150
    return faults_of(every, packages, tmp_path_factory.mktemp("validator"))


def test_no_page_has_a_fault(found):
    assert found == []


def test_each_planted_fault_is_found(packages, tmp_path):
    files = []
    for name, body in {"clean": CLEAN, **PLANTED}.items():
        files.append(tmp_path / f"{name.replace('/', '-')}.html")
        files[-1].write_text(PAGE.format(body), encoding="utf-8")
    found = faults_of(files, packages, tmp_path)
    rules = {
        path.stem: {line.split()[1].rstrip(":") for line in found if str(path) in line}
        for path in files
    }
    assert rules.pop("clean") == set()
    for rule in PLANTED:
        assert rule in rules[rule.replace("/", "-")], found


def test_what_is_installed_is_locked_by_hashes_and_names_no_host():
    wanted = json.loads((LOCKED / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((LOCKED / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert locked.pop("")["dependencies"] == wanted
    assert all(entry["integrity"].startswith("sha512-") for entry in locked.values())
    assert not any("resolved" in entry for entry in locked.values())


def test_a_machine_without_node_is_told_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="node is not installed"):
        installed(tmp_path)
