"""The lemmas that z3 decides: all are proved, from claims that hold and facts that numbers meet."""

import inspect
import math
import re

import numpy as np
import pytest

from gnnconv_lib import audit
from gnnconv_lib.audit import _relu_facts as facts
from gnnconv_lib.audit._relu_domains import weights
from gnnconv_lib.audit.awasthi2021.pl_condition import gradient_inequality, lemmas
from gnnconv_lib.audit.companion.exact_local_rate import condition_number
from gnnconv_lib.bounds import linear_rate
from gnnconv_lib.claims import names, smt

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


def test_the_claims_that_lemmas_assume_hold_or_are_corrected_and_do_not_rest_on_search(
    stored_evidence,
):
    used = {i for lemma in smt.LEMMAS.values() for h in lemma().hypotheses for i in IDS.findall(h)}
    with stored_evidence():
        evidence = {name: audit.run(name) for name in used}
    for name, found in evidence.items():
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


def test_lemma_4_is_proved_on_the_domain_of_its_claim_with_its_constant():
    columns = gradient_inequality.SETTLED.cases("quick").columns
    assert len(columns["A"]) > 1000
    for k in range(0, len(columns["A"]), 7):
        at = {name: float(v[k]) for name, v in columns.items() if name != "graph"}
        loss = gradient_inequality.loss(at["A"], at["gap"], at["length"])
        m = at["eps"] ** 2 / (380 * math.pi * (at["d"] + 1) * at["h"] ** 2 * at["n"] ** 2)
        row = {"C": at["C"], "K": at["C1"], "S": at["S"], "c": at["cos"], "m": m, "L": loss}
        statement = inspect.getclosurevars(lemmas.lemma_4.__wrapped__).nonlocals["statement"]
        for bound, expected in ((m * loss, True), (0.999 * m * loss, loss == 0)):
            _, conclusion = statement(**row, G=bound)
            assert conclusion is expected


def test_the_lemma_on_the_condition_number_is_the_theorem():
    statement = inspect.getclosurevars(condition_number.two_bounds.__wrapped__).nonlocals[
        "statement"
    ]
    for M, S, K in ((10.0, 2.0, 1.5), (7.0, 7.0, 5.0), (300.0, 1.0, 0.6)):
        low, high = (K * bound for bound in linear_rate.condition_number_bounds(M, S))
        for A, expected in (
            (low * (1 + 1e-9), [True, True]),
            (low * 0.999, [False, True]),
            (high * (1 - 1e-9), [True, True]),
            (high * 1.001, [True, False]),
        ):
            _, conclusion = statement(A, K, M, S, 1 / math.pi)
            assert list(conclusion) == expected
