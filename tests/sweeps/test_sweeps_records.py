"""Stored results: only what is whole counts, and what is written twice is the same."""

import math
from pathlib import Path

import pytest

from gnnconv_lib import InvalidInput
from gnnconv_lib.sweeps import records
from gnnconv_lib.sweeps.identity import Work, identity
from gnnconv_lib.sweeps.table import Run, long_text, wide_text

WORK = Work("chapter", "line", "a" * 64, "b" * 64)
POINT = {"n": 4, "rate": 0.1 + 0.2}
TABLE = {"columns": ["graph", "A"], "rows": [["path", 1 / 3]]}
VALUES = {"z": "1", "a": 0.1, "diverged": math.inf, "flag": True, "table": TABLE}


RUN = identity(WORK, POINT)
OTHER = identity(WORK, POINT | {"n": 5})
NAMES = {RUN: "rate=0.3", OTHER: "n=5,rate=0.3"}


@pytest.fixture
def folder(tmp_path: Path) -> records.Folder:
    """A folder with one finished run."""
    place = records.Folder(tmp_path / "deep" / "out", NAMES)
    place.store(WORK, POINT, VALUES, "the notebook", {"python": "3"})
    return place


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
    path = folder.notebook(RUN).with_suffix(".json")
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2):
        path.write_bytes(whole[:length])
        assert folder.load(RUN) is None
    assert folder.damaged(RUN)
    path.write_bytes(whole)
    assert folder.load(RUN) is not None
    assert not folder.damaged(RUN)


def test_edited_moved_and_incomplete_results_do_not_count(folder) -> None:
    path = folder.notebook(RUN).with_suffix(".json")
    whole = path.read_text()
    path.write_text(whole.replace('"z": "1"', '"z": "2"'))
    assert folder.load(RUN) is None
    path.write_text("[1, 2]")
    assert folder.load(RUN) is None
    path.write_text(whole)
    folder.notebook(OTHER).with_suffix(".json").write_text(whole)
    folder.notebook(OTHER).write_text("the notebook")
    assert folder.load(OTHER) is None
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
        records.Folder(tmp_path / "file", {})


def test_files_are_named_by_what_was_set_in_one_order(folder) -> None:
    assert folder.notebook(RUN).name == f"rate=0.3,{RUN[:12]}.ipynb"
    assert folder.notebook(RUN, failed=True).name == f"rate=0.3,{RUN[:12]}.failed.ipynb"
    name = records.run_name
    assert name({"b": 1, "a": 2}, {}) == name({"a": 2, "b": 1}, {}) == "a=2,b=1"
    assert name({"a": 2, "b": 0.5}, {"a": 2, "b": 0.5}) == "defaults"
    assert name({"file": "/data/a b?loops=ignore"}, {"file": ""}) == "file=a-b-loops=ignore"
    assert len(name({"text": "\u00e9" * 500}, {})) == 80


RUNS = [
    {"n": 7, "late": math.nan},
    {"other": True, "late": "a\nb", "t": {"columns": ["g", "x"], "rows": [["path", 1 / 3]]}},
    {"t": {"columns": ["g", "x"], "rows": [["path", -1 / 3], ["star", "diverged"]]}},
    {"roots": {"columns": [""], "rows": [[0.1 + 0.2], [2]]}},
]


def test_the_wide_table_keeps_digits_and_names_apart(tmp_path) -> None:
    runs = [
        Run({"n": 1, "x": 0.1 + 0.2}, "finished", RUNS[0], "", tmp_path / "a.b"),
        Run({"n": 2, "x": 1e-300}, "failed", {}, 'no, "never"'),
        *(Run({"n": 3, "x": -0.0}, "finished", values) for values in RUNS[1:]),
    ]
    assert wide_text(runs, tmp_path).replace("a\nb", "a/b").splitlines() == [
        "n,x,status,n (result),late,other,t: g,t: x,error,notebook",
        "1,0.30000000000000004,finished,7,nan,,,,,a.b",
        '2,1e-300,failed,,,,,,"no, ""never""",',
        '3,-0.0,finished,,"a/b",True,path,0.3333333333333333,,',
        "3,-0.0,finished,,,,,,,",
        "3,-0.0,finished,,,,,,,",
    ]


def test_the_long_table_has_a_row_per_number() -> None:
    runs = [Run({"row": k}, "finished", values) for k, values in enumerate(RUNS)]
    runs.append(Run({"row": 9}, "failed", {}, "no"))
    assert long_text(runs).replace("a\nb", "a/b").splitlines() == [
        "row,result,row (result),label,column,value",
        "0,n,,,,7",
        "0,late,,,,nan",
        "1,other,,,,True",
        '1,late,,,,"a/b"',
        "1,t,1,path,g,path",
        "1,t,1,path,x,0.3333333333333333",
        "2,t,1,path,g,path",
        "2,t,1,path,x,-0.3333333333333333",
        "2,t,2,star,g,star",
        "2,t,2,star,x,diverged",
        "3,roots,1,,,0.30000000000000004",
        "3,roots,2,,,2",
    ]
