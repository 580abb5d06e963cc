"""The mutation gate itself, and its rotating tenth: `make mutants` runs all."""

import datetime
import os
import subprocess
import sys

import pytest

from tests.mutants.__main__ import judge
from tests.mutants.mutant import Mutant, text_of
from tests.mutants.table import mutants

SCALAR = "gnnconv_lib.bounds.awasthi2021_linear"
CLAIM = "awasthi2021:lemma-12/monotone"
ALL = mutants()


def test_every_row_can_be_planted():
    for mutant in ALL:
        assert text_of(mutant.module).count(mutant.old) == 1, str(mutant)
        assert mutant.old != mutant.new, str(mutant)
        assert mutant.claims, str(mutant)


def test_no_row_stands_twice():
    rows = [(mutant.module, mutant.old, mutant.new, tuple(mutant.claims)) for mutant in ALL]
    assert len(set(rows)) == len(rows)


def test_a_change_that_changes_nothing_survives():
    idle = Mutant(SCALAR, "def lemma_12_step_corrected(", "def lemma_12_step_corrected( ", [CLAIM])
    assert judge([idle]) == (["survived"], [])


def test_a_text_that_is_not_there_is_reported():
    absent = Mutant(SCALAR, "no such text", "", [CLAIM])
    ((outcome,), _) = judge([absent])
    assert outcome.startswith("no mutant")


@pytest.mark.skipif("GNNCONV_MUTANTS" in os.environ, reason="all mutants run in this job")
def test_a_tenth_of_the_mutants_is_killed(stored_evidence):
    part = datetime.date.today().toordinal() % 10
    with stored_evidence():
        finished = subprocess.run(
            [sys.executable, "-m", "tests.mutants", "--part", f"{part}/10", "--jobs", "1"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert finished.returncode == 0, finished.stdout + finished.stderr[-2000:]
