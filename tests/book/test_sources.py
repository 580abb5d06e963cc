"""The settings that the build derives, and the text of the generated pages."""

import shutil
from pathlib import Path

import pytest
import yaml

from gnnconv_lib.chapters.differences import Difference
from gnnconv_lib.site import api_page, status_page
from gnnconv_lib.site.code_pages import SharedContents
from gnnconv_lib.site.staging import page_sources, stage_book
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path):
    """A book of two pages, in a folder of its own."""
    (tmp_path / "book").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"book/{name}.md").write_text(f"# {name}\n")
    shutil.copyfile(ROOT / "_config.yml", tmp_path / "_config.yml")
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/two\nparts:\n- caption: A\n  chapters:\n  - file: book/one\n"
    )
    return tmp_path


def staged_settings(root):
    stage_book(root, root / "stage")
    return yaml.safe_load((root / "stage/_config.yml").read_text(encoding="utf-8"))


def test_pages_come_in_the_order_of_the_contents(root):
    assert page_sources(root) == [Path("book/two.md"), Path("book/one.md")]


def test_a_page_named_twice_is_refused(root):
    with (root / "_toc.yml").open("a", encoding="utf-8") as stream:
        stream.write("  - file: book/one\n")
    with pytest.raises(InvalidInput, match="each page once"):
        page_sources(root)


def test_every_notebook_and_page_under_book_is_in_the_contents():
    listed = set(page_sources(ROOT))
    found = {
        path.relative_to(ROOT)
        for pattern in ("*.ipynb", "*.md")
        for path in (ROOT / "book").rglob(pattern)
        if ".ipynb_checkpoints" not in path.parts
    }
    assert found == listed


def test_the_settings_are_safe_for_plain_jupyter_book():
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["execute"]
    assert settings["execute_notebooks"] == "force"
    assert settings["raise_on_error"] is True
    assert settings["allow_errors"] is False
    assert settings["stderr_output"] == "error"


def test_staging_copies_the_pages_and_leaves_execution_to_the_build(root):
    settings = staged_settings(root)
    assert settings["execute"]["execute_notebooks"] == "off"
    assert (root / "stage/book/one.md").is_file()
    assert "use_repository_button" not in settings["html"]


def test_staging_removes_what_an_earlier_build_left(root):
    (root / "stage/book").mkdir(parents=True)
    (root / "stage/book/old.md").write_text("# old\n")
    stage_book(root, root / "stage")
    assert not (root / "stage/book/old.md").exists()


def test_one_variable_names_the_published_address(root, monkeypatch):
    monkeypatch.setenv("GNNCONV_REPOSITORY_URL", "https://github.com/owner/name")
    settings = staged_settings(root)
    assert settings["repository"]["url"] == "https://github.com/owner/name"
    assert settings["html"]["use_repository_button"] is True
    assert settings["launch_buttons"]["binderhub_url"]


@pytest.mark.parametrize("address", ["owner/name", "https://github.com/owner", "ftp://a.org/b/c"])
def test_an_address_of_no_repository_is_refused(root, monkeypatch, address):
    monkeypatch.setenv("GNNCONV_REPOSITORY_URL", address)
    with pytest.raises(InvalidInput, match="GNNCONV_REPOSITORY_URL must be like"):
        stage_book(root, root / "stage")


def test_a_folder_without_contents_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="root must be a folder"):
        page_sources(tmp_path)


def test_the_status_page_tells_how_the_pages_were_made(tmp_path):
    assert "stored outputs" in status_page.status_text(tmp_path)
    assert "while they were rendered" in status_page.status_text(tmp_path, True)
    status_page.write_record(tmp_path, {"one": 1.25, "two": 2.5})
    text = status_page.status_text(tmp_path)
    assert "Every chapter of these pages was **executed**" in text
    assert "| `two` | 2.5 |" in text
    assert "| all chapters | 3.8 |" in text


def test_the_status_page_lists_what_differs_from_the_stored_outputs(tmp_path):
    found = {"one": [Difference(3, "targets met = 15 of 18", "targets met = 0 of 0")]}
    status_page.write_record(tmp_path, {"one": 1.25}, found)
    text = status_page.status_text(tmp_path)
    assert "`one`, cell 3:" in text
    assert "stored: targets met = 15 of 18\nnow:    targets met = 0 of 0" in text
    assert "no line differs" not in text


def test_formulas_in_docstrings_keep_their_form():
    lines = [
        "The loss |w|^2 of w* and x_, as in `a*b`s.",
        "",
        "    L = A * |w|",
        "",
        "Args:",
        "    w: of shape (r,), not w*.",
        "",
        ">>> 2 * 3",
        "6",
    ]
    assert api_page.protect_formulas(lines) == [
        r"The loss \|w\|^2 of w\* and x\_, as in `a*b`\ s.",
        "",
        "::",
        "",
        "    L = A * |w|",
        "",
        "Args:",
        r"    w: of shape (r,), not w\*.",
        "",
        ">>> 2 * 3",
        "6",
    ]


def test_lists_in_docstrings_are_told_from_minus_signs():
    lines = ["Two reasons.", "- one", "- two", "", "The loss is W1", "- W2 in short."]
    assert api_page.protect_formulas(lines) == ["Two reasons.", "", *lines[1:]]


def test_pages_with_code_at_one_depth_share_the_contents_of_the_book():
    share, asked = SharedContents(), []

    def shown(name, **options):
        context = {"toctree": lambda **given: asked.append((name, given)) or f"from {name}"}
        share(None, name, "page.html", context, None)
        return context["toctree"](**options)

    assert [shown("code/a"), shown("code/b"), shown("code/c/d")] == [
        "from code/a", "from code/a", "from code/c/d"
    ]  # fmt: skip
    assert shown("code/b", collapse=True) == "from code/b"
    assert [shown("book/one"), shown("book/two")] == ["from book/one", "from book/two"]
    assert len(asked) == 5
