"""The book, built once from its stored outputs, and a browser to look at it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import chromium

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def book_build(tmp_path_factory):
    """The finished build of the stored outputs, and the folder that it ran in."""
    root = tmp_path_factory.mktemp("book")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(ROOT / name, root / name)
    shutil.copytree(ROOT / "book", root / "book")
    finished = build(root, "--stored")
    return finished, root


@pytest.fixture(scope="session")
def pages(book_build):
    """The folder of the built pages."""
    finished, root = book_build
    assert finished.returncode == 0, finished.stderr
    return root / "_build" / "html"


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A headless Chromium; without one the test is skipped, in CI it fails."""
    reason = chromium.missing()
    if reason and os.environ.get("CI"):
        pytest.fail(f"Browser tests may not be skipped in CI: {reason}.")
    if reason:
        pytest.skip(f"No browser: {reason}.")
    driver = chromium.start(tmp_path_factory.mktemp("chromium"))
    yield driver
    driver.quit()


def build(root, *options):
    """Run the command behind `make book` on the book in `root`."""
    command = [sys.executable, "-m", "gnnconv_lib.chapters.build", "--root", str(root), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)
