"""Stored results: only what is whole counts, and what is written twice is the same."""

import json
import math
from pathlib import Path

import pytest

from gnnconv_lib import InvalidInput
from gnnconv_lib.sweeps import records
from gnnconv_lib.sweeps.identity import Work, identity
from gnnconv_lib.sweeps.table import Run, table_text

WORK = Work("chapter", "line", "a" * 64, "b" * 64)
POINT = {"n": 4, "rate": 0.1 + 0.2}
VALUES = {"z": "1", "a": 0.1, "diverged": math.inf, "flag": True}


@pytest.fixture
def folder(tmp_path: Path) -> records.Folder:
    """A folder with one finished run."""
    place = records.Folder(tmp_path / "deep" / "out")
    place.store(WORK, POINT, VALUES, "the notebook", {"python": "3"})
    return place


RUN = identity(WORK, POINT)


def test_a_finished_run_is_found_with_its_values_in_order(folder) -> None:
    found = folder.load(RUN)
    assert found == VALUES
    assert list(found) == list(VALUES)
    assert folder.notebook(RUN).read_text() == "the notebook"
    assert len(list(folder.runs.iterdir())) == 2


def test_every_part_of_the_identity_counts() -> None:
    assert identity(WORK, dict(reversed(POINT.items()))) == RUN
    others = [
        identity(Work("function", "line", WORK.source, WORK.library), POINT),
        identity(Work("chapter", "lines", WORK.source, WORK.library), POINT),
        identity(Work("chapter", "line", "c" * 64, WORK.library), POINT),
        identity(Work("chapter", "line", WORK.source, "c" * 64), POINT),
        identity(WORK, POINT | {"rate": math.nextafter(POINT["rate"], 1)}),
        identity(WORK, POINT | {"n": 4.0}),
        identity(WORK, POINT | {"more": 1}),
    ]
    assert len({RUN, *others}) == len(others) + 1


def test_no_prefix_of_a_record_counts(folder) -> None:
    path = folder.runs / f"{RUN[:20]}.json"
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2):
        path.write_bytes(whole[:length])
        assert folder.load(RUN) is None
    assert folder.damaged(RUN)
    path.write_bytes(whole)
    assert folder.load(RUN) is not None
    assert not folder.damaged(RUN)


def test_edited_moved_and_incomplete_results_do_not_count(folder) -> None:
    path = folder.runs / f"{RUN[:20]}.json"
    whole = path.read_text()
    path.write_text(whole.replace('"z": "1"', '"z": "2"'))
    assert folder.load(RUN) is None
    path.write_text("[1, 2]")
    assert folder.load(RUN) is None
    path.write_text(whole)
    other = identity(WORK, POINT | {"n": 5})
    (folder.runs / f"{other[:20]}.json").write_text(whole)
    folder.notebook(other).write_text("the notebook")
    assert folder.load(other) is None
    folder.notebook(RUN).write_text("the notebo")
    assert folder.load(RUN) is None
    folder.notebook(RUN).unlink()
    assert folder.load(RUN) is None


def test_a_success_removes_the_notebook_of_an_earlier_failure(folder) -> None:
    folder.store_failed(RUN, "half")
    assert folder.notebook(RUN, failed=True).read_text() == "half"
    folder.store(WORK, POINT, VALUES, "the notebook", {"python": "3"})
    assert not folder.notebook(RUN, failed=True).exists()


def test_records_of_another_state_are_counted_by_what_changed(folder) -> None:
    assert folder.others(WORK, [RUN]) == {}
    assert folder.others(WORK, []) == {}
    newer = Work("chapter", "line", WORK.source, "c" * 64)
    assert folder.others(newer, []) == {"library": 1}
    edited = Work("chapter", "line", "d" * 64, WORK.library)
    assert folder.others(edited, []) == {"chapter": 1}
    both = Work("chapter", "line", "d" * 64, "c" * 64)
    assert folder.others(both, []) == {"library and chapter": 1}
    assert folder.others(Work("chapter", "other", "d" * 64, "c" * 64), []) == {}


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match=r"^output must be a folder that can be written.*\.$"):
        records.Folder(tmp_path / "file")


def test_the_table_keeps_digits_and_names_apart(tmp_path) -> None:
    runs = [
        Run({"n": 1, "x": 0.1 + 0.2}, "finished", {"n": 7, "late": math.nan}, "", tmp_path / "a.b"),
        Run({"n": 2, "x": 1e-300}, "failed", {}, 'no, "never"'),
        Run({"n": 3, "x": -0.0}, "finished", {"other": True, "late": "a\nb"}),
    ]
    assert table_text(runs, tmp_path).split("\n", 2)[:2] == [
        "n,x,status,n (result),late,other,error,notebook",
        "1,0.30000000000000004,finished,7,nan,,,a.b",
    ]
    assert '2,1e-300,failed,,,,"no, ""never""",\n' in table_text(runs, tmp_path)
    assert json.loads("1e-300") == 1e-300
