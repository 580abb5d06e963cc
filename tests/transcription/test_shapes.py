"""The transcription is complete, documented and finite, and its alternatives are alternatives."""

import ast
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from tests.transcription import awasthi2021, li2021
from tests.transcription.arguments import (
    awasthi2021_arguments,
    evaluate,
    li2021_arguments,
    relu_dual,
)

PAPERS = {
    "awasthi2021": (awasthi2021, awasthi2021_arguments, 59),
    "li2021": (li2021, li2021_arguments, 52),
}
SEEDS = range(3)
ALTERNATIVE = re.compile(r"_reading_[b-z]$")


def functions(module):
    return dict(inspect.getmembers(module, inspect.isfunction))


EVERY = [(paper, name) for paper, entry in PAPERS.items() for name in functions(entry[0])]
GROUPS = sorted({(p, ALTERNATIVE.sub("", name)) for p, name in EVERY if ALTERNATIVE.search(name)})


def check_documented(function, uncertain):
    doc = function.__doc__ or ""
    assert re.match(r"Place: \S", doc), "no place"
    assert re.search(r"\n\n    Printed: \S", doc), "no printed formula"
    assert ("Reading: uncertain. " in doc) == uncertain, "reading and alternatives disagree"


def check_finite(function, arguments):
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        value = evaluate(function, arguments(rng), rng)
        assert value.size > 0
        assert np.all(np.isfinite(value)), f"{function.__name__} at seed {seed}"


def check_different(first, second, arguments):
    """Both take the same arguments and differ at every seed by more than rounding."""
    assert str(inspect.signature(first)) == str(inspect.signature(second))
    for seed in SEEDS:
        rng, twin = np.random.default_rng(seed), np.random.default_rng(seed)
        one = evaluate(first, arguments(rng), rng)
        two = evaluate(second, arguments(twin), twin)
        assert one.shape == two.shape
        assert np.max(np.abs(one - two)) > 1e-9 * np.max(np.abs(one)), "the readings agree"


def numbers_covered(module):
    """Equation numbers in the names of functions, in their places and in WITHOUT_VALUE."""
    text = []
    for name, function in functions(module).items():
        found = re.match(r"equation_(\d+)(?:_|$)", name)
        text += [f"equation ({found[1]})"] if found else []
        place = function.__doc__.split("\n\n")[0]
        text.append(re.sub(r"(above|below|before|after|between) equations? \(\d+\)", "", place))
    cited = re.findall(r"equations? ((?:\(\d+\)(?:, | and )?)+)", " ".join(text))
    cited += module.WITHOUT_VALUE
    return {int(number) for entry in cited for number in re.findall(r"\((\d+)\)", entry)}


def check_statements(statements):
    keys = {"place", "quote", "claim", "hypotheses", "not_said"}
    for entry in statements:
        assert set(entry) == keys
        assert entry["place"], "no place"
        assert len(entry["claim"].split()) > 3
        assert len(entry["quote"].split()) <= 12, entry["quote"]
        assert isinstance(entry["hypotheses"], list)


@pytest.mark.parametrize(("paper", "name"), EVERY)
def test_documented_and_finite(paper, name):
    module, arguments, _ = PAPERS[paper]
    function = functions(module)[name]
    check_documented(function, (paper, ALTERNATIVE.sub("", name)) in GROUPS)
    check_finite(function, arguments)


@pytest.mark.parametrize(("paper", "base"), GROUPS)
def test_readings_differ(paper, base):
    module, arguments, _ = PAPERS[paper]
    known = functions(module)
    readings = [f for name, f in known.items() if ALTERNATIVE.sub("", name) == base]
    assert base in known
    assert len(readings) > 1
    for k, first in enumerate(readings):
        for second in readings[k + 1 :]:
            check_different(first, second, arguments)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_equation_number_is_covered(paper):
    module, _, last = PAPERS[paper]
    assert numbers_covered(module) == set(range(1, last + 1))


@pytest.mark.parametrize("paper", PAPERS)
def test_lists(paper):
    module = PAPERS[paper][0]
    check_statements(module.STATEMENTS)
    assert len(set(module.OPEN)) == len(module.OPEN) > 10


def test_parts_do_not_hide_each_other():
    """Star imports: no two files of a paper define the same public name."""
    for paper in PAPERS:
        names = []
        for path in Path(__file__).parent.glob(f"{paper}_*.py"):
            body = ast.parse(path.read_text(encoding="utf-8")).body
            names += [node.name for node in body if isinstance(node, ast.FunctionDef)]
        public = [name for name in names if not name.startswith("_")]
        assert len(set(public)) == len(public) == len(functions(PAPERS[paper][0]))


# They compare the two, and transcribe nothing.
COMPARING = ("sides.py", "test_agreement", "test_printed_sides_", "test_refut")


def test_nothing_of_the_library_is_imported():
    for path in Path(__file__).parent.glob("*.py"):
        if path.name.startswith(COMPARING):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(module.startswith("gnnconv_lib") for module in modules), path.name


def test_definition_1_against_the_closed_form():
    rho = np.array([-0.8, 0.0, 0.3, 1.0])
    value = awasthi2021.equation_3(rho, awasthi2021.section_3_sigma)
    np.testing.assert_allclose(value, relu_dual(rho), atol=1e-6)


def undocumented(epsilon):
    """A formula without its place."""
    return epsilon


def infinite(epsilon):
    """Place: nowhere.

    Printed: 1/0
    """
    return epsilon * np.inf


def test_planted_faults_are_found():
    with pytest.raises(AssertionError, match="no place"):
        check_documented(undocumented, False)
    with pytest.raises(AssertionError, match="disagree"):
        check_documented(infinite, True)
    with pytest.raises(AssertionError, match="infinite"):
        check_finite(infinite, awasthi2021_arguments)
    with pytest.raises(AssertionError, match="readings agree"):
        check_different(
            awasthi2021.equation_9,
            lambda d, w_norm, overlaps, dual: _same(d, w_norm, overlaps),
            awasthi2021_arguments,
        )
    with pytest.raises(AssertionError, match="word"):
        check_statements([{**li2021.STATEMENTS[0], "quote": "word " * 13}])


def _same(d, w_norm, overlaps):
    return awasthi2021.equation_9(d, w_norm, overlaps, relu_dual)


def test_a_missing_number_is_seen(monkeypatch):
    monkeypatch.delattr(awasthi2021, "equation_35")
    assert 35 not in numbers_covered(awasthi2021)
