"""Every page of the book by the rules of WCAG 2.1 A and AA and by best practice, as axe-core has them.

In a workflow of GitHub every chapter and every page of the back is read, elsewhere a third of them, another
one each day. On a wide screen all rules read; on a phone all read one page in ten and the first of each
folder, and those that depend on the width read each. Of the pages that are made from one template, the
library's modules and the code of the claims, one in six and one in thirty is read (`test_validator.py`
reads all).
"""

import os
from datetime import date

import axe
import chromium
import pytest
from test_pages import PAGES

pytestmark = pytest.mark.browser

MODULES = [path for path in PAGES if "/api/" in path]
OTHERS = [path for path in PAGES if path not in MODULES]
THIRD = OTHERS if os.environ.get("GITHUB_ACTIONS") else OTHERS[date.today().toordinal() % 3 :: 3]
READ = [*THIRD, *MODULES[::6]]
FOLDERS = {path.rpartition("/")[0]: path for path in reversed(READ)}
ON_A_PHONE = {*READ[::10], *FOLDERS.values()}
PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>A page</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
    "body {{ background: white; }} [data-theme=dark] body {{ background: black; }}"
    "</style></head><body><main><h1>A page</h1>{}</main></body></html>"
)
PLANTED = {
    "image-alt": '<img src="a.png">',
    "contrast": '<p style="color: #aaa; background: #fff">faint</p>',
    "contrast:": '<p style="color: #444">legible on white alone</p>',
    "label": '<input type="text">',
    "aria-valid-attr-value": '<p aria-hidden="perhaps">x</p>',
    "heading-order": "<h4>x</h4>",
    "phone: scrollable-region-focusable": (
        f'<pre tabindex="-1" style="overflow-x: auto">{"words " * 100}</pre>'
    ),
}


@pytest.fixture(scope="module")
def seen(browser, pages, packages):
    code = sorted(path.relative_to(pages).as_posix() for path in (pages / "code").rglob("*.html"))
    assert len(code) > 100
    reader = axe.Reader(browser, packages)
    with chromium.served(pages) as address:
        found = {
            path: reader.read(f"{address}/{path}", phone=path in ON_A_PHONE)
            for path in [*READ, "prf-prf.html", *code[::30]]
        }
    assert len(reader.measured) > 25
    assert len(READ) > 12
    return found


def test_no_page_has_a_fault(seen):
    assert {path: found for path, found in seen.items() if found} == {}


@pytest.mark.parametrize("kind", PLANTED)
def test_each_planted_fault_is_found(browser, packages, tmp_path, kind):
    for name, body in {"clean": "<p>x</p>", "planted": PLANTED[kind]}.items():
        (tmp_path / f"{name}.html").write_text(PAGE.format(body), encoding="utf-8")
    reader = axe.Reader(browser, packages)
    with chromium.served(tmp_path) as address:
        assert reader.read(f"{address}/clean.html") == []
        found = reader.read(f"{address}/planted.html")
    assert any(fault.startswith(kind) for fault in found), found
