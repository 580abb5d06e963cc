"""The lemmas that z3 decides: all are proved, from claims that hold and facts that numbers meet."""

import re

import numpy as np
import pytest

from gnnconv_lib import audit
from gnnconv_lib.audit import _relu_facts as facts
from gnnconv_lib.audit._relu_domains import weights
from gnnconv_lib.claims import named, names, smt

z3 = pytest.importorskip("z3")
audit.names()
IDS = re.compile(r"(?:awasthi2021|li2021|companion):[a-z0-9-]+(?:/[a-z0-9-]+)*")


@pytest.mark.parametrize("name", sorted(smt.LEMMAS))
def test_every_lemma_is_proved(name):
    found = smt.LEMMAS[name]()
    assert found.proved, (found.model, found.reason)


def test_every_hypothesis_that_names_a_claim_names_one_that_exists():
    used = {i for lemma in smt.LEMMAS.values() for h in lemma().hypotheses for i in IDS.findall(h)}
    assert len(used) > 10
    assert used <= set(names())


def test_the_claims_that_lemmas_assume_hold_or_are_corrected_and_do_not_rest_on_search():
    used = {i for lemma in smt.LEMMAS.values() for h in lemma().hypotheses for i in IDS.findall(h)}
    for name in used:
        found = named(name)()
        assert found.verdict == "holds" or found.corrected, name
        assert found.kind in {"machine-checked", "symbolic", "certified", "numerical"}, name


def test_the_step_of_the_lemmas_is_gradient_descent():
    from gnnconv_lib.audit._relu_steps import library_step

    made = weights("every graph").cases("quick").columns
    pick = {name: np.asarray(values)[::11] for name, values in made.items()}
    x = np.full(len(pick["A"]), 0.3)
    along, across = library_step(pick["graph"], pick["length"], pick["cos"], pick["A"], x)
    columns = [pick[name] for name in ("A", "B", "C", "cos", "length")]
    squared = facts.next_squared(*columns, x)
    np.testing.assert_allclose(
        squared, along**2 + across**2, rtol=1e-7, atol=1e-10 * (1 + pick["length"].max()) ** 2
    )
