"""What chapters print: rounding that hides last bits, tables, verdict tables."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, strategies as st

from gnnconv_lib import InvalidInput, evidence
from gnnconv_lib.page import report, results, verdicts
from gnnconv_lib.page.rounding import AtMost, as_text

FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


@given(FINITE.filter(lambda x: x == 0 or abs(x) > 1e-300), st.integers(1, 10))
def test_text_is_the_number_to_the_digits_asked_for(value: float, digits: int) -> None:
    assert float(as_text(value, digits)) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))


@given(st.integers(-(10**4), 10**4), st.integers(1, 6), st.integers(-3, 3))
def test_last_bits_do_not_show_at_numbers_half_way(whole: int, digits: int, units: int) -> None:
    value = whole / 64
    nearby = value + units * math.ulp(value)
    assert as_text(nearby, digits, zero=1e-300) == as_text(value, digits, zero=1e-300)


def test_rounding_at_once_would_show_the_last_bit() -> None:
    just_above = math.nextafter(0.0625, 1)
    assert f"{0.0625:.2g}" != f"{just_above:.2g}"
    assert as_text(0.0625, 2) == as_text(just_above, 2)


def test_integers_are_exact_at_any_size() -> None:
    assert as_text(10**30 + 1, 2) == str(10**30 + 1)
    assert as_text(np.int64(123456789), 2) == "123456789"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(InvalidInput, match="status"):
        as_text(value)
    with pytest.raises(InvalidInput, match="status"):
        report.table([[value]], ["loss"])


@pytest.mark.parametrize("value", [1j, np.ones(2), object(), [1]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput, match="must be a number or a string"):
        as_text(value)


def test_jax_scalars_count_as_numbers() -> None:
    import jax.numpy as jnp

    assert as_text(jnp.asarray(2 / 3)) == "0.6667"


@pytest.mark.parametrize("value", [1.1e-12, -2.0, math.nan])
def test_a_bound_that_does_not_hold_cannot_be_printed(value: float) -> None:
    with pytest.raises(InvalidInput, match="at most"):
        AtMost(value, 1e-12)


def test_agree_fails_the_cell_when_two_routes_differ(capsys: pytest.CaptureFixture[str]) -> None:
    report.agree("loss", np.nextafter(2.0, 3), 2.0, 1e-12)
    assert capsys.readouterr().out == "loss = 2 (two routes agree to 1e-12)\n"
    for wrong in (2.1, math.nan):
        with pytest.raises(InvalidInput, match="loss must agree"):
            report.agree("loss", wrong, 2.0, 1e-12)


def test_table_has_a_plain_and_a_markdown_form() -> None:
    table = report.table([{"name": "$|x|$", "value": 2 / 3}], ["name", "value"], {"value": 2})
    assert repr(table).splitlines() == ["name   value", "-----  -----", "$|x|$   0.67"]
    assert table._repr_markdown_().splitlines() == [
        "| name | value |",
        "| :--- | ---: |",
        "| $\\|x\\|$ | 0.67 |",
    ]


def test_a_missing_number_leaves_a_column_of_numbers_what_it_is() -> None:
    rows = [["a", 1.5, "-", "-"], ["-", "-", "-", "none"]]
    table = report.table(rows, ["name", "number", "nothing", "words"])._repr_markdown_()
    assert table.splitlines()[1] == "| :--- | ---: | :--- | :--- |"


@pytest.mark.parametrize(
    ("rows", "digits"), [([[1]], 4), ([{"a": 1}], 4), ([[1, 2]], {"c": 3}), ([[1, 2, 3]], 4)]
)
def test_table_refuses_rows_that_do_not_fit(rows: list, digits: object) -> None:
    with pytest.raises(InvalidInput):
        report.table(rows, ["a", "b"], digits)


def test_show_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    report.show("roots", np.array([1.0, 2.0000000000000004]))
    report.show("name", "star")
    assert capsys.readouterr().out == "roots = 1, 2\nname = star\n"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A function that gives what has been reported since the test began."""
    monkeypatch.setenv(results.VARIABLE, str(tmp_path / "results"))
    return lambda: results.read(tmp_path / "results")


