"""The printed sides of all tables against the second transcription, and a planted slip in each."""

import pytest

from tests.transcription import (
    test_printed_sides_li2021 as of_li2021,
    test_printed_sides_linear as of_linear,
    test_printed_sides_relu as of_relu,
    test_printed_sides_unequal as of_unequal,
)
from tests.transcription.sides import agreeing

ROWS = [*of_relu.ROWS, *of_linear.ROWS, *of_unequal.ROWS, *of_li2021.ROWS]
NAMES = [f"{row[0]}-{row[1]}" for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_printed_sides_are_those_of_the_second_transcription(row):
    assert agreeing(row)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_another_side_is_found(row):
    assert not agreeing(row, factor=1.001)
