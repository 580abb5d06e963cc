"""Grids as text and as values; every mistake is one sentence before anything runs."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from gnnconv_lib import InvalidInput
from gnnconv_lib.page import declarations
from gnnconv_lib.sweeps import checks, grids

SOURCE = """\
nodes: int = 4  # number of nodes [1, 1000000000]
rate: float = 0.1  # step size (0, 1]
family: str = "star"  # kind of graph {star, path}
label: str = ""  # any text
bands: bool = True  # draw the spread
"""
DECLARED = {entry.name: entry for entry in declarations.parse(SOURCE)}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("nodes=5,10,30", [5, 10, 30]),
        ("nodes=1:4", [1, 2, 3]),
        ("nodes=2:20:5,100", [2, 7, 12, 17, 100]),
        ("nodes=5:2:-1", [5, 4, 3]),
        ("rate=0.1,1e-3,1", [0.1, 1e-3, 1.0]),
        ("rate=0.1:0.5:0.1", [0.1, 0.2, 0.3, 0.4]),
        ("rate=0.5:0.1:-0.2,1", [0.5, 0.3, 1.0]),
        ("rate=1e-4:1:x10", [1e-4, 1e-3, 1e-2, 1e-1]),
        ("rate=1:1e-3:x0.1", [1.0, 0.1, 0.01]),
        ("nodes=10:10000:x10", [10, 100, 1000]),
        ("nodes=1:9:x2", [1, 2, 4, 8]),
        ('label="1:2:3"', ["1:2:3"]),
        ("family=star, path", ["star", "path"]),
        ('label="a,b",c:d,', ["a,b", "c:d", ""]),
        ("bands=true,False", [True, False]),
    ],
)
def test_texts_become_values(text: str, values: list) -> None:
    ((name, found),) = grids.grid_from_texts([text], DECLARED).items()
    assert name == text.split("=")[0]
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["node=5"], "did you mean 'nodes'"),
        (["nodes"], "given as name=values"),
        (["=5"], "given as name=values"),
        (["nodes=5", "nodes=6"], "must be given once"),
        (["nodes="], "at least one value"),
        (["nodes=,"], "at least one value"),
        (["nodes=5,,6"], "nodes must be an integer in"),
        (["nodes=5:5"], "empty range 5:5"),
        (["nodes=1:5:0"], "empty range 1:5:0"),
        (["nodes=0:3"], r"nodes must be an integer in \[1, 1000000000\], got 0"),
        (["nodes=1.5"], "nodes must be an integer"),
        (["nodes=5,6,5"], "hold each value once, got 5"),
        (["nodes=1:4,3"], "hold each value once, got 3"),
        (["rate=0.1,1e-1"], "hold each value once, got 0.1"),
        (["rate=0:1"], "rate must be a finite number"),
        (["rate=nan"], "rate must be a finite number"),
        (["family=sart"], "did you mean 'star'"),
        (["bands=perhaps"], "bands must be True or False"),
        (["bands=true,True"], "hold each value once"),
        (["nodes=1:1000001"], "at most 10000 combinations, got 1000000;"),
        (["nodes=1:1000000000", "rate=0.1,0.2"], "got 1999999998"),
        (["nodes=1:" + "9" * 30], "at most 10000 combinations"),
        (["rate=0.1:1"], "rate must be a finite number"),
        (["rate=0.1:1:ten"], "rate must be a finite number"),
        (["rate=0.1:1:1e-12"], "at most 10000 combinations, got 900000000000;"),
        (["rate=0.1:inf:1"], "at most 10000 combinations"),
        (["rate=nan:1:1"], "empty range nan:1:1"),
        (["rate=0.1:1:0"], "empty range 0.1:1:0"),
        (["rate=0.1:1.1:0.9,1"], "hold each value once, got 1.0"),
        (["rate=0.5:3:x2"], r"rate must be a finite number in \(0, 1\], got 2.0"),
        (["rate=0:1:x2"], "empty range 0:1:x2"),
        (["rate=0.1:1:x1"], "empty range 0.1:1:x1"),
        (["rate=0.1:1:x-2"], "empty range 0.1:1:x-2"),
        (["rate=0.1:1:x0.5"], "empty range 0.1:1:x0.5"),
        (["rate=1e-999999:1e999999:x2"], "empty range"),
        (["rate=0.1:1:x1.0000000001"], "at most 10000 combinations"),
        (["nodes=10:100:x1.25"], "nodes must be an integer in .*, got '12.50'"),
    ],
)
def test_mistakes_are_one_sentence(texts: list, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        grids.grid_from_texts(texts, DECLARED)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", "?)."))


def test_a_larger_limit_allows_more() -> None:
    assert len(grids.grid_from_texts(["nodes=1:20001"], DECLARED, limit=20000)["nodes"]) == 20000


@given(st.lists(st.floats(0, 1, exclude_min=True), min_size=1, max_size=5, unique=True))
def test_floats_keep_all_their_digits(values: list) -> None:
    text = "rate=" + ",".join(map(repr, values))
    assert grids.grid_from_texts([text], DECLARED)["rate"] == values


def test_a_factor_that_is_rounded_does_not_reach_its_stop() -> None:
    for factor in ("3.1622776601683795", "3.1622776601683790"):
        values = grids.grid_from_texts([f"rate=0.01:1:x{factor}"], DECLARED)["rate"]
        assert values == pytest.approx([10 ** (k / 2 - 2) for k in range(4)], rel=1e-14)


def test_values_from_python_are_plain_and_checked() -> None:
    found = grids.require_grid({"n": np.arange(3), "x": (np.float64(0.5), 1), "flag": [np.True_]})
    assert found == {"n": [0, 1, 2], "x": [0.5, 1], "flag": [True]}
    assert [type(v) for v in (found["n"][0], found["x"][0], found["flag"][0])] == [int, float, bool]
    for bad, words in [
        ({}, "at least one parameter"),
        ({"n": []}, "at least one value"),
        ({"n": 5}, "must be a list of values"),
        ({"n": "abc"}, "must be a list of values"),
        ({"n": [1, 1]}, "each value once"),
        ({"n": [[1]]}, "must be a number, a bool or a string"),
        ({"n": range(10**9)}, "at most 10000 combinations, got 1000000000"),
    ]:
        with pytest.raises(InvalidInput, match=words):
            grids.require_grid(bad)


def test_arguments_of_a_function_are_checked() -> None:
    from sweep_functions import total

    checks.require_arguments(total, {"a": [1]}, {"log": ""})
    for swept, fixed, words in [
        ({"aa": [1]}, {}, "did you mean 'a'"),
        ({"b": [1.0]}, {}, "a must be in the grid or fixed"),
        ({"a": [1]}, {"a": 2}, "not both"),
    ]:
        with pytest.raises(InvalidInput, match=words):
            checks.require_arguments(total, swept, fixed)


@pytest.mark.parametrize(
    "function",
    [lambda x: {}, len.__call__, print.__class__, 5],
    ids=["lambda", "method", "class", "number"],
)
def test_functions_that_workers_cannot_import_are_refused(function: object) -> None:
    if function is print.__class__:
        function = type("Local", (), {"call": lambda self: {}})().call
    with pytest.raises(InvalidInput, match="module that workers can import"):
        checks.importable_name(function)
