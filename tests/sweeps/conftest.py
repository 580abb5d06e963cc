"""A scheduler with two workers, and a book with one chapter to sweep."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gnnconv_lib.chapters import notebooks
from gnnconv_lib.sweeps import cluster, driver, tasks
from gnnconv_lib.sweeps.identity import library_digest

DECLARATION = """\
a: int = 1  # first number [0, 99]
b: float = 0.5  # second number [0, 1]
family: str = "regular"  # kind of graph {regular, star}
"""


@pytest.fixture(autouse=True, scope="module")
def still_library():
    """The library as it was at the beginning, so that an edit does not disturb these tests."""
    patch = pytest.MonkeyPatch()
    now = library_digest()
    for module in (cluster, tasks, driver.identity):
        patch.setattr(module, "library_digest", lambda: now)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def scheduler():
    """The address of a running scheduler with two workers, in threads of this process."""
    distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address="127.0.0.1:0",
    ) as running:
        yield running.scheduler_address


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A folder in which every call leaves a mark."""
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    """A book with one chapter, `line`, that prints in every way and fails at a = 3."""
    root = tmp_path_factory.mktemp("clone")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/line\n")
    cells = [
        new_markdown_cell("# A line"),
        new_code_cell("from gnnconv_lib.page import parameters, report"),
        new_code_cell(DECLARATION, metadata={"tags": ["parameters"]}),
        new_code_cell("with parameters.check(globals()):\n    pass"),
        new_code_cell("import os; a == 13 and os._exit(1)"),
        new_code_cell("if a == 3:\n    raise ZeroDivisionError('on request')"),
        new_code_cell("report.glue('product', a * b)\nreport.show('sum, n = 1', a + b)"),
        new_code_cell("report.table([[a, b / 3]], ['a', 'third | b'])"),
        new_code_cell("report.result('steps', 'diverged' if a == 4 else b / 7)"),
        new_code_cell("report.glue('folder', os.path.basename(os.getcwd()))"),
        new_code_cell("report.table([[a, 1 / 3], [2 * a, None]], ['a', 'last'], name='long')"),
    ]
    (root / "book").mkdir()
    notebooks.write(root / "book" / "line.ipynb", new_notebook(cells=cells))
    return root
