"""Sweeps of functions: each run once, failures told, the same table in the end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sweep_functions
from sweep_functions import rows

import gnnconv_lib as gc
from gnnconv_lib.sweeps import cluster, driver, tasks

pytest.importorskip("distributed", reason="Dask distributed is not installed")


def test_a_function_is_swept_once_and_the_table_stays(scheduler, tmp_path, log) -> None:
    grid = {"a": [2, 3, 4], "b": [0.1, 0.30000000000000004]}

    def again() -> driver.Sweep:
        return gc.sweeps.sweep(
            sweep_functions.total,
            grid,
            tmp_path / "out",
            fixed={"log": str(log)},
            scheduler=scheduler,
        )

    first = again()
    assert [run.status for run in first.runs] == ["finished"] * 2 + ["failed"] * 2 + [
        "finished"
    ] * 2
    assert first.runs[1].values == {"sum": 2.3, "even": True}
    assert first.runs[2].error == "ZeroDivisionError: on request"
    table = rows(first.table)
    assert [(row["a"], row["b"]) for row in table[1:3]] == [
        ("2", "0.30000000000000004"),
        ("3", "0.1"),
    ]
    assert list(table[0]) == ["a", "b", "log", "status", "sum", "even", "error"]
    content = first.table.read_bytes()
    assert len(list(log.iterdir())) == 6
    second = again()
    assert second.table.read_bytes() == content
    assert [run.reused for run in second.runs] == [True, True, False, False, True, True]
    # The two failures only are tried again.
    assert len(list(log.iterdir())) == 8


def test_odd_results(scheduler, tmp_path) -> None:
    outcome = gc.sweeps.sweep(
        sweep_functions.odd_numbers, {"x": [0.1, 1e-300]}, tmp_path / "out", scheduler=scheduler
    )
    row = rows(outcome.table)[1]
    assert (row["x"], row["x (result)"], row["inf"], row["nan"]) == (
        "1e-300",
        "1e-300",
        "inf",
        "nan",
    )
    assert (row["status"], row["status (result)"]) == ("finished", 'a,"b"')
    assert float(rows(outcome.table)[0]["third"]) == 0.1 / 3
    nested = gc.sweeps.sweep(
        sweep_functions.nested, {"depth": [1]}, tmp_path / "no", scheduler=scheduler
    )
    assert nested.runs[0].error.startswith("result inner must be a number, a bool or a string")


def test_an_interrupted_sweep_goes_on_where_it_stopped(
    scheduler, tmp_path, log, monkeypatch
) -> None:
    def go() -> driver.Sweep:
        return gc.sweeps.sweep(
            sweep_functions.total,
            {"a": [4, 5, 6, 7]},
            tmp_path / "out",
            fixed={"log": str(log)},
            scheduler=scheduler,
        )

    store = driver.Folder.store
    stored = []

    def interrupt(*arguments: object) -> None:
        if len(stored) == 2:
            raise KeyboardInterrupt
        stored.append(store(*arguments))

    with monkeypatch.context() as patch:
        patch.setattr(driver.Folder, "store", interrupt)
        with pytest.raises(KeyboardInterrupt):
            go()
    states = [row["status"] for row in rows(tmp_path / "out" / "summary.csv")]
    assert sorted(states) == ["finished", "finished", "not run", "not run"]
    outcome = go()
    assert outcome.count("finished") == 4
    assert sum(run.reused for run in outcome.runs) == 2
    whole = gc.sweeps.sweep(
        sweep_functions.total,
        {"a": [4, 5, 6, 7]},
        tmp_path / "whole",
        fixed={"log": str(log)},
        scheduler=scheduler,
    )
    assert whole.table.read_bytes() == outcome.table.read_bytes()


def test_two_sweeps_in_one_folder_at_once(scheduler, tmp_path, log) -> None:
    def go(_: int) -> driver.Sweep:
        return gc.sweeps.sweep(
            sweep_functions.total,
            {"a": list(range(4, 12)), "b": [0.1, 0.2, 0.3]},
            tmp_path / "out",
            fixed={"log": str(log)},
            scheduler=scheduler,
        )

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(go, range(2))
    assert first.count("finished") == second.count("finished") == 24
    assert len(rows(first.table)) == 24
    whole = first.table.read_bytes()
    assert all(run.reused for run in go(0).runs)
    assert first.table.read_bytes() == whole


def test_a_change_of_the_library_is_said_and_gives_new_runs(
    scheduler, tmp_path, monkeypatch
) -> None:
    said: list[str] = []

    def go() -> driver.Sweep:
        return gc.sweeps.sweep(
            sweep_functions.total,
            {"a": [1, 2]},
            tmp_path / "out",
            scheduler=scheduler,
            tell=said.append,
        )

    with monkeypatch.context() as patch:
        for module in (cluster, tasks, driver.identity):
            patch.setattr(module, "library_digest", lambda: "e" * 64)
        go()
    assert said == []
    (record, _) = sorted((tmp_path / "out" / "runs").glob("*.json"))
    outcome = go()
    assert not any(run.reused for run in outcome.runs)
    assert len(said) == 1
    assert said[0].startswith("the library changed since 2 of the runs in ")
    assert record.exists()
    for path in (tmp_path / "out" / "runs").glob("*.json"):
        path.write_bytes(path.read_bytes()[:-9])
    assert go().count("finished") == 2
    assert said[-1].startswith("2 of the runs in ")


def test_a_worker_with_another_library_refuses(tmp_path, scheduler, monkeypatch) -> None:
    answers = iter(["f" * 64] * 50)
    monkeypatch.setattr(tasks, "library_digest", lambda: next(answers))
    outcome = gc.sweeps.sweep(
        sweep_functions.total, {"a": [1]}, tmp_path / "out", scheduler=scheduler
    )
    assert outcome.runs[0].error == (
        "gnnconv_lib must stay the same during a sweep, on every worker."
    )