def test_what_is_reported_is_kept_unrounded_under_its_name(kept) -> None:
    assert kept() == {}
    third = 1 / 3
    report.show("x", third, digits=1)
    report.show("x", np.float32(third))
    report.show("noise", AtMost(3e-16, 1e-12))
    report.show("roots", np.array([third, 2.0]), digits=1)
    report.agree("loss", 0.25 + 1e-15, 0.25, 1e-12)
    report.glue("glued", np.int64(10**12), digits=2)
    report.result("steps", "diverged")
    report.result("met", np.True_)
    report.table([{"g": "a|b", "A": None}], ["g", "A"])
    report.table([["path", 1e-20], ["star", True]], ["g", "x"], zero=1e-9, name="small")
    report.table([["hidden"]], ["g"], name="")
    assert kept() == {
        "x": third,
        "x (2)": float(np.float32(third)),
        "noise": 3e-16,
        "roots": {"columns": [""], "rows": [[third], [2.0]]},
        "loss": 0.25 + 1e-15,
        "glued": 10**12,
        "steps": "diverged",
        "met": True,
        "table": {"columns": ["g", "A"], "rows": [["a|b", "-"]]},
        "small": {"columns": ["g", "x"], "rows": [["path", 1e-20], ["star", True]]},
    }


@pytest.mark.parametrize("value", [math.nan, math.inf, 1j, np.ones(2), [1.0], {}])
def test_a_result_that_no_table_could_hold_is_refused(kept, value: object) -> None:
    with pytest.raises(InvalidInput, match="value must be"):
        report.result("x", value)
    assert kept() == {}


def test_nothing_is_kept_unless_it_is_asked_for(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.delenv(results.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    report.result("x", 1.0)
    report.show("x", 1.0)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == "x = 1\n"


LEDGER = """\
paper: planted2026
items:
  - id: planted2026:lemma-1
    kind: lemma
    title: A first lemma
    place: Section 3
    statement: One is one.
    page: setting
    verdict: {verdict}
  - id: planted2026:lemma-2
    kind: lemma
    place: Section 3
    statement: "Two is two. More words."
    page: setting
"""


@pytest.fixture
def planted_book(tmp_path, monkeypatch, plant_claims):
    """A function that plants a book with a ledger whose claim has the given evidence."""
    plant_claims("planted2026:lemma-1")

    def plant(found: evidence.Evidence, verdict: str):
        (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/setting\n")
        folder = tmp_path / "book" / "ledger"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "planted2026.yml").write_text(LEDGER.format(verdict=verdict))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(verdicts.audit, "run", lambda name, budget: found)

    return plant


HOLDS = evidence.Evidence("numerical", "holds", "Both sides are 1.")
FAILS = evidence.Evidence(
    "search",
    "false",
    "One is two.",
    witness=evidence.Witness("n = 1", 1.0, 2.0),
)


def test_verdict_table_shows_what_the_checks_found(planted_book) -> None:
    planted_book(HOLDS, "holds")
    rows = verdicts.verdict_rows(["planted2026:lemma-1", "planted2026:lemma-2"])
    assert rows == [
        ["Lemma 1", "A first lemma", "numerical", "✓ holds", "Both sides are 1."],
        ["Lemma 2", "Two is two.", "-", "… pending", "No claim yet."],
    ]


def test_verdict_table_refuses_a_ledger_that_its_checks_contradict(planted_book) -> None:
    planted_book(FAILS, "holds")
    with pytest.raises(InvalidInput, match=re.escape("the ledger says 'holds', its checks say")):
        report.verdict_table(["planted2026:lemma-1"])


def test_verdict_table_names_the_nearest_item(planted_book) -> None:
    planted_book(HOLDS, "holds")
    with pytest.raises(InvalidInput, match="did you mean 'planted2026:lemma-1'"):
        report.verdict_table(["planted2026:lemma1"])
