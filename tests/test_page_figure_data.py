"""The data of a figure: all that it shows, written with eight digits and read back."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gnnconv_lib import InvalidInput, plotting
from gnnconv_lib.page import figure_data, report, series


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(figure_data.VARIABLE, str(tmp_path / "data"))
    return tmp_path / "data"


def read_back(folder, figure, **options):
    report.drawn(figure, "fig-a", **options)
    return figure_data.read(folder / "fig-a.csv")


def test_every_kind_of_series_is_read_back_as_it_was_drawn(folder) -> None:
    figure, axes = plotting.figure(columns=3)
    axes[0].plot([1.0, 2.0, 3.0], [0.1, 1 / 3, -2.0], label='a, "quoted"\nlabel')
    axes[0].plot([5.0], [6.0])
    axes[0].scatter([1.0, 2.0], [3.0, 4.0], c=[7.0, 8.0])
    axes[0].vlines([1.0, 2.0], 0.0, [3.0, 4.0])
    axes[0].set_yscale("symlog")
    plotting.label(axes[0], "steps", "loss")
    axes[1].imshow([[1.0, 2.0], [3.0, math.nan]], extent=(0, 4, 0, 2), origin="lower")
    axes[1].contour([[0.0, 1.0], [1.0, 2.0]], levels=[0.5, 1.5])
    axes[1].pcolormesh([0.0, 1.0], [0.0, 2.0], [[5.0, 6.0], [7.0, 8.0]], shading="nearest")
    axes[2].bar([1, 2], [3.0, 40.0], width=0.5)
    axes[2].set_yscale("log")
    axes[2].text(1, 1, "$x$\nhere")
    data = read_back(folder, figure, digits=4)
    assert data.tolerance == 1e-4
    lines, image, bars = data.panels
    assert (lines.x, lines.y, bars.logarithmic, bars.words) == (
        "steps",
        "loss",
        ["y"],
        ["$x$\nhere"],
    )
    expected = {
        'a, "quoted"\nlabel': {"x": [1, 2, 3], "y": [0.1, 1 / 3, -2]},
        "line 2": {"x": [5], "y": [6]},
        "collection 1": {"x": [1, 2], "y": [3, 4], "value": [7, 8]},
        "collection 2": {"piece": [1, 1, 2, 2], "x": [1, 1, 2, 2], "y": [0, 3, 0, 4]},
    }
    same_series(lines.series, expected)
    expected = {
        "collection 1": {"value": [0.5, 1.5]},
        "collection 2": {"x": [0, 1, 0, 1], "y": [0, 0, 2, 2], "value": [5, 6, 7, 8]},
        "image 1": {"row": [0, 0, 1, 1], "column": [0, 1, 0, 1], "value": [1, 2, 3, math.nan]},
        "image 1, corners": {"x": [0, 4], "y": [0, 2]},
    }
    same_series(image.series, expected)
    corners = {"left": [0.75, 1.75], "bottom": [0, 0], "right": [1.25, 2.25], "top": [3, 40]}
    same_series(bars.series, {"bars": corners})


def same_series(found, expected) -> None:
    assert list(found) == list(expected)
    for name, columns in expected.items():
        assert list(found[name]) == list(columns)
        for column, values in columns.items():
            np.testing.assert_allclose(found[name][column], values, rtol=1e-7, atol=0)


def test_curves_of_one_label_stay_apart(folder) -> None:
    figure, axes = plotting.figure()
    for value in (1.0, 2.0, 3.0):
        axes.plot([0, 1], [value, value], label="x")
    (panel,) = read_back(folder, figure).panels
    assert list(panel.series) == ["x", "x (2)", "x (3)"]
    assert panel.series["x (3)"]["y"][0] == 3


def test_a_colour_bar_is_a_panel_without_its_ramp() -> None:
    figure, axes = plt.subplots()
    figure.colorbar(axes.pcolormesh(np.eye(3)), label="share")
    mesh, ramp = series.panels(figure)
    assert list(mesh.series) == ["collection 1"]
    assert (ramp.y, ramp.series) == ("share", {})


def test_colours_of_an_image_are_data(folder) -> None:
    figure, axes = plt.subplots()
    axes.imshow(np.full((1, 2, 3), 0.25), origin="upper")
    (panel,) = read_back(folder, figure).panels
    assert panel.series["image 1"]["green"].tolist() == [0.25, 0.25]
    assert panel.series["image 1, corners"]["y"].tolist() == [-0.5, 0.5]


def test_nothing_is_printed_or_written_unless_it_is_asked_for(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.delenv(figure_data.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    figure, axes = plotting.figure()
    axes.plot([1, 2])
    report.drawn(figure, "fig-a")
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "digits", "words"),
    [("../a", 6, "that of a figure"), ("", 6, "that of a figure"), ("fig-a", 7, "digits")],
)
def test_other_names_and_digits_are_refused(folder, name, digits, words) -> None:
    figure, axes = plotting.figure()
    axes.plot([1, 2])
    with pytest.raises(InvalidInput, match=words):
        report.drawn(figure, name, digits)


def test_a_name_is_that_of_one_figure(folder) -> None:
    figure, axes = plotting.figure()
    axes.plot([1, 2])
    report.drawn(figure, "fig-a")
    with pytest.raises(InvalidInput, match="'fig-a' twice"):
        report.drawn(figure, "fig-a")


def test_figures_without_data_and_values_that_are_not_drawn_are_refused() -> None:
    figure, axes = plotting.figure()
    with pytest.raises(InvalidInput, match="must show data"):
        report.drawn(figure, "fig-a")
    axes.plot([1, 2], [1, math.nan], label="loss")
    with pytest.raises(InvalidInput, match="finite, got NaN or infinity in y of loss"):
        report.drawn(figure, "fig-a")
    with pytest.raises(InvalidInput, match="must be a Matplotlib figure, got dict"):
        report.drawn({"x": [1.0]}, "fig-a")


@pytest.mark.parametrize("text", ["", "x,y\n1,2\n", "# tolerance: 1e-06\npanel,series,x\n1,a,b\n"])
def test_files_that_hold_something_else_are_refused(tmp_path, text) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InvalidInput, match="must hold the data of a figure"):
        figure_data.read(tmp_path / "a.csv")
    with pytest.raises(InvalidInput, match="must hold the data of a figure"):
        figure_data.read(tmp_path / "missing.csv")
