"""The tables behind Figures 1 and 2 of li2021: stored, read, compared; and the command."""

import numpy as np
import pytest

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.cli import main
from gnnconv_lib.page import figures
from gnnconv_lib.validation import InvalidInput


@pytest.fixture(scope="module")
def panels():
    return ag.figure_1(
        ["tanh"],
        readings=[("mean", 0.2), ("sum", 0.2)],
        nodes=12,
        steps=3,
        seeds=[4, 9],
        fits=False,
    )


def test_a_table_holds_every_seed_and_epoch_and_is_read_back(panels, tmp_path):
    path = tmp_path / "panels.csv"
    ag.write_panels(panels, path)
    rows = ag.read_panels(path)
    assert [row[:5] for row in rows] == [row[:5] for row in ag.panel_rows(panels)]
    assert {row[3] for row in rows} == {4, 9}
    assert len(rows) == 2 * 2 * panels[0].steps.size
    assert rows[0][5] == pytest.approx(float(panels[0].W[0, 0]), rel=1e-5)
    assert [entry.name for entry in tmp_path.iterdir()] == ["panels.csv"]


def test_the_difference_to_stored_data_is_found(panels, tmp_path):
    path = tmp_path / "panels.csv"
    ag.write_panels(panels, path)
    assert figures.largest_difference(panels, path) < 1e-5
    text = path.read_text().splitlines()
    parts = text[3].split(",")
    text[3] = ",".join([*parts[:5], repr(float(parts[5]) * 1.01), parts[6]])
    path.write_text("\n".join(text) + "\n")
    assert figures.largest_difference(panels, path) == pytest.approx(0.01, rel=0.1)
    path.write_text("\n".join(text[:-1]) + "\n")
    with pytest.raises(InvalidInput, match="same runs"):
        figures.largest_difference(panels, path)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="columns"):
        ag.read_panels(path)


def test_the_command_writes_data_and_pictures(tmp_path, monkeypatch, capsys):
    small = {
        "li2021:figure-1": lambda seeds: ag.figure_1(
            ["tanh"], readings=[("mean", 0.2)], nodes=5, steps=2, seeds=range(seeds), fits=False
        )
    }
    monkeypatch.setattr(figures, "FIGURES", small)
    assert main(["figure", "li2021:figure-1", "-o", str(tmp_path / "new"), "--seeds", "2"]) == 0
    written = capsys.readouterr().out.split()
    assert [name.rsplit("/", 1)[-1] for name in written] == [
        "li2021-figure-1.csv",
        "li2021-figure-1-noise-0.2.png",
    ]
    assert np.unique([row[3] for row in ag.read_panels(written[0])]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["li2021:figure-3", "-o", "x"], "figure must be one of"),
        (["li2021:figure-1", "-o", "x", "--seeds", "0"], "seeds must be"),
    ],
)
def test_bad_input_is_one_sentence(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["figure", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert main(["figure", "li2021:figure-2", "-o", str(tmp_path / "file")]) == 2
    assert (tmp_path / "file").read_text() == "mine"
    assert "must be a folder" in capsys.readouterr().err
