"""The order in which files are tested."""

from pathlib import Path
from types import SimpleNamespace

from tests import longest_first

ROOT = Path(__file__).resolve().parents[1]


def test_files_of_the_list_are_there_and_come_first_in_its_order():
    assert all((ROOT / name).is_file() for name in longest_first.LONGEST)
    last, first = longest_first.LONGEST[1], longest_first.LONGEST[0]
    names = [
        "book/back/ledger.ipynb::x",
        "tests/test_a.py::x",
        f"{last}::x",
        "tests/test_b.py::x",
        f"{first}::x",
        f"{first}::y",
    ]
    items = [SimpleNamespace(nodeid=name) for name in names]
    longest_first.pytest_collection_modifyitems(items)
    assert [item.nodeid for item in items] == [
        f"{first}::x",
        f"{first}::y",
        f"{last}::x",
        "tests/test_a.py::x",
        "tests/test_b.py::x",
        "book/back/ledger.ipynb::x",
    ]
