"""Evidence: a check cannot return a verdict without what the verdict needs."""

import itertools

import pytest

from gnnconv_lib.evidence import KINDS, REFUTED, VERDICTS, Evidence, Witness, combine
from gnnconv_lib.validation import InvalidInput


def evidence(verdict, kind="numerical"):
    return Evidence(
        kind,
        verdict,
        "One sentence.",
        witness=Witness("K_2", 1.0, 2.0) if verdict in REFUTED else None,
    )


@pytest.mark.parametrize("verdict", REFUTED)
def test_a_refutation_needs_a_witness(verdict):
    with pytest.raises(InvalidInput, match=rf"^witness must be given .* '{verdict}'\.$"):
        Evidence("search", verdict, "It fails.")


@pytest.mark.parametrize("verdict", ["true", "pending", "not checkable", "", None])
def test_a_check_cannot_return_another_verdict(verdict):
    with pytest.raises(InvalidInput, match=r"^verdict must be one of"):
        Evidence("symbolic", verdict, "It holds.")


@pytest.mark.parametrize("kind", ["proof", "Monte Carlo", "", None])
def test_a_check_cannot_invent_a_kind(kind):
    with pytest.raises(InvalidInput, match=r"^kind must be one of"):
        Evidence(kind, "holds", "It holds.")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_kind_goes_with_every_verdict(kind, verdict):
    assert evidence(verdict, kind).verdict == verdict


@pytest.mark.parametrize("pair", list(itertools.product(VERDICTS, repeat=2)))
def test_the_least_favourable_verdict_wins(pair):
    worst = VERDICTS[max(VERDICTS.index(verdict) for verdict in pair)]
    assert combine([evidence(verdict) for verdict in pair]) == worst


def test_the_order_of_the_evidence_does_not_matter():
    entries = [evidence(verdict) for verdict in VERDICTS]
    results = {combine(list(order)) for order in itertools.permutations(entries)}
    assert results == {"false"}


def test_no_evidence_is_no_verdict():
    with pytest.raises(InvalidInput, match="at least one entry"):
        combine([])


def test_evidence_cannot_be_changed_afterwards():
    with pytest.raises(AttributeError):
        evidence("holds").verdict = "false"
