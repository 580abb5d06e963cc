"""Bad input: refused in one sentence that names the parameter, the value and what is allowed."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from gnnconv_lib.validation import InvalidInput, require_choice, require_integer, require_real


def refused(function, *arguments):
    with pytest.raises(InvalidInput) as caught:
        function(*arguments)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_integers_of_every_kind_become_int(value):
    result = require_integer("n", value, minimum=1)
    assert (result, type(result)) == (3, int)


@pytest.mark.parametrize(
    "value", [True, np.True_, 3.0, np.float64(3), "3", None, [3], Fraction(3), math.nan]
)
def test_what_is_no_integer_is_refused(value):
    assert refused(require_integer, "n", value).startswith("n must be an integer, got ")


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((1, None), "of at least 1"),
        ((None, 4), "of at most 4"),
        ((1, 4), "in [1, 4]"),
    ],
)
def test_the_sentence_states_the_range(bounds, words):
    value = 0 if bounds[0] is not None else 5
    assert refused(require_integer, "n", value, *bounds) == (
        f"n must be an integer {words}, got {value}."
    )
    assert refused(require_real, "x", float(value), *bounds) == (
        f"x must be a finite number {words}, got {value}."
    )


@given(st.integers(), st.integers(), st.integers())
def test_integers_pass_exactly_inside_the_closed_range(value, low, high):
    if low <= value <= high:
        assert require_integer("n", value, low, high) == value
    else:
        refused(require_integer, "n", value, low, high)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_reals_pass_exactly_inside_the_closed_range(value, low, high):
    if low <= value <= high:
        assert require_real("x", value, low, high) == value
    else:
        refused(require_real, "x", value, low, high)


@pytest.mark.parametrize("value", [1, 0.5, np.float32(0.5), np.int64(2), Fraction(1, 2)])
def test_reals_of_every_kind_become_float(value):
    assert type(require_real("x", value)) is float


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_values_that_are_not_finite_are_refused(value):
    assert refused(require_real, "x", value).startswith("x must be a finite number, got ")


@pytest.mark.parametrize("value", [True, "0.5", None, [0.5], 1j, np.zeros(1)])
def test_what_is_no_number_is_refused(value):
    assert refused(require_real, "x", value).startswith("x must be a finite number, got ")


@pytest.mark.parametrize("value", [10**400, -(10**400)], ids=["positive", "negative"])
def test_an_integer_too_large_for_a_float_is_refused(value):
    assert refused(require_real, "x", value).startswith("x must be a finite number, got ")


def test_a_choice_is_returned_and_a_typo_gets_a_suggestion():
    choices = ["sum", "mean"]
    assert require_choice("readout", "mean", iter(choices)) == "mean"
    assert refused(require_choice, "readout", "maen", choices).endswith("(did you mean 'mean'?).")
    assert "did you mean" not in refused(require_choice, "readout", "zzz", choices)


@pytest.mark.parametrize("value", ["", None, 3, ["sum"], "SUM "])
def test_what_is_no_choice_is_refused(value):
    assert refused(require_choice, "readout", value, ["sum", "mean"]).startswith(
        "readout must be one of sum, mean, got "
    )


def test_bad_input_is_a_value_error():
    assert issubclass(InvalidInput, ValueError)
