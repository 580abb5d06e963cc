"""The data of figures, compared point by point: what turns red, and what rounding may do."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gnnconv_lib.chapters import figures
from gnnconv_lib.chapters.differences import MAY_DIFFER
from gnnconv_lib.chapters.figure_differences import apart, figure_differences, first_difference
from gnnconv_lib.page.figure_data import FigureData, as_csv
from gnnconv_lib.page.series import Panel

STEPS = np.arange(100.0)
LOSSES = np.exp(-STEPS / 5)


def data():
    curves = {"d = 5": {"x": STEPS, "y": LOSSES}, "d = 9": {"x": STEPS, "y": LOSSES**2}}
    return FigureData(
        1e-4,
        [
            Panel("step", "loss", ["y"], ["here"], curves),
            Panel(series={"bars": {"x": STEPS.copy()}}),
        ],
    )


def changed(change):
    new = copy.deepcopy(data())
    change(new)
    return first_difference(data(), new)


def moved(panel, name, column, row, value):
    return lambda new: np.put(new.panels[panel].series[name][column], row, value)


def rename(new):
    new.panels[0].series = {"d = 7": new.panels[0].series.pop("d = 5"), **new.panels[0].series}


def shorten(new):
    new.panels[1].series["bars"]["x"] = STEPS[:-1]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            moved(0, "d = 9", "y", 3, LOSSES[3] ** 2 * 1.001),
            ("panel 1, d = 9, point 4", "y = 0.30119421", "y = 0.30149541"),
        ),
        (
            # Far below the first value, and still seen, since the axis is logarithmic.
            moved(0, "d = 5", "y", [90, 99], 0),
            ("panel 1, d = 5, point 91 (the first of 2)", "y = 1.522998e-08", "y = 0"),
        ),
        (moved(1, "bars", "x", 0, 0.01), ("panel 2, bars, point 1", "x = 0", "x = 0.01")),
        (moved(1, "bars", "x", 0, math.nan), ("panel 2, bars, point 1", "x = 0", "x = nan")),
        (rename, ("panel 1, d = 5", "100 points", "(nothing)")),
        (
            lambda new: new.panels[1].series.update(more={"x": STEPS}),
            ("panel 2, more", "(nothing)", "100 points"),
        ),
        (shorten, ("panel 2, bars, points", "100 points of x", "99 points of x")),
        (
            lambda new: setattr(new.panels[0], "x", "steps"),
            ("panel 1, label of x", "step", "steps"),
        ),
        (
            lambda new: new.panels[0].logarithmic.clear(),
            ("panel 1, logarithmic", "['y']", "[]"),
        ),
        (lambda new: new.panels[0].words.clear(), ("panel 1, words", "['here']", "[]")),
        (lambda new: new.panels.pop(), ("panels", "2", "1")),
    ],
)
def test_a_planted_change_is_found_and_named(change, expected) -> None:
    assert changed(change) == expected


def test_a_loosened_tolerance_is_a_difference() -> None:
    new = FigureData(1e-2, data().panels)
    assert first_difference(data(), new) == ("tolerance", "0.0001", "0.01")


def test_changes_within_the_tolerance_are_none() -> None:
    assert first_difference(data(), data()) is None
    assert changed(moved(0, "d = 5", "y", 99, LOSSES[99] * (1 + 9e-5))) is None
    assert changed(moved(1, "bars", "x", 0, 9e-5 * 99)) is None


@given(
    st.lists(st.floats(-1e300, 1e300).filter(lambda x: abs(x) > 1e-300), min_size=1),
    st.sampled_from([False, True]),
)
def test_the_last_bits_never_count(values, logarithmic) -> None:
    stored = np.array([float(f"{value:.8g}") for value in values])
    now = np.nextafter(np.array(values), math.inf)
    assert not apart(stored, now, 1e-6, logarithmic).any()


@given(st.lists(st.floats(-1e100, 1e100), min_size=2, unique=True), st.data())
def test_more_than_the_tolerance_always_counts(values, draw) -> None:
    stored = np.array(values)
    now = stored.copy()
    row = draw.draw(st.integers(0, len(values) - 1))
    # Neither below the extent's share nor below what eight digits tell.
    step = max(1e-3 * np.ptp(stored), 2e-7 * np.abs(stored).max())
    now[row] += 1.01 * step
    assert apart(stored, now, 1e-3).tolist() == [k == row for k in range(len(values))]


def test_nan_agrees_with_nan_alone() -> None:
    one, other = np.array([math.nan, math.nan, 1.0]), np.array([math.nan, 1.0, math.nan])
    assert apart(one, other, 1e-3).tolist() == [False, True, True]


def chapter(*names, tags=()):
    cells = [
        new_code_cell("1", metadata={"mystnb": {"figure": {"name": name}}, "tags": list(tags)})
        for name in names
    ]
    return new_notebook(cells=[new_markdown_cell("# Title"), *cells])


@pytest.fixture
def stored(tmp_path):
    """The stored files of a chapter with two figures, and those of an equal run."""
    found = []
    for name in ("stored", "run"):
        drawn = tmp_path / name
        drawn.mkdir()
        for figure in ("fig-a", "fig-b"):
            (drawn / f"{figure}.csv").write_text(as_csv(data()))
        figures.store(figures.drawn_files(drawn), drawn / "line.ipynb")
        found.append(figures.data_files(drawn / "line.ipynb"))
    return found


def told(found):
    return [str(entry) for entry in found]


def test_a_run_is_compared_figure_by_figure(stored) -> None:
    before, now = stored
    notebook = chapter("fig-b", "fig-a")
    assert figure_differences(notebook, before, now) == []
    new = data()
    new.panels[0].series["d = 5"]["y"][0] = 2.0
    now["fig-a"].write_text(as_csv(new))
    assert told(figure_differences(notebook, before, now)) == [
        "cell 3, fig-a, panel 1, d = 5, point 1: stored `y = 1`, now `y = 2`"
    ]
    may_differ = chapter("fig-b", "fig-a", tags=[MAY_DIFFER])
    assert figure_differences(may_differ, before, now) == []


def test_figures_without_stored_data_and_data_without_a_figure(stored) -> None:
    before, now = stored
    one = {"fig-a": now["fig-a"]}
    assert told(figure_differences(chapter("fig-a", "fig-b"), before, one)) == [
        "cell 3, fig-b: stored `line.fig-b.csv`, now `(nothing)`"
    ]
    assert told(figure_differences(chapter("fig-a"), one, now)) == [
        "cell 1, fig-b: stored `(nothing)`, now `line.fig-b.csv`"
    ]


def test_stored_files_are_those_of_the_last_run(tmp_path, stored) -> None:
    before, now = stored
    chapter_path = tmp_path / "stored" / "line.ipynb"
    other = tmp_path / "stored" / figures.FOLDER / "line-2.fig-a.csv"
    other.write_text("of another chapter")
    assert not figures.store(now, chapter_path)
    assert figures.store({"fig-b": now["fig-b"]}, chapter_path)
    assert figures.data_files(chapter_path) == {"fig-b": before["fig-b"]}
    assert other.exists()
