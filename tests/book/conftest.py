"""The book as `make book` builds it, and a browser to look at it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import chromium
import node_packages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def book_build():
    """What `make book` says, and the folder of the book; chapters that have run are not run again.

    `make test` has built the book before the tests begin. Then there is nothing to do here.
    """
    return build(ROOT, environment=os.environ), ROOT


@pytest.fixture(scope="session")
def pages(book_build):
    """The folder of the built pages."""
    finished, root = book_build
    assert finished.returncode == 0, finished.stderr
    return root / "_build" / "html"


@pytest.fixture(scope="session")
def address(pages):
    """Where a browser finds the built pages."""
    with chromium.served(pages) as address:
        yield address


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


@pytest.fixture(scope="session")
def packages():
    """The folder of the packages of Node; where they cannot be had the test is skipped.

    In a workflow of GitHub, whose machines reach the packages, it fails.
    """
    try:
        return node_packages.installed(ROOT / "_build" / "node")
    except node_packages.Missing as error:
        if os.environ.get("GITHUB_ACTIONS"):
            pytest.fail(f"The gates of the pages may not be skipped here: {error}")
        pytest.skip(f"The pages are not validated: {error}")


def build(root, *options, environment=None):
    """Run the command behind `make book` on the book in `root`; not as if it were published."""
    command = [sys.executable, "-m", "gnnconv_lib.site.build", "--root", str(root), *options]
    private = {k: v for k, v in os.environ.items() if k not in ("CI", "GNNCONV_REPOSITORY_URL")}
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=private if environment is None else environment,
    )
